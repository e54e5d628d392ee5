/* SPDX-License-Identifier: Apache-2.0 */
/* GET /v1/config: which catalog a client gets for the warehouse it names, and which endpoints it
 * may call. The list of endpoints is the table of routes itself. Caller: the table of routes. */
#include "door_private.h"

#include <string.h>

/* Equal but for slashes at the end. */
static gboolean
config_location_is(const char *location, const char *warehouse)
{
    gsize length = strlen(location), wanted = strlen(warehouse);
    while (length > 0 && location[length - 1] == '/')
        length--;
    while (wanted > 0 && warehouse[wanted - 1] == '/')
        wanted--;
    return length > 0 && length == wanted && !memcmp(location, warehouse, length);
}

/* A warehouse is named by its catalog's name, or by its root location, as users of Hive
 * configurations do. */
static gboolean
config_catalog_is_named(const CatalogInfo *info, const char *warehouse)
{
    return !g_ascii_strcasecmp(info->name, warehouse) ||
           (info->location && config_location_is(info->location, warehouse));
}

/* The name of the catalog. Transfer full. */
static char *
config_find_catalog(RestRequest *request, const char *warehouse, GError **error)
{
    if (!warehouse || !*warehouse)
        return g_strdup(CATALOG_DEFAULT_NAME);
    g_autoptr(GPtrArray) catalogs = catalog_info_list(request->catalog, error);
    if (!catalogs)
        return NULL;
    for (guint i = 0; i < catalogs->len; i++) {
        const CatalogInfo *info = g_ptr_array_index(catalogs, i);
        if (config_catalog_is_named(info, warehouse))
            return g_strdup(info->name);
    }
    return skep_fail_null(error, SKEP_ERROR_NO_SUCH_CATALOG, warehouse,
                          "Warehouse does not exist: %s", warehouse);
}

static void
config_encode_endpoints(GString *body)
{
    gsize n = 0;
    const RestRoute *routes = rest_routes(&n);
    const char *comma = "";
    g_string_append(body, "\"endpoints\":[");
    for (gsize i = 0; i < n; i++) {
        if (!(routes[i].flags & REST_ROUTE_ADVERTISED))
            continue;
        g_string_append_printf(body, "%s\"%s %s\"", comma, rest_method_name(routes[i].method),
                               routes[i].path);
        comma = ",";
    }
    g_string_append_c(body, ']');
}

/* As an ISO-8601 duration. Its presence tells clients that keys are taken. */
static void
config_encode_key_lifetime(GString *body, guint64 lifetime_s)
{
    if (lifetime_s == 0)
        return;
    gboolean whole = lifetime_s % 60 == 0;
    g_string_append_printf(body, ",\"idempotency-key-lifetime\":\"PT%" G_GUINT64_FORMAT "%c\"",
                           whole ? lifetime_s / 60 : lifetime_s, whole ? 'M' : 'S');
}

gboolean
rest_config_show(RestRequest *request, GError **error)
{
    const char *warehouse = rest_request_parameter(request, "warehouse");
    g_autofree char *name = config_find_catalog(request, warehouse, error);
    if (!name)
        return FALSE;
    GString *body = g_string_new("{\"defaults\":{");
    if (strcmp(name, CATALOG_DEFAULT_NAME) != 0) {
        g_string_append(body, "\"prefix\":");
        g_autofree char *escaped = g_uri_escape_string(name, NULL, FALSE);
        json_print_append_string(escaped, body);
    }
    g_string_append(body, "},\"overrides\":{\"namespace-separator\":\"%1F\"},");
    config_encode_endpoints(body);
    config_encode_key_lifetime(body, request->door->options.idempotency_lifetime_s);
    g_string_append_c(body, '}');
    rest_reply_json(request, 200, body);
    return TRUE;
}

/* Clients that are given a `credential` ask here, unless they are told of an identity provider. A
 * token for nothing would hide that from them. */
gboolean
rest_config_refuse_token(RestRequest *request, GError **error)
{
    (void)error;
    rest_reply_text(
        request, 400, "application/json",
        "{\"error\":\"unsupported_grant_type\",\"error_description\":\"This server gives no "
        "tokens: leave out the client's credential, or name its identity provider in "
        "oauth2-server-uri\"}");
    return TRUE;
}
