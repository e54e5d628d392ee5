/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas as values: compared, brought to one spelling, and given fresh field ids. Checking and
 * indexing them is schema.c. Callers: createTable, the schema updates, views. */
#include "iceberg_private.h"

#include <string.h>

typedef struct {
    GHashTable *new_ids;
    gint32 last_id;
} IcebergRenumbering;

static gboolean
iceberg_array_contains(const cJSON *array, const cJSON *value)
{
    const cJSON *element;

    cJSON_ArrayForEach(element, array)
    {
        if (json_equal(element, value))
            return TRUE;
    }
    return FALSE;
}

/* Equal as sets; absent is empty. */
static gboolean
iceberg_identifiers_same(const cJSON *a, const cJSON *b)
{
    const cJSON *left = json_find_present(a, "identifier-field-ids");
    const cJSON *right = json_find_present(b, "identifier-field-ids");
    const cJSON *id;

    cJSON_ArrayForEach(id, left)
    {
        if (!iceberg_array_contains(right, id))
            return FALSE;
    }
    cJSON_ArrayForEach(id, right)
    {
        if (!iceberg_array_contains(left, id))
            return FALSE;
    }
    return TRUE;
}

gboolean
iceberg_schema_same(const cJSON *a, const cJSON *b)
{
    return json_equal(json_find(a, "fields"), json_find(b, "fields")) &&
           iceberg_identifiers_same(a, b);
}

/* Bytes of a default in the digits of other writers, so that equal schemas are found equal. */
static void
iceberg_spell_defaults(cJSON *field)
{
    static const char *const keys[] = {"initial-default", "write-default"};
    const cJSON *kind = json_find(field, "type");
    IcebergType type = {0};

    if (!json_is_string(kind) || !iceberg_type_read(kind, &type, NULL) ||
        (type.kind != ICEBERG_TYPE_BINARY && type.kind != ICEBERG_TYPE_FIXED))
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        const cJSON *value = json_find(field, keys[i]);
        g_autofree char *upper =
            json_is_string(value) ? g_ascii_strup(value->valuestring, -1) : NULL;

        if (upper != NULL)
            json_object_set_string(field, keys[i], upper);
    }
}

static void
iceberg_spell_types(cJSON *value)
{
    cJSON *child;

    iceberg_spell_defaults(value);
    cJSON_ArrayForEach(child, value)
    {
        gboolean is_type =
            child->string != NULL &&
            (strcmp(child->string, "type") == 0 || strcmp(child->string, "element") == 0 ||
             strcmp(child->string, "key") == 0 || strcmp(child->string, "value") == 0);
        g_autofree char *spelling = NULL;
        IcebergType type = {0};

        if (is_type && json_is_string(child) && iceberg_type_read(child, &type, NULL))
            spelling = iceberg_type_spelling(&type);
        if (spelling != NULL)
            cJSON_SetValuestring(child, spelling);
        if (child->string != NULL && g_str_has_suffix(child->string, "-default"))
            continue;
        if (json_is_object(child) || json_is_array(child))
            iceberg_spell_types(child);
    }
}

cJSON *
iceberg_schema_normalize(const cJSON *schema)
{
    cJSON *copy = json_duplicate(schema);

    iceberg_strip_nulls(copy);
    json_object_set_string(copy, "type", "struct");
    iceberg_spell_types(json_find(copy, "fields"));
    return copy;
}

static void
iceberg_renumber(IcebergRenumbering *renumbering, cJSON *object, const char *key)
{
    gint64 old_id = 0;

    json_value_int64(json_find(object, key), &old_id);
    renumbering->last_id++;
    iceberg_ids_put(renumbering->new_ids, old_id, GINT_TO_POINTER(renumbering->last_id));
    json_object_set_int64(object, key, renumbering->last_id);
}

static void
iceberg_renumber_type(IcebergRenumbering *renumbering, cJSON *type_json)
{
    /* the schema itself may leave its type out */
    IcebergType type = {.kind = ICEBERG_TYPE_STRUCT};
    cJSON *fields = json_find(type_json, "fields");
    cJSON *field;

    iceberg_type_read(type_json, &type, NULL);
    if (type.kind == ICEBERG_TYPE_LIST) {
        iceberg_renumber(renumbering, type_json, "element-id");
        iceberg_renumber_type(renumbering, json_find(type_json, "element"));
    } else if (type.kind == ICEBERG_TYPE_MAP) {
        iceberg_renumber(renumbering, type_json, "key-id");
        iceberg_renumber(renumbering, type_json, "value-id");
        iceberg_renumber_type(renumbering, json_find(type_json, "key"));
        iceberg_renumber_type(renumbering, json_find(type_json, "value"));
    } else if (type.kind == ICEBERG_TYPE_STRUCT) {
        cJSON_ArrayForEach(field, fields)
        {
            iceberg_renumber(renumbering, field, "id");
        }
        cJSON_ArrayForEach(field, fields)
        {
            iceberg_renumber_type(renumbering, json_find(field, "type"));
        }
    }
}

static cJSON *
iceberg_remap_ids(const cJSON *ids, GHashTable *new_ids)
{
    cJSON *mapped = cJSON_CreateArray();
    const cJSON *id;

    cJSON_ArrayForEach(id, ids)
    {
        gint64 old_id = 0;

        json_value_int64(id, &old_id);
        json_array_append_int64(mapped, GPOINTER_TO_INT(iceberg_ids_find(new_ids, old_id)));
    }
    return mapped;
}

void
iceberg_schema_assign_fresh_ids(cJSON *schema, GHashTable **out_new_ids, gint32 *out_last_id)
{
    IcebergRenumbering renumbering = {.new_ids = iceberg_ids_new(), .last_id = 0};
    const cJSON *identifiers = json_find_present(schema, "identifier-field-ids");

    iceberg_renumber_type(&renumbering, schema);
    if (identifiers != NULL)
        json_object_set(schema, "identifier-field-ids",
                        iceberg_remap_ids(identifiers, renumbering.new_ids));
    *out_new_ids = renumbering.new_ids;
    *out_last_id = renumbering.last_id;
}
