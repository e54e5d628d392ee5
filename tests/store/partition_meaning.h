/* SPDX-License-Identifier: Apache-2.0 */
/* What a comparison of a partition's value with a constant means: an evaluator that shares nothing
 * with the compiler, and values and constants worth comparing. Included once by each test program.
 */
#pragma once

#include <stdio.h>
#include <string.h>

#include "store/partition_fixture.h"

enum { KEY_TEXT, KEY_INTEGER, KEY_DATE, KEY_TIMESTAMP, KEYS };
static const char *const key_names[] = {"s", "i", "d", "t", NULL};
static const char *const key_types[] = {"string", "bigint", "date", "timestamp"};

static const char *const value_pool[KEYS][14] = {
    {"", DEFAULT_NAME, "a",                   "b",                     "ab",         "B",        "\xc3\xa4",            "a%b",                 "a_b",                  "10",         "9",                     "a\\b",                   "a'b",
     " "                                                                                                                                                                                                                                                                   },
    {"", DEFAULT_NAME, "1",                   "-1",                    "007",        "7",        "abc",                 "9223372036854775807", "-9223372036854775808",
     "1.5",                                                                                                                                                                          " 7",                    "--1",                    "-0",         "9999999999999999999"},
    {"", DEFAULT_NAME, "2024-02-29",          "2023-02-29",            "2024-02-30", "2024-1-1", "2000-02-29",
     "1900-02-29",                                                                                                                             "2024-01-31",           "2024-04-31", "2024-13-01",            "today",                  "2024-01-01", "2024-01-01 "        },
    {"", DEFAULT_NAME, "2024-01-01 00:00:00", "2024-01-01 00:00:00.0", "2024-01-01",
     "2024-01-01 00:00:00.000000001",                                                            "2024-01-01 24:00:00", "2024-01-01 00:60:00", "now",
     "2024-02-30 00:00:00",                                                                                                                                                          "2024-01-01 12:30:00.5", "2024-01-01 12:30:00.50",
     "2024-01-01 12:30:00.",                                                                                                                                                                                                                          "2024-01-01T12:30:00"}
};

static const char *const constant_pool[KEYS][9] = {
    {"'a'",                   "\"b\"",      "'ab'",                              "'10'",         "''",                              "'\xc3\xa4'",          "'a\\b'",               "7",                                   "2024-01-01"           },
    {"1",                     "-1",         "7",                                 "0",            "12",                              "9223372036854775807", "-9223372036854775808", "1.9",                                 "-5"                   },
    {"'2024-02-29'",          "2024-01-01", "DATE '2024-01-31'",                 "'2000-02-29'", "date \"2024-01-01\"",
     "'1999-12-31'",                                                                                                                                       "2024-12-31",           "'2024-01-31'",                        "2024-02-01"           },
    {"'2024-01-01 00:00:00'", "2024-01-01", "TIMESTAMP '2024-01-01 12:30:00.5'",
     "2024-01-01 12:30:00",                                                                      "'2024-01-01 00:00:00.000000001'", "2023-12-31 23:59:59",
     "'2024-01-02'",                                                                                                                                                               "timestamp '2024-01-01 12:30:00.500'", "2024-01-01 12:30:00.4"}
};

/* FALSE: the text is no number of 64 bits and at most 19 digits. */
static inline gboolean
read_number(const char *text, gint64 *out)
{
    gsize digits = strspn(text + (*text == '-'), "0123456789");

    return digits > 0 && digits <= 19 && text[digits + (*text == '-')] == '\0' &&
           g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, out, NULL);
}

static inline gboolean
compare_numbers(const char *a, const char *b, int *out)
{
    gint64 x, y;

    if (!read_number(a, &x) || !read_number(b, &y))
        return FALSE;
    *out = x < y ? -1 : x > y;
    return TRUE;
}

/* Nanoseconds do not fit beside days in one number, hence two. FALSE: the text is no such day or
 * time. */
static inline gboolean
read_moment(const char *text, gboolean day_only, gint64 *out_s, gint64 *out_ns)
{
    int year, month, day, hour = 0, minute = 0, second = 0, end = 0;
    gint64 ns = 0;

    if (strlen(text) < 10 || text[4] != '-' || text[7] != '-' ||
        sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || end != 10 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return FALSE;
    if (text[10] != '\0') {
        const char *fraction = text + 19;

        if (day_only || strlen(text) < 19 || text[10] != ' ' ||
            sscanf(text + 11, "%2d:%2d:%2d%n", &hour, &minute, &second, &end) != 3 || end != 8 ||
            hour > 23 || minute > 59 || second > 59)
            return FALSE;
        if (*fraction == '.') {
            gint64 unit = 100000000;

            if (fraction[1] == '\0' || strlen(fraction) > 10)
                return FALSE;
            for (fraction++; g_ascii_isdigit(*fraction); fraction++, unit /= 10)
                ns += g_ascii_digit_value(*fraction) * unit;
        }
        if (*fraction != '\0')
            return FALSE;
    }
    g_autoptr(GDate) date = g_date_new_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
    *out_s = (gint64)g_date_get_julian(date) * 86400 + hour * 3600 + minute * 60 + second;
    *out_ns = ns;
    return TRUE;
}

static inline gboolean
compare_moments(const char *a, const char *b, gboolean day_only, int *out)
{
    gint64 s_a, ns_a, s_b, ns_b;

    if (!read_moment(a, day_only, &s_a, &ns_a) || !read_moment(b, day_only, &s_b, &ns_b))
        return FALSE;
    *out = s_a != s_b ? (s_a < s_b ? -1 : 1) : ns_a != ns_b ? (ns_a < ns_b ? -1 : 1) : 0;
    return TRUE;
}

static inline gboolean
like(const char *text, const char *pattern)
{
    if (*pattern == '\0')
        return *text == '\0';
    if (*pattern == '%')
        return like(text, pattern + 1) || (*text != '\0' && like(g_utf8_next_char(text), pattern));
    if (*text == '\0')
        return FALSE;
    if (*pattern == '_')
        return like(g_utf8_next_char(text), pattern + 1);
    return *text == *pattern && like(text + 1, pattern + 1);
}

/* What a constant of a pool says, without its dress. */
static inline char *
bare_constant(int key, const char *constant)
{
    const char *quote = strpbrk(constant, "'\"");

    if (quote != NULL)
        return g_strndup(quote + 1, strlen(quote) - 2);
    if (key == KEY_INTEGER && strchr(constant, '.') != NULL)
        return g_strndup(constant, (gsize)(strchr(constant, '.') - constant));
    return g_strdup(constant);
}

/* One comparison of a value with a constant as written. */
static inline gboolean
holds(int key, const char *value, const char *operator, const char * constant)
{
    g_autofree char *bare = bare_constant(key, constant);
    gboolean is_default = *value == '\0' || g_str_equal(value, DEFAULT_NAME);
    gboolean names_default = g_str_equal(bare, DEFAULT_NAME);
    int order = 0;

    if (names_default)
        return g_str_equal(operator, "=") ? is_default : !is_default;
    if (is_default && !(key == KEY_TEXT && g_str_equal(operator, "=")))
        return FALSE;
    if (g_str_equal(operator, "like"))
        return like(value, bare);
    if (key == KEY_TEXT)
        order = strcmp(value, bare);
    else if (key == KEY_INTEGER ? !compare_numbers(value, bare, &order)
                                : !compare_moments(value, bare, key == KEY_DATE, &order))
        return FALSE;
    if (g_str_equal(operator, "="))
        return order == 0;
    if (g_str_equal(operator, "!="))
        return order != 0;
    if (g_str_equal(operator, "<"))
        return order < 0;
    if (g_str_equal(operator, "<="))
        return order <= 0;
    return g_str_equal(operator, ">") ? order > 0 : order >= 0;
}
