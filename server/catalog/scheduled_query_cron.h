/* SPDX-License-Identifier: Apache-2.0 */
/* Schedules in Quartz's form, which Hive writes: seconds, minutes, hours, days of the month,
 * months, days of the week (1 or SUN to 7 or SAT) and, if wanted, years. Understood are lists,
 * ranges, steps, names, `*`, `?`, the last day of a month (`L`), the last of a weekday (`6L`) and
 * the nth of a weekday (`6#3`). Pure. Caller: scheduled_query.c. */
#pragma once

#include <glib.h>

typedef struct ScheduledQueryCron ScheduledQueryCron;

/* INVALID_ARGUMENT, saying which field. */
ScheduledQueryCron *scheduled_query_cron_parse(const char *text, GError **error);
void scheduled_query_cron_free(ScheduledQueryCron *cron);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScheduledQueryCron, scheduled_query_cron_free)

/* The first time after `after_s`, both in seconds since 1970; fields are read in `zone`. -1: none,
 * before 2100. */
gint64 scheduled_query_cron_next(const ScheduledQueryCron *cron, gint64 after_s, GTimeZone *zone);
