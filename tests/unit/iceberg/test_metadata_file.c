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

int
main(void)
{
    Suite *suite = suite_create("iceberg metadata file");
    TCase *files = tcase_create("files");

    tcase_add_test(files, names_carry_the_number_and_the_codec);
    tcase_add_test(files, numbers_are_read_from_any_location);
    tcase_add_test(files, the_next_file_follows_the_properties);
    suite_add_tcase(suite, files);
    return fixture_run(suite);
}
