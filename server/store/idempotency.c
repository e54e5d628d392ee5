/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.idempotency_keys, and how one is written in the transaction of a change. What is
 * kept for how long, the catalog decides. Callers: server/catalog/idempotency.c, table_commit.c and
 * namespace.c of this folder. */
#include "skep/store_idempotency.h"

#include <string.h>

#include "store/idempotency_sql.h"
#include "store/idempotency_within.h"
#include "store/store_private.h"

StoreIdempotency *
store_idempotency_new(const char *key)
{
    StoreIdempotency *record = g_new0(StoreIdempotency, 1);
    record->key = g_strdup(key);
    return record;
}

void
store_idempotency_free(StoreIdempotency *record)
{
    if (record == NULL)
        return;
    g_free(record->key);
    g_free(record->body);
    g_free(record->metadata_location);
    g_free(record);
}

Store *
store_keyed_new(Store *store, StoreIdempotency *record)
{
    Store *keyed = g_new(Store, 1);
    *keyed = *store;
    keyed->record = record;
    return keyed;
}

void
store_keyed_free(Store *keyed)
{
    g_free(keyed);
}

/* --- the record and the change, together --- */

enum { KEEP_PARAMS = 6 };

static void
fill_keep_params(StoreParam *params, const StoreIdempotency *record)
{
    params[0] = store_param_text(record->key);
    params[1] = store_param_bytes(record->digest, STORE_DIGEST_BYTES);
    params[2] = store_param_int64(record->status);
    params[3] = store_param_text(record->body);
    params[4] = store_param_text(record->metadata_location);
    params[5] = store_param_int64(record->lifetime_ms);
}

static gboolean
keep_within(StoreTransaction *transaction, const StoreIdempotency *record, GError **error)
{
    StoreParam params[KEEP_PARAMS];
    g_autoptr(StoreResult) result = NULL;

    fill_keep_params(params, record);
    if (!store_transaction_one(transaction, &SQL_IDEMPOTENCY_KEEP, STORE_PARAMS(params), &result,
                               error))
        return FALSE;
    if (result == NULL)
        return skep_fail(error, SKEP_ERROR_KEY_TAKEN, record->key,
                         "The idempotency key %s is used by another request", record->key);
    return TRUE;
}

/* Work with the records before it: of two transactions with one key the second waits here, before
 * it holds any other lock. */
typedef struct {
    const GPtrArray *records;
    StoreTransactionFunc func;
    gpointer data;
} KeyedWork;

static gboolean
run_keyed(StoreTransaction *transaction, gpointer data, GError **error)
{
    const KeyedWork *work = data;

    for (guint i = 0; i < work->records->len; i++) {
        if (!keep_within(transaction, work->records->pdata[i], error))
            return FALSE;
    }
    return work->func(transaction, work->data, error);
}

static int
compare_records(gconstpointer a, gconstpointer b)
{
    const StoreIdempotency *left = *(StoreIdempotency *const *)a;
    const StoreIdempotency *right = *(StoreIdempotency *const *)b;

    return strcmp(left->key, right->key);
}

gboolean
store_change_run_with(
    Store *store, GPtrArray *records, StoreTransactionFunc func, gpointer data, GError **error)
{
    KeyedWork work = {records, func, data};

    if (store->record != NULL && !store->record->is_written)
        g_ptr_array_add(records, store->record);
    if (records->len == 0)
        return store_transaction_run(store, func, data, error);
    /* In one order, so that two transactions cannot wait for one another. */
    g_ptr_array_sort(records, compare_records);
    if (!store_transaction_run(store, run_keyed, &work, error))
        return FALSE;
    for (guint i = 0; i < records->len; i++)
        ((StoreIdempotency *)records->pdata[i])->is_written = TRUE;
    return TRUE;
}

static gboolean
run_change(Store *store, StoreTransactionFunc func, gpointer data, GError **error)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new();

    return store_change_run_with(store, records, func, data, error);
}

/* Rolls back a change that changed nothing, without being an error outside this file. */
#define CHANGE_CHANGED_NOTHING g_quark_from_static_string("store-change-changed-nothing")

typedef struct {
    const StoreQuery *query;
    const StoreParam *params;
    guint param_count;
    guint done_column;
    StoreResult *result;
} OneChange;

static gboolean
run_one(StoreTransaction *transaction, gpointer data, GError **error)
{
    OneChange *change = data;

    g_clear_pointer(&change->result, store_result_free);
    if (!store_transaction_one(transaction, change->query, change->params, change->param_count,
                               &change->result, error))
        return FALSE;
    if (change->result != NULL && !store_row_is_null(change->result, 0, change->done_column))
        return TRUE;
    g_set_error_literal(error, CHANGE_CHANGED_NOTHING, 0, "nothing to change");
    return FALSE;
}

gboolean
store_change_one(Store *store,
                 const StoreQuery *query,
                 const StoreParam *params,
                 guint param_count,
                 guint done_column,
                 StoreResult **out_result,
                 GError **error)
{
    OneChange change = {query, params, param_count, done_column, NULL};
    g_autoptr(GError) failure = NULL;

    if (store->record == NULL || store->record->is_written)
        return store_query_one(store, query, params, param_count, out_result, error);
    if (run_change(store, run_one, &change, &failure) ||
        failure->domain == CHANGE_CHANGED_NOTHING) {
        *out_result = change.result;
        return TRUE;
    }
    g_clear_pointer(&change.result, store_result_free);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

/* --- the record alone --- */

gboolean
store_idempotency_keep(Store *store,
                       const StoreIdempotency *record,
                       gboolean *out_kept,
                       GError **error)
{
    StoreParam params[KEEP_PARAMS];
    g_autoptr(StoreResult) result = NULL;

    fill_keep_params(params, record);
    if (!store_query_one(store, &SQL_IDEMPOTENCY_KEEP, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_kept = result != NULL;
    return TRUE;
}

static StoreIdempotency *
read_record(const char *key, const StoreResult *result)
{
    StoreIdempotency *record = store_idempotency_new(key);
    gsize length = 0;
    const guint8 *digest = store_row_bytes(result, 0, 0, &length);

    memcpy(record->digest, digest, MIN(length, STORE_DIGEST_BYTES));
    record->status = (gint)store_row_int64(result, 0, 1);
    record->body = store_row_text_copy(result, 0, 2);
    record->metadata_location = store_row_text_copy(result, 0, 3);
    record->is_written = TRUE;
    return record;
}

gboolean
store_idempotency_find(Store *store, const char *key, StoreIdempotency **out_record, GError **error)
{
    StoreParam params[] = {store_param_text(key)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_IDEMPOTENCY_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_record = result != NULL ? read_record(key, result) : NULL;
    return TRUE;
}

gboolean
store_idempotency_expire(Store *store, guint max, guint64 *out_removed, GError **error)
{
    StoreParam params[] = {store_param_int64(max)};

    return store_query_exec(store, &SQL_IDEMPOTENCY_EXPIRE, STORE_PARAMS(params), out_removed,
                            error);
}
