/* SPDX-License-Identifier: Apache-2.0 */
/* User-defined functions in Iceberg's form: listed and loaded by the specification's routes, which
 * only read; registered and dropped by Skep's own. Caller: the table of routes. */
#include "skep/catalog_udf.h"

#include "rest_private.h"

gboolean
rest_function_list(RestRequest *request, GError **error)
{
    CatalogPage page;
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name || !rest_request_page(request, &page, error))
        return FALSE;
    g_autoptr(CatalogNamespace) found =
        catalog_namespace_find(request->catalog, request->places.prefix, namespace_name, error);
    if (!found)
        return FALSE;
    g_autofree char *next_token = NULL;
    g_autoptr(GPtrArray) names = catalog_udf_list(request->catalog, request->places.prefix,
                                                  namespace_name, &page, &next_token, error);
    if (!names)
        return FALSE;
    /* An identifier is one list here: the namespace's levels and the name. */
    GString *body = g_string_new("{\"identifiers\":[");
    for (guint i = 0; i < names->len; i++) {
        if (i > 0)
            g_string_append_c(body, ',');
        rest_encode_namespace(body, found->name);
        g_string_truncate(body, body->len - 1);
        g_string_append_c(body, ',');
        json_print_append_string(g_ptr_array_index(names, i), body);
        g_string_append_c(body, ']');
    }
    rest_encode_page_end(body, next_token);
    rest_reply_json(request, 200, body);
    return TRUE;
}

gboolean
rest_function_load(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    g_autofree char *metadata =
        namespace_name ? catalog_udf_load(request->catalog, request->places.prefix, namespace_name,
                                          request->places.function, error)
                       : NULL;
    if (!metadata)
        return FALSE;
    GString *body = g_string_new("{\"metadata\":");
    g_string_append(body, metadata);
    g_string_append_c(body, '}');
    rest_reply_json(request, 200, body);
    return TRUE;
}

gboolean
rest_function_register(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    g_autoptr(cJSON) body = namespace_name ? rest_request_body(request, error) : NULL;
    const char *name = NULL;
    cJSON *metadata = NULL;
    gboolean replace = FALSE;
    if (!body || !json_get_string(body, "name", &name, error) ||
        !json_get_object(body, "metadata", &metadata, error) ||
        !json_get_optional_bool(body, "replace", &replace, error) ||
        !catalog_udf_put(request->catalog, request->places.prefix, namespace_name, name, metadata,
                         replace, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}

gboolean
rest_function_drop(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name || !catalog_udf_drop(request->catalog, request->places.prefix,
                                             namespace_name, request->places.function, error))
        return FALSE;
    rest_reply_empty(request, 204);
    return TRUE;
}
