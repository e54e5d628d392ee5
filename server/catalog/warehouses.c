/* SPDX-License-Identifier: Apache-2.0 */
/* Which warehouse is whose. See warehouses.h. */
#include "warehouses.h"

struct Warehouses {
    Store *store;
    Warehouse *home;
};

Warehouses *
warehouses_new(Store *store, Warehouse *home)
{
    Warehouses *warehouses = g_new0(Warehouses, 1);

    warehouses->store = store;
    warehouses->home = home;
    return warehouses;
}

void
warehouses_free(Warehouses *warehouses)
{
    g_free(warehouses);
}

Warehouse *
catalog_warehouse(Catalog *catalog, const char *catalog_name, GError **error)
{
    (void)catalog_name;
    (void)error;
    return warehouse_ref(catalog->warehouses->home);
}
