/* SPDX-License-Identifier: Apache-2.0 */
/* Turns at a key: one at a time, in order of arrival, other keys unaffected, and a wait that ends.
 */
#include <check.h>

#include "catalog/commit_queue.h"
#include "support/test_suite.h"

static CommitQueue *queue;

static void
setup(void)
{
    queue = commit_queue_new(NULL, NULL);
}

static void
teardown(void)
{
    commit_queue_free(queue);
}

static gint inside;
static gint overlaps;

static gpointer
take_turns(gpointer data)
{
    (void)data;
    for (int i = 0; i < 2000; i++) {
        if (!commit_queue_enter(queue, "t", 60000))
            return NULL;
        if (g_atomic_int_add(&inside, 1) != 0)
            g_atomic_int_inc(&overlaps);
        g_atomic_int_add(&inside, -1);
        commit_queue_leave(queue, "t");
    }
    return GINT_TO_POINTER(TRUE);
}

START_TEST(turns_never_overlap_and_everybody_gets_theirs)
{
    GThread *threads[8];

    g_atomic_int_set(&overlaps, 0);
    for (int i = 0; i < 8; i++)
        threads[i] = g_thread_new("turns", take_turns, NULL);
    for (int i = 0; i < 8; i++)
        ck_assert(GPOINTER_TO_INT(g_thread_join(threads[i])));
    ck_assert_int_eq(g_atomic_int_get(&overlaps), 0);
}
END_TEST

START_TEST(a_turn_that_does_not_come_ends_the_wait_and_leaves_the_line_whole)
{
    ck_assert(commit_queue_enter(queue, "t", 0));
    ck_assert(!commit_queue_enter(queue, "t", 10));
    ck_assert(commit_queue_enter(queue, "other", 0));
    commit_queue_leave(queue, "other");
    commit_queue_leave(queue, "t");
    ck_assert(commit_queue_enter(queue, "t", 0));
    commit_queue_leave(queue, "t");
}
END_TEST

static char *led_key;

static void
note_lead(gpointer data, const char *key)
{
    (void)data;
    g_free(led_key);
    led_key = g_strdup(key);
}

START_TEST(jobs_wait_without_a_thread_and_are_taken_in_order_up_to_a_bound)
{
    CommitQueue *jobs = commit_queue_new(note_lead, NULL);
    char one, two, three;
    g_autoptr(GPtrArray) taken = NULL;
    g_autoptr(GPtrArray) rest = NULL;

    ck_assert(commit_queue_enter(jobs, "t", 0));
    ck_assert_int_eq(commit_queue_park(jobs, "t", &one), COMMIT_QUEUE_PARKED);
    ck_assert_int_eq(commit_queue_park(jobs, "t", &two), COMMIT_QUEUE_PARKED);
    ck_assert_int_eq(commit_queue_park(jobs, "t", &three), COMMIT_QUEUE_PARKED);
    ck_assert_ptr_null(led_key);
    commit_queue_leave(jobs, "t");
    ck_assert_str_eq(led_key, "t");
    ck_assert(!commit_queue_enter(jobs, "t", 0));
    taken = commit_queue_take(jobs, "t", 2);
    ck_assert_uint_eq(taken->len, 2);
    ck_assert_ptr_eq(taken->pdata[0], &one);
    ck_assert_ptr_eq(taken->pdata[1], &two);
    rest = commit_queue_take(jobs, "t", 2);
    ck_assert_uint_eq(rest->len, 1);
    ck_assert_ptr_eq(rest->pdata[0], &three);
    ck_assert_ptr_null(commit_queue_take(jobs, "t", 2));
    ck_assert_int_eq(commit_queue_park(jobs, "t", &one), COMMIT_QUEUE_LEADS);
    g_ptr_array_unref(commit_queue_take(jobs, "t", 2));
    ck_assert_ptr_null(commit_queue_take(jobs, "t", 2));
    commit_queue_free(jobs);
    g_clear_pointer(&led_key, g_free);
}
END_TEST

START_TEST(a_job_of_its_own_is_taken_alone_and_keeps_the_turn)
{
    CommitQueue *jobs = commit_queue_new(note_lead, NULL);
    char before, alone, after;
    g_autoptr(GPtrArray) first = NULL;
    g_autoptr(GPtrArray) second = NULL;
    g_autoptr(GPtrArray) third = NULL;

    ck_assert_int_eq(commit_queue_park(jobs, "t", &before), COMMIT_QUEUE_LEADS);
    ck_assert_int_eq(commit_queue_park_alone(jobs, "t", &alone), COMMIT_QUEUE_PARKED);
    ck_assert_int_eq(commit_queue_park(jobs, "t", &after), COMMIT_QUEUE_PARKED);
    first = commit_queue_take(jobs, "t", 8);
    ck_assert_uint_eq(first->len, 1);
    second = commit_queue_take(jobs, "t", 8);
    ck_assert_uint_eq(second->len, 1);
    ck_assert_ptr_eq(second->pdata[0], &alone);
    ck_assert(!commit_queue_enter(jobs, "t", 0)); /* its turn still */
    ck_assert_ptr_null(led_key);
    commit_queue_leave(jobs, "t");
    ck_assert_str_eq(led_key, "t");
    third = commit_queue_take(jobs, "t", 8);
    ck_assert_ptr_eq(third->pdata[0], &after);
    ck_assert_ptr_null(commit_queue_take(jobs, "t", 8));
    ck_assert_int_eq(commit_queue_park_alone(jobs, "t", &alone), COMMIT_QUEUE_LEADS);
    g_ptr_array_unref(commit_queue_take(jobs, "t", 1));
    commit_queue_leave(jobs, "t");
    ck_assert(commit_queue_enter(jobs, "t", 0));
    commit_queue_leave(jobs, "t");
    commit_queue_free(jobs);
    g_clear_pointer(&led_key, g_free);
}
END_TEST

static gint has_turn;

static gpointer
wait_between_jobs(gpointer data)
{
    if (!commit_queue_enter(data, "t", 60000))
        return NULL;
    g_atomic_int_set(&has_turn, TRUE);
    commit_queue_leave(data, "t");
    return GINT_TO_POINTER(TRUE);
}

START_TEST(a_thread_between_jobs_gets_the_turn_in_its_place_and_gives_it_on)
{
    CommitQueue *jobs = commit_queue_new(note_lead, NULL);
    char one, two;
    g_autoptr(GPtrArray) before = NULL;
    g_autoptr(GPtrArray) after = NULL;
    GThread *thread;

    g_atomic_int_set(&has_turn, FALSE);
    ck_assert_int_eq(commit_queue_park(jobs, "t", &one), COMMIT_QUEUE_LEADS);
    thread = g_thread_new("between", wait_between_jobs, jobs);
    g_usleep(100 * 1000);
    ck_assert_int_eq(commit_queue_park(jobs, "t", &two), COMMIT_QUEUE_PARKED);
    before = commit_queue_take(jobs, "t", 8);
    ck_assert_uint_eq(before->len, 1);
    ck_assert(!g_atomic_int_get(&has_turn));
    ck_assert_ptr_null(commit_queue_take(jobs, "t", 8));
    ck_assert(GPOINTER_TO_INT(g_thread_join(thread)));
    ck_assert_str_eq(led_key, "t");
    after = commit_queue_take(jobs, "t", 8);
    ck_assert_uint_eq(after->len, 1);
    ck_assert_ptr_null(commit_queue_take(jobs, "t", 8));
    commit_queue_free(jobs);
    g_clear_pointer(&led_key, g_free);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("commit queue");
    TCase *tests = tcase_create("turns");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, turns_never_overlap_and_everybody_gets_theirs);
    tcase_add_test(tests, a_turn_that_does_not_come_ends_the_wait_and_leaves_the_line_whole);
    tcase_add_test(tests, jobs_wait_without_a_thread_and_are_taken_in_order_up_to_a_bound);
    tcase_add_test(tests, a_job_of_its_own_is_taken_alone_and_keeps_the_turn);
    tcase_add_test(tests, a_thread_between_jobs_gets_the_turn_in_its_place_and_gives_it_on);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
