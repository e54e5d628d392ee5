/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: flat buffers give back what was put in, never read past the end, stay within their bound,
 * and can take back half a reply. Method: the ThriftTransport interface and the module's own
 * functions. */
#include <check.h>
#include <string.h>

#include "doors/thrift/protocol.h"
#include "doors/thrift/transport.h"
#include "skep/error.h"
#include "support/test_suite.h"

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

/* --- with a room for spools --- */

enum { LONG_WORDS = 700 * 1000 };

/* What was written, whether it lies on disk or in memory. */
static GByteArray *
collect(FlatTransport *flat)
{
    GByteArray *all = g_byte_array_new();
    g_autoptr(Spool) spool = flat_transport_steal_spool(flat);
    if (spool != NULL) {
        g_byte_array_set_size(all, (guint)spool_length(spool));
        ck_assert(spool_read(spool, 0, all->data, all->len, NULL));
    }
    gsize length = 0;
    g_autofree guint8 *rest = flat_transport_steal_output(flat, &length);
    if (length > 0)
        g_byte_array_append(all, rest, (guint)length);
    return all;
}

static void
write_words(FlatTransport *flat, guint32 count)
{
    gboolean good = TRUE;
    for (guint32 i = 0; i < count; i++)
        good = flat_transport_append(flat, &i, sizeof i, NULL) && good;
    ck_assert(good);
}

START_TEST(long_output_takes_little_memory_and_comes_whole)
{
    SpoolRoom *room = spool_room_new(NULL, G_MAXINT32);
    g_autoptr(FlatTransport) flat = flat_transport_new(FLAT_TRANSPORT_WRITE_MAX);
    flat_transport_set_room(flat, room);
    write_words(flat, LONG_WORDS);
    ck_assert_uint_le(flat->write_capacity, 1024 * 1024);
    ck_assert_uint_eq(flat_transport_mark(flat), LONG_WORDS * sizeof(guint32));
    ck_assert_uint_gt(spool_room_used(room), 0);
    g_autoptr(GByteArray) all = collect(flat);
    ck_assert_uint_eq(all->len, LONG_WORDS * sizeof(guint32));
    guint32 wrong = 0;
    for (guint32 i = 0; i < LONG_WORDS; i++)
        wrong += memcmp(all->data + i * sizeof i, &i, sizeof i) != 0;
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_eq(flat_transport_mark(flat), 0);
    ck_assert_uint_eq(spool_room_used(room), 0);
    spool_room_free(room);
}
END_TEST

START_TEST(marks_reach_back_to_what_lies_on_disk)
{
    SpoolRoom *room = spool_room_new(NULL, G_MAXINT32);
    g_autoptr(FlatTransport) flat = flat_transport_new(FLAT_TRANSPORT_WRITE_MAX);
    flat_transport_set_room(flat, room);
    write_words(flat, LONG_WORDS);
    gsize edge = flat->spooled;
    ck_assert(flat_transport_patch(flat, edge - 2, "edge", 4, NULL));
    g_autoptr(GByteArray) tail = flat_transport_take_back(flat, edge - 2, NULL);
    ck_assert_mem_eq(tail->data, "edge", 4);
    ck_assert_uint_eq(tail->len, LONG_WORDS * sizeof(guint32) - edge + 2);
    ck_assert_uint_eq(flat_transport_mark(flat), edge - 2);
    ck_assert(flat_transport_append(flat, "!", 1, NULL));
    flat_transport_truncate(flat, 6);
    ck_assert(flat_transport_append(flat, "end", 3, NULL));
    ck_assert(flat_transport_patch(flat, 0, "go", 2, NULL));
    g_autoptr(GByteArray) all = collect(flat);
    ck_assert_uint_eq(all->len, 9);
    ck_assert_mem_eq(all->data, "go\0\0\1\0end", 9);
    spool_room_free(room);
}
END_TEST

START_TEST(a_part_of_another_output_is_appended_wherever_it_lies)
{
    SpoolRoom *room = spool_room_new(NULL, G_MAXINT32);
    g_autoptr(FlatTransport) from = flat_transport_new(FLAT_TRANSPORT_WRITE_MAX);
    g_autoptr(FlatTransport) flat = flat_transport_new(FLAT_TRANSPORT_WRITE_MAX);
    flat_transport_set_room(from, room);
    write_words(from, LONG_WORDS);
    gsize length = flat_transport_mark(from) - 40;
    ck_assert(flat_transport_append(flat, "head", 4, NULL));
    ck_assert(flat_transport_append_part(flat, from, 40, length, NULL));
    g_autoptr(GByteArray) all = collect(flat);
    ck_assert_uint_eq(all->len, length + 4);
    ck_assert_mem_eq(all->data, "head", 4);
    guint32 wrong = 0;
    for (guint32 i = 10; i < LONG_WORDS; i++)
        wrong += memcmp(all->data + 4 + (i - 10) * sizeof i, &i, sizeof i) != 0;
    ck_assert_uint_eq(wrong, 0);
    g_clear_object(&from);
    spool_room_free(room);
}
END_TEST

START_TEST(a_full_room_fails_the_write_and_leaves_what_was_there)
{
    SpoolRoom *room = spool_room_new(NULL, 1000);
    g_autoptr(FlatTransport) flat = flat_transport_new(FLAT_TRANSPORT_WRITE_MAX);
    g_autoptr(GError) error = NULL;
    flat_transport_set_room(flat, room);
    write_words(flat, 1000);
    g_autofree char *text = g_strnfill(2 * 1024 * 1024, 'x');
    ck_assert(!flat_transport_append(flat, text, strlen(text), &error));
    ck_assert_int_eq((int)skep_error_fact(error), SKEP_ERROR_UNAVAILABLE);
    ck_assert_uint_eq(flat_transport_mark(flat), 4000);
    flat_transport_truncate(flat, 0);
    ck_assert_ptr_null(flat->spool);
    ck_assert(flat_transport_append(flat, "sorry", 5, NULL));
    g_autoptr(GByteArray) all = collect(flat);
    ck_assert_mem_eq(all->data, "sorry", 5);
    spool_room_free(room);
}
END_TEST

START_TEST(input_that_may_go_is_read_right_to_its_end)
{
    enum { BYTES = 5 * 1024 * 1024 + 123 };
    g_autoptr(FlatTransport) flat = flat_transport_new(100);
    WireLimits limits;
    wire_limits_init(&limits);
    g_autoptr(FlatProtocol) protocol = flat_protocol_new(flat, &limits);
    g_autofree guint8 *bytes = g_malloc(BYTES);
    memset(bytes, 'y', BYTES);
    flat_transport_set_input(flat, bytes + 3, BYTES - 3 - 20);
    flat_transport_set_input_disposable(flat);
    gsize wrong = 0;
    for (gsize i = 0; i < BYTES - 3 - 20; i++) {
        gint8 byte = 0;
        wrong +=
            thrift_protocol_read_byte(THRIFT_PROTOCOL(protocol), &byte, NULL) < 0 || byte != 'y';
    }
    ck_assert_uint_eq(wrong, 0);
    ck_assert_mem_eq(bytes, "yyy", 3);
    ck_assert_mem_eq(bytes + BYTES - 20, "yyyyyyyyyyyyyyyyyyyy", 20);
    ck_assert_int_eq(bytes[BYTES / 2], 0);
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
    tcase_add_test(buffers, long_output_takes_little_memory_and_comes_whole);
    tcase_add_test(buffers, marks_reach_back_to_what_lies_on_disk);
    tcase_add_test(buffers, a_part_of_another_output_is_appended_wherever_it_lies);
    tcase_add_test(buffers, a_full_room_fails_the_write_and_leaves_what_was_there);
    tcase_add_test(buffers, input_that_may_go_is_read_right_to_its_end);
    suite_add_tcase(suite, buffers);
    return test_run_suite(suite);
}
