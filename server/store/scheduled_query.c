/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.scheduled_queries and skep.scheduled_executions. When a query is due next, the
 * catalog says. Caller: server/catalog/scheduled_query.c. */
#include "skep/store_scheduled_query.h"

#include "store/query.h"
#include "store/scheduled_query_sql.h"

/* Columns of scheduled_query_find and scheduled_query_due. */
enum {
    QUERY_ID,
    QUERY_NAMESPACE,
    QUERY_NAME,
    QUERY_IS_ENABLED,
    QUERY_SCHEDULE,
    QUERY_USER,
    QUERY_QUERY,
    QUERY_NEXT
};

static CatalogScheduledQuery *
read_query(const StoreResult *result)
{
    CatalogScheduledQuery *query = catalog_scheduled_query_new();

    query->id = store_row_int64(result, 0, QUERY_ID);
    query->cluster_namespace = store_row_text_copy(result, 0, QUERY_NAMESPACE);
    query->name = store_row_text_copy(result, 0, QUERY_NAME);
    query->is_enabled = store_row_bool(result, 0, QUERY_IS_ENABLED);
    query->schedule = store_row_text_copy(result, 0, QUERY_SCHEDULE);
    query->user = store_row_text_copy(result, 0, QUERY_USER);
    query->query = store_row_text_copy(result, 0, QUERY_QUERY);
    query->next_execution_s = store_row_int64_or(result, 0, QUERY_NEXT, -1);
    return query;
}

gboolean
store_scheduled_query_find(Store *store,
                           const char *cluster_namespace,
                           const char *name,
                           CatalogScheduledQuery **out_query,
                           GError **error)
{
    StoreParam params[] = {store_param_text(cluster_namespace), store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_SCHEDULED_QUERY_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_query = result ? read_query(result) : NULL;
    return TRUE;
}

gboolean
store_scheduled_query_create(Store *store, const CatalogScheduledQuery *query, GError **error)
{
    StoreParam params[] = {store_param_text(query->cluster_namespace),
                           store_param_text(query->name),
                           store_param_bool(query->is_enabled),
                           store_param_text(query->schedule),
                           store_param_text(query->user),
                           store_param_text(query->query),
                           store_param_int64_or_null(query->next_execution_s, -1)};

    return store_query_exec(store, &SQL_SCHEDULED_QUERY_CREATE, STORE_PARAMS(params), NULL,
                            error) ||
           store_error_reword(error, SKEP_ERROR_ALREADY_EXISTS, NULL,
                              "Scheduled query with name: %s@%s already exists.", query->name,
                              query->cluster_namespace);
}

gboolean
store_scheduled_query_alter(Store *store,
                            const CatalogScheduledQuery *after,
                            gboolean *out_changed,
                            GError **error)
{
    StoreParam params[] = {store_param_text(after->cluster_namespace),
                           store_param_text(after->name),
                           store_param_bool(after->is_enabled),
                           store_param_text(after->schedule),
                           store_param_text(after->user),
                           store_param_text(after->query),
                           store_param_int64_or_null(after->next_execution_s, -1)};
    guint64 rows = 0;

    if (!store_query_exec(store, &SQL_SCHEDULED_QUERY_ALTER, STORE_PARAMS(params), &rows, error))
        return FALSE;
    *out_changed = rows > 0;
    return TRUE;
}

gboolean
store_scheduled_query_drop(Store *store,
                           const char *cluster_namespace,
                           const char *name,
                           gboolean *out_dropped,
                           GError **error)
{
    StoreParam params[] = {store_param_text(cluster_namespace), store_param_text(name)};
    guint64 rows = 0;

    if (!store_query_exec(store, &SQL_SCHEDULED_QUERY_DROP, STORE_PARAMS(params), &rows, error))
        return FALSE;
    *out_dropped = rows > 0;
    return TRUE;
}

gboolean
store_scheduled_query_end_silent(
    Store *store, gint64 now_s, gint64 silent_s, gint64 expired_s, GError **error)
{
    StoreParam params[] = {store_param_int64(now_s), store_param_int64(silent_s),
                           store_param_int64(expired_s)};

    return store_query_exec(store, &SQL_SCHEDULED_QUERY_END_SILENT, STORE_PARAMS(params), NULL,
                            error);
}

gboolean
store_scheduled_query_due(Store *store,
                          const char *cluster_namespace,
                          gint64 now_s,
                          CatalogScheduledQuery **out_query,
                          GError **error)
{
    StoreParam params[] = {store_param_text(cluster_namespace), store_param_int64(now_s)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_SCHEDULED_QUERY_DUE, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_query = result ? read_query(result) : NULL;
    return TRUE;
}

gboolean
store_scheduled_query_begin(Store *store,
                            const CatalogScheduledQuery *due,
                            gint64 next_execution_s,
                            gint64 now_s,
                            gint64 *out_execution_id,
                            GError **error)
{
    StoreParam params[] = {store_param_int64(due->id), store_param_int64(due->next_execution_s),
                           store_param_int64_or_null(next_execution_s, -1),
                           store_param_int64(now_s)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_SCHEDULED_QUERY_BEGIN, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_execution_id = result ? store_row_int64(result, 0, 0) : 0;
    return TRUE;
}

gboolean
store_scheduled_query_progress(Store *store,
                               gint64 execution_id,
                               CatalogExecutionState state,
                               const char *executor_query_id,
                               const char *error_message,
                               gint64 now_s,
                               gint *out_before,
                               gboolean *out_changed,
                               GError **error)
{
    StoreParam params[] = {store_param_int64(execution_id), store_param_int64(state),
                           store_param_text(executor_query_id), store_param_text(error_message),
                           store_param_int64(now_s)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_SCHEDULED_QUERY_PROGRESS, STORE_PARAMS(params), &result,
                         error))
        return FALSE;
    *out_before = result ? (gint)store_row_int64(result, 0, 0) : -1;
    *out_changed = result && store_row_bool(result, 0, 1);
    return TRUE;
}

gboolean
store_scheduled_query_disable_failing(
    Store *store, gint64 execution_id, gint64 failures, gint64 now_s, GError **error)
{
    StoreParam params[] = {store_param_int64(execution_id), store_param_int64(failures),
                           store_param_int64(now_s)};

    return store_query_exec(store, &SQL_SCHEDULED_QUERY_DISABLE_FAILING, STORE_PARAMS(params), NULL,
                            error);
}
