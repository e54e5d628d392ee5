/* SPDX-License-Identifier: Apache-2.0 */
/* Updates of statistics files and partition statistics files: one of each for a snapshot at most.
 * Callers: the table of updates in table_update.c, and the removal of snapshots. */
#include "iceberg_private.h"

gboolean
iceberg_statistics_drop(cJSON *metadata, const char *list, GHashTable *ids)
{
    cJSON *files = json_find(metadata, list);
    gboolean dropped = FALSE;
    cJSON *next;

    if (!json_is_array(files))
        return FALSE;
    for (cJSON *file = files->child; file != NULL; file = next) {
        gint64 id = 0;

        next = file->next;
        if (!json_value_int64(json_find(file, "snapshot-id"), &id) || !iceberg_ids_contain(ids, id))
            continue;
        cJSON_Delete(cJSON_DetachItemViaPointer(files, file));
        dropped = TRUE;
    }
    return dropped;
}

static void
iceberg_statistics_put(IcebergTableBuilder *builder, const char *list, const cJSON *sent)
{
    g_autoptr(GHashTable) ids = iceberg_ids_new();
    cJSON *file = json_duplicate(sent);
    gint64 id = 0;

    iceberg_strip_nulls(file);
    json_value_int64(json_find(sent, "snapshot-id"), &id);
    iceberg_ids_put(ids, id, NULL);
    /* other writers may have left several of one snapshot */
    iceberg_statistics_drop(builder->metadata, list, ids);
    json_array_append(iceberg_member_array(builder->metadata, list), file);
    builder->changed = TRUE;
}

static gboolean
iceberg_statistics_remove(IcebergTableBuilder *builder,
                          const char *list,
                          const cJSON *update,
                          GError **error)
{
    g_autoptr(GHashTable) ids = iceberg_ids_new();
    gint64 id = 0;

    if (!json_get_int64(update, "snapshot-id", &id, error))
        return FALSE;
    iceberg_ids_put(ids, id, NULL);
    if (iceberg_statistics_drop(builder->metadata, list, ids))
        builder->changed = TRUE;
    return TRUE;
}

gboolean
iceberg_update_set_statistics(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    cJSON *file = NULL;

    if (!json_get_object(update, "statistics", &file, error) ||
        !iceberg_statistics_check(file, error))
        return FALSE;
    iceberg_statistics_put(builder, "statistics", file);
    return TRUE;
}

gboolean
iceberg_update_remove_statistics(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    return iceberg_statistics_remove(builder, "statistics", update, error);
}

gboolean
iceberg_update_set_partition_statistics(IcebergTableBuilder *builder,
                                        const cJSON *update,
                                        GError **error)
{
    cJSON *file = NULL;

    if (!json_get_object(update, "partition-statistics", &file, error) ||
        !iceberg_partition_statistics_check(file, error))
        return FALSE;
    iceberg_statistics_put(builder, "partition-statistics", file);
    return TRUE;
}

gboolean
iceberg_update_remove_partition_statistics(IcebergTableBuilder *builder,
                                           const cJSON *update,
                                           GError **error)
{
    return iceberg_statistics_remove(builder, "partition-statistics", update, error);
}
