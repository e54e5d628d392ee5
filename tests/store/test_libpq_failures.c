/* SPDX-License-Identifier: Apache-2.0 */
/* Every call of libpq on the way of a commit fails once, the first, the second and so on until a
 * commit needs no more calls: each time the commit is made once or refused honestly. The calls are
 * replaced when this program is linked (Makefile: --wrap). */
#include <libpq-fe.h>
#include <stdlib.h>

#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define CALLS_MAX 1000

static gint calls;
static gint fail_at; /* 0: nothing fails */
static const char *failed;

static gboolean
fails_now(const char *name)
{
    if (fail_at == 0 || g_atomic_int_add(&calls, 1) + 1 != fail_at)
        return FALSE;
    failed = name;
    return TRUE;
}

int __real_PQflush(PGconn *link);
int __wrap_PQflush(PGconn *link);
int
__wrap_PQflush(PGconn *link)
{
    return fails_now("PQflush") ? -1 : __real_PQflush(link);
}

int __real_PQconsumeInput(PGconn *link);
int __wrap_PQconsumeInput(PGconn *link);
int
__wrap_PQconsumeInput(PGconn *link)
{
    return fails_now("PQconsumeInput") ? 0 : __real_PQconsumeInput(link);
}

PGresult *__real_PQgetResult(PGconn *link);
PGresult *__wrap_PQgetResult(PGconn *link);
/* As when there is no memory for a result. */
PGresult *
__wrap_PQgetResult(PGconn *link)
{
    return fails_now("PQgetResult") ? NULL : __real_PQgetResult(link);
}

int __real_PQsendQuery(PGconn *link, const char *sql);
int __wrap_PQsendQuery(PGconn *link, const char *sql);
int
__wrap_PQsendQuery(PGconn *link, const char *sql)
{
    return fails_now("PQsendQuery") ? 0 : __real_PQsendQuery(link, sql);
}

int __real_PQpipelineSync(PGconn *link);
int __wrap_PQpipelineSync(PGconn *link);
int
__wrap_PQpipelineSync(PGconn *link)
{
    return fails_now("PQpipelineSync") ? 0 : __real_PQpipelineSync(link);
}

int __real_PQenterPipelineMode(PGconn *link);
int __wrap_PQenterPipelineMode(PGconn *link);
int
__wrap_PQenterPipelineMode(PGconn *link)
{
    return fails_now("PQenterPipelineMode") ? 0 : __real_PQenterPipelineMode(link);
}

int __real_PQsendPrepare(PGconn *link, const char *name, const char *sql, int n, const Oid *types);
int __wrap_PQsendPrepare(PGconn *link, const char *name, const char *sql, int n, const Oid *types);
int
__wrap_PQsendPrepare(PGconn *link, const char *name, const char *sql, int n, const Oid *types)
{
    return fails_now("PQsendPrepare") ? 0 : __real_PQsendPrepare(link, name, sql, n, types);
}

int __real_PQsendQueryPrepared(PGconn *link,
                               const char *name,
                               int n,
                               const char *const *values,
                               const int *lengths,
                               const int *formats,
                               int format);
int __wrap_PQsendQueryPrepared(PGconn *link,
                               const char *name,
                               int n,
                               const char *const *values,
                               const int *lengths,
                               const int *formats,
                               int format);
int
__wrap_PQsendQueryPrepared(PGconn *link,
                           const char *name,
                           int n,
                           const char *const *values,
                           const int *lengths,
                           const int *formats,
                           int format)
{
    return fails_now("PQsendQueryPrepared")
               ? 0
               : __real_PQsendQueryPrepared(link, name, n, values, lengths, formats, format);
}

static TestCatalog *fixture;

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "d");
    catalog_iceberg_table_free(test_catalog_make_iceberg(fixture, "d", "t"));
    catalog_iceberg_table_free(test_catalog_make_iceberg(fixture, "d", "u"));
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

static gint64
count_commits(void)
{
    g_autofree char *text = test_postgres_run("SELECT count(*) FROM skep.commits");
    return g_ascii_strtoll(text, NULL, 10);
}

typedef gboolean (*Work)(const char *value, GError **error);

static gboolean
commit_one(const char *value, GError **error)
{
    g_autoptr(CatalogIcebergTable) table =
        test_catalog_set_property(fixture, "d", "t", "k", value, error);
    return table != NULL;
}

static gboolean
commit_two(const char *value, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("[{\"action\": \"set-properties\", \"updates\": {\"k\": \"%s\"}}]", value);
    g_autoptr(cJSON) updates = test_catalog_json(text);
    CatalogIcebergChange changes[] = {
        {"d", "t", NULL, updates},
        {"d", "u", NULL, updates}
    };
    return catalog_iceberg_commit_many(fixture->catalog, NULL, NULL, changes, G_N_ELEMENTS(changes),
                                       error);
}

static void
sweep(Work work, gint64 commits_each)
{
    gint n;

    for (n = 1; n < CALLS_MAX; n++) {
        g_autofree char *value = g_strdup_printf("%d", n);
        g_autoptr(GError) error = NULL;
        gint64 before = count_commits(), made;
        gboolean done;

        g_atomic_int_set(&calls, 0);
        failed = NULL;
        fail_at = n;
        done = work(value, &error);
        fail_at = 0;
        made = count_commits() - before;
        ck_assert_msg(made == (done ? commits_each : 0), "call %d (%s): %s, %d commits", n,
                      failed ? failed : "none", done ? "done" : error->message, (int)made);
        ck_assert_msg(done || skep_error_fact(error) == SKEP_ERROR_UNAVAILABLE, "call %d (%s): %s",
                      n, failed, done ? "" : error->message);
        if (!failed) {
            ck_assert(done);
            break;
        }
    }
    ck_assert_int_gt(n, 5);
    ck_assert_int_lt(n, CALLS_MAX);
}

START_TEST(a_commit_survives_any_failing_call)
{
    sweep(commit_one, 1);
}
END_TEST

START_TEST(a_commit_of_two_tables_survives_any_failing_call)
{
    sweep(commit_two, 2);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("libpq_failures");
    TCase *tests = tcase_create("commits");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_commit_survives_any_failing_call);
    tcase_add_test(tests, a_commit_of_two_tables_survives_any_failing_call);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
