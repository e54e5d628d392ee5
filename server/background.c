/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that work without being asked. See background.h; what the work is, the catalog knows. */
#include "background.h"

#include "skep/catalog_duty.h"
#include "skep/log.h"
#include "skep/metrics.h"

enum { PING_INTERVAL_MS = 2000, DUTY_INTERVAL_MS = 2000, PINGS_PER_LOOK = 5 };

static Metric age_gauge = METRIC_GAUGE(
    "skep_duty_age_seconds",
    "For how long a background duty has not been done; 0 while a server is well at it.",
    "duty");
static Metric overdue_gauge =
    METRIC_GAUGE("skep_duty_overdue_seconds",
                 "How far that is beyond what a restart or a failover explains.",
                 "duty");
static Metric failures_gauge =
    METRIC_GAUGE("skep_duty_failures", "Failures of a duty since it last went well.", "duty");

struct Background {
    Catalog *catalog;
    BackgroundListener listener;
    GThread *ping;
    GThread *duties[2];
    GMutex lock; /* guards stopping and the waiting on `stop_asked` */
    GCond stop_asked;
    gboolean stopping;
    guint overdue; /* at the last look; the first thread's own */
};

/* FALSE when the server stops. */
static gboolean
background_sleep(Background *background, gint64 interval_ms)
{
    gint64 end = g_get_monotonic_time() + interval_ms * 1000;
    g_mutex_lock(&background->lock);
    while (!background->stopping &&
           g_cond_wait_until(&background->stop_asked, &background->lock, end)) {
    }
    gboolean goes_on = !background->stopping;
    g_mutex_unlock(&background->lock);
    return goes_on;
}

static gboolean
background_goes_on(gpointer data)
{
    Background *background = data;
    g_mutex_lock(&background->lock);
    gboolean goes_on = !background->stopping;
    g_mutex_unlock(&background->lock);
    return goes_on;
}

/* --- the database, and how the duties go --- */

/* What stays overdue is said once; that it is done again, too. */
static void
background_look(Background *background)
{
    g_autoptr(GPtrArray) states = catalog_duty_list(background->catalog, NULL);
    guint overdue = 0;
    for (guint i = 0; states && i < states->len; i++) {
        const CatalogDutyState *state = states->pdata[i];
        if (state->overdue_ms == 0)
            continue;
        overdue++;
        if (background->overdue == 0)
            log_warning("background work is overdue", log_string("duty", state->name),
                        log_int("age_s", state->age_ms / 1000),
                        log_string("last_error", state->last_error ? state->last_error : "none"));
    }
    if (!states)
        return;
    if (overdue == 0 && background->overdue > 0)
        log_info("no background work is overdue any more");
    background->overdue = overdue;
    background->listener.overdue(overdue, background->listener.data);
}

static void
background_ask(Background *background, gboolean *store_is_away)
{
    g_autoptr(GError) error = NULL;
    if (catalog_ping(background->catalog, &error)) {
        background->listener.answered(background->listener.data);
        if (*store_is_away)
            log_info("the database answers again");
        *store_is_away = FALSE;
        return;
    }
    if (!*store_is_away)
        log_warning("the database does not answer", log_error(error));
    *store_is_away = TRUE;
}

static gpointer
background_ping(gpointer data)
{
    Background *background = data;
    gboolean store_is_away = FALSE;
    guint pings = 0;
    do {
        background_ask(background, &store_is_away);
        if (!store_is_away && ++pings % PINGS_PER_LOOK == 0)
            background_look(background);
    } while (background_sleep(background, PING_INTERVAL_MS));
    return NULL;
}

/* --- duties --- */

static void
background_tell_failed(const char *name, const GError *error, gpointer data)
{
    (void)data;
    log_warning("background work failed", log_string("duty", name), log_error(error));
}

/* While the database is away, which the other thread tells, leases cannot be had. */
static void
background_work(Background *background, CatalogDutyLength length)
{
    CatalogDutyRound round = {length, background_goes_on, background_tell_failed, background};
    do {
        g_autoptr(GError) error = NULL;
        if (!catalog_duties_run(background->catalog, &round, &error))
            log_debug("no leases for background work", log_error(error));
    } while (background_sleep(background, DUTY_INTERVAL_MS));
}

static gpointer
background_work_short(gpointer data)
{
    background_work(data, CATALOG_DUTY_SHORT);
    return NULL;
}

static gpointer
background_work_long(gpointer data)
{
    background_work(data, CATALOG_DUTY_LONG);
    return NULL;
}

/* --- gauges --- */

/* Without an answer of the database the last ones stay, which its own health tells. */
static void
background_collect(gpointer data)
{
    Background *background = data;
    g_autoptr(GPtrArray) states = catalog_duty_list(background->catalog, NULL);
    for (guint i = 0; states && i < states->len; i++) {
        const CatalogDutyState *state = states->pdata[i];
        const char *const *labels = METRIC_LABELS(state->name);
        metric_set(metric_series(&age_gauge, labels), (double)state->age_ms / 1000.0);
        metric_set(metric_series(&overdue_gauge, labels), (double)state->overdue_ms / 1000.0);
        metric_set(metric_series(&failures_gauge, labels), (double)state->failures);
    }
}

/* --- start and stop --- */

Background *
background_start(Catalog *catalog, const BackgroundListener *listener)
{
    Background *background = g_new0(Background, 1);
    background->catalog = catalog;
    background->listener = *listener;
    g_mutex_init(&background->lock);
    g_cond_init(&background->stop_asked);
    background->ping = g_thread_new("ping", background_ping, background);
    background->duties[0] = g_thread_new("duties", background_work_short, background);
    background->duties[1] = g_thread_new("long-duties", background_work_long, background);
    metrics_add_collector(background_collect, background);
    return background;
}

void
background_stop(Background *background)
{
    if (!background)
        return;
    metrics_remove_collector(background_collect, background);
    g_mutex_lock(&background->lock);
    background->stopping = TRUE;
    g_cond_broadcast(&background->stop_asked);
    g_mutex_unlock(&background->lock);
    g_thread_join(background->ping);
    for (gsize i = 0; i < G_N_ELEMENTS(background->duties); i++)
        g_thread_join(background->duties[i]);
    g_mutex_clear(&background->lock);
    g_cond_clear(&background->stop_asked);
    g_free(background);
}
