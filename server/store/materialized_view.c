/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that materialized views read, and what transactions did to them. */
#include "skep/store_materialized_view.h"

#include "store/materialization_codec.h"
#include "store/materialized_view_sql.h"
#include "store/query.h"

gboolean
store_materialized_view_set(Store *store,
                            const char *catalog_name,
                            const char *namespace_name,
                            const char *name,
                            const CatalogMaterialization *materialization,
                            gboolean *out_found,
                            GError **error)
{
    g_autofree char *json = store_materialization_print(materialization);
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name),
                           store_param_text(name), store_param_json(json)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_rows(store, &SQL_MATERIALIZED_VIEW_SET_SOURCES, STORE_PARAMS(params), &result,
                          error))
        return FALSE;
    *out_found = store_result_rows(result) > 0;
    return TRUE;
}

GPtrArray *
store_materialized_view_readers(Store *store, gint64 table_id, gint64 max, GError **error)
{
    StoreParam params[] = {store_param_int64(table_id), store_param_int64(max)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *names;

    if (!store_query_rows(store, &SQL_MATERIALIZED_VIEW_READERS, STORE_PARAMS(params), &result,
                          error))
        return NULL;
    names = catalog_strings_new();
    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(names, g_strconcat(store_row_text(result, row, 0), ".",
                                           store_row_text(result, row, 1), NULL));
    return names;
}

gboolean
store_materialized_view_count(
    Store *store, gint64 table_id, gint64 inserted, gint64 updated, gint64 deleted, GError **error)
{
    StoreParam params[] = {store_param_int64(table_id), store_param_int64(inserted),
                           store_param_int64(updated), store_param_int64(deleted)};

    return store_query_exec(store, &SQL_MATERIALIZED_VIEW_COUNT, STORE_PARAMS(params), NULL, error);
}

static StoreParam
ids_param(const GArray *ids)
{
    return store_param_int64_array((const gint64 *)(gpointer)ids->data, ids->len);
}

static StoreParam
texts_param(const GPtrArray *texts)
{
    return store_param_text_array_sized((const char *const *)(gpointer)texts->pdata, texts->len);
}

gboolean
store_materialized_view_changes(Store *store,
                                const StoreMaterializationQuestion *question,
                                gboolean *out_is_changed,
                                gboolean *out_is_compacted,
                                GError **error)
{
    StoreParam params[] = {store_param_text(question->catalog_name),
                           texts_param(question->namespaces),
                           texts_param(question->tables),
                           ids_param(question->water_ids),
                           ids_param(question->hidden_ordinals),
                           ids_param(question->hidden_ids),
                           store_param_int64(question->transaction_water),
                           ids_param(question->unseen_transactions)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_rows(store, &SQL_MATERIALIZED_VIEW_CHANGES, STORE_PARAMS(params), &result,
                          error))
        return FALSE;
    *out_is_changed = store_row_bool(result, 0, 0);
    *out_is_compacted = store_row_bool(result, 0, 1);
    return TRUE;
}
