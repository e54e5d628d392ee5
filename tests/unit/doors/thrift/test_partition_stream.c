/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a listing that is written row by row reads, at the client, like one that was built of
 * objects; and a failure half way is told. Method: a catalog of this test's own that plays back
 * partitions; the answer is read with the generated types. */
#include <check.h>
#include <string.h>

#include <hms_partition_listing_types.h>

#include "doors/thrift/partition_stream.h"
#include "doors/thrift/protocol.h"
#include "skep/error.h"
#include "support/test_suite.h"

typedef struct {
    guint partitions;
    gboolean fails_at_the_end;
} Play;

static Play play;
static ThriftReplyWriter reply_writer;
static gpointer reply_state;

/* --- what the stream asks of the catalog and of the dispatcher --- */

void
catalog_partition_query_init(CatalogPartitionQuery *query)
{
    *query = (CatalogPartitionQuery){.max = -1};
}

static CatalogPartition *
partition_make(CatalogStorage *storage, guint i)
{
    CatalogPartition *partition = catalog_partition_new();
    g_strfreev(partition->values);
    partition->values = g_new0(char *, 2);
    partition->values[0] = g_strdup_printf("%u", i);
    catalog_storage_unref(partition->storage);
    partition->storage = catalog_storage_ref(storage);
    partition->location = g_strdup_printf("file:/w/t/ds=%u", i);
    partition->create_time_s = (gint32)i;
    catalog_map_set(partition->parameters, "n", partition->values[0]);
    return partition;
}

gboolean
catalog_partition_scan(Catalog *catalog,
                       const char *catalog_name,
                       const char *namespace_name,
                       const char *table_name,
                       const CatalogPartitionQuery *query,
                       CatalogTable **out_table,
                       CatalogPartitionFunc func,
                       gpointer data,
                       GError **error)
{
    (void)catalog;
    (void)catalog_name;
    (void)query;
    *out_table = catalog_table_new();
    (*out_table)->catalog = g_strdup("hive");
    (*out_table)->namespace_name = g_strdup(namespace_name);
    (*out_table)->name = g_strdup(table_name);
    (*out_table)->location = g_strdup("file:/w/t");
    g_autoptr(CatalogStorage) even = catalog_storage_new();
    even->input_format = g_strdup("even");
    g_ptr_array_add(even->columns, catalog_column_new("id", "int", NULL));
    g_autoptr(CatalogStorage) odd = catalog_storage_new();
    odd->input_format = g_strdup("odd");
    for (guint i = 0; i < play.partitions; i++) {
        /* two in a row share a storage, so that both ways are taken */
        g_autoptr(CatalogPartition) partition = partition_make((i / 2) % 2 == 0 ? even : odd, i);
        if (!func(partition, data, error))
            return FALSE;
    }
    return !play.fails_at_the_end ||
           skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL, "The database went away");
}

gboolean
catalog_partition_scan_names(Catalog *catalog,
                             const char *catalog_name,
                             const char *namespace_name,
                             const char *table_name,
                             const CatalogPartitionQuery *query,
                             CatalogNameFunc func,
                             gpointer data,
                             GError **error)
{
    (void)catalog;
    (void)catalog_name;
    (void)namespace_name;
    (void)table_name;
    (void)query;
    for (guint i = 0; i < play.partitions; i++) {
        g_autofree char *name = g_strdup_printf("ds=%u", i);
        if (!func(name, data, error))
            return FALSE;
    }
    return TRUE;
}

void
thrift_call_set_catalog(ThriftCall *call, const char *catalog_name)
{
    (void)call;
    (void)catalog_name;
}

void
thrift_call_reply_with(ThriftCall *call,
                       ThriftReplyWriter writer,
                       gpointer state,
                       GDestroyNotify state_free)
{
    (void)call;
    (void)state_free;
    reply_writer = writer;
    reply_state = state;
}

/* --- writing and reading back --- */

/* Writes a listing of `shape` and reads it as an object of the result type; NULL with an error. */
static gpointer
write_and_read(ThriftPartitionShape shape, GType result_type, GError **error)
{
    WireLimits limits;
    wire_limits_init(&limits);
    g_autoptr(FlatTransport) flat = flat_transport_new(FLAT_TRANSPORT_WRITE_MAX);
    g_autoptr(FlatProtocol) protocol = flat_protocol_new(flat, &limits);
    ThriftCall call = {0};
    ThriftPartitionListing *listing = thrift_partition_listing_new(shape, "db", NULL, "t", NULL);
    listing->has_unknown = TRUE;
    ck_assert(thrift_partition_listing_reply(&call, listing));
    gboolean is_written = reply_writer(&call, reply_state, THRIFT_PROTOCOL(protocol), error);
    thrift_partition_listing_free(reply_state);
    if (!is_written)
        return NULL;
    gsize length = 0;
    g_autofree guint8 *bytes = flat_transport_steal_output(flat, &length);
    flat_transport_set_input(flat, bytes, length);
    gpointer result = g_object_new(result_type, NULL);
    ck_assert_int_ge(thrift_struct_read(THRIFT_STRUCT(result), THRIFT_PROTOCOL(protocol), NULL), 0);
    ck_assert_ptr_null(flat_protocol_failure(protocol));
    ck_assert_uint_eq(flat->read_cursor, flat->read_length);
    return result;
}

static void
assert_partitions(const GPtrArray *partitions, guint n)
{
    ck_assert_uint_eq(partitions->len, n);
    for (guint i = 0; i < n; i++) {
        const HmsPartition *partition = g_ptr_array_index(partitions, i);
        g_autofree char *value = g_strdup_printf("%u", i);
        g_autofree char *location = g_strdup_printf("file:/w/t/ds=%u", i);
        ck_assert_str_eq(g_ptr_array_index(partition->values, 0), value);
        ck_assert_str_eq(partition->sd->location, location);
        ck_assert_str_eq(partition->sd->inputFormat, (i / 2) % 2 == 0 ? "even" : "odd");
        ck_assert_ptr_null(partition->sd->outputFormat);
        ck_assert_str_eq(g_hash_table_lookup(partition->parameters, "n"), value);
        ck_assert_str_eq(partition->dbName, "db");
        ck_assert_str_eq(partition->tableName, "t");
        ck_assert_str_eq(partition->catName, "hive");
        ck_assert_int_eq(partition->createTime, (int)i);
    }
}

static void
set_up(void)
{
    play = (Play){.partitions = 7};
}

START_TEST(a_streamed_list_reads_as_one_of_objects)
{
    HmsPartitionListingsGetPartitionsResult *result = write_and_read(
        THRIFT_PARTITIONS, hms_partition_listings_get_partitions_result_get_type(), NULL);
    ck_assert(result->__isset_success);
    assert_partitions(result->success, 7);
    g_object_unref(result);
}
END_TEST

START_TEST(an_empty_listing_is_an_empty_list)
{
    play.partitions = 0;
    HmsPartitionListingsGetPartitionsResult *result = write_and_read(
        THRIFT_PARTITIONS, hms_partition_listings_get_partitions_result_get_type(), NULL);
    ck_assert(result->__isset_success);
    ck_assert_uint_eq(result->success->len, 0);
    g_object_unref(result);
}
END_TEST

START_TEST(a_response_struct_holds_the_list)
{
    HmsPartitionListingsGetPartitionsReqResult *result =
        write_and_read(THRIFT_PARTITIONS_IN_STRUCT,
                       hms_partition_listings_get_partitions_req_result_get_type(), NULL);
    assert_partitions(result->success->partitions, 7);
    g_object_unref(result);
}
END_TEST

START_TEST(an_answer_to_an_expression_says_that_it_may_be_too_much)
{
    HmsPartitionListingsGetPartitionsByExprResult *result =
        write_and_read(THRIFT_PARTITIONS_BY_EXPRESSION,
                       hms_partition_listings_get_partitions_by_expr_result_get_type(), NULL);
    assert_partitions(result->success->partitions, 7);
    ck_assert(result->success->hasUnknownPartitions);
    g_object_unref(result);
    HmsPartitionListingsGetPartitionsSpecByExprResult *specs =
        write_and_read(THRIFT_PARTITION_SPECS_BY_EXPRESSION,
                       hms_partition_listings_get_partitions_spec_by_expr_result_get_type(), NULL);
    ck_assert_uint_eq(specs->success->partitionsSpec->len, 1);
    ck_assert(specs->success->hasUnknownPartitions);
    g_object_unref(specs);
}
END_TEST

START_TEST(a_spec_names_the_root_and_holds_the_partitions)
{
    HmsPartitionListingsGetPartitionsPspecResult *result =
        write_and_read(THRIFT_PARTITION_SPECS,
                       hms_partition_listings_get_partitions_pspec_result_get_type(), NULL);
    ck_assert_uint_eq(result->success->len, 1);
    const HmsPartitionSpec *spec = g_ptr_array_index(result->success, 0);
    ck_assert_str_eq(spec->rootPath, "file:/w/t");
    ck_assert_str_eq(spec->tableName, "t");
    ck_assert(spec->__isset_partitionList && !spec->__isset_sharedSDPartitionSpec);
    assert_partitions(spec->partitionList->partitions, 7);
    g_object_unref(result);
}
END_TEST

START_TEST(names_come_alone)
{
    HmsPartitionListingsGetPartitionNamesResult *result = write_and_read(
        THRIFT_PARTITION_NAMES, hms_partition_listings_get_partition_names_result_get_type(), NULL);
    ck_assert_uint_eq(result->success->len, 7);
    ck_assert_str_eq(g_ptr_array_index(result->success, 6), "ds=6");
    g_object_unref(result);
    HmsPartitionListingsGetPartitionNamesPsReqResult *nested =
        write_and_read(THRIFT_PARTITION_NAMES_IN_STRUCT,
                       hms_partition_listings_get_partition_names_ps_req_result_get_type(), NULL);
    ck_assert_uint_eq(nested->success->names->len, 7);
    g_object_unref(nested);
}
END_TEST

START_TEST(a_failure_half_way_is_the_answer)
{
    play.fails_at_the_end = TRUE;
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(write_and_read(
        THRIFT_PARTITIONS, hms_partition_listings_get_partitions_result_get_type(), &error));
    ck_assert_int_eq((int)skep_error_fact(error), SKEP_ERROR_UNAVAILABLE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("thrift partition stream");
    TCase *tcase = tcase_create("partition stream");
    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_test(tcase, a_streamed_list_reads_as_one_of_objects);
    tcase_add_test(tcase, an_empty_listing_is_an_empty_list);
    tcase_add_test(tcase, a_response_struct_holds_the_list);
    tcase_add_test(tcase, an_answer_to_an_expression_says_that_it_may_be_too_much);
    tcase_add_test(tcase, a_spec_names_the_root_and_holds_the_partitions);
    tcase_add_test(tcase, names_come_alone);
    tcase_add_test(tcase, a_failure_half_way_is_the_answer);
    suite_add_tcase(suite, tcase);
    return test_run_suite(suite);
}
