/* SPDX-License-Identifier: Apache-2.0 */
/* Iceberg views: list, create, register, load, replace, drop and rename. What a view may be is the
 * catalog's; here is only the wire shape, which is the tables' wherever the specification has it
 * so. Caller: the table of routes. */
#include "skep/catalog_view.h"

#include "rest_private.h"

gboolean
rest_view_list(RestRequest *request, GError **error)
{
    return rest_table_reply_list(request, CATALOG_KIND_ICEBERG_VIEW, error);
}

/* Answers with the view that an operation gave; NULL: it failed. */
static gboolean
view_reply(RestRequest *request, CatalogIcebergTable *given)
{
    g_autoptr(CatalogIcebergTable) view = given;
    if (!view)
        return FALSE;
    rest_table_reply_load(request, view);
    return TRUE;
}

gboolean
rest_view_create(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    g_autoptr(cJSON) body = namespace_name ? rest_request_body(request, error) : NULL;
    if (!body)
        return FALSE;
    return view_reply(request,
                      catalog_view_create(request->catalog, &request->caller,
                                          request->places.prefix, namespace_name, body, error));
}

gboolean
rest_view_register(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    g_autoptr(cJSON) body = namespace_name ? rest_request_body(request, error) : NULL;
    const char *name = NULL, *location = NULL;
    if (!body || !json_get_string(body, "name", &name, error) ||
        !json_get_string(body, "metadata-location", &location, error))
        return FALSE;
    return view_reply(request, catalog_view_register(request->catalog, &request->caller,
                                                     request->places.prefix, namespace_name, name,
                                                     location, error));
}

gboolean
rest_view_load(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    return view_reply(request, catalog_view_load(request->catalog, request->places.prefix,
                                                 namespace_name, request->places.view, error));
}

gboolean
rest_view_exists(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    g_autoptr(CatalogIcebergTable) found = catalog_view_find(
        request->catalog, request->places.prefix, namespace_name, request->places.view, error);
    if (!found)
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}

gboolean
rest_view_replace(RestRequest *request, GError **error)
{
    return rest_commit_defer(request, request->places.view, catalog_view_replace_start,
                             rest_table_reply_load, error);
}

gboolean
rest_view_drop(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name || !catalog_view_drop(request->catalog, request->places.prefix,
                                              namespace_name, request->places.view, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}

gboolean
rest_view_rename(RestRequest *request, GError **error)
{
    g_autoptr(cJSON) body = rest_request_body(request, error);
    g_autofree char *from_namespace = NULL;
    g_autofree char *to_namespace = NULL;
    const char *from_name = NULL, *to_name = NULL;
    if (!body || !rest_decode_identifier(body, "source", &from_namespace, &from_name, error) ||
        !rest_decode_identifier(body, "destination", &to_namespace, &to_name, error) ||
        !catalog_view_rename(request->catalog, request->places.prefix, from_namespace, from_name,
                             to_namespace, to_name, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}
