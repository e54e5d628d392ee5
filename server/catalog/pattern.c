/* SPDX-License-Identifier: Apache-2.0 */
/* Hive's patterns over names (`*` any run, `.` any one character, `|` or) as PostgreSQL regular
 * expressions, so that the matching is done where the names are. Callers: namespace.c and table.c.
 */
#include "catalog_private.h"

#include <string.h>

#define PATTERN_BYTES_MAX 4096

static void
append_regex(GString *regex, const char *pattern)
{
    for (const char *c = pattern; *c; c++) {
        if (*c == '*')
            g_string_append(regex, ".*");
        else if (*c == '.' || *c == '|')
            g_string_append_c(regex, *c);
        else if (strchr("\\^$?+()[]{}", *c))
            g_string_append_printf(regex, "\\%c", *c);
        else
            g_string_append_c(regex, *c);
    }
}

gboolean
catalog_pattern_to_regex(const char *pattern, char **out_regex, GError **error)
{
    g_autofree char *folded = NULL;
    GString *regex;

    if (!pattern) {
        *out_regex = NULL;
        return TRUE;
    }
    if (strlen(pattern) > PATTERN_BYTES_MAX || !g_utf8_validate(pattern, -1, NULL))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "A name pattern is longer than 4096 bytes or not valid UTF-8");
    folded = g_utf8_strdown(pattern, -1);
    /* An empty pattern asks for nothing, and a look-ahead for nothing never holds. */
    if (*folded == '\0') {
        *out_regex = g_strdup("(?!)");
        return TRUE;
    }
    regex = g_string_new("^(?:");
    append_regex(regex, folded);
    g_string_append(regex, ")$");
    *out_regex = g_string_free(regex, FALSE);
    return TRUE;
}
