/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about HPL/SQL procedures and packages. Decodes, calls the catalog, encodes; the rules are
 * in server/catalog/procedure.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "encode.h"
#include "reply.h"

#include <hms_procedure_types.h>

#include "skep/catalog_procedure.h"

/* catalog, database and name of anything that lives in a database */
static gboolean
decode_name(ThriftCall *call,
            const char *catalog,
            const char *database,
            const char *name,
            ThriftName *out_name,
            GError **error)
{
    if (!thrift_decode_table_name(database, catalog, name, out_name, error))
        return FALSE;
    thrift_call_set_catalog(call, out_name->catalog);
    return TRUE;
}

gboolean
thrift_create_stored_procedure(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsStoredProcedure *in = ((HmsProceduresCreateStoredProcedureArgs *)args)->proc;
    g_auto(ThriftName) name = {NULL};
    if (!decode_name(call, in->catName, in->dbName, in->name, &name, error))
        return FALSE;
    CatalogProcedure wanted = {.catalog = name.catalog,
                               .namespace_name = name.database,
                               .name = name.table,
                               .owner_name = in->ownerName,
                               .source = in->source};
    return catalog_procedure_put(call->catalog, &wanted, error);
}

gboolean
thrift_get_stored_procedure(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsStoredProcedureRequest *request =
        ((HmsProceduresGetStoredProcedureArgs *)args)->request;
    HmsProceduresGetStoredProcedureResult *out = result;
    g_auto(ThriftName) name = {NULL};
    if (!decode_name(call, request->catName, request->dbName, request->procName, &name, error))
        return FALSE;
    g_autoptr(CatalogProcedure) found =
        catalog_procedure_find(call->catalog, name.catalog, name.database, name.table, error);
    if (found == NULL)
        return FALSE;
    out->success->name = g_steal_pointer(&found->name);
    out->success->dbName = g_steal_pointer(&found->namespace_name);
    out->success->catName = g_steal_pointer(&found->catalog);
    out->success->__isset_name = out->success->__isset_dbName = TRUE;
    out->success->__isset_catName = out->success->__isset_source = TRUE;
    out->success->__isset_ownerName = found->owner_name != NULL;
    out->success->ownerName = g_steal_pointer(&found->owner_name);
    out->success->source = g_steal_pointer(&found->source);
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_all_stored_procedures(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsListStoredProcedureRequest *request =
        ((HmsProceduresGetAllStoredProceduresArgs *)args)->request;
    HmsProceduresGetAllStoredProceduresResult *out = result;
    g_auto(ThriftName) name = {NULL};
    thrift_decode_database_pattern(request->dbName, request->catName, &name);
    g_autoptr(GPtrArray) names = catalog_procedure_list(call->catalog, CATALOG_PROCEDURE,
                                                        name.catalog, name.database, error);
    return names != NULL && THRIFT_REPLY_ARRAY(out, thrift_encode_strings(names));
}

gboolean
thrift_drop_stored_procedure(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsStoredProcedureRequest *request =
        ((HmsProceduresDropStoredProcedureArgs *)args)->request;
    g_auto(ThriftName) name = {NULL};
    return decode_name(call, request->catName, request->dbName, request->procName, &name, error) &&
           catalog_procedure_drop(call->catalog, CATALOG_PROCEDURE, name.catalog, name.database,
                                  name.table, error);
}

/* --- packages --- */

gboolean
thrift_add_package(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsAddPackageRequest *in = ((HmsProceduresAddPackageArgs *)args)->request;
    g_auto(ThriftName) name = {NULL};
    if (!decode_name(call, in->catName, in->dbName, in->packageName, &name, error))
        return FALSE;
    CatalogPackage wanted = {.catalog = name.catalog,
                             .namespace_name = name.database,
                             .name = name.table,
                             .owner_name = in->ownerName,
                             .header = in->header,
                             .body = in->body};
    return catalog_package_put(call->catalog, &wanted, error);
}

gboolean
thrift_find_package(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsGetPackageRequest *request = ((HmsProceduresFindPackageArgs *)args)->request;
    HmsProceduresFindPackageResult *out = result;
    g_auto(ThriftName) name = {NULL};
    if (!decode_name(call, request->catName, request->dbName, request->packageName, &name, error))
        return FALSE;
    g_autoptr(CatalogPackage) found =
        catalog_package_find(call->catalog, name.catalog, name.database, name.table, error);
    if (found == NULL)
        return FALSE;
    out->success->packageName = g_steal_pointer(&found->name);
    out->success->dbName = g_steal_pointer(&found->namespace_name);
    out->success->catName = g_steal_pointer(&found->catalog);
    out->success->__isset_packageName = out->success->__isset_dbName = TRUE;
    out->success->__isset_catName = TRUE;
    out->success->__isset_ownerName = found->owner_name != NULL;
    out->success->ownerName = g_steal_pointer(&found->owner_name);
    out->success->header = g_steal_pointer(&found->header);
    out->success->body = g_steal_pointer(&found->body);
    out->success->__isset_header = out->success->__isset_body = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_all_packages(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsListPackageRequest *request = ((HmsProceduresGetAllPackagesArgs *)args)->request;
    HmsProceduresGetAllPackagesResult *out = result;
    g_auto(ThriftName) name = {NULL};
    thrift_decode_database_pattern(request->dbName, request->catName, &name);
    g_autoptr(GPtrArray) names =
        catalog_procedure_list(call->catalog, CATALOG_PACKAGE, name.catalog, name.database, error);
    return names != NULL && THRIFT_REPLY_ARRAY(out, thrift_encode_strings(names));
}

gboolean
thrift_drop_package(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsDropPackageRequest *request = ((HmsProceduresDropPackageArgs *)args)->request;
    g_auto(ThriftName) name = {NULL};
    return decode_name(call, request->catName, request->dbName, request->packageName, &name,
                       error) &&
           catalog_procedure_drop(call->catalog, CATALOG_PACKAGE, name.catalog, name.database,
                                  name.table, error);
}
