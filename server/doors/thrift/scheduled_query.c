/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about scheduled queries. Decodes, calls the catalog, encodes; the rules are in
 * server/catalog/scheduled_query.c. Caller: dispatch.c. */
#include "bindings.h"

#include <hms_scheduled_query_types.h>

#include "skep/catalog_scheduled_query.h"
#include "skep/error.h"

static void
fill_key(HmsScheduledQueryKey *out, const CatalogScheduledQuery *query)
{
    g_free(out->scheduleName);
    out->scheduleName = g_strdup(query->name);
    g_free(out->clusterNamespace);
    out->clusterNamespace = g_strdup(query->cluster_namespace);
}

gboolean
thrift_get_scheduled_query(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsScheduledQueryKey *key =
        ((HmsScheduledQueriesGetScheduledQueryArgs *)args)->scheduleKey;
    HmsScheduledQueriesGetScheduledQueryResult *out = result;
    g_autoptr(CatalogScheduledQuery) query = catalog_scheduled_query_find(
        call->catalog, key->clusterNamespace, key->scheduleName, error);
    if (query == NULL)
        return FALSE;
    fill_key(out->success->scheduleKey, query);
    out->success->enabled = query->is_enabled;
    out->success->__isset_enabled = out->success->__isset_schedule = TRUE;
    out->success->schedule = g_steal_pointer(&query->schedule);
    out->success->__isset_user = query->user != NULL;
    out->success->user = g_steal_pointer(&query->user);
    out->success->__isset_query = query->query != NULL;
    out->success->query = g_steal_pointer(&query->query);
    out->success->nextExecution = (gint32)query->next_execution_s;
    out->success->__isset_nextExecution = query->next_execution_s >= 0;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_scheduled_query_maintenance(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsScheduledQueryMaintenanceRequest *request =
        ((HmsScheduledQueriesScheduledQueryMaintenanceArgs *)args)->request;
    const HmsScheduledQuery *in = request->scheduledQuery;
    CatalogScheduledQuery wanted = {.cluster_namespace = in->scheduleKey->clusterNamespace,
                                    .name = in->scheduleKey->scheduleName,
                                    .is_enabled = in->__isset_enabled && in->enabled,
                                    .schedule = in->schedule,
                                    .user = in->user,
                                    .query = in->query,
                                    .next_execution_s =
                                        in->__isset_nextExecution ? in->nextExecution : -1};
    switch (request->type) {
    case HMS_SCHEDULED_QUERY_MAINTENANCE_REQUEST_TYPE_CREATE:
        return catalog_scheduled_query_create(call->catalog, &wanted, error);
    case HMS_SCHEDULED_QUERY_MAINTENANCE_REQUEST_TYPE_ALTER:
        return catalog_scheduled_query_alter(call->catalog, &wanted, in->__isset_enabled, error);
    case HMS_SCHEDULED_QUERY_MAINTENANCE_REQUEST_TYPE_DROP:
        return catalog_scheduled_query_drop(call->catalog, wanted.cluster_namespace, wanted.name,
                                            error);
    }
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "invalid request");
}

gboolean
thrift_scheduled_query_poll(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsScheduledQueriesScheduledQueryPollArgs *in = args;
    HmsScheduledQueriesScheduledQueryPollResult *out = result;
    g_autoptr(CatalogScheduledQuery) query = NULL;
    gint64 execution_id = 0;
    if (!catalog_scheduled_query_poll(call->catalog, in->request->clusterNamespace, &query,
                                      &execution_id, error))
        return FALSE;
    if (query != NULL) {
        fill_key(out->success->scheduleKey, query);
        out->success->__isset_scheduleKey = TRUE;
        out->success->executionId = execution_id;
        out->success->__isset_executionId = TRUE;
        out->success->__isset_query = query->query != NULL;
        out->success->query = g_steal_pointer(&query->query);
        out->success->__isset_user = query->user != NULL;
        out->success->user = g_steal_pointer(&query->user);
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_scheduled_query_progress(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsScheduledQueryProgressInfo *info =
        ((HmsScheduledQueriesScheduledQueryProgressArgs *)args)->info;
    return catalog_scheduled_query_progress(call->catalog, info->scheduledExecutionId,
                                            (CatalogExecutionState)info->state,
                                            info->executorQueryId, info->errorMessage, error);
}
