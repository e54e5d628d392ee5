/* SPDX-License-Identifier: Apache-2.0 */
/* Signs what sign_rules.c lets through. See skep/warehouse_access.h. */
#include <string.h>

#include "access_private.h"
#include "sign_rules.h"
#include "sigv4.h"

/* The header's own value; NULL when the client sent none, or a mark that its library fills in. */
static const char *
given_payload(const StorageSignRequest *request)
{
    for (guint i = 0; i < request->headers->len; i++) {
        const StorageHeader *header = g_ptr_array_index(request->headers, i);
        if (!g_ascii_strcasecmp(header->name, "x-amz-content-sha256") &&
            strcmp(header->value, "required") != 0)
            return header->value;
    }
    return NULL;
}

/* A judged body is held to by its digest, whatever the client meant to send. Transfer full. */
static char *
payload_of(const StorageSignRequest *request, const SignVerdict *verdict)
{
    const char *given = given_payload(request);
    if (verdict->covers_body)
        return sigv4_sha256(request->body, strlen(request->body));
    return g_strdup(given ? given : SIGV4_UNSIGNED_PAYLOAD);
}

/* Those that signing sets itself. */
static gboolean
header_is_made(const char *name)
{
    return !g_ascii_strcasecmp(name, "x-amz-date") ||
           !g_ascii_strcasecmp(name, "x-amz-content-sha256");
}

/* Headers to sign: those of the client, and, unless the store itself keeps requests to what they
 * may do, the names of those that must not be added. The strings are borrowed. */
static GArray *
signed_headers(const StorageSignRequest *request, const SignVerdict *verdict, gboolean is_kept)
{
    GArray *pairs = g_array_new(TRUE, TRUE, sizeof(SigV4Pair));
    gboolean copies = FALSE;
    for (guint i = 0; i < request->headers->len; i++) {
        const StorageHeader *header = g_ptr_array_index(request->headers, i);
        SigV4Pair pair = {header->name, header->value};
        if (!sign_rules_header_is_signed(header->name) || header_is_made(header->name))
            continue;
        copies = copies || !g_ascii_strcasecmp(header->name, "x-amz-copy-source");
        g_array_append_val(pairs, pair);
    }
    for (gsize i = 0; !is_kept && verdict->changes && sign_rules_absent_headers[i]; i++) {
        SigV4Pair pair = {sign_rules_absent_headers[i], NULL};
        if (!copies || strcmp(pair.name, "x-amz-copy-source") != 0)
            g_array_append_val(pairs, pair);
    }
    return pairs;
}

static GArray *
query_pairs(const SignTarget *target)
{
    GArray *pairs = g_array_new(TRUE, TRUE, sizeof(SigV4Pair));
    for (guint i = 0; i < target->query->len; i++) {
        const StorageHeader *item = g_ptr_array_index(target->query, i);
        SigV4Pair pair = {item->name, item->value};
        g_array_append_val(pairs, pair);
    }
    return pairs;
}

/* The client's headers, less those that signing made anew, and then the made ones. */
static GPtrArray *
answer_headers(const StorageSignRequest *request, char **made)
{
    GPtrArray *headers = g_ptr_array_new_with_free_func(storage_header_free);
    for (guint i = 0; i < request->headers->len; i++) {
        const StorageHeader *header = g_ptr_array_index(request->headers, i);
        if (!header_is_made(header->name) && g_ascii_strcasecmp(header->name, "authorization") != 0)
            g_ptr_array_add(headers, storage_header_new(header->name, header->value));
    }
    for (char **line = made; *line; line++) {
        const char *colon = strstr(*line, ": ");
        g_autofree char *name = g_strndup(*line, (gsize)(colon - *line));
        g_ptr_array_add(headers, storage_header_new(name, colon + 2));
    }
    return headers;
}

char *
warehouse_access_sign_place(WarehouseAccess *access,
                            const StorageSignRequest *request,
                            GError **error)
{
    return sign_rules_place(access->profile, request, error);
}

GPtrArray *
warehouse_access_sign(WarehouseAccess *access,
                      const WarehouseScope *scope,
                      const StorageSignRequest *request,
                      gboolean *out_cacheable,
                      GError **error)
{
    const StorageProfile *profile = access->profile;
    g_auto(SignVerdict) verdict = {NULL, FALSE, FALSE, FALSE};
    if (!sign_rules_judge(profile, scope, request, &verdict, error))
        return NULL;
    /* With a role the store itself keeps changes to the scope, too. Not so reads, in which nothing
     * can be slipped: narrow keys are told "denied" of an object that is not there. Nor batch
     * deletions, which are held to the body that was judged, and which RGW refuses to narrow keys.
     */
    gboolean is_narrow = verdict.changes && !verdict.covers_body && profile->role_arn != NULL;
    g_autoptr(S3Keys) keys = is_narrow ? access_make_keys(access, scope, error)
                                       : s3_key_source_take(access->own_keys, error);
    if (!keys)
        return NULL;
    g_autofree char *payload = payload_of(request, &verdict);
    g_autoptr(GArray) headers =
        signed_headers(request, &verdict, profile->endpoint == NULL || profile->role_arn != NULL);
    g_autoptr(GArray) query = query_pairs(verdict.target);
    const SigV4Request asked = {.method = request->method,
                                .host = verdict.target->host,
                                .path = verdict.target->path,
                                .query = (const SigV4Pair *)query->data,
                                .headers = (const SigV4Pair *)headers->data,
                                .payload_sha256 = payload,
                                .service = "s3",
                                .region = profile->region,
                                .time_s = g_get_real_time() / G_USEC_PER_SEC,
                                .access_key_id = keys->access_key_id,
                                .secret_access_key = keys->secret_access_key,
                                .session_token = keys->session_token};
    g_auto(GStrv) made = sigv4_sign(&asked);
    *out_cacheable = verdict.is_cacheable;
    return answer_headers(request, made);
}
