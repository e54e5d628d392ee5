/* SPDX-License-Identifier: Apache-2.0 */
/* Lines up the writers of one table inside this server, so that the next one works on what the last
 * one left instead of losing the swap. It is a courtesy, not a lock: the swap alone decides, and
 * other servers do not see it. Caller: the commit of Iceberg tables. Thread safe. */
#pragma once

#include <glib.h>

typedef struct CommitQueue CommitQueue;

CommitQueue *commit_queue_new(void);
/* Nobody may be in line any more. */
void commit_queue_free(CommitQueue *queue);

/* Waits for this thread's turn at `key`, in order of arrival. FALSE when it did not come in time,
 * or when the line is too long to join. */
gboolean commit_queue_enter(CommitQueue *queue, const char *key, gint64 wait_ms);
/* Ends the turn that commit_queue_enter gave. */
void commit_queue_leave(CommitQueue *queue, const char *key);
