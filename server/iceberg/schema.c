/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas: checked and indexed by field id. Comparing and renumbering them is schema_ids.c, what a
 * type is type.c. Callers: everything in this folder that takes a schema from a client or looks a
 * field up. */
#include "iceberg_private.h"

#include <string.h>

typedef struct {
    IcebergSchemaIndex *index;
    int format_version;
    GError **error;
} IcebergSchemaWalk;

static gboolean iceberg_walk_type(IcebergSchemaWalk *walk,
                                  const cJSON *type_json,
                                  const IcebergType *type,
                                  gint32 field_id,
                                  int depth);

static gboolean
iceberg_check_defaults(IcebergSchemaWalk *walk,
                       const cJSON *field,
                       const IcebergType *type,
                       const char *name)
{
    static const char *const keys[] = {"initial-default", "write-default"};

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        const cJSON *value = json_find_present(field, keys[i]);

        if (value != NULL && !iceberg_default_is_valid(type, value, walk->format_version > 0))
            return iceberg_invalid(walk->error, "Invalid %s of field %.100s", keys[i], name);
    }
    if (walk->format_version > 0 && walk->format_version < 3 &&
        json_find_present(field, "initial-default") != NULL)
        return iceberg_invalid(
            walk->error,
            "Invalid schema for v%d: initial default of %.100s is not supported until v3",
            walk->format_version, name);
    return TRUE;
}

/* Adds one field: a struct's member, an element, a key or a value. */
static gboolean
iceberg_index_field(IcebergSchemaWalk *walk, IcebergField wanted, IcebergField **out)
{
    IcebergField *field;

    if (wanted.id < 0)
        return iceberg_invalid(walk->error, "Field id of %.100s is negative", wanted.name);
    if (iceberg_ids_contain(walk->index->by_id, wanted.id))
        return iceberg_invalid(walk->error, "Field id %d is used more than once", wanted.id);
    if (!iceberg_type_read(wanted.type_json, &wanted.type, walk->error)) {
        g_prefix_error(walk->error, "Field %.100s: ", wanted.name);
        return FALSE;
    }
    if (walk->format_version > 0 &&
        walk->format_version < iceberg_type_min_version(wanted.type.kind))
        return iceberg_invalid(
            walk->error, "Invalid schema for v%d: type of %.100s is not supported until v%d",
            walk->format_version, wanted.name, iceberg_type_min_version(wanted.type.kind));
    if (wanted.required && wanted.type.kind == ICEBERG_TYPE_UNKNOWN)
        return iceberg_invalid(
            walk->error, "Cannot create required field with unknown type: %.100s", wanted.name);
    field = g_memdup2(&wanted, sizeof(wanted));
    g_ptr_array_add(walk->index->fields, field);
    iceberg_ids_put(walk->index->by_id, field->id, field);
    walk->index->highest_id = MAX(walk->index->highest_id, field->id);
    *out = field;
    return TRUE;
}

static gboolean
iceberg_add_struct_field(IcebergSchemaWalk *walk,
                         const cJSON *member,
                         gint32 parent_id,
                         GHashTable *names)
{
    IcebergField wanted = {.parent_id = parent_id};
    IcebergField *field = NULL;
    const char *doc = NULL;

    if (!json_is_object(member))
        return iceberg_invalid(walk->error, "Member fields must be an array of objects");
    if (!json_get_int32(member, "id", &wanted.id, walk->error) ||
        !json_get_string(member, "name", &wanted.name, walk->error) ||
        !json_get_bool(member, "required", &wanted.required, walk->error) ||
        !json_get_optional_string(member, "doc", &doc, walk->error))
        return FALSE;
    wanted.type_json = json_find_present(member, "type");
    if (wanted.type_json == NULL)
        return iceberg_invalid(walk->error, "Missing member: type (of field %.100s)", wanted.name);
    if (!g_hash_table_add(names, (gpointer)wanted.name))
        return iceberg_invalid(walk->error, "Field name %.100s is used more than once",
                               wanted.name);
    return iceberg_index_field(walk, wanted, &field) &&
           iceberg_check_defaults(walk, member, &field->type, field->name);
}

static void
iceberg_set_children(IcebergSchemaIndex *index, gint32 field_id, guint first, guint count)
{
    IcebergField *field = iceberg_ids_find(index->by_id, field_id);

    if (field == NULL) {
        index->top_level_count = count;
        return;
    }
    field->first_child = first;
    field->child_count = count;
}

static gboolean
iceberg_walk_struct(IcebergSchemaWalk *walk, const cJSON *type_json, gint32 field_id, int depth)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    guint first = walk->index->fields->len;
    guint end;
    cJSON *members = NULL;
    const cJSON *member;

    if (!json_get_array(type_json, "fields", &members, walk->error))
        return FALSE;
    cJSON_ArrayForEach(member, members)
    {
        if (!iceberg_add_struct_field(walk, member, field_id, names))
            return FALSE;
    }
    end = walk->index->fields->len;
    iceberg_set_children(walk->index, field_id, first, end - first);
    for (guint i = first; i < end; i++) {
        const IcebergField *field = walk->index->fields->pdata[i];

        if (!iceberg_walk_type(walk, field->type_json, &field->type, field->id, depth + 1))
            return FALSE;
    }
    return TRUE;
}

/* One of element, key and value: its id, type and whether it is required come from the enclosing
 * type. */
static gboolean
iceberg_add_nested_field(IcebergSchemaWalk *walk,
                         const cJSON *type_json,
                         const char *name,
                         gint32 parent_id,
                         IcebergField **out)
{
    g_autofree char *id_key = g_strdup_printf("%s-id", name);
    g_autofree char *required_key = g_strdup_printf("%s-required", name);
    IcebergField wanted = {.parent_id = parent_id, .name = name, .required = TRUE};

    if (!json_get_int32(type_json, id_key, &wanted.id, walk->error))
        return FALSE;
    if (strcmp(name, "key") != 0 &&
        !json_get_bool(type_json, required_key, &wanted.required, walk->error))
        return FALSE;
    wanted.type_json = json_find_present(type_json, name);
    if (wanted.type_json == NULL)
        return iceberg_invalid(walk->error, "Missing member: %s", name);
    return iceberg_index_field(walk, wanted, out);
}

static gboolean
iceberg_walk_list(IcebergSchemaWalk *walk, const cJSON *type_json, gint32 field_id, int depth)
{
    guint first = walk->index->fields->len;
    IcebergField *element = NULL;

    if (!iceberg_add_nested_field(walk, type_json, "element", field_id, &element))
        return FALSE;
    iceberg_set_children(walk->index, field_id, first, 1);
    return iceberg_walk_type(walk, element->type_json, &element->type, element->id, depth + 1);
}

static gboolean
iceberg_walk_map(IcebergSchemaWalk *walk, const cJSON *type_json, gint32 field_id, int depth)
{
    guint first = walk->index->fields->len;
    IcebergField *key = NULL;
    IcebergField *value = NULL;

    if (!iceberg_add_nested_field(walk, type_json, "key", field_id, &key) ||
        !iceberg_add_nested_field(walk, type_json, "value", field_id, &value))
        return FALSE;
    iceberg_set_children(walk->index, field_id, first, 2);
    return iceberg_walk_type(walk, key->type_json, &key->type, key->id, depth + 1) &&
           iceberg_walk_type(walk, value->type_json, &value->type, value->id, depth + 1);
}

static gboolean
iceberg_walk_type(IcebergSchemaWalk *walk,
                  const cJSON *type_json,
                  const IcebergType *type,
                  gint32 field_id,
                  int depth)
{
    if (!iceberg_type_is_nested(type->kind))
        return TRUE;
    if (depth > ICEBERG_TYPE_MAX_DEPTH)
        return skep_fail(walk->error, SKEP_ERROR_TOO_LARGE, NULL,
                         "Types are nested deeper than %d levels", ICEBERG_TYPE_MAX_DEPTH);
    if (type->kind == ICEBERG_TYPE_STRUCT)
        return iceberg_walk_struct(walk, type_json, field_id, depth);
    if (type->kind == ICEBERG_TYPE_LIST)
        return iceberg_walk_list(walk, type_json, field_id, depth);
    return iceberg_walk_map(walk, type_json, field_id, depth);
}

/* Every field that encloses an identifier field must be a required struct. */
static gboolean
iceberg_check_identifier(const IcebergSchemaIndex *index, const cJSON *id_json, GError **error)
{
    gint32 id = 0;
    const IcebergField *field;
    const IcebergField *parent;

    if (!json_value_int32(id_json, &id))
        return iceberg_invalid(error,
                               "Member identifier-field-ids must be an array of 32-bit integers");
    field = iceberg_schema_field(index, id);
    if (field == NULL)
        return iceberg_invalid(
            error, "Cannot add field id %d as an identifier field: it does not exist", id);
    if (iceberg_type_is_nested(field->type.kind) || field->type.kind == ICEBERG_TYPE_FLOAT ||
        field->type.kind == ICEBERG_TYPE_DOUBLE || !field->required)
        return iceberg_invalid(
            error,
            "Cannot add field %.100s as an identifier field: it must be required, primitive, "
            "and neither float nor double",
            field->name);
    for (parent = iceberg_schema_field(index, field->parent_id); parent != NULL;
         parent = iceberg_schema_field(index, parent->parent_id)) {
        if (parent->type.kind != ICEBERG_TYPE_STRUCT || !parent->required)
            return iceberg_invalid(
                error,
                "Cannot add field %.100s as an identifier field: %.100s is not a required struct",
                field->name, parent->name);
    }
    return TRUE;
}

static gboolean
iceberg_check_identifiers(const IcebergSchemaIndex *index, const cJSON *schema, GError **error)
{
    cJSON *ids = NULL;
    const cJSON *id;

    if (!json_get_optional_array(schema, "identifier-field-ids", &ids, error))
        return FALSE;
    cJSON_ArrayForEach(id, ids)
    {
        if (!iceberg_check_identifier(index, id, error))
            return FALSE;
    }
    return TRUE;
}

IcebergSchemaIndex *
iceberg_schema_index(const cJSON *schema, int format_version, GError **error)
{
    g_autoptr(IcebergSchemaIndex) index = g_new0(IcebergSchemaIndex, 1);
    IcebergSchemaWalk walk = {.index = index, .format_version = format_version, .error = error};
    const char *kind = "struct";
    gint32 schema_id = 0;

    index->by_id = iceberg_ids_new();
    index->fields = g_ptr_array_new_with_free_func(g_free);
    if (!json_is_object(schema))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "A schema must be an object");
    if (!json_get_optional_string(schema, "type", &kind, error) ||
        !json_get_optional_int32(schema, "schema-id", &schema_id, error))
        return NULL;
    if (strcmp(kind, "struct") != 0)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "A schema must be of type struct, not %.100s", kind);
    if (!iceberg_walk_struct(&walk, schema, -1, 1) ||
        !iceberg_check_identifiers(index, schema, error))
        return NULL;
    return g_steal_pointer(&index);
}

void
iceberg_schema_index_free(IcebergSchemaIndex *index)
{
    if (index == NULL)
        return;
    g_hash_table_unref(index->by_id);
    g_ptr_array_unref(index->fields);
    g_free(index);
}

const IcebergField *
iceberg_schema_field(const IcebergSchemaIndex *index, gint32 id)
{
    return iceberg_ids_find(index->by_id, id);
}

/* The field named by all of `name` among these siblings; a name may itself hold dots, so every
 * match is tried. */
static const IcebergField *
iceberg_find_name_among(const IcebergSchemaIndex *index, guint first, guint count, const char *name)
{
    for (guint i = first; i < first + count; i++) {
        const IcebergField *field = index->fields->pdata[i];
        const IcebergField *found;
        gsize length;

        if (!g_str_has_prefix(name, field->name))
            continue;
        length = strlen(field->name);
        if (name[length] == '\0')
            return field;
        if (name[length] != '.')
            continue;
        found = iceberg_find_name_among(index, field->first_child, field->child_count,
                                        name + length + 1);
        if (found != NULL)
            return found;
    }
    return NULL;
}

const IcebergField *
iceberg_schema_find_name(const IcebergSchemaIndex *index, const char *name)
{
    return iceberg_find_name_among(index, 0, index->top_level_count, name);
}

gboolean
iceberg_schema_only_structs_enclose(const IcebergSchemaIndex *index, const IcebergField *field)
{
    const IcebergField *parent;

    for (parent = iceberg_schema_field(index, field->parent_id); parent != NULL;
         parent = iceberg_schema_field(index, parent->parent_id)) {
        if (parent->type.kind != ICEBERG_TYPE_STRUCT)
            return FALSE;
    }
    return TRUE;
}
