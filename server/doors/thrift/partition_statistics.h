/* SPDX-License-Identifier: Apache-2.0 */
/* Column statistics that come along with partitions. Caller: partition_listing.c. */
#pragma once

#include "partition_stream.h"

/* Each partition of the listing, which has names, is sent with what `engine` (NULL: Hive) knows of
 * all its columns. */
gboolean thrift_partition_listing_add_statistics(ThriftCall *call,
                                                 ThriftPartitionListing *listing,
                                                 const char *engine,
                                                 GError **error);
