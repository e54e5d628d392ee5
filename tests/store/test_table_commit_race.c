/* SPDX-License-Identifier: Apache-2.0 */
/* Commits to Iceberg tables at the same time, through both kinds of clients, on a real PostgreSQL:
 * exactly one of many swaps wins, what both can have both get, an outcome that was lost is found
 * out, and no update is ever lost. */
#include <string.h>

#include "store/commit_fixture.h"

static gboolean
race_append(int number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) done = append("t", 1000 + number, -1, 1, &error);

    ck_assert(done || skep_error_fact(error) == SKEP_ERROR_COMMIT_CONFLICT);
    return done != NULL;
}

START_TEST(of_many_appends_to_one_parent_exactly_one_wins)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autofree char *commits = NULL;

    ck_assert_int_eq(run_writers(race_append), 1);
    commits = test_postgres_run("SELECT count(*)::text FROM skep.commits");
    ck_assert_str_eq(commits, "2");
    ck_assert_uint_eq(count_metadata_files("t"), 2);
}
END_TEST

static gboolean
race_property(int number)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *key = g_strdup_printf("k%d", number);
    g_autoptr(CatalogIcebergTable) done =
        test_catalog_set_property(fixture, "d", "t", key, "v", &error);

    test_assert_ok(done, error);
    return TRUE;
}

START_TEST(disjoint_commits_at_once_all_land)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(cJSON) metadata = NULL;

    ck_assert_int_eq(run_writers(race_property), WRITERS);
    metadata = load_metadata("t");
    for (int i = 0; i < WRITERS; i++) {
        g_autofree char *key = g_strdup_printf("k%d", i);

        ck_assert_ptr_nonnull(property_of(metadata, key));
    }
    ck_assert_uint_eq(count_metadata_files("t"), WRITERS + 1);
}
END_TEST

/* Two servers over one database: nothing lines their writers up but the swap itself. */
static Catalog *other_server;

static gboolean
race_property_of_two_servers(int number)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf(
        "[{\"action\": \"set-properties\", \"updates\": {\"k%d\": \"v\"}}]", number);
    g_autoptr(cJSON) updates = test_catalog_json(text);
    Catalog *server = number % 2 ? other_server : fixture->catalog;
    g_autoptr(CatalogIcebergTable) done =
        catalog_iceberg_commit(server, NULL, NULL, "d", "t", NULL, updates, &error);

    test_assert_ok(done, error);
    return TRUE;
}

START_TEST(servers_that_collide_rebase_until_all_commits_landed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(cJSON) metadata = NULL;
    g_autofree char *commits = NULL;
    CatalogOptions options;

    catalog_options_init(&options);
    other_server = catalog_new(&options, fixture->store, fixture->warehouse, &error);
    test_assert_ok(other_server, error);
    ck_assert_int_eq(run_writers(race_property_of_two_servers), WRITERS);
    g_clear_pointer(&other_server, catalog_free);
    metadata = load_metadata("t");
    for (int i = 0; i < WRITERS; i++) {
        g_autofree char *key = g_strdup_printf("k%d", i);

        ck_assert_ptr_nonnull(property_of(metadata, key));
    }
    commits = test_postgres_run("SELECT count(*)::text FROM skep.commits");
    ck_assert_str_eq(commits, "9");
    ck_assert_uint_eq(count_metadata_files("t"), WRITERS + 1);
}
END_TEST

static gboolean
race_create(int number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) request =
        test_catalog_json("{\"name\": \"c\", \"schema\": {\"type\": \"struct\", \"fields\": []}}");
    g_autoptr(CatalogIcebergTable) made =
        catalog_iceberg_create(fixture->catalog, NULL, NULL, "d", request, &error);

    (void)number;
    ck_assert_msg(made || skep_error_fact(error) == SKEP_ERROR_ALREADY_EXISTS, "%s",
                  error ? error->message : "");
    return made != NULL;
}

START_TEST(of_many_creates_of_one_name_exactly_one_wins)
{
    ck_assert_int_eq(run_writers(race_create), 1);
}
END_TEST

/* HMS: each writer read the same table and swaps its own file in. */
static CatalogTable *swap_base;

static gboolean
swap_to(const CatalogTable *base, const char *location, const char *expected, GError **error)
{
    g_autoptr(CatalogTable) wanted = catalog_table_copy(base);
    CatalogTableAlterOptions options = {.expected_key = expected ? "metadata_location" : NULL,
                                        .expected_value = expected};

    catalog_map_set(wanted->parameters, "previous_metadata_location", base->metadata_location);
    catalog_map_set(wanted->parameters, "metadata_location", location);
    return catalog_table_alter(fixture->catalog, NULL, NULL, "d", "t", wanted, &options, error);
}

static gboolean
race_swap(int number)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *location =
        g_strdup_printf("%s/metadata/00001-%d.metadata.json", swap_base->location, number);
    gboolean done = swap_to(swap_base, location, swap_base->metadata_location, &error);

    ck_assert(done ||
              strstr(error->message, "The table has been modified. The parameter value for key "
                                     "'metadata_location' is"));
    return done;
}

START_TEST(of_many_hms_swaps_of_one_pointer_exactly_one_wins)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autofree char *commits = NULL;

    swap_base = find_row("t");
    ck_assert_int_eq(run_writers(race_swap), 1);
    g_clear_pointer(&swap_base, catalog_table_free);
    commits = test_postgres_run("SELECT count(*)::text FROM skep.commits");
    ck_assert_str_eq(commits, "2");
}
END_TEST

START_TEST(a_plain_hms_alter_cannot_move_a_pointer_that_moved_meanwhile)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogTable) read = find_row("t");
    g_autoptr(CatalogIcebergTable) committed =
        test_catalog_set_property(fixture, "d", "t", "k", "v", &error);
    g_autoptr(CatalogTable) fresh = find_row("t");
    g_autoptr(CatalogTable) now = NULL;
    g_autofree char *mine = g_strconcat(read->location, "/metadata/00001-mine.metadata.json", NULL);

    ck_assert(!swap_to(read, mine, NULL, &error));
    ck_assert_ptr_nonnull(strstr(error->message, committed->metadata_location));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    /* One that would put the old pointer back is refused as well. */
    ck_assert(!catalog_table_alter(fixture->catalog, NULL, NULL, "d", "t", read, NULL, &error));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    test_assert_ok(swap_to(fresh, mine, NULL, &error), error);
    now = find_row("t");
    ck_assert_str_eq(now->metadata_location, mine);
}
END_TEST

/* Half of the writers commit through REST, half change a parameter through HMS, reading first; HMS
 * writers that lost read again, as clients do. */
static gboolean
race_both_doors(int number)
{
    g_autofree char *key = g_strdup_printf("k%d", number);

    if (number % 2)
        return race_property(number);
    for (int attempt = 0; attempt < 200; attempt++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(CatalogTable) wanted = find_row("t");

        catalog_map_set(wanted->parameters, key, "v");
        if (catalog_table_alter(fixture->catalog, NULL, NULL, "d", "t", wanted, NULL, &error))
            return TRUE;
        ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_COMMIT_CONFLICT);
    }
    return FALSE;
}

START_TEST(no_rest_commit_is_lost_to_hms_alters_at_the_same_time)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(cJSON) metadata = NULL;

    ck_assert_int_eq(run_writers(race_both_doors), WRITERS);
    metadata = load_metadata("t");
    for (int i = 1; i < WRITERS; i += 2) {
        g_autofree char *key = g_strdup_printf("k%d", i);

        ck_assert_ptr_nonnull(property_of(metadata, key));
    }
}
END_TEST

static gboolean
race_drop(int number)
{
    g_autoptr(GError) error = NULL;
    CatalogTableDropOptions options = {.kind = -1};

    if (number == 0)
        return catalog_table_drop(fixture->catalog, NULL, "d", "t", &options, &error);
    g_autoptr(CatalogIcebergTable) done =
        test_catalog_set_property(fixture, "d", "t", "k", "v", &error);
    ck_assert_msg(done || skep_error_fact(error) == SKEP_ERROR_NO_SUCH_TABLE, "%s",
                  error ? error->message : "");
    return FALSE;
}

START_TEST(a_drop_during_commits_succeeds_and_later_commits_find_nothing)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");

    ck_assert_int_eq(run_writers(race_drop), 1);
    ck_assert_ptr_null(catalog_iceberg_load(fixture->catalog, NULL, "d", "t", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
}
END_TEST

static gint stop_killing;

static gpointer
kill_sessions(gpointer data)
{
    (void)data;
    while (!g_atomic_int_get(&stop_killing)) {
        test_postgres_terminate_sessions();
        g_usleep(30000);
    }
    return NULL;
}

START_TEST(commits_whose_connection_dies_are_found_out_and_land_once)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(cJSON) metadata = NULL;
    g_autofree char *commits = NULL;
    GThread *killer;
    int acknowledged = 0;

    g_atomic_int_set(&stop_killing, 0);
    killer = g_thread_new("killer", kill_sessions, NULL);
    for (int i = 0; i < 60; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *key = g_strdup_printf("k%d", i);
        g_autoptr(CatalogIcebergTable) done =
            test_catalog_set_property(fixture, "d", "t", key, "v", &error);

        ck_assert_msg(done || skep_error_fact(error) == SKEP_ERROR_UNAVAILABLE, "%s",
                      error ? error->message : "");
        if (done)
            acknowledged++;
    }
    g_atomic_int_set(&stop_killing, 1);
    g_thread_join(killer);
    metadata = load_metadata("t");
    ck_assert_int_eq(cJSON_GetArraySize(json_find(metadata, "metadata-log")), acknowledged);
    commits = test_postgres_run("SELECT count(*)::text FROM skep.commits");
    ck_assert_int_eq((int)g_ascii_strtoll(commits, NULL, 10), acknowledged + 1);
    ck_assert_uint_eq(count_metadata_files("t"), (guint)acknowledged + 1);
}
END_TEST

static gboolean
race_transactions(int number)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf(
        "[{\"action\": \"set-properties\", \"updates\": {\"k%d\": \"v\"}}]", number);
    g_autoptr(cJSON) updates = test_catalog_json(text);
    CatalogIcebergChange changes[] = {
        {"d", number % 2 ? "a" : "b", NULL, updates},
        {"d", number % 2 ? "b" : "a", NULL, updates}
    };

    test_assert_ok(catalog_iceberg_commit_many(fixture->catalog, NULL, NULL, changes, 2, &error),
                   error);
    return TRUE;
}

START_TEST(transactions_over_the_same_tables_in_any_order_all_land)
{
    g_autoptr(CatalogIcebergTable) a = test_catalog_make_iceberg(fixture, "d", "a");
    g_autoptr(CatalogIcebergTable) b = test_catalog_make_iceberg(fixture, "d", "b");

    ck_assert_int_eq(run_writers(race_transactions), WRITERS);
    for (int i = 0; i < WRITERS * 2; i++) {
        g_autoptr(cJSON) metadata = load_metadata(i % 2 ? "b" : "a");
        g_autofree char *key = g_strdup_printf("k%d", i / 2);

        ck_assert_ptr_nonnull(property_of(metadata, key));
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("commits at once");
    TCase *races = tcase_create("races");

    tcase_add_checked_fixture(races, setup, teardown);
    tcase_set_timeout(races, 120);
    tcase_add_test(races, of_many_appends_to_one_parent_exactly_one_wins);
    tcase_add_test(races, disjoint_commits_at_once_all_land);
    tcase_add_test(races, servers_that_collide_rebase_until_all_commits_landed);
    tcase_add_test(races, of_many_creates_of_one_name_exactly_one_wins);
    tcase_add_test(races, of_many_hms_swaps_of_one_pointer_exactly_one_wins);
    tcase_add_test(races, a_plain_hms_alter_cannot_move_a_pointer_that_moved_meanwhile);
    tcase_add_test(races, no_rest_commit_is_lost_to_hms_alters_at_the_same_time);
    tcase_add_test(races, a_drop_during_commits_succeeds_and_later_commits_find_nothing);
    tcase_add_test(races, commits_whose_connection_dies_are_found_out_and_land_once);
    tcase_add_test(races, transactions_over_the_same_tables_in_any_order_all_land);
    suite_add_tcase(suite, races);
    return test_postgres_run_suite(suite);
}
