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

/* A name is a table's or a view's; who takes it for the other one learns so by itself. */
static guint
count_alike(CommitJob *const *jobs, guint n_jobs)
{
    guint count = 1;

    while (count < n_jobs && jobs[count]->attempt.form == jobs[0]->attempt.form)
        count++;
    return count;
}

static void
work_off(Catalog *catalog, const char *key)
{
    for (;;) {
        g_autoptr(GPtrArray) jobs = commit_queue_take(catalog->writers, key, GROUP_MAX);
        CommitJob *first;

        if (!jobs)
            return;
        first = jobs->pdata[0];
        if (first->enter) {
            first->enter(first);
            return;
        }
        for (guint done = 0, count; done < jobs->len; done += count) {
            CommitJob *const *next = (CommitJob *const *)(gpointer)(jobs->pdata + done);

            count = count_alike(next, jobs->len - done);
            run_jobs(catalog, next, count);
        }
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

static Catalog *
whole_of(Catalog *catalog)
{
    return catalog->whole ? catalog->whole : catalog;
}

static void
start(Catalog *catalog,
      const IcebergForm *form,
      const CatalogCaller *caller,
      const char *catalog_name,
      const CatalogIcebergChange *change,
      CatalogCommitDone done,
      gpointer data)
{
    Catalog *whole = whole_of(catalog);
    CommitJob *job = g_new0(CommitJob, 1);
    g_autofree char *key = NULL;
    GError *failure = NULL;

    job->catalog = catalog;
    job->done = done;
    job->data = data;
    job->deadline_us = g_get_monotonic_time() + COMMIT_TURN_WAIT_MS * (gint64)1000;
    if (!catalog_iceberg_attempt_init(&job->attempt, form, caller, catalog_name, change,
                                      &failure)) {
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

void
catalog_iceberg_commit_start(Catalog *catalog,
                             const CatalogCaller *caller,
                             const char *catalog_name,
                             const CatalogIcebergChange *change,
                             CatalogCommitDone done,
                             gpointer data)
{
    start(catalog, &catalog_iceberg_table_form, caller, catalog_name, change, done, data);
}

void
catalog_view_replace_start(Catalog *catalog,
                           const CatalogCaller *caller,
                           const char *catalog_name,
                           const CatalogIcebergChange *change,
                           CatalogCommitDone done,
                           gpointer data)
{
    start(catalog, &catalog_iceberg_view_form, caller, catalog_name, change, done, data);
}

/* --- one commit to many tables --- */

/* Takes its turns in the order of the keys, which is the same for all, and keeps those that it has
 * while it stands in the next line: so two of them never wait for one another. */
typedef struct {
    CommitJob job; /* what stands in a line; of it `attempt`, `done` and `data` are not used */
    IcebergAttempt *attempts;
    gsize n_attempts;
    GPtrArray *keys;
    guint entered; /* so many of the keys' turns are its own */
    CatalogCommitManyDone done;
    gpointer data;
} CommitMany;

/* Takes `failure`. */
static void
many_end(CommitMany *many, GError *failure)
{
    Catalog *whole = whole_of(many->job.catalog);

    for (gsize i = 0; i < many->n_attempts; i++) {
        catalog_iceberg_attempt_clear(&many->attempts[i]);
        catalog_table_name_clear(&many->attempts[i].name);
    }
    g_free(many->attempts);
    many->done(failure, many->data);
    while (many->entered > 0)
        commit_queue_leave(whole->writers, many->keys->pdata[--many->entered]);
    g_clear_pointer(&many->keys, g_ptr_array_unref);
    g_free(many);
}

static void
many_fail_busy(CommitMany *many)
{
    GError *failure = NULL;

    catalog_iceberg_fail_busy(&failure, &many->attempts[0].name);
    many_end(many, failure);
}

/* Whoever is put in line belongs to whoever takes it, at once. */
static void
many_go_on(CommitMany *many)
{
    CommitQueue *writers = whole_of(many->job.catalog)->writers;
    GError *failure = NULL;

    while (many->entered < many->keys->len) {
        const char *key = many->keys->pdata[many->entered];

        switch (commit_queue_park_alone(writers, key, &many->job)) {
        case COMMIT_QUEUE_LEADS:
            g_ptr_array_unref(commit_queue_take(writers, key, 1));
            many->entered++;
            break;
        case COMMIT_QUEUE_PARKED:
            metric_add(metric_series(&parked_total, NULL), 1);
            return;
        case COMMIT_QUEUE_FULL:
            many_fail_busy(many);
            return;
        }
    }
    catalog_iceberg_attempts_run(many->job.catalog, many->attempts, many->n_attempts, &failure);
    many_end(many, failure);
}

static void
many_enter(CommitJob *job)
{
    CommitMany *many = (CommitMany *)job;

    many->entered++;
    if (g_get_monotonic_time() > job->deadline_us)
        many_fail_busy(many);
    else
        many_go_on(many);
}

void
catalog_iceberg_commit_many_start(Catalog *catalog,
                                  const CatalogCaller *caller,
                                  const char *catalog_name,
                                  const CatalogIcebergChange *changes,
                                  gsize n_changes,
                                  CatalogCommitManyDone done,
                                  gpointer data)
{
    CommitMany *many = g_new0(CommitMany, 1);
    GError *failure = NULL;

    many->job.enter = many_enter;
    many->job.catalog = catalog;
    many->job.deadline_us = g_get_monotonic_time() + COMMIT_TURN_WAIT_MS * (gint64)1000;
    many->done = done;
    many->data = data;
    many->attempts = catalog_iceberg_attempts_new(caller, catalog_name, changes, n_changes,
                                                  &many->keys, &failure);
    many->n_attempts = n_changes;
    if (failure)
        many_end(many, failure);
    else
        many_go_on(many);
}
