/* SPDX-License-Identifier: Apache-2.0 */
/* Large objects in parts, so that a cut connection costs one of them. Caller: s3_object.c. */
#include "s3_private.h"

#include <string.h>

#include "skep/error.h"
#include "xml.h"

#define PARTS_MAX 10000

typedef struct {
    S3Client *client;
    const S3Object *object;
    char *id;
    GString *done; /* the body of the request that puts the parts together */
} Upload;

static void
upload_clear(Upload *upload)
{
    g_free(upload->id);
    g_string_free(upload->done, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Upload, upload_clear)

static void
take_id(const char *path, const char *text, gpointer data)
{
    Upload *upload = data;

    if (strcmp(path, "UploadId") == 0 && !upload->id)
        upload->id = g_strdup(text);
}

static gboolean
begin_upload(Upload *upload, const SigV4Pair *headers, GError **error)
{
    SigV4Pair query[] = {
        {"uploads", ""  },
        {NULL,      NULL}
    };
    SigV4Pair sent[8] = {
        {NULL, NULL}
    };
    gsize count = 0;
    S3Request request = {.method = "POST",
                         .bucket = upload->object->bucket,
                         .key = upload->object->key,
                         .query = query,
                         .headers = sent,
                         .body = g_bytes_new_static("", 0)};
    g_autoptr(GBytes) nothing = request.body;
    g_autoptr(HttpAnswer) answer = NULL;

    for (; headers->name; headers++) {
        if (strcmp(headers->name, "If-None-Match") != 0)
            sent[count++] = *headers;
    }
    answer = s3_send_or_fail(upload->client, &request, error);
    if (!answer)
        return FALSE;
    xml_read(answer->body->data, answer->body->len, take_id, upload, NULL);
    return upload->id || skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                                   "The object store begins an upload without naming it");
}

static gboolean
send_part(Upload *upload, guint number, GBytes *part, GError **error)
{
    g_autofree char *number_text = g_strdup_printf("%u", number);
    SigV4Pair query[] = {
        {"partNumber", number_text},
        {"uploadId",   upload->id },
        {NULL,         NULL       }
    };
    S3Request request = {.method = "PUT",
                         .bucket = upload->object->bucket,
                         .key = upload->object->key,
                         .query = query,
                         .body = part};
    g_autoptr(HttpAnswer) answer = s3_send_or_fail(upload->client, &request, error);
    const char *etag = answer ? http_answer_header(answer, "etag") : NULL;
    g_autofree char *escaped = etag ? g_markup_escape_text(etag, -1) : NULL;

    if (!answer)
        return FALSE;
    if (!etag)
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "The object store takes a part without naming its etag");
    g_string_append_printf(upload->done, "<Part><PartNumber>%u</PartNumber><ETag>%s</ETag></Part>",
                           number, escaped);
    return TRUE;
}

static void
ignore_element(const char *path, const char *text, gpointer data)
{
    (void)path, (void)text, (void)data;
}

/* An answer of 200 may hold an error: the store begins it before it knows. */
static gboolean
end_upload(Upload *upload, gboolean *out_lost, GError **error)
{
    SigV4Pair query[] = {
        {"uploadId", upload->id},
        {NULL,       NULL      }
    };
    g_autoptr(GBytes) body = g_bytes_new(upload->done->str, upload->done->len);
    S3Request request = {.method = "POST",
                         .bucket = upload->object->bucket,
                         .key = upload->object->key,
                         .query = query,
                         .body = body};
    g_autoptr(HttpAnswer) answer = s3_send(upload->client, &request, out_lost, error);
    g_autofree char *root = NULL;

    if (!answer)
        return FALSE;
    if (answer->status / 100 != 2) {
        /* a repetition does not find the upload that the first one ended */
        *out_lost = *out_lost || answer->status == 404;
        return s3_fail_answer(answer, &request, error);
    }
    xml_read(answer->body->data, answer->body->len, ignore_element, NULL, &root);
    if (g_strcmp0(root, "CompleteMultipartUploadResult") == 0)
        return TRUE;
    *out_lost = TRUE;
    return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                     "The object store could not put the parts of s3://%s/%s together",
                     upload->object->bucket, upload->object->key);
}

/* As well as it can be: what it cannot remove, the store's own rules for old uploads do. */
static void
abort_upload(Upload *upload)
{
    SigV4Pair query[] = {
        {"uploadId", upload->id},
        {NULL,       NULL      }
    };
    S3Request request = {.method = "DELETE",
                         .bucket = upload->object->bucket,
                         .key = upload->object->key,
                         .query = query};
    g_autoptr(HttpAnswer) answer = s3_send(upload->client, &request, NULL, NULL);
}

gboolean
s3_write_parts(S3Client *client,
               const S3Object *object,
               GBytes *content,
               const SigV4Pair *headers,
               gboolean *out_lost,
               GError **error)
{
    g_auto(Upload) upload = {
        .client = client,
        .object = object,
        .done = g_string_new("<CompleteMultipartUpload>"),
    };
    gsize length = g_bytes_get_size(content);
    gsize part_bytes = MAX(s3_client_limits(client)->part_bytes, length / PARTS_MAX + 1);
    gboolean sent;
    guint number = 0;

    if (!begin_upload(&upload, headers, error))
        return FALSE;
    sent = TRUE;
    for (gsize at = 0; sent && at < length; at += part_bytes) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(content, at, MIN(part_bytes, length - at));

        sent = send_part(&upload, ++number, part, error);
    }
    g_string_append(upload.done, "</CompleteMultipartUpload>");
    sent = sent && end_upload(&upload, out_lost, error);
    if (!sent)
        abort_upload(&upload);
    return sent;
}
