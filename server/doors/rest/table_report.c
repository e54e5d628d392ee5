/* SPDX-License-Identifier: Apache-2.0 */
/* Clients' reports of their scans and commits: taken by the specification's route, shown by one of
 * Skep's own. Caller: the table of routes. */
#include "skep/catalog_table_report.h"

#include <string.h>

#include "rest_private.h"

#include "skep/metrics.h"

enum { REPORTS_DEFAULT = 100, REPORTS_MAX = 500 };

static Metric reports_total = METRIC_COUNTER(
    "skep_iceberg_metrics_reports_total", "Scan and commit reports that clients sent.", "type");

gboolean
rest_table_report_metrics(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    g_autoptr(cJSON) body = namespace_name ? rest_request_body(request, error) : NULL;
    const char *type = NULL;
    if (!body ||
        !catalog_table_report_keep(request->catalog, request->places.prefix, namespace_name,
                                   request->places.table, body, error) ||
        !json_get_string(body, "report-type", &type, error))
        return FALSE;
    const char *label = !strcmp(type, "scan-report")     ? "scan"
                        : !strcmp(type, "commit-report") ? "commit"
                                                         : "other";
    metric_add(metric_series(&reports_total, METRIC_LABELS(label)), 1);
    rest_reply_empty(request, 204);
    return TRUE;
}

static void
report_encode(GString *body, const CatalogTableReport *report)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(report->received_ms / 1000);
    g_autofree char *at_text = at ? g_date_time_format_iso8601(at) : NULL;
    g_string_append_printf(body, "{\"id\":%" G_GINT64_FORMAT ",\"report-type\":", report->id);
    json_print_append_string(report->report_type, body);
    if (at_text)
        g_string_append_printf(body, ",\"received-at\":\"%s\"", at_text);
    g_string_append_printf(body, ",\"received-at-ms\":%" G_GINT64_FORMAT, report->received_ms);
    if (report->snapshot_id != -1)
        g_string_append_printf(body, ",\"snapshot-id\":%" G_GINT64_FORMAT, report->snapshot_id);
    if (report->operation) {
        g_string_append(body, ",\"operation\":");
        json_print_append_string(report->operation, body);
    }
    g_string_append_printf(body, ",\"report\":%s}", report->report_json);
}

gboolean
rest_table_report_list(RestRequest *request, GError **error)
{
    CatalogPage page = {.page_token = rest_request_parameter(request, "pageToken"),
                        .page_size = REPORTS_DEFAULT};
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name ||
        !rest_request_parameter_count(request, "pageSize", REPORTS_MAX, &page.page_size, error))
        return FALSE;
    g_autofree char *next_token = NULL;
    g_autoptr(GPtrArray) reports =
        catalog_table_report_list(request->catalog, request->places.prefix, namespace_name,
                                  request->places.table, &page, &next_token, error);
    if (!reports)
        return FALSE;
    GString *body = g_string_new("{\"reports\":[");
    for (guint i = 0; i < reports->len; i++) {
        if (i > 0)
            g_string_append_c(body, ',');
        report_encode(body, g_ptr_array_index(reports, i));
    }
    rest_encode_page_end(body, next_token);
    rest_reply_json(request, 200, body);
    return TRUE;
}
