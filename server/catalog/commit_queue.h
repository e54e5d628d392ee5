/* SPDX-License-Identifier: Apache-2.0 */
/* Lines up the writers of one table inside this server, so that the next one works on what the last
 * one left instead of losing the swap. It is a courtesy, not a lock: the swap alone decides, and
 * other servers do not see it. Two kinds stand in one line: threads that wait for their turn, and
 * jobs, which are parked there and hold no thread. Callers: commits, alters, keys. Thread safe. */
#pragma once

#include <glib.h>

typedef struct CommitQueue CommitQueue;

/* Somebody left `key` with jobs first in line: the turn is theirs, and commit_queue_take must be
 * called until it ends, now or on another thread. */
typedef void (*CommitQueueLead)(gpointer data, const char *key);

/* `lead` may be NULL when no jobs are put in line. */
CommitQueue *commit_queue_new(CommitQueueLead lead, gpointer data);
/* Nobody may be in line any more. */
void commit_queue_free(CommitQueue *queue);

/* Waits for this thread's turn at `key`, in order of arrival. FALSE when it did not come in time,
 * or when the line is too long to join. */
gboolean commit_queue_enter(CommitQueue *queue, const char *key, gint64 wait_ms);
/* Ends the turn that commit_queue_enter gave. Any thread. */
void commit_queue_leave(CommitQueue *queue, const char *key);

typedef enum {
    COMMIT_QUEUE_LEADS,  /* in line, and the turn is the caller's: it calls commit_queue_take */
    COMMIT_QUEUE_PARKED, /* in line; whoever has the turn sees to it */
    COMMIT_QUEUE_FULL    /* not in line */
} CommitQueuePlace;

/* Puts a job (not NULL) in line; it belongs to whoever takes it. */
CommitQueuePlace commit_queue_park(CommitQueue *queue, const char *key, gpointer job);
/* The same for a job that is taken alone and keeps the turn: whoever takes it does not take again,
 * and calls commit_queue_leave when the job is done with. */
CommitQueuePlace commit_queue_park_alone(CommitQueue *queue, const char *key, gpointer job);
/* For who has the turn of jobs: those first in line, at most `max`, in order of arrival, or the one
 * that is taken alone. NULL: a thread waits first or the line is empty, and the turn has ended.
 * Transfer full. */
GPtrArray *commit_queue_take(CommitQueue *queue, const char *key, guint max);
