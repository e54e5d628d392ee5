/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: the scanner finds the end of every valid message, however it arrives, and refuses every
 * other before memory is taken for it. Method: messages built byte by byte; every prefix, every
 * split and many mutations of them, each in a buffer of its exact size so that a sanitizer sees a
 * read behind it. */
#include <check.h>
#include <string.h>
#include <thrift/c_glib/protocol/thrift_protocol.h>

#include "doors/thrift/wire.h"
#include "support/test_suite.h"

static WireLimits limits;

static void
set_limits(void)
{
    wire_limits_init(&limits);
}

static void
put(GByteArray *to, guint64 value, guint size)
{
    for (guint i = 0; i < size; i++) {
        guint8 byte = (guint8)(value >> (8 * (size - 1 - i)));
        g_byte_array_append(to, &byte, 1);
    }
}

static void
put_field(GByteArray *to, guint8 type, guint16 id)
{
    put(to, type, 1);
    put(to, id, 2);
}

static void
put_string(GByteArray *to, const char *text)
{
    put(to, strlen(text), 4);
    g_byte_array_append(to, (const guint8 *)text, (guint)strlen(text));
}

static void
put_head(GByteArray *to, const char *method)
{
    put(to, 0x80010001, 4);
    put_string(to, method);
    put(to, 77, 4);
}

static void
put_old_head(GByteArray *to, const char *method)
{
    put_string(to, method);
    put(to, T_CALL, 1);
    put(to, 77, 4);
}

/* One field of every type, containers of everything, structs in structs. */
static void
put_rich_body(GByteArray *to)
{
    put_field(to, T_BOOL, 1);
    put(to, 1, 1);
    put_field(to, T_BYTE, 2);
    put(to, 0x7f, 1);
    put_field(to, T_I16, 3);
    put(to, 0x8000, 2);
    put_field(to, T_I32, 4);
    put(to, 0xffffffff, 4);
    put_field(to, T_I64, 5);
    put(to, G_MAXUINT64, 8);
    put_field(to, T_DOUBLE, 6);
    put(to, 0x3ff0000000000000, 8);
    put_field(to, T_STRING, 7);
    put_string(to, "a string");
    put_field(to, T_LIST, 8);
    put(to, T_STRING, 1);
    put(to, 2, 4);
    put_string(to, "");
    put_string(to, "x");
    put_field(to, T_MAP, 9);
    put(to, T_STRING, 1);
    put(to, T_LIST, 1);
    put(to, 2, 4);
    put_string(to, "numbers");
    put(to, T_I64, 1);
    put(to, 3, 4);
    put(to, 1, 8);
    put(to, 2, 8);
    put(to, 3, 8);
    put_string(to, "nothing");
    put(to, 0, 1);
    put(to, 0, 4);
    put_field(to, T_STRUCT, 10);
    put_field(to, T_SET, 1);
    put(to, T_STRUCT, 1);
    put(to, 2, 4);
    put(to, T_STOP, 1);
    put_field(to, T_BOOL, 1);
    put(to, 0, 1);
    put(to, T_STOP, 1);
    put(to, T_STOP, 1);
    put_field(to, T_MAP, 11);
    put(to, 0, 2);
    put(to, 0, 4);
    put(to, T_STOP, 1);
}

static GByteArray *
frame(GByteArray *message)
{
    GByteArray *framed = g_byte_array_new();
    put(framed, message->len, 4);
    g_byte_array_append(framed, message->data, message->len);
    g_byte_array_unref(message);
    return framed;
}

static GByteArray *
make_message(gboolean strict, gboolean framed)
{
    GByteArray *message = g_byte_array_new();
    if (strict)
        put_head(message, "get_table");
    else
        put_old_head(message, "get_table");
    put_rich_body(message);
    return framed ? frame(message) : message;
}

/* Scans a copy of exactly `length` bytes. */
static WireVerdict
scan_copy(WireScanner *scanner, const guint8 *bytes, gsize length)
{
    guint8 *copy = g_malloc(length + 1);
    guint8 *start = copy + 1; /* unaligned on purpose */
    if (length > 0)
        memcpy(start, bytes, length);
    WireVerdict verdict = wire_scan(scanner, &limits, start, length);
    g_free(copy);
    return verdict;
}

static WireVerdict
scan_whole(WireScanner *scanner, const GByteArray *message)
{
    wire_scanner_reset(scanner);
    return scan_copy(scanner, message->data, message->len);
}

static void
assert_verdict(GByteArray *message, WireVerdict expected, const char *reason)
{
    WireScanner scanner;
    WireVerdict verdict = scan_whole(&scanner, message);
    ck_assert_msg(verdict == expected, "verdict %d instead of %d (%s)", verdict, expected,
                  scanner.reason != NULL ? scanner.reason : "");
    if (reason != NULL)
        ck_assert_str_eq(scanner.reason, reason);
    g_byte_array_unref(message);
}

static const gboolean kinds[][2] = {
    {TRUE,  FALSE},
    {TRUE,  TRUE },
    {FALSE, FALSE},
    {FALSE, TRUE }
};

START_TEST(a_whole_message_is_complete_and_so_is_its_head)
{
    g_autoptr(GByteArray) message = make_message(kinds[_i][0], kinds[_i][1]);
    guint length = message->len;
    put(message, 0x80010001, 4); /* the next message's beginning is not this one's */
    WireScanner scanner;
    ck_assert_int_eq((int)scan_whole(&scanner, message), WIRE_COMPLETE);
    ck_assert_uint_eq(scanner.length, length);
    ck_assert_int_eq(scanner.strict, kinds[_i][0]);
    ck_assert_int_eq((int)scanner.framing, kinds[_i][1] ? WIRE_FRAMED : WIRE_UNFRAMED);
    ck_assert_int_eq(scanner.message_type, T_CALL);
    ck_assert_int_eq(scanner.sequence_id, 77);
    ck_assert_uint_eq(scanner.method_length, 9);
    ck_assert_mem_eq(message->data + scanner.method_offset, "get_table", 9);
}
END_TEST

START_TEST(every_prefix_is_incomplete)
{
    g_autoptr(GByteArray) message = make_message(kinds[_i][0], kinds[_i][1]);
    for (guint length = 0; length < message->len; length++) {
        WireScanner scanner;
        wire_scanner_reset(&scanner);
        ck_assert_int_eq((int)scan_copy(&scanner, message->data, length), WIRE_INCOMPLETE);
        ck_assert_int_eq((int)scan_copy(&scanner, message->data, message->len), WIRE_COMPLETE);
        ck_assert_uint_eq(scanner.length, message->len);
    }
}
END_TEST

START_TEST(a_message_that_arrives_by_bytes_is_the_same_message)
{
    g_autoptr(GByteArray) message = make_message(kinds[_i][0], kinds[_i][1]);
    for (guint step = 1; step < 9; step++) {
        WireScanner scanner;
        wire_scanner_reset(&scanner);
        for (guint length = 0; length < message->len; length += step)
            ck_assert_int_eq((int)scan_copy(&scanner, message->data, length), WIRE_INCOMPLETE);
        ck_assert_int_eq((int)scan_copy(&scanner, message->data, message->len), WIRE_COMPLETE);
        ck_assert_uint_eq(scanner.length, message->len);
    }
}
END_TEST

START_TEST(mutations_never_crash_and_pieces_never_change_the_verdict)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20240601u + (guint32)_i);
    for (int round = 0; round < 20000; round++) {
        g_autoptr(GByteArray) message = make_message(kinds[_i][0], kinds[_i][1]);
        gint changes = g_rand_int_range(rand, 1, 4);
        for (gint change = 0; change < changes; change++) {
            guint at = (guint)g_rand_int_range(rand, 0, (gint32)message->len);
            message->data[at] = (guint8)g_rand_int_range(rand, 0, 256);
        }
        WireScanner whole;
        WireVerdict verdict = scan_whole(&whole, message);
        if (verdict == WIRE_COMPLETE)
            ck_assert_uint_le(whole.length, message->len);
        WireScanner pieces;
        wire_scanner_reset(&pieces);
        for (guint length = 0; length < message->len;
             length += (guint)g_rand_int_range(rand, 1, 40))
            scan_copy(&pieces, message->data, length);
        ck_assert_int_eq((int)scan_copy(&pieces, message->data, message->len), (int)verdict);
    }
}
END_TEST

START_TEST(random_bytes_never_crash)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (int round = 0; round < 50000; round++) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        if (round % 2 == 0)
            put_head(bytes, "m");
        gint count = g_rand_int_range(rand, 0, 200);
        for (gint i = 0; i < count; i++)
            put(bytes, (guint64)g_rand_int_range(rand, 0, round % 3 == 0 ? 256 : 18), 1);
        WireScanner scanner;
        scan_whole(&scanner, bytes);
    }
}
END_TEST

static GByteArray *
nest(guint depth)
{
    GByteArray *message = g_byte_array_new();
    put_head(message, "m");
    for (guint i = 1; i < depth; i++)
        put_field(message, T_STRUCT, 1);
    for (guint i = 0; i < depth; i++)
        put(message, T_STOP, 1);
    return message;
}

START_TEST(nesting_is_taken_to_its_bound_and_refused_behind)
{
    assert_verdict(nest(64), WIRE_COMPLETE, NULL);
    assert_verdict(nest(65), WIRE_TOO_LARGE, "the message is nested too deeply");
    GByteArray *lists = g_byte_array_new();
    put_head(lists, "m");
    put_field(lists, T_LIST, 1);
    for (guint i = 0; i < 100000; i++) {
        put(lists, T_LIST, 1);
        put(lists, 1, 4);
    }
    assert_verdict(lists, WIRE_TOO_LARGE, "the message is nested too deeply");
}
END_TEST

static GByteArray *
container(guint8 type, guint8 element, guint64 count)
{
    GByteArray *message = g_byte_array_new();
    put_head(message, "m");
    put_field(message, type, 1);
    put(message, element, 1);
    if (type == T_MAP)
        put(message, element, 1);
    put(message, count, 4);
    return message;
}

START_TEST(counts_are_refused_before_their_elements_come)
{
    assert_verdict(container(T_LIST, T_STRUCT, 1000001), WIRE_TOO_LARGE, NULL);
    assert_verdict(container(T_LIST, T_BYTE, 1000001), WIRE_TOO_LARGE, NULL);
    assert_verdict(container(T_SET, T_STRING, 0x7fffffff), WIRE_TOO_LARGE, NULL);
    assert_verdict(container(T_MAP, T_STRING, 500001), WIRE_TOO_LARGE, NULL);
    assert_verdict(container(T_MAP, T_STRING, 500000), WIRE_INCOMPLETE, NULL);
    assert_verdict(container(T_LIST, T_STRUCT, 0xffffffff), WIRE_INVALID,
                   "a container has a negative size");
    assert_verdict(container(T_MAP, T_STRING, 0x80000000), WIRE_INVALID, NULL);
    limits.message_bytes_max = 1000;
    assert_verdict(container(T_LIST, T_STRING, 250), WIRE_TOO_LARGE, NULL);
    assert_verdict(container(T_LIST, T_I64, 125), WIRE_TOO_LARGE, NULL);
}
END_TEST

START_TEST(elements_are_counted_over_all_containers)
{
    limits.elements_max = 10;
    GByteArray *message = g_byte_array_new();
    put_head(message, "m");
    for (guint16 i = 0; i < 3; i++) {
        put_field(message, T_LIST, i);
        put(message, T_BYTE, 1);
        put(message, 4, 4);
        put(message, 0, 4);
    }
    put(message, T_STOP, 1);
    assert_verdict(message, WIRE_TOO_LARGE, "the message has too many elements");
}
END_TEST

START_TEST(unknown_types_are_refused)
{
    static const guint8 bad[] = {1, 5, 7, 9, 16, 17, 0x80, 0xff};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        GByteArray *message = g_byte_array_new();
        put_head(message, "m");
        put_field(message, bad[i], 1);
        assert_verdict(message, WIRE_INVALID, "a field has an unknown type");
        assert_verdict(container(T_LIST, bad[i], 1), WIRE_INVALID, NULL);
        assert_verdict(container(T_MAP, bad[i], 1), WIRE_INVALID, NULL);
    }
}
END_TEST

static GByteArray *
string_of(guint64 length)
{
    GByteArray *message = g_byte_array_new();
    put_head(message, "m");
    put_field(message, T_STRING, 1);
    put(message, length, 4);
    return message;
}

START_TEST(string_lengths_are_refused_before_their_bytes_come)
{
    assert_verdict(string_of(0xffffffff), WIRE_INVALID, "a string has a negative length");
    assert_verdict(string_of(0x7fffffff), WIRE_TOO_LARGE, "the message is longer than the limit");
    assert_verdict(string_of(50 * 1024 * 1024), WIRE_INCOMPLETE, NULL);
    WireScanner scanner;
    g_autoptr(GByteArray) message = string_of(0x7fffffff);
    scan_whole(&scanner, message);
    ck_assert(scanner.head_known);
    ck_assert_int_eq(scanner.sequence_id, 77);
}
END_TEST

START_TEST(a_frame_and_its_message_must_end_together)
{
    GByteArray *longer = make_message(TRUE, FALSE);
    put(longer, 0, 1);
    assert_verdict(frame(longer), WIRE_INVALID, "the frame is longer than its message");
    GByteArray *shorter = make_message(TRUE, TRUE);
    shorter->data[3]--;
    assert_verdict(shorter, WIRE_INVALID, NULL);
    GByteArray *empty = g_byte_array_new();
    put(empty, 0, 4);
    put(empty, 0x80010001, 4);
    put(empty, 0, 4);
    assert_verdict(empty, WIRE_INVALID, "the message is shorter than its head");
}
END_TEST

START_TEST(a_frame_too_long_is_refused_once_its_head_is_known)
{
    g_autoptr(GByteArray) message = g_byte_array_new();
    put(message, 200 * 1024 * 1024, 4);
    put(message, 0x80010001, 4);
    WireScanner scanner;
    ck_assert_int_eq((int)scan_whole(&scanner, message), WIRE_INCOMPLETE);
    put_string(message, "get_table");
    put(message, 5, 4);
    ck_assert_int_eq((int)scan_copy(&scanner, message->data, message->len), WIRE_TOO_LARGE);
    ck_assert(scanner.head_known);
    ck_assert_int_eq(scanner.sequence_id, 5);
}
END_TEST

START_TEST(heads_are_bounded_and_must_be_calls)
{
    g_autofree char *name = g_strnfill(WIRE_METHOD_BYTES_MAX + 1, 'n');
    GByteArray *long_name = g_byte_array_new();
    put_head(long_name, name);
    assert_verdict(long_name, WIRE_TOO_LARGE, "the method's name is too long");
    GByteArray *negative = g_byte_array_new();
    put(negative, 0x80010001, 4);
    put(negative, 0xfffffff0, 4);
    assert_verdict(negative, WIRE_INVALID, "the method's name has a negative length");
    for (guint type = 0; type < 7; type++) {
        GByteArray *message = g_byte_array_new();
        put(message, 0x80010000 + type, 4);
        put_string(message, "m");
        put(message, 1, 4);
        put(message, T_STOP, 1);
        gboolean call = type == T_CALL || type == T_ONEWAY;
        assert_verdict(message, call ? WIRE_COMPLETE : WIRE_INVALID, NULL);
    }
}
END_TEST

START_TEST(other_protocols_are_named)
{
    static const struct {
        const char *bytes;
        gsize length;
        const char *name;
    } foreign[] = {
        {"GET / HTTP/1.1\r\n",               16, "http"   },
        {"POST /cliservice",                 16, "http"   },
        {"PRI * HTTP/2.0",                   14, "http"   },
        {"\x16\x03\x01\x02\x00\x01\x00\x01", 8,  "tls"    },
        {"\x16\x03\x01\x00\x80\x01\x00\x01", 8,  "tls"    },
        {"\x82\x21\x01\x04ping",             8,  "compact"},
        {"\x00\x00\x00\x10\x82\x21\x01\x04", 8,  "compact"},
        {"\x01\x00\x00\x00\x06GSSAPI",       11, "sasl"   },
        {"\xff\xff\xff\xff\xff\xff\xff\xff", 8,  "unknown"},
        {"\x80\x02\x00\x01\x00\x00\x00\x01", 8,  "unknown"},
        {"hello world",                      11, "unknown"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(foreign); i++) {
        GByteArray *bytes = g_byte_array_new();
        g_byte_array_append(bytes, (const guint8 *)foreign[i].bytes, (guint)foreign[i].length);
        assert_verdict(bytes, WIRE_FOREIGN, foreign[i].name);
    }
}
END_TEST

START_TEST(a_refusal_stays_until_reset)
{
    WireScanner scanner;
    g_autoptr(GByteArray) bad = string_of(0xffffffff);
    g_autoptr(GByteArray) good = make_message(TRUE, FALSE);
    ck_assert_int_eq((int)scan_whole(&scanner, bad), WIRE_INVALID);
    ck_assert_int_eq((int)scan_copy(&scanner, good->data, good->len), WIRE_INVALID);
    ck_assert_int_eq((int)scan_whole(&scanner, good), WIRE_COMPLETE);
}
END_TEST

START_TEST(a_long_message_in_small_pieces_costs_its_length_once)
{
    /* A scan that began anew for each piece would look at 5,000,000 * 50,000 / 2 elements here. */
    g_autoptr(GByteArray) message = container(T_LIST, T_STRUCT, 1000000);
    for (guint i = 0; i < 1000000; i++) {
        put_field(message, T_BOOL, 1);
        put(message, 0, 2);
    }
    put(message, T_STOP, 1);
    WireScanner scanner;
    wire_scanner_reset(&scanner);
    for (gsize length = 0; length < message->len; length += 100)
        ck_assert_int_eq((int)wire_scan(&scanner, &limits, message->data, length), WIRE_INCOMPLETE);
    ck_assert_int_eq((int)wire_scan(&scanner, &limits, message->data, message->len), WIRE_COMPLETE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("wire");
    TCase *valid = tcase_create("valid");
    TCase *broken = tcase_create("broken");
    tcase_add_checked_fixture(valid, set_limits, NULL);
    tcase_add_checked_fixture(broken, set_limits, NULL);
    tcase_add_loop_test(valid, a_whole_message_is_complete_and_so_is_its_head, 0, 4);
    tcase_add_loop_test(valid, every_prefix_is_incomplete, 0, 4);
    tcase_add_loop_test(valid, a_message_that_arrives_by_bytes_is_the_same_message, 0, 4);
    tcase_add_test(valid, a_long_message_in_small_pieces_costs_its_length_once);
    tcase_add_loop_test(broken, mutations_never_crash_and_pieces_never_change_the_verdict, 0, 4);
    tcase_add_test(broken, random_bytes_never_crash);
    tcase_add_test(broken, nesting_is_taken_to_its_bound_and_refused_behind);
    tcase_add_test(broken, counts_are_refused_before_their_elements_come);
    tcase_add_test(broken, elements_are_counted_over_all_containers);
    tcase_add_test(broken, unknown_types_are_refused);
    tcase_add_test(broken, string_lengths_are_refused_before_their_bytes_come);
    tcase_add_test(broken, a_frame_and_its_message_must_end_together);
    tcase_add_test(broken, a_frame_too_long_is_refused_once_its_head_is_known);
    tcase_add_test(broken, heads_are_bounded_and_must_be_calls);
    tcase_add_test(broken, other_protocols_are_named);
    tcase_add_test(broken, a_refusal_stays_until_reset);
    tcase_set_timeout(valid, 120);
    tcase_set_timeout(broken, 120);
    suite_add_tcase(suite, valid);
    suite_add_tcase(suite, broken);
    return test_run_suite(suite);
}
