/* SPDX-License-Identifier: Apache-2.0 */
/* Between the two ways in which methods point at a partition: its values, and its name. Needs the
 * partition keys, and so the table, of which it asks the catalog. Callers: partition.c,
 * partition_alter.c. */
#pragma once

#include "decode.h"
#include "dispatch.h"

/* The values in `partition_name`, in the order of the table's keys. Names that lack one of the
 * keys, or have another: INVALID_ARGUMENT. Missing table: NO_SUCH_TABLE. */
gboolean thrift_partition_values_of(ThriftCall *call,
                                    const ThriftName *name,
                                    const char *partition_name,
                                    GStrv *out_values,
                                    GError **error);

/* The name of the partition that has `values`. INVALID_ARGUMENT when their number is not that of
 * the keys. */
char *thrift_partition_name_of(ThriftCall *call,
                               const ThriftName *name,
                               const GPtrArray *values,
                               GError **error);
