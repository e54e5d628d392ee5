/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a commit, when all updates are applied: the snapshot log and the metadata log are put
 * right, members that belong to the format version are set, and what needs the whole document is
 * checked. Caller: table_update.c. */
#include "iceberg_private.h"

#include <string.h>

#define ICEBERG_PREVIOUS_VERSIONS_DEFAULT 100

/* Snapshots that came and went as main within this commit never were current for anybody. */
static gboolean
iceberg_is_intermediate(const IcebergTableBuilder *builder, gint64 id, gint64 current)
{
    return id != current && iceberg_ids_contain(builder->main_snapshots, id) &&
           iceberg_ids_contain(builder->added_snapshots, id);
}

static gboolean
iceberg_has_intermediate(const IcebergTableBuilder *builder, gint64 current)
{
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init(&iter, builder->main_snapshots);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        if (iceberg_is_intermediate(builder, *(const gint64 *)id, current))
            return TRUE;
    }
    return FALSE;
}

/* A removed snapshot takes all log entries before it along: with a hole, time travel would find the
 * wrong one. */
static cJSON *
iceberg_rewrite_log(const IcebergTableBuilder *builder, const cJSON *log, gint64 current)
{
    cJSON *kept = cJSON_CreateArray();
    const cJSON *entry;

    cJSON_ArrayForEach(entry, log)
    {
        gint64 id = 0;

        json_value_int64(json_find(entry, "snapshot-id"), &id);
        if (iceberg_ids_contain(builder->snapshots, id)) {
            if (!iceberg_is_intermediate(builder, id, current))
                json_array_append(kept, json_duplicate(entry));
        } else if (builder->snapshots_removed) {
            cJSON_Delete(kept);
            kept = cJSON_CreateArray();
        }
    }
    return kept;
}

/* Clocks of different machines differ a little; more than that is a mistake. */
static gboolean
iceberg_lags_behind(gint64 timestamp_ms, gint64 reference_ms)
{
    return timestamp_ms < reference_ms &&
           (guint64)reference_ms - (guint64)timestamp_ms > ICEBERG_CLOCK_TOLERANCE_MS;
}

static gboolean
iceberg_check_log(const IcebergTableBuilder *builder, const cJSON *log, GError **error)
{
    gint64 previous_ms = 0;
    gint64 timestamp_ms = 0;
    const cJSON *entry;

    cJSON_ArrayForEach(entry, log)
    {
        if (!json_get_int64(entry, "timestamp-ms", &timestamp_ms, error))
            return FALSE;
        if (entry != log->child && iceberg_lags_behind(timestamp_ms, previous_ms))
            return iceberg_invalid(error,
                                   "Invalid snapshot timestamp-ms %" G_GINT64_FORMAT
                                   ": before the last snapshot log entry at %" G_GINT64_FORMAT,
                                   timestamp_ms, previous_ms);
        previous_ms = timestamp_ms;
    }
    if (log->child != NULL && iceberg_lags_behind(builder->last_updated_ms, timestamp_ms))
        return iceberg_invalid(error,
                               "Invalid snapshot timestamp-ms %" G_GINT64_FORMAT
                               ": after the time of this commit, %" G_GINT64_FORMAT,
                               timestamp_ms, builder->last_updated_ms);
    return TRUE;
}

static gboolean
iceberg_finish_snapshot_log(IcebergTableBuilder *builder, GError **error)
{
    cJSON *log = iceberg_member_array(builder->metadata, "snapshot-log");
    gint64 current = ICEBERG_NO_SNAPSHOT;
    gint64 last = ICEBERG_NO_SNAPSHOT;
    gboolean has_current;

    if (!builder->log_changed && !builder->snapshots_removed)
        return TRUE;
    has_current = iceberg_current_snapshot_id(builder->metadata, &current);
    if (builder->snapshots_removed || iceberg_has_intermediate(builder, current)) {
        log = iceberg_rewrite_log(builder, log, current);
        json_object_set(builder->metadata, "snapshot-log", log);
    }
    if (has_current && log->child != NULL &&
        json_value_int64(json_find(log->child->prev, "snapshot-id"), &last) && last != current)
        return iceberg_invalid(
            error, "Cannot set invalid snapshot log: latest entry is not the current snapshot");
    return !builder->log_changed || iceberg_check_log(builder, log, error);
}

/* The log holds where the table's earlier documents are; the property counts by the new document.
 */
static gboolean
iceberg_finish_metadata_log(IcebergTableBuilder *builder, GPtrArray *trimmed, GError **error)
{
    cJSON *log = iceberg_member_array(builder->metadata, "metadata-log");
    gint64 keep = ICEBERG_PREVIOUS_VERSIONS_DEFAULT;
    gint64 base_updated_ms = 0;
    int count = cJSON_GetArraySize(log);
    cJSON *entry;

    if (builder->base == NULL || builder->context->base_location == NULL)
        return TRUE;
    if (!iceberg_property_int(builder->metadata, "write.metadata.previous-versions-max", keep,
                              &keep, error) ||
        !json_get_int64(builder->base, "last-updated-ms", &base_updated_ms, error))
        return FALSE;
    for (; count > 0 && count >= MAX(keep, 1); count--) {
        const cJSON *file = json_find(log->child, "metadata-file");

        if (json_is_string(file))
            g_ptr_array_add(trimmed, g_strdup(file->valuestring));
        cJSON_Delete(cJSON_DetachItemViaPointer(log, log->child));
    }
    entry = cJSON_CreateObject();
    json_object_set_int64(entry, "timestamp-ms", base_updated_ms);
    json_object_set_string(entry, "metadata-file", builder->context->base_location);
    json_array_append(log, entry);
    return TRUE;
}

/* What a table made by its first commit must have been given. */
static gboolean
iceberg_check_complete(const cJSON *metadata, GError **error)
{
    const char *location = NULL;

    if (!json_get_string(metadata, "location", &location, error))
        return FALSE;
    if (iceberg_current_schema(metadata) == NULL)
        return iceberg_invalid(error,
                               "A table needs a current schema: current-schema-id is not set");
    if (iceberg_default_spec(metadata) == NULL)
        return iceberg_invalid(error, "A table needs a partition spec: default-spec-id is not set");
    if (iceberg_default_order(metadata) == NULL)
        return iceberg_invalid(error,
                               "A table needs a sort order: default-sort-order-id is not set");
    return TRUE;
}

static gboolean
iceberg_check_bindings(const cJSON *metadata, GError **error)
{
    g_autoptr(IcebergSchemaIndex) schema =
        iceberg_schema_index(iceberg_current_schema(metadata), 0, error);
    const cJSON *spec = iceberg_default_spec(metadata);
    const cJSON *order = iceberg_default_order(metadata);

    return schema != NULL && iceberg_spec_check(spec, error) &&
           iceberg_spec_bind(spec, schema, error) && iceberg_order_check(order, error) &&
           iceberg_order_bind(order, schema, error);
}

static void
iceberg_set_default_number(cJSON *metadata, const char *key)
{
    if (json_find_present(metadata, key) == NULL)
        json_object_set_int64(metadata, key, 0);
}

static void
iceberg_finish_version_members(IcebergTableBuilder *builder)
{
    cJSON *metadata = builder->metadata;
    gint64 current = 0;

    if (builder->format_version == 1) {
        /* readers of version 1 may know only these */
        json_object_set(metadata, "schema", json_duplicate(iceberg_current_schema(metadata)));
        json_object_set(metadata, "partition-spec",
                        json_duplicate(json_find(iceberg_default_spec(metadata), "fields")));
        return;
    }
    iceberg_set_default_number(metadata, "last-sequence-number");
    json_object_remove(metadata, "schema");
    json_object_remove(metadata, "partition-spec");
    if (builder->format_version < 3)
        return;
    iceberg_set_default_number(metadata, "next-row-id");
    if (!iceberg_current_snapshot_id(metadata, &current))
        iceberg_set_current_snapshot_id(metadata, builder->format_version, ICEBERG_NO_SNAPSHOT);
}

gboolean
iceberg_table_finish(IcebergTableBuilder *builder, IcebergChange *out_change, GError **error)
{
    g_autoptr(GPtrArray) trimmed = g_ptr_array_new_with_free_func(g_free);
    IcebergChange change = {.changed = builder->changed};

    if (builder->changed) {
        if (json_find_present(builder->metadata, "table-uuid") == NULL) {
            g_autofree char *uuid = iceberg_new_uuid(builder->context);

            json_object_set_string(builder->metadata, "table-uuid", uuid);
        }
        if (!iceberg_check_complete(builder->metadata, error) ||
            !iceberg_check_bindings(builder->metadata, error) ||
            !iceberg_finish_snapshot_log(builder, error) ||
            !iceberg_finish_metadata_log(builder, trimmed, error))
            return FALSE;
        iceberg_finish_version_members(builder);
        json_object_set_int64(builder->metadata, "last-updated-ms", builder->last_updated_ms);
    }
    change.delete_trimmed =
        iceberg_property_is_true(builder->metadata, "write.metadata.delete-after-commit.enabled");
    change.trimmed_files = g_steal_pointer(&trimmed);
    *out_change = change;
    return TRUE;
}
