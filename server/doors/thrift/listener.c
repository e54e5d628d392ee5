/* SPDX-License-Identifier: Apache-2.0 */
/* One thread, one epoll: the listening socket, a wake-up for stopping, and every parked connection.
 * It never waits for anything but epoll. Callers: door.c. */
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "skep/error.h"
#include "skep/log.h"
#include "skep/metrics.h"

enum {
    BACKLOG = 4096,
    EVENTS_PER_WAIT = 256,
    ACCEPTS_PER_EVENT = 256,
    SWEEP_MS_MAX = 1000,
    SWEEP_MS_MIN = 20,
    OTHER_FILES = 1024 /* descriptors left to the rest of the program */
};

struct ThriftListener {
    ConnectionSet set;
    int socket;
    int wake;  /* eventfd: the thread looks at `stopping` */
    int spare; /* given up for a moment when descriptors have run out, to refuse instead of hang */
    guint16 port;
    guint sweep_ms;
    gint stopping; /* atomic, 0 or the stage of the stop below */
    gint64 refusal_logged_ms;
    GThread *thread;
};

/* Stages of a stop. */
enum {
    STOP_NONE,
    STOP_IDLE, /* no new connection, no new request */
    STOP_ALL,  /* and no more waiting for clients that take their replies */
    STOP_THREAD
};

static Metric refused_connections = METRIC_COUNTER(
    "skep_thrift_connections_refused_total", "Thrift connections closed at once.", "reason");

/* --- accepting --- */

/* As many descriptors as the connections need, within the hard limit. */
static void
raise_file_limit(guint connections_max)
{
    struct rlimit limit;
    rlim_t wanted = (rlim_t)connections_max + OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = MIN(wanted, limit.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
        log_warning("the limit on open files allows fewer Thrift connections than the settings do",
                    log_int("limit", (gint64)limit.rlim_cur),
                    log_int("connections", connections_max));
}

static void
note_refusal(ThriftListener *listener, const char *reason)
{
    gint64 now = g_get_monotonic_time() / 1000;
    metric_add(metric_series(&refused_connections, METRIC_LABELS(reason)), 1);
    if (listener->refusal_logged_ms != 0 && now - listener->refusal_logged_ms < 10 * 1000)
        return;
    listener->refusal_logged_ms = now;
    log_warning("thrift connection refused", log_string("reason", reason),
                log_int("connections", connection_set_count(&listener->set)));
}

static void
open_spare(ThriftListener *listener)
{
    if (listener->spare < 0)
        listener->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* No descriptor is left: with the spare one a client is told at once, where it would else wait in
 * the backlog, and epoll would report it again and again. */
static gboolean
refuse_without_descriptor(ThriftListener *listener)
{
    if (listener->spare >= 0)
        close(listener->spare);
    listener->spare = -1;
    int socket = accept4(listener->socket, NULL, NULL, SOCK_CLOEXEC);
    if (socket >= 0)
        close(socket);
    open_spare(listener);
    note_refusal(listener, "no_descriptors");
    return socket >= 0;
}

static void
set_socket_options(int socket)
{
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    /* Finds out about clients whose machine went away, long before the idle time-out. */
    setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

/* FALSE when there is nothing more to accept now. */
static gboolean
accept_one(ThriftListener *listener)
{
    union {
        struct sockaddr any;
        struct sockaddr_storage storage;
    } address = {.any.sa_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    int socket = accept4(listener->socket, &address.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0) {
        if (errno == EMFILE || errno == ENFILE)
            return refuse_without_descriptor(listener);
        /* A client that went away while it waited is no reason to stop. */
        return errno == EINTR || errno == ECONNABORTED || errno == EPROTO;
    }
    set_socket_options(socket);
    if (!connection_open(&listener->set, socket, &address.any)) {
        close(socket);
        note_refusal(listener, "too_many");
    }
    return TRUE;
}

static void
accept_waiting(ThriftListener *listener)
{
    for (int i = 0; i < ACCEPTS_PER_EVENT && accept_one(listener); i++)
        continue;
}

/* --- the thread --- */

static void
close_listening_socket(ThriftListener *listener)
{
    if (listener->socket < 0)
        return;
    close(listener->socket);
    listener->socket = -1;
}

static void
handle_event(ThriftListener *listener, const struct epoll_event *event)
{
    if (event->data.ptr == &listener->wake) {
        guint64 count;
        while (read(listener->wake, &count, sizeof count) < 0 && errno == EINTR)
            continue;
    } else if (event->data.ptr == &listener->socket) {
        if (listener->socket >= 0)
            accept_waiting(listener);
    } else {
        connection_wake(event->data.ptr, event->events);
    }
}

/* How long epoll may sleep: no longer than deadlines are exact, and for ever when there are none.
 */
static int
sleep_ms(ThriftListener *listener)
{
    return connection_set_count(&listener->set) > 0 ? (int)listener->sweep_ms : -1;
}

static gpointer
run_listener(gpointer data)
{
    ThriftListener *listener = data;
    struct epoll_event events[EVENTS_PER_WAIT];
    gint64 swept_ms = 0;
    for (;;) {
        int count = epoll_wait(listener->set.epoll, events, EVENTS_PER_WAIT, sleep_ms(listener));
        for (int i = 0; i < count; i++)
            handle_event(listener, &events[i]);
        gint stopping = g_atomic_int_get(&listener->stopping);
        if (stopping != STOP_NONE) {
            close_listening_socket(listener);
            connection_set_stop(&listener->set, stopping >= STOP_ALL);
        }
        if (stopping == STOP_THREAD)
            return NULL;
        gint64 now = g_get_monotonic_time() / 1000;
        if (now - swept_ms >= listener->sweep_ms) {
            connection_set_sweep(&listener->set, now);
            swept_ms = now;
        }
    }
}

/* --- starting and stopping --- */

static void
free_listener(ThriftListener *listener)
{
    close_listening_socket(listener);
    if (listener->set.epoll >= 0)
        close(listener->set.epoll);
    if (listener->wake >= 0)
        close(listener->wake);
    if (listener->spare >= 0)
        close(listener->spare);
    connection_set_clear(&listener->set);
    g_free(listener);
}

static ThriftListener *
make_listener(const ThriftDoorOptions *options,
              const ThriftDispatcher *dispatcher,
              WorkerPool *pool)
{
    ThriftListener *listener = g_new0(ThriftListener, 1);
    ConnectionSet *set = &listener->set;
    listener->socket = listener->wake = listener->spare = set->epoll = -1;
    connection_set_init(set);
    wire_limits_init(&set->limits);
    set->limits.message_bytes_max = options->message_bytes_max;
    set->limits.elements_max = options->elements_max;
    set->connections_max = options->connections_max;
    set->buffered_bytes_max = MAX(options->buffered_bytes_max, options->message_bytes_max * 3);
    set->output_bytes_max = options->output_bytes_max;
    set->spool_room = options->spool_room;
    set->idle_timeout_ms = options->idle_timeout_ms;
    set->request_timeout_ms = options->request_timeout_ms;
    set->reply_timeout_ms = options->reply_timeout_ms;
    set->dispatcher = dispatcher;
    set->pool = pool;
    guint shortest_ms = MIN(options->request_timeout_ms, options->reply_timeout_ms);
    if (options->idle_timeout_ms != 0)
        shortest_ms = MIN(shortest_ms, options->idle_timeout_ms);
    listener->sweep_ms = CLAMP(shortest_ms / 4, SWEEP_MS_MIN, SWEEP_MS_MAX);
    return listener;
}

static gboolean
watch(ThriftListener *listener, int descriptor, void *tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};
    return epoll_ctl(listener->set.epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

static gboolean
open_descriptors(ThriftListener *listener, const ThriftDoorOptions *options, GError **error)
{
    listener->socket =
        doors_listen(options->listen, "SKEP_THRIFT_LISTEN", BACKLOG, &listener->port, error);
    if (listener->socket < 0)
        return FALSE;
    listener->set.epoll = epoll_create1(EPOLL_CLOEXEC);
    listener->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    open_spare(listener);
    if (listener->set.epoll < 0 || listener->wake < 0 ||
        !watch(listener, listener->wake, &listener->wake) ||
        !watch(listener, listener->socket, &listener->socket))
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "The Thrift door cannot watch its connections: %s", g_strerror(errno));
    return TRUE;
}

ThriftListener *
thrift_listener_start(const ThriftDoorOptions *options,
                      const ThriftDispatcher *dispatcher,
                      WorkerPool *pool,
                      GError **error)
{
    raise_file_limit(options->connections_max);
    ThriftListener *listener = make_listener(options, dispatcher, pool);
    if (!open_descriptors(listener, options, error)) {
        free_listener(listener);
        return NULL;
    }
    g_autoptr(GError) cause = NULL;
    listener->thread = g_thread_try_new("thrift-door", run_listener, listener, &cause);
    if (listener->thread == NULL) {
        free_listener(listener);
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, NULL,
                              "The Thrift door cannot have a thread: %s", cause->message);
    }
    return listener;
}

guint16
thrift_listener_port(const ThriftListener *listener)
{
    return listener->port;
}

static void
enter_stop_stage(ThriftListener *listener, gint stage)
{
    guint64 one = 1;
    g_atomic_int_set(&listener->stopping, stage);
    while (write(listener->wake, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

static gboolean
wait_for_none(ConnectionSet *set, gint64 until_us)
{
    g_mutex_lock(&set->mutex);
    while (set->count > 0 && g_cond_wait_until(&set->none_left, &set->mutex, until_us))
        continue;
    gboolean none = set->count == 0;
    g_mutex_unlock(&set->mutex);
    return none;
}

gboolean
thrift_listener_stop(ThriftListener *listener, guint deadline_ms)
{
    if (listener == NULL)
        return TRUE;
    gint64 now_us = g_get_monotonic_time();
    enter_stop_stage(listener, STOP_IDLE);
    gboolean none = wait_for_none(&listener->set, now_us + (gint64)deadline_ms * 1000);
    if (!none) {
        enter_stop_stage(listener, STOP_ALL);
        /* What is left now is in the hands of workers; a moment is enough for those that only send.
         */
        none = wait_for_none(&listener->set, g_get_monotonic_time() + 50 * 1000);
    }
    enter_stop_stage(listener, STOP_THREAD);
    g_thread_join(listener->thread);
    if (!none && connection_set_count(&listener->set) > 0)
        return FALSE;
    free_listener(listener);
    return TRUE;
}
