/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about runs of replication policies, and about recycled files, which only a server with
 * change management keeps. The rules are in server/catalog/replication_metric.c. Caller:
 * dispatch.c. */
#include "bindings.h"

#include <hms_replication_types.h>

#include "skep/catalog_replication_metric.h"

gboolean
thrift_add_replication_metrics(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsReplicationAddReplicationMetricsArgs *in = args;
    const GPtrArray *list = in->replicationMetricList->replicationMetricList;
    g_autoptr(GPtrArray) metrics =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_replication_metric_free);
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const HmsReplicationMetrics *one = g_ptr_array_index(list, i);
        CatalogReplicationMetric *metric = catalog_replication_metric_new();
        metric->scheduled_execution_id = one->scheduledExecutionId;
        metric->policy = g_strdup(one->policy);
        metric->dump_execution_id = one->dumpExecutionId;
        metric->metadata = g_strdup(one->metadata);
        metric->progress = g_strdup(one->progress);
        metric->message_format = g_strdup(one->messageFormat);
        g_ptr_array_add(metrics, metric);
    }
    return catalog_replication_metric_put(call->catalog, metrics, error);
}

gboolean
thrift_get_replication_metrics(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsGetReplicationMetricsRequest *request =
        ((HmsReplicationGetReplicationMetricsArgs *)args)->rqst;
    HmsReplicationGetReplicationMetricsResult *out = result;
    g_autoptr(GPtrArray) metrics = catalog_replication_metric_list(
        call->catalog, request->__isset_scheduledExecutionId ? request->scheduledExecutionId : 0,
        request->policy, request->__isset_dumpExecutionId ? request->dumpExecutionId : 0, error);
    if (metrics == NULL)
        return FALSE;
    for (guint i = 0; i < metrics->len; i++) {
        const CatalogReplicationMetric *metric = metrics->pdata[i];
        HmsReplicationMetrics *one = g_object_new(HMS_TYPE_REPLICATION_METRICS, NULL);
        one->scheduledExecutionId = metric->scheduled_execution_id;
        one->policy = g_strdup(metric->policy);
        one->dumpExecutionId = metric->dump_execution_id;
        one->metadata = g_strdup(metric->metadata);
        one->__isset_metadata = metric->metadata != NULL;
        one->progress = g_strdup(metric->progress);
        one->__isset_progress = metric->progress != NULL;
        one->messageFormat = g_strdup(metric->message_format);
        one->__isset_messageFormat = metric->message_format != NULL;
        g_ptr_array_add(out->success->replicationMetricList, one);
    }
    out->__isset_success = TRUE;
    return TRUE;
}

/* Without change management there is nowhere to recycle to, and nothing to do, as in Hive. */
gboolean
thrift_cm_recycle(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    ((HmsReplicationCmRecycleResult *)result)->__isset_success = TRUE;
    return TRUE;
}
