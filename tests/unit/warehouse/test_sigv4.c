/* SPDX-License-Identifier: Apache-2.0 */
/* Signature Version 4 against the signatures that AWS publishes: those of its test suite (service
 * "service", 30 August 2015) and those of the S3 manual (examplebucket, 24 May 2013). */
#include <check.h>
#include <string.h>

#include "support/test_suite.h"
#include "warehouse/sigv4.h"

static SigV4Request
suite_request(const char *method)
{
    return (SigV4Request){
        .method = method,
        .host = "example.amazonaws.com",
        .path = "/",
        .payload_sha256 = SIGV4_EMPTY_PAYLOAD,
        .service = "service",
        .region = "us-east-1",
        .time_s = 1440938160,
        .access_key_id = "AKIDEXAMPLE",
        .secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    };
}

static SigV4Request
manual_request(const char *method, const char *path)
{
    return (SigV4Request){
        .method = method,
        .host = "examplebucket.s3.amazonaws.com",
        .path = path,
        .payload_sha256 = SIGV4_EMPTY_PAYLOAD,
        .service = "s3",
        .region = "us-east-1",
        .time_s = 1369353600,
        .access_key_id = "AKIAIOSFODNN7EXAMPLE",
        .secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    };
}

static void
assert_signature(const SigV4Request *request, const char *expected)
{
    g_auto(GStrv) headers = sigv4_sign(request);
    const char *last = headers[g_strv_length(headers) - 1];

    ck_assert(g_str_has_prefix(last, "Authorization: AWS4-HMAC-SHA256 Credential="));
    ck_assert_str_eq(strstr(last, "Signature=") + strlen("Signature="), expected);
}

START_TEST(the_plainest_requests_have_the_published_signatures)
{
    SigV4Request get = suite_request("GET");
    SigV4Request post = suite_request("POST");

    assert_signature(&get, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    assert_signature(&post, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
}
END_TEST

START_TEST(queries_are_sorted_by_name_and_then_by_value)
{
    SigV4Pair by_name[] = {
        {"Param2", "value2"},
        {"Param1", "value1"},
        {NULL,     NULL    }
    };
    SigV4Pair by_value[] = {
        {"Param1", "value2"},
        {"Param1", "Value1"},
        {NULL,     NULL    }
    };
    SigV4Request request = suite_request("GET");

    request.query = by_name;
    assert_signature(&request, "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
    request.query = by_value;
    assert_signature(&request, "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1");
}
END_TEST

START_TEST(headers_of_one_name_are_joined_and_their_spaces_reduced)
{
    SigV4Pair twice[] = {
        {"My-Header1", "value2"},
        {"My-Header1", "value2"},
        {"My-Header1", "value1"},
        {NULL,         NULL    }
    };
    SigV4Pair spaces[] = {
        {"My-Header1", " value1"       },
        {"My-Header2", " \"a   b   c\""},
        {NULL,         NULL            }
    };
    SigV4Request request = suite_request("GET");

    request.headers = twice;
    assert_signature(&request, "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea");
    request.headers = spaces;
    assert_signature(&request, "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");
}
END_TEST

START_TEST(a_body_is_signed_by_its_hash)
{
    SigV4Pair type[] = {
        {"Content-Type", "application/x-www-form-urlencoded"},
        {NULL,           NULL                               }
    };
    g_autofree char *hash = sigv4_sha256("Param1=value1", 13);
    SigV4Request request = suite_request("POST");

    request.headers = type;
    request.payload_sha256 = hash;
    assert_signature(&request, "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
}
END_TEST

START_TEST(requests_to_s3_have_the_signatures_of_its_manual)
{
    SigV4Pair range[] = {
        {"Range", "bytes=0-9"},
        {NULL,    NULL       }
    };
    SigV4Pair put[] = {
        {"Date",                "Fri, 24 May 2013 00:00:00 GMT"},
        {"x-amz-storage-class", "REDUCED_REDUNDANCY"           },
        {NULL,                  NULL                           }
    };
    SigV4Pair lifecycle[] = {
        {"lifecycle", ""  },
        {NULL,        NULL}
    };
    SigV4Pair list[] = {
        {"prefix",   "J" },
        {"max-keys", "2" },
        {NULL,       NULL}
    };
    g_autofree char *hash = sigv4_sha256("Welcome to Amazon S3.", 21);
    SigV4Request request = manual_request("GET", "/test.txt");

    request.headers = range;
    assert_signature(&request, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    request = manual_request("PUT", "/test$file.text");
    request.headers = put;
    request.payload_sha256 = hash;
    assert_signature(&request, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    request = manual_request("GET", "/");
    request.query = lifecycle;
    assert_signature(&request, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    request.query = list;
    assert_signature(&request, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}
END_TEST

START_TEST(a_session_token_is_sent_and_signed)
{
    SigV4Request request = manual_request("GET", "/test.txt");
    g_auto(GStrv) headers = NULL;

    request.session_token = "token/with+odd=characters";
    headers = sigv4_sign(&request);
    ck_assert(g_strv_contains((const char *const *)headers, "x-amz-date: 20130524T000000Z"));
    ck_assert(g_strv_contains((const char *const *)headers,
                              "x-amz-content-sha256: " SIGV4_EMPTY_PAYLOAD));
    ck_assert(g_strv_contains((const char *const *)headers,
                              "x-amz-security-token: token/with+odd=characters"));
    ck_assert_ptr_nonnull(strstr(
        headers[3], "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,"));
}
END_TEST

START_TEST(bytes_are_escaped_one_by_one)
{
    g_autofree char *path = sigv4_escape("/a b/\xc3\xa4+$~", TRUE);
    g_autofree char *value = sigv4_escape("a/b=c", FALSE);

    ck_assert_str_eq(path, "/a%20b/%C3%A4%2B%24~");
    ck_assert_str_eq(value, "a%2Fb%3Dc");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("sigv4");
    TCase *tests = tcase_create("sigv4");

    tcase_add_test(tests, the_plainest_requests_have_the_published_signatures);
    tcase_add_test(tests, queries_are_sorted_by_name_and_then_by_value);
    tcase_add_test(tests, headers_of_one_name_are_joined_and_their_spaces_reduced);
    tcase_add_test(tests, a_body_is_signed_by_its_hash);
    tcase_add_test(tests, requests_to_s3_have_the_signatures_of_its_manual);
    tcase_add_test(tests, a_session_token_is_sent_and_signed);
    tcase_add_test(tests, bytes_are_escaped_one_by_one);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
