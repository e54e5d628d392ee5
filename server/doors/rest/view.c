/* SPDX-License-Identifier: Apache-2.0 */
/* Iceberg views, which this server does not keep: clients ask for them all the same, so there are
 * none rather than no route. None of these routes is advertised. Caller: the table of routes. */
#include "rest_private.h"

#include <string.h>

gboolean
rest_view_list(RestRequest *request, GError **error)
{
    const char *name = rest_request_namespace(request, error);
    if (!name)
        return FALSE;
    g_autoptr(CatalogNamespace) found =
        catalog_namespace_find(request->catalog, request->places.prefix, name, error);
    if (!found)
        return FALSE;
    GString *body = g_string_new("{\"identifiers\":[");
    rest_encode_page_end(body, NULL);
    rest_reply_json(request, 200, body);
    return TRUE;
}

static gboolean
view_fail_missing(const char *namespace_name, const char *name, GError **error)
{
    g_autofree char *object = g_strconcat(namespace_name, ".", name, NULL);
    return skep_fail(error, SKEP_ERROR_NO_SUCH_VIEW, object, "View does not exist: %s", object);
}

gboolean
rest_view_missing(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    return namespace_name && view_fail_missing(namespace_name, request->places.view, error);
}

gboolean
rest_view_rename(RestRequest *request, GError **error)
{
    g_autoptr(cJSON) body = rest_request_body(request, error);
    g_autofree char *namespace_name = NULL;
    const char *name = NULL;
    return body && rest_decode_identifier(body, "source", &namespace_name, &name, error) &&
           view_fail_missing(namespace_name, name, error);
}

gboolean
rest_view_unsupported(RestRequest *request, GError **error)
{
    (void)request;
    return skep_fail(error, SKEP_ERROR_UNSUPPORTED, NULL,
                     "This server does not keep Iceberg views");
}
