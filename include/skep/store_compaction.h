/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of compactions in PostgreSQL. Names are folded already. Called by server/catalog/
 * alone. Any thread; errors as in store/query.h. */
#pragma once

#include "skep/compaction_types.h"
#include "skep/store.h"

/* *out_id 0: refused, because of *out_standing_id in *out_standing_state. */
gboolean store_compaction_request(Store *store,
                                  const CatalogCompaction *wanted,
                                  gint64 highest_write_id,
                                  gint64 *out_id,
                                  gint64 *out_standing_id,
                                  CatalogCompactionState *out_standing_state,
                                  GError **error);
/* Enqueues a clean-up alone. */
gboolean
store_compaction_request_clean(Store *store, const CatalogCompaction *wanted, GError **error);
/* The oldest that waits in the pool; *out_compaction NULL when there is none. */
gboolean store_compaction_take(Store *store,
                               const char *pool_name,
                               const char *worker_id,
                               const char *worker_version,
                               CatalogCompaction **out_compaction,
                               GError **error);
/* CatalogCompaction*. */
GPtrArray *
store_compaction_list(Store *store, const CatalogCompactionFilter *filter, GError **error);
/* The last of each partition (NULL: of all and of the table). after_id 0: any. */
GPtrArray *store_compaction_latest(Store *store,
                                   const CatalogTableReference *table,
                                   const char *const *partitions,
                                   gsize partition_count,
                                   gint64 after_id,
                                   GError **error);
/* Over, or ready for cleaning. out_found FALSE: none of this id that is under way. */
gboolean store_compaction_mark(Store *store,
                               gint64 id,
                               CatalogCompactionState state,
                               const char *error_message,
                               gboolean *out_found,
                               GError **error);
/* One that ended as its state says before it was in the queue. */
gboolean
store_compaction_put_ended(Store *store, const CatalogCompaction *compaction, GError **error);
gboolean store_compaction_update(Store *store,
                                 gint64 id,
                                 gint64 highest_write_id,
                                 const char *run_as,
                                 gint64 transaction_id,
                                 gboolean *out_found,
                                 GError **error);
gboolean store_compaction_set_job(Store *store, gint64 id, const char *job_id, GError **error);
/* CatalogCompactionAbort, of those that there are. */
GArray *store_compaction_abort(Store *store, const GArray *ids, GError **error);
/* char*: columns with statistics. */
GPtrArray *store_compaction_columns(Store *store,
                                    const CatalogTableReference *table,
                                    const char *partition_name,
                                    GError **error);
/* out_kept FALSE: below its threshold. */
gboolean store_compaction_put_metric(Store *store,
                                     const CatalogCompactionMetric *metric,
                                     gboolean *out_kept,
                                     GError **error);
gboolean
store_compaction_drop_metric(Store *store, const CatalogCompactionMetric *metric, GError **error);
/* Housekeeping: work of workers that are gone waits again, and the history is bounded. */
gboolean store_compaction_housekeep(Store *store, GError **error);
