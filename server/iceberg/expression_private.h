/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of a filter, for expression.c, which makes it, and expression_judge.c. */
#pragma once

#include "expression.h"

typedef enum {
    ICEBERG_IS_NULL,
    ICEBERG_NOT_NULL,
    ICEBERG_IS_NAN,
    ICEBERG_NOT_NAN,
    ICEBERG_LT,
    ICEBERG_LT_EQ,
    ICEBERG_GT,
    ICEBERG_GT_EQ,
    ICEBERG_EQ,
    ICEBERG_NOT_EQ,
    ICEBERG_STARTS_WITH,
    ICEBERG_NOT_STARTS_WITH,
    ICEBERG_IN,
    ICEBERG_NOT_IN
} IcebergPredicateOp;

struct IcebergPredicate {
    IcebergPredicateOp op;
    gint32 field_id;
    IcebergTransform transform; /* of the column, before it is compared */
    IcebergType source;         /* of the column */
    IcebergType type;           /* of what is compared */
    gboolean is_bounded;        /* bounds of this column mean something */
    GArray *values;             /* IcebergValue */
};

typedef enum {
    ICEBERG_NODE_TRUE,
    ICEBERG_NODE_FALSE,
    ICEBERG_NODE_AND,
    ICEBERG_NODE_OR,
    ICEBERG_NODE_PREDICATE
} IcebergNodeKind;

typedef struct IcebergNode {
    IcebergNodeKind kind;
    struct IcebergNode *left;
    struct IcebergNode *right;
    IcebergPredicate predicate;
    cJSON *json; /* of a predicate: as it was sent, negated where a NOT stood above it */
} IcebergNode;

struct IcebergExpression {
    IcebergNode *root;
    GPtrArray *kept; /* what values point to */
};
