/* SPDX-License-Identifier: Apache-2.0 */
/* HPL/SQL procedures and packages in PostgreSQL. Names are folded already. Only server/catalog/
 * calls this; any thread may. */
#pragma once

#include "skep/procedure_types.h"
#include "skep/store.h"

/* Makes or replaces. NO_SUCH_NAMESPACE. */
gboolean store_procedure_put(Store *store, const CatalogProcedure *procedure, GError **error);
gboolean store_package_put(Store *store, const CatalogPackage *package, GError **error);
/* *out_procedure and *out_package NULL: there is none. */
gboolean store_procedure_find(Store *store,
                              const char *catalog_name,
                              const char *namespace_name,
                              const char *name,
                              CatalogProcedure **out_procedure,
                              GError **error);
gboolean store_package_find(Store *store,
                            const char *catalog_name,
                            const char *namespace_name,
                            const char *name,
                            CatalogPackage **out_package,
                            GError **error);
/* Names (char*), sorted; namespace_name NULL: of all. */
GPtrArray *store_procedure_names(Store *store,
                                 CatalogProcedureKind kind,
                                 const char *catalog_name,
                                 const char *namespace_name,
                                 GError **error);
gboolean store_procedure_drop(Store *store,
                              CatalogProcedureKind kind,
                              const char *catalog_name,
                              const char *namespace_name,
                              const char *name,
                              GError **error);
