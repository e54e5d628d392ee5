/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTP request and its answer, on libcurl: connections kept and shared, time limits, sizes
 * bounded, no redirect followed, no retry. What the answer means is the caller's to know. Callers:
 * s3_client.c, sts.c. */
#pragma once

#include <glib.h>

typedef struct HttpPool HttpPool;

typedef struct {
    guint connect_timeout_ms; /* 0: 3000 */
    guint stall_timeout_s;    /* nothing moves for so long: given up; 0: 10 */
    guint request_timeout_ms; /* one request, all in; 0: 60000 */
} HttpLimits;

/* ca_file: PEM of what is trusted, and nothing else is; looked at with each request, and when it
 * has changed connections are made anew. NULL: the system's. limits NULL: the defaults. Thread
 * safe. */
HttpPool *http_pool_new(const char *ca_file, const HttpLimits *limits);
void http_pool_free(HttpPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpPool, http_pool_free)

/* Gets what arrives of the body of a 2xx answer. FALSE with *error ends the transfer. */
typedef gboolean (*HttpReceive)(const void *bytes, gsize length, gpointer data, GError **error);

typedef struct HttpAnswer HttpAnswer;
/* Told of a 2xx answer before the first of its body goes to HttpReceive. FALSE as above. */
typedef gboolean (*HttpBegin)(const HttpAnswer *answer, gpointer data, GError **error);

typedef struct {
    const char *method;
    const char *url;            /* escaped, sent as it is */
    const char *const *headers; /* "Name: value", NULL-terminated */
    GBytes *body;               /* NULL: none */
    gsize answer_bytes_max;     /* of a body that is kept */
    HttpReceive receive;        /* NULL: the body is kept in the answer */
    HttpBegin begin;            /* with receive; NULL: nobody is told */
    gpointer receive_data;      /* of both */
} HttpRequest;

struct HttpAnswer {
    guint status;
    GHashTable *headers; /* names in lower case */
    GByteArray *body;    /* empty when it was streamed */
};

void http_answer_free(HttpAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpAnswer, http_answer_free)
const char *http_answer_header(const HttpAnswer *answer, const char *name); /* NULL: not there */

/* An answer of any status that arrived whole: transfer full. UNAVAILABLE: no connection, no answer
 * in time, or half of one (the request may have had its effect); TOO_LARGE; or what `receive` said.
 */
HttpAnswer *http_perform(HttpPool *pool, const HttpRequest *request, GError **error);
