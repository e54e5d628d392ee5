/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that change, rename and drop partitions. Adding them is in partition.c. Caller:
 * dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "partition_text.h"
#include "reply.h"

#include "skep/error.h"

/* --- change --- */

static gboolean
partitions_alter(ThriftCall *call,
                 const char *database,
                 const char *catalog,
                 const char *table,
                 const GPtrArray *partitions,
                 GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(database, catalog, table, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    g_autoptr(GPtrArray) wanted = thrift_decode_partitions(partitions, error);
    return wanted != NULL && catalog_partition_alter(call->catalog, name.catalog, name.database,
                                                     name.table, wanted, error);
}

static gboolean
partition_alter(ThriftCall *call,
                const char *database,
                const char *table,
                HmsPartition *partition,
                GError **error)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, partition);
    return partitions_alter(call, database, NULL, table, one, error);
}

gboolean
thrift_alter_partition(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsAlterPartitionArgs *in = args;
    return partition_alter(call, in->db_name, in->tbl_name, in->new_part, error);
}

gboolean
thrift_alter_partition_with_environment_context(ThriftCall *call,
                                                gpointer args,
                                                gpointer result,
                                                GError **error)
{
    (void)result;
    const HmsPartitionsAlterPartitionWithEnvironmentContextArgs *in = args;
    return partition_alter(call, in->db_name, in->tbl_name, in->new_part, error);
}

gboolean
thrift_alter_partitions(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsAlterPartitionsArgs *in = args;
    return partitions_alter(call, in->db_name, NULL, in->tbl_name, in->new_parts, error);
}

gboolean
thrift_alter_partitions_with_environment_context(ThriftCall *call,
                                                 gpointer args,
                                                 gpointer result,
                                                 GError **error)
{
    (void)result;
    const HmsPartitionsAlterPartitionsWithEnvironmentContextArgs *in = args;
    return partitions_alter(call, in->db_name, NULL, in->tbl_name, in->new_parts, error);
}

gboolean
thrift_alter_partitions_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsAlterPartitionsReqArgs *in = args;
    HmsPartitionsAlterPartitionsReqResult *out = result;
    const HmsAlterPartitionsRequest *request = in->req;
    return partitions_alter(call, request->dbName, request->catName, request->tableName,
                            request->partitions, error) &&
           (out->__isset_success = TRUE);
}

static gboolean
partition_rename(ThriftCall *call,
                 const ThriftName *name,
                 const GPtrArray *old_values,
                 const HmsPartition *partition,
                 GError **error)
{
    thrift_call_set_catalog(call, name->catalog);
    g_autoptr(CatalogPartition) wanted = thrift_decode_partition(partition, error);
    if (wanted == NULL)
        return FALSE;
    g_auto(GStrv) values = thrift_decode_strv(old_values);
    return catalog_partition_rename(call->catalog, name->catalog, name->database, name->table,
                                    (const char *const *)values, wanted, error);
}

gboolean
thrift_rename_partition(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsRenamePartitionArgs *in = args;
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error) &&
           partition_rename(call, &name, in->part_vals, in->new_part, error);
}

gboolean
thrift_rename_partition_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsRenamePartitionReqArgs *in = args;
    HmsPartitionsRenamePartitionReqResult *out = result;
    const HmsRenamePartitionRequest *request = in->req;
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(request->dbName, request->catName, request->tableName, &name,
                                    error) &&
           partition_rename(call, &name, request->partVals, request->newPart, error) &&
           (out->__isset_success = TRUE);
}

/* --- drop --- */

static gboolean
partition_drop_by_name(ThriftCall *call,
                       const ThriftName *name,
                       const char *partition_name,
                       gboolean delete_data,
                       GError **error)
{
    const char *const names[] = {partition_name, NULL};
    thrift_call_set_catalog(call, name->catalog);
    return catalog_partition_drop(call->catalog, name->catalog, name->database, name->table, names,
                                  FALSE, delete_data, error);
}

/* By name when there is one, else by values. */
static gboolean
partition_drop(ThriftCall *call,
               const ThriftName *name,
               const char *partition_name,
               const GPtrArray *values,
               gboolean delete_data,
               GError **error)
{
    thrift_call_set_catalog(call, name->catalog);
    g_autofree char *formatted = NULL;
    if (partition_name == NULL)
        formatted = thrift_partition_name_of(call, name, values, error);
    else
        formatted = g_strdup(partition_name);
    return formatted != NULL && partition_drop_by_name(call, name, formatted, delete_data, error);
}

gboolean
thrift_drop_partition(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsDropPartitionArgs *in = args;
    HmsPartitionsDropPartitionResult *out = result;
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error) &&
           partition_drop(call, &name, NULL, in->part_vals, in->deleteData, error) &&
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
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error) &&
           partition_drop(call, &name, NULL, in->part_vals, in->deleteData, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_drop_partition_by_name(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsDropPartitionByNameArgs *in = args;
    HmsPartitionsDropPartitionByNameResult *out = result;
    const char *partition_name = in->part_name != NULL ? in->part_name : "";
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error) &&
           partition_drop(call, &name, partition_name, NULL, in->deleteData, error) &&
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
    const char *partition_name = in->part_name != NULL ? in->part_name : "";
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->db_name, NULL, in->tbl_name, &name, error) &&
           partition_drop(call, &name, partition_name, NULL, in->deleteData, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_drop_partition_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsDropPartitionReqArgs *in = args;
    HmsPartitionsDropPartitionReqResult *out = result;
    const HmsDropPartitionRequest *request = in->dropPartitionReq;
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(request->dbName, request->catName, request->tblName, &name,
                                    error) &&
           partition_drop(call, &name, request->partName, request->partVals, request->deleteData,
                          error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
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
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(request->dbName, request->catName, request->tblName, &name,
                                  error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    if (!request->parts->__isset_names)
        return skep_fail(error, SKEP_ERROR_UNSUPPORTED, NULL,
                         "Partitions can be dropped by names; serialised Hive expressions are not "
                         "supported");
    g_auto(GStrv) names = thrift_decode_strv(request->parts->names);
    const char *const *wanted = (const char *const *)names;
    g_autoptr(GPtrArray) dropped =
        request->needResult ? dropped_read(call, &name, wanted, error) : NULL;
    if (request->needResult && dropped == NULL)
        return FALSE;
    if (!catalog_partition_drop(call->catalog, name.catalog, name.database, name.table, wanted,
                                request->ifExists, request->deleteData, error))
        return FALSE;
    if (dropped != NULL)
        return thrift_reply_partitions(call, THRIFT_REPLY_IN_STRUCT, &name,
                                       g_steal_pointer(&dropped));
    out->__isset_success = TRUE;
    return TRUE;
}
