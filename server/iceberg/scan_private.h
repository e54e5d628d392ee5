/* SPDX-License-Identifier: Apache-2.0 */
/* What scan.c, scan_deletes.c and scan_task.c share. */
#pragma once

#include "expression.h"
#include "skep/iceberg_scan.h"

typedef struct {
    gint32 source_id;
    IcebergTransform transform;
    IcebergType source;
    IcebergType result;
} IcebergScanField;

typedef struct {
    gint32 id;
    GArray *fields; /* IcebergScanField, by position */
} IcebergScanSpec;

struct IcebergScan {
    IcebergSchemaIndex *schema;
    IcebergExpression *filter;
    GHashTable *specs;        /* GINT_TO_POINTER(id) -> IcebergScanSpec* */
    GHashTable *types;        /* GINT_TO_POINTER(field id) -> IcebergType*, of all schemas */
    GHashTable *stats_fields; /* GINT_TO_POINTER(field id), a set */
};

/* NULL with an error: the table has no such spec, or one with another number of fields. */
const IcebergScanSpec *iceberg_scan_spec(const IcebergScan *scan,
                                         gint32 spec_id,
                                         const IcebergManifestEntry *entry,
                                         GError **error);
/* A ContentFile, data or delete. */
cJSON *iceberg_scan_content_file(const IcebergScan *scan,
                                 const IcebergScanSpec *spec,
                                 const IcebergManifestEntry *entry);
/* The partition tuple as JSON, in the order of the spec. */
cJSON *iceberg_scan_partition(const IcebergScanSpec *spec, const IcebergManifestEntry *entry);
/* The places in `deletes` of the delete files that apply to a data file, guint. */
GArray *iceberg_deletes_find(const IcebergDeletes *deletes,
                             const IcebergScanSpec *spec,
                             const IcebergManifest *manifest,
                             const IcebergManifestEntry *entry);
const cJSON *iceberg_deletes_file(const IcebergDeletes *deletes, guint place);
