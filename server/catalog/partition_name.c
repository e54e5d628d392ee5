/* SPDX-License-Identifier: Apache-2.0 */
/* Partition names: "key=value" joined by '/', escaped the way Hive writes directories, and back.
 * Pure text: knows no table. Callers: the partition operations of the catalog, and the doors for
 * the calls that are about names alone. */
#include "skep/catalog.h"
#include "skep/error.h"

#include <string.h>

#include "catalog/partition_private.h"

static gboolean
byte_is_escaped(guchar byte)
{
    return byte < 0x20 || byte == 0x7f || strchr("\"#%'*/:=?\\{[]^", byte) != NULL;
}

static void
append_escaped(GString *out, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (byte_is_escaped((guchar)*at))
            g_string_append_printf(out, "%%%02X", (guchar)*at);
        else
            g_string_append_c(out, *at);
    }
}

char *
catalog_partition_name_format(const char *const *keys, const char *const *values)
{
    GString *name = g_string_new(NULL);

    for (gsize i = 0; keys[i] != NULL && values[i] != NULL; i++) {
        if (i > 0)
            g_string_append_c(name, '/');
        append_escaped(name, keys[i]);
        g_string_append_c(name, '=');
        append_escaped(name, *values[i] != '\0' ? values[i] : CATALOG_PARTITION_DEFAULT_NAME);
    }
    return g_string_free(name, FALSE);
}

/* Every %XX is one character U+0000 to U+00FF; what only looks like an escape stays as it is.
 * NULL when one stands for NUL, which no text here can hold. */
static char *
unescape(const char *text, gsize length)
{
    GString *out = g_string_sized_new(length);

    for (gsize i = 0; i < length; i++) {
        if (text[i] == '%' && i + 2 < length && g_ascii_isxdigit(text[i + 1]) &&
            g_ascii_isxdigit(text[i + 2])) {
            gint code = g_ascii_xdigit_value(text[i + 1]) * 16 + g_ascii_xdigit_value(text[i + 2]);

            if (code == 0) {
                g_string_free(out, TRUE);
                return NULL;
            }
            g_string_append_unichar(out, (gunichar)code);
            i += 2;
        } else {
            g_string_append_c(out, text[i]);
        }
    }
    return g_string_free(out, FALSE);
}

static gboolean
parse_part(const char *part, GPtrArray *keys, GPtrArray *values, GError **error)
{
    const char *equals = strchr(part, '=');
    char *key;
    char *value;

    if (equals == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, part,
                         "Partition name has a part without '=': %s", part);
    key = unescape(part, (gsize)(equals - part));
    value = unescape(equals + 1, strlen(equals + 1));
    g_ptr_array_add(keys, key);
    g_ptr_array_add(values, value);
    if (key == NULL || value == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, part,
                         "Partition name has a NUL in it: %s", part);
    return TRUE;
}

gboolean
catalog_partition_name_parse(const char *name, GStrv *out_keys, GStrv *out_values, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) parts = *name != '\0' ? g_strsplit(name, "/", -1) : g_new0(char *, 1);

    for (gsize i = 0; parts[i] != NULL; i++) {
        if (!parse_part(parts[i], keys, values, error))
            return FALSE;
    }
    g_ptr_array_add(keys, NULL);
    g_ptr_array_add(values, NULL);
    if (out_keys != NULL)
        *out_keys = (GStrv)g_ptr_array_steal(keys, NULL);
    *out_values = (GStrv)g_ptr_array_steal(values, NULL);
    return TRUE;
}
