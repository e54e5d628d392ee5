/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions whose lease has ended are aborted, those that are settled forgotten. Caller:
 * catalog_housekeep. */
#include "skep/store_acid_transaction.h"

#include "store/acid_housekeep_sql.h"
#include "store/acid_private.h"

#define EXPIRE_ROWS_MAX 1000
#define SETTLE_ROWS_MAX 20000
/* How long an opener may take between its number and its row, and how long what is over is kept for
 * those who read without a transaction. */
#define GAP_GRACE_MS    60000
#define SETTLE_GRACE_MS 300000

static gboolean
expire_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    (void)data;
    StoreParam params[] = {store_param_int64(EXPIRE_ROWS_MAX)};
    g_autoptr(StoreResult) result = NULL;
    g_autoptr(GArray) ids = NULL;

    if (!store_transaction_rows(transaction, &SQL_ACID_TRANSACTION_OVERDUE, STORE_PARAMS(params),
                                &result, error))
        return FALSE;
    ids = store_acid_read_ids(result, 0);
    return ids->len == 0 || store_acid_abort(transaction, ids, NULL, error);
}

gboolean
store_acid_transaction_expire(Store *store, GError **error)
{
    return store_transaction_run(store, expire_in_transaction, NULL, error);
}

gboolean
store_acid_transaction_settle(Store *store, GError **error)
{
    StoreParam gaps[] = {store_param_int64(GAP_GRACE_MS), store_param_int64(EXPIRE_ROWS_MAX)};
    StoreParam params[] = {store_param_int64(SETTLE_GRACE_MS), store_param_int64(SETTLE_ROWS_MAX)};

    return store_query_exec(store, &SQL_ACID_TRANSACTION_FILL_GAPS, STORE_PARAMS(gaps), NULL,
                            error) &&
           store_query_exec(store, &SQL_ACID_TRANSACTION_SETTLE, STORE_PARAMS(params), NULL, error);
}

gboolean
store_acid_transaction_ages(Store *store,
                            gint64 *out_lock_ms,
                            gint64 *out_transaction_ms,
                            GError **error)
{
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_ACID_TRANSACTION_AGES, STORE_NO_PARAMS, &result, error))
        return FALSE;
    *out_lock_ms = store_row_int64(result, 0, 0);
    *out_transaction_ms = store_row_int64(result, 0, 1);
    return TRUE;
}
