/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: whatever message arrives, it is answered, and the next one is served as if nothing had
 * been. */
#include "dispatch_fixture.h"

START_TEST(unknown_methods_are_named_and_the_connection_stays_usable)
{
    g_auto(Peer) peer = peer_new();
    g_autoptr(GBytes) answer = send_message(&peer, "get_tabel", T_CALL, NULL);
    assert_application_exception(&peer, answer, THRIFT_APPLICATION_EXCEPTION_ERROR_UNKNOWN_METHOD,
                                 "Invalid method name: 'get_tabel'");
    HmsTablesGetTableResult *next = get_table(&peer, "orders");
    ck_assert(next->__isset_success);
    g_object_unref(next);
}
END_TEST

START_TEST(unserved_methods_say_so_in_a_declared_exception)
{
    g_auto(Peer) peer = peer_new();
    g_autoptr(GBytes) answer = send_message(&peer, "get_tables", T_CALL, NULL);
    HmsTablesGetTablesResult *result = g_object_new(hms_tables_get_tables_result_get_type(), NULL);
    read_answer(&peer, answer, result);
    ck_assert(!result->__isset_success);
    ck_assert_str_eq(result->o1->message, "This server does not serve get_tables");
    g_object_unref(result);
}
END_TEST

/* Every method of the API but those served here, with empty arguments. */
START_TEST(no_method_goes_without_an_answer)
{
    g_auto(Peer) peer = peer_new();
    gsize count;
    const ThriftMethod *rows = thrift_methods(&count);
    for (gsize i = 0; i < count; i++) {
        g_autofree char *refusal = g_strdup_printf("This server does not serve %s", rows[i].name);
        if (g_str_equal(rows[i].name, "set_ugi") || g_str_equal(rows[i].name, "get_table") ||
            g_str_equal(rows[i].name, "get_all_tables") || g_str_equal(rows[i].name, "lock"))
            continue;
        g_autoptr(GBytes) answer = send_message(&peer, rows[i].name, T_CALL, NULL);
        ck_assert((answer == NULL) == rows[i].is_oneway);
        if (rows[i].is_oneway)
            continue;
        if (rows[i].exception_count == 0) {
            assert_application_exception(
                &peer, answer, THRIFT_APPLICATION_EXCEPTION_ERROR_INTERNAL_ERROR, refusal);
            continue;
        }
        g_autoptr(GObject) result = g_object_new(rows[i].result_type(), NULL);
        read_answer(&peer, answer, result);
        guint raised = 0;
        for (guint j = 0; j < rows[i].exception_count; j++)
            raised += G_STRUCT_MEMBER(gboolean, result, rows[i].exceptions[j].isset_offset) ? 1 : 0;
        ck_assert_uint_eq(raised, 1);
    }
}
END_TEST

START_TEST(oneway_methods_run_and_send_nothing)
{
    g_auto(Peer) peer = peer_new();
    guint before = oneway_calls;
    ck_assert_ptr_null(send_message(&peer, "shutdown", T_ONEWAY, NULL));
    ck_assert_ptr_null(send_message(&peer, "shutdown", T_CALL, NULL));
    ck_assert_ptr_null(send_message(&peer, "no_such_method", T_ONEWAY, NULL));
    ck_assert_uint_eq(oneway_calls, before + 2);
}
END_TEST

START_TEST(a_message_that_is_no_call_is_refused)
{
    g_auto(Peer) peer = peer_new();
    g_autoptr(GBytes) answer = send_message(&peer, "get_table", T_REPLY, NULL);
    assert_application_exception(&peer, answer,
                                 THRIFT_APPLICATION_EXCEPTION_ERROR_INVALID_MESSAGE_TYPE,
                                 "A message to a server is a call");
}
END_TEST

START_TEST(a_missing_required_argument_is_a_protocol_error)
{
    g_auto(Peer) peer = peer_new();
    ThriftProtocol *protocol = THRIFT_PROTOCOL(peer.protocol);
    thrift_protocol_write_message_begin(protocol, "lock", T_CALL, SEQUENCE_ID, NULL);
    thrift_protocol_write_field_begin(protocol, "", T_STRUCT, 1, NULL);
    thrift_protocol_write_field_stop(protocol, NULL);
    thrift_protocol_write_field_stop(protocol, NULL);
    g_autoptr(GBytes) message = take_output(&peer);
    set_input(&peer, message);
    ck_assert(thrift_dispatch_message(dispatcher, peer.session, protocol, protocol, NULL));
    g_autoptr(GBytes) answer = take_output(&peer);
    assert_application_exception(&peer, answer, THRIFT_APPLICATION_EXCEPTION_ERROR_PROTOCOL_ERROR,
                                 NULL);
}
END_TEST

START_TEST(text_that_is_not_utf8_is_a_declared_exception)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *result = get_table(&peer, "bad \xff name");
    ck_assert(!result->__isset_success);
    ck_assert(result->__isset_o1);
    g_object_unref(result);
    HmsTablesGetTableResult *next = get_table(&peer, "orders");
    ck_assert(next->__isset_success);
    g_object_unref(next);
}
END_TEST

START_TEST(refused_calls_are_answered_without_their_bodies)
{
    g_auto(Peer) peer = peer_new();
    ThriftProtocol *protocol = THRIFT_PROTOCOL(peer.protocol);
    g_autoptr(GError) reason = NULL;
    skep_fail(&reason, SKEP_ERROR_UNAVAILABLE, NULL, "Too many calls are waiting");
    ck_assert(thrift_dispatch_refuse(dispatcher, "get_table", T_CALL, SEQUENCE_ID, reason, protocol,
                                     NULL));
    g_autoptr(GBytes) answer = take_output(&peer);
    HmsTablesGetTableResult *result = g_object_new(hms_tables_get_table_result_get_type(), NULL);
    read_answer(&peer, answer, result);
    ck_assert_str_eq(result->o1->message, "Too many calls are waiting");
    g_object_unref(result);
    ck_assert(thrift_dispatch_refuse(dispatcher, "shutdown", T_CALL, SEQUENCE_ID, reason, protocol,
                                     NULL));
    ck_assert_ptr_null(take_output(&peer));
    ck_assert(
        thrift_dispatch_refuse(dispatcher, "\xff", T_CALL, SEQUENCE_ID, reason, protocol, NULL));
    g_autoptr(GBytes) unknown = take_output(&peer);
    assert_application_exception(&peer, unknown, THRIFT_APPLICATION_EXCEPTION_ERROR_UNKNOWN_METHOD,
                                 "Invalid method name: '\xef\xbf\xbd'");
}
END_TEST

START_TEST(a_head_that_cannot_be_read_closes_the_connection)
{
    g_auto(Peer) peer = peer_new();
    ThriftProtocol *protocol = THRIFT_PROTOCOL(peer.protocol);
    g_autoptr(GBytes) message = g_bytes_new_static("\x80\x01", 2);
    set_input(&peer, message);
    g_autoptr(GError) error = NULL;
    ck_assert(!thrift_dispatch_message(dispatcher, peer.session, protocol, protocol, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_ptr_null(take_output(&peer));
}
END_TEST

START_TEST(calls_are_counted_by_method_whatever_came_of_them)
{
    g_auto(Peer) peer = peer_new();
    g_autoptr(GHashTable) before = thrift_dispatcher_counters(dispatcher);
    const gint64 *counted = g_hash_table_lookup(before, "get_table");
    gint64 calls = counted != NULL ? *counted : 0;
    g_object_unref(get_table(&peer, "orders"));
    g_object_unref(get_table(&peer, "gone"));
    g_autoptr(GHashTable) after = thrift_dispatcher_counters(dispatcher);
    counted = g_hash_table_lookup(after, "get_table");
    ck_assert_int_eq(*counted, calls + 2);
    ck_assert_ptr_null(g_hash_table_lookup(after, "reinitialize_everything"));
}
END_TEST

/* Many threads at once, each with a connection of its own, over methods whose metrics are made at
 * their first call. */
static gpointer
call_from_a_thread(gpointer data)
{
    g_auto(Peer) peer = peer_new();
    for (int i = 0; i < 200; i++) {
        HmsTablesGetTableResult *result = get_table(&peer, i % 2 == 0 ? "orders" : "gone");
        ck_assert(result->__isset_success == (i % 2 == 0));
        g_object_unref(result);
    }
    return data;
}

START_TEST(threads_do_not_disturb_one_another)
{
    GThread *threads[4];
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("caller", call_from_a_thread, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("thrift messages");
    TCase *messages = tcase_create("messages");
    tcase_add_test(messages, unknown_methods_are_named_and_the_connection_stays_usable);
    tcase_add_test(messages, unserved_methods_say_so_in_a_declared_exception);
    tcase_add_test(messages, no_method_goes_without_an_answer);
    tcase_add_test(messages, oneway_methods_run_and_send_nothing);
    tcase_add_test(messages, a_message_that_is_no_call_is_refused);
    tcase_add_test(messages, a_missing_required_argument_is_a_protocol_error);
    tcase_add_test(messages, text_that_is_not_utf8_is_a_declared_exception);
    tcase_add_test(messages, refused_calls_are_answered_without_their_bodies);
    tcase_add_test(messages, a_head_that_cannot_be_read_closes_the_connection);
    tcase_add_test(messages, calls_are_counted_by_method_whatever_came_of_them);
    tcase_add_test(messages, threads_do_not_disturb_one_another);
    suite_add_tcase(suite, messages);
    return dispatch_run(suite);
}
