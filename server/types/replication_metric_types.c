/* SPDX-License-Identifier: Apache-2.0 */
/* New and free for the records of skep/replication_metric_types.h. No rule lives here. Callers:
 * every layer. */
#include "skep/replication_metric_types.h"

CatalogReplicationMetric *
catalog_replication_metric_new(void)
{
    return g_new0(CatalogReplicationMetric, 1);
}

void
catalog_replication_metric_free(CatalogReplicationMetric *record)
{
    if (!record)
        return;
    g_free(record->policy);
    g_free(record->metadata);
    g_free(record->progress);
    g_free(record->message_format);
    g_free(record);
}
