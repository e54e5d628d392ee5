/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: metadata files are named, numbered, packed and unpacked as other Iceberg implementations do
 * it. Method: names and bytes in memory. */
#include "iceberg_fixture.h"

START_TEST(names_carry_the_number_and_the_codec)
{
    g_autofree char *plain = iceberg_metadata_file_name(7, "u", FALSE);
    g_autofree char *packed = iceberg_metadata_file_name(123456, "u", TRUE);

    ck_assert_str_eq(plain, "00007-u.metadata.json");
    ck_assert_str_eq(packed, "123456-u.gz.metadata.json");
    ck_assert(!iceberg_metadata_is_gzip(plain));
    ck_assert(iceberg_metadata_is_gzip(packed));
    ck_assert(iceberg_metadata_is_gzip("s3://x/v3.metadata.json.gz"));
}
END_TEST

START_TEST(numbers_are_read_from_any_location)
{
    ck_assert_int_eq(iceberg_metadata_version("s3://b/t/metadata/00041-x-y.metadata.json"), 41);
    ck_assert_int_eq(iceberg_metadata_version("00000-x.metadata.json"), 0);
    ck_assert_int_eq(iceberg_metadata_version("s3://b/t-1/v5.metadata.json"), -1);
    ck_assert_int_eq(iceberg_metadata_version("s3://b/t/abc-1.metadata.json"), -1);
    ck_assert_int_eq(iceberg_metadata_version("s3://b/t/-1.metadata.json"), -1);
    ck_assert_int_eq(iceberg_metadata_version("s3://b/t/99999999999999999999-x.metadata.json"), -1);
    ck_assert_int_eq(iceberg_metadata_version("s3://b/t/2147483647-x.metadata.json"), -1);
    ck_assert_int_eq(iceberg_metadata_version(""), -1);
    ck_assert_int_eq(iceberg_metadata_version(NULL), -1);
}
END_TEST

static char *
next(const char *properties, const char *previous, GError **error)
{
    IcebergContext context = fixture_context(FIXTURE_NOW_MS);
    g_autofree char *text = g_strdup_printf("{'location':'s3://b/t','properties':%s}", properties);
    g_autoptr(cJSON) metadata = fixture_json(text);

    return iceberg_metadata_next_location(metadata, previous, &context, error);
}

START_TEST(the_next_file_follows_the_properties)
{
    g_autofree char *first = next("{}", NULL, NULL);
    g_autofree char *other =
        next("{'write.metadata.path':'s3://m/','write.metadata.compression-codec':'GZIP'}",
             "s3://b/t/metadata/00009-z.metadata.json", NULL);
    g_autoptr(GError) error = NULL;

    ck_assert_str_eq(first, "s3://b/t/metadata/00000-" FIXTURE_UUID ".metadata.json");
    ck_assert_str_eq(other, "s3://m/00010-" FIXTURE_UUID ".gz.metadata.json");
    ck_assert_ptr_null(next("{'write.metadata.compression-codec':'zstd'}", NULL, &error));
    ck_assert_int_eq(error->code, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(bytes_survive_packing)
{
    g_autoptr(cJSON) table = fixture_table_with_snapshot();
    static const char *const names[] = {"1-x.metadata.json", "1-x.gz.metadata.json"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GBytes) packed = iceberg_metadata_encode(table, names[i], NULL);
        g_autoptr(GBytes) text = iceberg_metadata_decode(packed, NULL);
        g_autoptr(cJSON) again =
            iceberg_table_parse(g_bytes_get_data(text, NULL), g_bytes_get_size(text), NULL);

        ck_assert(json_equal(again, table));
        ck_assert(i == 1 ? g_bytes_get_size(packed) < g_bytes_get_size(text)
                         : g_bytes_equal(packed, text));
    }
}
END_TEST

START_TEST(gzip_in_several_streams_is_one_text)
{
    g_autoptr(cJSON) one = fixture_json("[1]");
    g_autoptr(GBytes) packed = iceberg_metadata_encode(one, "x.gz.metadata.json", NULL);
    g_autoptr(GByteArray) twice = g_byte_array_new();
    g_autoptr(GBytes) both = NULL;
    g_autoptr(GBytes) text = NULL;

    for (int i = 0; i < 2; i++)
        g_byte_array_append(twice, g_bytes_get_data(packed, NULL), (guint)g_bytes_get_size(packed));
    both = g_bytes_new(twice->data, twice->len);
    text = iceberg_metadata_decode(both, NULL);
    ck_assert_uint_eq(g_bytes_get_size(text), 6);
    ck_assert(memcmp(g_bytes_get_data(text, NULL), "[1][1]", 6) == 0);
}
END_TEST

START_TEST(spoilt_gzip_is_refused)
{
    g_autoptr(cJSON) table = fixture_table(2);
    g_autoptr(GBytes) packed = iceberg_metadata_encode(table, "x.gz.metadata.json", NULL);
    gsize length = g_bytes_get_size(packed);

    for (gsize cut = 2; cut < length; cut += 7) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(packed, 0, cut);
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(iceberg_metadata_decode(part, &error));
        ck_assert_int_eq(error->code, SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("iceberg metadata file");
    TCase *files = tcase_create("files");

    tcase_add_test(files, names_carry_the_number_and_the_codec);
    tcase_add_test(files, numbers_are_read_from_any_location);
    tcase_add_test(files, the_next_file_follows_the_properties);
    tcase_add_test(files, bytes_survive_packing);
    tcase_add_test(files, gzip_in_several_streams_is_one_text);
    tcase_add_test(files, spoilt_gzip_is_refused);
    suite_add_tcase(suite, files);
    return fixture_run(suite);
}
