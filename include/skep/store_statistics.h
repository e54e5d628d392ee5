/* SPDX-License-Identifier: Apache-2.0 */
/* Column statistics in PostgreSQL: one row for each table or partition, engine and column. They go
 * and move with their table and partition by themselves. Names are folded and checked already.
 * Called by server/catalog/ alone; implemented in server/store/statistics.c. Any thread; a call
 * holds one connection. Errors as in store/query.h. */
#pragma once

#include <glib.h>

#include "skep/statistics_types.h"
#include "skep/store.h"

/* Rules that the catalog lends to a write, because they need rows that the write has locked. Both
 * may run several times for the same rows, keep nothing and call nothing of the store. */
typedef struct {
    /* What is stored in place of `stored` when `wanted` arrives; NULL: `wanted`. Transfer full. */
    CatalogColumnStatistics *(*merge)(const CatalogColumnStatistics *stored,
                                      const CatalogColumnStatistics *wanted);
    /* The parameter that tells whose statistics are accurate: its text (NULL: absent) after these
     * columns (char*, NULL: all) got or lost theirs. NULL: to be absent. Transfer full. The member
     * itself NULL: the parameter is left alone. */
    char *(*mark)(const char *present, const GPtrArray *columns, gboolean has_statistics);
} StoreStatisticsRules;

/* Stores all of them (CatalogStatistics*: one without a partition, or any number with) in one
 * transaction, over those that are there. out_found FALSE: the table or one of the partitions is
 * gone, and nothing was stored. */
gboolean store_statistics_write(Store *store,
                                gint64 table_id,
                                const char *engine,
                                const GPtrArray *statistics,
                                const StoreStatisticsRules *rules,
                                gboolean *out_found,
                                GError **error);

/* What to read or delete. */
typedef struct {
    gint64 table_id;
    const char *engine;
    const char *const *partition_names; /* NULL-terminated; NULL: the table's own statistics */
    const char *const *columns;         /* NULL-terminated; NULL: all */
} StoreStatisticsQuery;

/* partition_name is "" for the table's own. FALSE ends the scan with the function's error. */
typedef gboolean (*StoreStatisticsFunc)(const char *partition_name,
                                        const CatalogColumnStatistics *statistics,
                                        gpointer data,
                                        GError **error);
/* By partition and column, as they arrive. `func` may not call the store. */
gboolean store_statistics_scan(Store *store,
                               const StoreStatisticsQuery *query,
                               StoreStatisticsFunc func,
                               gpointer data,
                               GError **error);

/* out_deleted: how many columns lost theirs. Of the rules `mark` alone is used. */
gboolean store_statistics_delete(Store *store,
                                 const StoreStatisticsQuery *query,
                                 const StoreStatisticsRules *rules,
                                 gint64 *out_deleted,
                                 GError **error);

/* Deletes what any engine knows of these columns, in the table and all its partitions: they are no
 * longer what they were. */
gboolean store_statistics_forget_columns(Store *store,
                                         gint64 table_id,
                                         const char *const *columns,
                                         GError **error);
