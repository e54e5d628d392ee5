/* SPDX-License-Identifier: Apache-2.0 */
/* Formats and writes log lines. Does not decide what is worth a line: callers do (see skep/log.h).
 */
#include "skep/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "skep/error.h"

/* A value longer than this is cut: names come from clients. */
enum { VALUE_BYTES_MAX = 2048 };

static gint lowest_level = LOG_LEVEL_INFO;

void
log_set_level(LogLevel level)
{
    g_atomic_int_set(&lowest_level, (gint)level);
}

gboolean
log_is_enabled(LogLevel level)
{
    return (gint)level >= g_atomic_int_get(&lowest_level);
}

static const char *
level_name(LogLevel level)
{
    switch (level) {
    case LOG_LEVEL_DEBUG:
        return "debug";
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_WARNING:
        return "warning";
    case LOG_LEVEL_ERROR:
        return "error";
    }
    return "error";
}

gboolean
log_level_parse(const char *name, LogLevel *out_level)
{
    if (g_ascii_strcasecmp(name, "warn") == 0) {
        *out_level = LOG_LEVEL_WARNING;
        return TRUE;
    }
    for (LogLevel level = LOG_LEVEL_DEBUG; level <= LOG_LEVEL_ERROR; level++) {
        if (g_ascii_strcasecmp(name, level_name(level)) == 0) {
            *out_level = level;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
is_plain(const char *value, gsize length)
{
    if (length == 0)
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        guchar byte = (guchar)value[i];
        if (byte <= ' ' || byte >= 0x7f || byte == '"' || byte == '=' || byte == '\\')
            return FALSE;
    }
    return TRUE;
}

static void
append_quoted_byte(GString *line, guchar byte)
{
    if (byte == '"' || byte == '\\')
        g_string_append_printf(line, "\\%c", byte);
    else if (byte == '\n')
        g_string_append(line, "\\n");
    else if (byte < ' ' || byte == 0x7f)
        g_string_append_printf(line, "\\x%02x", byte);
    else
        g_string_append_c(line, (char)byte);
}

static void
append_pair(GString *line, const char *key, const char *value)
{
    g_string_append_printf(line, " %s=", key);
    if (value == NULL)
        return;
    gsize length = strnlen(value, VALUE_BYTES_MAX + 1);
    gboolean cut = length > VALUE_BYTES_MAX;
    if (is_plain(value, length) && !cut) {
        g_string_append_len(line, value, (gssize)length);
        return;
    }
    /* Control bytes are escaped, so that a client's name cannot forge a line of the log. */
    g_autofree char *valid = g_utf8_make_valid(value, (gssize)MIN(length, VALUE_BYTES_MAX));
    g_string_append_c(line, '"');
    for (const char *byte = valid; *byte != '\0'; byte++)
        append_quoted_byte(line, (guchar)*byte);
    g_string_append(line, cut ? "…\"" : "\"");
}

static void
append_error(GString *line, const LogField *field)
{
    if (field->error == NULL)
        return;
    append_pair(line, field->key, field->error->message);
    if (field->error->domain != SKEP_ERROR)
        return;
    append_pair(line, "fact", skep_error_fact_name(skep_error_fact(field->error)));
    if (skep_error_object(field->error) != NULL)
        append_pair(line, "object", skep_error_object(field->error));
    if (skep_error_detail(field->error) != NULL)
        append_pair(line, "detail", skep_error_detail(field->error));
}

static void
append_field(GString *line, const LogField *field)
{
    switch (field->kind) {
    case LOG_FIELD_STRING:
        append_pair(line, field->key, field->string);
        return;
    case LOG_FIELD_INT:
        g_string_append_printf(line, " %s=%" G_GINT64_FORMAT, field->key, field->integer);
        return;
    case LOG_FIELD_ERROR:
        append_error(line, field);
        return;
    }
}

char *
log_format(LogLevel level, const char *message, gsize field_count, const LogField *fields)
{
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "level=%s", level_name(level));
    append_pair(line, "message", message);
    for (gsize i = 0; i < field_count; i++)
        append_field(line, &fields[i]);
    return g_string_free(line, FALSE);
}

static void
write_line(const char *bytes, gsize length)
{
    while (length > 0) {
        gssize written = write(STDERR_FILENO, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        bytes += written;
        length -= (gsize)written;
    }
}

void
log_write(LogLevel level, const char *message, gsize field_count, const LogField *fields)
{
    g_autofree char *event = log_format(level, message, field_count, fields);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *second = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *line = g_strdup_printf("time=%s.%03dZ %s\n", second,
                                            g_date_time_get_microsecond(now) / 1000, event);
    write_line(line, strlen(line));
}

static LogLevel
level_of_glib(GLogLevelFlags flags)
{
    if (flags & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
        return LOG_LEVEL_ERROR;
    if (flags & G_LOG_LEVEL_WARNING)
        return LOG_LEVEL_WARNING;
    if (flags & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO))
        return LOG_LEVEL_INFO;
    return LOG_LEVEL_DEBUG;
}

static GLogWriterOutput
write_glib_event(GLogLevelFlags flags, const GLogField *fields, gsize count, gpointer user_data)
{
    (void)user_data;
    g_autofree char *message = NULL;
    g_autofree char *domain = NULL;
    for (gsize i = 0; i < count; i++) {
        char **slot = g_str_equal(fields[i].key, "MESSAGE")       ? &message
                      : g_str_equal(fields[i].key, "GLIB_DOMAIN") ? &domain
                                                                  : NULL;
        if (slot == NULL || *slot != NULL)
            continue;
        gsize length = fields[i].length < 0 ? strlen(fields[i].value) : (gsize)fields[i].length;
        *slot = g_strndup(fields[i].value, length);
    }
    LOG_EVENT(level_of_glib(flags), message != NULL ? message : "",
              log_string("library", domain != NULL ? domain : ""));
    return G_LOG_WRITER_HANDLED;
}

void
log_take_over_glib(void)
{
    g_log_set_writer_func(write_glib_event, NULL, NULL);
}
