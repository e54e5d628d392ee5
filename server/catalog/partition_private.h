/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the partition operations show one another and the table operations. */
#pragma once

#include <glib.h>

#include "skep/catalog.h"
#include "skep/store_partition.h"

/* What stands for "no value" in names, directories and values. */
#define CATALOG_PARTITION_DEFAULT_NAME "__HIVE_DEFAULT_PARTITION__"

/* Is this value "no value": empty, or the default name itself? */
gboolean catalog_partition_value_is_default(const char *value);

/* At most so many comparisons in one filter, after sets of equalities have been joined. */
#define CATALOG_PARTITION_TESTS_MAX 10000

/* Appends to `predicate` the condition that `filter` says about a table with these keys
 * (CatalogColumn*); nothing for an empty filter, else one group. INVALID_ARGUMENT for wrong syntax,
 * unknown keys and comparisons that the key's type does not have; TOO_LARGE. */
gboolean catalog_partition_filter_compile(const char *filter,
                                          const GPtrArray *partition_keys,
                                          StorePartitionPredicate *predicate,
                                          GError **error);

/* HMS alter_table with CASCADE: gives the new columns (CatalogColumn*) to every partition. */
gboolean catalog_partition_replace_columns(Catalog *catalog,
                                           const CatalogTable *table,
                                           const GPtrArray *columns,
                                           GError **error);
/* Before a table's location changes without its files: its partitions stay where they are. */
gboolean
catalog_partition_pin_locations(Catalog *catalog, const CatalogTable *table, GError **error);
