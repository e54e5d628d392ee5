/* SPDX-License-Identifier: Apache-2.0 */
/* The log: one event, one line on stderr, in logfmt (time, level, message, then key=value fields).
 * Written by main, the doors and background tasks; code below the doors returns a GError instead of
 * logging it.
 *
 *     log_info("thrift door listens", log_string("address", "127.0.0.1"), log_int("port", 9083));
 *     log_warning("call failed", log_string("method", name), log_error(error));
 */
#pragma once

#include <glib.h>

typedef enum { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR } LogLevel;

typedef enum { LOG_FIELD_STRING, LOG_FIELD_INT, LOG_FIELD_ERROR } LogFieldKind;

/* One key=value of a line. Made by log_string, log_int and log_error; borrows what it points to. */
typedef struct {
    LogFieldKind kind;
    const char *key;
    const char *string;
    gint64 integer;
    const GError *error;
} LogField;

static inline LogField
log_string(const char *key, const char *value)
{
    return (LogField){.kind = LOG_FIELD_STRING, .key = key, .string = value};
}

static inline LogField
log_int(const char *key, gint64 value)
{
    return (LogField){.kind = LOG_FIELD_INT, .key = key, .integer = value};
}

/* Becomes error="…" and, where the error has them, fact=, object= and detail=. */
static inline LogField
log_error(const GError *error)
{
    return (LogField){.kind = LOG_FIELD_ERROR, .key = "error", .error = error};
}

/* Lines below this level are dropped. The start value is LOG_LEVEL_INFO. Any thread. */
void log_set_level(LogLevel level);
gboolean log_is_enabled(LogLevel level);

/* "debug", "info", "warning" (also "warn"), "error", in any case. Returns FALSE for anything else.
 */
gboolean log_level_parse(const char *name, LogLevel *out_level);

/* Sends what GLib and libraries log through g_log() into this log too. Call once, at start. */
void log_take_over_glib(void);

/* Writes one line with one write(2), so that lines of threads do not mix. Any thread. Use the
 * macros. */
void log_write(LogLevel level, const char *message, gsize field_count, const LogField *fields);

/* The line log_write would write, without the time, for tests. Transfer full. */
char *log_format(LogLevel level, const char *message, gsize field_count, const LogField *fields);

/* The first element only makes an empty list legal. */
#define LOG_EVENT(level, message, ...)                                                             \
    G_STMT_START                                                                                   \
    {                                                                                              \
        if (log_is_enabled(level)) {                                                               \
            const LogField log_fields_[] = {{.key = NULL}, ##__VA_ARGS__};                         \
            log_write(level, message, G_N_ELEMENTS(log_fields_) - 1, log_fields_ + 1);             \
        }                                                                                          \
    }                                                                                              \
    G_STMT_END

#define log_debug(message, ...)   LOG_EVENT(LOG_LEVEL_DEBUG, message, ##__VA_ARGS__)
#define log_info(message, ...)    LOG_EVENT(LOG_LEVEL_INFO, message, ##__VA_ARGS__)
#define log_warning(message, ...) LOG_EVENT(LOG_LEVEL_WARNING, message, ##__VA_ARGS__)
#define log_failure(message, ...) LOG_EVENT(LOG_LEVEL_ERROR, message, ##__VA_ARGS__)
