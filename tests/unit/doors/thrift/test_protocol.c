/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: values survive the protocol to their last bit, the library's own binary protocol reads the
 * same bytes, and broken ones are told at the message's end without a reader being able to run
 * away. Method: write through one FlatProtocol and read back, or read bytes that the test breaks.
 */
#include <check.h>
#include <float.h>
#include <string.h>
#include <thrift/c_glib/protocol/thrift_binary_protocol.h>
#include <thrift/c_glib/transport/thrift_memory_buffer.h>

#include "doors/thrift/protocol.h"
#include "skep/error.h"
#include "support/test_suite.h"

static FlatTransport *flat;
static FlatProtocol *flat_protocol;
static ThriftProtocol *protocol;
static guint8 *written;
static GError *failure;

static void
set_up(void)
{
    WireLimits limits;
    wire_limits_init(&limits);
    flat = flat_transport_new(FLAT_TRANSPORT_WRITE_MAX);
    flat_protocol = flat_protocol_new(flat, &limits);
    protocol = THRIFT_PROTOCOL(flat_protocol);
}

static void
tear_down(void)
{
    g_clear_error(&failure);
    g_clear_pointer(&written, g_free);
    g_object_unref(flat_protocol);
    g_object_unref(flat);
}

/* What was written becomes the message to read, in a buffer of its exact size. */
static gsize
turn_round(void)
{
    gsize length = 0;
    g_autofree guint8 *bytes = flat_transport_steal_output(flat, &length);
    g_free(written);
    written = g_memdup2(bytes, length);
    flat_transport_set_input(flat, written, length);
    return length;
}

static void
read_head(void)
{
    g_autofree char *name = NULL;
    ThriftMessageType type;
    gint32 seqid;
    ck_assert_int_ge(thrift_protocol_read_message_begin(protocol, &name, &type, &seqid, &failure),
                     0);
}

static void
write_head(void)
{
    thrift_protocol_write_message_begin(protocol, "m", T_CALL, 1, NULL);
}

static void
write_raw(const char *bytes, gsize length)
{
    ck_assert(flat_transport_append(flat, bytes, length, NULL));
}

static void
assert_end_tells(SkepError fact)
{
    g_autoptr(GError) error = NULL;
    ck_assert_int_eq(thrift_protocol_read_message_end(protocol, &error), -1);
    ck_assert_int_eq((int)skep_error_fact(error), (int)fact);
    ck_assert_ptr_nonnull(flat_protocol_failure(flat_protocol));
}

START_TEST(heads_survive_in_the_old_and_the_strict_form)
{
    static const char *const forms[] = {"\x80\x01\x00\x01\x00\x00\x00\x02gt\xff\xff\xff\xff",
                                        "\x00\x00\x00\x02gt\x01\xff\xff\xff\xff"};
    static const gsize lengths[] = {14, 11};
    flat_transport_set_input(flat, (const guint8 *)forms[_i], lengths[_i]);
    g_autofree char *name = NULL;
    ThriftMessageType type;
    gint32 seqid;
    ck_assert_int_ge(thrift_protocol_read_message_begin(protocol, &name, &type, &seqid, NULL), 0);
    ck_assert_str_eq(name, "gt");
    ck_assert_int_eq(type, T_CALL);
    ck_assert_int_eq(seqid, -1);
    thrift_protocol_write_message_begin(protocol, name, type, seqid, NULL);
    ck_assert_uint_eq(turn_round(), lengths[_i]);
    ck_assert_mem_eq(written, forms[_i], lengths[_i]);
}
END_TEST

START_TEST(numbers_survive_at_their_extremes)
{
    static const gint64 integers[] = {G_MININT64, -1, 0, 1, 3055729675574597004, G_MAXINT64};
    static const gdouble doubles[] = {-DBL_MAX, -0.0, DBL_MIN, 0.1, DBL_MAX};
    for (gsize i = 0; i < G_N_ELEMENTS(integers); i++) {
        thrift_protocol_write_i64(protocol, integers[i], NULL);
        thrift_protocol_write_i32(protocol, (gint32)integers[i], NULL);
        thrift_protocol_write_i16(protocol, (gint16)integers[i], NULL);
        thrift_protocol_write_byte(protocol, (gint8)integers[i], NULL);
        thrift_protocol_write_bool(protocol, integers[i] != 0, NULL);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(doubles); i++)
        thrift_protocol_write_double(protocol, doubles[i], NULL);
    ck_assert_uint_eq(turn_round(), 6 * 16 + 5 * 8);
    for (gsize i = 0; i < G_N_ELEMENTS(integers); i++) {
        gint64 i64;
        gint32 i32;
        gint16 i16;
        gint8 i8;
        gboolean truth;
        thrift_protocol_read_i64(protocol, &i64, NULL);
        thrift_protocol_read_i32(protocol, &i32, NULL);
        thrift_protocol_read_i16(protocol, &i16, NULL);
        thrift_protocol_read_byte(protocol, &i8, NULL);
        thrift_protocol_read_bool(protocol, &truth, NULL);
        ck_assert_int_eq(i64, integers[i]);
        ck_assert_int_eq(i32, (gint32)integers[i]);
        ck_assert_int_eq(i16, (gint16)integers[i]);
        ck_assert_int_eq(i8, (gint8)integers[i]);
        ck_assert_int_eq(truth, integers[i] != 0);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(doubles); i++) {
        gdouble value;
        thrift_protocol_read_double(protocol, &value, NULL);
        ck_assert_mem_eq(&value, &doubles[i], sizeof value);
    }
    ck_assert_int_eq(thrift_protocol_read_message_end(protocol, NULL), 0);
}
END_TEST

START_TEST(strings_survive_and_binaries_hold_any_byte)
{
    g_autofree char *name = g_strnfill(65536, 'n');
    thrift_protocol_write_string(protocol, "größe 漢字 🐝", NULL);
    thrift_protocol_write_string(protocol, name, NULL);
    thrift_protocol_write_string(protocol, NULL, NULL);
    thrift_protocol_write_binary(protocol, (gpointer) "\0\xff\xfe\0", 4, NULL);
    thrift_protocol_write_binary(protocol, NULL, 0, NULL);
    turn_round();
    g_autofree char *unicode = NULL, *longer = NULL, *empty = NULL;
    g_autofree gpointer binary = NULL;
    gpointer nothing = NULL;
    guint32 length = 0, none = 1;
    thrift_protocol_read_string(protocol, &unicode, NULL);
    thrift_protocol_read_string(protocol, &longer, NULL);
    thrift_protocol_read_string(protocol, &empty, NULL);
    thrift_protocol_read_binary(protocol, &binary, &length, NULL);
    thrift_protocol_read_binary(protocol, &nothing, &none, NULL);
    ck_assert_str_eq(unicode, "größe 漢字 🐝");
    ck_assert_str_eq(longer, name);
    ck_assert_str_eq(empty, "");
    ck_assert_uint_eq(length, 4);
    ck_assert_mem_eq(binary, "\0\xff\xfe\0", 4);
    ck_assert_uint_eq(none, 0);
    ck_assert_int_eq(thrift_protocol_read_message_end(protocol, NULL), 0);
}
END_TEST

/* Head, one field, a list of one i64, a map of one pair. */
static void
write_specimen(ThriftProtocol *out)
{
    thrift_protocol_write_message_begin(out, "get_table", T_CALL, 9, NULL);
    thrift_protocol_write_struct_begin(out, "args", NULL);
    thrift_protocol_write_field_begin(out, "f", T_LIST, -3, NULL);
    thrift_protocol_write_list_begin(out, T_I64, 1, NULL);
    thrift_protocol_write_i64(out, G_MININT64, NULL);
    thrift_protocol_write_list_end(out, NULL);
    thrift_protocol_write_field_end(out, NULL);
    thrift_protocol_write_field_begin(out, "g", T_MAP, 400, NULL);
    thrift_protocol_write_map_begin(out, T_STRING, T_DOUBLE, 1, NULL);
    thrift_protocol_write_string(out, "k", NULL);
    thrift_protocol_write_double(out, -1.5, NULL);
    thrift_protocol_write_map_end(out, NULL);
    thrift_protocol_write_field_end(out, NULL);
    thrift_protocol_write_field_stop(out, NULL);
    thrift_protocol_write_struct_end(out, NULL);
    thrift_protocol_write_message_end(out, NULL);
}

START_TEST(the_bytes_are_those_of_the_library)
{
    GByteArray *buffer = g_byte_array_new(); /* the memory transport drops it */
    static ThriftTransport *volatile memory; /* kept: the library's finalizer loses part of it */
    memory = g_object_new(THRIFT_TYPE_MEMORY_BUFFER, "buf", buffer, NULL);
    ThriftProtocol *library = g_object_new(THRIFT_TYPE_BINARY_PROTOCOL, "transport", memory, NULL);
    write_specimen(library);
    write_specimen(protocol);
    gsize length = turn_round();
    ck_assert_uint_eq(length, buffer->len);
    ck_assert_mem_eq(written, buffer->data, length);
    g_object_unref(library);
}
END_TEST

START_TEST(a_null_string_leaves_its_field_out_and_is_empty_elsewhere)
{
    write_head();
    gsize mark = flat_transport_mark(flat);
    thrift_protocol_write_field_begin(protocol, "f", T_STRING, 1, NULL);
    thrift_protocol_write_string(protocol, NULL, NULL);
    ck_assert_uint_eq(flat_transport_mark(flat), mark);
    thrift_protocol_write_field_begin(protocol, "g", T_LIST, 2, NULL);
    thrift_protocol_write_list_begin(protocol, T_STRING, 1, NULL);
    thrift_protocol_write_string(protocol, NULL, NULL);
    thrift_protocol_write_field_stop(protocol, NULL);
    ck_assert_uint_eq(flat_transport_mark(flat), mark + 3 + 5 + 4 + 1);
}
END_TEST

START_TEST(skipping_walks_over_anything_valid)
{
    write_specimen(protocol);
    turn_round();
    read_head();
    ck_assert_int_ge(thrift_protocol_skip(protocol, T_STRUCT, NULL), 0);
    ck_assert_int_eq(thrift_protocol_read_message_end(protocol, NULL), 0);
    ck_assert_uint_eq(flat->read_cursor, flat->read_length);
}
END_TEST

START_TEST(text_that_is_no_text_is_an_invalid_argument)
{
    static const char *const bad[] = {"\xff\xfe", "a\xc3", "\xed\xa0\x80", "a\0b"};
    static const gsize lengths[] = {2, 2, 3, 3};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        write_head();
        thrift_protocol_write_binary(protocol, (gpointer)bad[i], (guint32)lengths[i], NULL);
        thrift_protocol_write_string(protocol, "never read", NULL);
        turn_round();
        read_head();
        g_autofree char *text = NULL, *after = NULL;
        ck_assert_int_eq(thrift_protocol_read_string(protocol, &text, NULL), 0);
        ck_assert_int_eq(thrift_protocol_read_string(protocol, &after, NULL), 0);
        ck_assert_str_eq(text, "");
        ck_assert_str_eq(after, "");
        assert_end_tells(SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

START_TEST(a_failure_ends_every_struct_and_container_and_the_next_message_is_clean)
{
    write_head();
    write_raw("\x0b\x00\x01\xff\xff\xff\xff", 7);
    turn_round();
    read_head();
    char *name = NULL;
    g_autofree char *text = NULL;
    ThriftType type, other;
    gint16 id;
    guint32 size = 9;
    gint64 number = 9;
    thrift_protocol_read_struct_begin(protocol, &name, NULL);
    thrift_protocol_read_field_begin(protocol, &name, &type, &id, NULL);
    ck_assert_int_eq(type, T_STRING);
    thrift_protocol_read_string(protocol, &text, NULL);
    ck_assert_str_eq(text, "");
    thrift_protocol_read_field_begin(protocol, &name, &type, &id, NULL);
    ck_assert_int_eq(type, T_STOP);
    thrift_protocol_read_list_begin(protocol, &type, &size, NULL);
    ck_assert_uint_eq(size, 0);
    thrift_protocol_read_map_begin(protocol, &type, &other, &size, NULL);
    ck_assert_uint_eq(size, 0);
    thrift_protocol_read_i64(protocol, &number, NULL);
    ck_assert_int_eq(number, 0);
    assert_end_tells(SKEP_ERROR_INVALID_ARGUMENT);
    write_head();
    turn_round();
    read_head();
    ck_assert_int_eq(thrift_protocol_read_message_end(protocol, NULL), 0);
}
END_TEST

START_TEST(a_message_cut_off_is_told)
{
    write_specimen(protocol);
    gsize length = turn_round();
    for (gsize cut = 17; cut < length; cut++) {
        g_autofree guint8 *part = g_memdup2(written, cut);
        flat_transport_set_input(flat, part, cut);
        g_autofree char *name = NULL;
        ThriftMessageType type;
        gint32 seqid;
        if (thrift_protocol_read_message_begin(protocol, &name, &type, &seqid, NULL) < 0)
            continue;
        thrift_protocol_skip(protocol, T_STRUCT, NULL);
        assert_end_tells(SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

START_TEST(heads_that_are_broken_fail_at_once)
{
    static const char *const bad[] = {"\x80\x02\x00\x01\x00\x00\x00\x01m\x00\x00\x00\x01",
                                      "\x80\x01\x00\x01\x7f\xff\xff\xffm\x00\x00\x00\x01",
                                      "\x80\x01\x00\x01\x00\x00\x00\x01\xff\x00\x00\x00\x01",
                                      "\x80\x01\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x01"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        char *name = NULL;
        ThriftMessageType type;
        gint32 seqid;
        g_autoptr(GError) error = NULL;
        flat_transport_set_input(flat, (const guint8 *)bad[i], 13);
        ck_assert_int_eq(thrift_protocol_read_message_begin(protocol, &name, &type, &seqid, &error),
                         -1);
        ck_assert_ptr_null(name);
        ck_assert_int_eq((int)skep_error_fact(error), SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

START_TEST(skipping_a_deep_message_comes_back)
{
    write_head();
    for (int i = 0; i < 2 * 1000 * 1000; i++)
        write_raw("\x0c\x00\x01", 3);
    turn_round();
    read_head();
    thrift_protocol_skip(protocol, T_STRUCT, NULL);
    assert_end_tells(SKEP_ERROR_TOO_LARGE);
}
END_TEST

START_TEST(siblings_do_not_count_as_depth)
{
    write_head();
    for (int i = 0; i < 1000; i++)
        write_raw("\x0c\x01\x00\x0f\x00\x01\x0c\x00\x00\x00\x01\x00\x00", 13);
    write_raw("\0", 1);
    turn_round();
    read_head();
    thrift_protocol_skip(protocol, T_STRUCT, NULL);
    ck_assert_int_eq(thrift_protocol_read_message_end(protocol, NULL), 0);
}
END_TEST

START_TEST(counts_are_bounded_by_bytes_and_by_the_limit)
{
    ThriftType type, other;
    guint32 size = 9;
    write_head();
    write_raw("\x0b\x00\x00\x00\x02\x00\x00\x00\x00", 9);
    turn_round();
    read_head();
    thrift_protocol_read_list_begin(protocol, &type, &size, NULL);
    ck_assert_uint_eq(size, 0);
    assert_end_tells(SKEP_ERROR_INVALID_ARGUMENT);
    write_head();
    write_raw("\x0b\x0b\xff\xff\xff\xff", 6);
    turn_round();
    read_head();
    thrift_protocol_read_map_begin(protocol, &type, &other, &size, NULL);
    ck_assert_uint_eq(size, 0);
    assert_end_tells(SKEP_ERROR_INVALID_ARGUMENT);
    flat_protocol->limits.elements_max = 3;
    write_head();
    write_raw("\x02\x00\x00\x00\x04\x00\x00\x00\x00", 9);
    turn_round();
    read_head();
    thrift_protocol_read_set_begin(protocol, &type, &size, NULL);
    ck_assert_uint_eq(size, 0);
    assert_end_tells(SKEP_ERROR_TOO_LARGE);
}
END_TEST

START_TEST(a_field_that_is_there_twice_is_refused)
{
    write_head();
    write_raw("\x02\x00\x7f\x01\x02\x00\x7e\x01\x02\x00\x7f\x01\x00", 13);
    turn_round();
    read_head();
    thrift_protocol_skip(protocol, T_STRUCT, NULL);
    assert_end_tells(SKEP_ERROR_INVALID_ARGUMENT);
    /* The same id in a struct of its own is another field. */
    write_head();
    write_raw("\x0c\x00\x01\x02\x00\x01\x01\x00\x0c\x00\x02\x02\x00\x01\x01\x00\x00", 17);
    turn_round();
    read_head();
    thrift_protocol_skip(protocol, T_STRUCT, NULL);
    ck_assert_int_eq(thrift_protocol_read_message_end(protocol, NULL), 0);
}
END_TEST

START_TEST(an_answer_past_the_bound_fails_and_can_be_taken_back)
{
    g_autoptr(FlatTransport) small = flat_transport_new(16);
    WireLimits limits;
    wire_limits_init(&limits);
    g_autoptr(FlatProtocol) narrow = flat_protocol_new(small, &limits);
    ThriftProtocol *out = THRIFT_PROTOCOL(narrow);
    g_autoptr(GError) error = NULL;
    ck_assert_int_eq(thrift_protocol_write_i64(out, 1, NULL), 8);
    gsize mark = flat_transport_mark(small);
    ck_assert_int_eq(thrift_protocol_write_string(out, "longer", &error), -1);
    ck_assert_int_eq((int)skep_error_fact(error), SKEP_ERROR_TOO_LARGE);
    flat_transport_truncate(small, mark);
    ck_assert_int_eq(thrift_protocol_write_i64(out, 1, NULL), 8);
}
END_TEST

static TCase *
make_values(void)
{
    TCase *values = tcase_create("values");
    tcase_add_checked_fixture(values, set_up, tear_down);
    tcase_add_loop_test(values, heads_survive_in_the_old_and_the_strict_form, 0, 2);
    tcase_add_test(values, numbers_survive_at_their_extremes);
    tcase_add_test(values, strings_survive_and_binaries_hold_any_byte);
    tcase_add_test(values, the_bytes_are_those_of_the_library);
    tcase_add_test(values, a_null_string_leaves_its_field_out_and_is_empty_elsewhere);
    tcase_add_test(values, skipping_walks_over_anything_valid);
    return values;
}

static TCase *
make_broken(void)
{
    TCase *broken = tcase_create("broken");
    tcase_add_checked_fixture(broken, set_up, tear_down);
    tcase_add_test(broken, text_that_is_no_text_is_an_invalid_argument);
    tcase_add_test(broken, a_failure_ends_every_struct_and_container_and_the_next_message_is_clean);
    tcase_add_test(broken, a_message_cut_off_is_told);
    tcase_add_test(broken, heads_that_are_broken_fail_at_once);
    tcase_add_test(broken, skipping_a_deep_message_comes_back);
    tcase_add_test(broken, siblings_do_not_count_as_depth);
    tcase_add_test(broken, counts_are_bounded_by_bytes_and_by_the_limit);
    tcase_add_test(broken, a_field_that_is_there_twice_is_refused);
    tcase_add_test(broken, an_answer_past_the_bound_fails_and_can_be_taken_back);
    tcase_set_timeout(broken, 60);
    return broken;
}

int
main(void)
{
    Suite *suite = suite_create("protocol");
    suite_add_tcase(suite, make_values());
    suite_add_tcase(suite, make_broken());
    return test_run_suite(suite);
}
