/* SPDX-License-Identifier: Apache-2.0 */
/* New, copy and free of what a materialized view was made from. */
#include "skep/materialization_types.h"

CatalogSourceTable *
catalog_source_table_new(const char *namespace_name, const char *table_name)
{
    CatalogSourceTable *source = g_new0(CatalogSourceTable, 1);

    source->namespace_name = g_strdup(namespace_name);
    source->table_name = g_strdup(table_name);
    return source;
}

void
catalog_source_table_free(CatalogSourceTable *source)
{
    if (!source)
        return;
    g_free(source->namespace_name);
    g_free(source->table_name);
    catalog_table_free(source->table);
    g_free(source);
}

CatalogMaterialization *
catalog_materialization_new(void)
{
    CatalogMaterialization *materialization = g_new0(CatalogMaterialization, 1);

    materialization->sources =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_source_table_free);
    return materialization;
}

CatalogMaterialization *
catalog_materialization_copy(const CatalogMaterialization *materialization)
{
    CatalogMaterialization *copy;

    if (!materialization)
        return NULL;
    copy = catalog_materialization_new();
    copy->valid_transactions = g_strdup(materialization->valid_transactions);
    copy->materialized_ms = materialization->materialized_ms;
    for (guint i = 0; i < materialization->sources->len; i++) {
        const CatalogSourceTable *source = materialization->sources->pdata[i];
        CatalogSourceTable *own = g_memdup2(source, sizeof *source);

        own->namespace_name = g_strdup(source->namespace_name);
        own->table_name = g_strdup(source->table_name);
        own->table = catalog_table_copy(source->table);
        g_ptr_array_add(copy->sources, own);
    }
    return copy;
}

void
catalog_materialization_free(CatalogMaterialization *materialization)
{
    if (!materialization)
        return;
    g_ptr_array_unref(materialization->sources);
    g_free(materialization->valid_transactions);
    g_free(materialization);
}
