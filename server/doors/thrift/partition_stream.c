/* SPDX-License-Identifier: Apache-2.0 */
/* Writes listings of partitions straight into the answer, each as encode_partition.c writes it; the
 * number of elements is filled in at the end. */
#include "partition_stream.h"

#include "encode.h"
#include "put.h"
#include "transport.h"

#include "skep/error.h"

/* Field numbers of the structs that are written here. */
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

typedef struct {
    ThriftProtocol *out;
    FlatTransport *flat;
    CatalogTable *table; /* set by the scan before the first partition */
    ThriftPartitionEncoder encoder;
    guint32 count;
} PartitionStream;

static void
stream_clear(PartitionStream *stream)
{
    catalog_table_free(stream->table);
    thrift_partition_encoder_clear(&stream->encoder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PartitionStream, stream_clear)

static gboolean
stream_partition(const CatalogPartition *partition, gpointer data, GError **error)
{
    PartitionStream *stream = data;
    if (stream->count++ == 0)
        thrift_partition_encoder_set_table(&stream->encoder, stream->table->catalog,
                                           stream->table->namespace_name, stream->table->name);
    return thrift_encode_partition(&stream->encoder, stream->out, partition, error);
}

static gboolean
stream_name(const char *name, gpointer data, GError **error)
{
    PartitionStream *stream = data;
    stream->count++;
    return thrift_protocol_write_string(stream->out, name, error) >= 0;
}

void
thrift_partition_listing_query(const ThriftPartitionListing *listing,
                               CatalogPartitionQuery *out_query)
{
    catalog_partition_query_init(out_query);
    out_query->names = (const char *const *)listing->names;
    out_query->partial_values = (const char *const *)listing->partial_values;
    out_query->filter = listing->filter;
    out_query->max = listing->max < 0 ? -1 : listing->max;
}

static gboolean
stream_scan(PartitionStream *stream,
            Catalog *catalog,
            const ThriftPartitionListing *listing,
            GError **error)
{
    const ThriftName *name = &listing->name;
    CatalogPartitionQuery query;
    thrift_partition_listing_query(listing, &query);
    gboolean are_names = listing->shape == THRIFT_PARTITION_NAMES ||
                         listing->shape == THRIFT_PARTITION_NAMES_IN_STRUCT;
    if (are_names) {
        g_autoptr(GError) failure = NULL;
        if (catalog_partition_scan_names(catalog, name->catalog, name->database, name->table,
                                         &query, stream_name, stream, &failure) ||
            (listing->missing_is_empty && skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_TABLE))
            return TRUE;
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
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
    return flat_transport_patch(stream->flat, end_of_count - sizeof count, &count, sizeof count,
                                error) &&
           thrift_protocol_write_list_end(stream->out, error) >= 0;
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
        !thrift_put_field(out, T_STRUCT, SPEC_PARTITION_LIST, error) ||
        !thrift_put_field(out, T_LIST, COMPOSING_PARTITIONS, error) ||
        !stream_list(stream, catalog, listing, T_STRUCT, error) || !thrift_put_stop(out, error))
        return FALSE;
    const CatalogTable *table = stream->table;
    return thrift_put_text(out, SPEC_DATABASE, table->namespace_name, error) &&
           thrift_put_text(out, SPEC_TABLE, table->name, error) &&
           thrift_put_text(out, SPEC_ROOT_PATH, table->location, error) &&
           thrift_put_text(out, SPEC_CATALOG, table->catalog, error) && thrift_put_stop(out, error);
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
    case THRIFT_PARTITION_SPECS_IN_STRUCT:
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
    stream.encoder.view = &listing->view;
    gboolean is_list = listing->shape == THRIFT_PARTITIONS ||
                       listing->shape == THRIFT_PARTITION_SPECS ||
                       listing->shape == THRIFT_PARTITION_NAMES;
    gboolean has_flag = listing->shape == THRIFT_PARTITIONS_BY_EXPRESSION ||
                        listing->shape == THRIFT_PARTITION_SPECS_BY_EXPRESSION;
    if (!thrift_put_field(out, is_list ? T_LIST : T_STRUCT, RESULT_SUCCESS, error) ||
        (!is_list && !thrift_put_field(out, T_LIST, RESPONSE_LIST, error)) ||
        !stream_body(&stream, call->catalog, listing, error))
        return FALSE;
    if (has_flag && !thrift_put_bool(out, RESPONSE_HAS_UNKNOWN, listing->has_unknown, error))
        return FALSE;
    return (is_list || thrift_put_stop(out, error)) && thrift_put_stop(out, error);
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
    thrift_partition_view_clear(&listing->view);
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
