/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about transactions of ACID tables. What they mean is in
 * server/catalog/acid_transaction.c. Caller: dispatch.c. */
#include "acid.h"
#include "bindings.h"
#include "reply.h"

#include <hms_materialized_view_types.h>
#include <hms_replication_types.h>

#include "skep/catalog_transaction.h"

#define AGENT_UNKNOWN "Unknown"

/* ---- open ---- */

gboolean
thrift_open_txns(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTransactionsOpenTxnsArgs *in = args;
    HmsTransactionsOpenTxnsResult *out = result;
    const HmsOpenTxnRequest *request = in->rqst;
    CatalogTransactionOpening opening = {
        .count = request->num_txns,
        .type = request->__isset_txn_type ? (CatalogTransactionType)request->txn_type
                                          : CATALOG_TRANSACTION_DEFAULT,
        .user = request->user,
        .host = request->hostname,
        .agent_info = request->__isset_agentInfo ? request->agentInfo : AGENT_UNKNOWN,
        .policy = request->__isset_replPolicy ? request->replPolicy : NULL,
        .source_ids = request->__isset_replSrcTxnIds ? request->replSrcTxnIds : NULL};
    GArray *ids = catalog_transaction_open(call->catalog, &opening, error);
    if (ids == NULL)
        return FALSE;
    g_array_unref(out->success->txn_ids);
    out->success->txn_ids = ids;
    out->__isset_success = TRUE;
    return TRUE;
}

/* ---- told ---- */

static gboolean
is_excluded(const CatalogTransaction *told, const GArray *excluded)
{
    for (guint i = 0; i < excluded->len; i++)
        if ((gint)told->type == g_array_index(excluded, gint, i))
            return TRUE;
    return FALSE;
}

/* `excluded`: of HmsTxnType. The least open one counts those, too: a reader must keep what they
 * read. */
static gboolean
reply_open(ThriftCall *call, const GArray *excluded, HmsGetOpenTxnsResponse *out, GError **error)
{
    g_autoptr(CatalogTransactionSnapshot) snapshot =
        catalog_transaction_snapshot(call->catalog, error);
    if (snapshot == NULL)
        return FALSE;
    g_autoptr(GArray) aborted = g_array_new(FALSE, FALSE, sizeof(gint64));
    out->txn_high_water_mark = snapshot->water_id;
    for (guint i = 0; i < snapshot->unsettled->len; i++) {
        const CatalogTransaction *told = g_ptr_array_index(snapshot->unsettled, i);
        gint64 is_aborted = told->state == CATALOG_TRANSACTION_ABORTED;
        if (!is_aborted && !out->__isset_min_open_txn) {
            out->min_open_txn = told->id;
            out->__isset_min_open_txn = TRUE;
        }
        if (is_excluded(told, excluded))
            continue;
        g_array_append_val(out->open_txns, told->id);
        g_array_append_val(aborted, is_aborted);
    }
    out->abortedBits = thrift_encode_bits(aborted);
    return TRUE;
}

gboolean
thrift_get_open_txns(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    HmsTransactionsGetOpenTxnsResult *out = result;
    g_autoptr(GArray) excluded = g_array_new(FALSE, FALSE, sizeof(gint));
    gint read_only = HMS_TXN_TYPE_READ_ONLY;
    g_array_append_val(excluded, read_only);
    return reply_open(call, excluded, out->success, error) && (out->__isset_success = TRUE);
}

gboolean
thrift_get_open_txns_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTransactionsGetOpenTxnsReqArgs *in = args;
    HmsTransactionsGetOpenTxnsReqResult *out = result;
    g_autoptr(GArray) excluded = g_array_new(FALSE, FALSE, sizeof(gint));
    const GArray *types = in->getOpenTxnsRequest->excludeTxnTypes;
    for (guint i = 0; i < types->len; i++) {
        gint type = (gint)g_array_index(types, HmsTxnType, i);
        g_array_append_val(excluded, type);
    }
    return reply_open(call, excluded, out->success, error) && (out->__isset_success = TRUE);
}

static HmsTxnInfo *
encode_transaction(const CatalogTransaction *told)
{
    HmsTxnInfo *out = g_object_new(HMS_TYPE_TXN_INFO, NULL);
    out->id = told->id;
    out->state = (HmsTxnState)told->state;
    out->user = g_strdup(told->user != NULL ? told->user : "");
    out->hostname = g_strdup(told->host != NULL ? told->host : "");
    g_free(out->agentInfo);
    out->agentInfo = g_strdup(told->agent_info != NULL ? told->agent_info : AGENT_UNKNOWN);
    out->__isset_agentInfo = TRUE;
    out->startedTime = told->opened_at_ms;
    out->__isset_startedTime = TRUE;
    out->lastHeartbeatTime = told->heartbeat_at_ms;
    out->__isset_lastHeartbeatTime = TRUE;
    return out;
}

gboolean
thrift_get_open_txns_info(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    HmsTransactionsGetOpenTxnsInfoResult *out = result;
    g_autoptr(CatalogTransactionSnapshot) snapshot =
        catalog_transaction_snapshot(call->catalog, error);
    if (snapshot == NULL)
        return FALSE;
    out->success->txn_high_water_mark = snapshot->water_id;
    for (guint i = 0; i < snapshot->unsettled->len; i++)
        g_ptr_array_add(out->success->open_txns,
                        encode_transaction(g_ptr_array_index(snapshot->unsettled, i)));
    out->__isset_success = TRUE;
    return TRUE;
}

/* ---- end ---- */

static GPtrArray *
decode_write_events(const GPtrArray *infos, GError **error)
{
    g_autoptr(GPtrArray) files =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_written_files_free);
    for (guint i = 0; i < infos->len; i++) {
        const HmsWriteEventInfo *info = g_ptr_array_index(infos, i);
        CatalogWrittenFiles *written = catalog_written_files_new();
        g_ptr_array_add(files, written);
        if (!thrift_decode_table_reference(info->database, NULL, info->table, &written->table,
                                           error))
            return NULL;
        written->write_id = info->writeId;
        written->partition_name = g_strdup(info->partition);
        written->files = g_strdup(info->files);
    }
    return g_steal_pointer(&files);
}

static gboolean
decode_target(const HmsReplLastIdInfo *info, CatalogTableReference *out_target, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(info->database, info->catalog, &name, error))
        return FALSE;
    out_target->catalog = g_steal_pointer(&name.catalog);
    out_target->namespace_name = g_steal_pointer(&name.database);
    out_target->table_name = info->__isset_table ? g_strdup(info->table) : NULL;
    return TRUE;
}

/* Clients that say nothing about exclusive writes are older than those: what they wrote is checked.
 */
gboolean
thrift_commit_txn(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTransactionsCommitTxnArgs *in = args;
    const HmsCommitTxnRequest *request = in->rqst;
    gboolean is_replayed =
        request->__isset_txn_type && request->txn_type == HMS_TXN_TYPE_REPL_CREATED;
    g_auto(CatalogTableReference) target = {NULL};
    g_autoptr(GPtrArray) files = NULL;
    CatalogTransactionCommit commit = {
        .id = request->txnid,
        .policy = is_replayed && request->__isset_replPolicy ? request->replPolicy : NULL,
        .may_overlap = request->__isset_exclWriteEnabled && request->exclWriteEnabled};
    if (request->__isset_keyValue) {
        commit.parameter_key = request->keyValue->key;
        commit.parameter_value = request->keyValue->value;
        commit.parameter_table_id = request->keyValue->tableId;
    }
    if (request->__isset_replLastIdInfo) {
        const HmsReplLastIdInfo *info = request->replLastIdInfo;
        if (!decode_target(info, &target, error))
            return FALSE;
        commit.target = &target;
        commit.target_partitions = info->__isset_partitionList ? info->partitionList : NULL;
        commit.target_last_id = info->lastReplId;
    }
    if (request->__isset_writeEventInfos && is_replayed) {
        files = decode_write_events(request->writeEventInfos, error);
        if (files == NULL)
            return FALSE;
        commit.files = files;
    }
    return catalog_transaction_commit(call->catalog, &commit, error);
}

gboolean
thrift_abort_txn(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTransactionsAbortTxnArgs *in = args;
    const HmsAbortTxnRequest *request = in->rqst;
    gboolean is_replayed =
        request->__isset_txn_type && request->txn_type == HMS_TXN_TYPE_REPL_CREATED;
    return catalog_transaction_abort(
        call->catalog, request->txnid,
        is_replayed && request->__isset_replPolicy ? request->replPolicy : NULL, error);
}

gboolean
thrift_abort_txns(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTransactionsAbortTxnsArgs *in = args;
    return catalog_transaction_abort_many(call->catalog, in->rqst->txn_ids, error);
}

gboolean
thrift_heartbeat_txn_range(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTransactionsHeartbeatTxnRangeArgs *in = args;
    HmsTransactionsHeartbeatTxnRangeResult *out = result;
    g_autoptr(GArray) aborted = NULL;
    g_autoptr(GArray) missing = NULL;
    if (!catalog_transaction_heartbeat_range(call->catalog, in->txns->min, in->txns->max, &aborted,
                                             &missing, error))
        return FALSE;
    thrift_encode_id_set(aborted, out->success->aborted);
    thrift_encode_id_set(missing, out->success->nosuch);
    out->__isset_success = TRUE;
    return TRUE;
}

/* ---- what is written ---- */

gboolean
thrift_add_dynamic_partitions(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTransactionsAddDynamicPartitionsArgs *in = args;
    const HmsAddDynamicPartitions *request = in->rqst;
    g_auto(CatalogTableReference) table = {NULL};
    gint32 operation = request->__isset_operationType ? (gint32)request->operationType
                                                      : HMS_DATA_OPERATION_TYPE_UNSET;
    return thrift_decode_table_reference(request->dbname, NULL, request->tablename, &table,
                                         error) &&
           catalog_transaction_name_partitions(call->catalog, request->txnid, request->writeid,
                                               &table, request->partitionnames, operation, error);
}

gboolean
thrift_get_latest_txnid_in_conflict(ThriftCall *call,
                                    gpointer args,
                                    gpointer result,
                                    GError **error)
{
    const HmsTransactionsGetLatestTxnidInConflictArgs *in = args;
    HmsTransactionsGetLatestTxnidInConflictResult *out = result;
    gint64 id = 0;
    return catalog_transaction_latest_conflict(call->catalog, in->txnId, &id, error) &&
           THRIFT_REPLY_VALUE(out, id);
}

gboolean
thrift_seed_txn_id(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTransactionsSeedTxnIdArgs *in = args;
    return catalog_transaction_seed(call->catalog, in->rqst->seedTxnId, error);
}

gboolean
thrift_get_all_write_event_info(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTransactionsGetAllWriteEventInfoArgs *in = args;
    HmsTransactionsGetAllWriteEventInfoResult *out = result;
    const HmsGetAllWriteEventInfoRequest *request = in->request;
    g_auto(ThriftName) name = {NULL};
    thrift_decode_database_pattern(request->dbName, NULL, &name);
    g_autoptr(GPtrArray) files = catalog_transaction_list_files(
        call->catalog, request->txnId, name.database,
        request->__isset_tableName ? request->tableName : NULL, error);
    if (files == NULL)
        return FALSE;
    for (guint i = 0; i < files->len; i++) {
        const CatalogWrittenFiles *written = g_ptr_array_index(files, i);
        HmsWriteEventInfo *info = g_object_new(HMS_TYPE_WRITE_EVENT_INFO, NULL);
        info->writeId = written->write_id;
        info->database = g_strdup(written->table.namespace_name);
        info->table = g_strdup(written->table.table_name);
        info->files = g_strdup(written->files);
        info->partition = g_strdup(written->partition_name);
        info->__isset_partition = written->partition_name != NULL;
        g_ptr_array_add(out->success, info);
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_replayed_txns_for_policy(ThriftCall *call,
                                    gpointer args,
                                    gpointer result,
                                    GError **error)
{
    const HmsReplicationGetReplayedTxnsForPolicyArgs *in = args;
    HmsReplicationGetReplayedTxnsForPolicyResult *out = result;
    g_autoptr(GArray) pairs = catalog_transaction_replayed(call->catalog, in->policyName, error);
    if (pairs == NULL)
        return FALSE;
    for (guint i = 0; i < pairs->len; i++) {
        const CatalogWriteId *pair = &g_array_index(pairs, CatalogWriteId, i);
        g_hash_table_insert(out->success->replTxnMapEntry,
                            g_strdup_printf("%" G_GINT64_FORMAT, pair->transaction_id),
                            g_strdup_printf("%" G_GINT64_FORMAT, pair->write_id));
    }
    out->success->__isset_replTxnMapEntry = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

/* ---- rebuilds of materialized views ---- */

gboolean
thrift_get_lock_materialization_rebuild(ThriftCall *call,
                                        gpointer args,
                                        gpointer result,
                                        GError **error)
{
    const HmsMaterializedViewsGetLockMaterializationRebuildArgs *in = args;
    HmsMaterializedViewsGetLockMaterializationRebuildResult *out = result;
    g_auto(CatalogTableReference) table = {NULL};
    gboolean is_held = FALSE;
    if (!thrift_decode_table_reference(in->dbName, NULL, in->tableName, &table, error) ||
        !catalog_transaction_lock_rebuild(call->catalog, &table, in->txnId, FALSE, &is_held, error))
        return FALSE;
    out->success->lockid = in->txnId;
    out->success->state = is_held ? HMS_LOCK_STATE_ACQUIRED : HMS_LOCK_STATE_NOT_ACQUIRED;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_heartbeat_lock_materialization_rebuild(ThriftCall *call,
                                              gpointer args,
                                              gpointer result,
                                              GError **error)
{
    const HmsMaterializedViewsHeartbeatLockMaterializationRebuildArgs *in = args;
    HmsMaterializedViewsHeartbeatLockMaterializationRebuildResult *out = result;
    g_auto(CatalogTableReference) table = {NULL};
    gboolean is_held = FALSE;
    if (!thrift_decode_table_reference(in->dbName, NULL, in->tableName, &table, error) ||
        !catalog_transaction_lock_rebuild(call->catalog, &table, in->txnId, TRUE, &is_held, error))
        return FALSE;
    out->success = is_held;
    out->__isset_success = TRUE;
    return TRUE;
}
