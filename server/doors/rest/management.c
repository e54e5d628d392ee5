/* SPDX-License-Identifier: Apache-2.0 */
/* The management port: health for probes and metrics for Prometheus, answered on a thread of its
 * own so that busy workers or a lost PostgreSQL never make a healthy process look dead. Caller:
 * server/server.c. */
#include "skep/doors.h"

#include <microhttpd.h>
#include <string.h>
#include <unistd.h>

#include "skep/error.h"
#include "skep/metrics.h"

enum { MANAGEMENT_BACKLOG = 64, MANAGEMENT_CONNECTIONS_MAX = 64, MANAGEMENT_TIMEOUT_S = 10 };

struct ManagementDoor {
    struct MHD_Daemon *daemon;
    guint16 port;
    DoorHealthFunc health;
    gpointer health_data;
    gint has_been_ready; /* atomic */
};

static enum MHD_Result
management_answer(struct MHD_Connection *connection,
                  guint status,
                  const char *content_type,
                  const char *body,
                  gsize length)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, (char *)body, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result
management_answer_health(struct MHD_Connection *connection, gboolean is_well)
{
    const char *body = is_well ? "{\"status\":\"ok\"}" : "{\"status\":\"unavailable\"}";
    return management_answer(connection, is_well ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE,
                             "application/json", body, strlen(body));
}

static enum MHD_Result
management_answer_metrics(struct MHD_Connection *connection)
{
    g_autoptr(GString) text = metrics_render();
    return management_answer(connection, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8",
                             text->str, text->len);
}

/* *out_overdue: duties that nobody does; may be NULL. */
static gboolean
management_is_ready(ManagementDoor *door, guint *out_overdue)
{
    DoorHealth health = {.doors_serve = FALSE};
    door->health(&health, door->health_data);
    if (!door_health_is_ready(&health, g_get_monotonic_time()))
        return FALSE;
    g_atomic_int_set(&door->has_been_ready, 1);
    if (out_overdue)
        *out_overdue = health.duties_overdue;
    return TRUE;
}

/* A server that serves stays in service while background work is overdue, and says so. */
static enum MHD_Result
management_answer_ready(struct MHD_Connection *connection, ManagementDoor *door)
{
    guint overdue = 0;
    gboolean is_ready = management_is_ready(door, &overdue);
    if (!is_ready || overdue == 0)
        return management_answer_health(connection, is_ready);
    g_autofree char *body =
        g_strdup_printf("{\"status\":\"degraded\",\"duties_overdue\":%u}", overdue);
    return management_answer(connection, MHD_HTTP_OK, "application/json", body, strlen(body));
}

static gboolean
management_has_started(ManagementDoor *door)
{
    return g_atomic_int_get(&door->has_been_ready) || management_is_ready(door, NULL);
}

static enum MHD_Result
management_handle(void *cls,
                  struct MHD_Connection *connection,
                  const char *url,
                  const char *method,
                  const char *version,
                  const char *upload_data,
                  size_t *upload_data_size,
                  void **con_cls)
{
    ManagementDoor *door = cls;
    (void)version;
    (void)upload_data;
    /* The first call comes before the body; an answer given then would end the connection. */
    if (!*con_cls || *upload_data_size > 0) {
        *con_cls = door;
        *upload_data_size = 0;
        return MHD_YES;
    }
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        static const char body[] = "only GET and HEAD are served here\n";
        return management_answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "text/plain", body,
                                 sizeof body - 1);
    }
    if (!strcmp(url, "/health/live") || !strcmp(url, "/healthz"))
        return management_answer_health(connection, TRUE);
    if (!strcmp(url, "/health/ready"))
        return management_answer_ready(connection, door);
    if (!strcmp(url, "/health/started"))
        return management_answer_health(connection, management_has_started(door));
    if (!strcmp(url, "/metrics"))
        return management_answer_metrics(connection);
    static const char body[] = "see /health/live /health/ready /health/started /healthz /metrics\n";
    return management_answer(connection, MHD_HTTP_NOT_FOUND, "text/plain", body, sizeof body - 1);
}

ManagementDoor *
management_door_start(const char *listen,
                      DoorHealthFunc health,
                      gpointer health_data,
                      GError **error)
{
    guint16 port = 0;
    int descriptor =
        doors_listen(listen, "SKEP_MANAGEMENT_LISTEN", MANAGEMENT_BACKLOG, &port, error);
    if (descriptor < 0)
        return NULL;
    ManagementDoor *door = g_new0(ManagementDoor, 1);
    door->port = port;
    door->health = health;
    door->health_data = health_data;
    door->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, management_handle, door,
        MHD_OPTION_LISTEN_SOCKET, descriptor, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned int)MANAGEMENT_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned int)MANAGEMENT_TIMEOUT_S, MHD_OPTION_END);
    if (!door->daemon) {
        close(descriptor);
        g_free(door);
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, listen,
                              "cannot start to serve health and metrics on %s: no thread, memory "
                              "or descriptor to be had",
                              listen);
    }
    return door;
}

guint16
management_door_port(const ManagementDoor *door)
{
    return door->port;
}

void
management_door_stop(ManagementDoor *door)
{
    if (!door)
        return;
    MHD_stop_daemon(door->daemon);
    g_free(door);
}
