/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions of Hive tables: the rules, beside skep/catalog.h and with its conventions. Implemented
 * in server/catalog/partition*.c; caller: the Thrift door. A missing table is NO_SUCH_TABLE where
 * nothing else is said. */
#pragma once

#include "skep/catalog.h"

/* --- adding and finding --- */

typedef struct {
    gboolean if_not_exists;       /* those that are there already are left as they are */
    gboolean do_not_update_stats; /* files are not counted */
    gboolean as_table;            /* partitions without storage have the table's; else only those
                                     of views may have none */
} CatalogPartitionAddOptions;

/* Adds all or none; sets name, create time, location (derived when NULL), makes directories.
 * INVALID_OBJECT: no such table; INVALID_ARGUMENT: wrong number of values, duplicates in the batch,
 * no storage, a location in a view; ALREADY_EXISTS. out_added (may be NULL): the CatalogPartition*
 * that are new. */
gboolean catalog_partition_add(Catalog *catalog,
                               const char *catalog_name,
                               const char *namespace_name,
                               const char *table_name,
                               const GPtrArray *partitions,
                               const CatalogPartitionAddOptions *options,
                               GPtrArray **out_added,
                               GError **error);
CatalogPartition *catalog_partition_find(Catalog *catalog,
                                         const char *catalog_name,
                                         const char *namespace_name,
                                         const char *table_name,
                                         const char *const *values,
                                         GError **error);

/* --- listing --- */

/* Which partitions; all members that are set must hold. Answers are in name order. */
typedef struct {
    const char *const *names; /* these names (escaped form); unknown ones are skipped */
    const char *const
        *partial_values; /* HMS _ps: "" matches anything, shorter lists match by prefix */
    const char *filter;  /* HMS filter language; compiled to parameters, never pasted into SQL */
    gint max;            /* -1: all */
} CatalogPartitionQuery;
void catalog_partition_query_init(CatalogPartitionQuery *query);
/* Whether the text is one of the filter language; says nothing about keys and types. */
gboolean catalog_partition_filter_parses(const char *filter);

typedef gboolean (*CatalogPartitionFunc)(const CatalogPartition *partition,
                                         gpointer data,
                                         GError **error);
/* Calls func for each partition while rows still arrive: memory does not grow with the answer. The
 * storage of consecutive partitions that share a descriptor is the same pointer. `out_table`, may
 * be NULL: the table, set before the first call. TOO_LARGE past the limit of one request. */
gboolean catalog_partition_scan(Catalog *catalog,
                                const char *catalog_name,
                                const char *namespace_name,
                                const char *table_name,
                                const CatalogPartitionQuery *query,
                                CatalogTable **out_table,
                                CatalogPartitionFunc func,
                                gpointer data,
                                GError **error);
typedef gboolean (*CatalogNameFunc)(const char *name, gpointer data, GError **error);
gboolean catalog_partition_scan_names(Catalog *catalog,
                                      const char *catalog_name,
                                      const char *namespace_name,
                                      const char *table_name,
                                      const CatalogPartitionQuery *query,
                                      CatalogNameFunc func,
                                      gpointer data,
                                      GError **error);
gboolean catalog_partition_count(Catalog *catalog,
                                 const char *catalog_name,
                                 const char *namespace_name,
                                 const char *table_name,
                                 const CatalogPartitionQuery *query,
                                 gint64 *out_count,
                                 GError **error);

typedef struct {
    const char *const *keys;  /* NULL-terminated: the columns of the answer */
    const char *const *order; /* NULL-terminated: sorted by these; NULL: in name order */
    const char *filter;       /* may be NULL */
    gboolean is_distinct;
    gboolean is_descending;
    gint64 max; /* -1: all */
} CatalogPartitionValuesQuery;
/* Values of some keys over the partitions of a table, as they stand in the partitions' names: rows
 * (GStrv). INVALID_ARGUMENT: a key that the table is not partitioned by, or none. TOO_LARGE past
 * CATALOG_PARTITION_VALUES_MAX rows. */
#define CATALOG_PARTITION_VALUES_MAX 1000000
GPtrArray *catalog_partition_values(Catalog *catalog,
                                    const char *catalog_name,
                                    const char *namespace_name,
                                    const char *table_name,
                                    const CatalogPartitionValuesQuery *query,
                                    GError **error);

/* --- changing --- */

/* Replaces all of them or none; any missing: INVALID_OPERATION. Values identify, and stay. */
gboolean catalog_partition_alter(Catalog *catalog,
                                 const char *catalog_name,
                                 const char *namespace_name,
                                 const char *table_name,
                                 const GPtrArray *partitions,
                                 GError **error);
gboolean catalog_partition_rename(Catalog *catalog,
                                  const char *catalog_name,
                                  const char *namespace_name,
                                  const char *table_name,
                                  const char *const *old_values,
                                  const CatalogPartition *wanted,
                                  GError **error);

typedef struct {
    gboolean if_exists;   /* missing ones are no error */
    gboolean delete_data; /* by the rule of drop_table */
    gboolean purge;       /* not by way of the trash */
} CatalogPartitionDropOptions;
/* Drops by names, all or none (NO_SUCH_PARTITION unless if_exists). Directories above them, up to
 * the table's, go as well when nothing is left in them. */
gboolean catalog_partition_drop(Catalog *catalog,
                                const char *catalog_name,
                                const char *namespace_name,
                                const char *table_name,
                                const char *const *names,
                                const CatalogPartitionDropOptions *options,
                                GError **error);

/* The two ends of an exchange. */
typedef struct {
    const char *catalog_name;
    const char *namespace_name;
    const char *table_name;
} CatalogPartitionEnd;
/* Moves the partitions whose keys have the values of `spec` (char* -> char*) with their files from
 * one table to another with the same columns and keys, all or none. CatalogPartition* as they are
 * in the target afterwards. INVALID_ARGUMENT: nothing to move, different tables, a value for what
 * is no key; ALREADY_EXISTS. */
GPtrArray *catalog_partition_exchange(Catalog *catalog,
                                      const CatalogPartitionEnd *source,
                                      const CatalogPartitionEnd *target,
                                      const GHashTable *spec,
                                      GError **error);

/* --- names: pure text --- */

/* key=value joined by '/', escaped as Hive does. Transfer full. values and keys of equal length. */
char *catalog_partition_name_format(const char *const *keys, const char *const *values);
/* Splits and unescapes; keys may be NULL. INVALID_ARGUMENT on a part without '='. */
gboolean
catalog_partition_name_parse(const char *name, GStrv *out_keys, GStrv *out_values, GError **error);
/* Each value must match a pattern (a regular expression as Java writes them; NULL or empty: any).
 * INVALID_ARGUMENT. */
gboolean
catalog_partition_values_check(const char *const *values, const char *pattern, GError **error);
