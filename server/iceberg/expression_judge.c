/* SPDX-License-Identifier: Apache-2.0 */
/* What a predicate says about rows of which only a range of values is known. Sure answers must be
 * right: "no rows" lets a file be left out, "all rows" lets a predicate be dropped. Callers: scan.c
 * through expression.h. */
#include <string.h>

#include "expression_private.h"

IcebergRange
iceberg_range_unknown(void)
{
    return (IcebergRange){.may_be_null = TRUE, .may_be_value = TRUE, .may_be_nan = TRUE};
}

gint32
iceberg_predicate_field_id(const IcebergPredicate *predicate)
{
    return predicate->field_id;
}

static IcebergVerdict
sure(gboolean is_all)
{
    return is_all ? ICEBERG_ALL_ROWS : ICEBERG_NO_ROWS;
}

static gboolean
range_is_one_value(const IcebergRange *range)
{
    return range->has_bounds && range->is_exact && !range->may_be_null && !range->may_be_nan &&
           iceberg_value_compare(&range->lower, &range->upper) == 0;
}

/* Where a value stands beside a range: below it, in it, above it. */
static int
range_side(const IcebergRange *range, const IcebergValue *value)
{
    if (iceberg_value_compare(value, &range->lower) < 0)
        return -1;
    return iceberg_value_compare(value, &range->upper) > 0 ? 1 : 0;
}

static gboolean
starts_with(const IcebergValue *value, const IcebergValue *prefix)
{
    return value->length >= prefix->length &&
           (prefix->length == 0 || memcmp(value->bytes, prefix->bytes, prefix->length) == 0);
}

static IcebergVerdict
judge_nulls(IcebergPredicateOp op, const IcebergRange *range)
{
    gboolean can_be =
        op == ICEBERG_IS_NULL ? range->may_be_null : range->may_be_value || range->may_be_nan;
    gboolean can_differ =
        op == ICEBERG_IS_NULL ? range->may_be_value || range->may_be_nan : range->may_be_null;
    return can_be && can_differ ? ICEBERG_SOME_ROWS : sure(can_be);
}

static IcebergVerdict
judge_nan(IcebergPredicateOp op, const IcebergRange *range)
{
    if (!range->may_be_nan)
        return op == ICEBERG_IS_NAN ? ICEBERG_NO_ROWS
               : range->may_be_null ? ICEBERG_SOME_ROWS
                                    : ICEBERG_ALL_ROWS;
    return ICEBERG_SOME_ROWS;
}

/* Nulls and NaN keep a comparison from holding for all rows. */
static IcebergVerdict
unless_special(gboolean holds_for_values, const IcebergRange *range)
{
    return holds_for_values && !range->may_be_null && !range->may_be_nan ? ICEBERG_ALL_ROWS
                                                                         : ICEBERG_SOME_ROWS;
}

/* lt, lt-eq, gt, gt-eq of values that are themselves in the range. */
static IcebergVerdict
judge_order(IcebergPredicateOp op, const IcebergValue *value, const IcebergRange *range)
{
    int low = iceberg_value_compare(&range->lower, value);
    int high = iceberg_value_compare(&range->upper, value);
    gboolean none, all;
    switch (op) {
    case ICEBERG_LT:
        none = low >= 0;
        all = high < 0;
        break;
    case ICEBERG_LT_EQ:
        none = low > 0;
        all = high <= 0;
        break;
    case ICEBERG_GT:
        none = high <= 0;
        all = low > 0;
        break;
    default: /* ICEBERG_GT_EQ */
        none = high < 0;
        all = low >= 0;
        break;
    }
    /* NaN is in no order here, though some engines have it above every number: as in Iceberg's own
     * planning */
    return none ? ICEBERG_NO_ROWS : unless_special(all, range);
}

/* eq and in (any value may be it), not-eq and not-in (no value may be it). */
static IcebergVerdict
judge_equal(const IcebergPredicate *predicate, const IcebergRange *range)
{
    gboolean wants_equal = predicate->op == ICEBERG_EQ || predicate->op == ICEBERG_IN;
    gboolean is_inside = FALSE, is_it = FALSE, is_one = range_is_one_value(range);
    for (guint i = 0; i < predicate->values->len; i++) {
        const IcebergValue *value = &g_array_index(predicate->values, IcebergValue, i);
        if (range_side(range, value) == 0) {
            is_inside = TRUE;
            is_it = is_it || is_one;
        }
    }
    if (is_it)
        return sure(wants_equal);
    if (is_inside)
        return ICEBERG_SOME_ROWS;
    return wants_equal ? ICEBERG_NO_ROWS : unless_special(TRUE, range);
}

static IcebergVerdict
judge_prefix(const IcebergPredicate *predicate, const IcebergRange *range)
{
    const IcebergValue *prefix = &g_array_index(predicate->values, IcebergValue, 0);
    gboolean wants_it = predicate->op == ICEBERG_STARTS_WITH;
    IcebergValue low = range->lower, high = range->upper;
    if (range_is_one_value(range))
        return sure(starts_with(&low, prefix) == wants_it);
    low.length = MIN(low.length, prefix->length);
    high.length = MIN(high.length, prefix->length);
    if (iceberg_value_compare(&low, prefix) > 0 || iceberg_value_compare(&high, prefix) < 0)
        return wants_it ? ICEBERG_NO_ROWS : unless_special(TRUE, range);
    return ICEBERG_SOME_ROWS;
}

/* The range is one of the very thing that is compared. */
static IcebergVerdict
judge_directly(const IcebergPredicate *predicate, const IcebergRange *range)
{
    switch (predicate->op) {
    case ICEBERG_LT:
    case ICEBERG_LT_EQ:
    case ICEBERG_GT:
    case ICEBERG_GT_EQ:
        return judge_order(predicate->op, &g_array_index(predicate->values, IcebergValue, 0),
                           range);
    case ICEBERG_EQ:
    case ICEBERG_NOT_EQ:
    case ICEBERG_IN:
    case ICEBERG_NOT_IN:
        return judge_equal(predicate, range);
    case ICEBERG_STARTS_WITH:
    case ICEBERG_NOT_STARTS_WITH:
        return judge_prefix(predicate, range);
    case ICEBERG_IS_NULL:
    case ICEBERG_NOT_NULL:
    case ICEBERG_IS_NAN:
    case ICEBERG_NOT_NAN:
        break;
    }
    g_assert_not_reached();
}

/* Transforms of times before 1970 were once written one too high, and files of that age are still
 * read: a value below zero may stand for the one above it. */
static gboolean
transform_is_of_time(IcebergTransformKind kind)
{
    return kind == ICEBERG_TRANSFORM_YEAR || kind == ICEBERG_TRANSFORM_MONTH ||
           kind == ICEBERG_TRANSFORM_DAY || kind == ICEBERG_TRANSFORM_HOUR;
}

/* The range is one of a transform that keeps the order of its source. */
static IcebergVerdict
judge_order_through(const IcebergPredicate *predicate,
                    const IcebergTransform *transform,
                    const IcebergRange *range,
                    const IcebergValue *value)
{
    IcebergValue mark, high_mark;
    if (!iceberg_transform_apply(transform, &predicate->source, value, &mark))
        return ICEBERG_SOME_ROWS;
    high_mark = mark;
    if (transform_is_of_time(transform->kind) && mark.integer < 0)
        high_mark.integer++;
    gboolean is_above = iceberg_value_compare(&range->lower, &high_mark) > 0;
    gboolean is_below = iceberg_value_compare(&range->upper, &mark) < 0;
    switch (predicate->op) {
    case ICEBERG_LT:
    case ICEBERG_LT_EQ:
        return is_above ? ICEBERG_NO_ROWS : unless_special(is_below, range);
    case ICEBERG_GT:
    case ICEBERG_GT_EQ:
        return is_below ? ICEBERG_NO_ROWS : unless_special(is_above, range);
    case ICEBERG_EQ:
    case ICEBERG_IN:
        return is_above || is_below ? ICEBERG_NO_ROWS : ICEBERG_SOME_ROWS;
    case ICEBERG_NOT_EQ:
    case ICEBERG_NOT_IN:
        return unless_special(is_above || is_below, range);
    case ICEBERG_STARTS_WITH: /* of a truncation: its values are prefixes of the column's */
    case ICEBERG_NOT_STARTS_WITH:
    case ICEBERG_IS_NULL:
    case ICEBERG_NOT_NULL:
    case ICEBERG_IS_NAN:
    case ICEBERG_NOT_NAN:
        break;
    }
    return ICEBERG_SOME_ROWS;
}

/* truncate[W] of text beside a prefix: as far as both reach. */
static IcebergVerdict
judge_prefix_through(const IcebergPredicate *predicate,
                     const IcebergTransform *transform,
                     const IcebergRange *range)
{
    IcebergValue prefix;
    if (transform->kind != ICEBERG_TRANSFORM_TRUNCATE ||
        !iceberg_transform_apply(transform, &predicate->source,
                                 &g_array_index(predicate->values, IcebergValue, 0), &prefix))
        return ICEBERG_SOME_ROWS;
    IcebergValue low = range->lower, high = range->upper;
    low.length = MIN(low.length, prefix.length);
    high.length = MIN(high.length, prefix.length);
    if (iceberg_value_compare(&low, &prefix) <= 0 && iceberg_value_compare(&high, &prefix) >= 0)
        return ICEBERG_SOME_ROWS;
    return predicate->op == ICEBERG_STARTS_WITH ? ICEBERG_NO_ROWS : unless_special(TRUE, range);
}

/* Several values: for "in" one that may match is enough, for "not in" each must be out. */
static IcebergVerdict
judge_through(const IcebergPredicate *predicate,
              const IcebergTransform *transform,
              const IcebergRange *range)
{
    if (predicate->op == ICEBERG_STARTS_WITH || predicate->op == ICEBERG_NOT_STARTS_WITH)
        return judge_prefix_through(predicate, transform, range);
    gboolean wants_equal = predicate->op == ICEBERG_IN;
    IcebergVerdict verdict = wants_equal ? ICEBERG_NO_ROWS : ICEBERG_ALL_ROWS;
    for (guint i = 0; i < predicate->values->len; i++) {
        IcebergVerdict one = judge_order_through(
            predicate, transform, range, &g_array_index(predicate->values, IcebergValue, i));
        if (predicate->values->len == 1)
            return one;
        verdict = wants_equal ? MAX(verdict, one) : MIN(verdict, one);
    }
    return predicate->values->len > 0 ? verdict : ICEBERG_SOME_ROWS;
}

/* Buckets keep no order: only the bucket of a value can be told from the buckets in the range. */
static IcebergVerdict
judge_buckets(const IcebergPredicate *predicate,
              const IcebergTransform *transform,
              const IcebergRange *range)
{
    gboolean wants_equal = predicate->op == ICEBERG_EQ || predicate->op == ICEBERG_IN;
    if (!wants_equal && predicate->op != ICEBERG_NOT_EQ && predicate->op != ICEBERG_NOT_IN)
        return ICEBERG_SOME_ROWS;
    for (guint i = 0; i < predicate->values->len; i++) {
        IcebergValue bucket;
        if (!iceberg_transform_apply(transform, &predicate->source,
                                     &g_array_index(predicate->values, IcebergValue, i), &bucket) ||
            range_side(range, &bucket) == 0)
            return ICEBERG_SOME_ROWS;
    }
    return wants_equal ? ICEBERG_NO_ROWS : unless_special(TRUE, range);
}

IcebergVerdict
iceberg_predicate_judge(const IcebergPredicate *predicate,
                        const IcebergTransform *transform,
                        const IcebergRange *range)
{
    gboolean is_same = transform->kind == predicate->transform.kind &&
                       transform->width == predicate->transform.width;
    if (transform->kind == ICEBERG_TRANSFORM_UNKNOWN ||
        predicate->transform.kind == ICEBERG_TRANSFORM_UNKNOWN)
        return ICEBERG_SOME_ROWS;
    if (predicate->op == ICEBERG_IS_NULL || predicate->op == ICEBERG_NOT_NULL)
        return judge_nulls(predicate->op, range);
    if (predicate->op == ICEBERG_IS_NAN || predicate->op == ICEBERG_NOT_NAN)
        return transform->kind == ICEBERG_TRANSFORM_IDENTITY ? judge_nan(predicate->op, range)
                                                             : ICEBERG_SOME_ROWS;
    if (!range->may_be_value && !range->may_be_nan) /* nulls alone, which no comparison takes */
        return predicate->op == ICEBERG_NOT_EQ || predicate->op == ICEBERG_NOT_IN ||
                       predicate->op == ICEBERG_NOT_STARTS_WITH
                   ? ICEBERG_SOME_ROWS
                   : ICEBERG_NO_ROWS;
    if (!range->has_bounds || predicate->values->len == 0)
        return ICEBERG_SOME_ROWS;
    if (is_same)
        return judge_directly(predicate, range);
    if (predicate->transform.kind != ICEBERG_TRANSFORM_IDENTITY)
        return ICEBERG_SOME_ROWS;
    return transform->kind == ICEBERG_TRANSFORM_BUCKET ? judge_buckets(predicate, transform, range)
                                                       : judge_through(predicate, transform, range);
}
