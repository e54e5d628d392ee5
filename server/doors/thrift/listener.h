/* SPDX-License-Identifier: Apache-2.0 */
/* The Thrift door's own thread: accepts connections, watches the parked ones with epoll, ends those
 * that are past their deadline, and stops them all in order. Serves no call itself unless the
 * workers' queue is full. Caller: door.c. */
#pragma once

#include "connection.h"
#include "skep/doors.h"

typedef struct ThriftListener ThriftListener;

/* Listens and serves at once. Borrows dispatcher and pool, which must outlive it. Errors: as
 * doors_listen; UNAVAILABLE when the system gives no thread or descriptor. Transfer full. */
ThriftListener *thrift_listener_start(const ThriftDoorOptions *options,
                                      const ThriftDispatcher *dispatcher,
                                      WorkerPool *pool,
                                      GError **error);

guint16 thrift_listener_port(const ThriftListener *listener);

/* Stops as thrift_door_stop says. Accepts NULL. */
gboolean thrift_listener_stop(ThriftListener *listener, guint deadline_ms);
