/* SPDX-License-Identifier: Apache-2.0 */
/* Parsing and evaluating schedules; see scheduled_query_cron.h. */
#include "scheduled_query_cron.h"

#include <stdlib.h>
#include <string.h>

#include "skep/error.h"

#define SCHEDULE_BYTES_MAX 1024
#define YEAR_MIN           1970
#define YEAR_MAX           2099

struct ScheduledQueryCron {
    gboolean seconds[60];
    gboolean minutes[60];
    gboolean hours[24];
    gboolean days[32]; /* of the month, from 1 */
    gboolean months[13];
    gboolean weekdays[8]; /* 1: Sunday */
    gboolean years[YEAR_MAX - YEAR_MIN + 1];
    gboolean any_day;     /* days is `*` or `?` */
    gboolean any_weekday; /* the same of weekdays */
    gboolean last_day;    /* `L` */
    gint nth_weekday;     /* of `6#3` and `6L`; 0: neither */
    gint nth;             /* 1 to 5; 0: the last */
};

/* What a field may hold. */
typedef struct {
    const char *name;
    gint min;
    gint max;
    const char *const *words; /* for min, min + 1, ...; NULL: none */
} Field;

static const char *const MONTHS[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL",
                                     "AUG", "SEP", "OCT", "NOV", "DEC", NULL};
static const char *const WEEKDAYS[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", NULL};

static const Field SECONDS = {"seconds", 0, 59, NULL};
static const Field MINUTES = {"minutes", 0, 59, NULL};
static const Field HOURS = {"hours", 0, 23, NULL};
static const Field DAYS = {"days of the month", 1, 31, NULL};
static const Field MONTH = {"months", 1, 12, MONTHS};
static const Field WEEKDAY = {"days of the week", 1, 7, WEEKDAYS};
static const Field YEARS = {"years", YEAR_MIN, YEAR_MAX, NULL};

static gboolean
fail_field(GError **error, const Field *field, const char *text)
{
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "Invalid schedule: the %s cannot be '%s'", field->name, text);
}

/* One number or word of a field. */
static gboolean
parse_value(const Field *field, const char *text, gint *out_value)
{
    for (gint i = 0; field->words && field->words[i]; i++) {
        if (g_ascii_strcasecmp(field->words[i], text) == 0) {
            *out_value = field->min + i;
            return TRUE;
        }
    }
    if (!*text || strlen(text) > 4 || strspn(text, "0123456789") != strlen(text))
        return FALSE;
    *out_value = atoi(text);
    return *out_value >= field->min && *out_value <= field->max;
}

/* A number of steps, which may be larger than the field. */
static gboolean
parse_step(const char *text, gint *out_step)
{
    if (!*text || strlen(text) > 4 || strspn(text, "0123456789") != strlen(text))
        return FALSE;
    *out_step = atoi(text);
    return *out_step > 0;
}

/* One of a list: `*`, `a`, `a-b`, each with a step or without. `marks` begins at field->min. */
static gboolean
parse_item(const Field *field, const char *text, gboolean *marks)
{
    g_auto(GStrv) with_step = g_strsplit(text, "/", 3);
    g_auto(GStrv) range = g_strsplit(with_step[0] ? with_step[0] : "", "-", 3);
    guint steps = g_strv_length(with_step);
    guint ends = g_strv_length(range);
    gint first = field->min;
    gint last = field->max;
    gint step = 1;

    if (steps < 1 || steps > 2 || ends < 1 || ends > 2 ||
        (steps == 2 && !parse_step(with_step[1], &step)))
        return FALSE;
    if (!g_str_equal(with_step[0], "*")) {
        if (!parse_value(field, range[0], &first) ||
            (ends == 2 && (!parse_value(field, range[1], &last) || last < first)))
            return FALSE;
        if (ends == 1 && steps == 1)
            last = first;
    }
    for (gint value = first; value <= last; value += step)
        marks[value - field->min] = TRUE;
    return TRUE;
}

static gboolean
parse_list(const Field *field, const char *text, gboolean *marks, GError **error)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);

    for (guint i = 0; items[i]; i++) {
        if (!parse_item(field, items[i], marks))
            return fail_field(error, field, text);
    }
    return items[0] || fail_field(error, field, text);
}

static gboolean
is_any(const char *text)
{
    return g_str_equal(text, "*") || g_str_equal(text, "?");
}

static gboolean
parse_days(ScheduledQueryCron *cron, const char *text, GError **error)
{
    cron->any_day = is_any(text);
    cron->last_day = g_ascii_strcasecmp(text, "L") == 0;
    return cron->any_day || cron->last_day || parse_list(&DAYS, text, cron->days + 1, error);
}

static gboolean
parse_weekdays(ScheduledQueryCron *cron, const char *text, GError **error)
{
    gsize length = strlen(text);
    const char *hash = strchr(text, '#');
    g_autofree char *day = NULL;

    cron->any_weekday = is_any(text);
    if (cron->any_weekday)
        return TRUE;
    if (hash) {
        day = g_strndup(text, (gsize)(hash - text));
        if (!parse_value(&WEEKDAY, day, &cron->nth_weekday) || !parse_step(hash + 1, &cron->nth) ||
            cron->nth > 5)
            return fail_field(error, &WEEKDAY, text);
        return TRUE;
    }
    if (g_ascii_strcasecmp(text, "L") == 0) { /* by itself: Saturday */
        cron->weekdays[7] = TRUE;
        return TRUE;
    }
    if (length > 1 && g_ascii_toupper(text[length - 1]) == 'L') {
        day = g_strndup(text, length - 1);
        return parse_value(&WEEKDAY, day, &cron->nth_weekday) || fail_field(error, &WEEKDAY, text);
    }
    return parse_list(&WEEKDAY, text, cron->weekdays + 1, error);
}

static gboolean
parse_fields(ScheduledQueryCron *cron, char **fields, guint count, GError **error)
{
    if (!parse_list(&SECONDS, fields[0], cron->seconds, error) ||
        !parse_list(&MINUTES, fields[1], cron->minutes, error) ||
        !parse_list(&HOURS, fields[2], cron->hours, error) || !parse_days(cron, fields[3], error) ||
        !parse_list(&MONTH, fields[4], cron->months + 1, error) ||
        !parse_weekdays(cron, fields[5], error) ||
        !parse_list(&YEARS, count == 7 ? fields[6] : "*", cron->years, error))
        return FALSE;
    if (!cron->any_day && !cron->any_weekday)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Invalid schedule: days of the month and days of the week cannot both be "
                         "given; one of them must be '?'");
    if (g_str_equal(fields[3], "?") && g_str_equal(fields[5], "?"))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Invalid schedule: '?' can be in one place alone");
    return TRUE;
}

ScheduledQueryCron *
scheduled_query_cron_parse(const char *text, GError **error)
{
    g_autoptr(ScheduledQueryCron) cron = g_new0(ScheduledQueryCron, 1);
    g_autoptr(GPtrArray) fields = g_ptr_array_new();
    g_auto(GStrv) words = NULL;

    if (!text || strlen(text) > SCHEDULE_BYTES_MAX)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Invalid schedule: it is missing, or longer than %d bytes",
                              SCHEDULE_BYTES_MAX);
    words = g_strsplit_set(text, " \t", -1);
    for (guint i = 0; words[i]; i++) {
        if (*words[i])
            g_ptr_array_add(fields, words[i]);
    }
    if (fields->len != 6 && fields->len != 7)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Invalid schedule: '%s' has not six or seven fields", text);
    return parse_fields(cron, (char **)fields->pdata, fields->len, error) ? g_steal_pointer(&cron)
                                                                          : NULL;
}

void
scheduled_query_cron_free(ScheduledQueryCron *cron)
{
    g_free(cron);
}

/* ---- the next time ---- */

static gboolean
weekday_fits(const ScheduledQueryCron *cron, const GDate *date)
{
    gint weekday = (gint)g_date_get_weekday(date) % 7 + 1; /* GLib: 7 is Sunday */
    gint day = g_date_get_day(date);
    gint days = g_date_get_days_in_month(g_date_get_month(date), g_date_get_year(date));

    if (cron->any_weekday)
        return TRUE;
    if (cron->nth_weekday == 0)
        return cron->weekdays[weekday];
    if (weekday != cron->nth_weekday)
        return FALSE;
    return cron->nth == 0 ? day + 7 > days : (day - 1) / 7 + 1 == cron->nth;
}

static gboolean
day_fits(const ScheduledQueryCron *cron, const GDate *date)
{
    gint year = g_date_get_year(date);

    if (year < YEAR_MIN || !cron->years[year - YEAR_MIN] || !cron->months[g_date_get_month(date)])
        return FALSE;
    if (cron->last_day && !g_date_is_last_of_month(date))
        return FALSE;
    if (!cron->any_day && !cron->last_day && !cron->days[g_date_get_day(date)])
        return FALSE;
    return weekday_fits(cron, date);
}

/* The first second of the day from *second_of_day on; FALSE: none. */
static gboolean
next_in_day(const ScheduledQueryCron *cron, gint *second_of_day)
{
    for (gint at = *second_of_day; at < 24 * 3600;) {
        if (!cron->hours[at / 3600])
            at = (at / 3600 + 1) * 3600;
        else if (!cron->minutes[at / 60 % 60])
            at = (at / 60 + 1) * 60;
        else if (!cron->seconds[at % 60])
            at++;
        else {
            *second_of_day = at;
            return TRUE;
        }
    }
    return FALSE;
}

/* The first time of this day that is after `after_s`, from `second_of_day` on; -1: none. Clocks
 * that are put back or forward make a later time of day come no later. */
static gint64
next_on_day(const ScheduledQueryCron *cron,
            const GDate *date,
            gint second_of_day,
            gint64 after_s,
            GTimeZone *zone)
{
    for (; next_in_day(cron, &second_of_day); second_of_day++) {
        g_autoptr(GDateTime) time = g_date_time_new(
            zone, g_date_get_year(date), (gint)g_date_get_month(date), g_date_get_day(date),
            second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);

        if (time && g_date_time_to_unix(time) > after_s)
            return g_date_time_to_unix(time);
    }
    return -1;
}

gint64
scheduled_query_cron_next(const ScheduledQueryCron *cron, gint64 after_s, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(after_s);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, zone) : NULL;
    GDate date;
    gint second_of_day;

    if (!local)
        return -1;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)g_date_time_get_day_of_month(local),
                   (GDateMonth)g_date_time_get_month(local),
                   (GDateYear)g_date_time_get_year(local));
    second_of_day = g_date_time_get_hour(local) * 3600 + g_date_time_get_minute(local) * 60 +
                    g_date_time_get_second(local);
    for (; g_date_get_year(&date) <= YEAR_MAX; g_date_add_days(&date, 1), second_of_day = 0) {
        gint64 found =
            day_fits(cron, &date) ? next_on_day(cron, &date, second_of_day, after_s, zone) : -1;

        if (found >= 0)
            return found;
    }
    return -1;
}
