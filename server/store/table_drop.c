/* SPDX-License-Identifier: Apache-2.0 */
/* Dropping tables, what is kept of them, and taking them back. Callers:
 * server/catalog/table_drop.c, undrop.c and purge.c there. */
#include "skep/store_table.h"

#include "store/idempotency_within.h"
#include "store/query.h"
#include "store/table_drop_sql.h"

gboolean
store_table_drop(Store *store,
                 const CatalogTable *table,
                 const StoreTableDrop *drop,
                 gboolean *out_dropped,
                 GError **error)
{
    const GPtrArray *places = drop->task_locations;
    StoreParam params[] = {
        store_param_int64(table->id),
        store_param_text(table->catalog),
        store_param_text(table->namespace_name),
        store_param_text(table->name),
        store_param_int64(drop->keep_ms),
        store_param_int64(STORE_KEPT_COMMITS_MAX),
        store_param_text(drop->task_kind),
        places ? store_param_text_array_sized((const char *const *)places->pdata, places->len)
               : store_param_null()};
    g_autoptr(StoreResult) result = NULL;

    if (!store_change_one(store, &SQL_TABLE_DROP, STORE_PARAMS(params), 0, &result, error))
        return FALSE;
    *out_dropped = result != NULL;
    return TRUE;
}

gboolean
store_table_unregister(Store *store,
                       const CatalogTable *table,
                       StoreTableOutcome *out_outcome,
                       GError **error)
{
    StoreParam params[] = {store_param_int64(table->id), store_param_int64(table->version),
                           store_param_text(table->catalog),
                           store_param_text(table->namespace_name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_change_one(store, &SQL_TABLE_UNREGISTER, STORE_PARAMS(params), 0, &result, error))
        return FALSE;
    *out_outcome = result ? STORE_TABLE_WRITTEN : STORE_TABLE_MOVED_ON;
    return TRUE;
}

static CatalogDroppedTable *
read_dropped(const StoreResult *result, guint row)
{
    CatalogDroppedTable *table = g_new0(CatalogDroppedTable, 1);

    table->id = store_row_int64(result, row, 0);
    table->namespace_name = store_row_text_copy(result, row, 1);
    table->name = store_row_text_copy(result, row, 2);
    table->uuid = store_row_text_copy(result, row, 3);
    table->kind = (CatalogTableKind)store_row_int64(result, row, 4);
    table->location = store_row_text_copy(result, row, 5);
    table->metadata_location = store_row_text_copy(result, row, 6);
    table->dropped_ms = store_row_int64(result, row, 7);
    table->expires_ms = store_row_int64(result, row, 8);
    return table;
}

GPtrArray *
store_table_drop_list(Store *store,
                      const char *catalog_name,
                      const char *namespace_name,
                      GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *tables;

    if (!store_query_rows(store, &SQL_TABLE_DROP_KEPT_LIST, STORE_PARAMS(params), &result, error))
        return NULL;
    tables = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_dropped_table_free);
    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(tables, read_dropped(result, row));
    return tables;
}

gboolean
store_table_drop_restore(Store *store,
                         gint64 id,
                         const char *catalog_name,
                         const char *namespace_name,
                         const char *name,
                         gboolean *out_restored,
                         GError **error)
{
    StoreParam params[] = {store_param_int64(id), store_param_text(catalog_name),
                           store_param_text(namespace_name), store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_TABLE_DROP_RESTORE, STORE_PARAMS(params), &result, error))
        return FALSE;
    if (result == NULL || store_row_is_null(result, 0, 0))
        return skep_fail(error, SKEP_ERROR_NO_SUCH_NAMESPACE, namespace_name,
                         "Namespace %s does not exist", namespace_name);
    *out_restored = !store_row_is_null(result, 0, 1);
    return TRUE;
}

gboolean
store_table_drop_expire(Store *store, guint max, guint64 *out_removed, GError **error)
{
    StoreParam params[] = {store_param_int64(max)};

    return store_query_exec(store, &SQL_TABLE_DROP_KEPT_EXPIRE, STORE_PARAMS(params), out_removed,
                            error);
}

gboolean
store_table_place_is_shared(
    Store *store, gint64 table_id, const char *location, gboolean *out_shared, GError **error)
{
    StoreParam params[] = {store_param_int64(table_id), store_param_text(location)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_TABLE_PLACE_IS_SHARED, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_shared = !result || store_row_bool(result, 0, 0);
    return TRUE;
}

GPtrArray *
store_table_places_held(Store *store, const GPtrArray *places, GError **error)
{
    StoreParam params[] = {
        store_param_text_array_sized((const char *const *)places->pdata, places->len)};

    return store_query_texts(store, &SQL_TABLE_PLACES_HELD, STORE_PARAMS(params), error);
}

gboolean
store_table_drop_find_place(Store *store,
                            const char *catalog_name,
                            const char *namespace_name,
                            const char *name,
                            gint64 since_ms,
                            char **out_location,
                            GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name),
                           store_param_text(name), store_param_int64(since_ms)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_TABLE_DROP_FIND_PLACE, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_location = result ? store_row_text_copy(result, 0, 0) : NULL;
    return TRUE;
}

gboolean
store_table_place_is_taken(Store *store, const char *place, gboolean *out_taken, GError **error)
{
    StoreParam params[] = {store_param_text(place)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_TABLE_PLACE_IS_TAKEN, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_taken = !result || store_row_bool(result, 0, 0);
    return TRUE;
}

gboolean
store_table_identity_is_held(Store *store,
                             const char *uuid,
                             const char *metadata_location,
                             gboolean *out_held,
                             GError **error)
{
    StoreParam params[] = {store_param_text(uuid), store_param_text(metadata_location)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_TABLE_IDENTITY_IS_HELD, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_held = !result || store_row_bool(result, 0, 0);
    return TRUE;
}
