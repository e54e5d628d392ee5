/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about compactions: those of clients that ask for one, and those of the workers that do
 * them. What they mean is in server/catalog/compaction.c. Caller: dispatch.c. */
#include "acid.h"
#include "bindings.h"
#include "compaction_record.h"
#include "reply.h"

#include "skep/catalog_compaction.h"
#include "skep/error.h"

/* ---- asked for ---- */

static gboolean
request_compaction(ThriftCall *call,
                   const HmsCompactionRequest *request,
                   gint64 *out_id,
                   gint64 *out_standing_id,
                   CatalogCompactionState *out_standing_state,
                   GError **error)
{
    g_autoptr(CatalogCompaction) wanted = thrift_decode_compaction_request(request, error);
    return wanted != NULL && catalog_compaction_request(call->catalog, wanted, out_id,
                                                        out_standing_id, out_standing_state, error);
}

gboolean
thrift_compact(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsCompactionsCompactArgs *in = args;
    gint64 id = 0;
    gint64 standing_id = 0;
    CatalogCompactionState standing_state = CATALOG_COMPACTION_INITIATED;
    return request_compaction(call, in->rqst, &id, &standing_id, &standing_state, error);
}

gboolean
thrift_compact2(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsCompactionsCompact2Args *in = args;
    HmsCompactionsCompact2Result *out = result;
    HmsCompactionResponse *response = out->success;
    gint64 id = 0;
    gint64 standing_id = 0;
    CatalogCompactionState standing_state = CATALOG_COMPACTION_INITIATED;
    if (!request_compaction(call, in->rqst, &id, &standing_id, &standing_state, error))
        return FALSE;
    response->id = id != 0 ? id : -1;
    response->accepted = id != 0;
    response->state = g_strdup(thrift_encode_compaction_state(
        id != 0 ? CATALOG_COMPACTION_INITIATED : CATALOG_COMPACTION_REFUSED));
    if (id == 0) {
        response->errormessage = g_strdup_printf(
            "Compaction is already scheduled with state='%s' and id=%" G_GINT64_FORMAT,
            thrift_encode_compaction_state(standing_state), standing_id);
        response->__isset_errormessage = TRUE;
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_submit_for_cleanup(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsCompactionsSubmitForCleanupArgs *in = args;
    HmsCompactionsSubmitForCleanupResult *out = result;
    g_autoptr(CatalogCompaction) wanted = thrift_decode_compaction_request(in->o1, error);
    if (wanted == NULL)
        return FALSE;
    wanted->highest_write_id = in->o2;
    wanted->transaction_id = in->o3;
    if (!catalog_compaction_request_clean(call->catalog, wanted, error))
        return FALSE;
    out->success = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

/* ---- told ---- */

gboolean
thrift_show_compact(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsCompactionsShowCompactArgs *in = args;
    HmsCompactionsShowCompactResult *out = result;
    const HmsShowCompactRequest *request = in->rqst;
    g_auto(ThriftName) name = {NULL};
    thrift_decode_database_pattern(request->dbName, NULL, &name);
    gboolean has_state =
        request->__isset_state && request->state != NULL && *request->state != '\0';
    CatalogCompactionFilter filter = {.id = request->__isset_id ? request->id : 0,
                                      .pool_name = request->poolName,
                                      .namespace_name = name.database,
                                      .table_name = request->tbName,
                                      .partition_name = request->partName,
                                      .type = request->__isset_type ? (gint32)request->type : 0,
                                      .state = has_state
                                                   ? thrift_decode_compaction_state(request->state)
                                                   : (CatalogCompactionState)0,
                                      .limit = request->__isset_limit ? request->limit : 0};
    if (has_state && filter.state == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "There is no such state");
    g_autoptr(GPtrArray) list = catalog_compaction_list(call->catalog, &filter, error);
    if (list == NULL)
        return FALSE;
    for (guint i = 0; i < list->len; i++)
        g_ptr_array_add(out->success->compacts,
                        thrift_encode_compaction_shown(g_ptr_array_index(list, i)));
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_latest_committed_compaction_info(ThriftCall *call,
                                            gpointer args,
                                            gpointer result,
                                            GError **error)
{
    const HmsCompactionsGetLatestCommittedCompactionInfoArgs *in = args;
    HmsCompactionsGetLatestCommittedCompactionInfoResult *out = result;
    const HmsGetLatestCommittedCompactionInfoRequest *request = in->rqst;
    g_auto(CatalogTableReference) table = {NULL};
    if (!thrift_decode_table_reference(request->dbname, NULL, request->tablename, &table, error))
        return FALSE;
    g_autoptr(GPtrArray) list = catalog_compaction_latest(
        call->catalog, &table, request->__isset_partitionnames ? request->partitionnames : NULL,
        request->__isset_lastCompactionId ? request->lastCompactionId : 0, error);
    if (list == NULL)
        return FALSE;
    for (guint i = 0; i < list->len; i++)
        g_ptr_array_add(out->success->compactions,
                        thrift_encode_compaction(g_ptr_array_index(list, i)));
    out->__isset_success = TRUE;
    return TRUE;
}

static const char *
status_message(const CatalogCompactionAbort *told)
{
    if (told->is_aborted)
        return "Successfully aborted compaction";
    return told->state == 0 ? "No Such Compaction Id Available" : NULL;
}

static HmsAbortCompactionResponseElement *
encode_abort(const CatalogCompactionAbort *told)
{
    HmsAbortCompactionResponseElement *out =
        g_object_new(HMS_TYPE_ABORT_COMPACTION_RESPONSE_ELEMENT, NULL);
    const char *message = status_message(told);
    out->compactionId = told->id;
    out->status = g_strdup(told->is_aborted ? "Success" : "Error");
    out->__isset_status = TRUE;
    out->message =
        message != NULL
            ? g_strdup(message)
            : g_strdup_printf("Error while aborting compaction as compaction is in state-%s",
                              thrift_encode_compaction_state(told->state));
    out->__isset_message = TRUE;
    return out;
}

gboolean
thrift_abort_compactions(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsCompactionsAbortCompactionsArgs *in = args;
    HmsCompactionsAbortCompactionsResult *out = result;
    g_autoptr(GArray) aborts =
        catalog_compaction_abort(call->catalog, in->rqst->compactionIds, error);
    if (aborts == NULL)
        return FALSE;
    for (guint i = 0; i < aborts->len; i++) {
        const CatalogCompactionAbort *told = &g_array_index(aborts, CatalogCompactionAbort, i);
        g_hash_table_insert(out->success->abortedcompacts, g_memdup2(&told->id, sizeof told->id),
                            encode_abort(told));
    }
    out->__isset_success = TRUE;
    return TRUE;
}

/* ---- workers ---- */

static gboolean
reply_next(ThriftCall *call,
           const char *pool_name,
           const char *worker_id,
           const char *worker_version,
           HmsOptionalCompactionInfoStruct *out,
           GError **error)
{
    g_autoptr(CatalogCompaction) next = NULL;
    if (!catalog_compaction_take(call->catalog, pool_name, worker_id, worker_version, &next, error))
        return FALSE;
    if (next != NULL) {
        g_clear_object(&out->ci);
        out->ci = thrift_encode_compaction(next);
        out->__isset_ci = TRUE;
    }
    return TRUE;
}

gboolean
thrift_find_next_compact(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsCompactionsFindNextCompactArgs *in = args;
    HmsCompactionsFindNextCompactResult *out = result;
    return reply_next(call, NULL, in->workerId, NULL, out->success, error) &&
           (out->__isset_success = TRUE);
}

gboolean
thrift_find_next_compact2(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsCompactionsFindNextCompact2Args *in = args;
    HmsCompactionsFindNextCompact2Result *out = result;
    const HmsFindNextCompactRequest *request = in->rqst;
    return reply_next(call, request->poolName, request->workerId, request->workerVersion,
                      out->success, error) &&
           (out->__isset_success = TRUE);
}

static gboolean
mark_compaction(ThriftCall *call,
                const HmsCompactionInfoStruct *info,
                CatalogCompactionState state,
                GError **error)
{
    g_autoptr(CatalogCompaction) compaction = thrift_decode_compaction(info, error);
    return compaction != NULL && catalog_compaction_mark(call->catalog, compaction, state, error);
}

#define MARK_COMPACTION(handler, ArgsType, state)                                                  \
    gboolean handler(ThriftCall *call, gpointer args, gpointer result, GError **error)             \
    {                                                                                              \
        (void)result;                                                                              \
        const ArgsType *in = args;                                                                 \
        return mark_compaction(call, in->cr, state, error);                                        \
    }

MARK_COMPACTION(thrift_mark_compacted,
                HmsCompactionsMarkCompactedArgs,
                CATALOG_COMPACTION_READY_FOR_CLEANING)
MARK_COMPACTION(thrift_mark_cleaned, HmsCompactionsMarkCleanedArgs, CATALOG_COMPACTION_SUCCEEDED)
MARK_COMPACTION(thrift_mark_failed, HmsCompactionsMarkFailedArgs, CATALOG_COMPACTION_FAILED)
MARK_COMPACTION(thrift_mark_refused, HmsCompactionsMarkRefusedArgs, CATALOG_COMPACTION_REFUSED)

gboolean
thrift_update_compactor_state(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsCompactionsUpdateCompactorStateArgs *in = args;
    g_autoptr(CatalogCompaction) compaction = thrift_decode_compaction(in->cr, error);
    return compaction != NULL &&
           catalog_compaction_update(call->catalog, compaction, in->txn_id, error);
}

gboolean
thrift_set_hadoop_jobid(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsCompactionsSetHadoopJobidArgs *in = args;
    return catalog_compaction_set_job(call->catalog, in->cq_id, in->jobId, error);
}

gboolean
thrift_find_columns_with_stats(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsCompactionsFindColumnsWithStatsArgs *in = args;
    HmsCompactionsFindColumnsWithStatsResult *out = result;
    g_autoptr(CatalogCompaction) compaction = thrift_decode_compaction(in->cr, error);
    if (compaction == NULL)
        return FALSE;
    g_autoptr(GPtrArray) columns = catalog_compaction_columns(call->catalog, compaction, error);
    if (columns == NULL)
        return FALSE;
    return THRIFT_REPLY_ARRAY(out, thrift_encode_strings(columns));
}

/* ---- metrics ---- */

gboolean
thrift_update_compaction_metrics_data(ThriftCall *call,
                                      gpointer args,
                                      gpointer result,
                                      GError **error)
{
    const HmsCompactionsUpdateCompactionMetricsDataArgs *in = args;
    HmsCompactionsUpdateCompactionMetricsDataResult *out = result;
    const HmsCompactionMetricsDataStruct *data = in->data;
    g_auto(CatalogTableReference) table = {NULL};
    if (!thrift_decode_table_reference(data->dbname, NULL, data->tblname, &table, error))
        return FALSE;
    CatalogCompactionMetric metric = {.table = table,
                                      .partition_name = data->partitionname,
                                      .type = (gint32)data->type,
                                      .value = data->metricvalue,
                                      .version = data->version,
                                      .threshold = data->threshold};
    gboolean is_kept = FALSE;
    if (!catalog_compaction_put_metric(call->catalog, &metric, &is_kept, error))
        return FALSE;
    out->success = is_kept;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_remove_compaction_metrics_data(ThriftCall *call,
                                      gpointer args,
                                      gpointer result,
                                      GError **error)
{
    (void)result;
    const HmsCompactionsRemoveCompactionMetricsDataArgs *in = args;
    const HmsCompactionMetricsDataRequest *request = in->request;
    g_auto(CatalogTableReference) table = {NULL};
    if (!thrift_decode_table_reference(request->dbName, NULL, request->tblName, &table, error))
        return FALSE;
    CatalogCompactionMetric metric = {
        .table = table, .partition_name = request->partitionName, .type = (gint32)request->type};
    return catalog_compaction_drop_metric(call->catalog, &metric, error);
}
