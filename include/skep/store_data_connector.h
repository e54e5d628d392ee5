/* SPDX-License-Identifier: Apache-2.0 */
/* Data connectors in PostgreSQL. Names are folded already. Only server/catalog/ calls this; any
 * thread may. */
#pragma once

#include "skep/data_connector_types.h"
#include "skep/store.h"

/* ALREADY_EXISTS. */
gboolean
store_data_connector_create(Store *store, const CatalogDataConnector *connector, GError **error);
/* CatalogDataConnector* by name; name NULL: all. */
GPtrArray *store_data_connector_list(Store *store, const char *name, GError **error);
/* Members that are NULL stay. *out_changed FALSE: there is none. */
gboolean store_data_connector_alter(Store *store,
                                    const char *name,
                                    const CatalogDataConnector *after,
                                    gboolean *out_changed,
                                    GError **error);
gboolean
store_data_connector_drop(Store *store, const char *name, gboolean *out_dropped, GError **error);
