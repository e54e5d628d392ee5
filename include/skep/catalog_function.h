/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of functions, beside skep/catalog.h and with its conventions: names are folded here,
 * catalog_name NULL means the default catalog, any worker thread may call. The catalog keeps
 * functions and never runs them. Implemented in server/catalog/function.c; caller: the Thrift door.
 */
#pragma once

#include "skep/catalog.h"
#include "skep/function_types.h"

/* A name of letters, digits and '_', and a class are required; the time of creation is set here.
 * INVALID_OBJECT, NO_SUCH_NAMESPACE, ALREADY_EXISTS. */
gboolean catalog_function_create(Catalog *catalog, const CatalogFunction *wanted, GError **error);
/* NO_SUCH_OBJECT, also when there is no such namespace. */
CatalogFunction *catalog_function_find(Catalog *catalog,
                                       const char *catalog_name,
                                       const char *namespace_name,
                                       const char *name,
                                       GError **error);
/* CatalogFunction*, by namespace and name. namespace_name NULL: of all namespaces; pattern: a Hive
 * pattern, NULL: all. A missing namespace gives an empty list. */
GPtrArray *catalog_function_list(Catalog *catalog,
                                 const char *catalog_name,
                                 const char *namespace_name,
                                 const char *pattern,
                                 GError **error);
/* Everything but the time of creation becomes that of `wanted`, name and namespace included; both
 * stay in their catalog. NO_SUCH_OBJECT, NO_SUCH_NAMESPACE (the new one), ALREADY_EXISTS,
 * INVALID_OBJECT. */
gboolean catalog_function_alter(Catalog *catalog,
                                const char *catalog_name,
                                const char *namespace_name,
                                const char *name,
                                const CatalogFunction *wanted,
                                GError **error);
/* NO_SUCH_OBJECT. */
gboolean catalog_function_drop(Catalog *catalog,
                               const char *catalog_name,
                               const char *namespace_name,
                               const char *name,
                               GError **error);
