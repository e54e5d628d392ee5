/* SPDX-License-Identifier: Apache-2.0 */
/* New and free for the record of skep/table_report_types.h. No rule lives here. Callers: every
 * layer. */
#include "skep/table_report_types.h"

CatalogTableReport *
catalog_table_report_new(void)
{
    CatalogTableReport *report = g_new0(CatalogTableReport, 1);

    report->snapshot_id = -1;
    return report;
}

void
catalog_table_report_free(CatalogTableReport *report)
{
    if (!report)
        return;
    g_free(report->report_type);
    g_free(report->operation);
    g_free(report->report_json);
    g_free(report);
}
