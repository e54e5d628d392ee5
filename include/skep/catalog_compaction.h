/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of compactions: asked for by clients, done by workers that ask for the next one.
 * Implemented in server/catalog/compaction.c; any thread. */
#pragma once

#include "skep/catalog.h"
#include "skep/compaction_types.h"

/* *out_id 0: refused, since one is under way; which one, and in what state. */
gboolean catalog_compaction_request(Catalog *catalog,
                                    const CatalogCompaction *wanted,
                                    gint64 *out_id,
                                    gint64 *out_standing_id,
                                    CatalogCompactionState *out_standing_state,
                                    GError **error);
/* A clean-up alone, up to the write id that it names. */
gboolean
catalog_compaction_request_clean(Catalog *catalog, const CatalogCompaction *wanted, GError **error);
/* For one worker alone. *out_compaction NULL: there is nothing to do. */
gboolean catalog_compaction_take(Catalog *catalog,
                                 const char *pool_name,
                                 const char *worker_id,
                                 const char *worker_version,
                                 CatalogCompaction **out_compaction,
                                 GError **error);
/* CatalogCompaction*: under way first, then the latest. */
GPtrArray *
catalog_compaction_list(Catalog *catalog, const CatalogCompactionFilter *filter, GError **error);
/* CatalogCompaction*: the last that succeeded, of the table or of each of its partitions.
 * `partitions` NULL or empty: all. */
GPtrArray *catalog_compaction_latest(Catalog *catalog,
                                     const CatalogTableReference *table,
                                     const GPtrArray *partitions,
                                     gint64 after_id,
                                     GError **error);
/* Ready for cleaning, or over. One that is not in the queue is an error only where `state` says
 * that something was done; failed and refused ones are then put into the history. */
gboolean catalog_compaction_mark(Catalog *catalog,
                                 const CatalogCompaction *compaction,
                                 CatalogCompactionState state,
                                 GError **error);
/* What its worker found out (highest_write_id, run_as), and its transaction. NO_SUCH_OBJECT. */
gboolean catalog_compaction_update(Catalog *catalog,
                                   const CatalogCompaction *compaction,
                                   gint64 transaction_id,
                                   GError **error);
gboolean
catalog_compaction_set_job(Catalog *catalog, gint64 id, const char *job_id, GError **error);
/* CatalogCompactionAbort, one for each id. */
GArray *catalog_compaction_abort(Catalog *catalog, const GArray *ids, GError **error);
/* char*: columns with statistics that a compaction should bring up to date. */
GPtrArray *
catalog_compaction_columns(Catalog *catalog, const CatalogCompaction *compaction, GError **error);
/* out_kept FALSE: below its threshold, and forgotten. */
gboolean catalog_compaction_put_metric(Catalog *catalog,
                                       const CatalogCompactionMetric *metric,
                                       gboolean *out_kept,
                                       GError **error);
gboolean catalog_compaction_drop_metric(Catalog *catalog,
                                        const CatalogCompactionMetric *metric,
                                        GError **error);
