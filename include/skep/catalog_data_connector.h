/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of data connectors, beside skep/catalog.h and with its conventions. Names have no
 * catalog and are folded here. Implemented in server/catalog/data_connector.c; caller: the Thrift
 * door. */
#pragma once

#include "skep/catalog.h"
#include "skep/data_connector_types.h"

/* Sets the time of creation, and the caller as owner where there is none. ALREADY_EXISTS,
 * INVALID_OBJECT, TOO_LARGE. */
gboolean catalog_data_connector_create(Catalog *catalog,
                                       const CatalogCaller *caller,
                                       const CatalogDataConnector *wanted,
                                       GError **error);
/* NO_SUCH_OBJECT. */
CatalogDataConnector *
catalog_data_connector_find(Catalog *catalog, const char *name, GError **error);
/* Names (char*), sorted. */
GPtrArray *catalog_data_connector_list(Catalog *catalog, GError **error);
/* Everything but the name and the time of creation becomes that of `wanted`; what is absent there
 * stays. NO_SUCH_OBJECT, INVALID_OBJECT, TOO_LARGE. */
gboolean catalog_data_connector_alter(Catalog *catalog,
                                      const char *name,
                                      const CatalogDataConnector *wanted,
                                      GError **error);
/* NO_SUCH_OBJECT, unless if_exists. */
gboolean
catalog_data_connector_drop(Catalog *catalog, const char *name, gboolean if_exists, GError **error);
