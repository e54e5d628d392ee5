/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP on libcurl. See http.h. A handle of curl keeps its connections; idle handles are kept, so
 * that as many connections stay open as requests ran side by side. */
#include "http.h"

#include <curl/curl.h>
#include <string.h>
#include <sys/stat.h>

#include "skep/error.h"

#define IDLE_HANDLES_MAX       64
#define STALL_BYTES_PER_SECOND 1024
#define HEADERS_MAX            128
/* Of the body of a failure, when that of a success goes elsewhere. */
#define FAILURE_BYTES_MAX 65536

/* Which content of the file a connection was made under. */
typedef struct {
    struct timespec changed;
    ino_t inode;
    off_t size;
} CaStamp;

struct HttpPool {
    char *ca_file;
    HttpLimits limits;
    GMutex lock;
    GPtrArray *idle; /* CURL* */
    CaStamp stamp;   /* of those in idle */
};

static void
set_up_curl(void)
{
    static gsize done;

    if (g_once_init_enter(&done)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&done, 1);
    }
}

HttpPool *
http_pool_new(const char *ca_file, const HttpLimits *limits)
{
    HttpPool *pool = g_new0(HttpPool, 1);

    set_up_curl();
    pool->ca_file = g_strdup(ca_file);
    if (limits)
        pool->limits = *limits;
    if (!pool->limits.connect_timeout_ms)
        pool->limits.connect_timeout_ms = 3000;
    if (!pool->limits.stall_timeout_s)
        pool->limits.stall_timeout_s = 10;
    if (!pool->limits.request_timeout_ms)
        pool->limits.request_timeout_ms = 60000;
    g_mutex_init(&pool->lock);
    pool->idle = g_ptr_array_new_with_free_func((GDestroyNotify)curl_easy_cleanup);
    return pool;
}

void
http_pool_free(HttpPool *pool)
{
    if (!pool)
        return;
    g_ptr_array_unref(pool->idle);
    g_mutex_clear(&pool->lock);
    g_free(pool->ca_file);
    g_free(pool);
}

/* Zeroes when there is no file: the handshake says so. */
static CaStamp
read_stamp(const HttpPool *pool)
{
    CaStamp stamp = {0};
    struct stat status;

    if (pool->ca_file && stat(pool->ca_file, &status) == 0) {
        stamp.changed = status.st_mtim;
        stamp.inode = status.st_ino;
        stamp.size = status.st_size;
    }
    return stamp;
}

static gboolean
same_stamp(const CaStamp *a, const CaStamp *b)
{
    return a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec &&
           a->inode == b->inode && a->size == b->size;
}

/* A handle remembers what its file of authorities held, and has connections that were trusted by
 * it: when the file is another one, none is used again. */
static CURL *
take_handle(HttpPool *pool, CaStamp *out_stamp)
{
    CURL *handle = NULL;

    *out_stamp = read_stamp(pool);
    g_mutex_lock(&pool->lock);
    if (!same_stamp(out_stamp, &pool->stamp)) {
        g_ptr_array_set_size(pool->idle, 0);
        pool->stamp = *out_stamp;
    }
    if (pool->idle->len > 0)
        handle = g_ptr_array_steal_index_fast(pool->idle, pool->idle->len - 1);
    g_mutex_unlock(&pool->lock);
    return handle ? handle : curl_easy_init();
}

/* Connections stay. A handle whose transfer failed goes: for want of memory, its state may be
 * anything. */
static void
give_back(HttpPool *pool, CURL *handle, const CaStamp *stamp, gboolean served)
{
    gboolean kept;

    curl_easy_reset(handle);
    g_mutex_lock(&pool->lock);
    kept = served && pool->idle->len < IDLE_HANDLES_MAX && same_stamp(stamp, &pool->stamp);
    if (kept)
        g_ptr_array_add(pool->idle, handle);
    g_mutex_unlock(&pool->lock);
    if (!kept)
        curl_easy_cleanup(handle);
}

/* --- the answer ----------------------------------------------------------------------------------
 */

void
http_answer_free(HttpAnswer *answer)
{
    if (!answer)
        return;
    g_hash_table_unref(answer->headers);
    g_byte_array_unref(answer->body);
    g_free(answer);
}

const char *
http_answer_header(const HttpAnswer *answer, const char *name)
{
    return g_hash_table_lookup(answer->headers, name);
}

/* One request on its way. */
typedef struct {
    const HttpRequest *request;
    CURL *handle;
    HttpAnswer *answer;
    gboolean begun;
    GError *failure; /* of whoever gets the body */
} Transfer;

static size_t
take_header(char *bytes, size_t size, size_t count, void *data)
{
    Transfer *transfer = data;
    GHashTable *headers = transfer->answer->headers;
    gsize length = size * count;
    const char *colon = memchr(bytes, ':', length);

    if (length > 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        g_hash_table_remove_all(headers); /* another answer, after an interim one */
    } else if (colon && g_hash_table_size(headers) < HEADERS_MAX) {
        gsize name_length = (gsize)(colon - bytes);
        g_autofree char *value = g_strndup(colon + 1, length - name_length - 1);

        g_hash_table_insert(headers, g_ascii_strdown(bytes, (gssize)name_length),
                            g_strdup(g_strstrip(value)));
    }
    return length;
}

static gboolean
pass_on(Transfer *transfer, const void *bytes, gsize length)
{
    const HttpRequest *request = transfer->request;

    if (!transfer->begun && request->begin &&
        !request->begin(transfer->answer, request->receive_data, &transfer->failure))
        return FALSE;
    transfer->begun = TRUE;
    return request->receive(bytes, length, request->receive_data, &transfer->failure);
}

static size_t
take_body(char *bytes, size_t size, size_t count, void *data)
{
    Transfer *transfer = data;
    const HttpRequest *request = transfer->request;
    GByteArray *body = transfer->answer->body;
    gsize length = size * count;
    long status = 0;

    curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &status);
    transfer->answer->status = (guint)status;
    if (request->receive && status / 100 == 2)
        return pass_on(transfer, bytes, length) ? length : 0;
    if (request->receive) { /* the words of a failure, as many as may be wanted */
        g_byte_array_append(body, (guint8 *)bytes,
                            (guint)MIN(length, FAILURE_BYTES_MAX - body->len));
        return length;
    }
    if (length > MIN(request->answer_bytes_max, G_MAXUINT / 2) - body->len) {
        skep_fail(&transfer->failure, SKEP_ERROR_TOO_LARGE, NULL,
                  "An answer of the object store is larger than %" G_GSIZE_FORMAT " bytes",
                  request->answer_bytes_max);
        return 0;
    }
    g_byte_array_append(body, (guint8 *)bytes, (guint)length);
    return length;
}

/* --- the request ---------------------------------------------------------------------------------
 */

/* Options with a text are copied, and those alone can fail, for want of memory: without one of them
 * it would be another request. */
static gboolean
set_text(CURL *handle, CURLoption option, const char *text)
{
    return curl_easy_setopt(handle, option, text) == CURLE_OK;
}

/* curl_easy_reset leaves these unset when it finds no memory, and does not say so; without them no
 * answer would be read. The paths of the system's authorities go the same way, so that nothing is
 * trusted and the handle goes with the transfer that fails. */
static void
set_defaults(CURL *handle)
{
    curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, (long)CURL_MAX_WRITE_SIZE);
    curl_easy_setopt(handle, CURLOPT_UPLOAD_BUFFERSIZE, 65536L);
    curl_easy_setopt(handle, CURLOPT_MAXCONNECTS, 5L);
    curl_easy_setopt(handle, CURLOPT_MAXAGE_CONN, 118L);
    curl_easy_setopt(handle, CURLOPT_TCP_KEEPIDLE, 60L);
    curl_easy_setopt(handle, CURLOPT_TCP_KEEPINTVL, 60L);
    curl_easy_setopt(handle, CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, 200L);
}

static void
set_limits(CURL *handle, const HttpPool *pool, gboolean streamed)
{
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)pool->limits.connect_timeout_ms);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES_PER_SECOND);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, (long)pool->limits.stall_timeout_s);
    /* what is streamed takes as long as it moves */
    if (!streamed)
        curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)pool->limits.request_timeout_ms);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
}

static gboolean
set_method(CURL *handle, const HttpRequest *request)
{
    if (request->body) {
        gsize length;
        const void *bytes = g_bytes_get_data(request->body, &length);

        curl_easy_setopt(handle, CURLOPT_POST, 1L);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, bytes ? bytes : "");
    }
    if (strcmp(request->method, "HEAD") == 0) {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
        return TRUE;
    }
    return set_text(handle, CURLOPT_CUSTOMREQUEST, request->method);
}

static gboolean
add_header(struct curl_slist **headers, const char *header)
{
    struct curl_slist *longer = curl_slist_append(*headers, header);

    if (longer)
        *headers = longer;
    return longer != NULL;
}

/* FALSE when there is no memory; *headers is the caller's to free either way. */
static gboolean
make_headers(const HttpRequest *request, struct curl_slist **headers)
{
    gboolean typed = FALSE;

    for (const char *const *header = request->headers; header && *header; header++) {
        if (!add_header(headers, *header))
            return FALSE;
        typed = typed || g_ascii_strncasecmp(*header, "content-type:", 13) == 0;
    }
    return (typed || add_header(headers, "Content-Type:")) /* none, not curl's own */
           && add_header(headers, "Expect:");
}

static gboolean
set_request(CURL *handle, const HttpPool *pool, Transfer *transfer, struct curl_slist *headers)
{
    const HttpRequest *request = transfer->request;

    curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set_defaults(handle);
    set_limits(handle, pool, request->receive != NULL);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer);
    if (pool->ca_file) { /* and nothing else: not what the system trusts beside it */
        curl_easy_setopt(handle, CURLOPT_CAPATH, NULL);
        if (!set_text(handle, CURLOPT_CAINFO, pool->ca_file))
            return FALSE;
    }
    return set_text(handle, CURLOPT_URL, request->url) &&
           set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https") &&
           set_text(handle, CURLOPT_USERAGENT, "skepd/" SKEP_VERSION) &&
           set_method(handle, request);
}

/* The query may hold a signature, so that only scheme, host and path are told. Why a certificate is
 * not believed is for whoever set the store up: it says what to change, and holds no secret. */
static void
fail_transfer(GError **error,
              const HttpPool *pool,
              const HttpRequest *request,
              CURLcode code,
              const char *why)
{
    g_autofree char *place = g_strndup(request->url, strcspn(request->url, "?"));
    const char *trusted = pool->ca_file ? pool->ca_file : "the system's authorities";
    GError *failure = NULL;

    if (code == CURLE_PEER_FAILED_VERIFICATION)
        skep_fail(&failure, SKEP_ERROR_UNAVAILABLE, NULL,
                  "The certificate of %s is not trusted (by %s): %s", place, trusted,
                  *why ? why : curl_easy_strerror(code));
    else if (code == CURLE_SSL_CACERT_BADFILE)
        skep_fail(&failure, SKEP_ERROR_UNAVAILABLE, NULL,
                  "No certificate is trusted: %s cannot be read, or holds none in PEM", trusted);
    else
        skep_fail(&failure, SKEP_ERROR_UNAVAILABLE, NULL, "No answer to %s %s: %s", request->method,
                  place, curl_easy_strerror(code));
    if (*why)
        skep_error_set_detail(failure, why);
    g_propagate_error(error, failure);
}

/* CURLE_OUT_OF_MEMORY before anything was sent, too. */
static CURLcode
transfer_run(Transfer *transfer, const HttpPool *pool, char *words)
{
    struct curl_slist *headers = NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    long status = 0;

    if (make_headers(transfer->request, &headers) &&
        set_request(transfer->handle, pool, transfer, headers)) {
        curl_easy_setopt(transfer->handle, CURLOPT_ERRORBUFFER, words);
        code = curl_easy_perform(transfer->handle);
        curl_easy_getinfo(transfer->handle, CURLINFO_RESPONSE_CODE, &status);
    }
    curl_slist_free_all(headers);
    transfer->answer->status = (guint)status;
    return code;
}

HttpAnswer *
http_perform(HttpPool *pool, const HttpRequest *request, GError **error)
{
    char words[CURL_ERROR_SIZE] = "";
    CaStamp stamp;
    CURL *handle = take_handle(pool, &stamp);
    g_autoptr(HttpAnswer) answer = g_new0(HttpAnswer, 1);
    Transfer transfer = {.request = request, .handle = handle, .answer = answer};
    CURLcode code = CURLE_OUT_OF_MEMORY;

    answer->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    answer->body = g_byte_array_new();
    if (handle) {
        code = transfer_run(&transfer, pool, words);
        give_back(pool, handle, &stamp, code == CURLE_OK);
    }
    if (transfer.failure) {
        g_propagate_error(error, transfer.failure);
        return NULL;
    }
    if (code != CURLE_OK) {
        fail_transfer(error, pool, request, code, words);
        return NULL;
    }
    return g_steal_pointer(&answer);
}
