/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: names of namespaces and tables go from JSON to the catalog and back unchanged, and no name
 * can be taken for another. Method: JSON text in, name or refusal out. */
#include <check.h>
#include <string.h>

#include "doors/rest/rest_private.h"
#include "support/test_suite.h"

static char *
decode(const char *text, GError **error)
{
    g_autoptr(cJSON) object = json_parse_object(text, strlen(text), 1024, error);
    ck_assert_ptr_nonnull(object);
    return rest_decode_namespace(object, "namespace", error);
}

static void
assert_decodes(const char *text, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = decode(text, &error);
    ck_assert_msg(name != NULL, "%s", error ? error->message : "");
    ck_assert_str_eq(name, expected);
}

static void
assert_refused(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = decode(text, &error);
    ck_assert_ptr_null(name);
    ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_INVALID_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error->message, "namespace"));
}

START_TEST(levels_are_joined_by_the_separator)
{
    assert_decodes("{\"namespace\":[\"a\"]}", "a");
    assert_decodes("{\"namespace\":[\"a\",\"b.c\",\"d/e\"]}", "a\x1f"
                                                              "b.c\x1f"
                                                              "d/e");
}
END_TEST

START_TEST(a_level_cannot_smuggle_in_a_separator)
{
    assert_refused("{\"namespace\":[\"a\\u001fb\"]}");
    assert_refused("{\"namespace\":[\"\"]}");
    assert_refused("{\"namespace\":[\"a\",\"\"]}");
    assert_refused("{\"namespace\":[]}");
}
END_TEST

START_TEST(wrong_types_are_refused_by_name)
{
    assert_refused("{}");
    assert_refused("{\"namespace\":null}");
    assert_refused("{\"namespace\":\"a\"}");
    assert_refused("{\"namespace\":[1]}");
    assert_refused("{\"namespace\":[[\"a\"]]}");
}
END_TEST

START_TEST(names_come_back_as_they_went_in)
{
    g_autoptr(GString) out = g_string_new(NULL);
    rest_encode_namespace(out, "a\x1f"
                               "b\"c");
    ck_assert_str_eq(out->str, "[\"a\",\"b\\\"c\"]");
}
END_TEST

START_TEST(an_identifier_needs_both_parts)
{
    const char *const texts[] = {"{\"i\":{\"namespace\":[\"a\"]}}", "{\"i\":{\"name\":\"t\"}}",
                                 "{\"i\":\"a.t\"}", "{}",
                                 "{\"i\":{\"namespace\":[\"a\"],\"name\":1}}"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(cJSON) object = json_parse_object(texts[i], strlen(texts[i]), 1024, NULL);
        g_autofree char *namespace_name = NULL;
        const char *name = NULL;
        ck_assert(!rest_decode_identifier(object, "i", &namespace_name, &name, &error));
        ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("rest identifier");
    TCase *tests = tcase_create("identifier");
    tcase_add_test(tests, levels_are_joined_by_the_separator);
    tcase_add_test(tests, a_level_cannot_smuggle_in_a_separator);
    tcase_add_test(tests, wrong_types_are_refused_by_name);
    tcase_add_test(tests, names_come_back_as_they_went_in);
    tcase_add_test(tests, an_identifier_needs_both_parts);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
