/* SPDX-License-Identifier: Apache-2.0 */
/* AWS Signature Version 4. See sigv4.h. */
#include "sigv4.h"

#include <string.h>

#define ALGORITHM    "AWS4-HMAC-SHA256"
#define SHA256_BYTES 32

/* "20130524T000000Z". Transfer full. */
static char *
format_date(gint64 time_s)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(time_s);

    return g_date_time_format(time, "%Y%m%dT%H%M%SZ");
}

char *
sigv4_sha256(const void *content, gsize length)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, content, length);
}

char *
sigv4_escape(const char *text, gboolean keep_slashes)
{
    static const char hex[] = "0123456789ABCDEF";
    GString *escaped = g_string_new(NULL);

    for (const guchar *c = (const guchar *)text; *c; c++) {
        if (g_ascii_isalnum(*c) || strchr("-._~", *c) || (keep_slashes && *c == '/')) {
            g_string_append_c(escaped, (char)*c);
        } else {
            g_string_append_c(escaped, '%');
            g_string_append_c(escaped, hex[*c >> 4]);
            g_string_append_c(escaped, hex[*c & 15]);
        }
    }
    return g_string_free(escaped, FALSE);
}

/* --- queries and headers as they are signed ------------------------------------------------------
 */

/* A pair on its way into a sorted list. */
typedef struct {
    char *name;
    char *value;
} OwnPair;

static void
own_pair_clear(gpointer pair)
{
    g_free(((OwnPair *)pair)->name);
    g_free(((OwnPair *)pair)->value);
}

static gint
own_pair_compare(gconstpointer a, gconstpointer b)
{
    const OwnPair *left = a, *right = b;
    int order = strcmp(left->name, right->name);

    return order != 0 ? order : strcmp(left->value, right->value);
}

static GArray *
own_pairs_new(void)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(OwnPair));

    g_array_set_clear_func(pairs, own_pair_clear);
    return pairs;
}

/* Takes both. */
static void
add_pair(GArray *pairs, char *name, char *value)
{
    OwnPair pair = {name, value};

    g_array_append_val(pairs, pair);
}

static void
add_query(GArray *pairs, const SigV4Pair *query)
{
    for (; query && query->name; query++)
        add_pair(pairs, sigv4_escape(query->name, FALSE),
                 sigv4_escape(query->value ? query->value : "", FALSE));
}

static char *
join_query(GArray *pairs)
{
    GString *joined = g_string_new(NULL);

    g_array_sort(pairs, own_pair_compare);
    for (guint i = 0; i < pairs->len; i++) {
        const OwnPair *pair = &g_array_index(pairs, OwnPair, i);

        g_string_append_printf(joined, "%s%s=%s", i > 0 ? "&" : "", pair->name, pair->value);
    }
    return g_string_free(joined, FALSE);
}

char *
sigv4_query(const SigV4Pair *query)
{
    g_autoptr(GArray) pairs = own_pairs_new();

    add_query(pairs, query);
    return join_query(pairs);
}

/* Without spaces at the ends, and one where there were several. */
static char *
trim_value(const char *value)
{
    GString *trimmed = g_string_new(NULL);

    for (; *value; value++) {
        if (*value != ' ')
            g_string_append_c(trimmed, *value);
        else if (trimmed->len > 0 && value[1] != ' ' && value[1] != '\0')
            g_string_append_c(trimmed, ' ');
    }
    return g_string_free(trimmed, FALSE);
}

static void
add_header(GArray *pairs, const char *name, const char *value)
{
    add_pair(pairs, g_ascii_strdown(name, -1), value ? trim_value(value) : NULL);
}

/* Headers of one name are one, in the order in which they were given. */
static void
join_headers(GArray *pairs, GString *lines, GString *names)
{
    g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    g_autoptr(GList) order = NULL;

    for (guint i = 0; i < pairs->len; i++) {
        const OwnPair *pair = &g_array_index(pairs, OwnPair, i);
        const char *before = g_hash_table_lookup(values, pair->name);

        g_hash_table_insert(values, pair->name,
                            before ? g_strconcat(before, ",", pair->value, NULL)
                                   : g_strdup(pair->value));
    }
    order = g_list_sort(g_hash_table_get_keys(values), (GCompareFunc)strcmp);
    for (GList *name = order; name; name = name->next) {
        const char *value = g_hash_table_lookup(values, name->data);

        if (value)
            g_string_append_printf(lines, "%s:%s\n", (char *)name->data, value);
        g_string_append_printf(names, "%s%s", names->len > 0 ? ";" : "", (char *)name->data);
    }
}

/* --- the signature -------------------------------------------------------------------------------
 */

static void
hmac(const guint8 *key, gsize key_length, const char *text, guint8 *out_digest)
{
    g_autoptr(GHmac) state = g_hmac_new(G_CHECKSUM_SHA256, key, key_length);
    gsize length = SHA256_BYTES;

    g_hmac_update(state, (const guchar *)text, -1);
    g_hmac_get_digest(state, out_digest, &length);
}

/* The key of one day, region and service, derived from the secret. */
static char *
sign_text(const SigV4Request *request, const char *day, const char *text)
{
    g_autofree char *secret = g_strconcat("AWS4", request->secret_access_key, NULL);
    guint8 key[SHA256_BYTES];
    char *signature;

    hmac((const guint8 *)secret, strlen(secret), day, key);
    hmac(key, sizeof key, request->region, key);
    hmac(key, sizeof key, request->service, key);
    hmac(key, sizeof key, "aws4_request", key);
    signature =
        g_compute_hmac_for_string(G_CHECKSUM_SHA256, key, sizeof key, text, (gssize)strlen(text));
    explicit_bzero(secret, strlen(secret));
    explicit_bzero(key, sizeof key);
    return signature;
}

static char *
canonical_path(const SigV4Request *request)
{
    const char *path = request->path && *request->path ? request->path : "/";
    g_autofree char *once = sigv4_escape(path, TRUE);

    return strcmp(request->service, "s3") == 0 ? g_steal_pointer(&once) : sigv4_escape(once, TRUE);
}

static char *
credential_scope(const SigV4Request *request, const char *date)
{
    return g_strdup_printf("%.8s/%s/%s/aws4_request", date, request->region, request->service);
}

/* The hex signature over a request with this query and these headers. */
static char *
sign_request(const SigV4Request *request,
             const char *date,
             const char *query,
             const char *header_lines,
             const char *header_names)
{
    g_autofree char *path = canonical_path(request);
    g_autofree char *canonical = g_strjoin("\n", request->method, path, query, header_lines,
                                           header_names, request->payload_sha256, NULL);
    g_autofree char *digest = sigv4_sha256(canonical, strlen(canonical));
    g_autofree char *scope = credential_scope(request, date);
    g_autofree char *text = g_strjoin("\n", ALGORITHM, date, scope, digest, NULL);
    g_autofree char *day = g_strndup(date, 8);

    return sign_text(request, day, text);
}

static GArray *
given_headers(const SigV4Request *request)
{
    GArray *pairs = own_pairs_new();

    add_header(pairs, "host", request->host);
    for (const SigV4Pair *header = request->headers; header && header->name; header++)
        add_header(pairs, header->name, header->value);
    return pairs;
}

char **
sigv4_sign(const SigV4Request *request)
{
    g_autoptr(GPtrArray) sent = g_ptr_array_new();
    g_autoptr(GArray) pairs = given_headers(request);
    g_autoptr(GString) lines = g_string_new(NULL);
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *date = format_date(request->time_s);
    g_autofree char *scope = credential_scope(request, date);
    g_autofree char *query = sigv4_query(request->query);
    g_autofree char *signature = NULL;
    guint given = pairs->len;

    add_header(pairs, "x-amz-date", date);
    if (strcmp(request->service, "s3") == 0)
        add_header(pairs, "x-amz-content-sha256", request->payload_sha256);
    if (request->session_token)
        add_header(pairs, "x-amz-security-token", request->session_token);
    for (guint i = given; i < pairs->len; i++) {
        const OwnPair *pair = &g_array_index(pairs, OwnPair, i);

        g_ptr_array_add(sent, g_strdup_printf("%s: %s", pair->name, pair->value));
    }
    join_headers(pairs, lines, names);
    signature = sign_request(request, date, query, lines->str, names->str);
    g_ptr_array_add(sent, g_strdup_printf("Authorization: " ALGORITHM
                                          " Credential=%s/%s, SignedHeaders=%s, Signature=%s",
                                          request->access_key_id, scope, names->str, signature));
    g_ptr_array_add(sent, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&sent), FALSE);
}
