/* SPDX-License-Identifier: Apache-2.0 */
/* XML answers, by GLib's parser. See xml.h. */
#include "xml.h"

#include <string.h>

#define DEPTH_MAX 32

typedef struct {
    XmlElementFunc told;
    gpointer data;
    char *root;
    GString *path;
    GPtrArray *texts; /* GString*, of the elements that are open */
} Reading;

static void
free_text(gpointer text)
{
    g_string_free(text, TRUE);
}

static void
begin_element(GMarkupParseContext *context,
              const char *name,
              const char **attribute_names,
              const char **attribute_values,
              gpointer data,
              GError **error)
{
    Reading *reading = data;
    const char *colon = strrchr(name, ':');
    const char *local = colon ? colon + 1 : name;

    (void)context, (void)attribute_names, (void)attribute_values;
    if (reading->texts->len >= DEPTH_MAX) {
        g_set_error(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "too deep");
        return;
    }
    if (reading->texts->len == 0)
        reading->root = g_strdup(local);
    else
        g_string_append_printf(reading->path, "%s%s", reading->path->len > 0 ? "/" : "", local);
    g_ptr_array_add(reading->texts, g_string_new(NULL));
}

static void
end_element(GMarkupParseContext *context, const char *name, gpointer data, GError **error)
{
    Reading *reading = data;
    const GString *text = g_ptr_array_index(reading->texts, reading->texts->len - 1);
    const char *slash;

    (void)context, (void)name, (void)error;
    reading->told(reading->path->str, text->str, reading->data);
    g_ptr_array_remove_index(reading->texts, reading->texts->len - 1);
    slash = strrchr(reading->path->str, '/');
    g_string_truncate(reading->path, slash ? (gsize)(slash - reading->path->str) : 0);
}

static void
take_text(
    GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
    Reading *reading = data;

    (void)context, (void)error;
    if (reading->texts->len > 0)
        g_string_append_len(g_ptr_array_index(reading->texts, reading->texts->len - 1), text,
                            (gssize)length);
}

gboolean
xml_read(const void *xml, gsize length, XmlElementFunc told, gpointer data, char **out_root)
{
    static const GMarkupParser parser = {
        .start_element = begin_element, .end_element = end_element, .text = take_text};
    g_autoptr(GString) path = g_string_new(NULL);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(free_text);
    Reading reading = {.told = told, .data = data, .path = path, .texts = texts};
    g_autoptr(GMarkupParseContext) context =
        g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &reading, NULL);
    gboolean read = length <= G_MAXSSIZE &&
                    g_markup_parse_context_parse(context, xml, (gssize)length, NULL) &&
                    g_markup_parse_context_end_parse(context, NULL);

    if (out_root)
        *out_root = g_steal_pointer(&reading.root);
    g_free(reading.root);
    return read;
}
