/* SPDX-License-Identifier: Apache-2.0 */
/* Dropped tables and views that are kept for a while: listed and taken back. Caller: the table of
 * routes. */
#include "rest_private.h"

#include "skep/catalog_task.h"

static cJSON *
dropped_encode(const CatalogDroppedTable *table)
{
    cJSON *object = cJSON_CreateObject();
    json_object_set_string(object, "name", table->name);
    json_object_set_string(object, "kind",
                           table->kind == CATALOG_KIND_ICEBERG_VIEW ? "iceberg-view"
                                                                    : "iceberg-table");
    json_object_set_string(object, "uuid", table->uuid);
    if (table->location)
        json_object_set_string(object, "location", table->location);
    if (table->metadata_location)
        json_object_set_string(object, "metadata-location", table->metadata_location);
    json_object_set_int64(object, "dropped-ms", table->dropped_ms);
    json_object_set_int64(object, "expires-ms", table->expires_ms);
    return object;
}

gboolean
rest_dropped_list(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    g_autoptr(GPtrArray) tables =
        catalog_dropped_list(request->catalog, request->places.prefix, namespace_name, error);
    if (!tables)
        return FALSE;
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < tables->len; i++)
        json_array_append(array, dropped_encode(tables->pdata[i]));
    cJSON *body = cJSON_CreateObject();
    json_object_set(body, "dropped", array);
    rest_reply_tree(request, 200, body);
    return TRUE;
}

gboolean
rest_dropped_undrop(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    g_autoptr(cJSON) body = namespace_name ? rest_request_body(request, error) : NULL;
    CatalogUndrop undrop = {NULL, NULL, NULL};
    if (!body || !json_get_string(body, "name", &undrop.name, error) ||
        !json_get_optional_string(body, "new-name", &undrop.new_name, error) ||
        !json_get_optional_string(body, "uuid", &undrop.uuid, error))
        return FALSE;
    g_autoptr(CatalogDroppedTable) restored =
        catalog_undrop(request->catalog, request->places.prefix, namespace_name, &undrop, error);
    if (!restored)
        return FALSE;
    rest_reply_tree(request, 200, dropped_encode(restored));
    return TRUE;
}
