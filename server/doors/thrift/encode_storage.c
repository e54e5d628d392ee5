/* SPDX-License-Identifier: Apache-2.0 */
/* Writes columns and storage descriptors straight into an answer, whole or only some of their
 * members. The numbers of the fields are those of schema/thrift/storage.thrift. Callers:
 * encode_table.c, encode_partition.c, partition_group.c. */
#include "encode.h"
#include "put.h"

static gboolean
put_columns(ThriftProtocol *out, const GPtrArray *columns, guint fields, GError **error)
{
    for (guint i = 0; columns != NULL && i < columns->len; i++) {
        const CatalogColumn *column = g_ptr_array_index(columns, i);
        if (((fields & THRIFT_STORAGE_COLUMN_NAME) != 0 &&
             !thrift_put_text(out, 1, column->name, error)) ||
            ((fields & THRIFT_STORAGE_COLUMN_TYPE) != 0 &&
             !thrift_put_text(out, 2, column->type, error)) ||
            ((fields & THRIFT_STORAGE_COLUMN_COMMENT) != 0 &&
             !thrift_put_text(out, 3, column->comment, error)) ||
            !thrift_put_stop(out, error))
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
           put_columns(out, columns, THRIFT_STORAGE_ALL, error) &&
           put_columns(out, more, THRIFT_STORAGE_ALL, error);
}

static gboolean
put_column_list(ThriftProtocol *out, const GPtrArray *columns, guint fields, GError **error)
{
    if ((fields & THRIFT_STORAGE_COLUMNS) == 0)
        return TRUE;
    return thrift_put_list(out, 1, T_STRUCT, columns->len, error) &&
           put_columns(out, columns, fields, error);
}

static gboolean
put_serde(ThriftProtocol *out, const CatalogStorage *storage, guint fields, GError **error)
{
    if ((fields & THRIFT_STORAGE_SERDE) == 0)
        return TRUE;
    return thrift_put_field(out, T_STRUCT, 7, error) &&
           ((fields & THRIFT_STORAGE_SERDE_NAME) == 0 ||
            thrift_put_text(out, 1, storage->serde_name, error)) &&
           ((fields & THRIFT_STORAGE_SERDE_LIBRARY) == 0 ||
            thrift_put_text(out, 2, storage->serde_library, error)) &&
           ((fields & THRIFT_STORAGE_SERDE_PARAMETERS) == 0 ||
            thrift_put_map(out, 3, storage->serde_parameters, error)) &&
           ((fields & THRIFT_STORAGE_SERDE_DESCRIPTION) == 0 ||
            thrift_put_text(out, 4, storage->serde_description, error)) &&
           ((fields & THRIFT_STORAGE_SERDE_SERIALIZER) == 0 ||
            thrift_put_text(out, 5, storage->serde_serializer, error)) &&
           ((fields & THRIFT_STORAGE_SERDE_DESERIALIZER) == 0 ||
            thrift_put_text(out, 6, storage->serde_deserializer, error)) &&
           ((fields & THRIFT_STORAGE_SERDE_TYPE) == 0 || storage->serde_type == 0 ||
            thrift_put_i32(out, 7, storage->serde_type, error)) &&
           thrift_put_stop(out, error);
}

static gboolean
put_sort_columns(ThriftProtocol *out, const GPtrArray *columns, guint fields, GError **error)
{
    if ((fields & THRIFT_STORAGE_SORT) == 0)
        return TRUE;
    if (!thrift_put_list(out, 9, T_STRUCT, columns->len, error))
        return FALSE;
    for (guint i = 0; i < columns->len; i++) {
        const CatalogSortColumn *column = g_ptr_array_index(columns, i);
        if (((fields & THRIFT_STORAGE_SORT_COLUMN) != 0 &&
             !thrift_put_text(out, 1, column->column, error)) ||
            ((fields & THRIFT_STORAGE_SORT_ORDER) != 0 &&
             !thrift_put_i32(out, 2, column->order, error)) ||
            !thrift_put_stop(out, error))
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
put_skew_values(ThriftProtocol *out, const GPtrArray *lists, GError **error)
{
    if (!thrift_put_list(out, 2, T_LIST, lists->len, error))
        return FALSE;
    for (guint i = 0; i < lists->len; i++) {
        const GPtrArray *values = g_ptr_array_index(lists, i);
        if (!put_text_list(out, values, values->len, error))
            return FALSE;
    }
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
put_skew(ThriftProtocol *out, const CatalogStorage *storage, guint fields, GError **error)
{
    if ((fields & THRIFT_STORAGE_SKEW) == 0)
        return TRUE;
    return thrift_put_field(out, T_STRUCT, 11, error) &&
           ((fields & THRIFT_STORAGE_SKEW_COLUMNS) == 0 ||
            thrift_put_strings(out, 1, storage->skewed_columns, error)) &&
           ((fields & THRIFT_STORAGE_SKEW_VALUES) == 0 ||
            put_skew_values(out, storage->skewed_values, error)) &&
           ((fields & THRIFT_STORAGE_SKEW_LOCATIONS) == 0 ||
            put_skew_locations(out, storage->skewed_locations, error)) &&
           thrift_put_stop(out, error);
}

gboolean
thrift_encode_storage_head(ThriftProtocol *out,
                           const CatalogStorage *storage,
                           guint fields,
                           GError **error)
{
    return put_column_list(out, storage->columns, fields, error) &&
           ((fields & THRIFT_STORAGE_INPUT_FORMAT) == 0 ||
            thrift_put_text(out, 3, storage->input_format, error)) &&
           ((fields & THRIFT_STORAGE_OUTPUT_FORMAT) == 0 ||
            thrift_put_text(out, 4, storage->output_format, error)) &&
           ((fields & THRIFT_STORAGE_COMPRESSED) == 0 ||
            thrift_put_bool(out, 5, storage->compressed, error)) &&
           ((fields & THRIFT_STORAGE_BUCKET_COUNT) == 0 ||
            thrift_put_i32(out, 6, storage->bucket_count, error)) &&
           put_serde(out, storage, fields, error) &&
           ((fields & THRIFT_STORAGE_BUCKET_COLUMNS) == 0 ||
            thrift_put_strings(out, 8, storage->bucket_columns, error)) &&
           put_sort_columns(out, storage->sort_columns, fields, error) &&
           ((fields & THRIFT_STORAGE_PARAMETERS) == 0 ||
            thrift_put_map(out, 10, storage->parameters, error)) &&
           put_skew(out, storage, fields, error) &&
           ((fields & THRIFT_STORAGE_SUB_DIRECTORIES) == 0 ||
            thrift_put_bool(out, 12, storage->stored_as_sub_directories, error));
}

gboolean
thrift_encode_storage_tail(ThriftProtocol *out, const char *location, GError **error)
{
    return thrift_put_text(out, 2, location, error) && thrift_put_stop(out, error);
}
