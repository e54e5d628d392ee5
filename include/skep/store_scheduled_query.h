/* SPDX-License-Identifier: Apache-2.0 */
/* Scheduled queries and their runs in PostgreSQL. Only server/catalog/ calls this; any thread may.
 */
#pragma once

#include "skep/scheduled_query_types.h"
#include "skep/store.h"

/* *out_query NULL: there is none. */
gboolean store_scheduled_query_find(Store *store,
                                    const char *cluster_namespace,
                                    const char *name,
                                    CatalogScheduledQuery **out_query,
                                    GError **error);
/* ALREADY_EXISTS. */
gboolean
store_scheduled_query_create(Store *store, const CatalogScheduledQuery *query, GError **error);
/* Everything but the names becomes that of `after`. *out_changed FALSE: there is none. */
gboolean store_scheduled_query_alter(Store *store,
                                     const CatalogScheduledQuery *after,
                                     gboolean *out_changed,
                                     GError **error);
gboolean store_scheduled_query_drop(Store *store,
                                    const char *cluster_namespace,
                                    const char *name,
                                    gboolean *out_dropped,
                                    GError **error);

/* Ends runs that were last heard of before silent_s, and forgets those that began before
 * expired_s. */
gboolean store_scheduled_query_end_silent(
    Store *store, gint64 now_s, gint64 silent_s, gint64 expired_s, GError **error);
/* The query that is due longest; *out_query NULL: none. */
gboolean store_scheduled_query_due(Store *store,
                                   const char *cluster_namespace,
                                   gint64 now_s,
                                   CatalogScheduledQuery **out_query,
                                   GError **error);
/* Makes a run of a due query as it was read, and sets its next time (-1: none). *out_execution_id
 * 0: somebody else was first. */
gboolean store_scheduled_query_begin(Store *store,
                                     const CatalogScheduledQuery *due,
                                     gint64 next_execution_s,
                                     gint64 now_s,
                                     gint64 *out_execution_id,
                                     GError **error);
/* *out_before: the state that the run was in, -1 when there is no such run. *out_changed FALSE: it
 * cannot come from there to `state`. */
gboolean store_scheduled_query_progress(Store *store,
                                        gint64 execution_id,
                                        CatalogExecutionState state,
                                        const char *executor_query_id,
                                        const char *error_message,
                                        gint64 now_s,
                                        gint *out_before,
                                        gboolean *out_changed,
                                        GError **error);
/* Disables the query of a run when its last `failures` runs all failed or timed out. */
gboolean store_scheduled_query_disable_failing(
    Store *store, gint64 execution_id, gint64 failures, gint64 now_s, GError **error);
