/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: JSON goes through the json module without losing a digit, and nothing hostile gets through
 * it. Method: short texts in, the printed tree or the fact of the error out. */
#include <check.h>
#include <string.h>

#include "skep/error.h"
#include "skep/json.h"
#include "support/test_suite.h"

#define LIMIT (64u * 1024u * 1024u)

static cJSON *
parse_length(const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    cJSON *value = json_parse(text, length, LIMIT, &error);

    ck_assert_msg(value != NULL, "%s: %s", text, error != NULL ? error->message : "no error set");
    return value;
}

static cJSON *
parse(const char *text)
{
    return parse_length(text, strlen(text));
}

static void
assert_prints(const char *text, const char *expected)
{
    g_autoptr(cJSON) value = parse(text);
    g_autofree char *printed = json_print_compact(value);

    ck_assert_str_eq(printed, expected);
}

static void
assert_refused_length(const char *text, gsize length, SkepError fact)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) value = json_parse(text, length, LIMIT, &error);

    ck_assert_msg(value == NULL, "taken: %s", text);
    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(error->code, fact);
}

static void
assert_refused(const char *text)
{
    assert_refused_length(text, strlen(text), SKEP_ERROR_INVALID_ARGUMENT);
}

static char *
nested(const char *open, const char *close, int depth)
{
    GString *text = g_string_new(NULL);

    for (int i = 0; i < depth; i++)
        g_string_append(text, open);
    for (int i = 0; i < depth; i++)
        g_string_append(text, close);
    return g_string_free(text, FALSE);
}

START_TEST(every_number_prints_with_the_digits_it_was_read_with)
{
    static const char *const numbers[] = {
        "0",
        "-0",
        "1",
        "-1",
        "1.0",
        "-0.0",
        "0.1",
        "1.10",
        "1e400",
        "-1e400",
        "1E+5",
        "1e-7",
        "123456789012345",
        "999999999999999",
        "-999999999999999",
        "1000000000000000",
        "9007199254740993",
        "3055729675574597004",
        "-3055729675574597004",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "18446744073709551615",
        "123456789012345678901234567890",
        "0.12345678901234567890",
        "3.141592653589793",
        "2.5e3",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        assert_prints(numbers[i], numbers[i]);
}
END_TEST

START_TEST(integers_read_back_exactly_at_the_ends_of_int64)
{
    g_autoptr(cJSON) object =
        parse("{\"max\":9223372036854775807,\"min\":-9223372036854775808,"
              "\"id\":3055729675574597004,\"zero\":0,\"minus\":-0,\"small\":-7}");
    gint64 number = 1;

    ck_assert(json_get_int64(object, "max", &number, NULL) && number == G_MAXINT64);
    ck_assert(json_get_int64(object, "min", &number, NULL) && number == G_MININT64);
    ck_assert(json_get_int64(object, "id", &number, NULL) &&
              number == G_GINT64_CONSTANT(3055729675574597004));
    ck_assert(json_get_int64(object, "zero", &number, NULL) && number == 0);
    ck_assert(json_get_int64(object, "minus", &number, NULL) && number == 0);
    ck_assert(json_get_int64(object, "small", &number, NULL) && number == -7);
}
END_TEST

START_TEST(fractions_and_numbers_out_of_range_are_no_integers)
{
    static const char *const texts[] = {"{\"n\":1.0}",
                                        "{\"n\":1.5}",
                                        "{\"n\":1e3}",
                                        "{\"n\":1e400}",
                                        "{\"n\":9223372036854775808}",
                                        "{\"n\":-9223372036854775809}",
                                        "{\"n\":\"1\"}",
                                        "{\"n\":true}",
                                        "{\"n\":null}",
                                        "{}",
                                        "[]"};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(cJSON) object = parse(texts[i]);
        g_autoptr(GError) error = NULL;
        gint64 number = 42;

        ck_assert_msg(!json_get_int64(object, "n", &number, &error), "%s", texts[i]);
        ck_assert_int_eq(number, 42);
        ck_assert_ptr_nonnull(strstr(error->message, "n"));
        ck_assert_int_eq(error->code, SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

START_TEST(int32_members_refuse_what_only_int64_holds)
{
    g_autoptr(cJSON) object = parse("{\"a\":2147483647,\"b\":2147483648,\"c\":-2147483649}");
    gint32 number = 0;

    ck_assert(json_get_int32(object, "a", &number, NULL) && number == G_MAXINT32);
    ck_assert(!json_get_int32(object, "b", &number, NULL));
    ck_assert(!json_get_int32(object, "c", &number, NULL));
    ck_assert_int_eq(number, G_MAXINT32);
}
END_TEST

START_TEST(strings_survive_with_every_escape)
{
    assert_prints("\"a\\u00e4\\ud83d\\ude00\\/\\\"\\\\\\b\\f\\n\\r\\t\"",
                  "\"a\xc3\xa4\xf0\x9f\x98\x80/\\\"\\\\\\u0008\\u000c\\n\\r\\t\"");
    assert_prints("\"\xc3\xa4\"", "\"\xc3\xa4\"");
    assert_prints(" { \"a\\u0062\" : [ true , false , null ] } ", "{\"ab\":[true,false,null]}");
    assert_prints("[]", "[]");
    assert_prints("{}", "{}");
    assert_prints("[[],{},\"\"]", "[[],{},\"\"]");
}
END_TEST

START_TEST(text_that_is_not_json_is_refused)
{
    static const char *const texts[] = {
        "",
        "  ",
        "{",
        "[",
        "\"",
        "\"\\",
        "\"a\\\"",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "[1,]",
        "[1 2]",
        "[1}",
        "{\"a\":1]",
        "1 2",
        "{} x",
        "tru",
        "nul",
        "True",
        "NaN",
        "Infinity",
        "+1",
        "-",
        "01",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x10",
        "'a'",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\ud800\\n\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\n\"",
        "\"\x01\"",
        "\"\xff\"",
        "\"\xc3\"",
        "\"\xed\xa0\x80\"",
        "\"\xc0\x80\"",
        "\xef\xbb\xbf{}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "/* no */ {}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_refused(texts[i]);
    assert_refused_length("\"a\0b\"", 5, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(a_member_named_twice_is_found_in_long_objects)
{
    GString *text = g_string_new("{");

    for (int i = 0; i < 1000; i++)
        g_string_append_printf(text, "\"k%d\":%d,", i, i);
    g_string_append(text, "\"k500\":1}");
    assert_refused(text->str);
    g_string_free(text, TRUE);
}
END_TEST

static void
assert_sent_is_read_as(const char *sent, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) value = json_parse_sent_object(sent, strlen(sent), G_MAXINT, &error);
    g_autofree char *text = NULL;

    ck_assert_msg(value != NULL, "%s: %s", sent, error != NULL ? error->message : "");
    text = json_print_compact(value);
    ck_assert_str_eq(text, expected);
}

START_TEST(of_a_member_sent_twice_the_later_value_counts)
{
    g_autoptr(GString) sent = g_string_new("{\"k0\":null");
    g_autoptr(GString) expected = g_string_new("{\"k0\":0");

    assert_sent_is_read_as("{\"type\":{},\"type\":\"list\",\"id\":1}",
                           "{\"type\":\"list\",\"id\":1}");
    assert_sent_is_read_as("{\"a\":1,\"b\":2,\"a\":[3],\"a\":4}", "{\"a\":4,\"b\":2}");
    assert_sent_is_read_as("{\"a\":1,\"\\u0061\":2}", "{\"a\":2}");
    for (int i = 1; i < 1000; i++) {
        g_string_append_printf(sent, ",\"k%d\":null", i);
        g_string_append_printf(expected, ",\"k%d\":%d", i, i);
    }
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 1000; i++)
            g_string_append_printf(sent, ",\"k%d\":%d", i, i);
    g_string_append_c(sent, '}');
    g_string_append_c(expected, '}');
    assert_sent_is_read_as(sent->str, expected->str);
}
END_TEST

START_TEST(nesting_is_bounded_and_the_bound_itself_is_taken)
{
    g_autofree char *deep = nested("[", "]", JSON_MAX_DEPTH);
    g_autofree char *deeper = nested("[", "]", JSON_MAX_DEPTH + 1);
    g_autofree char *endless = nested("[", "", 1000000);
    g_autofree char *objects = nested("{\"a\":", "}", 100000);
    g_autoptr(cJSON) value = parse(deep);

    ck_assert(json_is_array(value));
    assert_refused_length(deeper, strlen(deeper), SKEP_ERROR_TOO_LARGE);
    assert_refused_length(endless, strlen(endless), SKEP_ERROR_TOO_LARGE);
    assert_refused_length(objects, strlen(objects), SKEP_ERROR_TOO_LARGE);
}
END_TEST

START_TEST(siblings_do_not_count_as_nesting)
{
    GString *text = g_string_new("[");

    for (int i = 0; i < 2000; i++)
        g_string_append(text, "[],{},[{}],");
    g_string_append(text, "1]");
    cJSON_Delete(parse(text->str));
    g_string_free(text, TRUE);
}
END_TEST

START_TEST(bytes_are_bounded)
{
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(json_parse("[1,2]", 5, 4, &error));
    ck_assert_int_eq(error->code, SKEP_ERROR_TOO_LARGE);
}
END_TEST

START_TEST(equality_ignores_member_order_and_knows_every_digit)
{
    static const struct {
        const char *a;
        const char *b;
        gboolean equal;
    } cases[] = {
        {"{\"a\":1,\"b\":2}",          "{\"b\":2,\"a\":1}",          TRUE },
        {"[1,2]",                      "[2,1]",                      FALSE},
        {"{\"a\":1}",                  "{\"a\":1,\"b\":null}",       FALSE},
        {"{\"a\":1}",                  "{\"A\":1}",                  FALSE},
        {"9223372036854775807",        "9223372036854775806",        FALSE},
        {"9223372036854775807",        "9223372036854775807",        TRUE },
        {"3055729675574597004",        "3055729675574597000",        FALSE},
        {"18446744073709551615",       "18446744073709551614",       FALSE},
        {"1.0",                        "1",                          TRUE },
        {"-0",                         "0",                          TRUE },
        {"0.1",                        "0.10",                       TRUE },
        {"0.1",                        "0.2",                        FALSE},
        {"\"a\"",                      "\"a\"",                      TRUE },
        {"\"1\"",                      "1",                          FALSE},
        {"true",                       "false",                      FALSE},
        {"null",                       "false",                      FALSE},
        {"[{\"x\":[1,{\"y\":null}]}]", "[{\"x\":[1,{\"y\":null}]}]", TRUE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cJSON) a = parse(cases[i].a);
        g_autoptr(cJSON) b = parse(cases[i].b);

        ck_assert_msg(json_equal(a, b) == cases[i].equal, "%s %s", cases[i].a, cases[i].b);
        ck_assert_msg(json_equal(b, a) == cases[i].equal, "%s %s", cases[i].b, cases[i].a);
    }
    ck_assert(json_equal(NULL, NULL));
}
END_TEST

START_TEST(long_objects_in_another_order_are_equal)
{
    GString *up = g_string_new("{\"x\":0");
    GString *down = g_string_new("{\"x\":0");
    g_autoptr(cJSON) a = NULL;
    g_autoptr(cJSON) b = NULL;

    for (int i = 0; i < 500; i++) {
        g_string_append_printf(up, ",\"k%d\":%d", i, i);
        g_string_append_printf(down, ",\"k%d\":%d", 499 - i, 499 - i);
    }
    a = parse(g_string_append_c(up, '}')->str);
    b = parse(g_string_append_c(down, '}')->str);
    ck_assert(json_equal(a, b));
    json_object_set_int64(b, "k7", 8);
    ck_assert(!json_equal(a, b));
    g_string_free(up, TRUE);
    g_string_free(down, TRUE);
}
END_TEST

START_TEST(a_duplicate_keeps_raw_digits_and_drops_its_member_name)
{
    g_autoptr(cJSON) object = parse("{\"s\":{\"id\":9223372036854775807,\"f\":1e400}}");
    g_autoptr(cJSON) copy = json_duplicate(json_find(object, "s"));
    g_autofree char *printed = json_print_compact(copy);

    ck_assert_ptr_null(copy->string);
    ck_assert_str_eq(printed, "{\"id\":9223372036854775807,\"f\":1e400}");
}
END_TEST

START_TEST(members_are_set_in_their_place)
{
    g_autoptr(cJSON) object = parse("{\"a\":1,\"b\":2,\"c\":3}");
    g_autofree char *printed = NULL;

    json_object_set_int64(object, "b", G_MAXINT64);
    json_object_set_string(object, "a", "x\"y");
    json_object_set_null(object, "c");
    json_object_set_bool(object, "d", TRUE);
    json_object_set_int64(object, "e", G_MININT64);
    json_object_remove(object, "nothing");
    json_object_remove(object, "d");
    json_object_set(object, "f", json_new_raw("{\"raw\":true}"));
    printed = json_print_compact(object);
    ck_assert_str_eq(printed, "{\"a\":\"x\\\"y\",\"b\":9223372036854775807,\"c\":null,"
                              "\"e\":-9223372036854775808,\"f\":{\"raw\":true}}");
}
END_TEST

START_TEST(optional_members_leave_the_default_and_still_check_the_kind)
{
    g_autoptr(cJSON) object =
        parse("{\"s\":\"x\",\"n\":null,\"m\":{\"a\":1},\"t\":true,\"l\":[\"a\",1]}");
    const char *text = "default";
    cJSON *map = NULL;
    gboolean truth = FALSE;

    ck_assert(json_get_optional_string(object, "absent", &text, NULL));
    ck_assert(json_get_optional_string(object, "n", &text, NULL));
    ck_assert_str_eq(text, "default");
    ck_assert(json_get_optional_string(object, "s", &text, NULL));
    ck_assert_str_eq(text, "x");
    ck_assert(!json_get_optional_string(object, "t", &text, NULL));
    ck_assert(!json_get_optional_string_map(object, "m", &map, NULL));
    ck_assert(json_get_optional_object(object, "m", &map, NULL));
    ck_assert(!json_get_string_array(object, "l", &map, NULL));
    ck_assert(json_get_bool(object, "t", &truth, NULL) && truth);
    ck_assert_ptr_null(json_find(object, "S"));
    ck_assert_ptr_null(json_find(NULL, "s"));
    ck_assert(json_is_null(json_find(object, "n")));
    ck_assert_ptr_null(json_find_present(object, "n"));
}
END_TEST

START_TEST(a_document_of_many_megabytes_is_read_and_printed)
{
    GString *text = g_string_new("[");
    g_autoptr(cJSON) value = NULL;
    g_autofree char *printed = NULL;

    for (int i = 0; i < 200000; i++)
        g_string_append_printf(text, "%s{\"id\":%" G_GINT64_FORMAT "}", i ? "," : "",
                               G_MAXINT64 - i);
    g_string_append_c(text, ']');
    value = parse(text->str);
    printed = json_print_compact(value);
    ck_assert(strcmp(printed, text->str) == 0);
    g_string_free(text, TRUE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("json");
    TCase *numbers = tcase_create("numbers");
    TCase *reading = tcase_create("reading");
    TCase *trees = tcase_create("trees");

    tcase_add_test(numbers, every_number_prints_with_the_digits_it_was_read_with);
    tcase_add_test(numbers, integers_read_back_exactly_at_the_ends_of_int64);
    tcase_add_test(numbers, fractions_and_numbers_out_of_range_are_no_integers);
    tcase_add_test(numbers, int32_members_refuse_what_only_int64_holds);
    tcase_add_test(reading, strings_survive_with_every_escape);
    tcase_add_test(reading, text_that_is_not_json_is_refused);
    tcase_add_test(reading, a_member_named_twice_is_found_in_long_objects);
    tcase_add_test(reading, of_a_member_sent_twice_the_later_value_counts);
    tcase_add_test(reading, nesting_is_bounded_and_the_bound_itself_is_taken);
    tcase_add_test(reading, siblings_do_not_count_as_nesting);
    tcase_add_test(reading, bytes_are_bounded);
    tcase_add_test(reading, a_document_of_many_megabytes_is_read_and_printed);
    tcase_add_test(trees, equality_ignores_member_order_and_knows_every_digit);
    tcase_add_test(trees, long_objects_in_another_order_are_equal);
    tcase_add_test(trees, a_duplicate_keeps_raw_digits_and_drops_its_member_name);
    tcase_add_test(trees, members_are_set_in_their_place);
    tcase_add_test(trees, optional_members_leave_the_default_and_still_check_the_kind);
    tcase_set_timeout(reading, 60);
    suite_add_tcase(suite, numbers);
    suite_add_tcase(suite, reading);
    suite_add_tcase(suite, trees);
    return test_run_suite(suite);
}
