/* SPDX-License-Identifier: Apache-2.0 */
/* The way of one request through the door: head, body within its bounds, worker, answer. Runs on
 * event threads, which must never block; only arrival_serve runs on a worker. Caller:
 * libmicrohttpd, set up by listener.c. */
#include "door_private.h"

#include <string.h>

#include "support/failpoint.h"

enum {
    STATUS_BAD_REQUEST = 400,
    STATUS_TOO_LARGE = 413,
    STATUS_MEDIA_TYPE = 415,
    STATUS_NOT_IMPLEMENTED = 501,
    STATUS_UNAVAILABLE = 503
};

/* How much of a refused body is read, so that a client that is still sending gets to see the
 * answer. */
#define DROPPED_BYTES_MAX (64 * 1024 * 1024)

void *
arrival_of_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
    (void)cls;
    (void)connection;
    return rest_request_new(uri ? uri : "");
}

/* Moves the request from the count it is part of to another of the door's; NULL: to none. */
static void
arrival_count_in(RestRequest *request, guint *count)
{
    RestDoor *door = request->door;
    g_mutex_lock(&door->lock);
    if (count)
        ++*count;
    if (request->counted_in && --*request->counted_in == 0 && door->is_awaited)
        g_cond_broadcast(&door->changed);
    g_mutex_unlock(&door->lock);
    request->counted_in = count;
}

static void
arrival_leave_worker(RestDoor *door)
{
    g_mutex_lock(&door->lock);
    if (--door->on_worker == 0 && door->is_awaited)
        g_cond_broadcast(&door->changed);
    g_mutex_unlock(&door->lock);
}

static enum MHD_Result
arrival_answer(RestRequest *request)
{
    request->phase = REST_PHASE_QUEUED;
    if (!request->response)
        return MHD_NO;
    if (g_atomic_int_get(&request->door->stopping))
        rest_reply_header(request, MHD_HTTP_HEADER_CONNECTION, "close");
    if (request->method & (REST_METHOD_POST | REST_METHOD_DELETE))
        failpoint_reach("rest-before-answer");
    return MHD_queue_response(request->connection, request->status, request->response);
}

static void
arrival_drop_body(RestRequest *request)
{
    if (!request->body)
        return;
    g_atomic_pointer_add(&request->door->bodies_bytes, -(gssize)request->body_bytes);
    request->body_bytes = 0;
    g_clear_pointer(&request->body, g_byte_array_unref);
}

static void
arrival_refuse_large(RestRequest *request)
{
    rest_reply_refusal(request, STATUS_TOO_LARGE, "PayloadTooLargeException",
                       "The request body is larger than %" G_GSIZE_FORMAT " bytes",
                       request->door->options.body_bytes_max);
}

static void
arrival_refuse_busy(RestRequest *request, const char *why)
{
    rest_reply_refusal(request, STATUS_UNAVAILABLE, "ServiceUnavailableException", "%s", why);
    rest_reply_header(request, MHD_HTTP_HEADER_RETRY_AFTER, "1");
}

static void
arrival_refuse_route(RestRequest *request, const char *method, guint allowed)
{
    if (!allowed) {
        rest_reply_refusal(request, 404, "NoSuchRouteException", "No route for this path");
        return;
    }
    rest_reply_refusal(request, 405, "MethodNotAllowedException",
                       "Method %s is not allowed for this path", method);
    g_autoptr(GString) names = g_string_new(NULL);
    for (guint bit = REST_METHOD_GET; bit <= REST_METHOD_DELETE; bit <<= 1)
        if (allowed & bit)
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", rest_method_name(bit));
    rest_reply_header(request, MHD_HTTP_HEADER_ALLOW, names->str);
}

/* Where such a body ends, two readers (a proxy and this one) may see differently. RFC 9112, 6.1. */
static gboolean
arrival_check_framing(RestRequest *request)
{
    const char *coding = rest_request_header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    if (!coding)
        return TRUE;
    if (g_ascii_strcasecmp(coding, "chunked") != 0)
        rest_reply_refusal(request, STATUS_NOT_IMPLEMENTED, "UnsupportedOperationException",
                           "Of transfer codings, chunked alone is taken");
    else if (rest_request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH))
        rest_reply_refusal(request, STATUS_BAD_REQUEST, "BadRequestException",
                           "A request has a Content-Length or a Transfer-Encoding, not both");
    else
        return TRUE;
    rest_reply_header(request, MHD_HTTP_HEADER_CONNECTION, "close");
    return FALSE;
}

/* Sets a reply when the head alone is reason enough to refuse. */
static void
arrival_check_head(RestRequest *request, const char *method)
{
    GError *error = NULL;
    RestMatch match;
    if (!rest_target_parse(request->raw_target, &request->target, &error)) {
        rest_reply_error(request, error);
        return;
    }
    rest_route_match(request->method, request->target.segments, &match);
    request->route = match.route;
    request->places = match.places;
    const char *encoding = rest_request_header(request, MHD_HTTP_HEADER_CONTENT_ENCODING);
    if (!match.route)
        arrival_refuse_route(request, method, match.allowed);
    else if (encoding && g_ascii_strcasecmp(encoding, "identity") != 0)
        rest_reply_refusal(request, STATUS_MEDIA_TYPE, "UnsupportedMediaTypeException",
                           "A request body with a Content-Encoding is not taken");
    else if (g_atomic_int_get(&request->door->stopping))
        arrival_refuse_busy(request, "The server is stopping");
}

static enum MHD_Result
arrival_head(RestRequest *request, const char *method)
{
    request->method = rest_method_parse(method);
    gboolean is_framed = arrival_check_framing(request);
    if (is_framed)
        arrival_check_head(request, method);
    const char *length_text = rest_request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);
    guint64 length = length_text ? g_ascii_strtoull(length_text, NULL, 10) : 0;
    if (!request->response && length > request->door->options.body_bytes_max)
        arrival_refuse_large(request);
    request->phase = request->response ? REST_PHASE_REFUSED : REST_PHASE_BODY;
    /* A client that waits for permission to send, or that would send far too much, is told at once;
     * the connection is then closed. */
    if (request->response && (rest_request_header(request, MHD_HTTP_HEADER_EXPECT) ||
                              length > DROPPED_BYTES_MAX || !is_framed))
        return arrival_answer(request);
    return MHD_YES;
}

/* One piece of the body. MHD_NO closes the connection. */
static enum MHD_Result
arrival_body(RestRequest *request, const char *data, gsize length)
{
    RestDoor *door = request->door;
    gint64 age_us = g_get_monotonic_time() - request->started_at_us;
    if (age_us > door->options.timeout_s * G_USEC_PER_SEC)
        return MHD_NO;
    if (request->phase == REST_PHASE_REFUSED) {
        request->body_dropped_bytes += length;
        return request->body_dropped_bytes <= DROPPED_BYTES_MAX ? MHD_YES : MHD_NO;
    }
    gsize held = (gsize)g_atomic_pointer_add(&door->bodies_bytes, (gssize)length) + length;
    request->body_bytes += length;
    if (!request->body)
        request->body = g_byte_array_new();
    if (request->body_bytes > door->options.body_bytes_max)
        arrival_refuse_large(request);
    else if (held > door->options.bodies_bytes_max)
        arrival_refuse_busy(request, "Too many large requests at one time");
    if (!request->response) {
        g_byte_array_append(request->body, (const guint8 *)data, (guint)length);
        return MHD_YES;
    }
    arrival_drop_body(request);
    request->phase = REST_PHASE_REFUSED;
    return MHD_YES;
}

static void
arrival_run_handler(RestRequest *request)
{
    GError *error = NULL;
    if (rest_keyed_is_wanted(request)) {
        rest_keyed_serve(request);
        return;
    }
    if (request->route->handler(request, &error))
        return;
    if (!error)
        skep_fail(&error, SKEP_ERROR_INTERNAL, NULL, "The operation failed without saying why");
    rest_reply_error(request, error);
}

void
rest_request_defer(RestRequest *request,
                   void (*start)(RestRequest *request),
                   gpointer deferred,
                   GDestroyNotify deferred_free)
{
    request->start = start;
    request->deferred = deferred;
    request->deferred_free = deferred_free;
}

/* After the resume the request may be gone at any moment. */
static void
arrival_resume(RestRequest *request)
{
    RestDoor *door = request->door;
    MHD_resume_connection(request->connection);
    arrival_leave_worker(door);
}

void
rest_request_finish(RestRequest *request, GError *failure)
{
    if (request->keyed)
        rest_keyed_settle(request, failure);
    else if (failure)
        rest_reply_error(request, failure);
    arrival_resume(request);
}

/* On a worker. Whoever finishes a deferred request may do so before `start` returns. */
static void
arrival_serve(gpointer data)
{
    RestRequest *request = data;
    arrival_run_handler(request);
    if (request->start)
        request->start(request);
    else
        arrival_resume(request);
}

/* FALSE when the door is about to be torn down. */
static gboolean
arrival_enter_worker(RestDoor *door)
{
    g_mutex_lock(&door->lock);
    gboolean may_enter = !door->closed;
    door->on_worker += may_enter ? 1 : 0;
    g_mutex_unlock(&door->lock);
    return may_enter;
}

static enum MHD_Result
arrival_complete(RestRequest *request)
{
    request->phase = REST_PHASE_SERVED;
    arrival_count_in(request, &request->door->in_flight);
    if (request->route->flags & REST_ROUTE_IMMEDIATE) {
        arrival_run_handler(request);
        return arrival_answer(request);
    }
    /* Suspended first: the worker may be done before the push returns. */
    RestDoor *door = request->door;
    if (!arrival_enter_worker(door))
        return MHD_NO;
    MHD_suspend_connection(request->connection);
    if (!worker_pool_push(door->pool, arrival_serve, request)) {
        arrival_refuse_busy(request, "All workers are busy and the queue is full");
        MHD_resume_connection(request->connection);
        arrival_leave_worker(door);
    }
    return MHD_YES;
}

enum MHD_Result
arrival_of_request(void *cls,
                   struct MHD_Connection *connection,
                   const char *url,
                   const char *method,
                   const char *version,
                   const char *upload_data,
                   size_t *upload_data_size,
                   void **con_cls)
{
    RestDoor *door = cls;
    RestRequest *request = *con_cls;
    (void)url;
    (void)version;
    gsize length = *upload_data_size;
    *upload_data_size = 0;
    switch (request->phase) {
    case REST_PHASE_HEAD:
        request->door = door;
        request->connection = connection;
        request->catalog = door->catalog;
        arrival_count_in(request, &door->arriving);
        return arrival_head(request, method);
    case REST_PHASE_BODY:
        return length ? arrival_body(request, upload_data, length) : arrival_complete(request);
    case REST_PHASE_REFUSED:
        return length ? arrival_body(request, upload_data, length) : arrival_answer(request);
    case REST_PHASE_SERVED:
        return arrival_answer(request);
    case REST_PHASE_QUEUED:
        return MHD_YES;
    }
    g_assert_not_reached();
}

void
arrival_over(void *cls,
             struct MHD_Connection *connection,
             void **con_cls,
             enum MHD_RequestTerminationCode why)
{
    RestDoor *door = cls;
    RestRequest *request = *con_cls;
    (void)connection;
    *con_cls = NULL;
    if (!request)
        return;
    rest_request_log(request, why == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    if (request->door) {
        g_atomic_pointer_add(&door->bodies_bytes, -(gssize)request->body_bytes);
        arrival_count_in(request, NULL);
    }
    rest_request_free(request);
}
