/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: for snapshots=refs a document's text loses the snapshots that no ref names, and no other
 * byte, in whatever order its members stand. Method: documents by hand, one cut short after each
 * byte, and one that is longer than the pieces in which a text is read. */
#include "iceberg_fixture.h"

#define HEAD "{ \"format-version\":2,\"x\":[\"snapshots\",{\"refs\":{\"z\":{\"snapshot-id\":4}}}],"
#define REFS                                                                                       \
    "\"refs\":{\"main\":{\"snapshot-id\":9223372036854775807,\"type\":\"branch\"},"                \
    "\"t\":{\"type\":\"tag\",\"snapshot-id\": 2 }},"
#define CURRENT "\"current-snapshot-id\" : 9223372036854775807,"
#define ONE     "{\"snapshot-id\":1,\"summary\":{\"a\":\"]}\\\"\\\\\",\"snapshot-id\":\"2\"}}"
#define TWO     "{\"schema-id\":0, \"snapshot-id\":2}"
#define NEAR    "{\"snapshot-id\":9223372036854775806}"
#define MAIN    "{\"snapshot\\u002did\":9223372036854775807,\"s\":[1,-2.5e3,null,true]}"
#define TAIL    ",\"snapshot-log\":[{\"snapshot-id\":1,\"timestamp-ms\":5}],\"n\":null}\n"
#define ALL     "\"snapshots\":[" ONE ",\n " TWO "," NEAR " , " MAIN "]"
#define KEPT    "\"snapshots\":[" TWO ", " MAIN "]"

static void
assert_filtered(const char *text, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *filtered = fixture_refs_text(text, strlen(text), &error);

    ck_assert_msg(filtered != NULL, "%s: %s", text, error ? error->message : "");
    ck_assert_str_eq(filtered, expected);
}

START_TEST(only_snapshots_that_refs_name_are_kept_and_every_other_byte)
{
    assert_filtered(HEAD CURRENT REFS ALL TAIL, HEAD CURRENT REFS KEPT TAIL);
    /* refs after the snapshots, or the current one, or both */
    assert_filtered(HEAD ALL "," REFS CURRENT "\"e\":0" TAIL,
                    HEAD KEPT "," REFS CURRENT "\"e\":0" TAIL);
    assert_filtered(HEAD REFS ALL "," CURRENT "\"e\":0" TAIL,
                    HEAD REFS KEPT "," CURRENT "\"e\":0" TAIL);
    assert_filtered(HEAD CURRENT ALL "," REFS "\"e\":0" TAIL,
                    HEAD CURRENT KEPT "," REFS "\"e\":0" TAIL);
}
END_TEST

START_TEST(what_main_names_is_kept_where_the_writer_knew_no_refs)
{
    assert_filtered(HEAD CURRENT ALL TAIL, HEAD CURRENT "\"snapshots\":[" MAIN "]" TAIL);
    assert_filtered(HEAD "\"refs\":null," CURRENT ALL TAIL,
                    HEAD "\"refs\":null," CURRENT "\"snapshots\":[" MAIN "]" TAIL);
}
END_TEST

START_TEST(without_snapshots_nothing_is_lost)
{
    static const char *const documents[] = {
        "{}",
        HEAD "\"snapshots\":null}",
        HEAD REFS "\"snapshots\":[]" TAIL,
        HEAD "\"current-snapshot-id\":null,\"snapshots\":[]}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(documents); i++)
        assert_filtered(documents[i], documents[i]);
    assert_filtered(HEAD "\"snapshots\" : [ ]}", HEAD "\"snapshots\" : []}");
    assert_filtered(HEAD "\"current-snapshot-id\":-1," ALL "}",
                    HEAD "\"current-snapshot-id\":-1,\"snapshots\":[]}");
    /* ids that are none name nothing */
    assert_filtered("{\"refs\":{\"a\":{\"snapshot-id\":1.5},\"b\":{\"snapshot-id\":\"1\"},\"c\":7},"
                    "\"snapshots\":[{\"snapshot-id\":1},{\"snapshot-id\":[1]},8]}",
                    "{\"refs\":{\"a\":{\"snapshot-id\":1.5},\"b\":{\"snapshot-id\":\"1\"},\"c\":7},"
                    "\"snapshots\":[]}");
}
END_TEST

START_TEST(half_a_document_is_refused)
{
    static const char document[] = HEAD ALL "," REFS CURRENT "\"e\":0" TAIL;
    gsize length = sizeof document - 2; /* without the line's end */

    for (gsize n = 0; n < length; n++) {
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(fixture_refs_text(document, n, &error));
        ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_INVALID_ARGUMENT));
    }
}
END_TEST

START_TEST(two_readers_cannot_find_two_lists)
{
    static const char *const documents[] = {
        "{\"snapshots\":[],\"snapshots\":[]}",
        "{\"snapshots\":[],\"snapshot\\u0073\":[]}",
        "{\"refs\":{},\"refs\":{}}",
        "{\"current-snapshot-id\":1,\"current-snapshot-id\":2}",
        "{\"refs\":{},\"current-snapshot-id\":1,"
        "\"snapshots\":[{\"snapshot-id\":1,\"snapshot-id\":2}]}",
        "[]",
        "{\"a\" 1}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1} 2",
        "{\"snapshots\":[}",
        "{\"snapshots\":[1",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(documents); i++)
        ck_assert_ptr_null(fixture_refs_text(documents[i], strlen(documents[i]), NULL));
}
END_TEST

/* Values, names and commas fall on every place of a piece's edge. */
START_TEST(pieces_end_anywhere)
{
    g_autoptr(GString) text = g_string_new(HEAD CURRENT "\"snapshots\":[" MAIN);
    g_autoptr(GString) expected = g_string_new(HEAD CURRENT "\"snapshots\":[" MAIN);

    for (int i = 0; text->len < 1000000; i++) {
        g_string_append_printf(text, ",{\"snapshot-id\":%d,\"w\":\"%*s\\\"\"}", i + 10, i % 257,
                               "");
        if (i % 100 == 0) {
            g_string_append(text, " ," TWO);
            g_string_append(expected, "," TWO);
        }
    }
    g_string_append(text, "]," REFS "\"e\":0" TAIL);
    g_string_append(expected, "]," REFS "\"e\":0" TAIL);
    assert_filtered(text->str, expected->str);
}
END_TEST

static gboolean
fail_to_read(gpointer data, guint64 offset, void *bytes, gsize length, GError **error)
{
    return offset > 0 ? skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL, "the disk is gone")
                      : fixture_read_text(data, offset, bytes, length, error);
}

START_TEST(a_disk_that_fails_is_told)
{
    g_autoptr(GString) text = g_string_new("{\"a\":\"");
    g_autoptr(GError) error = NULL;

    while (text->len < 200000)
        g_string_append_c(text, 'a');
    g_string_append(text, "\"}");
    ck_assert_ptr_null(iceberg_table_refs_text(fail_to_read, text->str, text->len, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_UNAVAILABLE));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("refs_text");
    TCase *tests = tcase_create("refs_text");

    tcase_add_test(tests, only_snapshots_that_refs_name_are_kept_and_every_other_byte);
    tcase_add_test(tests, what_main_names_is_kept_where_the_writer_knew_no_refs);
    tcase_add_test(tests, without_snapshots_nothing_is_lost);
    tcase_add_test(tests, half_a_document_is_refused);
    tcase_add_test(tests, two_readers_cannot_find_two_lists);
    tcase_add_test(tests, pieces_end_anywhere);
    tcase_add_test(tests, a_disk_that_fails_is_told);
    suite_add_tcase(suite, tests);
    return fixture_run(suite);
}
