/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics that engines keep of past queries, beside skep/catalog.h and with its conventions. The
 * catalog does not look into them. Implemented in server/catalog/runtime_statistics.c; caller: the
 * Thrift door. */
#pragma once

#include "skep/catalog.h"
#include "skep/runtime_statistic_types.h"

/* Days after which one is forgotten, as Hive has it. */
#define CATALOG_RUNTIME_STATISTICS_KEPT_S (3 * 24 * 3600)

/* created_s 0: now. TOO_LARGE. */
gboolean catalog_runtime_statistics_add(Catalog *catalog,
                                        const CatalogRuntimeStatistic *wanted,
                                        GError **error);
/* CatalogRuntimeStatistic*, newest first, until their weights reach max_weight (negative: all);
 * those made before created_before_s alone when that is positive. */
GPtrArray *catalog_runtime_statistics_list(Catalog *catalog,
                                           gint32 max_weight,
                                           gint32 created_before_s,
                                           GError **error);
