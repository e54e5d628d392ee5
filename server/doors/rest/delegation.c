/* SPDX-License-Identifier: Apache-2.0 */
/* Access to a table's files in the protocol's words: the header that asks for it, the members of an
 * answer that give it, its part of an ETag, and the routes of their own. What is given is the
 * catalog's to decide. Callers: table.c, scan.c, the table of routes. */
#include "rest_private.h"

#include <string.h>

#include "skep/catalog_credentials.h"

guint
rest_delegation_wants(const RestRequest *request)
{
    const char *header = rest_request_header(request, "X-Iceberg-Access-Delegation");
    g_auto(GStrv) items = g_strsplit(header ? header : "", ",", -1);
    guint wants = 0;
    for (char **item = items; *item; item++) {
        const char *word = g_strstrip(*item);
        if (!g_ascii_strcasecmp(word, "vended-credentials"))
            wants |= CATALOG_WANTS_KEYS;
        else if (!g_ascii_strcasecmp(word, "remote-signing"))
            wants |= CATALOG_WANTS_SIGNATURES;
    }
    return wants;
}

char *
rest_delegation_mark(const CatalogCredentials *credentials)
{
    switch (credentials->access) {
    case STORAGE_ACCESS_NONE:
        return g_strdup("");
    case STORAGE_ACCESS_STATIC: {
        g_autofree char *digest =
            g_compute_checksum_for_string(G_CHECKSUM_SHA256, credentials->access_key_id, -1);
        return g_strdup_printf("-a%.12s", digest);
    }
    case STORAGE_ACCESS_VENDED:
        return g_strdup_printf(REST_DELEGATION_KEYS_MARK "%" G_GINT64_MODIFIER "x",
                               (guint64)credentials->expires_at_ms);
    case STORAGE_ACCESS_SIGNED:
        return g_strdup("-s");
    }
    g_assert_not_reached();
}

/* --- members of an answer --- */

static void
encode_property(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, "%s\"%s\":", out->str[out->len - 1] == '{' ? "" : ",", name);
    json_print_append_string(value, out);
}

/* Relative to the URI that the client has for the catalog, and without a slash at its start: what
 * the server is called from outside it does not know. Transfer full. */
static char *
table_path(const RestRequest *request, const char *name, const char *last)
{
    g_autofree char *prefix =
        request->places.prefix ? g_uri_escape_string(request->places.prefix, NULL, FALSE) : NULL;
    g_autofree char *namespace_name =
        g_uri_escape_string(request->places.namespace_name, NULL, FALSE);
    g_autofree char *table = g_uri_escape_string(name, NULL, FALSE);
    return g_strdup_printf("v1/%s%snamespaces/%s/tables/%s/%s", prefix ? prefix : "",
                           prefix ? "/" : "", namespace_name, table, last);
}

/* How the store is reached, and the keys. */
static void
encode_store(GString *out, const CatalogCredentials *credentials)
{
    encode_property(out, "client.region", credentials->region);
    if (credentials->endpoint)
        encode_property(out, "s3.endpoint", credentials->endpoint);
    encode_property(out, "s3.path-style-access", credentials->path_style ? "true" : "false");
    if (!credentials->path_style)
        encode_property(out, "s3.force-virtual-addressing", "true");
    if (!credentials->access_key_id)
        return;
    encode_property(out, "s3.access-key-id", credentials->access_key_id);
    encode_property(out, "s3.secret-access-key", credentials->secret_access_key);
    if (credentials->session_token)
        encode_property(out, "s3.session-token", credentials->session_token);
    if (credentials->expires_at_ms > 0) {
        g_autofree char *expires = g_strdup_printf("%" G_GINT64_FORMAT, credentials->expires_at_ms);
        encode_property(out, "s3.session-token-expires-at-ms", expires);
    }
}

/* Each generation of clients has its own name for the place. PyIceberg also has to be told which of
 * its file systems can sign, and keeps one file system, with the signer of the table that was
 * loaded last, for all tables whose settings are equal: the time-out that only it reads makes them
 * differ. */
static void
encode_signer(const RestRequest *request,
              const char *name,
              const CatalogCredentials *credentials,
              GString *out)
{
    g_autofree char *plain = table_path(request, name, "sign");
    g_autofree char *staged =
        credentials->staged ? g_strconcat(plain, "?staged=", credentials->staged, NULL) : NULL;
    const char *endpoint = staged ? staged : plain;
    encode_property(out, "s3.remote-signing-enabled", "true");
    encode_property(out, "s3.signer.endpoint", endpoint);
    encode_property(out, "signer.endpoint", endpoint);
    encode_property(out, "s3.signer", "S3V4RestSigner");
    encode_property(out, "py-io-impl", "pyiceberg.io.fsspec.FsspecFileIO");
    g_autofree char *timeout = g_strdup_printf("60.%010u", g_str_hash(endpoint));
    encode_property(out, "s3.connect-timeout", timeout);
}

static void
encode_storage_credentials(GString *out, const CatalogCredentials *credentials)
{
    g_string_append(out, "\"storage-credentials\":[");
    if (credentials->access_key_id) {
        g_string_append(out, "{\"prefix\":");
        json_print_append_string(credentials->prefix, out);
        g_string_append(out, ",\"config\":{");
        encode_store(out, credentials);
        g_string_append(out, "}}");
    }
    g_string_append_c(out, ']');
}

char *
rest_delegation_encode(const RestRequest *request,
                       const char *name,
                       const CatalogCredentials *credentials)
{
    GString *out = g_string_new(",\"config\":{");
    if (credentials->access != STORAGE_ACCESS_NONE)
        encode_store(out, credentials);
    if (credentials->access == STORAGE_ACCESS_SIGNED)
        encode_signer(request, name, credentials, out);
    if (credentials->access == STORAGE_ACCESS_VENDED) {
        g_autofree char *path = table_path(request, name, "credentials");
        encode_property(out, "client.refresh-credentials-endpoint", path);
    }
    g_string_append_c(out, '}');
    if (credentials->access_key_id) {
        g_string_append_c(out, ',');
        encode_storage_credentials(out, credentials);
    }
    if (credentials->access == STORAGE_ACCESS_SIGNED) {
        g_string_append(out, ",\"remote-signing-config\":{\"properties\":{");
        if (credentials->staged)
            encode_property(out, "staged", credentials->staged);
        g_string_append(out, "}}");
    }
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}

void
rest_delegation_protect(RestRequest *request, const CatalogCredentials *credentials)
{
    if (credentials->access_key_id || credentials->staged)
        rest_reply_header(request, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
}

/* --- routes --- */

/* Refreshes keys: no header is needed, whoever calls wants them. A plan's files are the table's. */
gboolean
rest_table_load_credentials(RestRequest *request, GError **error)
{
    const char *prefix = request->places.prefix, *table = request->places.table;
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    g_autoptr(CatalogIcebergTable) loaded =
        catalog_iceberg_load(request->catalog, prefix, namespace_name, table, error);
    g_autoptr(CatalogCredentials) credentials =
        loaded ? catalog_credentials_give(request->catalog, prefix, namespace_name, table, loaded,
                                          CATALOG_WANTS_KEYS, error)
               : NULL;
    if (!credentials)
        return FALSE;
    GString *body = g_string_new("{");
    encode_storage_credentials(body, credentials);
    g_string_append_c(body, '}');
    rest_reply_json(request, 200, body);
    rest_reply_header(request, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return TRUE;
}

gboolean
rest_scan_add_credentials(RestRequest *request, cJSON *body, GError **error)
{
    guint wants = rest_delegation_wants(request);
    const char *prefix = request->places.prefix, *table = request->places.table;
    const char *namespace_name = request->places.namespace_name;
    StorageAccess access = STORAGE_ACCESS_NONE;
    if (!catalog_credentials_mode(request->catalog, prefix, wants, &access, error))
        return FALSE;
    if (access != STORAGE_ACCESS_STATIC && access != STORAGE_ACCESS_VENDED)
        return TRUE;
    g_autoptr(CatalogIcebergTable) loaded =
        catalog_iceberg_load(request->catalog, prefix, namespace_name, table, error);
    g_autoptr(CatalogCredentials) credentials =
        loaded ? catalog_credentials_give(request->catalog, prefix, namespace_name, table, loaded,
                                          wants, error)
               : NULL;
    if (!credentials)
        return FALSE;
    g_autoptr(GString) text = g_string_new("{");
    encode_storage_credentials(text, credentials);
    g_string_append_c(text, '}');
    g_autoptr(cJSON) members = json_parse_object(text->str, text->len, text->len, error);
    if (!members)
        return FALSE;
    json_object_set(body, "storage-credentials",
                    cJSON_DetachItemFromObjectCaseSensitive(members, "storage-credentials"));
    return TRUE;
}

/* {"name": ["value", ...]} */
static GPtrArray *
decode_headers(const cJSON *body, GError **error)
{
    g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(storage_header_free);
    cJSON *object = NULL, *values, *value;
    if (!json_get_object(body, "headers", &object, error))
        return NULL;
    cJSON_ArrayForEach(values, object)
    {
        if (!json_is_array(values))
            return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                                  "Member headers must have arrays of strings");
        cJSON_ArrayForEach(value, values)
        {
            if (!json_is_string(value))
                return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                                      "Member headers must have arrays of strings");
            g_ptr_array_add(headers, storage_header_new(values->string, value->valuestring));
        }
    }
    return g_steal_pointer(&headers);
}

static void
encode_signed(GString *out, const char *uri, const GPtrArray *headers)
{
    g_string_append(out, "{\"uri\":");
    json_print_append_string(uri, out);
    g_string_append(out, ",\"headers\":{");
    for (guint i = 0; i < headers->len; i++) {
        const StorageHeader *header = g_ptr_array_index(headers, i);
        if (i > 0)
            g_string_append_c(out, ',');
        json_print_append_string(header->name, out);
        g_string_append(out, ":[");
        json_print_append_string(header->value, out);
        g_string_append_c(out, ']');
    }
    g_string_append(out, "}}");
}

/* What shows a staged table: in the URI that released clients were told, or among the properties
 * that newer ones pass on. */
static gboolean
decode_staged(const RestRequest *request, const cJSON *body, const char **out, GError **error)
{
    cJSON *properties = NULL;
    *out = rest_request_parameter(request, "staged");
    return *out || (json_get_optional_string_map(body, "properties", &properties, error) &&
                    (!properties || json_get_optional_string(properties, "staged", out, error)));
}

static gboolean
decode_sign_request(const cJSON *body, StorageSignRequest *out, GError **error)
{
    const char *provider = "s3";
    if (!json_get_string(body, "method", &out->method, error) ||
        !json_get_string(body, "uri", &out->uri, error) ||
        !json_get_optional_string(body, "body", &out->body, error) ||
        !json_get_optional_string(body, "provider", &provider, error))
        return FALSE;
    return g_ascii_strcasecmp(provider, "s3") == 0 ||
           skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "Requests to a store of kind '%.40s' are not signed", provider);
}

static gboolean
reply_signed(RestRequest *request, const char *uri, const GPtrArray *headers, gboolean cacheable)
{
    GString *answer = g_string_new(NULL);
    encode_signed(answer, uri, headers);
    rest_reply_json(request, 200, answer);
    rest_reply_header(request, MHD_HTTP_HEADER_CACHE_CONTROL, cacheable ? "private" : "no-cache");
    return TRUE;
}

gboolean
rest_table_sign(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    g_autoptr(cJSON) body = rest_request_body(request, error);
    g_autoptr(GPtrArray) given = body ? decode_headers(body, error) : NULL;
    StorageSignRequest asked = {.headers = given};
    const char *staged = NULL;
    gboolean cacheable = FALSE;
    if (!given || !decode_sign_request(body, &asked, error) ||
        !decode_staged(request, body, &staged, error))
        return FALSE;
    g_autoptr(GPtrArray) headers =
        catalog_credentials_sign(request->catalog, request->places.prefix, namespace_name,
                                 request->places.table, staged, &asked, &cacheable, error);
    return headers && reply_signed(request, asked.uri, headers, cacheable);
}

/* Clients that do not know of a table's own endpoint ask here. */
gboolean
rest_place_sign(RestRequest *request, GError **error)
{
    g_autoptr(cJSON) body = rest_request_body(request, error);
    g_autoptr(GPtrArray) given = body ? decode_headers(body, error) : NULL;
    StorageSignRequest asked = {.headers = given};
    gboolean cacheable = FALSE;
    if (!given || !decode_sign_request(body, &asked, error))
        return FALSE;
    g_autoptr(GPtrArray) headers = catalog_credentials_sign_by_place(
        request->catalog, request->places.prefix, &asked, &cacheable, error);
    return headers && reply_signed(request, asked.uri, headers, cacheable);
}
