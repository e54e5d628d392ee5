/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: the manifest list of an append made anew is what its writer would have written on the
 * present head. Method: lists of every format version, written here member by member as different
 * writers do, merged, and read again by avro-c (iceberg_manifest_list_read). */
#include "iceberg_fixture.h"

#include "skep/iceberg_append.h"
#include "skep/iceberg_manifest.h"
#include "support/avro_container.h"
#include "support/avro_record.h"

#define FIELD(name, id, type) "{'name':'" name "','field-id':" #id ",'type':" type "}"
#define PARTITIONS                                                                                 \
    "{'name':'partitions','field-id':507,'default':null,'type':['null',{'type':'array',"           \
    "'element-id':508,'items':{'type':'record','name':'r508','fields':["                           \
    "{'name':'contains_null','field-id':509,'type':'boolean'},"                                    \
    "{'name':'contains_nan','field-id':518,'type':['null','boolean']},"                            \
    "{'name':'lower_bound','field-id':510,'type':['null','bytes']},"                               \
    "{'name':'upper_bound','field-id':511,'type':['null','bytes']}]}}]}"
/* clang-format off */
#define SCHEMA_1 \
    "{'type':'record','name':'manifest_file','fields':[" \
    FIELD("manifest_path", 500, "'string'") "," \
    FIELD("partition_spec_id", 502, "'int'") "," \
    FIELD("added_snapshot_id", 503, "['null','long']") "," PARTITIONS
#define SCHEMA_2 SCHEMA_1 "," \
    FIELD("content", 517, "'int'") "," \
    FIELD("sequence_number", 515, "'long'") "," \
    FIELD("min_sequence_number", 516, "'long'")
/* clang-format on */

/* What a row is made of; the bounds of its one partition field are one letter each. */
typedef struct {
    const char *path;
    gint64 snapshot_id;
    char lower, upper;
    gint64 sequence_number, min_sequence_number;
    gint64 first_row_id; /* -1: null */
    const char *extra;   /* of the schemas that have one */
} Row;

/* Which members a list has, and how its writer puts them. */
typedef struct {
    int version;
    gboolean null_last; /* ['long','null'] for the row id */
    gboolean has_extra; /* a string that no version knows */
} Writer;

static void
put_text(GByteArray *to, const char *text)
{
    avro_bytes_append_long(to, (gint64)strlen(text));
    g_byte_array_append(to, (const guint8 *)text, (guint)strlen(text));
}

static void
put_row(GByteArray *to, const Writer *writer, const Row *row)
{
    const guint8 truth = 1;
    char bound[2] = {row->lower};

    put_text(to, row->path);
    avro_bytes_append_long(to, 0);
    avro_bytes_append_long(to, 1);
    avro_bytes_append_long(to, row->snapshot_id);
    avro_bytes_append_long(to, 1); /* partitions: there, one, then the end */
    avro_bytes_append_long(to, 1);
    g_byte_array_append(to, &truth, 1);
    avro_bytes_append_long(to, 0);
    avro_bytes_append_long(to, 1);
    put_text(to, bound);
    avro_bytes_append_long(to, 1);
    bound[0] = row->upper;
    put_text(to, bound);
    avro_bytes_append_long(to, 0);
    if (writer->version >= 2) {
        avro_bytes_append_long(to, 0);
        avro_bytes_append_long(to, row->sequence_number);
        avro_bytes_append_long(to, row->min_sequence_number);
    }
    if (writer->version >= 3) {
        avro_bytes_append_long(to, (row->first_row_id < 0) == writer->null_last);
        if (row->first_row_id >= 0)
            avro_bytes_append_long(to, row->first_row_id);
    }
    if (writer->has_extra)
        put_text(to, row->extra);
}

static char *
schema_of(const Writer *writer)
{
    g_autofree char *text =
        g_strconcat(writer->version >= 2 ? SCHEMA_2 : SCHEMA_1,
                    writer->version < 3 ? ""
                    : writer->null_last ? "," FIELD("first_row_id", 520, "['long','null']")
                                        : "," FIELD("first_row_id", 520, "['null','long']"),
                    writer->has_extra ? "," FIELD("novelty", 777, "'string'") : "", "]}", NULL);
    return g_strdelimit(g_steal_pointer(&text), "'", '"');
}

static void
put_header(GHashTable *header, const char *key, const char *text)
{
    g_hash_table_insert(header, g_strdup(key), g_bytes_new(text, strlen(text)));
}

static GBytes *
write_list(const Writer *writer, const Row *rows)
{
    g_autoptr(GHashTable) header =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
    g_autoptr(GByteArray) records = g_byte_array_new();
    g_autofree char *schema = schema_of(writer);
    const char version[] = {(char)('0' + writer->version), '\0'};
    gint64 count = 0;

    put_header(header, "avro.schema", schema);
    put_header(header, "format-version", version);
    put_header(header, "parent-snapshot-id", "1");
    put_header(header, "sequence-number", "2");
    for (; rows[count].path; count++)
        put_row(records, writer, &rows[count]);
    return avro_container_build(header, records, count, NULL);
}

static IcebergManifestList *
make_list(const Writer *writer, const Row *rows, IcebergManifestList *known)
{
    g_autoptr(GBytes) file = write_list(writer, rows);
    g_autoptr(GError) error = NULL;
    IcebergManifestList *list = iceberg_manifest_list_parse(file, known, &error);
    ck_assert_msg(list != NULL, "%s", error ? error->message : "");
    return list;
}

/* One line a row, as avro-c reads it. */
static gboolean
print_row(const IcebergManifest *row, gpointer data, GError **error)
{
    (void)error;
    ck_assert_uint_eq(row->partition_count, 1);
    ck_assert(row->partitions->contains_null);
    g_string_append_printf(data, "%s %d %d %d %c%c %d\n", row->path, (int)row->added_snapshot_id,
                           (int)row->sequence_number, (int)row->min_sequence_number,
                           row->partitions->lower[0], row->partitions->upper[0],
                           (int)row->first_row_id);
    return TRUE;
}

static char *
print_file(GBytes *file)
{
    GString *text = g_string_new(NULL);
    gsize length;
    const guint8 *bytes = g_bytes_get_data(file, &length);
    ck_assert(iceberg_manifest_list_read(bytes, length, print_row, text, NULL));
    return g_string_free(text, FALSE);
}

/* The text of the members that only some writers have. */
static char *
print_extra(GBytes *file)
{
    GString *text = g_string_new(NULL);
    gsize length;
    const guint8 *bytes = g_bytes_get_data(file, &length);
    g_autoptr(AvroContainer) container = avro_container_open(bytes, length, NULL);
    avro_value_t *record, field, branch;
    while (avro_container_next(container, &record, NULL) && record) {
        const char *extra = "-";
        size_t size;
        if (avro_value_get_by_name(record, "novelty", &field, NULL) == 0) {
            branch = field;
            if (avro_value_get_type(&field) == AVRO_UNION)
                avro_value_get_current_branch(&field, &branch);
            if (avro_value_get_type(&branch) == AVRO_STRING)
                avro_value_get_string(&branch, &extra, &size);
        }
        g_string_append_printf(text, "%s ", extra);
    }
    return g_string_free(text, FALSE);
}

static const Writer version_1 = {.version = 1}, version_2 = {.version = 2},
                    version_3 = {.version = 3};
/* Snapshot 9 was made on 1 (sequence number 2, row ids from 100) and goes behind 5. */
static const IcebergAppendNumbers numbers_2 = {.format_version = 2,
                                               .snapshot_id = 9,
                                               .parent_id = 5,
                                               .sent_sequence_number = 2,
                                               .sequence_number = 7};

static const Row seen_rows[] = {
    {"a",  1, 'a', 'b', 1, 1, 0, ""},
    {0}
};
static const Row present_rows[] = {
    {"c",  5, 'e', 'f', 6, 6, 200, "new"},
    {"b", 4, 'c', 'd', 5, 5, 100, "new"},
    {"a",   1, 'a', 'b', 1, 1, 0, "new"},
    {0}
};
static const Row sent_rows[] = {
    {"x",  9, 'x', 'y', 2, 2, 100, "sent"},
    {"a", 1, 'a', 'b', 1, 1, 0, "sent"},
    {0  }
};
/* A merging append: a is in m now, with what is new. */
static const Row merging_rows[] = {
    {"m",  9, 'a', 'y', 2, 1, 100, "sent"},
    {0}
};

static gboolean
merge(const Writer *writer,
      const Row *sent_of,
      const Row *present_of,
      const IcebergAppendNumbers *numbers,
      IcebergMergedList *out,
      GError **error)
{
    g_autoptr(IcebergManifestList) seen = make_list(writer, seen_rows, NULL);
    g_autoptr(IcebergManifestList) sent = make_list(writer, sent_of, seen);
    g_autoptr(IcebergManifestList) present = make_list(writer, present_of, seen);
    return iceberg_manifest_list_merge(seen, sent, present, numbers, out, error);
}

static void
assert_merged(const Writer *writer,
              const Row *sent_of,
              const IcebergAppendNumbers *numbers,
              const char *expected,
              guint kept)
{
    g_auto(IcebergMergedList) merged = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    ck_assert_msg(merge(writer, sent_of, present_rows, numbers, &merged, &error), "%s",
                  error ? error->message : "");
    text = print_file(merged.file);
    ck_assert_str_eq(text, expected);
    ck_assert_uint_eq(merged.kept, kept);
}

START_TEST(a_fast_append_goes_in_front_of_what_is_there)
{
    IcebergAppendNumbers numbers = numbers_2;
    assert_merged(&version_2, sent_rows, &numbers,
                  "x 9 7 7 xy -1\nc 5 6 6 ef -1\nb 4 5 5 cd -1\na 1 1 1 ab -1\n", 3);
    numbers.format_version = 1;
    numbers.sent_sequence_number = numbers.sequence_number = 0;
    assert_merged(&version_1, sent_rows, &numbers,
                  "x 9 0 0 xy -1\nc 5 0 0 ef -1\nb 4 0 0 cd -1\na 1 0 0 ab -1\n", 3);
}
END_TEST

START_TEST(row_ids_are_counted_from_where_the_table_is)
{
    IcebergAppendNumbers numbers = numbers_2;
    numbers.format_version = 3;
    numbers.sent_first_row_id = 100;
    numbers.first_row_id = 300;
    assert_merged(&version_3, sent_rows, &numbers,
                  "x 9 7 7 xy 300\nc 5 6 6 ef 200\nb 4 5 5 cd 100\na 1 1 1 ab 0\n", 3);
}
END_TEST

START_TEST(a_merging_append_takes_along_what_it_merged)
{
    assert_merged(&version_2, merging_rows, &numbers_2,
                  "m 9 7 1 ay -1\nc 5 6 6 ef -1\nb 4 5 5 cd -1\n", 2);
}
END_TEST

START_TEST(the_first_append_of_a_branch_has_seen_nothing)
{
    static const Row sent_alone[] = {
        {"x",  9, 'x', 'y', 1, 1, 0, ""},
        {0}
    };
    IcebergAppendNumbers numbers = numbers_2;
    g_autoptr(IcebergManifestList) sent = make_list(&version_2, sent_alone, NULL);
    g_autoptr(IcebergManifestList) present = make_list(&version_2, present_rows, NULL);
    g_auto(IcebergMergedList) merged = {0};
    g_autofree char *text = NULL;
    numbers.sent_sequence_number = 1;
    ck_assert(iceberg_manifest_list_merge(NULL, sent, present, &numbers, &merged, NULL));
    text = print_file(merged.file);
    ck_assert_str_eq(text, "x 9 7 7 xy -1\nc 5 6 6 ef -1\nb 4 5 5 cd -1\na 1 1 1 ab -1\n");
}
END_TEST

START_TEST(a_list_that_was_made_is_the_next_ones_present_list)
{
    static const Row later_rows[] = {
        {"z",  10, 'z', 'z', 2, 2, 0, ""},
        {"a", 1, 'a', 'b', 1, 1, 0, ""},
        {0  }
    };
    IcebergAppendNumbers numbers = numbers_2;
    g_auto(IcebergMergedList) first = {0}, second = {0};
    g_autoptr(IcebergManifestList) seen = make_list(&version_2, seen_rows, NULL);
    g_autoptr(IcebergManifestList) sent = make_list(&version_2, later_rows, seen);
    g_autofree char *text = NULL;
    ck_assert(merge(&version_2, sent_rows, present_rows, &numbers, &first, NULL));
    numbers.snapshot_id = 10;
    numbers.parent_id = 9;
    numbers.sequence_number = 8;
    ck_assert(iceberg_manifest_list_merge(seen, sent, first.list, &numbers, &second, NULL));
    text = print_file(second.file);
    ck_assert(g_str_has_prefix(text, "z 10 8 8 zz -1\nx 9 7 7 xy -1\nc 5 6 6 ef -1\n"));
    ck_assert_uint_eq(second.kept, 4);
}
END_TEST

/* The header tells the new numbers and keeps what else is in it. */
START_TEST(the_header_is_numbered_anew)
{
    g_auto(IcebergMergedList) merged = {0};
    gsize length;
    ck_assert(merge(&version_2, sent_rows, present_rows, &numbers_2, &merged, NULL));
    const guint8 *bytes = g_bytes_get_data(merged.file, &length);
    g_autoptr(AvroContainer) container = avro_container_open(bytes, length, NULL);
    GBytes *parent = g_hash_table_lookup(avro_container_header(container), "parent-snapshot-id");
    GBytes *number = g_hash_table_lookup(avro_container_header(container), "sequence-number");
    GBytes *version = g_hash_table_lookup(avro_container_header(container), "format-version");
    ck_assert_mem_eq(g_bytes_get_data(parent, NULL), "5", 1);
    ck_assert_mem_eq(g_bytes_get_data(number, NULL), "7", 1);
    ck_assert_mem_eq(g_bytes_get_data(version, NULL), "2", 1);
}
END_TEST

START_TEST(members_that_one_writer_alone_has_are_kept)
{
    const Writer with = {.version = 2, .has_extra = TRUE};
    const Writer *writers[][2] = {
        {&version_2, &with     },
        {&with,      &version_2},
        {&with,      &with     }
    };
    const char *expected[] = {"- new new new ", NULL, "sent new new new "};
    for (gsize i = 0; i < G_N_ELEMENTS(writers); i++) {
        g_autoptr(IcebergManifestList) seen = make_list(&version_2, seen_rows, NULL);
        g_autoptr(IcebergManifestList) sent = make_list(writers[i][0], sent_rows, seen);
        g_autoptr(IcebergManifestList) present = make_list(writers[i][1], present_rows, seen);
        g_auto(IcebergMergedList) merged = {0};
        g_autoptr(GError) error = NULL;
        gboolean made =
            iceberg_manifest_list_merge(seen, sent, present, &numbers_2, &merged, &error);
        g_autofree char *text = made ? print_extra(merged.file) : NULL;
        /* What a row must have and rows of the other writer have not cannot be made up. */
        ck_assert_int_eq(made, expected[i] != NULL);
        if (made)
            ck_assert_str_eq(text, expected[i]);
        else
            ck_assert_int_eq(error->code, SKEP_ERROR_COMMIT_CONFLICT);
    }
}
END_TEST

START_TEST(unions_may_be_written_either_way_round)
{
    const Writer turned = {.version = 3, .null_last = TRUE};
    IcebergAppendNumbers numbers = numbers_2;
    g_autoptr(IcebergManifestList) seen = make_list(&version_3, seen_rows, NULL);
    g_autoptr(IcebergManifestList) sent = make_list(&turned, sent_rows, seen);
    g_autoptr(IcebergManifestList) present = make_list(&version_3, present_rows, seen);
    g_auto(IcebergMergedList) merged = {0};
    g_autofree char *text = NULL;
    numbers.format_version = 3;
    numbers.sent_first_row_id = 100;
    numbers.first_row_id = 300;
    ck_assert(iceberg_manifest_list_merge(seen, sent, present, &numbers, &merged, NULL));
    text = print_file(merged.file);
    ck_assert_str_eq(text, "x 9 7 7 xy 300\nc 5 6 6 ef 200\nb 4 5 5 cd 100\na 1 1 1 ab 0\n");
}
END_TEST

static void
assert_not_merged(const Writer *writer,
                  const Row *sent_of,
                  const Row *present_of,
                  const IcebergAppendNumbers *numbers,
                  const char *word)
{
    g_auto(IcebergMergedList) merged = {0};
    g_autoptr(GError) error = NULL;
    ck_assert(!merge(writer, sent_of, present_of, numbers, &merged, &error));
    ck_assert_int_eq(error->code, SKEP_ERROR_COMMIT_CONFLICT);
    ck_assert_msg(strstr(error->message, word) != NULL, "%s: %s", word, error->message);
}

START_TEST(what_cannot_be_made_anew_is_refused)
{
    static const Row without_a[] = {
        {"c",  5, 'e', 'f', 6, 6, 200, ""},
        {0}
    };
    static const Row with_x[] = {
        {"x",  5, 'e', 'f', 6, 6, 200, ""},
        {"a", 1, 'a', 'b', 1, 1, 0, ""},
        {0  }
    };
    static const Row of_another[] = {
        {"x",  8, 'x', 'y', 2, 2, 100, ""},
        {"a", 1, 'a', 'b', 1, 1, 0, ""},
        {0  }
    };
    static const Row odd_number[] = {
        {"x",  9, 'x', 'y', 1, 1, 100, ""},
        {"a", 1, 'a', 'b', 1, 1, 0, ""},
        {0  }
    };
    static const Row without_ids[] = {
        {"c",  5, 'e', 'f', 6, 6, -1, ""},
        {"a", 1, 'a', 'b', 1, 1, 0, ""},
        {0  }
    };
    IcebergAppendNumbers numbers = numbers_2;
    assert_not_merged(&version_2, merging_rows, without_a, &numbers, "a was merged by another");
    assert_not_merged(&version_2, sent_rows, with_x, &numbers, "x is listed twice");
    assert_not_merged(&version_2, of_another, present_rows, &numbers, "another snapshot");
    assert_not_merged(&version_2, odd_number, present_rows, &numbers, "sequence number");
    assert_not_merged(&version_1, sent_rows, present_rows, &numbers, "format version");
    numbers.format_version = 3;
    numbers.sent_first_row_id = 100;
    assert_not_merged(&version_2, sent_rows, present_rows, &numbers, "format version");
    assert_not_merged(&version_3, sent_rows, without_ids, &numbers, "no row ids");
}
END_TEST

START_TEST(damaged_lists_are_told_and_do_no_harm)
{
    g_autoptr(GBytes) file = write_list(&version_3, present_rows);
    gsize length;
    const guint8 *bytes = g_bytes_get_data(file, &length);
    for (gsize cut = 0; cut < length; cut++) {
        g_autoptr(GBytes) part = g_bytes_new(bytes, cut);
        g_autoptr(IcebergManifestList) list = iceberg_manifest_list_parse(part, NULL, NULL);
        (void)list;
    }
    for (gsize at = 0; at < length; at++) {
        g_autofree guint8 *copy = g_memdup2(bytes, length);
        copy[at] ^= (guint8)(1u << (at % 8));
        g_autoptr(GBytes) part = g_bytes_new(copy, length);
        g_autoptr(IcebergManifestList) list = iceberg_manifest_list_parse(part, NULL, NULL);
        (void)list;
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("iceberg manifest list");
    TCase *lists = tcase_create("lists");

    tcase_add_test(lists, a_fast_append_goes_in_front_of_what_is_there);
    tcase_add_test(lists, row_ids_are_counted_from_where_the_table_is);
    tcase_add_test(lists, a_merging_append_takes_along_what_it_merged);
    tcase_add_test(lists, the_first_append_of_a_branch_has_seen_nothing);
    tcase_add_test(lists, a_list_that_was_made_is_the_next_ones_present_list);
    tcase_add_test(lists, the_header_is_numbered_anew);
    tcase_add_test(lists, members_that_one_writer_alone_has_are_kept);
    tcase_add_test(lists, unions_may_be_written_either_way_round);
    tcase_add_test(lists, what_cannot_be_made_anew_is_refused);
    tcase_add_test(lists, damaged_lists_are_told_and_do_no_harm);
    suite_add_tcase(suite, lists);
    return fixture_run(suite);
}
