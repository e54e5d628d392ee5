/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata files beside a table's own. See metadata_directory.h. */
#include "metadata_directory.h"

#include <string.h>

#include "skep/iceberg.h"
#include "skep/store_sweep.h"

#include "file_mark.h"
#include "warehouses.h"

#define FILES_MAX 200000

const char *
metadata_file_name(const char *location)
{
    const char *slash = strrchr(location, '/');

    return slash ? slash + 1 : location;
}

char *
metadata_file_directory(const char *location)
{
    const char *name = metadata_file_name(location);

    return g_strndup(location, name > location ? (gsize)(name - location) - 1 : 0);
}

static void
metadata_file_free(gpointer data)
{
    MetadataFile *file = data;

    g_free(file->location);
    g_free(file);
}

/* --- reading a directory --- */

typedef struct {
    const char *database_uuid;
    GPtrArray *files;
    GPtrArray *lists; /* NULL: they are passed over */
} Reading;

GPtrArray *
metadata_files_new(void)
{
    return g_ptr_array_new_with_free_func(metadata_file_free);
}

/* "-<uuid>.avro" */
#define LIST_TAIL_LENGTH 42

gboolean
metadata_list_read_name(const char *database_uuid,
                        const char *location,
                        gint64 *out_snapshot_id,
                        gboolean *out_is_own)
{
    const char *name = metadata_file_name(location);
    gsize length = strlen(name);
    char *end;

    if (!g_str_has_prefix(name, "snap-") || !g_str_has_suffix(name, ".avro"))
        return FALSE;
    *out_snapshot_id = g_ascii_strtoll(name + strlen("snap-"), &end, 10);
    if (*end != '-' || *out_snapshot_id <= 0)
        return FALSE;
    *out_is_own = length > LIST_TAIL_LENGTH &&
                  catalog_file_mark_is(database_uuid, name + length - LIST_TAIL_LENGTH);
    return TRUE;
}

static MetadataFile *
new_file(const WarehouseEntry *entry)
{
    MetadataFile *file = g_new0(MetadataFile, 1);

    file->location = g_strdup(entry->location);
    file->bytes = entry->bytes;
    file->modified_ms = entry->modified_ms;
    return file;
}

static void
take_list(Reading *reading, const WarehouseEntry *entry)
{
    gint64 snapshot_id;
    gboolean is_own;
    MetadataFile *list;

    if (!reading->lists || reading->lists->len == FILES_MAX ||
        !metadata_list_read_name(reading->database_uuid, entry->location, &snapshot_id, &is_own))
        return;
    list = new_file(entry);
    list->number = snapshot_id;
    list->is_own = is_own;
    g_ptr_array_add(reading->lists, list);
}

static gboolean
has_metadata_name(const char *location)
{
    return iceberg_metadata_version(location) >= 0 &&
           (g_str_has_suffix(location, ".metadata.json") ||
            g_str_has_suffix(location, ".metadata.json.gz"));
}

static gboolean
take_entry(const WarehouseEntry *entry, gpointer data, GError **error)
{
    Reading *reading = data;
    MetadataFile *file;

    if (entry->is_directory)
        return TRUE;
    if (!has_metadata_name(entry->location)) {
        take_list(reading, entry);
        return TRUE;
    }
    if (reading->files->len == FILES_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, entry->location,
                         "There are more than %d metadata files beside %s", FILES_MAX,
                         entry->location);
    file = new_file(entry);
    file->number = iceberg_metadata_version(entry->location);
    file->is_own = catalog_file_mark_is(reading->database_uuid, entry->location);
    g_ptr_array_add(reading->files, file);
    return TRUE;
}

static gint
compare_files(gconstpointer a, gconstpointer b)
{
    const MetadataFile *left = *(const MetadataFile *const *)a;
    const MetadataFile *right = *(const MetadataFile *const *)b;

    if (left->number != right->number)
        return left->number < right->number ? 1 : -1;
    return strcmp(left->location, right->location);
}

GPtrArray *
metadata_directory_read(Catalog *catalog,
                        const char *catalog_name,
                        const char *directory,
                        GPtrArray *lists,
                        GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);
    g_autoptr(GPtrArray) files = metadata_files_new();
    Reading reading = {catalog->database_uuid, files, lists};

    if (!warehouse || !warehouse_directory_list(warehouse, directory, take_entry, &reading, error))
        return NULL;
    g_ptr_array_sort(files, compare_files);
    return g_steal_pointer(&files);
}

/* --- who claims what --- */

static void
claim_name(GHashTable *claimed, const char *location)
{
    if (location)
        g_hash_table_add(claimed, g_strdup(metadata_file_name(location)));
}

static gboolean
claim_commits(Catalog *catalog,
              GPtrArray *files,
              const CatalogTable *table,
              GHashTable *claimed,
              GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GHashTable) found = NULL;
    GHashTableIter iter;
    gpointer name;

    for (guint i = 0; i < files->len; i++) {
        const MetadataFile *file = files->pdata[i];
        const char *file_name = metadata_file_name(file->location);

        if (!g_hash_table_contains(claimed, file_name))
            g_ptr_array_add(names, (gpointer)file_name);
    }
    if (names->len == 0)
        return TRUE;
    found = store_sweep_claimed(catalog->store, table->uuid, names, error);
    if (!found)
        return FALSE;
    g_hash_table_iter_init(&iter, found);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        claim_name(claimed, name);
    return TRUE;
}

gboolean
metadata_directory_claim(Catalog *catalog,
                         GPtrArray *files,
                         const CatalogTable *table,
                         const cJSON *tree,
                         GError **error)
{
    g_autoptr(GHashTable) claimed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    claim_name(claimed, table->metadata_location);
    claim_name(claimed, table->previous_metadata_location);
    if (tree)
        metadata_file_add_log(tree, claimed);
    if (!claim_commits(catalog, files, table, claimed, error))
        return FALSE;
    for (guint i = 0; i < files->len; i++) {
        MetadataFile *file = files->pdata[i];

        file->is_claimed = g_hash_table_contains(claimed, metadata_file_name(file->location));
    }
    return TRUE;
}

/* --- one file --- */

cJSON *
metadata_file_parse(Catalog *catalog,
                    const char *catalog_name,
                    const char *location,
                    GError **error)
{
    g_autoptr(GBytes) bytes = catalog_file_read(catalog, catalog_name, location, error);
    gsize length;
    const char *text;

    if (!bytes)
        return NULL;
    text = g_bytes_get_data(bytes, &length);
    return json_parse_object(text, length, length, error);
}

const char *
metadata_file_uuid(const cJSON *tree)
{
    const cJSON *uuid = json_find(tree, "table-uuid");

    if (!json_is_string(uuid))
        uuid = json_find(tree, "view-uuid");
    return json_is_string(uuid) ? uuid->valuestring : NULL;
}

void
metadata_file_add_log(const cJSON *tree, GHashTable *names)
{
    const cJSON *entry;

    cJSON_ArrayForEach(entry, json_find(tree, "metadata-log"))
    {
        const cJSON *file = json_find(entry, "metadata-file");

        if (json_is_string(file))
            claim_name(names, file->valuestring);
    }
}

gboolean
metadata_file_logs(const cJSON *tree, const char *location)
{
    g_autoptr(GHashTable) logged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    metadata_file_add_log(tree, logged);
    return g_hash_table_contains(logged, metadata_file_name(location));
}
