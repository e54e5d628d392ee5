/* SPDX-License-Identifier: Apache-2.0 */
/* Updates of schemas, partition specs and sort orders: added under new ids or found again under old
 * ones, made current, removed. Callers: the table of updates in table_update.c, and createTable. */
#include "iceberg_private.h"

#include <string.h>

/* The element of `list` that is the same as `wanted`, or NULL. */
static const cJSON *
iceberg_find_same(const cJSON *list,
                  const cJSON *wanted,
                  gboolean (*same)(const cJSON *a, const cJSON *b))
{
    const cJSON *element;

    cJSON_ArrayForEach(element, list)
    {
        if (same(element, wanted))
            return element;
    }
    return NULL;
}

gboolean
iceberg_update_add_schema(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    cJSON *schemas = iceberg_member_array(builder->metadata, "schemas");
    g_autoptr(IcebergSchemaIndex) index = NULL;
    g_autoptr(cJSON) schema = NULL;
    cJSON *sent = NULL;
    const cJSON *same;
    gint32 last_column_id = 0;
    gint32 schema_id = 0;

    if (!json_get_object(update, "schema", &sent, error) ||
        !json_get_optional_int32(builder->metadata, "last-column-id", &last_column_id, error))
        return FALSE;
    index = iceberg_schema_index(sent, builder->format_version, error);
    if (index == NULL)
        return FALSE;
    schema = iceberg_schema_normalize(sent);
    same = iceberg_find_same(schemas, schema, iceberg_schema_same);
    if (same != NULL) {
        if (!json_get_int32(same, "schema-id", &schema_id, error))
            return FALSE;
    } else {
        if (!iceberg_next_id(schemas, "schema-id", 0, &schema_id, error))
            return FALSE;
        json_object_set_int64(schema, "schema-id", schema_id);
        json_array_append(schemas, g_steal_pointer(&schema));
        builder->changed = TRUE;
    }
    if (index->highest_id > last_column_id) {
        json_object_set_int64(builder->metadata, "last-column-id", index->highest_id);
        builder->changed = TRUE;
    }
    builder->added_schema = TRUE;
    builder->last_schema_id = schema_id;
    return TRUE;
}

/* Makes one element of `list` the current one. An id of -1 means the last that this commit added.
 */
static gboolean
iceberg_set_current(IcebergTableBuilder *builder,
                    const char *list,
                    const char *key,
                    const char *current_key,
                    gint32 id,
                    const gint32 *last_added,
                    GError **error)
{
    gint32 present = -1;

    if (id == ICEBERG_LAST_ADDED && last_added == NULL)
        return iceberg_invalid(error, "Cannot set %s to the last added %s: none has been added",
                               current_key, key);
    if (id == ICEBERG_LAST_ADDED)
        id = *last_added;
    if (json_value_int32(json_find(builder->metadata, current_key), &present) && present == id)
        return TRUE;
    if (iceberg_find_by_id(builder->metadata, list, key, id) == NULL)
        return iceberg_invalid(error, "Cannot set %s to unknown %s: %d", current_key, key, id);
    json_object_set_int64(builder->metadata, current_key, id);
    builder->changed = TRUE;
    return TRUE;
}

gboolean
iceberg_update_set_current_schema(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    gint32 id = 0;

    return json_get_int32(update, "schema-id", &id, error) &&
           iceberg_set_current(builder, "schemas", "schema-id", "current-schema-id", id,
                               builder->added_schema ? &builder->last_schema_id : NULL, error);
}

gboolean
iceberg_update_set_default_spec(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    gint32 id = 0;

    return json_get_int32(update, "spec-id", &id, error) &&
           iceberg_set_current(builder, "partition-specs", "spec-id", "default-spec-id", id,
                               builder->added_spec ? &builder->last_spec_id : NULL, error);
}

gboolean
iceberg_update_set_default_order(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    gint32 id = 0;

    return json_get_int32(update, "sort-order-id", &id, error) &&
           iceberg_set_current(builder, "sort-orders", "order-id", "default-sort-order-id", id,
                               builder->added_order ? &builder->last_order_id : NULL, error);
}

/* The schema that a new spec or order is bound to, indexed: the current one, or while a table is
 * being made and has none yet, the last that this commit added (DuckDB names the current one last).
 * NULL with an error when there is neither. */
static IcebergSchemaIndex *
iceberg_index_current(const IcebergTableBuilder *builder, const char *wanted_for, GError **error)
{
    const cJSON *schema = iceberg_current_schema(builder->metadata);

    if (schema == NULL && builder->added_schema)
        schema =
            iceberg_find_by_id(builder->metadata, "schemas", "schema-id", builder->last_schema_id);
    if (schema == NULL)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Cannot add a %s before a schema is added", wanted_for);
    return iceberg_schema_index(schema, 0, error);
}

static gboolean
iceberg_append_spec(IcebergTableBuilder *builder, const cJSON *sent, gint32 spec_id, GError **error)
{
    cJSON *specs = iceberg_member_array(builder->metadata, "partition-specs");
    gint32 last_id = ICEBERG_PARTITION_ID_START - 1;
    gint32 first_id = ICEBERG_PARTITION_ID_START - 1;
    g_autoptr(cJSON) spec = NULL;

    if (!json_get_optional_int32(builder->metadata, "last-partition-id", &last_id, error))
        return FALSE;
    /* version 1 finds partition fields by position: their ids count from the start in every spec */
    if (builder->format_version == 1)
        spec = iceberg_spec_with_ids(sent, spec_id, NULL, &first_id, error);
    else
        spec = iceberg_spec_with_ids(sent, spec_id, specs, &last_id, error);
    if (spec == NULL)
        return FALSE;
    if (builder->format_version == 1 && !iceberg_spec_ids_are_sequential(spec))
        return iceberg_invalid(
            error, "Spec does not use the sequential field-ids that are required in v1");
    json_object_set_int64(builder->metadata, "last-partition-id", MAX(last_id, first_id));
    json_array_append(specs, g_steal_pointer(&spec));
    builder->changed = TRUE;
    return TRUE;
}

gboolean
iceberg_update_add_spec(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    const cJSON *specs = iceberg_member_array(builder->metadata, "partition-specs");
    g_autoptr(IcebergSchemaIndex) schema = NULL;
    cJSON *sent = NULL;
    const cJSON *same;
    gint32 spec_id = 0;

    if (!json_get_object(update, "spec", &sent, error) || !iceberg_spec_check(sent, error))
        return FALSE;
    schema = iceberg_index_current(builder, "partition spec", error);
    if (schema == NULL || !iceberg_spec_bind(sent, schema, error))
        return FALSE;
    same = iceberg_find_same(specs, sent, iceberg_spec_same);
    if (same != NULL ? !json_get_int32(same, "spec-id", &spec_id, error)
                     : !iceberg_next_id(specs, "spec-id", 0, &spec_id, error))
        return FALSE;
    if (same == NULL && !iceberg_append_spec(builder, sent, spec_id, error))
        return FALSE;
    builder->added_spec = TRUE;
    builder->last_spec_id = spec_id;
    return TRUE;
}

gboolean
iceberg_update_add_order(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    cJSON *orders = iceberg_member_array(builder->metadata, "sort-orders");
    g_autoptr(IcebergSchemaIndex) schema = NULL;
    cJSON *sent = NULL;
    const cJSON *same;
    gint32 order_id = 0;

    if (!json_get_object(update, "sort-order", &sent, error) || !iceberg_order_check(sent, error))
        return FALSE;
    schema = iceberg_index_current(builder, "sort order", error);
    if (schema == NULL || !iceberg_order_bind(sent, schema, error))
        return FALSE;
    same = iceberg_find_same(orders, sent, iceberg_order_same);
    if (same != NULL) {
        if (!json_get_int32(same, "order-id", &order_id, error))
            return FALSE;
    } else {
        if (iceberg_order_is_sorted(sent) &&
            !iceberg_next_id(orders, "order-id", 1, &order_id, error))
            return FALSE;
        json_array_append(orders, iceberg_order_with_id(sent, order_id));
        builder->changed = TRUE;
    }
    builder->added_order = TRUE;
    builder->last_order_id = order_id;
    return TRUE;
}

/* Removes the elements of `list` whose `key` is in the update's array `ids_key`; never the current
 * one. */
static gboolean
iceberg_remove_by_ids(IcebergTableBuilder *builder,
                      const cJSON *update,
                      const char *ids_key,
                      const char *list,
                      const char *key,
                      const char *current_key,
                      GError **error)
{
    cJSON *elements = iceberg_member_array(builder->metadata, list);
    gint32 current = ICEBERG_LAST_ADDED;
    cJSON *ids = NULL;
    const cJSON *id_json;

    if (!json_get_array(update, ids_key, &ids, error) ||
        !json_get_optional_int32(builder->metadata, current_key, &current, error))
        return FALSE;
    cJSON_ArrayForEach(id_json, ids)
    {
        gint32 id = 0;
        cJSON *element;

        if (!json_value_int32(id_json, &id))
            return iceberg_invalid(error, "Member %s must be an array of 32-bit integers", ids_key);
        if (id == current)
            return iceberg_invalid(error, "Cannot remove the %s that %s names: %d", key,
                                   current_key, id);
        element = iceberg_find_by_id(builder->metadata, list, key, id);
        if (element == NULL)
            continue;
        cJSON_Delete(cJSON_DetachItemViaPointer(elements, element));
        builder->changed = TRUE;
    }
    return TRUE;
}

gboolean
iceberg_update_remove_schemas(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    return iceberg_remove_by_ids(builder, update, "schema-ids", "schemas", "schema-id",
                                 "current-schema-id", error);
}

gboolean
iceberg_update_remove_specs(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    return iceberg_remove_by_ids(builder, update, "spec-ids", "partition-specs", "spec-id",
                                 "default-spec-id", error);
}
