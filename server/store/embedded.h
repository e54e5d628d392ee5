/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the embedded PostgreSQL, shared by embedded.c (the running server), embedded_cluster.c
 * (its directory) and embedded_program.c (where PostgreSQL is installed, and as whom it runs).
 * Linux. */
#pragma once

#include <sys/types.h>
#include "skep/store.h"

#define EMBEDDED_MAJOR_MIN 13
#define EMBEDDED_CLUSTER_NAME                                                                      \
    "skep-embedded" /* told to PostgreSQL, and looked for among processes */
#define EMBEDDED_SUPERUSER "skep"

/* store_embedded_start; with without_fsync a crash of the machine may lose the cluster: for tests
 * alone. */
StoreEmbedded *
store_embedded_start_with(const char *directory, gboolean without_fsync, GError **error);

/* Directory of the programs it runs (postgres, pg_dump, ...). Owned by it. */
const char *store_embedded_programs(const StoreEmbedded *embedded);
/* The postmaster's process id; 0 while it is being restarted. */
pid_t store_embedded_pid(StoreEmbedded *embedded);

/* ---- as whom, and with which programs ---- */

#define EMBEDDED_GROUPS_MAX 64

typedef struct {
    gboolean is_other; /* not the user that runs this program: it runs as root */
    uid_t uid;
    gid_t gid;
    gid_t groups[EMBEDDED_GROUPS_MAX];
    int group_count;
    char name[64];
} EmbeddedUser;

/* `postgres` when run by root (UNAVAILABLE when there is no such user), else the caller. */
gboolean embedded_user_find(EmbeddedUser *out_user, GError **error);
/* In a forked child: becomes that user for good. Async-signal-safe. FALSE when the system refuses.
 */
gboolean embedded_user_become(const EmbeddedUser *user);
/* FALSE and *out_denied set when the user cannot search one of the directory's parents, or not
 * write the directory. */
gboolean embedded_user_can_use(const EmbeddedUser *user, const char *directory, char **out_denied);
/* Runs a program to its end as that user. UNAVAILABLE, with what it said, when it fails. */
gboolean embedded_user_run(const EmbeddedUser *user, const char *const *argv, GError **error);

/* Directory of `postgres` and `initdb` of that major version, or of the newest from
 * EMBEDDED_MAJOR_MIN on when it is 0. UNAVAILABLE when there is none, saying what to install. */
char *embedded_program_find(gint major, GError **error);

/* ---- the directory ---- */

typedef struct {
    EmbeddedUser user;
    char *directory; /* absolute; holds all of the rest, unless its name is too long for a socket */
    char *cluster;   /* PGDATA */
    char *socket;    /* directory of the socket */
    char *log;
    char *programs;
    int lock_fd; /* held as long as this program uses the directory; -1 */
    gboolean without_fsync;
} EmbeddedCluster;

/* Takes the directory for this process, waits for a former server of it to go, makes the cluster
 * when there is none. UNAVAILABLE: see store_embedded_start. */
gboolean embedded_cluster_open(EmbeddedCluster *cluster,
                               const char *directory,
                               gboolean without_fsync,
                               GError **error);
void embedded_cluster_clear(EmbeddedCluster *cluster);
/* The last lines of the server's log, or NULL. */
char *embedded_cluster_log_tail(const EmbeddedCluster *cluster);
