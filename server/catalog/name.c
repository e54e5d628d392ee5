/* SPDX-License-Identifier: Apache-2.0 */
/* Names of namespaces and tables: folded to their stored form, checked when something new is given
 * one, written out for people. Callers: every noun of this folder, and the Thrift door for Hive's
 * narrower rule. */
#include "catalog_private.h"

#include <string.h>

static gboolean
fail_name(GError **error, const char *name, const char *why)
{
    /* At most 100 characters of it: a message is no place for a name of 64 kB. */
    g_autofree char *start = g_utf8_strlen(name, -1) > 100 ? g_utf8_substring(name, 0, 100) : NULL;

    return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "%s%s is not a valid object name: %s",
                     start ? start : name, start ? "..." : "", why);
}

char *
catalog_name_fold(const char *name, GError **error)
{
    if (!name)
        return skep_fail_null(error, SKEP_ERROR_INVALID_OBJECT, NULL, "A name is missing");
    if (!g_utf8_validate(name, -1, NULL))
        return skep_fail_null(error, SKEP_ERROR_INVALID_OBJECT, NULL, "A name is not valid UTF-8");
    if (strlen(name) > CATALOG_NAME_BYTES_MAX) {
        fail_name(error, name, "it is longer than 1024 bytes");
        return NULL;
    }
    return g_utf8_strdown(name, -1);
}

char *
catalog_name_fold_catalog(const char *catalog_name, GError **error)
{
    return catalog_name_fold(catalog_name ? catalog_name : CATALOG_DEFAULT_NAME, error);
}

static gboolean
has_control_character(const char *name, char except)
{
    for (const char *c = name; *c; c++) {
        if (((guchar)*c < 0x20 || *c == 0x7f) && *c != except)
            return TRUE;
    }
    return FALSE;
}

static gboolean
has_empty_level(const char *name)
{
    static const char twice[] = {CATALOG_LEVEL_SEPARATOR, CATALOG_LEVEL_SEPARATOR, '\0'};
    gsize length = strlen(name);

    return length == 0 || name[0] == CATALOG_LEVEL_SEPARATOR ||
           name[length - 1] == CATALOG_LEVEL_SEPARATOR || strstr(name, twice);
}

char *
catalog_name_make_namespace(const char *name, GError **error)
{
    g_autofree char *folded = catalog_name_fold(name, error);

    if (!folded)
        return NULL;
    if (*folded == '\0')
        return skep_fail_null(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                              " is not a valid database name");
    if (has_empty_level(folded)) {
        fail_name(error, name, "one of its levels is empty");
        return NULL;
    }
    if (has_control_character(folded, CATALOG_LEVEL_SEPARATOR)) {
        fail_name(error, name, "it has control characters");
        return NULL;
    }
    return g_steal_pointer(&folded);
}

char *
catalog_name_make_catalog(const char *name, GError **error)
{
    g_autofree char *folded = catalog_name_fold(name, error);

    if (!folded || !catalog_name_check_hive(folded, error))
        return NULL;
    return g_steal_pointer(&folded);
}

char *
catalog_name_make_table(const char *name, GError **error)
{
    g_autofree char *folded = catalog_name_fold(name, error);

    if (!folded)
        return NULL;
    if (*folded == '\0' || has_control_character(folded, '\0')) {
        fail_name(error, name, *folded ? "it has control characters" : "it is empty");
        return NULL;
    }
    return g_steal_pointer(&folded);
}

gboolean
catalog_name_check_hive(const char *name, GError **error)
{
    g_autofree char *folded = catalog_name_fold(name, error);

    if (!folded)
        return FALSE;
    if (*folded == '\0')
        return fail_name(error, name, "it is empty");
    for (const char *c = folded; *c; c++) {
        if (!g_ascii_isalnum(*c) && !strchr("_- /.", *c))
            return fail_name(error, name,
                             "it may have letters, digits, '_', '-', ' ', '/' and '.' alone");
    }
    return TRUE;
}

char *
catalog_name_dotted(const char *namespace_name, const char *table_name)
{
    g_autofree char *levels = g_strdup(namespace_name ? namespace_name : "");

    g_strdelimit(levels, "\x1f", '.');
    return table_name ? g_strconcat(levels, ".", table_name, NULL) : g_steal_pointer(&levels);
}

char *
catalog_name_parent(const char *namespace_name)
{
    const char *last = strrchr(namespace_name, CATALOG_LEVEL_SEPARATOR);

    return last ? g_strndup(namespace_name, (gsize)(last - namespace_name)) : NULL;
}

gboolean
catalog_table_name_fold(CatalogTableName *out_name,
                        const char *catalog_name,
                        const char *namespace_name,
                        const char *table_name,
                        GError **error)
{
    g_autofree char *catalog = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *namespace_ = catalog ? catalog_name_fold(namespace_name, error) : NULL;
    g_autofree char *table = namespace_ ? catalog_name_fold(table_name, error) : NULL;

    if (!table)
        return FALSE;
    out_name->catalog = g_steal_pointer(&catalog);
    out_name->namespace_name = g_steal_pointer(&namespace_);
    out_name->table = g_steal_pointer(&table);
    return TRUE;
}

void
catalog_table_name_clear(CatalogTableName *name)
{
    g_clear_pointer(&name->catalog, g_free);
    g_clear_pointer(&name->namespace_name, g_free);
    g_clear_pointer(&name->table, g_free);
}

gboolean
catalog_fail_no_namespace(GError **error, const char *namespace_name)
{
    g_autofree char *dotted = catalog_name_dotted(namespace_name, NULL);

    return skep_fail(error, SKEP_ERROR_NO_SUCH_NAMESPACE, dotted, "Namespace does not exist: %s",
                     dotted);
}

gboolean
catalog_fail_no_table(GError **error, const char *namespace_name, const char *table_name)
{
    g_autofree char *dotted = catalog_name_dotted(namespace_name, table_name);

    return skep_fail(error, SKEP_ERROR_NO_SUCH_TABLE, dotted, "Table does not exist: %s", dotted);
}

gint64
catalog_now_ms(void)
{
    return g_get_real_time() / 1000;
}

gint32
catalog_now_s(void)
{
    return (gint32)(g_get_real_time() / G_USEC_PER_SEC);
}
