/* SPDX-License-Identifier: Apache-2.0 */
/* What skepctl prints: one JSON line for scripts, or columns for people. */
#include "cli.h"

#include <stdarg.h>
#include <stdio.h>

void
cli_output_json(const cJSON *document)
{
    g_autofree char *text = json_print_compact(document);
    puts(text);
}

GStrv
cli_output_row(const char *first, ...)
{
    g_autoptr(GStrvBuilder) cells = g_strv_builder_new();
    va_list list;
    va_start(list, first);
    for (const char *cell = first; cell; cell = va_arg(list, const char *))
        g_strv_builder_add(cells, cell);
    va_end(list);
    return g_strv_builder_end(cells);
}

static void
output_append_cell(GString *line, const char *cell, glong width)
{
    for (const char *at = cell; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (g_unichar_iscntrl(character))
            g_string_append_c(line, '?');
        else
            g_string_append_unichar(line, character);
    }
    for (glong length = g_utf8_strlen(cell, -1); length < width; length++)
        g_string_append_c(line, ' ');
}

static void
output_print_line(const char *const *cells, const glong *widths, guint columns)
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (guint i = 0; i < columns && cells[i]; i++) {
        gboolean is_last = i + 1 == columns || !cells[i + 1];
        output_append_cell(line, cells[i], is_last ? 0 : widths[i] + 2);
    }
    puts(line->str);
}

static void
output_measure(const char *const *cells, glong *widths, guint columns)
{
    for (guint i = 0; i < columns && cells[i]; i++)
        widths[i] = MAX(widths[i], g_utf8_strlen(cells[i], -1));
}

void
cli_output_table(const char *const *headings, const GPtrArray *rows)
{
    guint columns = g_strv_length((char **)headings);
    g_autofree glong *widths = g_new0(glong, columns);
    output_measure(headings, widths, columns);
    for (guint i = 0; i < rows->len; i++)
        output_measure(g_ptr_array_index(rows, i), widths, columns);
    output_print_line(headings, widths, columns);
    for (guint i = 0; i < rows->len; i++)
        output_print_line(g_ptr_array_index(rows, i), widths, columns);
}

void
cli_output_pairs(const GPtrArray *rows)
{
    glong widths[2] = {0, 0};
    for (guint i = 0; i < rows->len; i++)
        output_measure(g_ptr_array_index(rows, i), widths, 2);
    for (guint i = 0; i < rows->len; i++)
        output_print_line(g_ptr_array_index(rows, i), widths, 2);
}

int
cli_fail_usage(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    fprintf(stderr, "skepctl: %s\n", text);
    return CLI_USAGE;
}

char *
cli_output_member_text(const cJSON *object, const char *member)
{
    const cJSON *value = json_find(object, member);
    if (json_is_null(value))
        return g_strdup("");
    return json_is_string(value) ? g_strdup(value->valuestring) : json_print_compact(value);
}

/* One row with these members (NULL-terminated) as cells. */
static GStrv
output_member_row(const cJSON *object, const char *const *members)
{
    g_autoptr(GPtrArray) cells = g_ptr_array_new();
    for (; *members; members++)
        g_ptr_array_add(cells, cli_output_member_text(object, *members));
    g_ptr_array_add(cells, NULL);
    return (GStrv)g_ptr_array_steal(cells, NULL);
}

void
cli_output_members(const cJSON *list, const char *const *headings, const char *const *members)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        g_ptr_array_add(rows, output_member_row(item, members));
    }
    cli_output_table(headings, rows);
}
