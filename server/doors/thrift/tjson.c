/* SPDX-License-Identifier: Apache-2.0 */
/* Thrift's JSON protocol, writing. A struct is {"id":{"type":value},...}, a list
 * ["type",count,values...], a map ["key type","value type",count,{keys and values}]. Knows no
 * struct. Caller: notification_message.c. */
#include "tjson.h"

#include <math.h>

#include "skep/json.h"

typedef struct {
    gboolean is_struct;
    gboolean is_map;
    gboolean at_value;  /* of a map: a value comes next */
    gboolean has_field; /* a struct that is not empty */
    guint remaining;    /* keys, values and elements still to come */
    ThriftType first_type;
    ThriftType second_type;
} TJsonLevel;

G_DEFINE_TYPE(TJsonWriter, tjson_writer, THRIFT_TYPE_PROTOCOL)

static const char *
type_name(ThriftType type)
{
    switch ((int)type) {
    case T_BOOL:
        return "tf";
    case T_BYTE:
        return "i8";
    case T_I16:
        return "i16";
    case T_I32:
        return "i32";
    case T_I64:
        return "i64";
    case T_DOUBLE:
        return "dbl";
    case T_STRUCT:
        return "rec";
    case T_MAP:
        return "map";
    case T_LIST:
        return "lst";
    case T_SET:
        return "set";
    }
    return "str";
}

static TJsonLevel *
top(TJsonWriter *writer)
{
    return writer->levels->len > 0
               ? &g_array_index(writer->levels, TJsonLevel, writer->levels->len - 1)
               : NULL;
}

/* What stands between the last value and the next one. A key of a map is text. */
static void
value_begin(TJsonWriter *writer)
{
    TJsonLevel *level = top(writer);

    if (!level)
        return;
    if (level->is_struct) {
        g_string_append_printf(writer->text, "%s\"%d\":{\"%s\":", level->has_field ? "," : "",
                               writer->field_id, type_name(writer->expected));
        level->has_field = TRUE;
        writer->field_id = -1;
    } else if (!level->is_map) {
        g_string_append_c(writer->text, ',');
    } else if (level->at_value) {
        g_string_append_c(writer->text, ':');
    } else if (writer->text->str[writer->text->len - 1] != '{') {
        g_string_append_c(writer->text, ',');
    }
}

static gboolean
is_key(TJsonWriter *writer)
{
    const TJsonLevel *level = top(writer);

    return level && level->is_map && !level->at_value;
}

/* Ends the value, and every container of which it was the last one. */
static void
value_end(TJsonWriter *writer)
{
    TJsonLevel *level;

    while ((level = top(writer))) {
        if (level->is_struct) {
            g_string_append_c(writer->text, '}');
            writer->expected = T_STOP;
            return;
        }
        level->remaining--;
        level->at_value = level->is_map && !level->at_value;
        if (level->remaining > 0) {
            writer->expected = level->at_value ? level->second_type : level->first_type;
            return;
        }
        g_string_append(writer->text, level->is_map ? "}]" : "]");
        g_array_set_size(writer->levels, writer->levels->len - 1);
    }
    writer->expected = T_STOP;
}

/* Opens the struct that is due, when one is: its begin is not told. */
static void
struct_open(TJsonWriter *writer)
{
    TJsonLevel level = {.is_struct = TRUE};

    if (writer->expected != T_STRUCT)
        return;
    value_begin(writer);
    g_string_append_c(writer->text, '{');
    g_array_append_val(writer->levels, level);
    writer->expected = T_STOP;
}

static void
container_open(TJsonWriter *writer, const TJsonLevel *level, guint count)
{
    value_begin(writer);
    g_string_append_printf(writer->text, "[\"%s\",", type_name(level->first_type));
    if (level->is_map)
        g_string_append_printf(writer->text, "\"%s\",", type_name(level->second_type));
    g_string_append_printf(writer->text, "%u%s", count, level->is_map ? ",{" : "");
    if (count == 0) {
        g_string_append(writer->text, level->is_map ? "}]" : "]");
        value_end(writer);
        return;
    }
    g_array_append_val(writer->levels, *level);
    writer->expected = level->first_type;
}

static void
number_append(TJsonWriter *writer, const char *digits)
{
    value_begin(writer);
    g_string_append_printf(writer->text, is_key(writer) ? "\"%s\"" : "%s", digits);
    value_end(writer);
}

/* --- what the protocol's callers call --- */

static gint32
write_nothing(ThriftProtocol *protocol, GError **error)
{
    (void)protocol;
    (void)error;
    return 0;
}

static gint32
write_struct_begin(ThriftProtocol *protocol, const gchar *name, GError **error)
{
    (void)name;
    return write_nothing(protocol, error);
}

static gint32
write_field_begin(ThriftProtocol *protocol,
                  const gchar *name,
                  const ThriftType type,
                  const gint16 id,
                  GError **error)
{
    TJsonWriter *writer = TJSON_WRITER(protocol);

    (void)name;
    struct_open(writer);
    writer->field_id = id;
    writer->expected = type;
    return write_nothing(protocol, error);
}

static gint32
write_field_stop(ThriftProtocol *protocol, GError **error)
{
    TJsonWriter *writer = TJSON_WRITER(protocol);

    struct_open(writer);
    g_string_append_c(writer->text, '}');
    if (writer->levels->len > 0)
        g_array_set_size(writer->levels, writer->levels->len - 1);
    value_end(writer);
    return write_nothing(protocol, error);
}

static gint32
write_map_begin(ThriftProtocol *protocol,
                const ThriftType key_type,
                const ThriftType value_type,
                const guint32 size,
                GError **error)
{
    TJsonLevel level = {
        .is_map = TRUE, .remaining = size * 2, .first_type = key_type, .second_type = value_type};

    container_open(TJSON_WRITER(protocol), &level, size);
    return write_nothing(protocol, error);
}

static gint32
write_list_begin(ThriftProtocol *protocol,
                 const ThriftType element_type,
                 const guint32 size,
                 GError **error)
{
    TJsonLevel level = {.remaining = size, .first_type = element_type};

    container_open(TJSON_WRITER(protocol), &level, size);
    return write_nothing(protocol, error);
}

static gint32
write_integer(ThriftProtocol *protocol, gint64 value, GError **error)
{
    char digits[24];

    g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, value);
    number_append(TJSON_WRITER(protocol), digits);
    return write_nothing(protocol, error);
}

static gint32
write_bool(ThriftProtocol *protocol, const gboolean value, GError **error)
{
    return write_integer(protocol, value ? 1 : 0, error);
}

static gint32
write_byte(ThriftProtocol *protocol, const gint8 value, GError **error)
{
    return write_integer(protocol, value, error);
}

static gint32
write_i16(ThriftProtocol *protocol, const gint16 value, GError **error)
{
    return write_integer(protocol, value, error);
}

static gint32
write_i32(ThriftProtocol *protocol, const gint32 value, GError **error)
{
    return write_integer(protocol, value, error);
}

static gint32
write_i64(ThriftProtocol *protocol, const gint64 value, GError **error)
{
    return write_integer(protocol, value, error);
}

/* The shortest digits that read back as the same number; what is no number is text. */
static gint32
write_double(ThriftProtocol *protocol, const gdouble value, GError **error)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    if (!isfinite(value)) {
        number_append(TJSON_WRITER(protocol), isnan(value) ? "\"NaN\""
                                              : value > 0  ? "\"Infinity\""
                                                           : "\"-Infinity\"");
        return write_nothing(protocol, error);
    }
    g_ascii_formatd(digits, sizeof digits, "%.15g", value);
    if (g_ascii_strtod(digits, NULL) != value)
        g_ascii_formatd(digits, sizeof digits, "%.17g", value);
    number_append(TJSON_WRITER(protocol), digits);
    return write_nothing(protocol, error);
}

/* No text as a field leaves the field out, as the binary protocol of this folder does. */
static gint32
write_string(ThriftProtocol *protocol, const gchar *text, GError **error)
{
    TJsonWriter *writer = TJSON_WRITER(protocol);

    if (!text && top(writer) && top(writer)->is_struct) {
        writer->expected = T_STOP;
        writer->field_id = -1;
        return write_nothing(protocol, error);
    }
    value_begin(writer);
    json_print_append_string(text ? text : "", writer->text);
    value_end(writer);
    return write_nothing(protocol, error);
}

static gint32
write_binary(ThriftProtocol *protocol, const gpointer bytes, const guint32 length, GError **error)
{
    TJsonWriter *writer = TJSON_WRITER(protocol);
    g_autofree char *encoded = length > 0 ? g_base64_encode(bytes, length) : g_strdup("");

    value_begin(writer);
    g_string_append_printf(writer->text, "\"%s\"", encoded);
    value_end(writer);
    return write_nothing(protocol, error);
}

/* --- the object --- */

static void
tjson_writer_restart(TJsonWriter *writer)
{
    g_array_set_size(writer->levels, 0);
    writer->expected = T_STRUCT;
    writer->field_id = -1;
}

char *
tjson_writer_steal(TJsonWriter *writer)
{
    char *text = g_string_free(writer->text, FALSE);

    writer->text = g_string_new(NULL);
    tjson_writer_restart(writer);
    return text;
}

TJsonWriter *
tjson_writer_new(void)
{
    return g_object_new(TJSON_TYPE_WRITER, NULL);
}

static void
tjson_writer_init(TJsonWriter *writer)
{
    writer->text = g_string_new(NULL);
    writer->levels = g_array_new(FALSE, FALSE, sizeof(TJsonLevel));
    tjson_writer_restart(writer);
}

static void
tjson_writer_finalize(GObject *object)
{
    TJsonWriter *writer = TJSON_WRITER(object);

    g_string_free(writer->text, TRUE);
    g_array_unref(writer->levels);
    G_OBJECT_CLASS(tjson_writer_parent_class)->finalize(object);
}

static void
tjson_writer_class_init(TJsonWriterClass *class_)
{
    ThriftProtocolClass *protocol = THRIFT_PROTOCOL_CLASS(class_);

    G_OBJECT_CLASS(class_)->finalize = tjson_writer_finalize;
    protocol->write_struct_begin = write_struct_begin;
    protocol->write_struct_end = write_nothing;
    protocol->write_field_begin = write_field_begin;
    protocol->write_field_end = write_nothing;
    protocol->write_field_stop = write_field_stop;
    protocol->write_map_begin = write_map_begin;
    protocol->write_map_end = write_nothing;
    protocol->write_list_begin = write_list_begin;
    protocol->write_list_end = write_nothing;
    protocol->write_set_begin = write_list_begin;
    protocol->write_set_end = write_nothing;
    protocol->write_bool = write_bool;
    protocol->write_byte = write_byte;
    protocol->write_i16 = write_i16;
    protocol->write_i32 = write_i32;
    protocol->write_i64 = write_i64;
    protocol->write_double = write_double;
    protocol->write_string = write_string;
    protocol->write_binary = write_binary;
}
