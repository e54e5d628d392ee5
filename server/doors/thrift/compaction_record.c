/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding and encoding of compactions. */
#include "compaction_record.h"

#include <string.h>

#include "acid.h"

typedef struct {
    CatalogCompactionState state;
    const char *word;
} StateWord;

static const StateWord state_words[] = {
    {CATALOG_COMPACTION_INITIATED,          "initiated"         },
    {CATALOG_COMPACTION_WORKING,            "working"           },
    {CATALOG_COMPACTION_READY_FOR_CLEANING, "ready for cleaning"},
    {CATALOG_COMPACTION_SUCCEEDED,          "succeeded"         },
    {CATALOG_COMPACTION_FAILED,             "failed"            },
    {CATALOG_COMPACTION_DID_NOT_INITIATE,   "did not initiate"  },
    {CATALOG_COMPACTION_ABORTED,            "aborted"           },
    {CATALOG_COMPACTION_REFUSED,            "refused"           },
};

const char *
thrift_encode_compaction_state(CatalogCompactionState state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(state_words); i++)
        if (state_words[i].state == state)
            return state_words[i].word;
    return "unknown";
}

CatalogCompactionState
thrift_decode_compaction_state(const char *word)
{
    for (gsize i = 0; word != NULL && i < G_N_ELEMENTS(state_words); i++)
        if (g_ascii_strcasecmp(state_words[i].word, word) == 0 ||
            (word[1] == '\0' && (char)state_words[i].state == word[0]))
            return state_words[i].state;
    return (CatalogCompactionState)0;
}

/* Hive keeps a table's own properties for one compaction as a string of key and value, each with
 * its length before it. */
static char *
join_properties(GHashTable *properties)
{
    GString *joined = g_string_new(NULL);
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(properties), (GCompareFunc)strcmp);
    for (const GList *key = keys; key != NULL; key = key->next) {
        const char *value = g_hash_table_lookup(properties, key->data);
        const char *text = value != NULL ? value : "";
        g_string_append_printf(joined, "%zu:%s%zu:%s", strlen(key->data), (const char *)key->data,
                               strlen(text), text);
    }
    if (joined->len == 0) {
        g_string_free(joined, TRUE);
        return NULL;
    }
    return g_string_free(joined, FALSE);
}

CatalogCompaction *
thrift_decode_compaction_request(const HmsCompactionRequest *request, GError **error)
{
    g_autoptr(CatalogCompaction) out = catalog_compaction_new();
    if (!thrift_decode_table_reference(request->dbname, NULL, request->tablename, &out->table,
                                       error))
        return NULL;
    out->partition_name = g_strdup(request->partitionname);
    out->type = (gint32)request->type;
    out->run_as = g_strdup(request->runas);
    out->properties = request->__isset_properties ? join_properties(request->properties) : NULL;
    out->initiator_id = g_strdup(request->initiatorId);
    out->initiator_version = g_strdup(request->initiatorVersion);
    out->pool_name = g_strdup(request->poolName);
    if (request->__isset_numberOfBuckets)
        out->bucket_count = request->numberOfBuckets;
    out->order_by = g_strdup(request->orderByClause);
    return g_steal_pointer(&out);
}

CatalogCompaction *
thrift_decode_compaction(const HmsCompactionInfoStruct *info, GError **error)
{
    g_autoptr(CatalogCompaction) out = catalog_compaction_new();
    if (!thrift_decode_table_reference(info->dbname, NULL, info->tablename, &out->table, error))
        return NULL;
    out->id = info->id;
    out->partition_name = g_strdup(info->partitionname);
    out->type = (gint32)info->type;
    out->run_as = g_strdup(info->runas);
    out->properties = g_strdup(info->properties);
    out->worker_id = g_strdup(info->workerId);
    out->error_message = g_strdup(info->errorMessage);
    out->pool_name = g_strdup(info->poolname);
    out->order_by = g_strdup(info->orderByClause);
    out->highest_write_id = info->__isset_highestWriteId ? info->highestWriteId : 0;
    return g_steal_pointer(&out);
}

#define SET_TEXT(out, member, text)                                                                \
    ((out)->member = g_strdup(text), (out)->__isset_##member = (text) != NULL)
#define SET_NUMBER(out, member, number)                                                            \
    ((out)->member = (number), (out)->__isset_##member = (number) != 0)

HmsCompactionInfoStruct *
thrift_encode_compaction(const CatalogCompaction *compaction)
{
    HmsCompactionInfoStruct *out = g_object_new(HMS_TYPE_COMPACTION_INFO_STRUCT, NULL);
    const char state[] = {(char)compaction->state, '\0'};
    out->id = compaction->id;
    out->dbname = g_strdup(compaction->table.namespace_name);
    out->tablename = g_strdup(compaction->table.table_name);
    SET_TEXT(out, partitionname, compaction->partition_name);
    out->type = (HmsCompactionType)compaction->type;
    SET_TEXT(out, runas, compaction->run_as);
    SET_TEXT(out, properties, compaction->properties);
    out->__isset_toomanyaborts = TRUE;
    out->__isset_hasoldabort = TRUE;
    out->state = g_strdup(state);
    out->__isset_state = TRUE;
    SET_TEXT(out, workerId, compaction->worker_id);
    SET_NUMBER(out, start, compaction->started_at_ms);
    SET_NUMBER(out, highestWriteId, compaction->highest_write_id);
    SET_TEXT(out, errorMessage, compaction->error_message);
    SET_NUMBER(out, enqueueTime, compaction->enqueued_at_ms);
    out->retryRetention = compaction->retry_ms;
    out->__isset_retryRetention = TRUE;
    SET_TEXT(out, poolname, compaction->pool_name);
    out->numberOfBuckets = compaction->bucket_count;
    out->__isset_numberOfBuckets = compaction->bucket_count >= 0;
    SET_TEXT(out, orderByClause, compaction->order_by);
    return out;
}

HmsShowCompactResponseElement *
thrift_encode_compaction_shown(const CatalogCompaction *compaction)
{
    HmsShowCompactResponseElement *out = g_object_new(HMS_TYPE_SHOW_COMPACT_RESPONSE_ELEMENT, NULL);
    out->dbname = g_strdup(compaction->table.namespace_name);
    out->tablename = g_strdup(compaction->table.table_name);
    SET_TEXT(out, partitionname, compaction->partition_name);
    out->type = (HmsCompactionType)compaction->type;
    out->state = g_strdup(thrift_encode_compaction_state(compaction->state));
    SET_TEXT(out, workerid, compaction->worker_id);
    SET_NUMBER(out, start, compaction->started_at_ms);
    SET_TEXT(out, runAs, compaction->run_as);
    SET_TEXT(out, metaInfo, compaction->meta_info);
    SET_NUMBER(out, endTime, compaction->ended_at_ms);
    g_free(out->hadoopJobId);
    out->hadoopJobId = g_strdup(compaction->job_id != NULL ? compaction->job_id : "None");
    out->__isset_hadoopJobId = TRUE;
    out->id = compaction->id;
    out->__isset_id = TRUE;
    SET_TEXT(out, errorMessage, compaction->error_message);
    SET_NUMBER(out, enqueueTime, compaction->enqueued_at_ms);
    SET_TEXT(out, workerVersion, compaction->worker_version);
    SET_TEXT(out, initiatorId, compaction->initiator_id);
    SET_TEXT(out, initiatorVersion, compaction->initiator_version);
    SET_NUMBER(out, cleanerStart, compaction->cleaning_at_ms);
    SET_TEXT(out, poolName, compaction->pool_name);
    SET_NUMBER(out, nextTxnId, compaction->next_id);
    SET_NUMBER(out, txnId, compaction->transaction_id);
    SET_NUMBER(out, commitTime, compaction->committed_at_ms);
    SET_NUMBER(out, hightestWriteId, compaction->highest_write_id);
    return out;
}
