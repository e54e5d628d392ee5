/* SPDX-License-Identifier: Apache-2.0 */
/* A storage descriptor as canonical JSON: the same descriptor always gives the same bytes, because
 * they are what it is known by. So: members in a fixed order, map keys sorted, absent members left
 * out. Adding a member with a value that old rows do not have keeps their digests. */
#include "store/storage_descriptor.h"

#include <string.h>
#include "skep/error.h"
#include "skep/json.h"

#define BODY_BYTES_MAX (64 * 1024 * 1024)

/* ---- writing ---- */

static void
begin_member(GString *out, const char *name)
{
    g_string_append(out, out->len > 1 ? ",\"" : "\"");
    g_string_append(out, name);
    g_string_append(out, "\":");
}

static void
write_text(GString *out, const char *name, const char *text)
{
    if (text != NULL) {
        begin_member(out, name);
        json_print_append_string(text, out);
    }
}

static void
write_int(GString *out, const char *name, gint32 number)
{
    if (number != 0) {
        begin_member(out, name);
        g_string_append_printf(out, "%" G_GINT32_FORMAT, number);
    }
}

static void
write_truth(GString *out, const char *name, gboolean truth)
{
    if (truth) {
        begin_member(out, name);
        g_string_append(out, "true");
    }
}

static void
append_text_or_null(GString *out, const char *text)
{
    if (text != NULL) {
        json_print_append_string(text, out);
    } else {
        g_string_append(out, "null");
    }
}

static void
append_list(GString *out, const GPtrArray *strings)
{
    g_string_append_c(out, '[');
    for (guint i = 0; i < strings->len; i++) {
        if (i > 0) {
            g_string_append_c(out, ',');
        }
        append_text_or_null(out, g_ptr_array_index(strings, i));
    }
    g_string_append_c(out, ']');
}

static void
write_list(GString *out, const char *name, const GPtrArray *strings)
{
    if (strings != NULL && strings->len > 0) {
        begin_member(out, name);
        append_list(out, strings);
    }
}

static void
write_lists(GString *out, const char *name, const GPtrArray *lists)
{
    if (lists == NULL || lists->len == 0) {
        return;
    }
    begin_member(out, name);
    g_string_append_c(out, '[');
    for (guint i = 0; i < lists->len; i++) {
        if (i > 0) {
            g_string_append_c(out, ',');
        }
        append_list(out, g_ptr_array_index(lists, i));
    }
    g_string_append_c(out, ']');
}

static gint
compare_keys(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
write_map(GString *out, const char *name, GHashTable *map)
{
    if (map == NULL || g_hash_table_size(map) == 0) {
        return;
    }
    begin_member(out, name);
    guint count = 0;
    g_autofree gpointer *keys = g_hash_table_get_keys_as_array(map, &count);
    qsort(keys, count, sizeof *keys, compare_keys);
    g_string_append_c(out, '{');
    for (guint i = 0; i < count; i++) {
        if (i > 0) {
            g_string_append_c(out, ',');
        }
        json_print_append_string(keys[i], out);
        g_string_append_c(out, ':');
        append_text_or_null(out, g_hash_table_lookup(map, keys[i]));
    }
    g_string_append_c(out, '}');
}

/* Columns as [name, type, comment]: short, and what most of a body is. */
static void
write_columns(GString *out, const GPtrArray *columns)
{
    if (columns == NULL || columns->len == 0) {
        return;
    }
    begin_member(out, "columns");
    g_string_append_c(out, '[');
    for (guint i = 0; i < columns->len; i++) {
        const CatalogColumn *column = g_ptr_array_index(columns, i);
        g_string_append(out, i > 0 ? ",[" : "[");
        append_text_or_null(out, column->name);
        g_string_append_c(out, ',');
        append_text_or_null(out, column->type);
        if (column->comment != NULL) {
            g_string_append_c(out, ',');
            json_print_append_string(column->comment, out);
        }
        g_string_append_c(out, ']');
    }
    g_string_append_c(out, ']');
}

static void
write_sort_columns(GString *out, const GPtrArray *columns)
{
    if (columns == NULL || columns->len == 0) {
        return;
    }
    begin_member(out, "sort_columns");
    g_string_append_c(out, '[');
    for (guint i = 0; i < columns->len; i++) {
        const CatalogSortColumn *column = g_ptr_array_index(columns, i);
        g_string_append(out, i > 0 ? ",[" : "[");
        append_text_or_null(out, column->column);
        g_string_append_printf(out, ",%" G_GINT32_FORMAT "]", column->order);
    }
    g_string_append_c(out, ']');
}

char *
store_storage_encode(const CatalogStorage *storage)
{
    GString *out = g_string_sized_new(1024);
    g_string_append_c(out, '{');
    write_columns(out, storage->columns);
    write_text(out, "input_format", storage->input_format);
    write_text(out, "output_format", storage->output_format);
    write_truth(out, "compressed", storage->compressed);
    write_int(out, "bucket_count", storage->bucket_count);
    write_text(out, "serde_name", storage->serde_name);
    write_text(out, "serde_library", storage->serde_library);
    write_map(out, "serde_parameters", storage->serde_parameters);
    write_text(out, "serde_description", storage->serde_description);
    write_text(out, "serde_serializer", storage->serde_serializer);
    write_text(out, "serde_deserializer", storage->serde_deserializer);
    write_int(out, "serde_type", storage->serde_type);
    write_list(out, "bucket_columns", storage->bucket_columns);
    write_sort_columns(out, storage->sort_columns);
    write_map(out, "parameters", storage->parameters);
    write_list(out, "skewed_columns", storage->skewed_columns);
    write_lists(out, "skewed_values", storage->skewed_values);
    write_lists(out, "skewed_locations", storage->skewed_locations);
    write_truth(out, "stored_as_sub_directories", storage->stored_as_sub_directories);
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}

/* ---- reading ---- */

static const char *
text_of(const cJSON *value)
{
    return json_is_string(value) ? value->valuestring : NULL;
}

static char *
read_text(const cJSON *object, const char *name)
{
    return g_strdup(text_of(json_find(object, name)));
}

static gint32
read_int(const cJSON *object, const char *name)
{
    gint32 number = 0;
    json_value_int32(json_find(object, name), &number);
    return number;
}

static void
read_map(const cJSON *object, const char *name, GHashTable *map)
{
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, json_find(object, name))
    {
        if (json_is_string(member)) {
            catalog_map_set(map, member->string, member->valuestring);
        }
    }
}

static void
read_strings(const cJSON *array, GPtrArray *strings)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, array)
    {
        g_ptr_array_add(strings, g_strdup(text_of(item)));
    }
}

static void
read_lists(const cJSON *object, const char *name, GPtrArray *lists)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, json_find(object, name))
    {
        GPtrArray *list = catalog_strings_new();
        read_strings(item, list);
        g_ptr_array_add(lists, list);
    }
}

static void
read_columns(const cJSON *object, GPtrArray *columns)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, json_find(object, "columns"))
    {
        const cJSON *name = item->child;
        const cJSON *type = name != NULL ? name->next : NULL;
        const cJSON *comment = type != NULL ? type->next : NULL;
        g_ptr_array_add(columns,
                        catalog_column_new(text_of(name), text_of(type), text_of(comment)));
    }
}

static void
read_sort_columns(const cJSON *object, GPtrArray *columns)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, json_find(object, "sort_columns"))
    {
        const cJSON *name = item->child;
        gint32 order = 0;
        json_value_int32(name != NULL ? name->next : NULL, &order);
        g_ptr_array_add(columns, catalog_sort_column_new(text_of(name), order));
    }
}

CatalogStorage *
store_storage_decode(const char *json, gsize length, GError **error)
{
    g_autoptr(cJSON) object = json_parse_object(json, length, BODY_BYTES_MAX, NULL);
    if (object == NULL) {
        return skep_fail_null(error, SKEP_ERROR_INTERNAL, NULL,
                              "A stored storage descriptor is damaged");
    }
    CatalogStorage *storage = catalog_storage_new();
    read_columns(object, storage->columns);
    storage->input_format = read_text(object, "input_format");
    storage->output_format = read_text(object, "output_format");
    storage->compressed = cJSON_IsTrue(json_find(object, "compressed"));
    storage->bucket_count = read_int(object, "bucket_count");
    storage->serde_name = read_text(object, "serde_name");
    storage->serde_library = read_text(object, "serde_library");
    read_map(object, "serde_parameters", storage->serde_parameters);
    storage->serde_description = read_text(object, "serde_description");
    storage->serde_serializer = read_text(object, "serde_serializer");
    storage->serde_deserializer = read_text(object, "serde_deserializer");
    storage->serde_type = read_int(object, "serde_type");
    read_strings(json_find(object, "bucket_columns"), storage->bucket_columns);
    read_sort_columns(object, storage->sort_columns);
    read_map(object, "parameters", storage->parameters);
    read_strings(json_find(object, "skewed_columns"), storage->skewed_columns);
    read_lists(object, "skewed_values", storage->skewed_values);
    read_lists(object, "skewed_locations", storage->skewed_locations);
    storage->stored_as_sub_directories =
        cJSON_IsTrue(json_find(object, "stored_as_sub_directories"));
    return storage;
}
