/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: the Thrift door's network part serves every well-behaved client however its bytes arrive,
 * lets no slow one hold a worker, and starts and stops in order. Method: the shared listener and
 * raw sockets. */
#include <check.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listener_fixture.h"
#include "support/test_suite.h"

/* --- good clients --- */

START_TEST(replies_come_in_the_form_of_the_call)
{
    start(2, 16);
    int client = connect_client();
    for (int i = 0; i < 3; i++) {
        g_autoptr(GByteArray) call = make_message((Form)_i, "echo", T_CALL, 5, "größe");
        g_autoptr(GByteArray) reply = make_message((Form)_i, "echo", T_REPLY, 5, "größe");
        send_bytes(client, call->data, call->len);
        expect_bytes(client, reply);
    }
    close(client);
    stop();
}
END_TEST

START_TEST(a_call_that_arrives_by_bytes_is_answered)
{
    start(1, 16);
    int client = connect_client();
    g_autoptr(GByteArray) call = make_message((Form)_i, "echo", T_CALL, 5, "bytes");
    g_autoptr(GByteArray) reply = make_message((Form)_i, "echo", T_REPLY, 5, "bytes");
    for (guint at = 0; at < call->len; at++) {
        send_bytes(client, call->data + at, 1);
        g_thread_yield();
    }
    expect_bytes(client, reply);
    assert_serves(client);
    close(client);
    stop();
}
END_TEST

START_TEST(pipelined_calls_are_answered_in_order)
{
    start(2, 16);
    int client = connect_client();
    g_autoptr(GByteArray) calls = g_byte_array_new();
    g_autoptr(GByteArray) replies = g_byte_array_new();
    for (guint32 seqid = 0; seqid < 5000; seqid++) {
        g_autofree char *text = g_strnfill(seqid % 50, 'p');
        g_autoptr(GByteArray) call = make_message(STRICT, "echo", T_CALL, seqid, text);
        g_autoptr(GByteArray) reply = make_message(STRICT, "echo", T_REPLY, seqid, text);
        g_byte_array_append(calls, call->data, call->len);
        g_byte_array_append(replies, reply->data, reply->len);
    }
    /* The replies together fit into the sockets' buffers, so that sending first does not block. */
    send_bytes(client, calls->data, calls->len);
    expect_bytes(client, replies);
    close(client);
    stop();
}
END_TEST

START_TEST(large_calls_and_replies_pass)
{
    start(1, 16);
    int client = connect_client();
    g_autofree char *text = g_strnfill(10 * 1024 * 1024, 'x');
    for (int i = 0; i < 2; i++) {
        send_message(client, "echo", T_CALL, text);
        expect_reply(client, "echo", T_REPLY, text);
    }
    assert_serves(client);
    close(client);
    stop();
}
END_TEST

START_TEST(a_oneway_message_has_no_reply)
{
    start(1, 16);
    int client = connect_client();
    send_message(client, "echo", T_ONEWAY, "nobody listens");
    assert_serves(client);
    ck_assert_int_eq(g_atomic_int_get(&oneways), 1);
    g_autoptr(GByteArray) call = make_message(FRAMED, "echo", T_ONEWAY, 5, "nor here");
    send_bytes(client, call->data, call->len);
    assert_serves(client);
    ck_assert_int_eq(g_atomic_int_get(&oneways), 2);
    close(client);
    stop();
}
END_TEST

START_TEST(a_client_that_has_finished_sending_still_gets_its_replies)
{
    start(1, 16);
    int client = connect_client();
    send_message(client, "echo", T_CALL, "one");
    send_message(client, "echo", T_CALL, "two");
    shutdown(client, SHUT_WR);
    expect_reply(client, "echo", T_REPLY, "one");
    expect_reply(client, "echo", T_REPLY, "two");
    assert_closed(client);
    stop();
}
END_TEST

START_TEST(many_connections_share_few_workers)
{
    int clients[1000];
    start(2, 2000);
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++)
        clients[i] = connect_client();
    for (int round = 0; round < 3; round++) {
        for (gsize i = 0; i < G_N_ELEMENTS(clients); i++)
            send_message(clients[i], "echo", T_CALL, "crowd");
        for (gsize i = 0; i < G_N_ELEMENTS(clients); i++)
            expect_reply(clients[i], "echo", T_REPLY, "crowd");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++)
        close(clients[i]);
    stop();
}
END_TEST

/* --- clients that are slow --- */

START_TEST(half_requests_hold_no_worker)
{
    int clients[50];
    start(1, 100);
    g_autoptr(GByteArray) call = make_message(STRICT, "echo", T_CALL, 5, "later");
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++) {
        clients[i] = connect_client();
        send_bytes(clients[i], call->data, call->len / 2);
    }
    assert_serves_others();
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++) {
        send_bytes(clients[i], call->data + call->len / 2, call->len - call->len / 2);
        expect_reply(clients[i], "echo", T_REPLY, "later");
        close(clients[i]);
    }
    stop();
}
END_TEST

START_TEST(a_reply_that_is_not_taken_holds_no_worker)
{
    start(1, 4);
    int client = connect_client();
    send_message(client, "big", T_CALL, "50000000");
    send_message(client, "echo", T_CALL, "after it");
    assert_serves_others();
    g_autofree char *text = g_strnfill(50000000, 'b');
    expect_reply(client, "big", T_REPLY, text);
    expect_reply(client, "echo", T_REPLY, "after it");
    close(client);
    stop();
}
END_TEST

START_TEST(a_half_request_is_given_up_after_its_time)
{
    options.request_timeout_ms = 200;
    start(1, 4);
    int idle = connect_client();
    int client = connect_client();
    g_autoptr(GByteArray) call = make_message(STRICT, "echo", T_CALL, 5, "never");
    send_bytes(client, call->data, call->len - 1);
    assert_closed(client);
    assert_serves(idle);
    close(idle);
    stop();
}
END_TEST

START_TEST(an_idle_connection_is_closed_after_its_time)
{
    options.idle_timeout_ms = 200;
    start(1, 4);
    int never_used = connect_client();
    int used = connect_client();
    assert_serves(used);
    assert_closed(used);
    assert_closed(never_used);
    stop();
}
END_TEST

START_TEST(a_reply_that_is_never_taken_is_given_up)
{
    options.reply_timeout_ms = 200;
    start(1, 4);
    int client = connect_client();
    send_message(client, "big", T_CALL, "50000000");
    char first;
    ck_assert_int_eq(recv(client, &first, 1, MSG_PEEK), 1);
    wait_for_count(0); /* without reading: that would be taking the reply */
    g_autofree char *got = g_malloc(50000000);
    ck_assert_uint_lt(receive_bytes(client, got, 50000000), 50000000);
    close(client);
    assert_serves_others();
    stop();
}
END_TEST

START_TEST(a_long_reply_waits_on_disk_and_comes_whole)
{
    start(1, 4);
    int client = connect_client();
    send_message(client, "many", T_CALL, "5000000");
    send_message(client, "echo", T_CALL, "behind it");
    char first;
    ck_assert_int_eq(recv(client, &first, 1, MSG_PEEK), 1);
    ck_assert_uint_gt(spooled_bytes(), 5000000);
    assert_serves_others();
    expect_many(client, 5000000);
    expect_reply(client, "echo", T_REPLY, "behind it");
    ck_assert_uint_eq(spooled_bytes(), 0);
    close(client);
    stop();
}
END_TEST

START_TEST(replies_past_the_bound_of_memory_wait_on_disk)
{
    int clients[8];
    char first;
    start(1, 16);
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++) {
        clients[i] = connect_client();
        send_message(clients[i], "big", T_CALL, "10000000");
        ck_assert_int_eq(recv(clients[i], &first, 1, MSG_PEEK), 1);
    }
    assert_serves_others();
    ck_assert_uint_gt(spooled_bytes(), 10000000);
    ck_assert_uint_le(((ConnectionSet *)listener)->output_bytes, options.output_bytes_max);
    g_autofree char *text = g_strnfill(10000000, 'b');
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++) {
        expect_reply(clients[i], "big", T_REPLY, text);
        close(clients[i]);
    }
    assert_serves_others();
    ck_assert_uint_eq(spooled_bytes(), 0);
    stop();
}
END_TEST

START_TEST(a_client_that_leaves_in_a_long_reply_leaves_nothing_on_disk)
{
    start(1, 4);
    int client = connect_client();
    char first;
    send_message(client, "many", T_CALL, "5000000");
    ck_assert_int_eq(recv(client, &first, 1, MSG_PEEK), 1);
    close(client);
    wait_for_count(0);
    ck_assert_uint_eq(spooled_bytes(), 0);
    assert_serves_others();
    stop();
}
END_TEST

/* --- starting and stopping --- */

START_TEST(a_taken_port_is_named_with_the_setting_that_changes_it)
{
    start(1, 4);
    g_autofree char *taken = g_strdup_printf("127.0.0.1:%u", thrift_listener_port(listener));
    g_autoptr(GError) error = NULL;
    options.listen = taken;
    ck_assert_ptr_null(thrift_listener_start(&options, NULL, pool, &error));
    ck_assert_int_eq((int)skep_error_fact(error), SKEP_ERROR_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(error->message, taken));
    ck_assert_ptr_nonnull(strstr(error->message, "SKEP_THRIFT_LISTEN"));
    assert_serves_others();
    stop();
}
END_TEST

static gpointer
stop_listener(gpointer data)
{
    (void)data;
    return GINT_TO_POINTER(thrift_listener_stop(listener, ARRIVAL_MS_MAX));
}

START_TEST(a_stop_finishes_calls_in_flight_and_closes_the_idle)
{
    start(2, 16);
    int idle = connect_client();
    int half = connect_client();
    int busy = connect_client();
    assert_serves(idle);
    send_bytes(half, "\x80\x01\x00\x01", 4);
    send_message(busy, "hold", T_CALL, "in flight");
    wait_for_held(1);
    GThread *stopper = g_thread_new("stop", stop_listener, NULL);
    assert_closed(idle);
    assert_closed(half);
    open_gate();
    expect_reply(busy, "hold", T_REPLY, "in flight");
    assert_closed(busy);
    ck_assert(GPOINTER_TO_INT(g_thread_join(stopper)));
    listener = NULL;
    worker_pool_free(pool);
}
END_TEST

START_TEST(a_stop_waits_for_a_reply_to_be_taken)
{
    start(1, 16);
    int client = connect_client();
    send_message(client, "big", T_CALL, "50000000");
    /* The first bytes are here: the rest is on its way, not in a worker's hands. */
    char first;
    ck_assert_int_eq(recv(client, &first, 1, MSG_PEEK), 1);
    GThread *stopper = g_thread_new("stop", stop_listener, NULL);
    g_autofree char *text = g_strnfill(50000000, 'b');
    expect_reply(client, "big", T_REPLY, text);
    assert_closed(client);
    ck_assert(GPOINTER_TO_INT(g_thread_join(stopper)));
    listener = NULL;
    worker_pool_free(pool);
}
END_TEST

/* A listener that could not be stopped is not freed either: kept here, so that it counts as no
 * leak. */
static ThriftListener *left_behind;

START_TEST(a_stop_past_its_deadline_says_so)
{
    start(1, 16);
    int client = connect_client();
    int slow = connect_client();
    send_message(slow, "big", T_CALL, "50000000");
    char first;
    ck_assert_int_eq(recv(slow, &first, 1, MSG_PEEK), 1);
    send_message(client, "hold", T_CALL, "too long");
    wait_for_held(1);
    left_behind = listener;
    ck_assert(!thrift_listener_stop(left_behind, 20));
    open_gate();
    expect_reply(client, "hold", T_REPLY, "too long");
    assert_closed(client);
    close(slow);
    worker_pool_free(pool);
}
END_TEST

static TCase *
make_good(void)
{
    TCase *good = tcase_create("good clients");
    tcase_add_loop_test(good, replies_come_in_the_form_of_the_call, STRICT, OLD_FRAMED + 1);
    tcase_add_loop_test(good, a_call_that_arrives_by_bytes_is_answered, STRICT, OLD_FRAMED + 1);
    tcase_add_test(good, pipelined_calls_are_answered_in_order);
    tcase_add_test(good, large_calls_and_replies_pass);
    tcase_add_test(good, a_oneway_message_has_no_reply);
    tcase_add_test(good, a_client_that_has_finished_sending_still_gets_its_replies);
    tcase_add_test(good, many_connections_share_few_workers);
    return good;
}

static TCase *
make_slow(void)
{
    TCase *slow = tcase_create("slow clients");
    tcase_add_test(slow, half_requests_hold_no_worker);
    tcase_add_test(slow, a_reply_that_is_not_taken_holds_no_worker);
    tcase_add_test(slow, a_half_request_is_given_up_after_its_time);
    tcase_add_test(slow, an_idle_connection_is_closed_after_its_time);
    tcase_add_test(slow, a_reply_that_is_never_taken_is_given_up);
    tcase_add_test(slow, a_long_reply_waits_on_disk_and_comes_whole);
    tcase_add_test(slow, replies_past_the_bound_of_memory_wait_on_disk);
    tcase_add_test(slow, a_client_that_leaves_in_a_long_reply_leaves_nothing_on_disk);
    return slow;
}

static TCase *
make_life(void)
{
    TCase *life = tcase_create("life");
    tcase_add_test(life, a_taken_port_is_named_with_the_setting_that_changes_it);
    tcase_add_test(life, a_stop_finishes_calls_in_flight_and_closes_the_idle);
    tcase_add_test(life, a_stop_waits_for_a_reply_to_be_taken);
    tcase_add_test(life, a_stop_past_its_deadline_says_so);
    return life;
}

int
main(void)
{
    Suite *suite = suite_create("listener");
    TCase *cases[] = {make_good(), make_slow(), make_life()};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tcase_add_checked_fixture(cases[i], set_options, NULL);
        tcase_set_timeout(cases[i], 120);
        suite_add_tcase(suite, cases[i]);
    }
    return test_run_suite(suite);
}
