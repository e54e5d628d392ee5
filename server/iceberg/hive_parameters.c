/* SPDX-License-Identifier: Apache-2.0 */
/* The Hive Metastore parameters of an Iceberg table or view: what Iceberg's own Hive catalog would
 * leave behind after the same commit, so that clients of both doors see one thing. Callers: the
 * catalog, whenever a document becomes current. */
#include "iceberg_private.h"

#include <string.h>

#define ICEBERG_STORAGE_HANDLER "org.apache.iceberg.mr.hive.HiveIcebergStorageHandler"

static void
iceberg_parameter_set(GHashTable *parameters, const char *key, const char *value)
{
    g_hash_table_insert(parameters, g_strdup(key), g_strdup(value));
}

/* Takes `value`; one over the bound is not shown, and neither is an older one. */
static void
iceberg_parameter_take_bounded(GHashTable *parameters, const char *key, char *value)
{
    if (value == NULL || g_utf8_strlen(value, -1) > ICEBERG_HIVE_PARAMETER_MAX_CHARS) {
        g_hash_table_remove(parameters, key);
        g_free(value);
        return;
    }
    g_hash_table_insert(parameters, g_strdup(key), value);
}

/* Some properties have another name among Hive's parameters. */
static const char *
iceberg_parameter_name(const char *property)
{
    return strcmp(property, "gc.enabled") == 0 ? "external.table.purge" : property;
}

static GHashTable *
iceberg_parameters_copy(GHashTable *present)
{
    GHashTable *copy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter iter;
    gpointer key;
    gpointer value;

    if (present == NULL)
        return copy;
    g_hash_table_iter_init(&iter, present);
    while (g_hash_table_iter_next(&iter, &key, &value))
        iceberg_parameter_set(copy, key, value);
    return copy;
}

static void
iceberg_parameters_push_properties(GHashTable *parameters, const IcebergHiveInput *input)
{
    const cJSON *properties = iceberg_find_object(input->metadata, "properties");
    const cJSON *property;

    cJSON_ArrayForEach(property, iceberg_find_object(input->base, "properties"))
    {
        if (json_find(properties, property->string) == NULL)
            g_hash_table_remove(parameters, iceberg_parameter_name(property->string));
    }
    cJSON_ArrayForEach(property, properties)
    {
        /* the owner is a field of the HMS table, not a parameter */
        if (json_is_string(property) &&
            g_ascii_strcasecmp(property->string, "hive.metastore.table.owner") != 0)
            iceberg_parameter_set(parameters, iceberg_parameter_name(property->string),
                                  property->valuestring);
    }
}

static GHashTable *
iceberg_parameters_new(const IcebergHiveInput *input,
                       const char *uuid,
                       const char *table_type,
                       const cJSON *schema)
{
    GHashTable *parameters = iceberg_parameters_copy(input->parameters);

    iceberg_parameters_push_properties(parameters, input);
    iceberg_parameter_set(parameters, "uuid", uuid);
    iceberg_parameter_set(parameters, "table_type", table_type);
    iceberg_parameter_set(parameters, "metadata_location", input->metadata_location);
    if (input->previous_location != NULL && *input->previous_location != '\0')
        iceberg_parameter_set(parameters, "previous_metadata_location", input->previous_location);
    iceberg_parameter_take_bounded(parameters, "current-schema",
                                   schema != NULL ? json_print_compact(schema) : NULL);
    return parameters;
}

/* The summary as a map of its own: the operation stands beside it in Iceberg's model. */
static char *
iceberg_summary_text(const cJSON *summary)
{
    g_autoptr(cJSON) copy = summary != NULL ? json_duplicate(summary) : cJSON_CreateObject();

    json_object_remove(copy, "operation");
    return json_print_compact(copy);
}

static gboolean
iceberg_parameters_set_snapshot(GHashTable *parameters, const cJSON *metadata, GError **error)
{
    static const struct {
        const char *summary_key;
        const char *parameter;
    } statistics[] = {
        {"total-data-files", "numFiles" },
        {"total-records",    "numRows"  },
        {"total-files-size", "totalSize"},
    };
    g_autoptr(cJSON) read = NULL;
    const cJSON *snapshot;
    IcebergSnapshotFields fields;
    gint64 id = 0;

    g_hash_table_remove(parameters, "current-snapshot-id");
    g_hash_table_remove(parameters, "current-snapshot-timestamp-ms");
    g_hash_table_remove(parameters, "current-snapshot-summary");
    if (!iceberg_current_snapshot_id(metadata, &id))
        return TRUE;
    snapshot = iceberg_find_snapshot(metadata, id);
    if (!snapshot)
        return iceberg_invalid(error, "The current snapshot %" G_GINT64_FORMAT " is not there", id);
    snapshot = iceberg_snapshot_open(snapshot, &read, error);
    if (!snapshot || !iceberg_snapshot_read(snapshot, &fields, error))
        return FALSE;
    iceberg_parameter_take_bounded(parameters, "current-snapshot-id",
                                   g_strdup_printf("%" G_GINT64_FORMAT, fields.snapshot_id));
    iceberg_parameter_take_bounded(parameters, "current-snapshot-timestamp-ms",
                                   g_strdup_printf("%" G_GINT64_FORMAT, fields.timestamp_ms));
    iceberg_parameter_take_bounded(parameters, "current-snapshot-summary",
                                   iceberg_summary_text(fields.summary));
    for (gsize i = 0; i < G_N_ELEMENTS(statistics); i++) {
        const cJSON *value = json_find(fields.summary, statistics[i].summary_key);

        if (json_is_string(value))
            iceberg_parameter_set(parameters, statistics[i].parameter, value->valuestring);
    }
    return TRUE;
}

GHashTable *
iceberg_table_hive_parameters(const IcebergHiveInput *input, GError **error)
{
    const cJSON *spec = iceberg_default_spec(input->metadata);
    const cJSON *order = iceberg_default_order(input->metadata);
    g_autoptr(GHashTable) parameters = NULL;
    const char *uuid = NULL;

    if (!json_get_string(input->metadata, "table-uuid", &uuid, error))
        return NULL;
    parameters =
        iceberg_parameters_new(input, uuid, "ICEBERG", iceberg_current_schema(input->metadata));
    iceberg_parameter_set(parameters, "EXTERNAL", "TRUE");
    if (!iceberg_parameters_set_snapshot(parameters, input->metadata, error))
        return NULL;
    iceberg_parameter_take_bounded(
        parameters, "snapshot-count",
        g_strdup_printf("%d", cJSON_GetArraySize(json_find(input->metadata, "snapshots"))));
    iceberg_parameter_take_bounded(parameters, "default-partition-spec",
                                   iceberg_spec_is_partitioned(spec) ? json_print_compact(spec)
                                                                     : NULL);
    iceberg_parameter_take_bounded(parameters, "default-sort-order",
                                   iceberg_order_is_sorted(order) ? json_print_compact(order)
                                                                  : NULL);
    if (iceberg_table_hive_engine_enabled(input->metadata))
        iceberg_parameter_set(parameters, "storage_handler", ICEBERG_STORAGE_HANDLER);
    else
        g_hash_table_remove(parameters, "storage_handler");
    /* both would speak of the document before */
    g_hash_table_remove(parameters, "COLUMN_STATS_ACCURATE");
    g_hash_table_remove(parameters, "metadata_hash");
    return g_steal_pointer(&parameters);
}

GHashTable *
iceberg_view_hive_parameters(const IcebergHiveInput *input, GError **error)
{
    const char *uuid = NULL;

    if (!json_get_string(input->metadata, "view-uuid", &uuid, error))
        return NULL;
    return iceberg_parameters_new(input, uuid, "ICEBERG-VIEW",
                                  iceberg_view_current_schema(input->metadata));
}

gboolean
iceberg_table_hive_engine_enabled(const cJSON *metadata)
{
    return iceberg_property_is_true(metadata, "engine.hive.enabled");
}
