/* SPDX-License-Identifier: Apache-2.0 */
/* Flat buffers behind the ThriftTransport interface. Reading past the message's end is an error,
 * never a wait: only whole messages come here. Callers: connection_serve.c, protocol.c, generated
 * code.
 */
#include "transport.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "skep/error.h"

enum {
    WRITE_CAPACITY_FIRST = 4 * 1024,
    /* An answer up to this length never sees a disk; of a longer one, so much at a time goes there.
     */
    SPOOL_BYTES_FIRST = 1024 * 1024,
    SPOOL_BYTES_NEXT = 256 * 1024,
    PART_BYTES = 64 * 1024,
    READ_DROP_BYTES = 1024 * 1024,   /* of a long message, so much at a time is given back */
    WRITE_CAPACITY_KEPT = 256 * 1024 /* a worker keeps a buffer of up to this size between calls */
};

G_DEFINE_FINAL_TYPE(FlatTransport, flat_transport, THRIFT_TYPE_TRANSPORT)

gsize
flat_transport_mark(const FlatTransport *transport)
{
    return transport->spooled + transport->write_length;
}

static gboolean
grow_output(FlatTransport *transport, gsize needed, GError **error)
{
    gsize capacity = MAX(transport->write_capacity, WRITE_CAPACITY_FIRST);
    while (capacity < needed)
        capacity = capacity > G_MAXSIZE / 2 ? needed : capacity * 2;
    guint8 *bytes = g_try_realloc(transport->write_bytes, MIN(capacity, transport->write_max));
    if (bytes == NULL)
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "There is no memory for an answer of %" G_GSIZE_FORMAT " bytes", needed);
    transport->write_bytes = bytes;
    transport->write_capacity = MIN(capacity, transport->write_max);
    return TRUE;
}

/* Moves what was written to disk when it has become too much for memory. */
static gboolean
spool_output(FlatTransport *transport, gsize length, GError **error)
{
    gsize most = transport->spool == NULL ? SPOOL_BYTES_FIRST : SPOOL_BYTES_NEXT;
    if (transport->room == NULL || transport->write_length == 0 ||
        transport->write_length + length <= most)
        return TRUE;
    if (transport->spool == NULL)
        transport->spool = spool_new(transport->room, error);
    if (transport->spool == NULL ||
        !spool_append(transport->spool, transport->write_bytes, transport->write_length, error))
        return FALSE;
    transport->spooled += transport->write_length;
    transport->write_length = 0;
    return TRUE;
}

guint8 *
flat_transport_reserve(FlatTransport *transport, gsize length, GError **error)
{
    if (length > transport->write_max - flat_transport_mark(transport))
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                              "The answer is longer than the %" G_GSIZE_FORMAT
                              " bytes that one message can hold; ask for less at a time",
                              transport->write_max);
    if (!spool_output(transport, length, error))
        return NULL;
    gsize needed = transport->write_length + length;
    if (needed > transport->write_capacity && !grow_output(transport, needed, error))
        return NULL;
    guint8 *place = transport->write_bytes + transport->write_length;
    transport->write_length = needed;
    return place;
}

gboolean
flat_transport_append(FlatTransport *transport, const void *bytes, gsize length, GError **error)
{
    if (length == 0)
        return TRUE;
    guint8 *place = flat_transport_reserve(transport, length, error);
    if (place == NULL)
        return FALSE;
    memcpy(place, bytes, length);
    return TRUE;
}

void
flat_transport_set_room(FlatTransport *transport, SpoolRoom *room)
{
    transport->room = room;
}

void
flat_transport_set_input(FlatTransport *transport, const guint8 *bytes, gsize length)
{
    transport->read_bytes = bytes;
    transport->read_length = length;
    transport->read_cursor = 0;
    transport->read_drop_at = G_MAXSIZE;
}

void
flat_transport_set_input_disposable(FlatTransport *transport)
{
    transport->read_drop_at = READ_DROP_BYTES;
}

void
flat_transport_drop_read(FlatTransport *transport)
{
    guintptr page = (guintptr)sysconf(_SC_PAGESIZE);
    guintptr bytes = (guintptr)transport->read_bytes;
    guintptr end = (bytes + transport->read_cursor) & ~(page - 1);
    guintptr dropped = (bytes + transport->read_drop_at - READ_DROP_BYTES) & ~(page - 1);
    guintptr begin = MAX((bytes + page - 1) & ~(page - 1), dropped);
    if (begin < end)
        madvise((void *)begin, end - begin, MADV_DONTNEED);
    transport->read_drop_at = transport->read_cursor + READ_DROP_BYTES;
}

void
flat_transport_truncate(FlatTransport *transport, gsize mark)
{
    if (mark >= transport->spooled && mark > 0) {
        transport->write_length = MIN(mark - transport->spooled, transport->write_length);
        return;
    }
    transport->write_length = 0;
    transport->spooled = mark;
    if (mark == 0)
        g_clear_pointer(&transport->spool, spool_free);
    else
        spool_truncate(transport->spool, mark);
}

gboolean
flat_transport_patch(
    FlatTransport *transport, gsize mark, const void *bytes, gsize length, GError **error)
{
    gsize on_disk = mark < transport->spooled ? MIN(length, transport->spooled - mark) : 0;
    if (on_disk > 0 && !spool_patch(transport->spool, mark, bytes, on_disk, error))
        return FALSE;
    if (on_disk < length)
        memcpy(transport->write_bytes + (mark + on_disk - transport->spooled),
               (const guint8 *)bytes + on_disk, length - on_disk);
    return TRUE;
}

/* Bytes from a mark on, which lie on disk, in memory, or partly there. */
static gboolean
read_written(
    const FlatTransport *transport, gsize mark, guint8 *place, gsize length, GError **error)
{
    gsize on_disk = mark < transport->spooled ? MIN(length, transport->spooled - mark) : 0;
    if (on_disk > 0 && !spool_read(transport->spool, mark, place, on_disk, error))
        return FALSE;
    if (on_disk < length)
        memcpy(place + on_disk, transport->write_bytes + (mark + on_disk - transport->spooled),
               length - on_disk);
    return TRUE;
}

gboolean
flat_transport_append_part(
    FlatTransport *transport, const FlatTransport *from, gsize mark, gsize length, GError **error)
{
    while (length > 0) {
        gsize part = MIN(length, PART_BYTES);
        guint8 *place = flat_transport_reserve(transport, part, error);
        if (place == NULL || !read_written(from, mark, place, part, error))
            return FALSE;
        mark += part;
        length -= part;
    }
    return TRUE;
}

GByteArray *
flat_transport_take_back(FlatTransport *transport, gsize mark, GError **error)
{
    gsize length = flat_transport_mark(transport) - mark;
    g_autoptr(GByteArray) taken = g_byte_array_sized_new((guint)length);
    g_byte_array_set_size(taken, (guint)length);
    if (!read_written(transport, mark, taken->data, length, error))
        return NULL;
    flat_transport_truncate(transport, mark);
    return g_steal_pointer(&taken);
}

Spool *
flat_transport_steal_spool(FlatTransport *transport)
{
    transport->spooled = 0;
    return g_steal_pointer(&transport->spool);
}

guint8 *
flat_transport_steal_output(FlatTransport *transport, gsize *out_length)
{
    *out_length = transport->write_length;
    guint8 *bytes = NULL;
    if (transport->write_length > 0) {
        bytes = g_steal_pointer(&transport->write_bytes);
        transport->write_capacity = 0;
    }
    transport->write_length = 0;
    return bytes;
}

void
flat_transport_clear_output(FlatTransport *transport)
{
    transport->write_length = transport->spooled = 0;
    g_clear_pointer(&transport->spool, spool_free);
    if (transport->write_capacity <= WRITE_CAPACITY_KEPT)
        return;
    g_clear_pointer(&transport->write_bytes, g_free);
    transport->write_capacity = 0;
}

static gboolean
flat_transport_is_open(ThriftTransport *transport)
{
    (void)transport;
    return TRUE;
}

static gboolean
flat_transport_peek(ThriftTransport *transport, GError **error)
{
    (void)error;
    const FlatTransport *self = FLAT_TRANSPORT(transport);
    return self->read_cursor < self->read_length;
}

/* Opening, closing, ending and flushing say nothing to a buffer in memory. */
static gboolean
flat_transport_accept(ThriftTransport *transport, GError **error)
{
    (void)transport;
    (void)error;
    return TRUE;
}

static gint32
flat_transport_read_all(ThriftTransport *transport, gpointer buffer, guint32 length, GError **error)
{
    FlatTransport *self = FLAT_TRANSPORT(transport);
    if (length > self->read_length - self->read_cursor || length > G_MAXINT32) {
        skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "The message ends too early");
        return -1;
    }
    if (length > 0)
        memcpy(buffer, self->read_bytes + self->read_cursor, length);
    self->read_cursor += length;
    return (gint32)length;
}

static gint32
flat_transport_read(ThriftTransport *transport, gpointer buffer, guint32 length, GError **error)
{
    const FlatTransport *self = FLAT_TRANSPORT(transport);
    gsize available = self->read_length - self->read_cursor;
    return flat_transport_read_all(transport, buffer, (guint32)MIN(length, available), error);
}

static gboolean
flat_transport_write(ThriftTransport *transport,
                     const gpointer buffer,
                     const guint32 length,
                     GError **error)
{
    return flat_transport_append(FLAT_TRANSPORT(transport), buffer, length, error);
}

static void
flat_transport_finalize(GObject *object)
{
    g_free(FLAT_TRANSPORT(object)->write_bytes);
    spool_free(FLAT_TRANSPORT(object)->spool);
    G_OBJECT_CLASS(flat_transport_parent_class)->finalize(object);
}

static void
flat_transport_class_init(FlatTransportClass *class)
{
    ThriftTransportClass *transport_class = THRIFT_TRANSPORT_CLASS(class);
    transport_class->is_open = flat_transport_is_open;
    transport_class->peek = flat_transport_peek;
    transport_class->open = flat_transport_accept;
    transport_class->close = flat_transport_accept;
    transport_class->read = flat_transport_read;
    transport_class->read_all = flat_transport_read_all;
    transport_class->read_end = flat_transport_accept;
    transport_class->write = flat_transport_write;
    transport_class->write_end = flat_transport_accept;
    transport_class->flush = flat_transport_accept;
    G_OBJECT_CLASS(class)->finalize = flat_transport_finalize;
}

static void
flat_transport_init(FlatTransport *transport)
{
    transport->write_max = FLAT_TRANSPORT_WRITE_MAX;
    transport->read_drop_at = G_MAXSIZE;
}

FlatTransport *
flat_transport_new(gsize write_max)
{
    FlatTransport *transport = g_object_new(FLAT_TYPE_TRANSPORT, NULL);
    transport->write_max = MIN(write_max, FLAT_TRANSPORT_WRITE_MAX);
    return transport;
}
