/* SPDX-License-Identifier: Apache-2.0 */
/* Column statistics of tables and partitions: the rules. Implemented in server/catalog/
 * statistics*.c; called by the Thrift door. Any thread; conventions and errors as in catalog.h.
 *
 * Statistics belong to an engine, and are given out only while the table has a column of the name
 * and type for which they were stored. */
#pragma once

#include "skep/catalog.h"
#include "skep/statistics_types.h"

#define CATALOG_STATISTICS_ENGINE "hive"
/* At most so many columns of partitions in one answer; more is TOO_LARGE. */
#define CATALOG_STATISTICS_MAX 100000

/* Whose statistics. catalog_name NULL: the default one; engine NULL: CATALOG_STATISTICS_ENGINE. */
typedef struct {
    const char *catalog_name;
    const char *namespace_name;
    const char *table_name;
    const char *engine;
} CatalogStatisticsTarget;

/* Stores CatalogStatistics*: one without a partition name (the table's own), or any number with.
 * The times of analysis that are 0 become now. Columns that are not mentioned keep theirs. With
 * `merge` they are joined with what is there (catalog_statistics_merge). All or nothing.
 * NO_SUCH_TABLE; NO_SUCH_OBJECT: a column that the table does not have; NO_SUCH_PARTITION;
 * INVALID_ARGUMENT: a broken record, or a mixture. */
gboolean catalog_statistics_update(Catalog *catalog,
                                   const CatalogStatisticsTarget *target,
                                   const GPtrArray *statistics,
                                   gboolean merge,
                                   GError **error);

/* The table's own, of those columns (NULL: all) that have any, by name. CatalogColumnStatistics*,
 * or NULL with an error: NO_SUCH_TABLE. */
GPtrArray *catalog_statistics_find(Catalog *catalog,
                                   const CatalogStatisticsTarget *target,
                                   const char *const *columns,
                                   GError **error);
/* The same of partitions: CatalogStatistics* in name order; those without any are left out. */
GPtrArray *catalog_statistics_find_partitions(Catalog *catalog,
                                              const CatalogStatisticsTarget *target,
                                              const char *const *partition_names,
                                              const char *const *columns,
                                              GError **error);
/* One for each column over all of the partitions; memory does not grow with their number. Counts
 * are scaled up where only some of the partitions have any. out_partitions: how many have those of
 * all columns. */
GPtrArray *catalog_statistics_aggregate(Catalog *catalog,
                                        const CatalogStatisticsTarget *target,
                                        const char *const *partition_names,
                                        const char *const *columns,
                                        gint64 *out_partitions,
                                        GError **error);

/* Of the table (partition_names NULL) or of partitions, of all columns where columns is NULL. FALSE
 * with NO_SUCH_OBJECT when there was nothing to delete. */
gboolean catalog_statistics_delete(Catalog *catalog,
                                   const CatalogStatisticsTarget *target,
                                   const char *const *partition_names,
                                   const char *const *columns,
                                   GError **error);

/* Both as one, as if measured over the rows of both: ranges and lengths cover both, counts are
 * added; distinct values are counted by their joined sketches (Hive's two kinds) where both have
 * one, else they are as many as in the larger one. Other sketches are kept only when they are the
 * same. Of different kinds: a copy of `wanted`. Pure; transfer full. */
CatalogColumnStatistics *catalog_statistics_merge(const CatalogColumnStatistics *stored,
                                                  const CatalogColumnStatistics *wanted);
