/* SPDX-License-Identifier: Apache-2.0 */
/* Clients' reports: what is taken, how many are kept. What they say of a scan or commit is theirs.
 * Caller: the REST door. */
#include "skep/catalog_table_report.h"

#include <string.h>

#include "skep/json.h"
#include "skep/store_table_report.h"

#include "iceberg_private.h"

/* A table's reports are counted now and then, not each time one comes. */
#define TRIM_EVERY 64

static CatalogTableReport *
read_report(const cJSON *given, GError **error)
{
    g_autoptr(CatalogTableReport) report = catalog_table_report_new();
    const char *type = NULL, *operation = NULL;

    if (!json_get_string(given, "report-type", &type, error) ||
        !json_get_optional_int64(given, "snapshot-id", &report->snapshot_id, error) ||
        !json_get_optional_string(given, "operation", &operation, error))
        return NULL;
    report->report_type = g_strdup(type);
    report->operation = g_strdup(operation);
    report->report_json = json_print_compact(given);
    if (strlen(report->report_json) > CATALOG_REPORT_BYTES_MAX)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                              "A report of more than %d bytes is not taken",
                              CATALOG_REPORT_BYTES_MAX);
    return g_steal_pointer(&report);
}

gboolean
catalog_table_report_keep(Catalog *catalog,
                          const char *catalog_name,
                          const char *namespace_name,
                          const char *name,
                          const cJSON *report,
                          GError **error)
{
    g_auto(CatalogTableName) folded = {0};
    g_autoptr(CatalogTableReport) read = read_report(report, error);
    gint64 id, table_id;

    if (!read || !catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error))
        return FALSE;
    if (catalog->options.report_retention_s == 0) {
        g_autoptr(CatalogTable) table =
            catalog_iceberg_find_row(catalog, &catalog_iceberg_table_form, &folded, error);

        return table != NULL;
    }
    if (!store_table_report_insert(catalog->store, folded.catalog, folded.namespace_name,
                                   folded.table, read, &id, &table_id, error))
        return FALSE;
    if (id == 0)
        return catalog_fail_no_table(error, folded.namespace_name, folded.table);
    return id % TRIM_EVERY != 0 ||
           store_table_report_trim(catalog->store, table_id, CATALOG_REPORTS_PER_TABLE_MAX, error);
}

GPtrArray *
catalog_table_report_list(Catalog *catalog,
                          const char *catalog_name,
                          const char *namespace_name,
                          const char *name,
                          const CatalogPage *page,
                          char **out_next_token,
                          GError **error)
{
    g_auto(CatalogTableName) folded = {0};
    g_autoptr(CatalogTable) table = NULL;
    g_autoptr(GPtrArray) reports = NULL;
    gint64 before_id = 0;

    if (page->page_token && *page->page_token &&
        !g_ascii_string_to_signed(page->page_token, 10, 1, G_MAXINT64, &before_id, NULL))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "The page token is not valid");
    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error))
        return NULL;
    table = catalog_iceberg_find_row(catalog, &catalog_iceberg_table_form, &folded, error);
    reports = table ? store_table_report_list(catalog->store, table->id, before_id,
                                              catalog_page_limit(page), error)
                    : NULL;
    if (!reports)
        return NULL;
    *out_next_token = NULL;
    if (reports->len > (guint)page->page_size) {
        const CatalogTableReport *last;

        g_ptr_array_set_size(reports, page->page_size);
        last = reports->pdata[reports->len - 1];
        *out_next_token = g_strdup_printf("%" G_GINT64_FORMAT, last->id);
    }
    return g_steal_pointer(&reports);
}
