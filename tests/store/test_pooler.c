/* SPDX-License-Identifier: Apache-2.0 */
/* The store through PgBouncer in transaction mode: each transaction may meet another server
 * session. Skipped, saying so, where pgbouncer is not installed. */
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "skep/error.h"
#include "store/embedded.h"
#include "store/query.h"
#include "support/test_postgres.h"

#define THREADS 8
#define ROUNDS  60

static const guint32 BIGINT[] = {20};
static const StoreQuery ADD = {.name = "test_add",
                               .sql = "UPDATE public.sums SET n = n + $1",
                               .param_types = BIGINT,
                               .param_count = 1};
static const StoreQuery READ = {
    .name = "test_read", .sql = "SELECT n FROM public.sums", .reads_only = TRUE};
static const StoreQuery SERIES = {.name = "test_series",
                                  .sql = "SELECT generate_series(1, $1)",
                                  .param_types = BIGINT,
                                  .param_count = 1,
                                  .reads_only = TRUE};

static char *directory;
static char *uri;
static pid_t pooler;

static void
become_server_user(gpointer user)
{
    if (!embedded_user_become(user)) {
        _exit(127);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
is_answering(void)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = uri;
    g_autoptr(Store) store = test_postgres_open_with(&options);
    return store_wait(store, 10000, NULL);
}

static char *program;

static void
start_pooler(void)
{
    EmbeddedUser user;
    ck_assert(embedded_user_find(&user, NULL));
    directory = g_dir_make_tmp("skep-pooler-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "pgbouncer.ini", NULL);
    /* PgBouncer does not know sslmode in a database's line. */
    g_auto(GStrv) parts = g_strsplit(test_postgres_uri(), " sslmode=disable", 2);
    g_autofree char *text = g_strdup_printf("[databases]\n"
                                            "postgres = %s\n"
                                            "[pgbouncer]\n"
                                            "listen_addr =\n"
                                            "listen_port = 6432\n"
                                            "unix_socket_dir = %s\n"
                                            "logfile = %s/log\n"
                                            "auth_type = any\n"
                                            "pool_mode = transaction\n"
                                            "default_pool_size = 3\n",
                                            parts[0], directory, directory);
    ck_assert(g_file_set_contents(file, text, -1, NULL));
    ck_assert(chown(directory, user.uid, user.gid) == 0 && chown(file, user.uid, user.gid) == 0);
    const char *argv[] = {program, "-q", file, NULL};
    uri = g_strdup_printf("host=%s port=6432 user=skep dbname=postgres", directory);
    ck_assert(g_spawn_async("/", (gchar **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                            become_server_user, &user, &pooler, NULL));
    ck_assert_msg(is_answering(), "pgbouncer does not answer");
}

static void
stop_pooler(void)
{
    kill(pooler, SIGKILL);
    waitpid(pooler, NULL, 0);
    const char *argv[] = {"/bin/rm", "-rf", "--", directory, NULL};
    g_spawn_sync("/", (gchar **)argv, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL);
    g_free(directory);
    g_free(uri);
}

static gboolean
add_twice(StoreTransaction *transaction, gpointer data, GError **error)
{
    (void)data;
    StoreParam params[] = {store_param_int64(1)};
    return store_transaction_exec(transaction, &ADD, STORE_PARAMS(params), NULL, error) &&
           store_transaction_exec(transaction, &ADD, STORE_PARAMS(params), NULL, error);
}

static gboolean
ignore_row(const StoreResult *result, gpointer data, GError **error)
{
    (void)error;
    *(gint64 *)data += store_row_int64(result, 0, 0);
    return TRUE;
}

static gpointer
work(gpointer store)
{
    g_autoptr(GError) error = NULL;
    for (gint64 i = 0; i < ROUNDS; i++) {
        g_autoptr(StoreResult) result = NULL;
        StoreParam one[] = {store_param_int64(1)};
        StoreParam many[] = {store_param_int64(100)};
        gint64 sum = 0;
        if (!store_query_exec(store, &ADD, STORE_PARAMS(one), NULL, &error) ||
            !store_query_one(store, &READ, STORE_NO_PARAMS, &result, &error) ||
            !store_transaction_run(store, add_twice, NULL, &error) ||
            !store_query_stream(store, &SERIES, STORE_PARAMS(many), ignore_row, &sum, &error) ||
            sum != 5050) {
            g_printerr("%s: %s\n", error != NULL ? error->message : "wrong sum",
                       error != NULL ? skep_error_detail(error) : "");
            return GINT_TO_POINTER(FALSE);
        }
    }
    return GINT_TO_POINTER(TRUE);
}

static void
work_through_pooler(gboolean prepare_statements)
{
    g_free(test_postgres_run("SET client_min_messages = error; DROP TABLE IF EXISTS public.sums;"
                             "CREATE TABLE public.sums AS SELECT 0::bigint AS n"));
    StoreOptions options;
    store_options_init(&options);
    options.uri = uri;
    options.connections_max = THREADS;
    options.prepare_statements = prepare_statements;
    g_autoptr(Store) store = test_postgres_open_with(&options);
    ck_assert(store_migrate(store, FALSE, NULL, NULL));
    GThread *threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        threads[i] = g_thread_new("work", work, store);
    }
    for (int i = 0; i < THREADS; i++) {
        ck_assert(GPOINTER_TO_INT(g_thread_join(threads[i])));
    }
    g_autofree char *sum = test_postgres_run("SELECT n FROM public.sums");
    ck_assert_int_eq(g_ascii_strtoll(sum, NULL, 10), THREADS * ROUNDS * 3);
}

START_TEST(statements_and_transactions_work_unprepared)
{
    work_through_pooler(FALSE);
}
END_TEST

START_TEST(prepared_statements_that_the_pooler_mixes_up_are_given_up_unnoticed)
{
    work_through_pooler(TRUE);
}
END_TEST

START_TEST(a_database_without_the_schema_is_migrated)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = uri;
    options.prepare_statements = FALSE;
    g_free(test_postgres_run("DROP SCHEMA skep CASCADE"));
    g_autoptr(Store) store = test_postgres_open_with(&options);
    guint applied = 0;
    g_autoptr(GError) error = NULL;
    gboolean ok = store_migrate(store, FALSE, &applied, &error);
    ck_assert_msg(ok, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(applied, store_schema_version_known());
    ck_assert(store_ping(store, NULL));
}
END_TEST

int
main(void)
{
    program = g_find_program_in_path("pgbouncer");
    if (program == NULL && g_file_test("/usr/sbin/pgbouncer", G_FILE_TEST_IS_EXECUTABLE)) {
        program = g_strdup("/usr/sbin/pgbouncer");
    }
    if (program == NULL) {
        g_print("skipped: pgbouncer is not installed\n");
        return EXIT_SUCCESS;
    }
    Suite *suite = suite_create("store through a pooler");
    TCase *tests = tcase_create("pooler");
    tcase_add_unchecked_fixture(tests, start_pooler, stop_pooler);
    tcase_add_test(tests, statements_and_transactions_work_unprepared);
    tcase_add_test(tests, prepared_statements_that_the_pooler_mixes_up_are_given_up_unnoticed);
    tcase_add_test(tests, a_database_without_the_schema_is_migrated);
    suite_add_tcase(suite, tests);
    int status = test_postgres_run_suite(suite);
    g_free(program);
    return status;
}
