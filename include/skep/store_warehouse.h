/* SPDX-License-Identifier: Apache-2.0 */
/* Warehouses of catalogs in PostgreSQL. What the members mean and how secrets are sealed, the
 * catalog knows. Only server/catalog/ calls this; any thread may. */
#pragma once

#include <glib.h>

#include "skep/catalog_types.h"
#include "skep/store.h"

typedef struct {
    gint64 catalog_id;
    char *catalog_name;
    char *description;
    char *location;
    gboolean is_own; /* FALSE: the catalog has none of its own; what follows is not set */
    gint64 version;
    GStrv allowed_prefixes;
    char *storage_json;     /* NULL: a directory */
    char *key_id;           /* NULL: no secrets */
    GBytes *sealed_secrets; /* NULL with key_id */
} StoreWarehouse;

StoreWarehouse *store_warehouse_new(void);
void store_warehouse_free(StoreWarehouse *warehouse);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreWarehouse, store_warehouse_free)

/* TRUE with *out_warehouse NULL: there is no such catalog. */
gboolean store_warehouse_find(Store *store,
                              const char *catalog_name,
                              StoreWarehouse **out_warehouse,
                              GError **error);
/* Of every catalog, by name. StoreWarehouse*. */
GPtrArray *store_warehouse_list(Store *store, GError **error);

/* May a warehouse be what it is to be beside `all` that there are (StoreWarehouse*)? Asked within
 * the transaction that writes it, while nobody else makes or changes one; may be asked again. */
typedef gboolean (*StoreWarehouseFits)(const GPtrArray *all, gpointer data, GError **error);

/* A catalog with its default namespace and a warehouse of its own. fits NULL: nobody is asked.
 * ALREADY_EXISTS, or what `fits` says. */
gboolean store_warehouse_create(Store *store,
                                const StoreWarehouse *warehouse,
                                gint32 create_time_s,
                                const CatalogNamespace *default_namespace,
                                StoreWarehouseFits fits,
                                gpointer data,
                                GError **error);
/* Writes everything but the names over the row of warehouse->catalog_id that still has
 * warehouse->version. TRUE with *out_replaced FALSE: it has another by now, or is gone. */
gboolean store_warehouse_replace(Store *store,
                                 const StoreWarehouse *warehouse,
                                 StoreWarehouseFits fits,
                                 gpointer data,
                                 gboolean *out_replaced,
                                 GError **error);
