/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.replication_metrics. Caller: server/catalog/replication_metric.c. */
#include "skep/store_replication_metric.h"

#include "store/query.h"
#include "store/replication_metric_sql.h"

typedef struct {
    const GPtrArray *metrics;
    gint64 now_s;
    gint64 expired_s;
} MetricPut;

static gboolean
put_all(StoreTransaction *transaction, gpointer data, GError **error)
{
    const MetricPut *put = data;
    StoreParam expired[] = {store_param_int64(put->expired_s)};

    for (guint i = 0; i < put->metrics->len; i++) {
        const CatalogReplicationMetric *metric = put->metrics->pdata[i];
        StoreParam params[] = {store_param_int64(metric->scheduled_execution_id),
                               store_param_text(metric->policy),
                               store_param_int64(metric->dump_execution_id),
                               store_param_text(metric->metadata),
                               store_param_text(metric->progress),
                               store_param_text(metric->message_format),
                               store_param_int64(put->now_s)};

        if (!store_transaction_exec(transaction, &SQL_REPLICATION_METRIC_PUT, STORE_PARAMS(params),
                                    NULL, error))
            return FALSE;
    }
    return store_transaction_exec(transaction, &SQL_REPLICATION_METRIC_EXPIRE,
                                  STORE_PARAMS(expired), NULL, error);
}

gboolean
store_replication_metric_put(
    Store *store, const GPtrArray *metrics, gint64 now_s, gint64 expired_s, GError **error)
{
    MetricPut put = {metrics, now_s, expired_s};

    return store_transaction_run(store, put_all, &put, error);
}

GPtrArray *
store_replication_metric_list(Store *store,
                              gint64 scheduled_execution_id,
                              const char *policy,
                              gint64 dump_execution_id,
                              gint64 max,
                              GError **error)
{
    StoreParam params[] = {store_param_int64_or_null(scheduled_execution_id, 0),
                           store_param_text(policy),
                           store_param_int64_or_null(dump_execution_id, 0), store_param_int64(max)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *metrics;

    if (!store_query_rows(store, &SQL_REPLICATION_METRIC_LIST, STORE_PARAMS(params), &result,
                          error))
        return NULL;
    metrics = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_replication_metric_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogReplicationMetric *metric = catalog_replication_metric_new();

        metric->scheduled_execution_id = store_row_int64(result, row, 0);
        metric->policy = store_row_text_copy(result, row, 1);
        metric->dump_execution_id = store_row_int64(result, row, 2);
        metric->metadata = store_row_text_copy(result, row, 3);
        metric->progress = store_row_text_copy(result, row, 4);
        metric->message_format = store_row_text_copy(result, row, 5);
        g_ptr_array_add(metrics, metric);
    }
    return metrics;
}
