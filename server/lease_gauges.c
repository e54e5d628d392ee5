/* SPDX-License-Identifier: Apache-2.0 */
/* Ages of the oldest lock and transaction whose lease has ended and whose row still stands: seconds
 * while housekeeping works, growing when it does not. Caller: server.c. */
#include "lease_gauges.h"

#include "skep/catalog_transaction.h"
#include "skep/metrics.h"

static Metric lock_age = METRIC_GAUGE(
    "skep_lock_oldest_seconds",
    "For how long the oldest lock whose lease has ended has been waiting to be removed.");
static Metric transaction_age = METRIC_GAUGE(
    "skep_transaction_oldest_seconds",
    "For how long the oldest transaction whose lease has ended has been waiting to be aborted.");

/* Without an answer of the database the last ones stay, which its own health tells. */
static void
lease_gauges_collect(gpointer data)
{
    gint64 lock_ms = 0;
    gint64 transaction_ms = 0;
    if (!catalog_transaction_overdue_ms(data, &lock_ms, &transaction_ms, NULL))
        return;
    metric_set(metric_series(&lock_age, NULL), (double)lock_ms / 1000.0);
    metric_set(metric_series(&transaction_age, NULL), (double)transaction_ms / 1000.0);
}

void
lease_gauges_start(Catalog *catalog)
{
    metrics_add_collector(lease_gauges_collect, catalog);
}

void
lease_gauges_stop(Catalog *catalog)
{
    metrics_remove_collector(lease_gauges_collect, catalog);
}
