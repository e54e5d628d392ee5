/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a partition that a request names, as Hive spells them ("values", "sd.location",
 * "sd.cols.name"). Caller: partition_specs.c. */
#pragma once

#include "encode.h"

/* Fills the view's two sets of fields; no names (NULL or empty) mean everything. INVALID_ARGUMENT
 * for a name that no partition has a member of. */
gboolean thrift_partition_projection_parse(const GPtrArray *names,
                                           ThriftPartitionView *view,
                                           GError **error);
