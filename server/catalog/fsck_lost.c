/* SPDX-License-Identifier: Apache-2.0 */
/* Directories of a namespace with metadata files that no table or view names. Caller: fsck.c. */
#include "fsck_private.h"

#include <string.h>

#include "skep/store_table.h"

#include "metadata_directory.h"
#include "warehouses.h"

#define DIRECTORIES_MAX 100000

static gboolean
take_directory(const WarehouseEntry *entry, gpointer data, GError **error)
{
    GPtrArray *directories = data;

    if (!entry->is_directory)
        return TRUE;
    if (directories->len == DIRECTORIES_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, entry->location,
                         "There are more than %d directories beside %s", DIRECTORIES_MAX,
                         entry->location);
    g_ptr_array_add(directories, g_strdup(entry->location));
    return TRUE;
}

/* The name that a table of this directory had, if the catalog chose the place: a "-<eight hex
 * digits>" at its end made the place unique. Transfer full. */
static char *
name_of_directory(const char *location)
{
    const char *name = metadata_file_name(location);
    const char *dash = strrchr(name, '-');

    if (dash && dash > name && strlen(dash) == 9 && strspn(dash + 1, "0123456789abcdef") == 8)
        return g_strndup(name, (gsize)(dash - name));
    return g_strdup(name);
}

static gboolean
look_into(Catalog *catalog,
          const CatalogNamespace *home,
          const char *directory,
          GPtrArray *findings,
          GError **error)
{
    g_autofree char *place = g_strconcat(directory, "/metadata", NULL);
    g_autoptr(GPtrArray) files =
        metadata_directory_read(catalog, home->catalog, place, NULL, error);
    g_autofree char *name = NULL;
    const MetadataFile *last;
    CatalogFinding *finding;
    gboolean is_shared = TRUE;

    if (!files)
        return FALSE;
    /* Whether a table is there is the dearer question: it looks at all of them. */
    if (files->len == 0)
        return TRUE;
    if (!store_table_place_is_shared(catalog->store, -1, directory, &is_shared, error))
        return FALSE;
    last = files->pdata[0];
    if (is_shared || last->modified_ms > catalog_now_ms() - FSCK_YOUNG_MS)
        return TRUE;
    name = name_of_directory(directory);
    finding = catalog_finding_new(CATALOG_FINDING_TABLE_LOST, home->name, name, directory);
    finding->target = g_strdup(last->location);
    finding->bytes = last->bytes;
    finding->modified_ms = last->modified_ms;
    finding->sentence = g_strdup_printf(
        "No table names this directory, which holds %u metadata file(s): dropped without purge, or "
        "lost with a newer state of the database",
        files->len);
    g_ptr_array_add(findings, finding);
    return TRUE;
}

gboolean
catalog_fsck_lost(Catalog *catalog,
                  const CatalogNamespace *home,
                  GPtrArray *findings,
                  GError **error)
{
    g_autoptr(GPtrArray) directories = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, home->catalog, error);

    if (!warehouse)
        return FALSE;
    if (!home->location || !warehouse_location_is_served(warehouse, home->location))
        return TRUE;
    if (!warehouse_directory_list(warehouse, home->location, take_directory, directories, error))
        return FALSE;
    for (guint i = 0; i < directories->len; i++) {
        if (!look_into(catalog, home, directories->pdata[i], findings, error))
            return FALSE;
    }
    return TRUE;
}
