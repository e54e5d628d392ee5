/* SPDX-License-Identifier: Apache-2.0 */
/* FlatProtocol: the object and its writing half, which appends values to a FlatTransport's output.
 * The reading half is in protocol_read.c. Callers: generated code and hand-written handlers,
 * through the class; connection_serve.c makes the object. */
#include "protocol_private.h"

#include <string.h>

enum { FIELD_HEADER_BYTES = 3 };

G_DEFINE_FINAL_TYPE(FlatProtocol, flat_protocol, THRIFT_TYPE_PROTOCOL)

static guint8 *
put_u16(guint8 *place, guint16 value)
{
    guint16 big_endian = GUINT16_TO_BE(value);
    memcpy(place, &big_endian, sizeof big_endian);
    return place + sizeof big_endian;
}

static guint8 *
put_u32(guint8 *place, guint32 value)
{
    guint32 big_endian = GUINT32_TO_BE(value);
    memcpy(place, &big_endian, sizeof big_endian);
    return place + sizeof big_endian;
}

/* A length and that many bytes. Lengths past 2 GiB fail in the reservation. */
static gint32
write_sized(FlatProtocol *self, const void *bytes, gsize length, GError **error)
{
    guint8 *place = flat_transport_reserve(self->flat, 4 + length, error);
    if (place == NULL)
        return -1;
    place = put_u32(place, (guint32)length);
    if (length > 0)
        memcpy(place, bytes, length);
    return (gint32)(4 + length);
}

static gint32
flat_protocol_write_byte(ThriftProtocol *protocol, const gint8 value, GError **error)
{
    guint8 *place = flat_transport_reserve(FLAT_PROTOCOL(protocol)->flat, 1, error);
    if (place == NULL)
        return -1;
    *place = (guint8)value;
    return 1;
}

static gint32
flat_protocol_write_i16(ThriftProtocol *protocol, const gint16 value, GError **error)
{
    guint8 *place = flat_transport_reserve(FLAT_PROTOCOL(protocol)->flat, 2, error);
    if (place == NULL)
        return -1;
    put_u16(place, (guint16)value);
    return 2;
}

static gint32
flat_protocol_write_i32(ThriftProtocol *protocol, const gint32 value, GError **error)
{
    guint8 *place = flat_transport_reserve(FLAT_PROTOCOL(protocol)->flat, 4, error);
    if (place == NULL)
        return -1;
    put_u32(place, (guint32)value);
    return 4;
}

static gint32
flat_protocol_write_i64(ThriftProtocol *protocol, const gint64 value, GError **error)
{
    guint64 big_endian = GUINT64_TO_BE((guint64)value);
    if (!flat_transport_append(FLAT_PROTOCOL(protocol)->flat, &big_endian, 8, error))
        return -1;
    return 8;
}

static gint32
flat_protocol_write_double(ThriftProtocol *protocol, const gdouble value, GError **error)
{
    gint64 bits;
    memcpy(&bits, &value, sizeof bits);
    return flat_protocol_write_i64(protocol, bits, error);
}

static gint32
flat_protocol_write_bool(ThriftProtocol *protocol, const gboolean value, GError **error)
{
    return flat_protocol_write_byte(protocol, value ? 1 : 0, error);
}

/* Generated writers send a field that is neither optional nor required even when it has no value.
 * Clients tell "no comment" from "an empty comment", so the header just written for a string
 * without value is taken back. */
static gint32
flat_protocol_write_string(ThriftProtocol *protocol, const gchar *str, GError **error)
{
    FlatProtocol *self = FLAT_PROTOCOL(protocol);
    if (str == NULL && self->field_mark > 0 &&
        flat_transport_mark(self->flat) == self->field_mark) {
        flat_transport_truncate(self->flat, self->field_mark - FIELD_HEADER_BYTES);
        return 0;
    }
    return write_sized(self, str, str != NULL ? strlen(str) : 0, error);
}

static gint32
flat_protocol_write_binary(ThriftProtocol *protocol,
                           const gpointer buf,
                           const guint32 len,
                           GError **error)
{
    return write_sized(FLAT_PROTOCOL(protocol), buf, len, error);
}

static gint32
flat_protocol_write_message_begin(ThriftProtocol *protocol,
                                  const gchar *name,
                                  const ThriftMessageType message_type,
                                  const gint32 seqid,
                                  GError **error)
{
    const FlatProtocol *self = FLAT_PROTOCOL(protocol);
    gint32 version = (gint32)(FLAT_PROTOCOL_VERSION | (guint32)message_type);
    if (self->strict && flat_protocol_write_i32(protocol, version, error) < 0)
        return -1;
    if (flat_protocol_write_string(protocol, name, error) < 0)
        return -1;
    if (!self->strict && flat_protocol_write_byte(protocol, (gint8)message_type, error) < 0)
        return -1;
    return flat_protocol_write_i32(protocol, seqid, error);
}

static gint32
flat_protocol_write_struct_begin(ThriftProtocol *protocol, const gchar *name, GError **error)
{
    (void)protocol;
    (void)name;
    (void)error;
    return 0;
}

static gint32
flat_protocol_write_end(ThriftProtocol *protocol, GError **error)
{
    (void)protocol;
    (void)error;
    return 0;
}

static gint32
flat_protocol_write_field_begin(ThriftProtocol *protocol,
                                const gchar *name,
                                const ThriftType field_type,
                                const gint16 field_id,
                                GError **error)
{
    (void)name;
    FlatProtocol *self = FLAT_PROTOCOL(protocol);
    guint8 *place = flat_transport_reserve(self->flat, FIELD_HEADER_BYTES, error);
    if (place == NULL)
        return -1;
    place[0] = (guint8)field_type;
    put_u16(place + 1, (guint16)field_id);
    self->field_mark = flat_transport_mark(self->flat);
    return FIELD_HEADER_BYTES;
}

static gint32
flat_protocol_write_field_stop(ThriftProtocol *protocol, GError **error)
{
    return flat_protocol_write_byte(protocol, T_STOP, error);
}

static gint32
flat_protocol_write_map_begin(ThriftProtocol *protocol,
                              const ThriftType key_type,
                              const ThriftType value_type,
                              const guint32 size,
                              GError **error)
{
    guint8 *place = flat_transport_reserve(FLAT_PROTOCOL(protocol)->flat, 6, error);
    if (place == NULL)
        return -1;
    place[0] = (guint8)key_type;
    place[1] = (guint8)value_type;
    put_u32(place + 2, size);
    return 6;
}

static gint32
flat_protocol_write_list_begin(ThriftProtocol *protocol,
                               const ThriftType element_type,
                               const guint32 size,
                               GError **error)
{
    guint8 *place = flat_transport_reserve(FLAT_PROTOCOL(protocol)->flat, 5, error);
    if (place == NULL)
        return -1;
    place[0] = (guint8)element_type;
    put_u32(place + 1, size);
    return 5;
}

static void
set_writers(ThriftProtocolClass *class)
{
    class->write_message_begin = flat_protocol_write_message_begin;
    class->write_message_end = flat_protocol_write_end;
    class->write_struct_begin = flat_protocol_write_struct_begin;
    class->write_struct_end = flat_protocol_write_end;
    class->write_field_begin = flat_protocol_write_field_begin;
    class->write_field_end = flat_protocol_write_end;
    class->write_field_stop = flat_protocol_write_field_stop;
    class->write_map_begin = flat_protocol_write_map_begin;
    class->write_map_end = flat_protocol_write_end;
    class->write_list_begin = flat_protocol_write_list_begin;
    class->write_list_end = flat_protocol_write_end;
    class->write_set_begin = flat_protocol_write_list_begin;
    class->write_set_end = flat_protocol_write_end;
    class->write_bool = flat_protocol_write_bool;
    class->write_byte = flat_protocol_write_byte;
    class->write_i16 = flat_protocol_write_i16;
    class->write_i32 = flat_protocol_write_i32;
    class->write_i64 = flat_protocol_write_i64;
    class->write_double = flat_protocol_write_double;
    class->write_string = flat_protocol_write_string;
    class->write_binary = flat_protocol_write_binary;
}

static void
flat_protocol_finalize(GObject *object)
{
    g_clear_error(&FLAT_PROTOCOL(object)->failure);
    G_OBJECT_CLASS(flat_protocol_parent_class)->finalize(object);
}

static void
flat_protocol_class_init(FlatProtocolClass *class)
{
    flat_protocol_set_readers(THRIFT_PROTOCOL_CLASS(class));
    set_writers(THRIFT_PROTOCOL_CLASS(class));
    G_OBJECT_CLASS(class)->finalize = flat_protocol_finalize;
}

static void
flat_protocol_init(FlatProtocol *protocol)
{
    protocol->strict = TRUE;
}

FlatProtocol *
flat_protocol_new(FlatTransport *transport, const WireLimits *limits)
{
    FlatProtocol *protocol = g_object_new(FLAT_TYPE_PROTOCOL, "transport", transport, NULL);
    protocol->flat = transport;
    protocol->limits = *limits;
    protocol->limits.depth_max = MIN(limits->depth_max, WIRE_DEPTH_MAX);
    protocol->elements_left = limits->elements_max;
    return protocol;
}

const GError *
flat_protocol_failure(const FlatProtocol *protocol)
{
    return protocol->failure;
}
