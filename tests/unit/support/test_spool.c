/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: spools keep what is put into them, stay within their room together, give it back, and end
 * in an error where the disk does. Method: the module's own functions, and a socket pair. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "skep/error.h"
#include "skep/spool.h"
#include "support/test_suite.h"

START_TEST(what_is_appended_patched_and_cut_off_is_read_so)
{
    SpoolRoom *room = spool_room_new(NULL, 1000);
    g_autoptr(Spool) spool = spool_new(room, NULL);
    char got[16] = "";
    ck_assert_ptr_nonnull(spool);
    ck_assert(spool_append(spool, "0123456789", 10, NULL));
    ck_assert(spool_append(spool, "abc", 3, NULL));
    ck_assert(spool_patch(spool, 8, "xyz", 3, NULL));
    spool_truncate(spool, 12);
    spool_truncate(spool, 500); /* what lies ahead changes nothing */
    ck_assert_uint_eq(spool_length(spool), 12);
    ck_assert(spool_append(spool, "!", 1, NULL));
    ck_assert(spool_read(spool, 0, got, 13, NULL));
    ck_assert_str_eq(got, "01234567xyzb!");
    ck_assert_uint_eq(spool_room_used(room), 13);
    g_clear_pointer(&spool, spool_free);
    ck_assert_uint_eq(spool_room_used(room), 0);
    spool_room_free(room);
}
END_TEST

START_TEST(all_spools_of_a_room_share_its_limit)
{
    SpoolRoom *room = spool_room_new(NULL, 20);
    g_autoptr(Spool) first = spool_new(room, NULL);
    g_autoptr(Spool) second = spool_new(room, NULL);
    g_autoptr(GError) error = NULL;
    ck_assert(spool_append(first, "0123456789", 10, NULL));
    ck_assert(!spool_append(second, "0123456789x", 11, &error));
    ck_assert_int_eq((int)skep_error_fact(error), SKEP_ERROR_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(error->message, "spool_bytes_max"));
    ck_assert_uint_eq(spool_length(second), 0);
    ck_assert(spool_append(second, "0123456789", 10, NULL));
    spool_truncate(first, 1);
    ck_assert(spool_append(second, "012345678", 9, NULL));
    g_clear_pointer(&first, spool_free);
    g_clear_pointer(&second, spool_free);
    ck_assert_uint_eq(spool_room_used(room), 0);
    spool_room_free(room);
}
END_TEST

START_TEST(a_directory_that_takes_no_file_is_an_error)
{
    SpoolRoom *room = spool_room_new("/nonexistent/place", 20);
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(spool_new(room, &error));
    ck_assert_int_eq((int)skep_error_fact(error), SKEP_ERROR_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(error->message, "spool_dir"));
    spool_room_free(room);
}
END_TEST

START_TEST(a_full_disk_is_an_error_and_takes_no_room)
{
    /* A file whose disk is always full. */
    struct {
        SpoolRoom *room;
        int file;
        guint64 length;
    } * inside;
    SpoolRoom *room = spool_room_new(NULL, 1000);
    Spool *spool = spool_new(room, NULL);
    g_autoptr(GError) error = NULL;
    inside = (gpointer)spool;
    FILE *full = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(full);
    ck_assert_int_ge(dup2(fileno(full), inside->file), 0);
    ck_assert(!spool_append(spool, "x", 1, &error));
    ck_assert_int_eq((int)skep_error_fact(error), SKEP_ERROR_UNAVAILABLE);
    ck_assert_uint_eq(spool_room_used(room), 0);
    fclose(full);
    spool_free(spool);
    spool_room_free(room);
}
END_TEST

START_TEST(sending_moves_on_as_far_as_the_reader_takes_it)
{
    enum { BYTES = 4 * 1024 * 1024 };
    SpoolRoom *room = spool_room_new(NULL, BYTES);
    Spool *spool = spool_new(room, NULL);
    g_autofree guint8 *bytes = g_malloc(BYTES);
    g_autofree guint8 *got = g_malloc(BYTES);
    guint64 sent = 0;
    int ends[2];
    for (guint i = 0; i < BYTES; i++)
        bytes[i] = (guint8)(i * 2654435761u >> 24);
    ck_assert(spool_append(spool, bytes, BYTES, NULL));
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    while (sent < BYTES) {
        guint64 before = sent;
        while (spool_send(spool, ends[0], &sent, 100000) > 0)
            continue;
        ck_assert_int_eq(errno, sent < BYTES ? EAGAIN : errno);
        ck_assert_uint_gt(sent, before);
        while (before < sent) {
            gssize count = read(ends[1], got + before, (gsize)(sent - before));
            ck_assert_int_gt(count, 0);
            before += (guint64)count;
        }
    }
    ck_assert_mem_eq(got, bytes, BYTES);
    spool_free(spool);
    ck_assert_uint_eq(spool_room_used(room), 0);
    spool_room_free(room);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(a_spool_lives_as_long_as_its_last_reader)
{
    SpoolRoom *room = spool_room_new(NULL, 1000);
    Spool *spool = spool_new(room, NULL);
    Spool *reader = spool_ref(spool);
    g_autoptr(GBytes) all = NULL;

    ck_assert(spool_append(spool, "abc", 3, NULL));
    spool_free(spool);
    ck_assert_uint_eq(spool_room_used(room), 3);
    all = spool_read_all(reader, NULL);
    ck_assert_uint_eq(g_bytes_get_size(all), 3);
    ck_assert_mem_eq(g_bytes_get_data(all, NULL), "abc", 3);
    spool_free(reader);
    ck_assert_uint_eq(spool_room_used(room), 0);
    spool_room_free(room);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("spool");
    TCase *spools = tcase_create("spools");
    tcase_add_test(spools, what_is_appended_patched_and_cut_off_is_read_so);
    tcase_add_test(spools, all_spools_of_a_room_share_its_limit);
    tcase_add_test(spools, a_directory_that_takes_no_file_is_an_error);
    tcase_add_test(spools, a_full_disk_is_an_error_and_takes_no_room);
    tcase_add_test(spools, sending_moves_on_as_far_as_the_reader_takes_it);
    tcase_add_test(spools, a_spool_lives_as_long_as_its_last_reader);
    suite_add_tcase(suite, spools);
    return test_run_suite(suite);
}
