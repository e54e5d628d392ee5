/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: what a client sends reaches the catalog with every member, and what is missing or broken is
 * told instead of crashing. Method: generated objects in, records out. */
#include <check.h>

#include "doors/thrift/decode.h"
#include "skep/error.h"
#include "support/test_suite.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsTable, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsDatabase, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsPartition, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsPartitionSpec, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsLockRequest, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsEnvironmentContext, g_object_unref)

static void
assert_fact(GError *error, SkepError fact)
{
    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq((int)skep_error_fact(error), (int)fact);
}

static void
map_put(GHashTable *map, const char *key, const char *value)
{
    g_hash_table_replace(map, g_strdup(key), g_strdup(value));
}

static void
list_put(GPtrArray *list, const char *text)
{
    g_ptr_array_add(list, g_strdup(text));
}

static void
columns_put(GPtrArray *columns, const char *name, const char *type, const char *comment)
{
    HmsFieldSchema *field = g_object_new(HMS_TYPE_FIELD_SCHEMA, NULL);
    field->name = g_strdup(name);
    field->type = g_strdup(type);
    field->comment = g_strdup(comment);
    g_ptr_array_add(columns, field);
}

static HmsTable *
table_make(void)
{
    HmsTable *table = g_object_new(HMS_TYPE_TABLE, NULL);
    table->tableName = g_strdup("Orders");
    table->dbName = g_strdup("Sales");
    columns_put(table->sd->cols, "id", "bigint", "the key");
    table->sd->__isset_cols = TRUE;
    table->sd->__isset_serdeInfo = TRUE;
    table->__isset_sd = TRUE;
    return table;
}

/* --- names --- */

static void
assert_name(const char *text, const char *catalog, const char *database)
{
    g_auto(ThriftName) name = {NULL};
    thrift_decode_database_pattern(text, NULL, &name);
    ck_assert_pstr_eq(name.catalog, catalog);
    ck_assert_pstr_eq(name.database, database);
}

START_TEST(a_name_may_carry_its_catalog)
{
    assert_name("sales", NULL, "sales");
    assert_name("@hive#sales", "hive", "sales");
    assert_name("@hive#", "hive", NULL);
    assert_name("@hive#!", "hive", "");
    assert_name("@hive", NULL, "@hive");
    assert_name("@#sales", NULL, "sales");
    assert_name("a#b", NULL, "a#b");
    assert_name("", NULL, "");
    assert_name(NULL, NULL, NULL);
}
END_TEST

START_TEST(a_catalog_in_the_name_wins_over_that_of_the_request)
{
    g_auto(ThriftName) name = {NULL};
    ck_assert(thrift_decode_table_name("@other#db", "hive", "t", &name, NULL));
    ck_assert_str_eq(name.catalog, "other");
    ck_assert_str_eq(name.table, "t");
    g_auto(ThriftName) plain = {NULL};
    ck_assert(thrift_decode_table_name("db", "cat", "t", &plain, NULL));
    ck_assert_str_eq(plain.catalog, "cat");
}
END_TEST

START_TEST(a_missing_or_nested_name_is_told)
{
    const char *const broken[] = {NULL, "@hive#",
                                  "a\x1f"
                                  "b"};
    for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(GError) error = NULL;
        g_auto(ThriftName) name = {NULL};
        ck_assert(!thrift_decode_database_name(broken[i], NULL, &name, &error));
        assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
        ck_assert_ptr_null(name.database);
    }
    g_autoptr(GError) error = NULL;
    g_auto(ThriftName) name = {NULL};
    ck_assert(!thrift_decode_table_name("db", NULL, NULL, &name, &error));
    assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

/* --- contexts --- */

START_TEST(a_context_gives_its_known_keys)
{
    g_autoptr(HmsEnvironmentContext) context = g_object_new(HMS_TYPE_ENVIRONMENT_CONTEXT, NULL);
    map_put(context->properties, "DO_NOT_UPDATE_STATS", "true");
    map_put(context->properties, "CASCADE", "TRUE");
    map_put(context->properties, "ifPurge", "yes");
    map_put(context->properties, "allow_partition_key_change", "true");
    map_put(context->properties, "expected_parameter_key", "metadata_location");
    map_put(context->properties, "expected_parameter_value", "file:/a");
    map_put(context->properties, "alterTableOpType", "ADDCOLS");
    ThriftContext out;
    thrift_decode_context(context, &out);
    ck_assert(out.do_not_update_stats && out.cascade && out.allow_partition_key_change);
    ck_assert(!out.if_purge);
    ck_assert_str_eq(out.expected_key, "metadata_location");
    ck_assert_str_eq(out.expected_value, "file:/a");
    thrift_decode_context(NULL, &out);
    ck_assert(!out.cascade && out.expected_key == NULL);
}
END_TEST

/* --- databases --- */

START_TEST(a_database_keeps_every_member)
{
    g_autoptr(HmsDatabase) database = g_object_new(HMS_TYPE_DATABASE, NULL);
    database->name = g_strdup("Sales");
    database->description = g_strdup("what we sell");
    database->locationUri = g_strdup("");
    database->managedLocationUri = g_strdup("file:/m");
    database->ownerName = g_strdup("ann");
    database->ownerType = HMS_PRINCIPAL_TYPE_ROLE;
    database->__isset_ownerType = TRUE;
    map_put(database->parameters, "k", "v");
    map_put(database->parameters, "empty", NULL);
    g_autoptr(CatalogNamespace) out = thrift_decode_database(database, NULL);
    ck_assert_ptr_nonnull(out);
    ck_assert_str_eq(out->name, "Sales");
    ck_assert_str_eq(out->description, "what we sell");
    ck_assert_ptr_null(out->location);
    ck_assert_str_eq(out->managed_location, "file:/m");
    ck_assert_str_eq(out->owner_name, "ann");
    ck_assert_int_eq(out->owner_type, 2);
    ck_assert_str_eq(catalog_map_get(out->properties, "k"), "v");
    ck_assert_str_eq(catalog_map_get(out->properties, "empty"), "");
}
END_TEST

START_TEST(a_database_without_a_name_or_of_a_connector_is_refused)
{
    g_autoptr(HmsDatabase) database = g_object_new(HMS_TYPE_DATABASE, NULL);
    g_autoptr(GError) nameless = NULL;
    ck_assert_ptr_null(thrift_decode_database(database, &nameless));
    assert_fact(nameless, SKEP_ERROR_INVALID_ARGUMENT);
    database->name = g_strdup("far");
    database->type = HMS_DATABASE_TYPE_REMOTE;
    database->__isset_type = TRUE;
    g_autoptr(GError) remote = NULL;
    ck_assert_ptr_null(thrift_decode_database(database, &remote));
    assert_fact(remote, SKEP_ERROR_UNSUPPORTED);
}
END_TEST

/* --- tables --- */

START_TEST(a_table_keeps_every_member)
{
    g_autoptr(HmsTable) table = table_make();
    table->owner = g_strdup("ann");
    table->createTime = 7;
    table->lastAccessTime = 8;
    table->retention = 9;
    table->tableType = g_strdup("EXTERNAL_TABLE");
    table->viewOriginalText = g_strdup("select 1");
    table->viewExpandedText = g_strdup("select 1 as one");
    table->ownerType = HMS_PRINCIPAL_TYPE_GROUP;
    table->__isset_ownerType = TRUE;
    table->rewriteEnabled = table->__isset_rewriteEnabled = TRUE;
    table->catName = g_strdup("hive");
    map_put(table->parameters, "EXTERNAL", "TRUE");
    columns_put(table->partitionKeys, "ds", "string", NULL);
    table->sd->location = g_strdup("file:/w/orders");
    g_autoptr(CatalogTable) out = thrift_decode_table(table, NULL);
    ck_assert_ptr_nonnull(out);
    ck_assert_str_eq(out->catalog, "hive");
    ck_assert_str_eq(out->namespace_name, "Sales");
    ck_assert_str_eq(out->name, "Orders");
    ck_assert_str_eq(out->owner_name, "ann");
    ck_assert_int_eq(out->owner_type, 3);
    ck_assert_int_eq(out->create_time_s, 7);
    ck_assert_int_eq(out->last_access_time_s, 8);
    ck_assert_int_eq(out->retention_s, 9);
    ck_assert_str_eq(out->hms_type, "EXTERNAL_TABLE");
    ck_assert_str_eq(out->view_original_text, "select 1");
    ck_assert_str_eq(out->view_expanded_text, "select 1 as one");
    ck_assert(out->rewrite_enabled);
    ck_assert_str_eq(out->location, "file:/w/orders");
    ck_assert_str_eq(catalog_map_get(out->parameters, "EXTERNAL"), "TRUE");
    const CatalogColumn *key = g_ptr_array_index(out->partition_keys, 0);
    ck_assert_str_eq(key->name, "ds");
    ck_assert_ptr_null(key->comment);
}
END_TEST

static void
skew_fill(HmsStorageDescriptor *descriptor)
{
    list_put(descriptor->skewedInfo->skewedColNames, "id");
    GPtrArray *values = g_ptr_array_new_with_free_func(g_free);
    list_put(values, "1");
    g_ptr_array_add(descriptor->skewedInfo->skewedColValues, values);
    GPtrArray *key = g_ptr_array_new_with_free_func(g_free);
    list_put(key, "1");
    g_hash_table_insert(descriptor->skewedInfo->skewedColValueLocationMaps, key,
                        g_strdup("file:/skew"));
    descriptor->__isset_skewedInfo = TRUE;
}

START_TEST(a_storage_descriptor_keeps_every_member)
{
    g_autoptr(HmsTable) table = table_make();
    HmsStorageDescriptor *descriptor = table->sd;
    descriptor->inputFormat = g_strdup("in");
    descriptor->outputFormat = g_strdup("out");
    descriptor->compressed = TRUE;
    descriptor->numBuckets = 4;
    descriptor->serdeInfo->serializationLib = g_strdup("lib");
    descriptor->serdeInfo->serdeType = HMS_SERDE_TYPE_SCHEMA_REGISTRY;
    descriptor->serdeInfo->__isset_serdeType = TRUE;
    map_put(descriptor->serdeInfo->parameters, "field.delim", ",");
    descriptor->__isset_serdeInfo = TRUE;
    list_put(descriptor->bucketCols, "id");
    HmsOrder *order = g_object_new(HMS_TYPE_ORDER, NULL);
    order->col = g_strdup("id");
    order->order = 1;
    g_ptr_array_add(descriptor->sortCols, order);
    map_put(descriptor->parameters, "p", "q");
    skew_fill(descriptor);
    g_autoptr(CatalogStorage) out = thrift_decode_storage(descriptor, NULL);
    ck_assert_ptr_nonnull(out);
    const CatalogColumn *column = g_ptr_array_index(out->columns, 0);
    ck_assert_str_eq(column->comment, "the key");
    ck_assert_str_eq(out->input_format, "in");
    ck_assert_str_eq(out->output_format, "out");
    ck_assert(out->compressed);
    ck_assert_int_eq(out->bucket_count, 4);
    ck_assert_str_eq(out->serde_library, "lib");
    ck_assert_ptr_null(out->serde_name);
    ck_assert_int_eq(out->serde_type, 2);
    ck_assert_str_eq(catalog_map_get(out->serde_parameters, "field.delim"), ",");
    ck_assert_str_eq(g_ptr_array_index(out->bucket_columns, 0), "id");
    const CatalogSortColumn *sort = g_ptr_array_index(out->sort_columns, 0);
    ck_assert_int_eq(sort->order, 1);
    const GPtrArray *pair = g_ptr_array_index(out->skewed_locations, 0);
    ck_assert_uint_eq(pair->len, 2);
    ck_assert_str_eq(g_ptr_array_index(pair, 1), "file:/skew");
}
END_TEST

START_TEST(a_table_that_lacks_a_part_is_told_and_not_read)
{
    g_autoptr(HmsTable) bare = g_object_new(HMS_TYPE_TABLE, NULL);
    g_autoptr(GError) nameless = NULL;
    ck_assert_ptr_null(thrift_decode_table(bare, &nameless));
    assert_fact(nameless, SKEP_ERROR_INVALID_ARGUMENT);
    g_autoptr(HmsTable) storageless = table_make();
    storageless->__isset_sd = FALSE;
    g_autoptr(GError) no_storage = NULL;
    ck_assert_ptr_null(thrift_decode_table(storageless, &no_storage));
    assert_fact(no_storage, SKEP_ERROR_INVALID_ARGUMENT);
    g_autoptr(HmsTable) typeless = table_make();
    columns_put(typeless->sd->cols, "x", NULL, NULL);
    g_autoptr(GError) no_type = NULL;
    ck_assert_ptr_null(thrift_decode_table(typeless, &no_type));
    assert_fact(no_type, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(an_unknown_number_of_an_enumeration_counts_as_absent)
{
    g_autoptr(HmsTable) table = table_make();
    table->ownerType = (HmsPrincipalType)77;
    table->__isset_ownerType = TRUE;
    table->sd->serdeInfo->serdeType = (HmsSerdeType)77;
    table->sd->serdeInfo->__isset_serdeType = TRUE;
    table->sd->__isset_serdeInfo = TRUE;
    g_autoptr(CatalogTable) out = thrift_decode_table(table, NULL);
    ck_assert_int_eq(out->owner_type, HMS_PRINCIPAL_TYPE_USER);
    ck_assert_int_eq(out->storage->serde_type, 0);
}
END_TEST

/* --- partitions --- */

static HmsPartition *
partition_make(const char *value, const char *table)
{
    HmsPartition *partition = g_object_new(HMS_TYPE_PARTITION, NULL);
    list_put(partition->values, value);
    partition->dbName = g_strdup("sales");
    partition->tableName = g_strdup(table);
    return partition;
}

START_TEST(a_partition_without_storage_means_that_of_the_table)
{
    g_autoptr(HmsPartition) partition = partition_make("2024-01-01", "orders");
    list_put(partition->values, NULL);
    map_put(partition->parameters, "numRows", "3");
    g_autoptr(CatalogPartition) out = thrift_decode_partition(partition, NULL);
    ck_assert_ptr_null(out->storage);
    ck_assert_ptr_null(out->location);
    ck_assert_str_eq(out->values[0], "2024-01-01");
    ck_assert_str_eq(out->values[1], "");
    ck_assert_str_eq(catalog_map_get(out->parameters, "numRows"), "3");
}
END_TEST

START_TEST(partitions_of_two_tables_in_one_call_are_refused)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_object_unref);
    g_ptr_array_add(list, partition_make("1", "orders"));
    g_ptr_array_add(list, partition_make("2", "ORDERS"));
    const HmsPartition *first = g_ptr_array_index(list, 0);
    g_auto(ThriftName) name = {NULL};
    g_autoptr(GError) other_case = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert(
        thrift_decode_table_name(first->dbName, first->catName, first->tableName, &name, NULL));
    ck_assert(thrift_partitions_check_table(list, &name, FALSE, NULL));
    ck_assert(!thrift_partitions_check_table(list, &name, TRUE, &other_case));
    assert_fact(other_case, SKEP_ERROR_INVALID_ARGUMENT);
    g_ptr_array_add(list, partition_make("3", "others"));
    ck_assert(!thrift_partitions_check_table(list, &name, FALSE, &error));
    assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(a_shared_spec_gives_each_partition_its_own_place)
{
    g_autoptr(HmsPartitionSpec) spec = g_object_new(HMS_TYPE_PARTITION_SPEC, NULL);
    spec->dbName = g_strdup("sales");
    spec->tableName = g_strdup("orders");
    spec->rootPath = g_strdup("file:/w/orders");
    spec->__isset_sharedSDPartitionSpec = TRUE;
    HmsPartitionSpecWithSharedSD *shared = spec->sharedSDPartitionSpec;
    columns_put(shared->sd->cols, "id", "int", NULL);
    shared->__isset_sd = TRUE;
    shared->sd->__isset_serdeInfo = TRUE;
    const char *const paths[] = {"/ds=1", "ds=2"};
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        HmsPartitionWithoutSD *own = g_object_new(HMS_TYPE_PARTITION_WITHOUT_S_D, NULL);
        own->relativePath = g_strdup(paths[i]);
        list_put(own->values, "x");
        g_ptr_array_add(shared->partitions, own);
    }
    g_autoptr(GPtrArray) specs = g_ptr_array_new();
    g_ptr_array_add(specs, spec);
    g_auto(ThriftName) name = {NULL};
    g_autoptr(GPtrArray) out = thrift_decode_partition_specs(specs, &name, NULL);
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(out->len, 2);
    const CatalogPartition *first = g_ptr_array_index(out, 0);
    const CatalogPartition *second = g_ptr_array_index(out, 1);
    ck_assert_str_eq(first->location, "file:/w/orders/ds=1");
    ck_assert_str_eq(second->location, "file:/w/orders/ds=2");
    ck_assert_ptr_eq(first->storage, second->storage);
    ck_assert_str_eq(name.table, "orders");
}
END_TEST

/* --- locks --- */

static HmsLockRequest *
lock_make(gint type, gint level, const char *database)
{
    HmsLockRequest *request = g_object_new(HMS_TYPE_LOCK_REQUEST, NULL);
    request->user = g_strdup("ann");
    request->hostname = g_strdup("vm");
    g_free(request->agentInfo);
    request->agentInfo = g_strdup("Iceberg-1");
    HmsLockComponent *component = g_object_new(HMS_TYPE_LOCK_COMPONENT, NULL);
    component->type = (HmsLockType)type;
    component->level = (HmsLockLevel)level;
    component->dbname = g_strdup(database);
    component->tablename = g_strdup("t");
    g_ptr_array_add(request->component, component);
    return request;
}

START_TEST(a_lock_request_keeps_every_member)
{
    g_autoptr(HmsLockRequest) request = lock_make(3, 2, "@hive#db");
    g_autofree char *catalog = NULL;
    g_autoptr(CatalogLockRequest) out = thrift_decode_lock_request(request, &catalog, NULL);
    ck_assert_ptr_nonnull(out);
    ck_assert_str_eq(catalog, "hive");
    ck_assert_str_eq(out->user, "ann");
    ck_assert_str_eq(out->host, "vm");
    ck_assert_str_eq(out->agent_info, "Iceberg-1");
    const CatalogLockComponent *component = g_ptr_array_index(out->components, 0);
    ck_assert_int_eq((int)component->type, CATALOG_LOCK_EXCLUSIVE);
    ck_assert_int_eq(component->level, 2);
    ck_assert_str_eq(component->namespace_name, "db");
    ck_assert_str_eq(component->table_name, "t");
    ck_assert_int_eq(component->operation_type, HMS_DATA_OPERATION_TYPE_UNSET);
}
END_TEST

START_TEST(a_lock_of_an_unknown_kind_is_refused)
{
    const gint broken[][2] = {
        {0, 2},
        {5, 2},
        {3, 0},
        {3, 9}
    };
    for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(HmsLockRequest) request = lock_make(broken[i][0], broken[i][1], "db");
        g_autofree char *catalog = NULL;
        g_autoptr(GError) error = NULL;
        ck_assert_ptr_null(thrift_decode_lock_request(request, &catalog, &error));
        assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("thrift decode");
    TCase *tcase = tcase_create("decode");
    tcase_add_test(tcase, a_name_may_carry_its_catalog);
    tcase_add_test(tcase, a_catalog_in_the_name_wins_over_that_of_the_request);
    tcase_add_test(tcase, a_missing_or_nested_name_is_told);
    tcase_add_test(tcase, a_context_gives_its_known_keys);
    tcase_add_test(tcase, a_database_keeps_every_member);
    tcase_add_test(tcase, a_database_without_a_name_or_of_a_connector_is_refused);
    tcase_add_test(tcase, a_table_keeps_every_member);
    tcase_add_test(tcase, a_storage_descriptor_keeps_every_member);
    tcase_add_test(tcase, a_table_that_lacks_a_part_is_told_and_not_read);
    tcase_add_test(tcase, an_unknown_number_of_an_enumeration_counts_as_absent);
    tcase_add_test(tcase, a_partition_without_storage_means_that_of_the_table);
    tcase_add_test(tcase, partitions_of_two_tables_in_one_call_are_refused);
    tcase_add_test(tcase, a_shared_spec_gives_each_partition_its_own_place);
    tcase_add_test(tcase, a_lock_request_keeps_every_member);
    tcase_add_test(tcase, a_lock_of_an_unknown_kind_is_refused);
    suite_add_tcase(suite, tcase);
    return test_run_suite(suite);
}
