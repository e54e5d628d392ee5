/* SPDX-License-Identifier: Apache-2.0 */
/* Background work. Each kind is a duty: a name, how often, a function (the table in
 * server/catalog/duty.c). Any number of servers may work on one database: each duty has a lease in
 * PostgreSQL, so that one server at a time does it and another takes it over when that one dies.
 * Callers: server/background.c, and whoever shows how it goes. */
#pragma once

#include "skep/catalog.h"

/* Short ones are over in seconds; long ones may go on for hours, and must not hold the others up:
 * each length has a thread of its own. */
typedef enum { CATALOG_DUTY_SHORT, CATALOG_DUTY_LONG } CatalogDutyLength;

typedef struct {
    CatalogDutyLength length;
    /* FALSE once the server stops: what can be interrupted is. */
    gboolean (*goes_on)(gpointer data);
    /* Told of a duty that failed. Its row keeps the error, and it is tried again. */
    void (*failed)(const char *name, const GError *error, gpointer data);
    gpointer data;
} CatalogDutyRound;

/* Does all that is due and that no other server has; to be called every few seconds. FALSE: the
 * leases could not be asked for. */
gboolean catalog_duties_run(Catalog *catalog, const CatalogDutyRound *round, GError **error);

typedef struct {
    const char *name;
    CatalogDutyLength length;
    gint64 interval_ms;
    char *holder; /* the server that has it, or had it last; NULL: none yet */
    gboolean is_held;
    gint64 started_ms; /* of the last run; 0: none yet */
    gint64 success_ms; /* of the last success; before the first one, since when it is known */
    gint64 failures;   /* since then */
    char *last_error;  /* NULL: the last run went well */
    gint64 age_ms;     /* for how long it has not been done; 0 while a server is well at it */
    gint64 overdue_ms; /* how far that is beyond what a restart or a failover explains; 0: not */
} CatalogDutyState;
void catalog_duty_state_free(CatalogDutyState *state);
/* CatalogDutyState*, those that this server knows. */
GPtrArray *catalog_duty_list(Catalog *catalog, GError **error);
