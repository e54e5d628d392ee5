/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata files without touching any: their names and numbers, where the next one goes, and their
 * bytes. Reading and writing them is the warehouse's. Callers: the catalog's create, load and
 * commit. */
#include "iceberg_private.h"

#include <string.h>

#define ICEBERG_METADATA_SUFFIX ".metadata.json"

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
