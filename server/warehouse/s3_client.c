/* SPDX-License-Identifier: Apache-2.0 */
/* The S3 client's one way to send a request: addressed, signed, repeated while that is safe and of
 * use, and what a refusal means. What is asked is in s3_object.c, s3_parts.c and s3_list.c. */
#include "s3_client.h"

#include <string.h>

#include "endpoint.h"
#include "s3_private.h"
#include "skep/error.h"
#include "skep/metrics.h"
#include "xml.h"

#define PAUSE_MAX_MS      2000
#define RETRY_AFTER_MAX_S 5

struct S3Client {
    StorageProfile *profile; /* without keys: those are the source's */
    StorageEndpoint endpoint;
    S3Limits limits;
    HttpPool *http;
    S3KeySource *keys;
    gint lacks_if_absent; /* atomic */
};

static Metric requests = METRIC_COUNTER(
    "skep_object_store_requests_total", "Requests to object stores.", "method", "result");

S3Client *
s3_client_new(const StorageProfile *profile, const S3Limits *limits, GError **error)
{
    g_autoptr(S3Client) client = g_new0(S3Client, 1);

    if (!storage_endpoint_parse_s3(profile, &client->endpoint, error))
        return NULL;
    client->profile = storage_profile_copy(profile);
    if (limits)
        client->limits = *limits;
    if (!client->limits.attempts_max)
        client->limits.attempts_max = 4;
    if (!client->limits.pause_ms)
        client->limits.pause_ms = 100;
    if (!client->limits.deadline_ms)
        client->limits.deadline_ms = 30000;
    if (!client->limits.part_bytes)
        client->limits.part_bytes = 32u << 20;
    client->http = http_pool_new(profile->ca_file, &client->limits.http);
    client->keys = s3_key_source_new(profile);
    return g_steal_pointer(&client);
}

void
s3_client_free(S3Client *client)
{
    if (!client)
        return;
    s3_key_source_free(client->keys);
    http_pool_free(client->http);
    storage_endpoint_clear(&client->endpoint);
    storage_profile_free(client->profile);
    g_free(client);
}

S3KeySource *
s3_client_keys(S3Client *client)
{
    return client->keys;
}

HttpPool *
s3_client_http(S3Client *client)
{
    return client->http;
}

const S3Limits *
s3_client_limits(const S3Client *client)
{
    return &client->limits;
}

gboolean
s3_client_lacks_if_absent(S3Client *client)
{
    return g_atomic_int_get(&client->lacks_if_absent);
}

void
s3_client_set_lacks_if_absent(S3Client *client)
{
    g_atomic_int_set(&client->lacks_if_absent, TRUE);
}

/* --- refusals ------------------------------------------------------------------------------------
 */

typedef struct {
    char *code;
    char *message;
    char *region;
} Refusal;

static void
refusal_clear(Refusal *refusal)
{
    g_free(refusal->code);
    g_free(refusal->message);
    g_free(refusal->region);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Refusal, refusal_clear)

static void
take_refusal(const char *path, const char *text, gpointer data)
{
    Refusal *refusal = data;

    if (strcmp(path, "Code") == 0 && !refusal->code)
        refusal->code = g_strdup(text);
    else if (strcmp(path, "Message") == 0 && !refusal->message)
        refusal->message = g_strdup(text);
    else if (strcmp(path, "Region") == 0 && !refusal->region)
        refusal->region = g_strdup(text);
}

static void
read_refusal(const HttpAnswer *answer, Refusal *refusal)
{
    xml_read(answer->body->data, answer->body->len, take_refusal, refusal, NULL);
}

char *
s3_answer_code(const HttpAnswer *answer)
{
    g_auto(Refusal) refusal = {0};

    read_refusal(answer, &refusal);
    return g_steal_pointer(&refusal.code);
}

static gboolean
code_is(const Refusal *refusal, const char *code)
{
    return g_strcmp0(refusal->code, code) == 0;
}

/* A store that is set up otherwise than the server thinks is told as one that is away, with what to
 * set: no file is said to be missing that another region may have. */
static gboolean
fail_elsewhere(const HttpAnswer *answer, const Refusal *refusal, const char *bucket, GError **error)
{
    const char *region = http_answer_header(answer, "x-amz-bucket-region");

    if (!region)
        region = refusal->region;
    return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                     "The object store sends requests for bucket %s elsewhere (%u %s)%s%s: set its "
                     "region and endpoint",
                     bucket, answer->status, refusal->code ? refusal->code : "",
                     region ? ", to region " : "", region ? region : "");
}

static SkepError
refusal_fact(guint status, const Refusal *refusal)
{
    if (code_is(refusal, "NoSuchBucket"))
        return SKEP_ERROR_UNAVAILABLE;
    if (code_is(refusal, "ExpiredToken"))
        return SKEP_ERROR_FORBIDDEN;
    switch (status) {
    case 401:
    case 403:
        return SKEP_ERROR_FORBIDDEN;
    case 404:
        return SKEP_ERROR_NO_SUCH_FILE;
    case 412:
        return SKEP_ERROR_ALREADY_EXISTS;
    case 416:
        return SKEP_ERROR_INVALID_ARGUMENT;
    }
    return SKEP_ERROR_UNAVAILABLE;
}

/* An answer to HEAD has no body that could say why; 400 without one is what expired keys get. */
static gboolean
is_bare_400(const S3Request *request, const HttpAnswer *answer)
{
    return answer->status == 400 && strcmp(request->method, "HEAD") == 0;
}

gboolean
s3_fail_answer(const HttpAnswer *answer, const S3Request *request, GError **error)
{
    g_auto(Refusal) refusal = {0};
    g_autofree char *place = NULL;

    read_refusal(answer, &refusal);
    if (answer->status / 100 == 3 || code_is(&refusal, "AuthorizationHeaderMalformed"))
        return fail_elsewhere(answer, &refusal, request->bucket, error);
    place = g_strdup_printf("s3://%s%s%s", request->bucket, request->key ? "/" : "",
                            request->key ? request->key : "");
    return skep_fail(error, refusal_fact(answer->status, &refusal), place,
                     "The object store answers %s %s with %u%s%s%s%.300s%s", request->method, place,
                     answer->status, refusal.code ? " " : "", refusal.code ? refusal.code : "",
                     refusal.message && *refusal.message ? ": " : "",
                     refusal.message ? refusal.message : "",
                     is_bare_400(request, answer) ? " (the keys may have expired)" : "");
}

/* --- one attempt ---------------------------------------------------------------------------------
 */

/* A certificate for *.host does not hold for a name with more dots. */
static gboolean
in_path(const S3Client *client, const char *bucket)
{
    return client->profile->path_style ||
           (strchr(bucket, '.') && strcmp(client->endpoint.scheme, "https") == 0);
}

static void
address(const S3Client *client, const S3Request *request, char **out_host, char **out_path)
{
    const char *key = request->key ? request->key : "";

    if (in_path(client, request->bucket)) {
        *out_host = g_strdup(client->endpoint.host);
        *out_path = g_strconcat("/", request->bucket, "/", key, NULL);
    } else {
        *out_host = g_strconcat(request->bucket, ".", client->endpoint.host, NULL);
        *out_path = g_strconcat("/", key, NULL);
    }
}

static HttpAnswer *
send_once(S3Client *client, const S3Request *request, const char *payload_sha256, GError **error)
{
    g_autoptr(S3Keys) keys = s3_key_source_take(client->keys, error);
    g_autofree char *host = NULL, *path = NULL, *escaped = NULL, *query = NULL, *url = NULL;
    g_autoptr(GPtrArray) headers = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) signature = NULL;

    if (!keys)
        return NULL;
    address(client, request, &host, &path);
    SigV4Request signed_request = {
        .method = request->method,
        .host = host,
        .path = path,
        .query = request->query,
        .headers = request->headers,
        .payload_sha256 = payload_sha256,
        .service = "s3",
        .region = client->profile->region,
        .time_s = g_get_real_time() / G_USEC_PER_SEC,
        .access_key_id = keys->access_key_id,
        .secret_access_key = keys->secret_access_key,
        .session_token = keys->session_token,
    };
    signature = sigv4_sign(&signed_request);
    for (const SigV4Pair *header = request->headers; header && header->name; header++)
        g_ptr_array_add(headers, g_strdup_printf("%s: %s", header->name, header->value));
    for (char **header = signature; *header; header++)
        g_ptr_array_add(headers, g_strdup(*header));
    g_ptr_array_add(headers, NULL);
    escaped = sigv4_escape(path, TRUE);
    query = sigv4_query(request->query);
    url =
        g_strconcat(client->endpoint.scheme, "://", host, escaped, *query ? "?" : "", query, NULL);
    HttpRequest http = {
        .method = request->method,
        .url = url,
        .headers = (const char *const *)headers->pdata,
        .body = request->body,
        .answer_bytes_max =
            request->answer_bytes_max ? request->answer_bytes_max : S3_XML_BYTES_MAX,
        .receive = request->receive,
        .begin = request->begin,
        .receive_data = request->receive_data,
    };
    return http_perform(client->http, &http, error);
}

/* --- as often as it needs ------------------------------------------------------------------------
 */

/* A receiver that knows whether anything has arrived. */
typedef struct {
    const S3Request *request;
    gboolean touched;
} Counted;

static gboolean
count_and_begin(const HttpAnswer *answer, gpointer data, GError **error)
{
    Counted *counted = data;
    const S3Request *request = counted->request;

    counted->touched = TRUE;
    return !request->begin || request->begin(answer, request->receive_data, error);
}

static gboolean
pass_on(const void *bytes, gsize length, gpointer data, GError **error)
{
    const S3Request *request = ((Counted *)data)->request;

    return request->receive(bytes, length, request->receive_data, error);
}

typedef enum {
    OUTCOME_FINAL,
    OUTCOME_AGAIN,     /* the store was not able to, and may have done it */
    OUTCOME_FRESH_KEYS /* it wants other keys */
} Outcome;

static Outcome
judge(const S3Request *request, const HttpAnswer *answer)
{
    g_autofree char *code = NULL;

    if (is_bare_400(request, answer))
        return OUTCOME_FRESH_KEYS;

    switch (answer->status) {
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
        return OUTCOME_AGAIN;
    case 400:
    case 403:
        code = s3_answer_code(answer);
        if (g_strcmp0(code, "RequestTimeout") == 0)
            return OUTCOME_AGAIN;
        return g_strcmp0(code, "ExpiredToken") == 0 || g_strcmp0(code, "InvalidAccessKeyId") == 0
                   ? OUTCOME_FRESH_KEYS
                   : OUTCOME_FINAL;
    case 409:
        code = s3_answer_code(answer);
        return g_strcmp0(code, "ConditionalRequestConflict") == 0 ||
                       g_strcmp0(code, "OperationAborted") == 0
                   ? OUTCOME_AGAIN
                   : OUTCOME_FINAL;
    }
    return OUTCOME_FINAL;
}

/* Half of it for certain, the rest by chance, so that those who were refused together do not come
 * back together. */
static gint64
pause_us(const S3Client *client, const HttpAnswer *answer, guint attempt)
{
    guint most_ms = MIN(client->limits.pause_ms << MIN(attempt, 10), PAUSE_MAX_MS);
    const char *after = answer ? http_answer_header(answer, "retry-after") : NULL;
    guint64 after_s = after ? g_ascii_strtoull(after, NULL, 10) : 0;

    return (most_ms / 2 + g_random_int_range(0, (gint32)most_ms / 2 + 1)) * (gint64)1000 +
           (gint64)MIN(after_s, RETRY_AFTER_MAX_S) * G_USEC_PER_SEC;
}

static void
count_result(const S3Request *request, const HttpAnswer *answer)
{
    static const char *const classes[] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
    guint class = answer ? MIN(answer->status / 100, G_N_ELEMENTS(classes) - 1) : 0;

    metric_add(metric_series(&requests, METRIC_LABELS(request->method, classes[class])), 1);
}

static char *
payload_hash(const S3Request *request)
{
    gsize length;
    const void *bytes = request->body ? g_bytes_get_data(request->body, &length) : NULL;

    return request->body ? sigv4_sha256(bytes ? bytes : "", length) : g_strdup(SIGV4_EMPTY_PAYLOAD);
}

HttpAnswer *
s3_send(S3Client *client, const S3Request *request, gboolean *out_lost, GError **error)
{
    Counted counted = {request, FALSE};
    S3Request counted_request = *request;
    g_autofree char *hash = payload_hash(request);
    gint64 deadline_us = g_get_monotonic_time() + client->limits.deadline_ms * (gint64)1000;
    gboolean lost = FALSE, fresh_keys = FALSE;

    if (request->receive) {
        counted_request.receive = pass_on;
        counted_request.begin = count_and_begin;
        counted_request.receive_data = &counted;
    }
    for (guint attempt = 0;; attempt++) {
        g_autoptr(GError) failure = NULL;
        g_autoptr(HttpAnswer) answer = send_once(client, &counted_request, hash, &failure);
        Outcome outcome = answer ? judge(request, answer) : OUTCOME_AGAIN;
        gint64 pause;

        count_result(request, answer);
        if (outcome == OUTCOME_FRESH_KEYS && !fresh_keys) {
            fresh_keys = TRUE;
            s3_key_source_forget(client->keys);
            continue;
        }
        pause = pause_us(client, answer, attempt);
        if (outcome == OUTCOME_AGAIN &&
            (answer || skep_error_fact(failure) == SKEP_ERROR_UNAVAILABLE) && !counted.touched &&
            attempt + 1 < client->limits.attempts_max &&
            g_get_monotonic_time() + pause < deadline_us) {
            lost = TRUE;
            g_usleep((gulong)pause);
            continue;
        }
        if (out_lost)
            *out_lost = lost || outcome == OUTCOME_AGAIN;
        if (!answer)
            g_propagate_error(error, g_steal_pointer(&failure));
        return g_steal_pointer(&answer);
    }
}

HttpAnswer *
s3_send_or_fail(S3Client *client, const S3Request *request, GError **error)
{
    g_autoptr(HttpAnswer) answer = s3_send(client, request, NULL, error);

    if (answer && answer->status / 100 != 2) {
        s3_fail_answer(answer, request, error);
        return NULL;
    }
    return g_steal_pointer(&answer);
}
