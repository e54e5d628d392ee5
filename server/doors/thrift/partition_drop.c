/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that drop partitions: one, by its values or its name, and many, by names or by
 * expressions. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "encode.h"
#include "partition_text.h"
#include "reply.h"

#include "skep/catalog_partition.h"
#include "skep/error.h"

static CatalogPartitionDropOptions
options_of(const HmsEnvironmentContext *context, gboolean delete_data)
{
    ThriftContext decoded;
    thrift_decode_context(context, &decoded);
    return (CatalogPartitionDropOptions){.delete_data = delete_data, .purge = decoded.if_purge};
}

/* By name when there is one, else by values. */
static gboolean
partition_drop(ThriftCall *call,
               const ThriftName *name,
               const char *partition_name,
               const GPtrArray *values,
               const CatalogPartitionDropOptions *options,
               GError **error)
{
    thrift_call_set_catalog(call, name->catalog);
    g_autoptr(GPtrArray) named = NULL;
    if (partition_name != NULL) {
        g_auto(GStrv) parsed = NULL;
        if (!thrift_partition_values_of(call, name, partition_name, &parsed, error))
            return FALSE;
        named = thrift_encode_strv((const char *const *)parsed);
    }
    g_autofree char *formatted =
        thrift_partition_name_of(call, name, named != NULL ? named : values, error);
    const char *const names[] = {formatted, NULL};
    return formatted != NULL && catalog_partition_drop(call->catalog, name->catalog, name->database,
                                                       name->table, names, options, error);
}

gboolean
thrift_drop_partition(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsDropPartitionArgs *in = args;
    HmsPartitionsDropPartitionResult *out = result;
    CatalogPartitionDropOptions options = options_of(NULL, in->deleteData);
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error) &&
           partition_drop(call, &name, NULL, in->part_vals, &options, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_drop_partition_with_environment_context(ThriftCall *call,
                                               gpointer args,
                                               gpointer result,
                                               GError **error)
{
    const HmsPartitionsDropPartitionWithEnvironmentContextArgs *in = args;
    HmsPartitionsDropPartitionWithEnvironmentContextResult *out = result;
    CatalogPartitionDropOptions options = options_of(in->environment_context, in->deleteData);
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error) &&
           partition_drop(call, &name, NULL, in->part_vals, &options, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_drop_partition_by_name(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsDropPartitionByNameArgs *in = args;
    HmsPartitionsDropPartitionByNameResult *out = result;
    CatalogPartitionDropOptions options = options_of(NULL, in->deleteData);
    const char *partition_name = in->part_name != NULL ? in->part_name : "";
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error) &&
           partition_drop(call, &name, partition_name, NULL, &options, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_drop_partition_by_name_with_environment_context(ThriftCall *call,
                                                       gpointer args,
                                                       gpointer result,
                                                       GError **error)
{
    const HmsPartitionsDropPartitionByNameWithEnvironmentContextArgs *in = args;
    HmsPartitionsDropPartitionByNameWithEnvironmentContextResult *out = result;
    CatalogPartitionDropOptions options = options_of(in->environment_context, in->deleteData);
    const char *partition_name = in->part_name != NULL ? in->part_name : "";
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error) &&
           partition_drop(call, &name, partition_name, NULL, &options, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_drop_partition_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsDropPartitionReqArgs *in = args;
    HmsPartitionsDropPartitionReqResult *out = result;
    const HmsDropPartitionRequest *request = in->dropPartitionReq;
    CatalogPartitionDropOptions options =
        options_of(request->environmentContext, request->deleteData);
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(request->dbName, request->catName, request->tblName, &name,
                                    error) &&
           partition_drop(call, &name, request->partName, request->partVals, &options, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

/* --- many --- */

static gboolean
name_collect(const char *name, gpointer data, GError **error)
{
    (void)error;
    g_ptr_array_add(data, g_strdup(name));
    return TRUE;
}

/* Names of all partitions that one of the expressions means, as char*; NULL with an error. Hive
 * wants each to mean some. */
static GPtrArray *
names_of_expressions(ThriftCall *call,
                     const ThriftName *name,
                     const GPtrArray *expressions,
                     gboolean if_exists,
                     GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < expressions->len; i++) {
        const HmsDropPartitionsExpr *expression = g_ptr_array_index(expressions, i);
        g_autofree char *filter = thrift_partition_expression_filter(expression->expr);
        if (filter == NULL)
            return skep_fail_null(error, SKEP_ERROR_UNSUPPORTED, NULL,
                                  "Partitions can be dropped by names and by filter texts; "
                                  "serialised Hive expressions are not supported");
        CatalogPartitionQuery query;
        catalog_partition_query_init(&query);
        query.filter = filter;
        guint before = names->len;
        if (!catalog_partition_scan_names(call->catalog, name->catalog, name->database, name->table,
                                          &query, name_collect, names, error))
            return NULL;
        if (names->len == before && !if_exists)
            return skep_fail_null(error, SKEP_ERROR_NO_SUCH_PARTITION, NULL,
                                  "Some partitions to drop are missing");
    }
    return g_steal_pointer(&names);
}

/* NULL-terminated, or NULL with an error. */
static GStrv
names_of_request(ThriftCall *call,
                 const ThriftName *name,
                 const HmsDropPartitionsRequest *request,
                 GError **error)
{
    if (request->parts->__isset_names)
        return thrift_decode_strv(request->parts->names);
    if (!request->parts->__isset_exprs)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Partitions to be dropped are told by names or by expressions");
    g_autoptr(GPtrArray) names =
        names_of_expressions(call, name, request->parts->exprs, request->ifExists, error);
    return names != NULL ? thrift_decode_strv(names) : NULL;
}

static gboolean
dropped_collect(const CatalogPartition *partition, gpointer data, GError **error)
{
    (void)error;
    g_ptr_array_add(data, catalog_partition_copy(partition));
    return TRUE;
}

/* What is about to be dropped, for the answer: CatalogPartition*, or NULL with an error. */
static GPtrArray *
dropped_read(ThriftCall *call, const ThriftName *name, const char *const *names, GError **error)
{
    g_autoptr(GPtrArray) dropped =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_partition_free);
    CatalogPartitionQuery query;
    catalog_partition_query_init(&query);
    query.names = names;
    if (!catalog_partition_scan(call->catalog, name->catalog, name->database, name->table, &query,
                                NULL, dropped_collect, dropped, error))
        return NULL;
    return g_steal_pointer(&dropped);
}

gboolean
thrift_drop_partitions_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsDropPartitionsReqArgs *in = args;
    HmsPartitionsDropPartitionsReqResult *out = result;
    const HmsDropPartitionsRequest *request = in->req;
    CatalogPartitionDropOptions options =
        options_of(request->environmentContext, request->deleteData);
    options.if_exists = request->ifExists;
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(request->dbName, request->catName, request->tblName, &name,
                                  error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    g_auto(GStrv) names = names_of_request(call, &name, request, error);
    const char *const *wanted = (const char *const *)names;
    if (names == NULL)
        return FALSE;
    g_autoptr(GPtrArray) dropped =
        request->needResult ? dropped_read(call, &name, wanted, error) : NULL;
    if (request->needResult && dropped == NULL)
        return FALSE;
    if (!catalog_partition_drop(call->catalog, name.catalog, name.database, name.table, wanted,
                                &options, error))
        return FALSE;
    if (dropped != NULL)
        return thrift_reply_partitions(call, THRIFT_REPLY_IN_STRUCT, &name,
                                       g_steal_pointer(&dropped));
    out->__isset_success = TRUE;
    return TRUE;
}
