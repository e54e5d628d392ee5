/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of sorted listings. A token is the last name of the page before, wrapped so that nobody
 * builds on its form. Callers: the listings of namespaces and tables. */
#include "catalog_private.h"

#include <string.h>

#define TOKEN_PREFIX    "n:"
#define TOKEN_BYTES_MAX 4096

static gboolean
fail_token(GError **error)
{
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "The page token is not valid");
}

gboolean
catalog_page_decode(const CatalogPage *page, char **out_after, GError **error)
{
    g_autofree guchar *bytes = NULL;
    gsize length;
    const char *text;

    if (!page || !page->page_token || *page->page_token == '\0') {
        *out_after = NULL;
        return TRUE;
    }
    if (strlen(page->page_token) > TOKEN_BYTES_MAX)
        return fail_token(error);
    bytes = g_base64_decode(page->page_token, &length);
    text = (const char *)bytes;
    if (length < strlen(TOKEN_PREFIX) || !g_utf8_validate_len(text, length, NULL) ||
        strncmp(text, TOKEN_PREFIX, strlen(TOKEN_PREFIX)) != 0)
        return fail_token(error);
    *out_after = g_strndup(text + strlen(TOKEN_PREFIX), length - strlen(TOKEN_PREFIX));
    return TRUE;
}

gint64
catalog_page_limit(const CatalogPage *page)
{
    return page && page->page_size > 0 ? (gint64)page->page_size + 1 : 0;
}

void
catalog_page_finish(const CatalogPage *page, GPtrArray *names, char **out_next_token)
{
    g_autofree char *token = NULL;

    if (page && page->page_size > 0 && names->len > (guint)page->page_size) {
        g_autofree char *plain = NULL;

        g_ptr_array_set_size(names, page->page_size);
        plain = g_strconcat(TOKEN_PREFIX, (const char *)names->pdata[names->len - 1], NULL);
        token = g_base64_encode((const guchar *)plain, strlen(plain));
    }
    if (out_next_token)
        *out_next_token = g_steal_pointer(&token);
}
