/* SPDX-License-Identifier: Apache-2.0 */
/* Constraints and privileges that come with a new table. Caller: table.c. */
#include "catalog/table_companions.h"

void
catalog_table_companions_clear(CatalogTableCompanions *companions)
{
    g_clear_pointer(&companions->constraints, g_ptr_array_unref);
    g_clear_pointer(&companions->privileges, g_ptr_array_unref);
}

/* Grants that come with a table are on it, whatever they say. */
static GPtrArray *
grants_on(const CatalogTable *made, const GPtrArray *privileges)
{
    GPtrArray *moved = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_privilege_free);

    for (guint i = 0; i < privileges->len; i++) {
        CatalogPrivilege *one = catalog_privilege_copy(privileges->pdata[i]);

        catalog_object_clear(&one->object);
        one->object.type = CATALOG_OBJECT_TABLE;
        one->object.catalog = g_strdup(made->catalog);
        one->object.namespace_name = g_strdup(made->namespace_name);
        one->object.table_name = g_strdup(made->name);
        g_ptr_array_add(moved, one);
    }
    return moved;
}

gboolean
catalog_table_companions_settle(CatalogTableCompanions *companions,
                                Catalog *catalog,
                                const CatalogTable *made,
                                const CatalogTableCreateOptions *options,
                                GError **error)
{
    const GPtrArray *constraints = options ? options->constraints : NULL;
    const GPtrArray *privileges = options ? options->privileges : NULL;

    if (constraints && constraints->len > 0) {
        companions->constraints = catalog_constraint_settle_new(made, constraints, error);
        if (!companions->constraints)
            return FALSE;
    }
    if (privileges && privileges->len > 0) {
        g_autoptr(GPtrArray) moved = grants_on(made, privileges);

        companions->privileges = catalog_privilege_settle(catalog, moved, error);
        if (!companions->privileges)
            return FALSE;
    }
    return TRUE;
}
