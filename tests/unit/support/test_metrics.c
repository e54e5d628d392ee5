/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: metrics count exactly under threads and come out as Prometheus text. Method: metrics of the
 * test's own, rendered and searched for the lines they must have. */
#include <check.h>
#include <string.h>

#include "skep/metrics.h"
#include "support/test_suite.h"

static const double bounds[] = {0.1, 1, 0};
static Metric calls = METRIC_COUNTER("test_calls_total", "Calls.", "method", "result");
static Metric plain = METRIC_COUNTER("test_plain_total", "Plain.");
static Metric shown = METRIC_COUNTER("test_shown_total", "Shown.");
METRIC_SHOW_FROM_START(shown);
static Metric level = METRIC_GAUGE("test_level", "Level.");
static Metric seconds = METRIC_HISTOGRAM("test_seconds", "Seconds.", bounds, "method");
static Metric crowded = METRIC_COUNTER("test_crowded_total", "Crowded.", "name");

static void
assert_has_line(const char *line)
{
    GString *text = metrics_render();
    g_autofree char *searched = g_strdup_printf("\n%s\n", line);
    ck_assert_msg(strstr(text->str, searched) != NULL, "no line %s in\n%s", line, text->str);
    g_string_free(text, TRUE);
}

static gpointer
count_many(gpointer data)
{
    (void)data;
    for (int i = 0; i < 20000; i++) {
        metric_add(metric_series(&plain, NULL), 1);
        metric_observe(metric_series(&seconds, METRIC_LABELS("busy")), 0.5);
    }
    return NULL;
}

START_TEST(threads_lose_no_count)
{
    GThread *threads[4];
    for (int i = 0; i < 4; i++)
        threads[i] = g_thread_new("count", count_many, NULL);
    for (int i = 0; i < 4; i++)
        g_thread_join(threads[i]);
    ck_assert_double_eq(metric_value(metric_series(&plain, NULL)), 80000);
    assert_has_line("test_plain_total 80000");
    assert_has_line("test_seconds_count{method=\"busy\"} 80000");
    assert_has_line("test_seconds_sum{method=\"busy\"} 40000");
}
END_TEST

START_TEST(labels_are_escaped_and_make_series)
{
    metric_add(metric_series(&calls, METRIC_LABELS("get\"x\\y\nz", "ok")), 2);
    metric_add(metric_series(&calls, METRIC_LABELS("get", NULL)), 1);
    assert_has_line("test_calls_total{method=\"get\\\"x\\\\y\\nz\",result=\"ok\"} 2");
    assert_has_line("test_calls_total{method=\"get\",result=\"\"} 1");
    assert_has_line("# TYPE test_calls_total counter");
    ck_assert_ptr_eq(metric_series(&calls, METRIC_LABELS("get")),
                     metric_series(&calls, METRIC_LABELS("get", "")));
}
END_TEST

START_TEST(a_counter_is_shown_before_its_first_increase)
{
    assert_has_line("test_shown_total 0");
}
END_TEST

START_TEST(histograms_are_cumulative_and_take_their_bounds_in)
{
    MetricSeries *series = metric_series(&seconds, METRIC_LABELS("get"));
    metric_observe(series, 0.1);
    metric_observe(series, 0.5);
    metric_observe(series, 7);
    assert_has_line("test_seconds_bucket{method=\"get\",le=\"0.1\"} 1");
    assert_has_line("test_seconds_bucket{method=\"get\",le=\"1\"} 2");
    assert_has_line("test_seconds_bucket{method=\"get\",le=\"+Inf\"} 3");
    assert_has_line("test_seconds_count{method=\"get\"} 3");
    assert_has_line("test_seconds_sum{method=\"get\"} 7.5999999999999996");
}
END_TEST

START_TEST(series_are_bounded)
{
    for (int i = 0; i < METRIC_SERIES_MAX + 100; i++) {
        g_autofree char *name = g_strdup_printf("n%d", i);
        metric_add(metric_series(&crowded, METRIC_LABELS(name)), 1);
    }
    ck_assert_double_eq(metric_value(metric_series(&crowded, METRIC_LABELS("other"))), 100);
    ck_assert_double_eq(metric_value(metric_series(&crowded, METRIC_LABELS("n0"))), 1);
}
END_TEST

static void
raise_level(gpointer data)
{
    metric_set(metric_series(&level, NULL), *(const double *)data);
}

START_TEST(collectors_run_before_rendering_until_removed)
{
    double value = 0.25;
    metrics_add_collector(raise_level, &value);
    assert_has_line("test_level 0.25");
    value = 3;
    assert_has_line("test_level 3");
    metrics_remove_collector(raise_level, &value);
    value = 4;
    assert_has_line("test_level 3");
}
END_TEST

START_TEST(the_process_is_measured)
{
    GString *text = metrics_render();
    ck_assert_ptr_nonnull(strstr(text->str, "\n# TYPE process_resident_memory_bytes gauge\n"));
    ck_assert_ptr_null(strstr(text->str, "process_resident_memory_bytes 0\n"));
    ck_assert_ptr_null(strstr(text->str, "process_open_fds 0\n"));
    g_string_free(text, TRUE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("metrics");
    TCase *metrics = tcase_create("metrics");
    tcase_add_test(metrics, threads_lose_no_count);
    tcase_add_test(metrics, labels_are_escaped_and_make_series);
    tcase_add_test(metrics, a_counter_is_shown_before_its_first_increase);
    tcase_add_test(metrics, histograms_are_cumulative_and_take_their_bounds_in);
    tcase_add_test(metrics, series_are_bounded);
    tcase_add_test(metrics, collectors_run_before_rendering_until_removed);
    tcase_add_test(metrics, the_process_is_measured);
    tcase_set_timeout(metrics, 60);
    suite_add_tcase(suite, metrics);
    return test_run_suite(suite);
}
