/* SPDX-License-Identifier: Apache-2.0 */
/* The table of background work, and how a server comes to do some of it. Callers:
 * server/background.c; the REST door, which lists it. */
#include "skep/catalog_duty.h"

#include <string.h>

#include "skep/store_duty.h"
#include "skep/store_event.h"
#include "skep/store_idempotency.h"
#include "skep/store_lock.h"
#include "skep/store_scan_plan.h"
#include "skep/store_table_report.h"

#include "duty.h"
#include "sweep.h"
#include "task.h"
#include "transaction_lease.h"

#define SECOND_MS G_GINT64_CONSTANT(1000)
/* A clean-up that has more to do than this in one turn goes on in the next. */
#define BATCHES_MAX 100
/* What failed is tried again after its interval, and after no more than this. */
#define RETRY_MS_MAX (60 * SECOND_MS)
/* So many intervals pass before a duty counts as overdue. */
#define OVERDUE_INTERVALS 3

struct CatalogDutyTurn {
    Catalog *catalog;
    const CatalogDutyRound *round; /* NULL: catalog_housekeep */
    const char *name;
    gint64 renewed_us;
    gboolean is_lost;
};

/* --- the duties of rows that expire --- */

static gboolean
number_events(Catalog *catalog, CatalogDutyTurn *turn, GError **error)
{
    (void)turn;
    return store_event_number(catalog->store, NULL, error);
}

static gboolean
expire_events(Catalog *catalog, CatalogDutyTurn *turn, GError **error)
{
    gint64 before_ms = catalog_now_ms() - catalog->options.event_retention_s * 1000;
    guint64 removed = CATALOG_DUTY_BATCH;

    for (int batch = 0; batch < BATCHES_MAX && removed == CATALOG_DUTY_BATCH; batch++)
        if (!store_event_expire(catalog->store, before_ms, CATALOG_DUTY_BATCH, &removed, error))
            return FALSE;
        else if (!catalog_duty_goes_on(turn))
            break;
    return TRUE;
}

static gboolean
expire_idempotency_keys(Catalog *catalog, CatalogDutyTurn *turn, GError **error)
{
    guint64 removed = CATALOG_DUTY_BATCH;

    for (int batch = 0; batch < BATCHES_MAX && removed == CATALOG_DUTY_BATCH; batch++)
        if (!store_idempotency_expire(catalog->store, CATALOG_DUTY_BATCH, &removed, error))
            return FALSE;
        else if (!catalog_duty_goes_on(turn))
            break;
    return TRUE;
}

static gboolean
expire_locks(Catalog *catalog, CatalogDutyTurn *turn, GError **error)
{
    (void)turn;
    return store_lock_expire(catalog->store, NULL, error);
}

static gboolean
expire_transactions(Catalog *catalog, CatalogDutyTurn *turn, GError **error)
{
    (void)turn;
    return catalog_transaction_housekeep(catalog, error);
}

static gboolean
expire_scan_plans(Catalog *catalog, CatalogDutyTurn *turn, GError **error)
{
    (void)turn;
    return store_scan_plan_expire(catalog->store, CATALOG_DUTY_BATCH, error);
}

static gboolean
sweep_metadata_files(Catalog *catalog, CatalogDutyTurn *turn, GError **error)
{
    Sweep sweep;

    return catalog_sweep(catalog, turn, &sweep, error);
}

static gboolean
expire_reports(Catalog *catalog, CatalogDutyTurn *turn, GError **error)
{
    gint64 before_ms = catalog_now_ms() - catalog->options.report_retention_s * 1000;
    guint64 removed = CATALOG_DUTY_BATCH;

    for (int batch = 0; batch < BATCHES_MAX && removed == CATALOG_DUTY_BATCH; batch++)
        if (!store_table_report_expire(catalog->store, before_ms, CATALOG_DUTY_BATCH, &removed,
                                       error))
            return FALSE;
        else if (!catalog_duty_goes_on(turn))
            break;
    return TRUE;
}

/* --- the table --- */

typedef struct {
    const char *name; /* also the metrics' label */
    CatalogDutyLength length;
    gint64 interval_ms;
    CatalogDutyFunc run;
} Duty;

/* clang-format off */
static const Duty duties[] = {
    {"event_numbering",    CATALOG_DUTY_SHORT, 30 * SECOND_MS, number_events},
    {"event_retention",    CATALOG_DUTY_SHORT, 30 * SECOND_MS, expire_events},
    {"idempotency_expiry", CATALOG_DUTY_SHORT, 30 * SECOND_MS, expire_idempotency_keys},
    {"metadata_sweep",     CATALOG_DUTY_LONG,  600 * SECOND_MS, sweep_metadata_files},
    {"lock_expiry",        CATALOG_DUTY_SHORT, 30 * SECOND_MS, expire_locks},
    {"report_retention",   CATALOG_DUTY_SHORT, 30 * SECOND_MS, expire_reports},
    {"scan_plan_expiry",   CATALOG_DUTY_SHORT, 30 * SECOND_MS, expire_scan_plans},
    {"tasks",              CATALOG_DUTY_LONG,  3 * SECOND_MS,  catalog_tasks_work},
    {"task_retention",     CATALOG_DUTY_SHORT, 600 * SECOND_MS, catalog_tasks_expire},
    {"undrop_expiry",      CATALOG_DUTY_SHORT, 60 * SECOND_MS, catalog_dropped_expire},
    {"transaction_expiry", CATALOG_DUTY_SHORT, 30 * SECOND_MS, expire_transactions},
};
/* clang-format on */

static const Duty *
find_duty(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(duties); i++)
        if (strcmp(duties[i].name, name) == 0)
            return &duties[i];
    return NULL;
}

/* --- turns --- */

/* A third of the lease has passed before it is renewed: once a batch would be too often. */
gboolean
catalog_duty_goes_on(CatalogDutyTurn *turn)
{
    Catalog *catalog = turn->catalog;
    gint64 now_us = g_get_monotonic_time();
    gboolean is_held = TRUE;

    if (!turn->round)
        return TRUE;
    if (turn->is_lost || !turn->round->goes_on(turn->round->data))
        return FALSE;
    if (now_us - turn->renewed_us < catalog->options.duty_lease_ms * 1000 / 3)
        return TRUE;
    /* Without an answer the work itself will fail, or go on after a moment. */
    if (!store_duty_renew(catalog->store, turn->name, catalog->server_name,
                          catalog->options.duty_lease_ms, &is_held, NULL))
        return TRUE;
    turn->renewed_us = now_us;
    turn->is_lost = !is_held;
    return is_held;
}

static gboolean
take_turn(Catalog *catalog, const CatalogDutyRound *round, const Duty *duty, GError **error)
{
    CatalogDutyTurn turn = {catalog, round, duty->name, g_get_monotonic_time(), FALSE};
    g_autoptr(GError) failure = NULL;
    gint64 pause_ms = duty->interval_ms;

    if (!duty->run(catalog, &turn, &failure)) {
        pause_ms = MIN(pause_ms, RETRY_MS_MAX);
        if (round->failed)
            round->failed(duty->name, failure, round->data);
    }
    return store_duty_finish(catalog->store, duty->name, catalog->server_name, pause_ms,
                             failure ? failure->message : NULL, error);
}

gboolean
catalog_duties_run(Catalog *catalog, const CatalogDutyRound *round, GError **error)
{
    const char *names[G_N_ELEMENTS(duties) + 1] = {NULL};
    gsize count = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(duties); i++)
        if (duties[i].length == round->length)
            names[count++] = duties[i].name;
    /* Each is taken at most once a round, so that a round ends. */
    for (gsize turns = 0; turns < count && round->goes_on(round->data); turns++) {
        g_autofree char *name = NULL;
        const Duty *duty;

        if (!store_duty_take(catalog->store, names, catalog->server_name,
                             catalog->options.duty_lease_ms, &name, error))
            return FALSE;
        duty = name ? find_duty(name) : NULL;
        if (!duty)
            return TRUE;
        if (!take_turn(catalog, round, duty, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
catalog_housekeep(Catalog *catalog, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(duties); i++) {
        CatalogDutyTurn turn = {.catalog = catalog, .name = duties[i].name};

        if (!duties[i].run(catalog, &turn, error))
            return FALSE;
    }
    return TRUE;
}

/* --- how it goes --- */

void
catalog_duty_state_free(CatalogDutyState *state)
{
    if (!state)
        return;
    g_free(state->holder);
    g_free(state->last_error);
    g_free(state);
}

static CatalogDutyState *
describe(const Catalog *catalog, const Duty *duty, StoreDuty *row)
{
    CatalogDutyState *state = g_new0(CatalogDutyState, 1);
    gint64 patience_ms = OVERDUE_INTERVALS * duty->interval_ms + catalog->options.duty_lease_ms;

    state->name = duty->name;
    state->length = duty->length;
    state->interval_ms = duty->interval_ms;
    state->holder = g_steal_pointer(&row->holder);
    state->is_held = row->is_held;
    state->started_ms = row->started_ms;
    state->success_ms = row->success_ms;
    state->failures = row->failures;
    state->last_error = g_steal_pointer(&row->last_error);
    state->age_ms = row->age_ms;
    state->overdue_ms = MAX(row->age_ms - patience_ms, 0);
    return state;
}

GPtrArray *
catalog_duty_list(Catalog *catalog, GError **error)
{
    g_autoptr(GPtrArray) rows = store_duty_list(catalog->store, error);
    GPtrArray *states;

    if (!rows)
        return NULL;
    states = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_duty_state_free);
    for (guint i = 0; i < rows->len; i++) {
        StoreDuty *row = rows->pdata[i];
        const Duty *duty = find_duty(row->name);

        if (duty)
            g_ptr_array_add(states, describe(catalog, duty, row));
    }
    return states;
}
