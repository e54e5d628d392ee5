/* SPDX-License-Identifier: Apache-2.0 */
/* Where an object store and its keys are: addresses, AWS's file of credentials in the forms that
 * people write, a file that changes, the environment, and what STS answers. */
#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

#include "skep/error.h"
#include "support/test_suite.h"
#include "warehouse/endpoint.h"
#include "warehouse/s3_keys.h"
#include "warehouse/sts.h"

#define assert_fact(error, expected)                                                               \
    do {                                                                                           \
        ck_assert_ptr_nonnull(error);                                                              \
        ck_assert_msg(skep_error_fact(error) == (expected), "%s", (error)->message);               \
        g_clear_error(&(error));                                                                   \
    } while (0)

START_TEST(an_address_is_taken_apart)
{
    static const char *const rows[][3] = {
        {"http://rgw:7480",            "http",  "rgw:7480"      },
        {"http://rgw:80/",             "http",  "rgw"           },
        {"https://s3.example.org:443", "https", "s3.example.org"},
        {"https://[::1]:9000",         "https", "[::1]:9000"    },
    };
    static const char *const wrong[] = {"rgw:7480",     "ftp://rgw",         "http://",
                                        "http://a/b",   "http://u:p@rgw",    "http://rgw?x=1",
                                        "http://rgw#x", "http://rgw:notport"};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(StorageEndpoint) endpoint = {0};

        ck_assert(storage_endpoint_parse(rows[i][0], &endpoint, NULL));
        ck_assert_str_eq(endpoint.scheme, rows[i][1]);
        ck_assert_str_eq(endpoint.host, rows[i][2]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_auto(StorageEndpoint) endpoint = {0};
        g_autoptr(GError) error = NULL;

        ck_assert_msg(!storage_endpoint_parse(wrong[i], &endpoint, &error), "%s", wrong[i]);
        assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

START_TEST(without_an_address_it_is_that_of_aws)
{
    g_autoptr(StorageProfile) profile = storage_profile_new();
    g_auto(StorageEndpoint) store = {0}, sts = {0}, other = {0};

    g_free(profile->region);
    profile->region = g_strdup("eu-central-1");
    ck_assert(storage_endpoint_parse_s3(profile, &store, NULL));
    ck_assert(storage_endpoint_parse_sts(profile, &sts, NULL));
    ck_assert_str_eq(store.host, "s3.eu-central-1.amazonaws.com");
    ck_assert_str_eq(sts.host, "sts.eu-central-1.amazonaws.com");
    profile->endpoint = g_strdup("http://rgw:7480");
    ck_assert(storage_endpoint_parse_sts(profile, &other, NULL));
    ck_assert_str_eq(other.host, "rgw:7480");
}
END_TEST

START_TEST(a_section_of_a_file_of_credentials_is_found)
{
    const char *text =
        "# ours\n[default]\naws_access_key_id=first\naws_secret_access_key = a=b=c \n"
        "; no more\n[profile lake]\r\nAWS_ACCESS_KEY_ID = second\r\n"
        "aws_secret_access_key=x+/y\r\naws_session_token=t\r\nregion = here\r\n"
        "[half]\naws_access_key_id=third\n";
    g_autoptr(S3Keys) first = s3_keys_parse_file(text, "default", NULL);
    g_autoptr(S3Keys) second = s3_keys_parse_file(text, "lake", NULL);
    g_autoptr(GError) error = NULL;

    ck_assert_str_eq(first->access_key_id, "first");
    ck_assert_str_eq(first->secret_access_key, "a=b=c");
    ck_assert_ptr_null(first->session_token);
    ck_assert_str_eq(second->access_key_id, "second");
    ck_assert_str_eq(second->secret_access_key, "x+/y");
    ck_assert_str_eq(second->session_token, "t");
    ck_assert_ptr_null(s3_keys_parse_file(text, "half", &error));
    ck_assert_ptr_null(strstr(error->message, "third"));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    ck_assert_ptr_null(s3_keys_parse_file(text, "absent", &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

START_TEST(a_file_is_read_again_when_it_has_changed)
{
    g_autofree char *directory = g_dir_make_tmp("skep-keys-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "credentials", NULL);
    g_autoptr(StorageProfile) profile = storage_profile_new();
    g_autoptr(S3KeySource) source = NULL;
    g_autoptr(S3Keys) before = NULL, after = NULL, gone = NULL;
    g_autoptr(GError) error = NULL;

    profile->key_source = STORAGE_KEYS_FILE;
    profile->key_file = g_strdup(path);
    source = s3_key_source_new(profile);
    ck_assert_ptr_null(s3_key_source_take(source, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    /* g_file_set_contents replaces the file, as Kubernetes does with a secret's */
    g_file_set_contents(path, "[default]\naws_access_key_id=a\naws_secret_access_key=b\n", -1,
                        NULL);
    before = s3_key_source_take(source, &error);
    ck_assert_str_eq(before->access_key_id, "a");
    g_file_set_contents(path, "[default]\naws_access_key_id=c\naws_secret_access_key=d\n", -1,
                        NULL);
    after = s3_key_source_take(source, &error);
    ck_assert_str_eq(after->access_key_id, "c");
    g_unlink(path);
    gone = s3_key_source_take(source, &error);
    ck_assert_ptr_null(gone);
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    g_rmdir(directory);
}
END_TEST

START_TEST(keys_come_from_the_environment)
{
    g_autoptr(StorageProfile) profile = storage_profile_new();
    g_autoptr(S3KeySource) source = NULL;
    g_autoptr(S3Keys) keys = NULL;
    g_autoptr(GError) error = NULL;

    profile->key_source = STORAGE_KEYS_ENVIRONMENT;
    source = s3_key_source_new(profile);
    g_unsetenv("AWS_ACCESS_KEY_ID");
    g_setenv("AWS_SECRET_ACCESS_KEY", "very-secret", TRUE);
    ck_assert_ptr_null(s3_key_source_take(source, &error));
    ck_assert_ptr_null(strstr(error->message, "very-secret"));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    g_setenv("AWS_ACCESS_KEY_ID", "id", TRUE);
    keys = s3_key_source_take(source, &error);
    ck_assert_str_eq(keys->secret_access_key, "very-secret");
    ck_assert_ptr_null(keys->session_token);
}
END_TEST

#define CREDENTIALS                                                                                \
    "<Credentials><SessionToken>tok+/=</SessionToken><SecretAccessKey>sec</SecretAccessKey>"       \
    "<Expiration>2030-01-02T03:04:05Z</Expiration><AccessKeyId>AK</AccessKeyId></Credentials>"

START_TEST(keys_are_read_from_an_answer_of_sts)
{
    const char *aws = "<?xml version=\"1.0\"?><AssumeRoleResponse xmlns=\"https://sts/\">"
                      "<AssumeRoleResult>" CREDENTIALS "<PackedPolicySize>6</PackedPolicySize>"
                      "</AssumeRoleResult></AssumeRoleResponse>";
    static const char *const wrong[] = {
        "",
        "not xml",
        "<AssumeRoleResponse/>",
        "<AssumeRoleResponse><AssumeRoleResult>" CREDENTIALS,
        "<R><Credentials><AccessKeyId>AK</AccessKeyId></Credentials></R>",
    };
    g_autoptr(S3Keys) keys = sts_parse_answer(aws, strlen(aws), NULL);

    ck_assert_str_eq(keys->access_key_id, "AK");
    ck_assert_str_eq(keys->secret_access_key, "sec");
    ck_assert_str_eq(keys->session_token, "tok+/=");
    ck_assert_int_eq(keys->expires_at_s, 1893553445);
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(sts_parse_answer(wrong[i], strlen(wrong[i]), &error));
        assert_fact(error, SKEP_ERROR_UNAVAILABLE);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("s3_keys");
    TCase *tests = tcase_create("s3_keys");

    tcase_add_test(tests, an_address_is_taken_apart);
    tcase_add_test(tests, without_an_address_it_is_that_of_aws);
    tcase_add_test(tests, a_section_of_a_file_of_credentials_is_found);
    tcase_add_test(tests, a_file_is_read_again_when_it_has_changed);
    tcase_add_test(tests, keys_come_from_the_environment);
    tcase_add_test(tests, keys_are_read_from_an_answer_of_sts);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
