/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: lost ones are replaced without the caller's knowing where that is safe, a full pool
 * answers in time, and what may or may not have happened is reported as that. */
#include <libpq-fe.h>
#include <string.h>
#include "skep/error.h"
#include "store/query.h"
#include "support/test_postgres.h"

static const guint32 BIGINT[] = {20};

#define QUERY(name_, sql_, reads)                                                                  \
    static const StoreQuery name_ = {.name = "test_" #name_, .sql = sql_, .reads_only = reads}

QUERY(ONE, "SELECT 1::bigint", TRUE);
QUERY(SLEEP, "SELECT pg_sleep(0.3)", TRUE);
static const StoreQuery SLEEP_MARKED_LONG = {.name = "test_sleep_marked",
                                             .sql = "SELECT pg_sleep(0.3)",
                                             .reads_only = TRUE,
                                             .is_long = TRUE};
static const StoreQuery FAIL_MARKED_LONG = {.name = "test_fail_marked",
                                            .sql =
                                                "SELECT 1 / n FROM (VALUES (2), (1), (0)) AS v (n)",
                                            .reads_only = TRUE,
                                            .is_long = TRUE};
QUERY(SLEEP_LONG, "SELECT pg_sleep(30)", TRUE);
QUERY(DIE_READING, "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)", TRUE);
QUERY(DIE_WRITING,
      "WITH dead AS (SELECT pg_terminate_backend(pg_backend_pid())) "
      "INSERT INTO public.marks SELECT 1 FROM dead",
      FALSE);
QUERY(MARK, "INSERT INTO public.marks VALUES (1)", FALSE);
QUERY(READ_ONLY_ERROR, "SELECT public.refuse_once()", FALSE);
static const StoreQuery SERIES = {.name = "test_series",
                                  .sql = "SELECT generate_series(1, $1), repeat('x', 1000)",
                                  .param_types = BIGINT,
                                  .param_count = 1,
                                  .reads_only = TRUE};

static void
make_marks(void)
{
    g_free(
        test_postgres_run("DROP TABLE IF EXISTS public.marks; CREATE TABLE public.marks (n int)"));
}

static gboolean
run_ok(Store *store, const StoreQuery *query, GError **error)
{
    return store_query_exec(store, query, STORE_NO_PARAMS, NULL, error);
}

START_TEST(sessions_that_the_server_ended_are_replaced_unnoticed)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(GError) error = NULL;
    make_marks();
    for (int i = 0; i < 5; i++) {
        ck_assert(run_ok(store, &MARK, &error));
        test_postgres_terminate_sessions();
    }
    ck_assert(run_ok(store, &MARK, &error));
    g_autofree char *count = test_postgres_run("SELECT count(*) FROM public.marks");
    ck_assert_str_eq(count, "6");
}
END_TEST

START_TEST(a_write_that_lost_its_connection_has_an_unknown_outcome)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(GError) error = NULL;
    make_marks();
    ck_assert(!run_ok(store, &DIE_WRITING, &error));
    ck_assert_msg(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_COMMIT_STATE_UNKNOWN), "%s",
                  error->message);
    ck_assert_ptr_nonnull(strstr(skep_error_detail(error), "57P01"));
    ck_assert(run_ok(store, &ONE, NULL));
}
END_TEST

START_TEST(a_read_that_keeps_losing_its_connection_is_unavailable_in_the_end)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(GError) error = NULL;
    ck_assert(!run_ok(store, &DIE_READING, &error));
    ck_assert_msg(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_UNAVAILABLE), "%s", error->message);
    StoreStatistics statistics;
    store_statistics(store, &statistics);
    ck_assert(statistics.retries >= 2);
}
END_TEST

/* Method: a function that refuses with 25006 on the connection that first calls it, as a server
 * that turned standby. */
START_TEST(a_write_refused_by_a_standby_is_made_on_another_connection)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(GError) error = NULL;
    g_free(test_postgres_run(
        "DROP SEQUENCE IF EXISTS public.refusals; CREATE SEQUENCE public.refusals;"
        "CREATE OR REPLACE FUNCTION public.refuse_once() RETURNS int LANGUAGE plpgsql AS $$ BEGIN "
        "IF nextval('public.refusals') = 1 THEN RAISE SQLSTATE '25006'; END IF; RETURN 1; END $$"));
    gboolean ok = run_ok(store, &READ_ONLY_ERROR, &error);
    ck_assert_msg(ok, "%s", error != NULL ? error->message : "");
}
END_TEST

static gpointer
sleep_on_a_connection(gpointer store)
{
    return GINT_TO_POINTER(run_ok(store, &SLEEP, NULL));
}

START_TEST(a_full_pool_answers_unavailable_within_its_time)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = test_postgres_uri();
    options.connections_max = 1;
    options.acquire_timeout_ms = 50;
    g_autoptr(Store) store = test_postgres_open_with(&options);
    GThread *holder = g_thread_new("holder", sleep_on_a_connection, store);
    StoreStatistics statistics;
    do {
        g_usleep(1000);
        store_statistics(store, &statistics);
    } while (statistics.connections_busy == 0);
    g_autoptr(GError) error = NULL;
    ck_assert(!run_ok(store, &ONE, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_UNAVAILABLE));
    ck_assert_ptr_nonnull(strstr(error->message, "busy"));
    ck_assert(GPOINTER_TO_INT(g_thread_join(holder)));
    store_statistics(store, &statistics);
    ck_assert_uint_eq(statistics.acquire_timeouts, 1);
    ck_assert_uint_eq(statistics.connections_open, 1);
    ck_assert(run_ok(store, &ONE, NULL));
}
END_TEST

static gpointer
run_many(gpointer store)
{
    for (int i = 0; i < 300; i++) {
        if (!run_ok(store, &ONE, NULL)) {
            return GINT_TO_POINTER(FALSE);
        }
    }
    return GINT_TO_POINTER(TRUE);
}

START_TEST(more_threads_than_connections_all_get_their_turn)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = test_postgres_uri();
    options.connections_max = 3;
    g_autoptr(Store) store = test_postgres_open_with(&options);
    GThread *threads[12];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++) {
        threads[i] = g_thread_new("many", run_many, store);
    }
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++) {
        ck_assert(GPOINTER_TO_INT(g_thread_join(threads[i])));
    }
    StoreStatistics statistics;
    store_statistics(store, &statistics);
    ck_assert_uint_le(statistics.connections_open, 3);
    ck_assert_uint_eq(statistics.connections_busy, 0);
    ck_assert(statistics.statements == 12 * 300);
}
END_TEST

START_TEST(a_statement_over_its_time_is_cancelled_and_unavailable)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = test_postgres_uri();
    options.statement_timeout_ms = 100;
    g_autoptr(Store) store = test_postgres_open_with(&options);
    g_autoptr(GError) error = NULL;
    ck_assert(!run_ok(store, &SLEEP_LONG, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_UNAVAILABLE));
    ck_assert_ptr_nonnull(strstr(skep_error_detail(error), "57014"));
}
END_TEST

static gboolean
run_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    (void)data;
    return store_transaction_exec(transaction, &SLEEP_MARKED_LONG, STORE_NO_PARAMS, NULL, error) &&
           store_transaction_exec(transaction, &MARK, STORE_NO_PARAMS, NULL, error);
}

static gboolean
count_row(const StoreResult *result, gpointer data, GError **error)
{
    (void)result;
    (void)error;
    ++*(guint *)data;
    return TRUE;
}

START_TEST(a_statement_marked_as_long_has_more_time_and_the_next_one_has_not)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = test_postgres_uri();
    options.statement_timeout_ms = 100;
    options.connections_max = 1;
    g_autoptr(Store) store = test_postgres_open_with(&options);
    g_autoptr(GError) error = NULL;
    guint rows = 0;
    make_marks();
    ck_assert(run_ok(store, &SLEEP_MARKED_LONG, NULL));
    ck_assert(!run_ok(store, &SLEEP, &error));
    ck_assert(
        store_query_stream(store, &SLEEP_MARKED_LONG, STORE_NO_PARAMS, count_row, &rows, NULL));
    ck_assert_uint_eq(rows, 1);
    ck_assert(!store_query_stream(store, &SLEEP, STORE_NO_PARAMS, count_row, &rows, NULL));
    ck_assert(store_transaction_run(store, run_in_transaction, NULL, NULL));
    ck_assert(!run_ok(store, &SLEEP, NULL));
    g_autofree char *marks = test_postgres_run("SELECT count(*) FROM public.marks");
    ck_assert_str_eq(marks, "1");
}
END_TEST

START_TEST(a_long_statement_that_fails_leaves_a_connection_that_works)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = test_postgres_uri();
    options.connections_max = 1;
    g_autoptr(Store) store = test_postgres_open_with(&options);
    g_autoptr(GError) error = NULL;
    guint rows = 0;
    ck_assert(
        !store_query_stream(store, &FAIL_MARKED_LONG, STORE_NO_PARAMS, count_row, &rows, &error));
    ck_assert_ptr_nonnull(strstr(skep_error_detail(error), "22012"));
    ck_assert_uint_eq(rows, 2);
    ck_assert(!run_ok(store, &FAIL_MARKED_LONG, NULL));
    ck_assert(run_ok(store, &ONE, NULL));
    ck_assert(store_query_stream(store, &ONE, STORE_NO_PARAMS, count_row, &rows, NULL));
}
END_TEST

START_TEST(a_database_that_is_away_is_unavailable_and_names_no_password)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = "postgresql://somebody:secret@/nothing?host=/nonexistent";
    options.acquire_timeout_ms = 100;
    g_autoptr(Store) store = test_postgres_open_with(&options);
    g_autoptr(GError) error = NULL;
    ck_assert(!store_wait(store, 300, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_UNAVAILABLE));
    ck_assert_ptr_null(strstr(error->message, "secret"));
    ck_assert_ptr_nonnull(strstr(skep_error_detail(error), "/nonexistent"));
    ck_assert_ptr_null(strstr(skep_error_detail(error), "secret"));
}
END_TEST

START_TEST(a_connection_string_that_cannot_be_read_is_refused_at_once)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = "host=here password='secret";
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(store_open(&options, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_INVALID_ARGUMENT));
    ck_assert_ptr_null(strstr(error->message, "secret"));
}
END_TEST

typedef struct {
    Store *store;
    gint64 rows;
    gint64 sum;
    gint64 stop_after;
    gboolean nests;
} Reader;

static gboolean
read_row(const StoreResult *result, gpointer data, GError **error)
{
    Reader *reader = data;
    reader->rows++;
    reader->sum += store_row_int64(result, 0, 0);
    if (reader->nests && reader->rows % 100 == 0 && !run_ok(reader->store, &ONE, error)) {
        return FALSE;
    }
    if (reader->rows == reader->stop_after) {
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "enough");
    }
    return TRUE;
}

START_TEST(a_stream_gives_every_row_once_and_ends_when_told)
{
    g_autoptr(Store) store = test_postgres_open();
    StoreParam params[] = {store_param_int64(20000)};
    Reader all = {.store = store};
    ck_assert(store_query_stream(store, &SERIES, STORE_PARAMS(params), read_row, &all, NULL));
    ck_assert(all.rows == 20000 && all.sum == 20000LL * 20001 / 2);

    Reader some = {.store = store, .stop_after = 10};
    g_autoptr(GError) error = NULL;
    ck_assert(!store_query_stream(store, &SERIES, STORE_PARAMS(params), read_row, &some, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_TOO_LARGE));
    ck_assert(some.rows == 10);
    ck_assert(run_ok(store, &ONE, NULL));
}
END_TEST

static gpointer
stream_and_look_up(gpointer store)
{
    StoreParam params[] = {store_param_int64(2000)};
    Reader reader = {.store = store, .nests = TRUE};
    return GINT_TO_POINTER(
        store_query_stream(store, &SERIES, STORE_PARAMS(params), read_row, &reader, NULL) &&
        reader.rows == 2000);
}

START_TEST(streams_that_look_something_up_do_not_wait_for_one_another_for_ever)
{
    StoreOptions options;
    store_options_init(&options);
    options.uri = test_postgres_uri();
    options.connections_max = 2;
    options.acquire_timeout_ms = 20000;
    g_autoptr(Store) store = test_postgres_open_with(&options);
    GThread *threads[4];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++) {
        threads[i] = g_thread_new("stream", stream_and_look_up, store);
    }
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++) {
        ck_assert(GPOINTER_TO_INT(g_thread_join(threads[i])));
    }
}
END_TEST

/* Goal: a schema change or a pooler that mixes sessions costs no error. Method: throw the prepared
 * statements away beneath the store. */
START_TEST(prepared_statements_that_vanish_are_made_again)
{
    static const StoreQuery forget = {
        .name = "test_forget", .sql = "DEALLOCATE ALL", .is_composed = TRUE};
    static const StoreQuery alter = {.name = "test_alter",
                                     .sql = "ALTER TABLE public.marks ADD COLUMN more int",
                                     .is_composed = TRUE};
    QUERY(STAR, "SELECT * FROM public.marks", TRUE);
    StoreOptions options;
    store_options_init(&options);
    options.uri = test_postgres_uri();
    options.connections_max = 1;
    g_autoptr(Store) store = test_postgres_open_with(&options);
    g_autoptr(GError) error = NULL;
    make_marks();
    ck_assert(run_ok(store, &STAR, NULL));
    ck_assert(run_ok(store, &alter, NULL));
    gboolean ok = run_ok(store, &STAR, &error);
    ck_assert_msg(ok, "%s", error != NULL ? skep_error_detail(error) : "");
    ck_assert(run_ok(store, &MARK, NULL));
    ck_assert(run_ok(store, &forget, NULL));
    ok = run_ok(store, &MARK, &error);
    ck_assert_msg(ok, "%s", error != NULL ? skep_error_detail(error) : "");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store pool");
    TCase *tests = tcase_create("pool");
    tcase_add_test(tests, sessions_that_the_server_ended_are_replaced_unnoticed);
    tcase_add_test(tests, a_write_that_lost_its_connection_has_an_unknown_outcome);
    tcase_add_test(tests, a_read_that_keeps_losing_its_connection_is_unavailable_in_the_end);
    tcase_add_test(tests, a_write_refused_by_a_standby_is_made_on_another_connection);
    tcase_add_test(tests, a_full_pool_answers_unavailable_within_its_time);
    tcase_add_test(tests, more_threads_than_connections_all_get_their_turn);
    tcase_add_test(tests, a_statement_over_its_time_is_cancelled_and_unavailable);
    tcase_add_test(tests, a_statement_marked_as_long_has_more_time_and_the_next_one_has_not);
    tcase_add_test(tests, a_long_statement_that_fails_leaves_a_connection_that_works);
    tcase_add_test(tests, a_database_that_is_away_is_unavailable_and_names_no_password);
    tcase_add_test(tests, a_connection_string_that_cannot_be_read_is_refused_at_once);
    tcase_add_test(tests, a_stream_gives_every_row_once_and_ends_when_told);
    tcase_add_test(tests, streams_that_look_something_up_do_not_wait_for_one_another_for_ever);
    tcase_add_test(tests, prepared_statements_that_vanish_are_made_again);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
