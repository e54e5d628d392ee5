/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: keys are made once for each table and half a life, each narrowed by its own policy, and
 * signatures cover what would make a request another one. Method: STS is replaced (a link seam) by
 * functions that count, number their keys and may be away. */
#include <check.h>
#include <string.h>

#include "skep/error.h"
#include "skep/warehouse_access.h"
#include "support/test_suite.h"
#include "warehouse/sts.h"

static guint calls;
static char *last_policy, *last_session;
static gint64 life_s;
static SkepError failure; /* with life_s 0 */

S3Keys *
sts_assume_role(HttpPool *pool,
                const StorageProfile *profile,
                const S3Keys *signer,
                const char *policy,
                const char *session_name,
                gint64 lifetime_s,
                GError **error)
{
    ck_assert_ptr_nonnull(pool);
    ck_assert_str_eq(profile->role_arn, "arn:aws:iam:::role/lake");
    ck_assert_str_eq(signer->secret_access_key, "own secret");
    ck_assert_int_eq(lifetime_s, 900);
    calls++;
    g_free(last_policy);
    g_free(last_session);
    last_policy = g_strdup(policy);
    last_session = g_strdup(session_name);
    if (life_s == 0)
        return skep_fail_null(error, failure, NULL, "STS says no");
    S3Keys *keys = g_new0(S3Keys, 1);
    keys->access_key_id = g_strdup_printf("key%u", calls);
    keys->secret_access_key = g_strdup("made secret");
    keys->session_token = g_strdup("token");
    keys->expires_at_s = g_get_real_time() / G_USEC_PER_SEC + life_s;
    return keys;
}

S3Keys *
sts_assume_role_with_web_identity(HttpPool *pool,
                                  const StorageProfile *profile,
                                  const char *token,
                                  const char *session_name,
                                  gint64 lifetime_s,
                                  GError **error)
{
    (void)pool;
    (void)profile;
    (void)token;
    (void)session_name;
    (void)lifetime_s;
    return skep_fail_null(error, SKEP_ERROR_INTERNAL, NULL, "not asked for here");
}

S3Keys *
sts_parse_answer(const char *xml, gsize length, GError **error)
{
    (void)xml;
    (void)length;
    return skep_fail_null(error, SKEP_ERROR_INTERNAL, NULL, "not asked for here");
}

static StorageProfile *profile;
static WarehouseAccess *access_;

static void
setup(void)
{
    calls = 0;
    life_s = 900;
    profile = storage_profile_new();
    profile->endpoint = g_strdup("http://store:7480");
    profile->path_style = TRUE;
    profile->access = STORAGE_ACCESS_VENDED;
    profile->access_key_id = g_strdup("own");
    profile->secret_access_key = g_strdup("own secret");
    profile->role_arn = g_strdup("arn:aws:iam:::role/lake");
    profile->key_lifetime_s = 900;
    access_ = warehouse_access_new(profile);
}

static void
teardown(void)
{
    warehouse_access_free(access_);
    storage_profile_free(profile);
    g_clear_pointer(&last_policy, g_free);
    g_clear_pointer(&last_session, g_free);
}

static char *
key_for(const char *location, gboolean write)
{
    const char *locations[] = {location, NULL};
    const WarehouseScope scope = {locations, write};
    g_autoptr(WarehouseKeys) keys = warehouse_access_keys(access_, &scope, NULL);
    return keys ? g_strdup(keys->access_key_id) : NULL;
}

static void
assert_key(const char *location, gboolean write, const char *expected)
{
    g_autofree char *key = key_for(location, write);
    ck_assert_str_eq(key, expected);
}

START_TEST(keys_are_made_once_for_each_table)
{
    assert_key("s3://lake/wh/t1", TRUE, "key1");
    assert_key("s3://lake/wh/t1", TRUE, "key1");
    ck_assert_uint_eq(calls, 1);
    ck_assert_ptr_nonnull(strstr(last_policy, "arn:aws:s3:::lake/wh/t1/*"));
    ck_assert_str_eq(last_session, "skep-s3---lake-wh-t1");
    assert_key("s3://lake/wh/t2", TRUE, "key2");
    assert_key("s3://lake/wh/t1", FALSE, "key3");
    assert_key("s3://lake/wh/t1", TRUE, "key1");
    ck_assert_uint_eq(calls, 3);
}
END_TEST

START_TEST(keys_past_half_their_life_are_made_anew)
{
    life_s = 1; /* whose half is nothing */
    assert_key("s3://lake/wh/t1", TRUE, "key1");
    assert_key("s3://lake/wh/t1", TRUE, "key2");
}
END_TEST

START_TEST(what_is_remembered_is_bounded)
{
    for (int i = 0; i < 5000; i++) {
        g_autofree char *location = g_strdup_printf("s3://lake/wh/t%d", i);
        g_autofree char *key = key_for(location, TRUE);
        ck_assert_ptr_nonnull(key);
    }
    ck_assert_uint_eq(calls, 5000);
    assert_key("s3://lake/wh/t4999", TRUE, "key5000");
    assert_key("s3://lake/wh/t0", TRUE, "key5001"); /* forgotten meanwhile */
}
END_TEST

START_TEST(long_and_odd_names_make_legal_sessions)
{
    g_autofree char *key = key_for("s3://lake/a very long name of a namespace/with more below/é漢/"
                                   "and the name of the table is at the end, t1",
                                   TRUE);
    ck_assert_ptr_nonnull(key);
    ck_assert_uint_le(strlen(last_session), 64);
    ck_assert_uint_eq(strspn(last_session, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                           "0123456789_=,.@-"),
                      strlen(last_session));
    ck_assert(g_str_has_suffix(last_session, "-t1"));
}
END_TEST

static SkepError
fact_of_refusal(SkepError said)
{
    const char *locations[] = {"s3://lake/t", NULL};
    const WarehouseScope scope = {locations, TRUE};
    g_autoptr(GError) error = NULL;
    life_s = 0;
    failure = said;
    ck_assert_ptr_null(warehouse_access_keys(access_, &scope, &error));
    return skep_error_fact(error);
}

START_TEST(an_sts_that_is_away_is_told_from_one_that_refuses)
{
    ck_assert_int_eq(fact_of_refusal(SKEP_ERROR_UNAVAILABLE), SKEP_ERROR_UNAVAILABLE);
    ck_assert_int_eq(fact_of_refusal(SKEP_ERROR_FORBIDDEN), SKEP_ERROR_FORBIDDEN);
    ck_assert_int_eq(fact_of_refusal(SKEP_ERROR_INVALID_ARGUMENT), SKEP_ERROR_FORBIDDEN);
    ck_assert_uint_eq(calls, 3); /* no refusal is remembered */
}
END_TEST

/* --- signatures --- */

static const char *
header_of(const GPtrArray *headers, const char *name)
{
    for (guint i = 0; i < headers->len; i++) {
        const StorageHeader *header = g_ptr_array_index(headers, i);
        if (!g_ascii_strcasecmp(header->name, name))
            return header->value;
    }
    return "";
}

static GPtrArray *
sign(const char *method, const char *uri, const char *body, gboolean *out_cacheable)
{
    const char *locations[] = {"s3://lake/wh/t1", NULL};
    const WarehouseScope scope = {locations, TRUE};
    g_autoptr(GPtrArray) given = g_ptr_array_new_with_free_func(storage_header_free);
    g_ptr_array_add(given, storage_header_new("X-Amz-Meta-A", "b"));
    g_ptr_array_add(given, storage_header_new("Range", "bytes=0-9"));
    const StorageSignRequest request = {method, uri, given, body};
    g_autoptr(GError) error = NULL;
    GPtrArray *headers = warehouse_access_sign(access_, &scope, &request, out_cacheable, &error);
    ck_assert_msg(headers != NULL, "%s", error ? error->message : "");
    return headers;
}

/* As a store does that lets unsigned headers through: what must not be added has to be signed. */
START_TEST(own_keys_sign_that_nothing_is_added)
{
    gboolean cacheable = TRUE;
    g_clear_pointer(&access_, warehouse_access_free);
    g_clear_pointer(&profile->role_arn, g_free);
    access_ = warehouse_access_new(profile);
    g_autoptr(GPtrArray) put = sign("PUT", "http://store:7480/lake/wh/t1/x", NULL, &cacheable);
    const char *authorization = header_of(put, "authorization");
    ck_assert(g_str_has_prefix(authorization, "AWS4-HMAC-SHA256 Credential=own/"));
    ck_assert_ptr_nonnull(strstr(authorization, ";x-amz-acl;"));
    ck_assert_ptr_nonnull(strstr(authorization, ";x-amz-copy-source;"));
    ck_assert_ptr_nonnull(strstr(authorization, ";x-amz-meta-a;"));
    ck_assert_ptr_null(strstr(authorization, "range"));
    ck_assert_str_eq(header_of(put, "range"), "bytes=0-9");
    ck_assert_str_eq(header_of(put, "x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
    ck_assert(!cacheable);
    g_autoptr(GPtrArray) get = sign("GET", "http://store:7480/lake/wh/t1/x", NULL, &cacheable);
    ck_assert(cacheable);
    ck_assert_uint_eq(calls, 0);
    for (guint i = 0; i < get->len; i++) {
        const StorageHeader *header = g_ptr_array_index(get, i);
        ck_assert_ptr_null(strstr(header->value, "own secret"));
    }
}
END_TEST

START_TEST(with_a_role_the_store_keeps_to_the_table_too)
{
    gboolean cacheable = FALSE;
    g_autoptr(GPtrArray) put = sign("PUT", "http://store:7480/lake/wh/t1/x", NULL, &cacheable);
    ck_assert(
        g_str_has_prefix(header_of(put, "authorization"), "AWS4-HMAC-SHA256 Credential=key1/"));
    ck_assert_str_eq(header_of(put, "x-amz-security-token"), "token");
    g_autoptr(GPtrArray) get = sign("GET", "http://store:7480/lake/wh/t1/x", NULL, &cacheable);
    ck_assert(
        g_str_has_prefix(header_of(get, "authorization"), "AWS4-HMAC-SHA256 Credential=own/"));
    ck_assert_str_eq(header_of(get, "x-amz-security-token"), "");
    g_ptr_array_unref(sign("PUT", "http://store:7480/lake/wh/t1/y", NULL, &cacheable));
    ck_assert_uint_eq(calls, 1);
}
END_TEST

START_TEST(a_batch_is_held_to_the_body_that_was_shown)
{
    static const char body[] = "<Delete><Object><Key>wh/t1/a</Key></Object></Delete>";
    gboolean cacheable = TRUE;
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, body, -1);
    g_autoptr(GPtrArray) headers = sign("POST", "http://store:7480/lake?delete", body, &cacheable);
    ck_assert_str_eq(header_of(headers, "x-amz-content-sha256"), digest);
    ck_assert(!cacheable);
}
END_TEST

START_TEST(a_seal_is_the_warehouses_own)
{
    g_autofree char *seal = warehouse_access_seal(access_, "text", NULL);
    g_autofree char *again = warehouse_access_seal(access_, "text", NULL);
    g_autofree char *other = warehouse_access_seal(access_, "texu", NULL);
    ck_assert_str_eq(seal, again);
    ck_assert_str_ne(seal, other);
    g_free(profile->secret_access_key);
    profile->secret_access_key = g_strdup("another secret");
    g_autoptr(WarehouseAccess) stranger = warehouse_access_new(profile);
    g_autofree char *forged = warehouse_access_seal(stranger, "text", NULL);
    ck_assert_str_ne(seal, forged);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("access");
    TCase *tests = tcase_create("access");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, keys_are_made_once_for_each_table);
    tcase_add_test(tests, keys_past_half_their_life_are_made_anew);
    tcase_add_test(tests, what_is_remembered_is_bounded);
    tcase_add_test(tests, long_and_odd_names_make_legal_sessions);
    tcase_add_test(tests, an_sts_that_is_away_is_told_from_one_that_refuses);
    tcase_add_test(tests, own_keys_sign_that_nothing_is_added);
    tcase_add_test(tests, with_a_role_the_store_keeps_to_the_table_too);
    tcase_add_test(tests, a_batch_is_held_to_the_body_that_was_shown);
    tcase_add_test(tests, a_seal_is_the_warehouses_own);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
