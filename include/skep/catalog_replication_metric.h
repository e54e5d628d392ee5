/* SPDX-License-Identifier: Apache-2.0 */
/* Metrics of replication policies, beside skep/catalog.h and with its conventions: what the
 * clusters that replicate say of their runs. Implemented in server/catalog/replication_metric.c;
 * caller: the Thrift door. */
#pragma once

#include "skep/catalog.h"
#include "skep/replication_metric_types.h"

#define CATALOG_REPLICATION_METRICS_MAX    10000           /* in one request or answer */
#define CATALOG_REPLICATION_METRICS_KEPT_S (7 * 24 * 3600) /* as Hive has it */

/* Adds runs, or changes the progress of those that are there; all or none.
 * INVALID_ARGUMENT, TOO_LARGE. */
gboolean catalog_replication_metric_put(Catalog *catalog, const GPtrArray *metrics, GError **error);
/* CatalogReplicationMetric*, the newest run first. NULL and 0: any. */
GPtrArray *catalog_replication_metric_list(Catalog *catalog,
                                           gint64 scheduled_execution_id,
                                           const char *policy,
                                           gint64 dump_execution_id,
                                           GError **error);
