/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that add partitions: whole ones, or only their values with all else taken from the table.
 * Changing and dropping is in partition_alter.c, reading in partition_listing.c. Caller:
 * dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "partition_text.h"
#include "reply.h"

#include "skep/error.h"

/* CatalogPartition* that are new, or NULL with an error. */
static GPtrArray *
partitions_add(ThriftCall *call,
               const ThriftName *name,
               const GPtrArray *partitions,
               gboolean if_not_exists,
               GError **error)
{
    thrift_call_set_catalog(call, name->catalog);
    GPtrArray *added = NULL;
    if (!catalog_partition_add(call->catalog, name->catalog, name->database, name->table,
                               partitions, if_not_exists, &added, error))
        return NULL;
    return added;
}

/* Adds one, which it takes, and answers with what was stored. */
static gboolean
partition_add_one(ThriftCall *call,
                  const ThriftName *name,
                  CatalogPartition *partition,
                  GError **error)
{
    g_autoptr(GPtrArray) wanted =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_partition_free);
    g_ptr_array_add(wanted, partition);
    g_autoptr(GPtrArray) added = partitions_add(call, name, wanted, FALSE, error);
    if (added == NULL)
        return FALSE;
    if (added->len != 1)
        return skep_fail(error, SKEP_ERROR_INTERNAL, NULL,
                         "%u partitions were added where one was asked for", added->len);
    return thrift_reply_partition(call, THRIFT_REPLY_PLAIN, name,
                                  catalog_partition_copy(g_ptr_array_index(added, 0)));
}

static gboolean
partition_add_decoded(ThriftCall *call, const HmsPartition *partition, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(partition->dbName, partition->catName, partition->tableName,
                                  &name, error))
        return FALSE;
    CatalogPartition *wanted = thrift_decode_partition(partition, error);
    return wanted != NULL && partition_add_one(call, &name, wanted, error);
}

gboolean
thrift_add_partition(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsAddPartitionArgs *in = args;
    return partition_add_decoded(call, in->new_part, error);
}

gboolean
thrift_add_partition_with_environment_context(ThriftCall *call,
                                              gpointer args,
                                              gpointer result,
                                              GError **error)
{
    (void)result;
    const HmsPartitionsAddPartitionWithEnvironmentContextArgs *in = args;
    return partition_add_decoded(call, in->new_part, error);
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
    if (!thrift_decode_partitions_table(in->new_parts, &name, error))
        return FALSE;
    g_autoptr(GPtrArray) wanted = thrift_decode_partitions(in->new_parts, error);
    if (wanted == NULL)
        return FALSE;
    g_autoptr(GPtrArray) added = partitions_add(call, &name, wanted, FALSE, error);
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
    g_autoptr(GPtrArray) wanted = thrift_decode_partition_specs(in->new_parts, &name, error);
    if (wanted == NULL)
        return FALSE;
    if (wanted->len == 0)
        return THRIFT_REPLY_VALUE(out, 0);
    g_autoptr(GPtrArray) added = partitions_add(call, &name, wanted, FALSE, error);
    return added != NULL && THRIFT_REPLY_VALUE(out, (gint32)added->len);
}

/* Each partition must be of the request's table, where it names one at all. */
static gboolean
request_check_names(const ThriftName *name, const GPtrArray *partitions, GError **error)
{
    for (guint i = 0; i < partitions->len; i++) {
        const HmsPartition *partition = g_ptr_array_index(partitions, i);
        if ((partition->tableName != NULL &&
             g_ascii_strcasecmp(partition->tableName, name->table) != 0) ||
            (partition->dbName != NULL &&
             g_ascii_strcasecmp(partition->dbName, name->database) != 0))
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "Partition does not belong to target table %s.%s", name->database,
                             name->table);
    }
    return TRUE;
}

gboolean
thrift_add_partitions_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPartitionsAddPartitionsReqArgs *in = args;
    HmsPartitionsAddPartitionsReqResult *out = result;
    const HmsAddPartitionsRequest *request = in->request;
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(request->dbName, request->catName, request->tblName, &name,
                                  error) ||
        !request_check_names(&name, request->parts, error))
        return FALSE;
    g_autoptr(GPtrArray) wanted = thrift_decode_partitions(request->parts, error);
    g_autoptr(GPtrArray) added =
        wanted != NULL ? partitions_add(call, &name, wanted, request->ifNotExists, error) : NULL;
    if (added == NULL)
        return FALSE;
    if (request->needResult)
        return thrift_reply_partitions(call, THRIFT_REPLY_IN_STRUCT, &name,
                                       g_steal_pointer(&added));
    out->__isset_success = TRUE;
    return TRUE;
}

/* --- append: only values are known --- */

static gboolean
partition_append(ThriftCall *call,
                 const char *database,
                 const char *catalog,
                 const char *table,
                 const GPtrArray *values,
                 GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(database, catalog, table, &name, error))
        return FALSE;
    CatalogPartition *wanted = catalog_partition_new();
    g_strfreev(wanted->values);
    wanted->values = thrift_decode_strv(values);
    return partition_add_one(call, &name, wanted, error);
}

static gboolean
partition_append_by_name(ThriftCall *call,
                         const char *database,
                         const char *catalog,
                         const char *table,
                         const char *partition_name,
                         GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(database, catalog, table, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    g_auto(GStrv) values = NULL;
    if (!thrift_partition_values_of(call, &name, partition_name, &values, error))
        return FALSE;
    CatalogPartition *wanted = catalog_partition_new();
    g_strfreev(wanted->values);
    wanted->values = g_steal_pointer(&values);
    return partition_add_one(call, &name, wanted, error);
}

gboolean
thrift_append_partition(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsAppendPartitionArgs *in = args;
    return partition_append(call, in->db_name, NULL, in->tbl_name, in->part_vals, error);
}

gboolean
thrift_append_partition_with_environment_context(ThriftCall *call,
                                                 gpointer args,
                                                 gpointer result,
                                                 GError **error)
{
    (void)result;
    const HmsPartitionsAppendPartitionWithEnvironmentContextArgs *in = args;
    return partition_append(call, in->db_name, NULL, in->tbl_name, in->part_vals, error);
}

gboolean
thrift_append_partition_by_name(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsAppendPartitionByNameArgs *in = args;
    return partition_append_by_name(call, in->db_name, NULL, in->tbl_name, in->part_name, error);
}

gboolean
thrift_append_partition_by_name_with_environment_context(ThriftCall *call,
                                                         gpointer args,
                                                         gpointer result,
                                                         GError **error)
{
    (void)result;
    const HmsPartitionsAppendPartitionByNameWithEnvironmentContextArgs *in = args;
    return partition_append_by_name(call, in->db_name, NULL, in->tbl_name, in->part_name, error);
}

gboolean
thrift_append_partition_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsAppendPartitionReqArgs *in = args;
    const HmsAppendPartitionsRequest *request = in->appendPartitionsReq;
    return request->name != NULL
               ? partition_append_by_name(call, request->dbName, request->catalogName,
                                          request->tableName, request->name, error)
               : partition_append(call, request->dbName, request->catalogName, request->tableName,
                                  request->partVals, error);
}
