/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: whatever arrives, and however slowly, the door answers within its bounds and stops without
 * losing what is under way. Method: the real door on a loopback port over a catalog that blocks
 * when told to, spoken to through plain sockets. */
#include <check.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doors/rest/fake_catalog.h"
#include "skep/doors.h"
#include "support/test_suite.h"

enum { BODY_MAX = 4096, BODIES_MAX = 8192 };

static WorkerPool *pool;
static RestDoor *door;

static void
start_with(guint threads, guint queue_max)
{
    g_autoptr(GError) error = NULL;
    RestDoorOptions options;
    rest_door_options_init(&options);
    options.listen = "127.0.0.1:0";
    options.body_bytes_max = BODY_MAX;
    options.bodies_bytes_max = BODIES_MAX;
    options.connections_max = 64;
    fake_catalog_reset();
    pool = worker_pool_new(threads, queue_max, &error);
    ck_assert_ptr_nonnull(pool);
    door = rest_door_start(&options, NULL, pool, &error);
    ck_assert_msg(door != NULL, "%s", error ? error->message : "");
}

static void
start(void)
{
    start_with(2, 8);
}

static void
stop(void)
{
    fake_catalog_release();
    ck_assert(rest_door_stop(g_steal_pointer(&door), 5000));
    g_clear_pointer(&pool, worker_pool_free);
}

static int
open_connection(void)
{
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = g_htons(rest_door_port(door)),
        .sin_addr.s_addr = g_htonl(INADDR_LOOPBACK),
    };
    ck_assert_int_eq(connect(descriptor, (struct sockaddr *)&address, sizeof address), 0);
    return descriptor;
}

static void
send_bytes(int descriptor, const char *bytes, gsize length)
{
    while (length > 0) {
        gssize sent = send(descriptor, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the server has had enough: what it answered is read next */
        bytes += sent;
        length -= (gsize)sent;
    }
}

static void
send_text(int descriptor, const char *text)
{
    send_bytes(descriptor, text, strlen(text));
}

/* Everything until the server closes. */
static char *
read_to_end(int descriptor)
{
    GString *text = g_string_new(NULL);
    char buffer[4096];
    gssize n = 0;
    while ((n = recv(descriptor, buffer, sizeof buffer, 0)) > 0)
        g_string_append_len(text, buffer, n);
    close(descriptor);
    return g_string_free(text, FALSE);
}

/* One answer, by its Content-Length; the connection stays open. */
static char *
read_one(int descriptor)
{
    GString *text = g_string_new(NULL);
    char byte = 0;
    gsize want = G_MAXSIZE;
    while (text->len < want && recv(descriptor, &byte, 1, 0) == 1) {
        g_string_append_c(text, byte);
        const char *length = strstr(text->str, "Content-Length: ");
        if (want == G_MAXSIZE && g_str_has_suffix(text->str, "\r\n\r\n"))
            want = text->len + (length ? strtoul(length + 16, NULL, 10) : 0);
    }
    return g_string_free(text, FALSE);
}

static int
begin_get(const char *path)
{
    int descriptor = open_connection();
    g_autofree char *head =
        g_strdup_printf("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
    send_text(descriptor, head);
    return descriptor;
}

static char *
get(const char *path)
{
    return read_to_end(begin_get(path));
}

static void
assert_status(const char *answer, guint status)
{
    g_autofree char *expected = g_strdup_printf("HTTP/1.1 %u ", status);
    ck_assert_msg(g_str_has_prefix(answer, expected), "wanted %u, got: %s", status, answer);
}

static void
assert_get(const char *path, guint status)
{
    g_autofree char *answer = get(path);
    assert_status(answer, status);
}

START_TEST(a_blocked_worker_blocks_neither_others_nor_health)
{
    int slow = begin_get("/v1/namespaces/slow");
    fake_catalog_wait_for_calls(1);
    assert_get("/v1/namespaces/n", 200);
    int slow_too = begin_get("/v1/namespaces/slow");
    fake_catalog_wait_for_calls(2);
    assert_get("/health", 200);
    fake_catalog_release();
    g_autofree char *answer = read_to_end(slow);
    g_autofree char *answer_too = read_to_end(slow_too);
    assert_status(answer, 200);
    assert_status(answer_too, 200);
}
END_TEST

START_TEST(a_full_queue_answers_503_with_retry_after)
{
    stop();
    start_with(1, 1);
    int serving = begin_get("/v1/namespaces/slow");
    fake_catalog_wait_for_calls(1);
    /* One of these waits in the queue, the other finds it full. */
    int one = begin_get("/v1/namespaces/n");
    int other = begin_get("/v1/namespaces/n");
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(one, &readable);
    FD_SET(other, &readable);
    ck_assert_int_eq(select(MAX(one, other) + 1, &readable, NULL, NULL, NULL), 1);
    int refused = FD_ISSET(one, &readable) ? one : other;
    int queued = refused == one ? other : one;
    g_autofree char *refusal = read_to_end(refused);
    assert_status(refusal, 503);
    ck_assert_ptr_nonnull(strstr(refusal, "Retry-After: 1\r\n"));
    ck_assert_ptr_nonnull(strstr(refusal, "\"type\":\"ServiceUnavailableException\",\"code\":503"));
    fake_catalog_release();
    g_autofree char *served = read_to_end(serving);
    g_autofree char *late = read_to_end(queued);
    assert_status(served, 200);
    assert_status(late, 200);
}
END_TEST

START_TEST(half_requests_hold_no_worker)
{
    int half[16];
    for (gsize i = 0; i < G_N_ELEMENTS(half); i++) {
        half[i] = open_connection();
        send_text(half[i], i % 2 ? "POST /v1/namespaces HTTP/1.1\r\nHo"
                                 : "POST /v1/namespaces HTTP/1.1\r\nHost: x\r\n"
                                   "Content-Length: 100\r\n\r\n{\"namespace\"");
    }
    assert_get("/v1/namespaces/n", 200);
    for (gsize i = 0; i < G_N_ELEMENTS(half); i++)
        close(half[i]);
    assert_get("/v1/namespaces/n", 200);
}
END_TEST

START_TEST(a_body_that_comes_in_pieces_is_one_body)
{
    int descriptor = open_connection();
    send_text(descriptor, "POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n");
    const char *pieces[] = {"6\r\n{\"name\r\n", "1\r\ns\r\n", "c\r\npace\":[\"n\"]}\r\n",
                            "0\r\n\r\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++)
        send_text(descriptor, pieces[i]);
    g_autofree char *answer = read_to_end(descriptor);
    assert_status(answer, 200);
    ck_assert_ptr_nonnull(strstr(answer, "{\"namespace\":[\"n\"],\"properties\":{}}"));
}
END_TEST

/* Sends a body of that many bytes and gives the answer. */
static char *
post_bytes(gsize length, gboolean chunked)
{
    int descriptor = open_connection();
    g_autofree char *body = g_strnfill(length, ' ');
    g_autofree char *head =
        chunked ? g_strdup_printf("POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                  "Transfer-Encoding: chunked\r\n\r\n%zx\r\n",
                                  length)
                : g_strdup_printf("POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                  "Content-Length: %zu\r\n\r\n",
                                  length);
    send_text(descriptor, head);
    send_bytes(descriptor, body, length);
    if (chunked)
        send_text(descriptor, "\r\n0\r\n\r\n");
    return read_to_end(descriptor);
}

START_TEST(a_body_over_the_bound_is_413_in_json)
{
    for (gint chunked = 0; chunked < 2; chunked++) {
        g_autofree char *over = post_bytes(BODY_MAX + 1, chunked);
        assert_status(over, 413);
        ck_assert_ptr_nonnull(strstr(over, "\"type\":\"PayloadTooLargeException\",\"code\":413"));
        g_autofree char *within = post_bytes(BODY_MAX, chunked);
        assert_status(within, 400); /* spaces are no JSON */
    }
    g_autofree char *far_over = post_bytes(3 * 1024 * 1024, TRUE);
    assert_status(far_over, 413);
}
END_TEST

START_TEST(all_bodies_together_are_bounded)
{
    int held[2];
    g_autofree char *most = g_strnfill(BODY_MAX - 1, ' ');
    for (gsize i = 0; i < G_N_ELEMENTS(held); i++) {
        held[i] = open_connection();
        g_autofree char *head =
            g_strdup_printf("POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            "Content-Length: %d\r\n\r\n",
                            BODY_MAX);
        send_text(held[i], head);
        send_text(held[i], most);
    }
    /* Both are held, one byte short; as soon as they have arrived there is room for no third. */
    gboolean was_refused = FALSE;
    while (!was_refused) {
        g_autofree char *third = post_bytes(BODY_MAX, FALSE);
        was_refused = strstr(third, " 503 ") != NULL;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(held); i++) {
        send_text(held[i], " ");
        g_autofree char *answer = read_to_end(held[i]);
        assert_status(answer, 400);
    }
    g_autofree char *again = post_bytes(BODY_MAX, FALSE);
    assert_status(again, 400);
}
END_TEST

START_TEST(a_refusal_keeps_the_connection_for_the_next_request)
{
    int descriptor = open_connection();
    const char *refused[] = {
        "POST /v1/nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "PUT /v1/config HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"
        "Content-Length: 5\r\n\r\nhello",
        "GET /v1/namespaces/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
    };
    const guint status[] = {404, 405, 415, 400};
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        send_text(descriptor, refused[i]);
        g_autofree char *answer = read_one(descriptor);
        assert_status(answer, status[i]);
        ck_assert_ptr_nonnull(strstr(answer, "{\"error\":{\"message\":"));
    }
    send_text(descriptor, "GET /v1/namespaces/n HTTP/1.1\r\nHost: x\r\n\r\n");
    g_autofree char *answer = read_one(descriptor);
    assert_status(answer, 200);
    close(descriptor);
}
END_TEST

START_TEST(who_asks_before_sending_is_refused_before_sending)
{
    int descriptor = open_connection();
    send_text(descriptor, "POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                          "Content-Length: 1000000\r\n\r\n");
    g_autofree char *answer = read_to_end(descriptor);
    assert_status(answer, 413);
}
END_TEST

START_TEST(a_document_goes_out_byte_for_byte)
{
    g_autofree char *answer = get("/v1/namespaces/n/tables/t");
    assert_status(answer, 200);
    ck_assert_ptr_nonnull(
        strstr(answer, "{\"metadata-location\":\"file:///w/n/t/metadata/00000-a.metadata.json\","
                       "\"metadata\":" FAKE_METADATA ",\"config\":{}}"));
}
END_TEST

static char *
entity_tag_of(const char *path)
{
    g_autofree char *answer = get(path);
    const char *tag = strstr(answer, "ETag: ");
    ck_assert_ptr_nonnull(tag);
    return g_strndup(tag + 6, strcspn(tag + 6, "\r"));
}

static void
assert_conditional(const char *path, const char *tag, guint status)
{
    int descriptor = open_connection();
    g_autofree char *head = g_strdup_printf(
        "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nIf-None-Match: %s\r\n\r\n", path, tag);
    send_text(descriptor, head);
    g_autofree char *answer = read_to_end(descriptor);
    assert_status(answer, status);
    if (status == 304)
        ck_assert(g_str_has_suffix(answer, "\r\n\r\n"));
}

START_TEST(an_unchanged_table_is_304_for_the_same_shape_only)
{
    g_autofree char *tag = entity_tag_of("/v1/namespaces/n/tables/t");
    g_autofree char *listed = g_strdup_printf("\"x\", W/%s", tag);
    assert_conditional("/v1/namespaces/n/tables/t", tag, 304);
    assert_conditional("/v1/namespaces/n/tables/t?snapshots=all", listed, 304);
    assert_conditional("/v1/namespaces/n/tables/t", "\"x\"", 200);
    assert_conditional("/v1/namespaces/n/tables/t?snapshots=refs", tag, 200);
    assert_conditional("/v1/namespaces/n/tables/gone", tag, 404);
}
END_TEST

START_TEST(a_head_has_no_body_whatever_its_status)
{
    const char *paths[] = {"/v1/namespaces/n", "/v1/namespaces/x", "/v1/namespaces/n/tables/t",
                           "/v1/namespaces/n/tables/x", "/v1/nowhere"};
    const guint status[] = {204, 404, 204, 404, 404};
    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        int descriptor = open_connection();
        g_autofree char *head =
            g_strdup_printf("HEAD %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", paths[i]);
        send_text(descriptor, head);
        g_autofree char *answer = read_to_end(descriptor);
        assert_status(answer, status[i]);
        ck_assert(g_str_has_suffix(answer, "\r\n\r\n"));
    }
}
END_TEST

START_TEST(a_database_that_is_away_asks_for_a_retry)
{
    g_autofree char *answer = get("/v1/namespaces/n/tables/busy");
    assert_status(answer, 503);
    ck_assert_ptr_nonnull(strstr(answer, "Retry-After: 1\r\n"));
}
END_TEST

static gpointer
release_later(gpointer data)
{
    (void)data;
    g_usleep(50 * 1000);
    fake_catalog_release();
    return NULL;
}

START_TEST(stopping_lets_a_request_in_flight_finish)
{
    int slow = begin_get("/v1/namespaces/slow");
    int half = open_connection();
    send_text(half, "POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    fake_catalog_wait_for_calls(1);
    GThread *releaser = g_thread_new("release", release_later, NULL);
    ck_assert(rest_door_stop(g_steal_pointer(&door), 500));
    g_thread_join(releaser);
    g_autofree char *answer = read_to_end(slow);
    g_autofree char *nothing = read_to_end(half);
    assert_status(answer, 200);
    ck_assert_str_eq(nothing, "");
}
END_TEST

START_TEST(a_half_request_does_not_hold_up_the_stop)
{
    int half = open_connection();
    send_text(half, "POST /v1/namespaces HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    assert_get("/v1/namespaces/n", 200);
    gint64 begun_us = g_get_monotonic_time();
    ck_assert(rest_door_stop(g_steal_pointer(&door), 3600 * 1000));
    ck_assert_int_lt(g_get_monotonic_time() - begun_us, 30 * G_USEC_PER_SEC);
    g_autofree char *nothing = read_to_end(half);
    ck_assert_str_eq(nothing, "");
}
END_TEST

START_TEST(a_taken_port_is_an_error_that_names_the_setting)
{
    g_autoptr(GError) error = NULL;
    RestDoorOptions options;
    rest_door_options_init(&options);
    g_autofree char *listen = g_strdup_printf("127.0.0.1:%u", rest_door_port(door));
    options.listen = listen;
    ck_assert_ptr_null(rest_door_start(&options, NULL, pool, &error));
    ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(error->message, listen));
    ck_assert_ptr_nonnull(strstr(error->message, "SKEP_REST_LISTEN"));
}
END_TEST

START_TEST(an_unreadable_address_is_an_error_that_names_the_setting)
{
    const char *const addresses[] = {
        "", "8181", "host", "host:", "host:x", "::1:80", "[::1]", "127.0.0.1:99999"};
    for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autoptr(GError) error = NULL;
        guint16 port = 0;
        ck_assert_int_eq(doors_listen(addresses[i], "SKEP_REST_LISTEN", 8, &port, &error), -1);
        ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_INVALID_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(error->message, "SKEP_REST_LISTEN"));
    }
}
END_TEST

START_TEST(every_kind_of_address_listens)
{
    const char *const addresses[] = {"127.0.0.1:0", "localhost:0", ":0", "*:0", "0.0.0.0:0"};
    for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autoptr(GError) error = NULL;
        guint16 port = 0;
        int descriptor = doors_listen(addresses[i], "SKEP_REST_LISTEN", 8, &port, &error);
        ck_assert_msg(descriptor >= 0, "%s: %s", addresses[i], error ? error->message : "");
        ck_assert_uint_gt(port, 0);
        close(descriptor);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("rest arrival");
    TCase *tests = tcase_create("arrival");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_test(tests, a_blocked_worker_blocks_neither_others_nor_health);
    tcase_add_test(tests, a_full_queue_answers_503_with_retry_after);
    tcase_add_test(tests, half_requests_hold_no_worker);
    tcase_add_test(tests, a_body_that_comes_in_pieces_is_one_body);
    tcase_add_test(tests, a_body_over_the_bound_is_413_in_json);
    tcase_add_test(tests, all_bodies_together_are_bounded);
    tcase_add_test(tests, a_refusal_keeps_the_connection_for_the_next_request);
    tcase_add_test(tests, who_asks_before_sending_is_refused_before_sending);
    tcase_add_test(tests, a_document_goes_out_byte_for_byte);
    tcase_add_test(tests, an_unchanged_table_is_304_for_the_same_shape_only);
    tcase_add_test(tests, a_head_has_no_body_whatever_its_status);
    tcase_add_test(tests, a_database_that_is_away_asks_for_a_retry);
    tcase_add_test(tests, stopping_lets_a_request_in_flight_finish);
    tcase_add_test(tests, a_half_request_does_not_hold_up_the_stop);
    tcase_add_test(tests, a_taken_port_is_an_error_that_names_the_setting);
    tcase_add_test(tests, an_unreadable_address_is_an_error_that_names_the_setting);
    tcase_add_test(tests, every_kind_of_address_listens);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
