/* SPDX-License-Identifier: Apache-2.0 */
/* Turns at a key, first come first served. See commit_queue.h. */
#include "commit_queue.h"

/* A worker that waits here serves nobody else: past so many, a client had better come back later.
 */
#define LINE_LENGTH_MAX 64

typedef struct {
    GCond turn;
    gboolean is_mine;
} Waiter;

struct CommitQueue {
    GMutex mutex;
    GHashTable *lines; /* key -> GQueue* of Waiter*, there while somebody has the turn */
};

static void
line_free(gpointer line)
{
    g_queue_free(line);
}

CommitQueue *
commit_queue_new(void)
{
    CommitQueue *queue = g_new0(CommitQueue, 1);

    g_mutex_init(&queue->mutex);
    queue->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, line_free);
    return queue;
}

void
commit_queue_free(CommitQueue *queue)
{
    if (!queue)
        return;
    g_hash_table_unref(queue->lines);
    g_mutex_clear(&queue->mutex);
    g_free(queue);
}

/* With the mutex held. */
static gboolean
wait_for_turn(CommitQueue *queue, GQueue *line, gint64 deadline_us)
{
    Waiter waiter = {.is_mine = FALSE};

    g_cond_init(&waiter.turn);
    g_queue_push_tail(line, &waiter);
    while (!waiter.is_mine) {
        if (!g_cond_wait_until(&waiter.turn, &queue->mutex, deadline_us))
            break;
    }
    /* Whoever leaves takes the waiter out of the line when it hands the turn over. */
    if (!waiter.is_mine)
        g_queue_remove(line, &waiter);
    g_cond_clear(&waiter.turn);
    return waiter.is_mine;
}

gboolean
commit_queue_enter(CommitQueue *queue, const char *key, gint64 wait_ms)
{
    gint64 deadline_us = g_get_monotonic_time() + wait_ms * 1000;
    gboolean entered = TRUE;
    GQueue *line;

    g_mutex_lock(&queue->mutex);
    line = g_hash_table_lookup(queue->lines, key);
    if (!line)
        g_hash_table_insert(queue->lines, g_strdup(key), g_queue_new());
    else if (g_queue_get_length(line) >= LINE_LENGTH_MAX)
        entered = FALSE;
    else
        entered = wait_for_turn(queue, line, deadline_us);
    g_mutex_unlock(&queue->mutex);
    return entered;
}

void
commit_queue_leave(CommitQueue *queue, const char *key)
{
    GQueue *line;
    Waiter *next;

    g_mutex_lock(&queue->mutex);
    line = g_hash_table_lookup(queue->lines, key);
    next = line ? g_queue_pop_head(line) : NULL;
    if (next) {
        next->is_mine = TRUE;
        g_cond_signal(&next->turn);
    } else {
        g_hash_table_remove(queue->lines, key);
    }
    g_mutex_unlock(&queue->mutex);
}
