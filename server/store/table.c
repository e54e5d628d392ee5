/* SPDX-License-Identifier: Apache-2.0 */
/* Reading tables of every kind from PostgreSQL. What changes them is in table_commit.c. Caller:
 * server/catalog/. */
#include "skep/store_table.h"

#include "skep/json.h"

#include "store/materialization_codec.h"
#include "store/query.h"
#include "store/storage_descriptor.h"
#include "store/table_sql.h"

/* Columns of table_find, table_find_many and table_find_by_id. */
enum {
    TABLE_ID,
    TABLE_UUID,
    TABLE_CATALOG,
    TABLE_NAMESPACE_NAME,
    TABLE_NAME,
    TABLE_KIND,
    TABLE_HMS_TYPE,
    TABLE_OWNER_NAME,
    TABLE_OWNER_TYPE,
    TABLE_CREATED_S,
    TABLE_LAST_ACCESS_S,
    TABLE_RETENTION_S,
    TABLE_PARAMETERS,
    TABLE_STORAGE_ID,
    TABLE_LOCATION,
    TABLE_PARTITION_KEYS,
    TABLE_VIEW_ORIGINAL_TEXT,
    TABLE_VIEW_EXPANDED_TEXT,
    TABLE_REWRITE_ENABLED,
    TABLE_WRITE_ID,
    TABLE_METADATA_LOCATION,
    TABLE_PREVIOUS_METADATA_LOCATION,
    TABLE_CURRENT_SNAPSHOT_ID,
    TABLE_VERSION,
    TABLE_CREATION_METADATA
};

/* The kinds are numbered in the database as they are here; a number that is not known is a plain
 * table. */
static CatalogTableKind
read_kind(const StoreResult *result, guint row, guint column)
{
    switch (store_row_int64(result, row, column)) {
    case CATALOG_KIND_HIVE_VIEW:
        return CATALOG_KIND_HIVE_VIEW;
    case CATALOG_KIND_ICEBERG_TABLE:
        return CATALOG_KIND_ICEBERG_TABLE;
    case CATALOG_KIND_ICEBERG_VIEW:
        return CATALOG_KIND_ICEBERG_VIEW;
    }
    return CATALOG_KIND_HIVE_TABLE;
}

static gboolean
is_iceberg(CatalogTableKind kind)
{
    return kind == CATALOG_KIND_ICEBERG_TABLE || kind == CATALOG_KIND_ICEBERG_VIEW;
}

/* Parameters are stored without the two pointers, which have columns of their own. */
static GHashTable *
read_parameters(const StoreResult *result, guint row, guint column, guint metadata_column)
{
    GHashTable *parameters = store_row_map(result, row, column);

    if (!store_row_is_null(result, row, metadata_column))
        catalog_map_set(parameters, "metadata_location",
                        store_row_text(result, row, metadata_column));
    if (!store_row_is_null(result, row, metadata_column + 1))
        catalog_map_set(parameters, "previous_metadata_location",
                        store_row_text(result, row, metadata_column + 1));
    return parameters;
}

static const char *
column_text(const cJSON *item, const char *key)
{
    const cJSON *member = json_find(item, key);

    return json_is_string(member) ? member->valuestring : NULL;
}

static GPtrArray *
read_columns(const StoreResult *result, guint row, guint column, GError **error)
{
    g_autoptr(cJSON) array =
        json_parse(store_row_text(result, row, column), store_row_text_length(result, row, column),
                   G_MAXINT, error);
    g_autoptr(GPtrArray) columns = catalog_columns_new();
    const cJSON *item;

    if (!array)
        return NULL;
    cJSON_ArrayForEach(item, array)
    {
        g_ptr_array_add(columns,
                        catalog_column_new(column_text(item, "name"), column_text(item, "type"),
                                           column_text(item, "comment")));
    }
    return g_steal_pointer(&columns);
}

static void
read_view_and_pointer(CatalogTable *table, const StoreResult *result, guint row)
{
    table->view_original_text = store_row_text_copy(result, row, TABLE_VIEW_ORIGINAL_TEXT);
    table->view_expanded_text = store_row_text_copy(result, row, TABLE_VIEW_EXPANDED_TEXT);
    table->rewrite_enabled = store_row_bool(result, row, TABLE_REWRITE_ENABLED);
    table->materialization = store_materialization_read(result, row, TABLE_CREATION_METADATA);
    table->write_id = store_row_int64(result, row, TABLE_WRITE_ID);
    if (is_iceberg(table->kind)) {
        table->metadata_location = store_row_text_copy(result, row, TABLE_METADATA_LOCATION);
        table->previous_metadata_location =
            store_row_text_copy(result, row, TABLE_PREVIOUS_METADATA_LOCATION);
    }
    table->current_snapshot_id = store_row_int64_or(result, row, TABLE_CURRENT_SNAPSHOT_ID, -1);
    table->version = store_row_int64(result, row, TABLE_VERSION);
}

static CatalogTable *
read_table(Store *store, const StoreResult *result, guint row, GError **error)
{
    g_autoptr(CatalogTable) table = g_new0(CatalogTable, 1);
    gint64 storage_id = store_row_int64_or(result, row, TABLE_STORAGE_ID, 0);

    table->id = store_row_int64(result, row, TABLE_ID);
    table->uuid = store_row_text_copy(result, row, TABLE_UUID);
    table->catalog = store_row_text_copy(result, row, TABLE_CATALOG);
    table->namespace_name = store_row_text_copy(result, row, TABLE_NAMESPACE_NAME);
    table->name = store_row_text_copy(result, row, TABLE_NAME);
    table->kind = read_kind(result, row, TABLE_KIND);
    table->hms_type = store_row_text_copy(result, row, TABLE_HMS_TYPE);
    table->owner_name = store_row_text_copy(result, row, TABLE_OWNER_NAME);
    table->owner_type = (gint32)store_row_int64(result, row, TABLE_OWNER_TYPE);
    table->create_time_s = (gint32)store_row_int64(result, row, TABLE_CREATED_S);
    table->last_access_time_s = (gint32)store_row_int64(result, row, TABLE_LAST_ACCESS_S);
    table->retention_s = (gint32)store_row_int64(result, row, TABLE_RETENTION_S);
    table->parameters = read_parameters(result, row, TABLE_PARAMETERS, TABLE_METADATA_LOCATION);
    table->location = store_row_text_copy(result, row, TABLE_LOCATION);
    read_view_and_pointer(table, result, row);
    table->partition_keys = read_columns(result, row, TABLE_PARTITION_KEYS, error);
    if (!table->partition_keys)
        return NULL;
    table->storage = store_storage_find(store, storage_id, error);
    if (!table->storage && storage_id != 0)
        return NULL;
    return g_steal_pointer(&table);
}

gboolean
store_table_find(Store *store,
                 const char *catalog_name,
                 const char *namespace_name,
                 const char *name,
                 CatalogTable **out_table,
                 GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name),
                           store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;
    CatalogTable *table;

    if (!store_query_one(store, &SQL_TABLE_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    if (!result) {
        *out_table = NULL;
        return TRUE;
    }
    table = read_table(store, result, 0, error);
    if (table)
        *out_table = table;
    return table != NULL;
}

gboolean
store_table_find_pointer(Store *store,
                         const char *catalog_name,
                         const char *namespace_name,
                         const char *name,
                         CatalogTable **out_table,
                         GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name),
                           store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;
    CatalogTable *table = NULL;

    if (!store_query_one(store, &SQL_TABLE_FIND_POINTER, STORE_PARAMS(params), &result, error))
        return FALSE;
    if (result) {
        table = catalog_table_new();
        table->id = store_row_int64(result, 0, 0);
        table->uuid = store_row_text_copy(result, 0, 1);
        table->catalog = g_strdup(catalog_name);
        table->namespace_name = g_strdup(namespace_name);
        table->name = g_strdup(name);
        table->kind = read_kind(result, 0, 2);
        table->location = store_row_text_copy(result, 0, 3);
        if (is_iceberg(table->kind))
            table->metadata_location = store_row_text_copy(result, 0, 4);
        table->current_snapshot_id = store_row_int64_or(result, 0, 5, -1);
        table->version = store_row_int64(result, 0, 6);
    }
    *out_table = table;
    return TRUE;
}

static GPtrArray *
table_array_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)catalog_table_free);
}

static GPtrArray *
read_tables(Store *store, const StoreResult *result, GError **error)
{
    g_autoptr(GPtrArray) tables = table_array_new();
    g_autoptr(GArray) storage_ids = g_array_new(FALSE, FALSE, sizeof(gint64));

    for (guint row = 0; row < store_result_rows(result); row++) {
        gint64 id = store_row_int64_or(result, row, TABLE_STORAGE_ID, 0);

        g_array_append_val(storage_ids, id);
    }
    if (!store_storage_prefetch(store, (const gint64 *)(gpointer)storage_ids->data,
                                storage_ids->len, error))
        return NULL;
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogTable *table = read_table(store, result, row, error);

        if (!table)
            return NULL;
        g_ptr_array_add(tables, table);
    }
    return g_steal_pointer(&tables);
}

GPtrArray *
store_table_find_many(Store *store,
                      const char *catalog_name,
                      const char *namespace_name,
                      const char *const *names,
                      GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name),
                           store_param_text_array(names)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_rows(store, &SQL_TABLE_FIND_MANY, STORE_PARAMS(params), &result, error))
        return NULL;
    return read_tables(store, result, error);
}

GPtrArray *
store_table_find_by_id(Store *store, const GArray *ids, GError **error)
{
    StoreParam params[] = {store_param_int64_array((const gint64 *)(gpointer)ids->data, ids->len)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_rows(store, &SQL_TABLE_FIND_BY_ID, STORE_PARAMS(params), &result, error))
        return NULL;
    return read_tables(store, result, error);
}

GPtrArray *
store_table_list(Store *store, const StoreTableList *query, GError **error)
{
    StoreParam params[] = {
        store_param_text(query->catalog_name),      store_param_text(query->namespace_name),
        store_param_text(query->name_regex),        store_param_text(query->hms_type),
        store_param_int64_or_null(query->kind, -1), store_param_text(query->after),
        store_param_int64_or_null(query->limit, 0)};

    return store_query_texts(store, &SQL_TABLE_LIST, STORE_PARAMS(params), error);
}

GPtrArray *
store_table_list_meta(Store *store,
                      const char *catalog_name,
                      const char *namespace_regex,
                      const char *table_regex,
                      const char *const *hms_types,
                      GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_regex),
                           store_param_text(table_regex), store_param_text_array(hms_types)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *tables;

    if (!store_query_rows(store, &SQL_TABLE_LIST_META, STORE_PARAMS(params), &result, error))
        return NULL;
    tables = table_array_new();
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogTable *table = catalog_table_new();

        table->catalog = g_strdup(catalog_name);
        table->namespace_name = store_row_text_copy(result, row, 0);
        table->name = store_row_text_copy(result, row, 1);
        table->hms_type = store_row_text_copy(result, row, 2);
        table->owner_name = store_row_text_copy(result, row, 3);
        table->owner_type = (gint32)store_row_int64(result, row, 4);
        if (!store_row_is_null(result, row, 5))
            catalog_map_set(table->parameters, "comment", store_row_text(result, row, 5));
        g_ptr_array_add(tables, table);
    }
    return tables;
}

/* Ends a stream that the caller's function has had enough of, without being an error outside this
 * file. */
#define SCAN_ENDED g_quark_from_static_string("store-table-scan-ended")

typedef struct {
    StoreTableFunc func;
    gpointer data;
} TableScan;

static gboolean
scan_row(const StoreResult *result, gpointer data, GError **error)
{
    const TableScan *scan = data;
    g_autoptr(CatalogTable) table = catalog_table_new();
    g_autoptr(GError) failure = NULL;

    table->name = store_row_text_copy(result, 0, 0);
    table->hms_type = store_row_text_copy(result, 0, 1);
    table->owner_name = store_row_text_copy(result, 0, 2);
    table->last_access_time_s = (gint32)store_row_int64(result, 0, 3);
    g_hash_table_unref(table->parameters);
    table->parameters = read_parameters(result, 0, 4, 5);
    if (scan->func(table, scan->data, &failure))
        return TRUE;
    if (failure)
        g_propagate_error(error, g_steal_pointer(&failure));
    else
        g_set_error_literal(error, SCAN_ENDED, 0, "ended");
    return FALSE;
}

gboolean
store_table_scan(Store *store,
                 const char *catalog_name,
                 const char *namespace_name,
                 const StoreTableNarrowing *narrowing,
                 StoreTableFunc func,
                 gpointer data,
                 GError **error)
{
    const GPtrArray *keys = narrowing->keys, *values = narrowing->value_prefixes;
    StoreParam params[] = {
        store_param_text(catalog_name),
        store_param_text(namespace_name),
        store_param_text(narrowing->name_prefix),
        store_param_text(narrowing->owner_prefix),
        store_param_text(narrowing->type_prefix),
        store_param_text_array_sized((const char *const *)(gpointer)keys->pdata, keys->len),
        store_param_text_array_sized((const char *const *)(gpointer)values->pdata, values->len)};
    TableScan scan = {func, data};
    g_autoptr(GError) failure = NULL;

    if (store_query_stream(store, &SQL_TABLE_SCAN, STORE_PARAMS(params), scan_row, &scan,
                           &failure) ||
        failure->domain == SCAN_ENDED)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

GPtrArray *
store_table_history(Store *store, gint64 table_id, gint64 max, GError **error)
{
    StoreParam params[] = {store_param_int64(table_id), store_param_int64(max)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *records;

    if (!store_query_rows(store, &SQL_TABLE_HISTORY, STORE_PARAMS(params), &result, error))
        return NULL;
    records = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_commit_record_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogCommitRecord *record = catalog_commit_record_new();

        record->version = store_row_int64(result, row, 0);
        record->committed_at_ms = store_row_int64(result, row, 1);
        record->metadata_location = store_row_text_copy(result, row, 2);
        record->snapshot_id = store_row_int64_or(result, row, 3, -1);
        record->parent_snapshot_id = store_row_int64_or(result, row, 4, -1);
        record->sequence_number = store_row_int64(result, row, 5);
        record->timestamp_ms = store_row_int64(result, row, 6);
        record->operation = store_row_text_copy(result, row, 7);
        record->summary_json = store_row_text_copy(result, row, 8);
        g_ptr_array_add(records, record);
    }
    return records;
}

gboolean
store_table_find_by_places(Store *store,
                           const char *catalog_name,
                           const GPtrArray *places,
                           StoreTablePlace *out_table,
                           GError **error)
{
    StoreParam params[] = {
        store_param_text(catalog_name),
        store_param_text_array_sized((const char *const *)places->pdata, places->len)};
    g_autoptr(StoreResult) result = NULL;

    *out_table = (StoreTablePlace){NULL, NULL, CATALOG_KIND_HIVE_TABLE};
    if (!store_query_rows(store, &SQL_TABLE_FIND_BY_PLACES, STORE_PARAMS(params), &result, error))
        return FALSE;
    if (store_result_rows(result) == 0 ||
        (store_result_rows(result) > 1 &&
         store_row_int64(result, 0, 3) == store_row_int64(result, 1, 3)))
        return TRUE;
    out_table->namespace_name = store_row_text_copy(result, 0, 0);
    out_table->name = store_row_text_copy(result, 0, 1);
    out_table->kind = (CatalogTableKind)store_row_int64(result, 0, 2);
    return TRUE;
}

gboolean
store_table_places_overlap(Store *store,
                           const char *catalog_name,
                           const char *namespace_name,
                           const char *name,
                           const GPtrArray *places,
                           const GPtrArray *above,
                           gboolean opens,
                           gboolean *out_overlap,
                           GError **error)
{
    StoreParam params[] = {
        store_param_text(catalog_name),
        store_param_text(namespace_name),
        store_param_text(name),
        store_param_text_array_sized((const char *const *)places->pdata, places->len),
        store_param_text_array_sized((const char *const *)above->pdata, above->len),
        store_param_bool(opens)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_TABLE_PLACES_OVERLAP, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_overlap = result && store_row_bool(result, 0, 0);
    return TRUE;
}
