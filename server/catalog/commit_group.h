/* SPDX-License-Identifier: Apache-2.0 */
/* Commits to one table that become true together. Implemented in commit_group.c; caller:
 * commit_line.c, which has the table's turn. */
#pragma once

#include "skep/catalog_commit.h"

#include "iceberg_private.h"

/* One parked commit. */
typedef struct CommitJob CommitJob;
struct CommitJob {
    /* Of one to many tables, which keeps the turn: goes on with it. NULL: one to this table. */
    void (*enter)(CommitJob *job);
    IcebergAttempt attempt; /* what was asked; the rest of it is for a commit alone */
    Catalog *catalog;       /* a keyed one when its request has a key */
    CatalogCommitDone done;
    gpointer data;
    gint64 deadline_us; /* when it is told to come again, if nobody took it by then */
};

void commit_job_free(CommitJob *job);
/* Calls `done` with what became of it (both transfer full), and frees the job. */
void commit_job_end(CommitJob *job, CatalogIcebergTable *table, GError *error);

/* Tries the jobs, which are all of tables or all of views, as one, or the first of them when the
 * document is large. How many have been answered and freed. 0: nothing was changed, none was
 * answered, and one at a time may do better.
 */
guint commit_group_run(Catalog *catalog, CommitJob *const *jobs, guint n_jobs);
