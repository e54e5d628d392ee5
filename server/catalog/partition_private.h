/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the partition operations show one another. */
#pragma once

#include <glib.h>

#include "skep/catalog_partition.h"
#include "skep/store_partition.h"

/* What stands for "no value" in names, directories and values. */
#define CATALOG_PARTITION_DEFAULT_NAME "__HIVE_DEFAULT_PARTITION__"

/* At most so many comparisons in one filter, after sets of equalities have been joined. */
#define CATALOG_PARTITION_TESTS_MAX 10000

/* Appends to `predicate` the condition that `filter` says about a table with these keys
 * (CatalogColumn*); nothing for an empty filter, else one group. INVALID_ARGUMENT for wrong syntax,
 * unknown keys and comparisons that the key's type does not have; TOO_LARGE. */
gboolean catalog_partition_filter_compile(const char *filter,
                                          const GPtrArray *partition_keys,
                                          StorePartitionPredicate *predicate,
                                          GError **error);

/* The table of a request; NO_SUCH_TABLE. Transfer full. */
CatalogTable *catalog_partition_table_find(Catalog *catalog,
                                           const char *catalog_name,
                                           const char *namespace_name,
                                           const char *table_name,
                                           GError **error);
/* What the store must know of it; borrows the table's location. */
StorePartitionTable catalog_partition_store_table(const CatalogTable *table);
/* Name of the partition with these values (NULL: none). INVALID_ARGUMENT: as many as there are keys
 * is what there must be, and at least one. Transfer full. */
char *
catalog_partition_name_make(const CatalogTable *table, const char *const *values, GError **error);
/* "namespace.table.partition", the object of errors, and "[a, b]", for their messages. Transfer
 * full. */
char *catalog_partition_object(const CatalogTable *table, const char *partition_name);
char *catalog_partition_values_text(const char *const *values);
