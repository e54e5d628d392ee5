/* SPDX-License-Identifier: Apache-2.0 */
/* Scans of Iceberg tables, planned on the server: manifests are read here, so that a client reads
 * data files alone. Implemented in server/catalog/scan_plan.c; conventions are those of catalog.h.
 * Caller: the REST door.
 *
 * A scan that needs few files is answered whole. A larger one is kept for an hour as a row, with
 * the metadata document that it was planned on, so that any server answers for its parts; a part is
 * planned when it is asked for. */
#pragma once

#include "skep/catalog.h"

typedef struct {
    char *id; /* NULL: nothing is kept, the answer is whole */
    /* ScanTasks of the REST specification: file-scan-tasks and delete-files, or plan-tasks. NULL:
     * so large a scan that its parts are to be asked for with catalog_scan_fetch. */
    cJSON *tasks;
} CatalogScanPlan;
void catalog_scan_plan_clear(CatalogScanPlan *plan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CatalogScanPlan, catalog_scan_plan_clear)

/* `request`: a PlanTableScanRequest. NO_SUCH_TABLE, NO_SUCH_FILE (a manifest is gone),
 * INVALID_ARGUMENT, FORBIDDEN (a manifest outside the warehouse). */
gboolean catalog_scan_plan(Catalog *catalog,
                           const char *catalog_name,
                           const char *namespace_name,
                           const char *name,
                           const cJSON *request,
                           CatalogScanPlan *out_plan,
                           GError **error);
/* The parts of a plan that is kept. NO_SUCH_PLAN. Transfer full. */
cJSON *catalog_scan_fetch(Catalog *catalog,
                          const char *catalog_name,
                          const char *namespace_name,
                          const char *name,
                          const char *plan_id,
                          GError **error);
/* Forgets a plan. NO_SUCH_PLAN. */
gboolean catalog_scan_cancel(Catalog *catalog,
                             const char *catalog_name,
                             const char *namespace_name,
                             const char *name,
                             const char *plan_id,
                             GError **error);
/* The files of one part. NO_SUCH_PLAN_TASK. Transfer full. */
cJSON *catalog_scan_tasks(Catalog *catalog,
                          const char *catalog_name,
                          const char *namespace_name,
                          const char *name,
                          const char *plan_task,
                          GError **error);
