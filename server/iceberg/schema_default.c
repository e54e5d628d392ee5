/* SPDX-License-Identifier: Apache-2.0 */
/* Default values of fields: whether one can be what its type allows, in the form of the
 * specification's appendix D. Readers take a document with a default that they cannot read for
 * damaged as a whole, so what is added is looked at closely, and what is there already only by its
 * kind. Caller: schema.c. */
#include "value.h"

#include <string.h>

static gboolean
iceberg_default_decimal(const IcebergType *type, const char *text)
{
    const char *point = strchr(text, '.');

    return point == NULL ? type->scale == 0 : strlen(point + 1) == (gsize)type->scale;
}

/* Times of day and place: with a zone always UTC, without one no offset at all. */
static gboolean
iceberg_default_zone(gboolean zoned, const char *text)
{
    const char *time = strchr(text, 'T');
    gboolean utc = g_str_has_suffix(text, "+00:00") || g_str_has_suffix(text, "Z");

    return time != NULL && (zoned ? utc : strpbrk(time, "+-Z") == NULL);
}

static gboolean
iceberg_default_text(const IcebergType *type, const cJSON *json)
{
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func(g_free);
    const char *text = json->valuestring;
    IcebergValue value = {0};

    if (!iceberg_value_from_json(type, json, kept, &value, NULL))
        return FALSE;
    if (type->kind == ICEBERG_TYPE_FIXED)
        return value.length == (gsize)type->length;
    if (type->kind == ICEBERG_TYPE_DECIMAL)
        return iceberg_default_decimal(type, text);
    if (type->kind == ICEBERG_TYPE_TIMESTAMP || type->kind == ICEBERG_TYPE_TIMESTAMP_NS)
        return iceberg_default_zone(FALSE, text);
    if (type->kind == ICEBERG_TYPE_TIMESTAMPTZ || type->kind == ICEBERG_TYPE_TIMESTAMPTZ_NS)
        return iceberg_default_zone(TRUE, text);
    return TRUE;
}

gboolean
iceberg_default_is_valid(const IcebergType *type, const cJSON *value, gboolean added)
{
    gint32 small = 0;
    gint64 large = 0;

    switch (type->kind) {
    case ICEBERG_TYPE_BOOLEAN:
        return cJSON_IsBool(value);
    case ICEBERG_TYPE_INT:
        return json_value_int32(value, &small);
    case ICEBERG_TYPE_LONG:
        return json_value_int64(value, &large);
    case ICEBERG_TYPE_FLOAT:
    case ICEBERG_TYPE_DOUBLE:
        return json_is_number(value);
    case ICEBERG_TYPE_DATE:
    case ICEBERG_TYPE_TIME:
    case ICEBERG_TYPE_TIMESTAMP:
    case ICEBERG_TYPE_TIMESTAMPTZ:
    case ICEBERG_TYPE_TIMESTAMP_NS:
    case ICEBERG_TYPE_TIMESTAMPTZ_NS:
    case ICEBERG_TYPE_STRING:
    case ICEBERG_TYPE_UUID:
    case ICEBERG_TYPE_BINARY:
    case ICEBERG_TYPE_FIXED:
    case ICEBERG_TYPE_DECIMAL:
        return json_is_string(value) && (!added || iceberg_default_text(type, value));
    case ICEBERG_TYPE_UNKNOWN:
    case ICEBERG_TYPE_VARIANT:
    case ICEBERG_TYPE_GEOMETRY:
    case ICEBERG_TYPE_GEOGRAPHY:
    case ICEBERG_TYPE_LIST:
    case ICEBERG_TYPE_MAP:
        return !added;
    case ICEBERG_TYPE_STRUCT:
        return !added || (json_is_object(value) && value->child == NULL);
    }
    return TRUE;
}
