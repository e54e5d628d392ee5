/* SPDX-License-Identifier: Apache-2.0 */
/* What comes with a new table, made ready for the statement that makes it. For table.c; the rules
 * of each are where they are given by themselves (constraint.c, privilege.c). */
#pragma once

#include "skep/catalog_constraint.h"
#include "skep/catalog_privilege.h"

/* Either is NULL where there are none. */
typedef struct {
    GPtrArray *constraints; /* CatalogConstraint* */
    GPtrArray *privileges;  /* CatalogPrivilege* */
} CatalogTableCompanions;

void catalog_table_companions_clear(CatalogTableCompanions *companions);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CatalogTableCompanions, catalog_table_companions_clear)

/* *companions must be empty before; `made` is the table with its names as they are stored. */
gboolean catalog_table_companions_settle(CatalogTableCompanions *companions,
                                         Catalog *catalog,
                                         const CatalogTable *made,
                                         const CatalogTableCreateOptions *options,
                                         GError **error);

/* CatalogConstraint* of a table that is about to be made: they are on it, whatever they say. */
GPtrArray *catalog_constraint_settle_new(const CatalogTable *made,
                                         const GPtrArray *constraints,
                                         GError **error);
/* CatalogPrivilege*, each with one privilege. */
GPtrArray *catalog_privilege_settle(Catalog *catalog, const GPtrArray *privileges, GError **error);
