/* SPDX-License-Identifier: Apache-2.0 */
/* Many objects of an S3 store: listed page by page, deleted a thousand a request. */
#include "s3_client.h"

#include <string.h>

#include "s3_private.h"
#include "skep/error.h"
#include "xml.h"

#define KEYS_PER_REQUEST 1000

/* --- listing -------------------------------------------------------------------------------------
 */

typedef struct {
    char *key;
    gboolean is_prefix;
    gint64 size;
    gint64 modified_s;
} Entry;

static void
entry_clear(gpointer entry)
{
    g_free(((Entry *)entry)->key);
}

typedef struct {
    GArray *entries; /* of Entry; the last is being read while `open` */
    gboolean open;
    gboolean escaped; /* keys are; said before or after them */
    gboolean truncated;
    char *next;
} Page;

static void
page_clear(Page *page)
{
    g_clear_pointer(&page->entries, g_array_unref);
    g_clear_pointer(&page->next, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Page, page_clear)

static gint64
parse_time(const char *text)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, utc);

    return time ? g_date_time_to_unix(time) : 0;
}

static Entry *
open_entry(Page *page)
{
    if (!page->open) {
        Entry entry = {0};

        g_array_append_val(page->entries, entry);
        page->open = TRUE;
    }
    return &g_array_index(page->entries, Entry, page->entries->len - 1);
}

static void
take_element(const char *path, const char *text, gpointer data)
{
    Page *page = data;

    if (strcmp(path, "Contents/Key") == 0) {
        Entry *entry = open_entry(page);

        g_free(entry->key);
        entry->key = g_strdup(text);
    } else if (strcmp(path, "Contents/Size") == 0) {
        open_entry(page)->size = g_ascii_strtoll(text, NULL, 10);
    } else if (strcmp(path, "Contents/LastModified") == 0) {
        open_entry(page)->modified_s = parse_time(text);
    } else if (strcmp(path, "Contents") == 0) {
        page->open = FALSE;
    } else if (strcmp(path, "CommonPrefixes/Prefix") == 0) {
        Entry entry = {.key = g_strdup(text), .is_prefix = TRUE};

        g_array_append_val(page->entries, entry);
    } else if (strcmp(path, "EncodingType") == 0) {
        page->escaped = g_ascii_strcasecmp(text, "url") == 0;
    } else if (strcmp(path, "IsTruncated") == 0) {
        page->truncated = g_ascii_strcasecmp(text, "true") == 0;
    } else if (strcmp(path, "NextContinuationToken") == 0) {
        g_free(page->next);
        page->next = g_strdup(text);
    }
}

/* Stores escape a space as '+' or as %20, and a plus always as %2B. */
static char *
plain_key(const Page *page, const char *key)
{
    g_autofree char *spaced = g_strdup(key);

    if (!page->escaped)
        return g_steal_pointer(&spaced);
    for (char *c = spaced; *c; c++) {
        if (*c == '+')
            *c = ' ';
    }
    return g_uri_unescape_string(spaced, NULL);
}

static gboolean
read_page(S3Client *client, const S3Listing *listing, Page *page, GError **error)
{
    g_autofree char *keys = g_strdup_printf("%u", listing->page_keys ? listing->page_keys : 1000);
    SigV4Pair query[7] = {
        {"list-type",     "2"            },
        {"prefix",        listing->prefix},
        {"encoding-type", "url"          },
        {"max-keys",      keys           }
    };
    gsize count = 4;
    S3Request request = {.method = "GET", .bucket = listing->bucket, .query = query};
    g_autoptr(HttpAnswer) answer = NULL;
    g_autofree char *root = NULL;

    if (listing->by_folder)
        query[count++] = (SigV4Pair){"delimiter", "/"};
    if (page->next)
        query[count++] = (SigV4Pair){"continuation-token", page->next};
    answer = s3_send_or_fail(client, &request, error);
    if (!answer)
        return FALSE;
    g_clear_pointer(&page->next, g_free);
    page->truncated = FALSE;
    if (!xml_read(answer->body->data, answer->body->len, take_element, page, &root) ||
        g_strcmp0(root, "ListBucketResult") != 0 || (page->truncated && !page->next))
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "The object store's listing of bucket %s cannot be read", listing->bucket);
    return TRUE;
}

/* *out_more is FALSE when the receiver has enough. A key outside the prefix is a fault of the store
 * that must not cost anybody's data. */
static gboolean
tell_page(const S3Listing *listing,
          const Page *page,
          S3ListedFunc listed,
          gpointer data,
          gboolean *out_more,
          GError **error)
{
    *out_more = TRUE;
    for (guint i = 0; *out_more && i < page->entries->len; i++) {
        const Entry *entry = &g_array_index(page->entries, Entry, i);
        g_autofree char *key = entry->key ? plain_key(page, entry->key) : NULL;
        S3Listed found = {key, entry->is_prefix, entry->size, entry->modified_s};

        if (!key || !g_str_has_prefix(key, listing->prefix))
            return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                             "The object store lists a key of bucket %s that was not asked for",
                             listing->bucket);
        *out_more = listed(&found, data);
    }
    return TRUE;
}

gboolean
s3_list(
    S3Client *client, const S3Listing *listing, S3ListedFunc listed, gpointer data, GError **error)
{
    g_auto(Page) page = {.entries = g_array_new(FALSE, TRUE, sizeof(Entry))};
    gboolean more;

    g_array_set_clear_func(page.entries, entry_clear);
    do {
        g_array_set_size(page.entries, 0);
        page.open = FALSE;
        if (!read_page(client, listing, &page, error) ||
            !tell_page(listing, &page, listed, data, &more, error))
            return FALSE;
    } while (more && page.truncated);
    return TRUE;
}

/* --- deleting ------------------------------------------------------------------------------------
 */

/* The first failure of a batch. */
typedef struct {
    char *key, *code, *message; /* of the element that is being read */
    char *told;
    gboolean denied;
} Failures;

static void
take_failure(const char *path, const char *text, gpointer data)
{
    Failures *failures = data;
    char **place = NULL;

    if (strcmp(path, "Error/Key") == 0)
        place = &failures->key;
    else if (strcmp(path, "Error/Code") == 0)
        place = &failures->code;
    else if (strcmp(path, "Error/Message") == 0)
        place = &failures->message;
    if (place) {
        g_free(*place);
        *place = g_strdup(text);
    } else if (strcmp(path, "Error") == 0) {
        if (!failures->told && g_strcmp0(failures->code, "NoSuchKey") != 0) {
            failures->denied = g_strcmp0(failures->code, "AccessDenied") == 0;
            failures->told = g_strdup_printf(
                "%.1024s: %s %.300s", failures->key ? failures->key : "",
                failures->code ? failures->code : "", failures->message ? failures->message : "");
        }
        g_clear_pointer(&failures->key, g_free);
        g_clear_pointer(&failures->code, g_free);
        g_clear_pointer(&failures->message, g_free);
    }
}

static gboolean
read_failures(const HttpAnswer *answer, const char *bucket, GError **error)
{
    Failures failures = {0};
    g_autofree char *root = NULL;
    gboolean read =
        xml_read(answer->body->data, answer->body->len, take_failure, &failures, &root) &&
        g_strcmp0(root, "DeleteResult") == 0;
    g_autofree char *told = failures.told;

    g_free(failures.key);
    g_free(failures.code);
    g_free(failures.message);
    if (!read)
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "The object store's answer to a deletion cannot be read");
    return !told ||
           skep_fail(error, failures.denied ? SKEP_ERROR_FORBIDDEN : SKEP_ERROR_UNAVAILABLE, NULL,
                     "The object store could not delete s3://%s/%s", bucket, told);
}

/* XML has no way to say most control characters. */
static gboolean
key_fits_xml(const char *key)
{
    for (const char *c = key; *c; c++) {
        if ((guchar)*c < 0x20 || *c == 0x7f)
            return FALSE;
    }
    return g_utf8_validate(key, -1, NULL);
}

static gboolean
delete_batch(S3Client *client, const char *bucket, GString *xml, GError **error)
{
    g_autoptr(GBytes) body = NULL;
    g_autoptr(GChecksum) md5 = g_checksum_new(G_CHECKSUM_MD5);
    g_autofree char *md5_text = NULL;
    guint8 digest[16];
    gsize digest_length = sizeof digest;
    SigV4Pair query[] = {
        {"delete", ""  },
        {NULL,     NULL}
    };
    SigV4Pair headers[] = {
        {"Content-Type", "application/xml"},
        {"Content-MD5",  NULL             },
        {NULL,           NULL             }
    };
    S3Request request = {.method = "POST", .bucket = bucket, .query = query, .headers = headers};
    g_autoptr(HttpAnswer) answer = NULL;

    g_string_append(xml, "</Delete>");
    body = g_bytes_new(xml->str, xml->len);
    g_checksum_update(md5, (const guchar *)xml->str, (gssize)xml->len);
    g_checksum_get_digest(md5, digest, &digest_length);
    md5_text = g_base64_encode(digest, digest_length);
    headers[1].value = md5_text;
    request.body = body;
    answer = s3_send_or_fail(client, &request, error);
    return answer && read_failures(answer, bucket, error);
}

/* Keeps the first failure; the rest is tried all the same. */
static void
note(gboolean done, GError **failure, GError **first)
{
    if (!done && !*first)
        *first = g_steal_pointer(failure);
    g_clear_error(failure);
}

gboolean
s3_objects_delete(
    S3Client *client, const char *bucket, const char *const *keys, gsize count, GError **error)
{
    g_autoptr(GError) first = NULL;

    for (gsize at = 0; at < count;) {
        g_autoptr(GString) xml = g_string_new("<Delete><Quiet>true</Quiet>");
        g_autoptr(GError) failure = NULL;
        guint listed = 0;

        for (; at < count && listed < KEYS_PER_REQUEST; at++) {
            g_autofree char *escaped = NULL;

            if (!key_fits_xml(keys[at])) {
                S3Object object = {bucket, keys[at]};

                note(s3_object_delete(client, &object, &failure), &failure, &first);
                continue;
            }
            escaped = g_markup_escape_text(keys[at], -1);
            g_string_append_printf(xml, "<Object><Key>%s</Key></Object>", escaped);
            listed++;
        }
        if (listed > 0)
            note(delete_batch(client, bucket, xml, &failure), &failure, &first);
    }
    if (!first)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&first));
    return FALSE;
}
