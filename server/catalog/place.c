/* SPDX-License-Identifier: Apache-2.0 */
/* The catalog's way to files and directories, each in the warehouse of the catalog that is named.
 * See warehouses.h. */
#include "warehouses.h"

gboolean
catalog_place_is_served(Catalog *catalog, const char *catalog_name, const char *location)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, NULL);

    return warehouse && warehouse_location_is_served(warehouse, location);
}

gboolean
catalog_place_is_directory(Catalog *catalog, const char *catalog_name, const char *location)
{
    return warehouse_location_is_file(location) &&
           catalog_place_is_served(catalog, catalog_name, location);
}

gboolean
catalog_place_is_movable(Catalog *catalog, const char *catalog_name, const char *location)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, NULL);

    return warehouse && warehouse_location_is_file(location) &&
           warehouse_location_is_inside(warehouse, location);
}

GBytes *
catalog_file_read(Catalog *catalog, const char *catalog_name, const char *location, GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);

    return warehouse ? warehouse_file_read(warehouse, location, error) : NULL;
}

gboolean
catalog_place_check(Catalog *catalog,
                    const char *catalog_name,
                    const char *location,
                    GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);

    return warehouse && warehouse_location_check(warehouse, location, error);
}

gboolean
catalog_file_exists(Catalog *catalog,
                    const char *catalog_name,
                    const char *location,
                    gboolean *out_exists,
                    GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);

    return warehouse && warehouse_file_exists(warehouse, location, out_exists, error);
}

gboolean
catalog_file_delete(Catalog *catalog,
                    const char *catalog_name,
                    const char *location,
                    GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);

    return warehouse && warehouse_file_delete(warehouse, location, error);
}

gboolean
catalog_directory_make(Catalog *catalog,
                       const char *catalog_name,
                       const char *location,
                       gboolean durable,
                       GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);

    return warehouse && warehouse_directory_make(warehouse, location, durable, error);
}

gboolean
catalog_directory_may_go(Catalog *catalog,
                         const char *catalog_name,
                         const char *location,
                         gboolean *out_may,
                         GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);

    return warehouse && warehouse_directory_may_go(warehouse, location, out_may, error);
}

gboolean
catalog_directory_empty(Catalog *catalog,
                        const char *catalog_name,
                        const char *location,
                        gboolean purge,
                        GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);

    return warehouse && warehouse_directory_empty(warehouse, location, purge, error);
}

gboolean
catalog_directory_remove_empty(Catalog *catalog,
                               const char *catalog_name,
                               const char *location,
                               GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);

    return warehouse && warehouse_directory_remove_empty(warehouse, location, error);
}

gboolean
catalog_directory_move(
    Catalog *catalog, const char *catalog_name, const char *from, const char *to, GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);

    return warehouse && warehouse_directory_move(warehouse, from, to, error);
}

gboolean
catalog_directory_usage(Catalog *catalog,
                        const char *catalog_name,
                        const char *location,
                        WarehouseUsage *out_usage,
                        GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);

    return warehouse && warehouse_directory_usage(warehouse, location, out_usage, error);
}
