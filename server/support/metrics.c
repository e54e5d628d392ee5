/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps metrics and renders them as text. Values are doubles changed by compare-and-swap on their
 * bits, exact for counts up to 2^53. Which metrics there are is known to the files that own them.
 */
#include "skep/metrics.h"

#include <string.h>

#include "process_metrics.h"

const double metric_bounds_seconds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                        0.25,   0.5,   1,      2.5,   5,    10,    0};

struct MetricSeries {
    const Metric *metric;
    char *labels; /* rendered: `method="x",result="ok"`, or empty */
    guint64 value_bits;
    guint64 *bucket_counts; /* one for each bound, and one for +Inf; not cumulative */
    guint64 observations;
};

typedef struct {
    MetricsCollector collect;
    gpointer data;
} Collector;

static GMutex registry_mutex;
static GPtrArray *registry;    /* Metric, in order of registration */
static GMutex collector_mutex; /* held while collectors run */
static GArray *collectors;

static double
bits_to_double(guint64 bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static guint64
double_to_bits(double value)
{
    guint64 bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static gsize
bucket_count(const Metric *metric)
{
    gsize count = 0;
    while (metric->bounds[count] != 0)
        count++;
    return count + 1;
}

static void
register_metric(Metric *metric)
{
    if (!g_once_init_enter(&metric->registered))
        return;
    metric->series = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_mutex_lock(&registry_mutex);
    if (registry == NULL)
        registry = g_ptr_array_new();
    g_ptr_array_add(registry, metric);
    g_mutex_unlock(&registry_mutex);
    g_once_init_leave(&metric->registered, 1);
}

static void
append_escaped(GString *text, const char *value)
{
    for (; *value != '\0'; value++) {
        if (*value == '\\' || *value == '"')
            g_string_append_c(text, '\\');
        if (*value == '\n')
            g_string_append(text, "\\n");
        else
            g_string_append_c(text, *value);
    }
}

static char *
render_labels(const Metric *metric, const char *const *values)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < METRIC_LABELS_MAX && metric->label_names[i] != NULL; i++) {
        const char *value = values != NULL && values[i] != NULL ? values[i] : "";
        g_string_append_printf(text, "%s%s=\"", i > 0 ? "," : "", metric->label_names[i]);
        g_autofree char *valid = g_utf8_make_valid(value, -1);
        append_escaped(text, valid);
        g_string_append_c(text, '"');
    }
    return g_string_free(text, FALSE);
}

static MetricSeries *
make_series(const Metric *metric, const char *labels)
{
    MetricSeries *series = g_new0(MetricSeries, 1);
    series->metric = metric;
    series->labels = g_strdup(labels);
    if (metric->kind == METRIC_KIND_HISTOGRAM)
        series->bucket_counts = g_new0(guint64, bucket_count(metric));
    return series;
}

/* The key of what is counted together when there are too many different label values. */
static char *
render_overflow_labels(const Metric *metric)
{
    return render_labels(metric, METRIC_LABELS("other", "other", "other"));
}

static MetricSeries *
insert_series(Metric *metric, const char *labels)
{
    g_rw_lock_writer_lock(&metric->lock);
    MetricSeries *series = g_hash_table_lookup(metric->series, labels);
    g_autofree char *key = g_strdup(labels);
    if (series == NULL && g_hash_table_size(metric->series) >= METRIC_SERIES_MAX) {
        g_free(key);
        key = render_overflow_labels(metric);
        series = g_hash_table_lookup(metric->series, key);
    }
    if (series == NULL) {
        series = make_series(metric, key);
        g_hash_table_insert(metric->series, g_steal_pointer(&key), series);
    }
    if (metric->label_names[0] == NULL)
        g_atomic_pointer_set(&metric->unlabelled, series);
    g_rw_lock_writer_unlock(&metric->lock);
    return series;
}

MetricSeries *
metric_series(Metric *metric, const char *const *label_values)
{
    MetricSeries *series = g_atomic_pointer_get(&metric->unlabelled);
    if (series != NULL)
        return series;
    register_metric(metric);
    g_autofree char *labels = render_labels(metric, label_values);
    g_rw_lock_reader_lock(&metric->lock);
    series = g_hash_table_lookup(metric->series, labels);
    g_rw_lock_reader_unlock(&metric->lock);
    return series != NULL ? series : insert_series(metric, labels);
}

static void
add_to_bits(guint64 *bits, double amount)
{
    guint64 before = __atomic_load_n(bits, __ATOMIC_RELAXED);
    guint64 after;
    do {
        after = double_to_bits(bits_to_double(before) + amount);
    } while (!__atomic_compare_exchange_n(bits, &before, after, TRUE, __ATOMIC_RELAXED,
                                          __ATOMIC_RELAXED));
}

void
metric_add(MetricSeries *series, double amount)
{
    add_to_bits(&series->value_bits, amount);
}

void
metric_set(MetricSeries *series, double value)
{
    __atomic_store_n(&series->value_bits, double_to_bits(value), __ATOMIC_RELAXED);
}

void
metric_observe(MetricSeries *series, double value)
{
    const double *bounds = series->metric->bounds;
    gsize bucket = 0;
    while (bounds[bucket] != 0 && value > bounds[bucket])
        bucket++;
    __atomic_add_fetch(&series->bucket_counts[bucket], 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&series->observations, 1, __ATOMIC_RELAXED);
    add_to_bits(&series->value_bits, value);
}

double
metric_value(const MetricSeries *series)
{
    if (series->metric->kind == METRIC_KIND_HISTOGRAM)
        return (double)__atomic_load_n(&series->observations, __ATOMIC_RELAXED);
    return bits_to_double(__atomic_load_n(&series->value_bits, __ATOMIC_RELAXED));
}

void
metrics_add_collector(MetricsCollector collect, gpointer data)
{
    Collector collector = {collect, data};
    g_mutex_lock(&collector_mutex);
    if (collectors == NULL)
        collectors = g_array_new(FALSE, FALSE, sizeof(Collector));
    g_array_append_val(collectors, collector);
    g_mutex_unlock(&collector_mutex);
}

void
metrics_remove_collector(MetricsCollector collect, gpointer data)
{
    g_mutex_lock(&collector_mutex);
    for (guint i = collectors != NULL ? collectors->len : 0; i > 0; i--) {
        const Collector *collector = &g_array_index(collectors, Collector, i - 1);
        if (collector->collect == collect && collector->data == data)
            g_array_remove_index(collectors, i - 1);
    }
    g_mutex_unlock(&collector_mutex);
}

static void
append_number(GString *text, double value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    if (value == (double)(gint64)value && value < 1e15 && value > -1e15)
        g_string_append_printf(text, "%" G_GINT64_FORMAT "\n", (gint64)value);
    else
        g_string_append_printf(text, "%s\n", g_ascii_dtostr(digits, sizeof digits, value));
}

static void
render_sample(GString *text, const MetricSeries *series, const char *suffix, double value)
{
    g_string_append_printf(text, "%s%s", series->metric->name, suffix);
    if (*series->labels != '\0')
        g_string_append_printf(text, "{%s}", series->labels);
    g_string_append_c(text, ' ');
    append_number(text, value);
}

static void
render_histogram(GString *text, const MetricSeries *series)
{
    const double *bounds = series->metric->bounds;
    gsize count = bucket_count(series->metric);
    guint64 cumulative = 0;
    for (gsize i = 0; i < count; i++) {
        char bound[G_ASCII_DTOSTR_BUF_SIZE] = "+Inf";
        if (i + 1 < count)
            g_ascii_formatd(bound, sizeof bound, "%g", bounds[i]);
        cumulative += __atomic_load_n(&series->bucket_counts[i], __ATOMIC_RELAXED);
        g_string_append_printf(text, "%s_bucket{%s%sle=\"%s\"} %" G_GUINT64_FORMAT "\n",
                               series->metric->name, series->labels,
                               *series->labels != '\0' ? "," : "", bound, cumulative);
    }
    guint64 sum_bits = __atomic_load_n(&series->value_bits, __ATOMIC_RELAXED);
    render_sample(text, series, "_sum", bits_to_double(sum_bits));
    /* From the buckets, not from `observations`: count and +Inf bucket must agree within one
     * answer. */
    render_sample(text, series, "_count", (double)cumulative);
}

static const char *
kind_name(MetricKind kind)
{
    switch (kind) {
    case METRIC_KIND_COUNTER:
        return "counter";
    case METRIC_KIND_GAUGE:
        return "gauge";
    case METRIC_KIND_HISTOGRAM:
        return "histogram";
    }
    return "untyped";
}

static void
render_metric(GString *text, Metric *metric)
{
    g_string_append_printf(text, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help,
                           metric->name, kind_name(metric->kind));
    g_rw_lock_reader_lock(&metric->lock);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, metric->series);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (metric->kind == METRIC_KIND_HISTOGRAM)
            render_histogram(text, value);
        else
            render_sample(text, value, "", metric_value(value));
    }
    g_rw_lock_reader_unlock(&metric->lock);
}

static void
run_collectors(void)
{
    g_mutex_lock(&collector_mutex);
    for (guint i = 0; collectors != NULL && i < collectors->len; i++) {
        const Collector *collector = &g_array_index(collectors, Collector, i);
        collector->collect(collector->data);
    }
    g_mutex_unlock(&collector_mutex);
}

GString *
metrics_render(void)
{
    run_collectors();
    process_metrics_collect();
    GString *text = g_string_new(NULL);
    g_mutex_lock(&registry_mutex);
    for (guint i = 0; registry != NULL && i < registry->len; i++)
        render_metric(text, g_ptr_array_index(registry, i));
    g_mutex_unlock(&registry_mutex);
    return text;
}
