/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions of Hive's ACID tables and the write ids that they hold. Tables need not exist: they
 * may be written before they are created. A rename takes the write ids along, a drop forgets them.
 * Implemented in server/catalog/acid_transaction.c and write_id.c; any thread.
 *
 * Errors for a transaction that cannot do what is asked, in Hive's words: NO_SUCH_TRANSACTION (not
 * there, or committed already), INVALID_OPERATION (aborted, or its lease has ended). */
#pragma once

#include "skep/catalog.h"
#include "skep/transaction_types.h"

/* Ids, gint64, rising and one after the other. INVALID_ARGUMENT for fewer than one; more than 1000
 * are cut to 1000, as Hive does. */
GArray *catalog_transaction_open(Catalog *catalog,
                                 const CatalogTransactionOpening *opening,
                                 GError **error);
CatalogTransactionSnapshot *catalog_transaction_snapshot(Catalog *catalog, GError **error);
/* Again: no error. Of those who changed the same rows' table or partition at the same time the
 * first to commit wins: for the others INVALID_OPERATION, and they are aborted. */
gboolean catalog_transaction_commit(Catalog *catalog,
                                    const CatalogTransactionCommit *commit,
                                    GError **error);
/* Again: no error. With a policy, the id is the other warehouse's. */
gboolean catalog_transaction_abort(Catalog *catalog, gint64 id, const char *policy, GError **error);
/* Those of the ids that are open; the others make no error. */
gboolean catalog_transaction_abort_many(Catalog *catalog, const GArray *ids, GError **error);
gboolean catalog_transaction_heartbeat(Catalog *catalog, gint64 id, GError **error);
/* Both: gint64, rising, the caller's. At most 100,000 ids: TOO_LARGE. */
gboolean catalog_transaction_heartbeat_range(Catalog *catalog,
                                             gint64 first,
                                             gint64 last,
                                             GArray **out_aborted,
                                             GArray **out_missing,
                                             GError **error);
/* Partitions that were written, once they are known. `operation` is Hive's DataOperationType; what
 * is no write counts as an update. */
gboolean catalog_transaction_name_partitions(Catalog *catalog,
                                             gint64 id,
                                             gint64 write_id,
                                             const CatalogTableReference *table,
                                             const GPtrArray *partitions,
                                             gint32 operation,
                                             GError **error);
/* 0: nobody has changed what this one is to change. */
gboolean
catalog_transaction_latest_conflict(Catalog *catalog, gint64 id, gint64 *out_id, GError **error);
/* INVALID_ARGUMENT when it has been passed. */
gboolean catalog_transaction_seed(Catalog *catalog, gint64 id, GError **error);
/* CatalogWrittenFiles*. */
gboolean
catalog_transaction_add_files(Catalog *catalog, gint64 id, const GPtrArray *files, GError **error);
/* CatalogWrittenFiles*; names NULL: any. */
GPtrArray *catalog_transaction_list_files(Catalog *catalog,
                                          gint64 id,
                                          const char *namespace_name,
                                          const char *table_name,
                                          GError **error);
/* CatalogWriteId: the other warehouse's id as transaction_id, ours as write_id. */
GArray *catalog_transaction_replayed(Catalog *catalog, const char *policy, GError **error);
/* The lock on the rebuild of a materialized view: taken, or renewed. */
gboolean catalog_transaction_lock_rebuild(Catalog *catalog,
                                          const CatalogTableReference *table,
                                          gint64 id,
                                          gboolean is_renewal,
                                          gboolean *out_held,
                                          GError **error);
/* For how long the oldest lock and the oldest transaction whose lease has ended have been waiting
 * for housekeeping: more than a minute or two means that it does not work. */
gboolean catalog_transaction_overdue_ms(Catalog *catalog,
                                        gint64 *out_lock_ms,
                                        gint64 *out_transaction_ms,
                                        GError **error);

/* --- write ids --- */

/* CatalogWriteId, by transaction. INVALID_ARGUMENT when one of them may not write. */
GArray *
catalog_write_id_allocate(Catalog *catalog, const CatalogWriteIdRequest *request, GError **error);
/* What a snapshot sees of tables (CatalogTableReference*; as many CatalogValidWriteIds* come back).
 * `snapshot` is `water:leastOpen:open,..:aborted,..`; NULL: the present, or with a write_id (0:
 * none) of the first table, the present as far as the transaction that took that id. */
GPtrArray *catalog_write_id_valid(Catalog *catalog,
                                  const GPtrArray *tables,
                                  const char *snapshot,
                                  gint64 write_id,
                                  GError **error);
/* 0: none yet. */
gboolean catalog_write_id_max(Catalog *catalog,
                              const CatalogTableReference *table,
                              gint64 *out_write_id,
                              GError **error);
/* The next one of a table that has none yet. ALREADY_EXISTS. */
gboolean catalog_write_id_seed(Catalog *catalog,
                               const CatalogTableReference *table,
                               gint64 write_id,
                               GError **error);
/* A table as it was in another warehouse; `state` is `db.table:water:leastOpen:open,..:aborted,..`.
 */
gboolean catalog_write_id_replicate(Catalog *catalog,
                                    const CatalogTableReference *table,
                                    const char *state,
                                    const char *user,
                                    const char *host,
                                    const GPtrArray *partitions,
                                    GError **error);
/* Least write ids that a transaction reads: CatalogTableReference* and gint64 side by side. */
gboolean catalog_write_id_note_reads(Catalog *catalog,
                                     gint64 transaction_id,
                                     const GPtrArray *tables,
                                     const GArray *write_ids,
                                     GError **error);
