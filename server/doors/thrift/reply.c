/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are written from records, without objects in between. What a record looks like on
 * the wire is in encode_table.c and encode_partition.c; long listings are in partition_stream.c. */
#include "reply.h"

#include "encode.h"
#include "put.h"

typedef struct RecordReply RecordReply;

/* Writes the value: a struct with its end, or a list with its elements. */
typedef gboolean (*RecordPut)(RecordReply *reply, ThriftProtocol *out, GError **error);

struct RecordReply {
    ThriftReplyPlace place;
    ThriftType type;
    RecordPut put;
    CatalogTable *table; /* one of these three is set */
    CatalogPartition *partition;
    GPtrArray *records;
    gboolean with_keys;
    HmsColumnStatistics *statistics; /* of the table; NULL: not sent */
    ThriftPartitionEncoder encoder;
    ThriftPartitionView view;   /* of the partition */
    ThriftTableView table_view; /* of each of a list */
};

static void
record_reply_free(gpointer data)
{
    RecordReply *reply = data;
    catalog_table_free(reply->table);
    catalog_partition_free(reply->partition);
    g_clear_pointer(&reply->records, g_ptr_array_unref);
    thrift_partition_encoder_clear(&reply->encoder);
    thrift_partition_view_clear(&reply->view);
    g_clear_object(&reply->statistics);
    g_free(reply);
}

/* A ThriftReplyWriter. */
static gboolean
record_reply_write(ThriftCall *call, gpointer state, ThriftProtocol *out, GError **error)
{
    (void)call;
    RecordReply *reply = state;
    gboolean in_struct = reply->place == THRIFT_REPLY_IN_STRUCT;
    return (!in_struct || thrift_put_field(out, T_STRUCT, 0, error)) &&
           thrift_put_field(out, reply->type, in_struct ? 1 : 0, error) &&
           reply->put(reply, out, error) && (!in_struct || thrift_put_stop(out, error)) &&
           thrift_put_stop(out, error);
}

/* Makes it the answer; returns it to be filled in. */
static RecordReply *
record_reply(ThriftCall *call, ThriftReplyPlace place, ThriftType type, RecordPut put)
{
    RecordReply *reply = g_new0(RecordReply, 1);
    reply->place = place;
    reply->type = type;
    reply->put = put;
    thrift_call_reply_with(call, record_reply_write, reply, record_reply_free);
    return reply;
}

static gboolean
put_table(RecordReply *reply, ThriftProtocol *out, GError **error)
{
    /* colStats goes first, since the table ends its own struct. */
    if (reply->statistics != NULL &&
        (!thrift_put_field(out, T_STRUCT, 21, error) ||
         thrift_struct_write(THRIFT_STRUCT(reply->statistics), out, error) < 0))
        return FALSE;
    return thrift_encode_table(out, reply->table, error);
}

gboolean
thrift_reply_table(ThriftCall *call, ThriftReplyPlace place, CatalogTable *table)
{
    if (table == NULL)
        return FALSE;
    record_reply(call, place, T_STRUCT, put_table)->table = table;
    return TRUE;
}

gboolean
thrift_reply_table_with_statistics(ThriftCall *call,
                                   ThriftReplyPlace place,
                                   CatalogTable *table,
                                   HmsColumnStatistics *statistics)
{
    RecordReply *reply = record_reply(call, place, T_STRUCT, put_table);
    reply->table = table;
    reply->statistics = statistics;
    return TRUE;
}

static gboolean
put_tables(RecordReply *reply, ThriftProtocol *out, GError **error)
{
    gint32 length = (gint32)reply->records->len;
    if (thrift_protocol_write_list_begin(out, T_STRUCT, length, error) < 0)
        return FALSE;
    for (guint i = 0; i < reply->records->len; i++)
        if (!thrift_encode_table_viewed(out, g_ptr_array_index(reply->records, i),
                                        &reply->table_view, error))
            return FALSE;
    return TRUE;
}

gboolean
thrift_reply_tables(ThriftCall *call, ThriftReplyPlace place, GPtrArray *tables)
{
    ThriftTableView whole = {0};
    return thrift_reply_tables_viewed(call, place, tables, &whole);
}

gboolean
thrift_reply_tables_viewed(ThriftCall *call,
                           ThriftReplyPlace place,
                           GPtrArray *tables,
                           const ThriftTableView *view)
{
    if (tables == NULL)
        return FALSE;
    RecordReply *reply = record_reply(call, place, T_LIST, put_tables);
    reply->records = tables;
    reply->table_view = *view;
    return TRUE;
}

static gboolean
put_columns(RecordReply *reply, ThriftProtocol *out, GError **error)
{
    const CatalogTable *table = reply->table;
    return thrift_encode_columns(out, table->storage != NULL ? table->storage->columns : NULL,
                                 reply->with_keys ? table->partition_keys : NULL, error);
}

gboolean
thrift_reply_columns(ThriftCall *call,
                     ThriftReplyPlace place,
                     CatalogTable *table,
                     gboolean with_keys)
{
    if (table == NULL)
        return FALSE;
    RecordReply *reply = record_reply(call, place, T_LIST, put_columns);
    reply->table = table;
    reply->with_keys = with_keys;
    return TRUE;
}

static gboolean
put_partition(RecordReply *reply, ThriftProtocol *out, GError **error)
{
    return thrift_encode_partition(&reply->encoder, out, reply->partition, error);
}

gboolean
thrift_reply_partition(ThriftCall *call,
                       ThriftReplyPlace place,
                       const ThriftName *name,
                       CatalogPartition *partition)
{
    if (partition == NULL)
        return FALSE;
    RecordReply *reply = record_reply(call, place, T_STRUCT, put_partition);
    reply->partition = partition;
    thrift_partition_encoder_set_table(&reply->encoder, name->catalog, name->database, name->table);
    return TRUE;
}

gboolean
thrift_reply_partition_viewed(ThriftCall *call,
                              const ThriftName *name,
                              CatalogPartition *partition,
                              ThriftPartitionView *view)
{
    RecordReply *reply = record_reply(call, THRIFT_REPLY_PLAIN, T_STRUCT, put_partition);
    reply->partition = partition;
    reply->view = *view;
    *view = (ThriftPartitionView){0};
    reply->encoder.view = &reply->view;
    thrift_partition_encoder_set_table(&reply->encoder, name->catalog, name->database, name->table);
    return TRUE;
}

static gboolean
put_partitions(RecordReply *reply, ThriftProtocol *out, GError **error)
{
    gint32 length = (gint32)reply->records->len;
    if (thrift_protocol_write_list_begin(out, T_STRUCT, length, error) < 0)
        return FALSE;
    for (guint i = 0; i < reply->records->len; i++)
        if (!thrift_encode_partition(&reply->encoder, out, g_ptr_array_index(reply->records, i),
                                     error))
            return FALSE;
    return TRUE;
}

gboolean
thrift_reply_partitions(ThriftCall *call,
                        ThriftReplyPlace place,
                        const ThriftName *name,
                        GPtrArray *partitions)
{
    if (partitions == NULL)
        return FALSE;
    RecordReply *reply = record_reply(call, place, T_LIST, put_partitions);
    reply->records = partitions;
    thrift_partition_encoder_set_table(&reply->encoder, name->catalog, name->database, name->table);
    return TRUE;
}
