/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.sweeps, and what commits say of files. Callers: server/catalog/sweep.c and the files
 * around it. */
#include "skep/store_sweep.h"

#include "store/query.h"
#include "store/sweep_sql.h"

GPtrArray *
store_sweep_due(Store *store, gint64 before_ms, gint64 max, GError **error)
{
    StoreParam params[] = {store_param_int64(before_ms), store_param_int64(max)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *due;

    if (!store_query_rows(store, &SQL_SWEEP_DUE, STORE_PARAMS(params), &result, error))
        return NULL;
    due = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_table_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogTable *table = catalog_table_new();

        table->id = store_row_int64(result, row, 0);
        table->catalog = store_row_text_copy(result, row, 1);
        table->namespace_name = store_row_text_copy(result, row, 2);
        table->name = store_row_text_copy(result, row, 3);
        g_ptr_array_add(due, table);
    }
    return due;
}

gboolean
store_sweep_done(Store *store, gint64 table_id, gint64 swept_ms, GError **error)
{
    StoreParam params[] = {store_param_int64(table_id), store_param_int64(swept_ms)};

    return store_query_exec(store, &SQL_SWEEP_DONE, STORE_PARAMS(params), NULL, error);
}

/* The texts that a query says of a table's identity and some texts. */
static GHashTable *
ask_of_texts(Store *store,
             const StoreQuery *query,
             const char *table_uuid,
             const GPtrArray *texts,
             GError **error)
{
    StoreParam params[] = {
        store_param_text(table_uuid),
        store_param_text_array_sized((const char *const *)(gpointer)texts->pdata, texts->len)};
    g_autoptr(StoreResult) result = NULL;
    GHashTable *said;

    if (!store_query_rows(store, query, STORE_PARAMS(params), &result, error))
        return NULL;
    said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint row = 0; row < store_result_rows(result); row++)
        g_hash_table_add(said, store_row_text_copy(result, row, 0));
    return said;
}

GHashTable *
store_sweep_claimed(Store *store, const char *table_uuid, const GPtrArray *names, GError **error)
{
    return ask_of_texts(store, &SQL_SWEEP_CLAIMED, table_uuid, names, error);
}

GHashTable *
store_sweep_committed_snapshots(Store *store,
                                const char *table_uuid,
                                const GPtrArray *snapshots,
                                GError **error)
{
    return ask_of_texts(store, &SQL_SWEEP_COMMITTED_SNAPSHOTS, table_uuid, snapshots, error);
}

gboolean
store_sweep_first_commit(Store *store, gint64 table_id, gint64 *out_ms, GError **error)
{
    StoreParam params[] = {store_param_int64(table_id)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_SWEEP_FIRST_COMMIT, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_ms = result ? store_row_int64(result, 0, 0) : G_MAXINT64;
    return TRUE;
}
