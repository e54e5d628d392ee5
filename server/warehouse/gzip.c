/* SPDX-License-Identifier: Apache-2.0 */
/* gzip of whole files, bounded while it unpacks. Caller: warehouse.c. */
#include "warehouse_private.h"

gboolean
warehouse_name_is_gzip(const char *location)
{
    return g_str_has_suffix(location, ".gz") || g_str_has_suffix(location, ".gz.metadata.json");
}

/* Runs all of `content` through a converter; at most bytes_max bytes come out. */
static GBytes *
convert(
    GConverter *converter, GBytes *content, gsize bytes_max, const char *location, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autofree guint8 *buffer = g_malloc(65536);
    GConverterResult result = G_CONVERTER_CONVERTED;
    gsize length, used = 0;
    const guint8 *in = g_bytes_get_data(content, &length);

    while (result != G_CONVERTER_FINISHED) {
        g_autoptr(GError) failure = NULL;
        gsize read = 0, written = 0;

        result = g_converter_convert(converter, in + used, length - used, buffer, 65536,
                                     G_CONVERTER_INPUT_AT_END, &read, &written, &failure);
        if (result == G_CONVERTER_ERROR)
            return skep_fail_null(error, SKEP_ERROR_INVALID_OBJECT, location,
                                  "The gzip content of %s is damaged: %s", location,
                                  failure->message);
        used += read;
        if (out->len + written > bytes_max)
            return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, location,
                                  "%s unpacks to more than %" G_GSIZE_FORMAT " bytes", location,
                                  bytes_max);
        g_byte_array_append(out, buffer, (guint)written);
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

GBytes *
warehouse_gzip_pack(GBytes *content, GError **error)
{
    g_autoptr(GZlibCompressor) compressor =
        g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);

    return convert(G_CONVERTER(compressor), content, G_MAXUINT / 2, "a file to be written", error);
}

GBytes *
warehouse_gzip_unpack(GBytes *packed, gsize bytes_max, const char *location, GError **error)
{
    g_autoptr(GZlibDecompressor) decompressor =
        g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);

    return convert(G_CONVERTER(decompressor), packed, MIN(bytes_max, G_MAXUINT / 2), location,
                   error);
}
