/* SPDX-License-Identifier: Apache-2.0 */
/* The filter language of the Hive API, from text to tree: lexer (partition_filter_lexer.c) and
 * parser (partition_filter_parser.c). Knows no table and no type: what a key may be and how a
 * constant compares is for those who walk the tree (partition_filter.c for partitions). */
#pragma once

#include <glib.h>

/* Bounds on what a client may send; past them: TOO_LARGE. */
#define CATALOG_FILTER_BYTES_MAX     (4 * 1024 * 1024)
#define CATALOG_FILTER_DEPTH_MAX     1000
#define CATALOG_FILTER_CONSTANTS_MAX 100000

/* ---- tokens ---- */

typedef enum {
    FILTER_TOKEN_END,
    FILTER_TOKEN_WORD,   /* identifier or keyword */
    FILTER_TOKEN_QUOTED, /* `identifier` */
    FILTER_TOKEN_STRING, /* 'x' or "x" */
    FILTER_TOKEN_INTEGER,
    FILTER_TOKEN_DATE,      /* 2024-01-31 */
    FILTER_TOKEN_TIMESTAMP, /* 2024-01-31 12:00:00 */
    FILTER_TOKEN_OPERATOR,  /* = == != <> < <= > >= <=> */
    FILTER_TOKEN_OPEN,
    FILTER_TOKEN_CLOSE,
    FILTER_TOKEN_COMMA
} FilterTokenKind;

/* A piece of the filter's text: what stands between the quotes, where there are any. */
typedef struct {
    FilterTokenKind kind;
    const char *text;
    gsize length;
    gsize position; /* byte offset of its first byte, for messages */
} FilterToken;

/* The token at *cursor (NUL-ended text that starts at `start`), and *cursor after it. */
gboolean
filter_lexer_next(const char *start, const char **cursor, FilterToken *out, GError **error);
/* Without regard to case; a quoted word is never a keyword. */
gboolean filter_token_is_word(const FilterToken *token, const char *keyword);

/* ---- tree ---- */

typedef enum {
    FILTER_CONSTANT_STRING,
    FILTER_CONSTANT_INTEGER,  /* optional minus and digits, as many as the client sent */
    FILTER_CONSTANT_DATE,     /* text of a DATE literal, not yet looked at */
    FILTER_CONSTANT_TIMESTAMP /* text of a TIMESTAMP literal, not yet looked at */
} FilterConstantKind;

typedef struct {
    FilterConstantKind kind;
    char *text;
} FilterConstant;

typedef enum {
    FILTER_EQUAL,
    FILTER_NOT_EQUAL,
    FILTER_LESS,
    FILTER_LESS_OR_EQUAL,
    FILTER_GREATER,
    FILTER_GREATER_OR_EQUAL,
    FILTER_LIKE,
    FILTER_IN,
    FILTER_NOT_IN
} FilterComparison;

typedef enum { FILTER_NODE_AND, FILTER_NODE_OR, FILTER_NODE_TEST } FilterNodeKind;

/* BETWEEN and STRUCT IN are written out as AND, OR and comparisons; a constant on the left has
 * changed sides; an AND has no AND among its children, nor an OR an OR. `a = 1 OR a = 2` arrives as
 * `a IN (1, 2)`, and `a != 1 AND a != 2` as NOT IN. Nothing is ever negated as a whole. */
typedef struct {
    FilterNodeKind kind;
    GPtrArray *children; /* FilterNode*; AND and OR alone: at least two */
    char *key;           /* lower-case; TEST alone, as what follows */
    FilterComparison comparison;
    GPtrArray *constants; /* FilterConstant*: one, or at least one for IN and NOT IN */
} FilterNode;

FilterConstant *filter_constant_copy(const FilterConstant *constant);
void filter_constant_free(gpointer constant);
/* AND or OR without children. */
FilterNode *filter_group_new(FilterNodeKind kind);
/* A test without constants, and one with one, which it takes. Keys are copied. */
FilterNode *filter_test_new(const char *key, FilterComparison comparison);
FilterNode *
filter_test_new_with(const char *key, FilterComparison comparison, FilterConstant *constant);
/* Takes the child; children of a group of the same kind move in, so that groups stay flat. */
void filter_group_add(FilterNode *group, FilterNode *child);
/* Takes the group; a group of one is that one. */
FilterNode *filter_group_unwrap(FilterNode *group);
/* Joins equalities over the whole tree. Takes the node; what comes back may be another one. */
FilterNode *filter_tree_join_tests(FilterNode *node);

/* Empty or blank text: TRUE with *out_root NULL. INVALID_ARGUMENT: "Error parsing partition filter:
 * ...", with the place. */
gboolean filter_parse(const char *text, FilterNode **out_root, GError **error);
void filter_node_free(FilterNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FilterNode, filter_node_free)
