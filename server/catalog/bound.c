/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds on what clients let the catalog keep for them; see bound.h. */
#include "bound.h"

#include <string.h>

#include "catalog_private.h"

static gboolean
check_size(const char *what, gsize bytes, gsize bytes_max, GError **error)
{
    return bytes <= bytes_max ||
           skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                     "%s is longer than %" G_GSIZE_FORMAT " bytes", what, bytes_max);
}

gboolean
catalog_bound_text(const char *what, const char *text, gsize bytes_max, GError **error)
{
    return !text || check_size(what, strlen(text), bytes_max, error);
}

gboolean
catalog_bound_map(const char *what, GHashTable *map, gsize bytes_max, GError **error)
{
    GHashTableIter iter;
    gpointer key;
    gpointer value;
    gsize bytes = 0;

    if (!map)
        return TRUE;
    g_hash_table_iter_init(&iter, map);
    while (g_hash_table_iter_next(&iter, &key, &value))
        bytes += strlen(key) + (value ? strlen(value) : 0);
    return check_size(what, bytes, bytes_max, error);
}

char *
catalog_bound_name(const char *what, const char *name, GError **error)
{
    g_autofree char *trimmed = name ? g_strstrip(g_strdup(name)) : NULL;

    if (!trimmed || !*trimmed)
        return skep_fail_null(error, SKEP_ERROR_INVALID_OBJECT, NULL, "%s cannot be empty.", what);
    return catalog_name_make_table(trimmed, error);
}
