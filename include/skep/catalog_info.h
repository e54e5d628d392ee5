/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogs made, changed and dropped; a warehouse of the REST door is the same thing. Reading them
 * is in catalog.h. Callers: the doors. Implemented in server/catalog/catalog_info.c; any thread. */
#pragma once

#include "skep/catalog.h"

/* Makes the catalog, its directory, and in it a `default` namespace of the caller's that lives at
 * the catalog's location. INVALID_OBJECT (name, no location), ALREADY_EXISTS, FORBIDDEN (location).
 */
gboolean catalog_info_create(Catalog *catalog,
                             const CatalogCaller *caller,
                             const CatalogInfo *wanted,
                             GError **error);
/* Description, location and parameters become those of `wanted`; no data moves. A name in `wanted`
 * must be the catalog's own: INVALID_OPERATION. NO_SUCH_CATALOG, FORBIDDEN (location). */
gboolean catalog_info_alter(Catalog *catalog,
                            const char *catalog_name,
                            const CatalogInfo *wanted,
                            GError **error);
/* Drops a catalog that holds nothing but an empty `default` namespace, and the directories of both
 * where nothing is in them. The default catalog: INVALID_ARGUMENT. NO_SUCH_CATALOG;
 * INVALID_OPERATION: other namespaces; NAMESPACE_NOT_EMPTY: something in the default one. */
gboolean catalog_info_drop(Catalog *catalog, const char *catalog_name, GError **error);
