/* SPDX-License-Identifier: Apache-2.0 */
/* Which snapshots a scan reads. Caller: server/catalog/scan_plan.c. */
#include <string.h>

#include "scan_private.h"
#include "skep/error.h"
#include "skep/iceberg.h"

/* A copy, as those of a long document are text. Transfer full. */
static cJSON *
find_snapshot(const cJSON *metadata, gint64 id, GError **error)
{
    const cJSON *snapshot = iceberg_find_snapshot(metadata, id);
    if (json_is_borrowed(snapshot))
        return json_read_borrowed(snapshot, error);
    if (snapshot == NULL)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Cannot find snapshot %" G_GINT64_FORMAT, id);
    return json_duplicate(snapshot);
}

static gboolean
is_append(const cJSON *snapshot)
{
    const cJSON *operation = json_find(json_find(snapshot, "summary"), "operation");
    return json_is_string(operation) && strcmp(operation->valuestring, "append") == 0;
}

/* From the end back to the start, which is not part of it. */
static gboolean
collect_appends(
    const cJSON *metadata, gint64 start, gint64 end, GPtrArray *snapshots, GError **error)
{
    /* parents cannot make a longer chain than there are snapshots, unless they make a circle */
    gint left = cJSON_GetArraySize(json_find(metadata, "snapshots")) + 1;
    for (gint64 id = end; id != start; left--) {
        g_autoptr(cJSON) snapshot = find_snapshot(metadata, id, error);
        if (snapshot == NULL)
            return FALSE;
        gboolean has_parent = json_value_int64(json_find(snapshot, "parent-snapshot-id"), &id);
        if (is_append(snapshot))
            g_ptr_array_insert(snapshots, 0, g_steal_pointer(&snapshot));
        if (left == 0 || !has_parent)
            return iceberg_invalid(
                error, "Snapshot %" G_GINT64_FORMAT " is no ancestor of snapshot %" G_GINT64_FORMAT,
                start, end);
    }
    return TRUE;
}

static const cJSON *
schema_of(const cJSON *metadata, const cJSON *snapshot, gboolean use_snapshot_schema)
{
    gint64 id = 0;
    const cJSON *schema = NULL;
    if (use_snapshot_schema && json_value_int64(json_find(snapshot, "schema-id"), &id))
        schema = iceberg_find_by_id(metadata, "schemas", "schema-id", id);
    return schema != NULL ? schema : iceberg_current_schema(metadata);
}

gboolean
iceberg_scan_range_read(const cJSON *metadata,
                        const cJSON *request,
                        IcebergScanRange *out_range,
                        GError **error)
{
    gint64 id = ICEBERG_NO_SNAPSHOT, start = ICEBERG_NO_SNAPSHOT, end = ICEBERG_NO_SNAPSHOT;
    gboolean has_id = json_find_present(request, "snapshot-id") != NULL;
    gboolean has_start = json_find_present(request, "start-snapshot-id") != NULL;
    gboolean has_end = json_find_present(request, "end-snapshot-id") != NULL;
    gboolean use_snapshot_schema = FALSE;
    if (!json_get_optional_int64(request, "snapshot-id", &id, error) ||
        !json_get_optional_int64(request, "start-snapshot-id", &start, error) ||
        !json_get_optional_int64(request, "end-snapshot-id", &end, error) ||
        !json_get_optional_bool(request, "use-snapshot-schema", &use_snapshot_schema, error))
        return FALSE;
    if (has_start != has_end || (has_id && has_start))
        return iceberg_invalid(error, "A scan has a snapshot-id, or a start-snapshot-id and an "
                                      "end-snapshot-id, or neither");
    g_autoptr(GPtrArray) snapshots = g_ptr_array_new_with_free_func((GDestroyNotify)cJSON_Delete);
    g_autoptr(cJSON) last = NULL;
    if (has_start) {
        last = find_snapshot(metadata, end, error);
        if (last == NULL || !collect_appends(metadata, start, end, snapshots, error))
            return FALSE;
    } else if (has_id || iceberg_current_snapshot_id(metadata, &id)) {
        last = find_snapshot(metadata, id, error);
        if (last == NULL)
            return FALSE;
        g_ptr_array_add(snapshots, json_duplicate(last));
    }
    out_range->schema = schema_of(metadata, last, use_snapshot_schema);
    if (out_range->schema == NULL)
        return iceberg_invalid(error, "The table has no current schema");
    out_range->only_added = has_start;
    out_range->snapshots = g_steal_pointer(&snapshots);
    return TRUE;
}

void
iceberg_scan_range_clear(IcebergScanRange *range)
{
    g_clear_pointer(&range->snapshots, g_ptr_array_unref);
}
