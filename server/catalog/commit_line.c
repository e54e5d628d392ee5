/* SPDX-License-Identifier: Apache-2.0 */
/* Commits parked in the line of their table, and the one worker that works it off. Callers: the
 * REST door; whoever leaves a line in which jobs are next. */
#include "skep/metrics.h"

#include "commit_group.h"
#include "commit_queue.h"

/* More at once would keep the first of them waiting for the documents of the last. */
#define GROUP_MAX 64

static Metric parked_total =
    METRIC_COUNTER("skep_commits_parked_total",
                   "Commits that waited for others of their table without holding a worker.",
                   NULL);
METRIC_SHOW_FROM_START(parked_total);

void
commit_job_free(CommitJob *job)
{
    if (!job)
        return;
    catalog_iceberg_attempt_clear(&job->attempt);
    catalog_table_name_clear(&job->attempt.name);
    g_free(job);
}

void
commit_job_end(CommitJob *job, CatalogIcebergTable *table, GError *error)
{
    CatalogCommitDone done = job->done;
    gpointer data = job->data;

    commit_job_free(job);
    done(table, error, data);
}

/* --- working a line off --- */

static void
run_alone(CommitJob *job)
{
    GError *failure = NULL;
    CatalogIcebergTable *table = NULL;

    if (g_get_monotonic_time() > job->deadline_us)
        catalog_iceberg_fail_busy(&failure, &job->attempt.name);
    else
        table = catalog_iceberg_commit_alone(job->catalog, &job->attempt, &failure);
    commit_job_end(job, table, failure);
}

static void
run_jobs(Catalog *catalog, CommitJob *const *jobs, guint n_jobs)
{
    guint done = 0;

    while (n_jobs - done > 1) {
        guint answered = commit_group_run(catalog, jobs + done, n_jobs - done);

        if (answered == 0)
            break;
        done += answered;
    }
    for (; done < n_jobs; done++)
        run_alone(jobs[done]);
}

static void
work_off(Catalog *catalog, const char *key)
{
    for (;;) {
        g_autoptr(GPtrArray) jobs = commit_queue_take(catalog->writers, key, GROUP_MAX);

        if (!jobs)
            return;
        run_jobs(catalog, (CommitJob *const *)(gpointer)jobs->pdata, jobs->len);
    }
}

/* The line that another thread is to work off. */
typedef struct {
    Catalog *catalog;
    char *key;
} Lead;

static void
lead_run(gpointer data)
{
    Lead *lead = data;

    work_off(lead->catalog, lead->key);
    g_free(lead->key);
    g_free(lead);
}

void
catalog_commit_line_lead(gpointer data, const char *key)
{
    Catalog *catalog = data;
    Lead *lead = g_new(Lead, 1);

    *lead = (Lead){catalog, g_strdup(key)};
    if (!catalog->elsewhere || !catalog->elsewhere(catalog->workers, lead_run, lead))
        lead_run(lead);
}

void
catalog_set_elsewhere(Catalog *catalog, CatalogElsewhere elsewhere, gpointer workers)
{
    catalog->elsewhere = elsewhere;
    catalog->workers = workers;
}

/* --- one commit --- */

void
catalog_iceberg_commit_start(Catalog *catalog,
                             const CatalogCaller *caller,
                             const char *catalog_name,
                             const CatalogIcebergChange *change,
                             CatalogCommitDone done,
                             gpointer data)
{
    Catalog *whole = catalog->whole ? catalog->whole : catalog;
    CommitJob *job = g_new0(CommitJob, 1);
    g_autofree char *key = NULL;
    GError *failure = NULL;

    job->catalog = catalog;
    job->done = done;
    job->data = data;
    job->deadline_us = g_get_monotonic_time() + COMMIT_TURN_WAIT_MS * (gint64)1000;
    if (!catalog_iceberg_attempt_init(&job->attempt, &catalog_iceberg_table_form, caller,
                                      catalog_name, change, &failure)) {
        commit_job_end(job, NULL, failure);
        return;
    }
    key = catalog_commit_key(&job->attempt.name);
    switch (commit_queue_park(whole->writers, key, job)) {
    case COMMIT_QUEUE_LEADS:
        work_off(whole, key);
        return;
    case COMMIT_QUEUE_PARKED:
        metric_add(metric_series(&parked_total, NULL), 1);
        return;
    case COMMIT_QUEUE_FULL:
        catalog_iceberg_fail_busy(&failure, &job->attempt.name);
        commit_job_end(job, NULL, failure);
        return;
    }
}
