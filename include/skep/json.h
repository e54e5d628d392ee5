/* SPDX-License-Identifier: Apache-2.0 */
/* JSON with exact numbers. cJSON holds every number as a double, which corrupts 64-bit ids; this
 * module reads text into cJSON trees in which a number that a double would not print back digit for
 * digit is kept as its own text (cJSON_Raw), and offers getters, setters, comparison and printing
 * that know this. Everywhere in Skep: read with json_parse, look up with json_find or json_get_*,
 * print with json_print_*; never call cJSON_Parse*, cJSON_Print*, cJSON_Compare, cJSON_IsNumber,
 * cJSON_GetNumberValue, nor cJSON_GetObjectItem (it ignores case).
 *
 * Ownership: a tree is freed as a whole by its root (g_autoptr(cJSON)); what getters hand out
 * belongs to the tree. Facts raised: INVALID_ARGUMENT for wrong text and wrong members, TOO_LARGE
 * for a passed bound. Threads: a tree that nobody changes may be read by many threads; there is no
 * shared state. */
#pragma once

#include <glib.h>
#include <cjson/cJSON.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cJSON, cJSON_Delete)

#define JSON_MAX_DEPTH  512
#define JSON_MAX_VALUES (8 * 1024 * 1024)

/* ---- reading ---- */

/* Reads one JSON value; `text` need not end in NUL. Refused: more than max_bytes bytes,
 * JSON_MAX_DEPTH levels or JSON_MAX_VALUES values (TOO_LARGE); anything outside RFC 8259, invalid
 * UTF-8, lone surrogates, U+0000 in strings, a member named twice in one object, and bytes after
 * the value (INVALID_ARGUMENT, with the byte offset in the text). */
cJSON *json_parse(const char *text, gsize length, gsize max_bytes, GError **error);

/* json_parse, and the value must be an object. */
cJSON *json_parse_object(const char *text, gsize length, gsize max_bytes, GError **error);

/* The same for a client's request: of a member named twice the later value counts, in the place of
 * the earlier one, as other servers' readers have it (DuckDB 1.4 writes "type" twice into nested
 * types). Not for text that is handed on as it is: its readers may differ in which one they take.
 */
cJSON *json_parse_sent_object(const char *text, gsize length, gsize max_bytes, GError **error);

/* ---- printing, copying, comparing ---- */

/* Text without white space, numbers with the digits they were read with. Linear in its length.
 * g_free. */
char *json_print_compact(const cJSON *value);

/* The same, appended. */
void json_print_append(const cJSON *value, GString *out);

/* Takes a piece of a printed text; FALSE with *error ends the printing. */
typedef gboolean (*JsonSink)(const void *bytes, gsize length, gpointer data, GError **error);
/* json_print_compact in pieces, which are small unless one element of an array in an object is
 * large: the text is nowhere as a whole. */
gboolean json_print_pieces(const cJSON *value, JsonSink sink, gpointer data, GError **error);

/* Appends `text` (UTF-8) as a JSON string, quotes included. */
void json_print_append_string(const char *text, GString *out);

/* A deep copy of `value` alone: not of its siblings, and without its member name. */
cJSON *json_duplicate(const cJSON *value);

/* Equal as JSON: the order of members does not matter, the order of elements does, integers are
 * compared exactly, however they are held. Two NULLs are equal. */
gboolean json_equal(const cJSON *a, const cJSON *b);

/* ---- questions about one value (NULL is none of these) ---- */

gboolean json_is_object(const cJSON *value);
gboolean json_is_array(const cJSON *value);
gboolean json_is_string(const cJSON *value);
gboolean json_is_number(const cJSON *value);
gboolean json_is_null(const cJSON *value); /* JSON null, or NULL */

/* TRUE and *out set when `value` is a number written as an integer (no fraction, no exponent) in
 * range. */
gboolean json_value_int64(const cJSON *value, gint64 *out);
gboolean json_value_int32(const cJSON *value, gint32 *out);
/* TRUE and *out set when it is a number: the double nearest to it. */
gboolean json_value_double(const cJSON *value, double *out);

/* ---- members of an object ---- */

/* The member of that exact name, or NULL; a member that is JSON null is returned as such. `object`
 * may be NULL or another kind of value: then NULL. */
cJSON *json_find(const cJSON *object, const char *key);

/* The member of that name, or NULL when it is absent or JSON null. */
cJSON *json_find_present(const cJSON *object, const char *key);

/* Required members: FALSE, with a text that names the member, when it is absent, null, of another
 * kind or (for integers) written as a fraction or out of range. */
gboolean json_get_string(const cJSON *object, const char *key, const char **out, GError **error);
gboolean json_get_int64(const cJSON *object, const char *key, gint64 *out, GError **error);
gboolean json_get_int32(const cJSON *object, const char *key, gint32 *out, GError **error);
gboolean json_get_bool(const cJSON *object, const char *key, gboolean *out, GError **error);
gboolean json_get_object(const cJSON *object, const char *key, cJSON **out, GError **error);
gboolean json_get_array(const cJSON *object, const char *key, cJSON **out, GError **error);
/* An object whose values are all strings. */
gboolean json_get_string_map(const cJSON *object, const char *key, cJSON **out, GError **error);
/* An array whose elements are all strings. */
gboolean json_get_string_array(const cJSON *object, const char *key, cJSON **out, GError **error);

/* Optional members: absent or null is TRUE with *out untouched (set your default before); of the
 * wrong kind is FALSE as above. */
gboolean
json_get_optional_string(const cJSON *object, const char *key, const char **out, GError **error);
gboolean json_get_optional_int64(const cJSON *object, const char *key, gint64 *out, GError **error);
gboolean json_get_optional_int32(const cJSON *object, const char *key, gint32 *out, GError **error);
gboolean
json_get_optional_bool(const cJSON *object, const char *key, gboolean *out, GError **error);
gboolean
json_get_optional_object(const cJSON *object, const char *key, cJSON **out, GError **error);
gboolean json_get_optional_array(const cJSON *object, const char *key, cJSON **out, GError **error);
gboolean
json_get_optional_string_map(const cJSON *object, const char *key, cJSON **out, GError **error);

/* ---- building ---- */

cJSON *json_new_int64(gint64 number);
cJSON *json_new_string(const char *text);

/* A node that prints as `text`, which must be one whole, valid JSON value (a stored document to be
 * embedded unparsed). Copies. */
cJSON *json_new_raw(const char *text);

/* A node that prints as `text`, which must be one whole, valid JSON value, and stay where it is as
 * long as the node and its copies; it need not end in NUL. It is neither an object nor a number nor
 * anything else before it is read. `id`: what the caller knows it by. */
cJSON *json_new_borrowed(const char *text, gsize length, gint64 id);
gboolean json_is_borrowed(const cJSON *value);
gint64 json_borrowed_id(const cJSON *borrowed);
/* What it stands for. Transfer full. */
cJSON *json_read_borrowed(const cJSON *borrowed, GError **error);
/* Are both borrowed, and of the same text? */
gboolean json_borrowed_same(const cJSON *a, const cJSON *b);

/* Sets a member: replaces one of that name in its place, else appends. Takes `value` (transfer
 * full) and copies the key. `value` must not be NULL. */
void json_object_set(cJSON *object, const char *key, cJSON *value);
void json_object_set_string(cJSON *object, const char *key, const char *text);
/* The same; nothing when `text` is NULL. */
void json_object_set_known_string(cJSON *object, const char *key, const char *text);
void json_object_set_int64(cJSON *object, const char *key, gint64 number);
void json_object_set_bool(cJSON *object, const char *key, gboolean truth);
void json_object_set_null(cJSON *object, const char *key);

/* Removes and frees a member; no effect when there is none. */
void json_object_remove(cJSON *object, const char *key);

/* Appends in constant time. Takes `value` (transfer full). */
void json_array_append(cJSON *array, cJSON *value);
void json_array_append_string(cJSON *array, const char *text);
void json_array_append_int64(cJSON *array, gint64 number);
