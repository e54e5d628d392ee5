/* SPDX-License-Identifier: Apache-2.0 */
/* An S3 client for what a catalog does: objects read, written when absent, deleted and listed, as
 * Ceph's RGW, MinIO and AWS speak it. Signs every request, repeats what is safe to repeat, resolves
 * a write whose answer was lost. Thread safe. Callers: object.c, whoever checks a store.
 *
 * Errors: NO_SUCH_FILE, FORBIDDEN (denied), UNAVAILABLE (throttled, away, cut off, or set up wrong:
 * the message says so), ALREADY_EXISTS, TOO_LARGE. No message holds a secret. */
#pragma once

#include "http.h"
#include "s3_keys.h"

typedef struct S3Client S3Client;

typedef struct {
    HttpLimits http;
    guint attempts_max; /* 0: 4 */
    guint pause_ms;     /* before the second attempt at most, then doubled; 0: 100 */
    guint deadline_ms;  /* all attempts of one call begin within; 0: 30000 */
    gsize part_bytes;   /* larger objects are written in parts of so much; 0: 32 MiB */
} S3Limits;

/* limits NULL: the defaults. */
S3Client *s3_client_new(const StorageProfile *profile, const S3Limits *limits, GError **error);
void s3_client_free(S3Client *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(S3Client, s3_client_free)
/* Owned by the client. */
S3KeySource *s3_client_keys(S3Client *client);
HttpPool *s3_client_http(S3Client *client);

typedef struct {
    const char *bucket;
    const char *key; /* unescaped, no leading slash */
} S3Object;

typedef struct {
    gboolean exists;
    gint64 size;
    char *etag;       /* without quotes; NULL when there is none */
    char *write_mark; /* what s3_object_write_new wrote there; NULL: another program's */
} S3ObjectInfo;
void s3_object_info_clear(S3ObjectInfo *info);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(S3ObjectInfo, s3_object_info_clear)

/* Whole. TOO_LARGE past bytes_max. */
GBytes *s3_object_read(S3Client *client, const S3Object *object, gsize bytes_max, GError **error);
/* `count` bytes from `first` (-1: to the end) into `receive`, each once and in order, however often
 * the connection has to be made anew; an object replaced meanwhile is UNAVAILABLE. */
gboolean s3_object_stream(S3Client *client,
                          const S3Object *object,
                          gint64 first,
                          gint64 count,
                          HttpReceive receive,
                          gpointer data,
                          GError **error);
/* If absent (ALREADY_EXISTS otherwise). A store that ignores If-None-Match replaces the object
 * instead, one that refuses the header is asked first whether the object is there: only names that
 * nobody else chooses are safe there, and Skep's hold a UUID. When the answer is lost, the object
 * is looked at: with our mark on it, it is written. */
gboolean
s3_object_write_new(S3Client *client, const S3Object *object, GBytes *content, GError **error);
/* Not there is TRUE, too, with out_info->exists FALSE. */
gboolean
s3_object_look(S3Client *client, const S3Object *object, S3ObjectInfo *out_info, GError **error);
/* Not there: TRUE. */
gboolean s3_object_delete(S3Client *client, const S3Object *object, GError **error);
/* Many keys of one bucket, a thousand a request. Not there is deleted. FALSE when one could not be
 * deleted: the first is told; the others have been tried. */
gboolean s3_objects_delete(
    S3Client *client, const char *bucket, const char *const *keys, gsize count, GError **error);

typedef struct {
    const char *bucket;
    const char *prefix;
    gboolean by_folder; /* what follows the next '/' is told once, as that folder */
    guint page_keys;    /* keys of one request; 0: as many as the store sends, a thousand */
} S3Listing;

typedef struct {
    const char *key;    /* whole */
    gboolean is_prefix; /* a folder; ends with '/' */
    gint64 size;
    gint64 modified_s; /* since 1970 */
} S3Listed;
/* FALSE ends the listing, which is then TRUE. */
typedef gboolean (*S3ListedFunc)(const S3Listed *listed, gpointer data);
/* Every key that begins with the prefix, page by page; in order but for folders, which come after
 * the keys of their page. */
gboolean s3_list(
    S3Client *client, const S3Listing *listing, S3ListedFunc listed, gpointer data, GError **error);
