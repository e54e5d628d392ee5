/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: what says where a table's files are is found in its document wherever it stands, and a
 * document of which two readers could find two places is refused. Method: documents by hand, and
 * one cut short after each byte. */
#include <check.h>
#include <string.h>

#include "skep/iceberg.h"
#include "support/test_suite.h"

static cJSON *
places_of(const char *text)
{
    return iceberg_table_places(text, strlen(text), NULL);
}

static const char document[] =
    " { \"format-version\":2, \"schemas\":[{\"a\":\"}]\\\"\\\\\"},[1,2,{}]],\"x\":-1.5e3,\n"
    "\"snapshots\":[{\"location\":\"s3://other/t\",\"properties\":{}}], \"n\":null,"
    "\"loc\\u0061tion\":\"s3://b/t\",\"properties\" : {\"write.data.path\":\"s3://b/d\"},"
    "\"y\":[]}\n";

START_TEST(places_are_found_past_everything_else)
{
    g_autoptr(cJSON) places = places_of(document);
    ck_assert_ptr_nonnull(places);
    ck_assert_str_eq(json_find(places, "location")->valuestring, "s3://b/t");
    ck_assert_str_eq(iceberg_property(places, "write.data.path"), "s3://b/d");
    ck_assert_int_eq(cJSON_GetArraySize(places), 2);
}
END_TEST

START_TEST(half_a_document_is_refused)
{
    gsize length = strlen(document) - 1; /* without the line's end */
    for (gsize n = 0; n < length; n++) {
        g_autofree char *half = g_strndup(document, n);
        g_autoptr(GError) error = NULL;
        ck_assert_ptr_null(iceberg_table_places(half, n, &error));
        ck_assert_ptr_nonnull(error);
    }
}
END_TEST

START_TEST(two_readers_cannot_find_two_places)
{
    ck_assert_ptr_null(places_of("{\"location\":\"s3://a\",\"location\":\"s3://b\"}"));
    ck_assert_ptr_null(places_of("{\"location\":\"s3://a\",\"l\\u006fcation\":\"s3://b\"}"));
    ck_assert_ptr_null(places_of("{\"properties\":{\"a\":\"b\",\"a\":\"c\"}}"));
    ck_assert_ptr_null(places_of("[]"));
    ck_assert_ptr_null(places_of("{\"a\" 1}"));
    ck_assert_ptr_null(places_of("{\"a\":}"));
    ck_assert_ptr_null(places_of("{\"a\":1,}"));
    ck_assert_ptr_null(places_of(""));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("table places");
    TCase *tests = tcase_create("table places");
    tcase_add_test(tests, places_are_found_past_everything_else);
    tcase_add_test(tests, half_a_document_is_refused);
    tcase_add_test(tests, two_readers_cannot_find_two_places);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
