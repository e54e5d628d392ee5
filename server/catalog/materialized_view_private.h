/* SPDX-License-Identifier: Apache-2.0 */
/* What table.c asks of materialized views. Implemented in materialized_view.c. */
#pragma once

#include "catalog_private.h"

/* Of a new table: sources are looked up in its own catalog and get their ids; what is not a
 * materialized view loses them. NO_SUCH_TABLE, TOO_LARGE. */
gboolean catalog_materialized_view_settle(Catalog *catalog, CatalogTable *made, GError **error);
/* Of tables (CatalogTable*) as they were read: fills in the tables that views read, as they are
 * now. Asks nothing when none is a view with sources. */
gboolean catalog_materialized_view_load(Catalog *catalog,
                                        CatalogTable *const *tables,
                                        guint n_tables,
                                        GError **error);
/* INVALID_OPERATION while a view reads it. */
gboolean
catalog_materialized_view_check_unread(Catalog *catalog, const CatalogTable *table, GError **error);
