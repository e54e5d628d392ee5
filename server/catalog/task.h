/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt at a task, for the files that know how: purge.c and directory_task.c. Nothing outside
 * server/catalog/ includes it. */
#pragma once

#include "skep/store_task.h"

#include "duty.h"

typedef struct {
    Catalog *catalog;
    const CatalogTask *task;
    CatalogDutyTurn *turn;
    StoreTaskCounts counts; /* not yet saved */
    gint64 saved_us;
    gboolean is_stopped; /* this server stops, or has lost the duty: the task goes on elsewhere */
    gboolean is_lost;    /* cancelled, or another server has it */
} CatalogTaskRun;

/* To be asked between batches: saves the counts and renews the lease now and then. FALSE without an
 * error: the attempt should end, with FALSE. */
gboolean catalog_task_goes_on(CatalogTaskRun *run, GError **error);

/* One attempt at all of it. What was done before, by whatever attempt, does no harm. FALSE without
 * an error: as catalog_task_goes_on said. */
gboolean catalog_purge_table(CatalogTaskRun *run, GError **error);
gboolean catalog_delete_directory(CatalogTaskRun *run, GError **error);

/* The duties (duty.c). */
gboolean catalog_tasks_work(Catalog *catalog, CatalogDutyTurn *turn, GError **error);
gboolean catalog_tasks_expire(Catalog *catalog, CatalogDutyTurn *turn, GError **error);
gboolean catalog_dropped_expire(Catalog *catalog, CatalogDutyTurn *turn, GError **error);
