/* SPDX-License-Identifier: Apache-2.0 */
/* Recursive descent over the filter language: tokens in, a tree of AND, OR and tests out. Depth and
 * size are bounded. Callers: partition_filter.c, and the filter of table names. */
#include "catalog/partition_filter_private.h"

#include <string.h>

#include "skep/error.h"

#define KEY_BYTES_MAX 1024

typedef struct {
    const char *start;
    const char *cursor; /* after `next` */
    FilterToken token;  /* looked at now */
    FilterToken next;   /* the one after it */
    guint depth;
    gsize constants;
} Parser;

/* ---- reading tokens ---- */

static gboolean
parser_advance(Parser *parser, GError **error)
{
    parser->token = parser->next;
    return filter_lexer_next(parser->start, &parser->cursor, &parser->next, error);
}

static gboolean
parser_fail(const Parser *parser, const char *expected, GError **error)
{
    gsize shown = MIN(parser->token.length, 40);
    g_autofree char *raw = g_strndup(parser->token.text, shown);
    g_autofree char *text = g_utf8_make_valid(raw, -1);

    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "Error parsing partition filter: lexer error: expected %s at %" G_GSIZE_FORMAT
                     ", found %s%s%s",
                     expected, parser->token.position,
                     parser->token.kind == FILTER_TOKEN_END ? "the end" : "'", text,
                     parser->token.kind == FILTER_TOKEN_END ? "" : "'");
}

static gboolean
parser_take(Parser *parser, FilterTokenKind kind, const char *expected, GError **error)
{
    if (parser->token.kind != kind)
        return parser_fail(parser, expected, error);
    return parser_advance(parser, error);
}

static gboolean
parser_take_word(Parser *parser, const char *keyword, GError **error)
{
    if (!filter_token_is_word(&parser->token, keyword))
        return parser_fail(parser, keyword, error);
    return parser_advance(parser, error);
}

static gboolean
parse_key(Parser *parser, char **out_key, GError **error)
{
    g_autofree char *text = NULL;

    if ((parser->token.kind != FILTER_TOKEN_WORD && parser->token.kind != FILTER_TOKEN_QUOTED) ||
        parser->token.length > KEY_BYTES_MAX)
        return parser_fail(parser, "the name of a key", error);
    text = g_strndup(parser->token.text, parser->token.length);
    if (!parser_advance(parser, error))
        return FALSE;
    *out_key = g_ascii_strdown(text, -1);
    return TRUE;
}

/* ---- constants ---- */

/* DATE and TIMESTAMP are names of keys too, unless text follows them. */
static gboolean
constant_kind(const Parser *parser, FilterConstantKind *out_kind, gboolean *out_has_word)
{
    gboolean text_follows = parser->next.kind == FILTER_TOKEN_STRING;

    *out_has_word = FALSE;
    if (parser->token.kind == FILTER_TOKEN_STRING) {
        *out_kind = FILTER_CONSTANT_STRING;
    } else if (parser->token.kind == FILTER_TOKEN_INTEGER) {
        *out_kind = FILTER_CONSTANT_INTEGER;
    } else if (parser->token.kind == FILTER_TOKEN_DATE) {
        *out_kind = FILTER_CONSTANT_DATE;
    } else if (parser->token.kind == FILTER_TOKEN_TIMESTAMP) {
        *out_kind = FILTER_CONSTANT_TIMESTAMP;
    } else if (text_follows && filter_token_is_word(&parser->token, "date")) {
        *out_kind = FILTER_CONSTANT_DATE;
        *out_has_word = TRUE;
    } else if (text_follows && filter_token_is_word(&parser->token, "timestamp")) {
        *out_kind = FILTER_CONSTANT_TIMESTAMP;
        *out_has_word = TRUE;
    } else {
        return FALSE;
    }
    return TRUE;
}

static gboolean
parse_constant(Parser *parser, FilterConstant **out_constant, GError **error)
{
    FilterConstantKind kind;
    gboolean has_word;
    FilterConstant constant;
    g_autofree char *text = NULL;

    if (!constant_kind(parser, &kind, &has_word))
        return parser_fail(parser, "a constant", error);
    if (++parser->constants > CATALOG_FILTER_CONSTANTS_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "Partition filter has more than %d constants",
                         CATALOG_FILTER_CONSTANTS_MAX);
    if (has_word && !parser_advance(parser, error))
        return FALSE;
    text = g_strndup(parser->token.text, parser->token.length);
    if (!parser_advance(parser, error))
        return FALSE;
    constant = (FilterConstant){kind, text};
    *out_constant = filter_constant_copy(&constant);
    return TRUE;
}

/* "(c, c, ...)", parentheses included. */
static gboolean
parse_constants(Parser *parser, GPtrArray *constants, GError **error)
{
    FilterConstant *constant = NULL;

    if (!parser_take(parser, FILTER_TOKEN_OPEN, "(", error))
        return FALSE;
    for (;;) {
        if (!parse_constant(parser, &constant, error))
            return FALSE;
        g_ptr_array_add(constants, constant);
        if (parser->token.kind != FILTER_TOKEN_COMMA)
            break;
        if (!parser_advance(parser, error))
            return FALSE;
    }
    return parser_take(parser, FILTER_TOKEN_CLOSE, ")", error);
}

/* ---- conditions ---- */

static gboolean
parse_comparison(Parser *parser, FilterComparison *out_comparison, GError **error)
{
    static const struct {
        const char *text;
        FilterComparison comparison;
    } signs[] = {
        {"=",  FILTER_EQUAL           },
        {"==", FILTER_EQUAL           },
        {"!=", FILTER_NOT_EQUAL       },
        {"<>", FILTER_NOT_EQUAL       },
        {"<",  FILTER_LESS            },
        {"<=", FILTER_LESS_OR_EQUAL   },
        {">",  FILTER_GREATER         },
        {">=", FILTER_GREATER_OR_EQUAL},
    };

    if (filter_token_is_word(&parser->token, "like")) {
        *out_comparison = FILTER_LIKE;
        return parser_advance(parser, error);
    }
    if (parser->token.kind != FILTER_TOKEN_OPERATOR)
        return parser_fail(parser, "an operator", error);
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
        if (strlen(signs[i].text) == parser->token.length &&
            strncmp(signs[i].text, parser->token.text, parser->token.length) == 0) {
            *out_comparison = signs[i].comparison;
            return parser_advance(parser, error);
        }
    }
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "Error parsing partition filter: Unsupported comparison operator: <=>");
}

static FilterComparison
comparison_mirrored(FilterComparison comparison)
{
    switch (comparison) {
    case FILTER_LESS:
        return FILTER_GREATER;
    case FILTER_LESS_OR_EQUAL:
        return FILTER_GREATER_OR_EQUAL;
    case FILTER_GREATER:
        return FILTER_LESS;
    case FILTER_GREATER_OR_EQUAL:
        return FILTER_LESS_OR_EQUAL;
    case FILTER_EQUAL:
    case FILTER_NOT_EQUAL:
    case FILTER_LIKE:
    case FILTER_IN:
    case FILTER_NOT_IN:
        return comparison;
    }
    return comparison;
}

static gboolean
parse_constant_first(Parser *parser, FilterNode **out_node, GError **error)
{
    FilterNode *node = filter_test_new("", FILTER_EQUAL);
    g_autoptr(FilterNode) owned = node;
    FilterConstant *constant = NULL;

    if (!parse_constant(parser, &constant, error))
        return FALSE;
    g_ptr_array_add(node->constants, constant);
    if (filter_token_is_word(&parser->token, "like"))
        return parser_fail(parser, "a comparison sign", error);
    if (!parse_comparison(parser, &node->comparison, error))
        return FALSE;
    node->comparison = comparison_mirrored(node->comparison);
    g_free(g_steal_pointer(&node->key));
    if (!parse_key(parser, &node->key, error))
        return FALSE;
    *out_node = g_steal_pointer(&owned);
    return TRUE;
}

/* After BETWEEN. Written out, because "not between" must not be true of a value that compares with
 * nothing. */
static gboolean
parse_between(
    Parser *parser, const char *key, gboolean negated, FilterNode **out_node, GError **error)
{
    g_autoptr(FilterNode) group = filter_group_new(negated ? FILTER_NODE_OR : FILTER_NODE_AND);
    FilterConstant *constant = NULL;

    if (!parse_constant(parser, &constant, error))
        return FALSE;
    filter_group_add(group, filter_test_new_with(
                                key, negated ? FILTER_LESS : FILTER_GREATER_OR_EQUAL, constant));
    if (!parser_take_word(parser, "and", error) || !parse_constant(parser, &constant, error))
        return FALSE;
    filter_group_add(group, filter_test_new_with(
                                key, negated ? FILTER_GREATER : FILTER_LESS_OR_EQUAL, constant));
    *out_node = g_steal_pointer(&group);
    return TRUE;
}

static gboolean
parse_key_first(Parser *parser, FilterNode **out_node, GError **error)
{
    g_autofree char *key = NULL;
    FilterConstant *constant = NULL;
    FilterComparison comparison;
    gboolean negated;

    if (!parse_key(parser, &key, error))
        return FALSE;
    negated = filter_token_is_word(&parser->token, "not");
    if (negated && !parser_advance(parser, error))
        return FALSE;
    if (negated || filter_token_is_word(&parser->token, "between"))
        return parser_take_word(parser, "between", error) &&
               parse_between(parser, key, negated, out_node, error);
    if (!parse_comparison(parser, &comparison, error) || !parse_constant(parser, &constant, error))
        return FALSE;
    *out_node = filter_test_new_with(key, comparison, constant);
    return TRUE;
}

/* "[NOT] IN", after the parenthesized key or keys. */
static gboolean
parse_in(Parser *parser, gboolean *out_negated, GError **error)
{
    *out_negated = filter_token_is_word(&parser->token, "not");
    if (*out_negated && !parser_advance(parser, error))
        return FALSE;
    return parser_take_word(parser, "in", error);
}

/* "(key) [NOT] IN (...)", the first parenthesis taken already. */
static gboolean
parse_key_in(Parser *parser, FilterNode **out_node, GError **error)
{
    g_autofree char *key = NULL;
    g_autoptr(FilterNode) node = NULL;
    gboolean negated;

    if (!parse_key(parser, &key, error) || !parser_take(parser, FILTER_TOKEN_CLOSE, ")", error) ||
        !parse_in(parser, &negated, error))
        return FALSE;
    node = filter_test_new(key, negated ? FILTER_NOT_IN : FILTER_IN);
    if (!parse_constants(parser, node->constants, error))
        return FALSE;
    *out_node = g_steal_pointer(&node);
    return TRUE;
}

/* One tuple as a group: all equal for IN, any not equal for NOT IN. */
static gboolean
parse_tuple(
    Parser *parser, const GPtrArray *keys, gboolean negated, FilterNode **out_node, GError **error)
{
    g_autoptr(GPtrArray) constants = g_ptr_array_new_with_free_func(filter_constant_free);
    g_autoptr(FilterNode) group = filter_group_new(negated ? FILTER_NODE_OR : FILTER_NODE_AND);

    if (filter_token_is_word(&parser->token, "const") && !parser_advance(parser, error))
        return FALSE;
    if (!parser_take_word(parser, "struct", error) || !parse_constants(parser, constants, error))
        return FALSE;
    if (constants->len != keys->len)
        return parser_fail(parser, "as many constants as keys before", error);
    for (guint i = 0; i < keys->len; i++)
        filter_group_add(group, filter_test_new_with(keys->pdata[i],
                                                     negated ? FILTER_NOT_EQUAL : FILTER_EQUAL,
                                                     filter_constant_copy(constants->pdata[i])));
    *out_node = g_steal_pointer(&group);
    return TRUE;
}

static gboolean
parse_tuples(
    Parser *parser, const GPtrArray *keys, gboolean negated, FilterNode *group, GError **error)
{
    guint tuples = 0;

    if (!parser_take(parser, FILTER_TOKEN_OPEN, "(", error))
        return FALSE;
    for (;;) {
        FilterNode *tuple = NULL;

        if (!parse_tuple(parser, keys, negated, &tuple, error))
            return FALSE;
        filter_group_add(group, tuple);
        tuples++;
        if (parser->token.kind != FILTER_TOKEN_COMMA)
            break;
        if (!parser_advance(parser, error))
            return FALSE;
    }
    if (tuples < 2)
        return parser_fail(parser, "a second STRUCT", error);
    return parser_take(parser, FILTER_TOKEN_CLOSE, ")", error);
}

/* "(STRUCT(k1, k2)) [NOT] IN (STRUCT(c, c), ...)", the first parenthesis taken already. */
static gboolean
parse_struct_in(Parser *parser, FilterNode **out_node, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(FilterNode) group = NULL;
    gboolean negated;

    if (!parser_take_word(parser, "struct", error) ||
        !parser_take(parser, FILTER_TOKEN_OPEN, "(", error))
        return FALSE;
    for (;;) {
        char *key = NULL;

        if (!parse_key(parser, &key, error))
            return FALSE;
        g_ptr_array_add(keys, key);
        if (parser->token.kind != FILTER_TOKEN_COMMA)
            break;
        if (!parser_advance(parser, error))
            return FALSE;
    }
    if (!parser_take(parser, FILTER_TOKEN_CLOSE, ")", error) ||
        !parser_take(parser, FILTER_TOKEN_CLOSE, ")", error) || !parse_in(parser, &negated, error))
        return FALSE;
    group = filter_group_new(negated ? FILTER_NODE_AND : FILTER_NODE_OR);
    if (!parse_tuples(parser, keys, negated, group, error))
        return FALSE;
    *out_node = g_steal_pointer(&group);
    return TRUE;
}

/* ---- AND, OR and parentheses ---- */

/* What is open between one parenthesis and its end: an OR of ANDs. */
typedef struct {
    FilterNode *any; /* the ANDs that are complete */
    FilterNode *all; /* the one being read */
} Frame;

static void
frame_clear(gpointer data)
{
    Frame *frame = data;

    filter_node_free(frame->any);
    filter_node_free(frame->all);
}

static void
frame_open(GArray *frames)
{
    Frame frame = {filter_group_new(FILTER_NODE_OR), filter_group_new(FILTER_NODE_AND)};

    g_array_append_val(frames, frame);
}

static FilterNode *
frame_close(GArray *frames)
{
    Frame *frame = &g_array_index(frames, Frame, frames->len - 1);
    FilterNode *node;

    filter_group_add(frame->any, filter_group_unwrap(g_steal_pointer(&frame->all)));
    node = filter_group_unwrap(g_steal_pointer(&frame->any));
    g_array_set_size(frames, frames->len - 1);
    return node;
}

/* One condition, after any number of parentheses that open groups. */
static gboolean
parse_operand(Parser *parser, GArray *frames, FilterNode **out_node, GError **error)
{
    while (parser->token.kind == FILTER_TOKEN_OPEN) {
        gboolean word_follows =
            parser->next.kind == FILTER_TOKEN_WORD || parser->next.kind == FILTER_TOKEN_QUOTED;
        FilterToken inner = parser->next;

        if (!parser_advance(parser, error))
            return FALSE;
        if (word_follows && parser->next.kind == FILTER_TOKEN_CLOSE)
            return parse_key_in(parser, out_node, error);
        if (filter_token_is_word(&inner, "struct") && parser->next.kind == FILTER_TOKEN_OPEN)
            return parse_struct_in(parser, out_node, error);
        if (frames->len > CATALOG_FILTER_DEPTH_MAX)
            return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                             "Partition filter is nested more than %d levels deep",
                             CATALOG_FILTER_DEPTH_MAX);
        frame_open(frames);
    }
    if (parser->token.kind == FILTER_TOKEN_WORD || parser->token.kind == FILTER_TOKEN_QUOTED) {
        FilterConstantKind kind;
        gboolean has_word;

        if (!constant_kind(parser, &kind, &has_word))
            return parse_key_first(parser, out_node, error);
    }
    return parse_constant_first(parser, out_node, error);
}

/* Takes the condition read last into its group, and closes every group that ends with it. */
static gboolean
parse_ends(Parser *parser, GArray *frames, FilterNode *node, GError **error)
{
    for (;;) {
        Frame *frame = &g_array_index(frames, Frame, frames->len - 1);

        filter_group_add(frame->all, node);
        if (parser->token.kind != FILTER_TOKEN_CLOSE || frames->len == 1)
            return TRUE;
        if (!parser_advance(parser, error))
            return FALSE;
        node = frame_close(frames);
    }
}

static gboolean
parse_all(Parser *parser, GArray *frames, FilterNode **out_root, GError **error)
{
    frame_open(frames);
    for (;;) {
        FilterNode *node = NULL;
        Frame *frame;

        if (!parse_operand(parser, frames, &node, error) ||
            !parse_ends(parser, frames, node, error))
            return FALSE;
        if (parser->token.kind == FILTER_TOKEN_END)
            break;
        if (filter_token_is_word(&parser->token, "or")) {
            frame = &g_array_index(frames, Frame, frames->len - 1);
            filter_group_add(frame->any, filter_group_unwrap(g_steal_pointer(&frame->all)));
            frame->all = filter_group_new(FILTER_NODE_AND);
        } else if (!filter_token_is_word(&parser->token, "and")) {
            return parser_fail(parser, "AND, OR or the end", error);
        }
        if (!parser_advance(parser, error))
            return FALSE;
    }
    if (frames->len > 1)
        return parser_fail(parser, ")", error);
    *out_root = filter_tree_join_tests(frame_close(frames));
    return TRUE;
}

gboolean
filter_parse(const char *text, FilterNode **out_root, GError **error)
{
    Parser parser = {.start = text, .cursor = text};
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(Frame));

    g_array_set_clear_func(frames, frame_clear);
    if (strlen(text) > CATALOG_FILTER_BYTES_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "Partition filter is longer than %d bytes", CATALOG_FILTER_BYTES_MAX);
    if (!g_utf8_validate(text, -1, NULL))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Error parsing partition filter: lexer error: not UTF-8");
    if (!filter_lexer_next(text, &parser.cursor, &parser.token, error) ||
        !filter_lexer_next(text, &parser.cursor, &parser.next, error))
        return FALSE;
    if (parser.token.kind == FILTER_TOKEN_END) {
        *out_root = NULL;
        return TRUE;
    }
    return parse_all(&parser, frames, out_root, error);
}
