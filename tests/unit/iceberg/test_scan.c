/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: transforms give the specification's values, no file that may hold a row is left out, and
 * delete files meet the data files they apply to and no others. Method: values of the
 * specification's appendix B; small tables described by hand. */
#include <check.h>
#include <string.h>

#include "iceberg/value.h"
#include "skep/error.h"
#include "skep/iceberg_scan.h"
#include "support/test_suite.h"

static const char table_text[] =
    "{\"schemas\":[{\"schema-id\":0,\"type\":\"struct\",\"fields\":["
    "{\"id\":1,\"name\":\"id\",\"required\":false,\"type\":\"long\"},"
    "{\"id\":2,\"name\":\"name\",\"required\":false,\"type\":\"string\"},"
    "{\"id\":3,\"name\":\"at\",\"required\":false,\"type\":\"timestamptz\"}]}],"
    "\"partition-specs\":[{\"spec-id\":0,\"fields\":[]},"
    "{\"spec-id\":1,\"fields\":[{\"source-id\":3,\"field-id\":1000,\"name\":\"d\",\"transform\":"
    "\"day\"}]}]}";

static cJSON *
parse(const char *text)
{
    cJSON *json = json_parse(text, strlen(text), strlen(text), NULL);
    ck_assert_ptr_nonnull(json);
    return json;
}

static IcebergScan *
scan_new(cJSON *table, const char *filter)
{
    g_autofree char *text = g_strdup_printf("{\"filter\":%s}", filter);
    g_autoptr(cJSON) request = parse(text);
    g_autoptr(GError) error = NULL;
    IcebergScan *scan = iceberg_scan_new(table, cJSON_GetArrayItem(json_find(table, "schemas"), 0),
                                         request, &error);
    ck_assert_msg(scan != NULL, "%s: %s", filter, error ? error->message : "");
    return scan;
}

/* --- values --- */

static gint64
bucket_hash(IcebergTypeKind kind, IcebergValue value)
{
    const IcebergTransform transform = {ICEBERG_TRANSFORM_BUCKET, G_MAXINT32};
    const IcebergType type = {.kind = kind};
    IcebergValue out;
    ck_assert(iceberg_transform_apply(&transform, &type, &value, &out));
    return out.integer;
}

static IcebergValue
text_value(const char *text)
{
    return (IcebergValue){
        .kind = ICEBERG_VALUE_BYTES, .bytes = (const guint8 *)text, .length = strlen(text)};
}

static IcebergValue
integer_value(gint64 integer)
{
    return (IcebergValue){.kind = ICEBERG_VALUE_INTEGER, .integer = integer};
}

/* A hash h gives bucket (h & INT32_MAX) % N. */
static gint64
bucket_of_hash(gint32 hash)
{
    return (hash & G_MAXINT32) % G_MAXINT32;
}

START_TEST(buckets_are_the_hashes_of_the_specification)
{
    static const guint8 uuid[] = {0xf7, 0x9c, 0x3e, 0x09, 0x67, 0x7c, 0x4b, 0xbd,
                                  0xa4, 0x79, 0x3f, 0x34, 0x9c, 0xb7, 0x85, 0xe7};
    static const guint8 binary[] = {0, 1, 2, 3};
    ck_assert_int_eq(bucket_hash(ICEBERG_TYPE_INT, integer_value(34)), bucket_of_hash(2017239379));
    ck_assert_int_eq(bucket_hash(ICEBERG_TYPE_DATE, integer_value(17486)),
                     bucket_of_hash(-653330422));
    ck_assert_int_eq(bucket_hash(ICEBERG_TYPE_TIME, integer_value(81068000000)),
                     bucket_of_hash(-662762989));
    ck_assert_int_eq(bucket_hash(ICEBERG_TYPE_TIMESTAMP, integer_value(1510871468000000)),
                     bucket_of_hash(-2047944441));
    ck_assert_int_eq(bucket_hash(ICEBERG_TYPE_TIMESTAMP_NS, integer_value(1510871468000001001)),
                     bucket_of_hash(-1207196810));
    ck_assert_int_eq(bucket_hash(ICEBERG_TYPE_STRING, text_value("iceberg")),
                     bucket_of_hash(1210000089));
    ck_assert_int_eq(
        bucket_hash(ICEBERG_TYPE_UUID,
                    (IcebergValue){.kind = ICEBERG_VALUE_BYTES, .bytes = uuid, .length = 16}),
        bucket_of_hash(1488055340));
    ck_assert_int_eq(
        bucket_hash(ICEBERG_TYPE_BINARY,
                    (IcebergValue){.kind = ICEBERG_VALUE_BYTES, .bytes = binary, .length = 4}),
        bucket_of_hash(-188683207));
    ck_assert_int_eq(bucket_hash(ICEBERG_TYPE_DECIMAL,
                                 (IcebergValue){.kind = ICEBERG_VALUE_DECIMAL, .decimal = 1420}),
                     bucket_of_hash(-500754589));
}
END_TEST

static gint64
transformed(const char *name, IcebergTypeKind kind, gint64 integer)
{
    IcebergTransform transform = iceberg_transform_read(name);
    const IcebergType type = {.kind = kind};
    IcebergValue in = integer_value(integer), out;
    ck_assert(iceberg_transform_apply(&transform, &type, &in, &out));
    return out.integer;
}

START_TEST(times_are_counted_from_1970_and_below_it)
{
    ck_assert_int_eq(transformed("year", ICEBERG_TYPE_DATE, 17501), 47);
    ck_assert_int_eq(transformed("month", ICEBERG_TYPE_DATE, 17501), 575);
    ck_assert_int_eq(transformed("day", ICEBERG_TYPE_TIMESTAMP, 1512151975038194), 17501);
    ck_assert_int_eq(transformed("hour", ICEBERG_TYPE_TIMESTAMP, 1512151975038194), 420042);
    ck_assert_int_eq(transformed("year", ICEBERG_TYPE_DATE, -1), -1);
    ck_assert_int_eq(transformed("month", ICEBERG_TYPE_DATE, -1), -1);
    ck_assert_int_eq(transformed("day", ICEBERG_TYPE_TIMESTAMP, -1), -1);
    ck_assert_int_eq(transformed("hour", ICEBERG_TYPE_TIMESTAMP_NS, -1), -1);
    ck_assert_int_eq(transformed("month", ICEBERG_TYPE_DATE, 59), 2);
    ck_assert_int_eq(transformed("truncate[10]", ICEBERG_TYPE_INT, -1), -10);
    ck_assert_int_eq(transformed("truncate[10]", ICEBERG_TYPE_INT, 1), 0);
}
END_TEST

START_TEST(text_is_cut_by_characters)
{
    IcebergTransform transform = iceberg_transform_read("truncate[2]");
    const IcebergType type = {.kind = ICEBERG_TYPE_STRING};
    IcebergValue in = text_value("é€x"), out;
    ck_assert(iceberg_transform_apply(&transform, &type, &in, &out));
    ck_assert_uint_eq(out.length, strlen("é€"));
}
END_TEST

static void
assert_round_trip(const IcebergType *type, const char *json_text)
{
    g_autoptr(cJSON) json = parse(json_text);
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    IcebergValue value;
    ck_assert_msg(iceberg_value_from_json(type, json, kept, &value, &error), "%s: %s", json_text,
                  error ? error->message : "");
    g_autoptr(cJSON) back = iceberg_value_to_json(type, &value);
    g_autofree char *printed = json_print_compact(back);
    ck_assert_str_eq(printed, json_text);
}

START_TEST(values_survive_json)
{
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_LONG}, "-9223372036854775808");
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_DATE}, "\"2017-11-16\"");
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_DATE}, "\"0001-01-01\"");
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_TIME}, "\"22:31:08.123456\"");
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_TIMESTAMP},
                      "\"1969-12-31T23:59:59.999999\"");
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_TIMESTAMPTZ},
                      "\"2017-11-16T22:31:08.000001+00:00\"");
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_TIMESTAMP_NS},
                      "\"2017-11-16T22:31:08.000000001\"");
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_DECIMAL, .precision = 38, .scale = 2},
                      "\"-999999999999999999999999999999999999.99\"");
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_DECIMAL, .precision = 9, .scale = 2},
                      "\"0.05\"");
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_UUID},
                      "\"f79c3e09-677c-4bbd-a479-3f349cb785e7\"");
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_BINARY}, "\"00ff\"");
    assert_round_trip(&(IcebergType){.kind = ICEBERG_TYPE_BOOLEAN}, "true");
}
END_TEST

START_TEST(an_offset_moves_a_timestamp_to_utc)
{
    const IcebergType type = {.kind = ICEBERG_TYPE_TIMESTAMPTZ};
    g_autoptr(cJSON) json = parse("\"2017-11-16T14:31:08-08:00\"");
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    IcebergValue value;
    ck_assert(iceberg_value_from_json(&type, json, kept, &value, NULL));
    ck_assert_int_eq(value.integer, 1510871468000000);
}
END_TEST

/* --- files --- */

typedef struct {
    IcebergManifestEntry entry;
    IcebergValue partition;
    guint8 low[8];
    guint8 high[8];
} Row;

static void
row_init(Row *row, IcebergFileContent content, const char *path, gint64 sequence_number)
{
    memset(row, 0, sizeof *row);
    IcebergManifestEntry *entry = &row->entry;
    entry->status = ICEBERG_ENTRY_ADDED;
    entry->content = content;
    entry->path = path;
    entry->format = "PARQUET";
    entry->sequence_number = sequence_number;
    entry->record_count = entry->file_size_bytes = 1;
    GArray **arrays[] = {&entry->column_sizes, &entry->value_counts, &entry->null_value_counts,
                         &entry->nan_value_counts};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        *arrays[i] = g_array_new(FALSE, FALSE, sizeof(IcebergFieldCount));
    entry->lower_bounds = g_array_new(FALSE, FALSE, sizeof(IcebergFieldBound));
    entry->upper_bounds = g_array_new(FALSE, FALSE, sizeof(IcebergFieldBound));
    entry->split_offsets = g_array_new(FALSE, FALSE, sizeof(gint64));
    entry->equality_ids = g_array_new(FALSE, FALSE, sizeof(gint32));
    entry->sort_order_id = entry->first_row_id = ICEBERG_ABSENT;
    entry->content_offset = entry->content_size_bytes = ICEBERG_ABSENT;
}

static void
row_clear(Row *row)
{
    IcebergManifestEntry *entry = &row->entry;
    GArray *arrays[] = {entry->column_sizes,     entry->value_counts, entry->null_value_counts,
                        entry->nan_value_counts, entry->lower_bounds, entry->upper_bounds,
                        entry->split_offsets,    entry->equality_ids};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_unref(arrays[i]);
}

static void
row_set_day(Row *row, gint64 day)
{
    row->partition = integer_value(day);
    row->entry.partition = &row->partition;
    row->entry.partition_count = 1;
}

/* Bounds of column 1. */
static void
row_set_range(Row *row, gint64 low, gint64 high)
{
    guint64 bits = GUINT64_TO_LE((guint64)low);
    memcpy(row->low, &bits, sizeof bits);
    bits = GUINT64_TO_LE((guint64)high);
    memcpy(row->high, &bits, sizeof bits);
    IcebergFieldBound bound = {1, row->low, 8};
    g_array_append_val(row->entry.lower_bounds, bound);
    bound.bytes = row->high;
    g_array_append_val(row->entry.upper_bounds, bound);
    IcebergFieldCount count = {1, 10};
    g_array_append_val(row->entry.value_counts, count);
    count.count = 0;
    g_array_append_val(row->entry.null_value_counts, count);
}

START_TEST(bounds_decide_for_every_operator)
{
    static const struct {
        const char *filter;
        gboolean is_wanted;
    } cases[] = {
        {"{\"type\":\"lt\",\"term\":\"id\",\"value\":5}",                                            FALSE},
        {"{\"type\":\"lt\",\"term\":\"id\",\"value\":6}",                                            TRUE },
        {"{\"type\":\"lt-eq\",\"term\":\"id\",\"value\":4}",                                         FALSE},
        {"{\"type\":\"lt-eq\",\"term\":\"id\",\"value\":5}",                                         TRUE },
        {"{\"type\":\"gt\",\"term\":\"id\",\"value\":9}",                                            FALSE},
        {"{\"type\":\"gt-eq\",\"term\":\"id\",\"value\":9}",                                         TRUE },
        {"{\"type\":\"eq\",\"term\":\"id\",\"value\":10}",                                           FALSE},
        {"{\"type\":\"eq\",\"term\":\"id\",\"value\":7}",                                            TRUE },
        {"{\"type\":\"not-eq\",\"term\":\"id\",\"value\":7}",                                        TRUE },
        {"{\"type\":\"in\",\"term\":\"id\",\"values\":[1,20]}",                                      FALSE},
        {"{\"type\":\"in\",\"term\":\"id\",\"values\":[1,6]}",                                       TRUE },
        {"{\"type\":\"is-null\",\"term\":\"id\"}",                                                   FALSE},
        {"{\"type\":\"not-null\",\"term\":\"id\"}",                                                  TRUE },
        {"{\"type\":\"is-null\",\"term\":\"name\"}",                                                 TRUE },
        {"{\"type\":\"not\",\"child\":{\"type\":\"gt-eq\",\"term\":\"id\",\"value\":5}}",            FALSE},
        {"{\"type\":\"or\",\"left\":false,\"right\":{\"type\":\"eq\",\"term\":\"id\",\"value\":1}}",
         FALSE                                                                                            },
        {"{\"type\":\"and\",\"left\":true,\"right\":{\"type\":\"eq\",\"term\":\"id\",\"value\":8}}",
         TRUE                                                                                             },
        {"{\"type\":\"eq\",\"left\":{\"type\":\"reference\",\"name\":\"id\"},"
         "\"right\":{\"type\":\"literal\",\"value\":1}}",                                   FALSE},
    };
    g_autoptr(cJSON) table = parse(table_text);
    Row row;
    row_init(&row, ICEBERG_FILE_DATA, "a", 1);
    row_set_range(&row, 5, 9);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(IcebergScan) scan = scan_new(table, cases[i].filter);
        ck_assert_msg(iceberg_scan_wants_file(scan, 0, &row.entry) == cases[i].is_wanted, "%s",
                      cases[i].filter);
    }
    row_clear(&row);
}
END_TEST

static char *
residual_of(const char *filter, gint64 day)
{
    g_autoptr(cJSON) table = parse(table_text);
    g_autoptr(IcebergScan) scan = scan_new(table, filter);
    const IcebergManifest manifest = {.spec_id = 1};
    g_auto(IcebergScanTasks) tasks;
    iceberg_scan_tasks_init(&tasks);
    Row row;
    row_init(&row, ICEBERG_FILE_DATA, "a", 1);
    row_set_day(&row, day);
    ck_assert(iceberg_scan_add_task(scan, &manifest, &row.entry, NULL, &tasks, NULL));
    row_clear(&row);
    return json_print_compact(json_find(cJSON_GetArrayItem(tasks.tasks, 0), "residual-filter"));
}

START_TEST(a_residual_keeps_only_what_the_partition_leaves_open)
{
#define AFTER "{\"type\":\"gt-eq\",\"term\":\"at\",\"value\":\"1970-01-11T12:00:00+00:00\"}"
#define NAMED "{\"type\":\"eq\",\"term\":\"name\",\"value\":\"x\"}"
#define BOTH  "{\"type\":\"and\",\"left\":" AFTER ",\"right\":" NAMED "}"
    g_autofree char *later = residual_of(BOTH, 11);
    g_autofree char *same_day = residual_of(BOTH, 10);
    g_autofree char *earlier = residual_of(BOTH, 9);
    ck_assert_str_eq(later, NAMED);
    ck_assert_str_eq(same_day, BOTH);
    ck_assert_str_eq(earlier, "false");
}
END_TEST

static guint
deletes_of(const IcebergScan *scan,
           const IcebergManifest *manifest,
           const Row *row,
           const IcebergDeletes *deletes)
{
    g_auto(IcebergScanTasks) tasks;
    iceberg_scan_tasks_init(&tasks);
    ck_assert(iceberg_scan_add_task(scan, manifest, &row->entry, deletes, &tasks, NULL));
    const cJSON *references =
        json_find(cJSON_GetArrayItem(tasks.tasks, 0), "delete-file-references");
    ck_assert_int_eq(cJSON_GetArraySize(references), cJSON_GetArraySize(tasks.delete_files));
    return (guint)cJSON_GetArraySize(references);
}

START_TEST(deletes_apply_by_sequence_number_and_partition)
{
    g_autoptr(cJSON) table = parse(table_text);
    g_autoptr(IcebergScan) scan = scan_new(table, "true");
    g_autoptr(IcebergDeletes) deletes = iceberg_deletes_new();
    const IcebergManifest by_day = {.spec_id = 1}, whole = {.spec_id = 0};
    Row position, equality, everywhere, data;
    row_init(&position, ICEBERG_FILE_POSITION_DELETES, "p", 5);
    row_set_day(&position, 1);
    row_init(&equality, ICEBERG_FILE_EQUALITY_DELETES, "e", 5);
    row_set_day(&equality, 1);
    row_init(&everywhere, ICEBERG_FILE_EQUALITY_DELETES, "g", 7);
    ck_assert(iceberg_deletes_add(deletes, scan, &by_day, &position.entry, NULL));
    ck_assert(iceberg_deletes_add(deletes, scan, &by_day, &equality.entry, NULL));
    ck_assert(iceberg_deletes_add(deletes, scan, &whole, &everywhere.entry, NULL));

    static const struct {
        gint64 sequence_number;
        gint64 day;
        guint expected;
    } cases[] = {
        {4, 1, 3}, /* all */
        {5, 1, 2}, /* an equality delete spares what came with it */
        {6, 1, 1},
        {7, 1, 0},
        {4, 2, 1}, /* another partition */
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        row_init(&data, ICEBERG_FILE_DATA, "d", cases[i].sequence_number);
        row_set_day(&data, cases[i].day);
        ck_assert_uint_eq(deletes_of(scan, &by_day, &data, deletes), cases[i].expected);
        row_clear(&data);
    }
    row_clear(&position);
    row_clear(&equality);
    row_clear(&everywhere);
}
END_TEST

START_TEST(a_deletion_vector_stands_for_the_position_deletes_of_its_file)
{
    g_autoptr(cJSON) table = parse(table_text);
    g_autoptr(IcebergScan) scan = scan_new(table, "true");
    g_autoptr(IcebergDeletes) deletes = iceberg_deletes_new();
    const IcebergManifest by_day = {.spec_id = 1};
    Row position, vector, data;
    row_init(&position, ICEBERG_FILE_POSITION_DELETES, "p", 5);
    row_set_day(&position, 1);
    row_init(&vector, ICEBERG_FILE_POSITION_DELETES, "v.puffin", 6);
    row_set_day(&vector, 1);
    vector.entry.format = "PUFFIN";
    vector.entry.referenced_data_file = "d1";
    ck_assert(iceberg_deletes_add(deletes, scan, &by_day, &position.entry, NULL));
    ck_assert(iceberg_deletes_add(deletes, scan, &by_day, &vector.entry, NULL));
    row_init(&data, ICEBERG_FILE_DATA, "d1", 4);
    row_set_day(&data, 1);
    ck_assert_uint_eq(deletes_of(scan, &by_day, &data, deletes), 1);
    data.entry.path = "d2";
    ck_assert_uint_eq(deletes_of(scan, &by_day, &data, deletes), 1);
    row_clear(&data);
    row_clear(&position);
    row_clear(&vector);
}
END_TEST

START_TEST(a_filter_that_is_none_is_refused)
{
    static const char *const filters[] = {
        "{\"type\":\"lt\",\"term\":\"id\"}",
        "{\"type\":\"lt\",\"term\":\"nope\",\"value\":1}",
        "{\"type\":\"lt\",\"term\":\"id\",\"value\":\"x\"}",
        "{\"type\":\"in\",\"term\":\"id\",\"values\":3}",
        "{\"type\":\"and\",\"left\":true}",
        "{\"type\":\"starts-with\",\"term\":\"id\",\"value\":1}",
        "[]",
        "3",
    };
    g_autoptr(cJSON) table = parse(table_text);
    for (gsize i = 0; i < G_N_ELEMENTS(filters); i++) {
        g_autofree char *text = g_strdup_printf("{\"filter\":%s}", filters[i]);
        g_autoptr(cJSON) request = parse(text);
        g_autoptr(GError) error = NULL;
        g_autoptr(IcebergScan) scan = iceberg_scan_new(
            table, cJSON_GetArrayItem(json_find(table, "schemas"), 0), request, &error);
        ck_assert_msg(scan == NULL, "taken: %s", filters[i]);
        ck_assert_int_eq(error->code, SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

int
main(void)
{
    TCase *tcase = tcase_create("scan");
    tcase_add_test(tcase, buckets_are_the_hashes_of_the_specification);
    tcase_add_test(tcase, times_are_counted_from_1970_and_below_it);
    tcase_add_test(tcase, text_is_cut_by_characters);
    tcase_add_test(tcase, values_survive_json);
    tcase_add_test(tcase, an_offset_moves_a_timestamp_to_utc);
    tcase_add_test(tcase, bounds_decide_for_every_operator);
    tcase_add_test(tcase, a_residual_keeps_only_what_the_partition_leaves_open);
    tcase_add_test(tcase, deletes_apply_by_sequence_number_and_partition);
    tcase_add_test(tcase, a_deletion_vector_stands_for_the_position_deletes_of_its_file);
    tcase_add_test(tcase, a_filter_that_is_none_is_refused);
    Suite *suite = suite_create("scan");
    suite_add_tcase(suite, tcase);
    return test_run_suite(suite);
}
