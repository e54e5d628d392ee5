/* SPDX-License-Identifier: Apache-2.0 */
/* Prints cJSON trees as compact JSON, appending to one growing buffer, with raw digits untouched.
 * Callers: answers of the REST door, metadata files, columns of the store. */
#include "skep/json.h"

#include <math.h>
#include <string.h>

#define JSON_LARGEST_PLAIN 1e15
#define JSON_PIECE_BYTES   ((gsize)256 << 10)

void
json_print_append_string(const char *text, GString *out)
{
    const char *run = text;

    g_string_append_c(out, '"');
    for (const char *p = text; *p != '\0'; p++) {
        const char *escape = NULL;
        char unicode[8];

        switch (*p) {
        case '"':
            escape = "\\\"";
            break;
        case '\\':
            escape = "\\\\";
            break;
        case '\n':
            escape = "\\n";
            break;
        case '\r':
            escape = "\\r";
            break;
        case '\t':
            escape = "\\t";
            break;
        default:
            if ((guchar)*p < 0x20) {
                g_snprintf(unicode, sizeof(unicode), "\\u%04x", (guint)(guchar)*p);
                escape = unicode;
            }
        }
        if (escape != NULL) {
            g_string_append_len(out, run, p - run);
            g_string_append(out, escape);
            run = p + 1;
        }
    }
    g_string_append(out, run);
    g_string_append_c(out, '"');
}

static void
json_print_double(double number, GString *out)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    /* JSON has no word for these; nothing that was read can be one */
    if (isnan(number) || isinf(number)) {
        g_string_append(out, "null");
        return;
    }
    if (number == floor(number) && fabs(number) < JSON_LARGEST_PLAIN) {
        g_string_append_printf(out, "%" G_GINT64_FORMAT, (gint64)number);
        return;
    }
    g_ascii_formatd(text, sizeof(text), "%.15g", number);
    if (g_ascii_strtod(text, NULL) != number)
        g_ascii_dtostr(text, sizeof(text), number);
    g_string_append(out, text);
}

static void
json_print_children(const cJSON *value, gboolean named, GString *out)
{
    for (const cJSON *child = value->child; child != NULL; child = child->next) {
        if (child != value->child)
            g_string_append_c(out, ',');
        if (named) {
            json_print_append_string(child->string != NULL ? child->string : "", out);
            g_string_append_c(out, ':');
        }
        json_print_append(child, out);
    }
}

void
json_print_append(const cJSON *value, GString *out)
{
    if (value == NULL || cJSON_IsNull(value)) {
        g_string_append(out, "null");
    } else if (cJSON_IsString(value)) {
        json_print_append_string(value->valuestring, out);
    } else if (cJSON_IsNumber(value)) {
        json_print_double(value->valuedouble, out);
    } else if (json_is_borrowed(value)) {
        g_string_append_len(out, value->valuestring, value->valueint);
    } else if (cJSON_IsRaw(value)) {
        g_string_append(out, value->valuestring);
    } else if (cJSON_IsBool(value)) {
        g_string_append(out, cJSON_IsTrue(value) ? "true" : "false");
    } else if (cJSON_IsArray(value)) {
        g_string_append_c(out, '[');
        json_print_children(value, FALSE, out);
        g_string_append_c(out, ']');
    } else if (cJSON_IsObject(value)) {
        g_string_append_c(out, '{');
        json_print_children(value, TRUE, out);
        g_string_append_c(out, '}');
    }
}

/* Printed and not yet handed on. */
typedef struct {
    GString *text;
    JsonSink sink;
    gpointer data;
} JsonPieces;

static gboolean
json_hand_on(JsonPieces *pieces, gsize over, GError **error)
{
    if (pieces->text->len <= over)
        return TRUE;
    if (!pieces->sink(pieces->text->str, pieces->text->len, pieces->data, error))
        return FALSE;
    g_string_truncate(pieces->text, 0);
    return TRUE;
}

/* Hands on between the children of so many levels. */
static gboolean
json_print_levels(const cJSON *value, int levels, JsonPieces *pieces, GError **error)
{
    gboolean named = json_is_object(value);

    if (levels == 0 || (!named && !json_is_array(value))) {
        json_print_append(value, pieces->text);
        return json_hand_on(pieces, JSON_PIECE_BYTES, error);
    }
    g_string_append_c(pieces->text, named ? '{' : '[');
    for (const cJSON *child = value->child; child != NULL; child = child->next) {
        if (child != value->child)
            g_string_append_c(pieces->text, ',');
        if (named) {
            json_print_append_string(child->string != NULL ? child->string : "", pieces->text);
            g_string_append_c(pieces->text, ':');
        }
        if (!json_print_levels(child, levels - 1, pieces, error))
            return FALSE;
    }
    g_string_append_c(pieces->text, named ? '}' : ']');
    return TRUE;
}

gboolean
json_print_pieces(const cJSON *value, JsonSink sink, gpointer data, GError **error)
{
    JsonPieces pieces = {.text = g_string_sized_new(JSON_PIECE_BYTES), .sink = sink, .data = data};
    gboolean printed =
        json_print_levels(value, 2, &pieces, error) && json_hand_on(&pieces, 0, error);

    g_string_free(pieces.text, TRUE);
    return printed;
}

char *
json_print_compact(const cJSON *value)
{
    GString *out = g_string_sized_new(1024);

    json_print_append(value, out);
    return g_string_free(out, FALSE);
}
