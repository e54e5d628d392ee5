/* SPDX-License-Identifier: Apache-2.0 */
/* User-defined functions in Iceberg's form: a metadata document under a name, which engines read in
 * their own dialect. Not the functions of HMS clients (catalog_function.h), which are Java classes
 * and have no such document. Implemented in server/catalog/udf.c; conventions are those of
 * catalog.h. Caller: the REST door. */
#pragma once

#include "skep/catalog.h"

/* A longer document is refused. */
#define CATALOG_UDF_BYTES_MAX (1024 * 1024)

/* Keeps a document under a name that is free; with `replace` also as the next state of the function
 * that has the name. INVALID_ARGUMENT (no sound document), NO_SUCH_NAMESPACE, ALREADY_EXISTS,
 * INVALID_OPERATION (the function of this name has another uuid), TOO_LARGE. */
gboolean catalog_udf_put(Catalog *catalog,
                         const char *catalog_name,
                         const char *namespace_name,
                         const char *name,
                         const cJSON *metadata,
                         gboolean replace,
                         GError **error);
/* The document's text. NO_SUCH_NAMESPACE, NO_SUCH_FUNCTION. Transfer full. */
char *catalog_udf_load(Catalog *catalog,
                       const char *catalog_name,
                       const char *namespace_name,
                       const char *name,
                       GError **error);
/* Names (char*), sorted; a missing namespace has none. */
GPtrArray *catalog_udf_list(Catalog *catalog,
                            const char *catalog_name,
                            const char *namespace_name,
                            const CatalogPage *page,
                            char **out_next_token,
                            GError **error);
/* NO_SUCH_NAMESPACE, NO_SUCH_FUNCTION. */
gboolean catalog_udf_drop(Catalog *catalog,
                          const char *catalog_name,
                          const char *namespace_name,
                          const char *name,
                          GError **error);
