/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that change and rename partitions and move them between tables. Adding them is in
 * partition.c, dropping in partition_drop.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "partition_text.h"
#include "put.h"
#include "reply.h"

#include "skep/catalog_partition.h"
#include "skep/error.h"

/* --- change --- */

/* A changed partition stays in its table; one that does not name it is in it. */
static gboolean
partitions_check_names(const ThriftName *name, const GPtrArray *partitions, GError **error)
{
    for (guint i = 0; partitions != NULL && i < partitions->len; i++) {
        const HmsPartition *partition = g_ptr_array_index(partitions, i);
        if ((partition->tableName != NULL &&
             g_ascii_strcasecmp(partition->tableName, name->table) != 0) ||
            (partition->dbName != NULL &&
             g_ascii_strcasecmp(partition->dbName, name->database) != 0))
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "Unable to alter partition because it names another table than %s.%s",
                             name->database, name->table);
    }
    return TRUE;
}

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
    if (!partitions_check_names(&name, partitions, error))
        return thrift_partitions_misnamed(call, &name, error);
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
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, (gpointer)partition);
    if (partition->dbName == NULL || partition->tableName == NULL) {
        skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                  "The new partition must name its database and table");
        return thrift_partitions_misnamed(call, name, error);
    }
    if (!partitions_check_names(name, one, error))
        return thrift_partitions_misnamed(call, name, error);
    if (!thrift_partition_values_check(call, partition->values, error))
        return FALSE;
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

/* --- exchange --- */

/* CatalogPartition* as they are now, and the name of their table; NULL with an error. */
static GPtrArray *
partitions_exchange(ThriftCall *call,
                    GHashTable *spec,
                    const ThriftName *source,
                    const ThriftName *target,
                    GError **error)
{
    thrift_call_set_catalog(call, source->catalog);
    CatalogPartitionEnd from = {source->catalog, source->database, source->table};
    CatalogPartitionEnd to = {target->catalog, target->database, target->table};
    g_autoptr(GHashTable) values = thrift_decode_map(spec);
    return catalog_partition_exchange(call->catalog, &from, &to, values, error);
}

gboolean
thrift_exchange_partitions(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsExchangePartitionsArgs *in = args;
    g_auto(ThriftName) source = {NULL};
    g_auto(ThriftName) target = {NULL};
    return thrift_decode_table_name(in->source_db, NULL, in->source_table_name, &source, error) &&
           thrift_decode_table_name(in->dest_db, NULL, in->dest_table_name, &target, error) &&
           thrift_reply_partitions(
               call, THRIFT_REPLY_PLAIN, &target,
               partitions_exchange(call, in->partitionSpecs, &source, &target, error));
}

/* A ThriftReplyWriter: a partition of which nothing is set. */
static gboolean
empty_partition_write(ThriftCall *call, gpointer state, ThriftProtocol *out, GError **error)
{
    (void)call;
    (void)state;
    return thrift_put_field(out, T_STRUCT, 0, error) && thrift_put_stop(out, error) &&
           thrift_put_stop(out, error);
}

/* As Hive does: all that match move, and the answer says nothing of them. */
gboolean
thrift_exchange_partition(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsExchangePartitionArgs *in = args;
    g_auto(ThriftName) source = {NULL};
    g_auto(ThriftName) target = {NULL};
    if (!thrift_decode_table_name(in->source_db, NULL, in->source_table_name, &source, error) ||
        !thrift_decode_table_name(in->dest_db, NULL, in->dest_table_name, &target, error))
        return FALSE;
    g_autoptr(GPtrArray) moved =
        partitions_exchange(call, in->partitionSpecs, &source, &target, error);
    if (moved == NULL)
        return FALSE;
    thrift_call_reply_with(call, empty_partition_write, NULL, NULL);
    return TRUE;
}
