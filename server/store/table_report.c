/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.table_reports. Callers: server/catalog/table_report.c and the catalog's
 * housekeeping. */
#include "skep/store_table_report.h"

#include "skep/catalog_types.h"

#include "store/query.h"
#include "store/table_report_sql.h"

gboolean
store_table_report_insert(Store *store,
                          const char *catalog_name,
                          const char *namespace_name,
                          const char *name,
                          const CatalogTableReport *report,
                          gint64 *out_id,
                          gint64 *out_table_id,
                          GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name),
                           store_param_text(namespace_name),
                           store_param_text(name),
                           store_param_int64(CATALOG_KIND_ICEBERG_TABLE),
                           store_param_text(report->report_type),
                           store_param_int64_or_null(report->snapshot_id, -1),
                           store_param_text(report->operation),
                           store_param_text(report->report_json)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_TABLE_REPORT_INSERT, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_id = result ? store_row_int64(result, 0, 0) : 0;
    *out_table_id = result ? store_row_int64(result, 0, 1) : 0;
    return TRUE;
}

gboolean
store_table_report_trim(Store *store, gint64 table_id, gint64 max, GError **error)
{
    StoreParam params[] = {store_param_int64(table_id), store_param_int64(max)};

    return store_query_exec(store, &SQL_TABLE_REPORT_TRIM, STORE_PARAMS(params), NULL, error);
}

GPtrArray *
store_table_report_list(Store *store, gint64 table_id, gint64 before_id, gint64 max, GError **error)
{
    StoreParam params[] = {store_param_int64(table_id), store_param_int64_or_null(before_id, 0),
                           store_param_int64(max)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *reports;

    if (!store_query_rows(store, &SQL_TABLE_REPORT_LIST, STORE_PARAMS(params), &result, error))
        return NULL;
    reports = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_table_report_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogTableReport *report = catalog_table_report_new();

        report->id = store_row_int64(result, row, 0);
        report->received_ms = store_row_int64(result, row, 1);
        report->report_type = store_row_text_copy(result, row, 2);
        report->snapshot_id = store_row_int64_or(result, row, 3, -1);
        report->operation = store_row_text_copy(result, row, 4);
        report->report_json = store_row_text_copy(result, row, 5);
        g_ptr_array_add(reports, report);
    }
    return reports;
}

gboolean
store_table_report_expire(
    Store *store, gint64 before_ms, guint max, guint64 *out_removed, GError **error)
{
    StoreParam params[] = {store_param_int64(before_ms), store_param_int64(max)};

    return store_query_exec(store, &SQL_TABLE_REPORT_EXPIRE, STORE_PARAMS(params), out_removed,
                            error);
}
