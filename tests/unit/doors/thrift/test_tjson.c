/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: the text is what other implementations of Thrift's JSON protocol write. Method: a struct
 * with every type, compared with the bytes that the Python library wrote for the same calls; once
 * with all calls, once without those that the binary protocol needs not. */
#include <check.h>

#include "doors/thrift/put.h"
#include "doors/thrift/tjson.h"
#include "support/test_suite.h"

static const char golden[] =
    "{\"1\":{\"str\":\"a\\\"b\\\\\\n\xc3\xa9\"},\"2\":{\"tf\":1},\"3\":{\"i8\":-7},\"4\":{\"i16\":"
    "300},"
    "\"5\":{\"i32\":-2147483648},\"6\":{\"i64\":9223372036854775807},\"7\":{\"dbl\":0.5},"
    "\"8\":{\"lst\":[\"rec\",2,{\"1\":{\"i32\":1}},{\"1\":{\"i32\":2}}]},"
    "\"9\":{\"map\":[\"str\",\"str\",2,{\"a\":\"aa\",\"b\":\"bb\"}]},"
    "\"10\":{\"map\":[\"i32\",\"i64\",1,{\"5\":6}]},\"11\":{\"lst\":[\"str\",0]},"
    "\"12\":{\"map\":[\"str\",\"str\",0,{}]},\"13\":{\"rec\":{}},\"14\":{\"str\":\"AP8QgA==\"},"
    "\"15\":{\"lst\":[\"lst\",2,[\"str\",1,\"x\"],[\"str\",0]]}}";

static ThriftProtocol *out;
static gboolean with_all_calls;

static void
begin(ThriftType type, gint16 id)
{
    ck_assert_int_ge(thrift_protocol_write_field_begin(out, "x", type, id, NULL), 0);
}

static void
end(void)
{
    if (with_all_calls)
        thrift_protocol_write_field_end(out, NULL);
}

static void
struct_begin(void)
{
    if (with_all_calls)
        thrift_protocol_write_struct_begin(out, "s", NULL);
}

static void
struct_end(void)
{
    thrift_protocol_write_field_stop(out, NULL);
    if (with_all_calls)
        thrift_protocol_write_struct_end(out, NULL);
}

static void
write_scalars(void)
{
    begin(T_STRING, 1);
    thrift_protocol_write_string(out, "a\"b\\\n\xc3\xa9", NULL);
    end();
    begin(T_BOOL, 2);
    thrift_protocol_write_bool(out, TRUE, NULL);
    end();
    begin(T_BYTE, 3);
    thrift_protocol_write_byte(out, -7, NULL);
    end();
    begin(T_I16, 4);
    thrift_protocol_write_i16(out, 300, NULL);
    end();
    begin(T_I32, 5);
    thrift_protocol_write_i32(out, G_MININT32, NULL);
    end();
    begin(T_I64, 6);
    thrift_protocol_write_i64(out, G_MAXINT64, NULL);
    end();
    begin(T_DOUBLE, 7);
    thrift_protocol_write_double(out, 0.5, NULL);
    end();
}

static void
write_maps(void)
{
    begin(T_MAP, 9);
    thrift_protocol_write_map_begin(out, T_STRING, T_STRING, 2, NULL);
    thrift_protocol_write_string(out, "a", NULL);
    thrift_protocol_write_string(out, "aa", NULL);
    thrift_protocol_write_string(out, "b", NULL);
    thrift_protocol_write_string(out, "bb", NULL);
    end();
    begin(T_MAP, 10);
    thrift_protocol_write_map_begin(out, T_I32, T_I64, 1, NULL);
    thrift_protocol_write_i32(out, 5, NULL);
    thrift_protocol_write_i64(out, 6, NULL);
    end();
    begin(T_LIST, 11);
    thrift_protocol_write_list_begin(out, T_STRING, 0, NULL);
    end();
    begin(T_MAP, 12);
    thrift_protocol_write_map_begin(out, T_STRING, T_STRING, 0, NULL);
    end();
}

static void
write_nested(void)
{
    guint8 bytes[] = {0x00, 0xff, 0x10, 0x80};

    begin(T_STRUCT, 13);
    struct_begin();
    struct_end();
    end();
    begin(T_STRING, 14);
    thrift_protocol_write_binary(out, bytes, sizeof bytes, NULL);
    end();
    begin(T_LIST, 15);
    thrift_protocol_write_list_begin(out, T_LIST, 2, NULL);
    thrift_protocol_write_list_begin(out, T_STRING, 1, NULL);
    thrift_protocol_write_string(out, "x", NULL);
    thrift_protocol_write_list_begin(out, T_STRING, 0, NULL);
    end();
}

static void
write_everything(void)
{
    struct_begin();
    write_scalars();
    begin(T_LIST, 8);
    thrift_protocol_write_list_begin(out, T_STRUCT, 2, NULL);
    for (gint32 i = 1; i <= 2; i++) {
        struct_begin();
        thrift_put_i32(out, 1, i, NULL);
        struct_end();
    }
    end();
    write_maps();
    write_nested();
    struct_end();
}

START_TEST(every_type_is_written_as_other_libraries_write_it)
{
    g_autoptr(TJsonWriter) writer = tjson_writer_new();

    out = THRIFT_PROTOCOL(writer);
    for (with_all_calls = FALSE; with_all_calls <= TRUE; with_all_calls++) {
        write_everything();
        g_autofree char *text = tjson_writer_steal(writer);
        ck_assert_str_eq(text, golden);
    }
}
END_TEST

START_TEST(a_field_without_text_is_left_out)
{
    g_autoptr(TJsonWriter) writer = tjson_writer_new();

    out = THRIFT_PROTOCOL(writer);
    begin(T_STRING, 1);
    thrift_protocol_write_string(out, NULL, NULL);
    begin(T_STRING, 2);
    thrift_protocol_write_string(out, "x", NULL);
    thrift_put_stop(out, NULL);
    g_autofree char *text = tjson_writer_steal(writer);
    ck_assert_str_eq(text, "{\"2\":{\"str\":\"x\"}}");
}
END_TEST

START_TEST(numbers_that_json_has_not_are_text)
{
    g_autoptr(TJsonWriter) writer = tjson_writer_new();
    const double values[] = {1.0 / 0.0, -1.0 / 0.0, 0.1 + 0.2};
    const char *expected[] = {"{\"1\":{\"dbl\":\"Infinity\"}}", "{\"1\":{\"dbl\":\"-Infinity\"}}",
                              "{\"1\":{\"dbl\":0.30000000000000004}}"};

    out = THRIFT_PROTOCOL(writer);
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        begin(T_DOUBLE, 1);
        thrift_protocol_write_double(out, values[i], NULL);
        thrift_put_stop(out, NULL);
        g_autofree char *text = tjson_writer_steal(writer);
        ck_assert_str_eq(text, expected[i]);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tjson");
    TCase *cases = tcase_create("writing");

    tcase_add_test(cases, every_type_is_written_as_other_libraries_write_it);
    tcase_add_test(cases, a_field_without_text_is_left_out);
    tcase_add_test(cases, numbers_that_json_has_not_are_text);
    suite_add_tcase(suite, cases);
    return test_run_suite(suite);
}
