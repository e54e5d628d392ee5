/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a request for which curl finds no memory is refused as such, or made whole: never without a
 * header, with another method, or twice. Method: the first allocation of curl's fails, then the
 * second, and so on until a request needs no more; that one alone, or all from there on. The server
 * is a thread here, and keeps every whole request that it sees.
 *
 * curl 7.88 itself forgets a query for which it finds no memory, and sends the rest. What is sent
 * is signed, query and all, so that a store refuses it, and so does the server here. */
#include <check.h>
#include <curl/curl.h>
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "skep/error.h"
#include "support/test_suite.h"
#include "warehouse/http.h"

#define ALLOCATIONS_MAX 2000

static const char *const HEADERS[] = {"Authorization: signed", "If-None-Match: *",
                                      "Content-Type: application/json", NULL};
static const char BODY[] = "{\"format-version\":2}";
static const char QUERY[] = "?id=1";
static const char ANSWER[] = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nETag: \"e\"\r\n\r\nkept";
static const char HEADERS_ALONE[] = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
static const char REFUSAL[] = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";

/* --- curl's memory --- */

static gint allocations, alive; /* atomic */
static gint fail_at;            /* 0: nothing fails */
static gboolean fails_on, failed;

static gboolean
fails_now(void)
{
    gint number = g_atomic_int_add(&allocations, 1) + 1;

    if (fail_at == 0 || (fails_on ? number < fail_at : number != fail_at))
        return FALSE;
    failed = TRUE;
    return TRUE;
}

static void *
count_alive(void *made)
{
    if (made)
        g_atomic_int_inc(&alive);
    return made;
}

static void *
curl_takes(size_t size)
{
    return fails_now() ? NULL : count_alive(malloc(size));
}

static void *
curl_takes_zeroes(size_t count, size_t size)
{
    return fails_now() ? NULL : count_alive(calloc(count, size));
}

static char *
curl_takes_text(const char *text)
{
    return fails_now() ? NULL : count_alive(strdup(text));
}

static void *
curl_takes_more(void *memory, size_t size)
{
    if (fails_now())
        return NULL;
    return memory ? realloc(memory, size) : count_alive(malloc(size));
}

static void
curl_gives(void *memory)
{
    if (memory)
        g_atomic_int_add(&alive, -1);
    free(memory);
}

/* --- the server --- */

static struct {
    GSocketListener *listener;
    GCancellable *stop;
    GThread *thread;
    GPtrArray *serving; /* GThread* */
    guint16 port;
    GMutex lock;
    GPtrArray *requests; /* char*: those that arrived whole */
} server;

/* NULL: the connection ended first. */
static char *
read_request(GInputStream *in)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const char *end;
    char piece[4096];
    gsize body_length;

    for (;;) {
        gssize count = g_input_stream_read(in, piece, sizeof piece, server.stop, NULL);

        if (count <= 0)
            return NULL;
        g_string_append_len(text, piece, count);
        end = strstr(text->str, "\r\n\r\n");
        if (!end)
            continue;
        const char *length = strstr(text->str, "Content-Length: ");
        body_length = length ? strtoul(length + 16, NULL, 10) : 0;
        if (text->len == (gsize)(end + 4 - text->str) + body_length)
            return g_string_free(g_steal_pointer(&text), FALSE);
    }
}

static gpointer
serve(gpointer data)
{
    g_autoptr(GSocketConnection) connection = data;
    GIOStream *stream = G_IO_STREAM(connection);
    const char *answer;
    char *request;

    while ((request = read_request(g_io_stream_get_input_stream(stream)))) {
        g_mutex_lock(&server.lock);
        g_ptr_array_add(server.requests, request);
        answer = g_str_has_prefix(request, "HEAD ") ? HEADERS_ALONE
                 : strstr(request, QUERY)           ? ANSWER
                                                    : REFUSAL;
        g_mutex_unlock(&server.lock);
        if (!g_output_stream_write_all(g_io_stream_get_output_stream(stream), answer,
                                       strlen(answer), NULL, server.stop, NULL))
            break;
    }
    return NULL;
}

static gpointer
accept_all(gpointer data)
{
    GSocketConnection *connection;

    (void)data;
    while ((connection = g_socket_listener_accept(server.listener, NULL, server.stop, NULL)))
        g_ptr_array_add(server.serving, g_thread_new("serve", serve, connection));
    return NULL;
}

static void
setup(void)
{
    ck_assert_int_eq(curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_takes, curl_gives,
                                          curl_takes_more, curl_takes_text, curl_takes_zeroes),
                     CURLE_OK);
    server.listener = g_socket_listener_new();
    server.stop = g_cancellable_new();
    server.serving = g_ptr_array_new();
    server.requests = g_ptr_array_new_with_free_func(g_free);
    server.port = g_socket_listener_add_any_inet_port(server.listener, NULL, NULL);
    ck_assert_uint_ne(server.port, 0);
    server.thread = g_thread_new("accept", accept_all, NULL);
}

static void
teardown(void)
{
    g_cancellable_cancel(server.stop);
    g_thread_join(server.thread);
    for (guint i = 0; i < server.serving->len; i++)
        g_thread_join(server.serving->pdata[i]);
    g_ptr_array_unref(server.serving);
    g_ptr_array_unref(server.requests);
    g_object_unref(server.listener);
    g_object_unref(server.stop);
    curl_global_cleanup();
}

/* --- */

static char *
request_text(const char *query)
{
    return g_strdup_printf("PUT /bucket/a%%20key%s HTTP/1.1\r\n"
                           "Host: 127.0.0.1:%u\r\n"
                           "User-Agent: skepd/" SKEP_VERSION "\r\n"
                           "Accept: */*\r\n"
                           "Authorization: signed\r\n"
                           "If-None-Match: *\r\n"
                           "Content-Type: application/json\r\n"
                           "Content-Length: %d\r\n\r\n%s",
                           query, server.port, (int)strlen(BODY), BODY);
}

/* Those that arrived since the last time. Nothing is asserted under the lock, which a test that
 * fails would keep. */
static GPtrArray *
take_requests(void)
{
    GPtrArray *taken;

    g_mutex_lock(&server.lock);
    taken = server.requests;
    server.requests = g_ptr_array_new_with_free_func(g_free);
    g_mutex_unlock(&server.lock);
    return taken;
}

/* 0: there was no answer, and *error says why. */
static guint
put(HttpPool *pool, GError **error)
{
    g_autofree char *url =
        g_strdup_printf("http://127.0.0.1:%u/bucket/a%%20key%s", server.port, QUERY);
    g_autoptr(GBytes) body = g_bytes_new_static(BODY, strlen(BODY));
    const HttpRequest request = {
        .method = "PUT", .url = url, .headers = HEADERS, .body = body, .answer_bytes_max = 100};
    g_autoptr(HttpAnswer) answer = http_perform(pool, &request, error);

    if (!answer)
        return 0;
    if (answer->status == 200) {
        ck_assert_str_eq(http_answer_header(answer, "etag"), "\"e\"");
        ck_assert_uint_eq(answer->body->len, 4);
        ck_assert_mem_eq(answer->body->data, "kept", 4);
    }
    return answer->status;
}

static void
assert_put(HttpPool *pool)
{
    g_autoptr(GError) error = NULL;
    guint status = put(pool, &error);
    g_autoptr(GPtrArray) requests = take_requests();
    g_autofree char *expected = request_text(QUERY);

    ck_assert_msg(status == 200, "%u %s", status, error ? error->message : "");
    ck_assert_uint_eq(requests->len, 1);
    ck_assert_str_eq(requests->pdata[0], expected);
}

static void
assert_outcome(gint number, guint status, const GError *error)
{
    g_autoptr(GPtrArray) requests = take_requests();
    g_autofree char *expected = request_text(status == 403 ? "" : QUERY);

    ck_assert_msg(failed || status == 200, "allocation %d: %u", number, status);
    ck_assert_msg(status != 0 || skep_error_fact(error) == SKEP_ERROR_UNAVAILABLE,
                  "allocation %d: %s", number, status == 0 ? error->message : "");
    ck_assert(requests->len == 1 || (status == 0 && requests->len == 0));
    ck_assert_msg(requests->len == 0 || strcmp(requests->pdata[0], expected) == 0,
                  "allocation %d: %u, %s", number, status, (char *)requests->pdata[0]);
}

/* Whether allocation `number` was asked for at all. */
static gboolean
put_without_memory(HttpPool *pool, gint number)
{
    g_autoptr(GError) error = NULL;
    guint status;

    g_atomic_int_set(&allocations, 0);
    failed = FALSE;
    fail_at = number;
    status = put(pool, &error);
    fail_at = 0;
    assert_outcome(number, status, error);
    return failed;
}

/* Of a new pool and of one that has a connection; afterwards each serves as if nothing had been,
 * and nothing is left of it. */
static void
sweep(gboolean is_warm)
{
    gint number = 1;

    for (gboolean goes_on = TRUE; goes_on; number++) {
        gint before = g_atomic_int_get(&alive);
        HttpPool *pool = http_pool_new(NULL, NULL);

        if (is_warm)
            assert_put(pool);
        goes_on = put_without_memory(pool, number);
        assert_put(pool);
        http_pool_free(pool);
        ck_assert_int_eq(g_atomic_int_get(&alive), before);
        ck_assert_int_lt(number, ALLOCATIONS_MAX);
    }
    ck_assert_int_gt(number, 10);
}

START_TEST(nothing_of_a_request_is_left_for_the_next)
{
    static const char *const methods[] = {"GET", "HEAD", "DELETE", "GET"};
    g_autoptr(HttpPool) pool = http_pool_new(NULL, NULL);
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%u/key%s", server.port, QUERY);

    for (guint i = 0; i < G_N_ELEMENTS(methods); i++) {
        const HttpRequest request = {.method = methods[i], .url = url, .answer_bytes_max = 100};
        g_autofree char *expected = g_strdup_printf(
            "%s /key%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nUser-Agent: skepd/" SKEP_VERSION
            "\r\nAccept: */*\r\n\r\n",
            methods[i], QUERY, server.port);

        assert_put(pool);
        g_autoptr(HttpAnswer) answer = http_perform(pool, &request, NULL);
        g_autoptr(GPtrArray) requests = take_requests();
        ck_assert_ptr_nonnull(answer);
        ck_assert_uint_eq(answer->status, 200);
        ck_assert_uint_eq(requests->len, 1);
        ck_assert_str_eq(requests->pdata[0], expected);
    }
}
END_TEST

START_TEST(one_allocation_fails)
{
    fails_on = FALSE;
    sweep(FALSE);
    sweep(TRUE);
}
END_TEST

START_TEST(all_allocations_fail_from_one_on)
{
    fails_on = TRUE;
    sweep(FALSE);
    sweep(TRUE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("http_memory");
    TCase *tests = tcase_create("requests");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, nothing_of_a_request_is_left_for_the_next);
    tcase_add_test(tests, one_allocation_fails);
    tcase_add_test(tests, all_allocations_fail_from_one_on);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
