/* SPDX-License-Identifier: Apache-2.0 */
/* Dotted names of the command line to and from what the REST door takes. No I/O. */
#include "cli.h"

#include <string.h>

GStrv
cli_name_split(const char *name)
{
    g_autoptr(GStrvBuilder) levels = g_strv_builder_new();
    g_autoptr(GString) level = g_string_new(NULL);
    for (const char *at = name;; at++) {
        if (*at == '\\' && (at[1] == '.' || at[1] == '\\')) {
            g_string_append_c(level, *++at);
            continue;
        }
        if (*at && *at != '.') {
            g_string_append_c(level, *at);
            continue;
        }
        if (!level->len)
            return NULL;
        g_strv_builder_add(levels, level->str);
        g_string_truncate(level, 0);
        if (!*at)
            return g_strv_builder_end(levels);
    }
}

char *
cli_name_namespace_segment(const char *const *levels, gsize count)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    for (gsize i = 0; i < count; i++) {
        if (i)
            g_string_append_c(joined, '\x1f');
        g_string_append(joined, levels[i]);
    }
    return g_uri_escape_string(joined->str, NULL, FALSE);
}

char *
cli_name_format(const cJSON *levels)
{
    GString *name = g_string_new(NULL);
    const cJSON *level;
    cJSON_ArrayForEach(level, levels)
    {
        if (name->len)
            g_string_append_c(name, '.');
        for (const char *at = level->valuestring ? level->valuestring : ""; *at; at++) {
            if (*at == '.' || *at == '\\')
                g_string_append_c(name, '\\');
            g_string_append_c(name, *at);
        }
    }
    return g_string_free(name, FALSE);
}
