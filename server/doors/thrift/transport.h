/* SPDX-License-Identifier: Apache-2.0 */
/* FlatTransport: the ThriftTransport that generated code and handlers see. It reads from one whole
 * message that lies flat in memory and writes into one flat buffer that grows; with a room for
 * spools, what is written beyond some memory goes to disk, so that a long answer takes a bounded
 * part of memory while it is written. It never touches a socket. connection_serve.c fills and
 * empties it; protocol.c works on its buffers directly. Not thread safe: one worker uses it at a
 * time. */
#pragma once

#include <thrift/c_glib/transport/thrift_transport.h>

#include "skep/spool.h"

#define FLAT_TYPE_TRANSPORT (flat_transport_get_type())
#define FLAT_TRANSPORT(object)                                                                     \
    G_TYPE_CHECK_INSTANCE_CAST(object, FLAT_TYPE_TRANSPORT, FlatTransport)
GType flat_transport_get_type(void);

typedef struct {
    ThriftTransport parent_instance;
    const guint8 *read_bytes; /* borrowed: one message */
    gsize read_length;
    gsize read_cursor;   /* <= read_length */
    gsize read_drop_at;  /* when the cursor has come so far, what lies before it is dropped */
    SpoolRoom *room;     /* borrowed; NULL: everything stays in memory */
    Spool *spool;        /* what was written first; NULL: nothing of it is on disk */
    gsize spooled;       /* its length */
    guint8 *write_bytes; /* what was written since */
    gsize write_length;
    gsize write_capacity;
    gsize write_max;
} FlatTransport;

typedef struct {
    ThriftTransportClass parent_class;
} FlatTransportClass;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlatTransport, g_object_unref)

/* Clients cannot take a message of 2 GiB or more: their lengths are signed 32-bit numbers. */
#define FLAT_TRANSPORT_WRITE_MAX ((gsize)G_MAXINT32)

/* A transport with nothing to read. Its writes fail with TOO_LARGE past `write_max` bytes (at most
 * FLAT_TRANSPORT_WRITE_MAX). */
FlatTransport *flat_transport_new(gsize write_max);

/* From now on long output goes to spools of this room, which must live as long as they do. NULL:
 * none. */
void flat_transport_set_room(FlatTransport *transport, SpoolRoom *room);

/* Lets it read `length` bytes at `bytes`, from the first. Borrows them until the next call. */
void flat_transport_set_input(FlatTransport *transport, const guint8 *bytes, gsize length);

/* Says that nobody needs the input's bytes once they are read: while a long message is read, its
 * memory goes back to the system piece by piece. */
void flat_transport_set_input_disposable(FlatTransport *transport);
/* Does so for what lies before the cursor. For protocol_read.c. */
void flat_transport_drop_read(FlatTransport *transport);

/* Makes room for `length` more bytes and returns where they go; the caller fills them all before
 * the next call. Returns NULL with TOO_LARGE past write_max, and with UNAVAILABLE when there is no
 * memory or no place on disk. */
guint8 *flat_transport_reserve(FlatTransport *transport, gsize length, GError **error);

/* Appends bytes that are already encoded, such as a storage descriptor shared by many partitions.
 */
gboolean
flat_transport_append(FlatTransport *transport, const void *bytes, gsize length, GError **error);

/* A mark is the number of bytes written so far. Truncating to it throws away all that was written
 * since, such as a reply that failed half way. */
gsize flat_transport_mark(const FlatTransport *transport);
void flat_transport_truncate(FlatTransport *transport, gsize mark);

/* Writes over bytes that were written at a mark, such as a count that is known only later.
 * UNAVAILABLE when the disk fails. */
gboolean flat_transport_patch(
    FlatTransport *transport, gsize mark, const void *bytes, gsize length, GError **error);

/* Takes back all that was written since a mark, and returns it. UNAVAILABLE when the disk fails.
 * Transfer full. */
GByteArray *flat_transport_take_back(FlatTransport *transport, gsize mark, GError **error);

/* Appends `length` bytes of what `from` holds from a mark on, a piece at a time. Errors as
 * flat_transport_reserve and flat_transport_patch. */
gboolean flat_transport_append_part(
    FlatTransport *transport, const FlatTransport *from, gsize mark, gsize length, GError **error);

/* Hands over what was written and begins a new, empty output: first the part on disk (NULL when
 * there is none), to be taken first, then what follows it in memory. Transfer full (spool_free,
 * g_free); NULL when nothing is there. */
Spool *flat_transport_steal_spool(FlatTransport *transport);
guint8 *flat_transport_steal_output(FlatTransport *transport, gsize *out_length);

/* Empties the output, and gives back its memory when a large reply had made it grow. */
void flat_transport_clear_output(FlatTransport *transport);
