/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of partitions, one by one, as lists, and in the two forms of a partition spec. */
#include "decode.h"

#include "skep/error.h"

CatalogPartition *
thrift_decode_partition(const HmsPartition *partition, GError **error)
{
    g_autoptr(CatalogPartition) out = catalog_partition_new();
    if (partition->__isset_sd && partition->sd != NULL) {
        g_autoptr(CatalogStorage) storage = thrift_decode_storage(partition->sd, error);
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

/* Names fold to lower case in ASCII: two spellings of one table are one table. */
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
thrift_decode_partitions_table(const GPtrArray *partitions, ThriftName *out_name, GError **error)
{
    const HmsPartition *first = g_ptr_array_index(partitions, 0);
    if (!thrift_decode_table_name(first->dbName, first->catName, first->tableName, out_name, error))
        return FALSE;
    for (guint i = 1; i < partitions->len; i++) {
        const HmsPartition *other = g_ptr_array_index(partitions, i);
        if (!table_name_check(out_name, other->dbName, other->catName, other->tableName, error))
            return FALSE;
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
    return g_strconcat(root_path, relative_path[0] == '/' ? "" : "/", relative_path, NULL);
}

static gboolean
spec_decode_shared(GPtrArray *out,
                   const HmsPartitionSpecWithSharedSD *shared,
                   const char *root_path,
                   GError **error)
{
    g_autoptr(CatalogStorage) storage = NULL;
    const char *root = root_path;
    if (shared->__isset_sd && shared->sd != NULL) {
        storage = thrift_decode_storage(shared->sd, error);
        if (storage == NULL)
            return FALSE;
        if (shared->sd->location != NULL && shared->sd->location[0] != '\0')
            root = shared->sd->location;
    }
    for (guint i = 0; shared->partitions != NULL && i < shared->partitions->len; i++) {
        const HmsPartitionWithoutSD *own = g_ptr_array_index(shared->partitions, i);
        CatalogPartition *partition = catalog_partition_new();
        g_ptr_array_add(out, partition);
        catalog_storage_unref(partition->storage);
        partition->storage = storage != NULL ? catalog_storage_ref(storage) : NULL;
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
spec_decode_list(GPtrArray *out, const GPtrArray *partitions, GError **error)
{
    for (guint i = 0; partitions != NULL && i < partitions->len; i++) {
        CatalogPartition *partition =
            thrift_decode_partition(g_ptr_array_index(partitions, i), error);
        if (partition == NULL)
            return FALSE;
        g_ptr_array_add(out, partition);
    }
    return TRUE;
}

GPtrArray *
thrift_decode_partition_specs(const GPtrArray *specs, ThriftName *out_name, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    g_autoptr(GPtrArray) out =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_partition_free);
    for (guint i = 0; specs != NULL && i < specs->len; i++) {
        const HmsPartitionSpec *spec = g_ptr_array_index(specs, i);
        gboolean is_named =
            i == 0 ? thrift_decode_table_name(spec->dbName, spec->catName, spec->tableName, &name,
                                              error)
                   : table_name_check(&name, spec->dbName, spec->catName, spec->tableName, error);
        if (!is_named)
            return NULL;
        if (spec->__isset_sharedSDPartitionSpec && spec->sharedSDPartitionSpec != NULL &&
            !spec_decode_shared(out, spec->sharedSDPartitionSpec, spec->rootPath, error))
            return NULL;
        if (spec->__isset_partitionList && spec->partitionList != NULL &&
            !spec_decode_list(out, spec->partitionList->partitions, error))
            return NULL;
    }
    *out_name = name;
    name = (ThriftName){NULL};
    return g_steal_pointer(&out);
}
