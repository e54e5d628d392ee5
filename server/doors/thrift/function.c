/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about functions. Decodes, calls the catalog, encodes; the rules are in
 * server/catalog/function.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "function.h"
#include "reply.h"

#include "skep/catalog_function.h"
#include "skep/error.h"

static gboolean
function_check_members(const HmsFunction *function, GError **error)
{
    const char *missing = function->functionName == NULL    ? "Function name"
                          : function->dbName == NULL        ? "Database name in Function"
                          : !function->__isset_ownerType    ? "Function owner type"
                          : !function->__isset_functionType ? "Function type"
                                                            : NULL;
    return missing == NULL ||
           skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "%s cannot be null.", missing);
}

static CatalogFunction *
function_decode(const HmsFunction *function, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!function_check_members(function, error) ||
        !thrift_decode_database_name(function->dbName, function->catName, &name, error))
        return NULL;
    CatalogFunction *decoded = catalog_function_new();
    decoded->catalog = g_steal_pointer(&name.catalog);
    decoded->namespace_name = g_steal_pointer(&name.database);
    decoded->name = g_strdup(function->functionName);
    decoded->class_name = g_strdup(function->className);
    decoded->owner_name = g_strdup(function->ownerName);
    decoded->owner_type = function->ownerType;
    decoded->function_type = function->functionType;
    for (guint i = 0; function->resourceUris != NULL && i < function->resourceUris->len; i++) {
        const HmsResourceUri *resource = g_ptr_array_index(function->resourceUris, i);
        gint32 type = resource->__isset_resourceType ? resource->resourceType : 0;
        g_ptr_array_add(decoded->resources,
                        catalog_resource_new(type, resource->uri != NULL ? resource->uri : ""));
    }
    return decoded;
}

static HmsResourceUri *
resource_encode(const CatalogResource *resource)
{
    HmsResourceUri *out = g_object_new(HMS_TYPE_RESOURCE_URI, NULL);
    out->resourceType = (HmsResourceType)resource->type;
    out->__isset_resourceType = resource->type != 0;
    out->uri = g_strdup(resource->uri);
    out->__isset_uri = TRUE;
    return out;
}

HmsFunction *
thrift_encode_function(const CatalogFunction *function)
{
    HmsFunction *out = g_object_new(HMS_TYPE_FUNCTION, NULL);
    out->functionName = g_strdup(function->name);
    out->__isset_functionName = TRUE;
    out->dbName = g_strdup(function->namespace_name);
    out->__isset_dbName = TRUE;
    out->className = g_strdup(function->class_name);
    out->__isset_className = TRUE;
    out->ownerName = g_strdup(function->owner_name);
    out->__isset_ownerName = function->owner_name != NULL;
    out->ownerType = (HmsPrincipalType)function->owner_type;
    out->__isset_ownerType = function->owner_type != 0;
    out->createTime = function->create_time_s;
    out->__isset_createTime = TRUE;
    out->functionType = (HmsFunctionType)function->function_type;
    out->__isset_functionType = function->function_type != 0;
    for (guint i = 0; i < function->resources->len; i++)
        g_ptr_array_add(out->resourceUris,
                        resource_encode(g_ptr_array_index(function->resources, i)));
    out->__isset_resourceUris = TRUE;
    out->catName = g_strdup(function->catalog);
    out->__isset_catName = TRUE;
    return out;
}

gboolean
thrift_create_function(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsFunctionsCreateFunctionArgs *in = args;
    g_autoptr(CatalogFunction) wanted = function_decode(in->func, error);
    if (wanted == NULL)
        return FALSE;
    thrift_call_set_catalog(call, wanted->catalog);
    return catalog_function_create(call->catalog, wanted, error);
}

static gboolean
function_decode_name(ThriftCall *call,
                     const char *database,
                     const char *function,
                     ThriftName *out_name,
                     GError **error)
{
    if (function == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Function name cannot be null.");
    if (!thrift_decode_table_name(database, NULL, function, out_name, error))
        return FALSE;
    thrift_call_set_catalog(call, out_name->catalog);
    return TRUE;
}

gboolean
thrift_get_function(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsFunctionsGetFunctionArgs *in = args;
    HmsFunctionsGetFunctionResult *out = result;
    g_auto(ThriftName) name = {NULL};
    if (!function_decode_name(call, in->dbName, in->funcName, &name, error))
        return FALSE;
    g_autoptr(CatalogFunction) found =
        catalog_function_find(call->catalog, name.catalog, name.database, name.table, error);
    return found != NULL && THRIFT_REPLY_OBJECT(out, thrift_encode_function(found));
}

/* CatalogFunction*. */
static GPtrArray *
functions_list(ThriftCall *call,
               const char *database,
               const char *catalog,
               const char *pattern,
               GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(database, catalog, &name, error))
        return NULL;
    thrift_call_set_catalog(call, name.catalog);
    return catalog_function_list(call->catalog, name.catalog, name.database, pattern, error);
}

static void
functions_append_names(GPtrArray *out, const GPtrArray *functions)
{
    for (guint i = 0; i < functions->len; i++) {
        const CatalogFunction *function = g_ptr_array_index(functions, i);
        g_ptr_array_add(out, g_strdup(function->name));
    }
}

static void
functions_append_encoded(GPtrArray *out, const GPtrArray *functions)
{
    for (guint i = 0; i < functions->len; i++)
        g_ptr_array_add(out, thrift_encode_function(g_ptr_array_index(functions, i)));
}

gboolean
thrift_get_functions(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsFunctionsGetFunctionsArgs *in = args;
    HmsFunctionsGetFunctionsResult *out = result;
    g_autoptr(GPtrArray) functions = functions_list(call, in->dbName, NULL, in->pattern, error);
    if (functions == NULL)
        return FALSE;
    functions_append_names(out->success, functions);
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_functions_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsFunctionsGetFunctionsReqArgs *in = args;
    HmsFunctionsGetFunctionsReqResult *out = result;
    const HmsGetFunctionsRequest *request = in->request;
    g_autoptr(GPtrArray) functions =
        functions_list(call, request->dbName, request->catalogName, request->pattern, error);
    if (functions == NULL)
        return FALSE;
    if (request->returnNames) {
        functions_append_names(out->success->function_names, functions);
        out->success->__isset_function_names = TRUE;
    } else {
        functions_append_encoded(out->success->functions, functions);
        out->success->__isset_functions = TRUE;
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_all_functions(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    HmsFunctionsGetAllFunctionsResult *out = result;
    g_autoptr(GPtrArray) functions = catalog_function_list(call->catalog, NULL, NULL, NULL, error);
    if (functions == NULL)
        return FALSE;
    functions_append_encoded(out->success->functions, functions);
    out->success->__isset_functions = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_alter_function(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsFunctionsAlterFunctionArgs *in = args;
    g_auto(ThriftName) name = {NULL};
    if (!function_decode_name(call, in->dbName, in->funcName, &name, error))
        return FALSE;
    g_autoptr(CatalogFunction) wanted = function_decode(in->newFunc, error);
    return wanted != NULL && catalog_function_alter(call->catalog, name.catalog, name.database,
                                                    name.table, wanted, error);
}

gboolean
thrift_drop_function(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsFunctionsDropFunctionArgs *in = args;
    g_auto(ThriftName) name = {NULL};
    return function_decode_name(call, in->dbName, in->funcName, &name, error) &&
           catalog_function_drop(call->catalog, name.catalog, name.database, name.table, error);
}
