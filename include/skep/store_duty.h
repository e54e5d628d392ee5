/* SPDX-License-Identifier: Apache-2.0 */
/* Leases of background work in PostgreSQL. What the work is and how often it is done, the catalog
 * decides. Implemented in server/store/duty.c. Only server/catalog/ calls this; any thread may. */
#pragma once

#include <glib.h>

#include "skep/store.h"

/* One of `names` that is due and that nobody has, for lease_ms. TRUE with *out_name NULL: none.
 * Never waits for another server. */
gboolean store_duty_take(Store *store,
                         const char *const *names,
                         const char *holder,
                         gint64 lease_ms,
                         char **out_name,
                         GError **error);
/* *out_held FALSE: another server has it by now. */
gboolean store_duty_renew(Store *store,
                          const char *name,
                          const char *holder,
                          gint64 lease_ms,
                          gboolean *out_held,
                          GError **error);
/* Gives it back until pause_ms have passed. `failure` NULL: it was done. */
gboolean store_duty_finish(Store *store,
                           const char *name,
                           const char *holder,
                           gint64 pause_ms,
                           const char *failure,
                           GError **error);

typedef struct {
    char *name;
    char *holder; /* who has it, or had it last; NULL: nobody yet */
    gboolean is_held;
    gint64 started_ms;
    gint64 success_ms;
    gint64 failures; /* since then */
    char *last_error;
    gint64 age_ms; /* for how long it has not been done; 0 while its holder is well at it */
} StoreDuty;
void store_duty_free(StoreDuty *duty);
/* StoreDuty*, by name. */
GPtrArray *store_duty_list(Store *store, GError **error);
