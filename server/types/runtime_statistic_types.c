/* SPDX-License-Identifier: Apache-2.0 */
/* New and free for the records of skep/runtime_statistic_types.h. No rule lives here. Callers:
 * every layer. */
#include "skep/runtime_statistic_types.h"

CatalogRuntimeStatistic *
catalog_runtime_statistic_new(void)
{
    return g_new0(CatalogRuntimeStatistic, 1);
}

void
catalog_runtime_statistic_free(CatalogRuntimeStatistic *record)
{
    if (!record)
        return;
    g_free(record->payload);
    g_free(record);
}
