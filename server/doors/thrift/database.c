/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about databases, which are the top-level namespaces of the catalog. Decodes, calls the
 * catalog, encodes; the rules are in server/catalog/namespace.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "encode.h"
#include "reply.h"

#include "skep/error.h"

static gboolean
database_create(ThriftCall *call, CatalogNamespace *decoded, GError **error)
{
    g_autoptr(CatalogNamespace) wanted = decoded;
    if (wanted == NULL)
        return FALSE;
    thrift_call_set_catalog(call, wanted->catalog);
    /* an empty name is left to the catalog, which has Hive's words for it */
    if (*wanted->name != '\0' && !catalog_name_check_hive(wanted->name, error))
        return FALSE;
    g_autoptr(CatalogNamespace) created =
        catalog_namespace_create(call->catalog, &call->caller, wanted, error);
    return created != NULL;
}

gboolean
thrift_create_database(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsDatabasesCreateDatabaseArgs *in = args;
    return database_create(call, thrift_decode_database(in->database, error), error);
}

gboolean
thrift_create_database_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsDatabasesCreateDatabaseReqArgs *in = args;
    return database_create(call, thrift_decode_create_database(in->createDatabaseRequest, error),
                           error);
}

/* NULL with an error. */
static HmsDatabase *
database_get(ThriftCall *call, const char *text, const char *catalog, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(text, catalog, &name, error))
        return NULL;
    thrift_call_set_catalog(call, name.catalog);
    g_autoptr(CatalogNamespace) found =
        catalog_namespace_find(call->catalog, name.catalog, name.database, error);
    return found != NULL ? thrift_encode_database(found) : NULL;
}

gboolean
thrift_get_database(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsDatabasesGetDatabaseArgs *in = args;
    HmsDatabasesGetDatabaseResult *out = result;
    HmsDatabase *database = database_get(call, in->name, NULL, error);
    return database != NULL && THRIFT_REPLY_OBJECT(out, database);
}

gboolean
thrift_get_database_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsDatabasesGetDatabaseReqArgs *in = args;
    HmsDatabasesGetDatabaseReqResult *out = result;
    HmsDatabase *database = database_get(call, in->request->name, in->request->catalogName, error);
    return database != NULL && THRIFT_REPLY_OBJECT(out, database);
}

/* Names (char*). */
static GPtrArray *
databases_match(ThriftCall *call, const char *pattern, const char *catalog, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    thrift_decode_database_pattern(pattern, catalog, &name);
    thrift_call_set_catalog(call, name.catalog);
    return catalog_namespace_match(call->catalog, name.catalog, name.database, error);
}

gboolean
thrift_get_databases(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsDatabasesGetDatabasesArgs *in = args;
    HmsDatabasesGetDatabasesResult *out = result;
    g_autoptr(GPtrArray) names = databases_match(call, in->pattern, NULL, error);
    return names != NULL && THRIFT_REPLY_ARRAY(out, thrift_encode_strings(names));
}

gboolean
thrift_get_all_databases(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    HmsDatabasesGetAllDatabasesResult *out = result;
    g_autoptr(GPtrArray) names = databases_match(call, NULL, NULL, error);
    return names != NULL && THRIFT_REPLY_ARRAY(out, thrift_encode_strings(names));
}

gboolean
thrift_get_databases_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsDatabasesGetDatabasesReqArgs *in = args;
    HmsDatabasesGetDatabasesReqResult *out = result;
    const char *catalog = in->request->catalogName;
    g_autoptr(GPtrArray) names = databases_match(call, in->request->pattern, catalog, error);
    if (names == NULL)
        return FALSE;
    for (guint i = 0; i < names->len; i++) {
        g_autoptr(GError) failure = NULL;
        HmsDatabase *database = database_get(call, g_ptr_array_index(names, i), catalog, &failure);
        if (database != NULL) {
            g_ptr_array_add(out->success->databases, database);
        } else if (skep_error_fact(failure) != SKEP_ERROR_NO_SUCH_NAMESPACE) {
            /* one that was dropped meanwhile is not in the answer; anything else is a failure */
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
    }
    out->__isset_success = TRUE;
    return TRUE;
}

static gboolean
database_alter(ThriftCall *call, const char *text, const HmsDatabase *database, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(text, NULL, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    g_autoptr(CatalogNamespace) wanted = thrift_decode_database(database, error);
    return wanted != NULL &&
           catalog_namespace_alter(call->catalog, name.catalog, name.database, wanted, error);
}

gboolean
thrift_alter_database(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsDatabasesAlterDatabaseArgs *in = args;
    return database_alter(call, in->dbname, in->db, error);
}

gboolean
thrift_alter_database_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsDatabasesAlterDatabaseReqArgs *in = args;
    return database_alter(call, in->alterDbReq->oldDbName, in->alterDbReq->newDb, error);
}

gboolean
thrift_drop_database(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsDatabasesDropDatabaseArgs *in = args;
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(in->name, NULL, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    return catalog_namespace_drop(call->catalog, name.catalog, name.database, in->deleteData,
                                  in->cascade, error);
}

gboolean
thrift_drop_database_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsDatabasesDropDatabaseReqArgs *in = args;
    const HmsDropDatabaseRequest *request = in->req;
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(request->name, request->catalogName, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    g_autoptr(GError) failure = NULL;
    if (catalog_namespace_drop(call->catalog, name.catalog, name.database, request->deleteData,
                               request->cascade, &failure))
        return TRUE;
    if (request->ignoreUnknownDb && skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_NAMESPACE)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}
