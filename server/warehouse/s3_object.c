/* SPDX-License-Identifier: Apache-2.0 */
/* One object of an S3 store: read, written if absent, looked at, deleted. See s3_client.h. */
#include "s3_client.h"

#include <string.h>

#include "s3_private.h"
#include "skep/error.h"

#define STREAM_RESUMES_MAX 3

/* --- looking -------------------------------------------------------------------------------------
 */

void
s3_object_info_clear(S3ObjectInfo *info)
{
    g_clear_pointer(&info->etag, g_free);
    g_clear_pointer(&info->write_mark, g_free);
}

static char *
answer_etag(const HttpAnswer *answer)
{
    const char *etag = http_answer_header(answer, "etag");
    gsize length = etag ? strlen(etag) : 0;

    return length > 2 && *etag == '"' ? g_strndup(etag + 1, length - 2) : g_strdup(etag);
}

gboolean
s3_object_look(S3Client *client, const S3Object *object, S3ObjectInfo *out_info, GError **error)
{
    S3Request request = {.method = "HEAD", .bucket = object->bucket, .key = object->key};
    g_autoptr(HttpAnswer) answer = s3_send(client, &request, NULL, error);
    const char *size;

    if (!answer)
        return FALSE;
    if (answer->status == 404) {
        *out_info = (S3ObjectInfo){0};
        return TRUE;
    }
    if (answer->status != 200)
        return s3_fail_answer(answer, &request, error);
    size = http_answer_header(answer, "content-length");
    *out_info = (S3ObjectInfo){
        .exists = TRUE,
        .size = size ? g_ascii_strtoll(size, NULL, 10) : -1,
        .etag = answer_etag(answer),
        .write_mark = g_strdup(http_answer_header(answer, S3_WRITE_MARK)),
    };
    return TRUE;
}

/* --- reading -------------------------------------------------------------------------------------
 */

/* What has arrived of one object, over one or more requests. */
typedef struct {
    const S3Object *object;
    HttpReceive receive;
    gpointer data;
    gint64 first;
    gint64 left; /* of what was asked for; -1: to the end */
    gint64 received;
    gboolean refused;    /* by the receiver: no connection mends it */
    char *etag;          /* of the first answer; the others must have it */
    char *expected;      /* hash of the whole; NULL: not known, or a part is read */
    GChecksum *checksum; /* of what was received */
} Stream;

static void
stream_clear(Stream *stream)
{
    g_free(stream->etag);
    g_free(stream->expected);
    g_clear_pointer(&stream->checksum, g_checksum_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stream, stream_clear)

static gboolean
stream_is_part(const Stream *stream)
{
    return stream->first + stream->received > 0 || stream->left >= 0;
}

/* A store that does not know If-Match or Range would have the wrong bytes put together. */
static gboolean
begin_pieces(const HttpAnswer *answer, gpointer data, GError **error)
{
    Stream *stream = data;
    g_autofree char *etag = answer_etag(answer);

    if (answer->status != (stream_is_part(stream) ? 206 : 200)) {
        stream->refused = TRUE;
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "The object store sends all of s3://%s/%s instead of a part",
                         stream->object->bucket, stream->object->key);
    }
    if (stream->etag && g_strcmp0(etag, stream->etag) != 0) {
        stream->refused = TRUE;
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "s3://%s/%s was replaced while it was read", stream->object->bucket,
                         stream->object->key);
    }
    if (!stream_is_part(stream))
        stream->expected = g_strdup(http_answer_header(answer, S3_CONTENT_SHA256));
    if (!stream->etag)
        stream->etag = g_steal_pointer(&etag);
    return TRUE;
}

static gboolean
take_piece(const void *bytes, gsize length, gpointer data, GError **error)
{
    Stream *stream = data;

    if (stream->left >= 0 && (guint64)length > (guint64)stream->left) {
        stream->refused = TRUE;
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "The object store sends more than it was asked for");
    }
    if (!stream->receive(bytes, length, stream->data, error)) {
        stream->refused = TRUE;
        return FALSE;
    }
    stream->received += (gint64)length;
    if (stream->left >= 0)
        stream->left -= (gint64)length;
    g_checksum_update(stream->checksum, bytes, (gssize)length);
    return TRUE;
}

/* "bytes=100-", "bytes=100-199"; NULL: all of it. */
static char *
range_text(const Stream *stream)
{
    gint64 first = stream->first + stream->received;

    if (!stream_is_part(stream))
        return NULL;
    return stream->left < 0 ? g_strdup_printf("bytes=%" G_GINT64_FORMAT "-", first)
                            : g_strdup_printf("bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, first,
                                              first + stream->left - 1);
}

/* One request for what is still missing. */
static gboolean
ask_for_rest(S3Client *client, Stream *stream, GError **error)
{
    g_autofree char *range = range_text(stream);
    g_autofree char *quoted = stream->etag ? g_strconcat("\"", stream->etag, "\"", NULL) : NULL;
    SigV4Pair headers[3] = {
        {NULL, NULL}
    };
    gsize count = 0;
    S3Request request = {
        .method = "GET",
        .bucket = stream->object->bucket,
        .key = stream->object->key,
        .headers = headers,
        .receive = take_piece,
        .begin = begin_pieces,
        .receive_data = stream,
    };
    g_autoptr(HttpAnswer) answer = NULL;

    if (range)
        headers[count++] = (SigV4Pair){"Range", range};
    if (quoted)
        headers[count++] = (SigV4Pair){"If-Match", quoted};
    answer = s3_send(client, &request, NULL, error);
    if (!answer)
        return FALSE;
    if (answer->status == 412)
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "s3://%s/%s was replaced while it was read", stream->object->bucket,
                         stream->object->key);
    return answer->status / 100 == 2 || s3_fail_answer(answer, &request, error);
}

/* What Skep wrote carries its own hash, which finds an answer that was cut where it says it ends.
 */
static gboolean
check_received(const Stream *stream, GError **error)
{
    if (stream->left > 0)
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "s3://%s/%s ends before the part that was asked for",
                         stream->object->bucket, stream->object->key);
    if (!stream->expected || strcmp(stream->expected, g_checksum_get_string(stream->checksum)) == 0)
        return TRUE;
    return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                     "The object store sends other content of s3://%s/%s than was written there",
                     stream->object->bucket, stream->object->key);
}

gboolean
s3_object_stream(S3Client *client,
                 const S3Object *object,
                 gint64 first,
                 gint64 count,
                 HttpReceive receive,
                 gpointer data,
                 GError **error)
{
    g_auto(Stream) stream = {.object = object,
                             .receive = receive,
                             .data = data,
                             .first = first,
                             .left = count,
                             .checksum = g_checksum_new(G_CHECKSUM_SHA256)};

    for (guint resumes = 0; count != 0; resumes++) {
        g_autoptr(GError) failure = NULL;
        gint64 before = stream.received;

        if (ask_for_rest(client, &stream, &failure))
            return check_received(&stream, error);
        if (stream.refused || stream.received == before || !stream.etag ||
            resumes >= STREAM_RESUMES_MAX || skep_error_fact(failure) != SKEP_ERROR_UNAVAILABLE) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
    }
    return TRUE;
}

typedef struct {
    GByteArray *content;
    gsize bytes_max;
} Whole;

static gboolean
collect(const void *bytes, gsize length, gpointer data, GError **error)
{
    Whole *whole = data;

    if (length > MIN(whole->bytes_max, G_MAXUINT / 2) - whole->content->len)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "An object is larger than %" G_GSIZE_FORMAT " bytes", whole->bytes_max);
    g_byte_array_append(whole->content, bytes, (guint)length);
    return TRUE;
}

GBytes *
s3_object_read(S3Client *client, const S3Object *object, gsize bytes_max, GError **error)
{
    g_autoptr(GByteArray) content = g_byte_array_new();
    Whole whole = {content, bytes_max};

    if (!s3_object_stream(client, object, 0, -1, collect, &whole, error))
        return NULL;
    return g_byte_array_free_to_bytes(g_steal_pointer(&content));
}

/* --- writing -------------------------------------------------------------------------------------
 */

static gboolean
fail_exists(const S3Object *object, GError **error)
{
    return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, NULL, "s3://%s/%s already exists",
                     object->bucket, object->key);
}

/* After a write whose answer was lost, or that found the name taken: is what is there ours? */
static gboolean
resolve(
    S3Client *client, const S3Object *object, const char *mark, gboolean *out_ours, GError **error)
{
    g_auto(S3ObjectInfo) info = {0};

    if (!s3_object_look(client, object, &info, error))
        return FALSE;
    *out_ours = info.exists && g_strcmp0(info.write_mark, mark) == 0;
    if (info.exists && !*out_ours)
        return fail_exists(object, error);
    return TRUE;
}

/* Conditional where the store knows it; else, and for parts, it is looked at first. */
static gboolean
check_absent(S3Client *client, const S3Object *object, GError **error)
{
    g_auto(S3ObjectInfo) info = {0};

    if (!s3_object_look(client, object, &info, error))
        return FALSE;
    return !info.exists || fail_exists(object, error);
}

static gboolean
refuses_condition(const HttpAnswer *answer)
{
    g_autofree char *code = answer->status == 501 ? s3_answer_code(answer) : NULL;

    return g_strcmp0(code, "NotImplemented") == 0;
}

/* One PUT. headers ends with If-None-Match, which is left out where the store refuses it. */
static gboolean
write_whole(S3Client *client,
            const S3Object *object,
            GBytes *content,
            SigV4Pair *headers,
            gboolean *out_lost,
            GError **error)
{
    SigV4Pair *condition = headers;
    S3Request request = {.method = "PUT",
                         .bucket = object->bucket,
                         .key = object->key,
                         .headers = headers,
                         .body = content};
    g_autoptr(HttpAnswer) answer = NULL;

    while (strcmp(condition->name, "If-None-Match") != 0)
        condition++;
    if (s3_client_lacks_if_absent(client)) {
        if (!check_absent(client, object, error))
            return FALSE;
        condition->name = NULL;
    }
    answer = s3_send(client, &request, out_lost, error);
    if (answer && condition->name && refuses_condition(answer)) {
        s3_client_set_lacks_if_absent(client);
        return write_whole(client, object, content, headers, out_lost, error);
    }
    if (!answer || answer->status / 100 == 2)
        return answer != NULL;
    *out_lost = *out_lost || answer->status == 412;
    return s3_fail_answer(answer, &request, error);
}

gboolean
s3_object_write_new(S3Client *client, const S3Object *object, GBytes *content, GError **error)
{
    gsize length;
    const void *bytes = g_bytes_get_data(content, &length);
    g_autofree char *mark = g_uuid_string_random();
    g_autofree char *hash = sigv4_sha256(bytes ? bytes : "", length);
    SigV4Pair headers[] = {
        {"Content-Type",    "application/octet-stream"},
        {S3_WRITE_MARK,     mark                      },
        {S3_CONTENT_SHA256, hash                      },
        {"If-None-Match",   "*"                       },
        {NULL,              NULL                      }
    };
    g_autoptr(GError) failure = NULL, unresolved = NULL;
    gboolean written, lost = FALSE, ours = FALSE;

    if (length > s3_client_limits(client)->part_bytes) {
        if (!check_absent(client, object, error))
            return FALSE;
        written = s3_write_parts(client, object, content, headers, &lost, &failure);
    } else {
        written = write_whole(client, object, content, headers, &lost, &failure);
    }
    if (written)
        return TRUE;
    if (lost && !resolve(client, object, mark, &ours, &unresolved) &&
        skep_error_fact(unresolved) == SKEP_ERROR_ALREADY_EXISTS) {
        g_propagate_error(error, g_steal_pointer(&unresolved));
        return FALSE;
    }
    if (!ours)
        g_propagate_error(error, g_steal_pointer(&failure));
    return ours;
}

gboolean
s3_object_delete(S3Client *client, const S3Object *object, GError **error)
{
    S3Request request = {.method = "DELETE", .bucket = object->bucket, .key = object->key};
    g_autoptr(HttpAnswer) answer = s3_send(client, &request, NULL, error);

    if (!answer)
        return FALSE;
    return answer->status / 100 == 2 || answer->status == 404 ||
           s3_fail_answer(answer, &request, error);
}
