/* SPDX-License-Identifier: Apache-2.0 */
/* Writes columns, storage descriptors and tables straight into an answer: building the generated
 * objects first would cost more than all the rest of get_table. The numbers of the fields are those
 * of schema/thrift/storage.thrift and table.thrift. */
#include "encode.h"
#include "put.h"

static gboolean
put_columns(ThriftProtocol *out, const GPtrArray *columns, GError **error)
{
    for (guint i = 0; columns != NULL && i < columns->len; i++) {
        const CatalogColumn *column = g_ptr_array_index(columns, i);
        if (!thrift_put_text(out, 1, column->name, error) ||
            !thrift_put_text(out, 2, column->type, error) ||
            !thrift_put_text(out, 3, column->comment, error) || !thrift_put_stop(out, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
thrift_encode_columns(ThriftProtocol *out,
                      const GPtrArray *columns,
                      const GPtrArray *more,
                      GError **error)
{
    guint length = (columns != NULL ? columns->len : 0) + (more != NULL ? more->len : 0);
    return thrift_protocol_write_list_begin(out, T_STRUCT, (gint32)length, error) >= 0 &&
           put_columns(out, columns, error) && put_columns(out, more, error);
}

static gboolean
put_serde(ThriftProtocol *out, const CatalogStorage *storage, GError **error)
{
    return thrift_put_text(out, 1, storage->serde_name, error) &&
           thrift_put_text(out, 2, storage->serde_library, error) &&
           thrift_put_map(out, 3, storage->serde_parameters, error) &&
           thrift_put_text(out, 4, storage->serde_description, error) &&
           thrift_put_text(out, 5, storage->serde_serializer, error) &&
           thrift_put_text(out, 6, storage->serde_deserializer, error) &&
           (storage->serde_type == 0 || thrift_put_i32(out, 7, storage->serde_type, error)) &&
           thrift_put_stop(out, error);
}

static gboolean
put_sort_columns(ThriftProtocol *out, const GPtrArray *columns, GError **error)
{
    for (guint i = 0; i < columns->len; i++) {
        const CatalogSortColumn *column = g_ptr_array_index(columns, i);
        if (!thrift_put_text(out, 1, column->column, error) ||
            !thrift_put_i32(out, 2, column->order, error) || !thrift_put_stop(out, error))
            return FALSE;
    }
    return TRUE;
}

/* The first n members of a list of texts, as a value. */
static gboolean
put_text_list(ThriftProtocol *out, const GPtrArray *texts, guint n, GError **error)
{
    if (thrift_protocol_write_list_begin(out, T_STRING, (gint32)n, error) < 0)
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (thrift_protocol_write_string(out, g_ptr_array_index(texts, i), error) < 0)
            return FALSE;
    return TRUE;
}

static gboolean
put_skew_locations(ThriftProtocol *out, const GPtrArray *pairs, GError **error)
{
    if (!thrift_put_field(out, T_MAP, 3, error) ||
        thrift_protocol_write_map_begin(out, T_LIST, T_STRING, (gint32)pairs->len, error) < 0)
        return FALSE;
    for (guint i = 0; i < pairs->len; i++) {
        const GPtrArray *pair = g_ptr_array_index(pairs, i);
        guint n = pair->len > 0 ? pair->len - 1 : 0;
        const char *location = pair->len > 0 ? g_ptr_array_index(pair, n) : "";
        if (!put_text_list(out, pair, n, error) ||
            thrift_protocol_write_string(out, location, error) < 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean
put_skew(ThriftProtocol *out, const CatalogStorage *storage, GError **error)
{
    if (!thrift_put_strings(out, 1, storage->skewed_columns, error) ||
        !thrift_put_list(out, 2, T_LIST, storage->skewed_values->len, error))
        return FALSE;
    for (guint i = 0; i < storage->skewed_values->len; i++) {
        const GPtrArray *values = g_ptr_array_index(storage->skewed_values, i);
        if (!put_text_list(out, values, values->len, error))
            return FALSE;
    }
    return put_skew_locations(out, storage->skewed_locations, error) && thrift_put_stop(out, error);
}

gboolean
thrift_encode_storage_head(ThriftProtocol *out, const CatalogStorage *storage, GError **error)
{
    return thrift_put_field(out, T_LIST, 1, error) &&
           thrift_encode_columns(out, storage->columns, NULL, error) &&
           thrift_put_text(out, 3, storage->input_format, error) &&
           thrift_put_text(out, 4, storage->output_format, error) &&
           thrift_put_bool(out, 5, storage->compressed, error) &&
           thrift_put_i32(out, 6, storage->bucket_count, error) &&
           thrift_put_field(out, T_STRUCT, 7, error) && put_serde(out, storage, error) &&
           thrift_put_strings(out, 8, storage->bucket_columns, error) &&
           thrift_put_list(out, 9, T_STRUCT, storage->sort_columns->len, error) &&
           put_sort_columns(out, storage->sort_columns, error) &&
           thrift_put_map(out, 10, storage->parameters, error) &&
           thrift_put_field(out, T_STRUCT, 11, error) && put_skew(out, storage, error) &&
           thrift_put_bool(out, 12, storage->stored_as_sub_directories, error);
}

gboolean
thrift_encode_storage_tail(ThriftProtocol *out, const char *location, GError **error)
{
    return thrift_put_text(out, 2, location, error) && thrift_put_stop(out, error);
}

/* An Iceberg view may have no storage; clients of Hive read the columns of anything. */
static gboolean
put_storage(ThriftProtocol *out, const CatalogTable *table, GError **error)
{
    g_autoptr(CatalogStorage) empty = table->storage == NULL ? catalog_storage_new() : NULL;
    return thrift_put_field(out, T_STRUCT, 7, error) &&
           thrift_encode_storage_head(out, empty != NULL ? empty : table->storage, error) &&
           thrift_encode_storage_tail(out, table->location, error);
}

gboolean
thrift_encode_table(ThriftProtocol *out, const CatalogTable *table, GError **error)
{
    gint32 owner_type = table->owner_type != 0 ? table->owner_type : HMS_PRINCIPAL_TYPE_USER;
    return thrift_put_text(out, 1, table->name, error) &&
           thrift_put_text(out, 2, table->namespace_name, error) &&
           thrift_put_text(out, 3, table->owner_name, error) &&
           thrift_put_i32(out, 4, table->create_time_s, error) &&
           thrift_put_i32(out, 5, table->last_access_time_s, error) &&
           thrift_put_i32(out, 6, table->retention_s, error) && put_storage(out, table, error) &&
           thrift_put_field(out, T_LIST, 8, error) &&
           thrift_encode_columns(out, table->partition_keys, NULL, error) &&
           thrift_put_map(out, 9, table->parameters, error) &&
           thrift_put_text(out, 10, table->view_original_text, error) &&
           thrift_put_text(out, 11, table->view_expanded_text, error) &&
           thrift_put_text(out, 12, table->hms_type, error) &&
           thrift_put_bool(out, 14, FALSE, error) && /* temporary */
           thrift_put_bool(out, 15, table->rewrite_enabled, error) &&
           thrift_put_text(out, 17, table->catalog, error) &&
           thrift_put_i32(out, 18, owner_type, error) &&
           thrift_put_i64(out, 19, table->write_id, error) &&
           thrift_put_i64(out, 25, table->id, error) && thrift_put_stop(out, error);
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
