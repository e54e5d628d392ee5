/* SPDX-License-Identifier: Apache-2.0 */
/* Sort orders: checked, bound to a schema, compared. Callers: createTable, add-sort-order, and the
 * validation of whole documents. */
#include "iceberg_private.h"

#include <string.h>

static gboolean
iceberg_one_of(
    const cJSON *field, const char *key, const char *first, const char *second, GError **error)
{
    const char *text = NULL;

    if (!json_get_string(field, key, &text, error))
        return FALSE;
    if (g_ascii_strcasecmp(text, first) != 0 && g_ascii_strcasecmp(text, second) != 0)
        return iceberg_invalid(error, "Member %s must be %s or %s, not %.100s", key, first, second,
                               text);
    return TRUE;
}

static gboolean
iceberg_order_field_check(const cJSON *field, GError **error)
{
    const char *transform = NULL;
    gint32 source_id = 0;

    if (!json_is_object(field))
        return iceberg_invalid(error, "A sort field must be an object");
    return json_get_string(field, "transform", &transform, error) &&
           json_get_int32(field, "source-id", &source_id, error) &&
           iceberg_one_of(field, "direction", "asc", "desc", error) &&
           iceberg_one_of(field, "null-order", "nulls-first", "nulls-last", error);
}

gboolean
iceberg_order_check(const cJSON *order, GError **error)
{
    cJSON *fields = NULL;
    const cJSON *field;
    gint32 order_id = -1;
    int count;

    if (!json_is_object(order))
        return iceberg_invalid(error, "A sort order must be an object");
    if (!json_get_optional_int32(order, "order-id", &order_id, error) ||
        !json_get_array(order, "fields", &fields, error))
        return FALSE;
    count = cJSON_GetArraySize(fields);
    if (count > ICEBERG_SPEC_MAX_FIELDS)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "A sort order of %d fields", count);
    if (count > 0 && order_id == 0)
        return iceberg_invalid(error, "Sort order-id 0 is reserved for the unsorted order");
    cJSON_ArrayForEach(field, fields)
    {
        if (!iceberg_order_field_check(field, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
iceberg_order_bind(const cJSON *order, const IcebergSchemaIndex *schema, GError **error)
{
    const cJSON *field;

    cJSON_ArrayForEach(field, json_find(order, "fields"))
    {
        const char *transform = json_find(field, "transform")->valuestring;
        const IcebergField *source;
        gint32 source_id = 0;

        json_value_int32(json_find(field, "source-id"), &source_id);
        source = iceberg_schema_field(schema, source_id);
        if (source == NULL)
            return iceberg_invalid(
                error, "Cannot find source column for sort field with source-id %d", source_id);
        if (iceberg_type_is_nested(source->type.kind))
            return iceberg_invalid(error, "Cannot sort by non-primitive source field: %.100s",
                                   source->name);
        if (!iceberg_transform_accepts(transform, &source->type, error)) {
            g_prefix_error(error, "Sort field of %.100s: ", source->name);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean
iceberg_order_same(const cJSON *a, const cJSON *b)
{
    static const char *const keys[] = {"source-id", "transform", "direction", "null-order"};
    const cJSON *left_fields = json_find(a, "fields");
    const cJSON *right_fields = json_find(b, "fields");
    const cJSON *left = left_fields != NULL ? left_fields->child : NULL;
    const cJSON *right = right_fields != NULL ? right_fields->child : NULL;

    for (; left != NULL && right != NULL; left = left->next, right = right->next) {
        for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
            if (!json_equal(json_find(left, keys[i]), json_find(right, keys[i])))
                return FALSE;
        }
    }
    return left == NULL && right == NULL;
}

gboolean
iceberg_order_is_sorted(const cJSON *order)
{
    const cJSON *fields = json_find(order, "fields");

    return fields != NULL && fields->child != NULL;
}

cJSON *
iceberg_order_with_id(const cJSON *order, gint32 order_id)
{
    static const char *const lower_keys[] = {"direction", "null-order"};
    cJSON *copy = json_duplicate(order);
    cJSON *field;

    iceberg_strip_nulls(copy);
    json_object_set_int64(copy, "order-id", order_id);
    cJSON_ArrayForEach(field, json_find(copy, "fields"))
    {
        for (gsize i = 0; i < G_N_ELEMENTS(lower_keys); i++) {
            g_autofree char *lower =
                g_ascii_strdown(json_find(field, lower_keys[i])->valuestring, -1);

            json_object_set_string(field, lower_keys[i], lower);
        }
    }
    return copy;
}
