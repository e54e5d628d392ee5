/* SPDX-License-Identifier: Apache-2.0 */
/* Single values of Iceberg's primitive types: as bounds of columns are serialized, as partitions
 * hold them, as JSON writes them; compared and transformed. Pure. Bytes in a value are borrowed.
 * Source: Iceberg table specification, "Partition Transforms", appendices B (hashes) and D (single
 * values). */
#pragma once

#include "iceberg_private.h"
#include "skep/iceberg_manifest.h"

/* A serialized bound. FALSE: not of this type, or of one that has no order here. */
gboolean
iceberg_value_decode(const IcebergType *type, const guint8 *bytes, gsize length, IcebergValue *out);
/* A partition's value as a manifest has it, which keeps decimals as bytes. */
gboolean iceberg_value_settle(const IcebergType *type, const IcebergValue *raw, IcebergValue *out);

/* A literal of a filter. Numbers may stand for dates and times, as Iceberg's clients send them.
 * What must be kept for `out` is added to `kept` (g_free). INVALID_ARGUMENT. */
gboolean iceberg_value_from_json(
    const IcebergType *type, const cJSON *json, GPtrArray *kept, IcebergValue *out, GError **error);
/* As appendix D writes it; null for none. Transfer full. */
cJSON *iceberg_value_to_json(const IcebergType *type, const IcebergValue *value);
/* Bytes as hexadecimal digits. g_free. */
char *iceberg_bytes_to_hex(const guint8 *bytes, gsize length);

/* Two values of one type, neither of them null: below, equal or above 0. */
int iceberg_value_compare(const IcebergValue *a, const IcebergValue *b);
/* Do bounds say something about values of this type? Not of uuids, which writers order in more
 * than one way. */
gboolean iceberg_type_is_ordered(const IcebergType *type);

typedef enum {
    ICEBERG_TRANSFORM_IDENTITY,
    ICEBERG_TRANSFORM_BUCKET,
    ICEBERG_TRANSFORM_TRUNCATE,
    ICEBERG_TRANSFORM_YEAR,
    ICEBERG_TRANSFORM_MONTH,
    ICEBERG_TRANSFORM_DAY,
    ICEBERG_TRANSFORM_HOUR,
    ICEBERG_TRANSFORM_UNKNOWN /* void as well: nothing can be told from its values */
} IcebergTransformKind;

typedef struct {
    IcebergTransformKind kind;
    gint32 width; /* of bucket and truncate, above 0 */
} IcebergTransform;

IcebergTransform iceberg_transform_read(const char *name);
/* The type of what a transform makes of a type. */
IcebergType iceberg_transform_result(const IcebergTransform *transform, const IcebergType *source);
/* FALSE: cannot be told. Bytes of *out point into `in`. */
gboolean iceberg_transform_apply(const IcebergTransform *transform,
                                 const IcebergType *source,
                                 const IcebergValue *in,
                                 IcebergValue *out);
