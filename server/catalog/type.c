/* SPDX-License-Identifier: Apache-2.0 */
/* Named types: which names are good, and what is missing. Caller: the Thrift door. */
#include "skep/catalog_type.h"

#include <string.h>

#include "catalog_private.h"
#include "skep/store_type.h"

static gboolean
check_name(const char *name, GError **error)
{
    gboolean is_good = name && *name && strlen(name) <= CATALOG_NAME_BYTES_MAX;

    for (const char *at = name; is_good && *at != '\0'; at++)
        is_good = g_ascii_isalnum(*at) || *at == '_';
    return is_good || skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "Invalid type name");
}

gboolean
catalog_type_create(Catalog *catalog, const CatalogNamedType *wanted, GError **error)
{
    gboolean created = FALSE;

    return check_name(wanted->name, error) &&
           store_type_create(catalog->store, wanted, &created, error) &&
           (created || skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, NULL, "Type %s already exists",
                                 wanted->name));
}

CatalogNamedType *
catalog_type_find(Catalog *catalog, const char *name, GError **error)
{
    g_autoptr(GPtrArray) found = store_type_list(catalog->store, name ? name : "", NULL, 1, error);

    if (!found)
        return NULL;
    if (found->len == 0)
        return skep_fail_null(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Type \"%s\" not found.",
                              name ? name : "null");
    return g_ptr_array_steal_index(found, 0);
}

GPtrArray *
catalog_type_list(Catalog *catalog, const char *pattern, GError **error)
{
    g_autofree char *regex = NULL;
    g_autoptr(GPtrArray) found = NULL;

    if (pattern && *pattern && !catalog_pattern_to_regex(pattern, &regex, error))
        return NULL;
    found = store_type_list(catalog->store, NULL, regex, CATALOG_TYPES_MAX + 1, error);
    if (found && found->len > CATALOG_TYPES_MAX)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                              "There are more than %d types: ask with a pattern",
                              CATALOG_TYPES_MAX);
    return g_steal_pointer(&found);
}

gboolean
catalog_type_drop(Catalog *catalog, const char *name, GError **error)
{
    return store_type_drop(catalog->store, name ? name : "", error);
}
