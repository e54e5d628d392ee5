/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of partitions, one by one, as lists, and in the two forms of a partition spec. */
#include "decode.h"

#include <string.h>

#include "skep/error.h"

/* Partitions are read with a SerDe: a descriptor without one is none. */
static CatalogStorage *
decode_descriptor(const HmsStorageDescriptor *descriptor, GError **error)
{
    if (!descriptor->__isset_serdeInfo)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "The storage descriptor of a partition has no serdeInfo");
    return thrift_decode_storage(descriptor, error);
}

CatalogPartition *
thrift_decode_partition(const HmsPartition *partition, GError **error)
{
    g_autoptr(CatalogPartition) out = catalog_partition_new();
    if (partition->__isset_sd && partition->sd != NULL) {
        g_autoptr(CatalogStorage) storage = decode_descriptor(partition->sd, error);
        if (storage == NULL)
            return NULL;
        catalog_storage_unref(out->storage);
        out->storage = g_steal_pointer(&storage);
        out->location = thrift_decode_location(partition->sd->location);
    }
    g_strfreev(out->values);
    out->values = thrift_decode_strv(partition->values);
    g_hash_table_unref(out->parameters);
    out->parameters = thrift_decode_map(partition->parameters);
    out->create_time_s = partition->createTime;
    out->last_access_time_s = partition->lastAccessTime;
    out->write_id = partition->writeId;
    return g_steal_pointer(&out);
}

GPtrArray *
thrift_decode_partitions(const GPtrArray *partitions, GError **error)
{
    g_autoptr(GPtrArray) out =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_partition_free);
    for (guint i = 0; partitions != NULL && i < partitions->len; i++) {
        CatalogPartition *partition =
            thrift_decode_partition(g_ptr_array_index(partitions, i), error);
        if (partition == NULL)
            return NULL;
        g_ptr_array_add(out, partition);
    }
    return g_steal_pointer(&out);
}

static gboolean
names_are_same(const char *a, const char *b)
{
    return g_ascii_strcasecmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static gboolean
table_name_check(const ThriftName *first,
                 const char *database,
                 const char *catalog,
                 const char *table,
                 GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(database, catalog, table, &name, error))
        return FALSE;
    if (!names_are_same(name.table, first->table) ||
        !names_are_same(name.database, first->database) ||
        !names_are_same(name.catalog, first->catalog))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Partition does not belong to target table %s.%s: it names %s.%s",
                         first->database, first->table, name.database, name.table);
    return TRUE;
}

gboolean
thrift_partitions_check_table(const GPtrArray *partitions,
                              const ThriftName *name,
                              gboolean is_exact,
                              GError **error)
{
    for (guint i = 0; partitions != NULL && i < partitions->len; i++) {
        const HmsPartition *partition = g_ptr_array_index(partitions, i);
        if (!table_name_check(name, partition->dbName, partition->catName, partition->tableName,
                              error))
            return FALSE;
        if (is_exact && strcmp(partition->tableName, name->table) != 0)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "Partition does not belong to target table %s.%s: it names %s",
                             name->database, name->table, partition->tableName);
    }
    return TRUE;
}

/* The relative path of a partition in a shared spec starts with '/', or is empty. */
static char *
shared_location(const char *root_path, const char *relative_path)
{
    if (root_path == NULL || root_path[0] == '\0')
        return NULL;
    if (relative_path == NULL || relative_path[0] == '\0')
        return g_strdup(root_path);
    gboolean has_slash = relative_path[0] == '/' || g_str_has_suffix(root_path, "/");
    return g_strconcat(root_path, has_slash ? "" : "/", relative_path, NULL);
}

static gboolean
spec_decode_shared(GPtrArray *out,
                   const HmsPartitionSpecWithSharedSD *shared,
                   const char *root_path,
                   GError **error)
{
    const char *root = shared->sd != NULL ? shared->sd->location : NULL;
    g_autoptr(CatalogStorage) storage =
        shared->__isset_sd && shared->sd != NULL ? decode_descriptor(shared->sd, error) : NULL;
    if (shared->__isset_sd && storage == NULL)
        return FALSE;
    if (root == NULL || root[0] == '\0')
        root = root_path;
    if (storage == NULL || root == NULL || root[0] == '\0')
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Partitions that share a storage descriptor need one with a location");
    for (guint i = 0; shared->partitions != NULL && i < shared->partitions->len; i++) {
        const HmsPartitionWithoutSD *own = g_ptr_array_index(shared->partitions, i);
        CatalogPartition *partition = catalog_partition_new();
        g_ptr_array_add(out, partition);
        catalog_storage_unref(partition->storage);
        partition->storage = catalog_storage_ref(storage);
        partition->location = shared_location(root, own->relativePath);
        g_strfreev(partition->values);
        partition->values = thrift_decode_strv(own->values);
        g_hash_table_unref(partition->parameters);
        partition->parameters = thrift_decode_map(own->parameters);
        partition->create_time_s = own->createTime;
        partition->last_access_time_s = own->lastAccessTime;
    }
    return TRUE;
}

static gboolean
spec_decode_list(GPtrArray *out,
                 const GPtrArray *partitions,
                 const ThriftName *name,
                 GError **error)
{
    if (!thrift_partitions_check_table(partitions, name, FALSE, error))
        return FALSE;
    g_autoptr(GPtrArray) decoded = thrift_decode_partitions(partitions, error);
    if (decoded == NULL)
        return FALSE;
    g_ptr_array_extend_and_steal(out, g_steal_pointer(&decoded));
    return TRUE;
}

/* A spec holds a list or a shared descriptor; of both, the list counts. */
static gboolean
spec_decode(GPtrArray *out, const HmsPartitionSpec *spec, const ThriftName *name, GError **error)
{
    if (spec->__isset_partitionList && spec->partitionList != NULL)
        return spec_decode_list(out, spec->partitionList->partitions, name, error);
    if (spec->__isset_sharedSDPartitionSpec && spec->sharedSDPartitionSpec != NULL)
        return spec_decode_shared(out, spec->sharedSDPartitionSpec, spec->rootPath, error);
    return TRUE;
}

GPtrArray *
thrift_decode_partition_specs(const GPtrArray *specs, ThriftName *out_name, GError **error)
{
    ThriftName *name = out_name;
    g_autoptr(GPtrArray) out =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_partition_free);
    for (guint i = 0; specs != NULL && i < specs->len; i++) {
        const HmsPartitionSpec *spec = g_ptr_array_index(specs, i);
        gboolean is_named =
            i == 0 ? thrift_decode_table_name(spec->dbName, spec->catName, spec->tableName, name,
                                              error)
                   : table_name_check(name, spec->dbName, spec->catName, spec->tableName, error);
        if (!is_named || !spec_decode(out, spec, name, error))
            return NULL;
    }
    return g_steal_pointer(&out);
}
