/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: all or nothing, run again when PostgreSQL or the network broke them, never twice
 * when the commit's own outcome is unknown. And constraint names become facts. */
#include <string.h>
#include "skep/error.h"
#include "store/query.h"
#include "support/test_postgres.h"

static const guint32 BIGINT_TEXT[] = {20, 25};

#define QUERY(name_, sql_) static const StoreQuery name_ = {.name = "test_t_" #name_, .sql = sql_}

QUERY(MARK, "INSERT INTO public.marks VALUES (1)");
QUERY(DIE, "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)");
QUERY(BROKEN, "SELECT 1/0");
QUERY(CONFLICT, "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$");
QUERY(DEADLOCK_FIRST, "UPDATE public.pairs SET n = n + 1 WHERE id = 1");
QUERY(DEADLOCK_SECOND, "UPDATE public.pairs SET n = n + 1 WHERE id = 2");
QUERY(DROP_NAMESPACE, "DELETE FROM skep.namespaces WHERE name = 'full'");
QUERY(ORPHAN_TABLE,
      "INSERT INTO skep.tables (namespace_id, name, kind, hms_type, created_s) VALUES "
      "(-1, 't', 0, 'MANAGED_TABLE', 0)");
static const StoreQuery ADD_CATALOG = {
    .name = "test_t_add_catalog",
    .sql = "INSERT INTO skep.catalogs (name, created_s) VALUES ($2, $1)",
    .param_types = BIGINT_TEXT,
    .param_count = 2};

typedef struct {
    guint runs;
    guint fail_runs; /* the first so many runs fail with `failing` */
    const StoreQuery *failing;
    gboolean hides_failure;
} Work;

static gboolean
mark_twice(StoreTransaction *transaction, gpointer data, GError **error)
{
    Work *work = data;
    work->runs++;
    if (!store_transaction_exec(transaction, &MARK, STORE_NO_PARAMS, NULL, error)) {
        return FALSE;
    }
    if (work->runs <= work->fail_runs &&
        !store_transaction_exec(transaction, work->failing, STORE_NO_PARAMS, NULL,
                                work->hides_failure ? NULL : error)) {
        return work->hides_failure;
    }
    return store_transaction_exec(transaction, &MARK, STORE_NO_PARAMS, NULL, error);
}

static void
make_tables(void)
{
    g_free(test_postgres_run("SET client_min_messages = error;"
                             "DROP TABLE IF EXISTS public.marks, public.pairs;"
                             "CREATE TABLE public.marks (n int);"
                             "CREATE TABLE public.pairs (id int PRIMARY KEY, n int);"
                             "INSERT INTO public.pairs VALUES (1, 0), (2, 0)"));
}

static int
marks(void)
{
    g_autofree char *count = test_postgres_run("SELECT count(*) FROM public.marks");
    return (int)g_ascii_strtoll(count, NULL, 10);
}

START_TEST(a_failed_statement_undoes_the_ones_before_it)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(GError) error = NULL;
    make_tables();
    Work work = {.fail_runs = 100, .failing = &BROKEN};
    ck_assert(!store_transaction_run(store, mark_twice, &work, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_INVALID_ARGUMENT));
    ck_assert_uint_eq(work.runs, 1);
    ck_assert_int_eq(marks(), 0);
}
END_TEST

START_TEST(a_failure_that_the_work_hides_is_not_committed)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(GError) error = NULL;
    make_tables();
    Work work = {.fail_runs = 100, .failing = &BROKEN, .hides_failure = TRUE};
    ck_assert(!store_transaction_run(store, mark_twice, &work, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_INTERNAL));
    ck_assert_int_eq(marks(), 0);
}
END_TEST

START_TEST(serialization_failures_are_run_again_until_they_pass)
{
    g_autoptr(Store) store = test_postgres_open();
    make_tables();
    Work work = {.fail_runs = 3, .failing = &CONFLICT};
    ck_assert(store_transaction_run(store, mark_twice, &work, NULL));
    ck_assert_uint_eq(work.runs, 4);
    ck_assert_int_eq(marks(), 2);
}
END_TEST

START_TEST(endless_serialization_failures_end_as_unavailable)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(GError) error = NULL;
    make_tables();
    Work work = {.fail_runs = G_MAXUINT, .failing = &CONFLICT};
    ck_assert(!store_transaction_run(store, mark_twice, &work, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_UNAVAILABLE));
    ck_assert_uint_le(work.runs, 20);
    ck_assert_int_eq(marks(), 0);
}
END_TEST

START_TEST(a_connection_lost_before_the_commit_is_run_again)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(GError) error = NULL;
    make_tables();
    Work work = {.fail_runs = 2, .failing = &DIE};
    gboolean ok = store_transaction_run(store, mark_twice, &work, &error);
    ck_assert_msg(ok, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(work.runs, 3);
    ck_assert_int_eq(marks(), 2);
}
END_TEST

/* Goal: a commit whose answer never came is not repeated. Method: a deferred trigger that ends its
 * own session while the commit is under way. */
START_TEST(a_connection_lost_in_the_commit_leaves_the_state_unknown)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(GError) error = NULL;
    make_tables();
    g_free(test_postgres_run(
        "CREATE OR REPLACE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(5); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON public.marks DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION public.die()"));
    Work work = {0};
    ck_assert(!store_transaction_run(store, mark_twice, &work, &error));
    ck_assert_msg(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_COMMIT_STATE_UNKNOWN), "%s",
                  error->message);
    ck_assert_uint_eq(work.runs, 1);
}
END_TEST

static gboolean
lock_pair(StoreTransaction *transaction, gpointer data, GError **error)
{
    gboolean forward = GPOINTER_TO_INT(data);
    const StoreQuery *first = forward ? &DEADLOCK_FIRST : &DEADLOCK_SECOND;
    const StoreQuery *second = forward ? &DEADLOCK_SECOND : &DEADLOCK_FIRST;
    return store_transaction_exec(transaction, first, STORE_NO_PARAMS, NULL, error) &&
           store_transaction_exec(transaction, second, STORE_NO_PARAMS, NULL, error);
}

static Store *shared_store;

static gpointer
lock_pairs(gpointer forward)
{
    for (int i = 0; i < 40; i++) {
        if (!store_transaction_run(shared_store, lock_pair, forward, NULL)) {
            return GINT_TO_POINTER(FALSE);
        }
    }
    return GINT_TO_POINTER(TRUE);
}

START_TEST(deadlocks_are_run_again_until_all_are_through)
{
    make_tables();
    g_free(test_postgres_run("ALTER SYSTEM SET deadlock_timeout = '10ms'"));
    g_free(test_postgres_run("SELECT pg_reload_conf()"));
    shared_store = test_postgres_open();
    GThread *threads[4];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++) {
        threads[i] = g_thread_new("pairs", lock_pairs, GINT_TO_POINTER(i % 2));
    }
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++) {
        ck_assert(GPOINTER_TO_INT(g_thread_join(threads[i])));
    }
    store_close(shared_store);
    g_autofree char *sum = test_postgres_run("SELECT sum(n) FROM public.pairs");
    ck_assert_str_eq(sum, "320");
}
END_TEST

static gboolean
do_nothing(StoreTransaction *transaction, gpointer data, GError **error)
{
    (void)transaction;
    return GPOINTER_TO_INT(data) || skep_fail(error, SKEP_ERROR_FORBIDDEN, NULL, "no");
}

START_TEST(work_without_statements_commits_and_its_own_error_comes_through)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(GError) error = NULL;
    ck_assert(store_transaction_run(store, do_nothing, GINT_TO_POINTER(TRUE), NULL));
    ck_assert(!store_transaction_run(store, do_nothing, GINT_TO_POINTER(FALSE), &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_FORBIDDEN));
}
END_TEST

START_TEST(constraints_become_facts_by_their_names)
{
    g_autoptr(Store) store = test_postgres_open();
    test_postgres_clear();
    StoreParam catalog[] = {store_param_int64(0), store_param_text("c")};
    g_autoptr(GError) error = NULL;
    ck_assert(store_query_exec(store, &ADD_CATALOG, STORE_PARAMS(catalog), NULL, NULL));
    ck_assert(!store_query_exec(store, &ADD_CATALOG, STORE_PARAMS(catalog), NULL, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_ALREADY_EXISTS));
    store_error_reword(&error, SKEP_ERROR_ALREADY_EXISTS, "c", "Catalog %s exists", "c");
    ck_assert_str_eq(error->message, "Catalog c exists");
    ck_assert_ptr_nonnull(strstr(skep_error_detail(error), "23505"));
    g_clear_error(&error);

    g_free(test_postgres_run(
        "WITH n AS (INSERT INTO skep.namespaces (catalog_id, name, location, created_s) "
        "SELECT id, 'full', 'file:/x', 0 FROM skep.catalogs RETURNING id, catalog_id) "
        "INSERT INTO skep.namespaces (catalog_id, parent_id, name, location, created_s) "
        "SELECT catalog_id, id, E'full\\x1fchild', 'file:/y', 0 FROM n"));
    ck_assert(!store_query_exec(store, &DROP_NAMESPACE, STORE_NO_PARAMS, NULL, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_NAMESPACE_NOT_EMPTY));
    g_clear_error(&error);

    ck_assert(!store_query_exec(store, &ORPHAN_TABLE, STORE_NO_PARAMS, NULL, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_NO_SUCH_NAMESPACE));
    g_clear_error(&error);

    /* A key that no index page can hold. */
    g_autofree char *noise = g_malloc(64 * 1024 + 1);
    guint32 state = 1;
    for (int i = 0; i < 64 * 1024; i++) {
        state = state * 1664525u + 1013904223u;
        noise[i] = (char)('a' + (state >> 24) % 26);
    }
    noise[64 * 1024] = '\0';
    catalog[1] = store_param_text(noise);
    ck_assert(!store_query_exec(store, &ADD_CATALOG, STORE_PARAMS(catalog), NULL, &error));
    ck_assert_msg(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_TOO_LARGE), "%s", error->message);
    test_postgres_clear();
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store transactions");
    TCase *tests = tcase_create("transactions");
    tcase_add_test(tests, a_failed_statement_undoes_the_ones_before_it);
    tcase_add_test(tests, a_failure_that_the_work_hides_is_not_committed);
    tcase_add_test(tests, serialization_failures_are_run_again_until_they_pass);
    tcase_add_test(tests, endless_serialization_failures_end_as_unavailable);
    tcase_add_test(tests, a_connection_lost_before_the_commit_is_run_again);
    tcase_add_test(tests, a_connection_lost_in_the_commit_leaves_the_state_unknown);
    tcase_add_test(tests, deadlocks_are_run_again_until_all_are_through);
    tcase_add_test(tests, work_without_statements_commits_and_its_own_error_comes_through);
    tcase_add_test(tests, constraints_become_facts_by_their_names);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
