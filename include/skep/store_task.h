/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks in PostgreSQL: taken under a lease, counted, finished, shown. They are written by the
 * statements that cause them (store_table_drop). Implemented in server/store/task.c. Only
 * server/catalog/ calls this; any thread may. */
#pragma once

#include "skep/store.h"
#include "skep/task_types.h"

/* One that is due and that nobody has. TRUE with *out_task NULL: none. */
gboolean store_task_take(
    Store *store, const char *holder, gint64 lease_ms, CatalogTask **out_task, GError **error);

typedef struct {
    gint64 found;
    gint64 deleted;
    gint64 left;
} StoreTaskCounts;
/* Adds to the counts and renews the lease. *out_held FALSE: cancelled, or another server has it. */
gboolean store_task_progress(Store *store,
                             const CatalogTask *task,
                             const StoreTaskCounts *counts,
                             gint64 lease_ms,
                             gboolean *out_held,
                             GError **error);
/* `state` "waiting": given back until pause_ms have passed. */
gboolean store_task_finish(Store *store,
                           const CatalogTask *task,
                           const char *state,
                           gint64 pause_ms,
                           const char *failure,
                           gint64 failures,
                           GError **error);

/* The newest first; state NULL: all. CatalogTask*. */
GPtrArray *store_task_list(Store *store, const char *state, gint64 max, GError **error);
/* *out_changed FALSE: there is none of this id, or it is over. */
gboolean store_task_retry(Store *store, gint64 id, gboolean *out_changed, GError **error);
gboolean store_task_cancel(Store *store, gint64 id, gboolean *out_changed, GError **error);
/* NULL without an error: there is none of this id. Transfer full. */
gboolean store_task_state(Store *store, gint64 id, char **out_state, GError **error);
/* CatalogTaskCount*. */
GPtrArray *store_task_counts(Store *store, GError **error);
gboolean
store_task_expire(Store *store, gint64 before_ms, guint max, guint64 *out_removed, GError **error);
