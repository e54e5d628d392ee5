/* SPDX-License-Identifier: Apache-2.0 */
/* Reads JSON text into cJSON trees: bounded, strict, and with numbers that survive being printed
 * again. Not here: looking values up (json.c) and printing (json_print.c). Callers: whoever
 * receives or loads JSON. */
#include "skep/json.h"

#include <stdio.h>
#include <string.h>

#include "skep/error.h"

/* An object with more members than this gets a hash of its names, so that looking for duplicates
 * stays linear. */
#define JSON_HASHED_MEMBERS 16

/* Integers of up to this many digits are exact in a double, and cJSON prints them as they were. */
#define JSON_EXACT_DIGITS 15

typedef struct {
    const char *start;
    const char *at;
    const char *end;
    int depth;
    gsize values;
    gboolean last_wins; /* a member named twice has the later value, and is no error */
    GError **error;
} JsonReader;

static gboolean json_read_value(JsonReader *reader, cJSON **out);

static gboolean
json_read_fail(JsonReader *reader, const char *problem)
{
    return skep_fail(reader->error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "Malformed JSON at byte %" G_GSIZE_FORMAT ": %s",
                     (gsize)(reader->at - reader->start), problem);
}

static void
json_skip_space(JsonReader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\n' ||
                                        *reader->at == '\r' || *reader->at == '\t'))
        reader->at++;
}

static gboolean
json_next_is(const JsonReader *reader, char c)
{
    return reader->at < reader->end && *reader->at == c;
}

static gboolean
json_read_hex4(JsonReader *reader, guint *out)
{
    guint value = 0;

    if (reader->end - reader->at < 4)
        return json_read_fail(reader, "\\u needs four hexadecimal digits");
    for (int i = 0; i < 4; i++) {
        int digit = g_ascii_xdigit_value(reader->at[i]);

        if (digit < 0)
            return json_read_fail(reader, "\\u needs four hexadecimal digits");
        value = value * 16 + (guint)digit;
    }
    reader->at += 4;
    *out = value;
    return TRUE;
}

/* Reads what follows "\u" and appends the character; the cursor stands behind the u. */
static gboolean
json_read_unicode_escape(JsonReader *reader, char **to)
{
    guint unit = 0;
    guint low = 0;

    if (!json_read_hex4(reader, &unit))
        return FALSE;
    if (unit == 0)
        return json_read_fail(reader, "U+0000 is not allowed in strings");
    if (unit >= 0xDC00 && unit <= 0xDFFF)
        return json_read_fail(reader, "a low surrogate without a high one");
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        if (reader->end - reader->at < 2 || reader->at[0] != '\\' || reader->at[1] != 'u')
            return json_read_fail(reader, "a high surrogate without a low one");
        reader->at += 2;
        if (!json_read_hex4(reader, &low))
            return FALSE;
        if (low < 0xDC00 || low > 0xDFFF)
            return json_read_fail(reader, "a high surrogate without a low one");
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    *to += g_unichar_to_utf8(unit, *to);
    return TRUE;
}

static gboolean
json_read_escape(JsonReader *reader, char **to)
{
    static const char from[] = "\"\\/bfnrt";
    static const char into[] = "\"\\/\b\f\n\r\t";
    const char *found;

    reader->at++;
    if (reader->at >= reader->end)
        return json_read_fail(reader, "a string without an end");
    if (*reader->at == 'u') {
        reader->at++;
        return json_read_unicode_escape(reader, to);
    }
    found = *reader->at == '\0' ? NULL : strchr(from, *reader->at);
    if (found == NULL)
        return json_read_fail(reader, "an unknown escape in a string");
    *(*to)++ = into[found - from];
    reader->at++;
    return TRUE;
}

/* The byte after the string's content (its closing quote), or NULL. Escapes only shrink, so the
 * distance is enough room for the content. */
static const char *
json_string_end(const JsonReader *reader)
{
    for (const char *p = reader->at; p < reader->end; p++) {
        if (*p == '"')
            return p;
        if (*p == '\\')
            p++;
    }
    return NULL;
}

/* Nearly every string: nothing in it but its own characters. The cursor stands behind the opening
 * quote. */
static gboolean
json_read_plain_string(JsonReader *reader, char **out)
{
    const char *p = reader->at;

    while (p < reader->end && *p != '"' && *p != '\\' && (guchar)*p >= 0x20)
        p++;
    if (p >= reader->end || *p != '"')
        return FALSE;
    *out = g_strndup(reader->at, (gsize)(p - reader->at));
    reader->at = p + 1;
    return TRUE;
}

/* The cursor stands on the opening quote. *out is malloc'ed, as cJSON wants it. */
static gboolean
json_read_string(JsonReader *reader, char **out)
{
    g_autofree char *text = NULL;
    const char *close;
    char *to;

    reader->at++;
    if (json_read_plain_string(reader, out))
        return TRUE;
    close = json_string_end(reader);
    if (close == NULL)
        return json_read_fail(reader, "a string without an end");
    text = g_malloc((gsize)(close - reader->at) + 1);
    to = text;
    while (reader->at < close) {
        if (*reader->at == '\\') {
            if (!json_read_escape(reader, &to))
                return FALSE;
        } else if ((guchar)*reader->at < 0x20) {
            return json_read_fail(reader, "a control character in a string");
        } else {
            *to++ = *reader->at++;
        }
    }
    *to = '\0';
    reader->at = close + 1;
    *out = g_steal_pointer(&text);
    return TRUE;
}

static const char *
json_skip_digits(const char *p, const char *end)
{
    while (p < end && g_ascii_isdigit(*p))
        p++;
    return p;
}

/* Moves the cursor over one number; *out_integer says that it has neither fraction nor exponent. */
static gboolean
json_scan_number(JsonReader *reader, gboolean *out_integer)
{
    const char *p = reader->at;
    const char *digits;

    if (p < reader->end && *p == '-')
        p++;
    digits = p;
    p = json_skip_digits(p, reader->end);
    if (p == digits || (*digits == '0' && p > digits + 1))
        return json_read_fail(reader, "not a number");
    *out_integer = TRUE;
    if (p < reader->end && *p == '.') {
        *out_integer = FALSE;
        digits = ++p;
        p = json_skip_digits(p, reader->end);
        if (p == digits)
            return json_read_fail(reader, "a number with an empty fraction");
    }
    if (p < reader->end && (*p == 'e' || *p == 'E')) {
        *out_integer = FALSE;
        p++;
        if (p < reader->end && (*p == '+' || *p == '-'))
            p++;
        digits = p;
        p = json_skip_digits(p, reader->end);
        if (p == digits)
            return json_read_fail(reader, "a number with an empty exponent");
    }
    reader->at = p;
    return TRUE;
}

/* TRUE when cJSON, given the double, prints exactly this text. */
static gboolean
json_double_prints_as(double number, const char *text, gsize length)
{
    char printed[64];

    g_ascii_formatd(printed, sizeof(printed), "%1.15g", number);
    return strlen(printed) == length && memcmp(printed, text, length) == 0;
}

/* A double counts exactly as far as JSON_EXACT_DIGITS. */
static double
json_short_integer(const char *text, gsize length)
{
    gboolean negative = *text == '-';
    double number = 0;

    for (gsize i = negative ? 1 : 0; i < length; i++)
        number = number * 10 + (text[i] - '0');
    return negative ? -number : number;
}

static gboolean
json_read_number(JsonReader *reader, cJSON **out)
{
    const char *text = reader->at;
    gboolean integer = FALSE;
    gsize length;
    g_autofree char *copy = NULL;
    double number;

    if (!json_scan_number(reader, &integer))
        return FALSE;
    length = (gsize)(reader->at - text);
    /* "-0" prints as "0" in some versions of cJSON */
    if (integer && length <= JSON_EXACT_DIGITS && !(length == 2 && memcmp(text, "-0", 2) == 0)) {
        *out = cJSON_CreateNumber(json_short_integer(text, length));
        return TRUE;
    }
    copy = g_strndup(text, length);
    number = g_ascii_strtod(copy, NULL);
    if (!integer && length <= JSON_EXACT_DIGITS && json_double_prints_as(number, text, length))
        *out = cJSON_CreateNumber(number);
    else
        *out = cJSON_CreateRaw(copy);
    return TRUE;
}

static gboolean
json_read_literal(JsonReader *reader, const char *word, cJSON *value, cJSON **out)
{
    gsize length = strlen(word);

    if ((gsize)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0) {
        cJSON_Delete(value);
        return json_read_fail(reader, "a value was expected");
    }
    reader->at += length;
    *out = value;
    return TRUE;
}

static gboolean
json_enter(JsonReader *reader)
{
    reader->at++;
    if (++reader->depth > JSON_MAX_DEPTH)
        return skep_fail(reader->error, SKEP_ERROR_TOO_LARGE, NULL,
                         "JSON is nested deeper than %d levels", JSON_MAX_DEPTH);
    json_skip_space(reader);
    return TRUE;
}

/* After an element: TRUE with *out_more when a comma came, TRUE without when `close` came. */
static gboolean
json_read_separator(JsonReader *reader, char close, gboolean *out_more)
{
    json_skip_space(reader);
    if (json_next_is(reader, ',')) {
        reader->at++;
        json_skip_space(reader);
        *out_more = TRUE;
        return TRUE;
    }
    if (json_next_is(reader, close)) {
        reader->at++;
        reader->depth--;
        *out_more = FALSE;
        return TRUE;
    }
    return json_read_fail(reader,
                          close == ']' ? "',' or ']' was expected" : "',' or '}' was expected");
}

static gboolean
json_read_array(JsonReader *reader, cJSON **out)
{
    g_autoptr(cJSON) array = cJSON_CreateArray();
    gboolean more = TRUE;

    if (!json_enter(reader))
        return FALSE;
    if (json_next_is(reader, ']')) {
        reader->at++;
        reader->depth--;
        more = FALSE;
    }
    while (more) {
        cJSON *element = NULL;

        if (!json_read_value(reader, &element))
            return FALSE;
        cJSON_AddItemToArray(array, element);
        if (!json_read_separator(reader, ']', &more))
            return FALSE;
    }
    *out = g_steal_pointer(&array);
    return TRUE;
}

/* The member of that name that the object has already, or NULL. `names` is made once the object is
 * long. */
static cJSON *
json_earlier_member(const cJSON *object, const char *name, int count, GHashTable **names)
{
    if (*names == NULL && count < JSON_HASHED_MEMBERS)
        return cJSON_GetObjectItemCaseSensitive(object, name);
    if (*names == NULL) {
        *names = g_hash_table_new(g_str_hash, g_str_equal);
        for (cJSON *member = object->child; member != NULL; member = member->next)
            g_hash_table_insert(*names, member->string, member);
    }
    return g_hash_table_lookup(*names, name);
}

static gboolean
json_read_member(JsonReader *reader, cJSON *object, int count, GHashTable **names)
{
    g_autofree char *name = NULL;
    cJSON *value = NULL;
    cJSON *earlier;

    if (!json_next_is(reader, '"'))
        return json_read_fail(reader, "a member name was expected");
    if (!json_read_string(reader, &name))
        return FALSE;
    earlier = json_earlier_member(object, name, count, names);
    if (earlier != NULL && !reader->last_wins)
        return skep_fail(reader->error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Malformed JSON: member '%s' appears twice in one object", name);
    json_skip_space(reader);
    if (!json_next_is(reader, ':'))
        return json_read_fail(reader, "':' was expected");
    reader->at++;
    json_skip_space(reader);
    if (!json_read_value(reader, &value))
        return FALSE;
    /* the name is handed over as it is: cJSON's own call would copy it */
    value->string = g_steal_pointer(&name);
    if (*names != NULL)
        g_hash_table_replace(*names, value->string, value);
    if (earlier != NULL)
        cJSON_ReplaceItemViaPointer(object, earlier, value);
    else
        cJSON_AddItemToArray(object, value);
    return TRUE;
}

static gboolean
json_read_object(JsonReader *reader, cJSON **out)
{
    g_autoptr(cJSON) object = cJSON_CreateObject();
    g_autoptr(GHashTable) names = NULL;
    gboolean more = TRUE;

    if (!json_enter(reader))
        return FALSE;
    if (json_next_is(reader, '}')) {
        reader->at++;
        reader->depth--;
        more = FALSE;
    }
    for (int count = 0; more; count++) {
        if (!json_read_member(reader, object, count, &names) ||
            !json_read_separator(reader, '}', &more))
            return FALSE;
    }
    *out = g_steal_pointer(&object);
    return TRUE;
}

static gboolean
json_read_string_value(JsonReader *reader, cJSON **out)
{
    char *text = NULL;

    if (!json_read_string(reader, &text))
        return FALSE;
    *out = cJSON_CreateNull();
    (*out)->type = cJSON_String;
    (*out)->valuestring = text;
    return TRUE;
}

/* The cursor stands on the first byte of the value. */
static gboolean
json_read_value(JsonReader *reader, cJSON **out)
{
    if (++reader->values > JSON_MAX_VALUES)
        return skep_fail(reader->error, SKEP_ERROR_TOO_LARGE, NULL,
                         "JSON holds more than %d values", JSON_MAX_VALUES);
    if (reader->at >= reader->end)
        return json_read_fail(reader, "a value was expected");
    switch (*reader->at) {
    case '{':
        return json_read_object(reader, out);
    case '[':
        return json_read_array(reader, out);
    case '"':
        return json_read_string_value(reader, out);
    case 't':
        return json_read_literal(reader, "true", cJSON_CreateTrue(), out);
    case 'f':
        return json_read_literal(reader, "false", cJSON_CreateFalse(), out);
    case 'n':
        return json_read_literal(reader, "null", cJSON_CreateNull(), out);
    default:
        return json_read_number(reader, out);
    }
}

static cJSON *
json_parse_text(const char *text, gsize length, gsize max_bytes, gboolean last_wins, GError **error)
{
    JsonReader reader = {
        .start = text, .at = text, .end = text + length, .last_wins = last_wins, .error = error};
    g_autoptr(cJSON) value = NULL;
    const char *bad = NULL;

    if (length > max_bytes)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                              "JSON of %" G_GSIZE_FORMAT " bytes; at most %" G_GSIZE_FORMAT
                              " are taken",
                              length, max_bytes);
    if (!g_utf8_validate_len(text, length, &bad)) {
        reader.at = bad;
        json_read_fail(&reader, *bad == '\0' ? "a NUL byte" : "invalid UTF-8");
        return NULL;
    }
    json_skip_space(&reader);
    if (!json_read_value(&reader, &value))
        return NULL;
    json_skip_space(&reader);
    if (reader.at != reader.end) {
        json_read_fail(&reader, "more text after the value");
        return NULL;
    }
    return g_steal_pointer(&value);
}

cJSON *
json_parse(const char *text, gsize length, gsize max_bytes, GError **error)
{
    return json_parse_text(text, length, max_bytes, FALSE, error);
}

/* Takes `value`, which may be NULL with the error set. */
static cJSON *
json_take_object(cJSON *value, GError **error)
{
    if (value == NULL || json_is_object(value))
        return value;
    cJSON_Delete(value);
    return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "A JSON object was expected");
}

cJSON *
json_parse_object(const char *text, gsize length, gsize max_bytes, GError **error)
{
    return json_take_object(json_parse_text(text, length, max_bytes, FALSE, error), error);
}

cJSON *
json_parse_sent_object(const char *text, gsize length, gsize max_bytes, GError **error)
{
    return json_take_object(json_parse_text(text, length, max_bytes, TRUE, error), error);
}
