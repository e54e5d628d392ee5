/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a tree for which there is no memory is never one with a member less: the process ends.
 * Method: a process for each allocation, in which that one is of a size that does not exist
 * (Makefile: --wrap). It reads, copies, builds and prints, and must not come to the end. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "skep/json.h"
#include "support/test_suite.h"

#define ALLOCATIONS_MAX 500

enum { DONE = 0, DONE_WRONG = 42 };

static const char TEXT[] =
    "{\"snapshot-id\":3055729675574597004,\"refs\":{\"main\":{\"type\":\"branch\"}},"
    "\"list\":[1,true,null,\"a\\tb\",\"c\"]}";
static const char EXPECTED[] =
    "{\"snapshot-id\":3055729675574597004,\"refs\":{\"main\":{\"type\":\"branch\"}},"
    "\"list\":[1,true,null,\"a\\tb\",\"c\",9,\"d\"],\"text\":\"t\",\"number\":-9223372036854775808,"
    "\"is\":true,\"nothing\":null,\"raw\":{\"a\":1}}";

static int allocations;
static int fail_at; /* 0: nothing fails */

gpointer __real_g_malloc(gsize size);
gpointer __wrap_g_malloc(gsize size);
gpointer
__wrap_g_malloc(gsize size)
{
    volatile gsize impossible = G_MAXSSIZE;

    return __real_g_malloc(++allocations == fail_at ? impossible : size);
}

static char *
make_document(void)
{
    g_autoptr(cJSON) read = json_parse_object(TEXT, strlen(TEXT), strlen(TEXT), NULL);
    g_autoptr(cJSON) made = json_duplicate(read);
    cJSON *list = json_find(made, "list");

    json_array_append_int64(list, 9);
    json_array_append_string(list, "d");
    json_object_set_string(made, "text", "t");
    json_object_set_int64(made, "number", G_MININT64);
    json_object_set_bool(made, "is", TRUE);
    json_object_set_null(made, "nothing");
    json_object_set(made, "raw", json_new_raw("{\"a\":1}"));
    return json_print_compact(made);
}

/* In a process of its own, of which nothing is said. */
static int
make_with(int failing)
{
    const struct rlimit no_core = {0, 0};
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    char *text;

    setrlimit(RLIMIT_CORE, &no_core);
    dup2(nowhere, STDERR_FILENO);
    allocations = 0;
    fail_at = failing;
    text = make_document();
    return strcmp(text, EXPECTED) == 0 ? DONE : DONE_WRONG;
}

/* DONE, DONE_WRONG, or -1 when it ended before. */
static int
outcome_with(int failing)
{
    int status;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(make_with(failing));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && (WEXITSTATUS(status) == DONE || WEXITSTATUS(status) == DONE_WRONG))
        return WEXITSTATUS(status);
    return -1;
}

START_TEST(the_process_ends_with_any_allocation)
{
    g_autofree char *text = NULL;
    int needed;

    allocations = 0;
    text = make_document();
    needed = allocations;
    ck_assert_str_eq(text, EXPECTED);
    ck_assert_int_ge(needed, 30); /* cJSON's own come by here */
    ck_assert_int_lt(needed, ALLOCATIONS_MAX);
    for (int failing = 1; failing <= needed; failing++)
        ck_assert_msg(outcome_with(failing) == -1, "it went on without allocation %d", failing);
    ck_assert_int_eq(outcome_with(needed + 1), DONE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("json_memory");
    TCase *tests = tcase_create("documents");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_process_ends_with_any_allocation);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
