/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's turn with a connection: read what has come without waiting, find whole messages, have
 * them answered, send the answers. Half a message stays with the connection and holds no worker.
 * What a call means is the dispatcher's. Callers: the worker pool, and connection.c when the pool
 * is full. */
#include "connection.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "protocol.h"
#include "skep/error.h"
#include "skep/log.h"
#include "skep/metrics.h"
#include "support/failpoint.h"

enum {
    SCRATCH_BYTES = 64 * 1024,
    INPUT_BYTES_FIRST = 1024,
    READ_BYTES_MIN = 4 * 1024,      /* room that a read must find */
    FLUSH_BYTES = 64 * 1024,        /* replies to pipelined calls are sent together up to this */
    CALLS_PER_TURN = 16,            /* then others that wait have a turn */
    READ_PER_TURN = 4 * 1024 * 1024 /* likewise */
};

/* What a thread needs to serve, made once: the buffer that requests are read into (most are served
 * out of it and never copied), and the transport and protocol that the dispatcher sees. */
typedef struct {
    FlatTransport *transport;
    FlatProtocol *protocol;
    ConnectionInput scratch;
} Workspace;

typedef struct {
    Connection *connection;
    ConnectionSet *set;
    Workspace *workspace;
    gboolean refusing; /* on the listener's thread, with the workers' queue full */
    guint calls;
    gsize bytes_read;
} Turn;

typedef enum {
    READ_SOME,
    READ_NOTHING, /* yet */
    READ_END,     /* the client sends no more */
    READ_FAILED   /* the connection is closed */
} ReadResult;

static Metric refused_messages = METRIC_COUNTER(
    "skep_thrift_messages_refused_total", "Thrift messages that were not served.", "reason");

static void
free_workspace(gpointer data)
{
    Workspace *workspace = data;
    g_object_unref(workspace->protocol);
    g_object_unref(workspace->transport);
    g_free(workspace->scratch.bytes);
    g_free(workspace);
}

static GPrivate thread_workspace = G_PRIVATE_INIT(free_workspace);

static Workspace *
borrow_workspace(const ConnectionSet *set)
{
    const WireLimits *limits = &set->limits;
    Workspace *workspace = g_private_get(&thread_workspace);
    if (workspace == NULL) {
        workspace = g_new0(Workspace, 1);
        workspace->transport = flat_transport_new(FLAT_TRANSPORT_WRITE_MAX);
        workspace->protocol = flat_protocol_new(workspace->transport, limits);
        workspace->scratch.bytes = g_malloc(SCRATCH_BYTES);
        workspace->scratch.capacity = SCRATCH_BYTES;
        g_private_set(&thread_workspace, workspace);
    }
    workspace->protocol->limits = *limits;
    flat_transport_set_room(workspace->transport, set->spool_room);
    workspace->scratch.length = workspace->scratch.start = 0;
    wire_scanner_reset(&workspace->scratch.scanner);
    return workspace;
}

/* --- input --- */

void
connection_input_free(ConnectionSet *set, ConnectionInput *input)
{
    if (input == NULL)
        return;
    __atomic_sub_fetch(&set->buffered_bytes, input->capacity, __ATOMIC_RELAXED);
    g_free(input->bytes);
    g_free(input);
}

static ConnectionInput *
current_input(const Turn *turn)
{
    return turn->connection->input != NULL ? turn->connection->input : &turn->workspace->scratch;
}

/* Makes a connection's own input larger, within what all connections together may take. */
static gboolean
grow_input(ConnectionSet *set, ConnectionInput *input, gsize capacity)
{
    gsize more = capacity - input->capacity;
    if (__atomic_add_fetch(&set->buffered_bytes, more, __ATOMIC_RELAXED) <=
        set->buffered_bytes_max) {
        guint8 *bytes = g_try_realloc(input->bytes, capacity);
        if (bytes != NULL) {
            input->bytes = bytes;
            input->capacity = capacity;
            return TRUE;
        }
    }
    __atomic_sub_fetch(&set->buffered_bytes, more, __ATOMIC_RELAXED);
    return FALSE;
}

static void
drop_served(ConnectionInput *input)
{
    input->length -= input->start;
    if (input->start > 0 && input->length > 0)
        memmove(input->bytes, input->bytes + input->start, input->length);
    input->start = 0;
}

/* Gives the connection an input of its own, with what is left in the thread's scratch buffer. */
static gboolean
move_scratch(Turn *turn, gsize capacity)
{
    ConnectionInput *scratch = &turn->workspace->scratch;
    ConnectionInput *own = g_new0(ConnectionInput, 1);
    if (!grow_input(turn->set, own, capacity)) {
        g_free(own);
        return FALSE;
    }
    own->length = scratch->length - scratch->start;
    memcpy(own->bytes, scratch->bytes + scratch->start, own->length);
    own->scanner = scratch->scanner;
    scratch->length = scratch->start = 0;
    wire_scanner_reset(&scratch->scanner);
    turn->connection->input = own;
    return TRUE;
}

/* Before the connection leaves this thread: half a message goes with it, and nothing else does. */
static gboolean
keep_input(Turn *turn)
{
    ConnectionInput *input = current_input(turn);
    if (input->length == input->start) {
        connection_input_free(turn->set, g_steal_pointer(&turn->connection->input));
        input = &turn->workspace->scratch;
        input->length = input->start = 0;
        return TRUE;
    }
    if (turn->connection->input != NULL) {
        drop_served(input);
        return TRUE;
    }
    gsize capacity = INPUT_BYTES_FIRST;
    while (capacity < input->length - input->start)
        capacity *= 2;
    return move_scratch(turn, capacity);
}

/* Sees to it that a read finds room behind the input. FALSE when memory for requests is used up. */
static gboolean
make_room(Turn *turn)
{
    ConnectionInput *input = current_input(turn);
    if (input->length == input->start || input->capacity - input->length < READ_BYTES_MIN)
        drop_served(input);
    if (input->capacity - input->length >= READ_BYTES_MIN)
        return TRUE;
    gsize capacity = MAX(input->capacity * 2, READ_BYTES_MIN * 2);
    if (turn->connection->input == NULL)
        return move_scratch(turn, capacity);
    return grow_input(turn->set, input, capacity);
}

/* --- output --- */

/* The connection cannot go on: there is no place for what must be kept of it. */
static gboolean
give_up(Turn *turn)
{
    flat_transport_clear_output(turn->workspace->transport);
    connection_close(turn->connection, "no_memory");
    return FALSE;
}

/* The replies, of which `sent` bytes are gone, are the connection's from now on. */
static gboolean
keep_replies(Turn *turn, gssize sent)
{
    Connection *connection = turn->connection;
    FlatTransport *transport = turn->workspace->transport;
    gsize length = transport->write_length - (gsize)sent;
    Spool *spool = flat_transport_steal_spool(transport);
    g_autofree guint8 *output = length > 0 ? g_try_malloc(length) : NULL;
    if (length > 0 && output == NULL) {
        spool_free(spool);
        return give_up(turn);
    }
    if (length > 0)
        memcpy(output, transport->write_bytes + sent, length);
    flat_transport_clear_output(transport);
    if (!connection_keep_output(connection, spool, g_steal_pointer(&output), length))
        return give_up(turn);
    return connection_send_output(connection);
}

/* Sends the replies written so far. FALSE: the client did not take them all, or is gone, and the
 * connection is no longer this thread's. */
static gboolean
flush_replies(Turn *turn)
{
    Connection *connection = turn->connection;
    FlatTransport *transport = turn->workspace->transport;
    gssize sent = 0;
    if (flat_transport_mark(transport) == 0)
        return TRUE;
    failpoint_reach("thrift-before-answer");
    if (transport->spool == NULL)
        sent = send(connection->socket, transport->write_bytes, transport->write_length,
                    MSG_NOSIGNAL | MSG_DONTWAIT);
    if (transport->spool == NULL && sent == (gssize)transport->write_length) {
        flat_transport_clear_output(transport);
        return TRUE;
    }
    return keep_input(turn) ? keep_replies(turn, MAX(sent, 0)) : give_up(turn);
}

/* Leaves room for the length of a framed reply. Returns the reply's mark. */
static gsize
begin_reply(Turn *turn, WireFraming framing)
{
    FlatTransport *transport = turn->workspace->transport;
    gsize mark = flat_transport_mark(transport);
    if (framing == WIRE_FRAMED)
        flat_transport_append(transport, "\0\0\0", 4, NULL);
    return mark;
}

static void
end_reply(Turn *turn, WireFraming framing, gsize mark)
{
    FlatTransport *transport = turn->workspace->transport;
    gsize end = flat_transport_mark(transport);
    if (framing != WIRE_FRAMED)
        return;
    guint32 length = end > mark + 4 ? GUINT32_TO_BE((guint32)(end - mark - 4)) : 0;
    /* A reply whose length cannot be told is none, and nothing can follow it. */
    if (length != 0 && flat_transport_patch(transport, mark, &length, sizeof length, NULL))
        return;
    turn->connection->close_after_output |= length != 0;
    flat_transport_truncate(transport, mark);
}

/* --- calls --- */

/* Answers the message whose head the scanner knows with an error that its method's clients
 * understand. */
static gboolean
answer_refusal(Turn *turn, SkepError fact, const char *why, GError **error)
{
    const ConnectionInput *input = current_input(turn);
    const WireScanner *scanner = &input->scanner;
    const char *name = (const char *)input->bytes + input->start + scanner->method_offset;
    g_autofree char *method = g_strndup(name, scanner->method_length);
    g_autoptr(GError) reason = NULL;
    skep_fail(&reason, fact, NULL, "%s", why);
    turn->workspace->protocol->strict = scanner->strict;
    return thrift_dispatch_refuse(turn->set->dispatcher, method, scanner->message_type,
                                  scanner->sequence_id, reason,
                                  THRIFT_PROTOCOL(turn->workspace->protocol), error);
}

static gboolean
answer_call(Turn *turn, GError **error)
{
    Connection *connection = turn->connection;
    ThriftProtocol *protocol = THRIFT_PROTOCOL(turn->workspace->protocol);
    if (turn->refusing) {
        metric_add(metric_series(&refused_messages, METRIC_LABELS("overloaded")), 1);
        return answer_refusal(turn, SKEP_ERROR_UNAVAILABLE, "The server is overloaded, try again",
                              error);
    }
    if (connection->session == NULL)
        connection->session = thrift_session_new(connection->peer);
    return thrift_dispatch_message(turn->set->dispatcher, connection->session, protocol, protocol,
                                   error);
}

/* Serves the whole message at the input's start, and moves the start behind it. */
static void
serve_message(Turn *turn)
{
    Connection *connection = turn->connection;
    ConnectionInput *input = current_input(turn);
    const WireScanner *scanner = &input->scanner;
    gsize head_bytes = scanner->framing == WIRE_FRAMED ? 4 : 0;
    flat_transport_set_input(turn->workspace->transport, input->bytes + input->start + head_bytes,
                             scanner->length - head_bytes);
    if (connection->input != NULL)
        flat_transport_set_input_disposable(turn->workspace->transport);
    g_autoptr(GError) error = NULL;
    gsize mark = begin_reply(turn, scanner->framing);
    if (!answer_call(turn, &error)) {
        log_info("thrift connection ends", log_string("peer", connection->peer), log_error(error));
        connection->close_after_output = TRUE;
    }
    end_reply(turn, scanner->framing, mark);
    flat_transport_set_input(turn->workspace->transport, NULL, 0);
    turn->calls++;
    connection->stage_began_ms = 0;
    input->start += scanner->length;
    wire_scanner_reset(&input->scanner);
}

static const char *
refusal_reason(const WireScanner *scanner)
{
    switch (scanner->verdict) {
    case WIRE_FOREIGN:
        return scanner->reason;
    case WIRE_INVALID:
        return "invalid";
    case WIRE_TOO_LARGE:
        return "too_large";
    case WIRE_INCOMPLETE:
    case WIRE_COMPLETE:
        return "no_memory";
    }
    return "";
}

/* The input holds something that is not served: says why when the message's head is known, and ends
 * the connection, since where the next message begins is not known. */
static void
refuse_message(Turn *turn, SkepError fact, const char *why)
{
    Connection *connection = turn->connection;
    const ConnectionInput *input = current_input(turn);
    const WireScanner *scanner = &input->scanner;
    const char *reason = refusal_reason(scanner);
    metric_add(metric_series(&refused_messages, METRIC_LABELS(reason)), 1);
    log_info("thrift message refused", log_string("peer", connection->peer),
             log_string("reason", reason), log_string("why", why));
    if (scanner->head_known) {
        g_autofree char *text = g_strdup_printf("The request is refused: %s", why);
        gsize mark = begin_reply(turn, scanner->framing);
        answer_refusal(turn, fact, text, NULL);
        end_reply(turn, scanner->framing, mark);
    }
    connection->linger_after_output = scanner->verdict != WIRE_FOREIGN;
    connection->close_after_output = TRUE;
}

/* Serves what whole messages are in the input. FALSE: the connection is no longer this thread's. */
static gboolean
serve_buffered(Turn *turn)
{
    Connection *connection = turn->connection;
    while (!connection->close_after_output) {
        ConnectionInput *input = current_input(turn);
        WireVerdict verdict = wire_scan(&input->scanner, &turn->set->limits,
                                        input->bytes + input->start, input->length - input->start);
        switch (verdict) {
        case WIRE_INCOMPLETE:
            return TRUE;
        case WIRE_COMPLETE:
            serve_message(turn);
            break;
        case WIRE_FOREIGN:
        case WIRE_INVALID:
            refuse_message(turn, SKEP_ERROR_INVALID_ARGUMENT, input->scanner.reason);
            break;
        case WIRE_TOO_LARGE:
            refuse_message(turn, SKEP_ERROR_TOO_LARGE, input->scanner.reason);
            break;
        }
        if (flat_transport_mark(turn->workspace->transport) >= FLUSH_BYTES && !flush_replies(turn))
            return FALSE;
        if (!turn->refusing && turn->calls >= CALLS_PER_TURN)
            return TRUE;
    }
    return TRUE;
}

static ReadResult
read_more(Turn *turn)
{
    ConnectionInput *input = current_input(turn);
    for (;;) {
        gssize count = recv(turn->connection->socket, input->bytes + input->length,
                            input->capacity - input->length, MSG_DONTWAIT);
        if (count > 0) {
            input->length += (gsize)count;
            turn->bytes_read += (gsize)count;
            return READ_SOME;
        }
        if (count == 0)
            return READ_END;
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return READ_NOTHING;
        if (errno != EINTR) {
            connection_close(turn->connection, "broken");
            return READ_FAILED;
        }
    }
}

static void
end_connection(Turn *turn)
{
    Connection *connection = turn->connection;
    if (connection->linger_after_output)
        connection_linger(connection);
    else
        connection_close(connection, "finished");
}

static void
park(Turn *turn)
{
    if (!keep_input(turn))
        connection_close(turn->connection, "no_memory");
    else
        connection_park(turn->connection,
                        turn->connection->input != NULL ? WAIT_FOR_REST : WAIT_FOR_REQUEST);
}

/* After a fair share, others first. TRUE: the connection is back in the queue, or parked. */
static gboolean
yield_turn(Turn *turn)
{
    if (turn->calls < CALLS_PER_TURN && turn->bytes_read < READ_PER_TURN)
        return FALSE;
    turn->calls = 0;
    turn->bytes_read = 0;
    if (turn->refusing) {
        /* Nothing whole is left in the input: epoll tells when there is more. */
        park(turn);
        return TRUE;
    }
    if (worker_pool_waiting(turn->set->pool) == 0)
        return FALSE;
    if (!keep_input(turn)) {
        connection_close(turn->connection, "no_memory");
        return TRUE;
    }
    return worker_pool_push(turn->set->pool, connection_serve, turn->connection);
}

static gboolean
has_whole_message(const Turn *turn)
{
    /* serve_buffered stops before the scan of what follows its last call. */
    return turn->calls >= CALLS_PER_TURN &&
           current_input(turn)->length > current_input(turn)->start;
}

/* One read and what it brings. FALSE: the connection is no longer this thread's. */
static gboolean
read_and_go_on(Turn *turn)
{
    if (!make_room(turn)) {
        refuse_message(turn, SKEP_ERROR_UNAVAILABLE, "there is no memory for it now, try again");
        return TRUE;
    }
    switch (read_more(turn)) {
    case READ_SOME:
        return TRUE;
    case READ_NOTHING:
        park(turn);
        return FALSE;
    case READ_END:
        connection_close(turn->connection, current_input(turn)->length > current_input(turn)->start
                                               ? "cut_off"
                                               : "finished");
        return FALSE;
    case READ_FAILED:
        return FALSE;
    }
    return FALSE;
}

static void
take_turn(Connection *connection, gboolean refusing)
{
    Turn turn = {.connection = connection, .set = connection->set, .refusing = refusing};
    turn.workspace = borrow_workspace(turn.set);
    for (;;) {
        if (!serve_buffered(&turn) || !flush_replies(&turn))
            return;
        if (connection->close_after_output) {
            end_connection(&turn);
            return;
        }
        gboolean more_is_here = has_whole_message(&turn);
        if (yield_turn(&turn))
            return;
        if (!more_is_here && !read_and_go_on(&turn))
            return;
    }
}

void
connection_serve(gpointer connection)
{
    take_turn(connection, FALSE);
}

void
connection_resume(gpointer connection)
{
    if (connection_send_output(connection))
        connection_serve(connection);
}

void
connection_refuse_calls(Connection *connection)
{
    take_turn(connection, TRUE);
}
