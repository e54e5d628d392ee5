/* SPDX-License-Identifier: Apache-2.0 */
/* Hive 4's rule that managed tables which are not transactional become external ones that own their
 * data, and what a client must be able to do for a table of a kind. In force in the default catalog
 * while translate_managed_tables is on. Caller: the Thrift door. Implemented in
 * server/catalog/table_translation.c; any thread. */
#pragma once

#include "skep/catalog.h"

/* What the client of a request can do, in Hive's words (EXTREAD, HIVEFULLACIDWRITE, ...); NULL or
 * NULL-terminated. */
typedef const char *const *CatalogCapabilities;

/* The table that a create of `wanted` makes: a changed copy, or the same. Without translation, and
 * in other catalogs, a plain copy. INVALID_ARGUMENT: a transactional table from a client that does
 * not say that it can write one. Transfer full. */
CatalogTable *catalog_table_translate(Catalog *catalog,
                                      const CatalogTable *wanted,
                                      CatalogCapabilities capabilities,
                                      GError **error);

typedef enum {
    CATALOG_ACCESS_UNKNOWN = 0, /* the client did not say what it can do */
    CATALOG_ACCESS_NONE = 1,
    CATALOG_ACCESS_READ = 2,
    CATALOG_ACCESS_READ_WRITE = 8
} CatalogAccess;
/* What such a client may do with a table. */
CatalogAccess
catalog_table_access(Catalog *catalog, const CatalogTable *table, CatalogCapabilities capabilities);
/* How the table would be made: catalog_table_translate with its place filled in; nothing is stored.
 * NO_SUCH_NAMESPACE, and the errors of a create. Transfer full. */
CatalogTable *catalog_table_create_dry(Catalog *catalog,
                                       const CatalogTable *wanted,
                                       CatalogCapabilities capabilities,
                                       GError **error);
