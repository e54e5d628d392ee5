/* SPDX-License-Identifier: Apache-2.0 */
/* Turns at a key: one at a time, in order of arrival, other keys unaffected, and a wait that ends.
 */
#include <check.h>
#include <stdlib.h>

#include "catalog/commit_queue.h"

static CommitQueue *queue;

static void
setup(void)
{
    queue = commit_queue_new();
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

int
main(void)
{
    Suite *suite = suite_create("commit queue");
    TCase *tests = tcase_create("turns");
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, turns_never_overlap_and_everybody_gets_theirs);
    tcase_add_test(tests, a_turn_that_does_not_come_ends_the_wait_and_leaves_the_line_whole);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
