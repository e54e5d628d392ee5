/* SPDX-License-Identifier: Apache-2.0 */
/* Text of the condition that a partition predicate stands for. Inside the store alone. */
#pragma once

#include <glib.h>

#include "skep/store_partition.h"

/* A boolean SQL expression over skep.partitions, with the predicate's values as $3 of type text[].
 * The predicate must have at least one step. Transfer full. */
char *store_partition_predicate_sql(const StorePartitionPredicate *predicate);
