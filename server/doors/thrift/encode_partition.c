/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding of partitions. Building a storage descriptor for each would cost more than all the rest,
 * so the parts of the last one are kept and shared as long as partitions come with the same
 * storage. */
#include "encode.h"

struct ThriftPartitionEncoder {
    char *catalog_name;
    char *namespace_name;
    char *table_name;
    CatalogStorage *storage;      /* what `shared` was made from; NULL at first */
    HmsStorageDescriptor *shared; /* without a location */
};

ThriftPartitionEncoder *
thrift_partition_encoder_new(const char *catalog_name,
                             const char *namespace_name,
                             const char *table_name)
{
    ThriftPartitionEncoder *encoder = g_new0(ThriftPartitionEncoder, 1);
    encoder->catalog_name =
        g_utf8_strdown(catalog_name != NULL ? catalog_name : CATALOG_DEFAULT_NAME, -1);
    encoder->namespace_name = g_utf8_strdown(namespace_name, -1);
    encoder->table_name = g_utf8_strdown(table_name, -1);
    return encoder;
}

void
thrift_partition_encoder_free(ThriftPartitionEncoder *encoder)
{
    if (encoder == NULL)
        return;
    g_free(encoder->catalog_name);
    g_free(encoder->namespace_name);
    g_free(encoder->table_name);
    catalog_storage_unref(encoder->storage);
    g_clear_object(&encoder->shared);
    g_free(encoder);
}

static void
encoder_set_storage(ThriftPartitionEncoder *encoder, CatalogStorage *storage)
{
    if (storage != NULL && encoder->storage == storage)
        return;
    g_autoptr(CatalogStorage) empty = storage == NULL ? catalog_storage_new() : NULL;
    g_clear_object(&encoder->shared);
    catalog_storage_unref(encoder->storage);
    encoder->storage = storage != NULL ? catalog_storage_ref(storage) : NULL;
    encoder->shared = thrift_encode_storage(empty != NULL ? empty : storage, NULL);
}

static void
array_share(GPtrArray **member, GPtrArray *shared)
{
    g_ptr_array_unref(*member);
    *member = g_ptr_array_ref(shared);
}

/* Maps are copied, not shared: the generated types empty a map when they let go of it. */
static void
storage_share(HmsStorageDescriptor *out, const HmsStorageDescriptor *shared)
{
    array_share(&out->cols, shared->cols);
    array_share(&out->bucketCols, shared->bucketCols);
    array_share(&out->sortCols, shared->sortCols);
    g_set_object(&out->serdeInfo, shared->serdeInfo);
    g_set_object(&out->skewedInfo, shared->skewedInfo);
    g_hash_table_unref(out->parameters);
    out->parameters = thrift_encode_map(shared->parameters);
    out->inputFormat = g_strdup(shared->inputFormat);
    out->outputFormat = g_strdup(shared->outputFormat);
    out->compressed = shared->compressed;
    out->numBuckets = shared->numBuckets;
    out->storedAsSubDirectories = shared->storedAsSubDirectories;
    out->__isset_cols = TRUE;
    out->__isset_inputFormat = shared->__isset_inputFormat;
    out->__isset_outputFormat = shared->__isset_outputFormat;
    out->__isset_compressed = TRUE;
    out->__isset_numBuckets = TRUE;
    out->__isset_serdeInfo = TRUE;
    out->__isset_bucketCols = TRUE;
    out->__isset_sortCols = TRUE;
    out->__isset_parameters = TRUE;
    out->__isset_skewedInfo = TRUE;
    out->__isset_storedAsSubDirectories = TRUE;
}

HmsPartition *
thrift_partition_encoder_next(ThriftPartitionEncoder *encoder, const CatalogPartition *partition)
{
    HmsPartition *out = g_object_new(HMS_TYPE_PARTITION, NULL);
    encoder_set_storage(encoder, partition->storage);
    storage_share(out->sd, encoder->shared);
    out->__isset_sd = TRUE;
    out->sd->location = g_strdup(partition->location);
    out->sd->__isset_location = partition->location != NULL;
    g_ptr_array_unref(out->values);
    out->values = thrift_encode_strv((const char *const *)partition->values);
    out->__isset_values = TRUE;
    out->dbName = g_strdup(encoder->namespace_name);
    out->__isset_dbName = TRUE;
    out->tableName = g_strdup(encoder->table_name);
    out->__isset_tableName = TRUE;
    out->createTime = partition->create_time_s;
    out->__isset_createTime = TRUE;
    out->lastAccessTime = partition->last_access_time_s;
    out->__isset_lastAccessTime = TRUE;
    g_hash_table_unref(out->parameters);
    out->parameters = thrift_encode_map(partition->parameters);
    out->__isset_parameters = TRUE;
    out->catName = g_strdup(encoder->catalog_name);
    out->__isset_catName = encoder->catalog_name != NULL;
    out->writeId = partition->write_id;
    out->__isset_writeId = TRUE;
    return out;
}
