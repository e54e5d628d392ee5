/* SPDX-License-Identifier: Apache-2.0 */
/* The REST door as a whole: opened, stopped, healthy. What happens to one request is in arrival.c.
 * Caller: server/server.c. */
#include "door_private.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "skep/log.h"

enum { LISTEN_BACKLOG = 1024, STOP_MOMENT_MS = 500 };

void
rest_door_options_init(RestDoorOptions *options)
{
    *options = (RestDoorOptions){
        .listen = "0.0.0.0:8181",
        .body_bytes_max = 64 * 1024 * 1024,
        .bodies_bytes_max = 512 * 1024 * 1024,
        .connections_max = 4096,
        .timeout_s = 60,
        .threads = 1,
    };
}

gboolean
rest_health_show(RestRequest *request, GError **error)
{
    (void)error;
    const RestDoorOptions *options = &request->door->options;
    DoorHealth health = {.doors_serve = TRUE, .store_answered_at_us = g_get_monotonic_time()};
    if (options->health)
        options->health(&health, options->health_data);
    if (door_health_is_ready(&health, g_get_monotonic_time()))
        rest_reply_text(request, MHD_HTTP_OK, "application/json", "{\"status\":\"ok\"}");
    else
        rest_reply_text(request, MHD_HTTP_SERVICE_UNAVAILABLE, "application/json",
                        "{\"status\":\"unavailable\"}");
    return TRUE;
}

/* libmicrohttpd's own remarks (broken clients, mostly) are for those who debug. */
static void G_GNUC_PRINTF(2, 0) listener_log(void *cls, const char *format, va_list arguments)
{
    (void)cls;
    if (!log_is_enabled(LOG_LEVEL_DEBUG))
        return;
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    log_debug("libmicrohttpd", log_string("text", g_strstrip(text)));
}

/* Names stay escaped: target.c decodes them after splitting. */
static size_t
listener_keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

static struct MHD_Daemon *
listener_start_daemon(RestDoor *door, int descriptor)
{
    const RestDoorOptions *options = &door->options;
    /* One event thread is libmicrohttpd's own; a pool of them starts at two. */
    struct MHD_OptionItem threads[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)options->threads, NULL},
        {MHD_OPTION_END,              0,                          NULL},
    };
    if (options->threads < 2)
        threads[0].option = MHD_OPTION_END;
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
        0, NULL, NULL, arrival_of_request, door, MHD_OPTION_EXTERNAL_LOGGER, listener_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, descriptor, MHD_OPTION_URI_LOG_CALLBACK, arrival_of_target, door,
        MHD_OPTION_UNESCAPE_CALLBACK, listener_keep_escapes, NULL, MHD_OPTION_NOTIFY_COMPLETED,
        arrival_over, door, MHD_OPTION_CONNECTION_LIMIT, options->connections_max,
        MHD_OPTION_CONNECTION_TIMEOUT, options->timeout_s, MHD_OPTION_ARRAY, threads,
        MHD_OPTION_END);
}

static void
rest_door_free(RestDoor *door)
{
    g_mutex_clear(&door->lock);
    g_cond_clear(&door->changed);
    g_free(door);
}

RestDoor *
rest_door_start(const RestDoorOptions *options, Catalog *catalog, WorkerPool *pool, GError **error)
{
    guint16 port = 0;
    int descriptor =
        doors_listen(options->listen, "SKEP_REST_LISTEN", LISTEN_BACKLOG, &port, error);
    if (descriptor < 0)
        return NULL;
    RestDoor *door = g_new0(RestDoor, 1);
    g_mutex_init(&door->lock);
    g_cond_init(&door->changed);
    door->port = port;
    door->options = *options;
    door->options.listen = NULL;
    door->options.bodies_bytes_max = MAX(options->bodies_bytes_max, options->body_bytes_max);
    door->catalog = catalog;
    door->pool = pool;
    door->daemon = listener_start_daemon(door, descriptor);
    if (!door->daemon) {
        close(descriptor);
        rest_door_free(door);
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, options->listen,
                              "cannot start to serve REST on %s: no thread, memory or descriptor "
                              "to be had",
                              options->listen);
    }
    return door;
}

guint16
rest_door_port(const RestDoor *door)
{
    return door->port;
}

static void
listener_wait(RestDoor *door, const guint *count, gint64 until_us)
{
    door->is_awaited = TRUE;
    while (*count > 0 && g_cond_wait_until(&door->changed, &door->lock, until_us))
        ;
}

/* Waits for the requests under way, then shuts the way to the workers. Half-sent requests get a
 * moment; those on workers must end: FALSE when one did not. */
static gboolean
listener_drain(RestDoor *door, gint64 until_us)
{
    gint64 moment_us = g_get_monotonic_time() + STOP_MOMENT_MS * 1000;
    g_mutex_lock(&door->lock);
    listener_wait(door, &door->arriving, MIN(until_us, moment_us));
    listener_wait(door, &door->in_flight, until_us);
    door->closed = TRUE;
    listener_wait(door, &door->on_worker, MAX(until_us, moment_us));
    gboolean is_drained = door->on_worker == 0;
    g_mutex_unlock(&door->lock);
    return is_drained;
}

gboolean
rest_door_stop(RestDoor *door, guint deadline_ms)
{
    if (!door)
        return TRUE;
    gint64 until_us = g_get_monotonic_time() + (gint64)deadline_ms * 1000;
    g_atomic_int_set(&door->stopping, 1);
    int descriptor = MHD_quiesce_daemon(door->daemon);
    if (descriptor >= 0)
        shutdown(descriptor, SHUT_RDWR);
    if (!listener_drain(door, until_us))
        return FALSE;
    MHD_stop_daemon(door->daemon);
    if (descriptor >= 0)
        close(descriptor);
    rest_door_free(door);
    return TRUE;
}
