/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of declared constraints, beside skep/catalog.h and with its conventions. They are kept
 * and answered, never enforced. Implemented in server/catalog/constraint.c; caller: the Thrift
 * door. */
#pragma once

#include "skep/catalog.h"
#include "skep/constraint_types.h"

#define CATALOG_CONSTRAINT_COLUMNS_MAX 10000 /* in one request */

/* Adds all records (CatalogConstraint*) or none. A name is made where none is given: one for each
 * key that starts with key_seq 1, and for each record of another kind. NO_SUCH_TABLE,
 * ALREADY_EXISTS (a second primary key), INVALID_OBJECT (a name is missing or taken, or the table
 * has no such column), INVALID_OPERATION (a foreign key to columns that are no key),
 * INVALID_ARGUMENT, TOO_LARGE. */
gboolean catalog_constraint_add(Catalog *catalog, const GPtrArray *constraints, GError **error);
/* NO_SUCH_OBJECT. */
gboolean catalog_constraint_drop(Catalog *catalog,
                                 const char *catalog_name,
                                 const char *namespace_name,
                                 const char *table_name,
                                 const char *name,
                                 GError **error);

/* Which constraints; NULL names: any. */
typedef struct {
    const char *catalog_name;
    gint kind; /* a CatalogConstraintKind, or -1: all */
    const char *namespace_name;
    const char *table_name;
    const char *parent_namespace; /* foreign keys to this table alone */
    const char *parent_table;
} CatalogConstraintFilter;
/* CatalogConstraint*. A missing table has none. */
GPtrArray *
catalog_constraint_list(Catalog *catalog, const CatalogConstraintFilter *filter, GError **error);
