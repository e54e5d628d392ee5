/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata files without touching any: their names and numbers, where the next one goes, and their
 * bytes. Reading and writing them is the warehouse's. Callers: the catalog's create, load and
 * commit. */
#include "iceberg_private.h"

#include <string.h>

#define ICEBERG_METADATA_SUFFIX ".metadata.json"
#define ICEBERG_CHUNK_BYTES     (64u * 1024u)

char *
iceberg_metadata_file_name(gint64 version, const char *uuid, gboolean gzip)
{
    return g_strdup_printf("%05" G_GINT64_FORMAT "-%s%s" ICEBERG_METADATA_SUFFIX, version, uuid,
                           gzip ? ".gz" : "");
}

gint64
iceberg_metadata_version(const char *location)
{
    const char *slash = location != NULL ? strrchr(location, '/') : NULL;
    const char *name = slash != NULL ? slash + 1 : location;
    const char *dash = name != NULL ? strchr(name, '-') : NULL;
    g_autofree char *digits = NULL;
    guint64 version = 0;

    if (dash == NULL)
        return -1;
    digits = g_strndup(name, (gsize)(dash - name));
    /* the name may be anybody's: a number that leaves no room for the next one is none */
    if (!g_ascii_string_to_unsigned(digits, 10, 0, G_MAXINT32 - 1, &version, NULL))
        return -1;
    return (gint64)version;
}

char *
iceberg_metadata_directory(const cJSON *metadata)
{
    const char *path = iceberg_property(metadata, "write.metadata.path");
    const cJSON *location = json_find(metadata, "location");
    g_autofree char *stripped = NULL;

    if (path != NULL && *path != '\0')
        return iceberg_location_strip(path);
    stripped = iceberg_location_strip(json_is_string(location) ? location->valuestring : "");
    return g_strconcat(stripped, "/metadata", NULL);
}

char *
iceberg_metadata_next_location(const cJSON *metadata,
                               const char *previous_location,
                               const IcebergContext *context,
                               GError **error)
{
    const char *codec = iceberg_property(metadata, "write.metadata.compression-codec");
    gboolean gzip = codec != NULL && g_ascii_strcasecmp(codec, "gzip") == 0;
    g_autofree char *directory = iceberg_metadata_directory(metadata);
    g_autofree char *uuid = NULL;
    g_autofree char *name = NULL;

    if (codec != NULL && !gzip && g_ascii_strcasecmp(codec, "none") != 0)
        return skep_fail_null(
            error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
            "Property write.metadata.compression-codec must be none or gzip, not %.100s", codec);
    uuid = iceberg_new_uuid(context);
    name = iceberg_metadata_file_name(iceberg_metadata_version(previous_location) + 1, uuid, gzip);
    return g_strconcat(directory, "/", name, NULL);
}

gboolean
iceberg_metadata_is_gzip(const char *location)
{
    return g_str_has_suffix(location, ".gz" ICEBERG_METADATA_SUFFIX) ||
           g_str_has_suffix(location, ICEBERG_METADATA_SUFFIX ".gz");
}

/* One whole gzip stream or text through a converter; *used says how much of the input it took. */
static gboolean
iceberg_convert(GConverter *converter,
                const guint8 *input,
                gsize length,
                gsize max_bytes,
                GByteArray *output,
                gsize *used,
                GError **error)
{
    g_autofree guint8 *chunk = g_malloc(ICEBERG_CHUNK_BYTES);
    g_autoptr(GError) local = NULL;
    GConverterResult result = G_CONVERTER_CONVERTED;

    *used = 0;
    while (result != G_CONVERTER_FINISHED) {
        gsize read = 0;
        gsize written = 0;

        result = g_converter_convert(converter, input + *used, length - *used, chunk,
                                     ICEBERG_CHUNK_BYTES, G_CONVERTER_INPUT_AT_END, &read, &written,
                                     &local);
        if (result == G_CONVERTER_ERROR)
            return iceberg_invalid(error, "A metadata file is not sound gzip: %s", local->message);
        if (written > max_bytes - output->len)
            return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                             "A metadata file unpacks to more than %" G_GSIZE_FORMAT " bytes",
                             max_bytes);
        *used += read;
        g_byte_array_append(output, chunk, (guint)written);
    }
    return TRUE;
}

GBytes *
iceberg_metadata_encode(const cJSON *metadata, const char *location, GError **error)
{
    GString *text = g_string_sized_new(ICEBERG_CHUNK_BYTES);
    g_autoptr(GBytes) plain = NULL;
    g_autoptr(GZlibCompressor) compressor = NULL;
    g_autoptr(GByteArray) packed = NULL;
    gsize used = 0;

    json_print_append(metadata, text);
    plain = g_string_free_to_bytes(text);
    if (g_bytes_get_size(plain) > ICEBERG_METADATA_MAX_BYTES)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                              "Metadata of %" G_GSIZE_FORMAT " bytes", g_bytes_get_size(plain));
    if (!iceberg_metadata_is_gzip(location))
        return g_steal_pointer(&plain);
    compressor = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
    packed = g_byte_array_new();
    if (!iceberg_convert(G_CONVERTER(compressor), g_bytes_get_data(plain, NULL),
                         g_bytes_get_size(plain), 2u * (gsize)ICEBERG_METADATA_MAX_BYTES - 1,
                         packed, &used, error))
        return NULL;
    return g_byte_array_free_to_bytes(g_steal_pointer(&packed));
}

GBytes *
iceberg_metadata_decode(GBytes *bytes, GError **error)
{
    gsize length = 0;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    g_autoptr(GZlibDecompressor) decompressor = NULL;
    g_autoptr(GByteArray) text = NULL;

    if (length < 2 || data[0] != 0x1f || data[1] != 0x8b)
        return g_bytes_ref(bytes);
    decompressor = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    text = g_byte_array_new();
    /* a gzip file may be several streams, one after the other */
    for (gsize at = 0; at < length;) {
        gsize used = 0;

        g_converter_reset(G_CONVERTER(decompressor));
        if (!iceberg_convert(G_CONVERTER(decompressor), data + at, length - at,
                             ICEBERG_METADATA_MAX_BYTES, text, &used, error))
            return NULL;
        at += used;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&text));
}
