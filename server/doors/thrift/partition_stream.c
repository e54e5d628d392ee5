/* SPDX-License-Identifier: Apache-2.0 */
/* Writes listings of partitions straight into the answer. A storage descriptor is encoded once and
 * its bytes are repeated for every partition that shares it; the number of elements is filled in at
 * the end. The members of Partition are those that encode_partition.c gives. */
#include "partition_stream.h"

#include <string.h>

#include "encode.h"
#include "transport.h"

/* Field numbers of the structs that are written here by hand. */
enum { RESULT_SUCCESS = 0 };
enum { RESPONSE_LIST = 1, RESPONSE_HAS_UNKNOWN = 2 };
enum {
    SPEC_DATABASE = 1,
    SPEC_TABLE = 2,
    SPEC_ROOT_PATH = 3,
    SPEC_PARTITION_LIST = 5,
    SPEC_CATALOG = 6
};
enum { COMPOSING_PARTITIONS = 1 };
enum { DESCRIPTOR_LOCATION = 2 };
enum {
    PARTITION_VALUES = 1,
    PARTITION_DATABASE = 2,
    PARTITION_TABLE = 3,
    PARTITION_CREATE_TIME = 4,
    PARTITION_LAST_ACCESS_TIME = 5,
    PARTITION_DESCRIPTOR = 6,
    PARTITION_PARAMETERS = 7,
    PARTITION_CATALOG = 9,
    PARTITION_WRITE_ID = 10
};

typedef struct {
    ThriftProtocol *out;
    FlatTransport *flat;
    CatalogTable *table;     /* set by the scan before the first partition */
    CatalogStorage *storage; /* whose descriptor `descriptor` holds; NULL at first */
    GByteArray *descriptor;  /* its fields but the location, without the end of the struct */
    guint32 count;
} PartitionStream;

static void
stream_clear(PartitionStream *stream)
{
    catalog_table_free(stream->table);
    catalog_storage_unref(stream->storage);
    g_clear_pointer(&stream->descriptor, g_byte_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitionStream, stream_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HmsStorageDescriptor, g_object_unref)

static gboolean
put_field(ThriftProtocol *out, ThriftType type, gint16 id, GError **error)
{
    return thrift_protocol_write_field_begin(out, "", type, id, error) >= 0;
}

static gboolean
put_text(ThriftProtocol *out, gint16 id, const char *text, GError **error)
{
    return text == NULL || (put_field(out, T_STRING, id, error) &&
                            thrift_protocol_write_string(out, text, error) >= 0);
}

static gboolean
put_i32(ThriftProtocol *out, gint16 id, gint32 value, GError **error)
{
    return put_field(out, T_I32, id, error) && thrift_protocol_write_i32(out, value, error) >= 0;
}

static gboolean
put_stop(ThriftProtocol *out, GError **error)
{
    return thrift_protocol_write_field_stop(out, error) >= 0;
}

static gboolean
put_values(ThriftProtocol *out, const char *const *values, GError **error)
{
    guint n = values != NULL ? g_strv_length((GStrv)values) : 0;
    if (!put_field(out, T_LIST, PARTITION_VALUES, error) ||
        thrift_protocol_write_list_begin(out, T_STRING, (gint32)n, error) < 0)
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (thrift_protocol_write_string(out, values[i], error) < 0)
            return FALSE;
    return TRUE;
}

static gboolean
put_parameters(ThriftProtocol *out, GHashTable *parameters, GError **error)
{
    if (!put_field(out, T_MAP, PARTITION_PARAMETERS, error) ||
        thrift_protocol_write_map_begin(out, T_STRING, T_STRING,
                                        (gint32)g_hash_table_size(parameters), error) < 0)
        return FALSE;
    GHashTableIter iter;
    gpointer key;
    gpointer value;
    g_hash_table_iter_init(&iter, parameters);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (thrift_protocol_write_string(out, key, error) < 0 ||
            thrift_protocol_write_string(out, value, error) < 0)
            return FALSE;
    return TRUE;
}

/* Encodes into the answer itself, keeps the bytes and takes them back: the buffer is there anyway.
 */
static gboolean
stream_set_storage(PartitionStream *stream, CatalogStorage *storage, GError **error)
{
    if (stream->descriptor != NULL && stream->storage == storage)
        return TRUE;
    g_autoptr(CatalogStorage) empty = storage == NULL ? catalog_storage_new() : NULL;
    g_autoptr(HmsStorageDescriptor) descriptor =
        thrift_encode_storage(storage != NULL ? storage : empty, NULL);
    gsize mark = flat_transport_mark(stream->flat);
    if (thrift_struct_write(THRIFT_STRUCT(descriptor), stream->out, error) < 0)
        return FALSE;
    gsize length = flat_transport_mark(stream->flat) - mark;
    g_clear_pointer(&stream->descriptor, g_byte_array_unref);
    stream->descriptor = g_byte_array_sized_new((guint)length);
    g_byte_array_append(stream->descriptor, stream->flat->write_bytes + mark, (guint)(length - 1));
    flat_transport_truncate(stream->flat, mark);
    catalog_storage_unref(stream->storage);
    stream->storage = storage != NULL ? catalog_storage_ref(storage) : NULL;
    return TRUE;
}

static gboolean
put_descriptor(PartitionStream *stream, const CatalogPartition *partition, GError **error)
{
    return stream_set_storage(stream, partition->storage, error) &&
           put_field(stream->out, T_STRUCT, PARTITION_DESCRIPTOR, error) &&
           flat_transport_append(stream->flat, stream->descriptor->data, stream->descriptor->len,
                                 error) &&
           put_text(stream->out, DESCRIPTOR_LOCATION, partition->location, error) &&
           put_stop(stream->out, error);
}

static gboolean
stream_partition(const CatalogPartition *partition, gpointer data, GError **error)
{
    PartitionStream *stream = data;
    ThriftProtocol *out = stream->out;
    stream->count++;
    return put_values(out, (const char *const *)partition->values, error) &&
           put_text(out, PARTITION_DATABASE, stream->table->namespace_name, error) &&
           put_text(out, PARTITION_TABLE, stream->table->name, error) &&
           put_i32(out, PARTITION_CREATE_TIME, partition->create_time_s, error) &&
           put_i32(out, PARTITION_LAST_ACCESS_TIME, partition->last_access_time_s, error) &&
           put_descriptor(stream, partition, error) &&
           put_parameters(out, partition->parameters, error) &&
           put_text(out, PARTITION_CATALOG, stream->table->catalog, error) &&
           put_field(out, T_I64, PARTITION_WRITE_ID, error) &&
           thrift_protocol_write_i64(out, partition->write_id, error) >= 0 && put_stop(out, error);
}

static gboolean
stream_name(const char *name, gpointer data, GError **error)
{
    PartitionStream *stream = data;
    stream->count++;
    return thrift_protocol_write_string(stream->out, name, error) >= 0;
}

static gboolean
stream_scan(PartitionStream *stream,
            Catalog *catalog,
            const ThriftPartitionListing *listing,
            GError **error)
{
    const ThriftName *name = &listing->name;
    CatalogPartitionQuery query;
    catalog_partition_query_init(&query);
    query.names = (const char *const *)listing->names;
    query.partial_values = (const char *const *)listing->partial_values;
    query.filter = listing->filter;
    query.max = listing->max < 0 ? -1 : listing->max;
    gboolean are_names = listing->shape == THRIFT_PARTITION_NAMES ||
                         listing->shape == THRIFT_PARTITION_NAMES_IN_STRUCT;
    if (are_names)
        return catalog_partition_scan_names(catalog, name->catalog, name->database, name->table,
                                            &query, stream_name, stream, error);
    return catalog_partition_scan(catalog, name->catalog, name->database, name->table, &query,
                                  &stream->table, stream_partition, stream, error);
}

/* The list, with the number of its elements filled in when it is known. */
static gboolean
stream_list(PartitionStream *stream,
            Catalog *catalog,
            const ThriftPartitionListing *listing,
            ThriftType element_type,
            GError **error)
{
    if (thrift_protocol_write_list_begin(stream->out, element_type, 0, error) < 0)
        return FALSE;
    gsize end_of_count = flat_transport_mark(stream->flat);
    if (!stream_scan(stream, catalog, listing, error))
        return FALSE;
    guint32 count = GUINT32_TO_BE(stream->count);
    memcpy(stream->flat->write_bytes + end_of_count - sizeof(count), &count, sizeof(count));
    return thrift_protocol_write_list_end(stream->out, error) >= 0;
}

/* One spec. Its other members come after the partitions, because the scan tells the table. */
static gboolean
stream_spec(PartitionStream *stream,
            Catalog *catalog,
            const ThriftPartitionListing *listing,
            GError **error)
{
    ThriftProtocol *out = stream->out;
    if (thrift_protocol_write_list_begin(out, T_STRUCT, 1, error) < 0 ||
        !put_field(out, T_STRUCT, SPEC_PARTITION_LIST, error) ||
        !put_field(out, T_LIST, COMPOSING_PARTITIONS, error) ||
        !stream_list(stream, catalog, listing, T_STRUCT, error) || !put_stop(out, error))
        return FALSE;
    const CatalogTable *table = stream->table;
    return put_text(out, SPEC_DATABASE, table->namespace_name, error) &&
           put_text(out, SPEC_TABLE, table->name, error) &&
           put_text(out, SPEC_ROOT_PATH, table->location, error) &&
           put_text(out, SPEC_CATALOG, table->catalog, error) && put_stop(out, error);
}

static gboolean
stream_body(PartitionStream *stream,
            Catalog *catalog,
            const ThriftPartitionListing *listing,
            GError **error)
{
    switch (listing->shape) {
    case THRIFT_PARTITION_NAMES:
    case THRIFT_PARTITION_NAMES_IN_STRUCT:
        return stream_list(stream, catalog, listing, T_STRING, error);
    case THRIFT_PARTITIONS:
    case THRIFT_PARTITIONS_IN_STRUCT:
    case THRIFT_PARTITIONS_BY_EXPRESSION:
        return stream_list(stream, catalog, listing, T_STRUCT, error);
    case THRIFT_PARTITION_SPECS:
    case THRIFT_PARTITION_SPECS_BY_EXPRESSION:
        return stream_spec(stream, catalog, listing, error);
    }
    return FALSE;
}

/* A ThriftReplyWriter. */
static gboolean
listing_write(ThriftCall *call, gpointer state, ThriftProtocol *out, GError **error)
{
    const ThriftPartitionListing *listing = state;
    g_auto(PartitionStream) stream = {.out = out, .flat = FLAT_TRANSPORT(out->transport)};
    gboolean is_list = listing->shape == THRIFT_PARTITIONS ||
                       listing->shape == THRIFT_PARTITION_SPECS ||
                       listing->shape == THRIFT_PARTITION_NAMES;
    gboolean has_flag = listing->shape == THRIFT_PARTITIONS_BY_EXPRESSION ||
                        listing->shape == THRIFT_PARTITION_SPECS_BY_EXPRESSION;
    if (!put_field(out, is_list ? T_LIST : T_STRUCT, RESULT_SUCCESS, error) ||
        (!is_list && !put_field(out, T_LIST, RESPONSE_LIST, error)) ||
        !stream_body(&stream, call->catalog, listing, error))
        return FALSE;
    if (has_flag && (!put_field(out, T_BOOL, RESPONSE_HAS_UNKNOWN, error) ||
                     thrift_protocol_write_bool(out, listing->has_unknown, error) < 0))
        return FALSE;
    return (is_list || put_stop(out, error)) && put_stop(out, error);
}

ThriftPartitionListing *
thrift_partition_listing_new(ThriftPartitionShape shape,
                             const char *database,
                             const char *catalog,
                             const char *table,
                             GError **error)
{
    g_autoptr(ThriftPartitionListing) listing = g_new0(ThriftPartitionListing, 1);
    listing->shape = shape;
    listing->max = -1;
    if (!thrift_decode_table_name(database, catalog, table, &listing->name, error))
        return NULL;
    return g_steal_pointer(&listing);
}

void
thrift_partition_listing_free(ThriftPartitionListing *listing)
{
    if (listing == NULL)
        return;
    thrift_name_clear(&listing->name);
    g_strfreev(listing->names);
    g_strfreev(listing->partial_values);
    g_free(listing->filter);
    g_free(listing);
}

gboolean
thrift_partition_listing_reply(ThriftCall *call, ThriftPartitionListing *listing)
{
    if (listing == NULL)
        return FALSE;
    thrift_call_set_catalog(call, listing->name.catalog);
    thrift_call_reply_with(call, listing_write, listing,
                           (GDestroyNotify)thrift_partition_listing_free);
    return TRUE;
}
