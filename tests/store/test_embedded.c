/* SPDX-License-Identifier: Apache-2.0 */
/* The embedded PostgreSQL: one owner at a time, nothing acknowledged lost when it or its owner is
 * killed, started again when it dies, gone when its owner is. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "skep/error.h"
#include "store/embedded.h"
#include "support/test_postgres.h"

static char *directory;

static void
make_directory(void)
{
    directory = g_dir_make_tmp("skep-embedded-XXXXXX", NULL);
    ck_assert_ptr_nonnull(directory);
}

static void
remove_directory(void)
{
    const char *argv[] = {"/bin/rm", "-rf", "--", directory, NULL};
    g_spawn_sync("/", (gchar **)argv, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL);
    g_clear_pointer(&directory, g_free);
}

static StoreEmbedded *
start_at(const char *path)
{
    g_autoptr(GError) error = NULL;
    StoreEmbedded *embedded = store_embedded_start_with(path, TRUE, &error);
    ck_assert_msg(embedded != NULL, "%s", error != NULL ? error->message : "");
    return embedded;
}

static Store *
open_at(const StoreEmbedded *embedded)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = store_embedded_uri(embedded);
    options.acquire_timeout_ms = 20000;
    return test_postgres_open_with(&options);
}

START_TEST(what_was_stored_is_there_after_a_stop_and_a_start)
{
    StoreEmbedded *embedded = start_at(directory);
    g_free(test_postgres_run_at(store_embedded_uri(embedded), "CREATE TABLE t AS SELECT 42 AS n"));
    store_embedded_stop(embedded);
    embedded = start_at(directory);
    g_autofree char *n = test_postgres_run_at(store_embedded_uri(embedded), "SELECT n FROM t");
    ck_assert_str_eq(n, "42");
    store_embedded_stop(embedded);
}
END_TEST

START_TEST(a_second_owner_is_refused)
{
    g_autoptr(StoreEmbedded) embedded = start_at(directory);
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(store_embedded_start_with(directory, TRUE, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_UNAVAILABLE));
    ck_assert_ptr_nonnull(strstr(error->message, "in use"));
}
END_TEST

START_TEST(a_server_that_is_killed_is_started_again)
{
    g_autoptr(StoreEmbedded) embedded = start_at(directory);
    g_autoptr(Store) store = open_at(embedded);
    g_autoptr(GError) error = NULL;
    ck_assert(store_migrate(store, FALSE, NULL, NULL));
    pid_t pid = store_embedded_pid(embedded);
    ck_assert_int_gt(pid, 0);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    /* Sessions of the killed one go on for a moment: only another head is the sign. */
    for (int i = 0;
         i < 6000 && (store_embedded_pid(embedded) == pid || store_embedded_pid(embedded) == 0);
         i++) {
        g_usleep(5000);
    }
    ck_assert_int_ne(store_embedded_pid(embedded), pid);
    gboolean ok = store_wait(store, 30000, &error);
    ck_assert_msg(ok, "%s", error != NULL ? error->message : "");
}
END_TEST

/* A process that owns a server and is killed; returns the pid of the server that it leaves. */
static pid_t
leave_orphan(void)
{
    int answer[2];
    ck_assert_int_eq(pipe(answer), 0);
    pid_t owner = fork();
    if (owner == 0) {
        StoreEmbedded *embedded = store_embedded_start_with(directory, TRUE, NULL);
        if (embedded == NULL) {
            _exit(1);
        }
        g_free(test_postgres_run_at(store_embedded_uri(embedded), "CREATE TABLE kept (n int)"));
        pid_t pid = store_embedded_pid(embedded);
        if (write(answer[1], &pid, sizeof pid) != sizeof pid) {
            _exit(1);
        }
        kill(getpid(), SIGKILL);
    }
    pid_t server = 0;
    close(answer[1]);
    ck_assert_int_eq(read(answer[0], &server, sizeof server), sizeof server);
    close(answer[0]);
    waitpid(owner, NULL, 0);
    return server;
}

START_TEST(a_killed_owner_takes_its_server_along_and_the_next_start_works)
{
    pid_t orphan = leave_orphan();
    StoreEmbedded *embedded = start_at(directory);
    ck_assert_int_ne(store_embedded_pid(embedded), orphan);
    g_autofree char *table =
        test_postgres_run_at(store_embedded_uri(embedded), "SELECT to_regclass('kept')::text");
    ck_assert_str_eq(table, "kept");
    store_embedded_stop(embedded);
}
END_TEST

/* Method: a pid file as a crash leaves it, with the number of a living process that is no server
 * (this one). */
START_TEST(a_stale_pid_file_with_a_reused_number_is_no_obstacle)
{
    store_embedded_stop(start_at(directory));
    g_autofree char *path = g_build_filename(directory, "cluster", "postmaster.pid", NULL);
    g_autofree char *text =
        g_strdup_printf("%d\n%s/cluster\n0\n5432\n\n*\n\nready\n", (int)getppid(), directory);
    ck_assert(g_file_set_contents(path, text, -1, NULL));
    store_embedded_stop(start_at(directory));
}
END_TEST

START_TEST(an_unfinished_cluster_is_made_anew)
{
    g_autofree char *unfinished = g_build_filename(directory, "cluster.new", "base", NULL);
    ck_assert_int_eq(chmod(directory, 0755), 0);
    store_embedded_stop(start_at(directory));
    ck_assert_int_eq(g_mkdir_with_parents(unfinished, 0777), 0);
    g_autofree char *cluster = g_build_filename(directory, "cluster", NULL);
    const char *argv[] = {"/bin/rm", "-rf", "--", cluster, NULL};
    g_spawn_sync("/", (gchar **)argv, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL);
    g_autofree char *parent = g_path_get_dirname(unfinished);
    struct stat info;
    ck_assert_int_eq(stat(directory, &info), 0);
    ck_assert_int_eq(chown(parent, info.st_uid, info.st_gid), 0);
    ck_assert_int_eq(chown(unfinished, info.st_uid, info.st_gid), 0);
    store_embedded_stop(start_at(directory));
}
END_TEST

START_TEST(a_path_too_long_for_a_socket_works)
{
    g_autofree char *name = g_strnfill(120, 'x');
    g_autofree char *path = g_build_filename(directory, name, NULL);
    ck_assert_int_eq(chmod(directory, 0755), 0);
    g_autoptr(StoreEmbedded) embedded = start_at(path);
    g_autofree char *one = test_postgres_run_at(store_embedded_uri(embedded), "SELECT 1");
    ck_assert_str_eq(one, "1");
}
END_TEST

START_TEST(quotes_and_spaces_in_a_path_work)
{
    g_autofree char *path = g_build_filename(directory, "it's, \"my\" dir\\", NULL);
    ck_assert_int_eq(chmod(directory, 0755), 0);
    g_autoptr(StoreEmbedded) embedded = start_at(path);
    g_autofree char *one = test_postgres_run_at(store_embedded_uri(embedded), "SELECT 1");
    ck_assert_str_eq(one, "1");
}
END_TEST

START_TEST(a_directory_that_cannot_be_used_is_named)
{
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(store_embedded_start("/proc/skep", &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_UNAVAILABLE));
    ck_assert_ptr_nonnull(strstr(error->message, "/proc/skep"));
    g_clear_error(&error);
    if (geteuid() == 0) {
        /* Root may go everywhere; the user that PostgreSQL runs as may not. */
        g_autofree char *inside = g_build_filename(directory, "inside", NULL);
        ck_assert_int_eq(chmod(directory, 0700), 0);
        ck_assert_ptr_null(store_embedded_start(inside, &error));
        ck_assert_msg(strstr(error->message, directory) != NULL &&
                          strstr(error->message, "chmod") != NULL,
                      "%s", error->message);
    }
}
END_TEST

START_TEST(a_cluster_of_a_version_that_is_not_installed_says_what_to_install)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *cluster = g_build_filename(directory, "cluster", NULL);
    g_autofree char *version = g_build_filename(cluster, "PG_VERSION", NULL);
    store_embedded_stop(start_at(directory));
    ck_assert(g_file_set_contents(version, "99\n", -1, NULL));
    ck_assert_ptr_null(store_embedded_start(directory, &error));
    ck_assert_msg(strstr(error->message, "postgresql-99") != NULL, "%s", error->message);
}
END_TEST

/* Method: settings that PostgreSQL refuses, put where a person would put them. */
START_TEST(a_server_that_does_not_start_tells_why_and_where_its_log_is)
{
    g_autoptr(GError) error = NULL;
    store_embedded_stop(start_at(directory));
    g_autofree char *settings = g_build_filename(directory, "cluster", "postgresql.conf", NULL);
    ck_assert(g_file_set_contents(settings, "no_such_setting = 1\n", -1, NULL));
    struct stat info;
    ck_assert_int_eq(stat(directory, &info), 0);
    ck_assert_int_eq(chown(settings, info.st_uid, info.st_gid), 0);
    ck_assert_ptr_null(store_embedded_start(directory, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_UNAVAILABLE));
    ck_assert_msg(strstr(error->message, "no_such_setting") != NULL, "%s", error->message);
    ck_assert_ptr_nonnull(strstr(error->message, "postgres.log"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("embedded PostgreSQL");
    TCase *tests = tcase_create("embedded");
    tcase_add_checked_fixture(tests, make_directory, remove_directory);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, what_was_stored_is_there_after_a_stop_and_a_start);
    tcase_add_test(tests, a_second_owner_is_refused);
    tcase_add_test(tests, a_server_that_is_killed_is_started_again);
    tcase_add_test(tests, a_killed_owner_takes_its_server_along_and_the_next_start_works);
    tcase_add_test(tests, a_stale_pid_file_with_a_reused_number_is_no_obstacle);
    tcase_add_test(tests, an_unfinished_cluster_is_made_anew);
    tcase_add_test(tests, a_path_too_long_for_a_socket_works);
    tcase_add_test(tests, quotes_and_spaces_in_a_path_work);
    tcase_add_test(tests, a_directory_that_cannot_be_used_is_named);
    tcase_add_test(tests, a_cluster_of_a_version_that_is_not_installed_says_what_to_install);
    tcase_add_test(tests, a_server_that_does_not_start_tells_why_and_where_its_log_is);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
