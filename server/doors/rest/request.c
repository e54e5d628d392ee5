/* SPDX-License-Identifier: Apache-2.0 */
/* One request: what handlers ask of it. Its life (arrival, worker, answer) is in listener.c. */
#include "rest_private.h"

#include <string.h>

enum { PAGE_SIZE_DEFAULT = 1000, PAGE_SIZE_MAX = 10000 };

RestRequest *
rest_request_new(const char *raw_target)
{
    static gint last_number;
    RestRequest *request = g_new0(RestRequest, 1);
    request->raw_target = g_strdup(raw_target);
    request->started_at_us = g_get_monotonic_time();
    request->method = REST_METHOD_OTHER;
    request->id =
        g_strdup_printf("%08x%08x", g_random_int(), (guint)g_atomic_int_add(&last_number, 1));
    return request;
}

void
rest_request_free(RestRequest *request)
{
    if (!request)
        return;
    rest_reply_clear(request);
    rest_target_clear(&request->target);
    g_clear_pointer(&request->body, g_byte_array_unref);
    if (request->deferred_free)
        request->deferred_free(request->deferred);
    g_free(request->raw_target);
    g_free(request->id);
    g_free(request);
}

const char *
rest_request_header(const RestRequest *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

const char *
rest_request_parameter(const RestRequest *request, const char *name)
{
    return g_hash_table_lookup(request->target.query, name);
}

gboolean
rest_request_parameter_bool(const RestRequest *request,
                            const char *name,
                            gboolean *out_value,
                            GError **error)
{
    const char *text = rest_request_parameter(request, name);
    if (!text || !*text || !g_ascii_strcasecmp(text, "false"))
        *out_value = FALSE;
    else if (!g_ascii_strcasecmp(text, "true"))
        *out_value = TRUE;
    else
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Parameter %s must be true or false", name);
    return TRUE;
}

gboolean
rest_request_parameter_count(
    const RestRequest *request, const char *name, gint max, gint *out_value, GError **error)
{
    const char *text = rest_request_parameter(request, name);
    if (!text || !*text)
        return TRUE;
    gint64 value = 0;
    if (!g_ascii_string_to_signed(text, 10, 1, G_MAXINT32, &value, NULL))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Parameter %s must be a positive whole number", name);
    *out_value = (gint)MIN(value, max);
    return TRUE;
}

gboolean
rest_request_page(const RestRequest *request, CatalogPage *out_page, GError **error)
{
    const char *token = rest_request_parameter(request, "pageToken");
    gint size = PAGE_SIZE_DEFAULT;
    if (!rest_request_parameter_count(request, "pageSize", PAGE_SIZE_MAX, &size, error))
        return FALSE;
    *out_page = (CatalogPage){
        .page_token = token && *token ? token : NULL,
        .page_size = token ? size : 0,
    };
    return TRUE;
}

/* A name with an empty level names nothing. */
static gboolean
namespace_has_empty_level(const char *name)
{
    const char doubled[] = {CATALOG_LEVEL_SEPARATOR, CATALOG_LEVEL_SEPARATOR, '\0'};
    gsize length = strlen(name);
    return length == 0 || name[0] == CATALOG_LEVEL_SEPARATOR ||
           name[length - 1] == CATALOG_LEVEL_SEPARATOR || strstr(name, doubled);
}

const char *
rest_request_namespace(const RestRequest *request, GError **error)
{
    const char *name = request->places.namespace_name;
    if (namespace_has_empty_level(name))
        return skep_fail_null(error, SKEP_ERROR_NO_SUCH_NAMESPACE, name,
                              "Namespace does not exist: %s", name);
    return name;
}

cJSON *
rest_request_body(RestRequest *request, GError **error)
{
    g_autoptr(GByteArray) body = g_steal_pointer(&request->body);
    if (!body || body->len == 0)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "The request needs a JSON object as its body");
    return json_parse_sent_object((const char *)body->data, body->len, body->len, error);
}
