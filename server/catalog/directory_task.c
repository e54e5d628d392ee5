/* SPDX-License-Identifier: Apache-2.0 */
/* Deletes all that lies below a location: the data of a Hive table on an object store, which can be
 * far too many objects for a drop to wait for. Tables that lie below it keep theirs. Caller:
 * task.c. */
#include "task.h"

#include <string.h>

#include "skep/store_table.h"

#include "warehouses.h"

#define LISTING_MAX 1000
#define DEPTH_MAX   64
#define FULL        g_quark_from_static_string("catalog-directory-listing-full")

typedef struct {
    GPtrArray *files;
    GPtrArray *directories;
    gboolean is_full; /* there is more */
} Listing;

static void
listing_clear(Listing *listing)
{
    g_clear_pointer(&listing->files, g_ptr_array_unref);
    g_clear_pointer(&listing->directories, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listing, listing_clear)

static gboolean
take_listed(const WarehouseEntry *entry, gpointer data, GError **error)
{
    Listing *listing = data;

    g_ptr_array_add(entry->is_directory ? listing->directories : listing->files,
                    g_strdup(entry->location));
    if (listing->files->len + listing->directories->len < LISTING_MAX)
        return TRUE;
    listing->is_full = TRUE;
    g_set_error_literal(error, FULL, 0, "full");
    return FALSE;
}

static gboolean
list(Warehouse *warehouse, const char *location, Listing *out, GError **error)
{
    g_autoptr(GError) failure = NULL;

    *out = (Listing){catalog_strings_new(), catalog_strings_new(), FALSE};
    if (warehouse_directory_list(warehouse, location, take_listed, out, &failure) ||
        failure->domain == FULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

/* Of some directories those that are tables'; canonical. */
static GHashTable *
find_held(Catalog *catalog, const GPtrArray *directories, GError **error)
{
    g_autoptr(GPtrArray) places = catalog_strings_new();
    g_autoptr(GPtrArray) found = NULL;
    GHashTable *held;

    for (guint i = 0; i < directories->len; i++) {
        char *path = warehouse_location_canonical(directories->pdata[i]);

        if (path)
            g_ptr_array_add(places, path);
    }
    found = store_table_places_held(catalog->store, places, error);
    if (!found)
        return NULL;
    held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < found->len; i++)
        g_hash_table_add(held, g_strdup(found->pdata[i]));
    return held;
}

static gboolean
delete_files(CatalogTaskRun *run, Warehouse *warehouse, GPtrArray *files, GError **error)
{
    guint count = files->len;

    run->counts.found += count;
    g_ptr_array_add(files, NULL);
    if (!warehouse_files_delete(warehouse, (const char *const *)files->pdata, error))
        return FALSE;
    run->counts.deleted += count;
    return catalog_task_goes_on(run, error);
}

static gboolean clear_directory(
    CatalogTaskRun *run, Warehouse *warehouse, const char *location, int depth, GError **error);

/* *out_left: how many were tables', and stay. */
static gboolean
clear_directories(CatalogTaskRun *run,
                  Warehouse *warehouse,
                  const GPtrArray *directories,
                  int depth,
                  guint *out_left,
                  GError **error)
{
    g_autoptr(GHashTable) held = find_held(run->catalog, directories, error);

    if (!held)
        return FALSE;
    for (guint i = 0; i < directories->len; i++) {
        g_autofree char *path = warehouse_location_canonical(directories->pdata[i]);

        if (!path || g_hash_table_contains(held, path)) {
            (*out_left)++;
            continue;
        }
        if (!clear_directory(run, warehouse, directories->pdata[i], depth + 1, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
clear_directory(
    CatalogTaskRun *run, Warehouse *warehouse, const char *location, int depth, GError **error)
{
    for (gboolean more = TRUE; more;) {
        g_auto(Listing) listing = {NULL, NULL, FALSE};
        guint left = 0;

        if (depth > DEPTH_MAX)
            return skep_fail(error, SKEP_ERROR_TOO_LARGE, location, "%s is nested too deeply",
                             location);
        if (!list(warehouse, location, &listing, error) ||
            !delete_files(run, warehouse, listing.files, error) ||
            (listing.directories->len > 0 &&
             !clear_directories(run, warehouse, listing.directories, depth, &left, error)))
            return FALSE;
        more = listing.is_full && left < LISTING_MAX;
        if (!more)
            run->counts.left += left;
    }
    warehouse_directory_remove_empty(warehouse, location, NULL);
    return TRUE;
}

/* Is the place itself, or one above it, another table's by now? */
static gboolean
place_is_held(CatalogTaskRun *run, gboolean *out_is, GError **error)
{
    g_autofree char *path = warehouse_location_canonical(run->task->location);
    g_autoptr(GPtrArray) places = catalog_strings_new();
    g_autoptr(GPtrArray) held = NULL;

    while (path && *path) {
        char *slash = strrchr(path, '/');

        g_ptr_array_add(places, g_strdup(path));
        if (!slash || slash == path || slash[-1] == '/')
            break;
        *slash = '\0';
    }
    held = store_table_places_held(run->catalog->store, places, error);
    *out_is = held && held->len > 0;
    return held != NULL;
}

gboolean
catalog_delete_directory(CatalogTaskRun *run, GError **error)
{
    const char *location = run->task->location;
    g_autoptr(Warehouse) warehouse = catalog_warehouse(run->catalog, run->task->catalog, error);
    gboolean is_held = TRUE;

    if (!warehouse || !place_is_held(run, &is_held, error))
        return FALSE;
    if (is_held || !warehouse_location_is_inside(warehouse, location)) {
        run->counts.found++;
        run->counts.left++;
        return TRUE;
    }
    return clear_directory(run, warehouse, location, 0, error);
}
