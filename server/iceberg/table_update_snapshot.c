/* SPDX-License-Identifier: Apache-2.0 */
/* Updates of snapshots and of the refs that name them. The snapshot log is noted here and put right
 * at the end, in table_finish.c. Callers: the table of updates in table_update.c. */
#include "iceberg_private.h"

#include <string.h>

/* Version 3: the table hands out row ids; a snapshot made from an older state would use some twice.
 */
static gboolean
iceberg_take_row_ids(IcebergTableBuilder *builder,
                     const IcebergSnapshotFields *snapshot,
                     GError **error)
{
    gint64 next_row_id = 0;

    if (builder->format_version < 3)
        return TRUE;
    if (!json_get_optional_int64(builder->metadata, "next-row-id", &next_row_id, error))
        return FALSE;
    if (snapshot->first_row_id < 0)
        return iceberg_invalid(error, "Cannot add a snapshot: first-row-id is null");
    if (snapshot->first_row_id < next_row_id)
        return skep_fail(
            error, SKEP_ERROR_COMMIT_CONFLICT, NULL,
            "Cannot add a snapshot, first-row-id is behind table next-row-id: %" G_GINT64_FORMAT
            " < %" G_GINT64_FORMAT,
            snapshot->first_row_id, next_row_id);
    if (snapshot->added_rows > G_MAXINT64 - next_row_id)
        return iceberg_invalid(error, "Member added-rows takes next-row-id beyond 64 bits");
    json_object_set_int64(builder->metadata, "next-row-id", next_row_id + snapshot->added_rows);
    return TRUE;
}

static gboolean
iceberg_take_sequence_number(IcebergTableBuilder *builder,
                             const IcebergSnapshotFields *snapshot,
                             GError **error)
{
    gint64 last = 0;

    if (builder->format_version == 1) {
        if (snapshot->sequence_number != 0)
            return iceberg_invalid(error, "Member sequence-number must be 0 in v1");
        return TRUE;
    }
    if (!json_get_optional_int64(builder->metadata, "last-sequence-number", &last, error))
        return FALSE;
    if (snapshot->sequence_number <= last && snapshot->has_parent)
        return skep_fail(error, SKEP_ERROR_COMMIT_CONFLICT, NULL,
                         "Cannot add snapshot with sequence number %" G_GINT64_FORMAT
                         " older than last sequence number %" G_GINT64_FORMAT,
                         snapshot->sequence_number, last);
    json_object_set_int64(builder->metadata, "last-sequence-number",
                          MAX(last, snapshot->sequence_number));
    return TRUE;
}

static gboolean
iceberg_has_elements(const cJSON *metadata, const char *list)
{
    const cJSON *elements = json_find(metadata, list);

    return elements != NULL && elements->child != NULL;
}

gboolean
iceberg_update_add_snapshot(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    IcebergSnapshotFields fields;
    cJSON *sent = NULL;
    cJSON *snapshot;

    if (!json_get_object(update, "snapshot", &sent, error) ||
        !iceberg_snapshot_read(sent, &fields, error))
        return FALSE;
    if (!iceberg_has_elements(builder->metadata, "schemas") ||
        !iceberg_has_elements(builder->metadata, "partition-specs") ||
        !iceberg_has_elements(builder->metadata, "sort-orders"))
        return iceberg_invalid(
            error,
            "Cannot add a snapshot before a schema, a partition spec and a sort order are added");
    if (iceberg_ids_contain(builder->snapshots, fields.snapshot_id))
        return iceberg_invalid(error, "Snapshot already exists for id: %" G_GINT64_FORMAT,
                               fields.snapshot_id);
    if (!iceberg_take_sequence_number(builder, &fields, error) ||
        !iceberg_take_row_ids(builder, &fields, error))
        return FALSE;
    snapshot = json_duplicate(sent);
    iceberg_strip_nulls(snapshot);
    json_array_append(iceberg_member_array(builder->metadata, "snapshots"), snapshot);
    iceberg_ids_put(builder->snapshots, fields.snapshot_id, snapshot);
    iceberg_ids_put(builder->added_snapshots, fields.snapshot_id, NULL);
    builder->changed = TRUE;
    return TRUE;
}

/* A snapshot of this commit became current when it was made, any other now. */
static gboolean
iceberg_move_main(IcebergTableBuilder *builder, gint64 snapshot_id, GError **error)
{
    cJSON *entry = cJSON_CreateObject();
    gint64 timestamp_ms = builder->last_updated_ms;

    json_array_append(iceberg_member_array(builder->metadata, "snapshot-log"), entry);
    if (iceberg_ids_contain(builder->added_snapshots, snapshot_id)) {
        const cJSON *snapshot = iceberg_ids_find(builder->snapshots, snapshot_id);

        if (!json_get_int64(snapshot, "timestamp-ms", &timestamp_ms, error))
            return FALSE;
    }
    json_object_set_int64(entry, "timestamp-ms", timestamp_ms);
    json_object_set_int64(entry, "snapshot-id", snapshot_id);
    iceberg_set_current_snapshot_id(builder->metadata, builder->format_version, snapshot_id);
    iceberg_ids_put(builder->main_snapshots, snapshot_id, NULL);
    builder->log_changed = TRUE;
    return TRUE;
}

/* What the present ref has beside the members of this version of the specification stays with it.
 */
static void
iceberg_ref_keep_unknown(cJSON *ref, const cJSON *present)
{
    static const char *const known[] = {"snapshot-id",           "type",
                                        "min-snapshots-to-keep", "max-snapshot-age-ms",
                                        "max-ref-age-ms",        NULL};
    const cJSON *member;

    if (!json_is_object(present))
        return;
    cJSON_ArrayForEach(member, present)
    {
        if (!g_strv_contains(known, member->string))
            json_object_set(ref, member->string, json_duplicate(member));
    }
}

gboolean
iceberg_update_set_ref(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    cJSON *refs = iceberg_member_object(builder->metadata, "refs");
    g_autoptr(cJSON) ref = NULL;
    const char *name = NULL;
    const cJSON *present;
    gint64 snapshot_id = 0;

    if (!json_get_string(update, "ref-name", &name, error))
        return FALSE;
    if (*name == '\0')
        return iceberg_invalid(error, "Member ref-name must not be empty");
    ref = iceberg_ref_read(update, name, error);
    if (ref == NULL || !json_get_int64(ref, "snapshot-id", &snapshot_id, error))
        return FALSE;
    present = json_find(refs, name);
    iceberg_ref_keep_unknown(ref, present);
    if (present != NULL && json_equal(present, ref))
        return TRUE;
    if (!iceberg_ids_contain(builder->snapshots, snapshot_id))
        return iceberg_invalid(error, "Cannot set %.200s to unknown snapshot: %" G_GINT64_FORMAT,
                               name, snapshot_id);
    if (strcmp(name, ICEBERG_MAIN_BRANCH) == 0 && !iceberg_move_main(builder, snapshot_id, error))
        return FALSE;
    json_object_set(refs, name, g_steal_pointer(&ref));
    builder->changed = TRUE;
    return TRUE;
}

static void
iceberg_drop_ref(IcebergTableBuilder *builder, cJSON *refs, cJSON *ref)
{
    if (strcmp(ref->string, ICEBERG_MAIN_BRANCH) == 0)
        iceberg_set_current_snapshot_id(builder->metadata, builder->format_version,
                                        ICEBERG_NO_SNAPSHOT);
    cJSON_Delete(cJSON_DetachItemViaPointer(refs, ref));
    builder->changed = TRUE;
}

gboolean
iceberg_update_remove_ref(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    cJSON *refs = iceberg_member_object(builder->metadata, "refs");
    const char *name = NULL;
    cJSON *ref;

    if (!json_get_string(update, "ref-name", &name, error))
        return FALSE;
    ref = json_find(refs, name);
    if (ref != NULL)
        iceberg_drop_ref(builder, refs, ref);
    return TRUE;
}

static void
iceberg_drop_refs_of(IcebergTableBuilder *builder, GHashTable *removed)
{
    cJSON *refs = iceberg_member_object(builder->metadata, "refs");
    cJSON *next;

    for (cJSON *ref = refs->child; ref != NULL; ref = next) {
        gint64 id = 0;

        next = ref->next;
        if (json_value_int64(json_find(ref, "snapshot-id"), &id) &&
            iceberg_ids_contain(removed, id))
            iceberg_drop_ref(builder, refs, ref);
    }
}

gboolean
iceberg_update_remove_snapshots(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    cJSON *snapshots = iceberg_member_array(builder->metadata, "snapshots");
    g_autoptr(GHashTable) removed = iceberg_ids_new();
    cJSON *ids = NULL;
    const cJSON *id_json;

    if (!json_get_array(update, "snapshot-ids", &ids, error))
        return FALSE;
    cJSON_ArrayForEach(id_json, ids)
    {
        gint64 id = 0;
        cJSON *snapshot;

        if (!json_value_int64(id_json, &id))
            return iceberg_invalid(error,
                                   "Member snapshot-ids must be an array of 64-bit integers");
        snapshot = iceberg_ids_find(builder->snapshots, id);
        if (snapshot == NULL)
            continue;
        cJSON_Delete(cJSON_DetachItemViaPointer(snapshots, snapshot));
        g_hash_table_remove(builder->snapshots, &id);
        iceberg_ids_put(removed, id, NULL);
    }
    if (g_hash_table_size(removed) == 0)
        return TRUE;
    iceberg_drop_refs_of(builder, removed);
    iceberg_statistics_drop(builder->metadata, "statistics", removed);
    iceberg_statistics_drop(builder->metadata, "partition-statistics", removed);
    builder->snapshots_removed = TRUE;
    builder->changed = TRUE;
    return TRUE;
}
