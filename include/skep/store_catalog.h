/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogs in PostgreSQL. Names are folded and checked already. Only server/catalog/ calls this;
 * any thread may. */
#pragma once

#include <glib.h>

#include "skep/catalog_types.h"
#include "skep/store.h"

/* Makes the catalog and its default namespace where they are missing; leaves them alone where they
 * are there. */
gboolean store_catalog_seed(Store *store,
                            const CatalogInfo *info,
                            const CatalogNamespace *default_namespace,
                            GError **error);
/* CatalogInfo*, by name. */
GPtrArray *store_catalog_list(Store *store, GError **error);
/* TRUE with *out_info NULL when there is none. */
gboolean store_catalog_find(Store *store, const char *name, CatalogInfo **out_info, GError **error);
/* Text of the random uuid that this database was given when it was made. Transfer full. */
char *store_database_uuid(Store *store, GError **error);
/* Stores a catalog together with its default namespace. ALREADY_EXISTS. */
gboolean store_catalog_create(Store *store,
                              const CatalogInfo *info,
                              const CatalogNamespace *default_namespace,
                              GError **error);
/* Writes description, location and parameters over the row of info->name. TRUE with *out_replaced
 * FALSE when there is none. */
gboolean store_catalog_replace(Store *store,
                               const CatalogInfo *info,
                               gboolean *out_replaced,
                               GError **error);
/* Drops a catalog that holds nothing but an empty default namespace. INVALID_OPERATION: it has more
 * namespaces; NAMESPACE_NOT_EMPTY: the default one has something. TRUE with *out_dropped FALSE when
 * there is no such catalog. *out_locations (char*): those of the namespace and of the catalog. */
gboolean store_catalog_drop(Store *store,
                            const char *name,
                            const char *default_namespace_name,
                            gboolean *out_dropped,
                            GPtrArray **out_locations,
                            GError **error);
