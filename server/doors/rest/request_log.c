/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a request when it is over: a count, its duration, and a log line when it failed.
 * Labels hold the route's template, never a name. Caller: arrival.c. */
#include "rest_private.h"

#include "skep/log.h"
#include "skep/metrics.h"

static Metric requests_total = METRIC_COUNTER(
    "skep_http_requests_total", "REST requests answered.", "route", "method", "code");
static Metric request_seconds = METRIC_HISTOGRAM("skep_http_request_duration_seconds",
                                                 "From the head of a REST request to its answer.",
                                                 metric_bounds_seconds,
                                                 "route",
                                                 "method");

void
rest_request_log(const RestRequest *request, gboolean completed)
{
    const char *route = request->route ? request->route->path : "none";
    const char *method = rest_method_name(request->method);
    gint64 duration_us = g_get_monotonic_time() - request->started_at_us;
    /* Without a status the head was not understood, or the client went away before the answer. */
    char code[8] = "aborted";
    if (request->status && completed)
        g_snprintf(code, sizeof code, "%u", request->status);
    metric_add(metric_series(&requests_total, METRIC_LABELS(route, method, code)), 1);
    metric_observe(metric_series(&request_seconds, METRIC_LABELS(route, method)),
                   (double)duration_us / G_USEC_PER_SEC);
    if (completed && request->status > 0 && request->status < 400)
        return;
    LogLevel level = request->status >= 500 ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO;
    if (request->failure)
        LOG_EVENT(level, "request failed", log_string("method", method), log_string("route", route),
                  log_string("code", code), log_string("request", request->id),
                  log_int("duration_us", duration_us), log_error(request->failure));
    else
        LOG_EVENT(level, "request failed", log_string("method", method), log_string("route", route),
                  log_string("code", code), log_string("request", request->id),
                  log_int("duration_us", duration_us));
}
