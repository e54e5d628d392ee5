/* SPDX-License-Identifier: Apache-2.0 */
/* Warehouses: where a catalog's files are, and how their object store is reached. Every catalog has
 * one; catalogs without a row of their own (the default one, and those that an HMS client made)
 * share the one of the server's settings, which is changed there and not here. Callers: the REST
 * door, skepctl through it. Implemented in server/catalog/warehouse.c; any thread. */
#pragma once

#include "skep/catalog.h"
#include "skep/storage_types.h"

typedef struct {
    char *name; /* the catalog's */
    char *description;
    char *location;
    GStrv allowed_prefixes;  /* in addition to location; never NULL */
    StorageProfile *storage; /* never with its secrets; NULL: a directory */
    gboolean has_secret;     /* there is a secret access key */
    gboolean is_own;         /* FALSE: the server's, from the settings */
    gint64 version;          /* grows with every change; 0 unless is_own */
} CatalogWarehouse;

void catalog_warehouse_free(CatalogWarehouse *warehouse);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogWarehouse, catalog_warehouse_free)

/* CatalogWarehouse*, by name. */
GPtrArray *catalog_warehouse_list(Catalog *catalog, GError **error);
CatalogWarehouse *catalog_warehouse_find(Catalog *catalog, const char *name, GError **error);

/* `wanted`: name, location, and optionally description, allowed-prefixes (strings) and storage
 * (storage_json.h; needed for s3: locations, refused for others). Makes the catalog with its
 * `default` namespace. Before it is stored it is tried, unless skip_check: UNPROCESSABLE, with each
 * step that failed. INVALID_ARGUMENT: a member; INVALID_OPERATION: secrets, and no
 * secrets_key_file; FORBIDDEN: a directory outside what the settings allow, or a place in an object
 * store that is another warehouse's; ALREADY_EXISTS. Returns what was stored. */
CatalogWarehouse *catalog_warehouse_create(Catalog *catalog,
                                           const CatalogCaller *caller,
                                           const cJSON *wanted,
                                           gboolean skip_check,
                                           GError **error);
/* `change`: any of the members above but the name; those of `storage` one by one. Null sets a
 * member back. Secrets stay when nothing is said of them, and are sealed again with the present
 * key. INVALID_OPERATION: it is the server's own. */
CatalogWarehouse *catalog_warehouse_alter(
    Catalog *catalog, const char *name, const cJSON *change, gboolean skip_check, GError **error);

/* What was tried, and what came of it. */
typedef struct {
    const char *step; /* write, read, list, delete, keys */
    char *problem;    /* NULL: none */
} CatalogWarehouseStep;
/* Writes, reads, lists and deletes a small file below the root; where clients are given keys, tries
 * that those for one table are none for its sibling. CatalogWarehouseStep*; steps that
 * hang on one that failed are not there. */
GPtrArray *catalog_warehouse_check(Catalog *catalog, const char *name, GError **error);
