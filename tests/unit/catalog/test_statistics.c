/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: two statistics of a column are merged as if measured over the rows of both, and the
 * parameter that names accurate columns keeps all else that it says. Method: the pure functions,
 * pair by pair. */
#include <check.h>
#include <math.h>

#include "catalog/statistics_private.h"
#include "support/test_suite.h"

static CatalogColumnStatistics *
statistics_new(CatalogStatisticsKind kind)
{
    CatalogColumnStatistics *statistics = catalog_column_statistics_new();

    statistics->column = g_strdup("a");
    statistics->type = g_strdup("t");
    statistics->kind = kind;
    return statistics;
}

static CatalogColumnStatistics *
integers_new(gint64 low, gint64 high)
{
    CatalogColumnStatistics *statistics = statistics_new(CATALOG_STATISTICS_LONG);

    statistics->low = (CatalogStatisticsBound){.is_known = TRUE, .integer = low};
    statistics->high = (CatalogStatisticsBound){.is_known = TRUE, .integer = high};
    return statistics;
}

START_TEST(ranges_cover_both_and_counts_are_added)
{
    g_autoptr(CatalogColumnStatistics) a = integers_new(-3, 5);
    g_autoptr(CatalogColumnStatistics) b = integers_new(2, 9);
    g_autoptr(CatalogColumnStatistics) merged = NULL;

    a->null_count = 1;
    b->null_count = 2;
    a->distinct_count = 7;
    b->distinct_count = 4;
    merged = catalog_statistics_merge(a, b);
    ck_assert_int_eq(merged->low.integer, -3);
    ck_assert_int_eq(merged->high.integer, 9);
    ck_assert_int_eq(merged->null_count, 3);
    ck_assert_int_eq(merged->distinct_count, 7);
}
END_TEST

START_TEST(a_range_that_is_not_known_adds_nothing)
{
    g_autoptr(CatalogColumnStatistics) known = integers_new(5, 6);
    g_autoptr(CatalogColumnStatistics) unknown = statistics_new(CATALOG_STATISTICS_LONG);
    g_autoptr(CatalogColumnStatistics) first = catalog_statistics_merge(known, unknown);
    g_autoptr(CatalogColumnStatistics) second = catalog_statistics_merge(unknown, known);
    g_autoptr(CatalogColumnStatistics) none = catalog_statistics_merge(unknown, unknown);

    ck_assert_int_eq(first->low.integer, 5);
    ck_assert_int_eq(second->high.integer, 6);
    ck_assert(!none->low.is_known && !none->high.is_known);
}
END_TEST

START_TEST(counts_stop_at_the_end_of_their_range)
{
    g_autoptr(CatalogColumnStatistics) a = integers_new(0, 0);
    g_autoptr(CatalogColumnStatistics) merged = NULL;

    a->null_count = G_MAXINT64;
    merged = catalog_statistics_merge(a, a);
    ck_assert_int_eq(merged->null_count, G_MAXINT64);
}
END_TEST

START_TEST(a_bound_that_is_no_number_does_not_count)
{
    g_autoptr(CatalogColumnStatistics) a = statistics_new(CATALOG_STATISTICS_DOUBLE);
    g_autoptr(CatalogColumnStatistics) b = statistics_new(CATALOG_STATISTICS_DOUBLE);
    g_autoptr(CatalogColumnStatistics) first = NULL;
    g_autoptr(CatalogColumnStatistics) second = NULL;

    a->low = (CatalogStatisticsBound){.is_known = TRUE, .real = (double)NAN};
    b->low = (CatalogStatisticsBound){.is_known = TRUE, .real = 1.5};
    first = catalog_statistics_merge(a, b);
    second = catalog_statistics_merge(b, a);
    ck_assert_double_eq(first->low.real, 1.5);
    ck_assert_double_eq(second->low.real, 1.5);
}
END_TEST

START_TEST(lengths_are_the_greater_ones_and_truths_are_added)
{
    g_autoptr(CatalogColumnStatistics) a = statistics_new(CATALOG_STATISTICS_STRING);
    g_autoptr(CatalogColumnStatistics) b = statistics_new(CATALOG_STATISTICS_STRING);
    g_autoptr(CatalogColumnStatistics) strings = NULL;
    g_autoptr(CatalogColumnStatistics) truths = NULL;

    a->max_length = 9;
    a->average_length = 1.5;
    b->max_length = 3;
    b->average_length = 2.5;
    strings = catalog_statistics_merge(a, b);
    ck_assert_int_eq(strings->max_length, 9);
    ck_assert_double_eq(strings->average_length, 2.5);
    a->kind = b->kind = CATALOG_STATISTICS_BOOLEAN;
    a->true_count = 2;
    b->true_count = 3;
    b->false_count = 1;
    truths = catalog_statistics_merge(a, b);
    ck_assert_int_eq(truths->true_count, 5);
    ck_assert_int_eq(truths->false_count, 1);
}
END_TEST

START_TEST(a_sketch_is_kept_only_when_both_have_the_same)
{
    g_autoptr(CatalogColumnStatistics) a = integers_new(0, 1);
    g_autoptr(CatalogColumnStatistics) b = integers_new(0, 1);
    g_autoptr(CatalogColumnStatistics) same = NULL;
    g_autoptr(CatalogColumnStatistics) other = NULL;

    a->bit_vectors = g_bytes_new("HL1", 3);
    b->bit_vectors = g_bytes_new("HL1", 3);
    same = catalog_statistics_merge(a, b);
    ck_assert_ptr_nonnull(same->bit_vectors);
    g_clear_pointer(&b->bit_vectors, g_bytes_unref);
    b->bit_vectors = g_bytes_new("HL2", 3);
    other = catalog_statistics_merge(a, b);
    ck_assert_ptr_null(other->bit_vectors);
}
END_TEST

START_TEST(statistics_of_another_kind_replace_what_was_there)
{
    g_autoptr(CatalogColumnStatistics) a = integers_new(0, 1);
    g_autoptr(CatalogColumnStatistics) b = statistics_new(CATALOG_STATISTICS_STRING);
    g_autoptr(CatalogColumnStatistics) merged = NULL;

    a->null_count = 5;
    merged = catalog_statistics_merge(a, b);
    ck_assert_int_eq(merged->kind, CATALOG_STATISTICS_STRING);
    ck_assert_int_eq(merged->null_count, 0);
}
END_TEST

/* In ascending order of value; equal neighbours carry the same rank. */
static const struct {
    int rank;
    gint16 scale;
    gsize length;
    guint8 unscaled[20];
} decimals[] = {
    {0, -128, 1, {0x80}                        },
    {1, 2,    2, {0xff, 0x38}                  }, /* -2.00 */
    {1, 0,    1, {0xfe}                        }, /* -2 */
    {2, 1,    3, {0xff, 0xff, 0xff}            },
    {3, 0,    0, {0}                           },
    {3, 9,    1, {0}                           },
    {4, 2,    1, {0x19}                        }, /* 0.25 */
    {5, 1,    1, {0x03}                        }, /* 0.3 */
    {6, 0,    2, {0x00, 0x80}                  }, /* 128 */
    {7, 0,    9, {0x01, 0, 0, 0, 0, 0, 0, 0, 0}},
    {8, -128, 1, {0x7f}                        },
};

static CatalogStatisticsBound
decimal(gsize i)
{
    return (CatalogStatisticsBound){.is_known = TRUE,
                                    .unscaled =
                                        g_bytes_new(decimals[i].unscaled, decimals[i].length),
                                    .scale = decimals[i].scale};
}

START_TEST(decimals_are_compared_by_value_whatever_their_scale)
{
    for (gsize i = 0; i < G_N_ELEMENTS(decimals); i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(decimals); j++) {
            CatalogStatisticsBound a = decimal(i);
            CatalogStatisticsBound b = decimal(j);
            int expected =
                (decimals[i].rank > decimals[j].rank) - (decimals[i].rank < decimals[j].rank);

            ck_assert_msg(catalog_decimal_compare(&a, &b) == expected, "%zu and %zu", i, j);
            g_bytes_unref(a.unscaled);
            g_bytes_unref(b.unscaled);
        }
    }
}
END_TEST

static void
assert_mark(const char *present, const char *column, gboolean has, const char *expected)
{
    g_autoptr(GPtrArray) columns = g_ptr_array_new();
    g_autofree char *mark = NULL;

    if (column != NULL)
        g_ptr_array_add(columns, (gpointer)column);
    mark = catalog_statistics_mark(present, column != NULL ? columns : NULL, has);
    ck_assert_pstr_eq(mark, expected);
}

START_TEST(marking_keeps_what_else_the_parameter_says)
{
    assert_mark(NULL, "a", TRUE, "{\"COLUMN_STATS\":{\"a\":\"true\"}}");
    assert_mark("{\"BASIC_STATS\":\"true\"}", "a", TRUE,
                "{\"BASIC_STATS\":\"true\",\"COLUMN_STATS\":{\"a\":\"true\"}}");
    assert_mark("{\"COLUMN_STATS\":{\"a\":\"true\",\"b\":\"true\"}}", "a", FALSE,
                "{\"COLUMN_STATS\":{\"b\":\"true\"}}");
    assert_mark("{\"BASIC_STATS\":\"true\",\"COLUMN_STATS\":{\"a\":\"true\"}}", "a", FALSE,
                "{\"BASIC_STATS\":\"true\"}");
    assert_mark("{\"BASIC_STATS\":\"true\",\"COLUMN_STATS\":{\"a\":\"true\"}}", NULL, FALSE,
                "{\"BASIC_STATS\":\"true\"}");
    assert_mark("{\"COLUMN_STATS\":{\"a\":\"true\"}}", "a", FALSE, NULL);
    assert_mark(NULL, "a", FALSE, NULL);
}
END_TEST

START_TEST(a_parameter_that_is_not_of_this_form_counts_as_absent)
{
    assert_mark("true", "a", TRUE, "{\"COLUMN_STATS\":{\"a\":\"true\"}}");
    assert_mark("{\"COLUMN_STATS\":7}", "a", TRUE, "{\"COLUMN_STATS\":{\"a\":\"true\"}}");
    assert_mark("{broken", "a", FALSE, NULL);
}
END_TEST

static CatalogTable *
table_with(const char *name, const char *type)
{
    CatalogTable *table = catalog_table_new();
    CatalogStorage *storage = catalog_storage_new();

    g_ptr_array_add(storage->columns, catalog_column_new("a", "int", NULL));
    if (name != NULL)
        g_ptr_array_add(storage->columns, catalog_column_new(name, type, NULL));
    table->storage = storage;
    return table;
}

#define ACCURATE "COLUMN_STATS_ACCURATE"

START_TEST(columns_that_go_or_change_their_type_are_no_longer_accurate)
{
    g_autoptr(CatalogTable) before = table_with("b", "int");
    g_autoptr(CatalogTable) without = table_with(NULL, NULL);
    g_autoptr(CatalogTable) other_type = table_with("b", "bigint");
    g_autoptr(CatalogTable) same = table_with("b", "int");
    const char *all = "{\"BASIC_STATS\":\"true\",\"COLUMN_STATS\":{\"a\":\"true\",\"b\":\"true\"}}";
    const char *one = "{\"BASIC_STATS\":\"true\",\"COLUMN_STATS\":{\"a\":\"true\"}}";

    catalog_map_set(without->parameters, ACCURATE, all);
    catalog_map_set(other_type->parameters, ACCURATE, all);
    catalog_map_set(same->parameters, ACCURATE, all);
    catalog_statistics_unmark_changed(before, without);
    catalog_statistics_unmark_changed(before, other_type);
    catalog_statistics_unmark_changed(before, same);
    ck_assert_str_eq(catalog_map_get(without->parameters, ACCURATE), one);
    ck_assert_str_eq(catalog_map_get(other_type->parameters, ACCURATE), one);
    ck_assert_str_eq(catalog_map_get(same->parameters, ACCURATE), all);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("statistics");
    TCase *tests = tcase_create("statistics");

    tcase_add_test(tests, ranges_cover_both_and_counts_are_added);
    tcase_add_test(tests, a_range_that_is_not_known_adds_nothing);
    tcase_add_test(tests, counts_stop_at_the_end_of_their_range);
    tcase_add_test(tests, a_bound_that_is_no_number_does_not_count);
    tcase_add_test(tests, lengths_are_the_greater_ones_and_truths_are_added);
    tcase_add_test(tests, a_sketch_is_kept_only_when_both_have_the_same);
    tcase_add_test(tests, statistics_of_another_kind_replace_what_was_there);
    tcase_add_test(tests, decimals_are_compared_by_value_whatever_their_scale);
    tcase_add_test(tests, marking_keeps_what_else_the_parameter_says);
    tcase_add_test(tests, a_parameter_that_is_not_of_this_form_counts_as_absent);
    tcase_add_test(tests, columns_that_go_or_change_their_type_are_no_longer_accurate);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
