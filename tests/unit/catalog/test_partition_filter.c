/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: filters of Hive clients mean what Hive means by them, and nothing that a client writes can
 * end up in a statement. Method: filters in, the compiled predicate written out in prefix form; the
 * texts of errors where clients match on them. What predicates find is tested in tests/store. */
#include <check.h>
#include <string.h>

#include "catalog/partition_filter_private.h"
#include "catalog/partition_private.h"
#include "skep/error.h"
#include "store/partition_private.h"
#include "support/test_suite.h"

static GPtrArray *
make_keys(void)
{
    static const char *const keys[][2] = {
        {"ds",    "string"   },
        {"hr",    "int"      },
        {"day",   "date"     },
        {"ts",    "timestamp"},
        {"code",  "char(3)"  },
        {"ratio", "double"   },
        {"date",  "bigint"   }
    };
    GPtrArray *columns = catalog_columns_new();

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        g_ptr_array_add(columns, catalog_column_new(keys[i][0], keys[i][1], NULL));
    return columns;
}

static void
print_test(GString *out, const StorePartitionPredicate *predicate, const StorePartitionStep *step)
{
    static const char *const types[] = {"text", "int", "date", "ts"};
    static const char *const comparisons[] = {
        "=", "!=", "<", "<=", ">", ">=", "like", "in", "not-in", "is-default", "is-not-default"};

    g_string_append_printf(out, "(%u:%s %s", step->key, types[step->type],
                           comparisons[step->comparison]);
    for (guint i = 0; i < step->count; i++)
        g_string_append_printf(out, " %s",
                               (const char *)predicate->values->pdata[step->first_value + i]);
    g_string_append_c(out, ')');
}

static char *
print_predicate(const StorePartitionPredicate *predicate)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < predicate->steps->len; i++) {
        const StorePartitionStep *step = &g_array_index(predicate->steps, StorePartitionStep, i);

        if (step->kind == STORE_PARTITION_STEP_TEST)
            print_test(out, predicate, step);
        else
            g_string_append_printf(out, "%s%u", step->kind == STORE_PARTITION_STEP_ALL ? "&" : "|",
                                   step->count);
    }
    return g_string_free(out, FALSE);
}

static void
assert_compiles(const char *filter, const char *expected)
{
    g_autoptr(GPtrArray) keys = make_keys();
    g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *printed = NULL;

    ck_assert_msg(catalog_partition_filter_compile(filter, keys, predicate, &error), "%s: %s",
                  filter, error != NULL ? error->message : "no error set");
    printed = print_predicate(predicate);
    ck_assert_msg(g_str_equal(printed, expected), "%s: %s, not %s", filter, printed, expected);
}

static void
assert_refused(const char *filter, SkepError fact, const char *message)
{
    g_autoptr(GPtrArray) keys = make_keys();
    g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();
    g_autoptr(GError) error = NULL;

    ck_assert_msg(!catalog_partition_filter_compile(filter, keys, predicate, &error),
                  "taken: %.200s", filter);
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(g_error_matches(error, SKEP_ERROR, (gint)fact), "%s", error->message);
    ck_assert_msg(g_str_has_prefix(error->message, message), "%s", error->message);
}

static void
assert_syntax_error(const char *filter)
{
    assert_refused(filter, SKEP_ERROR_INVALID_ARGUMENT,
                   "Error parsing partition filter: lexer error: ");
}

static void
assert_type_error(const char *filter)
{
    assert_refused(filter, SKEP_ERROR_INVALID_ARGUMENT,
                   "Filtering is supported only on partition keys of type string");
}

START_TEST(an_empty_filter_is_no_condition)
{
    assert_compiles("", "");
    assert_compiles(" \t\n", "");
}
END_TEST

START_TEST(every_operator_is_known_with_the_key_on_either_side)
{
    assert_compiles("ds = 'a'", "(0:text = a)");
    assert_compiles("ds == \"a\"", "(0:text = a)");
    assert_compiles("ds != 'a'", "(0:text != a)");
    assert_compiles("ds <> 'a'", "(0:text != a)");
    assert_compiles("hr<1", "(1:int < 1)");
    assert_compiles("hr<=-1", "(1:int <= -1)");
    assert_compiles("hr > 1", "(1:int > 1)");
    assert_compiles("hr >= 1", "(1:int >= 1)");
    assert_compiles("ds LIKE 'a%'", "(0:text like a%)");
    assert_compiles("'a' = ds", "(0:text = a)");
    assert_compiles("1 < hr", "(1:int > 1)");
    assert_compiles("1 <= hr", "(1:int >= 1)");
    assert_compiles("1 > hr", "(1:int < 1)");
    assert_compiles("1 >= hr", "(1:int <= 1)");
    assert_compiles("1 != hr", "(1:int != 1)");
}
END_TEST

START_TEST(and_binds_tighter_than_or_and_groups_are_flat)
{
    assert_compiles("hr < 1 or hr > 2 and ds < 'a'", "|2(1:int < 1)&2(1:int > 2)(0:text < a)");
    assert_compiles("(hr < 1 or hr > 2) and ds < 'a'", "&2|2(1:int < 1)(1:int > 2)(0:text < a)");
    assert_compiles("((hr < 1) OR ((hr > 2 Or hr > 3)))", "|3(1:int < 1)(1:int > 2)(1:int > 3)");
    assert_compiles("(((((hr < 1)))))", "(1:int < 1)");
    assert_compiles("hr<1 and (hr<2 and (hr<3 and hr<4))",
                    "&4(1:int < 1)(1:int < 2)(1:int < 3)(1:int < 4)");
}
END_TEST

START_TEST(equalities_of_one_key_become_one_set)
{
    assert_compiles("hr = 1 or hr = 2 or ds = 'a' or hr = 3", "|2(1:int in 1 2 3)(0:text = a)");
    assert_compiles("hr = 1 or (hr) in (2, 3)", "(1:int in 1 2 3)");
    assert_compiles("hr != 1 and hr != 2", "(1:int not-in 1 2)");
    assert_compiles("hr = 1 and hr = 2", "&2(1:int = 1)(1:int = 2)");
    assert_compiles("hr != 1 or hr != 2", "|2(1:int != 1)(1:int != 2)");
    assert_compiles("ds < 'b' and (hr = 1 or hr = 2)", "&2(0:text < b)(1:int in 1 2)");
}
END_TEST

START_TEST(between_and_in_are_known_with_and_without_not)
{
    assert_compiles("hr between 1 and 2", "&2(1:int >= 1)(1:int <= 2)");
    assert_compiles("hr NOT BETWEEN 1 AND 2", "|2(1:int < 1)(1:int > 2)");
    assert_compiles("hr between 1 and 2 and ds < 'a'", "&3(1:int >= 1)(1:int <= 2)(0:text < a)");
    assert_compiles("(ds) in ('a','b')", "(0:text in a b)");
    assert_compiles("(ds) in ('a')", "(0:text in a)");
    assert_compiles("( `ds` ) NOT IN ('a', 'b')", "(0:text not-in a b)");
}
END_TEST

START_TEST(struct_in_compares_tuples)
{
    assert_compiles("(struct(ds,hr)) in (struct('a',1), const struct('b',2))",
                    "|2&2(0:text = a)(1:int = 1)&2(0:text = b)(1:int = 2)");
    assert_compiles("(STRUCT(ds,hr)) NOT IN (CONST STRUCT('a',1), STRUCT('b',2)) and hr < 9",
                    "&3|2(0:text != a)(1:int != 1)|2(0:text != b)(1:int != 2)(1:int < 9)");
    assert_compiles("(struct(hr)) in (struct(1), struct(2))", "(1:int in 1 2)");
    assert_syntax_error("(struct(ds,hr)) in (struct('a',1))");
    assert_syntax_error("(struct(ds,hr)) in (struct('a',1), struct('b'))");
    assert_syntax_error("(struct(ds,hr)) in ('a', 'b')");
    assert_syntax_error("(struct()) in (struct(), struct())");
    assert_syntax_error("struct(ds,hr) in (struct('a',1), struct('b',2))");
}
END_TEST

START_TEST(days_and_moments_are_known_quoted_or_bare)
{
    assert_compiles("day = '2024-02-29'", "(2:date = 2024-02-29)");
    assert_compiles("day = 2024-02-29", "(2:date = 2024-02-29)");
    assert_compiles("day = DATE '2024-02-29'", "(2:date = 2024-02-29)");
    assert_compiles("date '2024-02-29' <= day", "(2:date >= 2024-02-29)");
    assert_compiles("ts = 2024-01-01 10:00:00", "(3:ts = 2024-01-01 10:00:00.000000000)");
    assert_compiles("ts = '2024-01-01'", "(3:ts = 2024-01-01 00:00:00.000000000)");
    assert_compiles("ts < TIMESTAMP '2024-01-01 10:00:00.25'",
                    "(3:ts < 2024-01-01 10:00:00.250000000)");
    assert_compiles("ds > 2024-01-01", "(0:text > 2024-01-01)");
    assert_compiles("date = 5 and ds = 'x'", "&2(6:int = 5)(0:text = x)");
    assert_type_error("day = '2023-02-29'");
    assert_type_error("day = 'today'");
    assert_type_error("day = 20240229");
    assert_type_error("day = 2024-01-01 10:00:00");
    assert_type_error("ts = '2024-01-01 25:00:00'");
    assert_type_error("ts = '2024-01-01 10:00:00.'");
    assert_type_error("ts = '2024-01-01 10:00:00.1234567890'");
}
END_TEST

START_TEST(keys_have_no_case_and_may_be_quoted)
{
    assert_compiles("DS = 'A'", "(0:text = A)");
    assert_compiles("`Ds` = 'A'", "(0:text = A)");
    assert_refused("nosuch = 'a'", SKEP_ERROR_INVALID_ARGUMENT,
                   "Specified key <nosuch> is not a partitioning key for the table");
}
END_TEST

START_TEST(the_types_compare_as_hive_compares_them)
{
    assert_compiles("code = 'abc'", "(4:text = abc)");
    assert_compiles("ds = 20240101", "(0:text = 20240101)");
    assert_compiles("hr = 1.5", "(1:int = 1)");
    assert_compiles("hr = -9223372036854775808", "(1:int = -9223372036854775808)");
    assert_compiles("hr = 007", "(1:int = 7)");
    assert_type_error("hr = 9223372036854775808");
    assert_type_error("hr < '4'");
    assert_type_error("hr = '4'");
    assert_type_error("hr like '4'");
    assert_type_error("hr = 2024-01-01");
    assert_type_error("ds < 4");
    assert_type_error("ds like 4");
    assert_type_error("ratio = 1");
    assert_type_error("ratio = 'a'");
}
END_TEST

START_TEST(the_default_partition_can_be_named_on_any_type)
{
    assert_compiles("ds = '__HIVE_DEFAULT_PARTITION__'", "(0:text is-default)");
    assert_compiles("hr = '__HIVE_DEFAULT_PARTITION__'", "(1:int is-default)");
    assert_compiles("hr != '__HIVE_DEFAULT_PARTITION__'", "(1:int is-not-default)");
    assert_compiles("(hr) in (1, '__HIVE_DEFAULT_PARTITION__')",
                    "|2(1:int is-default)(1:int in 1)");
    assert_compiles("(hr) not in (1, '__HIVE_DEFAULT_PARTITION__')", "(1:int not-in 1)");
    assert_type_error("hr < '__HIVE_DEFAULT_PARTITION__'");
}
END_TEST

START_TEST(text_stays_text)
{
    assert_compiles("ds = 'it\"s'", "(0:text = it\"s)");
    assert_compiles("ds = \"it's\"", "(0:text = it's)");
    assert_compiles("ds = 'a\\'", "(0:text = a\\)");
    assert_compiles("ds = 'a) or (1=1'", "(0:text = a) or (1=1)");
    assert_compiles("ds = ''", "(0:text = )");
    assert_compiles("ds = '\xc3\xa4'", "(0:text = \xc3\xa4)");
    assert_compiles("ds like '2024.*'", "(0:text like 2024%)");
}
END_TEST

START_TEST(wrong_syntax_is_told_as_such)
{
    static const char *const filters[] = {"ds",
                                          "ds =",
                                          "= 'a'",
                                          "ds = a",
                                          "ds = 'a",
                                          "ds = \"a'",
                                          "`ds = 'a'",
                                          "ds in ('a')",
                                          "not ds = 'a'",
                                          "(ds = 'a'",
                                          "ds = 'a')",
                                          "()",
                                          "(ds) in ()",
                                          "(ds) in ('a',)",
                                          "(ds) in 'a'",
                                          "ds = 'a' and",
                                          "and ds = 'a'",
                                          "ds = 'a' or",
                                          "ds = 'a' 'b'",
                                          "ds = null",
                                          "hr = 20L",
                                          "hr = - 1",
                                          "ds between 'a'",
                                          "ds between 'a' or 'b'",
                                          "ds = 'a';",
                                          "ds ? 'a'",
                                          "ds = '\xff'",
                                          "1 = 1",
                                          "ds = ds",
                                          "'a' like ds",
                                          "ds not like 'a'",
                                          "hr = 1.5.5",
                                          "ds = cast('a' as string)",
                                          "hr = 1e5",
                                          "day = DATE 2024",
                                          "ds = 'a' && hr = 1"};

    assert_syntax_error(filters[_i]);
    ck_assert_uint_eq(G_N_ELEMENTS(filters), 36);
}
END_TEST

START_TEST(the_null_safe_operator_has_its_own_words)
{
    assert_refused("ds <=> 'a'", SKEP_ERROR_INVALID_ARGUMENT,
                   "Error parsing partition filter: Unsupported comparison operator: <=>");
}
END_TEST

static char *
repeat(const char *before, const char *middle, const char *after, int times)
{
    GString *text = g_string_new(NULL);

    for (int i = 0; i < times; i++)
        g_string_append(text, before);
    g_string_append(text, middle);
    for (int i = 0; i < times; i++)
        g_string_append(text, after);
    return g_string_free(text, FALSE);
}

START_TEST(depth_and_size_are_bounded)
{
    g_autofree char *deep = repeat("(", "hr < 1", ")", CATALOG_FILTER_DEPTH_MAX);
    g_autofree char *deeper = repeat("(", "hr < 1", ")", CATALOG_FILTER_DEPTH_MAX + 1);
    g_autofree char *open = repeat("(", "", "", 1000000);
    g_autofree char *wide = repeat("", "hr < 1", " or hr < 1", CATALOG_PARTITION_TESTS_MAX);
    g_autofree char *many = repeat("", "hr = 1", " or hr = 1", CATALOG_PARTITION_TESTS_MAX);
    g_autofree char *constants = repeat("", "hr = 1", " or hr = 1", CATALOG_FILTER_CONSTANTS_MAX);
    g_autofree char *spaces = repeat(" ", "hr = 1", "", CATALOG_FILTER_BYTES_MAX);
    g_autofree char *ladder = repeat("hr < 1 or (ds < 'a' and (", "hr < 1", "))", 400);
    g_autoptr(GPtrArray) keys = make_keys();
    g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();

    assert_compiles(deep, "(1:int < 1)");
    assert_refused(deeper, SKEP_ERROR_TOO_LARGE, "Partition filter is nested");
    assert_refused(open, SKEP_ERROR_TOO_LARGE, "Partition filter is nested");
    assert_refused(wide, SKEP_ERROR_TOO_LARGE, "Partition filter has more than");
    assert_refused(constants, SKEP_ERROR_TOO_LARGE, "Partition filter has more than");
    assert_refused(spaces, SKEP_ERROR_TOO_LARGE, "Partition filter is longer than");
    ck_assert(catalog_partition_filter_compile(many, keys, predicate, NULL));
    ck_assert_uint_eq(predicate->steps->len, 1);
    ck_assert(catalog_partition_filter_compile(ladder, keys, predicate, NULL));
}
END_TEST

/* Any bytes at all: an answer, and no text of them in the statement. */
START_TEST(nothing_of_the_filter_gets_into_the_statement)
{
    g_autoptr(GPtrArray) keys = make_keys();
    g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();
    g_autofree char *sql = NULL;

    ck_assert(catalog_partition_filter_compile(
        "ds = 'xyzzy' or hr between 4242 and 4243 or (`day`) in ('2024-05-06') or ds like 'plugh%'",
        keys, predicate, NULL));
    sql = store_partition_predicate_sql(predicate);
    ck_assert_ptr_null(strstr(sql, "xyzzy"));
    ck_assert_ptr_null(strstr(sql, "424"));
    ck_assert_ptr_null(strstr(sql, "2024-05-06"));
    ck_assert_ptr_null(strstr(sql, "plugh"));
    ck_assert_ptr_null(strstr(sql, "ds"));
}
END_TEST

START_TEST(random_text_is_answered)
{
    static const char *const pieces[] = {"ds",         "hr",
                                         "day",        "ts",
                                         " ",          "=",
                                         "<",          ">",
                                         "<>",         "'a'",
                                         "\"b\"",      "1",
                                         "-5",         "(",
                                         ")",          "and",
                                         "or",         "not",
                                         "in",         "between",
                                         "like",       "struct",
                                         "date",       "timestamp",
                                         "2024-01-01", ",",
                                         "`",          "'",
                                         "\\",         ".",
                                         "const",      "\xff",
                                         "\n",         "'2024-01-01'",
                                         "!=",         "10:00:00"};
    g_autoptr(GRand) random = g_rand_new_with_seed(20240101);
    g_autoptr(GPtrArray) keys = make_keys();

    for (int i = 0; i < 20000; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();
        g_autoptr(GError) error = NULL;

        for (int n = g_rand_int_range(random, 1, 16); n > 0; n--) {
            g_string_append(text,
                            pieces[g_rand_int_range(random, 0, (gint32)G_N_ELEMENTS(pieces))]);
            if (g_rand_boolean(random))
                g_string_append_c(text, ' ');
        }
        if (!catalog_partition_filter_compile(text->str, keys, predicate, &error))
            ck_assert(g_utf8_validate(error->message, -1, NULL));
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("partition_filter");
    TCase *meaning = tcase_create("meaning");
    TCase *refusals = tcase_create("refusals");

    tcase_add_test(meaning, an_empty_filter_is_no_condition);
    tcase_add_test(meaning, every_operator_is_known_with_the_key_on_either_side);
    tcase_add_test(meaning, and_binds_tighter_than_or_and_groups_are_flat);
    tcase_add_test(meaning, equalities_of_one_key_become_one_set);
    tcase_add_test(meaning, between_and_in_are_known_with_and_without_not);
    tcase_add_test(meaning, struct_in_compares_tuples);
    tcase_add_test(meaning, days_and_moments_are_known_quoted_or_bare);
    tcase_add_test(meaning, keys_have_no_case_and_may_be_quoted);
    tcase_add_test(meaning, the_types_compare_as_hive_compares_them);
    tcase_add_test(meaning, the_default_partition_can_be_named_on_any_type);
    tcase_add_test(meaning, text_stays_text);
    tcase_add_loop_test(refusals, wrong_syntax_is_told_as_such, 0, 36);
    tcase_add_test(refusals, the_null_safe_operator_has_its_own_words);
    tcase_add_test(refusals, depth_and_size_are_bounded);
    tcase_add_test(refusals, nothing_of_the_filter_gets_into_the_statement);
    tcase_add_test(refusals, random_text_is_answered);
    tcase_set_timeout(refusals, 60);
    suite_add_tcase(suite, meaning);
    suite_add_tcase(suite, refusals);
    return test_run_suite(suite);
}
