/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a table's document is sound: the right kinds of members, ids that are unique, and
 * references that lead somewhere. Filling in what old documents leave out comes before, in
 * table_metadata.c. Callers: load and register, through iceberg_table_parse. */
#include "iceberg_private.h"

#include <string.h>

static gboolean
iceberg_validate_head(const cJSON *metadata, int format_version, GError **error)
{
    const char *uuid = NULL;
    const char *location = NULL;
    gint64 number = 0;
    gint64 next_row_id = 0;
    gint32 last_id = 0;

    if (!(format_version == 1 ? json_get_optional_string(metadata, "table-uuid", &uuid, error)
                              : json_get_string(metadata, "table-uuid", &uuid, error)))
        return FALSE;
    if (uuid != NULL && *uuid == '\0')
        return iceberg_invalid(error, "Member table-uuid must not be empty");
    if (!json_get_string(metadata, "location", &location, error) ||
        !json_get_int64(metadata, "last-updated-ms", &number, error) ||
        !json_get_int32(metadata, "last-column-id", &last_id, error) ||
        !json_get_int32(metadata, "last-partition-id", &last_id, error))
        return FALSE;
    if (*location == '\0')
        return iceberg_invalid(error, "Member location must not be empty");
    if (format_version > 1 && !json_get_int64(metadata, "last-sequence-number", &number, error))
        return FALSE;
    if (format_version >= 3 && !json_get_int64(metadata, "next-row-id", &next_row_id, error))
        return FALSE;
    if (next_row_id < 0 || (format_version > 1 && number < 0))
        return iceberg_invalid(error,
                               "Members next-row-id and last-sequence-number must not be negative");
    return TRUE;
}

/* Remembers an object's id; each may come once. */
static gboolean
iceberg_validate_unique(const cJSON *object, const char *key, GHashTable *ids, GError **error)
{
    gint32 id = 0;

    if (!json_get_int32(object, key, &id, error))
        return FALSE;
    if (iceberg_ids_contain(ids, id))
        return iceberg_invalid(error, "Member %s %d appears more than once", key, id);
    iceberg_ids_put(ids, id, NULL);
    return TRUE;
}

static gboolean
iceberg_validate_schemas(const cJSON *metadata, GError **error)
{
    g_autoptr(GHashTable) ids = iceberg_ids_new();
    cJSON *schemas = NULL;
    const cJSON *schema;
    gint32 current = 0;

    if (!json_get_array(metadata, "schemas", &schemas, error) ||
        !json_get_int32(metadata, "current-schema-id", &current, error))
        return FALSE;
    cJSON_ArrayForEach(schema, schemas)
    {
        g_autoptr(IcebergSchemaIndex) index = iceberg_schema_index(schema, 0, error);

        if (index == NULL || !iceberg_validate_unique(schema, "schema-id", ids, error))
            return FALSE;
    }
    if (!iceberg_ids_contain(ids, current))
        return iceberg_invalid(error, "Cannot find schema with current-schema-id %d in schemas",
                               current);
    return TRUE;
}

static gboolean
iceberg_validate_specs(const cJSON *metadata, const IcebergSchemaIndex *schema, GError **error)
{
    g_autoptr(GHashTable) ids = iceberg_ids_new();
    cJSON *specs = NULL;
    const cJSON *spec;
    gint32 current = 0;

    if (!json_get_array(metadata, "partition-specs", &specs, error) ||
        !json_get_int32(metadata, "default-spec-id", &current, error))
        return FALSE;
    cJSON_ArrayForEach(spec, specs)
    {
        if (!iceberg_spec_check(spec, error) ||
            !iceberg_validate_unique(spec, "spec-id", ids, error))
            return FALSE;
    }
    if (!iceberg_ids_contain(ids, current))
        return iceberg_invalid(error, "Cannot find default-spec-id %d in partition-specs", current);
    return iceberg_spec_bind(iceberg_default_spec(metadata), schema, error);
}

static gboolean
iceberg_validate_orders(const cJSON *metadata, const IcebergSchemaIndex *schema, GError **error)
{
    g_autoptr(GHashTable) ids = iceberg_ids_new();
    cJSON *orders = NULL;
    const cJSON *order;
    gint32 current = 0;

    if (!json_get_array(metadata, "sort-orders", &orders, error) ||
        !json_get_int32(metadata, "default-sort-order-id", &current, error))
        return FALSE;
    cJSON_ArrayForEach(order, orders)
    {
        if (!iceberg_order_check(order, error) ||
            !iceberg_validate_unique(order, "order-id", ids, error))
            return FALSE;
    }
    if (!iceberg_ids_contain(ids, current))
        return iceberg_invalid(error, "Cannot find default-sort-order-id %d in sort-orders",
                               current);
    return iceberg_order_bind(iceberg_default_order(metadata), schema, error);
}

static gboolean
iceberg_validate_snapshots(const cJSON *metadata, GHashTable *ids, GError **error)
{
    gint64 last_sequence_number = 0;
    cJSON *snapshots = NULL;
    const cJSON *snapshot;

    if (!json_get_optional_int64(metadata, "last-sequence-number", &last_sequence_number, error) ||
        !json_get_array(metadata, "snapshots", &snapshots, error))
        return FALSE;
    cJSON_ArrayForEach(snapshot, snapshots)
    {
        IcebergSnapshotFields fields = {.sequence_number = 0};

        /* what is text still was checked when it was read */
        if (!(json_is_borrowed(snapshot) ? iceberg_snapshot_id(snapshot, &fields.snapshot_id, error)
                                         : iceberg_snapshot_read(snapshot, &fields, error)))
            return FALSE;
        if (fields.sequence_number > last_sequence_number)
            return iceberg_invalid(error,
                                   "Invalid snapshot with sequence-number %" G_GINT64_FORMAT
                                   " greater than last-sequence-number %" G_GINT64_FORMAT,
                                   fields.sequence_number, last_sequence_number);
        if (iceberg_ids_contain(ids, fields.snapshot_id))
            return iceberg_invalid(error,
                                   "Member snapshot-id %" G_GINT64_FORMAT " appears more than once",
                                   fields.snapshot_id);
        iceberg_ids_put(ids, fields.snapshot_id, NULL);
    }
    return TRUE;
}

static gboolean
iceberg_validate_refs(const cJSON *metadata, GHashTable *snapshot_ids, GError **error)
{
    cJSON *refs = NULL;
    const cJSON *ref;
    gint64 current = ICEBERG_NO_SNAPSHOT;
    gint64 main_id = ICEBERG_NO_SNAPSHOT;

    if (!json_get_object(metadata, "refs", &refs, error) ||
        !json_get_optional_int64(metadata, "current-snapshot-id", &current, error))
        return FALSE;
    cJSON_ArrayForEach(ref, refs)
    {
        g_autoptr(cJSON) stored = iceberg_ref_read(ref, ref->string, error);
        gint64 id = 0;

        if (stored == NULL)
            return FALSE;
        json_value_int64(json_find(stored, "snapshot-id"), &id);
        if (!iceberg_ids_contain(snapshot_ids, id))
            return iceberg_invalid(error, "Snapshot of ref %.100s is not in snapshots",
                                   ref->string);
        if (strcmp(ref->string, ICEBERG_MAIN_BRANCH) == 0)
            main_id = id;
    }
    if (current != main_id)
        return iceberg_invalid(error,
                               "Member current-snapshot-id %" G_GINT64_FORMAT
                               " is not what main refers to (%" G_GINT64_FORMAT ")",
                               current, main_id);
    return TRUE;
}

static gboolean
iceberg_snapshot_log_entry_check(const cJSON *entry, GError **error)
{
    gint64 number = 0;

    return json_get_int64(entry, "timestamp-ms", &number, error) &&
           json_get_int64(entry, "snapshot-id", &number, error);
}

static gboolean
iceberg_metadata_log_entry_check(const cJSON *entry, GError **error)
{
    gint64 number = 0;
    const char *file = NULL;

    return json_get_int64(entry, "timestamp-ms", &number, error) &&
           json_get_string(entry, "metadata-file", &file, error);
}

static gboolean
iceberg_validate_lists(const cJSON *metadata, GError **error)
{
    static const struct {
        const char *key;
        gboolean (*check)(const cJSON *element, GError **error);
    } lists[] = {
        {"snapshot-log",         iceberg_snapshot_log_entry_check  },
        {"metadata-log",         iceberg_metadata_log_entry_check  },
        {"statistics",           iceberg_statistics_check          },
        {"partition-statistics", iceberg_partition_statistics_check},
        {"encryption-keys",      iceberg_encryption_key_check      },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        cJSON *list = NULL;
        const cJSON *element;

        if (!json_get_optional_array(metadata, lists[i].key, &list, error))
            return FALSE;
        cJSON_ArrayForEach(element, list)
        {
            if (!lists[i].check(element, error)) {
                g_prefix_error(error, "Member %s: ", lists[i].key);
                return FALSE;
            }
        }
    }
    return TRUE;
}

gboolean
iceberg_table_validate(const cJSON *metadata, GError **error)
{
    g_autoptr(GHashTable) snapshot_ids = iceberg_ids_new();
    g_autoptr(IcebergSchemaIndex) schema = NULL;
    cJSON *properties = NULL;
    gint32 format_version = 0;

    if (!json_get_int32(metadata, "format-version", &format_version, error))
        return FALSE;
    if (format_version < 1 || format_version > ICEBERG_FORMAT_VERSION_MAX)
        return iceberg_invalid(error, "Unsupported format-version: %d", format_version);
    if (!iceberg_validate_head(metadata, format_version, error) ||
        !iceberg_validate_schemas(metadata, error))
        return FALSE;
    schema = iceberg_schema_index(iceberg_current_schema(metadata), 0, error);
    return schema != NULL && iceberg_validate_specs(metadata, schema, error) &&
           iceberg_validate_orders(metadata, schema, error) &&
           iceberg_validate_snapshots(metadata, snapshot_ids, error) &&
           iceberg_validate_refs(metadata, snapshot_ids, error) &&
           iceberg_validate_lists(metadata, error) &&
           json_get_string_map(metadata, "properties", &properties, error);
}
