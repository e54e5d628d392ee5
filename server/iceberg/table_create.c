/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a new table's document from a createTable request: fresh column ids, and a spec and an
 * order that follow them. The document itself comes from applying updates to nothing. Caller: the
 * catalog's create. */
#include "iceberg_private.h"

#include <string.h>

cJSON *
iceberg_updates_append(cJSON *updates, const char *action)
{
    cJSON *update = cJSON_CreateObject();

    json_object_set_string(update, "action", action);
    json_array_append(updates, update);
    return update;
}

static void
iceberg_append_set_last(cJSON *updates, const char *action, const char *key)
{
    json_object_set_int64(iceberg_updates_append(updates, action), key, ICEBERG_LAST_ADDED);
}

/* The property chooses the version and is not kept. */
static gboolean
iceberg_append_version(cJSON *updates, const cJSON *properties, GError **error)
{
    const cJSON *property = json_find(properties, "format-version");
    gint64 version = ICEBERG_FORMAT_VERSION_DEFAULT;

    if (property != NULL && !g_ascii_string_to_signed(property->valuestring, 10, 1,
                                                      ICEBERG_FORMAT_VERSION_MAX, &version, NULL))
        return iceberg_invalid(error, "Unsupported format-version: %.100s (supported: 1 to %d)",
                               property->valuestring, ICEBERG_FORMAT_VERSION_MAX);
    json_object_set_int64(iceberg_updates_append(updates, "upgrade-format-version"),
                          "format-version", version);
    return TRUE;
}

static GHashTable *
iceberg_append_schema(cJSON *updates, const cJSON *sent, GError **error)
{
    g_autoptr(IcebergSchemaIndex) index = iceberg_schema_index(sent, 0, error);
    GHashTable *new_ids = NULL;
    cJSON *schema;
    gint32 last_id = 0;

    if (index == NULL)
        return NULL;
    schema = iceberg_schema_normalize(sent);
    iceberg_schema_assign_fresh_ids(schema, &new_ids, &last_id);
    json_object_set(iceberg_updates_append(updates, "add-schema"), "schema", schema);
    iceberg_append_set_last(updates, "set-current-schema", "schema-id");
    return new_ids;
}

static gboolean
iceberg_append_spec(cJSON *updates, const cJSON *sent, GHashTable *new_ids, GError **error)
{
    cJSON *spec = sent != NULL ? json_duplicate(sent) : cJSON_CreateObject();
    cJSON *field;

    json_object_set(iceberg_updates_append(updates, "add-spec"), "spec", spec);
    iceberg_append_set_last(updates, "set-default-spec", "spec-id");
    if (sent == NULL) {
        json_object_set(spec, "fields", cJSON_CreateArray());
        return TRUE;
    }
    if (!iceberg_spec_check(spec, error))
        return FALSE;
    cJSON_ArrayForEach(field, json_find(spec, "fields"))
    {
        json_object_remove(field, "field-id");
    }
    return iceberg_fields_remap_sources(spec, new_ids, error);
}

static gboolean
iceberg_append_order(cJSON *updates, const cJSON *sent, GHashTable *new_ids, GError **error)
{
    cJSON *order = sent != NULL ? json_duplicate(sent) : cJSON_CreateObject();

    json_object_set(iceberg_updates_append(updates, "add-sort-order"), "sort-order", order);
    iceberg_append_set_last(updates, "set-default-sort-order", "sort-order-id");
    if (sent == NULL) {
        json_object_set(order, "fields", cJSON_CreateArray());
        return TRUE;
    }
    return iceberg_order_check(order, error) && iceberg_fields_remap_sources(order, new_ids, error);
}

static void
iceberg_append_properties(cJSON *updates, const cJSON *properties)
{
    cJSON *stored = cJSON_CreateObject();
    const cJSON *property;

    /* what other writers of new tables set, so that all engines compress alike */
    json_object_set_string(stored, "write.parquet.compression-codec", "zstd");
    cJSON_ArrayForEach(property, properties)
    {
        json_object_set_string(stored, property->string, property->valuestring);
    }
    json_object_set(iceberg_updates_append(updates, "set-properties"), "updates", stored);
}

cJSON *
iceberg_table_create(const cJSON *request,
                     const char *location,
                     const IcebergContext *context,
                     GError **error)
{
    g_autoptr(cJSON) updates = cJSON_CreateArray();
    g_autoptr(GHashTable) new_ids = NULL;
    g_auto(IcebergChange) change = {0};
    g_autofree char *uuid = iceberg_new_uuid(context);
    cJSON *schema = NULL;
    cJSON *spec = NULL;
    cJSON *order = NULL;
    cJSON *properties = NULL;

    if (!json_get_object(request, "schema", &schema, error) ||
        !json_get_optional_object(request, "partition-spec", &spec, error) ||
        !json_get_optional_object(request, "write-order", &order, error) ||
        !json_get_optional_string_map(request, "properties", &properties, error) ||
        !iceberg_append_version(updates, properties, error))
        return NULL;
    json_object_set_string(iceberg_updates_append(updates, "assign-uuid"), "uuid", uuid);
    new_ids = iceberg_append_schema(updates, schema, error);
    if (new_ids == NULL || !iceberg_append_spec(updates, spec, new_ids, error) ||
        !iceberg_append_order(updates, order, new_ids, error))
        return NULL;
    json_object_set_string(iceberg_updates_append(updates, "set-location"), "location", location);
    if (cJSON_GetArraySize(properties) > ICEBERG_MAX_PROPERTIES)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL, "More than %d properties",
                              ICEBERG_MAX_PROPERTIES);
    iceberg_append_properties(updates, properties);
    return iceberg_table_apply(NULL, updates, context, &change, error);
}
