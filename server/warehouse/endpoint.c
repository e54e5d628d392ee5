/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of object stores. See endpoint.h. */
#include "endpoint.h"

#include <string.h>

#include "skep/error.h"

void
storage_endpoint_clear(StorageEndpoint *endpoint)
{
    g_clear_pointer(&endpoint->scheme, g_free);
    g_clear_pointer(&endpoint->host, g_free);
}

gboolean
storage_endpoint_parse(const char *text, StorageEndpoint *out_endpoint, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : NULL;
    const char *host = uri ? g_uri_get_host(uri) : NULL;
    const char *path = uri ? g_uri_get_path(uri) : "";
    gboolean is_https = g_strcmp0(scheme, "https") == 0;
    gint port;

    if (!host || !*host || !(is_https || g_strcmp0(scheme, "http") == 0) ||
        (*path && strcmp(path, "/") != 0) || g_uri_get_query(uri) || g_uri_get_fragment(uri) ||
        g_uri_get_userinfo(uri))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "The address of an object store is http(s)://host[:port], not '%.200s'",
                         text);
    port = g_uri_get_port(uri);
    out_endpoint->scheme = g_strdup(scheme);
    if (strchr(host, ':'))
        out_endpoint->host = g_strdup_printf("[%s]", host);
    else
        out_endpoint->host = g_strdup(host);
    if (port > 0 && port != (is_https ? 443 : 80)) {
        g_autofree char *name = out_endpoint->host;

        out_endpoint->host = g_strdup_printf("%s:%d", name, port);
    }
    return TRUE;
}

/* AWS has one address for each service and region. */
static gboolean
parse_or_aws(const char *text,
             const char *service,
             const StorageProfile *profile,
             StorageEndpoint *out_endpoint,
             GError **error)
{
    g_autofree char *aws = NULL;

    if (text)
        return storage_endpoint_parse(text, out_endpoint, error);
    aws = g_strdup_printf("https://%s.%s.amazonaws.com%s", service, profile->region,
                          g_str_has_prefix(profile->region, "cn-") ? ".cn" : "");
    return storage_endpoint_parse(aws, out_endpoint, error);
}

gboolean
storage_endpoint_parse_s3(const StorageProfile *profile,
                          StorageEndpoint *out_endpoint,
                          GError **error)
{
    return parse_or_aws(profile->endpoint, "s3", profile, out_endpoint, error);
}

gboolean
storage_endpoint_parse_sts(const StorageProfile *profile,
                           StorageEndpoint *out_endpoint,
                           GError **error)
{
    const char *text = profile->sts_endpoint ? profile->sts_endpoint : profile->endpoint;

    return parse_or_aws(text, "sts", profile, out_endpoint, error);
}
