/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about write ids and what was written with them. What they mean is in
 * server/catalog/write_id.c. Caller: dispatch.c. */
#include "acid.h"
#include "bindings.h"

#include <hms_notification_types.h>
#include <hms_replication_types.h>

#include "skep/catalog_partition.h"
#include "skep/catalog_transaction.h"
#include "skep/error.h"

/* ---- allocate ---- */

static GArray *
decode_pairs(const GPtrArray *list)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(CatalogWriteId));
    for (guint i = 0; i < list->len; i++) {
        const HmsTxnToWriteId *pair = g_ptr_array_index(list, i);
        CatalogWriteId id = {pair->txnId, pair->writeId};
        g_array_append_val(pairs, id);
    }
    return pairs;
}

gboolean
thrift_allocate_table_write_ids(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTransactionsAllocateTableWriteIdsArgs *in = args;
    HmsTransactionsAllocateTableWriteIdsResult *out = result;
    const HmsAllocateTableWriteIdsRequest *request = in->rqst;
    g_auto(CatalogTableReference) table = {NULL};
    if (!thrift_decode_table_reference(request->dbName, NULL, request->tableName, &table, error))
        return FALSE;
    g_autoptr(GArray) source = decode_pairs(request->srcTxnToWriteIdList);
    CatalogWriteIdRequest wanted = {.table = table,
                                    .transaction_ids = request->txnIds,
                                    .give_back = request->__isset_reallocate && request->reallocate,
                                    .policy =
                                        request->__isset_replPolicy ? request->replPolicy : NULL,
                                    .source = source};
    g_autoptr(GArray) ids = catalog_write_id_allocate(call->catalog, &wanted, error);
    if (ids == NULL)
        return FALSE;
    for (guint i = 0; i < ids->len; i++) {
        const CatalogWriteId *id = &g_array_index(ids, CatalogWriteId, i);
        HmsTxnToWriteId *pair = g_object_new(HMS_TYPE_TXN_TO_WRITE_ID, NULL);
        pair->txnId = id->transaction_id;
        pair->writeId = id->write_id;
        g_ptr_array_add(out->success->txnToWriteIds, pair);
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_max_allocated_table_write_id(ThriftCall *call,
                                        gpointer args,
                                        gpointer result,
                                        GError **error)
{
    const HmsTransactionsGetMaxAllocatedTableWriteIdArgs *in = args;
    HmsTransactionsGetMaxAllocatedTableWriteIdResult *out = result;
    g_auto(CatalogTableReference) table = {NULL};
    if (!thrift_decode_table_reference(in->rqst->dbName, NULL, in->rqst->tableName, &table,
                                       error) ||
        !catalog_write_id_max(call->catalog, &table, &out->success->maxWriteId, error))
        return FALSE;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_seed_write_id(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTransactionsSeedWriteIdArgs *in = args;
    g_auto(CatalogTableReference) table = {NULL};
    return thrift_decode_table_reference(in->rqst->dbName, NULL, in->rqst->tableName, &table,
                                         error) &&
           catalog_write_id_seed(call->catalog, &table, in->rqst->seedWriteId, error);
}

/* ---- snapshots ---- */

static HmsTableValidWriteIds *
encode_valid(const CatalogValidWriteIds *ids, const char *full_name)
{
    HmsTableValidWriteIds *out = g_object_new(HMS_TYPE_TABLE_VALID_WRITE_IDS, NULL);
    out->fullTableName = g_strdup(full_name);
    out->writeIdHighWaterMark = ids->water_id;
    g_array_append_vals(out->invalidWriteIds, ids->invalid->data, ids->invalid->len);
    out->minOpenWriteId = ids->least_open;
    out->__isset_minOpenWriteId = ids->least_open != 0;
    out->abortedBits = thrift_encode_bits(ids->is_aborted);
    return out;
}

static GPtrArray *
decode_full_names(const GPtrArray *names, GError **error)
{
    g_autoptr(GPtrArray) tables =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_table_reference_free);
    for (guint i = 0; i < names->len; i++) {
        CatalogTableReference *table =
            thrift_decode_full_table_name(g_ptr_array_index(names, i), error);
        if (table == NULL)
            return NULL;
        g_ptr_array_add(tables, table);
    }
    return g_steal_pointer(&tables);
}

gboolean
thrift_get_valid_write_ids(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTransactionsGetValidWriteIdsArgs *in = args;
    HmsTransactionsGetValidWriteIdsResult *out = result;
    const HmsGetValidWriteIdsRequest *request = in->rqst;
    g_autoptr(GPtrArray) tables = decode_full_names(request->fullTableNames, error);
    if (tables == NULL)
        return FALSE;
    g_autoptr(GPtrArray) valid = catalog_write_id_valid(
        call->catalog, tables, request->__isset_validTxnList ? request->validTxnList : NULL,
        request->__isset_writeId ? request->writeId : 0, error);
    if (valid == NULL)
        return FALSE;
    for (guint i = 0; i < valid->len; i++)
        g_ptr_array_add(out->success->tblValidWriteIds,
                        encode_valid(g_ptr_array_index(valid, i),
                                     g_ptr_array_index(request->fullTableNames, i)));
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_add_write_ids_to_min_history(ThriftCall *call,
                                    gpointer args,
                                    gpointer result,
                                    GError **error)
{
    (void)result;
    const HmsTransactionsAddWriteIdsToMinHistoryArgs *in = args;
    g_autoptr(GPtrArray) tables =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_table_reference_free);
    g_autoptr(GArray) write_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    GHashTableIter iter;
    gpointer name;
    gpointer write_id;
    g_hash_table_iter_init(&iter, in->writeIds);
    while (g_hash_table_iter_next(&iter, &name, &write_id)) {
        CatalogTableReference *table = thrift_decode_full_table_name(name, error);
        if (table == NULL)
            return FALSE;
        g_ptr_array_add(tables, table);
        g_array_append_val(write_ids, *(const gint64 *)write_id);
    }
    return catalog_write_id_note_reads(call->catalog, in->txnId, tables, write_ids, error);
}

gboolean
thrift_repl_tbl_writeid_state(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsReplicationReplTblWriteidStateArgs *in = args;
    const HmsReplTblWriteIdStateRequest *request = in->rqst;
    g_auto(CatalogTableReference) table = {NULL};
    return thrift_decode_table_reference(request->dbName, NULL, request->tableName, &table,
                                         error) &&
           catalog_write_id_replicate(
               call->catalog, &table, request->validWriteIdlist, request->user, request->hostName,
               request->__isset_partNames ? request->partNames : NULL, error);
}

/* ---- files ---- */

static const char *
text_at(const GPtrArray *texts, guint i)
{
    return texts != NULL && i < texts->len && g_ptr_array_index(texts, i) != NULL
               ? g_ptr_array_index(texts, i)
               : "";
}

/* As Hive writes the files of one event down: each with its checksum and directory of recycled
 * files, which are empty without a change manager, and its sub-directory. */
static char *
join_files(const HmsInsertEventRequestData *data)
{
    GString *joined = g_string_new(NULL);
    for (guint i = 0; i < data->filesAdded->len; i++)
        g_string_append_printf(joined, "%s%s###%s", i > 0 ? "," : "", text_at(data->filesAdded, i),
                               text_at(data->subDirectoryList, i));
    return g_string_free(joined, FALSE);
}

static char *
name_partition(const CatalogTable *table, const GPtrArray *values, GError **error)
{
    if (values->len != table->partition_keys->len)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "%u values do not make a partition of a table with %u keys",
                              values->len, table->partition_keys->len);
    g_autoptr(GPtrArray) keys = g_ptr_array_new();
    for (guint i = 0; i < values->len; i++)
        g_ptr_array_add(keys, ((CatalogColumn *)g_ptr_array_index(table->partition_keys, i))->name);
    g_ptr_array_add(keys, NULL);
    g_auto(GStrv) parts = thrift_decode_strv(values);
    return catalog_partition_name_format((const char *const *)keys->pdata,
                                         (const char *const *)parts);
}

static CatalogWrittenFiles *
decode_notification(ThriftCall *call,
                    const HmsWriteNotificationLogRequest *request,
                    const char *catalog,
                    GError **error)
{
    g_autoptr(CatalogWrittenFiles) written = catalog_written_files_new();
    CatalogTableReference *place = &written->table;
    if (!thrift_decode_table_reference(request->db, catalog, request->table, place, error))
        return NULL;
    written->write_id = request->writeId;
    written->files = join_files(request->fileInfo);
    if (!request->__isset_partitionVals || request->partitionVals->len == 0)
        return g_steal_pointer(&written);
    g_autoptr(CatalogTable) table = catalog_table_find(
        call->catalog, place->catalog, place->namespace_name, place->table_name, error);
    if (table == NULL)
        return NULL;
    written->partition_name = name_partition(table, request->partitionVals, error);
    return written->partition_name != NULL ? g_steal_pointer(&written) : NULL;
}

static gboolean
add_notification(ThriftCall *call,
                 const HmsWriteNotificationLogRequest *request,
                 const char *catalog,
                 GError **error)
{
    g_autoptr(GPtrArray) files =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_written_files_free);
    CatalogWrittenFiles *written = decode_notification(call, request, catalog, error);
    if (written == NULL)
        return FALSE;
    g_ptr_array_add(files, written);
    return catalog_transaction_add_files(call->catalog, request->txnId, files, error);
}

gboolean
thrift_add_write_notification_log(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsNotificationsAddWriteNotificationLogArgs *in = args;
    HmsNotificationsAddWriteNotificationLogResult *out = result;
    if (!add_notification(call, in->rqst, NULL, error))
        return FALSE;
    out->__isset_success = TRUE;
    return TRUE;
}

/* The entries say their table themselves; those of the batch say it for the answer alone. */
gboolean
thrift_add_write_notification_log_in_batch(ThriftCall *call,
                                           gpointer args,
                                           gpointer result,
                                           GError **error)
{
    const HmsNotificationsAddWriteNotificationLogInBatchArgs *in = args;
    HmsNotificationsAddWriteNotificationLogInBatchResult *out = result;
    for (guint i = 0; i < in->rqst->requestList->len; i++)
        if (!add_notification(call, g_ptr_array_index(in->rqst->requestList, i), in->rqst->catalog,
                              error))
            return FALSE;
    out->__isset_success = TRUE;
    return TRUE;
}
