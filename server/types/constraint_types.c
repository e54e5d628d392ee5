/* SPDX-License-Identifier: Apache-2.0 */
/* New, copy and free for the record of skep/constraint_types.h. No rule lives here. Callers: every
 * layer. */
#include "skep/constraint_types.h"

CatalogConstraint *
catalog_constraint_new(CatalogConstraintKind kind)
{
    CatalogConstraint *constraint = g_new0(CatalogConstraint, 1);

    constraint->kind = kind;
    return constraint;
}

CatalogConstraint *
catalog_constraint_copy(const CatalogConstraint *constraint)
{
    CatalogConstraint *copy = g_memdup2(constraint, sizeof *constraint);

    copy->catalog = g_strdup(constraint->catalog);
    copy->namespace_name = g_strdup(constraint->namespace_name);
    copy->table_name = g_strdup(constraint->table_name);
    copy->column_name = g_strdup(constraint->column_name);
    copy->name = g_strdup(constraint->name);
    copy->expression = g_strdup(constraint->expression);
    copy->parent_namespace = g_strdup(constraint->parent_namespace);
    copy->parent_table = g_strdup(constraint->parent_table);
    copy->parent_column = g_strdup(constraint->parent_column);
    copy->parent_key_name = g_strdup(constraint->parent_key_name);
    return copy;
}

void
catalog_constraint_free(CatalogConstraint *constraint)
{
    if (!constraint)
        return;
    g_free(constraint->catalog);
    g_free(constraint->namespace_name);
    g_free(constraint->table_name);
    g_free(constraint->column_name);
    g_free(constraint->name);
    g_free(constraint->expression);
    g_free(constraint->parent_namespace);
    g_free(constraint->parent_table);
    g_free(constraint->parent_column);
    g_free(constraint->parent_key_name);
    g_free(constraint);
}
