/* SPDX-License-Identifier: Apache-2.0 */
/* Takes the URI of a request to an object store apart: which bucket, which key, which query. What
 * is not read in one way alone is refused. Caller: sign_rules.c. */
#include <string.h>

#include "sign_rules.h"
#include "warehouse_private.h"

void
sign_target_free(SignTarget *target)
{
    if (!target)
        return;
    g_free(target->host);
    g_free(target->path);
    g_free(target->bucket);
    g_free(target->key);
    g_clear_pointer(&target->query, g_ptr_array_unref);
    g_free(target);
}

static gpointer
fail_uri(GError **error, const char *uri, const char *why)
{
    return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "No signature for '%.200s': %s",
                          uri, why);
}

/* --- percent-encoding --- */

/* Once. NULL: a broken escape, NUL or another control character, not UTF-8, or a byte that has to
 * be encoded in a URI. */
static char *
decode(const char *text, gsize length)
{
    g_autoptr(GString) out = g_string_sized_new(length);
    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)text[i];
        if (c <= 0x20 || c >= 0x7f || strchr("\"<>\\^`{|}#?", c))
            return NULL;
        if (c == '%') {
            if (i + 2 >= length || !g_ascii_isxdigit(text[i + 1]) || !g_ascii_isxdigit(text[i + 2]))
                return NULL;
            c = (guchar)(g_ascii_xdigit_value(text[i + 1]) * 16 +
                         g_ascii_xdigit_value(text[i + 2]));
            if (c < 0x20 || c == 0x7f)
                return NULL;
            i += 2;
        }
        g_string_append_c(out, (char)c);
    }
    if (!g_utf8_validate(out->str, (gssize)out->len, NULL))
        return NULL;
    return g_string_free(g_steal_pointer(&out), FALSE);
}

gboolean
sign_target_has_dot_part(const char *path)
{
    g_autofree char *plain = g_strdup(path);
    for (;;) {
        g_auto(GStrv) parts = g_strsplit(plain, "/", -1);
        for (char **part = parts; *part; part++)
            if (!strcmp(*part, ".") || !strcmp(*part, ".."))
                return TRUE;
        char *further = g_uri_unescape_string(plain, NULL);
        if (!further || !strcmp(further, plain)) {
            g_free(further);
            return FALSE;
        }
        g_free(plain);
        plain = further;
    }
}

/* --- the host --- */

/* scheme://authority[/...] into "scheme" and "host[:port]", lower case, without the scheme's own
 * port. FALSE: something else. */
static gboolean
split_origin(const char *uri, char **out_scheme, char **out_host, const char **out_rest)
{
    const char *colon = strstr(uri, "://");
    if (!colon)
        return FALSE;
    g_autofree char *scheme = g_ascii_strdown(uri, colon - uri);
    const char *authority = colon + 3;
    gsize length = strcspn(authority, "/?#");
    g_autofree char *host = g_ascii_strdown(authority, (gssize)length);
    const char *port = !strcmp(scheme, "https") ? ":443" : ":80";
    if ((strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0) || length == 0)
        return FALSE;
    for (const char *c = host; *c; c++)
        if (!g_ascii_isalnum(*c) && !strchr(".-_:[]", *c))
            return FALSE;
    if (g_str_has_suffix(host, port))
        host[strlen(host) - strlen(port)] = '\0';
    *out_scheme = g_steal_pointer(&scheme);
    *out_host = g_steal_pointer(&host);
    *out_rest = authority + length;
    return TRUE;
}

/* The bucket that the host names before `store` ("host[:port]"), or "" where it is the store
 * itself; NULL: another host. */
static char *
bucket_of_host(const char *host, const char *store, gboolean by_host)
{
    gsize length = strlen(host), tail = strlen(store);
    if (!strcmp(host, store))
        return g_strdup("");
    if (!by_host || length <= tail + 1 || host[length - tail - 1] != '.' ||
        strcmp(host + length - tail, store) != 0)
        return NULL;
    return g_strndup(host, length - tail - 1);
}

static char *
bucket_of_aws(const StorageProfile *profile, const char *host)
{
    const char *domain =
        g_str_has_prefix(profile->region, "cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    g_autofree char *regional = g_strdup_printf("s3.%s.%s", profile->region, domain);
    g_autofree char *dual = g_strdup_printf("s3.dualstack.%s.%s", profile->region, domain);
    const char *stores[] = {regional, dual, "s3.amazonaws.com"};
    for (gsize i = 0; i < G_N_ELEMENTS(stores); i++) {
        char *bucket = bucket_of_host(host, stores[i], TRUE);
        if (bucket)
            return bucket;
    }
    return NULL;
}

/* The store may be called by its name inside or outside. A host that names the bucket counts only
 * where the store is said to read it so: elsewhere it would take the path's first part for the
 * bucket. */
static char *
bucket_of_store(const StorageProfile *profile, const char *scheme, const char *host)
{
    const char *endpoints[] = {profile->endpoint_external, profile->endpoint};
    if (!profile->endpoint && !strcmp(scheme, "https")) {
        char *bucket = bucket_of_aws(profile, host);
        if (bucket)
            return bucket;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(endpoints); i++) {
        g_autofree char *own_scheme = NULL;
        g_autofree char *own_host = NULL;
        const char *rest = NULL;
        if (!endpoints[i] || !split_origin(endpoints[i], &own_scheme, &own_host, &rest) ||
            strcmp(own_scheme, scheme) != 0)
            continue;
        char *bucket = bucket_of_host(host, own_host, !profile->path_style);
        if (bucket)
            return bucket;
    }
    return NULL;
}

/* --- path and query --- */

static gboolean
query_has(const GPtrArray *query, const char *name)
{
    for (guint i = 0; i < query->len; i++) {
        const StorageHeader *pair = g_ptr_array_index(query, i);
        if (!strcmp(pair->name, name))
            return TRUE;
    }
    return FALSE;
}

/* NULL: malformed, a name twice, or a '+', which some read as a blank. */
static GPtrArray *
parse_query(const char *text)
{
    g_autoptr(GPtrArray) query = g_ptr_array_new_with_free_func(storage_header_free);
    g_auto(GStrv) items = g_strsplit(text, "&", -1);
    if (strchr(text, '+'))
        return NULL;
    for (char **item = items; *item; item++) {
        const char *equals = strchr(*item, '=');
        if (**item == '\0')
            continue;
        gsize length = equals ? (gsize)(equals - *item) : strlen(*item);
        g_autofree char *name = decode(*item, length);
        g_autofree char *value = equals ? decode(equals + 1, strlen(equals + 1)) : g_strdup("");
        if (!name || !value || query_has(query, name))
            return NULL;
        g_ptr_array_add(query, storage_header_new(name, value));
    }
    return g_steal_pointer(&query);
}

/* Without a bucket in the host, the path's first part is it. */
static void
split_path(SignTarget *target)
{
    const char *slash;
    if (*target->bucket) {
        target->key = g_strdup(target->path + 1);
        return;
    }
    g_free(target->bucket);
    slash = strchr(target->path + 1, '/');
    target->bucket = slash ? g_strndup(target->path + 1, (gsize)(slash - target->path - 1))
                           : g_strdup(target->path + 1);
    target->key = g_strdup(slash ? slash + 1 : "");
}

SignTarget *
sign_target_parse(const StorageProfile *profile, const char *uri, GError **error)
{
    g_autoptr(SignTarget) target = g_new0(SignTarget, 1);
    g_autofree char *scheme = NULL;
    const char *rest = NULL, *mark;
    if (!split_origin(uri, &scheme, &target->host, &rest))
        return fail_uri(error, uri, "it is not an http or https URI");
    if (strchr(rest, '#'))
        return fail_uri(error, uri, "it has a fragment");
    target->bucket = bucket_of_store(profile, scheme, target->host);
    if (!target->bucket)
        return fail_uri(error, uri, "it is not the object store of this table");
    mark = strchr(rest, '?');
    target->path = decode(rest, mark ? (gsize)(mark - rest) : strlen(rest));
    if (target->path && *target->path == '\0') {
        g_free(target->path);
        target->path = g_strdup("/");
    }
    if (!target->path || sign_target_has_dot_part(target->path))
        return fail_uri(error, uri, "its path has parts or bytes that may be read in two ways");
    target->query = parse_query(mark ? mark + 1 : "");
    if (!target->query)
        return fail_uri(error, uri, "its query may be read in two ways");
    split_path(target);
    return g_steal_pointer(&target);
}
