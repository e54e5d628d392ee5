/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions of ACID tables and their write ids in PostgreSQL. Leases are judged by PostgreSQL's
 * clock; a transaction whose lease has ended is refused everything, and is aborted by whoever
 * finds it so. Names are folded already. Called by server/catalog/ alone. Any thread; errors as in
 * store/query.h, and for a transaction that cannot do what is asked:
 * NO_SUCH_TRANSACTION (not there, or committed) and INVALID_OPERATION (aborted), worded as Hive
 * does. */
#pragma once

#include "skep/store.h"
#include "skep/transaction_types.h"

typedef struct {
    gint64 lease_ms;
    gint64 replayed_lease_ms; /* of transactions that repeat another warehouse's */
} StoreTransactionLeases;

/* GArray of gint64, rising. Ids of one opening follow one another. Repeated ones that are open
 * already are given again. */
GArray *store_acid_transaction_open(Store *store,
                                    const CatalogTransactionOpening *opening,
                                    const StoreTransactionLeases *leases,
                                    GError **error);
CatalogTransactionSnapshot *store_acid_transaction_snapshot(Store *store, GError **error);
/* Committed already: no error. */
gboolean
store_acid_transaction_commit(Store *store, const CatalogTransactionCommit *commit, GError **error);
/* With a policy the id is the other warehouse's. Aborted already: no error. */
gboolean store_acid_transaction_abort(Store *store, gint64 id, const char *policy, GError **error);
/* Those of the ids that are open. */
gboolean store_acid_transaction_abort_many(Store *store, const GArray *ids, GError **error);
gboolean store_acid_transaction_heartbeat(Store *store,
                                          gint64 id,
                                          const StoreTransactionLeases *leases,
                                          GError **error);
/* Both arrays: gint64, rising; transfer full. */
gboolean store_acid_transaction_heartbeat_range(Store *store,
                                                gint64 first,
                                                gint64 last,
                                                const StoreTransactionLeases *leases,
                                                GArray **out_aborted,
                                                GArray **out_missing,
                                                GError **error);
/* The partitions that a transaction wrote, in the place of what its locks announced. `operation`:
 * 'i', 'u' or 'd'. */
gboolean store_acid_transaction_name_partitions(Store *store,
                                                gint64 id,
                                                gint64 write_id,
                                                const CatalogTableReference *table,
                                                const char *const *partitions,
                                                gsize partition_count,
                                                char operation,
                                                GError **error);
/* 0: nobody. */
gboolean
store_acid_transaction_latest_conflict(Store *store, gint64 id, gint64 *out_id, GError **error);
/* INVALID_ARGUMENT when ids have gone past it. */
gboolean store_acid_transaction_seed(Store *store, gint64 id, GError **error);
gboolean
store_acid_transaction_add_files(Store *store, gint64 id, const GPtrArray *files, GError **error);
/* CatalogWrittenFiles*; names NULL: any. */
GPtrArray *store_acid_transaction_list_files(
    Store *store, gint64 id, const char *namespace_name, const char *table_name, GError **error);
/* CatalogWriteId with the other warehouse's id as transaction_id and ours as write_id. */
GArray *store_acid_transaction_replayed(Store *store, const char *policy, GError **error);
/* The lock on the rebuild of a materialized view. */
gboolean store_acid_transaction_lock_rebuild(Store *store,
                                             const CatalogTableReference *table,
                                             gint64 id,
                                             gint64 lease_ms,
                                             gboolean is_renewal,
                                             gboolean *out_held,
                                             GError **error);

/* --- housekeeping: any replica, at any time; each call is bounded --- */

/* Aborts those whose lease has ended. */
gboolean store_acid_transaction_expire(Store *store, GError **error);
/* Closes gaps, raises the floor and forgets what is settled. */
gboolean store_acid_transaction_settle(Store *store, GError **error);
/* For how long locks and transactions whose lease has ended have been waiting to be removed. */
gboolean store_acid_transaction_ages(Store *store,
                                     gint64 *out_lock_ms,
                                     gint64 *out_transaction_ms,
                                     GError **error);

/* --- write ids --- */

/* CatalogWriteId, by transaction. INVALID_ARGUMENT unless all are open and may write. Empty for
 * repeated ones that are over. */
GArray *store_write_id_allocate(Store *store, const CatalogWriteIdRequest *request, GError **error);
/* CatalogValidWriteIds*, as many as tables (CatalogTableReference*, folded). */
GPtrArray *store_write_id_valid(Store *store,
                                const GPtrArray *tables,
                                gint64 water_id,
                                const GArray *open,
                                const GArray *aborted,
                                GError **error);
/* 0: nobody. */
gboolean store_write_id_transaction(Store *store,
                                    const CatalogTableReference *table,
                                    gint64 write_id,
                                    gint64 *out_transaction_id,
                                    GError **error);
/* 0: none yet. */
gboolean store_write_id_max(Store *store,
                            const CatalogTableReference *table,
                            gint64 *out_write_id,
                            GError **error);
/* ALREADY_EXISTS when the table has write ids. */
gboolean store_write_id_seed(Store *store,
                             const CatalogTableReference *table,
                             gint64 write_id,
                             GError **error);
/* A table as another warehouse left it: the given ids belong to transactions that are aborted here,
 * and the next one is given too. A table that has write ids already stays as it is. */
gboolean store_write_id_replicate(Store *store,
                                  const CatalogTableReference *table,
                                  const CatalogTransactionOpening *opening,
                                  const GArray *aborted,
                                  const char *const *partitions,
                                  gsize partition_count,
                                  gint64 next_write_id,
                                  GError **error);
/* Least write ids that an open transaction reads: tables and GArray of gint64 side by side. */
gboolean store_write_id_note_reads(Store *store,
                                   gint64 transaction_id,
                                   const GPtrArray *tables,
                                   const GArray *write_ids,
                                   GError **error);
/* Housekeeping: forgets the ids of transactions that are forgotten. */
gboolean store_write_id_forget(Store *store, GError **error);
