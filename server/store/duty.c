/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.duties. Caller: server/catalog/duty.c. */
#include "skep/store_duty.h"

#include "store/duty_sql.h"
#include "store/query.h"

gboolean
store_duty_take(Store *store,
                const char *const *names,
                const char *holder,
                gint64 lease_ms,
                char **out_name,
                GError **error)
{
    StoreParam params[] = {store_param_text_array(names), store_param_text(holder),
                           store_param_int64(lease_ms)};
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_one(store, &SQL_DUTY_TAKE, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_name = result != NULL ? store_row_text_copy(result, 0, 0) : NULL;
    return TRUE;
}

gboolean
store_duty_renew(Store *store,
                 const char *name,
                 const char *holder,
                 gint64 lease_ms,
                 gboolean *out_held,
                 GError **error)
{
    StoreParam params[] = {store_param_text(name), store_param_text(holder),
                           store_param_int64(lease_ms)};
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_one(store, &SQL_DUTY_RENEW, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_held = result != NULL;
    return TRUE;
}

gboolean
store_duty_finish(Store *store,
                  const char *name,
                  const char *holder,
                  gint64 pause_ms,
                  const char *failure,
                  GError **error)
{
    StoreParam params[] = {store_param_text(name), store_param_text(holder),
                           store_param_int64(pause_ms), store_param_text(failure)};
    return store_query_exec(store, &SQL_DUTY_FINISH, STORE_PARAMS(params), NULL, error);
}

void
store_duty_free(StoreDuty *duty)
{
    if (duty == NULL)
        return;
    g_free(duty->name);
    g_free(duty->holder);
    g_free(duty->last_error);
    g_free(duty);
}

GPtrArray *
store_duty_list(Store *store, GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_rows(store, &SQL_DUTY_LIST, STORE_NO_PARAMS, &result, error))
        return NULL;
    GPtrArray *duties = g_ptr_array_new_with_free_func((GDestroyNotify)store_duty_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        StoreDuty *duty = g_new0(StoreDuty, 1);
        duty->name = store_row_text_copy(result, row, 0);
        duty->holder = store_row_text_copy(result, row, 1);
        duty->is_held = store_row_bool(result, row, 2);
        duty->started_ms = store_row_int64(result, row, 3);
        duty->success_ms = store_row_int64(result, row, 4);
        duty->failures = store_row_int64(result, row, 5);
        duty->last_error = store_row_text_copy(result, row, 6);
        duty->age_ms = store_row_int64(result, row, 7);
        g_ptr_array_add(duties, duty);
    }
    return duties;
}
