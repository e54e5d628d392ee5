/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics of past queries: bounds and retention. Caller: the Thrift door. */
#include "skep/catalog_runtime_statistics.h"

#include "bound.h"
#include "catalog_private.h"
#include "skep/store_runtime_statistics.h"

gboolean
catalog_runtime_statistics_add(Catalog *catalog,
                               const CatalogRuntimeStatistic *wanted,
                               GError **error)
{
    CatalogRuntimeStatistic settled = *wanted;
    gint64 now_s = catalog_now_s();

    if (wanted->payload_length > CATALOG_BODY_BYTES_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "The statistics are longer than %d bytes", CATALOG_BODY_BYTES_MAX);
    if (settled.created_s == 0)
        settled.created_s = now_s;
    return store_runtime_statistics_add(catalog->store, &settled, now_s,
                                        now_s - CATALOG_RUNTIME_STATISTICS_KEPT_S, error);
}

GPtrArray *
catalog_runtime_statistics_list(Catalog *catalog,
                                gint32 max_weight,
                                gint32 created_before_s,
                                GError **error)
{
    return store_runtime_statistics_list(catalog->store, max_weight < 0 ? -1 : max_weight,
                                         created_before_s > 0 ? created_before_s : -1, error);
}
