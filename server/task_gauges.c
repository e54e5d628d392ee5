/* SPDX-License-Identifier: Apache-2.0 */
/* How many tasks are in which state, and the age of the oldest of each kind that is not over.
 * Caller: server.c. */
#include "task_gauges.h"

#include <string.h>

#include "skep/catalog_task.h"
#include "skep/metrics.h"

static Metric tasks_gauge =
    METRIC_GAUGE("skep_tasks",
                 "Tasks in a state: waiting or under way, failed, done, cancelled.",
                 "kind",
                 "state");
static Metric oldest_gauge =
    METRIC_GAUGE("skep_task_oldest_seconds",
                 "Age of the oldest task that waits or is under way; 0: none does.",
                 "kind");

static const char *const kinds[] = {TASK_PURGE_TABLE, TASK_DELETE_DIRECTORY};
static const char *const states[] = {"waiting", "failed", "done", "cancelled"};

static const CatalogTaskCount *
task_gauges_find(const GPtrArray *counts, const char *kind, const char *state)
{
    for (guint i = 0; i < counts->len; i++) {
        const CatalogTaskCount *count = counts->pdata[i];
        if (!strcmp(count->kind, kind) && !strcmp(count->state, state))
            return count;
    }
    return NULL;
}

/* Without an answer of the database the last ones stay, which its own health tells. */
static void
task_gauges_collect(gpointer data)
{
    g_autoptr(GPtrArray) counts = catalog_task_counts(data, NULL);
    for (gsize kind = 0; counts && kind < G_N_ELEMENTS(kinds); kind++)
        for (gsize state = 0; state < G_N_ELEMENTS(states); state++) {
            const CatalogTaskCount *count = task_gauges_find(counts, kinds[kind], states[state]);
            metric_set(metric_series(&tasks_gauge, METRIC_LABELS(kinds[kind], states[state])),
                       count ? (double)count->tasks : 0);
            if (state == 0)
                metric_set(metric_series(&oldest_gauge, METRIC_LABELS(kinds[kind])),
                           count ? (double)count->oldest_ms / 1000.0 : 0);
        }
}

void
task_gauges_start(Catalog *catalog)
{
    metrics_add_collector(task_gauges_collect, catalog);
}

void
task_gauges_stop(Catalog *catalog)
{
    metrics_remove_collector(task_gauges_collect, catalog);
}
