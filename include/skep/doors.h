/* SPDX-License-Identifier: Apache-2.0 */
/* The doors, as server/server.c sees them: started over a catalog and the shared worker pool,
 * stopped in reverse order. Listening sockets first, then REST and management (server/doors/rest/),
 * then Thrift (server/doors/thrift/). */
#pragma once

#include <glib.h>

#include "skep/catalog.h"
#include "skep/settings.h"
#include "skep/spool.h"
#include "skep/worker_pool.h"

/* --- listening sockets (server/doors/listen.c) --- */

/* Opens a listening TCP socket, non-blocking and close-on-exec. `address` is "host:port",
 * "[ipv6]:port" or ":port" (every address, IPv4 and IPv6); port 0 lets the system pick one.
 * INVALID_ARGUMENT for an address that cannot be read, UNAVAILABLE when it cannot be had; the
 * message names the address and `setting`, the setting to change (such as "SKEP_REST_LISTEN").
 * Returns the descriptor, or -1. */
int doors_listen(
    const char *address, const char *setting, int backlog, guint16 *out_port, GError **error);

/* --- REST (server/doors/rest/listener.c) --- */

/* What main knows of the server's health; asked by probes, so `ask` must not block. */
typedef struct {
    gboolean doors_serve;        /* FALSE before the start is over and once stopping has begun */
    gint64 store_answered_at_us; /* g_get_monotonic_time() of the last answer; 0: never */
    guint duties_overdue; /* background work that nobody does: told, and no reason to leave */
} DoorHealth;
typedef void (*DoorHealthFunc)(DoorHealth *out_health, gpointer data);

/* Ready means: the doors serve, and the store answered within this time (a failover of PostgreSQL
 * must not take every server out of service at once). */
#define DOOR_STORE_GRACE_S 20
gboolean door_health_is_ready(const DoorHealth *health, gint64 now_us);

typedef struct RestDoor RestDoor;

typedef struct {
    const char *listen;     /* host:port */
    gsize body_bytes_max;   /* of one request: 413 beyond */
    gsize bodies_bytes_max; /* of all requests that are arriving or being served: 503 beyond */
    guint connections_max;
    guint timeout_s; /* an idle connection is closed, an unfinished request given up, after this */
    guint64 idempotency_lifetime_s; /* advertised to clients; 0: none is */
    guint threads;                  /* event threads; requests run on the worker pool */
    DoorHealthFunc health;          /* answers GET /health; NULL: always healthy */
    gpointer health_data;
} RestDoorOptions;

void rest_door_options_init(RestDoorOptions *options);

/* Listens and serves at once. Borrows catalog and pool, which must outlive it. Errors: as
 * doors_listen. */
RestDoor *
rest_door_start(const RestDoorOptions *options, Catalog *catalog, WorkerPool *pool, GError **error);
guint16 rest_door_port(const RestDoor *door);
/* Stops listening, lets requests in flight finish for at most `deadline_ms`, closes what is left
 * and frees the door. FALSE when a worker still held a request at the deadline: the door is then
 * left as it is, and the process must end without touching it again. Accepts NULL. */
gboolean rest_door_stop(RestDoor *door, guint deadline_ms);

/* docs/rest-api.md: every route, what it does, what it answers. Transfer full. */
char *rest_routes_page(void);
/* docs/management-api.json: Skep's own routes as an OpenAPI 3 page. Transfer full. */
char *rest_management_page(void);

/* --- management (server/doors/rest/management.c) --- */

typedef struct ManagementDoor ManagementDoor;

/* Serves /health/live, /health/ready, /health/started, /healthz and /metrics on a thread of its
 * own, never through the worker pool or the catalog. */
ManagementDoor *management_door_start(const char *listen,
                                      DoorHealthFunc health,
                                      gpointer health_data,
                                      GError **error);
guint16 management_door_port(const ManagementDoor *door);
void management_door_stop(ManagementDoor *door);

/* --- Thrift (server/doors/thrift/door.c) --- */

typedef struct ThriftDoor ThriftDoor;

typedef struct {
    const char *listen;       /* host:port */
    const Settings *settings; /* what handlers look up; borrowed, may be NULL */
    gsize message_bytes_max;  /* of one request: refused beyond, before memory is taken for it */
    guint elements_max;       /* of all lists, sets and maps of one request */
    guint connections_max;    /* closed at once beyond */
    gsize buffered_bytes_max; /* of all requests that have partly come; at least 3 full messages */
    gsize output_bytes_max;   /* of answers that wait in memory for their readers; on disk beyond */
    SpoolRoom *spool_room;    /* for answers on disk; borrowed; NULL: all stay in memory */
    guint idle_timeout_ms;    /* a connection without calls is closed after this; 0: never */
    guint request_timeout_ms; /* a request begun must be complete after this */
    guint reply_timeout_ms;   /* a client must take its reply within this */
} ThriftDoorOptions;

/* 0.0.0.0:9083, 100 MiB, 1,000,000 elements, 16,000 connections, 1 GiB, 16 MiB, no room,
 * 1 h, 60 s, 60 s. */
void thrift_door_options_init(ThriftDoorOptions *options);

/* Listens and serves at once. Borrows catalog, pool and settings, which must outlive it. Errors: as
 * doors_listen, naming SKEP_THRIFT_LISTEN. A client whose call finds the workers' queue full is
 * answered with the error that its method declares, by the door's own thread. */
ThriftDoor *thrift_door_start(const ThriftDoorOptions *options,
                              Catalog *catalog,
                              WorkerPool *pool,
                              GError **error);
guint16 thrift_door_port(const ThriftDoor *door);
/* Stops listening, closes the connections that wait for a request, lets calls in flight finish and
 * their answers be taken for at most `deadline_ms`, and frees the door. FALSE when a worker still
 * held a call at the deadline: the door is then left as it is, and the process must end without
 * touching it again. Stop it before the worker pool. Accepts NULL. */
gboolean thrift_door_stop(ThriftDoor *door, guint deadline_ms);
/* docs/hms-api.md: every method, what it does, since when, who calls it. Transfer full. */
char *thrift_methods_page(void);
