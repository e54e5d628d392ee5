/* SPDX-License-Identifier: Apache-2.0 */
/* What is stored of materialized views beside their tables' rows. Errors as in store.h. Caller:
 * server/catalog/materialized_view.c. Implemented in server/store/materialized_view.c; any
 * thread. */
#pragma once

#include "skep/materialization_types.h"
#include "skep/store.h"

/* *out_found FALSE: no such materialized view. */
gboolean store_materialized_view_set(Store *store,
                                     const char *catalog_name,
                                     const char *namespace_name,
                                     const char *name,
                                     const CatalogMaterialization *materialization,
                                     gboolean *out_found,
                                     GError **error);
/* Names of views that read a table, "namespace.name", at most `max`. char*. */
GPtrArray *
store_materialized_view_readers(Store *store, gint64 table_id, gint64 max, GError **error);
/* Adds to the counts of a table in all views that read it. */
gboolean store_materialized_view_count(
    Store *store, gint64 table_id, gint64 inserted, gint64 updated, gint64 deleted, GError **error);

/* The write ids of tables that a view shows, and who is asking. Arrays of gint64 but for the
 * names, which are char*; each table has a name, a namespace and a mark. */
typedef struct {
    const char *catalog_name;
    const GPtrArray *namespaces;
    const GPtrArray *tables;
    const GArray *water_ids;
    const GArray *hidden_ordinals; /* of the table, from 1, for each of hidden_ids */
    const GArray *hidden_ids;      /* below the mark, and not shown */
    gint64 transaction_water;
    const GArray *unseen_transactions;
} StoreMaterializationQuestion;

gboolean store_materialized_view_changes(Store *store,
                                         const StoreMaterializationQuestion *question,
                                         gboolean *out_is_changed,
                                         gboolean *out_is_compacted,
                                         GError **error);
