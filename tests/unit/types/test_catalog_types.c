/* SPDX-License-Identifier: Apache-2.0 */
/* The records of all layers: copies are whole and apart, and freeing nothing is allowed. */
#include <check.h>

#include "skep/catalog_types.h"
#include "support/test_suite.h"

static CatalogStorage *
full_storage(void)
{
    CatalogStorage *storage = catalog_storage_new();
    GPtrArray *combination = catalog_strings_new();

    g_ptr_array_add(storage->columns, catalog_column_new("a", "int", "first"));
    g_ptr_array_add(storage->bucket_columns, g_strdup("a"));
    g_ptr_array_add(storage->sort_columns, catalog_sort_column_new("a", 1));
    g_ptr_array_add(combination, g_strdup("x"));
    g_ptr_array_add(storage->skewed_values, combination);
    catalog_map_set(storage->serde_parameters, "k", "v");
    storage->input_format = g_strdup("in");
    storage->bucket_count = 7;
    return storage;
}

START_TEST(a_copied_storage_is_equal_and_apart)
{
    g_autoptr(CatalogStorage) storage = full_storage();
    g_autoptr(CatalogStorage) copy = catalog_storage_copy(storage);
    const CatalogColumn *column = copy->columns->pdata[0];
    const GPtrArray *combination = copy->skewed_values->pdata[0];

    ck_assert_ptr_ne(storage->columns, copy->columns);
    ck_assert_str_eq(column->comment, "first");
    ck_assert_str_eq(combination->pdata[0], "x");
    ck_assert_int_eq(((CatalogSortColumn *)copy->sort_columns->pdata[0])->order, 1);
    ck_assert_int_eq(copy->bucket_count, 7);
    catalog_map_set(copy->serde_parameters, "k", "w");
    ck_assert_str_eq(catalog_map_get(storage->serde_parameters, "k"), "v");
}
END_TEST

START_TEST(a_copied_table_shares_its_storage_and_nothing_else)
{
    g_autoptr(CatalogTable) table = catalog_table_new();
    g_autoptr(CatalogTable) copy = NULL;

    table->name = g_strdup("t");
    table->storage = full_storage();
    table->id = 42;
    g_ptr_array_add(table->partition_keys, catalog_column_new("ds", "string", NULL));
    catalog_map_set(table->parameters, "k", "v");
    ck_assert(table->current_snapshot_id == -1);
    copy = catalog_table_copy(table);
    ck_assert_ptr_eq(copy->storage, table->storage);
    ck_assert_ptr_ne(copy->name, table->name);
    ck_assert_int_eq(copy->id, 42);
    catalog_map_set(copy->parameters, "k", "w");
    ck_assert_str_eq(catalog_map_get(table->parameters, "k"), "v");
    ck_assert_uint_eq(copy->partition_keys->len, 1);
}
END_TEST

START_TEST(maps_compare_by_what_is_in_them)
{
    g_autoptr(GHashTable) a = catalog_map_new();
    g_autoptr(GHashTable) b = catalog_map_new();

    ck_assert(catalog_map_equal(a, NULL));
    catalog_map_set(a, "k", "v");
    ck_assert(!catalog_map_equal(a, b));
    catalog_map_set(b, "k", "w");
    ck_assert(!catalog_map_equal(a, b));
    catalog_map_set(b, "k", "v");
    ck_assert(catalog_map_equal(a, b));
    ck_assert_ptr_null(catalog_map_get(NULL, "k"));
}
END_TEST

START_TEST(nothing_can_be_copied_and_freed)
{
    catalog_column_free(NULL);
    catalog_sort_column_free(NULL);
    catalog_storage_unref(NULL);
    catalog_info_free(NULL);
    catalog_namespace_free(NULL);
    catalog_table_free(NULL);
    catalog_partition_free(NULL);
    catalog_commit_record_free(NULL);
    catalog_lock_component_free(NULL);
    catalog_lock_request_free(NULL);
    catalog_lock_info_free(NULL);
    ck_assert_ptr_null(catalog_table_copy(NULL));
    ck_assert_ptr_null(catalog_namespace_copy(NULL));
    ck_assert_ptr_null(catalog_partition_copy(NULL));
    ck_assert_ptr_null(catalog_storage_copy(NULL));
    ck_assert_ptr_null(catalog_storage_ref(NULL));
}
END_TEST

START_TEST(records_without_a_snapshot_say_minus_one)
{
    g_autoptr(CatalogCommitRecord) record = catalog_commit_record_new();
    g_autoptr(CatalogPartition) partition = catalog_partition_new();
    g_autoptr(CatalogPartition) copy = catalog_partition_copy(partition);
    g_autoptr(CatalogNamespace) namespace_ = catalog_namespace_new();
    g_autoptr(CatalogNamespace) twin = catalog_namespace_copy(namespace_);
    g_autoptr(CatalogLockRequest) request = catalog_lock_request_new();
    g_autoptr(CatalogLockInfo) info = catalog_lock_info_new();

    g_ptr_array_add(request->components, catalog_lock_component_new());
    ck_assert(record->snapshot_id == -1 && record->parent_snapshot_id == -1);
    ck_assert_ptr_nonnull(copy->parameters);
    ck_assert_ptr_nonnull(twin->properties);
    ck_assert_int_eq(info->state, CATALOG_LOCK_WAITING);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("catalog types");
    TCase *tests = tcase_create("records");

    tcase_add_test(tests, a_copied_storage_is_equal_and_apart);
    tcase_add_test(tests, a_copied_table_shares_its_storage_and_nothing_else);
    tcase_add_test(tests, maps_compare_by_what_is_in_them);
    tcase_add_test(tests, nothing_can_be_copied_and_freed);
    tcase_add_test(tests, records_without_a_snapshot_say_minus_one);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
