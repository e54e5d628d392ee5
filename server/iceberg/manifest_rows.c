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

void
manifest_row_unref(gpointer row)
{
    g_atomic_rc_box_release(row);
}

guint
manifest_row_hash(gconstpointer row)
{
    return ((const ManifestRow *)row)->hash;
}

gboolean
manifest_row_equal(gconstpointer a, gconstpointer b)
{
    const ManifestRow *left = a, *right = b;
    return left->path_length == right->path_length &&
           memcmp(left->path, right->path, left->path_length) == 0;
}

/* Paths are long, alike, and hashed for each row of each list: eight bytes at a time. */
static guint
hash_path(const char *path, gsize length)
{
    guint64 hash = length, word;
    for (; length > 0; path += sizeof word, length -= sizeof word) {
        gsize taken = MIN(length, sizeof word);
        word = 0;
        memcpy(&word, path, taken);
        hash = (hash ^ word) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
        if (taken < sizeof word)
            break;
    }
    return (guint)hash;
}

static const guint8 *
cut_member(const guint8 *bytes, const guint32 *ends, guint place, gsize *out_length)
{
    guint32 start = place == 0 ? 0 : ends[place - 1];
    *out_length = ends[place] - start;
    return bytes + start;
}

const guint8 *
manifest_row_member(const ManifestRow *row, guint place, gsize *out_length)
{
    return cut_member(row->bytes, row->ends, place, out_length);
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

/* Fills the path of a row that has its bytes. */
static gboolean
row_find_path(ManifestRow *row, const ManifestSchema *schema, const guint32 *ends, GError **error)
{
    gint place = manifest_schema_find_id(schema, FIELD_PATH);
    gsize length, cursor = 0;
    gint64 counted;
    avro_schema_t type;
    const guint8 *bytes = NULL;

    if (place >= 0) {
        bytes = cut_member(row->bytes, ends, (guint)place, &length);
        bytes = member_open(manifest_schema_type(schema, (guint)place), bytes, &length, &type);
    }
    if (!bytes || avro_typeof(type) != AVRO_STRING ||
        !avro_bytes_read_long(bytes, length, &cursor, &counted))
        return manifest_list_fail(error, "a row has no manifest_path");
    row->path = (const char *)bytes + cursor;
    row->path_length = (guint32)counted;
    row->hash = hash_path(row->path, row->path_length);
    return TRUE;
}

static ManifestRow *
row_new(const ManifestSchema *schema, const guint32 *ends, const guint8 *bytes, GError **error)
{
    gsize ends_size = schema->count * sizeof *ends, length = ends[schema->count - 1];
    ManifestRow *row = g_atomic_rc_box_alloc(sizeof *row + ends_size + length);
    guint8 *copy = (guint8 *)row + sizeof *row + ends_size;

    memcpy(row->ends, ends, ends_size);
    memcpy(copy, bytes, length);
    row->bytes = copy;
    row->length = (guint32)length;
    if (row_find_path(row, schema, row->ends, error))
        return row;
    manifest_row_unref(row);
    return NULL;
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
manifest_row_builder_end(const ManifestRowBuilder *builder,
                         const ManifestSchema *schema,
                         GError **error)
{
    return row_new(schema, builder->ends, builder->bytes->data, error);
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
        return iceberg_append_fail(error, "%s of %.*s has another type than in the present list",
                                   manifest_schema_name(to, place), MANIFEST_ROW_PATH(row));
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
    return manifest_row_builder_end(&builder, to, error);
}

/* --- a row out of a file --- */

/* One of `known` that has these bytes, or NULL. `key` is a row in all but its ends. */
static ManifestRow *
find_known(GHashTable *known, const ManifestRow *key)
{
    ManifestRow *row = known ? g_hash_table_lookup(known, key) : NULL;

    return row && row->length == key->length && memcmp(row->bytes, key->bytes, row->length) == 0
               ? row
               : NULL;
}

gboolean
manifest_row_cut(const ManifestSchema *schema,
                 GHashTable *known,
                 const guint8 *bytes,
                 gsize left,
                 ManifestRow **out_row,
                 GError **error)
{
    guint32 ends[FIELDS_MAX];
    ManifestRow key = {.bytes = bytes}, *found;
    gsize cursor = 0;

    left = MIN(left, ROW_BYTES_MAX);
    for (guint i = 0; i < schema->count; i++) {
        if (!avro_bytes_skip(manifest_schema_type(schema, i), bytes, left, &cursor))
            return manifest_list_fail(error, "a row ends early");
        ends[i] = (guint32)cursor;
    }
    key.length = (guint32)cursor;
    if (!row_find_path(&key, schema, ends, error))
        return FALSE;
    found = find_known(known, &key);
    *out_row = found ? g_atomic_rc_box_acquire(found) : row_new(schema, ends, bytes, error);
    return *out_row != NULL;
}
