/* SPDX-License-Identifier: Apache-2.0 */
/* What a drop of a namespace takes along, in the store and on disk. Callers: both doors. */
#include "catalog_private.h"

#include <string.h>

#include "skep/store_namespace.h"
#include "warehouses.h"

static gboolean
goes_along(const StoreDroppedTable *table)
{
    return g_strcmp0(table->hms_type, "EXTERNAL_TABLE") != 0 || table->purge;
}

/* Whether data that stay are below a namespace's directory: those of external tables that went with
 * it, and whatever the store still knows there. In doubt, they are. */
static gboolean
holds_what_stays(Catalog *catalog, const char *location, const GPtrArray *tables)
{
    gboolean used = TRUE;

    for (guint i = 0; i < tables->len; i++) {
        const StoreDroppedTable *table = tables->pdata[i];

        if (table->location && !goes_along(table) &&
            warehouse_location_is_under(table->location, location))
            return TRUE;
    }
    return !store_namespace_place_is_used(catalog->store, location, &used, NULL) || used;
}

static void
remove_place(Catalog *catalog,
             const char *catalog_name,
             const char *location,
             const GPtrArray *tables)
{
    gboolean exists = FALSE;

    catalog_directory_remove_empty(catalog, catalog_name, location, NULL);
    if (catalog_place_is_directory(catalog, catalog_name, location) &&
        catalog_file_exists(catalog, catalog_name, location, &exists, NULL) && exists &&
        !holds_what_stays(catalog, location, tables))
        catalog_discard(catalog, catalog_name, location, FALSE);
}

/* The rows are gone for good: a directory that cannot be removed is left behind, not reported as a
 * drop that failed. */
static void
remove_data(Catalog *catalog,
            const CatalogNamespace *dropped,
            const GPtrArray *tables,
            const GPtrArray *locations)
{
    g_autofree char *managed = catalog_namespace_managed_root(catalog, dropped);

    for (guint i = 0; i < tables->len; i++) {
        const StoreDroppedTable *table = tables->pdata[i];

        if (table->location && goes_along(table))
            catalog_discard(catalog, dropped->catalog, table->location, table->auto_purge);
    }
    for (guint i = 0; i < locations->len; i++)
        remove_place(catalog, dropped->catalog, locations->pdata[i], tables);
    if (!warehouse_location_equal(managed, dropped->location))
        remove_place(catalog, dropped->catalog, managed, tables);
}

gboolean
catalog_namespace_drop(Catalog *catalog,
                       const char *catalog_name,
                       const char *name,
                       gboolean delete_data,
                       gboolean cascade,
                       GError **error)
{
    g_autoptr(CatalogNamespace) found = catalog_namespace_find(catalog, catalog_name, name, error);
    g_autoptr(GPtrArray) tables = NULL;
    g_autoptr(GPtrArray) locations = NULL;
    g_autoptr(GError) failure = NULL;
    g_autofree char *dotted = NULL;
    gboolean dropped;

    if (!found)
        return FALSE;
    dotted = catalog_name_dotted(found->name, NULL);
    if (strcmp(found->name, CATALOG_DEFAULT_NAMESPACE) == 0 &&
        strcmp(found->catalog, CATALOG_DEFAULT_NAME) == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, dotted,
                         "Can not drop default database in catalog %s", found->catalog);
    if (!store_namespace_drop(catalog->store, found, cascade, &dropped, &tables, &locations,
                              &failure)) {
        if (skep_error_fact(failure) == SKEP_ERROR_NAMESPACE_NOT_EMPTY)
            return skep_fail(error, SKEP_ERROR_NAMESPACE_NOT_EMPTY, dotted,
                             "Namespace %s is not empty. %s", dotted, failure->message);
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (!dropped)
        return catalog_fail_no_namespace(error, found->name);
    if (delete_data)
        remove_data(catalog, found, tables, locations);
    return TRUE;
}
