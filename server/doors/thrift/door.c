/* SPDX-License-Identifier: Apache-2.0 */
/* The Thrift door as the server sees it: a listener, and a dispatcher over the catalog that answers
 * what the listener's connections bring. Caller: server/server.c. */
#include "bindings.h"
#include "listener.h"
#include "skep/doors.h"

struct ThriftDoor {
    ThriftDispatcher *dispatcher;
    ThriftListener *listener;
};

void
thrift_door_options_init(ThriftDoorOptions *options)
{
    WireLimits limits;
    wire_limits_init(&limits);
    *options = (ThriftDoorOptions){
        .listen = "0.0.0.0:9083",
        .message_bytes_max = limits.message_bytes_max,
        .elements_max = limits.elements_max,
        .connections_max = 16000,
        .buffered_bytes_max = 1024 * 1024 * 1024,
        .output_bytes_max = 16 * 1024 * 1024,
        .idle_timeout_ms = 3600 * 1000,
        .request_timeout_ms = 60 * 1000,
        .reply_timeout_ms = 60 * 1000,
    };
}

ThriftDoor *
thrift_door_start(const ThriftDoorOptions *options,
                  Catalog *catalog,
                  WorkerPool *pool,
                  GError **error)
{
    gsize binding_count = 0;
    const ThriftBinding *bindings = thrift_bindings(&binding_count);
    g_autoptr(ThriftDispatcher) dispatcher =
        thrift_dispatcher_new(catalog, options->settings, bindings, binding_count);
    ThriftListener *listener = thrift_listener_start(options, dispatcher, pool, error);
    if (listener == NULL)
        return NULL;
    ThriftDoor *door = g_new0(ThriftDoor, 1);
    door->dispatcher = g_steal_pointer(&dispatcher);
    door->listener = listener;
    return door;
}

guint16
thrift_door_port(const ThriftDoor *door)
{
    return thrift_listener_port(door->listener);
}

gboolean
thrift_door_stop(ThriftDoor *door, guint deadline_ms)
{
    if (door == NULL)
        return TRUE;
    if (!thrift_listener_stop(door->listener, deadline_ms))
        return FALSE;
    thrift_dispatcher_free(door->dispatcher);
    g_free(door);
    return TRUE;
}
