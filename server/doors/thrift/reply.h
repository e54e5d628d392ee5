/* SPDX-License-Identifier: Apache-2.0 */
/* The ways to answer a call: by filling in the generated result object, whose containers and
 * structs are there, empty, from the start; or, for tables and partitions, by handing over records
 * that are written when the dispatcher writes the answer. Callers: the method files of this
 * folder. */
#pragma once

#include <hms_statistics_types.h>

#include "decode.h"
#include "dispatch.h"
#include "encode.h"

/* The object or array becomes the result's own. Returns TRUE, the handler's own answer. */
#define THRIFT_REPLY_OBJECT(result, object)                                                        \
    (g_object_unref((result)->success), (result)->success = (object),                              \
     (result)->__isset_success = TRUE)
#define THRIFT_REPLY_ARRAY(result, array)                                                          \
    (g_ptr_array_unref((result)->success), (result)->success = (array),                            \
     (result)->__isset_success = TRUE)
/* Text, numbers and booleans. */
#define THRIFT_REPLY_VALUE(result, value)                                                          \
    ((result)->success = (value), (result)->__isset_success = TRUE)

/* Where the value lies in the answer. */
typedef enum {
    THRIFT_REPLY_PLAIN,    /* it is `success` */
    THRIFT_REPLY_IN_STRUCT /* it is field 1 of the struct that `success` is */
} ThriftReplyPlace;

/* The following take the record or array (of records) and give it back to its free function after
 * the call. They return TRUE, or FALSE when it is NULL: a handler can end with them. */
gboolean thrift_reply_table(ThriftCall *call, ThriftReplyPlace place, CatalogTable *table);
/* The same with its colStats; takes both, neither NULL. */
gboolean thrift_reply_table_with_statistics(ThriftCall *call,
                                            ThriftReplyPlace place,
                                            CatalogTable *table,
                                            HmsColumnStatistics *statistics);
gboolean thrift_reply_tables(ThriftCall *call, ThriftReplyPlace place, GPtrArray *tables);
gboolean thrift_reply_tables_viewed(ThriftCall *call,
                                    ThriftReplyPlace place,
                                    GPtrArray *tables,
                                    const ThriftTableView *view);
/* The columns of a table, with those of its partition keys or without. */
gboolean thrift_reply_columns(ThriftCall *call,
                              ThriftReplyPlace place,
                              CatalogTable *table,
                              gboolean with_keys);
/* `name` is the partitions' table; copied. */
gboolean thrift_reply_partition(ThriftCall *call,
                                ThriftReplyPlace place,
                                const ThriftName *name,
                                CatalogPartition *partition);
/* The same as `success`, with what the view says; takes what the view holds. */
gboolean thrift_reply_partition_viewed(ThriftCall *call,
                                       const ThriftName *name,
                                       CatalogPartition *partition,
                                       ThriftPartitionView *view);
gboolean thrift_reply_partitions(ThriftCall *call,
                                 ThriftReplyPlace place,
                                 const ThriftName *name,
                                 GPtrArray *partitions);
