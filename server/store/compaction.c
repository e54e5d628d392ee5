/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.compactions and skep.compaction_metrics. Who gets what is decided by the
 * statements. Caller: server/catalog/compaction.c. */
#include "skep/store_compaction.h"

#include "store/acid_private.h"
#include "store/compaction_sql.h"

#define HISTORY_KEPT   10
#define PURGE_ROWS_MAX 1000
/* Hive's metastore.compactor.worker.timeout. */
#define WORKER_TIMEOUT_MS 86400000
#define LIST_ROWS_MAX     100000
#define POOL_DEFAULT      "default"

/* Columns of the statements that tell whole compactions. */
enum {
    COLUMN_ID,
    COLUMN_NAMESPACE,
    COLUMN_TABLE,
    COLUMN_PARTITION,
    COLUMN_TYPE,
    COLUMN_STATE,
    COLUMN_PROPERTIES,
    COLUMN_RUN_AS,
    COLUMN_WORKER,
    COLUMN_WORKER_VERSION,
    COLUMN_INITIATOR,
    COLUMN_INITIATOR_VERSION,
    COLUMN_POOL,
    COLUMN_JOB,
    COLUMN_META_INFO,
    COLUMN_ERROR,
    COLUMN_ORDER_BY,
    COLUMN_BUCKETS,
    COLUMN_ENQUEUED,
    COLUMN_STARTED,
    COLUMN_ENDED,
    COLUMN_COMMITTED,
    COLUMN_CLEANING,
    COLUMN_RETRY,
    COLUMN_HIGHEST,
    COLUMN_TRANSACTION,
    COLUMN_NEXT
};

static const char *
pool_name(const char *name)
{
    return name && *name ? name : POOL_DEFAULT;
}

static CatalogCompaction *
read_compaction(const StoreResult *result, guint row)
{
    CatalogCompaction *read = catalog_compaction_new();

    read->id = store_row_int64(result, row, COLUMN_ID);
    read->table.namespace_name = store_row_text_copy(result, row, COLUMN_NAMESPACE);
    read->table.table_name = store_row_text_copy(result, row, COLUMN_TABLE);
    read->partition_name = store_row_text_copy(result, row, COLUMN_PARTITION);
    read->type = (gint32)store_row_int64(result, row, COLUMN_TYPE);
    read->state = (CatalogCompactionState)store_row_text(result, row, COLUMN_STATE)[0];
    read->properties = store_row_text_copy(result, row, COLUMN_PROPERTIES);
    read->run_as = store_row_text_copy(result, row, COLUMN_RUN_AS);
    read->worker_id = store_row_text_copy(result, row, COLUMN_WORKER);
    read->worker_version = store_row_text_copy(result, row, COLUMN_WORKER_VERSION);
    read->initiator_id = store_row_text_copy(result, row, COLUMN_INITIATOR);
    read->initiator_version = store_row_text_copy(result, row, COLUMN_INITIATOR_VERSION);
    read->pool_name = store_row_text_copy(result, row, COLUMN_POOL);
    read->job_id = store_row_text_copy(result, row, COLUMN_JOB);
    read->meta_info = store_row_text_copy(result, row, COLUMN_META_INFO);
    read->error_message = store_row_text_copy(result, row, COLUMN_ERROR);
    read->order_by = store_row_text_copy(result, row, COLUMN_ORDER_BY);
    read->bucket_count = (gint32)store_row_int64(result, row, COLUMN_BUCKETS);
    read->enqueued_at_ms = store_row_int64(result, row, COLUMN_ENQUEUED);
    read->started_at_ms = store_row_int64(result, row, COLUMN_STARTED);
    read->ended_at_ms = store_row_int64(result, row, COLUMN_ENDED);
    read->committed_at_ms = store_row_int64(result, row, COLUMN_COMMITTED);
    read->cleaning_at_ms = store_row_int64(result, row, COLUMN_CLEANING);
    read->retry_ms = store_row_int64(result, row, COLUMN_RETRY);
    read->highest_write_id = store_row_int64(result, row, COLUMN_HIGHEST);
    read->transaction_id = store_row_int64(result, row, COLUMN_TRANSACTION);
    read->next_id = store_row_int64(result, row, COLUMN_NEXT);
    return read;
}

static GPtrArray *
read_compactions(const StoreResult *result)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_compaction_free);

    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(list, read_compaction(result, row));
    return list;
}

/* ---- asked for ---- */

typedef struct {
    const CatalogCompaction *wanted;
    gint64 highest_write_id;
    gint64 id;
    gint64 standing_id;
    CatalogCompactionState standing_state;
} Request;

static gboolean
request_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Request *request = data;
    const CatalogCompaction *wanted = request->wanted;
    gint64 table_id = 0;
    g_autoptr(StoreResult) made = NULL;
    g_autoptr(StoreResult) standing = NULL;

    request->id = request->standing_id = 0;
    if (!store_acid_table(transaction, &wanted->table, &table_id, error))
        return FALSE;

    StoreParam params[] = {store_param_int64(table_id),
                           store_param_text(wanted->partition_name),
                           store_param_int64(wanted->type),
                           store_param_text(wanted->properties),
                           store_param_text(wanted->run_as),
                           store_param_text(wanted->initiator_id),
                           store_param_text(wanted->initiator_version),
                           store_param_text(pool_name(wanted->pool_name)),
                           store_param_int64(wanted->bucket_count),
                           store_param_text(wanted->order_by),
                           store_param_int64(request->highest_write_id)};

    if (!store_transaction_one(transaction, &SQL_COMPACTION_REQUEST, STORE_PARAMS(params), &made,
                               error))
        return FALSE;
    if (made) {
        request->id = store_row_int64(made, 0, 0);
        return TRUE;
    }
    if (!store_transaction_one(transaction, &SQL_COMPACTION_STANDING, params, 2, &standing, error))
        return FALSE;
    /* Over in this very moment: as good as refused, and the client may ask again. */
    request->standing_state = CATALOG_COMPACTION_WORKING;
    if (standing) {
        request->standing_id = store_row_int64(standing, 0, 0);
        request->standing_state = (CatalogCompactionState)store_row_text(standing, 0, 1)[0];
    }
    return TRUE;
}

gboolean
store_compaction_request(Store *store,
                         const CatalogCompaction *wanted,
                         gint64 highest_write_id,
                         gint64 *out_id,
                         gint64 *out_standing_id,
                         CatalogCompactionState *out_standing_state,
                         GError **error)
{
    Request request = {.wanted = wanted, .highest_write_id = highest_write_id};

    if (!store_transaction_run(store, request_in_transaction, &request, error))
        return FALSE;
    *out_id = request.id;
    *out_standing_id = request.standing_id;
    *out_standing_state = request.standing_state;
    return TRUE;
}

static gboolean
request_clean_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    const CatalogCompaction *wanted = data;
    gint64 table_id = 0;

    if (!store_acid_table(transaction, &wanted->table, &table_id, error))
        return FALSE;

    StoreParam params[] = {store_param_int64(table_id),
                           store_param_text(wanted->partition_name),
                           store_param_int64(wanted->type),
                           store_param_text(wanted->properties),
                           store_param_text(wanted->run_as),
                           store_param_text(pool_name(wanted->pool_name)),
                           store_param_int64(wanted->highest_write_id),
                           store_param_int64_or_null(wanted->transaction_id, 0)};

    return store_transaction_exec(transaction, &SQL_COMPACTION_CLEAN_REQUEST, STORE_PARAMS(params),
                                  NULL, error);
}

gboolean
store_compaction_request_clean(Store *store, const CatalogCompaction *wanted, GError **error)
{
    return store_transaction_run(store, request_clean_in_transaction, (gpointer)wanted, error);
}

static gboolean
put_ended_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    const CatalogCompaction *ended = data;
    const char state[] = {(char)ended->state, '\0'};
    gint64 table_id = 0;

    if (!store_acid_table(transaction, &ended->table, &table_id, error))
        return FALSE;

    StoreParam params[] = {store_param_int64(table_id),
                           store_param_text(ended->partition_name),
                           store_param_int64(ended->type),
                           store_param_text(state),
                           store_param_text(ended->error_message),
                           store_param_text(ended->run_as),
                           store_param_text(pool_name(ended->pool_name))};

    return store_transaction_exec(transaction, &SQL_COMPACTION_END_UNSCHEDULED,
                                  STORE_PARAMS(params), NULL, error);
}

gboolean
store_compaction_put_ended(Store *store, const CatalogCompaction *compaction, GError **error)
{
    return store_transaction_run(store, put_ended_in_transaction, (gpointer)compaction, error);
}

/* ---- told ---- */

gboolean
store_compaction_take(Store *store,
                      const char *pool,
                      const char *worker_id,
                      const char *worker_version,
                      CatalogCompaction **out_compaction,
                      GError **error)
{
    StoreParam params[] = {store_param_text(pool_name(pool)), store_param_text(worker_id),
                           store_param_text(worker_version)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_COMPACTION_TAKE, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_compaction = result ? read_compaction(result, 0) : NULL;
    return TRUE;
}

GPtrArray *
store_compaction_list(Store *store, const CatalogCompactionFilter *filter, GError **error)
{
    const char state[] = {(char)filter->state, '\0'};
    gint64 limit = filter->limit > 0 ? MIN(filter->limit, LIST_ROWS_MAX) : LIST_ROWS_MAX;
    StoreParam params[] = {
        store_param_int64_or_null(filter->id, 0), store_param_text(filter->pool_name),
        store_param_text(filter->namespace_name), store_param_text(filter->table_name),
        store_param_text(filter->partition_name), store_param_int64_or_null(filter->type, 0),
        store_param_text(*state ? state : NULL),  store_param_int64(limit)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_rows(store, &SQL_COMPACTION_LIST, STORE_PARAMS(params), &result, error))
        return NULL;
    return read_compactions(result);
}

GPtrArray *
store_compaction_latest(Store *store,
                        const CatalogTableReference *table,
                        const char *const *partitions,
                        gsize partition_count,
                        gint64 after_id,
                        GError **error)
{
    StoreParam params[] = {
        store_param_text(table->catalog), store_param_text(table->namespace_name),
        store_param_text(table->table_name),
        partitions ? store_param_text_array_sized(partitions, partition_count) : store_param_null(),
        store_param_int64_or_null(after_id, 0)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_rows(store, &SQL_COMPACTION_LATEST, STORE_PARAMS(params), &result, error))
        return NULL;
    return read_compactions(result);
}

GPtrArray *
store_compaction_columns(Store *store,
                         const CatalogTableReference *table,
                         const char *partition_name,
                         GError **error)
{
    StoreParam params[] = {store_param_text(table->catalog),
                           store_param_text(table->namespace_name),
                           store_param_text(table->table_name),
                           store_param_text(partition_name ? partition_name : "")};

    return store_query_texts(store, &SQL_COMPACTION_COLUMNS, STORE_PARAMS(params), error);
}

/* ---- changed ---- */

typedef struct {
    gint64 id;
    CatalogCompactionState state;
    const char *error_message;
    guint64 rows;
} Mark;

static gboolean
mark_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Mark *mark = data;
    const char state[] = {(char)mark->state, '\0'};
    StoreParam compacted[] = {store_param_int64(mark->id), store_param_text(mark->error_message)};
    StoreParam ended[] = {store_param_int64(mark->id), store_param_text(state),
                          store_param_text(mark->error_message)};

    if (mark->state == CATALOG_COMPACTION_READY_FOR_CLEANING)
        return store_transaction_exec(transaction, &SQL_COMPACTION_MARK_COMPACTED,
                                      STORE_PARAMS(compacted), &mark->rows, error);
    if (!store_transaction_exec(transaction, &SQL_COMPACTION_END, STORE_PARAMS(ended), &mark->rows,
                                error))
        return FALSE;
    return mark->state != CATALOG_COMPACTION_SUCCEEDED || mark->rows == 0 ||
           store_transaction_exec(transaction, &SQL_COMPACTION_FORGET_ABORTED, compacted, 1, NULL,
                                  error);
}

gboolean
store_compaction_mark(Store *store,
                      gint64 id,
                      CatalogCompactionState state,
                      const char *error_message,
                      gboolean *out_found,
                      GError **error)
{
    Mark mark = {.id = id, .state = state, .error_message = error_message};

    if (!store_transaction_run(store, mark_in_transaction, &mark, error))
        return FALSE;
    *out_found = mark.rows > 0;
    return TRUE;
}

gboolean
store_compaction_update(Store *store,
                        gint64 id,
                        gint64 highest_write_id,
                        const char *run_as,
                        gint64 transaction_id,
                        gboolean *out_found,
                        GError **error)
{
    StoreParam params[] = {store_param_int64(id), store_param_int64(highest_write_id),
                           store_param_text(run_as), store_param_int64(transaction_id)};
    guint64 rows = 0;

    if (!store_query_exec(store, &SQL_COMPACTION_UPDATE, STORE_PARAMS(params), &rows, error))
        return FALSE;
    *out_found = rows > 0;
    return TRUE;
}

gboolean
store_compaction_set_job(Store *store, gint64 id, const char *job_id, GError **error)
{
    StoreParam params[] = {store_param_int64(id), store_param_text(job_id)};

    return store_query_exec(store, &SQL_COMPACTION_SET_JOB, STORE_PARAMS(params), NULL, error);
}

GArray *
store_compaction_abort(Store *store, const GArray *ids, GError **error)
{
    StoreParam params[] = {store_param_integers(ids)};
    g_autoptr(StoreResult) result = NULL;
    GArray *aborts;

    if (!store_query_rows(store, &SQL_COMPACTION_ABORT, STORE_PARAMS(params), &result, error))
        return NULL;
    aborts = g_array_new(FALSE, FALSE, sizeof(CatalogCompactionAbort));
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogCompactionAbort told = {
            .id = store_row_int64(result, row, 0),
            .state = (CatalogCompactionState)store_row_text(result, row, 1)[0],
            .is_aborted = store_row_bool(result, row, 2)};

        g_array_append_val(aborts, told);
    }
    return aborts;
}

/* ---- metrics ---- */

typedef struct {
    const CatalogCompactionMetric *metric;
    gboolean kept;
} Measure;

static gboolean
put_metric_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Measure *measure = data;
    const CatalogCompactionMetric *metric = measure->metric;
    g_autoptr(StoreResult) result = NULL;
    gint64 table_id = 0;

    if (!store_acid_table(transaction, &metric->table, &table_id, error))
        return FALSE;

    StoreParam params[] = {store_param_int64(table_id),
                           store_param_text(metric->partition_name ? metric->partition_name : ""),
                           store_param_int64(metric->type),
                           store_param_int64(metric->value),
                           store_param_int64(metric->version),
                           store_param_int64(metric->threshold)};

    if (!store_transaction_one(transaction, &SQL_COMPACTION_METRICS_PUT, STORE_PARAMS(params),
                               &result, error))
        return FALSE;
    measure->kept = store_row_int64(result, 0, 0) > 0;
    return TRUE;
}

gboolean
store_compaction_put_metric(Store *store,
                            const CatalogCompactionMetric *metric,
                            gboolean *out_kept,
                            GError **error)
{
    Measure measure = {.metric = metric};

    if (!store_transaction_run(store, put_metric_in_transaction, &measure, error))
        return FALSE;
    *out_kept = measure.kept;
    return TRUE;
}

gboolean
store_compaction_drop_metric(Store *store, const CatalogCompactionMetric *metric, GError **error)
{
    StoreParam params[] = {store_param_text(metric->table.catalog),
                           store_param_text(metric->table.namespace_name),
                           store_param_text(metric->table.table_name),
                           store_param_text(metric->partition_name ? metric->partition_name : ""),
                           store_param_int64(metric->type)};

    return store_query_exec(store, &SQL_COMPACTION_METRICS_DROP, STORE_PARAMS(params), NULL, error);
}

gboolean
store_compaction_housekeep(Store *store, GError **error)
{
    StoreParam revoke[] = {store_param_int64(WORKER_TIMEOUT_MS), store_param_int64(PURGE_ROWS_MAX)};
    StoreParam params[] = {store_param_int64(HISTORY_KEPT), store_param_int64(PURGE_ROWS_MAX)};

    return store_query_exec(store, &SQL_COMPACTION_REVOKE, STORE_PARAMS(revoke), NULL, error) &&
           store_query_exec(store, &SQL_COMPACTION_PURGE, STORE_PARAMS(params), NULL, error);
}
