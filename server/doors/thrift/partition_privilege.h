/* SPDX-License-Identifier: Apache-2.0 */
/* Privileges that come along with partitions. Callers: partition_listing.c, partition_specs.c. */
#pragma once

#include "decode.h"
#include "dispatch.h"
#include "encode.h"

/* Lets each partition of the answer be sent with what the user and the groups (both may be NULL)
 * may do with it, where the table keeps that (parameter PARTITION_LEVEL_PRIVILEGE); else nothing
 * changes. NO_SUCH_TABLE. */
gboolean thrift_partition_view_add_privileges(ThriftCall *call,
                                              const ThriftName *name,
                                              const char *user,
                                              const GPtrArray *groups,
                                              ThriftPartitionView *view,
                                              GError **error);
