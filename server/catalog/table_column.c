/* SPDX-License-Identifier: Apache-2.0 */
/* Columns as Hive knows them: their types' words, and which type can be read as which. Pure.
 * Caller: the tables of this folder. */
#include "table_private.h"

#include <string.h>

#define TYPE_BYTES_MAX (1024 * 1024)
#define TYPE_DEPTH_MAX 100

/* --- the words of types --- */

static gboolean
is_plain_type(const char *type, gsize length)
{
    static const char *const words[] = {"tinyint",
                                        "smallint",
                                        "int",
                                        "bigint",
                                        "float",
                                        "double",
                                        "string",
                                        "binary",
                                        "boolean",
                                        "date",
                                        "timestamp",
                                        "timestamp with local time zone",
                                        "void",
                                        "decimal",
                                        "varchar",
                                        "char",
                                        "interval_day_time",
                                        "interval_year_month"};

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strlen(words[i]) == length && strncmp(words[i], type, length) == 0)
            return TRUE;
    }
    return FALSE;
}

static const char *
skip_spaces(const char *at)
{
    while (*at == ' ')
        at++;
    return at;
}

/* "(10)" or "(10,2)" after decimal, varchar and char. NULL when it is neither. */
static const char *
skip_lengths(const char *at)
{
    int numbers = 0;

    do {
        at = skip_spaces(at + 1);
        if (!g_ascii_isdigit(*at))
            return NULL;
        while (g_ascii_isdigit(*at))
            at++;
        at = skip_spaces(at);
        numbers++;
    } while (*at == ',' && numbers < 2);
    return *at == ')' ? at + 1 : NULL;
}

static const char *
skip_primitive(const char *at)
{
    gsize length = strcspn(at, "<>(),:");

    if (at[length] == '(') {
        gboolean sized =
            (length == 7 && (strncmp(at, "decimal", 7) == 0 || strncmp(at, "varchar", 7) == 0)) ||
            (length == 4 && strncmp(at, "char", 4) == 0);

        return sized ? skip_lengths(at + length) : NULL;
    }
    return is_plain_type(at, length) ? at + length : NULL;
}

static gboolean
starts_with(const char *at, const char *word, const char **out_after)
{
    if (strncmp(at, word, strlen(word)) != 0)
        return FALSE;
    *out_after = at + strlen(word);
    return TRUE;
}

/* The name of a struct's field with its colon. A quoted one may hold a colon. */
static const char *
skip_field_name(const char *at)
{
    const char *colon;

    if (*at == '`') {
        at = strchr(at + 1, '`');
        if (!at)
            return NULL;
    }
    colon = at + strcspn(at, ":<>,");
    return *colon == ':' ? colon + 1 : NULL;
}

/* Past one type, or NULL when there is none. Bounded depth. */
static const char *
skip_type(const char *at, int depth)
{
    gboolean is_struct = FALSE;
    int members = 0, wanted = 0;

    at = skip_spaces(at);
    if (starts_with(at, "array<", &at))
        wanted = 1;
    else if (starts_with(at, "map<", &at))
        wanted = 2;
    else if (starts_with(at, "struct<", &at))
        is_struct = TRUE;
    else if (!starts_with(at, "uniontype<", &at))
        return skip_primitive(at);
    if (depth > TYPE_DEPTH_MAX)
        return NULL;
    if (is_struct && *at == '>')
        return at + 1;
    for (;;) {
        if (is_struct)
            at = skip_field_name(skip_spaces(at));
        at = at ? skip_type(at, depth + 1) : NULL;
        members++;
        if (!at || *(at = skip_spaces(at)) != ',')
            break;
        at++;
    }
    if (!at || *at != '>' || (wanted != 0 && members != wanted))
        return NULL;
    return at + 1;
}

static gboolean
type_is_valid(const char *type)
{
    const char *end;

    if (strlen(type) > TYPE_BYTES_MAX)
        return FALSE;
    end = skip_type(type, 0);
    return end && *skip_spaces(end) == '\0';
}

/* --- columns --- */

void
catalog_columns_fold(GPtrArray *columns)
{
    for (guint i = 0; i < columns->len; i++) {
        CatalogColumn *column = columns->pdata[i];

        if (column->name && g_utf8_validate(column->name, -1, NULL)) {
            char *folded = g_utf8_strdown(column->name, -1);

            g_free(column->name);
            column->name = folded;
        }
    }
}

static gboolean
check_column(const CatalogColumn *column, GHashTable *seen, gboolean check_types, GError **error)
{
    if (!column->name || *column->name == '\0')
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "A column has no name");
    if (!g_utf8_validate(column->name, -1, NULL) || strlen(column->name) > CATALOG_NAME_BYTES_MAX)
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                         "A column name is not valid UTF-8 or longer than 1024 bytes");
    if (!g_hash_table_add(seen, column->name))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Duplicate column name: %s",
                         column->name);
    if (!column->type)
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "Column %s has no type",
                         column->name);
    if (!g_utf8_validate(column->type, -1, NULL) || (check_types && !type_is_valid(column->type)))
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "Invalid column type: %.200s",
                         g_utf8_validate(column->type, -1, NULL) ? column->type : "not UTF-8");
    return TRUE;
}

gboolean
catalog_columns_check(const GPtrArray *columns,
                      const GPtrArray *partition_keys,
                      gboolean check_types,
                      GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < columns->len; i++) {
        if (!check_column(columns->pdata[i], seen, check_types, error))
            return FALSE;
    }
    for (guint i = 0; i < partition_keys->len; i++) {
        if (!check_column(partition_keys->pdata[i], seen, check_types, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
catalog_columns_equal(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        const CatalogColumn *left = a->pdata[i];
        const CatalogColumn *right = b->pdata[i];

        if (g_strcmp0(left->name, right->name) != 0 || g_strcmp0(left->type, right->type) != 0)
            return FALSE;
    }
    return TRUE;
}

/* --- which type can be read as which --- */

/* Rank among the numeric types, from narrow to wide; 0: not numeric. */
static int
numeric_rank(const char *type)
{
    static const char *const ranked[] = {"tinyint", "smallint", "int",   "bigint",
                                         "decimal", "float",    "double"};

    for (gsize i = 0; i < G_N_ELEMENTS(ranked); i++) {
        gsize length = strlen(ranked[i]);

        if (strncmp(type, ranked[i], length) == 0 && (type[length] == '\0' || type[length] == '('))
            return (int)i + 1;
    }
    return 0;
}

static gboolean
is_text_type(const char *type)
{
    return strcmp(type, "string") == 0 || g_str_has_prefix(type, "varchar") ||
           g_str_has_prefix(type, "char");
}

static gboolean
type_is_readable_as(const char *from, const char *to)
{
    int from_rank = numeric_rank(from);
    int to_rank = numeric_rank(to);

    if (g_ascii_strcasecmp(from, to) == 0 || strcmp(from, "void") == 0)
        return TRUE;
    if (from_rank && to_rank)
        return from_rank <= to_rank;
    if (is_text_type(to))
        return from_rank || is_text_type(from) || strcmp(from, "date") == 0 ||
               g_str_has_prefix(from, "timestamp");
    return is_text_type(from) && strcmp(to, "double") == 0;
}

char *
catalog_columns_incompatible(const GPtrArray *before, const GPtrArray *after)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < MIN(before->len, after->len); i++) {
        const CatalogColumn *old = before->pdata[i];
        const CatalogColumn *new = after->pdata[i];

        if (!old->type || !new->type || type_is_readable_as(old->type, new->type))
            continue;
        g_string_append_printf(names, "%s%s", names->len ? "," : "", new->name);
    }
    return names->len ? g_string_free(g_steal_pointer(&names), FALSE) : NULL;
}
