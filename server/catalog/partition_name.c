/* SPDX-License-Identifier: Apache-2.0 */
/* Partition names: "key=value" joined by '/', escaped the way Hive writes directories, and back.
 * Pure text: knows no table. Callers: the partition operations of the catalog, and the doors for
 * the calls that are about names alone. */
#include "skep/catalog_partition.h"
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

/* Java's intersection of two classes of characters, of which the second is negated, "[a-z&&[^x]]",
 * is the one form that its documentation shows for these patterns; here it is a look ahead. Other
 * text is the same in both languages. Transfer full. */
static char *
translate_intersections(const char *pattern)
{
    g_autoptr(GRegex) form =
        g_regex_new("\\[([^][]+)&&\\[\\^([^][]+)\\]\\]", G_REGEX_DEFAULT, 0, NULL);

    return g_regex_replace(form, pattern, -1, 0, "(?:(?![\\2])[\\1])", 0, NULL);
}

/* The whole of a value must match. NULL with an error. */
static GRegex *
compile_values_pattern(const char *pattern, GError **error)
{
    g_autofree char *translated = translate_intersections(pattern);
    g_autofree char *whole =
        g_strconcat("\\A(?:", translated != NULL ? translated : pattern, ")\\z", NULL);
    g_autoptr(GError) failure = NULL;
    GRegex *regex = g_regex_new(whole, G_REGEX_DEFAULT, 0, &failure);

    if (regex == NULL)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Not a pattern for values of partitions: %s", failure->message);
    return regex;
}

gboolean
catalog_partition_values_check(const char *const *values, const char *pattern, GError **error)
{
    g_autoptr(GRegex) regex = NULL;

    if (pattern == NULL || *pattern == '\0')
        return TRUE;
    regex = compile_values_pattern(pattern, error);
    if (regex == NULL)
        return FALSE;
    for (gsize i = 0; values[i] != NULL; i++) {
        if (!g_regex_match(regex, values[i], 0, NULL))
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "Partition value '%s' contains a character not matched by whitelist "
                             "pattern '%s'. Configure with "
                             "metastore.partition.name.whitelist.pattern",
                             values[i], pattern);
    }
    return TRUE;
}
