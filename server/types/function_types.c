/* SPDX-License-Identifier: Apache-2.0 */
/* New, copy and free for the records of skep/function_types.h. No rule lives here. Callers: every
 * layer. */
#include "skep/function_types.h"

CatalogResource *
catalog_resource_new(gint32 type, const char *uri)
{
    CatalogResource *resource = g_new0(CatalogResource, 1);

    resource->type = type;
    resource->uri = g_strdup(uri);
    return resource;
}

void
catalog_resource_free(CatalogResource *resource)
{
    if (!resource)
        return;
    g_free(resource->uri);
    g_free(resource);
}

CatalogFunction *
catalog_function_new(void)
{
    CatalogFunction *function = g_new0(CatalogFunction, 1);

    function->resources = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_resource_free);
    return function;
}

CatalogFunction *
catalog_function_copy(const CatalogFunction *function)
{
    CatalogFunction *copy;

    if (!function)
        return NULL;
    copy = catalog_function_new();
    copy->id = function->id;
    copy->catalog = g_strdup(function->catalog);
    copy->namespace_name = g_strdup(function->namespace_name);
    copy->name = g_strdup(function->name);
    copy->class_name = g_strdup(function->class_name);
    copy->owner_name = g_strdup(function->owner_name);
    copy->owner_type = function->owner_type;
    copy->create_time_s = function->create_time_s;
    copy->function_type = function->function_type;
    for (guint i = 0; i < function->resources->len; i++) {
        const CatalogResource *resource = function->resources->pdata[i];

        g_ptr_array_add(copy->resources, catalog_resource_new(resource->type, resource->uri));
    }
    return copy;
}

void
catalog_function_free(CatalogFunction *function)
{
    if (!function)
        return;
    g_free(function->catalog);
    g_free(function->namespace_name);
    g_free(function->name);
    g_free(function->class_name);
    g_free(function->owner_name);
    g_ptr_array_unref(function->resources);
    g_free(function);
}
