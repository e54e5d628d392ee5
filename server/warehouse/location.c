/* SPDX-License-Identifier: Apache-2.0 */
/* Locations as text: taken apart, compared, and made for namespaces and tables. Touches no file.
 * Callers: the catalog, and the rest of this folder. */
#include "warehouse_private.h"

#include <string.h>

#define LOCATION_BYTES_MAX 4096

static gpointer
fail_malformed(GError **error, const char *text, const char *why)
{
    return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Location '%.200s' %s", text,
                          why);
}

static gboolean
has_control_characters(const char *text)
{
    for (const char *c = text; *c; c++) {
        if ((guchar)*c < 0x20 || *c == 0x7f)
            return TRUE;
    }
    return FALSE;
}

/* Joins the parts of a path with single slashes. NULL when one of them is "." or "..". */
static char *
normalize_path(const char *path, gboolean leading_slash)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);
    g_autoptr(GString) joined = g_string_new(NULL);

    for (char **part = parts; *part; part++) {
        if (**part == '\0')
            continue;
        if (strcmp(*part, ".") == 0 || strcmp(*part, "..") == 0)
            return NULL;
        if (leading_slash || joined->len > 0)
            g_string_append_c(joined, '/');
        g_string_append(joined, *part);
    }
    return g_string_free(g_steal_pointer(&joined), FALSE);
}

/* Empty parts inside an object's key are part of its name; only its ends are trimmed. */
static char *
normalize_key(const char *key)
{
    g_auto(GStrv) parts = g_strsplit(key, "/", -1);
    g_autofree char *trimmed = NULL;
    gsize length;

    for (char **part = parts; *part; part++) {
        if (strcmp(*part, ".") == 0 || strcmp(*part, "..") == 0)
            return NULL;
    }
    while (*key == '/')
        key++;
    trimmed = g_strdup(key);
    for (length = strlen(trimmed); length > 0 && trimmed[length - 1] == '/'; length--)
        trimmed[length - 1] = '\0';
    return g_steal_pointer(&trimmed);
}

static const char *
skip_prefix(const char *text, const char *prefix)
{
    return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0 ? text + strlen(prefix) : NULL;
}

/* "//host/path" after "file:" may name this machine alone. Returns the path part, NULL when another
 * host is named. */
static const char *
skip_file_authority(const char *rest)
{
    const char *after;

    if (!g_str_has_prefix(rest, "//"))
        return rest;
    after = skip_prefix(rest, "//localhost/");
    if (after)
        return after - 1;
    return rest[2] == '/' ? rest + 2 : NULL;
}

static WarehouseLocation *
location_new(WarehouseScheme scheme, char *bucket, char *path)
{
    WarehouseLocation *location = g_new0(WarehouseLocation, 1);

    location->scheme = scheme;
    location->bucket = bucket;
    location->path = path;
    return location;
}

static WarehouseLocation *
parse_file(const char *text, const char *rest, GError **error)
{
    const char *path = skip_file_authority(rest);
    char *normalized;

    if (!path || *path != '/')
        return fail_malformed(error, text, "does not name an absolute path on this machine");
    normalized = normalize_path(path, TRUE);
    if (!normalized)
        return fail_malformed(error, text, "has '.' or '..' as a part");
    return location_new(WAREHOUSE_SCHEME_FILE, NULL, normalized);
}

static gboolean
bucket_is_valid(const char *bucket)
{
    gsize length = strlen(bucket);

    if (length == 0 || length > 255 || !g_ascii_isalnum(*bucket))
        return FALSE;
    for (const char *c = bucket; *c; c++) {
        if (!g_ascii_isalnum(*c) && !strchr(".-_", *c))
            return FALSE;
    }
    return TRUE;
}

static WarehouseLocation *
parse_s3(const char *text, const char *rest, GError **error)
{
    const char *slash = strchr(rest, '/');
    g_autofree char *bucket = slash ? g_strndup(rest, (gsize)(slash - rest)) : g_strdup(rest);
    char *key;

    if (!bucket_is_valid(bucket))
        return fail_malformed(error, text, "does not name a bucket");
    key = normalize_key(slash ? slash : "");
    if (!key)
        return fail_malformed(error, text, "has '.' or '..' as a part");
    return location_new(WAREHOUSE_SCHEME_S3, g_steal_pointer(&bucket), key);
}

WarehouseLocation *
warehouse_location_parse(const char *text, GError **error)
{
    static const char *const s3_prefixes[] = {"s3://", "s3a://", "s3n://"};
    const char *rest;

    if (!text || *text == '\0')
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "A location is empty");
    if (strlen(text) > LOCATION_BYTES_MAX)
        return fail_malformed(error, text, "is longer than 4096 bytes");
    if (!g_utf8_validate(text, -1, NULL))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "A location is not valid UTF-8");
    if (has_control_characters(text))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "A location has control characters");
    if (*text == '/')
        return parse_file(text, g_str_has_prefix(text, "//") ? text + 1 : text, error);
    rest = skip_prefix(text, "file:");
    if (rest)
        return parse_file(text, rest, error);
    for (gsize i = 0; i < G_N_ELEMENTS(s3_prefixes); i++) {
        rest = skip_prefix(text, s3_prefixes[i]);
        if (rest)
            return parse_s3(text, rest, error);
    }
    return fail_malformed(error, text, "is neither file: nor s3:");
}

void
warehouse_location_free(WarehouseLocation *location)
{
    if (!location)
        return;
    g_free(location->bucket);
    g_free(location->path);
    g_free(location);
}

gboolean
warehouse_location_within(const WarehouseLocation *location, const WarehouseLocation *prefix)
{
    gsize length = strlen(prefix->path);

    if (location->scheme != prefix->scheme || g_strcmp0(location->bucket, prefix->bucket) != 0)
        return FALSE;
    if (length == 0)
        return TRUE;
    return strncmp(location->path, prefix->path, length) == 0 &&
           (location->path[length] == '\0' || location->path[length] == '/');
}

char *
warehouse_location_qualify(const char *location)
{
    return *location == '/' ? g_strconcat("file:", location, NULL) : g_strdup(location);
}

char *
warehouse_location_hadoop(const char *location)
{
    const char *path = location;

    if (g_str_has_prefix(location, "file:"))
        path += strlen("file:");
    else if (*location != '/')
        return g_strdup(location);
    if (g_str_has_prefix(path, "///"))
        path += 2;
    return *path == '/' && path[1] != '/' ? g_strconcat("file:", path, NULL) : g_strdup(location);
}

gboolean
warehouse_location_is_root(const char *location)
{
    const char *scheme_end = strstr(location, ":/");
    const char *path = scheme_end ? scheme_end + 1 : location;

    if (scheme_end && g_str_has_prefix(path, "//"))
        path = strchr(path + 2, '/');
    return !path || (*path == '/' && path[strspn(path, "/")] == '\0');
}

char *
warehouse_location_canonical(const char *location)
{
    g_autoptr(WarehouseLocation) parsed = warehouse_location_parse(location, NULL);

    if (!parsed)
        return NULL;
    if (parsed->scheme == WAREHOUSE_SCHEME_FILE)
        return g_strdup(parsed->path);
    return *parsed->path ? g_strconcat("s3://", parsed->bucket, "/", parsed->path, NULL)
                         : g_strconcat("s3://", parsed->bucket, NULL);
}

gboolean
warehouse_location_is_file(const char *location)
{
    return *location == '/' || skip_prefix(location, "file:") != NULL;
}

gboolean
warehouse_location_equal(const char *a, const char *b)
{
    g_autoptr(WarehouseLocation) left = a ? warehouse_location_parse(a, NULL) : NULL;
    g_autoptr(WarehouseLocation) right = b ? warehouse_location_parse(b, NULL) : NULL;

    if (!left || !right)
        return g_strcmp0(a, b) == 0;
    return left->scheme == right->scheme && g_strcmp0(left->bucket, right->bucket) == 0 &&
           strcmp(left->path, right->path) == 0;
}

gboolean
warehouse_location_is_under(const char *location, const char *prefix)
{
    g_autoptr(WarehouseLocation) inner = warehouse_location_parse(location, NULL);
    g_autoptr(WarehouseLocation) outer = warehouse_location_parse(prefix, NULL);

    return inner && outer && warehouse_location_within(inner, outer);
}

/* One name of a path. What could leave the directory or confuse a path is written as "-47-", and a
 * '-' before a digit too, so that no two names share a directory. */
static void
append_name(GString *out, const char *name, gsize length, const char *plain_too)
{
    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)name[i];
        gboolean before_digit = i + 1 < length && g_ascii_isdigit(name[i + 1]);
        gboolean plain = g_ascii_isalnum(c) || c >= 0x80 || strchr(plain_too, c);

        if (plain || (c == '-' && !before_digit))
            g_string_append_c(out, (char)c);
        else
            g_string_append_printf(out, "-%u-", c);
    }
}

char *
warehouse_namespace_location(const char *root, const char *namespace_name)
{
    GString *location = g_string_new(root);
    const char *level = namespace_name;

    if (strcmp(namespace_name, "default") == 0)
        return g_string_free(location, FALSE);
    while (level) {
        const char *end = strchr(level, '\x1f');

        g_string_append_c(location, '/');
        append_name(location, level, end ? (gsize)(end - level) : strlen(level), "_ ");
        g_string_append(location, ".db");
        level = end ? end + 1 : NULL;
    }
    return g_string_free(location, FALSE);
}

char *
warehouse_table_location(const char *namespace_location, const char *table_name)
{
    GString *location = g_string_new(namespace_location);

    while (location->len > 0 && location->str[location->len - 1] == '/')
        g_string_truncate(location, location->len - 1);
    g_string_append_c(location, '/');
    append_name(location, table_name, strlen(table_name), "_");
    return g_string_free(location, FALSE);
}
