/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: named types, master keys and tokens, and marks on partitions are kept as they were given,
 * and end when they should. Method: through the catalog on a real PostgreSQL. */
#include "skep/catalog_partition_mark.h"
#include "skep/catalog_token.h"
#include "skep/catalog_type.h"
#include "skep/error.h"
#include "skep/store_partition_mark.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

static TestCatalog *fixture;

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "sales");
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

START_TEST(a_type_keeps_the_absence_of_its_fields)
{
    g_autoptr(CatalogNamedType) bare = catalog_named_type_new("Bare", NULL, NULL);
    g_autoptr(CatalogNamedType) empty = catalog_named_type_new("Empty", "int", "string");
    g_autoptr(CatalogNamedType) found = NULL;
    g_autoptr(CatalogNamedType) other = NULL;
    g_autoptr(GError) error = NULL;

    empty->fields = catalog_columns_new();
    ck_assert(catalog_type_create(fixture->catalog, bare, &error));
    ck_assert(catalog_type_create(fixture->catalog, empty, &error));
    found = catalog_type_find(fixture->catalog, "Bare", &error);
    other = catalog_type_find(fixture->catalog, "Empty", &error);
    test_assert_ok(found && other, error);
    ck_assert_ptr_null(found->fields);
    ck_assert_ptr_null(found->type1);
    ck_assert_uint_eq(other->fields->len, 0);
    ck_assert_str_eq(other->type2, "string");
    ck_assert(!catalog_type_create(fixture->catalog, bare, &error));
    test_assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
    ck_assert(catalog_type_drop(fixture->catalog, "Bare", NULL));
    ck_assert(catalog_type_drop(fixture->catalog, "Empty", NULL));
}
END_TEST

START_TEST(keys_and_tokens_past_their_bounds_are_refused)
{
    g_autofree char *identifier = g_strnfill(CATALOG_TOKEN_IDENTIFIER_BYTES_MAX + 1, 'x');
    g_autofree char *content = g_strnfill(CATALOG_TOKEN_CONTENT_BYTES_MAX + 1, 'x');
    g_autoptr(GError) error = NULL;
    gboolean added = FALSE;
    gint32 id = 0;

    ck_assert(!catalog_token_add(fixture->catalog, identifier, "t", &added, &error));
    test_assert_fact(error, SKEP_ERROR_TOO_LARGE);
    g_clear_error(&error);
    ck_assert(!catalog_token_key_add(fixture->catalog, content, &id, &error));
    test_assert_fact(error, SKEP_ERROR_TOO_LARGE);
    identifier[CATALOG_TOKEN_IDENTIFIER_BYTES_MAX] = '\0';
    ck_assert(catalog_token_add(fixture->catalog, identifier, "t", &added, NULL) && added);
    ck_assert(catalog_token_remove(fixture->catalog, identifier, &added, NULL) && added);
}
END_TEST

START_TEST(a_mark_counts_until_it_expires_and_goes_with_its_table)
{
    g_autoptr(CatalogTable) wanted = test_catalog_hive_table("sales", "parted");
    g_autoptr(GHashTable) values = catalog_map_new();
    CatalogPartitionMark mark = {NULL, "sales", "parted", values, 1};
    CatalogTableDropOptions drop = {.kind = -1};
    g_autoptr(GError) error = NULL;
    gboolean is_marked = TRUE;

    g_ptr_array_set_size(wanted->partition_keys, 0);
    g_ptr_array_add(wanted->partition_keys, catalog_column_new("ds", "string", NULL));
    g_autoptr(CatalogTable) table =
        catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error);
    test_assert_ok(table, error);
    catalog_map_set(values, "DS", "1");
    ck_assert(catalog_partition_is_marked(fixture->catalog, &mark, 0, &is_marked, NULL));
    ck_assert(!is_marked);

    StorePartitionMark old = {table->id, "ds=1", 1};

    ck_assert(store_partition_mark_put(fixture->store, &old, 1000, 0, &error));
    ck_assert(catalog_partition_is_marked(fixture->catalog, &mark, 3600, &is_marked, NULL));
    ck_assert(!is_marked);
    ck_assert(catalog_partition_is_marked(fixture->catalog, &mark, 0, &is_marked, NULL));
    ck_assert(is_marked);
    ck_assert(catalog_partition_mark(fixture->catalog, &mark, 3600, &error));
    ck_assert(catalog_partition_is_marked(fixture->catalog, &mark, 3600, &is_marked, NULL));
    ck_assert(is_marked);
    ck_assert(catalog_table_drop(fixture->catalog, NULL, "sales", "parted", &drop, &error));
    ck_assert(store_partition_mark_find(fixture->store, &old, 0, &is_marked, NULL));
    ck_assert(!is_marked);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("objects");
    TCase *tests = tcase_create("objects");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_type_keeps_the_absence_of_its_fields);
    tcase_add_test(tests, keys_and_tokens_past_their_bounds_are_refused);
    tcase_add_test(tests, a_mark_counts_until_it_expires_and_goes_with_its_table);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
