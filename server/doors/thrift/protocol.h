/* SPDX-License-Identifier: Apache-2.0 */
/* FlatProtocol: Thrift's binary protocol over a FlatTransport, used by generated code in place of
 * the library's own (which makes a virtual call for every few bytes, trusts lengths, and takes any
 * bytes for text). Not thread safe: one worker uses it at a time.
 *
 * Reading never fails half way. At the first broken value the reader notes why, and from then on
 * every struct has ended, every container is empty, every string is "" and every number is 0; the
 * noted error comes from read_message_end. Generated readers give up by returning, and leak what
 * they had read of a map's entry; this way they run to their end, and no client can make the server
 * leak.
 *
 * Writing a NULL string as a struct's field leaves the field out; anywhere else it is "". */
#pragma once

#include <thrift/c_glib/protocol/thrift_protocol.h>

#include "transport.h"
#include "wire.h"

#define FLAT_TYPE_PROTOCOL    (flat_protocol_get_type())
#define FLAT_PROTOCOL(object) G_TYPE_CHECK_INSTANCE_CAST(object, FLAT_TYPE_PROTOCOL, FlatProtocol)
GType flat_protocol_get_type(void);

typedef struct {
    ThriftProtocol parent_instance;
    FlatTransport
        *flat; /* the same object as parent_instance.transport, which owns the reference */
    WireLimits limits;
    GError *failure; /* the first broken value of the message */
    guint depth;
    guint elements_left;
    gboolean strict; /* how the message that was read last began; replies begin alike */
    gsize
        field_mark; /* length of the output right after the last field's header; 0: none written */
    guint64 fields_seen[WIRE_DEPTH_MAX + 1][2]; /* ids 0 to 127 of the struct at each depth */
} FlatProtocol;

typedef struct {
    ThriftProtocolClass parent_class;
} FlatProtocolClass;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlatProtocol, g_object_unref)

/* Reads and writes `transport`, of which it holds a reference. `limits` is copied. */
FlatProtocol *flat_protocol_new(FlatTransport *transport, const WireLimits *limits);

/* The error noted while reading the present message, or NULL; owned by the protocol. Errors:
 * INVALID_ARGUMENT for broken values, text that is not UTF-8 and text with a NUL in it; TOO_LARGE
 * for depth and counts. */
const GError *flat_protocol_failure(const FlatProtocol *protocol);
