/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of partitions show one another inside the store.
 *
 * Two members of a partition are not stored where they follow from others: a location that is the
 * table's own plus the name (NULL), and the parameter transient_lastDdlTime when it is the create
 * time (left out; parameters are NULL when nothing else remains). */
#pragma once

#include <glib.h>

#include "skep/store_partition.h"

#define STORE_PARTITION_DDL_TIME "transient_lastDdlTime"

/* A boolean SQL expression over skep.partitions, with the predicate's values as $3 of type text[].
 * The predicate must have at least one step. Transfer full. */
char *store_partition_predicate_sql(const StorePartitionPredicate *predicate);
