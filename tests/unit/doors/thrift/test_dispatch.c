/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: whatever message arrives, the answer is one that the client of that method can read, and
 * the next message is served as if nothing had been. Method: calls written with FlatProtocol into
 * memory, a table of handlers made for the purpose, the answer read back from memory. */
#include <check.h>
#include <hms_fb303_types.h>
#include <hms_hive_metastore_types.h>
#include <hms_lock_types.h>
#include <hms_table_types.h>
#include <stdlib.h>
#include <string.h>
#include <thrift/c_glib/thrift_application_exception.h>

#include "doors/thrift/dispatch.h"
#include "doors/thrift/protocol.h"
#include "skep/error.h"

enum { ANSWER_BYTES_MAX = 4096, SEQUENCE_ID = 77 };

static ThriftDispatcher *dispatcher;
static guint oneway_calls;

/* --- handlers ----------------------------------------------------------------------------------
 */

static gboolean
handle_get_table(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    HmsTablesGetTableArgs *in = args;
    HmsTablesGetTableResult *out = result;
    thrift_call_set_catalog(call, "lake");
    if (strcmp(in->tbl_name, "gone") == 0)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_TABLE, "db.gone", "Table gone is not there");
    if (strcmp(in->tbl_name, "null") == 0)
        return TRUE;
    if (strcmp(in->tbl_name, "mute") == 0)
        return FALSE;
    if (strcmp(in->tbl_name, "foreign") == 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO, "disk trouble");
        return FALSE;
    }
    gsize owner_length = strcmp(in->tbl_name, "huge") == 0 ? 2 * ANSWER_BYTES_MAX : 3;
    out->success->tableName = g_strdup(in->tbl_name);
    out->success->dbName = g_strdup(in->dbname);
    if (strcmp(in->tbl_name, "ownerless") != 0)
        out->success->owner = g_strnfill(owner_length, 'x');
    out->__isset_success = TRUE;
    return TRUE;
}

/* Writes a name from `state`, or half of one and an error when there is none. */
static gboolean
write_names(ThriftCall *call, gpointer state, ThriftProtocol *out, GError **error)
{
    ck_assert_str_eq(call->method->name, "get_all_tables");
    thrift_protocol_write_struct_begin(out, "", NULL);
    thrift_protocol_write_field_begin(out, "success", T_LIST, 0, NULL);
    thrift_protocol_write_list_begin(out, T_STRING, 1, NULL);
    if (state == NULL)
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL, "The cursor broke");
    thrift_protocol_write_string(out, state, NULL);
    thrift_protocol_write_list_end(out, NULL);
    thrift_protocol_write_field_end(out, NULL);
    thrift_protocol_write_field_stop(out, NULL);
    thrift_protocol_write_struct_end(out, NULL);
    return TRUE;
}

static gboolean
handle_get_all_tables(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTablesGetAllTablesArgs *in = args;
    gboolean is_broken = strcmp(in->db_name, "broken") == 0;
    thrift_call_reply_with(call, write_names, is_broken ? NULL : g_strdup("streamed"), g_free);
    (void)result;
    (void)error;
    return TRUE;
}

static gboolean
handle_shutdown(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    ck_assert(call->method->is_oneway);
    ck_assert_ptr_nonnull(args);
    ck_assert_ptr_null(result);
    oneway_calls++;
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL, "nobody hears this");
}

static gboolean
handle_set_ugi(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsThriftHiveMetastoreSetUgiArgs *in = args;
    HmsThriftHiveMetastoreSetUgiResult *out = result;
    ck_assert_str_eq(call->caller.user, "before");
    g_free(call->session->user);
    call->session->user = g_strdup(in->user_name);
    out->__isset_success = TRUE;
    (void)error;
    return TRUE;
}

static gboolean
handle_lock(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)result;
    return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL, "The database is away");
}

static const ThriftBinding bindings[] = {
    {"get_table",      handle_get_table     },
    {"get_all_tables", handle_get_all_tables},
    {"shutdown",       handle_shutdown      },
    {"set_ugi",        handle_set_ugi       },
    {"lock",           handle_lock          },
};

/* --- a client in memory --------------------------------------------------------------------------
 */

typedef struct {
    FlatTransport *transport;
    FlatProtocol *protocol;
    ThriftSession *session;
} Peer;

static void
peer_clear(Peer *peer)
{
    thrift_session_free(peer->session);
    g_object_unref(peer->protocol);
    g_object_unref(peer->transport);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Peer, peer_clear)

static Peer
peer_new(void)
{
    WireLimits limits;
    wire_limits_init(&limits);
    FlatTransport *transport = flat_transport_new(ANSWER_BYTES_MAX);
    return (Peer){transport, flat_protocol_new(transport, &limits), thrift_session_new("test")};
}

static GBytes *
take_output(Peer *peer)
{
    gsize length;
    guint8 *bytes = flat_transport_steal_output(peer->transport, &length);
    return bytes != NULL ? g_bytes_new_take(bytes, length) : NULL;
}

static void
set_input(Peer *peer, GBytes *bytes)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    flat_transport_set_input(peer->transport, data, length);
}

/* Sends a message; `args` NULL stands for an empty struct. Returns the answer, or NULL when there
 * is none. */
static GBytes *
send_message(Peer *peer, const char *name, ThriftMessageType type, gpointer args)
{
    ThriftProtocol *protocol = THRIFT_PROTOCOL(peer->protocol);
    thrift_protocol_write_message_begin(protocol, name, type, SEQUENCE_ID, NULL);
    if (args != NULL)
        ck_assert_int_ge(thrift_struct_write(THRIFT_STRUCT(args), protocol, NULL), 0);
    else
        thrift_protocol_write_field_stop(protocol, NULL);
    g_autoptr(GBytes) message = take_output(peer);
    set_input(peer, message);
    g_autoptr(GError) error = NULL;
    ck_assert(thrift_dispatch_message(dispatcher, peer->session, protocol, protocol, &error));
    ck_assert_ptr_null(error);
    return take_output(peer);
}

static ThriftProtocol *
begin_answer(Peer *peer, GBytes *answer, ThriftMessageType expected_type)
{
    g_autofree char *name = NULL;
    ThriftMessageType type;
    gint32 sequence_id;
    ThriftProtocol *protocol = THRIFT_PROTOCOL(peer->protocol);
    ck_assert_ptr_nonnull(answer);
    set_input(peer, answer);
    thrift_protocol_read_message_begin(protocol, &name, &type, &sequence_id, NULL);
    ck_assert_int_eq(type, expected_type);
    ck_assert_int_eq(sequence_id, SEQUENCE_ID);
    return protocol;
}

static void
read_answer(Peer *peer, GBytes *answer, gpointer body)
{
    ThriftProtocol *protocol = begin_answer(peer, answer, T_REPLY);
    ck_assert_int_ge(thrift_struct_read(THRIFT_STRUCT(body), protocol, NULL), 0);
    ck_assert_int_ge(thrift_protocol_read_message_end(protocol, NULL), 0);
    ck_assert_uint_eq(peer->transport->read_cursor, peer->transport->read_length);
}

/* By hand: the library's own class loses memory. */
static void
assert_application_exception(Peer *peer, GBytes *answer, int code, const char *expected_text)
{
    ThriftProtocol *protocol = begin_answer(peer, answer, T_EXCEPTION);
    g_autofree char *text = NULL;
    g_autofree char *struct_name = NULL;
    gint32 type = -1;
    ThriftType field_type = T_VOID;
    thrift_protocol_read_struct_begin(protocol, &struct_name, NULL);
    while (field_type != T_STOP) {
        g_autofree char *name = NULL;
        gint16 id = 0;
        thrift_protocol_read_field_begin(protocol, &name, &field_type, &id, NULL);
        if (field_type == T_STRING && id == 1)
            thrift_protocol_read_string(protocol, &text, NULL);
        else if (field_type == T_I32 && id == 2)
            thrift_protocol_read_i32(protocol, &type, NULL);
        else
            ck_assert_int_eq(field_type, T_STOP);
    }
    thrift_protocol_read_struct_end(protocol, NULL);
    ck_assert_int_ge(thrift_protocol_read_message_end(protocol, NULL), 0);
    ck_assert_uint_eq(peer->transport->read_cursor, peer->transport->read_length);
    ck_assert_int_eq(type, code);
    ck_assert_msg(expected_text == NULL || strcmp(text, expected_text) == 0, "it says: %s", text);
}

static HmsTablesGetTableResult *
get_table(Peer *peer, const char *table_name)
{
    g_autoptr(GObject) args = g_object_new(hms_tables_get_table_args_get_type(), "dbname", "db",
                                           "tbl_name", table_name, NULL);
    g_autoptr(GBytes) answer = send_message(peer, "get_table", T_CALL, args);
    HmsTablesGetTableResult *result = g_object_new(hms_tables_get_table_result_get_type(), NULL);
    read_answer(peer, answer, result);
    return result;
}

/* --- tests
 * ----------------------------------------------------------------------------------------- */

START_TEST(a_served_method_answers_its_result)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *result = get_table(&peer, "orders");
    ck_assert(result->__isset_success);
    ck_assert_str_eq(result->success->tableName, "orders");
    ck_assert_str_eq(result->success->dbName, "db");
    ck_assert(!result->__isset_o1 && !result->__isset_o2);
    g_object_unref(result);
}
END_TEST

START_TEST(an_error_becomes_the_declared_exception_in_words_of_the_catalog)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *result = get_table(&peer, "gone");
    ck_assert(!result->__isset_success && !result->__isset_o1);
    ck_assert(result->__isset_o2);
    ck_assert_str_eq(result->o2->message, "lake.db.gone table not found");
    g_object_unref(result);
}
END_TEST

/* To a client, an absent owner is no owner, and an empty one is an owner with an empty name. */
START_TEST(text_that_is_null_is_absent_from_the_answer)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *result = get_table(&peer, "ownerless");
    ck_assert(result->success->__isset_tableName);
    ck_assert(!result->success->__isset_owner);
    ck_assert(!result->success->__isset_viewOriginalText);
    g_object_unref(result);
}
END_TEST

START_TEST(a_result_without_success_is_sent_as_it_is)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *result = get_table(&peer, "null");
    ck_assert(!result->__isset_success && !result->__isset_o1 && !result->__isset_o2);
    g_object_unref(result);
}
END_TEST

START_TEST(failures_without_a_fact_are_meta_exceptions)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *mute = get_table(&peer, "mute");
    ck_assert_str_eq(mute->o1->message, "get_table failed and gave no reason");
    g_object_unref(mute);
    HmsTablesGetTableResult *foreign = get_table(&peer, "foreign");
    ck_assert_str_eq(foreign->o1->message, "disk trouble");
    g_object_unref(foreign);
}
END_TEST

START_TEST(an_answer_that_is_too_long_is_replaced_by_an_exception)
{
    g_auto(Peer) peer = peer_new();
    HmsTablesGetTableResult *result = get_table(&peer, "huge");
    ck_assert(!result->__isset_success);
    ck_assert(result->__isset_o1);
    ck_assert_ptr_nonnull(strstr(result->o1->message, "longer than"));
    g_object_unref(result);
    HmsTablesGetTableResult *next = get_table(&peer, "orders");
    ck_assert(next->__isset_success);
    g_object_unref(next);
}
END_TEST

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

START_TEST(a_passing_failure_of_lock_is_readable_and_blames_no_transaction)
{
    g_auto(Peer) peer = peer_new();
    g_autoptr(GObject) request =
        g_object_new(HMS_TYPE_LOCK_REQUEST, "user", "u", "hostname", "h", NULL);
    g_autoptr(GObject) args = g_object_new(hms_locks_lock_args_get_type(), "rqst", request, NULL);
    g_autoptr(GBytes) answer = send_message(&peer, "lock", T_CALL, args);
    assert_application_exception(&peer, answer, THRIFT_APPLICATION_EXCEPTION_ERROR_INTERNAL_ERROR,
                                 "The database is away");
}
END_TEST

START_TEST(a_handler_can_write_its_own_answer)
{
    g_auto(Peer) peer = peer_new();
    g_autoptr(GObject) args =
        g_object_new(hms_tables_get_all_tables_args_get_type(), "db_name", "db", NULL);
    g_autoptr(GBytes) answer = send_message(&peer, "get_all_tables", T_CALL, args);
    HmsTablesGetAllTablesResult *result =
        g_object_new(hms_tables_get_all_tables_result_get_type(), NULL);
    read_answer(&peer, answer, result);
    ck_assert_uint_eq(result->success->len, 1);
    ck_assert_str_eq(g_ptr_array_index(result->success, 0), "streamed");
    g_object_unref(result);
}
END_TEST

START_TEST(an_answer_that_breaks_half_way_is_replaced_by_an_exception)
{
    g_auto(Peer) peer = peer_new();
    g_autoptr(GObject) args =
        g_object_new(hms_tables_get_all_tables_args_get_type(), "db_name", "broken", NULL);
    g_autoptr(GBytes) answer = send_message(&peer, "get_all_tables", T_CALL, args);
    HmsTablesGetAllTablesResult *result =
        g_object_new(hms_tables_get_all_tables_result_get_type(), NULL);
    read_answer(&peer, answer, result);
    ck_assert(!result->__isset_success);
    ck_assert_str_eq(result->o1->message, "The cursor broke");
    g_object_unref(result);
}
END_TEST

START_TEST(the_session_is_the_callers_and_lasts)
{
    g_auto(Peer) peer = peer_new();
    peer.session->user = g_strdup("before");
    g_autoptr(GObject) args =
        g_object_new(hms_thrift_hive_metastore_set_ugi_args_get_type(), "user_name", "after", NULL);
    g_autoptr(GBytes) answer = send_message(&peer, "set_ugi", T_CALL, args);
    ck_assert_ptr_nonnull(answer);
    ck_assert_str_eq(peer.session->user, "after");
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

static TCase *
answers_case(void)
{
    TCase *answers = tcase_create("answers");
    tcase_add_test(answers, a_served_method_answers_its_result);
    tcase_add_test(answers, an_error_becomes_the_declared_exception_in_words_of_the_catalog);
    tcase_add_test(answers, text_that_is_null_is_absent_from_the_answer);
    tcase_add_test(answers, a_result_without_success_is_sent_as_it_is);
    tcase_add_test(answers, failures_without_a_fact_are_meta_exceptions);
    tcase_add_test(answers, an_answer_that_is_too_long_is_replaced_by_an_exception);
    tcase_add_test(answers, a_passing_failure_of_lock_is_readable_and_blames_no_transaction);
    tcase_add_test(answers, a_handler_can_write_its_own_answer);
    tcase_add_test(answers, an_answer_that_breaks_half_way_is_replaced_by_an_exception);
    tcase_add_test(answers, the_session_is_the_callers_and_lasts);
    return answers;
}

static TCase *
messages_case(void)
{
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
    return messages;
}

int
main(void)
{
    dispatcher = thrift_dispatcher_new(NULL, NULL, bindings, G_N_ELEMENTS(bindings));
    Suite *suite = suite_create("thrift dispatch");
    suite_add_tcase(suite, answers_case());
    suite_add_tcase(suite, messages_case());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    thrift_dispatcher_free(dispatcher);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
