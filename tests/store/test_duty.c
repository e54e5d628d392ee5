/* SPDX-License-Identifier: Apache-2.0 */
/* Background work of several servers on a real PostgreSQL: one at a time does each duty, another
 * takes it over when the lease ends, nobody waits, and a failure is seen. */
#include <libpq-fe.h>
#include <string.h>

#include "skep/catalog_duty.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

static TestCatalog *fixture;
static Catalog *other; /* a second server */

static void
setup(void)
{
    g_autoptr(GError) error = NULL;
    CatalogOptions options;

    g_free(test_postgres_run("TRUNCATE skep.duties"));
    fixture = test_catalog_open();
    catalog_options_init(&options);
    other = catalog_new(&options, fixture->store, fixture->warehouse, &error);
    test_assert_ok(other, error);
}

static void
teardown(void)
{
    catalog_free(other);
    test_catalog_close(fixture);
}

/* --- rounds --- */

static guint failures_told;

static gboolean
goes_on(gpointer data)
{
    return data == NULL;
}

static void
count_failure(const char *name, const GError *error, gpointer data)
{
    (void)data;
    ck_assert_str_eq(name, "scan_plan_expiry");
    ck_assert_ptr_nonnull(error);
    failures_told++;
}

static void
run_round(Catalog *server)
{
    CatalogDutyRound round = {CATALOG_DUTY_SHORT, goes_on, count_failure, NULL};
    g_autoptr(GError) error = NULL;

    test_assert_ok(catalog_duties_run(server, &round, &error), error);
}

/* Rows are made by the first round that misses them, and done from the second one on. */
static void
make_rows(void)
{
    run_round(fixture->catalog);
    g_free(test_postgres_run("UPDATE skep.duties SET due_ms = 0, lease_ends_ms = 0"));
}

static void
assert_text(const char *sql, const char *expected)
{
    g_autofree char *found = test_postgres_run(sql);

    ck_assert_str_eq(found ? found : "(null)", expected);
}

static CatalogDutyState *
find_state(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) states = catalog_duty_list(fixture->catalog, &error);

    test_assert_ok(states, error);
    for (guint i = 0; i < states->len; i++) {
        CatalogDutyState *state = states->pdata[i];

        if (strcmp(state->name, name) == 0)
            return g_ptr_array_steal_index(states, i);
    }
    ck_abort_msg("no duty %s", name);
}

START_TEST(a_duty_is_done_by_one_server_and_then_rests)
{
    make_rows();
    run_round(fixture->catalog);
    assert_text("SELECT count(DISTINCT holder)::text FROM skep.duties", "1");
    assert_text("SELECT bool_and(lease_ends_ms = 0 AND failures = 0 AND due_ms > success_ms)::text "
                "FROM skep.duties WHERE started_ms > 0",
                "true");
    run_round(other);
    assert_text("SELECT count(DISTINCT holder)::text FROM skep.duties", "1");
    g_free(test_postgres_run("UPDATE skep.duties SET due_ms = 0"));
    run_round(other);
    assert_text("SELECT (count(*) > 5)::text FROM skep.duties WHERE success_ms >= started_ms AND "
                "started_ms > 0",
                "true");
}
END_TEST

START_TEST(a_duty_is_taken_over_when_its_lease_has_ended)
{
    make_rows();
    g_free(test_postgres_run("UPDATE skep.duties SET holder = 'dead 1', due_ms = 0, lease_ends_ms "
                             "= 9223372036854775807 WHERE name = 'lock_expiry'"));
    run_round(other);
    assert_text("SELECT holder FROM skep.duties WHERE name = 'lock_expiry'", "dead 1");
    g_free(test_postgres_run("UPDATE skep.duties SET lease_ends_ms = 1 WHERE name = "
                             "'lock_expiry'"));
    run_round(other);
    assert_text("SELECT (holder <> 'dead 1' AND success_ms = greatest(success_ms, started_ms) AND "
                "lease_ends_ms = 0)::text FROM skep.duties WHERE name = 'lock_expiry'",
                "true");
}
END_TEST

START_TEST(nobody_waits_for_a_duty_that_another_takes)
{
    make_rows();
    PGconn *link = PQconnectdb(test_postgres_uri());
    PQclear(PQexec(link, "BEGIN; SELECT FROM skep.duties WHERE name = 'lock_expiry' FOR UPDATE"));
    gint64 began_us = g_get_monotonic_time();
    run_round(fixture->catalog);
    ck_assert_int_lt(g_get_monotonic_time() - began_us, 5 * G_USEC_PER_SEC);
    assert_text("SELECT due_ms::text FROM skep.duties WHERE name = 'lock_expiry'", "0");
    assert_text("SELECT (due_ms > 0)::text FROM skep.duties WHERE name = 'transaction_expiry'",
                "true");
    PQfinish(link);
}
END_TEST

START_TEST(a_failure_is_kept_told_and_tried_again)
{
    make_rows();
    g_free(test_postgres_run("ALTER TABLE skep.scan_plans RENAME TO scan_plans_away"));
    failures_told = 0;
    run_round(fixture->catalog);
    g_free(test_postgres_run("UPDATE skep.duties SET success_ms = success_ms - 3600000"));
    ck_assert_uint_eq(failures_told, 1);
    CatalogDutyState *state = find_state("scan_plan_expiry");
    ck_assert_int_eq(state->failures, 1);
    ck_assert_ptr_nonnull(state->last_error);
    ck_assert_int_gt(state->overdue_ms, 3000000);
    catalog_duty_state_free(state);

    g_free(test_postgres_run("ALTER TABLE skep.scan_plans_away RENAME TO scan_plans"));
    g_free(test_postgres_run("UPDATE skep.duties SET due_ms = 0"));
    run_round(fixture->catalog);
    state = find_state("scan_plan_expiry");
    ck_assert_int_eq(state->failures, 0);
    ck_assert_ptr_null(state->last_error);
    ck_assert_int_eq(state->overdue_ms, 0);
    catalog_duty_state_free(state);
}
END_TEST

START_TEST(a_duty_that_a_server_is_at_is_not_overdue)
{
    make_rows();
    g_free(test_postgres_run("UPDATE skep.duties SET success_ms = 0, lease_ends_ms = "
                             "9223372036854775807"));
    CatalogDutyState *state = find_state("lock_expiry");
    ck_assert(state->is_held);
    ck_assert_int_eq(state->overdue_ms, 0);
    catalog_duty_state_free(state);
    g_free(test_postgres_run("UPDATE skep.duties SET lease_ends_ms = 1"));
    state = find_state("lock_expiry");
    ck_assert(!state->is_held);
    ck_assert_int_gt(state->overdue_ms, 0);
    catalog_duty_state_free(state);
}
END_TEST

START_TEST(a_server_that_stops_begins_nothing)
{
    CatalogDutyRound round = {CATALOG_DUTY_SHORT, goes_on, NULL, &round};
    g_autoptr(GError) error = NULL;

    make_rows();
    test_assert_ok(catalog_duties_run(other, &round, &error), error);
    assert_text("SELECT count(*)::text FROM skep.duties WHERE due_ms > 0", "0");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("duty");
    TCase *tcase = tcase_create("duty");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_duty_is_done_by_one_server_and_then_rests);
    tcase_add_test(tcase, a_duty_is_taken_over_when_its_lease_has_ended);
    tcase_add_test(tcase, nobody_waits_for_a_duty_that_another_takes);
    tcase_add_test(tcase, a_failure_is_kept_told_and_tried_again);
    tcase_add_test(tcase, a_duty_that_a_server_is_at_is_not_overdue);
    tcase_add_test(tcase, a_server_that_stops_begins_nothing);
    suite_add_tcase(suite, tcase);
    return test_postgres_run_suite(suite);
}
