/* SPDX-License-Identifier: Apache-2.0 */
/* New and free for the records of skep/scheduled_query_types.h. No rule lives here. Callers: every
 * layer. */
#include "skep/scheduled_query_types.h"

CatalogScheduledQuery *
catalog_scheduled_query_new(void)
{
    CatalogScheduledQuery *query = g_new0(CatalogScheduledQuery, 1);

    query->next_execution_s = -1;
    return query;
}

void
catalog_scheduled_query_free(CatalogScheduledQuery *query)
{
    if (!query)
        return;
    g_free(query->cluster_namespace);
    g_free(query->name);
    g_free(query->schedule);
    g_free(query->user);
    g_free(query->query);
    g_free(query);
}
