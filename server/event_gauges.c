/* SPDX-License-Identifier: Apache-2.0 */
/* The number of the last event, and the age of the oldest one without a number: at most the time
 * between two rounds of housekeeping while that works, since readers number as well. Caller:
 * server.c. */
#include "event_gauges.h"

#include "skep/catalog_event.h"
#include "skep/metrics.h"

static Metric last_id = METRIC_GAUGE("skep_events_last_id", "Number of the last event.");
static Metric waiting_age =
    METRIC_GAUGE("skep_events_oldest_unnumbered_seconds",
                 "Age of the oldest event that waits for its number; 0: none does.");

/* Without an answer of the database the last ones stay, which its own health tells. */
static void
event_gauges_collect(gpointer data)
{
    gint64 last = 0;
    gint64 waiting_ms = 0;
    if (!catalog_event_state(data, &last, &waiting_ms, NULL))
        return;
    metric_set(metric_series(&last_id, NULL), (double)last);
    metric_set(metric_series(&waiting_age, NULL), (double)waiting_ms / 1000.0);
}

void
event_gauges_start(Catalog *catalog)
{
    metrics_add_collector(event_gauges_collect, catalog);
}

void
event_gauges_stop(Catalog *catalog)
{
    metrics_remove_collector(event_gauges_collect, catalog);
}
