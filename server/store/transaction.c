/* SPDX-License-Identifier: Apache-2.0 */
/* Several statements, one transaction: the only place that begins, commits and rolls back for the
 * nouns. */
#include "store/store_private.h"

#include <stdlib.h>
#include <string.h>

struct StoreTransaction {
    Store *store;
    StoreConnection *connection;
    gboolean has_begun;
    StoreOutcome outcome; /* of the first statement that failed */
};

/* ends in *out_unknown when the answer to COMMIT never came. */
static StoreOutcome
commit(StoreTransaction *transaction, gboolean *out_unknown, GError **error)
{
    if (!transaction->has_begun) {
        return STORE_OUTCOME_DONE;
    }
    g_autoptr(PGresult) result = NULL;
    StoreOutcome outcome =
        store_connection_script(transaction->connection, "COMMIT", &result, error);
    *out_unknown = outcome == STORE_OUTCOME_LOST;
    if (outcome == STORE_OUTCOME_DONE && strcmp(PQcmdStatus(result), "COMMIT") != 0) {
        /* PostgreSQL answers ROLLBACK to the COMMIT of a transaction that had failed. */
        skep_fail(error, SKEP_ERROR_INTERNAL, NULL, "The transaction was rolled back");
        return STORE_OUTCOME_FAILED;
    }
    return outcome;
}

static void
roll_back(StoreTransaction *transaction)
{
    if (!transaction->connection->is_broken &&
        PQtransactionStatus(transaction->connection->link) != PQTRANS_IDLE &&
        store_connection_script(transaction->connection, "ROLLBACK", NULL, NULL) !=
            STORE_OUTCOME_DONE) {
        transaction->connection->is_broken = TRUE;
    }
}

/* Runs the work once. *out_unknown tells a lost COMMIT from a connection lost before. */
static StoreOutcome
attempt(
    Store *store, StoreTransactionFunc func, gpointer data, gboolean *out_unknown, GError **error)
{
    g_auto(StoreLease) lease = {NULL, NULL};
    if (!store_lease_take(&lease, store->pool, error)) {
        return STORE_OUTCOME_FAILED;
    }
    StoreTransaction transaction = {
        .store = store, .connection = lease.connection, .outcome = STORE_OUTCOME_DONE};
    gboolean is_wanted = func(&transaction, data, error);
    if (is_wanted && transaction.outcome == STORE_OUTCOME_DONE) {
        StoreOutcome outcome = commit(&transaction, out_unknown, error);
        if (outcome != STORE_OUTCOME_DONE) {
            roll_back(&transaction);
        }
        return outcome;
    }
    roll_back(&transaction);
    if (is_wanted) {
        skep_fail(error, SKEP_ERROR_INTERNAL, NULL, "A statement of the transaction had failed");
    }
    return transaction.outcome == STORE_OUTCOME_DONE ? STORE_OUTCOME_FAILED : transaction.outcome;
}

gboolean
store_transaction_run(Store *store, StoreTransactionFunc func, gpointer data, GError **error)
{
    StoreRetry retry = {0};
    for (;;) {
        GError *local_error = NULL;
        gboolean is_unknown = FALSE;
        StoreOutcome outcome = attempt(store, func, data, &is_unknown, &local_error);
        if (outcome == STORE_OUTCOME_DONE) {
            return TRUE;
        }
        if (store_retry_again(&retry, store, outcome, !is_unknown)) {
            g_clear_error(&local_error);
            continue;
        }
        if (is_unknown) {
            store_error_mark_unknown(local_error);
        }
        g_propagate_error(error, local_error);
        return FALSE;
    }
}

gboolean
store_transaction_rows(StoreTransaction *transaction,
                       const StoreQuery *query,
                       const StoreParam *params,
                       guint param_count,
                       StoreResult **out_result,
                       GError **error)
{
    if (transaction->outcome != STORE_OUTCOME_DONE) {
        return skep_fail(error, SKEP_ERROR_INTERNAL, NULL,
                         "An earlier statement of the transaction had failed");
    }
    g_auto(StoreEncodedParams) encoded;
    if (!store_params_encode(&encoded, query, params, param_count, error)) {
        return FALSE;
    }
    g_atomic_pointer_add(&transaction->store->counts->statements, 1);
    transaction->outcome = store_connection_run(transaction->connection, query, &encoded,
                                                !transaction->has_begun, out_result, error);
    transaction->has_begun = TRUE;
    return transaction->outcome == STORE_OUTCOME_DONE;
}

gboolean
store_transaction_one(StoreTransaction *transaction,
                      const StoreQuery *query,
                      const StoreParam *params,
                      guint param_count,
                      StoreResult **out_result,
                      GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    if (!store_transaction_rows(transaction, query, params, param_count, &result, error)) {
        return FALSE;
    }
    return store_result_keep_one(query, g_steal_pointer(&result), out_result, error);
}

gboolean
store_transaction_exec(StoreTransaction *transaction,
                       const StoreQuery *query,
                       const StoreParam *params,
                       guint param_count,
                       guint64 *out_rows_changed,
                       GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    if (!store_transaction_rows(transaction, query, params, param_count, &result, error)) {
        return FALSE;
    }
    if (out_rows_changed != NULL) {
        *out_rows_changed = g_ascii_strtoull(PQcmdTuples(result), NULL, 10);
    }
    return TRUE;
}

void
store_transaction_wait_forever(StoreTransaction *transaction)
{
    transaction->connection->wait_ms = 0;
}

gboolean
store_transaction_script(StoreTransaction *transaction,
                         const char *name,
                         const char *sql,
                         GError **error)
{
    GError *local_error = NULL;
    g_assert(transaction->has_begun);
    if (transaction->outcome == STORE_OUTCOME_DONE) {
        transaction->outcome =
            store_connection_script(transaction->connection, sql, NULL, &local_error);
    }
    if (transaction->outcome == STORE_OUTCOME_DONE) {
        return TRUE;
    }
    if (local_error != NULL) {
        g_prefix_error(&local_error, "%s: ", name);
        g_propagate_error(error, local_error);
    }
    return FALSE;
}
