/* SPDX-License-Identifier: Apache-2.0 */
/* Writes of namespaces whose outcome is found out when the connection to PostgreSQL breaks. Errors
 * are the store's. Caller: namespace.c. */
#pragma once

#include "catalog/catalog_private.h"

/* Sets made->id. `parent` is NULL for a top-level one. */
gboolean catalog_namespace_write_new(Catalog *catalog,
                                     CatalogNamespace *made,
                                     const char *parent,
                                     GError **error);
/* *out_replaced is FALSE when somebody else was first; INTERNAL when that can no longer be told. */
gboolean catalog_namespace_write_changed(Catalog *catalog,
                                         const CatalogNamespace *before,
                                         const CatalogNamespace *after,
                                         gboolean *out_replaced,
                                         GError **error);
