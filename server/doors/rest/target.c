/* SPDX-License-Identifier: Apache-2.0 */
/* The request target: split first, decoded once afterwards. Does not know which paths exist
 * (routes.c). Caller: arrival.c, once for each request. */
#include "rest_private.h"

#include <string.h>

/* Bounds what one target costs; libmicrohttpd bounds its length already. */
enum { TARGET_SEGMENTS_MAX = 32, TARGET_PARAMETERS_MAX = 64 };

static char *
target_decode(const char *text, gsize length, gboolean plus_is_space, GError **error)
{
    g_autoptr(GString) decoded = g_string_sized_new(length);
    for (gsize i = 0; i < length; i++) {
        if (text[i] == '%') {
            if (length - i < 3 || !g_ascii_isxdigit(text[i + 1]) || !g_ascii_isxdigit(text[i + 2]))
                return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                                      "Malformed percent escape in the request target");
            g_string_append_c(decoded, (char)(g_ascii_xdigit_value(text[i + 1]) * 16 +
                                              g_ascii_xdigit_value(text[i + 2])));
            i += 2;
        } else {
            g_string_append_c(decoded, plus_is_space && text[i] == '+' ? ' ' : text[i]);
        }
    }
    if (memchr(decoded->str, '\0', decoded->len))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "NUL character in the request target");
    if (!g_utf8_validate_len(decoded->str, decoded->len, NULL))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "The request target is not UTF-8");
    return g_string_free(g_steal_pointer(&decoded), FALSE);
}

static gboolean
target_parse_path(const char *path, gsize length, GPtrArray *segments, GError **error)
{
    const char *end = path + length;
    gboolean at_root = TRUE;
    while (path < end) {
        path++; /* the slash */
        const char *slash = memchr(path, '/', (gsize)(end - path));
        const char *stop = slash ? slash : end;
        g_autofree char *segment = target_decode(path, (gsize)(stop - path), FALSE, error);
        if (!segment)
            return FALSE;
        path = stop;
        if (at_root && (!*segment || !strcmp(segment, "iceberg")))
            continue;
        at_root = FALSE;
        if (segments->len == TARGET_SEGMENTS_MAX)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "The request target has too many path segments");
        g_ptr_array_add(segments, g_steal_pointer(&segment));
    }
    return TRUE;
}

static gboolean
target_parse_query(const char *query, GHashTable *parameters, GError **error)
{
    while (*query) {
        gsize length = strcspn(query, "&");
        const char *equals = memchr(query, '=', length);
        gsize key_length = equals ? (gsize)(equals - query) : length;
        g_autofree char *key = target_decode(query, key_length, TRUE, error);
        if (!key)
            return FALSE;
        const char *raw = equals ? equals + 1 : query + length;
        g_autofree char *value = target_decode(raw, (gsize)(query + length - raw), TRUE, error);
        if (!value)
            return FALSE;
        if (g_hash_table_size(parameters) == TARGET_PARAMETERS_MAX)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "The request target has too many parameters");
        if (*key && !g_hash_table_contains(parameters, key))
            g_hash_table_insert(parameters, g_steal_pointer(&key), g_steal_pointer(&value));
        query += length;
        query += *query == '&';
    }
    return TRUE;
}

gboolean
rest_target_parse(const char *raw, RestTarget *out_target, GError **error)
{
    if (*raw != '/')
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "The request target must be a path");
    g_auto(RestTarget) target = {
        .segments = g_ptr_array_new_with_free_func(g_free),
        .query = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    };
    gsize path_length = strcspn(raw, "?#");
    if (!target_parse_path(raw, path_length, target.segments, error))
        return FALSE;
    if (raw[path_length] == '?' && !target_parse_query(raw + path_length + 1, target.query, error))
        return FALSE;
    *out_target = target;
    memset(&target, 0, sizeof target);
    return TRUE;
}

void
rest_target_clear(RestTarget *target)
{
    g_clear_pointer(&target->segments, g_ptr_array_unref);
    g_clear_pointer(&target->query, g_hash_table_unref);
}
