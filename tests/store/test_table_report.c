/* SPDX-License-Identifier: Apache-2.0 */
/* Clients' reports on a real PostgreSQL: numbers keep their digits, a table keeps its newest, the
 * old go, and all go with their table. */
#include "skep/catalog_table_report.h"

#include <string.h>

#include "skep/error.h"
#include "skep/store_table_report.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

static TestCatalog *fixture;

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "d");
    catalog_iceberg_table_free(test_catalog_make_iceberg(fixture, "d", "t"));
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

static gboolean
keep(Catalog *catalog, const char *name, const char *text, GError **error)
{
    g_autoptr(cJSON) report = test_catalog_json(text);

    return catalog_table_report_keep(catalog, NULL, "d", name, report, error);
}

static void
keep_some(guint count)
{
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < count; i++) {
        g_autofree char *text =
            g_strdup_printf("{\"report-type\":\"scan-report\",\"snapshot-id\":%u}", i + 1);
        test_assert_ok(keep(fixture->catalog, "t", text, &error), error);
    }
}

static GPtrArray *
list(const char *token, gint size, char **out_next)
{
    CatalogPage page = {token, size};
    g_autoptr(GError) error = NULL;
    GPtrArray *reports =
        catalog_table_report_list(fixture->catalog, NULL, "d", "t", &page, out_next, &error);

    test_assert_ok(reports != NULL, error);
    return reports;
}

START_TEST(a_report_comes_back_as_it_was)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *next = NULL;
    g_autoptr(GPtrArray) reports = NULL;
    const CatalogTableReport *report;

    test_assert_ok(keep(fixture->catalog, "t",
                        "{\"report-type\":\"commit-report\",\"snapshot-id\":9223372036854775807,"
                        "\"operation\":\"append\",\"x\":3055729675574597004}",
                        &error),
                   error);
    reports = list(NULL, 10, &next);
    ck_assert_uint_eq(reports->len, 1);
    ck_assert_ptr_null(next);
    report = reports->pdata[0];
    ck_assert_str_eq(report->report_type, "commit-report");
    ck_assert_str_eq(report->operation, "append");
    ck_assert(report->snapshot_id == G_MAXINT64);
    ck_assert_ptr_nonnull(strstr(report->report_json, "3055729675574597004"));
}
END_TEST

START_TEST(pages_go_back_in_time_without_gap_while_more_come)
{
    g_autofree char *token = NULL;
    gint64 expected = 7;

    keep_some(7);
    do {
        char *next = NULL;
        g_autoptr(GPtrArray) reports = list(token, 3, &next);

        for (guint i = 0; i < reports->len; i++) {
            const CatalogTableReport *report = reports->pdata[i];
            ck_assert_int_eq(report->snapshot_id, expected--);
        }
        g_free(token);
        token = next;
        keep_some(1);
    } while (token);
    ck_assert_int_eq(expected, 0);
}
END_TEST

START_TEST(trimming_leaves_the_newest)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) reports = NULL;
    g_autofree char *next = NULL;
    g_autofree char *id = test_postgres_run("SELECT id::text FROM skep.tables WHERE name = 't'");
    gint64 table_id = g_ascii_strtoll(id, NULL, 10);

    keep_some(5);
    test_assert_ok(store_table_report_trim(fixture->store, table_id, 5, &error), error);
    test_assert_ok(store_table_report_trim(fixture->store, table_id, 2, &error), error);
    reports = list(NULL, 10, &next);
    ck_assert_uint_eq(reports->len, 2);
    ck_assert_int_eq(((CatalogTableReport *)reports->pdata[1])->snapshot_id, 4);
}
END_TEST

START_TEST(housekeeping_removes_the_old)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) reports = NULL;
    g_autofree char *next = NULL;

    keep_some(3);
    g_free(
        test_postgres_run("UPDATE skep.table_reports SET received_ms = 0 WHERE snapshot_id < 3"));
    test_assert_ok(catalog_housekeep(fixture->catalog, &error), error);
    reports = list(NULL, 10, &next);
    ck_assert_uint_eq(reports->len, 1);
    ck_assert_int_eq(((CatalogTableReport *)reports->pdata[0])->snapshot_id, 3);
}
END_TEST

START_TEST(a_server_that_keeps_none_still_knows_its_tables)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Catalog) other = NULL;
    g_autofree char *count = NULL;
    CatalogOptions options;

    catalog_options_init(&options);
    options.report_retention_s = 0;
    other = catalog_new(&options, fixture->store, fixture->warehouse, &error);
    test_assert_ok(other != NULL, error);
    test_assert_ok(keep(other, "t", "{\"report-type\":\"scan-report\"}", &error), error);
    ck_assert(!keep(other, "u", "{\"report-type\":\"scan-report\"}", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
    count = test_postgres_run("SELECT count(*)::text FROM skep.table_reports");
    ck_assert_str_eq(count, "0");
}
END_TEST

START_TEST(reports_go_with_their_table)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) last = NULL;
    g_autofree char *count = NULL;

    keep_some(3);
    last = catalog_iceberg_unregister(fixture->catalog, NULL, "d", "t", &error);
    test_assert_ok(last != NULL, error);
    count = test_postgres_run("SELECT count(*)::text FROM skep.table_reports");
    ck_assert_str_eq(count, "0");
    ck_assert(!keep(fixture->catalog, "t", "{\"report-type\":\"scan-report\"}", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
}
END_TEST

START_TEST(what_is_no_report_is_refused)
{
    static const char *const texts[] = {
        "{}", "{\"report-type\":1}", "{\"report-type\":\"x\",\"snapshot-id\":1.5}",
        "{\"report-type\":\"x\",\"n\":1e999999}", "{\"report-type\":\"x\",\"operation\":[]}"};
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        ck_assert_msg(!keep(fixture->catalog, "t", texts[i], &error), "%s", texts[i]);
        test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    }
    g_autofree char *filling = g_strnfill(CATALOG_REPORT_BYTES_MAX, 'x');
    g_autofree char *large = g_strdup_printf("{\"report-type\":\"%s\"}", filling);
    ck_assert(!keep(fixture->catalog, "t", large, &error));
    test_assert_fact(error, SKEP_ERROR_TOO_LARGE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("table reports");
    TCase *tests = tcase_create("table reports");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_report_comes_back_as_it_was);
    tcase_add_test(tests, pages_go_back_in_time_without_gap_while_more_come);
    tcase_add_test(tests, trimming_leaves_the_newest);
    tcase_add_test(tests, housekeeping_removes_the_old);
    tcase_add_test(tests, a_server_that_keeps_none_still_knows_its_tables);
    tcase_add_test(tests, reports_go_with_their_table);
    tcase_add_test(tests, what_is_no_report_is_refused);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
