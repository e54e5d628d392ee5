/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: what is signed for a table's clients stays within its prefixes, whoever reads the URI, and
 * does no more than tables need. Method: requests by hand, and URIs made of odd pieces by the
 * thousand, which readers of several habits (decoding once, again, and taking dots out) must all
 * find inside when they were signed. The seed is printed; SKEP_TEST_SEED repeats a run. */
#include <check.h>
#include <string.h>

#include "skep/error.h"
#include "support/test_suite.h"
#include "warehouse/sign_rules.h"

static StorageProfile *profile;
static GPtrArray *headers;
static const char *locations[] = {"s3://lake/wh/t1", NULL};

static void
setup(void)
{
    profile = storage_profile_new();
    profile->endpoint = g_strdup("http://store:7480");
    profile->endpoint_external = g_strdup("https://s3.example.com");
    profile->path_style = TRUE;
    headers = g_ptr_array_new_with_free_func(storage_header_free);
}

static void
teardown(void)
{
    storage_profile_free(profile);
    g_ptr_array_unref(headers);
}

static gboolean
judge_as(const char *method, const char *uri, const char *body, gboolean write, GError **error)
{
    const WarehouseScope scope = {locations, write};
    const StorageSignRequest request = {method, uri, headers, body};
    g_auto(SignVerdict) verdict = {NULL, FALSE, FALSE, FALSE};
    gboolean signed_ = sign_rules_judge(profile, &scope, &request, &verdict, error);
    ck_assert(signed_ == (verdict.target != NULL));
    return signed_;
}

static void
assert_signed(const char *method, const char *uri)
{
    g_autoptr(GError) error = NULL;
    ck_assert_msg(judge_as(method, uri, NULL, TRUE, &error), "%s %s: %s", method, uri,
                  error ? error->message : "");
}

static void
assert_refused(const char *method, const char *uri)
{
    g_autoptr(GError) error = NULL;
    ck_assert_msg(!judge_as(method, uri, NULL, TRUE, &error), "%s %s was signed", method, uri);
    ck_assert(skep_error_fact(error) == SKEP_ERROR_FORBIDDEN ||
              skep_error_fact(error) == SKEP_ERROR_INVALID_ARGUMENT);
}

#define STORE "http://store:7480"
#define T1    STORE "/lake/wh/t1"

START_TEST(objects_of_the_table_are_signed)
{
    assert_signed("GET", T1 "/data/x.parquet");
    assert_signed("HEAD", T1 "/data/a%20b=%2B/x.parquet");
    assert_signed("PUT", T1 "/metadata/%C3%A9.avro?x-id=PutObject");
    assert_signed("DELETE", T1 "/data/x");
    assert_signed("GET", "https://s3.example.com/lake/wh/t1/data/x");
    assert_signed("GET", "https://S3.example.com:443/lake/wh/t1/data/x");
    assert_signed("POST", T1 "/data/x?uploads=");
    assert_signed("PUT", T1 "/data/x?partNumber=1&uploadId=abc");
    assert_signed("POST", T1 "/data/x?uploadId=abc");
    assert_signed("DELETE", T1 "/data/x?uploadId=abc");
    assert_signed("GET", STORE "/lake?list-type=2&prefix=wh%2Ft1%2F&delimiter=%2F&max-keys=9");
    assert_signed("GET", STORE "/lake/?prefix=wh/t1/data&marker=a");
}
END_TEST

START_TEST(what_is_beside_is_refused)
{
    assert_refused("GET", STORE "/lake/wh/t10/x");
    assert_refused("GET", STORE "/lake/wh/t1");
    assert_refused("GET", STORE "/lake/wh/x");
    assert_refused("GET", STORE "/lake2/wh/t1/x");
    assert_refused("GET", STORE "/lake//wh/t1/x");
    assert_refused("GET", STORE "//lake/wh/t1/x");
    assert_refused("GET", T1 "/../t2/x");
    assert_refused("GET", T1 "/%2e%2e/t2/x");
    assert_refused("GET", T1 "/%252e%252e/t2/x");
    assert_refused("GET", T1 "/..%2ft2/x");
    assert_refused("GET", T1 "/.%2E");
    assert_refused("GET", T1 "\\..\\t2");
    assert_refused("GET", T1 "/x%00");
    assert_refused("GET", T1 "/x%ff");
    assert_refused("GET", T1 "/x%2");
    assert_refused("GET", T1 "/x#y");
    assert_refused("GET", "http://store/lake/wh/t1/x");
    assert_refused("GET", "https://store:7480/lake/wh/t1/x");
    assert_refused("GET", "http://lake.store:7480/wh/t1/x"); /* of a store with path style */
    assert_refused("GET", "http://a@store:7480/lake/wh/t1/x");
    assert_refused("GET", "http://evil.com/lake/wh/t1/x");
    assert_refused("GET", "file:///lake/wh/t1/x");
    assert_refused("GET", STORE "/lake?list-type=2");
    assert_refused("GET", STORE "/lake?list-type=2&prefix=");
    assert_refused("GET", STORE "/lake?list-type=2&prefix=wh/t1");
    assert_refused("GET", STORE "/lake?list-type=2&prefix=wh/t10/");
    assert_refused("GET", STORE "/lake?list-type=2&prefix=wh/t1/&prefix=");
    assert_refused("GET", STORE "/?prefix=wh/t1/");
}
END_TEST

START_TEST(what_tables_do_not_need_is_refused)
{
    static const char *const subresources[] = {"acl",        "policy",   "tagging", "versionId=1",
                                               "torrent",    "restore",  "cors",    "lifecycle",
                                               "versioning", "versions", "uploads", "retention"};
    for (gsize i = 0; i < G_N_ELEMENTS(subresources); i++) {
        g_autofree char *object = g_strconcat(T1 "/x?", subresources[i], NULL);
        g_autofree char *bucket = g_strconcat(STORE "/lake?prefix=wh/t1/&", subresources[i], NULL);
        g_autofree char *encoded =
            g_strdup_printf(T1 "/x?%%%02x%s", (guint)*subresources[i], subresources[i] + 1);
        assert_refused("GET", object);
        assert_refused("PUT", object);
        assert_refused("DELETE", object);
        assert_refused("PUT", encoded);
        assert_refused("GET", bucket);
        assert_refused("PUT", bucket);
    }
    assert_refused("PUT", STORE "/lake");
    assert_refused("DELETE", STORE "/lake");
    assert_refused("GET", STORE "/");
    assert_refused("PATCH", T1 "/x");
    assert_refused("get", T1 "/x");
    assert_refused("POST", T1 "/x");
}
END_TEST

START_TEST(readers_get_no_signature_for_changes)
{
    ck_assert(judge_as("GET", T1 "/x", NULL, FALSE, NULL));
    ck_assert(judge_as("GET", STORE "/lake?prefix=wh/t1/", NULL, FALSE, NULL));
    ck_assert(!judge_as("PUT", T1 "/x", NULL, FALSE, NULL));
    ck_assert(!judge_as("DELETE", T1 "/x", NULL, FALSE, NULL));
    ck_assert(!judge_as("POST", T1 "/x?uploads", NULL, FALSE, NULL));
    ck_assert(!judge_as("POST", STORE "/lake?delete",
                        "<Delete><Object><Key>wh/t1/x</Key></Object></Delete>", FALSE, NULL));
}
END_TEST

static gboolean
put_with(const char *name, const char *value)
{
    g_ptr_array_set_size(headers, 0);
    g_ptr_array_add(headers, storage_header_new("Content-Type", "x/y"));
    g_ptr_array_add(headers, storage_header_new(name, value));
    return judge_as("PUT", T1 "/x", NULL, TRUE, NULL);
}

START_TEST(headers_cannot_widen_a_request)
{
    ck_assert(put_with("X-Amz-Meta-A", "b"));
    ck_assert(put_with("x-amz-server-side-encryption", "AES256"));
    ck_assert(put_with("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"));
    ck_assert(put_with("x-amz-content-sha256", "UNSIGNED-PAYLOAD"));
    ck_assert(put_with("host", "store:7480"));
    ck_assert(put_with("x-amz-copy-source", "/lake/wh/t1/y"));
    ck_assert(put_with("x-amz-copy-source", "lake/wh/t1/a%20b"));
    ck_assert(!put_with("x-amz-copy-source", "/lake/wh/t10/y"));
    ck_assert(!put_with("X-Amz-Copy-Source", "/lake/wh/t1/../t2/y"));
    ck_assert(!put_with("x-amz-copy-source", "/lake/wh/t1/%2e%2e/t2/y"));
    ck_assert(!put_with("x-amz-copy-source", "//lake/wh/t1/y"));
    ck_assert(!put_with("x-amz-copy-source", "/lake/wh/t1/y?versionId=3"));
    ck_assert(
        !put_with("x-amz-copy-source", "arn:aws:s3:us-east-1:1:accesspoint/a/object/wh/t1/y"));
    ck_assert(!put_with("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"));
    ck_assert(!put_with("host", "other"));
    ck_assert(!put_with("x-amz-meta-a", "b\r\nx-amz-acl: public-read"));
    ck_assert(!put_with("x-amz-security-token", "t"));
    ck_assert(!put_with("content-type", "x/z")); /* twice */
    for (gsize i = 0; sign_rules_absent_headers[i]; i++)
        ck_assert(!put_with(sign_rules_absent_headers[i], "public-read"));
}
END_TEST

static gboolean
batch(const char *body)
{
    return judge_as("POST", STORE "/lake?delete=", body, TRUE, NULL);
}

START_TEST(every_key_of_a_batch_lies_inside)
{
    ck_assert(batch("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                    "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                    "<Object><Key>wh/t1/a&amp;b</Key></Object>"
                    "<Object><Key>wh/t1/c</Key></Object><Quiet>true</Quiet></Delete>"));
    ck_assert(!batch(NULL));
    ck_assert(!batch(""));
    ck_assert(!batch("<Delete></Delete>"));
    ck_assert(!batch("<Delete><Object><Key>wh/t1/a</Key></Object>"
                     "<Object><Key>wh/t2/a</Key></Object></Delete>"));
    ck_assert(!batch("<Delete><Object><Key>wh/t1/../t2/a</Key></Object></Delete>"));
    ck_assert(!batch("<Delete><Object><Key>wh/t2/a</Key><Key>wh/t1/a</Key></Object></Delete>"));
    ck_assert(
        !batch("<Delete><Object><Key>wh/t1/a</Key><VersionId>1</VersionId></Object></Delete>"));
    ck_assert(!batch("<Delete><s:Object><s:Key>wh/t2/a</s:Key></s:Object>"
                     "<Object><Key>wh/t1/a</Key></Object></Delete>"));
    ck_assert(!batch("<Delete><Object><Key>wh/t1/<![CDATA[a]]></Key></Object></Delete>"));
    ck_assert(!batch("<!DOCTYPE a [<!ENTITY e \"wh/t2\">]>"
                     "<Delete><Object><Key>wh/t1/a</Key></Object></Delete>"));
    ck_assert(!batch("<?xml version=\"1.0\" encoding=\"UTF-7\"?>"
                     "<Delete><Object><Key>wh/t1/a</Key></Object></Delete>"));
    ck_assert(!batch("<Delete><!-- <Object> --><Object><Key>wh/t1/a</Key></Object></Delete>"));
    ck_assert(!batch("<Delete><Object><Key>wh/t1/a</Key></Object></Delete><Delete/>"));
    ck_assert(!batch("no xml"));
}
END_TEST

START_TEST(buckets_in_host_names_only_where_the_store_has_them)
{
    profile->path_style = FALSE;
    assert_signed("GET", "http://lake.store:7480/wh/t1/x");
    assert_signed("GET", "https://lake.s3.example.com/wh/t1/x");
    assert_refused("GET", "https://lake.s3.example.com/wh/t10/x");
    assert_refused("GET", "https://lake2.s3.example.com/wh/t1/x");
    assert_refused("GET", "https://lakes3.example.com/wh/t1/x");
    assert_refused("GET", "https://.s3.example.com/lake/wh/t1/x");
    assert_refused("GET", "https://lake.s3.example.com/lake/wh/t1/x");
    g_clear_pointer(&profile->endpoint, g_free);
    g_clear_pointer(&profile->endpoint_external, g_free);
    g_free(profile->region);
    profile->region = g_strdup("eu-west-1");
    assert_signed("GET", "https://lake.s3.eu-west-1.amazonaws.com/wh/t1/x");
    assert_signed("GET", "https://s3.eu-west-1.amazonaws.com/lake/wh/t1/x");
    assert_refused("GET", "http://s3.eu-west-1.amazonaws.com/lake/wh/t1/x");
    assert_refused("GET", "https://s3.eu-west-1.amazonaws.com.evil.com/lake/wh/t1/x");
    assert_refused("GET", "https://lake.s3.eu-west-2.amazonaws.com/wh/t1/x");
}
END_TEST

/* --- by the thousand --- */

/* As somebody reads it who decodes `times` and, at last, takes "." and ".." out. */
static char *
read_as(const char *uri, int times, gboolean without_dots)
{
    g_autofree char *path = g_strdup(uri + strlen(STORE));
    for (char *c = path; *c; c++)
        if (*c == '?' || *c == '#')
            *c = '\0';
    for (int i = 0; i < times; i++) {
        char *plain = g_uri_unescape_string(path, NULL);
        if (!plain)
            break;
        g_free(path);
        path = plain;
    }
    return without_dots ? g_canonicalize_filename(path, "/") : g_steal_pointer(&path);
}

static char *
random_uri(GRand *random)
{
    static const char *const pieces[] = {
        "/",   "lake", "wh",  "t1",    "t10",     "t2",     "..",  "%2e%2e",
        ".",   "%2F",  "%2f", "%252e", "%25",     "//",     "x",   "%00",
        "%5c", "\\",   "?",   "&acl",  "#",       "%C3%A9", "%zz", "+",
        "%20", "@",    ":",   ";",     "prefix=", "%c0%ae", "t1/", "/lake/wh/t1/"};
    int n = g_rand_int_range(random, 0, 7);
    GString *uri = g_string_new(g_rand_boolean(random) ? T1 "/" : STORE "/");
    for (int i = 0; i < n; i++)
        g_string_append(uri, pieces[g_rand_int_range(random, 0, (gint32)G_N_ELEMENTS(pieces))]);
    return g_string_free(uri, FALSE);
}

START_TEST(no_reader_finds_a_signed_request_outside)
{
    static const char *const methods[] = {"GET", "PUT", "DELETE", "HEAD"};
    const char *given = g_getenv("SKEP_TEST_SEED");
    guint32 seed = given ? (guint32)g_ascii_strtoull(given, NULL, 10) : 20261129;
    GRand *random = g_rand_new_with_seed(seed);
    guint signed_count = 0, tried = 20000;
    for (guint i = 0; i < tried; i++) {
        g_autofree char *uri = random_uri(random);
        if (!judge_as(methods[i % G_N_ELEMENTS(methods)], uri, NULL, TRUE, NULL) ||
            strstr(uri, "prefix="))
            continue;
        signed_count++;
        for (int times = 1; times <= 3; times++) {
            g_autofree char *plain = read_as(uri, times, FALSE);
            g_autofree char *canonical = read_as(uri, times, TRUE);
            ck_assert_msg(g_str_has_prefix(plain, "/lake/wh/t1/"), "%s is %s", uri, plain);
            ck_assert_msg(g_str_has_prefix(canonical, "/lake/wh/t1"), "%s is %s", uri, canonical);
            ck_assert_msg(!g_str_has_prefix(canonical, "/lake/wh/t10"), "%s is %s", uri, canonical);
        }
    }
    g_rand_free(random);
    g_print("seed %u: %u of %u requests signed\n", seed, signed_count, tried);
    ck_assert_uint_gt(signed_count, 500);
    ck_assert_uint_lt(signed_count, tried / 2);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("sign rules");
    TCase *tests = tcase_create("sign rules");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, objects_of_the_table_are_signed);
    tcase_add_test(tests, what_is_beside_is_refused);
    tcase_add_test(tests, what_tables_do_not_need_is_refused);
    tcase_add_test(tests, readers_get_no_signature_for_changes);
    tcase_add_test(tests, headers_cannot_widen_a_request);
    tcase_add_test(tests, every_key_of_a_batch_lies_inside);
    tcase_add_test(tests, buckets_in_host_names_only_where_the_store_has_them);
    tcase_add_test(tests, no_reader_finds_a_signed_request_outside);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
