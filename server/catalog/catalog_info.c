/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogs: listed, made, changed, dropped. Each has a `default` namespace from the start. Callers:
 * both doors, through catalog.h and catalog_info.h. */
#include "skep/catalog_info.h"

#include <string.h>

#include "skep/store_catalog.h"
#include "warehouses.h"

#include "catalog_private.h"

#define OWNER_USER 1

/* --- reading --- */

GPtrArray *
catalog_info_list(Catalog *catalog, GError **error)
{
    return store_catalog_list(catalog->store, error);
}

static gboolean
fail_no_catalog(GError **error, const char *name)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_CATALOG, name, "Catalog %s does not exist", name);
}

CatalogInfo *
catalog_info_find(Catalog *catalog, const char *catalog_name, GError **error)
{
    g_autofree char *name = catalog_name_fold_catalog(catalog_name, error);
    CatalogInfo *info;

    if (!name || !store_catalog_find(catalog->store, name, &info, error))
        return NULL;
    if (!info)
        fail_no_catalog(error, name);
    return info;
}

/* --- making --- */

static gboolean
check_members(Catalog *catalog, const CatalogInfo *info, GError **error)
{
    if (!info->location || *info->location == '\0')
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, info->name,
                         "You must specify a path for the catalog");
    if (info->description && !g_utf8_validate(info->description, -1, NULL))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, info->name,
                         "The description is not valid UTF-8");
    return catalog_place_check(catalog, info->name, info->location, error);
}

static CatalogNamespace *
first_namespace(const CatalogCaller *caller, const CatalogInfo *info)
{
    CatalogNamespace *first = catalog_namespace_new();

    first->name = g_strdup(CATALOG_DEFAULT_NAMESPACE);
    first->description = g_strdup_printf("Default database for catalog %s", info->name);
    first->location = warehouse_location_qualify(info->location);
    first->owner_name = g_strdup(caller && caller->user ? caller->user : g_get_user_name());
    first->owner_type = OWNER_USER;
    return first;
}

static gboolean
fail_exists(GError **error, const char *name)
{
    return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, name, "Catalog %s already exists", name);
}

static gboolean
make_directory(Catalog *catalog, const CatalogInfo *info, GError **error)
{
    g_autoptr(GError) failure = NULL;

    if (catalog_directory_make(catalog, info->name, info->location, TRUE, &failure))
        return TRUE;
    return skep_fail(error, skep_error_fact(failure), info->location,
                     "Unable to create catalog path %s: %s", info->location, failure->message);
}

static gboolean
store_new(Catalog *catalog, const CatalogInfo *made, const CatalogNamespace *first, GError **error)
{
    g_autoptr(GError) failure = NULL;
    SkepError fact;

    if (store_catalog_create(catalog->store, made, first, &failure))
        return TRUE;
    fact = skep_error_fact(failure);
    if (fact == SKEP_ERROR_ALREADY_EXISTS)
        return fail_exists(error, made->name);
    if (fact != SKEP_ERROR_COMMIT_STATE_UNKNOWN)
        catalog_directory_remove_empty(catalog, made->name, made->location, NULL);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

gboolean
catalog_info_create(Catalog *catalog,
                    const CatalogCaller *caller,
                    const CatalogInfo *wanted,
                    GError **error)
{
    g_autoptr(CatalogInfo) made = catalog_info_copy(wanted);
    g_autoptr(CatalogInfo) present = NULL;
    g_autoptr(CatalogNamespace) first = NULL;
    char *name = catalog_name_make_catalog(wanted->name, error);

    if (!name)
        return FALSE;
    g_free(made->name);
    made->name = name;
    made->create_time_s = catalog_now_s();
    if (!check_members(catalog, made, error) ||
        !store_catalog_find(catalog->store, name, &present, error))
        return FALSE;
    if (present)
        return fail_exists(error, name);
    if (!make_directory(catalog, made, error))
        return FALSE;
    first = first_namespace(caller, made);
    return store_new(catalog, made, first, error);
}

/* --- changing --- */

/* The location of a catalog with a warehouse of its own is the root of that, and changes with it
 * alone. */
static gboolean
check_place(Catalog *catalog,
            const CatalogInfo *present,
            const CatalogInfo *changed,
            GError **error)
{
    g_autoptr(StoreWarehouse) own = NULL;

    if (warehouse_location_equal(present->location, changed->location))
        return TRUE;
    if (!store_warehouse_find(catalog->store, present->name, &own, error))
        return FALSE;
    return !own || !own->is_own ||
           skep_fail(error, SKEP_ERROR_INVALID_OPERATION, present->name,
                     "Catalog %s has a warehouse of its own: its location is changed there "
                     "(skepctl warehouse alter)",
                     present->name);
}

gboolean
catalog_info_alter(Catalog *catalog,
                   const char *catalog_name,
                   const CatalogInfo *wanted,
                   GError **error)
{
    g_autofree char *name = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *new_name =
        name && wanted->name ? catalog_name_fold(wanted->name, error) : NULL;
    g_autoptr(CatalogInfo) changed = NULL;
    g_autoptr(CatalogInfo) present = NULL;
    gboolean replaced;

    if (!name || (wanted->name && !new_name) ||
        !store_catalog_find(catalog->store, name, &present, error))
        return FALSE;
    if (!present)
        return fail_no_catalog(error, name);
    if (new_name && strcmp(name, new_name) != 0)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, name,
                         "Cannot change a catalog's name");
    changed = catalog_info_copy(wanted);
    g_free(changed->name);
    changed->name = g_strdup(name);
    if (!check_place(catalog, present, changed, error) || !check_members(catalog, changed, error) ||
        !store_catalog_replace(catalog->store, changed, &replaced, error))
        return FALSE;
    return replaced || fail_no_catalog(error, name);
}

/* --- dropping --- */

/* The rows are gone: directories that hold anything, or that nobody may remove, stay. */
static void
remove_directories(Warehouse *warehouse, const CatalogInfo *info, const GPtrArray *locations)
{
    for (guint i = 0; i < locations->len; i++)
        warehouse_directory_remove_empty(warehouse, locations->pdata[i], NULL);
    warehouse_directory_remove_empty(warehouse, info->location, NULL);
}

gboolean
catalog_info_drop(Catalog *catalog, const char *catalog_name, GError **error)
{
    g_autoptr(CatalogInfo) info = catalog_info_find(catalog, catalog_name, error);
    g_autoptr(Warehouse) warehouse =
        info ? catalog_warehouse(catalog, info->name, error) : NULL; /* before the row goes */
    g_autoptr(GPtrArray) locations = NULL;
    g_autoptr(GError) failure = NULL;
    gboolean dropped;

    if (!warehouse)
        return FALSE;
    if (strcmp(info->name, CATALOG_DEFAULT_NAME) == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, info->name, "Can not drop %s catalog",
                         info->name);
    if (!store_catalog_drop(catalog->store, info->name, CATALOG_DEFAULT_NAMESPACE, &dropped,
                            &locations, &failure)) {
        if (skep_error_fact(failure) == SKEP_ERROR_INVALID_OPERATION)
            return skep_fail(
                error, SKEP_ERROR_INVALID_OPERATION, info->name,
                "There are non-default databases in the catalog %s so it cannot be dropped.",
                info->name);
        if (skep_error_fact(failure) == SKEP_ERROR_NAMESPACE_NOT_EMPTY)
            return skep_fail(error, SKEP_ERROR_NAMESPACE_NOT_EMPTY, info->name,
                             "Catalog %s cannot be dropped: its database %s is not empty. %s",
                             info->name, CATALOG_DEFAULT_NAMESPACE, failure->message);
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (!dropped)
        return fail_no_catalog(error, info->name);
    remove_directories(warehouse, info, locations);
    return TRUE;
}
