/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks: taken one after another under leases, tried again with growing pauses, given up visibly.
 * How each kind is done is in purge.c and directory_task.c. Callers: the duties, the REST door. */
#include "task.h"

#include <string.h>

#include "skep/catalog_task.h"

/* The pause after the first failure; each further one doubles it. With so many failures the last
 * pause is an hour, and the whole takes some four hours. */
#define PAUSE_MS_FIRST 15000
#define PAUSE_MS_MAX   (3600 * 1000)
#define FAILURES_MAX   12
#define SAVE_US        G_USEC_PER_SEC

gboolean
catalog_task_goes_on(CatalogTaskRun *run, GError **error)
{
    const Catalog *catalog = run->catalog;
    gint64 now_us = g_get_monotonic_time();
    gboolean is_held = FALSE;

    if (!catalog_duty_goes_on(run->turn)) {
        run->is_stopped = TRUE;
        return FALSE;
    }
    if (now_us - run->saved_us < SAVE_US)
        return TRUE;
    if (!store_task_progress(catalog->store, run->task, &run->counts,
                             catalog->options.duty_lease_ms, &is_held, error))
        return FALSE;
    run->saved_us = now_us;
    run->counts = (StoreTaskCounts){0};
    run->is_lost = !is_held;
    return is_held;
}

static gint64
pause_after(gint64 failures)
{
    gint64 pause_ms = PAUSE_MS_FIRST;

    for (gint64 i = 1; i < failures && pause_ms < PAUSE_MS_MAX; i++)
        pause_ms *= 2;
    return MIN(pause_ms, PAUSE_MS_MAX);
}

static gboolean
attempt(CatalogTaskRun *run, GError **error)
{
    if (strcmp(run->task->kind, TASK_PURGE_TABLE) == 0)
        return catalog_purge_table(run, error);
    if (strcmp(run->task->kind, TASK_DELETE_DIRECTORY) == 0)
        return catalog_delete_directory(run, error);
    return skep_fail(error, SKEP_ERROR_UNSUPPORTED, run->task->kind,
                     "This server does not know tasks of the kind %s", run->task->kind);
}

/* Keeps what a failed attempt did, or gives up. What is given up stays, and is told. */
static gboolean
finish_failed(CatalogTaskRun *run, const GError *failure, GError **error)
{
    Catalog *catalog = run->catalog;
    const CatalogTask *task = run->task;
    gint64 failures = task->failures + 1;
    gboolean is_over = failures >= FAILURES_MAX;

    if (is_over)
        catalog_leave_behind(catalog, task->location ? task->location : task->table_name,
                             g_error_copy(failure));
    return store_task_finish(catalog->store, task, is_over ? "failed" : "waiting",
                             pause_after(failures), failure->message, failures, error);
}

static gboolean
run_task(Catalog *catalog, CatalogDutyTurn *turn, const CatalogTask *task, GError **error)
{
    CatalogTaskRun run = {catalog, task, turn, {0}, g_get_monotonic_time(), FALSE, FALSE};
    g_autoptr(GError) failure = NULL;
    gboolean is_held = TRUE;
    gboolean done = attempt(&run, &failure);

    if (run.is_lost)
        return TRUE;
    if (!store_task_progress(catalog->store, task, &run.counts, catalog->options.duty_lease_ms,
                             &is_held, error))
        return FALSE;
    if (!is_held)
        return TRUE;
    if (failure)
        return finish_failed(&run, failure, error);
    return store_task_finish(catalog->store, task, done ? "done" : "waiting", 0, NULL,
                             task->failures, error);
}

/* --- duties --- */

gboolean
catalog_tasks_work(Catalog *catalog, CatalogDutyTurn *turn, GError **error)
{
    while (catalog_duty_goes_on(turn)) {
        g_autoptr(CatalogTask) task = NULL;

        if (!store_task_take(catalog->store, catalog->server_name, catalog->options.duty_lease_ms,
                             &task, error))
            return FALSE;
        if (!task)
            return TRUE;
        if (!run_task(catalog, turn, task, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
catalog_tasks_expire(Catalog *catalog, CatalogDutyTurn *turn, GError **error)
{
    gint64 before_ms = catalog_now_ms() - catalog->options.task_retention_s * 1000;
    guint64 removed = CATALOG_DUTY_BATCH;

    do {
        if (!store_task_expire(catalog->store, before_ms, CATALOG_DUTY_BATCH, &removed, error))
            return FALSE;
    } while (removed == CATALOG_DUTY_BATCH && catalog_duty_goes_on(turn));
    return TRUE;
}

/* --- shown and changed by hand --- */

GPtrArray *
catalog_task_list(Catalog *catalog, const char *state, gint64 max, GError **error)
{
    static const char *const known[] = {"waiting", "running", "done", "failed", "cancelled", NULL};

    if (state && !g_strv_contains(known, state))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "A task's state is waiting, running, done, failed or cancelled");
    return store_task_list(catalog->store, state, max, error);
}

static gboolean
fail_unchanged(Catalog *catalog, gint64 id, GError **error)
{
    g_autofree char *object = g_strdup_printf("%" G_GINT64_FORMAT, id);
    g_autofree char *state = NULL;

    if (!store_task_state(catalog->store, id, &state, error))
        return FALSE;
    if (!state)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, object, "Task does not exist: %s",
                         object);
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, object, "Task %s is %s", object, state);
}

gboolean
catalog_task_retry(Catalog *catalog, gint64 id, GError **error)
{
    gboolean changed = FALSE;

    return store_task_retry(catalog->store, id, &changed, error) &&
           (changed || fail_unchanged(catalog, id, error));
}

gboolean
catalog_task_cancel(Catalog *catalog, gint64 id, GError **error)
{
    gboolean changed = FALSE;

    return store_task_cancel(catalog->store, id, &changed, error) &&
           (changed || fail_unchanged(catalog, id, error));
}

GPtrArray *
catalog_task_counts(Catalog *catalog, GError **error)
{
    return store_task_counts(catalog->store, error);
}
