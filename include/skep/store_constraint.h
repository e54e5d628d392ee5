/* SPDX-License-Identifier: Apache-2.0 */
/* Declared constraints in PostgreSQL. Names are folded already. Only server/catalog/ calls this;
 * any thread may. */
#pragma once

#include <glib.h>

#include "skep/constraint_types.h"
#include "skep/store.h"

/* All records (CatalogConstraint*, each with its name) in one transaction, or none. NO_SUCH_TABLE
 * (either table), ALREADY_EXISTS (a second primary key, or a column that the constraint has),
 * INVALID_OBJECT (a name that is taken), INVALID_OPERATION (a foreign key to columns that are no
 * key). */
gboolean store_constraint_add(Store *store, const GPtrArray *constraints, GError **error);
/* *out_dropped FALSE: there was none of this name. */
gboolean store_constraint_drop(Store *store,
                               const char *catalog_name,
                               const char *namespace_name,
                               const char *table_name,
                               const char *name,
                               gboolean *out_dropped,
                               GError **error);

/* NULL names: any. */
typedef struct {
    const char *catalog_name;
    gint kind; /* a CatalogConstraintKind, or -1: all */
    const char *namespace_name;
    const char *table_name;
    const char *parent_namespace; /* foreign keys to this table alone */
    const char *parent_table;
} StoreConstraintList;
/* CatalogConstraint*, by kind, name and place. */
GPtrArray *store_constraint_list(Store *store, const StoreConstraintList *query, GError **error);
