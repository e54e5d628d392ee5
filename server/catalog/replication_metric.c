/* SPDX-License-Identifier: Apache-2.0 */
/* Replication metrics: bounds and retention. Caller: the Thrift door. */
#include "skep/catalog_replication_metric.h"

#include "bound.h"
#include "catalog_private.h"
#include "skep/store_replication_metric.h"

static gboolean
check_metric(const CatalogReplicationMetric *metric, GError **error)
{
    if (!metric->policy)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Replication metrics need a policy");
    return catalog_bound_text("The policy's name", metric->policy, CATALOG_NAME_BYTES_MAX, error) &&
           catalog_bound_text("The metadata", metric->metadata, CATALOG_BODY_BYTES_MAX, error) &&
           catalog_bound_text("The progress", metric->progress, CATALOG_BODY_BYTES_MAX, error) &&
           catalog_bound_text("The message format", metric->message_format, CATALOG_NAME_BYTES_MAX,
                              error);
}

gboolean
catalog_replication_metric_put(Catalog *catalog, const GPtrArray *metrics, GError **error)
{
    gint64 now_s = catalog_now_s();

    if (metrics->len > CATALOG_REPLICATION_METRICS_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "More than %d replication metrics in one request",
                         CATALOG_REPLICATION_METRICS_MAX);
    for (guint i = 0; i < metrics->len; i++) {
        if (!check_metric(metrics->pdata[i], error))
            return FALSE;
    }
    return store_replication_metric_put(catalog->store, metrics, now_s,
                                        now_s - CATALOG_REPLICATION_METRICS_KEPT_S, error);
}

GPtrArray *
catalog_replication_metric_list(Catalog *catalog,
                                gint64 scheduled_execution_id,
                                const char *policy,
                                gint64 dump_execution_id,
                                GError **error)
{
    return store_replication_metric_list(catalog->store, scheduled_execution_id, policy,
                                         dump_execution_id, CATALOG_REPLICATION_METRICS_MAX, error);
}
