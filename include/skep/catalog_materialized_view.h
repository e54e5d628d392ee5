/* SPDX-License-Identifier: Apache-2.0 */
/* The tables that materialized views were made from: noted with a new view and at a rebuild,
 * counted by transactions, and asked for when a query could read the view instead. A table that a
 * view reads cannot be dropped alone. Caller: the Thrift door. Implemented in server/catalog/; any
 * thread. */
#pragma once

#include "skep/catalog.h"
#include "skep/materialization_types.h"

/* A view was rebuilt. NO_SUCH_TABLE: no such materialized view, or one of the tables is not there;
 * TOO_LARGE. */
gboolean catalog_materialized_view_update(Catalog *catalog,
                                          const char *catalog_name,
                                          const char *namespace_name,
                                          const char *name,
                                          const CatalogMaterialization *materialization,
                                          GError **error);
/* Adds to what transactions have changed in a table, for all views that read it; nothing when none
 * does. INVALID_ARGUMENT: less than nothing. */
gboolean catalog_materialized_view_count(Catalog *catalog,
                                         gint64 table_id,
                                         gint64 inserted,
                                         gint64 updated,
                                         gint64 deleted,
                                         GError **error);

typedef struct {
    gboolean is_changed;   /* rows that the view shows were updated or deleted, or may have been */
    gboolean is_compacted; /* so that row numbers mean something else */
} CatalogMaterializationState;
/* What became of a view's tables since its own snapshot (materialization->valid_transactions), as
 * the reader's snapshot of transactions (NULL: the present) sees it. `catalog_name`: of all tables.
 * INVALID_OPERATION: it names no table or has no snapshot. */
gboolean catalog_materialized_view_compare(Catalog *catalog,
                                           const char *catalog_name,
                                           const CatalogMaterialization *materialization,
                                           const char *snapshot,
                                           CatalogMaterializationState *out_state,
                                           GError **error);
