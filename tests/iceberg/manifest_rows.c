/* SPDX-License-Identifier: Apache-2.0 */
/* Shows what the manifest module reads, so that other Iceberg implementations can be asked the
 * same. manifest_rows list FILE | entries FILE      one JSON object a row, or {"error": message}
 *   manifest_rows damage FILE SEED ROUNDS       reads damaged copies of the file; prints how many
 * were refused Caller: the tests beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "skep/iceberg_manifest.h"
#include "skep/json.h"

static void
print_row(cJSON *row)
{
    g_autofree char *text = json_print_compact(row);
    puts(text);
    cJSON_Delete(row);
}

static void
add_int64(cJSON *row, const char *key, gint64 number)
{
    json_object_set_int64(row, key, number);
}

static void
add_bytes(cJSON *row, const char *key, const guint8 *bytes, gsize length)
{
    GString *hex = g_string_new(NULL);
    for (gsize i = 0; i < length; i++)
        g_string_append_printf(hex, "%02x", bytes[i]);
    if (bytes == NULL)
        cJSON_AddNullToObject(row, key);
    else
        cJSON_AddStringToObject(row, key, hex->str);
    g_string_free(hex, TRUE);
}

static void
add_text(cJSON *row, const char *key, const char *text)
{
    if (text == NULL)
        cJSON_AddNullToObject(row, key);
    else
        cJSON_AddStringToObject(row, key, text);
}

static gboolean
print_manifest(const IcebergManifest *manifest, gpointer data, GError **error)
{
    (void)data, (void)error;
    cJSON *row = cJSON_CreateObject();
    add_text(row, "path", manifest->path);
    add_int64(row, "length", manifest->length);
    add_int64(row, "spec", manifest->spec_id);
    add_int64(row, "content", manifest->content);
    add_int64(row, "sequence", manifest->sequence_number);
    add_int64(row, "added", manifest->added_files_count);
    add_int64(row, "snapshot", manifest->added_snapshot_id);
    cJSON *summaries = cJSON_AddArrayToObject(row, "partitions");
    for (guint i = 0; i < manifest->partition_count; i++) {
        cJSON *summary = cJSON_CreateObject();
        cJSON_AddBoolToObject(summary, "null", manifest->partitions[i].contains_null);
        add_bytes(summary, "lower", manifest->partitions[i].lower,
                  manifest->partitions[i].lower_length);
        add_bytes(summary, "upper", manifest->partitions[i].upper,
                  manifest->partitions[i].upper_length);
        cJSON_AddItemToArray(summaries, summary);
    }
    print_row(row);
    return TRUE;
}

static void
add_value(cJSON *row, const IcebergValue *value)
{
    cJSON *element = cJSON_CreateObject();
    switch (value->kind) {
    case ICEBERG_VALUE_NULL:
        break;
    case ICEBERG_VALUE_INTEGER:
        add_int64(element, "integer", value->integer);
        break;
    case ICEBERG_VALUE_NUMBER:
        cJSON_AddNumberToObject(element, "number", value->number);
        break;
    case ICEBERG_VALUE_DECIMAL: /* a manifest keeps them as bytes */
    case ICEBERG_VALUE_BYTES:
        add_bytes(element, "bytes", value->bytes, value->length);
        break;
    }
    cJSON_AddItemToArray(row, element);
}

static void
add_bounds(cJSON *row, const char *key, const GArray *bounds)
{
    cJSON *map = cJSON_AddObjectToObject(row, key);
    for (guint i = 0; i < bounds->len; i++) {
        const IcebergFieldBound *bound = &g_array_index(bounds, IcebergFieldBound, i);
        g_autofree char *id = g_strdup_printf("%d", bound->field_id);
        add_bytes(map, id, bound->bytes, bound->length);
    }
}

static gboolean
print_entry(const IcebergManifestEntry *entry, gpointer data, GError **error)
{
    (void)data, (void)error;
    cJSON *row = cJSON_CreateObject();
    add_int64(row, "status", entry->status);
    add_int64(row, "snapshot", entry->snapshot_id);
    add_int64(row, "sequence", entry->sequence_number);
    add_int64(row, "content", entry->content);
    add_text(row, "path", entry->path);
    add_text(row, "format", entry->format);
    add_int64(row, "records", entry->record_count);
    add_int64(row, "bytes", entry->file_size_bytes);
    cJSON *partition = cJSON_AddArrayToObject(row, "partition");
    for (guint i = 0; i < entry->partition_count; i++)
        add_value(partition, &entry->partition[i]);
    add_bounds(row, "lower", entry->lower_bounds);
    add_bounds(row, "upper", entry->upper_bounds);
    cJSON *counts = cJSON_AddObjectToObject(row, "nulls");
    for (guint i = 0; i < entry->null_value_counts->len; i++) {
        const IcebergFieldCount *count =
            &g_array_index(entry->null_value_counts, IcebergFieldCount, i);
        g_autofree char *id = g_strdup_printf("%d", count->field_id);
        add_int64(counts, id, count->count);
    }
    print_row(row);
    return TRUE;
}

static gboolean
take_manifest(const IcebergManifest *manifest, gpointer data, GError **error)
{
    (void)error;
    *(gsize *)data += strlen(manifest->path);
    return TRUE;
}

static gboolean
take_entry(const IcebergManifestEntry *entry, gpointer data, GError **error)
{
    (void)error;
    *(gsize *)data += strlen(entry->path);
    return TRUE;
}

/* Bytes changed, cut off or doubled: whatever is in the file, reading it ends, with rows or an
 * error. */
static void
read_damaged(const guint8 *bytes, gsize length, guint seed, guint rounds)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    guint refused = 0;
    for (guint round = 0; round < rounds; round++) {
        gsize kept = g_rand_int_range(random, 0, 4)
                         ? length
                         : (gsize)g_rand_int_range(random, 0, (gint)length);
        g_autofree guint8 *copy = g_memdup2(bytes, length);
        for (gint32 i = g_rand_int_range(random, 1, 9); i > 0; i--)
            copy[g_rand_int_range(random, 0, (gint)length)] = (guint8)g_rand_int(random);
        gsize total = 0;
        gboolean lists = iceberg_manifest_list_read(copy, kept, take_manifest, &total, NULL);
        gboolean entries = iceberg_manifest_read(copy, kept, take_entry, &total, NULL);
        refused += !lists && !entries;
    }
    printf("{\"refused\": %u, \"of\": %u}\n", refused, rounds);
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length = 0;
    if (argc < 3 || !g_file_get_contents(argv[2], &text, &length, NULL))
        return EXIT_FAILURE;
    const guint8 *bytes = (const guint8 *)text;
    if (strcmp(argv[1], "damage") == 0 && argc == 5)
        read_damaged(bytes, length, (guint)atoi(argv[3]), (guint)atoi(argv[4]));
    else if (!(strcmp(argv[1], "list") == 0
                   ? iceberg_manifest_list_read(bytes, length, print_manifest, NULL, &error)
                   : iceberg_manifest_read(bytes, length, print_entry, NULL, &error))) {
        cJSON *row = cJSON_CreateObject();
        add_text(row, "error", error->message);
        print_row(row);
    }
    return EXIT_SUCCESS;
}
