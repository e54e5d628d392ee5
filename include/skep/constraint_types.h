/* SPDX-License-Identifier: Apache-2.0 */
/* The record of a declared constraint, with the conventions of catalog_types.h: one record for each
 * of its columns, as clients send them. */
#pragma once

#include <glib.h>

typedef enum {
    CATALOG_CONSTRAINT_PRIMARY_KEY,
    CATALOG_CONSTRAINT_FOREIGN_KEY,
    CATALOG_CONSTRAINT_UNIQUE,
    CATALOG_CONSTRAINT_NOT_NULL,
    CATALOG_CONSTRAINT_DEFAULT,
    CATALOG_CONSTRAINT_CHECK
} CatalogConstraintKind;

typedef struct {
    CatalogConstraintKind kind;
    char *catalog;
    char *namespace_name;
    char *table_name;
    char *column_name;
    char *name;     /* NULL: the catalog makes one */
    gint32 key_seq; /* place of the column in a key, from 1 */
    char *expression;
    gboolean is_enabled;
    gboolean is_validated;
    gboolean is_relied_on;
    /* of foreign keys */
    char *parent_namespace;
    char *parent_table;
    char *parent_column;
    char *parent_key_name;
    gint32 update_rule;
    gint32 delete_rule;
} CatalogConstraint;

CatalogConstraint *catalog_constraint_new(CatalogConstraintKind kind);
CatalogConstraint *catalog_constraint_copy(const CatalogConstraint *constraint);
void catalog_constraint_free(CatalogConstraint *constraint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogConstraint, catalog_constraint_free)
