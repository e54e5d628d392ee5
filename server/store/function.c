/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.functions. Which names are good, the catalog decides. Caller:
 * server/catalog/function.c. */
#include "skep/store_function.h"

#include "store/function_sql.h"
#include "store/query.h"

/* Columns of function_list. */
enum {
    FUNCTION_ID,
    FUNCTION_CATALOG,
    FUNCTION_NAMESPACE,
    FUNCTION_NAME,
    FUNCTION_CLASS,
    FUNCTION_OWNER_NAME,
    FUNCTION_OWNER_TYPE,
    FUNCTION_CREATED_S,
    FUNCTION_TYPE,
    FUNCTION_RESOURCE_TYPES,
    FUNCTION_RESOURCE_URIS
};

/* Resources as the two columns that keep them. */
typedef struct {
    GArray *types;
    GPtrArray *uris; /* borrowed texts */
} Resources;

static void
resources_init(Resources *resources, const CatalogFunction *function)
{
    resources->types = g_array_new(FALSE, FALSE, sizeof(gint64));
    resources->uris = g_ptr_array_new();
    for (guint i = 0; i < function->resources->len; i++) {
        const CatalogResource *resource = function->resources->pdata[i];
        gint64 type = resource->type;

        g_array_append_val(resources->types, type);
        g_ptr_array_add(resources->uris, resource->uri ? resource->uri : (gpointer) "");
    }
}

static void
resources_clear(Resources *resources)
{
    g_clear_pointer(&resources->types, g_array_unref);
    g_clear_pointer(&resources->uris, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Resources, resources_clear)

static StoreParam
param_types(const Resources *resources)
{
    return store_param_int64_array((const gint64 *)(const void *)resources->types->data,
                                   resources->types->len);
}

static StoreParam
param_uris(const Resources *resources)
{
    return store_param_text_array_sized((const char *const *)resources->uris->pdata,
                                        resources->uris->len);
}

static gboolean
fail_no_namespace(GError **error, const char *name)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_NAMESPACE, name, "Namespace does not exist: %s",
                     name);
}

gboolean
store_function_create(Store *store, const CatalogFunction *function, GError **error)
{
    g_auto(Resources) resources = {NULL};
    g_autoptr(StoreResult) result = NULL;

    resources_init(&resources, function);
    StoreParam params[] = {store_param_text(function->catalog),
                           store_param_text(function->namespace_name),
                           store_param_text(function->name),
                           store_param_text(function->class_name),
                           store_param_text(function->owner_name),
                           store_param_int64(function->owner_type),
                           store_param_int64(function->create_time_s),
                           store_param_int64(function->function_type),
                           param_types(&resources),
                           param_uris(&resources)};

    if (!store_query_one(store, &SQL_FUNCTION_CREATE, STORE_PARAMS(params), &result, error))
        return FALSE;
    return result || fail_no_namespace(error, function->namespace_name);
}

static CatalogFunction *
read_function(const StoreResult *result, guint row)
{
    CatalogFunction *function = catalog_function_new();
    g_autoptr(GArray) types = store_row_int64_array(result, row, FUNCTION_RESOURCE_TYPES);
    g_auto(GStrv) uris = store_row_text_array(result, row, FUNCTION_RESOURCE_URIS);

    function->id = store_row_int64(result, row, FUNCTION_ID);
    function->catalog = store_row_text_copy(result, row, FUNCTION_CATALOG);
    function->namespace_name = store_row_text_copy(result, row, FUNCTION_NAMESPACE);
    function->name = store_row_text_copy(result, row, FUNCTION_NAME);
    function->class_name = store_row_text_copy(result, row, FUNCTION_CLASS);
    function->owner_name = store_row_text_copy(result, row, FUNCTION_OWNER_NAME);
    function->owner_type = (gint32)store_row_int64(result, row, FUNCTION_OWNER_TYPE);
    function->create_time_s = (gint32)store_row_int64(result, row, FUNCTION_CREATED_S);
    function->function_type = (gint32)store_row_int64(result, row, FUNCTION_TYPE);
    for (guint i = 0; uris[i] && i < types->len; i++) {
        gint32 type = (gint32)g_array_index(types, gint64, i);

        g_ptr_array_add(function->resources, catalog_resource_new(type, uris[i]));
    }
    return function;
}

GPtrArray *
store_function_list(Store *store, const StoreFunctionList *query, GError **error)
{
    StoreParam params[] = {store_param_text(query->catalog_name),
                           store_param_text(query->namespace_name), store_param_text(query->name),
                           store_param_text(query->name_regex)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *functions;

    if (!store_query_rows(store, &SQL_FUNCTION_LIST, STORE_PARAMS(params), &result, error))
        return NULL;
    functions = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_function_free);
    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(functions, read_function(result, row));
    return functions;
}

gboolean
store_function_replace(Store *store,
                       const char *namespace_name,
                       const char *name,
                       const CatalogFunction *after,
                       gboolean *out_replaced,
                       GError **error)
{
    g_auto(Resources) resources = {NULL};
    g_autoptr(StoreResult) result = NULL;

    resources_init(&resources, after);
    StoreParam params[] = {store_param_text(after->catalog),
                           store_param_text(after->namespace_name),
                           store_param_text(after->name),
                           store_param_text(after->class_name),
                           store_param_text(after->owner_name),
                           store_param_int64(after->owner_type),
                           store_param_int64(after->function_type),
                           param_types(&resources),
                           param_uris(&resources),
                           store_param_text(namespace_name),
                           store_param_text(name)};

    if (!store_query_one(store, &SQL_FUNCTION_REPLACE, STORE_PARAMS(params), &result, error))
        return FALSE;
    if (!result)
        return fail_no_namespace(error, after->namespace_name);
    *out_replaced = !store_row_is_null(result, 0, 0);
    return TRUE;
}

gboolean
store_function_drop(Store *store,
                    const char *catalog_name,
                    const char *namespace_name,
                    const char *name,
                    gboolean *out_dropped,
                    GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name),
                           store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_FUNCTION_DROP, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_dropped = result != NULL;
    return TRUE;
}
