/* SPDX-License-Identifier: Apache-2.0 */
/* A fixed number of threads behind one bounded queue. Both doors hand their requests to the same
 * pool, so the number of requests served at one time has one bound. Knows nothing of what the work
 * is. */
#pragma once

#include <glib.h>

typedef struct WorkerPool WorkerPool;

/* One piece of work. Runs once, on some worker's thread; owns `data` from the push on. */
typedef void (*WorkerFunc)(gpointer data);

/* Starts `threads` workers (at least 1) and a queue of at most `queue_max` waiting pieces of work
 * (at least 1). Fails with UNAVAILABLE when the system gives no thread. Transfer full. */
WorkerPool *worker_pool_new(guint threads, guint queue_max, GError **error);

/* Queues func(data). Returns FALSE, and does not take `data`, when the queue is full or the pool is
 * being stopped: the caller then answers that the server is overloaded. Never blocks. Any thread,
 * workers included. */
gboolean worker_pool_push(WorkerPool *pool, WorkerFunc func, gpointer data);

/* How many pieces of work wait for a worker just now. Any thread. */
guint worker_pool_waiting(const WorkerPool *pool);

/* Refuses new work, lets the workers finish what is queued, and waits for them for at most
 * `deadline_ms`. Returns FALSE when some work was not finished by then: those threads go on, and
 * the pool must not be freed (the process is about to end). Not to be called from a worker. A
 * second call only waits again. */
gboolean worker_pool_stop(WorkerPool *pool, guint deadline_ms);

/* Stops without a deadline, then frees. Accepts NULL. */
void worker_pool_free(WorkerPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerPool, worker_pool_free)
