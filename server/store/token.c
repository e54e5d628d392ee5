/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.token_keys and skep.tokens. Caller: server/catalog/token.c. */
#include "skep/store_token.h"

#include "store/query.h"
#include "store/token_sql.h"

/* *out_changed: whether the statement touched a row. */
static gboolean
change(Store *store,
       const StoreQuery *query,
       const StoreParam *params,
       guint param_count,
       gboolean *out_changed,
       GError **error)
{
    guint64 rows = 0;

    if (!store_query_exec(store, query, params, param_count, &rows, error))
        return FALSE;
    *out_changed = rows > 0;
    return TRUE;
}

/* The only column of every row (char*). */
static GPtrArray *
list(Store *store, const StoreQuery *query, gint64 limit, GError **error)
{
    StoreParam params[] = {store_param_int64(limit)};

    return store_query_texts(store, query, STORE_PARAMS(params), error);
}

gboolean
store_token_key_add(Store *store, const char *content, gint32 *out_id, GError **error)
{
    StoreParam params[] = {store_param_text(content)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_TOKEN_KEY_ADD, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_id = (gint32)store_row_int64(result, 0, 0);
    return TRUE;
}

gboolean
store_token_key_replace(
    Store *store, gint32 id, const char *content, gboolean *out_found, GError **error)
{
    StoreParam params[] = {store_param_int64(id), store_param_text(content)};

    return change(store, &SQL_TOKEN_KEY_REPLACE, STORE_PARAMS(params), out_found, error);
}

gboolean
store_token_key_remove(Store *store, gint32 id, gboolean *out_found, GError **error)
{
    StoreParam params[] = {store_param_int64(id)};

    return change(store, &SQL_TOKEN_KEY_REMOVE, STORE_PARAMS(params), out_found, error);
}

GPtrArray *
store_token_keys(Store *store, gint64 limit, GError **error)
{
    return list(store, &SQL_TOKEN_KEYS, limit, error);
}

gboolean
store_token_add(
    Store *store, const char *identifier, const char *content, gboolean *out_added, GError **error)
{
    StoreParam params[] = {store_param_text(identifier), store_param_text(content)};

    return change(store, &SQL_TOKEN_ADD, STORE_PARAMS(params), out_added, error);
}

gboolean
store_token_find(Store *store, const char *identifier, char **out_content, GError **error)
{
    StoreParam params[] = {store_param_text(identifier)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_TOKEN_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_content = result ? store_row_text_copy(result, 0, 0) : NULL;
    return TRUE;
}

gboolean
store_token_remove(Store *store, const char *identifier, gboolean *out_found, GError **error)
{
    StoreParam params[] = {store_param_text(identifier)};

    return change(store, &SQL_TOKEN_REMOVE, STORE_PARAMS(params), out_found, error);
}

GPtrArray *
store_token_identifiers(Store *store, gint64 limit, GError **error)
{
    return list(store, &SQL_TOKEN_IDENTIFIERS, limit, error);
}
