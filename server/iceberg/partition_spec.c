/* SPDX-License-Identifier: Apache-2.0 */
/* Partition specs: checked, bound to a schema, compared, and given partition field ids.
 * Callers: createTable, add-spec, and the validation of whole documents. */
#include "iceberg_private.h"

#include <string.h>

static gboolean
iceberg_spec_field_check(
    const cJSON *field, GHashTable *names, GHashTable *ids, int *with_ids, GError **error)
{
    const char *name = NULL;
    const char *transform = NULL;
    gint32 source_id = 0;
    gint32 field_id = 0;

    if (!json_is_object(field))
        return iceberg_invalid(error, "A partition field must be an object");
    if (!json_get_string(field, "name", &name, error) ||
        !json_get_string(field, "transform", &transform, error) ||
        !json_get_int32(field, "source-id", &source_id, error) ||
        !json_get_optional_int32(field, "field-id", &field_id, error))
        return FALSE;
    if (*name == '\0')
        return iceberg_invalid(error, "Cannot use empty partition name");
    if (!g_hash_table_add(names, (gpointer)name))
        return iceberg_invalid(error, "Cannot use partition name more than once: %.100s", name);
    if (json_find_present(field, "field-id") == NULL)
        return TRUE;
    (*with_ids)++;
    if (iceberg_ids_contain(ids, field_id))
        return iceberg_invalid(error, "Cannot use partition field-id more than once: %d", field_id);
    iceberg_ids_put(ids, field_id, NULL);
    return TRUE;
}

gboolean
iceberg_spec_check(const cJSON *spec, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) ids = iceberg_ids_new();
    cJSON *fields = NULL;
    const cJSON *field;
    gint32 spec_id = 0;
    int count;
    int with_ids = 0;

    if (!json_is_object(spec))
        return iceberg_invalid(error, "A partition spec must be an object");
    if (!json_get_optional_int32(spec, "spec-id", &spec_id, error) ||
        !json_get_array(spec, "fields", &fields, error))
        return FALSE;
    count = cJSON_GetArraySize(fields);
    if (count > ICEBERG_SPEC_MAX_FIELDS)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "A partition spec of %d fields", count);
    cJSON_ArrayForEach(field, fields)
    {
        if (!iceberg_spec_field_check(field, names, ids, &with_ids, error))
            return FALSE;
    }
    if (with_ids != 0 && with_ids != count)
        return iceberg_invalid(error,
                               "Cannot parse spec with missing field-id: %d of %d fields have none",
                               count - with_ids, count);
    return TRUE;
}

static gboolean
iceberg_spec_field_bind(const cJSON *field, const IcebergSchemaIndex *schema, GError **error)
{
    const char *name = json_find(field, "name")->valuestring;
    const char *transform = json_find(field, "transform")->valuestring;
    const IcebergField *same_name = iceberg_schema_find_name(schema, name);
    const IcebergField *source;
    gint32 source_id = 0;

    json_value_int32(json_find(field, "source-id"), &source_id);
    source = iceberg_schema_field(schema, source_id);
    if (source != NULL && same_name != NULL && same_name != source)
        return iceberg_invalid(
            error,
            "Cannot create identity partition sourced from different field in schema: %.100s",
            name);
    if (!iceberg_transform_accepts(transform, source != NULL ? &source->type : NULL, error)) {
        g_prefix_error(error, "Partition field %.100s: ", name);
        return FALSE;
    }
    if (source != NULL && !iceberg_transform_is_void(transform) &&
        !iceberg_schema_only_structs_enclose(schema, source))
        return iceberg_invalid(error, "Cannot partition by %.100s: it is nested in a list or map",
                               source->name);
    return TRUE;
}

gboolean
iceberg_spec_bind(const cJSON *spec, const IcebergSchemaIndex *schema, GError **error)
{
    const cJSON *field;

    cJSON_ArrayForEach(field, json_find(spec, "fields"))
    {
        if (!iceberg_spec_field_bind(field, schema, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
iceberg_members_equal(const cJSON *a, const cJSON *b, const char *const *keys, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        if (!json_equal(json_find(a, keys[i]), json_find(b, keys[i])))
            return FALSE;
    }
    return TRUE;
}

gboolean
iceberg_spec_same(const cJSON *a, const cJSON *b)
{
    static const char *const keys[] = {"source-id", "transform", "name"};
    const cJSON *left_fields = json_find(a, "fields");
    const cJSON *right_fields = json_find(b, "fields");
    const cJSON *left = left_fields != NULL ? left_fields->child : NULL;
    const cJSON *right = right_fields != NULL ? right_fields->child : NULL;

    for (; left != NULL && right != NULL; left = left->next, right = right->next) {
        if (!iceberg_members_equal(left, right, keys, G_N_ELEMENTS(keys)))
            return FALSE;
    }
    return left == NULL && right == NULL;
}

gboolean
iceberg_spec_is_partitioned(const cJSON *spec)
{
    const cJSON *field;

    cJSON_ArrayForEach(field, json_find(spec, "fields"))
    {
        const cJSON *transform = json_find(field, "transform");

        if (json_is_string(transform) && !iceberg_transform_is_void(transform->valuestring))
            return TRUE;
    }
    return FALSE;
}

/* The id that an equal field (same source, same transform) has in one of the specs; 0 when there is
 * none. */
static gint32
iceberg_partition_id_of_equal(const cJSON *field, const cJSON *specs)
{
    static const char *const keys[] = {"source-id", "transform"};
    gint32 found = 0;
    const cJSON *spec;

    cJSON_ArrayForEach(spec, specs)
    {
        const cJSON *candidate;

        cJSON_ArrayForEach(candidate, json_find(spec, "fields"))
        {
            gint32 id = 0;

            if (iceberg_members_equal(field, candidate, keys, G_N_ELEMENTS(keys)) &&
                json_value_int32(json_find(candidate, "field-id"), &id))
                found = MAX(found, id);
        }
    }
    return found;
}

cJSON *
iceberg_spec_with_ids(
    const cJSON *spec, gint32 spec_id, const cJSON *specs, gint32 *last_id, GError **error)
{
    g_autoptr(cJSON) copy = json_duplicate(spec);
    cJSON *field;
    gint32 last = *last_id;

    iceberg_strip_nulls(copy);
    json_object_set_int64(copy, "spec-id", spec_id);
    cJSON_ArrayForEach(field, json_find(copy, "fields"))
    {
        gint32 id = 0;

        if (!json_value_int32(json_find(field, "field-id"), &id)) {
            id = iceberg_partition_id_of_equal(field, specs);
            if (id == 0 && last == G_MAXINT32)
                return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                                      "No partition field-id is left to assign");
            if (id == 0)
                id = last + 1;
            json_object_set_int64(field, "field-id", id);
        }
        last = MAX(last, id);
    }
    *last_id = last;
    return g_steal_pointer(&copy);
}

gboolean
iceberg_spec_ids_are_sequential(const cJSON *spec)
{
    gint32 expected = ICEBERG_PARTITION_ID_START;
    const cJSON *field;

    cJSON_ArrayForEach(field, json_find(spec, "fields"))
    {
        gint32 id = 0;

        if (!json_value_int32(json_find(field, "field-id"), &id) || id != expected++)
            return FALSE;
    }
    return TRUE;
}

gboolean
iceberg_fields_remap_sources(cJSON *spec_or_order, GHashTable *new_ids, GError **error)
{
    cJSON *field;

    cJSON_ArrayForEach(field, json_find(spec_or_order, "fields"))
    {
        gint64 source_id = 0;

        json_value_int64(json_find(field, "source-id"), &source_id);
        if (!iceberg_ids_contain(new_ids, source_id))
            return iceberg_invalid(
                error, "Cannot find source column with source-id %" G_GINT64_FORMAT, source_id);
        json_object_set_int64(field, "source-id",
                              GPOINTER_TO_INT(iceberg_ids_find(new_ids, source_id)));
    }
    return TRUE;
}
