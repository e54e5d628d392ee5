/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTP request to the REST door, through libcurl. A token, where the server asks for one, comes
 * from SKEPCTL_TOKEN or the file that SKEPCTL_TOKEN_FILE names: never from an argument, which
 * others can see. */
#include "cli.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_BYTES_MAX (512 * 1024 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURL, curl_easy_cleanup)
typedef struct curl_slist RequestHeaders;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RequestHeaders, curl_slist_free_all)

static size_t
request_take_bytes(char *bytes, size_t size, size_t count, void *data)
{
    GByteArray *answer = data;
    if (answer->len + size * count > ANSWER_BYTES_MAX)
        return 0;
    g_byte_array_append(answer, (const guint8 *)bytes, (guint)(size * count));
    return size * count;
}

/* FALSE: the token's file cannot be read. *out_token NULL: there is none. */
static gboolean
request_read_token(char **out_token)
{
    const char *file = g_getenv("SKEPCTL_TOKEN_FILE");
    g_autoptr(GError) error = NULL;
    if (!file) {
        *out_token = g_strdup(g_getenv("SKEPCTL_TOKEN"));
        return TRUE;
    }
    if (!g_file_get_contents(file, out_token, NULL, &error)) {
        fprintf(stderr, "skepctl: SKEPCTL_TOKEN_FILE: %s\n", error->message);
        return FALSE;
    }
    g_strstrip(*out_token);
    return TRUE;
}

static char *
request_url(const CliCall *call, const CliRequest *request)
{
    g_autofree char *base = g_strdup(call->url);
    while (g_str_has_suffix(base, "/"))
        base[strlen(base) - 1] = '\0';
    g_autofree char *catalog =
        call->catalog ? g_uri_escape_string(call->catalog, NULL, FALSE) : NULL;
    return g_strconcat(base, request->is_management ? "/management/v1" : "/v1", catalog ? "/" : "",
                       catalog ? catalog : "", request->path, NULL);
}

static gboolean
request_tell_failure(long status, const cJSON *answer)
{
    const cJSON *error = json_find(answer, "error");
    const cJSON *message = json_find(error, "message");
    if (json_is_string(message))
        fprintf(stderr, "skepctl: %s\n", message->valuestring);
    else
        fprintf(stderr, "skepctl: the server answered with status %ld\n", status);
    return FALSE;
}

static gboolean
request_perform(CURL *curl, const char *url, GByteArray *bytes, long *out_status)
{
    char reason[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, request_take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, bytes);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    if (code != CURLE_OK) {
        fprintf(stderr, "skepctl: %s: %s\n", url, *reason ? reason : curl_easy_strerror(code));
        return FALSE;
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, out_status);
    return TRUE;
}

static RequestHeaders *
request_headers(const char *token)
{
    RequestHeaders *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    if (token && *token) {
        g_autofree char *line = g_strconcat("Authorization: Bearer ", token, NULL);
        headers = curl_slist_append(headers, line);
    }
    return headers;
}

gboolean
cli_request_send(const CliCall *call, const CliRequest *request, cJSON **out_answer)
{
    g_autofree char *token = NULL;
    if (!request_read_token(&token))
        return FALSE;
    g_autoptr(CURL) curl = curl_easy_init();
    g_autoptr(RequestHeaders) headers = request_headers(token);
    g_autofree char *url = request_url(call, request);
    g_autofree char *body = request->body ? json_print_compact(request->body) : NULL;
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)call->timeout_s);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    long status = 0;
    if (!request_perform(curl, url, bytes, &status))
        return FALSE;
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) answer = NULL;
    if (bytes->len)
        answer = json_parse((const char *)bytes->data, bytes->len, ANSWER_BYTES_MAX, &error);
    if (status < 200 || status > 299)
        return request_tell_failure(status, answer);
    if (error) {
        fprintf(stderr, "skepctl: %s: the answer cannot be read: %s\n", url, error->message);
        return FALSE;
    }
    if (out_answer)
        *out_answer = g_steal_pointer(&answer);
    return TRUE;
}
