/* SPDX-License-Identifier: Apache-2.0 */
/* Declared constraints: their names, and where they are kept. Caller: the Thrift door. */
#include "skep/catalog_constraint.h"

#include <string.h>

#include "catalog_private.h"
#include "skep/store_constraint.h"
#include "table_companions.h"

static const char *
name_prefix(CatalogConstraintKind kind)
{
    switch (kind) {
    case CATALOG_CONSTRAINT_PRIMARY_KEY:
        return "pk";
    case CATALOG_CONSTRAINT_FOREIGN_KEY:
        return "fk";
    case CATALOG_CONSTRAINT_UNIQUE:
        return "uk";
    case CATALOG_CONSTRAINT_NOT_NULL:
        return "nn";
    case CATALOG_CONSTRAINT_DEFAULT:
        return "dc";
    case CATALOG_CONSTRAINT_CHECK:
        return "cc";
    }
    return "constraint";
}

static char *
make_name(CatalogConstraintKind kind)
{
    g_autofree char *uuid = g_uuid_string_random();

    g_strdelimit(uuid, "-", '_');
    return g_strdup_printf("%s_%s", name_prefix(kind), uuid);
}

/* Columns of one key follow one another, the first with key_seq 1. */
static gboolean
continues(const CatalogConstraint *before, const CatalogConstraint *constraint)
{
    return before && before->kind == constraint->kind && constraint->key_seq > 1 &&
           constraint->kind <= CATALOG_CONSTRAINT_UNIQUE;
}

static void
take(char **member, char *folded)
{
    g_free(*member);
    *member = folded;
}

static gboolean
fold_parent(CatalogConstraint *settled, GError **error)
{
    char *namespace_name = catalog_name_fold(settled->parent_namespace, error);
    char *table = namespace_name ? catalog_name_fold(settled->parent_table, error) : NULL;
    char *column = table ? catalog_name_fold(settled->parent_column, error) : NULL;

    if (!column) {
        g_free(namespace_name);
        g_free(table);
        return FALSE;
    }
    take(&settled->parent_namespace, namespace_name);
    take(&settled->parent_table, table);
    take(&settled->parent_column, column);
    return TRUE;
}

/* A check of several columns names none. */
static gboolean
fold_column(CatalogConstraint *settled, GError **error)
{
    gboolean is_of_table = settled->kind == CATALOG_CONSTRAINT_CHECK &&
                           (!settled->column_name || !*settled->column_name);
    char *column = is_of_table ? g_strdup("") : catalog_name_fold(settled->column_name, error);

    if (!column)
        return FALSE;
    take(&settled->column_name, column);
    return TRUE;
}

/* NULL with an error. `before`: the record settled last, or NULL. */
static CatalogConstraint *
settle(const CatalogConstraint *wanted, const CatalogConstraint *before, GError **error)
{
    g_autoptr(CatalogConstraint) settled = catalog_constraint_copy(wanted);
    g_auto(CatalogTableName) name = {NULL};

    if (!catalog_table_name_fold(&name, wanted->catalog, wanted->namespace_name, wanted->table_name,
                                 error) ||
        !fold_column(settled, error))
        return NULL;
    take(&settled->catalog, g_steal_pointer(&name.catalog));
    take(&settled->namespace_name, g_steal_pointer(&name.namespace_name));
    take(&settled->table_name, g_steal_pointer(&name.table));
    if (wanted->kind == CATALOG_CONSTRAINT_FOREIGN_KEY && !fold_parent(settled, error))
        return NULL;
    if (settled->name && *settled->name)
        take(&settled->name, catalog_name_fold(wanted->name, error));
    else
        take(&settled->name,
             continues(before, settled) ? g_strdup(before->name) : make_name(settled->kind));
    return settled->name ? g_steal_pointer(&settled) : NULL;
}

static GPtrArray *
settle_all(const GPtrArray *constraints, GError **error)
{
    g_autoptr(GPtrArray) settled =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_constraint_free);
    const CatalogConstraint *before = NULL;

    if (constraints->len > CATALOG_CONSTRAINT_COLUMNS_MAX)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                              "More than %d columns of constraints in one request",
                              CATALOG_CONSTRAINT_COLUMNS_MAX);
    for (guint i = 0; i < constraints->len; i++) {
        CatalogConstraint *one = settle(constraints->pdata[i], before, error);

        if (!one)
            return NULL;
        g_ptr_array_add(settled, one);
        before = one;
    }
    return g_steal_pointer(&settled);
}

static gboolean
has_column(const GPtrArray *columns, const char *name)
{
    for (guint i = 0; i < columns->len; i++) {
        if (strcmp(((const CatalogColumn *)columns->pdata[i])->name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* A constraint is on columns of its table, or on its partition keys. */
static gboolean
check_column(const CatalogTable *table, const CatalogConstraint *constraint, GError **error)
{
    const char *name = constraint->column_name;

    if (!*name || has_column(table->partition_keys, name) ||
        (table->storage && has_column(table->storage->columns, name)))
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "Column not found: %s in table %s.%s",
                     name, table->namespace_name, table->name);
}

static gboolean
check_columns(Catalog *catalog, const GPtrArray *settled, GError **error)
{
    g_autoptr(CatalogTable) table = NULL;

    for (guint i = 0; i < settled->len; i++) {
        const CatalogConstraint *one = settled->pdata[i];

        if (!table || strcmp(table->name, one->table_name) != 0 ||
            strcmp(table->namespace_name, one->namespace_name) != 0) {
            catalog_table_free(table);
            table = catalog_table_find(catalog, one->catalog, one->namespace_name, one->table_name,
                                       error);
        }
        if (!table || !check_column(table, one, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
catalog_constraint_add(Catalog *catalog, const GPtrArray *constraints, GError **error)
{
    g_autoptr(GPtrArray) settled = settle_all(constraints, error);

    return settled && check_columns(catalog, settled, error) &&
           store_constraint_add(catalog->store, settled, error);
}

GPtrArray *
catalog_constraint_settle_new(const CatalogTable *made,
                              const GPtrArray *constraints,
                              GError **error)
{
    g_autoptr(GPtrArray) moved =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_constraint_free);
    g_autoptr(GPtrArray) settled = NULL;

    for (guint i = 0; i < constraints->len; i++) {
        CatalogConstraint *one = catalog_constraint_copy(constraints->pdata[i]);

        take(&one->catalog, g_strdup(made->catalog));
        take(&one->namespace_name, g_strdup(made->namespace_name));
        take(&one->table_name, g_strdup(made->name));
        g_ptr_array_add(moved, one);
    }
    settled = settle_all(moved, error);
    for (guint i = 0; settled && i < settled->len; i++) {
        if (!check_column(made, settled->pdata[i], error))
            return NULL;
    }
    return g_steal_pointer(&settled);
}

gboolean
catalog_constraint_drop(Catalog *catalog,
                        const char *catalog_name,
                        const char *namespace_name,
                        const char *table_name,
                        const char *name,
                        GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    g_autofree char *folded_name = catalog_name_fold(name, error);
    gboolean dropped;

    if (!folded_name ||
        !catalog_table_name_fold(&folded, catalog_name, namespace_name, table_name, error) ||
        !store_constraint_drop(catalog->store, folded.catalog, folded.namespace_name, folded.table,
                               folded_name, &dropped, error))
        return FALSE;
    return dropped || skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                                "The constraint: %s does not exist for the associated table: %s.%s",
                                name, namespace_name, table_name);
}

/* NULL stays NULL. */
static gboolean
fold_or_null(const char *name, char **out_folded, GError **error)
{
    if (name)
        *out_folded = catalog_name_fold(name, error);
    return !name || *out_folded;
}

GPtrArray *
catalog_constraint_list(Catalog *catalog, const CatalogConstraintFilter *filter, GError **error)
{
    g_autofree char *catalog_name = catalog_name_fold_catalog(filter->catalog_name, error);
    g_autofree char *namespace_name = NULL;
    g_autofree char *table = NULL;
    g_autofree char *parent_namespace = NULL;
    g_autofree char *parent_table = NULL;

    if (!catalog_name || !fold_or_null(filter->namespace_name, &namespace_name, error) ||
        !fold_or_null(filter->table_name, &table, error) ||
        !fold_or_null(filter->parent_namespace, &parent_namespace, error) ||
        !fold_or_null(filter->parent_table, &parent_table, error))
        return NULL;
    StoreConstraintList query = {.catalog_name = catalog_name,
                                 .kind = filter->kind,
                                 .namespace_name = namespace_name,
                                 .table_name = table,
                                 .parent_namespace = parent_namespace,
                                 .parent_table = parent_table};
    return store_constraint_list(catalog->store, &query, error);
}
