/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: schedules mean what Quartz means by them, and what is not understood is refused. Method:
 * times after a fixed moment (Wednesday, 2026-07-01 12:34:56 UTC), in UTC and in a zone whose
 * clocks change. */
#include <check.h>

#include "catalog/scheduled_query_cron.h"
#include "skep/error.h"
#include "support/test_suite.h"

#define MOMENT "2026-07-01T12:34:56"

static char *
next_after(const char *schedule, const char *after, const char *zone_name)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
    g_autoptr(GDateTime) from = zone ? g_date_time_new_from_iso8601(after, zone) : NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(ScheduledQueryCron) cron = scheduled_query_cron_parse(schedule, &error);
    g_autoptr(GDateTime) next = NULL;
    g_autoptr(GDateTime) local = NULL;
    gint64 next_s;

    ck_assert(from != NULL);
    ck_assert_msg(cron != NULL, "%s: %s", schedule, error ? error->message : "");
    next_s = scheduled_query_cron_next(cron, g_date_time_to_unix(from), zone);
    if (next_s < 0)
        return g_strdup("never");
    next = g_date_time_new_from_unix_utc(next_s);
    local = g_date_time_to_timezone(next, zone);
    return g_date_time_format(local, "%Y-%m-%dT%H:%M:%S");
}

static const struct {
    const char *schedule;
    const char *next;
} TIMES[] = {
    {"* * * * * ? *",            "2026-07-01T12:34:57"},
    {"0 * * * * ? *",            "2026-07-01T12:35:00"},
    {"0 */10 * * * ? *",         "2026-07-01T12:40:00"},
    {"0 5/15 * * * ?",           "2026-07-01T12:35:00"},
    {"0 0 0 * * ? *",            "2026-07-02T00:00:00"},
    {"30 15 8-18/5 ? * MON-FRI", "2026-07-01T13:15:30"},
    {"0 0 12 ? * sun",           "2026-07-05T12:00:00"},
    {"0 0 12 1,15 * ?",          "2026-07-15T12:00:00"},
    {"0 0 12 L * ?",             "2026-07-31T12:00:00"},
    {"0 0 12 ? * 6L",            "2026-07-31T12:00:00"},
    {"0 0 12 ? * 4#1",           "2026-08-05T12:00:00"},
    {"0 0 12 ? * L",             "2026-07-04T12:00:00"},
    {"0 0 0 29 FEB ? *",         "2028-02-29T00:00:00"},
    {"0 0 0 1 1 ? 2030/2",       "2030-01-01T00:00:00"},
    {"0 0 0 30 2 ? *",           "never"              },
    {"0 0 0 1 1 ? 2020",         "never"              },
};

START_TEST(a_schedule_names_the_next_time)
{
    g_autofree char *next = next_after(TIMES[_i].schedule, MOMENT, "UTC");

    ck_assert_msg(g_str_equal(next, TIMES[_i].next), "%s: %s, not %s", TIMES[_i].schedule, next,
                  TIMES[_i].next);
}
END_TEST

/* Goal: clocks that change neither stop nor repeat a daily schedule. */
START_TEST(days_of_changing_clocks_are_one_day_each)
{
    g_autofree char *spring = next_after("0 0 8 * * ?", "2026-03-28T09:00:00", "Europe/Berlin");
    g_autofree char *autumn = next_after("0 0 8 * * ?", "2026-10-24T09:00:00", "Europe/Berlin");
    g_autofree char *later = next_after("0 30 3 * * ?", "2026-10-25T02:30:00", "Europe/Berlin");

    ck_assert_str_eq(spring, "2026-03-29T08:00:00");
    ck_assert_str_eq(autumn, "2026-10-25T08:00:00");
    ck_assert_str_eq(later, "2026-10-25T03:30:00");
}
END_TEST

static const char *const WRONG[] = {"",
                                    "asd asd",
                                    "* * * * *",
                                    "* * * * * * * *",
                                    "60 * * * * ?",
                                    "* * 24 * * ?",
                                    "0 0 0 0 * ?",
                                    "0 0 0 ? 13 *",
                                    "0 0 0 ? * 8",
                                    "0 0 0 ? * 2#6",
                                    "0 0 0 15W * ?",
                                    "0 0 0 ? * FRI-MON",
                                    "0 0 0 1 * MON",
                                    "0 0 0 ? * ?",
                                    "0/0 * * * * ?",
                                    "1,,2 * * * * ?",
                                    "5- * * * * ?",
                                    "99999999999999999999 * * * * ?"};

START_TEST(what_is_not_understood_is_refused)
{
    g_autoptr(GError) error = NULL;

    ck_assert_msg(!scheduled_query_cron_parse(WRONG[_i], &error), "%s", WRONG[_i]);
    ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("scheduled_query_cron");
    TCase *tests = tcase_create("cron");

    tcase_add_loop_test(tests, a_schedule_names_the_next_time, 0, G_N_ELEMENTS(TIMES));
    tcase_add_test(tests, days_of_changing_clocks_are_one_day_each);
    tcase_add_loop_test(tests, what_is_not_understood_is_refused, 0, G_N_ELEMENTS(WRONG));
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
