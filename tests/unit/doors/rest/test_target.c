/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a request target is split before it is decoded, and decoded once. Method: raw targets in,
 * segments and parameters or the refusal out. */
#include <check.h>
#include <string.h>

#include "doors/rest/rest_private.h"
#include "support/test_suite.h"

static void
assert_path(const char *raw, const char *expected_joined_by_bar)
{
    g_autoptr(GError) error = NULL;
    g_auto(RestTarget) target = {NULL, NULL};
    ck_assert_msg(rest_target_parse(raw, &target, &error), "%s: %s", raw,
                  error ? error->message : "");
    g_ptr_array_add(target.segments, NULL);
    g_autofree char *joined = g_strjoinv("|", (char **)target.segments->pdata);
    ck_assert_str_eq(joined, expected_joined_by_bar);
}

static void
assert_refused(const char *raw)
{
    g_autoptr(GError) error = NULL;
    RestTarget target = {NULL, NULL};
    ck_assert_msg(!rest_target_parse(raw, &target, &error), "%s was taken", raw);
    ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_INVALID_ARGUMENT);
    ck_assert_ptr_null(target.segments);
}

static void
assert_parameter(const char *raw, const char *key, const char *expected)
{
    g_auto(RestTarget) target = {NULL, NULL};
    ck_assert(rest_target_parse(raw, &target, NULL));
    const char *value = g_hash_table_lookup(target.query, key);
    if (expected)
        ck_assert_str_eq(value, expected);
    else
        ck_assert_ptr_null(value);
}

START_TEST(an_escaped_slash_stays_in_its_name)
{
    assert_path("/v1/namespaces/a%2Fb/tables/c%2Fd", "v1|namespaces|a/b|tables|c/d");
}
END_TEST

START_TEST(names_are_decoded_once_only)
{
    assert_path("/v1/namespaces/a%252Fb", "v1|namespaces|a%2Fb");
    assert_path("/v1/namespaces/100%25", "v1|namespaces|100%");
}
END_TEST

START_TEST(a_plus_in_a_path_is_a_plus_and_in_a_query_a_space)
{
    assert_path("/v1/namespaces/a+b", "v1|namespaces|a+b");
    assert_parameter("/v1?warehouse=a+b", "warehouse", "a b");
    assert_parameter("/v1?warehouse=a%2Bb", "warehouse", "a+b");
}
END_TEST

START_TEST(the_level_separator_arrives_escaped_or_plain)
{
    assert_path("/v1/namespaces/a%1Fb", "v1|namespaces|a\x1f"
                                        "b");
    assert_path("/v1/namespaces/a%1fb", "v1|namespaces|a\x1f"
                                        "b");
    assert_path("/v1/namespaces/a\x1f"
                "b",
                "v1|namespaces|a\x1f"
                "b");
}
END_TEST

START_TEST(the_iceberg_alias_and_leading_slashes_are_dropped)
{
    assert_path("/iceberg/v1/config", "v1|config");
    assert_path("//v1/config", "v1|config");
    assert_path("/iceberg//v1/namespaces/iceberg", "v1|namespaces|iceberg");
}
END_TEST

START_TEST(empty_segments_inside_a_path_are_kept)
{
    assert_path("/v1/namespaces//tables", "v1|namespaces||tables");
    assert_path("/v1/namespaces/", "v1|namespaces|");
    assert_path("/", "");
}
END_TEST

START_TEST(malformed_escapes_are_refused)
{
    assert_refused("/v1/namespaces/%");
    assert_refused("/v1/namespaces/%4");
    assert_refused("/v1/namespaces/%zz");
    assert_refused("/v1/namespaces/a%2/b");
    assert_refused("/v1?a=%1");
    assert_refused("/v1?a=%4&b=41");
}
END_TEST

START_TEST(nul_and_invalid_utf8_are_refused)
{
    assert_refused("/v1/namespaces/a%00b");
    assert_refused("/v1/namespaces/%ff");
    assert_refused("/v1/namespaces/%c3%28");
    assert_refused("/v1/namespaces/\xff");
    assert_refused("/v1?warehouse=%00");
    assert_refused("/v1?warehouse=%ed%a0%80");
}
END_TEST

START_TEST(what_is_not_a_path_is_refused)
{
    assert_refused("");
    assert_refused("*");
    assert_refused("http://host/v1/config");
}
END_TEST

START_TEST(too_many_segments_or_parameters_are_refused)
{
    g_autoptr(GString) path = g_string_new(NULL);
    g_autoptr(GString) query = g_string_new("/v1?");
    for (guint i = 0; i < 5000; i++) {
        g_string_append(path, "/a");
        g_string_append_printf(query, "p%u=1&", i);
    }
    assert_refused(path->str);
    assert_refused(query->str);
}
END_TEST

START_TEST(query_parameters_are_found_by_name)
{
    assert_parameter("/v1?a=1&b=2", "b", "2");
    assert_parameter("/v1?a&b=2", "a", "");
    assert_parameter("/v1?pageToken=", "pageToken", "");
    assert_parameter("/v1?a=1&a=2", "a", "1");
    assert_parameter("/v1?&&=x&a=%26", "a", "&");
    assert_parameter("/v1?a=b=c", "a", "b=c");
    assert_parameter("/v1", "a", NULL);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("rest target");
    TCase *tests = tcase_create("target");
    tcase_add_test(tests, an_escaped_slash_stays_in_its_name);
    tcase_add_test(tests, names_are_decoded_once_only);
    tcase_add_test(tests, a_plus_in_a_path_is_a_plus_and_in_a_query_a_space);
    tcase_add_test(tests, the_level_separator_arrives_escaped_or_plain);
    tcase_add_test(tests, the_iceberg_alias_and_leading_slashes_are_dropped);
    tcase_add_test(tests, empty_segments_inside_a_path_are_kept);
    tcase_add_test(tests, malformed_escapes_are_refused);
    tcase_add_test(tests, nul_and_invalid_utf8_are_refused);
    tcase_add_test(tests, what_is_not_a_path_is_refused);
    tcase_add_test(tests, too_many_segments_or_parameters_are_refused);
    tcase_add_test(tests, query_parameters_are_found_by_name);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
