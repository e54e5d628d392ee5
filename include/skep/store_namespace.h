/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces in PostgreSQL. Names are folded and checked already. Only server/catalog/
 * calls this; any thread may. */
#pragma once

#include <glib.h>

#include "skep/catalog_types.h"
#include "skep/store.h"

/* Stores what namespace_->catalog and namespace_->name name. parent_name: NULL for a top-level one.
 * NO_SUCH_CATALOG, NO_SUCH_NAMESPACE (parent), ALREADY_EXISTS. out_id may be NULL. */
gboolean store_namespace_create(Store *store,
                                const CatalogNamespace *namespace_,
                                const char *parent_name,
                                gint64 *out_id,
                                GError **error);
/* TRUE with *out_namespace NULL when there is none. */
gboolean store_namespace_find(Store *store,
                              const char *catalog_name,
                              const char *name,
                              CatalogNamespace **out_namespace,
                              GError **error);

/* Which namespaces of one level. */
typedef struct {
    const char *catalog_name;
    const char *parent_name; /* NULL: top level */
    const char *name_regex;  /* PostgreSQL regular expression, NULL: all */
    const char *after;       /* names that sort after this one, NULL: from the start */
    gint64 limit;            /* 0: all */
} StoreNamespaceList;
/* Names (char*), sorted by bytes. */
GPtrArray *store_namespace_list(Store *store, const StoreNamespaceList *query, GError **error);

/* Writes everything but name and creation of `after` over the row that `before` was read from, when
 * nobody changed it since. TRUE with *out_replaced FALSE when somebody did, or dropped it. */
gboolean store_namespace_replace(Store *store,
                                 const CatalogNamespace *before,
                                 const CatalogNamespace *after,
                                 gboolean *out_replaced,
                                 GError **error);

/* Does any table, namespace or catalog lie at, below or above this place, but for those that hold
 * all others? Looks at everything. */
gboolean store_namespace_place_is_used(Store *store,
                                       const char *location,
                                       gboolean *out_used,
                                       GError **error);

/* Where a dropped table's data is. */
typedef struct {
    char *location;
    char *hms_type;
    gint kind;           /* a CatalogTableKind */
    gboolean purge;      /* parameter external.table.purge */
    gboolean auto_purge; /* parameter auto.purge or skip.trash */
    gboolean by_task;    /* its files are left to a task */
} StoreDroppedTable;
void store_dropped_table_free(StoreDroppedTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreDroppedTable, store_dropped_table_free)

typedef struct {
    gboolean cascade;
    gboolean delete_data;  /* of managed tables, and of external ones that say so */
    gboolean task_objects; /* what of that is in an object store is left to tasks */
    gint64 keep_ms; /* for so long Iceberg tables and views whose files stay are kept; 0: not */
} StoreNamespaceDrop;

/* Drops it; with cascade, all tables and namespaces below it too, in one transaction.
 * NAMESPACE_NOT_EMPTY; INVALID_OPERATION where a materialized view elsewhere reads one of its
 * tables. TRUE with *out_dropped FALSE when it is gone already. out_tables (StoreDroppedTable*, a
 * table more than once where partitions lie elsewhere) and out_locations (char*, of all namespaces
 * that went, the deepest first) may be NULL. */
gboolean store_namespace_drop(Store *store,
                              const CatalogNamespace *namespace_,
                              const StoreNamespaceDrop *what,
                              gboolean *out_dropped,
                              GPtrArray **out_tables,
                              GPtrArray **out_locations,
                              GError **error);
