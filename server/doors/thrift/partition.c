/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that add partitions: whole ones, or only their values with all else taken from the table.
 * Changing and dropping is in partition_alter.c, reading in partition_listing.c. Caller:
 * dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "encode.h"
#include "partition_text.h"
#include "put.h"
#include "reply.h"

#include "skep/catalog_partition.h"
#include "skep/error.h"

static CatalogPartitionAddOptions
options_of(const HmsEnvironmentContext *context, gboolean if_not_exists)
{
    ThriftContext decoded;
    thrift_decode_context(context, &decoded);
    return (CatalogPartitionAddOptions){.if_not_exists = if_not_exists,
                                        .do_not_update_stats = decoded.do_not_update_stats};
}

/* CatalogPartition* that are new, or NULL with an error. */
static GPtrArray *
partitions_add(ThriftCall *call,
               const ThriftName *name,
               const GPtrArray *partitions,
               const CatalogPartitionAddOptions *options,
               GError **error)
{
    thrift_call_set_catalog(call, name->catalog);
    GPtrArray *added = NULL;
    if (!catalog_partition_add(call->catalog, name->catalog, name->database, name->table,
                               partitions, options, &added, error))
        return NULL;
    return added;
}

/* Adds one, which it takes, and answers with what was stored. */
static gboolean
partition_add_one(ThriftCall *call,
                  const ThriftName *name,
                  const CatalogPartitionAddOptions *options,
                  CatalogPartition *partition,
                  GError **error)
{
    g_autoptr(GPtrArray) wanted =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_partition_free);
    g_ptr_array_add(wanted, partition);
    g_autoptr(GPtrArray) added = partitions_add(call, name, wanted, options, error);
    if (added == NULL)
        return FALSE;
    if (added->len != 1)
        return skep_fail(error, SKEP_ERROR_INTERNAL, NULL,
                         "%u partitions were added where one was asked for", added->len);
    return thrift_reply_partition(call, THRIFT_REPLY_PLAIN, name,
                                  catalog_partition_copy(g_ptr_array_index(added, 0)));
}

static gboolean
partition_add_decoded(ThriftCall *call,
                      const HmsPartition *partition,
                      const HmsEnvironmentContext *context,
                      GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(partition->dbName, partition->catName, partition->tableName,
                                  &name, error) ||
        !thrift_partition_values_check(call, partition->values, error))
        return FALSE;
    CatalogPartitionAddOptions options = options_of(context, FALSE);
    CatalogPartition *wanted = thrift_decode_partition(partition, error);
    return wanted != NULL && partition_add_one(call, &name, &options, wanted, error);
}

gboolean
thrift_add_partition(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsAddPartitionArgs *in = args;
    return partition_add_decoded(call, in->new_part, NULL, error);
}

gboolean
thrift_add_partition_with_environment_context(ThriftCall *call,
                                              gpointer args,
                                              gpointer result,
                                              GError **error)
{
    (void)result;
    const HmsPartitionsAddPartitionWithEnvironmentContextArgs *in = args;
    return partition_add_decoded(call, in->new_part, in->environment_context, error);
}

gboolean
thrift_add_partitions(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsAddPartitionsArgs *in = args;
    HmsPartitionsAddPartitionsResult *out = result;
    if (!in->__isset_new_parts)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Partition list cannot be null.");
    if (in->new_parts->len == 0)
        return THRIFT_REPLY_VALUE(out, 0);
    g_auto(ThriftName) name = {NULL};
    CatalogPartitionAddOptions options = options_of(NULL, FALSE);
    const HmsPartition *first = g_ptr_array_index(in->new_parts, 0);
    if (!thrift_decode_table_name(first->dbName, first->catName, first->tableName, &name, error))
        return FALSE;
    if (!thrift_partitions_check_table(in->new_parts, &name, TRUE, error))
        return thrift_partitions_misnamed(call, &name, error);
    if (!thrift_partitions_check(call, in->new_parts, error))
        return FALSE;
    g_autoptr(GPtrArray) wanted = thrift_decode_partitions(in->new_parts, error);
    if (wanted == NULL)
        return FALSE;
    g_autoptr(GPtrArray) added = partitions_add(call, &name, wanted, &options, error);
    return added != NULL && THRIFT_REPLY_VALUE(out, (gint32)added->len);
}

gboolean
thrift_add_partitions_pspec(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsAddPartitionsPspecArgs *in = args;
    HmsPartitionsAddPartitionsPspecResult *out = result;
    if (!in->__isset_new_parts)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Partition list cannot be null.");
    g_auto(ThriftName) name = {NULL};
    CatalogPartitionAddOptions options = options_of(NULL, FALSE);
    g_autoptr(GPtrArray) wanted = thrift_decode_partition_specs(in->new_parts, &name, error);
    if (wanted == NULL)
        return name.table != NULL ? thrift_partitions_misnamed(call, &name, error) : FALSE;
    if (wanted->len == 0)
        return THRIFT_REPLY_VALUE(out, 0);
    g_autoptr(GPtrArray) added = partitions_add(call, &name, wanted, &options, error);
    return added != NULL && THRIFT_REPLY_VALUE(out, (gint32)added->len);
}

/* What partitions without columns have: those of the request, or else the table's. */
static GPtrArray *
columns_of_request(ThriftCall *call,
                   const ThriftName *name,
                   const HmsAddPartitionsRequest *request,
                   GError **error)
{
    if (request->__isset_partitionColSchema && request->partitionColSchema->len > 0)
        return thrift_decode_columns(request->partitionColSchema, error);
    g_autoptr(CatalogTable) table =
        catalog_table_find(call->catalog, name->catalog, name->database, name->table, error);
    if (table == NULL)
        return NULL;
    return table->storage != NULL ? catalog_columns_copy(table->storage->columns)
                                  : catalog_columns_new();
}

static gboolean
partitions_add_columns(ThriftCall *call,
                       const ThriftName *name,
                       GPtrArray *wanted,
                       const HmsAddPartitionsRequest *request,
                       GError **error)
{
    if (!request->skipColumnSchemaForPartition)
        return TRUE;
    g_autoptr(GPtrArray) columns = columns_of_request(call, name, request, error);
    for (guint i = 0; columns != NULL && i < wanted->len; i++) {
        CatalogPartition *partition = g_ptr_array_index(wanted, i);
        if (partition->storage == NULL || partition->storage->columns->len > 0)
            continue;
        CatalogStorage *storage = catalog_storage_copy(partition->storage);
        g_ptr_array_unref(storage->columns);
        storage->columns = catalog_columns_copy(columns);
        catalog_storage_unref(partition->storage);
        partition->storage = storage;
    }
    return columns != NULL;
}

/* Writes AddPartitionsResult: the partitions without their columns, and those once. */
typedef struct {
    ThriftPartitionEncoder encoder;
    ThriftPartitionView view;
    GPtrArray *partitions;
} AddedReply;

static void
added_reply_free(gpointer data)
{
    AddedReply *reply = data;
    thrift_partition_encoder_clear(&reply->encoder);
    thrift_partition_view_clear(&reply->view);
    g_ptr_array_unref(reply->partitions);
    g_free(reply);
}

/* A ThriftReplyWriter. */
static gboolean
added_reply_write(ThriftCall *call, gpointer state, ThriftProtocol *out, GError **error)
{
    (void)call;
    AddedReply *reply = state;
    const CatalogPartition *first =
        reply->partitions->len > 0 ? g_ptr_array_index(reply->partitions, 0) : NULL;
    if (!thrift_put_field(out, T_STRUCT, 0, error) ||
        !thrift_put_list(out, 1, T_STRUCT, reply->partitions->len, error))
        return FALSE;
    for (guint i = 0; i < reply->partitions->len; i++)
        if (!thrift_encode_partition(&reply->encoder, out, g_ptr_array_index(reply->partitions, i),
                                     error))
            return FALSE;
    if (first != NULL && first->storage != NULL &&
        (!thrift_put_field(out, T_LIST, 3, error) ||
         !thrift_encode_columns(out, first->storage->columns, NULL, error)))
        return FALSE;
    return thrift_put_stop(out, error) && thrift_put_stop(out, error);
}

static gboolean
reply_without_columns(ThriftCall *call, const ThriftName *name, GPtrArray *added)
{
    AddedReply *reply = g_new0(AddedReply, 1);
    reply->partitions = added;
    reply->view.without_columns = TRUE;
    reply->encoder.view = &reply->view;
    thrift_partition_encoder_set_table(&reply->encoder, name->catalog, name->database, name->table);
    thrift_call_reply_with(call, added_reply_write, reply, added_reply_free);
    return TRUE;
}

gboolean
thrift_add_partitions_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsAddPartitionsReqArgs *in = args;
    HmsPartitionsAddPartitionsReqResult *out = result;
    const HmsAddPartitionsRequest *request = in->request;
    CatalogPartitionAddOptions options =
        options_of(request->environmentContext, request->ifNotExists);
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(request->dbName, request->catName, request->tblName, &name,
                                  error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    if (!thrift_partitions_check_table(request->parts, &name, TRUE, error))
        return thrift_partitions_misnamed(call, &name, error);
    if (!thrift_partitions_check(call, request->parts, error))
        return FALSE;
    g_autoptr(GPtrArray) wanted = thrift_decode_partitions(request->parts, error);
    if (wanted == NULL || !partitions_add_columns(call, &name, wanted, request, error))
        return FALSE;
    g_autoptr(GPtrArray) added = partitions_add(call, &name, wanted, &options, error);
    if (added == NULL)
        return FALSE;
    if (request->needResult && request->skipColumnSchemaForPartition)
        return reply_without_columns(call, &name, g_steal_pointer(&added));
    if (request->needResult)
        return thrift_reply_partitions(call, THRIFT_REPLY_IN_STRUCT, &name,
                                       g_steal_pointer(&added));
    out->__isset_success = TRUE;
    return TRUE;
}

/* --- append: only values are known --- */

/* Takes the values. */
static CatalogPartition *
partition_of_values(GStrv values)
{
    CatalogPartition *partition = catalog_partition_new();
    g_strfreev(partition->values);
    partition->values = values;
    return partition;
}

/* All but the values is the table's: takes the partition. */
static gboolean
partition_append_one(ThriftCall *call,
                     const ThriftName *name,
                     const HmsEnvironmentContext *context,
                     CatalogPartition *partition,
                     GError **error)
{
    CatalogPartitionAddOptions options = options_of(context, FALSE);
    options.as_table = TRUE;
    return partition_add_one(call, name, &options, partition, error);
}

static gboolean
partition_append(ThriftCall *call,
                 const char *database,
                 const char *catalog,
                 const char *table,
                 const GPtrArray *values,
                 const HmsEnvironmentContext *context,
                 GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(database, catalog, table, &name, error) ||
        !thrift_partition_values_check(call, values, error))
        return FALSE;
    CatalogPartition *wanted = partition_of_values(thrift_decode_strv(values));
    return partition_append_one(call, &name, context, wanted, error);
}

static gboolean
partition_append_by_name(ThriftCall *call,
                         const char *database,
                         const char *catalog,
                         const char *table,
                         const char *partition_name,
                         const HmsEnvironmentContext *context,
                         GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(database, catalog, table, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    g_auto(GStrv) values = NULL;
    if (!thrift_partition_values_of(call, &name, partition_name, &values, error))
        return FALSE;
    CatalogPartition *wanted = partition_of_values(g_steal_pointer(&values));
    return partition_append_one(call, &name, context, wanted, error);
}

gboolean
thrift_append_partition(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsAppendPartitionArgs *in = args;
    return partition_append(call, in->db_name, NULL, in->tbl_name, in->part_vals, NULL, error);
}

gboolean
thrift_append_partition_with_environment_context(ThriftCall *call,
                                                 gpointer args,
                                                 gpointer result,
                                                 GError **error)
{
    (void)result;
    const HmsPartitionsAppendPartitionWithEnvironmentContextArgs *in = args;
    return partition_append(call, in->db_name, NULL, in->tbl_name, in->part_vals,
                            in->environment_context, error);
}

gboolean
thrift_append_partition_by_name(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsAppendPartitionByNameArgs *in = args;
    return partition_append_by_name(call, in->db_name, NULL, in->tbl_name, in->part_name, NULL,
                                    error);
}

gboolean
thrift_append_partition_by_name_with_environment_context(ThriftCall *call,
                                                         gpointer args,
                                                         gpointer result,
                                                         GError **error)
{
    (void)result;
    const HmsPartitionsAppendPartitionByNameWithEnvironmentContextArgs *in = args;
    return partition_append_by_name(call, in->db_name, NULL, in->tbl_name, in->part_name,
                                    in->environment_context, error);
}

gboolean
thrift_append_partition_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsAppendPartitionReqArgs *in = args;
    const HmsAppendPartitionsRequest *request = in->appendPartitionsReq;
    return request->name != NULL
               ? partition_append_by_name(call, request->dbName, request->catalogName,
                                          request->tableName, request->name,
                                          request->environmentContext, error)
               : partition_append(call, request->dbName, request->catalogName, request->tableName,
                                  request->partVals, request->environmentContext, error);
}
