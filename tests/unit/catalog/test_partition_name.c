/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: partition names are Hive's, byte for byte, and come back as the values that went in.
 * Method: fixed pairs, then every byte there is, alone and among others. */
#include <check.h>
#include <string.h>

#include "skep/catalog_partition.h"
#include "skep/error.h"
#include "support/test_suite.h"

static void
assert_name(const char *const *keys, const char *const *values, const char *expected)
{
    g_autofree char *name = catalog_partition_name_format(keys, values);

    ck_assert_str_eq(name, expected);
}

START_TEST(keys_and_values_are_joined_in_order)
{
    const char *keys[] = {"ds", "hr", NULL};
    const char *values[] = {"2024-01-01", "1", NULL};

    assert_name(keys, values, "ds=2024-01-01/hr=1");
}
END_TEST

START_TEST(what_hive_escapes_is_escaped_and_nothing_else)
{
    const char *keys[] = {"k", NULL};
    const char *escaped[] = {"\x01\x1f\x7f\"#%'*/:=?\\{[]^", NULL};
    const char *plain[] = {" !$&()+,-.;<>@_`|}~\xc3\xa4\xe2\x82\xac", NULL};

    assert_name(keys, escaped, "k=%01%1F%7F%22%23%25%27%2A%2F%3A%3D%3F%5C%7B%5B%5D%5E");
    assert_name(keys, plain, "k= !$&()+,-.;<>@_`|}~\xc3\xa4\xe2\x82\xac");
}
END_TEST

START_TEST(a_key_is_escaped_too)
{
    const char *keys[] = {"a/b", NULL};
    const char *values[] = {"c", NULL};

    assert_name(keys, values, "a%2Fb=c");
}
END_TEST

START_TEST(no_value_is_the_default_partition)
{
    const char *keys[] = {"a", "b", NULL};
    const char *values[] = {"", "x", NULL};

    assert_name(keys, values, "a=__HIVE_DEFAULT_PARTITION__/b=x");
}
END_TEST

/* Bytes from 0x80 on as the characters U+0080 to U+00FF, because a value is text. */
START_TEST(every_character_survives_the_way_there_and_back)
{
    char character[8] = "";
    char *value;
    const char *keys[] = {"first", "second", NULL};
    g_autofree char *name = NULL;
    g_auto(GStrv) found_keys = NULL;
    g_auto(GStrv) found_values = NULL;
    g_autoptr(GError) error = NULL;

    character[g_unichar_to_utf8((gunichar)_i, character)] = '\0';
    value = g_strconcat("x", character, "%41", character, NULL);

    const char *values[] = {character, value, NULL};

    name = catalog_partition_name_format(keys, values);
    ck_assert(catalog_partition_name_parse(name, &found_keys, &found_values, &error));
    ck_assert_uint_eq(g_strv_length(found_values), 2);
    ck_assert_str_eq(found_keys[0], "first");
    ck_assert_str_eq(found_keys[1], "second");
    ck_assert_str_eq(found_values[0], character);
    ck_assert_str_eq(found_values[1], value);
    g_free(value);
}
END_TEST

static void
assert_parses(const char *name, const char *expected_values)
{
    g_auto(GStrv) values = NULL;
    g_autofree char *joined = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert(catalog_partition_name_parse(name, NULL, &values, &error));
    joined = g_strjoinv("|", values);
    ck_assert_str_eq(joined, expected_values);
}

START_TEST(any_escape_is_read_and_what_only_looks_like_one_stays)
{
    assert_parses("a=%61%6a%6A", "ajj");
    assert_parses("a=%e4", "\xc3\xa4");
    assert_parses("a=%zz%4", "%zz%4");
    assert_parses("a=b=c", "b=c");
    assert_parses("a=/b=", "|");
    assert_parses("", "");
}
END_TEST

static void
assert_refused(const char *name)
{
    GStrv values = NULL;
    GStrv keys = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert(!catalog_partition_name_parse(name, &keys, &values, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_INVALID_ARGUMENT));
    ck_assert_ptr_null(values);
    ck_assert_ptr_null(keys);
}

START_TEST(a_part_that_says_no_value_is_refused)
{
    assert_refused("a");
    assert_refused("a=b/c");
    assert_refused("/");
    assert_refused("a=b/");
    assert_refused("a=%00");
    assert_refused("%00=b");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("partition_name");
    TCase *names = tcase_create("names");

    tcase_add_test(names, keys_and_values_are_joined_in_order);
    tcase_add_test(names, what_hive_escapes_is_escaped_and_nothing_else);
    tcase_add_test(names, a_key_is_escaped_too);
    tcase_add_test(names, no_value_is_the_default_partition);
    tcase_add_loop_test(names, every_character_survives_the_way_there_and_back, 1, 256);
    tcase_add_test(names, any_escape_is_read_and_what_only_looks_like_one_stays);
    tcase_add_test(names, a_part_that_says_no_value_is_refused);
    suite_add_tcase(suite, names);
    return test_run_suite(suite);
}
