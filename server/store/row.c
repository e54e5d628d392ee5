/* SPDX-License-Identifier: Apache-2.0 */
/* Values out of result rows, which come in PostgreSQL's binary form. What the bytes of a column
 * mean is decided by its type; a getter that does not fit a column's type is a fault of the query's
 * own file and ends the process, as the column numbers are constants and every test passes them. */
#include "store/query.h"

#include <libpq-fe.h>
#include <string.h>
#include "skep/catalog_types.h"
#include "skep/json.h"

enum { OID_JSONB = 3802, OID_UUID = 2950, OID_NUMERIC = 1700 };

void
store_result_free(StoreResult *result)
{
    PQclear(result);
}

guint
store_result_rows(const StoreResult *result)
{
    return (guint)PQntuples(result);
}

gboolean
store_row_is_null(const StoreResult *result, guint row, guint column)
{
    return PQgetisnull(result, (int)row, (int)column) != 0;
}

static guint64
read_u64(const guint8 *bytes)
{
    guint64 wire;
    memcpy(&wire, bytes, sizeof wire);
    return GUINT64_FROM_BE(wire);
}

static guint32
read_u32(const guint8 *bytes)
{
    guint32 wire;
    memcpy(&wire, bytes, sizeof wire);
    return GUINT32_FROM_BE(wire);
}

static const guint8 *
value_at(const StoreResult *result, guint row, guint column, gsize *out_length)
{
    *out_length = (gsize)PQgetlength(result, (int)row, (int)column);
    return (const guint8 *)PQgetvalue(result, (int)row, (int)column);
}

gint64
store_row_int64_or(const StoreResult *result, guint row, guint column, gint64 when_null)
{
    if (store_row_is_null(result, row, column)) {
        return when_null;
    }
    gsize length = 0;
    const guint8 *bytes = value_at(result, row, column, &length);
    if (PQftype(result, (int)column) != OID_NUMERIC) {
        if (length == 8) {
            return (gint64)read_u64(bytes);
        }
        if (length == 4) {
            return (gint32)read_u32(bytes);
        }
        if (length == 2) {
            return (gint16)(bytes[0] << 8 | bytes[1]);
        }
    }
    g_error("column %s is no integer", PQfname(result, (int)column));
}

gint64
store_row_int64(const StoreResult *result, guint row, guint column)
{
    return store_row_int64_or(result, row, column, 0);
}

double
store_row_double(const StoreResult *result, guint row, guint column)
{
    if (store_row_is_null(result, row, column)) {
        return 0;
    }
    gsize length = 0;
    const guint8 *bytes = value_at(result, row, column, &length);
    if (length == 4) {
        guint32 wire = read_u32(bytes);
        float real;
        memcpy(&real, &wire, sizeof real);
        return (double)real;
    }
    g_assert(length == 8);
    guint64 wire = read_u64(bytes);
    double real;
    memcpy(&real, &wire, sizeof real);
    return real;
}

gboolean
store_row_bool(const StoreResult *result, guint row, guint column)
{
    if (store_row_is_null(result, row, column)) {
        return FALSE;
    }
    gsize length = 0;
    const guint8 *bytes = value_at(result, row, column, &length);
    g_assert(length == 1);
    return bytes[0] != 0;
}

/* The text of a value that is not NULL; jsonb has a version byte before it. */
static const char *
text_at(const StoreResult *result, guint row, guint column, gsize *out_length)
{
    const guint8 *bytes = value_at(result, row, column, out_length);
    if (PQftype(result, (int)column) == OID_JSONB && *out_length > 0) {
        *out_length -= 1;
        return (const char *)bytes + 1;
    }
    return (const char *)bytes;
}

const char *
store_row_text(const StoreResult *result, guint row, guint column)
{
    gsize length = 0;
    return store_row_is_null(result, row, column) ? NULL : text_at(result, row, column, &length);
}

gsize
store_row_text_length(const StoreResult *result, guint row, guint column)
{
    gsize length = 0;
    if (!store_row_is_null(result, row, column)) {
        text_at(result, row, column, &length);
    }
    return length;
}

static char *
uuid_text(const guint8 *bytes)
{
    static const char HEX[] = "0123456789abcdef";
    char *text = g_malloc(37);
    char *at = text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *at++ = '-';
        }
        *at++ = HEX[bytes[i] >> 4];
        *at++ = HEX[bytes[i] & 15];
    }
    *at = '\0';
    return text;
}

char *
store_row_text_copy(const StoreResult *result, guint row, guint column)
{
    if (store_row_is_null(result, row, column)) {
        return NULL;
    }
    gsize length = 0;
    const char *text = text_at(result, row, column, &length);
    if (PQftype(result, (int)column) == OID_UUID) {
        return uuid_text((const guint8 *)text);
    }
    return g_strndup(text, length);
}

const guint8 *
store_row_bytes(const StoreResult *result, guint row, guint column, gsize *out_length)
{
    if (store_row_is_null(result, row, column)) {
        *out_length = 0;
        return NULL;
    }
    return value_at(result, row, column, out_length);
}

/* Header of a one-dimensional array: number of elements, and *bytes moved to the first. */
static guint32
array_begin(const guint8 **bytes, gsize length)
{
    g_assert(length >= 12);
    guint32 dimensions = read_u32(*bytes);
    if (dimensions == 0) {
        return 0;
    }
    g_assert(dimensions == 1 && length >= 20);
    guint32 count = read_u32(*bytes + 12);
    *bytes += 20;
    return count;
}

GStrv
store_row_text_array(const StoreResult *result, guint row, guint column)
{
    if (store_row_is_null(result, row, column)) {
        return NULL;
    }
    gsize length = 0;
    const guint8 *bytes = value_at(result, row, column, &length);
    guint32 count = array_begin(&bytes, length);
    GStrv strv = g_new0(char *, (gsize)count + 1);
    for (guint32 i = 0; i < count; i++) {
        guint32 size = read_u32(bytes);
        bytes += 4;
        if (size == G_MAXUINT32) {
            strv[i] = g_strdup("");
            continue;
        }
        strv[i] = g_strndup((const char *)bytes, size);
        bytes += size;
    }
    return strv;
}

GArray *
store_row_int64_array(const StoreResult *result, guint row, guint column)
{
    if (store_row_is_null(result, row, column)) {
        return NULL;
    }
    gsize length = 0;
    const guint8 *bytes = value_at(result, row, column, &length);
    guint32 count = array_begin(&bytes, length);
    GArray *integers = g_array_sized_new(FALSE, FALSE, sizeof(gint64), count);
    for (guint32 i = 0; i < count; i++) {
        guint32 size = read_u32(bytes);
        bytes += 4;
        gint64 integer = 0;
        if (size == 8) {
            integer = (gint64)read_u64(bytes);
        } else if (size == 4) {
            integer = (gint32)read_u32(bytes);
        }
        bytes += size != G_MAXUINT32 ? size : 0;
        g_array_append_val(integers, integer);
    }
    return integers;
}

/* ---- maps ---- */

/* A plain string of a JSON object without escapes, which nearly all are: from the opening quote at
 * *at to behind the closing one. NULL when it has escapes or is not a string. */
static char *
take_plain_string(const char **at)
{
    if (**at != '"') {
        return NULL;
    }
    const char *begin = *at + 1;
    const char *end = begin + strcspn(begin, "\"\\");
    if (*end != '"') {
        return NULL;
    }
    *at = end + 1;
    return g_strndup(begin, (gsize)(end - begin));
}

static void
skip_space(const char **at)
{
    while (**at == ' ') {
        (*at)++;
    }
}

/* {"a": "b", ...} as PostgreSQL prints jsonb, without building a tree. FALSE for whatever is not as
 * plain as that. */
static gboolean
read_plain_map(const char *text, GHashTable *map)
{
    const char *at = text;
    if (*at++ != '{') {
        return FALSE;
    }
    skip_space(&at);
    if (*at == '}') {
        return TRUE;
    }
    for (;;) {
        skip_space(&at);
        g_autofree char *key = take_plain_string(&at);
        skip_space(&at);
        if (key == NULL || *at++ != ':') {
            return FALSE;
        }
        skip_space(&at);
        char *value = take_plain_string(&at);
        if (value == NULL) {
            return FALSE;
        }
        g_hash_table_replace(map, g_steal_pointer(&key), value);
        skip_space(&at);
        if (*at == '}') {
            return TRUE;
        }
        if (*at++ != ',') {
            return FALSE;
        }
    }
}

static void
read_any_map(const char *text, gsize length, GHashTable *map)
{
    g_autoptr(cJSON) object = json_parse_object(text, length, G_MAXSIZE, NULL);
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, object)
    {
        char *value =
            json_is_string(member) ? g_strdup(member->valuestring) : json_print_compact(member);
        g_hash_table_replace(map, g_strdup(member->string), value);
    }
}

GHashTable *
store_row_map(const StoreResult *result, guint row, guint column)
{
    GHashTable *map = catalog_map_new();
    if (store_row_is_null(result, row, column)) {
        return map;
    }
    gsize length = 0;
    const char *text = text_at(result, row, column, &length);
    if (!read_plain_map(text, map)) {
        g_hash_table_remove_all(map);
        read_any_map(text, length, map);
    }
    return map;
}
