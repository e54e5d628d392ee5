/* SPDX-License-Identifier: Apache-2.0 */
/* Replication metrics in PostgreSQL. Only server/catalog/ calls this; any thread may. */
#pragma once

#include "skep/replication_metric_types.h"
#include "skep/store.h"

/* All or none (CatalogReplicationMetric*). Removes runs that began before expired_s, too. */
gboolean store_replication_metric_put(
    Store *store, const GPtrArray *metrics, gint64 now_s, gint64 expired_s, GError **error);
/* CatalogReplicationMetric*, at most `max`, the newest run first. NULL and 0: any. */
GPtrArray *store_replication_metric_list(Store *store,
                                         gint64 scheduled_execution_id,
                                         const char *policy,
                                         gint64 dump_execution_id,
                                         gint64 max,
                                         GError **error);
