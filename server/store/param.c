/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters in PostgreSQL's binary or text form, by the type that the query declares. Numbers go
 * as binary because that costs neither side a conversion; text goes by pointer, uncopied. */
#include "store/param.h"

#include <string.h>
#include "skep/json.h"

/* OIDs of the types that sql_to_header.awk knows; they are the same in every PostgreSQL. */
enum {
    OID_BOOLEAN = 16,
    OID_BYTEA = 17,
    OID_BIGINT = 20,
    OID_SMALLINT = 21,
    OID_INTEGER = 23,
    OID_TEXT = 25,
    OID_JSON = 114,
    OID_DOUBLE = 701,
    OID_INTEGER_ARRAY = 1007,
    OID_TEXT_ARRAY = 1009,
    OID_BIGINT_ARRAY = 1016,
    OID_UUID = 2950,
    OID_JSONB = 3802,
    OID_XID8 = 5069
};

/* PostgreSQL refuses messages of 1 GB; a field a little below cannot pass it with the rest of the
 * statement. */
#define VARIABLE_BYTES_MAX (512u * 1024 * 1024)

static gboolean
fail_kind(const StoreQuery *query, guint index, GError **error)
{
    return skep_fail(error, SKEP_ERROR_INTERNAL, NULL,
                     "Parameter $%u of %s is not of the kind that the query declares", index + 1,
                     query->name);
}

static void
append_u32(GByteArray *bytes, guint32 number)
{
    guint32 wire = GUINT32_TO_BE(number);
    g_byte_array_append(bytes, (const guint8 *)&wire, sizeof wire);
}

static void
append_u64(GByteArray *bytes, guint64 number)
{
    guint64 wire = GUINT64_TO_BE(number);
    g_byte_array_append(bytes, (const guint8 *)&wire, sizeof wire);
}

static void
set_fixed(StoreEncodedParams *out, guint index, const void *bytes, int length)
{
    memcpy(out->fixed[index], bytes, (gsize)length);
    out->values[index] = (const char *)out->fixed[index];
    out->lengths[index] = length;
    out->formats[index] = 1;
}

static gboolean
encode_integer(
    StoreEncodedParams *out, const StoreQuery *query, guint index, gint64 integer, GError **error)
{
    guint32 type = query->param_types[index];
    if ((type == OID_SMALLINT && (integer < G_MININT16 || integer > G_MAXINT16)) ||
        (type == OID_INTEGER && (integer < G_MININT32 || integer > G_MAXINT32)) ||
        (type == OID_XID8 && integer < 0)) {
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "%" G_GINT64_FORMAT " is out of range", integer);
    }
    if (type == OID_BIGINT || type == OID_XID8) {
        guint64 wire = GUINT64_TO_BE((guint64)integer);
        set_fixed(out, index, &wire, 8);
    } else if (type == OID_INTEGER) {
        guint32 wire = GUINT32_TO_BE((guint32)(gint32)integer);
        set_fixed(out, index, &wire, 4);
    } else if (type == OID_SMALLINT) {
        guint16 wire = GUINT16_TO_BE((guint16)(gint16)integer);
        set_fixed(out, index, &wire, 2);
    } else {
        return fail_kind(query, index, error);
    }
    return TRUE;
}

static gboolean
encode_double(
    StoreEncodedParams *out, const StoreQuery *query, guint index, double real, GError **error)
{
    if (query->param_types[index] != OID_DOUBLE) {
        return fail_kind(query, index, error);
    }
    guint64 wire;
    memcpy(&wire, &real, sizeof wire);
    wire = GUINT64_TO_BE(wire);
    set_fixed(out, index, &wire, 8);
    return TRUE;
}

static gboolean
encode_bool(
    StoreEncodedParams *out, const StoreQuery *query, guint index, gboolean truth, GError **error)
{
    if (query->param_types[index] != OID_BOOLEAN) {
        return fail_kind(query, index, error);
    }
    guint8 wire = truth ? 1 : 0;
    set_fixed(out, index, &wire, 1);
    return TRUE;
}

/* Where a value of variable length begins; its length is set by end_variable. */
static GByteArray *
begin_variable(StoreEncodedParams *out, guint index)
{
    if (out->variable == NULL) {
        out->variable = g_byte_array_sized_new(1024);
    }
    out->offsets[index] = out->variable->len;
    out->values[index] = NULL;
    out->formats[index] = 1;
    return out->variable;
}

static gboolean
end_variable(StoreEncodedParams *out, guint index, GError **error)
{
    if (out->variable->len > VARIABLE_BYTES_MAX) {
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "The request is too large for one statement");
    }
    out->lengths[index] = (int)(out->variable->len - out->offsets[index]);
    return TRUE;
}

static gboolean
encode_text(StoreEncodedParams *out,
            const StoreQuery *query,
            guint index,
            const StoreParam *param,
            GError **error)
{
    guint32 type = query->param_types[index];
    if (type != OID_TEXT && type != OID_JSON && type != OID_JSONB && type != OID_UUID) {
        return fail_kind(query, index, error);
    }
    gsize length = param->length == G_MAXSIZE ? strlen(param->value.text) : param->length;
    if (length > VARIABLE_BYTES_MAX) {
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "A text is too large to be stored");
    }
    out->values[index] = param->value.text;
    out->lengths[index] = (int)length;
    if (param->length == G_MAXSIZE) {
        out->formats[index] = 0; /* up to the NUL */
        return TRUE;
    }
    out->formats[index] = 1;
    if (type == OID_TEXT || type == OID_JSON) {
        return TRUE; /* the binary form of these is the text itself */
    }
    if (type == OID_UUID) {
        return fail_kind(query, index, error);
    }
    GByteArray *bytes = begin_variable(out, index);
    g_byte_array_append(bytes, (const guint8 *)"\x01", 1); /* the version of jsonb's binary form */
    g_byte_array_append(bytes, (const guint8 *)param->value.text, (guint)length);
    return end_variable(out, index, error);
}

static gboolean
encode_bytes(StoreEncodedParams *out,
             const StoreQuery *query,
             guint index,
             const StoreParam *param,
             GError **error)
{
    if (query->param_types[index] != OID_BYTEA) {
        return fail_kind(query, index, error);
    }
    if (param->length > VARIABLE_BYTES_MAX) {
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "A value is too large to be stored");
    }
    out->values[index] = (const char *)param->value.bytes;
    out->lengths[index] = (int)param->length;
    out->formats[index] = 1;
    return TRUE;
}

static gboolean
encode_map(
    StoreEncodedParams *out, const StoreQuery *query, guint index, GHashTable *map, GError **error)
{
    guint32 type = query->param_types[index];
    if (type != OID_JSONB && type != OID_JSON) {
        return fail_kind(query, index, error);
    }
    g_autoptr(GString) text = g_string_sized_new(256);
    g_string_append_c(text, '{');
    GHashTableIter iter;
    gpointer key;
    gpointer value;
    g_hash_table_iter_init(&iter, map);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (text->len > 1) {
            g_string_append_c(text, ',');
        }
        json_print_append_string(key, text);
        g_string_append_c(text, ':');
        json_print_append_string(value != NULL ? value : "", text);
    }
    g_string_append_c(text, '}');
    GByteArray *bytes = begin_variable(out, index);
    if (type == OID_JSONB) {
        g_byte_array_append(bytes, (const guint8 *)"\x01", 1);
    }
    g_byte_array_append(bytes, (const guint8 *)text->str, (guint)text->len);
    return end_variable(out, index, error);
}

static void
append_array_header(GByteArray *bytes, gboolean has_nulls, guint32 element_type, gsize count)
{
    append_u32(bytes, count > 0 ? 1 : 0); /* dimensions */
    append_u32(bytes, has_nulls ? 1 : 0);
    append_u32(bytes, element_type);
    if (count > 0) {
        append_u32(bytes, (guint32)count);
        append_u32(bytes, 1); /* lower bound */
    }
}

static gboolean
encode_text_array(StoreEncodedParams *out,
                  const StoreQuery *query,
                  guint index,
                  const StoreParam *param,
                  GError **error)
{
    if (query->param_types[index] != OID_TEXT_ARRAY) {
        return fail_kind(query, index, error);
    }
    gboolean has_nulls = FALSE;
    for (gsize i = 0; i < param->length; i++) {
        has_nulls = has_nulls || param->value.texts[i] == NULL;
    }
    GByteArray *bytes = begin_variable(out, index);
    append_array_header(bytes, has_nulls, OID_TEXT, param->length);
    for (gsize i = 0; i < param->length; i++) {
        const char *text = param->value.texts[i];
        if (text == NULL) {
            append_u32(bytes, G_MAXUINT32);
            continue;
        }
        gsize length = strlen(text);
        if (length > VARIABLE_BYTES_MAX || bytes->len + length > VARIABLE_BYTES_MAX) {
            return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                             "The request is too large for one statement");
        }
        append_u32(bytes, (guint32)length);
        g_byte_array_append(bytes, (const guint8 *)text, (guint)length);
    }
    return end_variable(out, index, error);
}

static gboolean
encode_int64_array(StoreEncodedParams *out,
                   const StoreQuery *query,
                   guint index,
                   const StoreParam *param,
                   GError **error)
{
    guint32 type = query->param_types[index];
    if (type != OID_BIGINT_ARRAY && type != OID_INTEGER_ARRAY) {
        return fail_kind(query, index, error);
    }
    if (param->length > VARIABLE_BYTES_MAX / 16) {
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "The request is too large for one statement");
    }
    GByteArray *bytes = begin_variable(out, index);
    append_array_header(bytes, FALSE, type == OID_BIGINT_ARRAY ? OID_BIGINT : OID_INTEGER,
                        param->length);
    for (gsize i = 0; i < param->length; i++) {
        gint64 integer = param->value.integers[i];
        if (type == OID_BIGINT_ARRAY) {
            append_u32(bytes, 8);
            append_u64(bytes, (guint64)integer);
        } else if (integer < G_MININT32 || integer > G_MAXINT32) {
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "%" G_GINT64_FORMAT " is out of range", integer);
        } else {
            append_u32(bytes, 4);
            append_u32(bytes, (guint32)(gint32)integer);
        }
    }
    return end_variable(out, index, error);
}

static gboolean
encode_one(StoreEncodedParams *out,
           const StoreQuery *query,
           guint index,
           const StoreParam *param,
           GError **error)
{
    switch (param->kind) {
    case STORE_PARAM_NULL:
        out->values[index] = NULL;
        out->lengths[index] = 0;
        out->formats[index] = 1;
        return TRUE;
    case STORE_PARAM_INT64:
        return encode_integer(out, query, index, param->value.integer, error);
    case STORE_PARAM_DOUBLE:
        return encode_double(out, query, index, param->value.real, error);
    case STORE_PARAM_BOOL:
        return encode_bool(out, query, index, param->value.integer != 0, error);
    case STORE_PARAM_TEXT:
        return encode_text(out, query, index, param, error);
    case STORE_PARAM_BYTES:
        return encode_bytes(out, query, index, param, error);
    case STORE_PARAM_MAP:
        return encode_map(out, query, index, param->value.map, error);
    case STORE_PARAM_TEXT_ARRAY:
        return encode_text_array(out, query, index, param, error);
    case STORE_PARAM_INT64_ARRAY:
        return encode_int64_array(out, query, index, param, error);
    }
    return fail_kind(query, index, error);
}

gboolean
store_params_encode(StoreEncodedParams *out,
                    const StoreQuery *query,
                    const StoreParam *params,
                    guint param_count,
                    GError **error)
{
    out->count = param_count;
    out->variable = NULL;
    if (param_count != query->param_count || param_count > STORE_PARAMS_MAX) {
        return skep_fail(error, SKEP_ERROR_INTERNAL, NULL, "%s takes %u parameters, not %u",
                         query->name, query->param_count, param_count);
    }
    for (guint i = 0; i < param_count; i++) {
        out->offsets[i] = G_MAXSIZE;
        if (!encode_one(out, query, i, &params[i], error)) {
            return FALSE;
        }
    }
    /* Only now: the bytes move while they grow. */
    for (guint i = 0; i < param_count; i++) {
        if (out->offsets[i] != G_MAXSIZE) {
            out->values[i] = (const char *)out->variable->data + out->offsets[i];
        }
    }
    return TRUE;
}

void
store_params_clear(StoreEncodedParams *encoded)
{
    g_clear_pointer(&encoded->variable, g_byte_array_unref);
}

char *
store_array_literal(const char *const *strv)
{
    GString *out = g_string_new("{");
    for (gsize i = 0; strv[i] != NULL; i++) {
        g_string_append(out, i > 0 ? ",\"" : "\"");
        for (const char *at = strv[i]; *at != '\0'; at++) {
            if (*at == '"' || *at == '\\') {
                g_string_append_c(out, '\\');
            }
            g_string_append_c(out, *at);
        }
        g_string_append_c(out, '"');
    }
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}
