/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: the worker pool runs what it takes, refuses what it cannot hold, and stops in order.
 * Method: work that counts itself, and work that waits until the test lets it go. */
#include <check.h>

#include "skep/worker_pool.h"
#include "support/test_suite.h"

/* A gate that holds workers until it is opened. */
typedef struct {
    GMutex mutex;
    GCond changed;
    gboolean open;
    guint arrived;
    guint passed;
} Gate;

static void
pass_gate(gpointer data)
{
    Gate *gate = data;
    g_mutex_lock(&gate->mutex);
    gate->arrived++;
    g_cond_broadcast(&gate->changed);
    while (!gate->open)
        g_cond_wait(&gate->changed, &gate->mutex);
    gate->passed++;
    g_cond_broadcast(&gate->changed);
    g_mutex_unlock(&gate->mutex);
}

static void
open_gate(Gate *gate)
{
    g_mutex_lock(&gate->mutex);
    gate->open = TRUE;
    g_cond_broadcast(&gate->changed);
    g_mutex_unlock(&gate->mutex);
}

static void
wait_for_arrivals(Gate *gate, guint count)
{
    g_mutex_lock(&gate->mutex);
    while (gate->arrived < count)
        g_cond_wait(&gate->changed, &gate->mutex);
    g_mutex_unlock(&gate->mutex);
}

static void
count_one(gpointer data)
{
    g_atomic_int_inc((gint *)data);
}

START_TEST(every_piece_of_work_runs_once)
{
    gint done = 0;
    g_autoptr(WorkerPool) pool = worker_pool_new(4, 10000, NULL);
    for (int i = 0; i < 10000; i++)
        ck_assert(worker_pool_push(pool, count_one, &done));
    ck_assert(worker_pool_stop(pool, 60 * 1000));
    ck_assert_int_eq(done, 10000);
    ck_assert_uint_eq(worker_pool_waiting(pool), 0);
}
END_TEST

START_TEST(workers_run_side_by_side)
{
    Gate gate = {.open = FALSE};
    g_autoptr(WorkerPool) pool = worker_pool_new(3, 8, NULL);
    for (int i = 0; i < 3; i++)
        ck_assert(worker_pool_push(pool, pass_gate, &gate));
    wait_for_arrivals(&gate, 3);
    open_gate(&gate);
    ck_assert(worker_pool_stop(pool, 60 * 1000));
    ck_assert_uint_eq(gate.passed, 3);
}
END_TEST

START_TEST(a_full_queue_refuses_and_recovers)
{
    Gate gate = {.open = FALSE};
    gint done = 0;
    g_autoptr(WorkerPool) pool = worker_pool_new(1, 2, NULL);
    ck_assert(worker_pool_push(pool, pass_gate, &gate));
    wait_for_arrivals(&gate, 1);
    ck_assert(worker_pool_push(pool, count_one, &done));
    ck_assert(worker_pool_push(pool, count_one, &done));
    ck_assert_uint_eq(worker_pool_waiting(pool), 2);
    ck_assert(!worker_pool_push(pool, count_one, &done));
    open_gate(&gate);
    while (worker_pool_waiting(pool) > 0)
        g_thread_yield();
    ck_assert(worker_pool_push(pool, count_one, &done));
    ck_assert(worker_pool_stop(pool, 60 * 1000));
    ck_assert_int_eq(done, 3);
}
END_TEST

START_TEST(a_stop_past_its_deadline_says_so_and_takes_no_more_work)
{
    Gate gate = {.open = FALSE};
    gint done = 0;
    g_autoptr(WorkerPool) pool = worker_pool_new(1, 4, NULL);
    ck_assert(worker_pool_push(pool, pass_gate, &gate));
    ck_assert(worker_pool_push(pool, count_one, &done));
    wait_for_arrivals(&gate, 1);
    ck_assert(!worker_pool_stop(pool, 1));
    ck_assert(!worker_pool_push(pool, count_one, &done));
    open_gate(&gate);
    ck_assert(worker_pool_stop(pool, 60 * 1000));
    ck_assert_int_eq(done, 1);
}
END_TEST

static guint
use_stack(guint depth)
{
    volatile char frame[16 * 1024];
    frame[0] = (char)depth;
    return depth == 0 ? 0 : use_stack(depth - 1) + (guint)(frame[0] != 0);
}

static void
recurse_deeply(gpointer data)
{
    *(guint *)data = use_stack(100);
}

START_TEST(workers_have_stack_for_deep_messages)
{
    guint result = 0;
    g_autoptr(WorkerPool) pool = worker_pool_new(1, 1, NULL);
    ck_assert(worker_pool_push(pool, recurse_deeply, &result));
    ck_assert(worker_pool_stop(pool, 60 * 1000));
    ck_assert_uint_eq(result, 100);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("worker_pool");
    TCase *pool = tcase_create("pool");
    tcase_add_test(pool, every_piece_of_work_runs_once);
    tcase_add_test(pool, workers_run_side_by_side);
    tcase_add_test(pool, a_full_queue_refuses_and_recovers);
    tcase_add_test(pool, a_stop_past_its_deadline_says_so_and_takes_no_more_work);
    tcase_add_test(pool, workers_have_stack_for_deep_messages);
    tcase_set_timeout(pool, 120);
    suite_add_tcase(suite, pool);
    return test_run_suite(suite);
}
