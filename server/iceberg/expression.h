/* SPDX-License-Identifier: Apache-2.0 */
/* Filters of scans: read from JSON, bound to a schema, judged against what is known of some rows.
 * Pure; a filter may be judged by any thread once it is read. A negation is carried down to the
 * predicates, so that there is none inside. Source: Iceberg REST specification, "Expression"; its
 * newer spelling "Predicate" is read as well. */
#pragma once

#include "value.h"

typedef struct IcebergExpression IcebergExpression;

enum { ICEBERG_EXPRESSION_DEPTH_MAX = 200, ICEBERG_SET_VALUES_MAX = 200000 };

/* Borrows `schema` for as long as the filter lives. json NULL: every row. INVALID_ARGUMENT: not a
 * filter, a column that is not there or is nested, a value of another type. */
IcebergExpression *iceberg_expression_read(const cJSON *json,
                                           const IcebergSchemaIndex *schema,
                                           gboolean is_case_sensitive,
                                           GError **error);
void iceberg_expression_free(IcebergExpression *expression);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IcebergExpression, iceberg_expression_free)

typedef enum { ICEBERG_NO_ROWS, ICEBERG_SOME_ROWS, ICEBERG_ALL_ROWS } IcebergVerdict;

/* What is known of the values of a column, or of a transform of it, in some rows. */
typedef struct {
    gboolean may_be_null;
    gboolean may_be_value; /* neither null nor NaN */
    gboolean may_be_nan;
    gboolean has_bounds; /* of the values, both inclusive */
    gboolean is_exact;   /* the bounds are values that occur */
    IcebergValue lower;
    IcebergValue upper;
} IcebergRange;

/* Nothing is known. */
IcebergRange iceberg_range_unknown(void);

typedef struct IcebergPredicate IcebergPredicate;
gint32 iceberg_predicate_field_id(const IcebergPredicate *predicate);
/* The verdict on rows in which `transform` of the predicate's column has values of `range`. */
IcebergVerdict iceberg_predicate_judge(const IcebergPredicate *predicate,
                                       const IcebergTransform *transform,
                                       const IcebergRange *range);

/* Answers for one predicate. */
typedef IcebergVerdict (*IcebergJudge)(const IcebergPredicate *predicate, gpointer data);
IcebergVerdict
iceberg_expression_judge(const IcebergExpression *expression, IcebergJudge judge, gpointer data);
/* What is left to be checked of each row: predicates that the judge is sure of are gone. Transfer
 * full. */
cJSON *
iceberg_expression_residual(const IcebergExpression *expression, IcebergJudge judge, gpointer data);
