/* SPDX-License-Identifier: Apache-2.0 */
/* Turns at a key, first come first served. See commit_queue.h. */
#include "commit_queue.h"

/* A thread that waits here serves nobody else: past so many, a client had better come back later.
 */
#define WAITERS_MAX 64
/* A parked job holds the body of its request and nothing else. */
#define LINE_LENGTH_MAX 1024

typedef struct {
    GCond turn;
    gboolean is_mine;
} Waiter;

/* One place in a line: a waiting thread's, or a job's. */
typedef struct {
    Waiter *waiter; /* NULL: a job's */
    gpointer job;
    gboolean is_alone; /* a job that keeps the turn */
} Place;

typedef struct {
    GQueue places; /* Place*, without the one whose turn it is */
    guint waiters;
} Line;

struct CommitQueue {
    GMutex mutex;
    GHashTable *lines; /* key -> Line*, there while somebody has the turn */
    CommitQueueLead lead;
    gpointer lead_data;
};

static void
line_free(gpointer data)
{
    Line *line = data;

    g_queue_clear_full(&line->places, g_free);
    g_free(line);
}

CommitQueue *
commit_queue_new(CommitQueueLead lead, gpointer data)
{
    CommitQueue *queue = g_new0(CommitQueue, 1);

    g_mutex_init(&queue->mutex);
    queue->lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, line_free);
    queue->lead = lead;
    queue->lead_data = data;
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

/* --- below until commit_queue_enter: with the mutex held --- */

/* NULL when there is none: the turn is free. */
static Line *
find_line(CommitQueue *queue, const char *key)
{
    return g_hash_table_lookup(queue->lines, key);
}

static Line *
open_line(CommitQueue *queue, const char *key)
{
    Line *line = g_new0(Line, 1);

    g_queue_init(&line->places);
    g_hash_table_insert(queue->lines, g_strdup(key), line);
    return line;
}

static void
push_place(Line *line, Waiter *waiter, gpointer job, gboolean is_alone)
{
    Place *place = g_new(Place, 1);

    *place = (Place){waiter, job, is_alone};
    g_queue_push_tail(&line->places, place);
    line->waiters += waiter ? 1 : 0;
}

static void
drop_waiter(Line *line, const Waiter *waiter)
{
    for (GList *link = line->places.head; link; link = link->next) {
        Place *place = link->data;

        if (place->waiter == waiter) {
            g_queue_delete_link(&line->places, link);
            g_free(place);
            line->waiters--;
            return;
        }
    }
}

static gboolean
wait_for_turn(CommitQueue *queue, Line *line, gint64 deadline_us)
{
    Waiter waiter = {.is_mine = FALSE};

    g_cond_init(&waiter.turn);
    push_place(line, &waiter, NULL, FALSE);
    while (!waiter.is_mine) {
        if (!g_cond_wait_until(&waiter.turn, &queue->mutex, deadline_us))
            break;
    }
    /* Whoever leaves takes the waiter out of the line when it hands the turn over. */
    if (!waiter.is_mine)
        drop_waiter(line, &waiter);
    g_cond_clear(&waiter.turn);
    return waiter.is_mine;
}

/* Gives the turn to a thread that is first in line, or to nobody when the line is empty. FALSE: a
 * job is first. */
static gboolean
hand_over(CommitQueue *queue, const char *key, Line *line)
{
    Place *first = g_queue_peek_head(&line->places);

    if (!first) {
        g_hash_table_remove(queue->lines, key);
        return TRUE;
    }
    if (!first->waiter)
        return FALSE;
    g_queue_pop_head(&line->places);
    line->waiters--;
    first->waiter->is_mine = TRUE;
    g_cond_signal(&first->waiter->turn);
    g_free(first);
    return TRUE;
}

/* --- threads --- */

gboolean
commit_queue_enter(CommitQueue *queue, const char *key, gint64 wait_ms)
{
    gint64 deadline_us = g_get_monotonic_time() + wait_ms * 1000;
    gboolean entered = TRUE;
    Line *line;

    g_mutex_lock(&queue->mutex);
    line = find_line(queue, key);
    if (!line)
        open_line(queue, key);
    else if (line->waiters >= WAITERS_MAX)
        entered = FALSE;
    else
        entered = wait_for_turn(queue, line, deadline_us);
    g_mutex_unlock(&queue->mutex);
    return entered;
}

void
commit_queue_leave(CommitQueue *queue, const char *key)
{
    gboolean handed_over;
    Line *line;

    g_mutex_lock(&queue->mutex);
    line = find_line(queue, key);
    handed_over = !line || hand_over(queue, key, line);
    g_mutex_unlock(&queue->mutex);
    if (!handed_over)
        queue->lead(queue->lead_data, key);
}

/* --- jobs --- */

static CommitQueuePlace
park(CommitQueue *queue, const char *key, gpointer job, gboolean is_alone)
{
    CommitQueuePlace place = COMMIT_QUEUE_PARKED;
    Line *line;

    g_mutex_lock(&queue->mutex);
    line = find_line(queue, key);
    if (!line) {
        line = open_line(queue, key);
        place = COMMIT_QUEUE_LEADS;
    }
    if (g_queue_get_length(&line->places) >= LINE_LENGTH_MAX)
        place = COMMIT_QUEUE_FULL;
    else
        push_place(line, NULL, job, is_alone);
    g_mutex_unlock(&queue->mutex);
    return place;
}

CommitQueuePlace
commit_queue_park(CommitQueue *queue, const char *key, gpointer job)
{
    return park(queue, key, job, FALSE);
}

CommitQueuePlace
commit_queue_park_alone(CommitQueue *queue, const char *key, gpointer job)
{
    return park(queue, key, job, TRUE);
}

/* With the mutex held. May the first in line be taken with those that were? */
static gboolean
joins(const Place *first, const GPtrArray *taken)
{
    return first && !first->waiter && (taken->len == 0 || !first->is_alone);
}

GPtrArray *
commit_queue_take(CommitQueue *queue, const char *key, guint max)
{
    g_autoptr(GPtrArray) jobs = g_ptr_array_new();
    Line *line;

    g_mutex_lock(&queue->mutex);
    line = find_line(queue, key);
    if (!hand_over(queue, key, line)) {
        gboolean is_alone = FALSE;

        while (!is_alone && jobs->len < max && joins(g_queue_peek_head(&line->places), jobs)) {
            g_autofree Place *first = g_queue_pop_head(&line->places);

            g_ptr_array_add(jobs, first->job);
            is_alone = first->is_alone;
        }
    }
    g_mutex_unlock(&queue->mutex);
    return jobs->len > 0 ? g_steal_pointer(&jobs) : NULL;
}
