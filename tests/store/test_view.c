/* SPDX-License-Identifier: Apache-2.0 */
/* Iceberg views on a real PostgreSQL: they share names with tables, change by the same swap, and
 * are views to HMS clients. */
#include <string.h>

#include "skep/catalog_view.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define WRITERS 6

static TestCatalog *fixture;

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "d");
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

static CatalogIcebergTable *
create_view(const char *name, GError **error)
{
    g_autofree char *text = g_strdup_printf(
        "{\"name\": \"%s\", \"schema\": {\"type\": \"struct\", \"schema-id\": 0, \"fields\": "
        "[{\"id\": 1, \"name\": \"n\", \"required\": false, \"type\": \"long\"}]}, "
        "\"view-version\": {\"version-id\": 1, \"timestamp-ms\": 1, \"schema-id\": 0, "
        "\"summary\": {}, \"default-namespace\": [\"d\"], \"representations\": ["
        "{\"type\": \"sql\", \"sql\": \"select 1 n -- trino\", \"dialect\": \"trino\"}, "
        "{\"type\": \"sql\", \"sql\": \"select 1 n\", \"dialect\": \"spark\"}]}, "
        "\"properties\": {\"comment\": \"one\"}}",
        name);
    g_autoptr(cJSON) request = test_catalog_json(text);

    return catalog_view_create(fixture->catalog, NULL, NULL, "d", request, error);
}

static CatalogIcebergTable *
make_view(const char *name)
{
    g_autoptr(GError) error = NULL;
    CatalogIcebergTable *view = create_view(name, &error);

    test_assert_ok(view, error);
    return view;
}

static CatalogIcebergTable *
set_property(const char *name, const char *requirements, const char *key, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("[{\"action\": \"set-properties\", \"updates\": {\"%s\": \"v\"}}]", key);
    g_autoptr(cJSON) updates = test_catalog_json(text);
    g_autoptr(cJSON) wanted = test_catalog_json(requirements);
    CatalogIcebergChange change = {"d", name, wanted, updates};

    return catalog_view_replace(fixture->catalog, NULL, NULL, &change, error);
}

static void
assert_taken(GError *error, const char *sentence)
{
    ck_assert_ptr_nonnull(error);
    ck_assert_str_eq(error->message, sentence);
    test_assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
}

START_TEST(a_view_is_a_virtual_view_to_hms_clients)
{
    g_autoptr(CatalogIcebergTable) view = make_view("V");
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) row = catalog_table_find(fixture->catalog, NULL, "d", "v", &error);
    const CatalogColumn *column;

    test_assert_ok(row, error);
    ck_assert_int_eq(row->kind, CATALOG_KIND_ICEBERG_VIEW);
    ck_assert_str_eq(row->hms_type, "VIRTUAL_VIEW");
    ck_assert_str_eq(row->uuid, view->uuid);
    ck_assert_str_eq(row->metadata_location, view->metadata_location);
    ck_assert_str_eq(catalog_map_get(row->parameters, "table_type"), "ICEBERG-VIEW");
    ck_assert_str_eq(catalog_map_get(row->parameters, "metadata_location"),
                     view->metadata_location);
    ck_assert_str_eq(catalog_map_get(row->parameters, "comment"), "one");
    ck_assert_str_eq(row->view_original_text, "select 1 n");
    ck_assert_str_eq(row->view_expanded_text, "select 1 n");
    ck_assert_uint_eq(row->storage->columns->len, 1);
    column = row->storage->columns->pdata[0];
    ck_assert_str_eq(column->name, "n");
    ck_assert_str_eq(column->type, "bigint");
}
END_TEST

START_TEST(tables_and_views_take_each_others_names)
{
    g_autoptr(CatalogIcebergTable) view = make_view("v");
    g_autoptr(CatalogIcebergTable) table = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogTable) hive = test_catalog_make_hive_table(fixture, "d", "h");
    g_autoptr(cJSON) request =
        test_catalog_json("{\"name\": \"v\", \"schema\": {\"type\": \"struct\", \"fields\": []}}");
    GError *error = NULL;

    ck_assert_ptr_null(create_view("v", &error));
    assert_taken(g_steal_pointer(&error), "View already exists: d.v");
    ck_assert_ptr_null(create_view("t", &error));
    assert_taken(g_steal_pointer(&error), "Table with same name already exists: d.t");
    ck_assert_ptr_null(create_view("h", &error));
    assert_taken(g_steal_pointer(&error), "Table with same name already exists: d.h");
    ck_assert_ptr_null(catalog_iceberg_create(fixture->catalog, NULL, NULL, "d", request, &error));
    assert_taken(g_steal_pointer(&error), "View with same name already exists: d.v");
    ck_assert_ptr_null(catalog_view_register(fixture->catalog, NULL, NULL, "d", "t",
                                             view->metadata_location, &error));
    assert_taken(g_steal_pointer(&error), "Table with same name already exists: d.t");
    ck_assert_ptr_null(catalog_iceberg_register(fixture->catalog, NULL, NULL, "d", "v",
                                                table->metadata_location, TRUE, &error));
    assert_taken(g_steal_pointer(&error), "View with same name already exists: d.v");
}
END_TEST

START_TEST(a_rename_says_what_has_the_name)
{
    g_autoptr(CatalogIcebergTable) one = make_view("one");
    g_autoptr(CatalogIcebergTable) two = make_view("two");
    g_autoptr(CatalogIcebergTable) table = test_catalog_make_iceberg(fixture, "d", "t");
    GError *error = NULL;

    ck_assert(!catalog_view_rename(fixture->catalog, NULL, "d", "One", "d", "Two", &error));
    assert_taken(g_steal_pointer(&error), "Cannot rename d.One to d.Two. View already exists");
    ck_assert(!catalog_view_rename(fixture->catalog, NULL, "d", "one", "d", "t", &error));
    assert_taken(g_steal_pointer(&error), "Cannot rename d.one to d.t. Table already exists");
    ck_assert(!catalog_table_rename(fixture->catalog, NULL, "d", "t", "d", "one",
                                    CATALOG_KIND_ICEBERG_TABLE, &error));
    assert_taken(g_steal_pointer(&error), "Cannot rename d.t to d.one. View already exists");
    ck_assert(!catalog_view_rename(fixture->catalog, NULL, "d", "one", "nowhere", "x", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_NAMESPACE);
    test_assert_ok(catalog_view_rename(fixture->catalog, NULL, "d", "one", "d", "three", &error),
                   error);
}
END_TEST

START_TEST(a_table_is_no_view_and_a_view_no_table)
{
    g_autoptr(CatalogIcebergTable) view = make_view("v");
    g_autoptr(CatalogIcebergTable) table = test_catalog_make_iceberg(fixture, "d", "t");
    GError *error = NULL;

    ck_assert_ptr_null(catalog_view_load(fixture->catalog, NULL, "d", "t", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_VIEW);
    ck_assert(!catalog_view_drop(fixture->catalog, NULL, "d", "t", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_VIEW);
    ck_assert(!catalog_view_rename(fixture->catalog, NULL, "d", "t", "d", "x", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_VIEW);
    ck_assert_ptr_null(set_property("t", "[]", "k", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_VIEW);
    ck_assert_ptr_null(set_property("t", "[{\"type\": \"assert-create\"}]", "k", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_VIEW);
    ck_assert_ptr_null(catalog_iceberg_load(fixture->catalog, NULL, "d", "v", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
    ck_assert_ptr_null(catalog_iceberg_register(fixture->catalog, NULL, NULL, "d", "x",
                                                view->metadata_location, FALSE, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    ck_assert_ptr_null(catalog_view_register(fixture->catalog, NULL, NULL, "d", "x",
                                             table->metadata_location, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(a_requirement_that_does_not_hold_is_named)
{
    g_autoptr(CatalogIcebergTable) view = make_view("v");
    g_autoptr(CatalogIcebergTable) after = NULL;
    GError *error = NULL;

    ck_assert_ptr_null(set_property(
        "v",
        "[{\"type\": \"assert-view-uuid\", \"uuid\": \"00000000-0000-4000-8000-000000000000\"}]",
        "k", &error));
    ck_assert_ptr_nonnull(strstr(error->message, "UUID does not match"));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    after = catalog_view_load(fixture->catalog, NULL, "d", "v", &error);
    test_assert_ok(after, error);
    ck_assert_str_eq(after->metadata_location, view->metadata_location);
}
END_TEST

START_TEST(a_dropped_view_leaves_its_file_and_can_be_registered_again)
{
    g_autoptr(CatalogIcebergTable) view = make_view("v");
    g_autoptr(CatalogIcebergTable) back = NULL;
    GError *error = NULL;

    test_assert_ok(catalog_view_drop(fixture->catalog, NULL, "d", "v", &error), error);
    ck_assert_ptr_null(catalog_view_find(fixture->catalog, NULL, "d", "v", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_VIEW);
    back = catalog_view_register(fixture->catalog, NULL, NULL, "d", "w", view->metadata_location,
                                 &error);
    test_assert_ok(back, error);
    ck_assert_str_eq(back->uuid, view->uuid);
    ck_assert_str_eq(back->metadata_location, view->metadata_location);
}
END_TEST

static gpointer
write_property(gpointer number)
{
    g_autofree char *key = g_strdup_printf("k%d", GPOINTER_TO_INT(number));
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) view = set_property("v", "[]", key, &error);

    return GINT_TO_POINTER(view != NULL);
}

START_TEST(replaces_at_once_all_land)
{
    g_autoptr(CatalogIcebergTable) view = make_view("v");
    g_autoptr(CatalogIcebergTable) after = NULL;
    g_autoptr(CatalogTable) row = NULL;
    GThread *threads[WRITERS];
    GError *error = NULL;
    const char *text;

    for (int i = 0; i < WRITERS; i++)
        threads[i] = g_thread_new("writer", write_property, GINT_TO_POINTER(i));
    for (int i = 0; i < WRITERS; i++)
        ck_assert(GPOINTER_TO_INT(g_thread_join(threads[i])));
    after = catalog_view_load(fixture->catalog, NULL, "d", "v", &error);
    test_assert_ok(after, error);
    row = catalog_table_find(fixture->catalog, NULL, "d", "v", &error);
    test_assert_ok(row, error);
    ck_assert_int_eq(row->version, 1 + WRITERS);
    text = g_bytes_get_data(after->metadata, NULL);
    for (int i = 0; i < WRITERS; i++) {
        g_autofree char *key = g_strdup_printf("k%d", i);
        g_autofree char *member = g_strdup_printf("\"%s\":\"v\"", key);

        ck_assert_ptr_nonnull(
            g_strstr_len(text, (gssize)g_bytes_get_size(after->metadata), member));
        ck_assert_str_eq(catalog_map_get(row->parameters, key), "v");
    }
}
END_TEST

START_TEST(views_are_listed_apart_from_tables)
{
    g_autoptr(CatalogIcebergTable) view = make_view("v");
    g_autoptr(CatalogIcebergTable) table = test_catalog_make_iceberg(fixture, "d", "t");
    const CatalogTableFilter filter = {.kind = CATALOG_KIND_ICEBERG_VIEW};
    const CatalogPage page = {0};
    g_autofree char *token = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names =
        catalog_table_list(fixture->catalog, NULL, "d", &filter, &page, &token, &error);

    test_assert_ok(names, error);
    ck_assert_uint_eq(names->len, 1);
    ck_assert_str_eq(names->pdata[0], "v");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("views");
    TCase *tests = tcase_create("views");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_view_is_a_virtual_view_to_hms_clients);
    tcase_add_test(tests, tables_and_views_take_each_others_names);
    tcase_add_test(tests, a_rename_says_what_has_the_name);
    tcase_add_test(tests, a_table_is_no_view_and_a_view_no_table);
    tcase_add_test(tests, a_requirement_that_does_not_hold_is_named);
    tcase_add_test(tests, a_dropped_view_leaves_its_file_and_can_be_registered_again);
    tcase_add_test(tests, replaces_at_once_all_land);
    tcase_add_test(tests, views_are_listed_apart_from_tables);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
