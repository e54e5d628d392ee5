/* SPDX-License-Identifier: Apache-2.0 */
/* Skep's own part of the API, for the admin command: tables of every kind, listed, shown as the
 * Hive record that they are, their history, and dropped. The shapes are in README.md of this
 * folder. Caller: the table of routes. */
#include "rest_private.h"

#include <string.h>

enum { INVENTORY_CHUNK = 500, HISTORY_DEFAULT = 100, HISTORY_MAX = 10000 };

static const char *
inventory_kind_name(CatalogTableKind kind)
{
    switch (kind) {
    case CATALOG_KIND_HIVE_TABLE:
        return "hive-table";
    case CATALOG_KIND_HIVE_VIEW:
        return "hive-view";
    case CATALOG_KIND_ICEBERG_TABLE:
        return "iceberg-table";
    case CATALOG_KIND_ICEBERG_VIEW:
        return "iceberg-view";
    }
    g_assert_not_reached();
}

static void
inventory_encode_entry(GString *body, const CatalogTable *table)
{
    if (body->str[body->len - 1] != '[')
        g_string_append_c(body, ',');
    g_string_append(body, "{\"name\":");
    json_print_append_string(table->name, body);
    g_string_append_printf(body, ",\"kind\":\"%s\",\"type\":", inventory_kind_name(table->kind));
    json_print_append_string(table->hms_type ? table->hms_type : "", body);
    if (table->owner_name) {
        g_string_append(body, ",\"owner\":");
        json_print_append_string(table->owner_name, body);
    }
    g_string_append_c(body, '}');
}

/* Appends an entry for each of the names that still exists, some hundred at a time. */
static gboolean
inventory_encode_entries(RestRequest *request,
                         const char *namespace_name,
                         const GPtrArray *names,
                         GString *body,
                         GError **error)
{
    for (guint start = 0; start < names->len; start += INVENTORY_CHUNK) {
        const char *chunk[INVENTORY_CHUNK + 1] = {NULL};
        guint n = MIN(INVENTORY_CHUNK, names->len - start);
        for (guint i = 0; i < n; i++)
            chunk[i] = g_ptr_array_index(names, start + i);
        g_autoptr(GPtrArray) tables = catalog_table_find_many(
            request->catalog, request->places.prefix, namespace_name, chunk, error);
        if (!tables)
            return FALSE;
        for (guint i = 0; i < tables->len; i++)
            inventory_encode_entry(body, g_ptr_array_index(tables, i));
    }
    return TRUE;
}

gboolean
rest_inventory_list(RestRequest *request, GError **error)
{
    CatalogPage page;
    const char *name = rest_request_namespace(request, error);
    if (!name || !rest_request_page(request, &page, error))
        return FALSE;
    g_autoptr(CatalogNamespace) found =
        catalog_namespace_find(request->catalog, request->places.prefix, name, error);
    if (!found)
        return FALSE;
    const CatalogTableFilter filter = {.kind = -1};
    g_autofree char *next_token = NULL;
    g_autoptr(GPtrArray) names = catalog_table_list(request->catalog, request->places.prefix, name,
                                                    &filter, &page, &next_token, error);
    if (!names)
        return FALSE;
    g_autoptr(GString) body = g_string_new("{\"tables\":[");
    if (!inventory_encode_entries(request, name, names, body, error))
        return FALSE;
    rest_encode_page_end(body, next_token);
    rest_reply_json(request, 200, g_steal_pointer(&body));
    return TRUE;
}

static cJSON *
inventory_encode_map(const GHashTable *map)
{
    GHashTableIter iter;
    gpointer key = NULL, value = NULL;
    cJSON *object = cJSON_CreateObject();
    g_hash_table_iter_init(&iter, (GHashTable *)map);
    while (g_hash_table_iter_next(&iter, &key, &value))
        cJSON_AddItemToObject(object, key, json_new_string(value ? value : ""));
    return object;
}

static cJSON *
inventory_encode_columns(const GPtrArray *columns)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < columns->len; i++) {
        const CatalogColumn *column = g_ptr_array_index(columns, i);
        cJSON *object = cJSON_CreateObject();
        json_object_set_known_string(object, "name", column->name);
        json_object_set_known_string(object, "type", column->type);
        json_object_set_known_string(object, "comment", column->comment);
        json_array_append(array, object);
    }
    return array;
}

static cJSON *
inventory_encode_strings(const GPtrArray *strings)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < strings->len; i++)
        json_array_append_string(array, g_ptr_array_index(strings, i));
    return array;
}

static cJSON *
inventory_encode_storage(const CatalogStorage *storage)
{
    cJSON *object = cJSON_CreateObject();
    json_object_set_known_string(object, "input-format", storage->input_format);
    json_object_set_known_string(object, "output-format", storage->output_format);
    json_object_set_known_string(object, "serde-name", storage->serde_name);
    json_object_set_known_string(object, "serde-library", storage->serde_library);
    json_object_set(object, "serde-parameters", inventory_encode_map(storage->serde_parameters));
    json_object_set_bool(object, "compressed", storage->compressed);
    json_object_set_int64(object, "bucket-count", storage->bucket_count);
    json_object_set(object, "bucket-columns", inventory_encode_strings(storage->bucket_columns));
    json_object_set(object, "parameters", inventory_encode_map(storage->parameters));
    return object;
}

static void
inventory_set_iceberg(cJSON *object, const CatalogTable *table)
{
    json_object_set_known_string(object, "metadata-location", table->metadata_location);
    json_object_set_known_string(object, "previous-metadata-location",
                                 table->previous_metadata_location);
    if (table->current_snapshot_id != -1)
        json_object_set_int64(object, "current-snapshot-id", table->current_snapshot_id);
}

static cJSON *
inventory_encode_table(const CatalogTable *table)
{
    cJSON *object = cJSON_CreateObject();
    GString *levels = g_string_new(NULL);
    rest_encode_namespace(levels, table->namespace_name);
    json_object_set_known_string(object, "catalog", table->catalog);
    json_object_set(object, "namespace", json_new_raw(levels->str));
    g_string_free(levels, TRUE);
    json_object_set_known_string(object, "name", table->name);
    json_object_set_string(object, "kind", inventory_kind_name(table->kind));
    json_object_set_known_string(object, "type", table->hms_type);
    json_object_set_int64(object, "id", table->id);
    json_object_set_known_string(object, "uuid", table->uuid);
    json_object_set_int64(object, "version", table->version);
    json_object_set_known_string(object, "owner", table->owner_name);
    json_object_set_int64(object, "create-time-s", table->create_time_s);
    json_object_set_int64(object, "last-access-time-s", table->last_access_time_s);
    json_object_set_int64(object, "retention-s", table->retention_s);
    json_object_set_known_string(object, "location", table->location);
    inventory_set_iceberg(object, table);
    if (table->storage) {
        json_object_set(object, "columns", inventory_encode_columns(table->storage->columns));
        json_object_set(object, "storage", inventory_encode_storage(table->storage));
    }
    json_object_set(object, "partition-keys", inventory_encode_columns(table->partition_keys));
    json_object_set_known_string(object, "view-original-text", table->view_original_text);
    json_object_set_known_string(object, "view-expanded-text", table->view_expanded_text);
    json_object_set(object, "parameters", inventory_encode_map(table->parameters));
    return object;
}

gboolean
rest_inventory_show(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    g_autoptr(CatalogTable) table = catalog_table_find(
        request->catalog, request->places.prefix, namespace_name, request->places.table, error);
    if (!table)
        return FALSE;
    rest_reply_tree(request, 200, inventory_encode_table(table));
    return TRUE;
}

static cJSON *
inventory_encode_commit(const CatalogCommitRecord *commit)
{
    cJSON *object = cJSON_CreateObject();
    json_object_set_int64(object, "version", commit->version);
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(commit->committed_at_ms / 1000);
    g_autofree char *at_text = at ? g_date_time_format_iso8601(at) : NULL;
    json_object_set_known_string(object, "committed-at", at_text);
    json_object_set_int64(object, "committed-at-ms", commit->committed_at_ms);
    json_object_set_known_string(object, "metadata-location", commit->metadata_location);
    if (commit->snapshot_id != -1) {
        json_object_set_int64(object, "snapshot-id", commit->snapshot_id);
        json_object_set_int64(object, "sequence-number", commit->sequence_number);
        json_object_set_int64(object, "timestamp-ms", commit->timestamp_ms);
    }
    if (commit->parent_snapshot_id != -1)
        json_object_set_int64(object, "parent-snapshot-id", commit->parent_snapshot_id);
    json_object_set_known_string(object, "operation", commit->operation);
    if (commit->summary_json && *commit->summary_json)
        json_object_set(object, "summary", json_new_raw(commit->summary_json));
    return object;
}

gboolean
rest_inventory_history(RestRequest *request, GError **error)
{
    gint max = HISTORY_DEFAULT;
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name ||
        !rest_request_parameter_count(request, "limit", HISTORY_MAX, &max, error))
        return FALSE;
    g_autoptr(GPtrArray) commits =
        catalog_table_history(request->catalog, request->places.prefix, namespace_name,
                              request->places.table, max, error);
    if (!commits)
        return FALSE;
    cJSON *body = cJSON_CreateObject();
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < commits->len; i++)
        json_array_append(array, inventory_encode_commit(g_ptr_array_index(commits, i)));
    json_object_set(body, "history", array);
    rest_reply_tree(request, 200, body);
    return TRUE;
}

gboolean
rest_inventory_drop(RestRequest *request, GError **error)
{
    gboolean purge = FALSE;
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name || !rest_request_parameter_bool(request, "purgeRequested", &purge, error))
        return FALSE;
    const CatalogTableDropOptions options = {
        .delete_data = purge, .if_purge = purge, .purge = purge, .kind = -1};
    if (!catalog_table_drop(request->catalog, request->places.prefix, namespace_name,
                            request->places.table, &options, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}
