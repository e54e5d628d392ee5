/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the dispatcher share: a table of handlers made for the purpose, and a client
 * that writes calls into memory and reads the answers back. Included once by each test program. */
#pragma once

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
#include "support/test_suite.h"

enum { ANSWER_BYTES_MAX = 4096, SEQUENCE_ID = 77 };

static ThriftDispatcher *dispatcher;
static guint oneway_calls;

/* --- handlers ----------------------------------------------------------------------------------
 */

static inline gboolean
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
static inline gboolean
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

static inline gboolean
handle_get_all_tables(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTablesGetAllTablesArgs *in = args;
    gboolean is_broken = strcmp(in->db_name, "broken") == 0;
    thrift_call_reply_with(call, write_names, is_broken ? NULL : g_strdup("streamed"), g_free);
    (void)result;
    (void)error;
    return TRUE;
}

static inline gboolean
handle_shutdown(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    ck_assert(call->method->is_oneway);
    ck_assert_ptr_nonnull(args);
    ck_assert_ptr_null(result);
    oneway_calls++;
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL, "nobody hears this");
}

static inline gboolean
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

static inline gboolean
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

static inline void
peer_clear(Peer *peer)
{
    thrift_session_free(peer->session);
    g_object_unref(peer->protocol);
    g_object_unref(peer->transport);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Peer, peer_clear)

static inline Peer
peer_new(void)
{
    WireLimits limits;
    wire_limits_init(&limits);
    FlatTransport *transport = flat_transport_new(ANSWER_BYTES_MAX);
    return (Peer){transport, flat_protocol_new(transport, &limits), thrift_session_new("test")};
}

static inline GBytes *
take_output(Peer *peer)
{
    gsize length;
    guint8 *bytes = flat_transport_steal_output(peer->transport, &length);
    return bytes != NULL ? g_bytes_new_take(bytes, length) : NULL;
}

static inline void
set_input(Peer *peer, GBytes *bytes)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    flat_transport_set_input(peer->transport, data, length);
}

/* Sends a message; `args` NULL stands for an empty struct. Returns the answer, or NULL when there
 * is none. */
static inline GBytes *
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

static inline ThriftProtocol *
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

static inline void
read_answer(Peer *peer, GBytes *answer, gpointer body)
{
    ThriftProtocol *protocol = begin_answer(peer, answer, T_REPLY);
    ck_assert_int_ge(thrift_struct_read(THRIFT_STRUCT(body), protocol, NULL), 0);
    ck_assert_int_ge(thrift_protocol_read_message_end(protocol, NULL), 0);
    ck_assert_uint_eq(peer->transport->read_cursor, peer->transport->read_length);
}

/* By hand: the library's own class loses memory. */
static inline void
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

static inline HmsTablesGetTableResult *
get_table(Peer *peer, const char *table_name)
{
    g_autoptr(GObject) args = g_object_new(hms_tables_get_table_args_get_type(), "dbname", "db",
                                           "tbl_name", table_name, NULL);
    g_autoptr(GBytes) answer = send_message(peer, "get_table", T_CALL, args);
    HmsTablesGetTableResult *result = g_object_new(hms_tables_get_table_result_get_type(), NULL);
    read_answer(peer, answer, result);
    return result;
}

/* The dispatcher lives as long as the tests run. */
static inline int
dispatch_run(Suite *suite)
{
    dispatcher = thrift_dispatcher_new(NULL, NULL, bindings, G_N_ELEMENTS(bindings));
    int status = test_run_suite(suite);
    thrift_dispatcher_free(dispatcher);
    return status;
}
