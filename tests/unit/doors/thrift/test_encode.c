/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a record comes out as Hive would send it, and comes back the same when it is decoded again.
 * Method: records in, generated objects out, compared member by member or decoded again. */
#include <check.h>
#include <stdlib.h>

#include "doors/thrift/decode.h"
#include "doors/thrift/encode.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsTable, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsDatabase, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsPartition, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsTableMeta, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsShowLocksResponseElement, g_object_unref)

static CatalogStorage *
storage_make(void)
{
    CatalogStorage *storage = catalog_storage_new();
    g_ptr_array_add(storage->columns, catalog_column_new("id", "bigint", NULL));
    g_ptr_array_add(storage->columns, catalog_column_new("v", "string", "a value"));
    storage->input_format = g_strdup("in");
    storage->output_format = g_strdup("out");
    storage->serde_library = g_strdup("lib");
    catalog_map_set(storage->serde_parameters, "field.delim", ",");
    catalog_map_set(storage->parameters, "p", "q");
    g_ptr_array_add(storage->bucket_columns, g_strdup("id"));
    g_ptr_array_add(storage->sort_columns, catalog_sort_column_new("id", 1));
    return storage;
}

static CatalogTable *
table_make(void)
{
    CatalogTable *table = catalog_table_new();
    table->id = G_MAXINT64;
    table->catalog = g_strdup("hive");
    table->namespace_name = g_strdup("sales");
    table->name = g_strdup("orders");
    table->hms_type = g_strdup("EXTERNAL_TABLE");
    table->create_time_s = 5;
    catalog_storage_unref(table->storage);
    table->storage = storage_make();
    table->location = g_strdup("file:/w/orders");
    catalog_map_set(table->parameters, "EXTERNAL", "TRUE");
    g_ptr_array_add(table->partition_keys, catalog_column_new("ds", "string", NULL));
    return table;
}

START_TEST(a_table_has_what_hive_sets_and_lacks_what_it_leaves_out)
{
    g_autoptr(CatalogTable) table = table_make();
    g_autoptr(HmsTable) out = thrift_encode_table(table);
    ck_assert(out->__isset_catName && out->__isset_id && out->__isset_ownerType);
    ck_assert_int_eq((int)out->ownerType, HMS_PRINCIPAL_TYPE_USER);
    ck_assert_int_eq(out->id, G_MAXINT64);
    ck_assert(out->__isset_temporary && !out->temporary);
    ck_assert(out->__isset_rewriteEnabled && !out->rewriteEnabled);
    ck_assert(out->__isset_writeId && out->writeId == 0);
    ck_assert(out->sd->__isset_skewedInfo && out->sd->__isset_storedAsSubDirectories);
    ck_assert_ptr_null(out->owner);
    ck_assert(!out->__isset_privileges && !out->__isset_colStats && !out->__isset_accessType);
    ck_assert(!out->__isset_creationMetadata);
    const HmsFieldSchema *column = g_ptr_array_index(out->sd->cols, 0);
    ck_assert_ptr_null(column->comment);
}
END_TEST

START_TEST(a_table_survives_both_ways)
{
    g_autoptr(CatalogTable) table = table_make();
    g_autoptr(HmsTable) out = thrift_encode_table(table);
    g_autoptr(CatalogTable) back = thrift_decode_table(out, NULL);
    ck_assert_ptr_nonnull(back);
    ck_assert_str_eq(back->location, table->location);
    ck_assert(catalog_map_equal(back->parameters, table->parameters));
    ck_assert(catalog_map_equal(back->storage->serde_parameters, table->storage->serde_parameters));
    ck_assert(catalog_map_equal(back->storage->parameters, table->storage->parameters));
    ck_assert_uint_eq(back->storage->columns->len, 2);
    const CatalogColumn *column = g_ptr_array_index(back->storage->columns, 1);
    ck_assert_str_eq(column->comment, "a value");
    ck_assert_uint_eq(back->partition_keys->len, 1);
}
END_TEST

START_TEST(skewed_values_survive_both_ways)
{
    g_autoptr(CatalogStorage) storage = storage_make();
    g_ptr_array_add(storage->skewed_columns, g_strdup("id"));
    GPtrArray *values = catalog_strings_new();
    g_ptr_array_add(values, g_strdup("1"));
    g_ptr_array_add(storage->skewed_values, values);
    GPtrArray *pair = catalog_strings_new();
    g_ptr_array_add(pair, g_strdup("1"));
    g_ptr_array_add(pair, g_strdup("file:/skew"));
    g_ptr_array_add(storage->skewed_locations, pair);
    HmsStorageDescriptor *out = thrift_encode_storage(storage, "file:/w");
    g_autoptr(CatalogStorage) back = thrift_decode_storage(out, NULL);
    ck_assert_uint_eq(back->skewed_values->len, 1);
    const GPtrArray *located = g_ptr_array_index(back->skewed_locations, 0);
    ck_assert_uint_eq(located->len, 2);
    ck_assert_str_eq(g_ptr_array_index(located, 1), "file:/skew");
    g_object_unref(out);
}
END_TEST

START_TEST(a_view_without_storage_still_has_a_descriptor)
{
    g_autoptr(CatalogTable) view = table_make();
    g_clear_pointer(&view->storage, catalog_storage_unref);
    g_clear_pointer(&view->location, g_free);
    g_autoptr(HmsTable) out = thrift_encode_table(view);
    ck_assert(out->__isset_sd);
    ck_assert_uint_eq(out->sd->cols->len, 0);
    ck_assert_ptr_null(out->sd->location);
}
END_TEST

START_TEST(a_database_is_native_and_names_its_catalog)
{
    g_autoptr(CatalogNamespace) namespace_ = catalog_namespace_new();
    namespace_->catalog = g_strdup("hive");
    namespace_->name = g_strdup("sales");
    namespace_->location = g_strdup("file:/w/sales.db");
    g_autoptr(HmsDatabase) out = thrift_encode_database(namespace_);
    ck_assert_str_eq(out->catalogName, "hive");
    ck_assert(out->__isset_type && out->type == HMS_DATABASE_TYPE_NATIVE);
    ck_assert(!out->__isset_ownerType && !out->__isset_managedLocationUri);
    ck_assert(out->__isset_parameters && !out->__isset_privileges);
}
END_TEST

START_TEST(a_short_description_takes_its_comment_from_the_parameters)
{
    g_autoptr(CatalogTable) table = table_make();
    catalog_map_set(table->parameters, "comment", "what we sold");
    g_autoptr(HmsTableMeta) out = thrift_encode_table_meta(table, "hive");
    ck_assert_str_eq(out->comments, "what we sold");
    ck_assert_str_eq(out->tableType, "EXTERNAL_TABLE");
}
END_TEST

static CatalogPartition *
partition_make(CatalogStorage *storage, const char *value)
{
    CatalogPartition *partition = catalog_partition_new();
    const char *const values[] = {value, NULL};
    g_strfreev(partition->values);
    partition->values = g_strdupv((GStrv)values);
    catalog_storage_unref(partition->storage);
    partition->storage = catalog_storage_ref(storage);
    partition->location = g_strconcat("file:/w/orders/ds=", value, NULL);
    return partition;
}

START_TEST(partitions_share_what_is_equal_and_outlive_one_another)
{
    g_autoptr(CatalogStorage) storage = storage_make();
    g_autoptr(CatalogPartition) one = partition_make(storage, "1");
    g_autoptr(CatalogPartition) two = partition_make(storage, "2");
    g_autoptr(ThriftPartitionEncoder) encoder =
        thrift_partition_encoder_new("hive", "sales", "orders");
    HmsPartition *first = thrift_partition_encoder_next(encoder, one);
    g_autoptr(HmsPartition) second = thrift_partition_encoder_next(encoder, two);
    ck_assert_ptr_eq(first->sd->cols, second->sd->cols);
    ck_assert_ptr_eq(first->sd->serdeInfo, second->sd->serdeInfo);
    ck_assert_str_ne(first->sd->location, second->sd->location);
    g_object_unref(first);
    ck_assert_str_eq(g_hash_table_lookup(second->sd->parameters, "p"), "q");
    ck_assert_str_eq(g_hash_table_lookup(second->sd->serdeInfo->parameters, "field.delim"), ",");
    ck_assert_str_eq(g_ptr_array_index(second->values, 0), "2");
}
END_TEST

START_TEST(a_waiting_lock_tells_whom_it_waits_for)
{
    g_autoptr(CatalogLockInfo) info = catalog_lock_info_new();
    info->lock_id = 7;
    info->ordinal = 1;
    info->component.namespace_name = g_strdup("db");
    info->component.type = CATALOG_LOCK_EXCLUSIVE;
    info->state = CATALOG_LOCK_WAITING;
    info->blocked_by_lock_id = 6;
    info->blocked_by_ordinal = 1;
    g_autoptr(HmsShowLocksResponseElement) out = thrift_encode_lock_info(info);
    ck_assert_int_eq(out->lockid, 7);
    ck_assert(out->__isset_blockedByExtId && out->blockedByExtId == 6);
    ck_assert(!out->__isset_acquiredat && !out->__isset_tablename && !out->__isset_txnid);
    ck_assert_str_eq(out->user, "");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("thrift encode");
    TCase *tcase = tcase_create("encode");
    tcase_add_test(tcase, a_table_has_what_hive_sets_and_lacks_what_it_leaves_out);
    tcase_add_test(tcase, a_table_survives_both_ways);
    tcase_add_test(tcase, skewed_values_survive_both_ways);
    tcase_add_test(tcase, a_view_without_storage_still_has_a_descriptor);
    tcase_add_test(tcase, a_database_is_native_and_names_its_catalog);
    tcase_add_test(tcase, a_short_description_takes_its_comment_from_the_parameters);
    tcase_add_test(tcase, partitions_share_what_is_equal_and_outlive_one_another);
    tcase_add_test(tcase, a_waiting_lock_tells_whom_it_waits_for);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
