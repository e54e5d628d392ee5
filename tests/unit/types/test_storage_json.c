/* SPDX-License-Identifier: Apache-2.0 */
/* A profile's JSON: members in, members out, secrets apart from the rest, and nothing taken that
 * cannot be used. */
#include <check.h>
#include <string.h>

#include "skep/error.h"
#include "skep/storage_json.h"
#include "support/test_suite.h"

static gboolean
change(StorageProfile *profile, const char *text, GError **error)
{
    g_autoptr(cJSON) object = json_parse_object(text, strlen(text), G_MAXINT, NULL);

    ck_assert_ptr_nonnull(object);
    return storage_profile_change(profile, object, error);
}

static char *
printed(const StorageProfile *profile, gboolean secrets)
{
    g_autoptr(cJSON) object =
        secrets ? storage_profile_print_secrets(profile) : storage_profile_print(profile);

    return object ? json_print_compact(object) : NULL;
}

START_TEST(members_come_back_and_secrets_apart)
{
    g_autoptr(StorageProfile) profile = storage_profile_new();
    g_autoptr(StorageProfile) again = storage_profile_new();
    g_autofree char *shown = NULL;
    g_autofree char *hidden = NULL;
    g_autofree char *repeated = NULL;

    ck_assert(change(profile,
                     "{\"endpoint\":\"http://rgw:7480/\",\"sts-endpoint\":\"https://sts\","
                     "\"region\":\"eu\",\"path-style\":false,\"access\":\"vended\","
                     "\"access-key-id\":\"AK\",\"secret-access-key\":\"canary-1\","
                     "\"session-token\":\"canary-2\",\"role-arn\":\"arn:aws:iam:::role/r\","
                     "\"key-lifetime-s\":900}",
                     NULL));
    ck_assert(storage_profile_check(profile, NULL));
    ck_assert_str_eq(profile->endpoint, "http://rgw:7480");
    ck_assert_int_eq(profile->access, STORAGE_ACCESS_VENDED);
    shown = printed(profile, FALSE);
    hidden = printed(profile, TRUE);
    ck_assert_ptr_null(strstr(shown, "canary"));
    ck_assert_str_eq(hidden, "{\"secret-access-key\":\"canary-1\",\"session-token\":\"canary-2\"}");
    ck_assert(change(again, shown, NULL));
    ck_assert(change(again, hidden, NULL));
    repeated = printed(again, FALSE);
    ck_assert_str_eq(shown, repeated);
    ck_assert_str_eq(again->secret_access_key, "canary-1");
    ck_assert(change(again, "{\"secret-access-key\":null,\"region\":null,\"access\":null}", NULL));
    ck_assert_ptr_null(again->secret_access_key);
    ck_assert_str_eq(again->region, "us-east-1");
    ck_assert_int_eq(again->access, STORAGE_ACCESS_NONE);
}
END_TEST

START_TEST(what_cannot_be_used_is_refused_without_its_value)
{
    static const char *const bad[] = {
        "{\"endpoint\":\"canary\"}",
        "{\"endpoint\":\"ftp://canary\"}",
        "{\"endpoint\":\"http://user:canary@h\"}",
        "{\"endpoint\":\"http://h/canary\"}",
        "{\"endpoint\":\"http://h?canary\"}",
        "{\"sts-endpoint\":\"//canary\"}",
        "{\"ca-file\":\"canary/x\"}",
        "{\"region\":\"canary\\n\"}",
        "{\"access\":\"canary\"}",
        "{\"key-source\":\"canary\"}",
        "{\"secret-access-key\":[\"canary\"]}",
        "{\"path-style\":\"canary\"}",
        "{\"key-lifetime-s\":899}",
        "{\"key-lifetime-s\":43201}",
        "{\"timeout-s\":0}",
        "{\"timeout-s\":301}",
        "{\"key-lifetime-s\":1000.5}",
        "{\"secret\":\"canary\"}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(StorageProfile) profile = storage_profile_new();
        g_autoptr(GError) error = NULL;

        ck_assert_msg(!change(profile, bad[i], &error), "%s was taken", bad[i]);
        ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_INVALID_ARGUMENT);
        ck_assert_ptr_null(strstr(error->message, "canary"));
    }
}
END_TEST

START_TEST(each_source_of_keys_needs_its_members)
{
    static const char *const lacking[] = {
        "{}",
        "{\"access-key-id\":\"a\"}",
        "{\"key-source\":\"file\"}",
        "{\"key-source\":\"web-identity\",\"token-file\":\"/t\"}",
        "{\"key-source\":\"environment\",\"region\":\"\"}",
    };
    static const char *const complete[] = {
        "{\"access-key-id\":\"a\",\"secret-access-key\":\"s\"}",
        "{\"key-source\":\"file\",\"key-file\":\"/k\"}",
        "{\"key-source\":\"web-identity\",\"token-file\":\"/t\",\"role-arn\":\"r\"}",
        "{\"key-source\":\"environment\"}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(lacking); i++) {
        g_autoptr(StorageProfile) profile = storage_profile_new();

        ck_assert(change(profile, lacking[i], NULL));
        ck_assert_msg(!storage_profile_check(profile, NULL), "%s is enough", lacking[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(complete); i++) {
        g_autoptr(StorageProfile) profile = storage_profile_new();

        ck_assert(change(profile, complete[i], NULL));
        ck_assert_msg(storage_profile_check(profile, NULL), "%s is not enough", complete[i]);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("storage profiles");
    TCase *all = tcase_create("all");

    tcase_add_test(all, members_come_back_and_secrets_apart);
    tcase_add_test(all, what_cannot_be_used_is_refused_without_its_value);
    tcase_add_test(all, each_source_of_keys_needs_its_members);
    suite_add_tcase(suite, all);
    return test_run_suite(suite);
}
