/* SPDX-License-Identifier: Apache-2.0 */
/* Worker threads behind a ring of waiting work. One mutex guards the ring; it is held for a few
 * instructions, and a sleeping worker is woken only after it was let go. Callers: both doors. */
#include "skep/worker_pool.h"

#include <pthread.h>
#include <string.h>

#include "skep/error.h"
#include "skep/metrics.h"

/* Generated Thrift readers recurse with the depth of a message, which the door bounds to 64, in
 * frames of a few kilobytes (several times that under a sanitizer). Stack memory costs nothing
 * until it is used. */
enum { WORKER_STACK_BYTES = 8 * 1024 * 1024 };

typedef struct {
    WorkerFunc func;
    gpointer data;
} Work;

struct WorkerPool {
    GMutex mutex;
    GCond work_arrived;
    GCond worker_ended;
    Work *ring;
    guint ring_size;
    guint head;    /* the next piece of work to be taken */
    guint waiting; /* pieces of work in the ring; read without the mutex by worker_pool_waiting */
    guint asleep;  /* workers that wait for work_arrived */
    guint alive;   /* workers that have not ended */
    guint started; /* threads to be joined */
    guint threads;
    gboolean stopping;
    pthread_t *ids;
};

static Metric queue_length =
    METRIC_GAUGE("skep_worker_queue_length", "Requests waiting for a worker.");
static Metric busy_workers =
    METRIC_GAUGE("skep_worker_busy", "Workers that serve a request just now.");
static Metric refused = METRIC_COUNTER("skep_worker_refused_total",
                                       "Requests refused because the worker queue was full.");
METRIC_SHOW_FROM_START(refused);

/* Waits for work. Returns FALSE when there is none and there will be none. */
static gboolean
take_work(WorkerPool *pool, Work *out_work)
{
    g_mutex_lock(&pool->mutex);
    while (pool->waiting == 0 && !pool->stopping) {
        pool->asleep++;
        g_cond_wait(&pool->work_arrived, &pool->mutex);
        pool->asleep--;
    }
    gboolean found = pool->waiting > 0;
    if (found) {
        *out_work = pool->ring[pool->head];
        pool->head = (pool->head + 1) % pool->ring_size;
        g_atomic_int_set(&pool->waiting, pool->waiting - 1);
    }
    g_mutex_unlock(&pool->mutex);
    return found;
}

static void *
run_worker(void *data)
{
    WorkerPool *pool = data;
    MetricSeries *busy = metric_series(&busy_workers, NULL);
    MetricSeries *length = metric_series(&queue_length, NULL);
    Work work;
    while (take_work(pool, &work)) {
        metric_add(length, -1);
        metric_add(busy, 1);
        work.func(work.data);
        metric_add(busy, -1);
    }
    g_mutex_lock(&pool->mutex);
    pool->alive--;
    g_cond_broadcast(&pool->worker_ended);
    g_mutex_unlock(&pool->mutex);
    return NULL;
}

static gboolean
start_worker(WorkerPool *pool, GError **error)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, WORKER_STACK_BYTES);
    g_mutex_lock(&pool->mutex);
    int failure = pthread_create(&pool->ids[pool->started], &attributes, run_worker, pool);
    if (failure == 0) {
        pool->started++;
        pool->alive++;
    }
    g_mutex_unlock(&pool->mutex);
    pthread_attr_destroy(&attributes);
    if (failure != 0)
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "Cannot start worker thread %u of %u: %s. Lower the number of workers, or "
                         "raise the limit on threads",
                         pool->started + 1, pool->threads, g_strerror(failure));
    return TRUE;
}

WorkerPool *
worker_pool_new(guint threads, guint queue_max, GError **error)
{
    g_autoptr(WorkerPool) pool = g_new0(WorkerPool, 1);
    g_mutex_init(&pool->mutex);
    g_cond_init(&pool->work_arrived);
    g_cond_init(&pool->worker_ended);
    pool->threads = MAX(threads, 1);
    pool->ring_size = MAX(queue_max, 1);
    pool->ring = g_new0(Work, pool->ring_size);
    pool->ids = g_new0(pthread_t, pool->threads);
    metric_add(metric_series(&refused, NULL), 0);
    for (guint i = 0; i < pool->threads; i++) {
        if (!start_worker(pool, error))
            return NULL;
    }
    return g_steal_pointer(&pool);
}

gboolean
worker_pool_push(WorkerPool *pool, WorkerFunc func, gpointer data)
{
    g_mutex_lock(&pool->mutex);
    if (pool->stopping || pool->waiting == pool->ring_size) {
        g_mutex_unlock(&pool->mutex);
        metric_add(metric_series(&refused, NULL), 1);
        return FALSE;
    }
    pool->ring[(pool->head + pool->waiting) % pool->ring_size] = (Work){func, data};
    g_atomic_int_set(&pool->waiting, pool->waiting + 1);
    metric_add(metric_series(&queue_length, NULL), 1);
    gboolean wake = pool->asleep > 0;
    g_mutex_unlock(&pool->mutex);
    if (wake)
        g_cond_signal(&pool->work_arrived);
    return TRUE;
}

guint
worker_pool_waiting(const WorkerPool *pool)
{
    return (guint)g_atomic_int_get(&pool->waiting);
}

gboolean
worker_pool_stop(WorkerPool *pool, guint deadline_ms)
{
    gint64 deadline_us = g_get_monotonic_time() + (gint64)deadline_ms * 1000;
    g_mutex_lock(&pool->mutex);
    pool->stopping = TRUE;
    g_cond_broadcast(&pool->work_arrived);
    gboolean in_time = TRUE;
    while (pool->alive > 0 && in_time)
        in_time = g_cond_wait_until(&pool->worker_ended, &pool->mutex, deadline_us);
    gboolean finished = pool->alive == 0;
    g_mutex_unlock(&pool->mutex);
    return finished;
}

void
worker_pool_free(WorkerPool *pool)
{
    if (pool == NULL)
        return;
    while (!worker_pool_stop(pool, 60 * 1000))
        continue;
    for (guint i = 0; i < pool->started; i++)
        pthread_join(pool->ids[i], NULL);
    g_mutex_clear(&pool->mutex);
    g_cond_clear(&pool->work_arrived);
    g_cond_clear(&pool->worker_ended);
    g_free(pool->ring);
    g_free(pool->ids);
    g_free(pool);
}
