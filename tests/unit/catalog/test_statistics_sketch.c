/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: sketches of distinct values that Hive's engines send are joined as Hive joins them, and no
 * bytes that are not one do harm. Method: sketches that Hive made, of two sets and of both
 * together; the joined one is compared register by register, by joining it with Hive's own: nothing
 * changes. */
#include <check.h>
#include <string.h>

#include "catalog/statistics_sketch.h"
#include "sketches.h"
#include "support/test_suite.h"

static GBytes *
decode(const Sketch *sketch)
{
    gsize length = 0;
    guchar *bytes = g_base64_decode(sketch->text, &length);

    return g_bytes_new_take(bytes, length);
}

static void
assert_close(gint64 estimate, gint64 expected, double share)
{
    ck_assert_msg(ABS((double)(estimate - expected)) <= share * (double)expected,
                  "%" G_GINT64_FORMAT " is not about %" G_GINT64_FORMAT, estimate, expected);
}

/* `share`: how far estimates may be from Hive's, whose corrections are tables. */
static void
check_pair(const Sketch *one, const Sketch *other, const Sketch *both, double share)
{
    g_autoptr(GBytes) left = decode(one);
    g_autoptr(GBytes) right = decode(other);
    g_autoptr(GBytes) hives = decode(both);
    gint64 distinct = 0;
    gint64 again = 0;
    g_autoptr(GBytes) joined = catalog_sketch_merge(left, right, &distinct);
    g_autoptr(GBytes) turned = catalog_sketch_merge(right, left, &again);

    ck_assert_ptr_nonnull(joined);
    ck_assert(g_bytes_equal(joined, turned));
    assert_close(catalog_sketch_estimate(left), one->distinct, share);
    assert_close(catalog_sketch_estimate(right), other->distinct, share);
    assert_close(distinct, both->distinct, share);
    ck_assert_int_eq(distinct, again);
    ck_assert_int_eq(catalog_sketch_estimate(joined), distinct);

    g_autoptr(GBytes) with_hives = catalog_sketch_merge(joined, hives, &again);
    g_autoptr(GBytes) hives_alone = catalog_sketch_merge(hives, hives, &again);

    ck_assert(g_bytes_equal(joined, with_hives));
    ck_assert(g_bytes_equal(joined, hives_alone));
}

START_TEST(sparse_sketches_are_joined_and_counted_exactly_as_hive_does)
{
    check_pair(&SPARSE_ONE, &SPARSE_OTHER, &SPARSE_BOTH, 0);
}
END_TEST

START_TEST(dense_sketches_have_the_registers_of_hives)
{
    check_pair(&DENSE_ONE, &DENSE_OTHER, &DENSE_BOTH, 0.03);
    check_pair(&SMALL_ONE, &SMALL_OTHER, &SMALL_BOTH, 0.1);
}
END_TEST

START_TEST(a_sparse_and_a_dense_sketch_make_a_dense_one)
{
    check_pair(&MIXED_ONE, &MIXED_OTHER, &MIXED_BOTH, 0.03);
}
END_TEST

START_TEST(flajolet_martin_sketches_are_joined_and_counted_exactly_as_hive_does)
{
    check_pair(&FM_ONE, &FM_OTHER, &FM_BOTH, 0);
}
END_TEST

START_TEST(of_two_precisions_the_lower_one_stays)
{
    g_autoptr(GBytes) low = decode(&PRECISION_LOW);
    g_autoptr(GBytes) high = decode(&PRECISION_HIGH);
    gint64 distinct = 0;
    g_autoptr(GBytes) joined = catalog_sketch_merge(high, low, &distinct);
    const guint8 *bytes = g_bytes_get_data(joined, NULL);

    ck_assert_int_eq(bytes[3] >> 4, 6);
    assert_close(distinct, 200, 0.2);

    g_autoptr(GBytes) turned = catalog_sketch_merge(low, high, &distinct);

    ck_assert(g_bytes_equal(joined, turned));
}
END_TEST

START_TEST(sketches_of_different_kinds_or_sizes_are_not_joined)
{
    g_autoptr(GBytes) hll = decode(&SPARSE_ONE);
    g_autoptr(GBytes) fm = decode(&FM_ONE);
    g_autoptr(GBytes) shorter = g_bytes_new("FM\x01\x00\x01\x00\x00\x00", 8);
    gint64 distinct = 0;

    ck_assert_ptr_null(catalog_sketch_merge(hll, fm, &distinct));
    ck_assert_ptr_null(catalog_sketch_merge(fm, hll, &distinct));
    ck_assert_ptr_null(catalog_sketch_merge(fm, shorter, &distinct));
}
END_TEST

/* Every beginning of a sketch, and every sketch with one byte changed: joined or refused. */
START_TEST(bytes_that_are_no_sketch_do_no_harm)
{
    const Sketch *all[] = {&SPARSE_ONE, &DENSE_ONE, &SMALL_ONE, &FM_ONE};

    for (gsize which = 0; which < G_N_ELEMENTS(all); which++) {
        g_autoptr(GBytes) whole = decode(all[which]);
        gsize length = g_bytes_get_size(whole);

        for (gsize i = 0; i < length; i++) {
            g_autoptr(GBytes) part = g_bytes_new_from_bytes(whole, 0, i);
            guint8 *bytes = g_memdup2(g_bytes_get_data(whole, NULL), length);
            gint64 distinct = 0;

            bytes[i] ^= 0xff;

            g_autoptr(GBytes) changed = g_bytes_new_take(bytes, length);
            g_autoptr(GBytes) ignored = catalog_sketch_merge(whole, changed, &distinct);
            g_autoptr(GBytes) other = catalog_sketch_merge(changed, whole, &distinct);

            ck_assert_ptr_null(catalog_sketch_merge(whole, part, &distinct));
            (void)ignored;
            (void)other;
        }
    }
}
END_TEST

START_TEST(a_count_of_entries_past_the_end_takes_no_memory)
{
    static const guint8 claims[] = {'H', 'L', 'L', 0xa0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
    g_autoptr(GBytes) sketch = g_bytes_new_static(claims, sizeof claims);

    ck_assert_int_eq(catalog_sketch_estimate(sketch), 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("sketches of distinct values");
    TCase *tests = tcase_create("sketches");

    tcase_add_test(tests, sparse_sketches_are_joined_and_counted_exactly_as_hive_does);
    tcase_add_test(tests, dense_sketches_have_the_registers_of_hives);
    tcase_add_test(tests, a_sparse_and_a_dense_sketch_make_a_dense_one);
    tcase_add_test(tests, flajolet_martin_sketches_are_joined_and_counted_exactly_as_hive_does);
    tcase_add_test(tests, of_two_precisions_the_lower_one_stays);
    tcase_add_test(tests, sketches_of_different_kinds_or_sizes_are_not_joined);
    tcase_add_test(tests, bytes_that_are_no_sketch_do_no_harm);
    tcase_add_test(tests, a_count_of_entries_past_the_end_takes_no_memory);
    suite_add_tcase(suite, tests);

    return test_run_suite(suite);
}
