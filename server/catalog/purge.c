/* SPDX-License-Identifier: Apache-2.0 */
/* Deletes the files that a dropped Iceberg table's metadata names, and no others: data and delete
 * files, manifests, manifest lists, statistics, metadata files. What names a file goes after it, so
 * that an attempt that ended anywhere can be made again from the start: what is missing was done.
 * Caller: task.c. Source: Iceberg's CatalogUtil.dropTableData. */
#include "task.h"

#include <string.h>

#include "skep/iceberg_manifest.h"
#include "skep/json.h"
#include "skep/store_table.h"

#include "metadata_directory.h"
#include "warehouses.h"

#define BATCH_FILES_MAX 1000
/* Which places are others' is asked again after this: a table may be registered meanwhile. */
#define PLACES_FRESH_US (5 * G_USEC_PER_SEC)
/* Snapshots share most of their manifests. Past so many the oldest are looked for again. */
#define SEEN_MAX 200000

typedef struct {
    CatalogTaskRun *run;
    gboolean keeps_data; /* gc.enabled=false: other tables may read the data files */
    GPtrArray *batch;    /* char*, to be deleted in this order */
    GHashTable *places;  /* canonical directories -> is it a table's or above one's own */
    gint64 places_asked_us;
    GHashTable *seen; /* manifests that are done with, and delete files */
} Purge;

static void
purge_clear(Purge *purge)
{
    g_clear_pointer(&purge->batch, g_ptr_array_unref);
    g_clear_pointer(&purge->places, g_hash_table_unref);
    g_clear_pointer(&purge->seen, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Purge, purge_clear)

/* --- whose is a file? --- */

/* The next directory up, in place; FALSE at the top. */
static gboolean
cut_last_part(char *path)
{
    char *slash = strrchr(path, '/');

    if (!slash || slash == path || slash[-1] == '/')
        return FALSE;
    *slash = '\0';
    return TRUE;
}

/* Adds to `unknown` the directories above a file that have not been asked for. */
static void
note_places(Purge *purge, const char *location, GPtrArray *unknown)
{
    g_autofree char *path = warehouse_location_canonical(location);

    while (path && cut_last_part(path) && !g_hash_table_contains(purge->places, path)) {
        g_hash_table_insert(purge->places, g_strdup(path), GINT_TO_POINTER(FALSE));
        g_ptr_array_add(unknown, g_strdup(path));
    }
}

static gboolean
learn_places(Purge *purge, GError **error)
{
    g_autoptr(GPtrArray) unknown = catalog_strings_new();
    g_autoptr(GPtrArray) held = NULL;

    if (g_get_monotonic_time() - purge->places_asked_us > PLACES_FRESH_US) {
        g_hash_table_remove_all(purge->places);
        purge->places_asked_us = g_get_monotonic_time();
    }
    for (guint i = 0; i < purge->batch->len; i++)
        note_places(purge, purge->batch->pdata[i], unknown);
    if (unknown->len == 0)
        return TRUE;
    held = store_table_places_held(purge->run->catalog->store, unknown, error);
    for (guint i = 0; held && i < held->len; i++)
        g_hash_table_replace(purge->places, g_strdup(held->pdata[i]), GINT_TO_POINTER(TRUE));
    if (!held)
        g_hash_table_remove_all(purge->places);
    return held != NULL;
}

static gboolean
is_anothers(const Purge *purge, const char *location)
{
    g_autofree char *path = warehouse_location_canonical(location);

    while (path && cut_last_part(path))
        if (g_hash_table_lookup(purge->places, path))
            return TRUE;
    return FALSE;
}

/* --- deleting --- */

/* Those of the batch that are the table's own. */
static gboolean
delete_own(Purge *purge, Warehouse *warehouse, GError **error)
{
    StoreTaskCounts *counts = &purge->run->counts;
    g_autoptr(GPtrArray) own = g_ptr_array_new();

    for (guint i = 0; i < purge->batch->len; i++) {
        char *location = purge->batch->pdata[i];

        if (warehouse_location_is_inside(warehouse, location) && !is_anothers(purge, location))
            g_ptr_array_add(own, location);
        else
            counts->left++;
    }
    counts->deleted += own->len;
    g_ptr_array_add(own, NULL);
    if (warehouse_files_delete(warehouse, (const char *const *)own->pdata, error))
        return TRUE;
    counts->deleted -= own->len - 1;
    return FALSE;
}

/* Deletes the batch. */
static gboolean
flush(Purge *purge, GError **error)
{
    Catalog *catalog = purge->run->catalog;
    g_autoptr(Warehouse) warehouse = NULL;

    if (purge->batch->len == 0)
        return TRUE;
    warehouse = catalog_warehouse(catalog, purge->run->task->catalog, error);
    if (!warehouse || !learn_places(purge, error) || !delete_own(purge, warehouse, error))
        return FALSE;
    g_ptr_array_set_size(purge->batch, 0);
    return catalog_task_goes_on(purge->run, error);
}

static gboolean
add_file(Purge *purge, const char *location, GError **error)
{
    purge->run->counts.found++;
    g_ptr_array_add(purge->batch, g_strdup(location));
    return purge->batch->len < BATCH_FILES_MAX || flush(purge, error);
}

/* For a file that names those of the batch: they go first. */
static gboolean
add_file_after(Purge *purge, const char *location, GError **error)
{
    return flush(purge, error) && add_file(purge, location, error);
}

/* TRUE with *out_bytes NULL: it is gone, or is not the table's to read. */
static gboolean
read_own(Purge *purge, const char *location, GBytes **out_bytes, GError **error)
{
    Catalog *catalog = purge->run->catalog;
    g_autoptr(GError) failure = NULL;
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, purge->run->task->catalog, error);

    *out_bytes = NULL;
    if (!warehouse)
        return FALSE;
    if (!warehouse_location_is_inside(warehouse, location)) {
        purge->run->counts.found++;
        purge->run->counts.left++;
        return TRUE;
    }
    *out_bytes = warehouse_file_read(warehouse, location, &failure);
    if (*out_bytes || skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_FILE)
        return TRUE;
    g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s: ", location);
    return FALSE;
}

/* FALSE: it was there already. */
static gboolean
see(Purge *purge, const char *location)
{
    if (g_hash_table_size(purge->seen) >= SEEN_MAX)
        g_hash_table_remove_all(purge->seen);
    return g_hash_table_add(purge->seen, g_strdup(location));
}

/* --- manifests --- */

/* Files that an entry removed are other entries' too, or have been deleted. Several delete vectors
 * lie in one file. */
static gboolean
take_entry(const IcebergManifestEntry *entry, gpointer data, GError **error)
{
    Purge *purge = data;

    if (entry->status == ICEBERG_ENTRY_DELETED ||
        (entry->content != ICEBERG_FILE_DATA && !see(purge, entry->path)))
        return TRUE;
    return add_file(purge, entry->path, error);
}

static gboolean
purge_manifest(Purge *purge, const char *location, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    gsize length;
    const guint8 *start;

    if (!see(purge, location))
        return TRUE;
    if (purge->keeps_data)
        return add_file(purge, location, error);
    if (!read_own(purge, location, &bytes, error))
        return FALSE;
    if (!bytes)
        return TRUE;
    start = g_bytes_get_data(bytes, &length);
    if (!iceberg_manifest_read(start, length, take_entry, purge, error)) {
        g_prefix_error(error, "%s: ", location);
        return FALSE;
    }
    return !purge->run->is_stopped && !purge->run->is_lost &&
           add_file_after(purge, location, error);
}

static gboolean
take_manifest(const IcebergManifest *manifest, gpointer data, GError **error)
{
    (void)error;
    g_ptr_array_add(data, g_strdup(manifest->path));
    return TRUE;
}

static gboolean
purge_manifest_list(Purge *purge, const char *location, GError **error)
{
    g_autoptr(GPtrArray) manifests = catalog_strings_new();
    g_autoptr(GBytes) bytes = NULL;
    gsize length;
    const guint8 *start;

    if (!read_own(purge, location, &bytes, error))
        return FALSE;
    if (!bytes)
        return TRUE;
    start = g_bytes_get_data(bytes, &length);
    if (!iceberg_manifest_list_read(start, length, take_manifest, manifests, error)) {
        g_prefix_error(error, "%s: ", location);
        return FALSE;
    }
    g_clear_pointer(&bytes, g_bytes_unref);
    for (guint i = 0; i < manifests->len; i++)
        if (!purge_manifest(purge, manifests->pdata[i], error))
            return FALSE;
    return add_file_after(purge, location, error);
}

/* --- the document --- */

/* Version 1 may name the manifests themselves. */
static gboolean
purge_snapshot(Purge *purge, const cJSON *snapshot, GError **error)
{
    const cJSON *list = json_find(snapshot, "manifest-list");
    const cJSON *manifest;

    if (json_is_string(list))
        return purge_manifest_list(purge, list->valuestring, error);
    cJSON_ArrayForEach(manifest, json_find(snapshot, "manifests"))
    {
        if (json_is_string(manifest) && !purge_manifest(purge, manifest->valuestring, error))
            return FALSE;
    }
    return TRUE;
}

/* The files that the objects of a list name. */
static gboolean
add_named(Purge *purge, const cJSON *list, const char *member, GError **error)
{
    const cJSON *object;

    cJSON_ArrayForEach(object, list)
    {
        const cJSON *location = json_find(object, member);

        if (json_is_string(location) && !add_file(purge, location->valuestring, error))
            return FALSE;
    }
    return TRUE;
}

/* The names of the lists of a document, and the snapshots whose list a server wrote for an append
 * that was made anew (append_rebase.c). */
static void
note_lists(const Purge *purge, const cJSON *metadata, GHashTable *names, GHashTable *rewritten)
{
    const cJSON *snapshot;

    cJSON_ArrayForEach(snapshot, json_find(metadata, "snapshots"))
    {
        const cJSON *list = json_find(snapshot, "manifest-list");
        gboolean is_own;
        gint64 id;

        if (!json_is_string(list))
            continue;
        g_hash_table_add(names, (gpointer)metadata_file_name(list->valuestring));
        if (metadata_list_read_name(purge->run->catalog->database_uuid, list->valuestring, &id,
                                    &is_own) &&
            is_own)
            g_hash_table_add(rewritten, g_memdup2(&id, sizeof id));
    }
}

/* The lists that clients wrote for such snapshots, which nothing names. Where a directory cannot be
 * listed they are left. */
static gboolean
purge_replaced_lists(Purge *purge, const cJSON *metadata, GError **error)
{
    const CatalogTask *task = purge->run->task;
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) rewritten =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autofree char *directory = metadata_file_directory(task->metadata_location);
    g_autoptr(GPtrArray) lists = metadata_files_new();
    g_autoptr(GPtrArray) files = NULL;

    note_lists(purge, metadata, names, rewritten);
    if (g_hash_table_size(rewritten) == 0)
        return TRUE;
    files = metadata_directory_read(purge->run->catalog, task->catalog, directory, lists, NULL);
    for (guint i = 0; files && i < lists->len; i++) {
        const MetadataFile *list = lists->pdata[i];

        if (g_hash_table_contains(rewritten, &list->number) &&
            !g_hash_table_contains(names, metadata_file_name(list->location)) &&
            !add_file(purge, list->location, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
purge_document(Purge *purge, const cJSON *metadata, GError **error)
{
    const cJSON *gc = json_find(json_find(metadata, "properties"), "gc.enabled");
    const cJSON *snapshot;

    purge->keeps_data = json_is_string(gc) && g_ascii_strcasecmp(gc->valuestring, "true") != 0;
    cJSON_ArrayForEach(snapshot, json_find(metadata, "snapshots"))
    {
        if (!purge_snapshot(purge, snapshot, error))
            return FALSE;
    }
    return add_named(purge, json_find(metadata, "statistics"), "statistics-path", error) &&
           add_named(purge, json_find(metadata, "partition-statistics"), "statistics-path",
                     error) &&
           add_named(purge, json_find(metadata, "metadata-log"), "metadata-file", error) &&
           purge_replaced_lists(purge, metadata, error) &&
           add_file_after(purge, purge->run->task->metadata_location, error) && flush(purge, error);
}

/* --- the directories of a file: warehouse --- */

#define DEPTH_MAX 32

static gboolean
take_directory(const WarehouseEntry *entry, gpointer data, GError **error)
{
    (void)error;
    if (entry->is_directory)
        g_ptr_array_add(data, g_strdup(entry->location));
    return TRUE;
}

/* Nothing but empty directories is removed; where that fails they are in nobody's way. */
static void
prune(Warehouse *warehouse, const char *location, int depth)
{
    g_autoptr(GPtrArray) below = catalog_strings_new();

    if (depth > DEPTH_MAX || !warehouse_location_is_inside(warehouse, location) ||
        !warehouse_directory_list(warehouse, location, take_directory, below, NULL))
        return;
    for (guint i = 0; i < below->len; i++)
        prune(warehouse, below->pdata[i], depth + 1);
    warehouse_directory_remove_empty(warehouse, location, NULL);
}

static void
prune_directories(const CatalogTaskRun *run)
{
    g_autofree char *path =
        run->task->location ? warehouse_location_canonical(run->task->location) : NULL;
    g_autoptr(Warehouse) warehouse = NULL;
    gboolean is_shared = TRUE;

    if (!path || *path != '/' ||
        !store_table_place_is_shared(run->catalog->store, -1, run->task->location, &is_shared,
                                     NULL) ||
        is_shared)
        return;
    warehouse = catalog_warehouse(run->catalog, run->task->catalog, NULL);
    if (warehouse)
        prune(warehouse, run->task->location, 0);
}

/* --- the attempt --- */

/* Registered twice, a table may be dropped once without harm: all its files are left, and counted
 * as one. */
static gboolean
is_registered_elsewhere(CatalogTaskRun *run, gboolean *out_is, GError **error)
{
    if (!store_table_identity_is_held(run->catalog->store, run->task->table_uuid,
                                      run->task->metadata_location, out_is, error))
        return FALSE;
    if (*out_is) {
        run->counts.found++;
        run->counts.left++;
    }
    return TRUE;
}

gboolean
catalog_purge_table(CatalogTaskRun *run, GError **error)
{
    g_auto(Purge) purge = {.run = run};
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(cJSON) metadata = NULL;
    gboolean is_elsewhere = FALSE;
    gsize length;
    const char *text;

    purge.batch = catalog_strings_new();
    purge.places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    purge.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!run->task->metadata_location)
        return TRUE;
    if (!is_registered_elsewhere(run, &is_elsewhere, error))
        return FALSE;
    if (is_elsewhere)
        return TRUE;
    if (!read_own(&purge, run->task->metadata_location, &bytes, error))
        return FALSE;
    if (bytes) {
        text = g_bytes_get_data(bytes, &length);
        metadata = json_parse_object(text, length, length, error);
        g_clear_pointer(&bytes, g_bytes_unref);
        if (!metadata || !purge_document(&purge, metadata, error))
            return FALSE;
    }
    prune_directories(run);
    return TRUE;
}
