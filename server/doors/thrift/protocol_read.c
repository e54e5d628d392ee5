/* SPDX-License-Identifier: Apache-2.0 */
/* The reading half of FlatProtocol: takes values out of a FlatTransport's message. The scanner has
 * seen the message before it comes here; bounds are checked again all the same, because generated
 * readers do not compare the element types they find with those they expect, and so may walk other
 * ways than the scanner did. Callers: generated code and hand-written handlers, through the class.
 */
#include "protocol_private.h"

#include <string.h>

#include "skep/error.h"

/* Notes the first failure, and moves to the message's end so that nothing more is read of it.
 */
static void note_failure(FlatProtocol *self, SkepError fact, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void
note_failure(FlatProtocol *self, SkepError fact, const char *format, ...)
{
    self->flat->read_cursor = self->flat->read_length;
    if (self->failure != NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    skep_fail(&self->failure, fact, NULL, "%s", text);
}

/* The next `count` bytes, or NULL (with the failure noted) when the message has not so many. */
static const guint8 *
take(FlatProtocol *self, gsize count)
{
    FlatTransport *flat = self->flat;
    if (flat->read_cursor >= flat->read_drop_at)
        flat_transport_drop_read(flat);
    if (count > flat->read_length - flat->read_cursor) {
        note_failure(self, SKEP_ERROR_INVALID_ARGUMENT, "The message ends too early");
        return NULL;
    }
    const guint8 *bytes = flat->read_bytes + flat->read_cursor;
    flat->read_cursor += count;
    return bytes;
}

static guint8
take_u8(FlatProtocol *self)
{
    const guint8 *bytes = take(self, 1);
    return bytes != NULL ? bytes[0] : 0;
}

static guint16
take_u16(FlatProtocol *self)
{
    guint16 value = 0;
    const guint8 *bytes = take(self, sizeof value);
    if (bytes != NULL)
        memcpy(&value, bytes, sizeof value);
    return GUINT16_FROM_BE(value);
}

static guint32
take_u32(FlatProtocol *self)
{
    guint32 value = 0;
    const guint8 *bytes = take(self, sizeof value);
    if (bytes != NULL)
        memcpy(&value, bytes, sizeof value);
    return GUINT32_FROM_BE(value);
}

static guint64
take_u64(FlatProtocol *self)
{
    guint64 value = 0;
    const guint8 *bytes = take(self, sizeof value);
    if (bytes != NULL)
        memcpy(&value, bytes, sizeof value);
    return GUINT64_FROM_BE(value);
}

/* Goes one level down. Past the limit the message is over, so that thrift_protocol_skip, which
 * recurses, comes back. */
static void
enter_level(FlatProtocol *self)
{
    if (self->depth >= self->limits.depth_max) {
        note_failure(self, SKEP_ERROR_TOO_LARGE, "The message is nested too deeply");
        return;
    }
    self->depth++;
    self->fields_seen[self->depth][0] = 0;
    self->fields_seen[self->depth][1] = 0;
}

static void
leave_level(FlatProtocol *self)
{
    if (self->depth > 0)
        self->depth--;
}

static gint32
flat_protocol_read_message_begin(ThriftProtocol *protocol,
                                 gchar **name,
                                 ThriftMessageType *message_type,
                                 gint32 *seqid,
                                 GError **error)
{
    FlatProtocol *self = FLAT_PROTOCOL(protocol);
    g_clear_error(&self->failure);
    self->depth = 0;
    self->elements_left = self->limits.elements_max;
    guint32 word = take_u32(self);
    self->strict = (word & 0x80000000u) != 0;
    if (self->strict && (word & FLAT_PROTOCOL_VERSION_MASK) != FLAT_PROTOCOL_VERSION)
        note_failure(self, SKEP_ERROR_INVALID_ARGUMENT, "The message has an unknown version");
    guint32 name_bytes = self->strict ? take_u32(self) : word;
    const guint8 *text = take(self, name_bytes);
    guint8 type = self->strict ? (guint8)(word & 0xff) : take_u8(self);
    gint32 sequence_id = (gint32)take_u32(self);
    if (text != NULL && (memchr(text, 0, name_bytes) != NULL ||
                         !g_utf8_validate_len((const char *)text, name_bytes, NULL)))
        note_failure(self, SKEP_ERROR_INVALID_ARGUMENT, "The method's name is not text");
    if (self->failure != NULL) {
        if (error != NULL)
            *error = g_error_copy(self->failure);
        return -1;
    }
    *name = g_strndup((const char *)text, name_bytes);
    *message_type = (ThriftMessageType)type;
    *seqid = sequence_id;
    return 0;
}

static gint32
flat_protocol_read_message_end(ThriftProtocol *protocol, GError **error)
{
    const FlatProtocol *self = FLAT_PROTOCOL(protocol);
    if (self->failure == NULL)
        return 0;
    if (error != NULL)
        *error = g_error_copy(self->failure);
    return -1;
}

static gint32
flat_protocol_read_struct_begin(ThriftProtocol *protocol, gchar **name, GError **error)
{
    (void)error;
    *name = NULL;
    enter_level(FLAT_PROTOCOL(protocol));
    return 0;
}

static gint32
flat_protocol_read_end(ThriftProtocol *protocol, GError **error)
{
    (void)error;
    leave_level(FLAT_PROTOCOL(protocol));
    return 0;
}

static gint32
flat_protocol_read_field_end(ThriftProtocol *protocol, GError **error)
{
    (void)protocol;
    (void)error;
    return 0;
}

/* A generated reader that meets a binary field for the second time frees a GByteArray with g_free,
 * which corrupts the heap. No writer repeats a field, so a repeated one is refused, whatever its
 * type. Ids above 127 are not in the API: they are skipped, and may repeat. */
static gboolean
note_field(FlatProtocol *self, gint16 id)
{
    if (id < 0 || id > 127)
        return TRUE;
    guint64 *seen = &self->fields_seen[self->depth][id / 64];
    guint64 bit = G_GUINT64_CONSTANT(1) << (id % 64);
    if ((*seen & bit) != 0) {
        note_failure(self, SKEP_ERROR_INVALID_ARGUMENT, "Field %d of a struct is there twice", id);
        return FALSE;
    }
    *seen |= bit;
    return TRUE;
}

static gint32
flat_protocol_read_field_begin(ThriftProtocol *protocol,
                               gchar **name,
                               ThriftType *field_type,
                               gint16 *field_id,
                               GError **error)
{
    (void)error;
    FlatProtocol *self = FLAT_PROTOCOL(protocol);
    *name = NULL;
    *field_id = 0;
    *field_type = T_STOP;
    guint8 type = take_u8(self);
    if (self->failure != NULL || type == T_STOP)
        return 0;
    if (!wire_type_is_valid(type)) {
        note_failure(self, SKEP_ERROR_INVALID_ARGUMENT, "A field has the unknown type %d", type);
        return 0;
    }
    gint16 id = (gint16)take_u16(self);
    if (self->failure != NULL || !note_field(self, id))
        return 0;
    *field_type = (ThriftType)type;
    *field_id = id;
    return 0;
}

/* The number of a container's elements, or 0 with the failure noted. */
static guint32
take_count(FlatProtocol *self, gsize entry_bytes_min, guint values_per_entry)
{
    guint32 count = take_u32(self);
    gsize remaining = self->flat->read_length - self->flat->read_cursor;
    if (self->failure != NULL)
        return 0;
    if (count > G_MAXINT32 || (guint64)count * entry_bytes_min > remaining) {
        note_failure(self, SKEP_ERROR_INVALID_ARGUMENT,
                     "A container says it has more elements than the message can hold");
        return 0;
    }
    if ((guint64)count * values_per_entry > self->elements_left) {
        note_failure(self, SKEP_ERROR_TOO_LARGE, "The message has too many elements");
        return 0;
    }
    self->elements_left -= count * values_per_entry;
    return count;
}

static gint32
flat_protocol_read_map_begin(ThriftProtocol *protocol,
                             ThriftType *key_type,
                             ThriftType *value_type,
                             guint32 *size,
                             GError **error)
{
    (void)error;
    FlatProtocol *self = FLAT_PROTOCOL(protocol);
    guint8 keys = take_u8(self);
    guint8 values = take_u8(self);
    *size = take_count(self, wire_type_bytes_min(keys) + wire_type_bytes_min(values), 2);
    if (*size > 0 && (!wire_type_is_valid(keys) || !wire_type_is_valid(values))) {
        note_failure(self, SKEP_ERROR_INVALID_ARGUMENT, "A map has entries of an unknown type");
        *size = 0;
    }
    *key_type = (ThriftType)keys;
    *value_type = (ThriftType)values;
    enter_level(self);
    return 0;
}

static gint32
flat_protocol_read_list_begin(ThriftProtocol *protocol,
                              ThriftType *element_type,
                              guint32 *size,
                              GError **error)
{
    (void)error;
    FlatProtocol *self = FLAT_PROTOCOL(protocol);
    guint8 type = take_u8(self);
    *size = take_count(self, wire_type_bytes_min(type), 1);
    if (*size > 0 && !wire_type_is_valid(type)) {
        note_failure(self, SKEP_ERROR_INVALID_ARGUMENT, "A list has elements of an unknown type");
        *size = 0;
    }
    *element_type = (ThriftType)type;
    enter_level(self);
    return 0;
}

static gint32
flat_protocol_read_bool(ThriftProtocol *protocol, gboolean *value, GError **error)
{
    (void)error;
    *value = take_u8(FLAT_PROTOCOL(protocol)) != 0;
    return 0;
}

static gint32
flat_protocol_read_byte(ThriftProtocol *protocol, gint8 *value, GError **error)
{
    (void)error;
    *value = (gint8)take_u8(FLAT_PROTOCOL(protocol));
    return 0;
}

static gint32
flat_protocol_read_i16(ThriftProtocol *protocol, gint16 *value, GError **error)
{
    (void)error;
    *value = (gint16)take_u16(FLAT_PROTOCOL(protocol));
    return 0;
}

static gint32
flat_protocol_read_i32(ThriftProtocol *protocol, gint32 *value, GError **error)
{
    (void)error;
    *value = (gint32)take_u32(FLAT_PROTOCOL(protocol));
    return 0;
}

static gint32
flat_protocol_read_i64(ThriftProtocol *protocol, gint64 *value, GError **error)
{
    (void)error;
    *value = (gint64)take_u64(FLAT_PROTOCOL(protocol));
    return 0;
}

static gint32
flat_protocol_read_double(ThriftProtocol *protocol, gdouble *value, GError **error)
{
    (void)error;
    guint64 bits = take_u64(FLAT_PROTOCOL(protocol));
    memcpy(value, &bits, sizeof *value);
    return 0;
}

/* A string's bytes, not copied. NULL with the failure noted; never NULL for an empty string. */
static const guint8 *
take_sized(FlatProtocol *self, guint32 *out_size)
{
    guint32 size = take_u32(self);
    if (self->failure != NULL)
        return NULL;
    if (size > G_MAXINT32) {
        note_failure(self, SKEP_ERROR_INVALID_ARGUMENT, "A string has a negative length");
        return NULL;
    }
    const guint8 *bytes = take(self, size);
    if (bytes != NULL)
        *out_size = size;
    return bytes;
}

static gint32
flat_protocol_read_string(ThriftProtocol *protocol, gchar **str, GError **error)
{
    (void)error;
    FlatProtocol *self = FLAT_PROTOCOL(protocol);
    guint32 size = 0;
    const char *text = (const char *)take_sized(self, &size);
    if (text != NULL && memchr(text, 0, size) != NULL) {
        note_failure(self, SKEP_ERROR_INVALID_ARGUMENT, "A string has a NUL byte in it");
        text = NULL;
    }
    if (text != NULL && !g_utf8_validate_len(text, size, NULL)) {
        note_failure(self, SKEP_ERROR_INVALID_ARGUMENT, "A string is not valid UTF-8");
        text = NULL;
    }
    *str = text != NULL ? g_strndup(text, size) : g_strdup("");
    return 0;
}

static gint32
flat_protocol_read_binary(ThriftProtocol *protocol, gpointer *buf, guint32 *len, GError **error)
{
    (void)error;
    guint32 size = 0;
    const guint8 *bytes = take_sized(FLAT_PROTOCOL(protocol), &size);
    *buf = bytes != NULL ? g_memdup2(bytes, size) : NULL;
    *len = size;
    return 0;
}

static gint
flat_protocol_get_min_serialized_size(ThriftProtocol *protocol, ThriftType type, GError **error)
{
    (void)protocol;
    (void)error;
    return (gint)wire_type_bytes_min((guint8)type);
}

void
flat_protocol_set_readers(ThriftProtocolClass *class)
{
    class->read_message_begin = flat_protocol_read_message_begin;
    class->read_message_end = flat_protocol_read_message_end;
    class->read_struct_begin = flat_protocol_read_struct_begin;
    class->read_struct_end = flat_protocol_read_end;
    class->read_field_begin = flat_protocol_read_field_begin;
    class->read_field_end = flat_protocol_read_field_end;
    class->read_map_begin = flat_protocol_read_map_begin;
    class->read_map_end = flat_protocol_read_end;
    class->read_list_begin = flat_protocol_read_list_begin;
    class->read_list_end = flat_protocol_read_end;
    class->read_set_begin = flat_protocol_read_list_begin;
    class->read_set_end = flat_protocol_read_end;
    class->read_bool = flat_protocol_read_bool;
    class->read_byte = flat_protocol_read_byte;
    class->read_i16 = flat_protocol_read_i16;
    class->read_i32 = flat_protocol_read_i32;
    class->read_i64 = flat_protocol_read_i64;
    class->read_double = flat_protocol_read_double;
    class->read_string = flat_protocol_read_string;
    class->read_binary = flat_protocol_read_binary;
    class->get_min_serialized_size = flat_protocol_get_min_serialized_size;
}
