/* SPDX-License-Identifier: Apache-2.0 */
/* New and free for the record of skep/type_types.h. No rule lives here. Callers: every layer. */
#include "skep/type_types.h"

CatalogNamedType *
catalog_named_type_new(const char *name, const char *type1, const char *type2)
{
    CatalogNamedType *type = g_new0(CatalogNamedType, 1);

    type->name = g_strdup(name);
    type->type1 = g_strdup(type1);
    type->type2 = g_strdup(type2);
    return type;
}

void
catalog_named_type_free(CatalogNamedType *type)
{
    if (!type)
        return;
    g_free(type->name);
    g_free(type->type1);
    g_free(type->type2);
    g_clear_pointer(&type->fields, g_ptr_array_unref);
    g_free(type);
}
