/* SPDX-License-Identifier: Apache-2.0 */
/* Single values: bytes, JSON, order. Transforms are in transform.c. Caller: the files about scans.
 */
#include "value.h"

#include <math.h>
#include <string.h>

enum { UUID_BYTES = 16, DECIMAL_BYTES_MAX = 16 };

#define MICROS_OF_DAY G_GINT64_CONSTANT(86400000000)
#define NANOS_OF_DAY  G_GINT64_CONSTANT(86400000000000)

gboolean
iceberg_type_is_ordered(const IcebergType *type)
{
    return !iceberg_type_is_nested(type->kind) && type->kind != ICEBERG_TYPE_UUID &&
           type->kind != ICEBERG_TYPE_UNKNOWN && type->kind != ICEBERG_TYPE_VARIANT &&
           type->kind != ICEBERG_TYPE_GEOMETRY && type->kind != ICEBERG_TYPE_GEOGRAPHY;
}

/* --- bytes --- */

static gint64
read_little_endian(const guint8 *bytes, gsize length)
{
    guint64 bits = 0;
    for (gsize i = length; i-- > 0;)
        bits = bits << 8 | bytes[i];
    return length == 4 ? (gint64)(gint32)bits : (gint64)bits;
}

static gboolean
read_decimal(const guint8 *bytes, gsize length, __int128 *out)
{
    if (length == 0 || length > DECIMAL_BYTES_MAX)
        return FALSE;
    unsigned __int128 bits = bytes[0] & 0x80 ? ~(unsigned __int128)0 : 0;
    for (gsize i = 0; i < length; i++)
        bits = bits << 8 | bytes[i];
    *out = (__int128)bits;
    return TRUE;
}

static double
read_number(const guint8 *bytes, gsize length)
{
    guint64 bits = (guint64)read_little_endian(bytes, length);
    guint32 narrow = (guint32)bits;
    float single;
    double wide;
    memcpy(&single, &narrow, sizeof single);
    memcpy(&wide, &bits, sizeof wide);
    return length == sizeof single ? (double)single : wide;
}

gboolean
iceberg_value_decode(const IcebergType *type, const guint8 *bytes, gsize length, IcebergValue *out)
{
    IcebergValue value = {.bytes = bytes, .length = length};
    switch (type->kind) {
    case ICEBERG_TYPE_BOOLEAN:
        if (length != 1)
            return FALSE;
        value.kind = ICEBERG_VALUE_INTEGER;
        value.integer = bytes[0] != 0;
        break;
    case ICEBERG_TYPE_INT:
    case ICEBERG_TYPE_LONG: /* a column that was an int keeps its old bounds */
    case ICEBERG_TYPE_DATE:
    case ICEBERG_TYPE_TIME:
    case ICEBERG_TYPE_TIMESTAMP:
    case ICEBERG_TYPE_TIMESTAMPTZ:
    case ICEBERG_TYPE_TIMESTAMP_NS:
    case ICEBERG_TYPE_TIMESTAMPTZ_NS:
        if (length != 4 && length != 8)
            return FALSE;
        value.kind = ICEBERG_VALUE_INTEGER;
        value.integer = read_little_endian(bytes, length);
        break;
    case ICEBERG_TYPE_FLOAT:
    case ICEBERG_TYPE_DOUBLE:
        if (length != 4 && length != 8)
            return FALSE;
        value.kind = ICEBERG_VALUE_NUMBER;
        value.number = read_number(bytes, length);
        if (isnan(value.number))
            return FALSE;
        break;
    case ICEBERG_TYPE_DECIMAL:
        value.kind = ICEBERG_VALUE_DECIMAL;
        if (!read_decimal(bytes, length, &value.decimal))
            return FALSE;
        break;
    case ICEBERG_TYPE_STRING:
    case ICEBERG_TYPE_UUID:
    case ICEBERG_TYPE_BINARY:
    case ICEBERG_TYPE_FIXED:
        value.kind = ICEBERG_VALUE_BYTES;
        break;
    case ICEBERG_TYPE_UNKNOWN:
    case ICEBERG_TYPE_VARIANT:
    case ICEBERG_TYPE_GEOMETRY:
    case ICEBERG_TYPE_GEOGRAPHY:
    case ICEBERG_TYPE_STRUCT:
    case ICEBERG_TYPE_LIST:
    case ICEBERG_TYPE_MAP:
        return FALSE;
    }
    *out = value;
    return TRUE;
}

gboolean
iceberg_value_settle(const IcebergType *type, const IcebergValue *raw, IcebergValue *out)
{
    *out = *raw;
    if (type->kind != ICEBERG_TYPE_DECIMAL || raw->kind != ICEBERG_VALUE_BYTES)
        return TRUE;
    out->kind = ICEBERG_VALUE_DECIMAL;
    return read_decimal(raw->bytes, raw->length, &out->decimal);
}

int
iceberg_value_compare(const IcebergValue *a, const IcebergValue *b)
{
    int order;
    switch (a->kind) {
    case ICEBERG_VALUE_NULL:
        return 0;
    case ICEBERG_VALUE_INTEGER:
        return (a->integer > b->integer) - (a->integer < b->integer);
    case ICEBERG_VALUE_NUMBER:
        return (a->number > b->number) - (a->number < b->number);
    case ICEBERG_VALUE_DECIMAL:
        return (a->decimal > b->decimal) - (a->decimal < b->decimal);
    case ICEBERG_VALUE_BYTES:
        order = a->length && b->length ? memcmp(a->bytes, b->bytes, MIN(a->length, b->length)) : 0;
        return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
    }
    g_assert_not_reached();
}

/* --- JSON in --- */

static gboolean
literal_fail(const char *what, const cJSON *json, GError **error)
{
    g_autofree char *text = json_print_compact(json);
    return iceberg_invalid(error, "Cannot read %.100s as a value of type %s", text, what);
}

/* Digits of a fixed number; moves on. */
static gboolean
take_digits(const char **at, guint count, gint64 *out)
{
    gint64 number = 0;
    for (guint i = 0; i < count; i++) {
        if (!g_ascii_isdigit((*at)[i]))
            return FALSE;
        number = number * 10 + ((*at)[i] - '0');
    }
    *at += count;
    *out = number;
    return TRUE;
}

static gboolean
take_char(const char **at, char wanted)
{
    if (**at != wanted)
        return FALSE;
    (*at)++;
    return TRUE;
}

/* Days since 1970-01-01 in the Gregorian calendar, which is proleptic here as in Java. */
static gint64
days_of(gint64 year, gint64 month, gint64 day)
{
    static const int before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    gint64 last = year - 1;
    gboolean is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return last * 365 + last / 4 - last / 100 + last / 400 + before_month[month - 1] +
           (is_leap && month > 2) + day - 1 - 719162;
}

static gboolean
take_date(const char **at, gint64 *out_days)
{
    gint64 year, month, day;
    if (!take_digits(at, 4, &year) || !take_char(at, '-') || !take_digits(at, 2, &month) ||
        !take_char(at, '-') || !take_digits(at, 2, &day) ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return FALSE;
    *out_days = days_of(year, month, day);
    return TRUE;
}

/* hh:mm[:ss[.fraction]] in nanoseconds. */
static gboolean
take_time(const char **at, gint64 *out_ns)
{
    gint64 hour, minute, second = 0, fraction = 0, scale = 1000000000;
    if (!take_digits(at, 2, &hour) || !take_char(at, ':') || !take_digits(at, 2, &minute) ||
        hour > 23 || minute > 59)
        return FALSE;
    if (take_char(at, ':') && (!take_digits(at, 2, &second) || second > 59))
        return FALSE;
    if (take_char(at, '.'))
        for (; g_ascii_isdigit(**at) && scale > 1; (*at)++) {
            scale /= 10;
            fraction += (**at - '0') * scale;
        }
    *out_ns = ((hour * 60 + minute) * 60 + second) * G_GINT64_CONSTANT(1000000000) + fraction;
    return TRUE;
}

/* Nothing, Z, or an offset from UTC. */
static gboolean
take_zone(const char **at, gint64 *out_minutes)
{
    gint64 hours, minutes;
    *out_minutes = 0;
    if (**at == '\0' || take_char(at, 'Z'))
        return TRUE;
    gint64 sign = **at == '-' ? -1 : 1;
    if (**at != '+' && **at != '-')
        return FALSE;
    (*at)++;
    if (!take_digits(at, 2, &hours) || !take_char(at, ':') || !take_digits(at, 2, &minutes))
        return FALSE;
    *out_minutes = sign * (hours * 60 + minutes);
    return TRUE;
}

static gboolean
read_timestamp(const char *text, gboolean in_nanos, gint64 *out)
{
    gint64 days, time_ns, zone_minutes;
    if (!take_date(&text, &days) || (!take_char(&text, 'T') && !take_char(&text, ' ')) ||
        !take_time(&text, &time_ns) || !take_zone(&text, &zone_minutes) || *text != '\0')
        return FALSE;
    gint64 unit = in_nanos ? 1 : 1000;
    gint64 day = in_nanos ? NANOS_OF_DAY : MICROS_OF_DAY;
    gint64 product;
    if (__builtin_mul_overflow(days, day, &product))
        return FALSE;
    return !__builtin_add_overflow(product,
                                   time_ns / unit - zone_minutes * 60 * (1000000000 / unit), out);
}

/* "-12.50" with at most `scale` digits behind the point. */
static gboolean
read_decimal_text(const char *text, int scale, __int128 *out)
{
    gboolean is_negative = take_char(&text, '-');
    __int128 number = 0;
    int behind = -1, digits = 0;
    for (; *text != '\0'; text++) {
        if (*text == '.' && behind < 0) {
            behind = 0;
            continue;
        }
        if (!g_ascii_isdigit(*text) || ++digits > 38 || (behind >= 0 && ++behind > scale))
            return FALSE;
        number = number * 10 + (*text - '0');
    }
    for (int i = MAX(behind, 0); i < scale; i++)
        if (++digits > 38)
            return FALSE;
        else
            number *= 10;
    *out = is_negative ? -number : number;
    return digits > 0;
}

static gboolean
read_hex(const char *text, GPtrArray *kept, IcebergValue *out)
{
    gsize length = strlen(text);
    if (length % 2 != 0)
        return FALSE;
    guint8 *bytes = g_malloc(length / 2 + 1);
    g_ptr_array_add(kept, bytes);
    for (gsize i = 0; i < length / 2; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]), low = g_ascii_xdigit_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return FALSE;
        bytes[i] = (guint8)(high << 4 | low);
    }
    *out = (IcebergValue){.kind = ICEBERG_VALUE_BYTES, .bytes = bytes, .length = length / 2};
    return TRUE;
}

static gboolean
read_uuid(const char *text, GPtrArray *kept, IcebergValue *out)
{
    g_auto(GStrv) parts = g_strsplit(text, "-", -1);
    g_autofree char *digits = g_strjoinv("", parts);
    return g_uuid_string_is_valid(text) && read_hex(digits, kept, out) && out->length == UUID_BYTES;
}

static gboolean
read_text(const IcebergType *type, const char *text, GPtrArray *kept, IcebergValue *out)
{
    gint64 time_ns = 0;
    *out = (IcebergValue){.kind = ICEBERG_VALUE_INTEGER};
    switch (type->kind) {
    case ICEBERG_TYPE_DATE:
        return take_date(&text, &out->integer) && *text == '\0';
    case ICEBERG_TYPE_TIME:
        if (!take_time(&text, &time_ns))
            return FALSE;
        out->integer = time_ns / 1000;
        return *text == '\0';
    case ICEBERG_TYPE_TIMESTAMP:
    case ICEBERG_TYPE_TIMESTAMPTZ:
        return read_timestamp(text, FALSE, &out->integer);
    case ICEBERG_TYPE_TIMESTAMP_NS:
    case ICEBERG_TYPE_TIMESTAMPTZ_NS:
        return read_timestamp(text, TRUE, &out->integer);
    case ICEBERG_TYPE_DECIMAL:
        out->kind = ICEBERG_VALUE_DECIMAL;
        return read_decimal_text(text, type->scale, &out->decimal);
    case ICEBERG_TYPE_UUID:
        return read_uuid(text, kept, out);
    case ICEBERG_TYPE_BINARY:
    case ICEBERG_TYPE_FIXED:
        return read_hex(text, kept, out);
    case ICEBERG_TYPE_STRING: {
        char *copy = g_strdup(text);
        g_ptr_array_add(kept, copy);
        *out = (IcebergValue){
            .kind = ICEBERG_VALUE_BYTES, .bytes = (guint8 *)copy, .length = strlen(copy)};
        return TRUE;
    }
    default: /* numbers and booleans are never written as text */
        return FALSE;
    }
}

gboolean
iceberg_value_from_json(
    const IcebergType *type, const cJSON *json, GPtrArray *kept, IcebergValue *out, GError **error)
{
    g_autofree char *spelling = iceberg_type_spelling(type);
    const char *what = spelling != NULL ? spelling : "this column";
    gboolean is_floating = type->kind == ICEBERG_TYPE_FLOAT || type->kind == ICEBERG_TYPE_DOUBLE;
    IcebergValue value = {.kind = ICEBERG_VALUE_INTEGER};
    if (json_is_string(json)) {
        if (!read_text(type, json->valuestring, kept, &value))
            return literal_fail(what, json, error);
    } else if (cJSON_IsBool(json) && type->kind == ICEBERG_TYPE_BOOLEAN) {
        value.integer = cJSON_IsTrue(json);
    } else if (is_floating && json_value_double(json, &value.number)) {
        value.kind = ICEBERG_VALUE_NUMBER;
    } else if (type->kind == ICEBERG_TYPE_DECIMAL && json_is_number(json)) {
        g_autofree char *digits = json_print_compact(json);
        value.kind = ICEBERG_VALUE_DECIMAL;
        if (!read_decimal_text(digits, type->scale, &value.decimal))
            return literal_fail(what, json, error);
    } else if (type->kind == ICEBERG_TYPE_BOOLEAN || type->kind > ICEBERG_TYPE_TIMESTAMPTZ_NS ||
               !json_value_int64(json, &value.integer)) {
        return literal_fail(what, json, error);
    }
    *out = value;
    return TRUE;
}

/* --- JSON out --- */

char *
iceberg_bytes_to_hex(const guint8 *bytes, gsize length)
{
    static const char digits[] = "0123456789abcdef";
    char *text = g_malloc(length * 2 + 1);
    for (gsize i = 0; i < length; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[length * 2] = '\0';
    return text;
}

static void
append_date(GString *text, gint64 days)
{
    GDate date;
    g_date_clear(&date, 1);
    if (days > -719163 && days < 2932897) { /* years 1 to 9999 */
        g_date_set_julian(&date, (guint32)(days + 719163));
        g_string_append_printf(text, "%04u-%02u-%02u", g_date_get_year(&date),
                               g_date_get_month(&date), g_date_get_day(&date));
    } else {
        g_string_append_printf(text, "%" G_GINT64_FORMAT, days);
    }
}

static void
append_time(GString *text, gint64 time, gint64 units_per_second, int digits)
{
    gint64 seconds = time / units_per_second;
    g_string_append_printf(text, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                           (int)(seconds % 60));
    if (time % units_per_second != 0)
        g_string_append_printf(text, ".%0*" G_GINT64_FORMAT, digits, time % units_per_second);
}

static void
append_timestamp(GString *text, gint64 time, gboolean in_nanos)
{
    gint64 day = in_nanos ? NANOS_OF_DAY : MICROS_OF_DAY;
    gint64 days = time / day - (time % day < 0);
    append_date(text, days);
    g_string_append_c(text, 'T');
    append_time(text, time - days * day, in_nanos ? 1000000000 : 1000000, in_nanos ? 9 : 6);
}

static void
append_decimal(GString *text, __int128 number, int scale)
{
    char digits[64];
    int at = sizeof digits;
    gboolean is_negative = number < 0;
    unsigned __int128 rest = is_negative ? -(unsigned __int128)number : (unsigned __int128)number;
    digits[--at] = '\0';
    for (int i = 0; rest != 0 || i <= scale; i++) {
        if (scale > 0 && i == scale)
            digits[--at] = '.';
        digits[--at] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    }
    g_string_append_printf(text, "%s%s", is_negative ? "-" : "", digits + at);
}

static void
append_uuid(GString *text, const guint8 *bytes, gsize length)
{
    g_autofree char *hex = iceberg_bytes_to_hex(bytes, length);
    if (length == UUID_BYTES)
        g_string_append_printf(text, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
                               hex + 20);
    else
        g_string_append(text, hex);
}

static void
append_value(GString *text, const IcebergType *type, const IcebergValue *value)
{
    switch (type->kind) {
    case ICEBERG_TYPE_DATE:
        append_date(text, value->integer);
        break;
    case ICEBERG_TYPE_TIME:
        append_time(text, value->integer, 1000000, 6);
        break;
    case ICEBERG_TYPE_TIMESTAMP:
    case ICEBERG_TYPE_TIMESTAMPTZ:
        append_timestamp(text, value->integer, FALSE);
        break;
    case ICEBERG_TYPE_TIMESTAMP_NS:
    case ICEBERG_TYPE_TIMESTAMPTZ_NS:
        append_timestamp(text, value->integer, TRUE);
        break;
    case ICEBERG_TYPE_DECIMAL:
        append_decimal(text, value->decimal, type->scale);
        break;
    case ICEBERG_TYPE_UUID:
        append_uuid(text, value->bytes, value->length);
        break;
    case ICEBERG_TYPE_STRING:
        g_string_append_len(text, (const char *)value->bytes, (gssize)value->length);
        break;
    default: { /* binary, fixed */
        g_autofree char *hex = iceberg_bytes_to_hex(value->bytes, value->length);
        g_string_append(text, hex);
    }
    }
    if (type->kind == ICEBERG_TYPE_TIMESTAMPTZ || type->kind == ICEBERG_TYPE_TIMESTAMPTZ_NS)
        g_string_append(text, "+00:00");
}

cJSON *
iceberg_value_to_json(const IcebergType *type, const IcebergValue *value)
{
    if (value->kind == ICEBERG_VALUE_NULL)
        return cJSON_CreateNull();
    if (type->kind == ICEBERG_TYPE_BOOLEAN)
        return cJSON_CreateBool(value->integer != 0);
    if (type->kind == ICEBERG_TYPE_INT || type->kind == ICEBERG_TYPE_LONG)
        return json_new_int64(value->integer);
    if (value->kind == ICEBERG_VALUE_NUMBER)
        return isfinite(value->number) ? cJSON_CreateNumber(value->number) : cJSON_CreateNull();
    g_autoptr(GString) text = g_string_new(NULL);
    append_value(text, type, value);
    return cJSON_CreateString(text->str);
}
