/* SPDX-License-Identifier: Apache-2.0 */
/* Commits to Iceberg tables through both kinds of clients on a real PostgreSQL: what a commit makes
 * true, what it refuses, which files it leaves. */
#include <glib/gstdio.h>
#include <string.h>

#include "store/commit_fixture.h"

START_TEST(a_rest_table_is_what_hms_clients_expect)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogTable) row = find_row("t");
    const CatalogColumn *column = row->storage->columns->pdata[0];

    ck_assert_int_eq(row->kind, CATALOG_KIND_ICEBERG_TABLE);
    ck_assert_str_eq(row->hms_type, "EXTERNAL_TABLE");
    ck_assert_str_eq(catalog_map_get(row->parameters, "table_type"), "ICEBERG");
    ck_assert_str_eq(catalog_map_get(row->parameters, "EXTERNAL"), "TRUE");
    ck_assert_str_eq(catalog_map_get(row->parameters, "metadata_location"),
                     made->metadata_location);
    ck_assert_str_eq(row->uuid, made->uuid);
    ck_assert_str_eq(column->type, "bigint");
    ck_assert_str_eq(row->storage->input_format, "org.apache.hadoop.mapred.FileInputFormat");
    ck_assert(test_catalog_has_file(fixture, "d.db/t/data"));
}
END_TEST

START_TEST(a_commit_moves_pointer_history_and_refs_together_with_exact_ids)
{
    const gint64 first = G_GINT64_CONSTANT(3055729675574597004);
    const gint64 second = G_MAXINT64;
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) one = append("t", first, -1, 1, &error);
    g_autoptr(CatalogIcebergTable) two = NULL;
    g_autoptr(GPtrArray) history = NULL;
    g_autoptr(CatalogTable) row = NULL;
    g_autofree char *refs = NULL;
    const CatalogCommitRecord *newest;

    test_assert_ok(one, error);
    two = append("t", second, first, 2, &error);
    test_assert_ok(two, error);
    history = catalog_table_history(fixture->catalog, NULL, "d", "t", 0, &error);
    test_assert_ok(history, error);
    ck_assert_uint_eq(history->len, 3);
    newest = history->pdata[0];
    ck_assert(newest->snapshot_id == second && newest->parent_snapshot_id == first);
    ck_assert_int_eq(newest->sequence_number, 2);
    ck_assert_str_eq(newest->operation, "append");
    ck_assert_str_eq(newest->metadata_location, two->metadata_location);
    row = find_row("t");
    ck_assert(row->current_snapshot_id == second);
    ck_assert_str_eq(row->previous_metadata_location, one->metadata_location);
    refs = test_postgres_run("SELECT string_agg(name || '=' || snapshot_id, ' ') FROM skep.refs");
    ck_assert_str_eq(refs, "main=9223372036854775807");
}
END_TEST

START_TEST(a_requirement_that_does_not_hold_is_named_and_leaves_no_file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) one = append("t", 1, -1, 1, &error);
    guint files = count_metadata_files("t");

    test_assert_ok(one, error);
    ck_assert_ptr_null(append("t", 2, -1, 2, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "Requirement failed"));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    ck_assert_ptr_null(commit("t", "[]", "[{\"action\": \"no-such\"}]", &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    ck_assert_ptr_null(commit("nope", "[]", "[]", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
    ck_assert_uint_eq(count_metadata_files("t"), files);
}
END_TEST

START_TEST(an_empty_change_commits_nothing)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) same = commit("t", "[]", "[]", &error);

    test_assert_ok(same, error);
    ck_assert_str_eq(same->metadata_location, made->metadata_location);
    ck_assert_int_eq(same->version, made->version);
    ck_assert_uint_eq(count_metadata_files("t"), 1);
}
END_TEST

START_TEST(a_staged_table_exists_only_after_its_commit)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) request = test_catalog_json(
        "{\"name\": \"s\", \"stage-create\": true, \"schema\": {\"type\": \"struct\", \"fields\": "
        "[{\"id\": 1, \"name\": \"id\", \"required\": false, \"type\": \"long\"}]}}");
    g_autoptr(CatalogIcebergTable) staged =
        catalog_iceberg_create(fixture->catalog, NULL, NULL, "d", request, &error);
    g_autoptr(CatalogIcebergTable) made = NULL;
    const char *create =
        "[{\"action\": \"assign-uuid\", \"uuid\": \"$UUID\"}, {\"action\": "
        "\"upgrade-format-version\", "
        "\"format-version\": 2}, {\"action\": \"add-schema\", \"schema\": {\"type\": \"struct\", "
        "\"schema-id\": 0, \"fields\": [{\"id\": 1, \"name\": \"id\", \"required\": false, "
        "\"type\": "
        "\"long\"}]}, \"last-column-id\": 1}, {\"action\": \"set-current-schema\", \"schema-id\": "
        "-1}, "
        "{\"action\": \"add-spec\", \"spec\": {\"spec-id\": 0, \"fields\": []}}, {\"action\": "
        "\"set-default-spec\", \"spec-id\": -1}, {\"action\": \"add-sort-order\", \"sort-order\": "
        "{\"order-id\": 0, \"fields\": []}}, {\"action\": \"set-default-sort-order\", "
        "\"sort-order-id\": -1}, {\"action\": \"set-location\", \"location\": \"$ROOT/d.db/s\"}]";

    test_assert_ok(staged, error);
    ck_assert_ptr_null(staged->metadata_location);
    ck_assert(test_catalog_has_file(fixture, "d.db/s/metadata"));
    ck_assert_ptr_null(catalog_iceberg_load(fixture->catalog, NULL, "d", "s", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
    g_autoptr(GString) filled = g_string_new(create);
    g_string_replace(filled, "$UUID", staged->uuid, 1);
    g_string_replace(filled, "$ROOT", warehouse_root(fixture->warehouse), 1);
    made = commit("s", "[{\"type\": \"assert-create\"}]", filled->str, &error);
    test_assert_ok(made, error);
    ck_assert_str_eq(made->uuid, staged->uuid);
    ck_assert_ptr_null(commit("s", "[{\"type\": \"assert-create\"}]", filled->str, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "Requirement failed"));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
}
END_TEST

START_TEST(a_load_notices_that_the_file_is_gone_even_when_it_is_in_memory)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autofree char *expected =
        g_strdup_printf("Failed to open input stream for file: %s", made->metadata_location);

    ck_assert_int_eq(g_unlink(made->metadata_location + strlen("file://")), 0);
    ck_assert_ptr_null(catalog_iceberg_load(fixture->catalog, NULL, "d", "t", &error));
    ck_assert_str_eq(error->message, expected);
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_FILE);
}
END_TEST

START_TEST(a_registered_document_is_the_table_with_its_whole_history)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) one = append("t", 77, -1, 1, &error);
    g_autoptr(CatalogIcebergTable) registered = NULL;
    g_autoptr(CatalogIcebergTable) replaced = NULL;

    test_assert_ok(one, error);
    registered = catalog_iceberg_register(fixture->catalog, NULL, NULL, "d", "r",
                                          one->metadata_location, FALSE, &error);
    test_assert_ok(registered, error);
    ck_assert_str_eq(registered->uuid, made->uuid);
    ck_assert_ptr_null(catalog_iceberg_register(fixture->catalog, NULL, NULL, "d", "r",
                                                made->metadata_location, FALSE, &error));
    test_assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
    replaced = catalog_iceberg_register(fixture->catalog, NULL, NULL, "d", "r",
                                        made->metadata_location, TRUE, &error);
    test_assert_ok(replaced, error);
    ck_assert_str_eq(replaced->metadata_location, made->metadata_location);
    ck_assert_ptr_null(catalog_iceberg_register(fixture->catalog, NULL, NULL, "d", "x",
                                                "file:///etc/passwd", FALSE, &error));
    test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

START_TEST(a_new_table_never_shares_the_place_of_a_renamed_one_and_purge_spares_it)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) first = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) second = NULL;
    g_autoptr(CatalogTable) old = NULL;
    g_autoptr(CatalogTable) new = NULL;
    CatalogTableDropOptions purge = {.purge = TRUE, .kind = CATALOG_KIND_ICEBERG_TABLE};
    gboolean exists;

    test_assert_ok(catalog_table_rename(fixture->catalog, NULL, "d", "t", "d", "moved",
                                        CATALOG_KIND_ICEBERG_TABLE, &error),
                   error);
    second = test_catalog_make_iceberg(fixture, "d", "t");
    old = find_row("moved");
    new = find_row("t");
    ck_assert_str_ne(old->location, new->location);
    test_assert_ok(catalog_table_drop(fixture->catalog, NULL, "d", "t", &purge, &error), error);
    ck_assert(
        warehouse_file_exists(fixture->warehouse, second->metadata_location, &exists, &error));
    ck_assert(exists);
    test_assert_ok(catalog_housekeep(fixture->catalog, &error), error);
    ck_assert(
        warehouse_file_exists(fixture->warehouse, second->metadata_location, &exists, &error));
    ck_assert(!exists);
    ck_assert(warehouse_file_exists(fixture->warehouse, first->metadata_location, &exists, &error));
    ck_assert(exists);
    ck_assert(!catalog_table_rename(fixture->catalog, NULL, "d", "moved", "nodb", "x",
                                    CATALOG_KIND_ICEBERG_TABLE, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_NAMESPACE);
}
END_TEST

START_TEST(a_purge_spares_files_that_another_table_names)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) twin = catalog_iceberg_register(
        fixture->catalog, NULL, NULL, "d", "twin", made->metadata_location, FALSE, &error);
    CatalogTableDropOptions purge = {.purge = TRUE, .kind = CATALOG_KIND_ICEBERG_TABLE};
    gboolean exists;

    test_assert_ok(twin, error);
    test_assert_ok(catalog_table_drop(fixture->catalog, NULL, "d", "t", &purge, &error), error);
    test_assert_ok(catalog_housekeep(fixture->catalog, &error), error);
    ck_assert(warehouse_file_exists(fixture->warehouse, made->metadata_location, &exists, &error));
    ck_assert(exists);
}
END_TEST

START_TEST(a_transaction_commits_all_its_tables_or_none)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) a = test_catalog_make_iceberg(fixture, "d", "a");
    g_autoptr(CatalogIcebergTable) b = test_catalog_make_iceberg(fixture, "d", "b");
    g_autoptr(cJSON) holds = test_catalog_json("[]");
    g_autoptr(cJSON) fails = test_catalog_json(
        "[{\"type\": \"assert-table-uuid\", \"uuid\": \"00000000-0000-4000-8000-000000000000\"}]");
    g_autoptr(cJSON) updates =
        test_catalog_json("[{\"action\": \"set-properties\", \"updates\": {\"k\": \"v\"}}]");
    CatalogIcebergChange changes[] = {
        {"d", "a", holds, updates},
        {"d", "b", fails, updates}
    };
    CatalogIcebergChange twice[] = {
        {"d", "a", holds, updates},
        {"D", "A", holds, updates}
    };

    ck_assert(!catalog_iceberg_commit_many(fixture->catalog, NULL, NULL, changes, 2, &error));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    ck_assert_uint_eq(count_metadata_files("a"), 1);
    ck_assert(!catalog_iceberg_commit_many(fixture->catalog, NULL, NULL, twice, 2, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    changes[1].requirements = holds;
    test_assert_ok(catalog_iceberg_commit_many(fixture->catalog, NULL, NULL, changes, 2, &error),
                   error);
    for (int i = 0; i < 2; i++) {
        g_autoptr(cJSON) metadata = load_metadata(i ? "b" : "a");

        ck_assert_ptr_nonnull(property_of(metadata, "k"));
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("commits");
    TCase *tests = tcase_create("tests");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, a_rest_table_is_what_hms_clients_expect);
    tcase_add_test(tests, a_commit_moves_pointer_history_and_refs_together_with_exact_ids);
    tcase_add_test(tests, a_requirement_that_does_not_hold_is_named_and_leaves_no_file);
    tcase_add_test(tests, an_empty_change_commits_nothing);
    tcase_add_test(tests, a_staged_table_exists_only_after_its_commit);
    tcase_add_test(tests, a_load_notices_that_the_file_is_gone_even_when_it_is_in_memory);
    tcase_add_test(tests, a_registered_document_is_the_table_with_its_whole_history);
    tcase_add_test(tests, a_new_table_never_shares_the_place_of_a_renamed_one_and_purge_spares_it);
    tcase_add_test(tests, a_purge_spares_files_that_another_table_names);
    tcase_add_test(tests, a_transaction_commits_all_its_tables_or_none);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
