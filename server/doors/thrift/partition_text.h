/* SPDX-License-Identifier: Apache-2.0 */
/* Between the two ways in which methods point at a partition: its values, and its name. Needs the
 * partition keys, and so the table, of which it asks the catalog. Callers: partition.c,
 * partition_alter.c. */
#pragma once

#include "decode.h"
#include "dispatch.h"

/* The values in `partition_name`, in the order of the table's keys; what else the name has does not
 * count. INVALID_ARGUMENT: no name, or one that cannot be read; NO_SUCH_PARTITION: it lacks a key;
 * NO_SUCH_TABLE. */
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

/* Whether the values are such as this connection may give to new partitions: INVALID_ARGUMENT. */
gboolean thrift_partition_values_check(ThriftCall *call, const GPtrArray *values, GError **error);
/* The same for those of a list<Partition>. */
gboolean thrift_partitions_check(ThriftCall *call, const GPtrArray *partitions, GError **error);

/* Clients send expressions as bytes: some those of a library of Hive's own, which nobody else can
 * read, some the text of a filter. That text, or NULL; transfer full. */
char *thrift_partition_expression_filter(const GByteArray *expression);

/* For requests whose partitions name another table than the request does, with that error set: when
 * the request's own is missing, that is what clients are told first. FALSE. */
gboolean thrift_partitions_misnamed(ThriftCall *call, const ThriftName *name, GError **error);
