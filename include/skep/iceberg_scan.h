/* SPDX-License-Identifier: Apache-2.0 */
/* Planning of a scan, the part without files: which manifests and files may hold rows of a filter,
 * which delete files apply to a data file, and how all of it is written as JSON. A scan is read
 * once and may then be used by one thread. Source: Iceberg table specification "Scan Planning",
 * Iceberg REST specification "ContentFile", "FileScanTask". */
#pragma once

#include "skep/iceberg_manifest.h"
#include "skep/json.h"

typedef struct IcebergScan IcebergScan;

/* What a request asks to be read. */
typedef struct {
    GPtrArray *snapshots; /* cJSON*, owned; empty: an empty table */
    gboolean only_added;  /* files that these snapshots have added, and no others */
    const cJSON *schema;  /* borrowed: where names are looked up */
} IcebergScanRange;

/* One snapshot (snapshot-id, or the current one), or the appends after start-snapshot-id up to
 * end-snapshot-id. INVALID_ARGUMENT: no such snapshot, or the start is no ancestor of the end. */
gboolean iceberg_scan_range_read(const cJSON *metadata,
                                 const cJSON *request,
                                 IcebergScanRange *out_range,
                                 GError **error);
void iceberg_scan_range_clear(IcebergScanRange *range);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IcebergScanRange, iceberg_scan_range_clear)

/* `metadata` is borrowed; `schema` is the one of its schemas that names are looked up in; `request`
 * is a PlanTableScanRequest, of which filter, case-sensitive and stats-fields are used.
 * INVALID_ARGUMENT. */
IcebergScan *
iceberg_scan_new(const cJSON *metadata, const cJSON *schema, const cJSON *request, GError **error);
void iceberg_scan_free(IcebergScan *scan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IcebergScan, iceberg_scan_free)

/* FALSE: surely nothing of it is wanted. */
gboolean iceberg_scan_wants_manifest(const IcebergScan *scan, const IcebergManifest *manifest);
/* By partition and by bounds of columns. */
gboolean
iceberg_scan_wants_file(const IcebergScan *scan, gint32 spec_id, const IcebergManifestEntry *entry);

/* The sequence number of a row's data, which a new row takes from its manifest. */
gint64 iceberg_entry_sequence_number(const IcebergManifest *manifest,
                                     const IcebergManifestEntry *entry);

/* Delete files of a scan. */
typedef struct IcebergDeletes IcebergDeletes;
IcebergDeletes *iceberg_deletes_new(void);
void iceberg_deletes_free(IcebergDeletes *deletes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IcebergDeletes, iceberg_deletes_free)
/* INVALID_ARGUMENT: of a spec that the table does not have. */
gboolean iceberg_deletes_add(IcebergDeletes *deletes,
                             const IcebergScan *scan,
                             const IcebergManifest *manifest,
                             const IcebergManifestEntry *entry,
                             GError **error);

/* ScanTasks as JSON: file-scan-tasks, and the delete-files that they refer to. */
typedef struct {
    cJSON *tasks;
    cJSON *delete_files;
    GHashTable
        *delete_places; /* delete file (its place in IcebergDeletes) -> place in the answer */
} IcebergScanTasks;
void iceberg_scan_tasks_init(IcebergScanTasks *tasks);
void iceberg_scan_tasks_clear(IcebergScanTasks *tasks);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IcebergScanTasks, iceberg_scan_tasks_clear)

/* Adds a task for a data file. `deletes` may be NULL. INVALID_ARGUMENT: of a spec that the table
 * does not have. */
gboolean iceberg_scan_add_task(const IcebergScan *scan,
                               const IcebergManifest *manifest,
                               const IcebergManifestEntry *entry,
                               const IcebergDeletes *deletes,
                               IcebergScanTasks *tasks,
                               GError **error);
