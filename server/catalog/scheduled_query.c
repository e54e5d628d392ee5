/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduled queries: when they are due, to whom they go, and what becomes of their runs. Caller:
 * the Thrift door. */
#include "skep/catalog_scheduled_query.h"

#include "bound.h"
#include "catalog_private.h"
#include "scheduled_query_cron.h"
#include "skep/store_scheduled_query.h"

#define BEGIN_ATTEMPTS_MAX 20

static const char *const state_names[] = {"INITED",   "EXECUTING", "FAILED",
                                          "FINISHED", "TIMED_OUT", "AUTO_DISABLED"};

static gboolean
fail_no_query(GError **error, const char *sentence, const char *cluster_namespace, const char *name)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "%s: %s@%s", sentence,
                     name ? name : "null", cluster_namespace ? cluster_namespace : "null");
}

static gboolean
next_time(const char *schedule, gint64 now_s, gint64 *out_next_s, GError **error)
{
    g_autoptr(ScheduledQueryCron) cron = scheduled_query_cron_parse(schedule, error);
    g_autoptr(GTimeZone) zone = cron ? g_time_zone_new_local() : NULL;

    if (!cron)
        return FALSE;
    *out_next_s = scheduled_query_cron_next(cron, now_s, zone);
    return TRUE;
}

/* The same for what is to run some day. */
static gboolean
set_next_time(CatalogScheduledQuery *query, GError **error)
{
    if (!next_time(query->schedule, catalog_now_s(), &query->next_execution_s, error))
        return FALSE;
    return query->next_execution_s >= 0 ||
           skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "Invalid schedule: %s has no time to come", query->schedule);
}

static gboolean
check_query(const CatalogScheduledQuery *query, GError **error)
{
    if (!query->name || !*query->name || !query->cluster_namespace)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "A scheduled query needs a name and a cluster namespace");
    return catalog_bound_text("The query's name", query->name, CATALOG_NAME_BYTES_MAX, error) &&
           catalog_bound_text("The cluster namespace", query->cluster_namespace,
                              CATALOG_NAME_BYTES_MAX, error) &&
           catalog_bound_text("The user's name", query->user, CATALOG_NAME_BYTES_MAX, error) &&
           catalog_bound_text("The query", query->query, CATALOG_BODY_BYTES_MAX, error);
}

CatalogScheduledQuery *
catalog_scheduled_query_find(Catalog *catalog,
                             const char *cluster_namespace,
                             const char *name,
                             GError **error)
{
    CatalogScheduledQuery *query = NULL;

    if (!store_scheduled_query_find(catalog->store, cluster_namespace, name, &query, error))
        return NULL;
    if (!query)
        fail_no_query(error, "There is no scheduled query for", cluster_namespace, name);
    return query;
}

gboolean
catalog_scheduled_query_create(Catalog *catalog,
                               const CatalogScheduledQuery *wanted,
                               GError **error)
{
    CatalogScheduledQuery settled = *wanted; /* texts borrowed */

    return check_query(wanted, error) && set_next_time(&settled, error) &&
           store_scheduled_query_create(catalog->store, &settled, error);
}

gboolean
catalog_scheduled_query_alter(Catalog *catalog,
                              const CatalogScheduledQuery *wanted,
                              gboolean set_enabled,
                              GError **error)
{
    g_autoptr(CatalogScheduledQuery) before = NULL;
    gboolean changed = FALSE;

    if (!check_query(wanted, error) ||
        !store_scheduled_query_find(catalog->store, wanted->cluster_namespace, wanted->name,
                                    &before, error))
        return FALSE;
    if (before) {
        CatalogScheduledQuery settled = *wanted; /* texts borrowed */

        settled.is_enabled = set_enabled ? wanted->is_enabled : before->is_enabled;
        settled.schedule = wanted->schedule ? wanted->schedule : before->schedule;
        settled.user = wanted->user ? wanted->user : before->user;
        settled.query = wanted->query ? wanted->query : before->query;
        if (wanted->next_execution_s < 0 && !set_next_time(&settled, error))
            return FALSE;
        if (!store_scheduled_query_alter(catalog->store, &settled, &changed, error))
            return FALSE;
    }
    return changed || fail_no_query(error, "There is no scheduled query with name",
                                    wanted->cluster_namespace, wanted->name);
}

gboolean
catalog_scheduled_query_drop(Catalog *catalog,
                             const char *cluster_namespace,
                             const char *name,
                             GError **error)
{
    gboolean dropped;

    if (!store_scheduled_query_drop(catalog->store, cluster_namespace, name, &dropped, error))
        return FALSE;
    return dropped ||
           fail_no_query(error, "There is no scheduled query with name", cluster_namespace, name);
}

gboolean
catalog_scheduled_query_poll(Catalog *catalog,
                             const char *cluster_namespace,
                             CatalogScheduledQuery **out_query,
                             gint64 *out_execution_id,
                             GError **error)
{
    gint64 now_s = catalog_now_s();

    if (!store_scheduled_query_end_silent(catalog->store, now_s,
                                          now_s - CATALOG_EXECUTION_SILENCE_S,
                                          now_s - CATALOG_EXECUTION_KEPT_S, error))
        return FALSE;
    for (int attempt = 0; attempt < BEGIN_ATTEMPTS_MAX; attempt++) {
        g_autoptr(CatalogScheduledQuery) due = NULL;
        gint64 next_s = -1;
        gint64 execution_id = 0;

        if (!store_scheduled_query_due(catalog->store, cluster_namespace, now_s, &due, error))
            return FALSE;
        if (!due)
            break;
        if (!next_time(due->schedule, now_s, &next_s, error) ||
            !store_scheduled_query_begin(catalog->store, due, next_s, now_s, &execution_id, error))
            return FALSE;
        if (execution_id == 0)
            continue;
        *out_query = g_steal_pointer(&due);
        *out_execution_id = execution_id;
        return TRUE;
    }
    *out_query = NULL;
    return TRUE;
}

gboolean
catalog_scheduled_query_progress(Catalog *catalog,
                                 gint64 execution_id,
                                 CatalogExecutionState state,
                                 const char *executor_query_id,
                                 const char *error_message,
                                 GError **error)
{
    gint64 now_s = catalog_now_s();
    gint before;
    gboolean changed;

    if ((gint)state < 0 || state >= CATALOG_EXECUTION_AUTO_DISABLED)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "A run cannot be said to be in state %d", (gint)state);
    if (!catalog_bound_text("The query's id", executor_query_id, CATALOG_NAME_BYTES_MAX, error) ||
        !catalog_bound_text("The error's message", error_message, CATALOG_BODY_BYTES_MAX, error) ||
        !store_scheduled_query_progress(catalog->store, execution_id, state, executor_query_id,
                                        error_message, now_s, &before, &changed, error))
        return FALSE;
    if (before < 0)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                         "There is no scheduled execution with id %" G_GINT64_FORMAT, execution_id);
    if (!changed)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL, "Invalid state change: %s=>%s",
                         state_names[before], state_names[state]);
    if (state != CATALOG_EXECUTION_FAILED && state != CATALOG_EXECUTION_TIMED_OUT)
        return TRUE;
    return store_scheduled_query_disable_failing(catalog->store, execution_id,
                                                 CATALOG_EXECUTION_FAILURES, now_s, error);
}
