/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.tasks. Caller: server/catalog/task.c. */
#include "skep/store_task.h"

#include "store/query.h"
#include "store/task_sql.h"

static CatalogTask *
read_task(const StoreResult *result, guint row)
{
    CatalogTask *task = g_new0(CatalogTask, 1);
    task->id = store_row_int64(result, row, 0);
    task->kind = store_row_text_copy(result, row, 1);
    task->state = store_row_text_copy(result, row, 2);
    task->catalog = store_row_text_copy(result, row, 3);
    task->namespace_name = store_row_text_copy(result, row, 4);
    task->table_name = store_row_text_copy(result, row, 5);
    task->table_uuid = store_row_text_copy(result, row, 6);
    task->location = store_row_text_copy(result, row, 7);
    task->metadata_location = store_row_text_copy(result, row, 8);
    task->created_ms = store_row_int64(result, row, 9);
    task->finished_ms = store_row_int64(result, row, 10);
    task->attempts = store_row_int64(result, row, 11);
    task->failures = store_row_int64(result, row, 12);
    task->files_found = store_row_int64(result, row, 13);
    task->files_deleted = store_row_int64(result, row, 14);
    task->files_left = store_row_int64(result, row, 15);
    task->error = store_row_text_copy(result, row, 16);
    task->holder = store_row_text_copy(result, row, 17);
    task->due_ms = store_row_int64(result, row, 18);
    return task;
}

gboolean
store_task_take(
    Store *store, const char *holder, gint64 lease_ms, CatalogTask **out_task, GError **error)
{
    StoreParam params[] = {store_param_text(holder), store_param_int64(lease_ms)};
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_one(store, &SQL_TASK_TAKE, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_task = result != NULL ? read_task(result, 0) : NULL;
    return TRUE;
}

gboolean
store_task_progress(Store *store,
                    const CatalogTask *task,
                    const StoreTaskCounts *counts,
                    gint64 lease_ms,
                    gboolean *out_held,
                    GError **error)
{
    StoreParam params[] = {store_param_int64(task->id),      store_param_text(task->holder),
                           store_param_int64(counts->found), store_param_int64(counts->deleted),
                           store_param_int64(counts->left),  store_param_int64(lease_ms)};
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_one(store, &SQL_TASK_PROGRESS, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_held = result != NULL;
    return TRUE;
}

gboolean
store_task_finish(Store *store,
                  const CatalogTask *task,
                  const char *state,
                  gint64 pause_ms,
                  const char *failure,
                  gint64 failures,
                  GError **error)
{
    StoreParam params[] = {store_param_int64(task->id), store_param_text(task->holder),
                           store_param_text(state),     store_param_int64(pause_ms),
                           store_param_text(failure),   store_param_int64(failures)};
    return store_query_exec(store, &SQL_TASK_FINISH, STORE_PARAMS(params), NULL, error);
}

GPtrArray *
store_task_list(Store *store, const char *state, gint64 max, GError **error)
{
    StoreParam params[] = {store_param_text(state), store_param_int64(max)};
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_rows(store, &SQL_TASK_LIST, STORE_PARAMS(params), &result, error))
        return NULL;
    GPtrArray *tasks = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_task_free);
    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(tasks, read_task(result, row));
    return tasks;
}

static gboolean
change_task(Store *store, const StoreQuery *query, gint64 id, gboolean *out_changed, GError **error)
{
    StoreParam params[] = {store_param_int64(id)};
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_one(store, query, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_changed = result != NULL;
    return TRUE;
}

gboolean
store_task_retry(Store *store, gint64 id, gboolean *out_changed, GError **error)
{
    return change_task(store, &SQL_TASK_RETRY, id, out_changed, error);
}

gboolean
store_task_cancel(Store *store, gint64 id, gboolean *out_changed, GError **error)
{
    return change_task(store, &SQL_TASK_CANCEL, id, out_changed, error);
}

gboolean
store_task_state(Store *store, gint64 id, char **out_state, GError **error)
{
    StoreParam params[] = {store_param_int64(id)};
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_one(store, &SQL_TASK_STATE, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_state = result != NULL ? store_row_text_copy(result, 0, 0) : NULL;
    return TRUE;
}

GPtrArray *
store_task_counts(Store *store, GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_rows(store, &SQL_TASK_COUNTS, STORE_NO_PARAMS, &result, error))
        return NULL;
    GPtrArray *counts = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_task_count_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogTaskCount *count = g_new0(CatalogTaskCount, 1);
        count->kind = store_row_text_copy(result, row, 0);
        count->state = store_row_text_copy(result, row, 1);
        count->tasks = store_row_int64(result, row, 2);
        count->oldest_ms = store_row_int64(result, row, 3);
        g_ptr_array_add(counts, count);
    }
    return counts;
}

gboolean
store_task_expire(Store *store, gint64 before_ms, guint max, guint64 *out_removed, GError **error)
{
    StoreParam params[] = {store_param_int64(before_ms), store_param_int64(max)};
    return store_query_exec(store, &SQL_TASK_EXPIRE, STORE_PARAMS(params), out_removed, error);
}
