/* SPDX-License-Identifier: Apache-2.0 */
/* Two statistics of a column made one. Pure. Callers: statistics.c, and the store through it.
 * Sketches of distinct values are joined in statistics_sketch.c. */
#include "statistics_private.h"
#include "statistics_sketch.h"

#include <math.h>
#include <string.h>

/* --- decimals --- */

/* A magnitude as little-endian digits to the base 256, long enough for the limits multiplied by
 * 10 to the power of twice the greatest scale. */
typedef struct {
    gboolean is_negative;
    guint8 digits[CATALOG_DECIMAL_BYTES_MAX + CATALOG_DECIMAL_SCALE_MAX];
} Magnitude;

static void
magnitude_negate(Magnitude *number)
{
    guint carry = 1;

    for (gsize i = 0; i < sizeof number->digits; i++) {
        carry += (guint8)~number->digits[i];
        number->digits[i] = (guint8)carry;
        carry >>= 8;
    }
}

static void
magnitude_init(Magnitude *number, const CatalogStatisticsBound *bound)
{
    gsize length = 0;
    const guint8 *bytes = g_bytes_get_data(bound->unscaled, &length);

    length = MIN(length, CATALOG_DECIMAL_BYTES_MAX);
    number->is_negative = length > 0 && (bytes[0] & 0x80) != 0;
    memset(number->digits, number->is_negative ? 0xff : 0, sizeof number->digits);
    for (gsize i = 0; i < length; i++)
        number->digits[i] = bytes[length - 1 - i];
    if (number->is_negative)
        magnitude_negate(number);
}

static void
magnitude_shift(Magnitude *number, int tens)
{
    for (int round = 0; round < tens; round++) {
        guint carry = 0;

        for (gsize i = 0; i < sizeof number->digits; i++) {
            carry += number->digits[i] * 10u;
            number->digits[i] = (guint8)carry;
            carry >>= 8;
        }
    }
}

static int
magnitude_compare(const Magnitude *a, const Magnitude *b)
{
    for (gsize i = sizeof a->digits; i-- > 0;) {
        if (a->digits[i] != b->digits[i])
            return a->digits[i] < b->digits[i] ? -1 : 1;
    }
    return 0;
}

int
catalog_decimal_compare(const CatalogStatisticsBound *a, const CatalogStatisticsBound *b)
{
    Magnitude left;
    Magnitude right;

    magnitude_init(&left, a);
    magnitude_init(&right, b);
    if (left.is_negative != right.is_negative)
        return left.is_negative ? -1 : 1;
    magnitude_shift(&left, MAX(b->scale - a->scale, 0));
    magnitude_shift(&right, MAX(a->scale - b->scale, 0));
    return left.is_negative ? magnitude_compare(&right, &left) : magnitude_compare(&left, &right);
}

/* --- ranges --- */

static int
bound_compare(CatalogStatisticsKind kind,
              const CatalogStatisticsBound *a,
              const CatalogStatisticsBound *b)
{
    if (kind == CATALOG_STATISTICS_DECIMAL)
        return catalog_decimal_compare(a, b);
    if (kind == CATALOG_STATISTICS_DOUBLE)
        return (a->real > b->real) - (a->real < b->real);
    return (a->integer > b->integer) - (a->integer < b->integer);
}

static gboolean
bound_counts(CatalogStatisticsKind kind, const CatalogStatisticsBound *bound)
{
    return bound->is_known && !(kind == CATALOG_STATISTICS_DOUBLE && isnan(bound->real));
}

/* `bound` becomes the one of both that is further out: below (sign -1) or above (1). */
static void
bound_widen(CatalogStatisticsKind kind,
            CatalogStatisticsBound *bound,
            const CatalogStatisticsBound *other,
            int sign)
{
    if (!bound_counts(kind, other) ||
        (bound_counts(kind, bound) && bound_compare(kind, other, bound) * sign <= 0))
        return;
    g_clear_pointer(&bound->unscaled, g_bytes_unref);
    *bound = *other;
    if (bound->unscaled != NULL)
        g_bytes_ref(bound->unscaled);
}

/* --- all of it --- */

/* Counts come from clients: they stop at the ends of the range instead of wrapping. */
static gint64
add_counts(gint64 a, gint64 b)
{
    gint64 sum;

    if (__builtin_add_overflow(a, b, &sum))
        return a < 0 ? G_MININT64 : G_MAXINT64;
    return sum;
}

/* A sketch says nothing of values that it has not seen. */
static void
keep_if_same(GBytes **bytes, GBytes *other)
{
    if (*bytes != NULL && (other == NULL || !g_bytes_equal(*bytes, other)))
        g_clear_pointer(bytes, g_bytes_unref);
}

/* Two sketches of distinct values count those of both; without, the larger number is all that is
 * sure. */
static void
merge_distinct(CatalogColumnStatistics *merged, const CatalogColumnStatistics *stored)
{
    GBytes *joined = NULL;
    gint64 distinct = 0;

    if (merged->bit_vectors != NULL && stored->bit_vectors != NULL)
        joined = catalog_sketch_merge(stored->bit_vectors, merged->bit_vectors, &distinct);
    if (joined == NULL) {
        merged->distinct_count = MAX(merged->distinct_count, stored->distinct_count);
        keep_if_same(&merged->bit_vectors, stored->bit_vectors);
        return;
    }
    merged->distinct_count = distinct;
    g_bytes_unref(merged->bit_vectors);
    merged->bit_vectors = joined;
}

CatalogColumnStatistics *
catalog_statistics_merge(const CatalogColumnStatistics *stored,
                         const CatalogColumnStatistics *wanted)
{
    CatalogColumnStatistics *merged = catalog_column_statistics_copy(wanted);

    if (stored->kind != wanted->kind)
        return merged;
    bound_widen(merged->kind, &merged->low, &stored->low, -1);
    bound_widen(merged->kind, &merged->high, &stored->high, 1);
    merged->null_count = add_counts(merged->null_count, stored->null_count);
    merged->true_count = add_counts(merged->true_count, stored->true_count);
    merged->false_count = add_counts(merged->false_count, stored->false_count);
    merge_distinct(merged, stored);
    merged->max_length = MAX(merged->max_length, stored->max_length);
    merged->average_length = MAX(merged->average_length, stored->average_length);
    merged->analyzed_s = MAX(merged->analyzed_s, stored->analyzed_s);
    keep_if_same(&merged->histogram, stored->histogram);
    return merged;
}
