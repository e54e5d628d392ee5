/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of HPL/SQL procedures and packages, beside skep/catalog.h and with its conventions:
 * names are folded here, catalog_name NULL means the default catalog. Creating one that is there
 * replaces it, as CREATE OR REPLACE does. Implemented in server/catalog/procedure.c; caller: the
 * Thrift door.
 */
#pragma once

#include "skep/catalog.h"
#include "skep/procedure_types.h"

/* NO_SUCH_NAMESPACE, INVALID_OBJECT, TOO_LARGE. */
gboolean catalog_procedure_put(Catalog *catalog, const CatalogProcedure *wanted, GError **error);
gboolean catalog_package_put(Catalog *catalog, const CatalogPackage *wanted, GError **error);
/* NO_SUCH_OBJECT. */
CatalogProcedure *catalog_procedure_find(Catalog *catalog,
                                         const char *catalog_name,
                                         const char *namespace_name,
                                         const char *name,
                                         GError **error);
CatalogPackage *catalog_package_find(Catalog *catalog,
                                     const char *catalog_name,
                                     const char *namespace_name,
                                     const char *name,
                                     GError **error);
/* Names (char*), sorted; namespace_name NULL: of all namespaces. */
GPtrArray *catalog_procedure_list(Catalog *catalog,
                                  CatalogProcedureKind kind,
                                  const char *catalog_name,
                                  const char *namespace_name,
                                  GError **error);
/* It is no error when there is none. */
gboolean catalog_procedure_drop(Catalog *catalog,
                                CatalogProcedureKind kind,
                                const char *catalog_name,
                                const char *namespace_name,
                                const char *name,
                                GError **error);
