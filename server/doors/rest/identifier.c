/* SPDX-License-Identifier: Apache-2.0 */
/* Names of namespaces and tables, and string maps, between JSON and the catalog. Names of more than
 * one level are one string inside Skep. Callers: the handlers. */
#include "rest_private.h"

#include <string.h>

char *
rest_decode_namespace(const cJSON *object, const char *key, GError **error)
{
    cJSON *levels = NULL;
    if (!json_get_string_array(object, key, &levels, error))
        return NULL;
    g_autoptr(GString) name = g_string_new(NULL);
    const cJSON *level = NULL;
    cJSON_ArrayForEach(level, levels)
    {
        const char *text = level->valuestring;
        if (!*text || strchr(text, CATALOG_LEVEL_SEPARATOR))
            return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                                  "%s: a level may not be empty nor hold U+001F", key);
        if (name->len > 0)
            g_string_append_c(name, CATALOG_LEVEL_SEPARATOR);
        g_string_append(name, text);
    }
    if (name->len == 0)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "%s: at least one level is needed", key);
    return g_string_free(g_steal_pointer(&name), FALSE);
}

gboolean
rest_decode_identifier(const cJSON *object,
                       const char *key,
                       char **out_namespace,
                       const char **out_name,
                       GError **error)
{
    cJSON *identifier = NULL;
    const char *name = NULL;
    if (!json_get_object(object, key, &identifier, error) ||
        !json_get_string(identifier, "name", &name, error))
        return FALSE;
    char *namespace_name = rest_decode_namespace(identifier, "namespace", error);
    if (!namespace_name)
        return FALSE;
    *out_namespace = namespace_name;
    *out_name = name;
    return TRUE;
}

void
rest_encode_namespace(GString *out, const char *namespace_name)
{
    const char separator[] = {CATALOG_LEVEL_SEPARATOR, '\0'};
    g_auto(GStrv) levels = g_strsplit(namespace_name, separator, -1);
    g_string_append_c(out, '[');
    for (gsize i = 0; levels[i]; i++) {
        if (i > 0)
            g_string_append_c(out, ',');
        json_print_append_string(levels[i], out);
    }
    g_string_append_c(out, ']');
}

void
rest_encode_string_map(GString *out, const GHashTable *map)
{
    GHashTableIter iter;
    gpointer key = NULL, value = NULL;
    const char *comma = "";
    g_string_append_c(out, '{');
    g_hash_table_iter_init(&iter, (GHashTable *)map);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        g_string_append(out, comma);
        json_print_append_string(key, out);
        g_string_append_c(out, ':');
        json_print_append_string(value ? value : "", out);
        comma = ",";
    }
    g_string_append_c(out, '}');
}

void
rest_encode_string_list(GString *out, const GPtrArray *strings)
{
    g_string_append_c(out, '[');
    for (guint i = 0; i < strings->len; i++) {
        if (i > 0)
            g_string_append_c(out, ',');
        json_print_append_string(g_ptr_array_index(strings, i), out);
    }
    g_string_append_c(out, ']');
}

void
rest_encode_page_end(GString *out, const char *next_token)
{
    g_string_append(out, "],\"next-page-token\":");
    if (next_token)
        json_print_append_string(next_token, out);
    else
        g_string_append(out, "null");
    g_string_append_c(out, '}');
}
