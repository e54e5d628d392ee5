/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: nothing that a client sends, and no number of clients, stops the Thrift door; what can be
 * answered is answered in the protocol's form. Method: the shared listener, raw sockets, garbage.
 */
#include <check.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listener_fixture.h"
#include "support/test_suite.h"

/* --- clients that are broken --- */

START_TEST(other_protocols_are_closed_on)
{
    static const char *const openings[] = {"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x03\x01",
                                           "\x82\x21\x01\x04ping", "SSH-2.0-x\r\n"};
    start(1, 4);
    for (gsize i = 0; i < G_N_ELEMENTS(openings); i++) {
        int client = connect_client();
        send_bytes(client, openings[i], strlen(openings[i]));
        assert_closed(client);
    }
    assert_serves_others();
    stop();
}
END_TEST

static void
assert_refused(const GByteArray *request, const char *why)
{
    int client = connect_client();
    send_bytes(client, request->data, request->len);
    expect_reply(client, "echo", T_EXCEPTION, why);
    assert_closed(client);
}

static GByteArray *
make_head(void)
{
    GByteArray *message = make_message(STRICT, "echo", T_CALL, 5, "");
    g_byte_array_set_size(message, message->len - 8);
    return message;
}

START_TEST(messages_past_a_limit_are_refused_in_the_protocols_form)
{
    start(1, 4);
    g_autoptr(GByteArray) deep = make_head();
    for (int i = 0; i < 100000; i++)
        g_byte_array_append(deep, (const guint8 *)"\x0c\x00\x01", 3);
    assert_refused(deep, "The request is refused: the message is nested too deeply");
    g_autoptr(GByteArray) crowded = make_head();
    g_byte_array_append(crowded, (const guint8 *)"\x0f\x00\x01\x0b\x00\x00\xff\xff", 8);
    assert_refused(crowded, "The request is refused: the message has too many elements");
    g_autoptr(GByteArray) large = make_head();
    g_byte_array_append(large, (const guint8 *)"\x0b\x00\x01\x7f\xff\xff\xff", 7);
    g_byte_array_set_size(large, 3 * 1024 * 1024);
    assert_refused(large, "The request is refused: the message is longer than the limit");
    g_autoptr(GByteArray) broken = make_head();
    g_byte_array_append(broken, (const guint8 *)"\x0b\x00\x01\xff\xff\xff\xff", 7);
    assert_refused(broken, "The request is refused: a string has a negative length");
    assert_serves_others();
    stop();
}
END_TEST

START_TEST(calls_before_a_broken_one_are_answered)
{
    start(1, 4);
    int client = connect_client();
    g_autoptr(GByteArray) both = make_message(STRICT, "echo", T_CALL, 5, "good");
    g_byte_array_append(both, (const guint8 *)"\xff\xff\xff\xff\xff\xff", 6);
    send_bytes(client, both->data, both->len);
    expect_reply(client, "echo", T_REPLY, "good");
    assert_closed(client);
    stop();
}
END_TEST

START_TEST(random_bytes_do_not_stop_the_server)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(99);
    start(2, 1000);
    for (int round = 0; round < 300; round++) {
        guint8 bytes[512];
        gsize length = (gsize)g_rand_int_range(rand, 1, sizeof bytes);
        for (gsize i = 0; i < length; i++)
            bytes[i] = (guint8)g_rand_int_range(rand, 0, 256);
        if (round % 2 == 0)
            memcpy(bytes, "\x80\x01\x00\x01\x00\x00\x00\x01m\x00\x00\x00\x05", MIN(length, 13));
        int client = connect_client();
        send_bytes(client, bytes, length);
        shutdown(client, SHUT_WR);
        while (receive_bytes(client, bytes, sizeof bytes) > 0)
            continue;
        close(client);
    }
    assert_serves_others();
    stop();
}
END_TEST

START_TEST(resets_and_early_ends_do_not_stop_the_server)
{
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    start(2, 1000);
    for (int round = 0; round < 200; round++) {
        int client = connect_client();
        if (round % 4 > 0)
            send_message(client, round % 4 == 1 ? "echo" : "big", T_CALL, "5000000");
        if (round % 2 == 0)
            setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(client);
    }
    assert_serves_others();
    stop();
}
END_TEST

START_TEST(a_dispatcher_that_gives_up_ends_the_connection)
{
    start(1, 4);
    int client = connect_client();
    send_message(client, "echo", T_CALL, "first");
    send_message(client, "end", T_CALL, "");
    expect_reply(client, "echo", T_REPLY, "first");
    assert_closed(client);
    assert_serves_others();
    stop();
}
END_TEST

/* --- too much at a time --- */

START_TEST(a_full_queue_answers_that_the_server_is_overloaded)
{
    start(1, 1);
    int holder = connect_client();
    int waiter = connect_client();
    int refused = connect_client();
    send_message(holder, "hold", T_CALL, "a");
    wait_for_held(1);
    send_message(waiter, "echo", T_CALL, "b");
    while (worker_pool_waiting(pool) == 0)
        g_usleep(1000);
    for (int i = 0; i < 40; i++) {
        send_message(refused, "echo", T_CALL, "c");
        expect_reply(refused, "echo", T_EXCEPTION, "The server is overloaded, try again");
    }
    open_gate();
    expect_reply(holder, "hold", T_REPLY, "a");
    expect_reply(waiter, "echo", T_REPLY, "b");
    assert_serves(refused);
    close(holder);
    close(waiter);
    close(refused);
    stop();
}
END_TEST

START_TEST(connections_past_the_bound_are_closed_and_those_before_it_served)
{
    options.connections_max = 2;
    start(1, 4);
    int first = connect_client();
    int second = connect_client();
    assert_serves(first);
    assert_serves(second);
    assert_closed(connect_client());
    assert_serves(first);
    close(second);
    wait_for_count(1);
    assert_serves_others();
    close(first);
    stop();
}
END_TEST

START_TEST(half_requests_share_a_bound_on_memory)
{
    /* Three full messages may always be under way: 16 MiB each. */
    options.buffered_bytes_max = 0;
    start(1, 4);
    int clients[8];
    gsize refused = 0;
    g_autofree char *text = g_strnfill(12 * 1024 * 1024, 'm');
    g_autoptr(GByteArray) call = make_message(STRICT, "echo", T_CALL, 5, text);
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++) {
        clients[i] = connect_client();
        send_bytes(clients[i], call->data, call->len - 1);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(clients); i++) {
        guint8 first[4] = {0};
        send_bytes(clients[i], "", 1);
        ck_assert_uint_eq(receive_bytes(clients[i], first, 4), 4);
        refused += first[3] == T_EXCEPTION;
        close(clients[i]);
    }
    ck_assert_uint_gt(refused, 0);
    ck_assert_uint_lt(refused, G_N_ELEMENTS(clients));
    assert_serves_others();
    stop();
}
END_TEST

START_TEST(running_out_of_descriptors_refuses_and_recovers)
{
    int clients[40];
    options.connections_max = 30;
    start(1, 4);
    int first = connect_client();
    assert_serves(first);
    /* Room for the clients' own ends and a few of the server's. */
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    struct rlimit before = limit;
    limit.rlim_cur = (rlim_t)first + 1 + G_N_ELEMENTS(clients) + 5;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    gsize count = 0;
    while (count < G_N_ELEMENTS(clients)) {
        int client = socket(AF_INET, SOCK_STREAM, 0);
        if (client < 0)
            break;
        close(client);
        clients[count++] = connect_client();
        assert_serves(first);
    }
    for (gsize i = 0; i < count; i++)
        close(clients[i]);
    wait_for_count(1);
    assert_serves_others();
    close(first);
    stop();
    setrlimit(RLIMIT_NOFILE, &before);
}
END_TEST

static TCase *
make_broken(void)
{
    TCase *broken = tcase_create("broken clients");
    tcase_add_test(broken, other_protocols_are_closed_on);
    tcase_add_test(broken, messages_past_a_limit_are_refused_in_the_protocols_form);
    tcase_add_test(broken, calls_before_a_broken_one_are_answered);
    tcase_add_test(broken, random_bytes_do_not_stop_the_server);
    tcase_add_test(broken, resets_and_early_ends_do_not_stop_the_server);
    tcase_add_test(broken, a_dispatcher_that_gives_up_ends_the_connection);
    return broken;
}

static TCase *
make_bounds(void)
{
    TCase *bounds = tcase_create("bounds");
    tcase_add_test(bounds, a_full_queue_answers_that_the_server_is_overloaded);
    tcase_add_test(bounds, connections_past_the_bound_are_closed_and_those_before_it_served);
    tcase_add_test(bounds, half_requests_share_a_bound_on_memory);
    tcase_add_test(bounds, running_out_of_descriptors_refuses_and_recovers);
    return bounds;
}

int
main(void)
{
    Suite *suite = suite_create("bad clients");
    TCase *cases[] = {make_broken(), make_bounds()};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        tcase_add_checked_fixture(cases[i], set_options, NULL);
        tcase_set_timeout(cases[i], 120);
        suite_add_tcase(suite, cases[i]);
    }
    return test_run_suite(suite);
}
