/* SPDX-License-Identifier: Apache-2.0 */
/* Encoding of columns, storage descriptors and tables. */
#include "encode.h"

static void
columns_append(GPtrArray *out, const GPtrArray *columns)
{
    for (guint i = 0; columns != NULL && i < columns->len; i++) {
        const CatalogColumn *column = g_ptr_array_index(columns, i);
        HmsFieldSchema *field = g_object_new(HMS_TYPE_FIELD_SCHEMA, NULL);
        field->name = g_strdup(column->name);
        field->__isset_name = TRUE;
        field->type = g_strdup(column->type);
        field->__isset_type = TRUE;
        field->comment = g_strdup(column->comment);
        field->__isset_comment = column->comment != NULL;
        g_ptr_array_add(out, field);
    }
}

GPtrArray *
thrift_encode_columns(const GPtrArray *columns, const GPtrArray *more)
{
    GPtrArray *out = g_ptr_array_new_with_free_func(g_object_unref);
    columns_append(out, columns);
    columns_append(out, more);
    return out;
}

static void
serde_fill(HmsSerDeInfo *out, const CatalogStorage *storage)
{
    out->name = g_strdup(storage->serde_name);
    out->__isset_name = storage->serde_name != NULL;
    out->serializationLib = g_strdup(storage->serde_library);
    out->__isset_serializationLib = storage->serde_library != NULL;
    g_hash_table_unref(out->parameters);
    out->parameters = thrift_encode_map(storage->serde_parameters);
    out->__isset_parameters = TRUE;
    out->description = g_strdup(storage->serde_description);
    out->__isset_description = storage->serde_description != NULL;
    out->serializerClass = g_strdup(storage->serde_serializer);
    out->__isset_serializerClass = storage->serde_serializer != NULL;
    out->deserializerClass = g_strdup(storage->serde_deserializer);
    out->__isset_deserializerClass = storage->serde_deserializer != NULL;
    out->serdeType = (HmsSerdeType)storage->serde_type;
    out->__isset_serdeType = storage->serde_type != 0;
}

static void
skew_fill(HmsSkewedInfo *out, const CatalogStorage *storage)
{
    g_ptr_array_unref(out->skewedColNames);
    out->skewedColNames = thrift_encode_strings(storage->skewed_columns);
    out->__isset_skewedColNames = TRUE;
    for (guint i = 0; i < storage->skewed_values->len; i++)
        g_ptr_array_add(out->skewedColValues,
                        thrift_encode_strings(g_ptr_array_index(storage->skewed_values, i)));
    out->__isset_skewedColValues = TRUE;
    for (guint i = 0; i < storage->skewed_locations->len; i++) {
        GPtrArray *key = thrift_encode_strings(g_ptr_array_index(storage->skewed_locations, i));
        if (key->len == 0) {
            g_ptr_array_unref(key);
            continue;
        }
        char *location = g_ptr_array_steal_index(key, key->len - 1);
        g_hash_table_insert(out->skewedColValueLocationMaps, key, location);
    }
    out->__isset_skewedColValueLocationMaps = TRUE;
}

HmsStorageDescriptor *
thrift_encode_storage(const CatalogStorage *storage, const char *location)
{
    HmsStorageDescriptor *out = g_object_new(HMS_TYPE_STORAGE_DESCRIPTOR, NULL);
    columns_append(out->cols, storage->columns);
    out->__isset_cols = TRUE;
    out->location = g_strdup(location);
    out->__isset_location = location != NULL;
    out->inputFormat = g_strdup(storage->input_format);
    out->__isset_inputFormat = storage->input_format != NULL;
    out->outputFormat = g_strdup(storage->output_format);
    out->__isset_outputFormat = storage->output_format != NULL;
    out->compressed = storage->compressed;
    out->__isset_compressed = TRUE;
    out->numBuckets = storage->bucket_count;
    out->__isset_numBuckets = TRUE;
    serde_fill(out->serdeInfo, storage);
    out->__isset_serdeInfo = TRUE;
    g_ptr_array_unref(out->bucketCols);
    out->bucketCols = thrift_encode_strings(storage->bucket_columns);
    out->__isset_bucketCols = TRUE;
    for (guint i = 0; i < storage->sort_columns->len; i++) {
        const CatalogSortColumn *column = g_ptr_array_index(storage->sort_columns, i);
        HmsOrder *order = g_object_new(HMS_TYPE_ORDER, NULL);
        order->col = g_strdup(column->column);
        order->__isset_col = TRUE;
        order->order = column->order;
        order->__isset_order = TRUE;
        g_ptr_array_add(out->sortCols, order);
    }
    out->__isset_sortCols = TRUE;
    g_hash_table_unref(out->parameters);
    out->parameters = thrift_encode_map(storage->parameters);
    out->__isset_parameters = TRUE;
    skew_fill(out->skewedInfo, storage);
    out->__isset_skewedInfo = TRUE;
    out->storedAsSubDirectories = storage->stored_as_sub_directories;
    out->__isset_storedAsSubDirectories = TRUE;
    return out;
}

/* An Iceberg view may have no storage; clients of Hive read the columns of anything. */
static void
table_set_storage(HmsTable *out, const CatalogTable *table)
{
    g_autoptr(CatalogStorage) empty = table->storage == NULL ? catalog_storage_new() : NULL;
    g_object_unref(out->sd);
    out->sd = thrift_encode_storage(empty != NULL ? empty : table->storage, table->location);
    out->__isset_sd = TRUE;
}

HmsTable *
thrift_encode_table(const CatalogTable *table)
{
    HmsTable *out = g_object_new(HMS_TYPE_TABLE, NULL);
    out->tableName = g_strdup(table->name);
    out->__isset_tableName = TRUE;
    out->dbName = g_strdup(table->namespace_name);
    out->__isset_dbName = TRUE;
    out->owner = g_strdup(table->owner_name);
    out->__isset_owner = table->owner_name != NULL;
    out->createTime = table->create_time_s;
    out->__isset_createTime = TRUE;
    out->lastAccessTime = table->last_access_time_s;
    out->__isset_lastAccessTime = TRUE;
    out->retention = table->retention_s;
    out->__isset_retention = TRUE;
    table_set_storage(out, table);
    columns_append(out->partitionKeys, table->partition_keys);
    out->__isset_partitionKeys = TRUE;
    g_hash_table_unref(out->parameters);
    out->parameters = thrift_encode_map(table->parameters);
    out->__isset_parameters = TRUE;
    out->viewOriginalText = g_strdup(table->view_original_text);
    out->__isset_viewOriginalText = table->view_original_text != NULL;
    out->viewExpandedText = g_strdup(table->view_expanded_text);
    out->__isset_viewExpandedText = table->view_expanded_text != NULL;
    out->tableType = g_strdup(table->hms_type);
    out->__isset_tableType = table->hms_type != NULL;
    out->__isset_temporary = TRUE;
    out->rewriteEnabled = table->rewrite_enabled;
    out->__isset_rewriteEnabled = TRUE;
    out->catName = g_strdup(table->catalog);
    out->__isset_catName = table->catalog != NULL;
    out->ownerType =
        table->owner_type != 0 ? (HmsPrincipalType)table->owner_type : HMS_PRINCIPAL_TYPE_USER;
    out->__isset_ownerType = TRUE;
    out->writeId = table->write_id;
    out->__isset_writeId = TRUE;
    out->id = table->id;
    out->__isset_id = TRUE;
    return out;
}

HmsTableMeta *
thrift_encode_table_meta(const CatalogTable *table, const char *catalog_name)
{
    HmsTableMeta *out = g_object_new(HMS_TYPE_TABLE_META, NULL);
    const char *comment = catalog_map_get(table->parameters, "comment");
    out->dbName = g_strdup(table->namespace_name);
    out->tableName = g_strdup(table->name);
    out->tableType = g_strdup(table->hms_type);
    out->comments = g_strdup(comment);
    out->__isset_comments = comment != NULL;
    out->catName = g_strdup(table->catalog != NULL ? table->catalog : catalog_name);
    out->__isset_catName = out->catName != NULL;
    out->ownerName = g_strdup(table->owner_name);
    out->__isset_ownerName = table->owner_name != NULL;
    out->ownerType = (HmsPrincipalType)table->owner_type;
    out->__isset_ownerType = table->owner_type != 0;
    return out;
}
