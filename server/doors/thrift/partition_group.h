/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that list partitions in groups: those of one storage descriptor below the table's
 * directory send it once, with the path of each relative to the table's; those elsewhere come whole
 * in a last spec. Callers: partition_listing.c, partition_specs.c. */
#pragma once

#include "partition_stream.h"

/* Makes it the answer, as partition_stream.h does with listings; takes the listing. The list is
 * `success` itself, or its first field, by the listing's shape. */
gboolean thrift_partition_groups_reply(ThriftCall *call, ThriftPartitionListing *listing);
