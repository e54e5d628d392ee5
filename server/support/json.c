/* SPDX-License-Identifier: Apache-2.0 */
/* Looks into cJSON trees, compares them and builds them, with exact integers.
 * Reading text is json_read.c, printing json_print.c. Callers: everything that handles JSON. */
#include "skep/json.h"

#include <errno.h>
#include <string.h>

#include "skep/error.h"

/* Objects with more members than this are compared through a hash when their orders differ. */
#define JSON_HASHED_MEMBERS 16

/* A double holds every integer up to this bound. */
#define JSON_LARGEST_EXACT 999999999999999

/* cJSON by itself leaves out a member for which it finds no memory, and nobody would know. With
 * GLib's memory the process ends then, as it does everywhere else. Before main: whoever makes the
 * first tree need not think of it. */
static void __attribute__((constructor)) json_take_memory_from_glib(void)
{
    cJSON_Hooks hooks = {g_malloc, g_free};

    cJSON_InitHooks(&hooks);
}

gboolean
json_is_object(const cJSON *value)
{
    return cJSON_IsObject(value);
}

gboolean
json_is_array(const cJSON *value)
{
    return cJSON_IsArray(value);
}

gboolean
json_is_string(const cJSON *value)
{
    return cJSON_IsString(value) && value->valuestring != NULL;
}

/* Raw text may also be an embedded document (json_new_raw). */
static gboolean
json_is_raw_number(const cJSON *value)
{
    return cJSON_IsRaw(value) && !json_is_borrowed(value) && value->valuestring != NULL &&
           (value->valuestring[0] == '-' || g_ascii_isdigit(value->valuestring[0]));
}

gboolean
json_is_number(const cJSON *value)
{
    return cJSON_IsNumber(value) || json_is_raw_number(value);
}

gboolean
json_is_null(const cJSON *value)
{
    return value == NULL || cJSON_IsNull(value);
}

static gboolean
json_text_int64(const char *text, gint64 *out)
{
    const char *digits = *text == '-' ? text + 1 : text;
    char *end = NULL;
    gint64 number;

    if (!g_ascii_isdigit(*digits))
        return FALSE;
    errno = 0;
    number = g_ascii_strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0')
        return FALSE;
    *out = number;
    return TRUE;
}

gboolean
json_value_int64(const cJSON *value, gint64 *out)
{
    gint64 number;

    if (json_is_raw_number(value))
        return json_text_int64(value->valuestring, out);
    if (!cJSON_IsNumber(value) || !(value->valuedouble >= -JSON_LARGEST_EXACT) ||
        !(value->valuedouble <= JSON_LARGEST_EXACT))
        return FALSE;
    number = (gint64)value->valuedouble;
    if ((double)number != value->valuedouble)
        return FALSE;
    *out = number;
    return TRUE;
}

gboolean
json_value_int32(const cJSON *value, gint32 *out)
{
    gint64 number = 0;

    if (!json_value_int64(value, &number) || number < G_MININT32 || number > G_MAXINT32)
        return FALSE;
    *out = (gint32)number;
    return TRUE;
}

cJSON *
json_find(const cJSON *object, const char *key)
{
    if (!cJSON_IsObject(object))
        return NULL;
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

cJSON *
json_find_present(const cJSON *object, const char *key)
{
    cJSON *value = json_find(object, key);

    return json_is_null(value) ? NULL : value;
}

static gboolean
json_find_required(const cJSON *object, const char *key, cJSON **out, GError **error)
{
    cJSON *value = json_find_present(object, key);

    if (value == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Missing member: %s", key);
    *out = value;
    return TRUE;
}

static gboolean
json_fail_kind(const char *key, const char *kind, GError **error)
{
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Member %s must be %s", key, kind);
}

gboolean
json_get_string(const cJSON *object, const char *key, const char **out, GError **error)
{
    cJSON *value = NULL;

    if (!json_find_required(object, key, &value, error))
        return FALSE;
    if (!json_is_string(value))
        return json_fail_kind(key, "a string", error);
    *out = value->valuestring;
    return TRUE;
}

gboolean
json_get_int64(const cJSON *object, const char *key, gint64 *out, GError **error)
{
    cJSON *value = NULL;

    if (!json_find_required(object, key, &value, error))
        return FALSE;
    if (!json_value_int64(value, out))
        return json_fail_kind(key, "a 64-bit integer", error);
    return TRUE;
}

gboolean
json_get_int32(const cJSON *object, const char *key, gint32 *out, GError **error)
{
    cJSON *value = NULL;

    if (!json_find_required(object, key, &value, error))
        return FALSE;
    if (!json_value_int32(value, out))
        return json_fail_kind(key, "a 32-bit integer", error);
    return TRUE;
}

gboolean
json_get_bool(const cJSON *object, const char *key, gboolean *out, GError **error)
{
    cJSON *value = NULL;

    if (!json_find_required(object, key, &value, error))
        return FALSE;
    if (!cJSON_IsBool(value))
        return json_fail_kind(key, "true or false", error);
    *out = cJSON_IsTrue(value);
    return TRUE;
}

gboolean
json_get_object(const cJSON *object, const char *key, cJSON **out, GError **error)
{
    cJSON *value = NULL;

    if (!json_find_required(object, key, &value, error))
        return FALSE;
    if (!cJSON_IsObject(value))
        return json_fail_kind(key, "an object", error);
    *out = value;
    return TRUE;
}

gboolean
json_get_array(const cJSON *object, const char *key, cJSON **out, GError **error)
{
    cJSON *value = NULL;

    if (!json_find_required(object, key, &value, error))
        return FALSE;
    if (!cJSON_IsArray(value))
        return json_fail_kind(key, "an array", error);
    *out = value;
    return TRUE;
}

static gboolean
json_children_are_strings(const cJSON *value)
{
    for (const cJSON *child = value->child; child != NULL; child = child->next) {
        if (!json_is_string(child))
            return FALSE;
    }
    return TRUE;
}

gboolean
json_get_string_map(const cJSON *object, const char *key, cJSON **out, GError **error)
{
    cJSON *value = NULL;

    if (!json_get_object(object, key, &value, error))
        return FALSE;
    if (!json_children_are_strings(value))
        return json_fail_kind(key, "an object of strings", error);
    *out = value;
    return TRUE;
}

gboolean
json_get_string_array(const cJSON *object, const char *key, cJSON **out, GError **error)
{
    cJSON *value = NULL;

    if (!json_get_array(object, key, &value, error))
        return FALSE;
    if (!json_children_are_strings(value))
        return json_fail_kind(key, "an array of strings", error);
    *out = value;
    return TRUE;
}

gboolean
json_get_optional_string(const cJSON *object, const char *key, const char **out, GError **error)
{
    return json_find_present(object, key) == NULL || json_get_string(object, key, out, error);
}

gboolean
json_get_optional_int64(const cJSON *object, const char *key, gint64 *out, GError **error)
{
    return json_find_present(object, key) == NULL || json_get_int64(object, key, out, error);
}

gboolean
json_get_optional_int32(const cJSON *object, const char *key, gint32 *out, GError **error)
{
    return json_find_present(object, key) == NULL || json_get_int32(object, key, out, error);
}

gboolean
json_get_optional_bool(const cJSON *object, const char *key, gboolean *out, GError **error)
{
    return json_find_present(object, key) == NULL || json_get_bool(object, key, out, error);
}

gboolean
json_get_optional_object(const cJSON *object, const char *key, cJSON **out, GError **error)
{
    return json_find_present(object, key) == NULL || json_get_object(object, key, out, error);
}

gboolean
json_get_optional_array(const cJSON *object, const char *key, cJSON **out, GError **error)
{
    return json_find_present(object, key) == NULL || json_get_array(object, key, out, error);
}

gboolean
json_get_optional_string_map(const cJSON *object, const char *key, cJSON **out, GError **error)
{
    return json_find_present(object, key) == NULL || json_get_string_map(object, key, out, error);
}

/* ---- comparing and copying ---- */

static double
json_number_double(const cJSON *value)
{
    return cJSON_IsNumber(value) ? value->valuedouble : g_ascii_strtod(value->valuestring, NULL);
}

gboolean
json_value_double(const cJSON *value, double *out)
{
    if (!json_is_number(value))
        return FALSE;
    *out = json_number_double(value);
    return TRUE;
}

static gboolean
json_raw_is_integer(const cJSON *value)
{
    return cJSON_IsRaw(value) && strpbrk(value->valuestring, ".eE") == NULL;
}

static gboolean
json_numbers_equal(const cJSON *a, const cJSON *b)
{
    gint64 left = 0;
    gint64 right = 0;
    gboolean left_fits = json_value_int64(a, &left);
    gboolean right_fits = json_value_int64(b, &right);

    if (left_fits && right_fits)
        return left == right;
    if (cJSON_IsRaw(a) && cJSON_IsRaw(b) && strcmp(a->valuestring, b->valuestring) == 0)
        return TRUE;
    /* integers beyond 64 bits: only the digits tell */
    if (json_raw_is_integer(a) || json_raw_is_integer(b))
        return FALSE;
    return json_number_double(a) == json_number_double(b);
}

static gboolean
json_arrays_equal(const cJSON *a, const cJSON *b)
{
    const cJSON *left = a->child;
    const cJSON *right = b->child;

    for (; left != NULL && right != NULL; left = left->next, right = right->next) {
        if (!json_equal(left, right))
            return FALSE;
    }
    return left == NULL && right == NULL;
}

static GHashTable *
json_index_members(const cJSON *object)
{
    GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);

    for (cJSON *member = object->child; member != NULL; member = member->next)
        g_hash_table_insert(index, member->string, member);
    return index;
}

static gboolean
json_objects_equal(const cJSON *a, const cJSON *b)
{
    g_autoptr(GHashTable) index = NULL;
    int count = cJSON_GetArraySize(a);

    if (count != cJSON_GetArraySize(b))
        return FALSE;
    if (count > JSON_HASHED_MEMBERS)
        index = json_index_members(b);
    for (const cJSON *left = a->child; left != NULL; left = left->next) {
        const cJSON *right = index != NULL ? g_hash_table_lookup(index, left->string)
                                           : cJSON_GetObjectItemCaseSensitive(b, left->string);

        if (right == NULL || !json_equal(left, right))
            return FALSE;
    }
    return TRUE;
}

static gboolean
json_equal_read(const cJSON *a, const cJSON *b)
{
    g_autoptr(cJSON) left = json_is_borrowed(a) ? json_read_borrowed(a, NULL) : NULL;
    g_autoptr(cJSON) right = json_is_borrowed(b) ? json_read_borrowed(b, NULL) : NULL;

    return json_equal(left != NULL ? left : a, right != NULL ? right : b);
}

gboolean
json_equal(const cJSON *a, const cJSON *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (json_borrowed_same(a, b))
        return TRUE;
    if (json_is_borrowed(a) || json_is_borrowed(b))
        return json_equal_read(a, b);
    if (json_is_number(a) && json_is_number(b))
        return json_numbers_equal(a, b);
    if ((a->type & 0xFF) != (b->type & 0xFF))
        return FALSE;
    if (cJSON_IsString(a) || cJSON_IsRaw(a))
        return strcmp(a->valuestring, b->valuestring) == 0;
    if (cJSON_IsArray(a))
        return json_arrays_equal(a, b);
    if (cJSON_IsObject(a))
        return json_objects_equal(a, b);
    return TRUE;
}

/* Not cJSON's own, which would copy the text of what is borrowed up to a NUL. */
cJSON *
json_duplicate(const cJSON *value)
{
    cJSON *copy;

    if (value == NULL)
        return NULL;
    copy = cJSON_CreateNull();
    copy->type = value->type & ~cJSON_StringIsConst;
    copy->valueint = value->valueint;
    copy->valuedouble = value->valuedouble;
    copy->valuestring = json_is_borrowed(value) ? value->valuestring : g_strdup(value->valuestring);
    for (const cJSON *child = value->child; child != NULL; child = child->next) {
        cJSON *child_copy = json_duplicate(child);

        child_copy->string = g_strdup(child->string);
        cJSON_AddItemToArray(copy, child_copy);
    }
    return copy;
}

/* ---- text that is not read ---- */

cJSON *
json_new_borrowed(const char *text, gsize length, gint64 id)
{
    cJSON *borrowed = cJSON_CreateNull();

    g_assert(length <= G_MAXINT);
    borrowed->type = cJSON_Raw | cJSON_IsReference;
    borrowed->valuestring = (char *)text; /* cJSON leaves that of a reference alone */
    borrowed->valueint = (int)length;
    memcpy(&borrowed->valuedouble, &id, sizeof id); /* room for 64 bits; nobody counts with it */
    return borrowed;
}

gboolean
json_is_borrowed(const cJSON *value)
{
    return cJSON_IsRaw(value) && (value->type & cJSON_IsReference) != 0;
}

gint64
json_borrowed_id(const cJSON *borrowed)
{
    gint64 id;

    memcpy(&id, &borrowed->valuedouble, sizeof id);
    return id;
}

cJSON *
json_read_borrowed(const cJSON *borrowed, GError **error)
{
    gsize length = (gsize)borrowed->valueint;

    return json_parse(borrowed->valuestring, length, length, error);
}

gboolean
json_borrowed_same(const cJSON *a, const cJSON *b)
{
    return json_is_borrowed(a) && json_is_borrowed(b) && a->valueint == b->valueint &&
           (a->valuestring == b->valuestring ||
            memcmp(a->valuestring, b->valuestring, (gsize)a->valueint) == 0);
}

/* ---- building ---- */

cJSON *
json_new_int64(gint64 number)
{
    char text[32];

    if (number >= -JSON_LARGEST_EXACT && number <= JSON_LARGEST_EXACT)
        return cJSON_CreateNumber((double)number);
    g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, number);
    return cJSON_CreateRaw(text);
}

cJSON *
json_new_string(const char *text)
{
    return cJSON_CreateString(text);
}

cJSON *
json_new_raw(const char *text)
{
    return cJSON_CreateRaw(text);
}

void
json_object_set(cJSON *object, const char *key, cJSON *value)
{
    cJSON *present = cJSON_GetObjectItemCaseSensitive(object, key);

    if (present == NULL) {
        cJSON_AddItemToObject(object, key, value);
        return;
    }
    if (value->string != NULL)
        cJSON_free(value->string);
    value->string = g_strdup(key);
    cJSON_ReplaceItemViaPointer(object, present, value);
}

void
json_object_set_string(cJSON *object, const char *key, const char *text)
{
    json_object_set(object, key, json_new_string(text));
}

void
json_object_set_known_string(cJSON *object, const char *key, const char *text)
{
    if (text)
        json_object_set_string(object, key, text);
}

void
json_object_set_int64(cJSON *object, const char *key, gint64 number)
{
    json_object_set(object, key, json_new_int64(number));
}

void
json_object_set_bool(cJSON *object, const char *key, gboolean truth)
{
    json_object_set(object, key, cJSON_CreateBool(truth));
}

void
json_object_set_null(cJSON *object, const char *key)
{
    json_object_set(object, key, cJSON_CreateNull());
}

void
json_object_remove(cJSON *object, const char *key)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, key);
}

void
json_array_append(cJSON *array, cJSON *value)
{
    cJSON_AddItemToArray(array, value);
}

void
json_array_append_string(cJSON *array, const char *text)
{
    json_array_append(array, json_new_string(text));
}

void
json_array_append_int64(cJSON *array, gint64 number)
{
    json_array_append(array, json_new_int64(number));
}
