/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of columns, storage descriptors and tables. Names and contexts are in decode.c. */
#include "decode.h"

#include "materialization_record.h"

#include "skep/error.h"

GPtrArray *
thrift_decode_columns(const GPtrArray *fields, GError **error)
{
    g_autoptr(GPtrArray) columns = catalog_columns_new();
    for (guint i = 0; fields != NULL && i < fields->len; i++) {
        const HmsFieldSchema *field = g_ptr_array_index(fields, i);
        if (field->name == NULL || field->type == NULL)
            return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Column %u has no %s",
                                  i + 1, field->name == NULL ? "name" : "type");
        g_ptr_array_add(columns, catalog_column_new(field->name, field->type, field->comment));
    }
    return g_steal_pointer(&columns);
}

static void
storage_decode_serde(CatalogStorage *storage, const HmsSerDeInfo *serde)
{
    storage->serde_name = g_strdup(serde->name);
    storage->serde_library = g_strdup(serde->serializationLib);
    g_hash_table_unref(storage->serde_parameters);
    storage->serde_parameters = thrift_decode_map(serde->parameters);
    storage->serde_description = g_strdup(serde->description);
    storage->serde_serializer = g_strdup(serde->serializerClass);
    storage->serde_deserializer = g_strdup(serde->deserializerClass);
    gboolean is_known = serde->serdeType == HMS_SERDE_TYPE_HIVE ||
                        serde->serdeType == HMS_SERDE_TYPE_SCHEMA_REGISTRY;
    storage->serde_type = serde->__isset_serdeType && is_known ? (gint32)serde->serdeType : 0;
}

static void
storage_decode_skew(CatalogStorage *storage, const HmsSkewedInfo *skew)
{
    g_ptr_array_unref(storage->skewed_columns);
    storage->skewed_columns = thrift_decode_strings(skew->skewedColNames);
    for (guint i = 0; skew->skewedColValues != NULL && i < skew->skewedColValues->len; i++)
        g_ptr_array_add(storage->skewed_values,
                        thrift_decode_strings(g_ptr_array_index(skew->skewedColValues, i)));
    if (skew->skewedColValueLocationMaps == NULL)
        return;
    GHashTableIter iter;
    gpointer key;
    gpointer location;
    g_hash_table_iter_init(&iter, skew->skewedColValueLocationMaps);
    while (g_hash_table_iter_next(&iter, &key, &location)) {
        GPtrArray *pair = thrift_decode_strings(key);
        g_ptr_array_add(pair, g_strdup(location != NULL ? location : ""));
        g_ptr_array_add(storage->skewed_locations, pair);
    }
}

static gboolean
storage_decode_sort(CatalogStorage *storage, const GPtrArray *orders, GError **error)
{
    for (guint i = 0; orders != NULL && i < orders->len; i++) {
        const HmsOrder *order = g_ptr_array_index(orders, i);
        if (order->col == NULL)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Sort column %u has no name",
                             i + 1);
        g_ptr_array_add(storage->sort_columns, catalog_sort_column_new(order->col, order->order));
    }
    return TRUE;
}

CatalogStorage *
thrift_decode_storage(const HmsStorageDescriptor *descriptor, GError **error)
{
    g_autoptr(CatalogStorage) storage = catalog_storage_new();
    g_autoptr(GPtrArray) columns = thrift_decode_columns(descriptor->cols, error);
    if (columns == NULL || !storage_decode_sort(storage, descriptor->sortCols, error))
        return NULL;
    g_ptr_array_unref(storage->columns);
    storage->columns = g_steal_pointer(&columns);
    storage->input_format = g_strdup(descriptor->inputFormat);
    storage->output_format = g_strdup(descriptor->outputFormat);
    storage->compressed = descriptor->compressed;
    storage->bucket_count = descriptor->numBuckets;
    if (descriptor->__isset_serdeInfo && descriptor->serdeInfo != NULL)
        storage_decode_serde(storage, descriptor->serdeInfo);
    g_ptr_array_unref(storage->bucket_columns);
    storage->bucket_columns = thrift_decode_strings(descriptor->bucketCols);
    g_hash_table_unref(storage->parameters);
    storage->parameters = thrift_decode_map(descriptor->parameters);
    if (descriptor->__isset_skewedInfo && descriptor->skewedInfo != NULL)
        storage_decode_skew(storage, descriptor->skewedInfo);
    storage->stored_as_sub_directories = descriptor->storedAsSubDirectories;
    return g_steal_pointer(&storage);
}

static void
table_decode_plain(CatalogTable *out, const HmsTable *table)
{
    gboolean has_owner_type = table->__isset_ownerType &&
                              table->ownerType >= HMS_PRINCIPAL_TYPE_USER &&
                              table->ownerType <= HMS_PRINCIPAL_TYPE_GROUP;
    out->hms_type = g_strdup(table->tableType);
    out->owner_name = g_strdup(table->owner);
    out->owner_type = has_owner_type ? (gint32)table->ownerType : HMS_PRINCIPAL_TYPE_USER;
    out->create_time_s = table->createTime;
    out->last_access_time_s = table->lastAccessTime;
    out->retention_s = table->retention;
    g_hash_table_unref(out->parameters);
    out->parameters = thrift_decode_map(table->parameters);
    out->view_original_text = g_strdup(table->viewOriginalText);
    out->view_expanded_text = g_strdup(table->viewExpandedText);
    out->rewrite_enabled = table->__isset_rewriteEnabled && table->rewriteEnabled;
    out->write_id = table->__isset_writeId && table->writeId > 0 ? table->writeId : 0;
}

/* What Hive cannot do without. */
static gboolean
table_check_parts(const HmsTable *table, const char *name, GError **error)
{
    if (!table->__isset_sd || table->sd == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, name,
                         "Table %s has no storage descriptor", name);
    const HmsStorageDescriptor *descriptor = table->sd;
    if (!descriptor->__isset_cols || !descriptor->__isset_serdeInfo)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, name,
                         "The storage descriptor of table %s has no %s", name,
                         descriptor->__isset_cols ? "serdeInfo" : "cols");
    for (guint i = 0; i < descriptor->cols->len; i++) {
        const HmsFieldSchema *column = g_ptr_array_index(descriptor->cols, i);
        if (column->type == NULL)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, name,
                             "Column %u of table %s has no type", i + 1, name);
    }
    return TRUE;
}

CatalogTable *
thrift_decode_table(const HmsTable *table, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(table->dbName, table->catName, table->tableName, &name, error) ||
        !table_check_parts(table, name.table, error))
        return NULL;
    g_autoptr(CatalogStorage) storage = thrift_decode_storage(table->sd, error);
    g_autoptr(GPtrArray) keys =
        storage != NULL ? thrift_decode_columns(table->partitionKeys, error) : NULL;
    if (keys == NULL)
        return NULL;
    g_autoptr(CatalogTable) out = catalog_table_new();
    out->catalog = g_steal_pointer(&name.catalog);
    out->namespace_name = g_steal_pointer(&name.database);
    out->name = g_steal_pointer(&name.table);
    table_decode_plain(out, table);
    if (table->__isset_creationMetadata && table->creationMetadata != NULL) {
        out->materialization = thrift_decode_materialization(table->creationMetadata, error);
        if (out->materialization == NULL)
            return NULL;
    }
    catalog_storage_unref(out->storage);
    out->storage = g_steal_pointer(&storage);
    out->location = thrift_decode_location(table->sd->location);
    g_ptr_array_unref(out->partition_keys);
    out->partition_keys = g_steal_pointer(&keys);
    return g_steal_pointer(&out);
}
