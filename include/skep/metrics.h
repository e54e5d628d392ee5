/* SPDX-License-Identifier: Apache-2.0 */
/* Counters, gauges and histograms, rendered as Prometheus text for the management port. A metric is
 * a static variable of the file that updates it; it registers itself at its first use. Updates take
 * no lock; finding a series by its labels takes a reader's lock, so keep the pointer where calls
 * are many.
 *
 *     static Metric calls = METRIC_COUNTER("skep_thrift_calls_total", "Calls answered.", "method",
 * "result"); metric_add(metric_series(&calls, METRIC_LABELS("get_table", "ok")), 1);
 *
 * Label values never hold names of tables or users: a metric keeps at most METRIC_SERIES_MAX
 * series, and what comes after that is counted under the label value "other". */
#pragma once

#include <glib.h>

enum { METRIC_LABELS_MAX = 3, METRIC_SERIES_MAX = 2000 };

typedef enum { METRIC_KIND_COUNTER, METRIC_KIND_GAUGE, METRIC_KIND_HISTOGRAM } MetricKind;

typedef struct MetricSeries MetricSeries;

typedef struct {
    MetricKind kind;
    const char *name;
    const char *help;
    const double *bounds; /* upper bounds of a histogram's buckets, rising, ended by 0 */
    const char *label_names[METRIC_LABELS_MAX]; /* NULL where there is none */
    gsize registered;                           /* private: once-flag */
    GRWLock lock;                               /* private */
    GHashTable *series;                         /* private: joined label values -> MetricSeries */
    MetricSeries *unlabelled;                   /* private */
} Metric;

#define METRIC_COUNTER(name_, help_, ...)                                                          \
    {                                                                                              \
        .kind = METRIC_KIND_COUNTER, .name = name_, .help = help_, .label_names = { __VA_ARGS__ }  \
    }
#define METRIC_GAUGE(name_, help_, ...)                                                            \
    {                                                                                              \
        .kind = METRIC_KIND_GAUGE, .name = name_, .help = help_, .label_names = { __VA_ARGS__ }    \
    }
#define METRIC_HISTOGRAM(name_, help_, bounds_, ...)                                               \
    {                                                                                              \
        .kind = METRIC_KIND_HISTOGRAM, .name = name_, .help = help_, .bounds = bounds_,            \
        .label_names = {                                                                           \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

/* At file scope, for a counter without labels: shown from the start of the process, at 0, so that
 * its first increase is seen as one. A semicolon follows. */
#define METRIC_SHOW_FROM_START(metric)                                                             \
    __attribute__((constructor)) static void metric##_show(void)                                   \
    {                                                                                              \
        metric_series(&metric, NULL);                                                              \
    }                                                                                              \
    G_STATIC_ASSERT(TRUE)

/* Bounds that suit the duration of a call, 0.5 ms to 10 s. */
extern const double metric_bounds_seconds[];

/* Label values, in the order of the metric's label names. */
#define METRIC_LABELS(...) ((const char *const[METRIC_LABELS_MAX]){__VA_ARGS__})

/* The series of these label values (NULL for a metric without labels), made at its first use. Lives
 * as long as the process. Missing values count as "". Any thread. */
MetricSeries *metric_series(Metric *metric, const char *const *label_values);

/* Counters take amounts >= 0. Any thread. */
void metric_add(MetricSeries *series, double amount);
void metric_set(MetricSeries *series, double value);
/* One observation of a histogram. Any thread. */
void metric_observe(MetricSeries *series, double value);
/* The present value of a counter or gauge, or the number of a histogram's observations. */
double metric_value(const MetricSeries *series);

/* `collect` runs before every rendering, to set gauges that are cheaper to read than to keep. */
typedef void (*MetricsCollector)(gpointer data);
void metrics_add_collector(MetricsCollector collect, gpointer data);
/* Forgets the collectors added with this pair. On return none of them runs. */
void metrics_remove_collector(MetricsCollector collect, gpointer data);

/* All metrics in Prometheus' text format 0.0.4, the process' own memory, time and files included.
 * Transfer full. Any thread. */
GString *metrics_render(void);
