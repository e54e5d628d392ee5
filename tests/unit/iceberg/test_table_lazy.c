/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a long document whose snapshots stay text is committed to, summarized and shown to HMS
 * clients exactly as one that was read whole; what is refused of the one is refused of the other.
 * Method: both readings of one text, side by side, through the same updates. */
#include "iceberg_fixture.h"

#define A FIXTURE_SNAPSHOT_A
#define B FIXTURE_SNAPSHOT_B

/* A table with three snapshots, two of which no ref names. */
static char *
long_text(void)
{
    g_autoptr(cJSON) base = fixture_table_with_snapshot();
    g_autoptr(cJSON) table =
        fixture_apply(base, "[" FIXTURE_SNAPSHOT("7", "2", FIXTURE_PARENT(A)) "," FIXTURE_SNAPSHOT(
                                B, "3", FIXTURE_PARENT("7")) "," FIXTURE_SET_MAIN(B) "]");

    return json_print_compact(table);
}

static void
count_rest(gpointer data)
{
    ++*(int *)data;
}

static cJSON *
read_lazily(const char *text, GError **error)
{
    return iceberg_table_parse_lazily(text, strlen(text), NULL, NULL, error);
}

static void
assert_same_parameters(const cJSON *whole, const cJSON *lazy)
{
    IcebergHiveInput input = {.metadata = whole, .metadata_location = "l"};
    g_autoptr(GHashTable) expected = iceberg_table_hive_parameters(&input, NULL);
    g_autoptr(GHashTable) parameters = NULL;
    GHashTableIter iter;
    gpointer key, value;

    input.metadata = lazy;
    parameters = iceberg_table_hive_parameters(&input, NULL);
    ck_assert_ptr_nonnull(parameters);
    ck_assert_uint_eq(g_hash_table_size(parameters), g_hash_table_size(expected));
    g_hash_table_iter_init(&iter, expected);
    while (g_hash_table_iter_next(&iter, &key, &value))
        ck_assert_pstr_eq(g_hash_table_lookup(parameters, key), value);
}

static void
assert_same_summary(const IcebergTableSummary *whole, const IcebergTableSummary *lazy)
{
    ck_assert_int_eq(lazy->current_snapshot_id, whole->current_snapshot_id);
    ck_assert_uint_eq(lazy->new_snapshots->len, whole->new_snapshots->len);
    for (guint i = 0; i < whole->new_snapshots->len; i++) {
        const IcebergSnapshot *expected = whole->new_snapshots->pdata[i];
        const IcebergSnapshot *found = lazy->new_snapshots->pdata[i];

        ck_assert_int_eq(found->snapshot_id, expected->snapshot_id);
        ck_assert_int_eq(found->sequence_number, expected->sequence_number);
        ck_assert_str_eq(found->summary_json, expected->summary_json);
    }
}

/* Applies the same updates to both readings; they may fail, of both. */
static void
assert_same_commit(const char *updates)
{
    IcebergContext context = fixture_context(FIXTURE_NOW_MS + 5000);
    g_autofree char *text = long_text();
    g_autoptr(cJSON) whole = iceberg_table_parse(text, strlen(text), NULL);
    g_autoptr(cJSON) lazy = read_lazily(text, NULL);
    g_autoptr(cJSON) asked = fixture_json(updates);
    g_auto(IcebergChange) whole_change = {0};
    g_auto(IcebergChange) lazy_change = {0};
    g_autoptr(GError) whole_error = NULL;
    g_autoptr(GError) lazy_error = NULL;
    g_autoptr(cJSON) expected =
        iceberg_table_apply(whole, asked, &context, &whole_change, &whole_error);
    g_autoptr(cJSON) result = iceberg_table_apply(lazy, asked, &context, &lazy_change, &lazy_error);
    g_autoptr(IcebergTableSummary) expected_summary = NULL;
    g_autoptr(IcebergTableSummary) summary = NULL;
    g_autoptr(GPtrArray) lists = NULL;
    g_autofree char *expected_text = json_print_compact(expected);
    g_autofree char *result_text = json_print_compact(result);

    ck_assert_str_eq(result_text, expected_text);
    ck_assert(json_equal(result, expected));
    ck_assert_pstr_eq(lazy_error ? lazy_error->message : NULL,
                      whole_error ? whole_error->message : NULL);
    if (!result)
        return;
    ck_assert(lazy_change.changed == whole_change.changed);
    expected_summary = iceberg_table_summarize(expected, whole, NULL);
    summary = iceberg_table_summarize(result, lazy, NULL);
    assert_same_summary(expected_summary, summary);
    assert_same_parameters(expected, result);
    lists = iceberg_table_new_manifest_lists(result, lazy, NULL);
    ck_assert_uint_eq(lists->len, summary->new_snapshots->len);
}

START_TEST(commits_to_both_readings_are_the_same)
{
    assert_same_commit("[{'action':'set-properties','updates':{'a':'b'}}]");
    assert_same_commit(
        "[" FIXTURE_SNAPSHOT("9", "4", FIXTURE_PARENT(B)) "," FIXTURE_SET_MAIN("9") "]");
    /* back to one that is text still */
    assert_same_commit("[" FIXTURE_SET_MAIN("7") "]");
    assert_same_commit("[{'action':'remove-snapshots','snapshot-ids':[" A ",7]}]");
    assert_same_commit("[{'action':'remove-snapshots','snapshot-ids':[" B "]}]");
    assert_same_commit(
        "[" FIXTURE_SNAPSHOT("7", "4", FIXTURE_PARENT(B)) "]"); /* is there already */
    assert_same_commit("[" FIXTURE_SET_MAIN("8") "]");          /* is not there */
}
END_TEST

START_TEST(a_registered_text_names_all_its_lists)
{
    g_autofree char *text = long_text();
    g_autoptr(cJSON) whole = iceberg_table_parse(text, strlen(text), NULL);
    g_autoptr(cJSON) lazy = read_lazily(text, NULL);
    g_autoptr(cJSON) again = read_lazily(text, NULL);
    g_autoptr(GPtrArray) lists = iceberg_table_new_manifest_lists(lazy, NULL, NULL);
    g_autoptr(GPtrArray) none = iceberg_table_new_manifest_lists(lazy, again, NULL);
    g_autoptr(GPtrArray) neither = iceberg_table_new_manifest_lists(lazy, whole, NULL);
    g_autoptr(IcebergTableSummary) expected = iceberg_table_summarize(whole, NULL, NULL);
    g_autoptr(IcebergTableSummary) summary = iceberg_table_summarize(lazy, NULL, NULL);

    ck_assert_uint_eq(lists->len, 3);
    ck_assert_uint_eq(none->len, 0);
    ck_assert_uint_eq(neither->len, 0);
    ck_assert_uint_eq(expected->new_snapshots->len, 3);
    ck_assert_uint_eq(summary->new_snapshots->len, 1); /* the current one is the last as well */
    ck_assert_int_eq(((IcebergSnapshot *)summary->new_snapshots->pdata[0])->snapshot_id,
                     expected->current_snapshot_id);
}
END_TEST

/* An id that is known with another list behind it is not known. */
START_TEST(a_list_that_was_exchanged_is_found)
{
    g_autofree char *text = long_text();
    g_auto(GStrv) parts = g_strsplit(text, "\"manifest-list\":\"", 2);
    g_autofree char *other = g_strjoin("\"manifest-list\":\"elsewhere", parts[0], parts[1], NULL);
    g_autoptr(cJSON) base = read_lazily(text, NULL);
    g_autoptr(cJSON) table = read_lazily(other, NULL);
    g_autoptr(GPtrArray) lists = iceberg_table_new_manifest_lists(table, base, NULL);

    ck_assert_uint_eq(lists->len, 1);
    ck_assert(g_str_has_prefix(lists->pdata[0], "elsewhere"));
}
END_TEST

START_TEST(half_a_text_is_refused)
{
    g_autofree char *text = long_text();

    for (gsize n = 0; n < strlen(text); n++) {
        g_autofree char *half = g_memdup2(text, MAX(n, 1));
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(iceberg_table_parse_lazily(half, n, NULL, NULL, &error));
        ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_INVALID_ARGUMENT));
    }
}
END_TEST

/* `from` replaced once in a sound text. */
static void
assert_text_refused(const char *from, const char *to)
{
    g_autofree char *text = long_text();
    g_auto(GStrv) parts = g_strsplit(text, from, 2);
    g_autofree char *spoilt = g_strjoin(to, parts[0], parts[1], NULL);
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_nonnull(parts[1]);
    ck_assert_msg(!read_lazily(spoilt, &error), "%s", spoilt);
    ck_assert_ptr_nonnull(error);
}

START_TEST(an_unsound_snapshot_is_refused_though_it_stays_text)
{
    assert_text_refused("\"snapshot-id\":7", "\"snapshot-id\":\"7\"");
    assert_text_refused("\"snapshot-id\":7", "\"snapshot-id\":" B);
    assert_text_refused("\"sequence-number\":3", "\"sequence-number\":4");
    assert_text_refused("\"manifest-list\":", "\"manifest-list\":0,\"m\":");
    assert_text_refused("\"manifest-list\":", "\"manifest-list\":tru,\"m\":");
    assert_text_refused("\"snapshots\":[", "\"snapshots\":[,");
    assert_text_refused("\"snapshots\":[", "\"snapshots\":[1,");
    assert_text_refused("\"snapshots\":[", "\"snapshots\":{},\"s\":[");
    assert_text_refused("\"snapshots\":[", "\"snapshots\":[],\"snapshots\":[");
}
END_TEST

static gboolean
collect(const void *bytes, gsize length, gpointer data, GError **error)
{
    (void)error;
    g_string_append_len(data, bytes, (gssize)length);
    return TRUE;
}

START_TEST(a_long_text_rests_on_its_way_and_is_printed_in_pieces)
{
    g_autofree char *text = long_text();
    g_auto(GStrv) parts = g_strsplit(text, "\"snapshots\":[", 2);
    g_autoptr(GString) many = g_string_new(parts[0]);
    g_autoptr(GString) printed = g_string_new(NULL);
    g_autoptr(cJSON) table = NULL;
    g_autofree char *wide = g_strnfill(100000, 'w');
    int rests = 0;

    g_string_append(many, "\"snapshots\":[");
    for (int id = 100; many->len < 9000000; id++)
        g_string_append_printf(many,
                               "{\"snapshot-id\":%d,\"timestamp-ms\":5,\"manifest-list\":\"m\","
                               "\"w\":\"%s\"},",
                               id, wide);
    g_string_append(many, parts[1]);
    table = iceberg_table_parse_lazily(many->str, many->len, count_rest, &rests, NULL);
    ck_assert_ptr_nonnull(table);
    ck_assert_int_eq(rests, 2);
    ck_assert(json_print_pieces(table, collect, printed, NULL));
    ck_assert_uint_eq(printed->len, many->len);
    ck_assert_str_eq(printed->str, many->str);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("lazy table metadata");
    TCase *tests = tcase_create("lazy table metadata");

    tcase_add_test(tests, commits_to_both_readings_are_the_same);
    tcase_add_test(tests, a_registered_text_names_all_its_lists);
    tcase_add_test(tests, a_list_that_was_exchanged_is_found);
    tcase_add_test(tests, half_a_text_is_refused);
    tcase_add_test(tests, an_unsound_snapshot_is_refused_though_it_stays_text);
    tcase_add_test(tests, a_long_text_rests_on_its_way_and_is_printed_in_pieces);
    suite_add_tcase(suite, tests);
    return fixture_run(suite);
}
