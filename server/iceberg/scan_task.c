/* SPDX-License-Identifier: Apache-2.0 */
/* Files as the REST specification writes them. Bounds are written as Iceberg's Java library reads
 * them: the serialized value in hexadecimal digits. Caller: scan.c, scan_deletes.c. */
#include <string.h>

#include "scan_private.h"

cJSON *
iceberg_scan_partition(const IcebergScanSpec *spec, const IcebergManifestEntry *entry)
{
    cJSON *list = cJSON_CreateArray();
    for (guint i = 0; i < spec->fields->len; i++) {
        const IcebergScanField *field = &g_array_index(spec->fields, IcebergScanField, i);
        IcebergValue value;
        if (!iceberg_value_settle(&field->result, &entry->partition[i], &value))
            value.kind = ICEBERG_VALUE_NULL;
        cJSON_AddItemToArray(list, iceberg_value_to_json(&field->result, &value));
    }
    return list;
}

static void
set_present(cJSON *file, const char *key, gint64 number)
{
    if (number != ICEBERG_ABSENT)
        json_object_set_int64(file, key, number);
}

static void
set_map(cJSON *file, const char *key, cJSON *keys, cJSON *values)
{
    if (cJSON_GetArraySize(keys) == 0) {
        cJSON_Delete(keys);
        cJSON_Delete(values);
        return;
    }
    cJSON *map = cJSON_CreateObject();
    json_object_set(map, "keys", keys);
    json_object_set(map, "values", values);
    json_object_set(file, key, map);
}

static gboolean
is_wanted(const IcebergScan *scan, gint32 field_id)
{
    return g_hash_table_contains(scan->stats_fields, GINT_TO_POINTER(field_id));
}

static void
set_counts(const IcebergScan *scan, cJSON *file, const char *key, const GArray *counts)
{
    cJSON *keys = cJSON_CreateArray(), *values = cJSON_CreateArray();
    for (guint i = 0; i < counts->len; i++) {
        const IcebergFieldCount *count = &g_array_index(counts, IcebergFieldCount, i);
        if (!is_wanted(scan, count->field_id))
            continue;
        json_array_append_int64(keys, count->field_id);
        json_array_append_int64(values, count->count);
    }
    set_map(file, key, keys, values);
}

static void
set_bounds(const IcebergScan *scan, cJSON *file, const char *key, const GArray *bounds)
{
    cJSON *keys = cJSON_CreateArray(), *values = cJSON_CreateArray();
    for (guint i = 0; i < bounds->len; i++) {
        const IcebergFieldBound *bound = &g_array_index(bounds, IcebergFieldBound, i);
        if (!is_wanted(scan, bound->field_id))
            continue;
        g_autofree char *hex = iceberg_bytes_to_hex(bound->bytes, bound->length);
        json_array_append_int64(keys, bound->field_id);
        cJSON_AddItemToArray(values, cJSON_CreateString(hex));
    }
    set_map(file, key, keys, values);
}

static void
set_statistics(const IcebergScan *scan, cJSON *file, const IcebergManifestEntry *entry)
{
    if (g_hash_table_size(scan->stats_fields) == 0)
        return;
    set_counts(scan, file, "column-sizes", entry->column_sizes);
    set_counts(scan, file, "value-counts", entry->value_counts);
    set_counts(scan, file, "null-value-counts", entry->null_value_counts);
    set_counts(scan, file, "nan-value-counts", entry->nan_value_counts);
    set_bounds(scan, file, "lower-bounds", entry->lower_bounds);
    set_bounds(scan, file, "upper-bounds", entry->upper_bounds);
}

cJSON *
iceberg_scan_content_file(const IcebergScan *scan,
                          const IcebergScanSpec *spec,
                          const IcebergManifestEntry *entry)
{
    static const char *const contents[] = {"data", "position-deletes", "equality-deletes"};
    cJSON *file = cJSON_CreateObject();
    g_autofree char *format = g_ascii_strdown(entry->format, -1);
    json_object_set_int64(file, "spec-id", spec->id);
    json_object_set(file, "content", cJSON_CreateString(contents[entry->content]));
    json_object_set(file, "file-path", cJSON_CreateString(entry->path));
    json_object_set(file, "file-format", cJSON_CreateString(format));
    json_object_set(file, "partition", iceberg_scan_partition(spec, entry));
    json_object_set_int64(file, "file-size-in-bytes", entry->file_size_bytes);
    json_object_set_int64(file, "record-count", entry->record_count);
    if (entry->key_metadata != NULL) {
        g_autofree char *hex =
            iceberg_bytes_to_hex(entry->key_metadata, entry->key_metadata_length);
        json_object_set(file, "key-metadata", cJSON_CreateString(hex));
    }
    if (entry->split_offsets->len > 0) {
        cJSON *offsets = cJSON_CreateArray();
        for (guint i = 0; i < entry->split_offsets->len; i++)
            json_array_append_int64(offsets, g_array_index(entry->split_offsets, gint64, i));
        json_object_set(file, "split-offsets", offsets);
    }
    if (entry->content == ICEBERG_FILE_EQUALITY_DELETES) {
        cJSON *ids = cJSON_CreateArray();
        for (guint i = 0; i < entry->equality_ids->len; i++)
            json_array_append_int64(ids, g_array_index(entry->equality_ids, gint32, i));
        json_object_set(file, "equality-ids", ids);
    }
    set_present(file, "sort-order-id", entry->sort_order_id);
    set_present(file, "first-row-id", entry->first_row_id);
    if (entry->content != ICEBERG_FILE_DATA) {
        if (entry->referenced_data_file != NULL)
            json_object_set(file, "referenced-data-file",
                            cJSON_CreateString(entry->referenced_data_file));
        set_present(file, "content-offset", entry->content_offset);
        set_present(file, "content-size-in-bytes", entry->content_size_bytes);
    } else {
        set_statistics(scan, file, entry);
    }
    return file;
}
