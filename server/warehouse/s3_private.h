/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the S3 client show one another: one request, sent as often as it needs, and
 * what a refusal means. */
#pragma once

#include "s3_client.h"
#include "sigv4.h"

/* Metadata of objects that Skep writes: who wrote it, and what. */
#define S3_WRITE_MARK     "x-amz-meta-skep-write"
#define S3_CONTENT_SHA256 "x-amz-meta-skep-sha256"
#define S3_XML_BYTES_MAX  (16u << 20)

typedef struct {
    const char *method;
    const char *bucket;
    const char *key;          /* NULL: the bucket itself */
    const SigV4Pair *query;   /* NULL: none */
    const SigV4Pair *headers; /* sent and signed; NULL: none */
    GBytes *body;             /* NULL: none */
    gsize answer_bytes_max;   /* 0: S3_XML_BYTES_MAX */
    HttpReceive receive;
    HttpBegin begin;
    gpointer receive_data;
} S3Request;

/* Sends until an answer comes that a repetition would not change, at most as often and as long as
 * the limits allow; something that was received in part is not asked for again. NULL with
 * UNAVAILABLE and the like when none came. *out_lost, when wanted: an attempt before may have had
 * its effect, although its answer was none. Transfer full. */
HttpAnswer *s3_send(S3Client *client, const S3Request *request, gboolean *out_lost, GError **error);
/* s3_send; an answer other than 2xx is an error. */
HttpAnswer *s3_send_or_fail(S3Client *client, const S3Request *request, GError **error);

/* What the answer to a request refuses, as an error. Returns FALSE. */
gboolean s3_fail_answer(const HttpAnswer *answer, const S3Request *request, GError **error);
/* The Code of a refusal's body; NULL: none. Transfer full. */
char *s3_answer_code(const HttpAnswer *answer);

const S3Limits *s3_client_limits(const S3Client *client);
/* The store does not know If-None-Match: learned from its first refusal. */
gboolean s3_client_lacks_if_absent(S3Client *client);
void s3_client_set_lacks_if_absent(S3Client *client);

/* An object in parts, of which none is left behind on failure. Not if absent: the caller looks
 * first. *out_lost as above. */
gboolean s3_write_parts(S3Client *client,
                        const S3Object *object,
                        GBytes *content,
                        const SigV4Pair *headers,
                        gboolean *out_lost,
                        GError **error);
