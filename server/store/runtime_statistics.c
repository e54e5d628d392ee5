/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.runtime_statistics. Caller: server/catalog/runtime_statistics.c. */
#include "skep/store_runtime_statistics.h"

#include "store/query.h"
#include "store/runtime_statistics_sql.h"

gboolean
store_runtime_statistics_add(Store *store,
                             const CatalogRuntimeStatistic *statistic,
                             gint64 now_s,
                             gint64 expired_s,
                             GError **error)
{
    const char *payload = statistic->payload ? statistic->payload : "";
    StoreParam params[] = {store_param_int64(statistic->created_s), store_param_int64(now_s),
                           store_param_int64(statistic->weight),
                           store_param_bytes((const guint8 *)payload, statistic->payload_length),
                           store_param_int64(expired_s)};

    return store_query_exec(store, &SQL_RUNTIME_STATISTICS_ADD, STORE_PARAMS(params), NULL, error);
}

GPtrArray *
store_runtime_statistics_list(Store *store,
                              gint64 max_weight,
                              gint64 created_before_s,
                              GError **error)
{
    StoreParam params[] = {store_param_int64_or_null(max_weight, -1),
                           store_param_int64_or_null(created_before_s, -1)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *statistics;

    if (!store_query_rows(store, &SQL_RUNTIME_STATISTICS_LIST, STORE_PARAMS(params), &result,
                          error))
        return NULL;
    statistics = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_runtime_statistic_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogRuntimeStatistic *statistic = catalog_runtime_statistic_new();
        const guint8 *bytes = store_row_bytes(result, row, 2, &statistic->payload_length);

        statistic->created_s = store_row_int64(result, row, 0);
        statistic->weight = (gint32)store_row_int64(result, row, 1);
        statistic->payload = g_memdup2(bytes, statistic->payload_length);
        g_ptr_array_add(statistics, statistic);
    }
    return statistics;
}
