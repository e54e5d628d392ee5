/* SPDX-License-Identifier: Apache-2.0 */
/* Delete files, found again by the data files that they apply to. A position delete applies to data
 * of its own sequence number and before, an equality delete to data before it; both to files of
 * their partition alone, but for equality deletes without one, which apply everywhere. A deletion
 * vector stands for all position deletes of its file. Caller: scan.c. */
#include <string.h>

#include "scan_private.h"

/* Position deletes keep the path of the data file in this column. */
#define ICEBERG_DELETE_PATH_ID 2147483546

typedef struct {
    IcebergFileContent content;
    gboolean is_vector;
    gint64 sequence_number;
    cJSON *file;
} DeleteFile;

struct IcebergDeletes {
    GArray *files;            /* DeleteFile */
    GHashTable *by_path;      /* char* -> GArray of guint: those of one data file */
    GHashTable *by_partition; /* char* -> GArray of guint */
    GArray *everywhere;       /* guint */
};

static void
delete_file_clear(gpointer data)
{
    cJSON_Delete(((DeleteFile *)data)->file);
}

IcebergDeletes *
iceberg_deletes_new(void)
{
    IcebergDeletes *deletes = g_new0(IcebergDeletes, 1);
    deletes->files = g_array_new(FALSE, FALSE, sizeof(DeleteFile));
    g_array_set_clear_func(deletes->files, delete_file_clear);
    deletes->by_path =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    deletes->by_partition =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    deletes->everywhere = g_array_new(FALSE, FALSE, sizeof(guint));
    return deletes;
}

void
iceberg_deletes_free(IcebergDeletes *deletes)
{
    if (deletes == NULL)
        return;
    g_array_unref(deletes->files);
    g_hash_table_unref(deletes->by_path);
    g_hash_table_unref(deletes->by_partition);
    g_array_unref(deletes->everywhere);
    g_free(deletes);
}

const cJSON *
iceberg_deletes_file(const IcebergDeletes *deletes, guint place)
{
    return g_array_index(deletes->files, DeleteFile, place).file;
}

/* g_free. */
static char *
partition_key(const IcebergScanSpec *spec, const IcebergManifestEntry *entry)
{
    g_autoptr(cJSON) values = iceberg_scan_partition(spec, entry);
    g_autofree char *text = json_print_compact(values);
    return g_strdup_printf("%d %s", spec->id, text);
}

static void
put(GHashTable *map, const char *key, guint place)
{
    GArray *places = g_hash_table_lookup(map, key);
    if (places == NULL) {
        places = g_array_new(FALSE, FALSE, sizeof(guint));
        g_hash_table_insert(map, g_strdup(key), places);
    }
    g_array_append_val(places, place);
}

/* The one data file of a position delete, where it says so or its bounds do. g_free, or NULL. */
static char *
one_data_file(const IcebergManifestEntry *entry)
{
    if (entry->referenced_data_file != NULL)
        return g_strdup(entry->referenced_data_file);
    const IcebergFieldBound *lower = NULL, *upper = NULL;
    for (guint i = 0; i < entry->lower_bounds->len; i++)
        if (g_array_index(entry->lower_bounds, IcebergFieldBound, i).field_id ==
            ICEBERG_DELETE_PATH_ID)
            lower = &g_array_index(entry->lower_bounds, IcebergFieldBound, i);
    for (guint i = 0; i < entry->upper_bounds->len; i++)
        if (g_array_index(entry->upper_bounds, IcebergFieldBound, i).field_id ==
            ICEBERG_DELETE_PATH_ID)
            upper = &g_array_index(entry->upper_bounds, IcebergFieldBound, i);
    if (lower == NULL || upper == NULL || lower->length != upper->length ||
        memcmp(lower->bytes, upper->bytes, lower->length) != 0)
        return NULL;
    return g_strndup((const char *)lower->bytes, lower->length);
}

gboolean
iceberg_deletes_add(IcebergDeletes *deletes,
                    const IcebergScan *scan,
                    const IcebergManifest *manifest,
                    const IcebergManifestEntry *entry,
                    GError **error)
{
    const IcebergScanSpec *spec = iceberg_scan_spec(scan, manifest->spec_id, entry, error);
    if (spec == NULL)
        return FALSE;
    DeleteFile file = {
        .content = entry->content,
        .is_vector = g_ascii_strcasecmp(entry->format, "puffin") == 0,
        .sequence_number = iceberg_entry_sequence_number(manifest, entry),
        .file = iceberg_scan_content_file(scan, spec, entry),
    };
    guint place = deletes->files->len;
    g_array_append_val(deletes->files, file);
    if (entry->content == ICEBERG_FILE_POSITION_DELETES) {
        g_autofree char *path = one_data_file(entry);
        if (path != NULL) {
            put(deletes->by_path, path, place);
            return TRUE;
        }
    } else if (spec->fields->len == 0) {
        g_array_append_val(deletes->everywhere, place);
        return TRUE;
    }
    g_autofree char *key = partition_key(spec, entry);
    put(deletes->by_partition, key, place);
    return TRUE;
}

static gboolean
delete_applies(const DeleteFile *file, gint64 data_sequence_number)
{
    return file->content == ICEBERG_FILE_EQUALITY_DELETES
               ? file->sequence_number > data_sequence_number
               : file->sequence_number >= data_sequence_number;
}

static void
collect(const IcebergDeletes *deletes,
        const GArray *places,
        gint64 data_sequence_number,
        gboolean takes_positions,
        GArray *found)
{
    for (guint i = 0; places != NULL && i < places->len; i++) {
        guint place = g_array_index(places, guint, i);
        const DeleteFile *file = &g_array_index(deletes->files, DeleteFile, place);
        gboolean is_position = file->content == ICEBERG_FILE_POSITION_DELETES;
        if (delete_applies(file, data_sequence_number) &&
            (!is_position || file->is_vector || takes_positions))
            g_array_append_val(found, place);
    }
}

static gboolean
has_vector(const IcebergDeletes *deletes, const GArray *places, gint64 data_sequence_number)
{
    for (guint i = 0; places != NULL && i < places->len; i++) {
        const DeleteFile *file =
            &g_array_index(deletes->files, DeleteFile, g_array_index(places, guint, i));
        if (file->is_vector && delete_applies(file, data_sequence_number))
            return TRUE;
    }
    return FALSE;
}

GArray *
iceberg_deletes_find(const IcebergDeletes *deletes,
                     const IcebergScanSpec *spec,
                     const IcebergManifest *manifest,
                     const IcebergManifestEntry *entry)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(guint));
    if (deletes->files->len == 0)
        return found;
    gint64 sequence_number = iceberg_entry_sequence_number(manifest, entry);
    const GArray *own = g_hash_table_lookup(deletes->by_path, entry->path);
    gboolean takes_positions = !has_vector(deletes, own, sequence_number);
    g_autofree char *key = partition_key(spec, entry);
    collect(deletes, deletes->everywhere, sequence_number, takes_positions, found);
    collect(deletes, g_hash_table_lookup(deletes->by_partition, key), sequence_number,
            takes_positions, found);
    collect(deletes, own, sequence_number, takes_positions, found);
    return found;
}
