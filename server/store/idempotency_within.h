/* SPDX-License-Identifier: Apache-2.0 */
/* How the files of nouns write the record of a keyed store together with their change. With a plain
 * store each is what query.h has. Callers: table_commit.c and namespace.c. */
#pragma once

#include "skep/store_idempotency.h"

#include "store/query.h"

/* store_query_one for a statement that is a whole change by itself. Its row, with something in
 * column `done_column`, says that the change was made; else nothing is recorded. */
gboolean store_change_one(Store *store,
                          const StoreQuery *query,
                          const StoreParam *params,
                          guint param_count,
                          guint done_column,
                          StoreResult **out_result,
                          GError **error);

/* store_transaction_run for work that is a whole change, with the records (StoreIdempotency*) of
 * the requests that it is made for; work that changes nothing fails. */
gboolean store_change_run_with(
    Store *store, GPtrArray *records, StoreTransactionFunc func, gpointer data, GError **error);
