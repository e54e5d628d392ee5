/* SPDX-License-Identifier: Apache-2.0 */
/* Writes partitions straight into an answer. Writing the storage descriptor of each would cost more
 * than all the rest, so the bytes of the last one are kept and repeated as long as partitions come
 * with the same storage. What is written of each is the view's to say (partition_view.c). The
 * numbers of the fields are those of schema/thrift/partition.thrift. */
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

/* The storage as the view wants it written. */
static CatalogStorage *
storage_to_write(const ThriftPartitionView *view, CatalogStorage *storage)
{
    CatalogStorage *bare;
    if (storage == NULL)
        return catalog_storage_new();
    if (view == NULL || !view->without_columns)
        return catalog_storage_ref(storage);
    bare = catalog_storage_copy(storage);
    g_ptr_array_set_size(bare->columns, 0);
    return bare;
}

/* Writes into the answer itself, keeps the bytes and takes them back: the buffer is there anyway.
 */
const GByteArray *
thrift_encode_partition_descriptor(ThriftPartitionEncoder *encoder,
                                   ThriftProtocol *out,
                                   CatalogStorage *storage,
                                   GError **error)
{
    if (encoder->descriptor != NULL && encoder->storage == storage)
        return encoder->descriptor;
    g_autoptr(CatalogStorage) written = storage_to_write(encoder->view, storage);
    guint fields = thrift_partition_view_storage_fields(encoder->view);
    FlatTransport *flat = FLAT_TRANSPORT(out->transport);
    gsize mark = flat_transport_mark(flat);
    if (!thrift_encode_storage_head(out, written, fields, error))
        return NULL;
    GByteArray *descriptor = flat_transport_take_back(flat, mark, error);
    if (descriptor == NULL)
        return NULL;
    g_clear_pointer(&encoder->descriptor, g_byte_array_unref);
    encoder->descriptor = descriptor;
    catalog_storage_unref(encoder->storage);
    encoder->storage = storage != NULL ? catalog_storage_ref(storage) : NULL;
    return encoder->descriptor;
}

static gboolean
put_descriptor(ThriftPartitionEncoder *encoder,
               ThriftProtocol *out,
               const CatalogPartition *partition,
               guint fields,
               GError **error)
{
    const char *location = (fields & THRIFT_PARTITION_LOCATION) != 0 ? partition->location : NULL;
    const GByteArray *descriptor =
        thrift_encode_partition_descriptor(encoder, out, partition->storage, error);
    return descriptor != NULL && thrift_put_field(out, T_STRUCT, 6, error) &&
           flat_transport_append(FLAT_TRANSPORT(out->transport), descriptor->data, descriptor->len,
                                 error) &&
           thrift_encode_storage_tail(out, location, error);
}

/* Partitions of views store nothing, and may have been made without a descriptor. */
static gboolean
has_descriptor(const CatalogPartition *partition)
{
    const CatalogStorage *storage = partition->storage;
    return partition->location != NULL ||
           (storage != NULL && (storage->columns->len > 0 || storage->serde_library != NULL ||
                                storage->input_format != NULL || storage->output_format != NULL));
}

/* A projection that names no member of the descriptor gets none. */
static gboolean
put_wanted_descriptor(ThriftPartitionEncoder *encoder,
                      ThriftProtocol *out,
                      const CatalogPartition *partition,
                      guint fields,
                      GError **error)
{
    if (!has_descriptor(partition) || (thrift_partition_view_storage_fields(encoder->view) == 0 &&
                                       (fields & THRIFT_PARTITION_LOCATION) == 0))
        return TRUE;
    return put_descriptor(encoder, out, partition, fields, error);
}

gboolean
thrift_encode_partition(ThriftPartitionEncoder *encoder,
                        ThriftProtocol *out,
                        const CatalogPartition *partition,
                        GError **error)
{
    const ThriftPartitionView *view = encoder->view;
    guint fields = thrift_partition_view_fields(view);
    return ((fields & THRIFT_PARTITION_VALUES) == 0 ||
            thrift_put_strv(out, 1, (const char *const *)partition->values, error)) &&
           ((fields & THRIFT_PARTITION_DATABASE) == 0 ||
            thrift_put_text(out, 2, encoder->namespace_name, error)) &&
           ((fields & THRIFT_PARTITION_TABLE) == 0 ||
            thrift_put_text(out, 3, encoder->table_name, error)) &&
           ((fields & THRIFT_PARTITION_CREATE_TIME) == 0 ||
            thrift_put_i32(out, 4, partition->create_time_s, error)) &&
           ((fields & THRIFT_PARTITION_LAST_ACCESS_TIME) == 0 ||
            thrift_put_i32(out, 5, partition->last_access_time_s, error)) &&
           put_wanted_descriptor(encoder, out, partition, fields, error) &&
           ((fields & THRIFT_PARTITION_PARAMETERS) == 0 ||
            thrift_encode_partition_parameters(view, out, 7, partition->parameters, error)) &&
           ((fields & THRIFT_PARTITION_CATALOG) == 0 ||
            thrift_put_text(out, 9, encoder->catalog_name, error)) &&
           ((fields & THRIFT_PARTITION_WRITE_ID) == 0 ||
            thrift_put_i64(out, 10, partition->write_id, error)) &&
           (view == NULL || view->put_more == NULL ||
            view->put_more(view->more, out, partition, FALSE, error)) &&
           thrift_put_stop(out, error);
}
