/* SPDX-License-Identifier: Apache-2.0 */
/* What a Store is made of; for store.c, query.c, transaction.c, migrate.c and storage_descriptor.c
 * alone. */
#pragma once

#include "skep/store.h"
#include "skep/store_idempotency.h"
#include "store/pool.h"
#include "store/query.h"
#include "store/replica.h"
#include "store/storage_cache.h"

/* What all handles of one store count together. */
typedef struct {
    gsize statements; /* atomic */
    gsize retries;    /* atomic */
} StoreCounts;

struct Store {
    StorePool *pool;
    StorageCache *storage_cache;
    StoreCounts *counts;
    StoreReplica *replica;    /* NULL: none */
    StoreIdempotency *record; /* NULL but in the stores of store_idempotency.h */
};

/* How often something is tried again, and how long to pause before. */
typedef struct {
    guint attempts;
} StoreRetry;

/* TRUE when a failed attempt is to be repeated: `outcome` tells what happened, may_repeat_lost
 * whether it does no harm to repeat what may have happened. Pauses and counts; marks the pool's
 * connections as suspect where they are. */
gboolean
store_retry_again(StoreRetry *retry, Store *store, StoreOutcome outcome, gboolean may_repeat_lost);

/* Turns the error of a lost write into COMMIT_STATE_UNKNOWN. */
void store_error_mark_unknown(GError *error);

/* The result handed on when it has one row, NULL when it has none; takes `result`. */
gboolean store_result_keep_one(const StoreQuery *query,
                               StoreResult *result,
                               StoreResult **out_result,
                               GError **error);

/* For migrations alone. A script inside a transaction that has had a statement; `name` is for the
 * error's message. */
gboolean store_transaction_script(StoreTransaction *transaction,
                                  const char *name,
                                  const char *sql,
                                  GError **error);
/* Lifts this side's time limit from the transaction's statements; the server's is lifted by SQL. */
void store_transaction_wait_forever(StoreTransaction *transaction);
