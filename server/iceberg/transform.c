/* SPDX-License-Identifier: Apache-2.0 */
/* Partition transforms of values. Which transform takes which type is type.c's. Caller: the files
 * about scans. */
#include <stdlib.h>
#include <string.h>

#include "value.h"

IcebergTransform
iceberg_transform_read(const char *name)
{
    static const struct {
        const char *name;
        IcebergTransformKind kind;
    } kinds[] = {
        {"identity",  ICEBERG_TRANSFORM_IDENTITY},
        {"year",      ICEBERG_TRANSFORM_YEAR    },
        {"month",     ICEBERG_TRANSFORM_MONTH   },
        {"day",       ICEBERG_TRANSFORM_DAY     },
        {"hour",      ICEBERG_TRANSFORM_HOUR    },
        {"bucket[",   ICEBERG_TRANSFORM_BUCKET  },
        {"truncate[", ICEBERG_TRANSFORM_TRUNCATE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        gsize length = strlen(kinds[i].name);
        if (g_ascii_strncasecmp(name, kinds[i].name, length) != 0)
            continue;
        gint64 width = 0;
        if (kinds[i].kind == ICEBERG_TRANSFORM_BUCKET ||
            kinds[i].kind == ICEBERG_TRANSFORM_TRUNCATE) {
            char *end = NULL;
            width = g_ascii_strtoll(name + length, &end, 10);
            if (width < 1 || width > G_MAXINT32 || strcmp(end, "]") != 0)
                break;
        } else if (name[length] != '\0') {
            break;
        }
        return (IcebergTransform){kinds[i].kind, (gint32)width};
    }
    return (IcebergTransform){ICEBERG_TRANSFORM_UNKNOWN, 0};
}

IcebergType
iceberg_transform_result(const IcebergTransform *transform, const IcebergType *source)
{
    switch (transform->kind) {
    case ICEBERG_TRANSFORM_BUCKET:
    case ICEBERG_TRANSFORM_YEAR:
    case ICEBERG_TRANSFORM_MONTH:
    case ICEBERG_TRANSFORM_HOUR:
        return (IcebergType){.kind = ICEBERG_TYPE_INT};
    case ICEBERG_TRANSFORM_DAY: /* an int that readers show as a date */
        return (IcebergType){.kind = ICEBERG_TYPE_DATE};
    case ICEBERG_TRANSFORM_IDENTITY:
    case ICEBERG_TRANSFORM_TRUNCATE:
    case ICEBERG_TRANSFORM_UNKNOWN:
        break;
    }
    return *source;
}

/* --- bucket: murmur3, 32 bits, of the value's bytes --- */

static guint32
murmur_mix(guint32 block)
{
    block *= 0xcc9e2d51u;
    block = block << 15 | block >> 17;
    return block * 0x1b873593u;
}

static guint32
murmur3(const guint8 *bytes, gsize length)
{
    guint32 hash = 0, block;
    for (gsize i = 0; i + 4 <= length; i += 4) {
        memcpy(&block, bytes + i, sizeof block);
        hash ^= murmur_mix(GUINT32_FROM_LE(block));
        hash = (hash << 13 | hash >> 19) * 5 + 0xe6546b64u;
    }
    block = 0;
    for (gsize i = length & ~(gsize)3, shift = 0; i < length; i++, shift += 8)
        block |= (guint32)bytes[i] << shift;
    hash ^= murmur_mix(block);
    hash ^= (guint32)length;
    hash = (hash ^ hash >> 16) * 0x85ebca6bu;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
    return hash ^ hash >> 16;
}

static guint32
hash_int64(gint64 number)
{
    guint64 bits = GUINT64_TO_LE((guint64)number);
    return murmur3((const guint8 *)&bits, sizeof bits);
}

/* The fewest bytes of two's complement, the highest first. */
static guint32
hash_decimal(__int128 number)
{
    guint8 bytes[16];
    for (int i = 15; i >= 0; i--, number >>= 8)
        bytes[i] = (guint8)number;
    gsize first = 0;
    while (first < 15 && ((bytes[first] == 0 && !(bytes[first + 1] & 0x80)) ||
                          (bytes[first] == 0xff && (bytes[first + 1] & 0x80))))
        first++;
    return murmur3(bytes + first, sizeof bytes - first);
}

static gint64
floor_divide(gint64 number, gint64 divisor)
{
    return number / divisor - (number % divisor < 0);
}

static gboolean
apply_bucket(gint32 width, const IcebergType *source, const IcebergValue *in, IcebergValue *out)
{
    gboolean is_nanos =
        source->kind == ICEBERG_TYPE_TIMESTAMP_NS || source->kind == ICEBERG_TYPE_TIMESTAMPTZ_NS;
    guint32 hash;
    switch (in->kind) {
    case ICEBERG_VALUE_INTEGER:
        if (source->kind == ICEBERG_TYPE_BOOLEAN)
            return FALSE;
        hash = hash_int64(is_nanos ? floor_divide(in->integer, 1000) : in->integer);
        break;
    case ICEBERG_VALUE_DECIMAL:
        hash = hash_decimal(in->decimal);
        break;
    case ICEBERG_VALUE_BYTES:
        hash = murmur3(in->bytes, in->length);
        break;
    case ICEBERG_VALUE_NULL:
    case ICEBERG_VALUE_NUMBER:
    default:
        return FALSE;
    }
    *out = (IcebergValue){.kind = ICEBERG_VALUE_INTEGER,
                          .integer = (gint64)(hash & G_MAXINT32) % width};
    return TRUE;
}

/* --- truncate --- */

static gsize
prefix_of_characters(const guint8 *bytes, gsize length, gint32 characters)
{
    gsize at = 0;
    for (; at < length && characters > 0; characters--)
        do
            at++;
        while (at < length && (bytes[at] & 0xc0) == 0x80);
    return at;
}

static gboolean
apply_truncate(gint32 width, const IcebergType *source, const IcebergValue *in, IcebergValue *out)
{
    *out = *in;
    switch (in->kind) {
    case ICEBERG_VALUE_INTEGER: {
        gint64 rest = (in->integer % width + width) % width;
        return !__builtin_sub_overflow(in->integer, rest, &out->integer);
    }
    case ICEBERG_VALUE_DECIMAL:
        out->decimal = in->decimal - ((in->decimal % width + width) % width);
        return TRUE;
    case ICEBERG_VALUE_BYTES:
        out->length = source->kind == ICEBERG_TYPE_STRING
                          ? prefix_of_characters(in->bytes, in->length, width)
                          : MIN(in->length, (gsize)width);
        return TRUE;
    case ICEBERG_VALUE_NULL:
    case ICEBERG_VALUE_NUMBER:
        break;
    }
    return FALSE;
}

/* --- times --- */

static gint64
days_in(const IcebergType *source, gint64 value, gint64 *out_hours)
{
    gint64 per_hour =
        source->kind == ICEBERG_TYPE_TIMESTAMP_NS || source->kind == ICEBERG_TYPE_TIMESTAMPTZ_NS
            ? G_GINT64_CONSTANT(3600000000000)
            : G_GINT64_CONSTANT(3600000000);
    if (source->kind == ICEBERG_TYPE_DATE) {
        *out_hours = 0;
        return value;
    }
    *out_hours = floor_divide(value, per_hour);
    return floor_divide(*out_hours, 24);
}

/* Year and month (0 to 11) of a day since 1970, by the days of 400-year cycles that begin in
 * March. */
static void
civil_of(gint64 days, gint64 *out_year, gint64 *out_month)
{
    gint64 shifted = days + 719468;
    gint64 era = floor_divide(shifted, 146097);
    gint64 day = shifted - era * 146097;
    gint64 year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    gint64 day_of_year = day - (365 * year + year / 4 - year / 100);
    gint64 from_march = (5 * day_of_year + 2) / 153;
    *out_month = from_march < 10 ? from_march + 2 : from_march - 10;
    *out_year = year + era * 400 + (*out_month <= 1);
}

static gboolean
apply_time(IcebergTransformKind kind,
           const IcebergType *source,
           const IcebergValue *in,
           IcebergValue *out)
{
    gint64 hours, year, month;
    if (in->kind != ICEBERG_VALUE_INTEGER)
        return FALSE;
    gint64 days = days_in(source, in->integer, &hours);
    civil_of(days, &year, &month);
    *out = (IcebergValue){.kind = ICEBERG_VALUE_INTEGER};
    if (kind == ICEBERG_TRANSFORM_YEAR)
        out->integer = year - 1970;
    else if (kind == ICEBERG_TRANSFORM_MONTH)
        out->integer = (year - 1970) * 12 + month;
    else
        out->integer = kind == ICEBERG_TRANSFORM_DAY ? days : hours;
    return TRUE;
}

gboolean
iceberg_transform_apply(const IcebergTransform *transform,
                        const IcebergType *source,
                        const IcebergValue *in,
                        IcebergValue *out)
{
    switch (transform->kind) {
    case ICEBERG_TRANSFORM_IDENTITY:
        *out = *in;
        return TRUE;
    case ICEBERG_TRANSFORM_BUCKET:
        return apply_bucket(transform->width, source, in, out);
    case ICEBERG_TRANSFORM_TRUNCATE:
        return apply_truncate(transform->width, source, in, out);
    case ICEBERG_TRANSFORM_YEAR:
    case ICEBERG_TRANSFORM_MONTH:
    case ICEBERG_TRANSFORM_DAY:
    case ICEBERG_TRANSFORM_HOUR:
        return apply_time(transform->kind, source, in, out);
    case ICEBERG_TRANSFORM_UNKNOWN:
        return FALSE;
    }
    g_assert_not_reached();
}
