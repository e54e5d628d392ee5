/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a record comes out as Hive would send it, and comes back the same when it is decoded again.
 * Method: records in; what is written is read with the generated types and compared member by
 * member, or decoded again. */
#include <check.h>

#include <hms_partition_types.h>

#include "doors/thrift/decode.h"
#include "doors/thrift/encode.h"
#include "doors/thrift/protocol.h"
#include "doors/thrift/put.h"
#include "support/test_suite.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsTable, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsDatabase, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsPartition, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsTableMeta, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsShowLocksResponseElement, g_object_unref)

/* --- writing, and reading what was written --- */

static FlatTransport *flat;
static FlatProtocol *protocol;
static guint8 *written;

static void
set_up(void)
{
    WireLimits limits;
    wire_limits_init(&limits);
    flat = flat_transport_new(FLAT_TRANSPORT_WRITE_MAX);
    protocol = flat_protocol_new(flat, &limits);
}

static void
tear_down(void)
{
    g_clear_pointer(&written, g_free);
    g_object_unref(protocol);
    g_object_unref(flat);
}

/* The next struct of what was written, as an object. */
static gpointer
read_struct(GType type)
{
    gpointer object = g_object_new(type, NULL);
    ck_assert_int_ge(thrift_struct_read(THRIFT_STRUCT(object), THRIFT_PROTOCOL(protocol), NULL), 0);
    ck_assert_ptr_null(flat_protocol_failure(protocol));
    return object;
}

static void
turn_round(void)
{
    gsize length = 0;
    g_free(written);
    written = flat_transport_steal_output(flat, &length);
    flat_transport_set_input(flat, written, length);
}

static HmsTable *
table_encode(const CatalogTable *table)
{
    ck_assert(thrift_encode_table(THRIFT_PROTOCOL(protocol), table, NULL));
    turn_round();
    return read_struct(HMS_TYPE_TABLE);
}

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
    g_autoptr(HmsTable) out = table_encode(table);
    ck_assert(out->__isset_catName && out->__isset_id && out->__isset_ownerType);
    ck_assert_int_eq((int)out->ownerType, HMS_PRINCIPAL_TYPE_USER);
    ck_assert_int_eq(out->id, G_MAXINT64);
    ck_assert(!out->__isset_temporary); /* as with Hive: its client compares what is set */
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
    g_autoptr(HmsTable) out = table_encode(table);
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
    ck_assert(
        thrift_encode_storage_head(THRIFT_PROTOCOL(protocol), storage, THRIFT_STORAGE_ALL, NULL));
    ck_assert(thrift_encode_storage_tail(THRIFT_PROTOCOL(protocol), "file:/w", NULL));
    turn_round();
    HmsStorageDescriptor *out = read_struct(HMS_TYPE_STORAGE_DESCRIPTOR);
    ck_assert_str_eq(out->location, "file:/w");
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
    g_autoptr(HmsTable) out = table_encode(view);
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

START_TEST(partitions_of_one_storage_differ_only_in_what_is_their_own)
{
    g_autoptr(CatalogStorage) storage = storage_make();
    g_autoptr(CatalogStorage) other = storage_make();
    g_free(other->input_format);
    other->input_format = g_strdup("other");
    const char *const values[] = {"1", "2", "3"};
    g_auto(ThriftPartitionEncoder) encoder = {NULL};
    thrift_partition_encoder_set_table(&encoder, NULL, "Sales", "ORDERS");
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(CatalogPartition) partition = partition_make(i < 2 ? storage : other, values[i]);
        ck_assert(thrift_encode_partition(&encoder, THRIFT_PROTOCOL(protocol), partition, NULL));
    }
    turn_round();
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(HmsPartition) out = read_struct(HMS_TYPE_PARTITION);
        g_autofree char *location = g_strconcat("file:/w/orders/ds=", values[i], NULL);
        ck_assert_str_eq(out->sd->location, location);
        ck_assert_str_eq(out->sd->inputFormat, i < 2 ? "in" : "other");
        ck_assert_str_eq(g_hash_table_lookup(out->sd->parameters, "p"), "q");
        ck_assert_str_eq(g_ptr_array_index(out->values, 0), values[i]);
        ck_assert_str_eq(out->dbName, "sales");
        ck_assert_str_eq(out->tableName, "orders");
        ck_assert_str_eq(out->catName, "hive");
    }
    ck_assert_uint_eq(flat->read_cursor, flat->read_length);
}
END_TEST

START_TEST(columns_of_the_table_come_before_those_of_the_keys)
{
    g_autoptr(CatalogTable) table = table_make();
    ck_assert(thrift_put_field(THRIFT_PROTOCOL(protocol), T_LIST, 1, NULL));
    ck_assert(thrift_encode_columns(THRIFT_PROTOCOL(protocol), table->storage->columns,
                                    table->partition_keys, NULL));
    ck_assert(thrift_put_stop(THRIFT_PROTOCOL(protocol), NULL));
    turn_round();
    HmsGetSchemaResponse *out = read_struct(HMS_TYPE_GET_SCHEMA_RESPONSE);
    ck_assert_uint_eq(out->fields->len, 3);
    const HmsFieldSchema *last = g_ptr_array_index(out->fields, 2);
    ck_assert_str_eq(last->name, "ds");
    g_object_unref(out);
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
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_table_has_what_hive_sets_and_lacks_what_it_leaves_out);
    tcase_add_test(tcase, a_table_survives_both_ways);
    tcase_add_test(tcase, skewed_values_survive_both_ways);
    tcase_add_test(tcase, a_view_without_storage_still_has_a_descriptor);
    tcase_add_test(tcase, a_database_is_native_and_names_its_catalog);
    tcase_add_test(tcase, a_short_description_takes_its_comment_from_the_parameters);
    tcase_add_test(tcase, partitions_of_one_storage_differ_only_in_what_is_their_own);
    tcase_add_test(tcase, columns_of_the_table_come_before_those_of_the_keys);
    tcase_add_test(tcase, a_waiting_lock_tells_whom_it_waits_for);
    suite_add_tcase(suite, tcase);
    return test_run_suite(suite);
}
