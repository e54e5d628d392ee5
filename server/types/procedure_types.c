/* SPDX-License-Identifier: Apache-2.0 */
/* New and free for the records of skep/procedure_types.h. No rule lives here. Callers: every layer.
 */
#include "skep/procedure_types.h"

CatalogProcedure *
catalog_procedure_new(void)
{
    return g_new0(CatalogProcedure, 1);
}

void
catalog_procedure_free(CatalogProcedure *record)
{
    if (!record)
        return;
    g_free(record->catalog);
    g_free(record->namespace_name);
    g_free(record->name);
    g_free(record->owner_name);
    g_free(record->source);
    g_free(record);
}

CatalogPackage *
catalog_package_new(void)
{
    return g_new0(CatalogPackage, 1);
}

void
catalog_package_free(CatalogPackage *record)
{
    if (!record)
        return;
    g_free(record->catalog);
    g_free(record->namespace_name);
    g_free(record->name);
    g_free(record->owner_name);
    g_free(record->header);
    g_free(record->body);
    g_free(record);
}
