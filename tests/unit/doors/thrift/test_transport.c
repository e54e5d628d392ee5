/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: flat buffers give back what was put in, never read past the end, stay within their bound,
 * and can take back half a reply. Method: the ThriftTransport interface and the module's own
 * functions. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "doors/thrift/transport.h"
#include "skep/error.h"

START_TEST(reading_gives_each_byte_once_and_then_an_error)
{
    g_autoptr(FlatTransport) flat = flat_transport_new(100);
    ThriftTransport *transport = THRIFT_TRANSPORT(flat);
    g_autoptr(GError) error = NULL;
    guint8 got[8] = {0};
    flat_transport_set_input(flat, (const guint8 *)"abcdef", 6);
    ck_assert(thrift_transport_is_open(transport));
    ck_assert(thrift_transport_peek(transport, NULL));
    ck_assert_int_eq(thrift_transport_read_all(transport, got, 4, NULL), 4);
    ck_assert_mem_eq(got, "abcd", 4);
    ck_assert_int_eq(thrift_transport_read_all(transport, got, 3, &error), -1);
    ck_assert_int_eq((int)skep_error_fact(error), SKEP_ERROR_INVALID_ARGUMENT);
    ck_assert_int_eq(thrift_transport_read(transport, got, 8, NULL), 2);
    ck_assert_int_eq(thrift_transport_read(transport, got, 8, NULL), 0);
    ck_assert(!thrift_transport_peek(transport, NULL));
    ck_assert(thrift_transport_read_end(transport, NULL));
}
END_TEST

START_TEST(writing_grows_and_is_stolen_whole)
{
    g_autoptr(FlatTransport) flat = flat_transport_new(FLAT_TRANSPORT_WRITE_MAX);
    ThriftTransport *transport = THRIFT_TRANSPORT(flat);
    for (guint32 i = 0; i < 100000; i++)
        ck_assert(thrift_transport_write(transport, &i, sizeof i, NULL));
    ck_assert(thrift_transport_write_end(transport, NULL));
    ck_assert(thrift_transport_flush(transport, NULL));
    gsize length = 0;
    g_autofree guint8 *bytes = flat_transport_steal_output(flat, &length);
    ck_assert_uint_eq(length, 400000);
    for (guint32 i = 0; i < 100000; i++)
        ck_assert_mem_eq(bytes + i * sizeof i, &i, sizeof i);
    ck_assert_ptr_null(flat_transport_steal_output(flat, &length));
    ck_assert_uint_eq(length, 0);
    ck_assert(flat_transport_append(flat, "x", 1, NULL));
    ck_assert_uint_eq(flat_transport_mark(flat), 1);
}
END_TEST

START_TEST(truncating_to_a_mark_takes_back_what_came_after)
{
    g_autoptr(FlatTransport) flat = flat_transport_new(1000);
    ck_assert(flat_transport_append(flat, "keep", 4, NULL));
    gsize mark = flat_transport_mark(flat);
    ck_assert(flat_transport_append(flat, "half a reply", 12, NULL));
    flat_transport_truncate(flat, mark);
    ck_assert(flat_transport_append(flat, "!", 1, NULL));
    flat_transport_truncate(flat, 900); /* a mark ahead changes nothing */
    gsize length = 0;
    g_autofree guint8 *bytes = flat_transport_steal_output(flat, &length);
    ck_assert_uint_eq(length, 5);
    ck_assert_mem_eq(bytes, "keep!", 5);
}
END_TEST

START_TEST(the_bound_is_exact_and_leaves_the_buffer_usable)
{
    g_autoptr(FlatTransport) flat = flat_transport_new(10);
    g_autoptr(GError) error = NULL;
    ck_assert(flat_transport_append(flat, "0123456789", 10, NULL));
    ck_assert(!flat_transport_append(flat, "x", 1, &error));
    ck_assert_int_eq((int)skep_error_fact(error), SKEP_ERROR_TOO_LARGE);
    ck_assert_ptr_null(flat_transport_reserve(flat, G_MAXSIZE, NULL));
    ck_assert_uint_eq(flat_transport_mark(flat), 10);
    flat_transport_truncate(flat, 0);
    ck_assert(flat_transport_append(flat, "y", 1, NULL));
}
END_TEST

START_TEST(a_large_buffer_is_given_back_and_a_small_one_kept)
{
    g_autoptr(FlatTransport) flat = flat_transport_new(FLAT_TRANSPORT_WRITE_MAX);
    ck_assert(flat_transport_append(flat, "small", 5, NULL));
    flat_transport_clear_output(flat);
    ck_assert_uint_gt(flat->write_capacity, 0);
    guint8 *place = flat_transport_reserve(flat, 1024 * 1024, NULL);
    ck_assert_ptr_nonnull(place);
    memset(place, 1, 1024 * 1024);
    flat_transport_clear_output(flat);
    ck_assert_uint_eq(flat->write_capacity, 0);
    ck_assert_uint_eq(flat_transport_mark(flat), 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("transport");
    TCase *buffers = tcase_create("buffers");
    tcase_add_test(buffers, reading_gives_each_byte_once_and_then_an_error);
    tcase_add_test(buffers, writing_grows_and_is_stolen_whole);
    tcase_add_test(buffers, truncating_to_a_mark_takes_back_what_came_after);
    tcase_add_test(buffers, the_bound_is_exact_and_leaves_the_buffer_usable);
    tcase_add_test(buffers, a_large_buffer_is_given_back_and_a_small_one_kept);
    suite_add_tcase(suite, buffers);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
