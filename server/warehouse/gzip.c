/* SPDX-License-Identifier: Apache-2.0 */
/* gzip: whole files packed, and files unpacked piece by piece, bounded on the way. Caller:
 * warehouse.c. */
#include "warehouse_private.h"

#define PIECE_BYTES 65536

gboolean
warehouse_name_is_gzip(const char *location)
{
    return g_str_has_suffix(location, ".gz") || g_str_has_suffix(location, ".gz.metadata.json");
}

GBytes *
warehouse_gzip_pack(GBytes *content, GError **error)
{
    g_autoptr(GZlibCompressor) compressor =
        g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autofree guint8 *buffer = g_malloc(PIECE_BYTES);
    GConverterResult result = G_CONVERTER_CONVERTED;
    gsize length, used = 0;
    const guint8 *in = g_bytes_get_data(content, &length);

    while (result != G_CONVERTER_FINISHED) {
        g_autoptr(GError) failure = NULL;
        gsize read = 0, written = 0;

        result =
            g_converter_convert(G_CONVERTER(compressor), in + used, length - used, buffer,
                                PIECE_BYTES, G_CONVERTER_INPUT_AT_END, &read, &written, &failure);
        if (result == G_CONVERTER_ERROR)
            return skep_fail_null(error, SKEP_ERROR_INTERNAL, NULL, "Cannot pack with gzip: %s",
                                  failure->message);
        used += read;
        g_byte_array_append(out, buffer, (guint)written);
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

/* --- unpacking --- */

void
warehouse_unpacking_init(WarehouseUnpacking *unpacking, const char *location)
{
    unpacking->location = location;
    if (warehouse_name_is_gzip(location))
        unpacking->unpacker = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
}

void
warehouse_unpacking_clear(WarehouseUnpacking *unpacking)
{
    g_clear_object(&unpacking->unpacker);
}

static gboolean
pass_on(WarehouseUnpacking *unpacking, const void *bytes, gsize length, GError **error)
{
    if (length > unpacking->bytes_max - unpacking->bytes)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, unpacking->location,
                         "%s %s more than %" G_GSIZE_FORMAT " bytes", unpacking->location,
                         unpacking->unpacker ? "unpacks to" : "has", unpacking->bytes_max);
    unpacking->bytes += length;
    return length == 0 || unpacking->sink(bytes, length, unpacking->data, error);
}

static gboolean
fail_damaged(const WarehouseUnpacking *unpacking, const char *why, GError **error)
{
    return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, unpacking->location,
                     "The gzip content of %s is damaged: %s", unpacking->location, why);
}

gboolean
warehouse_unpacking_take(const void *bytes, gsize length, gpointer data, GError **error)
{
    WarehouseUnpacking *unpacking = data;
    const guint8 *in = bytes;
    guint8 buffer[PIECE_BYTES];

    if (!unpacking->unpacker)
        return pass_on(unpacking, bytes, length, error);
    while (length > 0 && !unpacking->finished) {
        g_autoptr(GError) failure = NULL;
        gsize read = 0, written = 0;
        GConverterResult result =
            g_converter_convert(unpacking->unpacker, in, length, buffer, sizeof buffer,
                                G_CONVERTER_NO_FLAGS, &read, &written, &failure);

        /* what is left says too little to go on with */
        if (g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
            return TRUE;
        if (g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_INVALID_DATA))
            return fail_damaged(unpacking, failure->message, error);
        if (result == G_CONVERTER_ERROR) /* zlib found no memory */
            return skep_fail(error, SKEP_ERROR_UNAVAILABLE, unpacking->location,
                             "Cannot unpack %s: %s", unpacking->location, failure->message);
        in += read;
        length -= read;
        unpacking->finished = result == G_CONVERTER_FINISHED;
        if (!pass_on(unpacking, buffer, written, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
warehouse_unpacking_end(const WarehouseUnpacking *unpacking, GError **error)
{
    return !unpacking->unpacker || unpacking->finished ||
           fail_damaged(unpacking, "it ends too early", error);
}
