/* SPDX-License-Identifier: Apache-2.0 */
/* See manifest_rows.h. Caller: manifest_list.c. */
#include "manifest_rows.h"

#include <string.h>

#include "support/avro_record.h"

enum { FIELDS_MAX = 256, ROW_BYTES_MAX = 1 << 24 };

gboolean
manifest_list_fail(GError **error, const char *what)
{
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Damaged manifest list: %s", what);
}

/* --- the schema --- */

static void
schema_clear(gpointer data)
{
    ManifestSchema *schema = data;
    g_clear_pointer(&schema->text, g_bytes_unref);
    if (schema->avro)
        avro_schema_decref(schema->avro);
    g_clear_pointer(&schema->tree, cJSON_Delete);
    g_free(schema->ids);
    g_free(schema->fields);
}

ManifestSchema *
manifest_schema_ref(ManifestSchema *schema)
{
    return g_atomic_rc_box_acquire(schema);
}

void
manifest_schema_unref(ManifestSchema *schema)
{
    g_atomic_rc_box_release_full(schema, schema_clear);
}

/* Takes the avro schema. */
ManifestSchema *
manifest_schema_new(GBytes *text, avro_schema_t avro, GError **error)
{
    g_autoptr(ManifestSchema) schema = g_atomic_rc_box_new0(ManifestSchema);
    gsize length;
    const char *json = g_bytes_get_data(text, &length);
    cJSON *fields = NULL, *field;
    guint place = 0;

    schema->text = g_bytes_ref(text);
    schema->avro = avro;
    schema->tree = json_parse_object(json, length, length, error);
    if (!schema->tree || !json_get_array(schema->tree, "fields", &fields, error))
        return NULL;
    schema->count = (guint)avro_schema_record_size(avro);
    if (schema->count > FIELDS_MAX || schema->count != (guint)cJSON_GetArraySize(fields)) {
        manifest_list_fail(error, "its schema has too many members");
        return NULL;
    }
    schema->ids = g_new(gint32, schema->count);
    schema->fields = g_new0(const cJSON *, schema->count);
    cJSON_ArrayForEach(field, fields)
    {
        schema->ids[place] = -1;
        json_value_int32(json_find(field, "field-id"), &schema->ids[place]);
        schema->fields[place++] = field;
    }
    return g_steal_pointer(&schema);
}

avro_schema_t
manifest_schema_type(const ManifestSchema *schema, guint place)
{
    return avro_schema_record_field_get_by_index(schema->avro, (int)place);
}

const char *
manifest_schema_name(const ManifestSchema *schema, guint place)
{
    return avro_schema_record_field_name(schema->avro, (int)place);
}

/* -1: there is none. */
gint
manifest_schema_find_id(const ManifestSchema *schema, gint32 id)
{
    for (guint i = 0; i < schema->count; i++)
        if (schema->ids[i] == id)
            return (gint)i;
    return -1;
}

/* The member of `schema` that is member `place` of `other`. */
static gint
schema_find_same(const ManifestSchema *schema, const ManifestSchema *other, guint place)
{
    gint found = other->ids[place] >= 0 ? manifest_schema_find_id(schema, other->ids[place]) : -1;
    for (guint i = 0; found < 0 && i < schema->count; i++)
        if ((schema->ids[i] < 0 || other->ids[place] < 0) &&
            strcmp(manifest_schema_name(schema, i), manifest_schema_name(other, place)) == 0)
            found = (gint)i;
    return found;
}

/* The place of null among a union's branches; -1: it is no union, or has none. */
static gint
type_null_branch(avro_schema_t type)
{
    if (avro_typeof(type) != AVRO_UNION)
        return -1;
    for (size_t i = 0; i < avro_schema_union_size(type); i++)
        if (avro_typeof(avro_schema_union_branch(type, (int)i)) == AVRO_NULL)
            return (gint)i;
    return -1;
}

/* A member as rows that lack it can have it: null. */
static cJSON *
field_made_optional(const ManifestSchema *schema, guint place)
{
    cJSON *field = json_duplicate(schema->fields[place]);
    if (type_null_branch(manifest_schema_type(schema, place)) < 0) {
        cJSON *either = cJSON_CreateArray();
        json_array_append_string(either, "null");
        json_array_append(either, json_duplicate(json_find(field, "type")));
        json_object_set(field, "type", either);
        json_object_remove(field, "default");
    }
    return field;
}

/* `schema` and the members that only `other` has; a reference to `schema` when there are none. */
ManifestSchema *
manifest_schema_extend(ManifestSchema *schema, const ManifestSchema *other, GError **error)
{
    g_autoptr(cJSON) tree = NULL;
    avro_schema_t avro;

    if (g_bytes_equal(schema->text, other->text))
        return manifest_schema_ref(schema);
    for (guint i = 0; i < other->count; i++) {
        if (schema_find_same(schema, other, i) >= 0)
            continue;
        if (!tree)
            tree = json_duplicate(schema->tree);
        json_array_append(json_find(tree, "fields"), field_made_optional(other, i));
    }
    if (!tree)
        return manifest_schema_ref(schema);
    char *json = json_print_compact(tree);
    g_autoptr(GBytes) text = g_bytes_new_take(json, strlen(json));
    if (avro_schema_from_json_length(json, strlen(json), &avro) != 0) {
        iceberg_append_fail(error, "the members of the manifest lists do not go together");
        return NULL;
    }
    return manifest_schema_new(text, avro, error);
}

/* --- rows --- */

static void
row_clear(gpointer data)
{
    ManifestRow *row = data;
    g_free(row->path);
    g_bytes_unref(row->bytes);
    g_free(row->ends);
}

void
manifest_row_unref(gpointer row)
{
    g_atomic_rc_box_release_full(row, row_clear);
}

/* Borrowed. */
const guint8 *
manifest_row_member(const ManifestRow *row, guint place, gsize *out_length)
{
    guint32 start = place == 0 ? 0 : row->ends[place - 1];
    *out_length = row->ends[place] - start;
    return (const guint8 *)g_bytes_get_data(row->bytes, NULL) + start;
}

/* The bytes of a member within its union, and their type; NULL: it is null. */
static const guint8 *
member_open(avro_schema_t type, const guint8 *bytes, gsize *length, avro_schema_t *out_type)
{
    gsize cursor = 0;
    gint64 branch;

    *out_type = type;
    if (avro_typeof(type) == AVRO_NULL)
        return NULL;
    if (avro_typeof(type) != AVRO_UNION)
        return bytes;
    if (!avro_bytes_read_long(bytes, *length, &cursor, &branch))
        return NULL;
    *out_type = avro_schema_union_branch(type, (int)branch);
    *length -= cursor;
    return avro_typeof(*out_type) == AVRO_NULL ? NULL : bytes + cursor;
}

/* FALSE: absent, null, or no integer. */
gboolean
manifest_row_number(const ManifestSchema *schema, const ManifestRow *row, gint32 id, gint64 *out)
{
    gint place = manifest_schema_find_id(schema, id);
    gsize length, cursor = 0;
    avro_schema_t type;
    const guint8 *bytes;

    if (place < 0)
        return FALSE;
    bytes = manifest_row_member(row, (guint)place, &length);
    bytes = member_open(manifest_schema_type(schema, (guint)place), bytes, &length, &type);
    return bytes && avro_is_integer(type) && avro_bytes_read_long(bytes, length, &cursor, out);
}

static char *
row_read_path(const ManifestSchema *schema, const ManifestRow *row, GError **error)
{
    gint place = manifest_schema_find_id(schema, FIELD_PATH);
    gsize length, cursor = 0;
    gint64 counted;
    avro_schema_t type;
    const guint8 *bytes = NULL;

    if (place >= 0) {
        bytes = manifest_row_member(row, (guint)place, &length);
        bytes = member_open(manifest_schema_type(schema, (guint)place), bytes, &length, &type);
    }
    if (!bytes || avro_typeof(type) != AVRO_STRING ||
        !avro_bytes_read_long(bytes, length, &cursor, &counted)) {
        manifest_list_fail(error, "a row has no manifest_path");
        return NULL;
    }
    return g_strndup((const char *)bytes + cursor, (gsize)counted);
}

void
manifest_row_builder_init(ManifestRowBuilder *builder, const ManifestSchema *schema)
{
    *builder = (ManifestRowBuilder){g_byte_array_new(), g_new0(guint32, schema->count), 0};
}

void
manifest_row_builder_end_member(ManifestRowBuilder *builder)
{
    builder->ends[builder->count++] = builder->bytes->len;
}

ManifestRow *
manifest_row_builder_end(ManifestRowBuilder *builder, const char *path)
{
    ManifestRow *row = g_atomic_rc_box_new0(ManifestRow);
    row->path = g_strdup(path);
    row->bytes = g_byte_array_free_to_bytes(g_steal_pointer(&builder->bytes));
    row->ends = g_steal_pointer(&builder->ends);
    return row;
}

void
manifest_row_builder_clear(ManifestRowBuilder *builder)
{
    g_clear_pointer(&builder->bytes, g_byte_array_unref);
    g_clear_pointer(&builder->ends, g_free);
}

/* --- a row in another schema --- */

/* Appends a present value to a member of type `to`. FALSE: that cannot hold it. */
static gboolean
append_value(
    GByteArray *out, avro_schema_t to, avro_schema_t type, const guint8 *bytes, gsize length)
{
    if (avro_typeof(to) == AVRO_UNION) {
        for (size_t i = 0; i < avro_schema_union_size(to); i++) {
            avro_schema_t branch = avro_schema_union_branch(to, (int)i);
            if (avro_schema_equal(branch, type) ||
                (avro_is_integer(branch) && avro_is_integer(type))) {
                avro_bytes_append_long(out, (gint64)i);
                g_byte_array_append(out, bytes, (guint)length);
                return TRUE;
            }
        }
        return FALSE;
    }
    if (!avro_schema_equal(to, type) && !(avro_is_integer(to) && avro_is_integer(type)))
        return FALSE;
    g_byte_array_append(out, bytes, (guint)length);
    return TRUE;
}

/* What a row that has no such member means: null, or for rows of version 1 the numbers that the
 * specification says. */
static gboolean
append_absent(GByteArray *out, avro_schema_t to, gint32 id)
{
    gint branch = type_null_branch(to);
    if (branch >= 0) {
        avro_bytes_append_long(out, branch);
        return TRUE;
    }
    if (!avro_is_integer(to) ||
        (id != FIELD_CONTENT && id != FIELD_SEQUENCE_NUMBER && id != FIELD_MIN_SEQUENCE_NUMBER))
        return FALSE;
    avro_bytes_append_long(out, 0);
    return TRUE;
}

static gboolean
append_member(ManifestRowBuilder *builder,
              const ManifestSchema *to,
              const ManifestSchema *from,
              const ManifestRow *row,
              GError **error)
{
    guint place = builder->count;
    gint source = schema_find_same(from, to, place);
    avro_schema_t wanted = manifest_schema_type(to, place), type;
    const guint8 *bytes = NULL;
    gsize length = 0;

    if (source >= 0) {
        bytes = manifest_row_member(row, (guint)source, &length);
        bytes = member_open(manifest_schema_type(from, (guint)source), bytes, &length, &type);
    }
    if (bytes ? !append_value(builder->bytes, wanted, type, bytes, length)
              : !append_absent(builder->bytes, wanted, to->ids[place]))
        return iceberg_append_fail(error, "%s of %s has another type than in the present list",
                                   manifest_schema_name(to, place), row->path);
    manifest_row_builder_end_member(builder);
    return TRUE;
}

/* The row in the schema `to`, which has all members of `from`. A reference to it when they are the
 * same. */
ManifestRow *
manifest_row_project(const ManifestSchema *to,
                     const ManifestSchema *from,
                     ManifestRow *row,
                     GError **error)
{
    g_auto(ManifestRowBuilder) builder = {0};

    if (to == from || g_bytes_equal(to->text, from->text))
        return g_atomic_rc_box_acquire(row);
    manifest_row_builder_init(&builder, to);
    while (builder.count < to->count)
        if (!append_member(&builder, to, from, row, error))
            return NULL;
    return manifest_row_builder_end(&builder, row->path);
}

/* --- a row out of a file --- */

/* Cuts the next record into its members. */
gboolean
manifest_row_cut(const ManifestSchema *schema,
                 const guint8 *bytes,
                 gsize left,
                 ManifestRow **out_row,
                 GError **error)
{
    g_auto(ManifestRowBuilder) builder;
    gsize cursor = 0;
    ManifestRow *row;

    left = MIN(left, ROW_BYTES_MAX);
    manifest_row_builder_init(&builder, schema);
    while (builder.count < schema->count) {
        gsize start = cursor;
        if (!avro_bytes_skip(manifest_schema_type(schema, builder.count), bytes, left, &cursor))
            return manifest_list_fail(error, "a row ends early");
        g_byte_array_append(builder.bytes, bytes + start, (guint)(cursor - start));
        manifest_row_builder_end_member(&builder);
    }
    row = manifest_row_builder_end(&builder, NULL);
    row->path = row_read_path(schema, row, error);
    if (!row->path) {
        manifest_row_unref(row);
        return FALSE;
    }
    *out_row = row;
    return TRUE;
}
