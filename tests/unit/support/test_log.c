/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: one event is one line that a machine can read, whatever clients put into names; and errors
 * keep what they carry. Method: formatted lines compared with the text they must be. */
#include <check.h>
#include <string.h>

#include "skep/error.h"
#include "skep/log.h"
#include "support/test_suite.h"

static void
assert_line(const LogField *fields, gsize count, const char *expected)
{
    g_autofree char *line = log_format(LOG_LEVEL_INFO, "table made", count, fields);
    ck_assert_str_eq(line, expected);
}

START_TEST(plain_values_stay_bare_and_others_are_quoted)
{
    const LogField fields[] = {log_string("table", "sales.orders"),
                               log_string("comment", "two words"), log_string("empty", ""),
                               log_int("rows", -9223372036854775807LL - 1)};
    assert_line(fields, 4,
                "level=info message=\"table made\" table=sales.orders comment=\"two words\" "
                "empty=\"\" rows=-9223372036854775808");
}
END_TEST

START_TEST(a_name_cannot_forge_a_line)
{
    const LogField fields[] = {log_string("table", "x\nlevel=error \"\\\x01\xff")};
    assert_line(fields, 1,
                "level=info message=\"table made\" "
                "table=\"x\\nlevel=error \\\"\\\\\\x01\xef\xbf\xbd\"");
}
END_TEST

START_TEST(long_values_are_cut)
{
    g_autofree char *name = g_strnfill(65536, 'n');
    const LogField fields[] = {log_string("table", name)};
    g_autofree char *line = log_format(LOG_LEVEL_INFO, "m", 1, fields);
    ck_assert_uint_lt(strlen(line), 2200);
    ck_assert(g_str_has_suffix(line, "…\""));
}
END_TEST

START_TEST(an_error_brings_its_fact_object_and_detail)
{
    g_autoptr(GError) error = NULL;
    ck_assert(!skep_fail(&error, SKEP_ERROR_NO_SUCH_TABLE, "a.b", "Table %s is gone", "b"));
    skep_error_set_detail(error, "42P01");
    const LogField fields[] = {log_error(error)};
    assert_line(fields, 1,
                "level=info message=\"table made\" error=\"Table b is gone\" fact=no_such_table "
                "object=a.b detail=42P01");
}
END_TEST

START_TEST(copies_and_foreign_errors_are_understood)
{
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(skep_fail_null(&error, SKEP_ERROR_FORBIDDEN, "a", "No"));
    skep_error_set_detail(error, "d");
    g_autoptr(GError) copy = g_error_copy(error);
    ck_assert_int_eq((int)skep_error_fact(copy), SKEP_ERROR_FORBIDDEN);
    ck_assert_str_eq(skep_error_object(copy), "a");
    ck_assert_str_eq(skep_error_detail(copy), "d");
    g_autoptr(GError) foreign = g_error_new(G_FILE_ERROR, G_FILE_ERROR_NOENT, "x");
    skep_error_set_detail(foreign, "d");
    ck_assert_int_eq((int)skep_error_fact(foreign), SKEP_ERROR_INTERNAL);
    ck_assert_ptr_null(skep_error_object(foreign));
    ck_assert_ptr_null(skep_error_detail(foreign));
    ck_assert(!skep_fail(NULL, SKEP_ERROR_INTERNAL, NULL, "nobody asks"));
}
END_TEST

START_TEST(every_fact_has_a_name_of_its_own)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    for (int fact = SKEP_ERROR_INVALID_ARGUMENT; fact <= SKEP_ERROR_INTERNAL; fact++)
        ck_assert(g_hash_table_add(names, (gpointer)skep_error_fact_name((SkepError)fact)));
}
END_TEST

START_TEST(levels_are_read_in_any_case_and_nothing_else_is)
{
    LogLevel level = LOG_LEVEL_ERROR;
    ck_assert(log_level_parse("Debug", &level) && level == LOG_LEVEL_DEBUG);
    ck_assert(log_level_parse("WARN", &level) && level == LOG_LEVEL_WARNING);
    ck_assert(!log_level_parse("verbose", &level) && level == LOG_LEVEL_WARNING);
    log_set_level(LOG_LEVEL_WARNING);
    ck_assert(!log_is_enabled(LOG_LEVEL_INFO));
    ck_assert(log_is_enabled(LOG_LEVEL_ERROR));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("log");
    TCase *lines = tcase_create("lines");
    tcase_add_test(lines, plain_values_stay_bare_and_others_are_quoted);
    tcase_add_test(lines, a_name_cannot_forge_a_line);
    tcase_add_test(lines, long_values_are_cut);
    tcase_add_test(lines, an_error_brings_its_fact_object_and_detail);
    tcase_add_test(lines, copies_and_foreign_errors_are_understood);
    tcase_add_test(lines, every_fact_has_a_name_of_its_own);
    tcase_add_test(lines, levels_are_read_in_any_case_and_nothing_else_is);
    suite_add_tcase(suite, lines);
    return test_run_suite(suite);
}
