/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.scan_plans. Caller: server/catalog/scan_plan.c and the catalog's housekeeping. */
#include "skep/store_scan_plan.h"

#include "store/query.h"
#include "store/scan_plan_sql.h"

StoreScanPlan *
store_scan_plan_new(const char *id,
                    gint64 table_id,
                    const char *metadata_location,
                    const char *request_json)
{
    StoreScanPlan *plan = g_new0(StoreScanPlan, 1);
    plan->id = g_strdup(id);
    plan->table_id = table_id;
    plan->metadata_location = g_strdup(metadata_location);
    plan->request_json = g_strdup(request_json);
    return plan;
}

void
store_scan_plan_free(StoreScanPlan *plan)
{
    if (plan == NULL)
        return;
    g_free(plan->id);
    g_free(plan->metadata_location);
    g_free(plan->request_json);
    g_free(plan);
}

gboolean
store_scan_plan_insert(Store *store, const StoreScanPlan *plan, gint64 lifetime_ms, GError **error)
{
    StoreParam params[] = {store_param_text(plan->id), store_param_int64(plan->table_id),
                           store_param_text(plan->metadata_location),
                           store_param_text(plan->request_json), store_param_int64(lifetime_ms)};
    return store_query_exec(store, &SQL_SCAN_PLAN_INSERT, STORE_PARAMS(params), NULL, error);
}

gboolean
store_scan_plan_find(
    Store *store, const char *id, gint64 table_id, StoreScanPlan **out_plan, GError **error)
{
    StoreParam params[] = {store_param_text(id), store_param_int64(table_id)};
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_one(store, &SQL_SCAN_PLAN_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_plan = result != NULL ? store_scan_plan_new(id, table_id, store_row_text(result, 0, 0),
                                                     store_row_text(result, 0, 1))
                               : NULL;
    return TRUE;
}

gboolean
store_scan_plan_delete(
    Store *store, const char *id, gint64 table_id, gboolean *out_deleted, GError **error)
{
    StoreParam params[] = {store_param_text(id), store_param_int64(table_id)};
    guint64 rows = 0;
    if (!store_query_exec(store, &SQL_SCAN_PLAN_DELETE, STORE_PARAMS(params), &rows, error))
        return FALSE;
    *out_deleted = rows > 0;
    return TRUE;
}

gboolean
store_scan_plan_expire(Store *store, guint max, GError **error)
{
    StoreParam params[] = {store_param_int64(max)};
    return store_query_exec(store, &SQL_SCAN_PLAN_EXPIRE, STORE_PARAMS(params), NULL, error);
}
