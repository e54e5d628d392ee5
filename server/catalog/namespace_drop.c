/* SPDX-License-Identifier: Apache-2.0 */
/* What a drop of a namespace takes along, in the store and on disk. Callers: both doors. */
#include "catalog_private.h"

#include <string.h>

#include "skep/store_namespace.h"

#include "outcome.h"
#include "warehouses.h"

static gboolean
goes_along(const StoreDroppedTable *table)
{
    return table->kind != CATALOG_KIND_ICEBERG_VIEW &&
           (g_strcmp0(table->hms_type, "EXTERNAL_TABLE") != 0 || table->purge);
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

        if (table->location && goes_along(table) && !table->by_task)
            catalog_discard(catalog, dropped->catalog, table->location, table->auto_purge);
    }
    for (guint i = 0; i < locations->len; i++)
        remove_place(catalog, dropped->catalog, locations->pdata[i], tables);
    if (!warehouse_location_equal(managed, dropped->location))
        remove_place(catalog, dropped->catalog, managed, tables);
}

typedef struct {
    const CatalogNamespace *found;
    StoreNamespaceDrop what;
    GPtrArray *tables;
    GPtrArray *locations;
} Drop;

static StoreNamespaceDrop
describe_drop(Catalog *catalog,
              const CatalogNamespace *found,
              gboolean delete_data,
              gboolean cascade)
{
    g_autofree char *managed = catalog_namespace_managed_root(catalog, found);

    return (StoreNamespaceDrop){
        .cascade = cascade,
        .delete_data = delete_data,
        .task_objects = !warehouse_location_is_file(managed) &&
                        catalog_place_is_served(catalog, found->catalog, managed),
        .keep_ms = catalog->options.undrop_retention_s * 1000,
    };
}

/* The same drop: a namespace that is gone is dropped, and so is one whose drop took the request's
 * idempotency key. Of one that went with the lost answer nobody knows what lay in it, so that its
 * data stay. */
static gboolean
drop_again(Catalog *catalog, gpointer data, GError **error)
{
    Drop *drop = data;
    g_autoptr(GError) failure = NULL;
    gboolean dropped;

    if (store_namespace_drop(catalog->store, drop->found, &drop->what, &dropped, &drop->tables,
                             &drop->locations, &failure))
        return TRUE;
    if (skep_error_fact(failure) == SKEP_ERROR_KEY_TAKEN) {
        drop->tables = g_ptr_array_new();
        drop->locations = catalog_strings_new();
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
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
    Drop drop = {.found = found};
    g_autoptr(GError) failure = NULL;
    g_autofree char *dotted = NULL;
    gboolean dropped = FALSE;
    gboolean is_known;

    if (!found)
        return FALSE;
    dotted = catalog_name_dotted(found->name, NULL);
    if (strcmp(found->name, CATALOG_DEFAULT_NAMESPACE) == 0 &&
        strcmp(found->catalog, CATALOG_DEFAULT_NAME) == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, dotted,
                         "Can not drop default database in catalog %s", found->catalog);
    drop.what = describe_drop(catalog, found, delete_data, cascade);
    is_known = store_namespace_drop(catalog->store, found, &drop.what, &dropped, &drop.tables,
                                    &drop.locations, &failure);
    if (!is_known && catalog_outcome_settle(catalog, drop_again, &drop, &failure))
        is_known = dropped = TRUE;
    if (!is_known) {
        if (skep_error_fact(failure) == SKEP_ERROR_NAMESPACE_NOT_EMPTY)
            return skep_fail(error, SKEP_ERROR_NAMESPACE_NOT_EMPTY, dotted,
                             "Namespace %s is not empty. %s", dotted, failure->message);
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (dropped && delete_data)
        remove_data(catalog, found, drop.tables, drop.locations);
    g_ptr_array_unref(drop.tables);
    g_ptr_array_unref(drop.locations);
    return dropped || catalog_fail_no_namespace(error, found->name);
}
