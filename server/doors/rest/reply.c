/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the answer of a request as a libmicrohttpd response; listener.c sends it. Does not decide
 * what is answered. Callers: the handlers, on worker threads, and errors.c. */
#include "rest_private.h"

#include <string.h>

#define SPOOL_BLOCK_BYTES (128 * 1024)

void
rest_reply_clear(RestRequest *request)
{
    g_clear_pointer(&request->response, MHD_destroy_response);
    g_clear_error(&request->failure);
    request->status = 0;
}

/* NULL is what libmicrohttpd answers when memory is short; the connection is then closed. */
static void
reply_set(RestRequest *request, guint status, RestResponse *response, const char *content_type)
{
    rest_reply_clear(request);
    request->status = status;
    request->response = response;
    if (!response)
        return;
    if (content_type)
        rest_reply_header(request, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    rest_reply_header(request, "X-Request-Id", request->id);
}

void
rest_reply_header(RestRequest *request, const char *name, const char *value)
{
    if (request->response)
        MHD_add_response_header(request->response, name, value);
}

void
rest_reply_empty(RestRequest *request, guint status)
{
    reply_set(request, status,
              MHD_create_response_from_buffer(0, (char *)"", MHD_RESPMEM_PERSISTENT), NULL);
}

void
rest_reply_json(RestRequest *request, guint status, GString *body)
{
    gsize length = body->len;
    char *bytes = g_string_free(body, FALSE);
    reply_set(request, status,
              MHD_create_response_from_buffer_with_free_callback_cls(length, bytes, g_free, bytes),
              "application/json");
}

void
rest_reply_tree(RestRequest *request, guint status, cJSON *body)
{
    GString *text = g_string_new(NULL);
    json_print_append(body, text);
    cJSON_Delete(body);
    rest_reply_json(request, status, text);
}

void
rest_reply_text(RestRequest *request, guint status, const char *content_type, const char *text)
{
    reply_set(request, status,
              MHD_create_response_from_buffer(strlen(text), (char *)text, MHD_RESPMEM_MUST_COPY),
              content_type);
}

typedef struct {
    GString *before;
    GBytes *middle;
    char *after;
} ReplySplice;

static void
reply_splice_free(gpointer data)
{
    ReplySplice *splice = data;
    g_string_free(splice->before, TRUE);
    g_bytes_unref(splice->middle);
    explicit_bzero(splice->after, strlen(splice->after)); /* there may be keys in it */
    g_free(splice->after);
    g_free(splice);
}

void
rest_reply_spliced(
    RestRequest *request, guint status, GString *before, GBytes *middle, const char *after)
{
    ReplySplice *splice = g_new(ReplySplice, 1);
    splice->before = before;
    splice->middle = g_bytes_ref(middle);
    splice->after = g_strdup(after);
    gsize length = 0;
    const void *bytes = g_bytes_get_data(middle, &length);
    const struct MHD_IoVec parts[] = {
        {before->str,   before->len  },
        {bytes,         length       },
        {splice->after, strlen(after)},
    };
    RestResponse *response =
        MHD_create_response_from_iovec(parts, G_N_ELEMENTS(parts), reply_splice_free, splice);
    if (!response)
        reply_splice_free(splice);
    reply_set(request, status, response, "application/json");
}

typedef struct {
    GString *before;
    Spool *middle;
    char *after;
} ReplySpool;

static void
reply_spool_free(gpointer data)
{
    ReplySpool *parts = data;
    g_string_free(parts->before, TRUE);
    spool_free(parts->middle);
    explicit_bzero(parts->after, strlen(parts->after));
    g_free(parts->after);
    g_free(parts);
}

/* libmicrohttpd's content reader, on an event thread. What lies on a disk of this machine is as
 * near as what sendfile would have to fetch. */
static ssize_t
reply_spool_read(gpointer data, guint64 position, char *place, size_t room)
{
    const ReplySpool *parts = data;
    guint64 middle_length = spool_length(parts->middle);
    if (position < parts->before->len) {
        gsize length = MIN(room, parts->before->len - position);
        memcpy(place, parts->before->str + position, length);
        return (ssize_t)length;
    }
    position -= parts->before->len;
    if (position < middle_length) {
        gsize length = MIN(room, middle_length - position);
        return spool_read(parts->middle, position, place, length, NULL)
                   ? (ssize_t)length
                   : MHD_CONTENT_READER_END_WITH_ERROR;
    }
    position -= middle_length;
    gsize length = MIN(room, strlen(parts->after) - position);
    memcpy(place, parts->after + position, length);
    return (ssize_t)length;
}

void
rest_reply_spooled(
    RestRequest *request, guint status, GString *before, Spool *middle, const char *after)
{
    ReplySpool *parts = g_new(ReplySpool, 1);
    *parts = (ReplySpool){.before = before, .middle = spool_ref(middle), .after = g_strdup(after)};
    RestResponse *response = MHD_create_response_from_callback(
        before->len + spool_length(middle) + strlen(after), SPOOL_BLOCK_BYTES, reply_spool_read,
        parts, reply_spool_free);
    if (!response)
        reply_spool_free(parts);
    reply_set(request, status, response, "application/json");
}
