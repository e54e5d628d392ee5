/* SPDX-License-Identifier: Apache-2.0 */
/* Which warehouse a catalog's files are in, and the catalog's way to them: each function names the
 * catalog whose warehouse is meant, and is otherwise the function of skep/warehouse.h that has its
 * name. No warehouse is kept over calls, so that a change of one holds for the next call.
 * Implemented in warehouses.c (which one) and place.c (the way). Nothing outside server/catalog/
 * includes it. */
#pragma once

#include "skep/store_warehouse.h"
#include "skep/warehouse.h"

#include "catalog_private.h"

/* Borrows all; `home` is the warehouse of the settings, that of every catalog without one of its
 * own. secrets may be NULL. */
Warehouses *
warehouses_new(Store *store, Warehouse *home, const SecretKeys *secrets, gsize file_bytes_max);
void warehouses_free(Warehouses *warehouses);
/* The next call for this catalog looks again. */
void warehouses_forget(Warehouses *warehouses, const char *catalog_name);

/* The warehouse of a row that is_own, opened: also one that is not stored yet. FORBIDDEN: a
 * directory outside what the settings allow. */
Warehouse *warehouses_open(const Warehouses *warehouses, const StoreWarehouse *row, GError **error);
/* The profile of such a row, its secrets opened; *out_profile NULL for a directory. UNAVAILABLE:
 * the key that sealed them is not there. */
gboolean warehouses_read_profile(const Warehouses *warehouses,
                                 const StoreWarehouse *row,
                                 StorageProfile **out_profile,
                                 GError **error);

/* A reference that ends with warehouse_close. `catalog_name` is folded; a catalog that is not there
 * has the server's own warehouse, and whatever is done there fails for want of the catalog. */
Warehouse *catalog_warehouse(Catalog *catalog, const char *catalog_name, GError **error);

/* --- locations --- */

gboolean catalog_place_check(Catalog *catalog,
                             const char *catalog_name,
                             const char *location,
                             GError **error);
gboolean catalog_place_is_served(Catalog *catalog, const char *catalog_name, const char *location);
/* Served, and of a file system: its directories can be asked for, counted and renamed at no cost.
 * An object store has none: there data keep their place when a table or partition is renamed. */
gboolean
catalog_place_is_directory(Catalog *catalog, const char *catalog_name, const char *location);
/* Such a directory inside the warehouse: what lies elsewhere is read, but never moved. */
gboolean catalog_place_is_movable(Catalog *catalog, const char *catalog_name, const char *location);

/* --- files --- */

GBytes *
catalog_file_read(Catalog *catalog, const char *catalog_name, const char *location, GError **error);
gboolean catalog_file_exists(Catalog *catalog,
                             const char *catalog_name,
                             const char *location,
                             gboolean *out_exists,
                             GError **error);
gboolean catalog_file_delete(Catalog *catalog,
                             const char *catalog_name,
                             const char *location,
                             GError **error);

/* --- directories --- */

gboolean catalog_directory_make(Catalog *catalog,
                                const char *catalog_name,
                                const char *location,
                                gboolean durable,
                                GError **error);
gboolean catalog_directory_may_go(Catalog *catalog,
                                  const char *catalog_name,
                                  const char *location,
                                  gboolean *out_may,
                                  GError **error);
gboolean catalog_directory_empty(Catalog *catalog,
                                 const char *catalog_name,
                                 const char *location,
                                 gboolean purge,
                                 GError **error);
gboolean catalog_directory_remove_empty(Catalog *catalog,
                                        const char *catalog_name,
                                        const char *location,
                                        GError **error);
/* Both places are in the warehouse of one catalog. */
gboolean catalog_directory_move(
    Catalog *catalog, const char *catalog_name, const char *from, const char *to, GError **error);
gboolean catalog_directory_usage(Catalog *catalog,
                                 const char *catalog_name,
                                 const char *location,
                                 WarehouseUsage *out_usage,
                                 GError **error);
