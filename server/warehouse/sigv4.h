/* SPDX-License-Identifier: Apache-2.0 */
/* AWS Signature Version 4: who sends a request, shown by a keyed hash over what is sent. Pure: no
 * clock, no network. Rules: "Signature Version 4 for API requests" and "Authenticating requests"
 * of AWS's S3 manual. Callers: http requests to S3 and STS, and whoever signs for clients. */
#pragma once

#include <glib.h>

/* Payload hash of a request whose body is not part of its signature. */
#define SIGV4_UNSIGNED_PAYLOAD "UNSIGNED-PAYLOAD"
/* SHA-256 of nothing. */
#define SIGV4_EMPTY_PAYLOAD "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

typedef struct {
    const char *name;
    const char *value;
} SigV4Pair;

/* Everything as it means, not as it is escaped: escaping is done here. */
typedef struct {
    const char *method;
    const char *host;       /* as the Host header says it: name[:port], no port when the default */
    const char *path;       /* "/bucket/key", unescaped; "" and NULL are "/" */
    const SigV4Pair *query; /* unescaped, any order; ends with a NULL name; NULL: none */
    const SigV4Pair *headers;   /* further headers to sign, any order and case; ends with a NULL
                                   name; NULL: none. Without host, x-amz-date, x-amz-security-token
                                   and x-amz-content-sha256, which are added. A NULL value: the
                                   name is among the signed ones and the header is not sent */
    const char *payload_sha256; /* lower-case hex, or SIGV4_UNSIGNED_PAYLOAD */
    const char *service;        /* "s3": each byte of the path escaped once; others twice */
    const char *region;
    gint64 time_s; /* since 1970 */
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token; /* NULL: none */
} SigV4Request;

/* Lower-case hex of SHA-256. Transfer full. */
char *sigv4_sha256(const void *content, gsize length);

/* Escapes all but letters, digits and "-._~"; with keep_slashes also '/' stays. Transfer full. */
char *sigv4_escape(const char *text, gboolean keep_slashes);
/* "a=1&b=2" escaped and sorted as it is signed, to be sent like that; "" for none. Transfer full.
 */
char *sigv4_query(const SigV4Pair *query);

/* Headers to send in addition to request->headers, each "Name: value", NULL-terminated:
 * x-amz-date, for s3 x-amz-content-sha256, x-amz-security-token when there is one, and
 * Authorization. Host is not among them. Transfer full (g_strfreev). */
char **sigv4_sign(const SigV4Request *request);
