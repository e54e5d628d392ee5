/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that empty tables. Decodes and calls the catalog; the rules are in
 * server/catalog/table_truncate.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"

#include "skep/catalog_table_truncate.h"

static gboolean
table_truncate(ThriftCall *call,
               const char *database,
               const char *table,
               const GPtrArray *partitions,
               gboolean keep_data,
               GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(database, NULL, table, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    g_auto(GStrv) names = thrift_decode_strv(partitions);
    CatalogTruncateOptions options = {.partition_names = (const char *const *)names,
                                      .keep_data = keep_data};
    return catalog_table_truncate(call->catalog, name.catalog, name.database, name.table, &options,
                                  error);
}

gboolean
thrift_truncate_table(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesTruncateTableArgs *in = args;
    return table_truncate(call, in->dbName, in->tableName, in->partNames, FALSE, error);
}

gboolean
thrift_truncate_table_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTablesTruncateTableReqArgs *in = args;
    HmsTablesTruncateTableReqResult *out = result;
    const HmsTruncateTableRequest *request = in->req;
    GHashTable *context =
        request->environmentContext != NULL ? request->environmentContext->properties : NULL;
    const char *keep =
        context != NULL ? g_hash_table_lookup(context, "truncateSkipDataDeletion") : NULL;
    out->__isset_success =
        table_truncate(call, request->dbName, request->tableName, request->partNames,
                       keep != NULL && g_ascii_strcasecmp(keep, "true") == 0, error);
    return out->__isset_success;
}
