/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a commit to many tables waits for the turns of all of them, in whatever order it names
 * them, without a thread, and gives them back. Method: a test holds a line that others are to wait
 * in; nobody else works lines off here, so that all are answered when it lets go. */
#include "catalog/catalog_private.h"
#include "catalog/commit_queue.h"
#include "skep/catalog_commit.h"
#include "skep/error.h"
#include "store/line_fixture.h"
#include "support/test_postgres.h"

static void
hold_line(void)
{
    ck_assert(commit_queue_enter(fixture->catalog->writers, KEY, 0));
}

static void
let_go(void)
{
    commit_queue_leave(fixture->catalog->writers, KEY);
}

typedef struct {
    cJSON *updates;
    CatalogIcebergChange changes[2];
    gint calls; /* atomic */
    GError *error;
} ParkedMany;

static void
note_many_done(GError *error, gpointer data)
{
    ParkedMany *parked = data;

    parked->error = error;
    g_atomic_int_inc(&parked->calls);
}

static void
park_many(Catalog *catalog, ParkedMany *parked, const char *first, const char *second, int number)
{
    g_autofree char *updates = g_strdup_printf(
        "[{\"action\": \"set-properties\", \"updates\": {\"m%d\": \"v\"}}]", number);

    *parked = (ParkedMany){.updates = test_catalog_json(updates)};
    parked->changes[0] = (CatalogIcebergChange){"d", first, NULL, parked->updates};
    parked->changes[1] = (CatalogIcebergChange){"d", second, NULL, parked->updates};
    catalog_iceberg_commit_many_start(catalog, NULL, NULL, parked->changes, 2, note_many_done,
                                      parked);
}

static void
clear_many(ParkedMany *parked)
{
    cJSON_Delete(parked->updates);
    g_clear_error(&parked->error);
}

static void
assert_has_many(const char *name, int number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) table =
        catalog_iceberg_load(fixture->catalog, NULL, "d", name, &error);
    g_autofree char *member = g_strdup_printf("\"m%d\":\"v\"", number);
    gsize length;
    const char *text;

    test_assert_ok(table, error);
    text = g_bytes_get_data(table->metadata, &length);
    ck_assert_ptr_nonnull(g_strstr_len(text, (gssize)length, member));
}

START_TEST(a_commit_to_many_tables_waits_for_each_of_them_without_a_thread)
{
    g_autoptr(CatalogIcebergTable) other = test_catalog_make_iceberg(fixture, "d", "s");
    ParkedMany many[2];
    g_autoptr(CatalogIcebergTable) single = NULL;
    g_autoptr(GError) error = NULL;

    hold_line();
    park_many(fixture->catalog, &many[0], "t", "s", 0);
    /* it has the turn of s, which comes first, and waits for t's */
    ck_assert(!commit_queue_enter(fixture->catalog->writers, "hive\nd\ns", 0));
    park_many(fixture->catalog, &many[1], "s", "t", 1);
    ck_assert_int_eq(many[0].calls + many[1].calls, 0);
    let_go();
    single = test_catalog_set_property(fixture, "d", "t", "a", "v", &error);
    test_assert_ok(single, error);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(many[i].calls, 1);
        test_assert_ok(!many[i].error, many[i].error);
        assert_has_many("t", i);
        assert_has_many("s", i);
        clear_many(&many[i]);
    }
    /* no turn was kept */
    ck_assert(commit_queue_enter(fixture->catalog->writers, "hive\nd\ns", 0));
    commit_queue_leave(fixture->catalog->writers, "hive\nd\ns");
    hold_line();
    let_go();
}
END_TEST

START_TEST(an_unsound_commit_to_many_tables_takes_no_turn)
{
    ParkedMany many;

    park_many(fixture->catalog, &many, "t", "T", 0);
    ck_assert_int_eq(many.calls, 1);
    test_assert_fact(many.error, SKEP_ERROR_INVALID_ARGUMENT);
    clear_many(&many);
    park_many(fixture->catalog, &many, "t", "gone", 1);
    ck_assert_int_eq(many.calls, 1);
    test_assert_fact(many.error, SKEP_ERROR_NO_SUCH_TABLE);
    clear_many(&many);
    hold_line();
    let_go();
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("commits to many tables");
    TCase *tests = tcase_create("commits to many tables");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_commit_to_many_tables_waits_for_each_of_them_without_a_thread);
    tcase_add_test(tests, an_unsound_commit_to_many_tables_takes_no_turn);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
