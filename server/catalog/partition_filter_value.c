/* SPDX-License-Identifier: Apache-2.0 */
/* Constants of partition filters in the one form in which the store compares them: numbers, days
 * and moments. Pure. Caller: partition_filter.c. */
#include "catalog/partition_filter_value.h"

#include <string.h>

#define FRACTION_MAX 9

/* `count` digits as a number, or -1. */
static gint
read_digits(const char *at, gsize count)
{
    gint number = 0;

    for (gsize i = 0; i < count; i++) {
        if (!g_ascii_isdigit(at[i]))
            return -1;
        number = number * 10 + g_ascii_digit_value(at[i]);
    }
    return number;
}

/* Does the text start with a day that exists, as yyyy-mm-dd? */
static gboolean
starts_with_day(const char *text)
{
    gint year;
    gint month;
    gint day;

    if (strlen(text) < 10 || text[4] != '-' || text[7] != '-')
        return FALSE;
    year = read_digits(text, 4);
    month = read_digits(text + 5, 2);
    day = read_digits(text + 8, 2);
    if (year < 0 || month < 1 || month > 12 || day < 1)
        return FALSE;
    if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
        return day <= 29;
    return day <= (month == 2                                              ? 28
                   : month == 4 || month == 6 || month == 9 || month == 11 ? 30
                                                                           : 31);
}

char *
partition_filter_value_integer(const char *text)
{
    gint64 number;

    if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL))
        return NULL;
    return g_strdup_printf("%" G_GINT64_FORMAT, number);
}

char *
partition_filter_value_date(const char *text)
{
    if (strlen(text) != 10 || !starts_with_day(text))
        return NULL;
    return g_strdup(text);
}

char *
partition_filter_value_timestamp(const char *text)
{
    gsize length = strlen(text);
    gsize fraction;

    if (!starts_with_day(text))
        return NULL;
    if (length == 10)
        return g_strconcat(text, " 00:00:00.000000000", NULL);
    if (length < 19 || text[10] != ' ' || text[13] != ':' || text[16] != ':' ||
        read_digits(text + 11, 2) < 0 || read_digits(text + 11, 2) > 23 ||
        read_digits(text + 14, 2) < 0 || read_digits(text + 14, 2) > 59 ||
        read_digits(text + 17, 2) < 0 || read_digits(text + 17, 2) > 59)
        return NULL;
    if (length == 19)
        return g_strconcat(text, ".000000000", NULL);
    fraction = length - 20;
    if (text[19] != '.' || fraction == 0 || fraction > FRACTION_MAX ||
        read_digits(text + 20, fraction) < 0)
        return NULL;
    return g_strconcat(text, &"000000000"[fraction], NULL);
}
