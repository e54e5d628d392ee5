/* SPDX-License-Identifier: Apache-2.0 */
/* Cuts a filter's text into tokens. Copies nothing. Caller: the parser. */
#include "catalog/partition_filter_private.h"

#include <string.h>

#include "skep/error.h"

static gboolean
is_word_byte(char byte)
{
    return g_ascii_isalnum(byte) || byte == '_' || ((guchar)byte & 0x80) != 0;
}

/* Dots join words too: keys of table filters are parameter names. */
static gsize
word_length(const char *at)
{
    gsize length = 0;

    while (is_word_byte(at[length]) ||
           (length > 0 && at[length] == '.' && is_word_byte(at[length + 1])))
        length++;
    return length;
}

/* `shape` has 'd' where a digit must be. */
static gboolean
has_shape(const char *at, const char *shape)
{
    for (gsize i = 0; shape[i] != '\0'; i++) {
        if (shape[i] == 'd' ? !g_ascii_isdigit(at[i]) : at[i] != shape[i])
            return FALSE;
    }
    return TRUE;
}

static gboolean
take_date(const char *at, FilterToken *token)
{
    gsize length = strlen("dddd-dd-dd");
    FilterTokenKind kind = FILTER_TOKEN_DATE;

    if (!has_shape(at, "dddd-dd-dd"))
        return FALSE;
    if (has_shape(at + length, " dd:dd:dd")) {
        kind = FILTER_TOKEN_TIMESTAMP;
        length += strlen(" dd:dd:dd");
        if (at[length] == '.') {
            for (length++; g_ascii_isdigit(at[length]);)
                length++;
        }
    }
    if (is_word_byte(at[length]))
        return FALSE;
    token->kind = kind;
    token->length = length;
    return TRUE;
}

/* Digits that end where a word does. A fraction is read over: Hive reads 1.5 as 1. */
static gboolean
take_integer(const char *at, FilterToken *token, gsize *out_length_read)
{
    gsize digits = *at == '-' ? 1 : 0;
    gsize length = digits;
    gsize read;

    while (g_ascii_isdigit(at[length]))
        length++;
    if (length == digits)
        return FALSE;
    read = length;
    if (at[read] == '.' && g_ascii_isdigit(at[read + 1])) {
        for (read++; g_ascii_isdigit(at[read]);)
            read++;
    }
    if (is_word_byte(at[read]) || at[read] == '.')
        return FALSE;
    token->kind = FILTER_TOKEN_INTEGER;
    token->length = length;
    *out_length_read = read;
    return TRUE;
}

static gboolean
take_quoted(
    const char *start, const char *at, FilterToken *token, const char **cursor, GError **error)
{
    const char *end = strchr(at + 1, *at);

    if (end == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Error parsing partition filter: lexer error: quote at %" G_GSIZE_FORMAT
                         " is not closed",
                         (gsize)(at - start));
    token->kind = *at == '`' ? FILTER_TOKEN_QUOTED : FILTER_TOKEN_STRING;
    token->text = at + 1;
    token->length = (gsize)(end - token->text);
    *cursor = end + 1;
    return TRUE;
}

static gboolean
take_sign(const char *at, FilterToken *token)
{
    static const char *const operators[] = {"<=>", "==", "!=", "<>", "<=", ">=", "=", "<", ">"};

    switch (*at) {
    case '(':
        token->kind = FILTER_TOKEN_OPEN;
        token->length = 1;
        return TRUE;
    case ')':
        token->kind = FILTER_TOKEN_CLOSE;
        token->length = 1;
        return TRUE;
    case ',':
        token->kind = FILTER_TOKEN_COMMA;
        token->length = 1;
        return TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(operators); i++) {
        if (g_str_has_prefix(at, operators[i])) {
            token->kind = FILTER_TOKEN_OPERATOR;
            token->length = strlen(operators[i]);
            return TRUE;
        }
    }
    return FALSE;
}

gboolean
filter_lexer_next(const char *start, const char **cursor, FilterToken *out, GError **error)
{
    const char *at = *cursor;
    gsize length_read = 0;

    while (g_ascii_isspace(*at))
        at++;
    *out = (FilterToken){FILTER_TOKEN_END, at, 0, (gsize)(at - start)};
    if (*at == '\0')
        return TRUE;
    if (*at == '\'' || *at == '"' || *at == '`')
        return take_quoted(start, at, out, cursor, error);
    if (take_date(at, out) || take_sign(at, out)) {
        length_read = out->length;
    } else if (!take_integer(at, out, &length_read)) {
        out->kind = FILTER_TOKEN_WORD;
        out->length = length_read = word_length(at);
    }
    if (out->length == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Error parsing partition filter: lexer error: unexpected character at "
                         "%" G_GSIZE_FORMAT,
                         out->position);
    *cursor = at + length_read;
    return TRUE;
}

gboolean
filter_token_is_word(const FilterToken *token, const char *keyword)
{
    return token->kind == FILTER_TOKEN_WORD && token->length == strlen(keyword) &&
           g_ascii_strncasecmp(token->text, keyword, token->length) == 0;
}
