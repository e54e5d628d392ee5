/* SPDX-License-Identifier: Apache-2.0 */
/* The life of connections: opening, parking with epoll, deadlines, sending what a client did not
 * take at once, closing. Serves no call: connection_serve.c does. Callers: listener.c,
 * connection_serve.c. */
#include "connection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "skep/log.h"
#include "skep/metrics.h"

enum {
    CLOSE_TIMEOUT_MS = 3000,
    /* A deadline moves on when this much more has come or gone: a peer that is slow but alive goes
     * on, one that sends a byte a minute does not. */
    PROGRESS_BYTES = 256 * 1024,
    SPOOL_PROGRESS_BYTES = 4 * 1024 * 1024, /* of a reply on disk, which others want the room of */
    SEND_PER_TURN = 4 * 1024 * 1024,        /* then the next connection has its turn */
    DISCARD_BYTES = 16 * 1024,
    DISCARD_ROUNDS = 64
};

static Metric open_connections =
    METRIC_GAUGE("skep_thrift_connections", "Open Thrift connections.");
static Metric closed_connections =
    METRIC_COUNTER("skep_thrift_connections_closed_total", "Thrift connections closed.", "reason");

static gint64
now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

/* --- deadlines --- */

/* Begins a stage, or notes its progress. Returns when the stage's time is over. */
static gint64
stage_deadline(Connection *connection, gsize bytes_done, guint timeout_ms)
{
    gsize progress = connection->spool != NULL ? SPOOL_PROGRESS_BYTES : PROGRESS_BYTES;
    if (connection->stage_began_ms == 0 || bytes_done >= connection->stage_bytes + progress ||
        bytes_done < connection->stage_bytes) {
        connection->stage_began_ms = now_ms();
        connection->stage_bytes = bytes_done;
    }
    return connection->stage_began_ms + timeout_ms;
}

static gint64
next_deadline(Connection *connection, ConnectionWait wait)
{
    const ConnectionSet *set = connection->set;
    switch (wait) {
    case WAIT_FOR_REQUEST:
        connection->stage_began_ms = 0;
        return set->idle_timeout_ms == 0 ? G_MAXINT64 : now_ms() + set->idle_timeout_ms;
    case WAIT_FOR_REST:
        return stage_deadline(connection, connection->input->length, set->request_timeout_ms);
    case WAIT_FOR_READER:
        return stage_deadline(connection, connection->spool_sent + connection->output_sent,
                              set->reply_timeout_ms);
    case WAIT_FOR_CLOSE:
        /* Not prolonged by what the client goes on sending. */
        return stage_deadline(connection, connection->stage_bytes, CLOSE_TIMEOUT_MS);
    }
    return now_ms();
}

static const char *
timeout_reason(ConnectionWait wait)
{
    switch (wait) {
    case WAIT_FOR_REQUEST:
        return "idle";
    case WAIT_FOR_REST:
        return "request_timeout";
    case WAIT_FOR_READER:
        return "reply_timeout";
    case WAIT_FOR_CLOSE:
        return "refused";
    }
    return "";
}

/* --- opening and closing --- */

static void
write_peer(const struct sockaddr *address, char *peer, gsize size)
{
    char host[INET6_ADDRSTRLEN] = "";
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;
        inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        g_snprintf(peer, size, "%s:%u", host, ntohs(in->sin_port));
    } else if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
        gboolean mapped = IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);
        if (mapped)
            inet_ntop(AF_INET, in6->sin6_addr.s6_addr + 12, host, sizeof host);
        else
            inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        g_snprintf(peer, size, mapped ? "%s:%u" : "[%s]:%u", host, ntohs(in6->sin6_port));
    }
}

static gboolean
link_into_set(Connection *connection)
{
    ConnectionSet *set = connection->set;
    g_mutex_lock(&set->mutex);
    gboolean room = set->count < set->connections_max;
    if (room) {
        connection->next = set->first;
        if (set->first != NULL)
            set->first->previous = connection;
        set->first = connection;
        set->count++;
    }
    g_mutex_unlock(&set->mutex);
    return room;
}

static void
unlink_from_set(Connection *connection)
{
    ConnectionSet *set = connection->set;
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        set->first = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
    set->count--;
}

static void
drop_output(Connection *connection)
{
    if (connection->output != NULL)
        __atomic_sub_fetch(&connection->set->output_bytes, connection->output_length,
                           __ATOMIC_RELAXED);
    g_clear_pointer(&connection->output, g_free);
    g_clear_pointer(&connection->spool, spool_free);
    connection->output_length = connection->output_sent = connection->spool_sent = 0;
}

/* What a connection holds. Before it leaves the set: a set without connections may go away. */
static void
free_contents(Connection *connection)
{
    connection_input_free(connection->set, g_steal_pointer(&connection->input));
    drop_output(connection);
    thrift_session_free(g_steal_pointer(&connection->session));
}

static void
free_connection(Connection *connection)
{
    g_mutex_clear(&connection->mutex);
    g_free(connection);
}

/* Arms epoll for one event. TRUE on success. */
static gboolean
arm(Connection *connection, int operation, ConnectionWait wait)
{
    struct epoll_event event = {.data.ptr = connection};
    event.events = EPOLLONESHOT | (wait == WAIT_FOR_READER ? EPOLLOUT : EPOLLIN | EPOLLRDHUP);
    return epoll_ctl(connection->set->epoll, operation, connection->socket, &event) == 0;
}

gboolean
connection_open(ConnectionSet *set, int socket, const struct sockaddr *address)
{
    Connection *connection = g_new0(Connection, 1);
    connection->set = set;
    connection->socket = socket;
    g_mutex_init(&connection->mutex);
    write_peer(address, connection->peer, sizeof connection->peer);
    if (!link_into_set(connection)) {
        free_connection(connection);
        return FALSE;
    }
    g_mutex_lock(&connection->mutex);
    connection->wait = WAIT_FOR_REQUEST;
    connection->deadline_ms = next_deadline(connection, WAIT_FOR_REQUEST);
    connection->parked = arm(connection, EPOLL_CTL_ADD, WAIT_FOR_REQUEST);
    gboolean opened = connection->parked;
    g_mutex_unlock(&connection->mutex);
    if (!opened) {
        g_mutex_lock(&set->mutex);
        unlink_from_set(connection);
        g_mutex_unlock(&set->mutex);
        free_connection(connection);
        return FALSE;
    }
    metric_add(metric_series(&open_connections, NULL), 1);
    return TRUE;
}

void
connection_close(Connection *connection, const char *reason)
{
    ConnectionSet *set = connection->set;
    close(connection->socket);
    metric_add(metric_series(&open_connections, NULL), -1);
    metric_add(metric_series(&closed_connections, METRIC_LABELS(reason)), 1);
    free_contents(connection);
    g_mutex_lock(&set->mutex);
    unlink_from_set(connection);
    if (set->count == 0)
        g_cond_broadcast(&set->none_left);
    g_mutex_unlock(&set->mutex);
    free_connection(connection);
}

/* --- parking --- */

void
connection_park(Connection *connection, ConnectionWait wait)
{
    gboolean waits_for_request = wait == WAIT_FOR_REQUEST || wait == WAIT_FOR_REST;
    g_mutex_lock(&connection->mutex);
    gboolean stopping = waits_for_request && g_atomic_int_get(&connection->set->stopping);
    if (!stopping) {
        connection->wait = wait;
        connection->deadline_ms = next_deadline(connection, wait);
        connection->parked = TRUE;
        if (arm(connection, EPOLL_CTL_MOD, wait)) {
            g_mutex_unlock(&connection->mutex);
            return;
        }
        connection->parked = FALSE;
    }
    g_mutex_unlock(&connection->mutex);
    connection_close(connection, stopping ? "stopping" : "broken");
}

/* --- output --- */

gboolean
connection_keep_output(Connection *connection, Spool *spool, guint8 *output, gsize length)
{
    ConnectionSet *set = connection->set;
    g_autoptr(Spool) on_disk = spool;
    g_autofree guint8 *in_memory = output;
    if (__atomic_add_fetch(&set->output_bytes, length, __ATOMIC_RELAXED) > set->output_bytes_max &&
        set->spool_room != NULL) {
        __atomic_sub_fetch(&set->output_bytes, length, __ATOMIC_RELAXED);
        if (on_disk == NULL)
            on_disk = spool_new(set->spool_room, NULL);
        if (on_disk == NULL || !spool_append(on_disk, in_memory, length, NULL))
            return FALSE;
        g_clear_pointer(&in_memory, g_free);
        length = 0;
    }
    connection->spool = g_steal_pointer(&on_disk);
    connection->output = g_steal_pointer(&in_memory);
    connection->output_length = length;
    connection->output_sent = connection->spool_sent = 0;
    connection->stage_began_ms = 0;
    return TRUE;
}

typedef enum { SENT_ALL, SENT_SOME, SENT_FAILED } SendResult;

/* What is on disk goes from there to the socket without coming into memory. */
static SendResult
send_spool(Connection *connection, gsize *left)
{
    while (connection->spool != NULL && *left > 0) {
        gssize sent =
            spool_send(connection->spool, connection->socket, &connection->spool_sent, *left);
        if (sent > 0) {
            *left -= (gsize)sent;
            if (connection->spool_sent == spool_length(connection->spool))
                g_clear_pointer(&connection->spool, spool_free);
        } else if (sent < 0 && errno == EINTR) {
            continue;
        } else {
            return sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? SENT_SOME : SENT_FAILED;
        }
    }
    return connection->spool == NULL ? SENT_ALL : SENT_SOME;
}

static SendResult
send_memory(Connection *connection, gsize *left)
{
    while (connection->output_sent<connection->output_length && * left> 0) {
        gsize length = MIN(connection->output_length - connection->output_sent, *left);
        gssize sent = send(connection->socket, connection->output + connection->output_sent, length,
                           MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            connection->output_sent += (gsize)sent;
            *left -= (gsize)sent;
        } else if (errno != EINTR) {
            return errno == EAGAIN || errno == EWOULDBLOCK ? SENT_SOME : SENT_FAILED;
        }
    }
    return connection->output_sent == connection->output_length ? SENT_ALL : SENT_SOME;
}

static gboolean
finish_output(Connection *connection)
{
    drop_output(connection);
    connection->stage_began_ms = 0;
    if (connection->linger_after_output) {
        connection_linger(connection);
        return FALSE;
    }
    if (connection->close_after_output) {
        connection_close(connection, "finished");
        return FALSE;
    }
    return TRUE;
}

gboolean
connection_send_output(Connection *connection)
{
    gsize left = SEND_PER_TURN;
    SendResult result = send_spool(connection, &left);
    if (result == SENT_ALL)
        result = send_memory(connection, &left);
    switch (result) {
    case SENT_ALL:
        return finish_output(connection);
    case SENT_SOME:
        connection_park(connection, WAIT_FOR_READER);
        return FALSE;
    case SENT_FAILED:
        connection_close(connection, "broken");
        return FALSE;
    }
    return FALSE;
}

void
connection_linger(Connection *connection)
{
    connection_input_free(connection->set, g_steal_pointer(&connection->input));
    connection->stage_began_ms = 0;
    shutdown(connection->socket, SHUT_WR);
    connection_park(connection, WAIT_FOR_CLOSE);
}

/* Reads and drops what a client sends that was told that it is not heard any more. */
static void
discard_input(Connection *connection)
{
    guint8 dropped[DISCARD_BYTES];
    for (int round = 0; round < DISCARD_ROUNDS; round++) {
        gssize count = recv(connection->socket, dropped, sizeof dropped, MSG_DONTWAIT);
        if (count > 0 || (count < 0 && errno == EINTR))
            continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        connection_close(connection, "refused");
        return;
    }
    connection_park(connection, WAIT_FOR_CLOSE);
}

/* Whether there is nothing to read and never will be: then no worker need find it out. A thousand
 * clients that leave at one time must not fill the queue. */
static gboolean
has_left(const Connection *connection, guint32 events)
{
    guint8 byte;
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) == 0)
        return FALSE;
    gssize count = recv(connection->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

static void
hand_to_worker(Connection *connection)
{
    if (!worker_pool_push(connection->set->pool, connection_serve, connection))
        connection_refuse_calls(connection);
}

void
connection_wake(Connection *connection, guint32 events)
{
    /* A worker that has just armed epoll may still be inside connection_park: the mutex waits for
     * it. */
    g_mutex_lock(&connection->mutex);
    connection->parked = FALSE;
    ConnectionWait wait = connection->wait;
    g_mutex_unlock(&connection->mutex);
    switch (wait) {
    case WAIT_FOR_REQUEST:
    case WAIT_FOR_REST:
        if (has_left(connection, events))
            connection_close(connection, wait == WAIT_FOR_REST ? "cut_off" : "finished");
        else
            hand_to_worker(connection);
        return;
    case WAIT_FOR_READER:
        /* A disk may be slow, and nobody else's business. */
        if (connection->spool != NULL &&
            worker_pool_push(connection->set->pool, connection_resume, connection))
            return;
        if (connection_send_output(connection))
            hand_to_worker(connection);
        return;
    case WAIT_FOR_CLOSE:
        discard_input(connection);
        return;
    }
}

/* --- the set --- */

void
connection_set_init(ConnectionSet *set)
{
    g_mutex_init(&set->mutex);
    g_cond_init(&set->none_left);
    set->first = NULL;
    set->count = 0;
    set->buffered_bytes = set->output_bytes = 0;
    set->stopping = FALSE;
}

void
connection_set_clear(ConnectionSet *set)
{
    g_mutex_clear(&set->mutex);
    g_cond_clear(&set->none_left);
}

guint
connection_set_count(ConnectionSet *set)
{
    g_mutex_lock(&set->mutex);
    guint count = set->count;
    g_mutex_unlock(&set->mutex);
    return count;
}

typedef gboolean (*ConnectionTest)(const Connection *connection, gint64 now);

/* Takes every parked connection that the test names out of its parking place. Nothing can wake
 * them: only this thread reads events. */
static GPtrArray *
take_parked(ConnectionSet *set, ConnectionTest test, gint64 now)
{
    GPtrArray *taken = g_ptr_array_new();
    g_mutex_lock(&set->mutex);
    for (Connection *each = set->first; each != NULL; each = each->next) {
        g_mutex_lock(&each->mutex);
        if (each->parked && test(each, now)) {
            each->parked = FALSE;
            g_ptr_array_add(taken, each);
        }
        g_mutex_unlock(&each->mutex);
    }
    g_mutex_unlock(&set->mutex);
    return taken;
}

static gboolean
is_overdue(const Connection *connection, gint64 now)
{
    return connection->deadline_ms <= now;
}

static gboolean
takes_no_reply(const Connection *connection, gint64 now)
{
    (void)now;
    return connection->wait != WAIT_FOR_READER;
}

static gboolean
is_any(const Connection *connection, gint64 now)
{
    (void)connection;
    (void)now;
    return TRUE;
}

void
connection_set_sweep(ConnectionSet *set, gint64 now)
{
    g_autoptr(GPtrArray) overdue = take_parked(set, is_overdue, now);
    for (guint i = 0; i < overdue->len; i++) {
        Connection *connection = g_ptr_array_index(overdue, i);
        const char *reason = timeout_reason(connection->wait);
        log_debug("thrift connection timed out", log_string("peer", connection->peer),
                  log_string("reason", reason));
        connection_close(connection, reason);
    }
}

void
connection_set_stop(ConnectionSet *set, gboolean all)
{
    g_atomic_int_set(&set->stopping, TRUE);
    g_autoptr(GPtrArray) taken = take_parked(set, all ? is_any : takes_no_reply, 0);
    for (guint i = 0; i < taken->len; i++)
        connection_close(g_ptr_array_index(taken, i), "stopping");
}
