/* SPDX-License-Identifier: Apache-2.0 */
/* See avro_record.h. Caller: server/iceberg/manifest_list.c. */
#include "avro_record.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "avro_container.h"
#include "skep/error.h"

enum { SYNC_BYTES = 16 };

/* --- reading --- */

gboolean
avro_is_integer(avro_schema_t type)
{
    return avro_typeof(type) == AVRO_INT32 || avro_typeof(type) == AVRO_INT64;
}

gboolean
avro_bytes_read_long(const guint8 *bytes, gsize length, gsize *cursor, gint64 *out)
{
    guint64 bits = 0;
    for (guint shift = 0; shift < 64; shift += 7) {
        if (*cursor >= length)
            return FALSE;
        guint8 byte = bytes[(*cursor)++];
        bits |= (guint64)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *out = (gint64)(bits >> 1) ^ -(gint64)(bits & 1);
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
skip_fixed(gsize wanted, gsize length, gsize *cursor)
{
    if (wanted > length - *cursor)
        return FALSE;
    *cursor += wanted;
    return TRUE;
}

static gboolean
skip_counted(const guint8 *bytes, gsize length, gsize *cursor)
{
    gint64 counted;
    return avro_bytes_read_long(bytes, length, cursor, &counted) && counted >= 0 &&
           (guint64)counted <= length - *cursor && skip_fixed((gsize)counted, length, cursor);
}

/* Arrays and maps lie in blocks. Every element takes a byte at least, so that a count that lies
 * comes to the end of the bytes soon. */
static gboolean
skip_blocks(
    avro_schema_t element, gboolean is_map, const guint8 *bytes, gsize length, gsize *cursor)
{
    for (;;) {
        gint64 count, ignored;
        if (!avro_bytes_read_long(bytes, length, cursor, &count))
            return FALSE;
        if (count == 0)
            return TRUE;
        if (count < 0 &&
            (count == G_MININT64 || !avro_bytes_read_long(bytes, length, cursor, &ignored)))
            return FALSE;
        for (count = ABS(count); count > 0; count--)
            if ((is_map && !skip_counted(bytes, length, cursor)) ||
                !avro_bytes_skip(element, bytes, length, cursor))
                return FALSE;
    }
}

static gboolean
skip_record(avro_schema_t schema, const guint8 *bytes, gsize length, gsize *cursor)
{
    for (size_t i = 0; i < avro_schema_record_size(schema); i++)
        if (!avro_bytes_skip(avro_schema_record_field_get_by_index(schema, (int)i), bytes, length,
                             cursor))
            return FALSE;
    return TRUE;
}

gboolean
avro_bytes_skip(avro_schema_t schema, const guint8 *bytes, gsize length, gsize *cursor)
{
    gint64 number;
    switch (avro_typeof(schema)) {
    case AVRO_NULL:
        return TRUE;
    case AVRO_BOOLEAN:
        return skip_fixed(1, length, cursor);
    case AVRO_FLOAT:
        return skip_fixed(4, length, cursor);
    case AVRO_DOUBLE:
        return skip_fixed(8, length, cursor);
    case AVRO_INT32:
    case AVRO_INT64:
    case AVRO_ENUM:
        return avro_bytes_read_long(bytes, length, cursor, &number);
    case AVRO_STRING:
    case AVRO_BYTES:
        return skip_counted(bytes, length, cursor);
    case AVRO_FIXED:
        return skip_fixed((gsize)avro_schema_fixed_size(schema), length, cursor);
    case AVRO_ARRAY:
        return skip_blocks(avro_schema_array_items(schema), FALSE, bytes, length, cursor);
    case AVRO_MAP:
        return skip_blocks(avro_schema_map_values(schema), TRUE, bytes, length, cursor);
    case AVRO_RECORD:
        return skip_record(schema, bytes, length, cursor);
    case AVRO_UNION:
        return avro_bytes_read_long(bytes, length, cursor, &number) && number >= 0 &&
               number < (gint64)avro_schema_union_size(schema) &&
               avro_bytes_skip(avro_schema_union_branch(schema, (int)number), bytes, length,
                               cursor);
    case AVRO_LINK:
        return avro_bytes_skip(avro_schema_link_target(schema), bytes, length, cursor);
    default:
        return FALSE;
    }
}

/* --- writing --- */

void
avro_bytes_append_long(GByteArray *to, gint64 number)
{
    guint64 bits = ((guint64)number << 1) ^ (guint64)(number >> 63);
    do {
        guint8 byte = (guint8)((bits & 0x7f) | (bits > 0x7f ? 0x80 : 0));
        g_byte_array_append(to, &byte, 1);
        bits >>= 7;
    } while (bits > 0);
}

static void
append_counted(GByteArray *to, const void *bytes, gsize length)
{
    avro_bytes_append_long(to, (gint64)length);
    g_byte_array_append(to, bytes, (guint)length);
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
append_header(GByteArray *to, GHashTable *header)
{
    guint count = 0;
    g_autofree const char **keys = (const char **)g_hash_table_get_keys_as_array(header, &count);
    static const char codec[] = "avro.codec", deflate[] = "deflate";

    g_byte_array_append(to, (const guint8 *)"Obj\x01", 4);
    avro_bytes_append_long(to, count + (g_hash_table_contains(header, codec) ? 0 : 1));
    qsort(keys, count, sizeof *keys, compare_names);
    for (guint i = 0; i < count; i++) {
        gsize length;
        const void *value = g_bytes_get_data(g_hash_table_lookup(header, keys[i]), &length);
        if (strcmp(keys[i], codec) == 0)
            continue;
        append_counted(to, keys[i], strlen(keys[i]));
        append_counted(to, value, length);
    }
    append_counted(to, codec, strlen(codec));
    append_counted(to, deflate, strlen(deflate));
    avro_bytes_append_long(to, 0);
}

/* Lists repeat the same directories over and over: the fastest level packs them well enough. */
static guint8 *
pack(const GByteArray *records, gsize *out_length)
{
    z_stream stream = {.next_in = records->data, .avail_in = records->len};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    gsize capacity = deflateBound(&stream, records->len);
    guint8 *packed = g_try_malloc(capacity);
    stream.next_out = packed;
    stream.avail_out = (uInt)capacity;
    if (packed == NULL || deflate(&stream, Z_FINISH) != Z_STREAM_END)
        g_clear_pointer(&packed, g_free);
    *out_length = stream.total_out;
    deflateEnd(&stream);
    return packed;
}

/* Chance is not for here: the mark between blocks follows from what is in them. */
static void
make_sync(const GByteArray *records, guint8 sync[SYNC_BYTES])
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_MD5);
    gsize length = SYNC_BYTES;
    g_checksum_update(checksum, records->data, (gssize)records->len);
    g_checksum_get_digest(checksum, sync, &length);
}

GBytes *
avro_container_build(GHashTable *header, const GByteArray *records, gint64 count, GError **error)
{
    if (records->len > AVRO_BLOCK_BYTES_MAX)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                              "An Avro block would have more than %d bytes", AVRO_BLOCK_BYTES_MAX);
    guint8 sync[SYNC_BYTES];
    make_sync(records, sync);
    g_autoptr(GByteArray) file = g_byte_array_new();
    append_header(file, header);
    g_byte_array_append(file, sync, SYNC_BYTES);
    if (count > 0) {
        gsize length;
        g_autofree guint8 *packed = pack(records, &length);
        if (packed == NULL)
            return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, NULL, "No memory to pack a file");
        avro_bytes_append_long(file, count);
        append_counted(file, packed, length);
        g_byte_array_append(file, sync, SYNC_BYTES);
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&file));
}
