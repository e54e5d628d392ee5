/* SPDX-License-Identifier: Apache-2.0 */
/* Applies the updates of a commit to a table's document: the table of update kinds, and the walk
 * over them. Each kind is one function in table_update_*.c, what comes after the last one is
 * table_finish.c. Callers: the catalog's commit, and createTable (table_create.c). */
#include "iceberg_private.h"

#include <string.h>

static const struct {
    const char *action;
    IcebergUpdateFunc apply;
} iceberg_updates[] = {
    {"assign-uuid",                 iceberg_update_assign_uuid                },
    {"upgrade-format-version",      iceberg_update_upgrade_format             },
    {"add-schema",                  iceberg_update_add_schema                 },
    {"set-current-schema",          iceberg_update_set_current_schema         },
    {"add-spec",                    iceberg_update_add_spec                   },
    {"set-default-spec",            iceberg_update_set_default_spec           },
    {"add-sort-order",              iceberg_update_add_order                  },
    {"set-default-sort-order",      iceberg_update_set_default_order          },
    {"add-snapshot",                iceberg_update_add_snapshot               },
    {"set-snapshot-ref",            iceberg_update_set_ref                    },
    {"remove-snapshots",            iceberg_update_remove_snapshots           },
    {"remove-snapshot-ref",         iceberg_update_remove_ref                 },
    {"set-location",                iceberg_update_set_location               },
    {"set-properties",              iceberg_update_set_properties             },
    {"remove-properties",           iceberg_update_remove_properties          },
    {"set-statistics",              iceberg_update_set_statistics             },
    {"remove-statistics",           iceberg_update_remove_statistics          },
    {"set-partition-statistics",    iceberg_update_set_partition_statistics   },
    {"remove-partition-statistics", iceberg_update_remove_partition_statistics},
    {"remove-partition-specs",      iceberg_update_remove_specs               },
    {"remove-schemas",              iceberg_update_remove_schemas             },
    {"add-encryption-key",          iceberg_update_add_encryption_key         },
    {"remove-encryption-key",       iceberg_update_remove_encryption_key      },
};

void
iceberg_change_clear(IcebergChange *change)
{
    g_clear_pointer(&change->trimmed_files, g_ptr_array_unref);
    change->changed = FALSE;
    change->delete_trimmed = FALSE;
}

static void
iceberg_builder_clear(IcebergTableBuilder *builder)
{
    g_clear_pointer(&builder->metadata, cJSON_Delete);
    g_clear_pointer(&builder->snapshots, g_hash_table_unref);
    g_clear_pointer(&builder->added_snapshots, g_hash_table_unref);
    g_clear_pointer(&builder->main_snapshots, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IcebergTableBuilder, iceberg_builder_clear)

/* A table that does not exist yet may begin at an older version than the default one. */
static gboolean
iceberg_initial_version(const cJSON *updates, int *out, GError **error)
{
    const cJSON *update;

    cJSON_ArrayForEach(update, updates)
    {
        const cJSON *action = json_find(update, "action");
        gint32 version = 0;

        if (!json_is_string(action) || strcmp(action->valuestring, "upgrade-format-version") != 0)
            continue;
        if (!json_get_int32(update, "format-version", &version, error))
            return FALSE;
        if (version < 1 || version > ICEBERG_FORMAT_VERSION_MAX)
            return iceberg_invalid(error, "Unsupported format-version: %d", version);
        *out = version;
        return TRUE;
    }
    *out = ICEBERG_FORMAT_VERSION_DEFAULT;
    return TRUE;
}

/* Members in the order in which other writers put them; null where an update must come. */
static cJSON *
iceberg_empty_metadata(int format_version)
{
    static const char *const lists[] = {"snapshots", "statistics", "partition-statistics",
                                        "snapshot-log", "metadata-log"};
    cJSON *metadata = cJSON_CreateObject();

    json_object_set_int64(metadata, "format-version", format_version);
    json_object_set_null(metadata, "table-uuid");
    json_object_set_null(metadata, "location");
    if (format_version > 1)
        json_object_set_int64(metadata, "last-sequence-number", 0);
    json_object_set_int64(metadata, "last-updated-ms", 0);
    json_object_set_int64(metadata, "last-column-id", 0);
    json_object_set_int64(metadata, "current-schema-id", ICEBERG_LAST_ADDED);
    iceberg_member_array(metadata, "schemas");
    json_object_set_int64(metadata, "default-spec-id", ICEBERG_LAST_ADDED);
    iceberg_member_array(metadata, "partition-specs");
    json_object_set_int64(metadata, "last-partition-id", ICEBERG_PARTITION_ID_START - 1);
    json_object_set_int64(metadata, "default-sort-order-id", ICEBERG_LAST_ADDED);
    iceberg_member_array(metadata, "sort-orders");
    iceberg_member_object(metadata, "properties");
    iceberg_set_current_snapshot_id(metadata, format_version, ICEBERG_NO_SNAPSHOT);
    if (format_version >= 3)
        json_object_set_int64(metadata, "next-row-id", 0);
    iceberg_member_object(metadata, "refs");
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        iceberg_member_array(metadata, lists[i]);
    return metadata;
}

static gboolean
iceberg_builder_index_snapshots(IcebergTableBuilder *builder, GError **error)
{
    cJSON *snapshot;

    cJSON_ArrayForEach(snapshot, json_find(builder->metadata, "snapshots"))
    {
        gint64 id = 0;

        if (!iceberg_snapshot_id(snapshot, &id, error))
            return FALSE;
        iceberg_ids_put(builder->snapshots, id, snapshot);
    }
    return TRUE;
}

static gboolean
iceberg_builder_init(IcebergTableBuilder *builder, const cJSON *updates, GError **error)
{
    gint64 base_updated_ms = builder->context->now_ms;

    builder->snapshots = iceberg_ids_new();
    builder->added_snapshots = iceberg_ids_new();
    builder->main_snapshots = iceberg_ids_new();
    if (builder->base == NULL) {
        if (!iceberg_initial_version(updates, &builder->format_version, error))
            return FALSE;
        builder->metadata = iceberg_empty_metadata(builder->format_version);
        builder->changed = TRUE;
    } else {
        builder->metadata = json_duplicate(builder->base);
        if (!iceberg_table_normalize(builder->metadata, error) ||
            !json_get_int32(builder->metadata, "format-version", &builder->format_version, error) ||
            !json_get_int64(builder->metadata, "last-updated-ms", &base_updated_ms, error))
            return FALSE;
    }
    builder->last_updated_ms = MAX(builder->context->now_ms, base_updated_ms);
    return iceberg_builder_index_snapshots(builder, error);
}

static gboolean
iceberg_apply_one(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    const char *action = NULL;

    if (!json_is_object(update))
        return iceberg_invalid(error, "Member updates must be an array of objects");
    if (!json_get_string(update, "action", &action, error))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(iceberg_updates); i++) {
        if (strcmp(iceberg_updates[i].action, action) != 0)
            continue;
        if (iceberg_updates[i].apply(builder, update, error))
            return TRUE;
        g_prefix_error(error, "Cannot apply %s: ", action);
        return FALSE;
    }
    return iceberg_invalid(error, "Unknown table update action: %.100s", action);
}

cJSON *
iceberg_table_apply(const cJSON *base,
                    const cJSON *updates,
                    const IcebergContext *context,
                    IcebergChange *out_change,
                    GError **error)
{
    g_auto(IcebergTableBuilder) builder = {.base = base, .context = context};
    const cJSON *update;

    if (!json_is_array(updates))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Member updates must be an array");
    if (!iceberg_builder_init(&builder, updates, error))
        return NULL;
    cJSON_ArrayForEach(update, updates)
    {
        if (!iceberg_apply_one(&builder, update, error))
            return NULL;
    }
    if (!iceberg_table_finish(&builder, out_change, error))
        return NULL;
    return g_steal_pointer(&builder.metadata);
}
