/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions in PostgreSQL: one narrow row each, storage descriptors shared, locations derived from
 * the table's where they can be. Called by server/catalog/ alone; implemented in server/store/
 * (partition.c, partition_predicate.c). Any thread; errors as in store/query.h. What changes a
 * partition appends its event in the same statement. */
#pragma once

#include <glib.h>

#include "skep/catalog_types.h"
#include "skep/store.h"

/* What the store must know of the table. A partition's location is kept as "derived" when it is
 * exactly `location` + '/' + name, so that it follows the table when that moves; location NULL: a
 * view, whose partitions have none. */
typedef struct {
    gint64 id;
    const char *location;
} StorePartitionTable;

/* The derived location of a partition; NULL for a table without one. Transfer full. */
char *store_partition_derived_location(const StorePartitionTable *table, const char *name);

/* ---- which partitions ---- */

typedef enum {
    STORE_PARTITION_STEP_ALL, /* all of the next `count` groups hold */
    STORE_PARTITION_STEP_ANY, /* at least one of them does */
    STORE_PARTITION_STEP_TEST,
    STORE_PARTITION_STEP_NAMES /* the name is one of the `count` values */
} StorePartitionStepKind;

/* How the text of a value is read. Text that is not such a number, day or time passes no test. */
typedef enum {
    STORE_PARTITION_TEXT,
    STORE_PARTITION_INTEGER,  /* 64 bits, at most 19 digits */
    STORE_PARTITION_DATE,     /* yyyy-mm-dd, a day that exists */
    STORE_PARTITION_TIMESTAMP /* yyyy-mm-dd[ hh:mm:ss[.f{1,9}]] */
} StorePartitionType;

/* The default partition ("" or __HIVE_DEFAULT_PARTITION__) passes EQUAL, IN and IS_DEFAULT alone.
 */
typedef enum {
    STORE_PARTITION_EQUAL,
    STORE_PARTITION_NOT_EQUAL,
    STORE_PARTITION_LESS,
    STORE_PARTITION_LESS_OR_EQUAL,
    STORE_PARTITION_GREATER,
    STORE_PARTITION_GREATER_OR_EQUAL,
    STORE_PARTITION_LIKE, /* TEXT alone: % any run, _ one character, no escape */
    STORE_PARTITION_IN,
    STORE_PARTITION_NOT_IN,
    STORE_PARTITION_IS_DEFAULT, /* no value */
    STORE_PARTITION_IS_NOT_DEFAULT
} StorePartitionComparison;

typedef struct {
    StorePartitionStepKind kind;
    guint key; /* TEST: ordinal of the partition key, from 0 */
    StorePartitionType type;
    StorePartitionComparison comparison;
    guint first_value; /* TEST and NAMES: index into the predicate's values */
    guint count;       /* of values, or of groups */
} StorePartitionStep;

/* A condition in prefix form: a step, then the groups that it counts. It holds shapes and values
 * apart; the values go to PostgreSQL as one parameter, never into the statement. Values of INTEGER
 * are 64-bit numbers, of DATE yyyy-mm-dd, of TIMESTAMP "yyyy-mm-dd hh:mm:ss.fffffffff":
 * the maker's duty. An empty one holds for every partition. */
typedef struct {
    GArray *steps;     /* StorePartitionStep */
    GPtrArray *values; /* char*, owned */
} StorePartitionPredicate;

StorePartitionPredicate *store_partition_predicate_new(void);
void store_partition_predicate_free(StorePartitionPredicate *predicate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StorePartitionPredicate, store_partition_predicate_free)
/* Appends ALL or ANY; `count` groups must follow. */
void store_partition_predicate_add_group(StorePartitionPredicate *predicate,
                                         StorePartitionStepKind kind,
                                         guint count);
/* Appends a test with `count` values, which are copied. */
void store_partition_predicate_add_test(StorePartitionPredicate *predicate,
                                        guint key,
                                        StorePartitionType type,
                                        StorePartitionComparison comparison,
                                        const char *const *values,
                                        guint count);
/* Appends NAMES; `names` is NULL-terminated and copied. */
void store_partition_predicate_add_names(StorePartitionPredicate *predicate,
                                         const char *const *names);

/* ---- reading ---- */

/* NULL without an error when there is none of that name. */
gboolean store_partition_find(Store *store,
                              const StorePartitionTable *table,
                              const char *name,
                              CatalogPartition **out_partition,
                              GError **error);

typedef gboolean (*StorePartitionFunc)(const CatalogPartition *partition,
                                       gpointer data,
                                       GError **error);
/* Those for which `predicate` (NULL: all) holds, in name order, at most `max` (-1: all), while they
 * arrive. The storage of consecutive partitions with the same descriptor is the same pointer.
 * `func` may not call the store. */
gboolean store_partition_scan(Store *store,
                              const StorePartitionTable *table,
                              const StorePartitionPredicate *predicate,
                              gint64 max,
                              StorePartitionFunc func,
                              gpointer data,
                              GError **error);
typedef gboolean (*StorePartitionNameFunc)(const char *name, gpointer data, GError **error);
gboolean store_partition_scan_names(Store *store,
                                    const StorePartitionTable *table,
                                    const StorePartitionPredicate *predicate,
                                    gint64 max,
                                    StorePartitionNameFunc func,
                                    gpointer data,
                                    GError **error);
gboolean store_partition_count(Store *store,
                               const StorePartitionTable *table,
                               const StorePartitionPredicate *predicate,
                               gint64 max,
                               gint64 *out_count,
                               GError **error);

/* ---- changing ---- */

/* Adds CatalogPartition* in one transaction. With if_not_exists those that are there already are
 * left as they are; else any such is ALREADY_EXISTS, the object being its name, and nothing is
 * added. out_added: the names that are new, as a set of char*. NO_SUCH_TABLE. */
gboolean store_partition_add(Store *store,
                             const StorePartitionTable *table,
                             const GPtrArray *partitions,
                             gboolean if_not_exists,
                             GHashTable **out_added,
                             GError **error);

/* Replaces all of them, found by name, or none. out_missing: how many of them are not there; when
 * there are any, nothing was changed. Create times stay. `truncates`: their data were removed, for
 * the events alone. */
gboolean store_partition_alter(Store *store,
                               const StorePartitionTable *table,
                               const GPtrArray *partitions,
                               gboolean truncates,
                               gint64 *out_missing,
                               GError **error);

/* What must have happened before a rename is committed (moving files). It may run more than once.
 */
typedef gboolean (*StorePartitionMoveFunc)(gpointer data, GError **error);
/* Gives the partition the name, values and everything else of `wanted`. out_found FALSE: none of
 * the old name, nothing done. `move` runs inside the transaction, with the row locked.
 * ALREADY_EXISTS. */
gboolean store_partition_rename(Store *store,
                                const StorePartitionTable *table,
                                const char *old_name,
                                const CatalogPartition *wanted,
                                StorePartitionMoveFunc move,
                                gpointer data,
                                gboolean *out_found,
                                GError **error);

/* Drops those of the names (NULL-terminated) that are there; unless if_exists, none of them when
 * any is missing. out_missing: how many are. out_dropped: what was dropped, CatalogPartition* with
 * name and location alone. */
gboolean store_partition_drop(Store *store,
                              const StorePartitionTable *table,
                              const char *const *names,
                              gboolean if_exists,
                              gint64 *out_missing,
                              GPtrArray **out_dropped,
                              GError **error);

/* Takes the named ones (NULL-terminated) out of `source` and adds `partitions` to `target`, all of
 * both or nothing; then `move` runs, as for a rename. NO_SUCH_PARTITION, ALREADY_EXISTS,
 * NO_SUCH_TABLE. */
gboolean store_partition_exchange(Store *store,
                                  const StorePartitionTable *source,
                                  const char *const *names,
                                  const StorePartitionTable *target,
                                  const GPtrArray *partitions,
                                  StorePartitionMoveFunc move,
                                  gpointer data,
                                  GError **error);
