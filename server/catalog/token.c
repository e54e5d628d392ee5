/* SPDX-License-Identifier: Apache-2.0 */
/* Master keys and delegation tokens: their bounds, and what is missing. Caller: the Thrift door. */
#include "skep/catalog_token.h"

#include <string.h>

#include "catalog_private.h"
#include "skep/store_token.h"

static gboolean
check_text(const char *text, const char *what, gsize bytes_max, GError **error)
{
    if (!text)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "The %s is missing", what);
    return strlen(text) <= bytes_max ||
           skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                     "The %s is longer than %" G_GSIZE_FORMAT " bytes", what, bytes_max);
}

static gboolean
check_key(const char *content, GError **error)
{
    return check_text(content, "master key", CATALOG_TOKEN_CONTENT_BYTES_MAX, error);
}

static gboolean
check_identifier(const char *identifier, GError **error)
{
    return check_text(identifier, "token identifier", CATALOG_TOKEN_IDENTIFIER_BYTES_MAX, error);
}

/* Takes `found`, which holds one more than may be given out when there are too many. */
static GPtrArray *
bounded(GPtrArray *found, GError **error)
{
    g_autoptr(GPtrArray) owned = found;

    if (owned && owned->len > CATALOG_TOKENS_MAX)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL, "There are more than %d of them",
                              CATALOG_TOKENS_MAX);
    return g_steal_pointer(&owned);
}

gboolean
catalog_token_key_add(Catalog *catalog, const char *content, gint32 *out_id, GError **error)
{
    return check_key(content, error) && store_token_key_add(catalog->store, content, out_id, error);
}

gboolean
catalog_token_key_replace(Catalog *catalog, gint32 id, const char *content, GError **error)
{
    gboolean found = FALSE;

    return check_key(content, error) &&
           store_token_key_replace(catalog->store, id, content, &found, error) &&
           (found ||
            skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "No key found with keyId: %d", id));
}

gboolean
catalog_token_key_remove(Catalog *catalog, gint32 id, gboolean *out_found, GError **error)
{
    return store_token_key_remove(catalog->store, id, out_found, error);
}

GPtrArray *
catalog_token_keys(Catalog *catalog, GError **error)
{
    return bounded(store_token_keys(catalog->store, CATALOG_TOKENS_MAX + 1, error), error);
}

gboolean
catalog_token_add(Catalog *catalog,
                  const char *identifier,
                  const char *content,
                  gboolean *out_added,
                  GError **error)
{
    return check_identifier(identifier, error) &&
           check_text(content, "token", CATALOG_TOKEN_CONTENT_BYTES_MAX, error) &&
           store_token_add(catalog->store, identifier, content, out_added, error);
}

gboolean
catalog_token_find(Catalog *catalog, const char *identifier, char **out_content, GError **error)
{
    return check_identifier(identifier, error) &&
           store_token_find(catalog->store, identifier, out_content, error);
}

gboolean
catalog_token_remove(Catalog *catalog, const char *identifier, gboolean *out_found, GError **error)
{
    return check_identifier(identifier, error) &&
           store_token_remove(catalog->store, identifier, out_found, error);
}

GPtrArray *
catalog_token_identifiers(Catalog *catalog, GError **error)
{
    return bounded(store_token_identifiers(catalog->store, CATALOG_TOKENS_MAX + 1, error), error);
}
