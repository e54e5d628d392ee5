/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of structs that are written by hand. Knows no struct: those are in encode_*.c. */
#include "put.h"

gboolean
thrift_put_field(ThriftProtocol *out, ThriftType type, gint16 id, GError **error)
{
    return thrift_protocol_write_field_begin(out, "", type, id, error) >= 0;
}

gboolean
thrift_put_stop(ThriftProtocol *out, GError **error)
{
    return thrift_protocol_write_field_stop(out, error) >= 0;
}

gboolean
thrift_put_text(ThriftProtocol *out, gint16 id, const char *text, GError **error)
{
    return text == NULL || (thrift_put_field(out, T_STRING, id, error) &&
                            thrift_protocol_write_string(out, text, error) >= 0);
}

gboolean
thrift_put_i32(ThriftProtocol *out, gint16 id, gint32 value, GError **error)
{
    return thrift_put_field(out, T_I32, id, error) &&
           thrift_protocol_write_i32(out, value, error) >= 0;
}

gboolean
thrift_put_i64(ThriftProtocol *out, gint16 id, gint64 value, GError **error)
{
    return thrift_put_field(out, T_I64, id, error) &&
           thrift_protocol_write_i64(out, value, error) >= 0;
}

gboolean
thrift_put_bool(ThriftProtocol *out, gint16 id, gboolean value, GError **error)
{
    return thrift_put_field(out, T_BOOL, id, error) &&
           thrift_protocol_write_bool(out, value, error) >= 0;
}

gboolean
thrift_put_list(
    ThriftProtocol *out, gint16 id, ThriftType element_type, guint length, GError **error)
{
    return thrift_put_field(out, T_LIST, id, error) &&
           thrift_protocol_write_list_begin(out, element_type, (gint32)length, error) >= 0;
}

gboolean
thrift_put_strings(ThriftProtocol *out, gint16 id, const GPtrArray *texts, GError **error)
{
    guint length = texts != NULL ? texts->len : 0;
    if (!thrift_put_list(out, id, T_STRING, length, error))
        return FALSE;
    for (guint i = 0; i < length; i++)
        if (thrift_protocol_write_string(out, g_ptr_array_index(texts, i), error) < 0)
            return FALSE;
    return TRUE;
}

gboolean
thrift_put_strv(ThriftProtocol *out, gint16 id, const char *const *texts, GError **error)
{
    guint length = texts != NULL ? g_strv_length((GStrv)texts) : 0;
    if (!thrift_put_list(out, id, T_STRING, length, error))
        return FALSE;
    for (guint i = 0; i < length; i++)
        if (thrift_protocol_write_string(out, texts[i], error) < 0)
            return FALSE;
    return TRUE;
}

gboolean
thrift_put_map(ThriftProtocol *out, gint16 id, GHashTable *map, GError **error)
{
    guint size = map != NULL ? g_hash_table_size(map) : 0;
    if (!thrift_put_field(out, T_MAP, id, error) ||
        thrift_protocol_write_map_begin(out, T_STRING, T_STRING, (gint32)size, error) < 0)
        return FALSE;
    if (size == 0)
        return TRUE;
    GHashTableIter iter;
    gpointer key;
    gpointer value;
    g_hash_table_iter_init(&iter, map);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (thrift_protocol_write_string(out, key, error) < 0 ||
            thrift_protocol_write_string(out, value, error) < 0)
            return FALSE;
    return TRUE;
}
