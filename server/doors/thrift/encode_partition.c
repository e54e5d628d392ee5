/* SPDX-License-Identifier: Apache-2.0 */
/* Writes partitions straight into an answer. Writing the storage descriptor of each would cost more
 * than all the rest, so the bytes of the last one are kept and repeated as long as partitions come
 * with the same storage. The numbers of the fields are those of schema/thrift/partition.thrift. */
#include "encode.h"
#include "put.h"
#include "transport.h"

void
thrift_partition_encoder_clear(ThriftPartitionEncoder *encoder)
{
    g_clear_pointer(&encoder->catalog_name, g_free);
    g_clear_pointer(&encoder->namespace_name, g_free);
    g_clear_pointer(&encoder->table_name, g_free);
    g_clear_pointer(&encoder->storage, catalog_storage_unref);
    g_clear_pointer(&encoder->descriptor, g_byte_array_unref);
}

void
thrift_partition_encoder_set_table(ThriftPartitionEncoder *encoder,
                                   const char *catalog_name,
                                   const char *namespace_name,
                                   const char *table_name)
{
    thrift_partition_encoder_clear(encoder);
    encoder->catalog_name =
        g_utf8_strdown(catalog_name != NULL ? catalog_name : CATALOG_DEFAULT_NAME, -1);
    encoder->namespace_name = g_utf8_strdown(namespace_name, -1);
    encoder->table_name = g_utf8_strdown(table_name, -1);
}

/* Writes into the answer itself, keeps the bytes and takes them back: the buffer is there anyway.
 */
static gboolean
encoder_set_storage(ThriftPartitionEncoder *encoder,
                    ThriftProtocol *out,
                    CatalogStorage *storage,
                    GError **error)
{
    if (encoder->descriptor != NULL && encoder->storage == storage)
        return TRUE;
    g_autoptr(CatalogStorage) empty = storage == NULL ? catalog_storage_new() : NULL;
    FlatTransport *flat = FLAT_TRANSPORT(out->transport);
    gsize mark = flat_transport_mark(flat);
    if (!thrift_encode_storage_head(out, storage != NULL ? storage : empty, error))
        return FALSE;
    GByteArray *descriptor = flat_transport_take_back(flat, mark, error);
    if (descriptor == NULL)
        return FALSE;
    g_clear_pointer(&encoder->descriptor, g_byte_array_unref);
    encoder->descriptor = descriptor;
    catalog_storage_unref(encoder->storage);
    encoder->storage = storage != NULL ? catalog_storage_ref(storage) : NULL;
    return TRUE;
}

static gboolean
put_descriptor(ThriftPartitionEncoder *encoder,
               ThriftProtocol *out,
               const CatalogPartition *partition,
               GError **error)
{
    return encoder_set_storage(encoder, out, partition->storage, error) &&
           thrift_put_field(out, T_STRUCT, 6, error) &&
           flat_transport_append(FLAT_TRANSPORT(out->transport), encoder->descriptor->data,
                                 encoder->descriptor->len, error) &&
           thrift_encode_storage_tail(out, partition->location, error);
}

gboolean
thrift_encode_partition(ThriftPartitionEncoder *encoder,
                        ThriftProtocol *out,
                        const CatalogPartition *partition,
                        GError **error)
{
    return thrift_put_strv(out, 1, (const char *const *)partition->values, error) &&
           thrift_put_text(out, 2, encoder->namespace_name, error) &&
           thrift_put_text(out, 3, encoder->table_name, error) &&
           thrift_put_i32(out, 4, partition->create_time_s, error) &&
           thrift_put_i32(out, 5, partition->last_access_time_s, error) &&
           put_descriptor(encoder, out, partition, error) &&
           thrift_put_map(out, 7, partition->parameters, error) &&
           thrift_put_text(out, 9, encoder->catalog_name, error) &&
           thrift_put_i64(out, 10, partition->write_id, error) && thrift_put_stop(out, error);
}
