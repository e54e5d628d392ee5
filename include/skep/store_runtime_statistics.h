/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics of past queries in PostgreSQL. Only server/catalog/ calls this; any thread may. */
#pragma once

#include "skep/runtime_statistic_types.h"
#include "skep/store.h"

/* Removes what came before expired_s, too. */
gboolean store_runtime_statistics_add(Store *store,
                                      const CatalogRuntimeStatistic *statistic,
                                      gint64 now_s,
                                      gint64 expired_s,
                                      GError **error);
/* As catalog_runtime_statistics_list; negative numbers: no bound. */
GPtrArray *store_runtime_statistics_list(Store *store,
                                         gint64 max_weight,
                                         gint64 created_before_s,
                                         GError **error);
