/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the Thrift listener share: a listener on 127.0.0.1 in this process, raw
 * sockets, and a dispatcher in place of the real one, which answers "echo" with its argument, "big"
 * with as many bytes as asked, "many" with as many numbers, holds "hold" at a gate and gives up at
 * "end". Included once by each test program. */
#pragma once

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doors/thrift/listener.h"
#include "doors/thrift/protocol.h"
#include "skep/error.h"
#include "skep/log.h"

enum { ARRIVAL_MS_MAX = 30 * 1000 };

/* --- the dispatcher in place of the real one --- */

static GMutex gate;
static GCond gate_changed;
static gboolean gate_open;
static guint held;
static gint oneways;

ThriftSession *
thrift_session_new(const char *peer)
{
    ThriftSession *session = g_new0(ThriftSession, 1);
    session->peer = g_strdup(peer);
    return session;
}

void
thrift_session_free(ThriftSession *session)
{
    if (session != NULL)
        g_free(session->peer);
    g_free(session);
}

static inline void
wait_at_gate(void)
{
    g_mutex_lock(&gate);
    held++;
    g_cond_broadcast(&gate_changed);
    while (!gate_open)
        g_cond_wait(&gate_changed, &gate);
    g_mutex_unlock(&gate);
}

static inline void
open_gate(void)
{
    g_mutex_lock(&gate);
    gate_open = TRUE;
    g_cond_broadcast(&gate_changed);
    g_mutex_unlock(&gate);
}

static inline void
wait_for_held(guint count)
{
    g_mutex_lock(&gate);
    while (held < count)
        g_cond_wait(&gate_changed, &gate);
    g_mutex_unlock(&gate);
}

static inline void
write_text_reply(
    ThriftProtocol *out, const char *method, ThriftMessageType type, gint32 seqid, const char *text)
{
    thrift_protocol_write_message_begin(out, method, type, seqid, NULL);
    thrift_protocol_write_field_begin(out, "text", T_STRING, 1, NULL);
    thrift_protocol_write_string(out, text, NULL);
    thrift_protocol_write_field_stop(out, NULL);
}

/* Piece by piece, as listings are written. */
static inline void
write_many_reply(ThriftProtocol *out, gint32 seqid, guint32 count)
{
    thrift_protocol_write_message_begin(out, "many", T_REPLY, seqid, NULL);
    for (guint32 i = 0; i < count; i++)
        thrift_protocol_write_i32(out, (gint32)i, NULL);
}

gboolean
thrift_dispatch_message(const ThriftDispatcher *dispatcher,
                        ThriftSession *session,
                        ThriftProtocol *in,
                        ThriftProtocol *out,
                        GError **error)
{
    g_autofree char *method = NULL, *name = NULL, *text = NULL;
    ThriftMessageType type;
    ThriftType field_type;
    gint16 id;
    gint32 seqid;
    ck_assert_ptr_null(dispatcher);
    ck_assert(g_str_has_prefix(session->peer, "127.0.0.1:"));
    ck_assert_int_ge(thrift_protocol_read_message_begin(in, &method, &type, &seqid, NULL), 0);
    thrift_protocol_read_struct_begin(in, &name, NULL);
    thrift_protocol_read_field_begin(in, &name, &field_type, &id, NULL);
    thrift_protocol_read_string(in, &text, NULL);
    if (g_str_equal(method, "end"))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "the end");
    if (g_str_equal(method, "hold"))
        wait_at_gate();
    if (type == T_ONEWAY) {
        g_atomic_int_inc(&oneways);
        return TRUE;
    }
    if (g_str_equal(method, "big")) {
        g_autofree char *long_text = g_strnfill(strtoull(text, NULL, 10), 'b');
        write_text_reply(out, method, T_REPLY, seqid, long_text);
    } else if (g_str_equal(method, "many")) {
        write_many_reply(out, seqid, (guint32)strtoull(text, NULL, 10));
    } else {
        write_text_reply(out, method, T_REPLY, seqid, text);
    }
    return TRUE;
}

gboolean
thrift_dispatch_refuse(const ThriftDispatcher *dispatcher,
                       const char *method_name,
                       ThriftMessageType message_type,
                       gint32 sequence_id,
                       const GError *reason,
                       ThriftProtocol *out,
                       GError **error)
{
    (void)dispatcher;
    (void)error;
    if (message_type != T_ONEWAY)
        write_text_reply(out, method_name, T_EXCEPTION, sequence_id, reason->message);
    return TRUE;
}

/* --- the server under test --- */

static ThriftDoorOptions options;
static WorkerPool *pool;
static ThriftListener *listener;
static SpoolRoom *spool_room;

static inline void
set_options(void)
{
    signal(SIGPIPE, SIG_IGN); /* as the server does */
    log_set_level(LOG_LEVEL_ERROR);
    gate_open = FALSE;
    held = 0;
    oneways = 0;
    g_clear_pointer(&spool_room, spool_room_free); /* of a test that stopped its listener itself */
    spool_room = spool_room_new(NULL, 256 * 1024 * 1024);
    options = (ThriftDoorOptions){
        .listen = "127.0.0.1:0",
        .message_bytes_max = 16 * 1024 * 1024,
        .elements_max = 1000,
        .connections_max = 3000,
        .buffered_bytes_max = 64 * 1024 * 1024,
        .output_bytes_max = 1024 * 1024,
        .spool_room = spool_room,
        .idle_timeout_ms = 0,
        .request_timeout_ms = 60 * 1000,
        .reply_timeout_ms = 60 * 1000,
    };
}

static inline void
start(guint workers, guint queue_max)
{
    g_autoptr(GError) error = NULL;
    pool = worker_pool_new(workers, queue_max, &error);
    ck_assert_ptr_nonnull(pool);
    listener = thrift_listener_start(&options, NULL, pool, &error);
    ck_assert_msg(listener != NULL, "%s", error != NULL ? error->message : "");
}

static inline void
stop(void)
{
    ck_assert(thrift_listener_stop(g_steal_pointer(&listener), ARRIVAL_MS_MAX));
    g_clear_pointer(&pool, worker_pool_free);
    g_clear_pointer(&spool_room, spool_room_free);
}

/* Waits until no more than `count` connections are open. */
static inline void
wait_for_count(guint count)
{
    /* The set is the listener's first member. */
    while (connection_set_count((ConnectionSet *)listener) > count)
        g_usleep(1000);
}

/* --- clients --- */

static inline int
connect_client(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(thrift_listener_port(listener)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = ARRIVAL_MS_MAX / 1000};
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(client, 0);
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ck_assert_int_eq(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    return client;
}

/* May end early when the server has closed: the caller then finds out by reading. */
static inline void
send_bytes(int client, const void *bytes, gsize length)
{
    const char *next = bytes;
    while (length > 0) {
        gssize sent = send(client, next, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        next += sent;
        length -= (gsize)sent;
    }
}

/* Reads `length` bytes, or what comes before the connection ends. */
static inline gsize
receive_bytes(int client, void *bytes, gsize length)
{
    gsize got = 0;
    while (got < length) {
        gssize count = recv(client, (char *)bytes + got, length - got, 0);
        ck_assert_msg(count >= 0 || errno == ECONNRESET, "recv: %s", g_strerror(errno));
        if (count <= 0)
            break;
        got += (gsize)count;
    }
    return got;
}

static inline void
assert_closed(int client)
{
    char byte;
    ck_assert_uint_eq(receive_bytes(client, &byte, 1), 0);
    close(client);
}

typedef enum { STRICT, FRAMED, OLD, OLD_FRAMED } Form;

static inline void
put_u32(GByteArray *to, guint32 value)
{
    guint32 big_endian = GUINT32_TO_BE(value);
    g_byte_array_append(to, (const guint8 *)&big_endian, 4);
}

static inline void
put_text(GByteArray *to, const char *text)
{
    put_u32(to, (guint32)strlen(text));
    g_byte_array_append(to, (const guint8 *)text, (guint)strlen(text));
}

/* A message with one text, as the client sends it and as the dispatcher above answers it. */
static inline GByteArray *
make_message(Form form, const char *method, guint8 type, guint32 seqid, const char *text)
{
    GByteArray *message = g_byte_array_new();
    if (form == FRAMED || form == OLD_FRAMED)
        put_u32(message, 0);
    if (form == STRICT || form == FRAMED)
        put_u32(message, 0x80010000u | type);
    put_text(message, method);
    if (form == OLD || form == OLD_FRAMED)
        g_byte_array_append(message, &type, 1);
    put_u32(message, seqid);
    g_byte_array_append(message, (const guint8 *)"\x0b\x00\x01", 3);
    put_text(message, text);
    g_byte_array_append(message, (const guint8 *)"", 1);
    if (form == FRAMED || form == OLD_FRAMED) {
        guint32 length = GUINT32_TO_BE(message->len - 4);
        memcpy(message->data, &length, 4);
    }
    return message;
}

static inline void
send_message(int client, const char *method, guint8 type, const char *text)
{
    g_autoptr(GByteArray) message = make_message(STRICT, method, type, 5, text);
    send_bytes(client, message->data, message->len);
}

static inline void
expect_bytes(int client, const GByteArray *expected)
{
    g_autofree guint8 *got = g_malloc(expected->len);
    ck_assert_uint_eq(receive_bytes(client, got, expected->len), expected->len);
    ck_assert_mem_eq(got, expected->data, expected->len);
}

static inline void
expect_reply(int client, const char *method, guint8 type, const char *text)
{
    g_autoptr(GByteArray) expected = make_message(STRICT, method, type, 5, text);
    expect_bytes(client, expected);
}

enum { MANY_HEAD_BYTES = 16 };

/* The answer to "many", in the strict form. */
static inline void
expect_many(int client, guint32 count)
{
    g_autofree guint8 *got = g_malloc(MANY_HEAD_BYTES + count * 4u);
    ck_assert_uint_eq(receive_bytes(client, got, MANY_HEAD_BYTES + count * 4u),
                      MANY_HEAD_BYTES + count * 4u);
    guint32 wrong = 0;
    for (guint32 i = 0; i < count; i++) {
        guint32 wire = GUINT32_TO_BE(i);
        wrong += memcmp(got + MANY_HEAD_BYTES + i * 4u, &wire, 4) != 0;
    }
    ck_assert_uint_eq(wrong, 0);
}

/* The set is the listener's first member. */
static inline guint64
spooled_bytes(void)
{
    return spool_room_used(spool_room);
}

static inline void
assert_serves(int client)
{
    send_message(client, "echo", T_CALL, "still here");
    expect_reply(client, "echo", T_REPLY, "still here");
}

static inline void
assert_serves_others(void)
{
    int client = connect_client();
    assert_serves(client);
    close(client);
}
