/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about statistics of past queries; the rules are in server/catalog/runtime_statistics.c.
 * Caller: dispatch.c. */
#include "bindings.h"

#include <hms_property_types.h>

#include "skep/catalog_runtime_statistics.h"

gboolean
thrift_add_runtime_stats(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsRuntimeStat *in = ((HmsPropertiesAddRuntimeStatsArgs *)args)->stat;
    CatalogRuntimeStatistic wanted = {.created_s = in->__isset_createTime ? in->createTime : 0,
                                      .weight = in->weight,
                                      .payload =
                                          in->payload != NULL ? (char *)in->payload->data : NULL,
                                      .payload_length = in->payload != NULL ? in->payload->len : 0};
    return catalog_runtime_statistics_add(call->catalog, &wanted, error);
}

gboolean
thrift_get_runtime_stats(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsGetRuntimeStatsRequest *request = ((HmsPropertiesGetRuntimeStatsArgs *)args)->rqst;
    HmsPropertiesGetRuntimeStatsResult *out = result;
    g_autoptr(GPtrArray) statistics = catalog_runtime_statistics_list(
        call->catalog, request->maxWeight, request->maxCreateTime, error);
    if (statistics == NULL)
        return FALSE;
    for (guint i = 0; i < statistics->len; i++) {
        const CatalogRuntimeStatistic *statistic = statistics->pdata[i];
        HmsRuntimeStat *one = g_object_new(HMS_TYPE_RUNTIME_STAT, NULL);
        one->createTime = (gint32)statistic->created_s;
        one->__isset_createTime = TRUE;
        one->weight = statistic->weight;
        if (one->payload == NULL)
            one->payload = g_byte_array_new();
        if (statistic->payload_length > 0)
            g_byte_array_append(one->payload, (const guint8 *)statistic->payload,
                                (guint)statistic->payload_length);
        g_ptr_array_add(out->success, one);
    }
    out->__isset_success = TRUE;
    return TRUE;
}
