/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: a session policy opens its table's prefixes and nothing else, however names are chosen.
 * Method: an evaluator of policies with IAM's rules (patterns, conditions, explicit denial) of its
 * own tries each policy with keys inside, with siblings and with odd names, by the thousand. The
 * seed is printed; SKEP_TEST_SEED repeats a run. */
#include <check.h>
#include <string.h>

#include "skep/error.h"
#include "skep/json.h"
#include "support/test_suite.h"
#include "warehouse/session_policy.h"

/* --- the evaluator --- */

/* '*' is any characters, '?' is one; `variables`: "${*}", "${?}" and "${$}" are the characters
 * themselves, as AWS has it; else they are what they look like, as RGW has it. */
static gboolean
pattern_matches(const char *pattern, const char *text, gboolean variables)
{
    for (;;) {
        if (variables && pattern[0] == '$' && pattern[1] == '{' && pattern[2] &&
            pattern[3] == '}') {
            if (*text != pattern[2])
                return FALSE;
            pattern += 4;
            text++;
        } else if (*pattern == '*') {
            do {
                if (pattern_matches(pattern + 1, text, variables))
                    return TRUE;
            } while (*text++);
            return FALSE;
        } else if (*pattern == '\0' || *text == '\0') {
            return *pattern == *text;
        } else if (*pattern != '?' && *pattern != *text) {
            return FALSE;
        } else {
            pattern++;
            text++;
        }
    }
}

static gboolean
any_matches(const cJSON *list, const char *text, gboolean variables)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        if (pattern_matches(item->valuestring, text, variables))
            return TRUE;
    }
    return FALSE;
}

typedef struct {
    const char *action;
    const char *resource;
    const char *prefix; /* of a listing; NULL: the request has none */
} Wish;

static gboolean
condition_holds(const cJSON *condition, const Wish *wish, gboolean variables)
{
    const cJSON *operator;
    cJSON_ArrayForEach(operator, condition)
    {
        const cJSON *key;
        ck_assert_str_eq(operator->string, "StringLike");
        cJSON_ArrayForEach(key, operator)
        {
            ck_assert_str_eq(key->string, "s3:prefix");
            if (!wish->prefix || !any_matches(key, wish->prefix, variables))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean
policy_allows(const cJSON *policy, const Wish *wish, gboolean variables)
{
    gboolean allowed = FALSE;
    const cJSON *statement;
    cJSON_ArrayForEach(statement, json_find(policy, "Statement"))
    {
        if (!any_matches(json_find(statement, "Action"), wish->action, FALSE) ||
            !any_matches(json_find(statement, "Resource"), wish->resource, variables) ||
            !condition_holds(json_find(statement, "Condition"), wish, variables))
            continue;
        if (strcmp(json_find(statement, "Effect")->valuestring, "Deny") == 0)
            return FALSE;
        allowed = TRUE;
    }
    return allowed;
}

/* --- what is asked of it --- */

static const char *const object_actions[] = {"s3:GetObject", "s3:PutObject", "s3:DeleteObject",
                                             "s3:AbortMultipartUpload"};

static gboolean
object_is_open(const cJSON *policy, const char *action, const char *bucket, const char *key)
{
    g_autofree char *resource = g_strdup_printf("arn:aws:s3:::%s/%s", bucket, key);
    const Wish wish = {.action = action, .resource = resource};
    gboolean open = policy_allows(policy, &wish, TRUE);
    ck_assert_int_eq(open, policy_allows(policy, &wish, FALSE));
    return open;
}

static gboolean
listing_is_open(const cJSON *policy, const char *bucket, const char *prefix)
{
    g_autofree char *resource = g_strdup_printf("arn:aws:s3:::%s", bucket);
    const Wish wish = {.action = "s3:ListBucket", .resource = resource, .prefix = prefix};
    gboolean open = policy_allows(policy, &wish, TRUE);
    ck_assert_int_eq(open, policy_allows(policy, &wish, FALSE));
    return open;
}

static cJSON *
policy_of(const char *const *locations, gboolean write, GError **error)
{
    const WarehouseScope scope = {locations, write};
    g_autofree char *text = session_policy_new("aws", &scope, error);
    if (!text)
        return NULL;
    ck_assert(g_str_is_ascii(text));
    ck_assert_uint_le(strlen(text), SESSION_POLICY_CHARACTERS_MAX);
    cJSON *policy = json_parse(text, strlen(text), strlen(text), NULL);
    ck_assert_msg(policy != NULL, "not JSON: %s", text);
    return policy;
}

static cJSON *
policy_of_one(const char *location)
{
    const char *locations[] = {location, NULL};
    g_autoptr(GError) error = NULL;
    cJSON *policy = policy_of(locations, TRUE, &error);
    ck_assert_msg(policy != NULL, "%s: %s", location, error ? error->message : "");
    return policy;
}

static void
assert_refused(const char *location, SkepError fact)
{
    const char *locations[] = {location, NULL};
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(policy_of(locations, TRUE, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(skep_error_fact(error), fact);
}

START_TEST(a_table_never_opens_its_sibling)
{
    g_autoptr(cJSON) policy = policy_of_one("s3://lake/wh/ns.db/t1/");
    ck_assert(object_is_open(policy, "s3:GetObject", "lake", "wh/ns.db/t1/data/x.parquet"));
    ck_assert(object_is_open(policy, "s3:PutObject", "lake", "wh/ns.db/t1/x"));
    ck_assert(!object_is_open(policy, "s3:GetObject", "lake", "wh/ns.db/t10/data/x.parquet"));
    ck_assert(!object_is_open(policy, "s3:GetObject", "lake", "wh/ns.db/t1"));
    ck_assert(!object_is_open(policy, "s3:GetObject", "lake2", "wh/ns.db/t1/x"));
    ck_assert(!object_is_open(policy, "s3:PutObjectAcl", "lake", "wh/ns.db/t1/x"));
    ck_assert(!object_is_open(policy, "s3:PutBucketPolicy", "lake", "wh/ns.db/t1/x"));
    ck_assert(listing_is_open(policy, "lake", "wh/ns.db/t1/"));
    ck_assert(listing_is_open(policy, "lake", "wh/ns.db/t1/data/"));
    ck_assert(!listing_is_open(policy, "lake", "wh/ns.db/t1"));
    ck_assert(!listing_is_open(policy, "lake", "wh/ns.db/"));
    ck_assert(!listing_is_open(policy, "lake", NULL));
}
END_TEST

START_TEST(readers_cannot_write)
{
    const char *locations[] = {"s3://lake/t", NULL};
    g_autoptr(cJSON) policy = policy_of(locations, FALSE, NULL);
    ck_assert_ptr_nonnull(policy);
    ck_assert(object_is_open(policy, "s3:GetObject", "lake", "t/x"));
    ck_assert(listing_is_open(policy, "lake", "t/"));
    for (gsize i = 1; i < G_N_ELEMENTS(object_actions); i++)
        ck_assert(!object_is_open(policy, object_actions[i], "lake", "t/x"));
}
END_TEST

START_TEST(several_places_stay_apart)
{
    const char *locations[] = {"s3://lake/a/t", "s3a://other/b/t", "s3://lake/a/t/data",
                               "s3://lake/c", NULL};
    g_autoptr(cJSON) policy = policy_of(locations, TRUE, NULL);
    ck_assert_ptr_nonnull(policy);
    ck_assert(object_is_open(policy, "s3:PutObject", "lake", "a/t/data/x"));
    ck_assert(object_is_open(policy, "s3:PutObject", "lake", "c/x"));
    ck_assert(object_is_open(policy, "s3:PutObject", "other", "b/t/x"));
    ck_assert(!object_is_open(policy, "s3:PutObject", "other", "a/t/x"));
    ck_assert(!object_is_open(policy, "s3:PutObject", "lake", "b/t/x"));
    ck_assert(listing_is_open(policy, "lake", "c/"));
    ck_assert(listing_is_open(policy, "other", "b/t/"));
    ck_assert(!listing_is_open(policy, "other", "a/t/"));
    ck_assert(!listing_is_open(policy, "lake", "b/t/"));
}
END_TEST

START_TEST(what_cannot_be_narrowed_is_refused)
{
    assert_refused("s3://lake", SKEP_ERROR_FORBIDDEN);
    assert_refused("s3://lake/", SKEP_ERROR_FORBIDDEN);
    assert_refused("s3://lake/a/t*", SKEP_ERROR_FORBIDDEN);
    assert_refused("s3://lake/a?/t", SKEP_ERROR_FORBIDDEN);
    assert_refused("s3://lake/${aws:username}/t", SKEP_ERROR_FORBIDDEN);
    assert_refused("s3://lake/a/../t", SKEP_ERROR_INVALID_ARGUMENT);
    assert_refused("file:///a/t", SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(long_names_keep_the_bound)
{
    GString *location = g_string_new("s3://lake/");
    gboolean listed = TRUE, refused = FALSE;
    for (int i = 0; i < 2200 && !refused; i++) {
        const char *locations[] = {location->str, NULL};
        g_string_append_c(location, 'n');
        locations[0] = location->str;
        g_autoptr(GError) error = NULL;
        g_autoptr(cJSON) policy = policy_of(locations, TRUE, &error);
        refused = policy == NULL;
        if (refused) {
            ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_FORBIDDEN);
            break;
        }
        const char *path = location->str + strlen("s3://lake/");
        g_autofree char *inside = g_strconcat(path, "/x", NULL);
        g_autofree char *beside = g_strconcat(path, "n/x", NULL);
        ck_assert(object_is_open(policy, "s3:PutObject", "lake", inside));
        ck_assert(!object_is_open(policy, "s3:PutObject", "lake", beside));
        listed = listing_is_open(policy, "lake", inside);
    }
    ck_assert(!listed); /* given up before the rest */
    ck_assert(refused);
    ck_assert_uint_gt(location->len, 1700);
    g_string_free(location, TRUE);
}
END_TEST

/* --- by the thousand --- */

static char *
random_name(GRand *random, gboolean plain)
{
    static const char *const pieces[] = {
        "t",   "T", "1", "10",    "a",  "-", "_", ".", " ", "'",  "\"",  "\\", "%",
        "%2F", "+", "=", "/",     "//", ":", "&", "{", "}", "[",  "]",   "é",  "漢",
        "😀",   "^", "|", "u002f", "<",  ",", "*", "?", "$", "${", "${*}"};
    int n = g_rand_int_range(random, 1, 9);
    int kinds = (int)G_N_ELEMENTS(pieces) - (plain ? 5 : 0);
    GString *name = g_string_new("n");
    for (int i = 0; i < n; i++)
        g_string_append(name, pieces[g_rand_int_range(random, 0, kinds)]);
    g_string_append_c(name, 'z');
    return g_string_free(name, FALSE);
}

/* A key near `path`: below it, beside it, above it, or changed somewhere. */
static char *
random_key(GRand *random, const char *path)
{
    g_autofree char *name = random_name(random, FALSE);
    gsize length = strlen(path), at = (gsize)g_rand_int_range(random, 0, (gint32)length);
    while (at > 0 && ((guchar)path[at] & 0xc0) == 0x80)
        at--;
    const char *rest = g_utf8_next_char(path + at);
    switch (g_rand_int_range(random, 0, 7)) {
    case 0:
        return g_strconcat(path, "/", name, NULL);
    case 1:
        return g_strconcat(path, name, NULL);
    case 2:
        return g_strndup(path, at);
    case 3:
        return g_strdup_printf("%.*s%s%s", (int)at, path, name, rest);
    case 4:
        return g_strdup_printf("%.*s%s/x", (int)at, path, rest);
    case 5:
        return g_strdup_printf("%s0/%s", path, name);
    default:
        return g_strdup(name);
    }
}

static void
try_one_location(GRand *random, guint *tried, guint *refused)
{
    g_autofree char *first = random_name(random, g_rand_boolean(random));
    g_autofree char *second = random_name(random, TRUE);
    g_autofree char *path = g_strconcat(first, "/", second, NULL);
    g_autofree char *location = g_strconcat("s3://lake/", path, NULL);
    const char *locations[] = {location, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) policy = policy_of(locations, TRUE, &error);
    if (strpbrk(path, "*?$")) {
        ck_assert_msg(!policy, "%s was not refused", location);
        (*refused)++;
        return;
    }
    ck_assert_msg(policy != NULL, "%s: %s", location, error ? error->message : "");
    g_autofree char *below = g_strconcat(path, "/", NULL);
    for (int i = 0; i < 24; i++) {
        g_autofree char *key = random_key(random, path);
        gboolean inside = g_str_has_prefix(key, below);
        const char *action =
            object_actions[g_rand_int_range(random, 0, G_N_ELEMENTS(object_actions))];
        ck_assert_msg(object_is_open(policy, action, "lake", key) == inside, "%s and %s", location,
                      key);
        ck_assert_msg(listing_is_open(policy, "lake", key) == inside, "%s and listing %s", location,
                      key);
        ck_assert(!object_is_open(policy, action, "lake2", key));
        (*tried)++;
    }
}

START_TEST(odd_names_open_themselves_alone)
{
    const char *given = g_getenv("SKEP_TEST_SEED");
    guint32 seed = given ? (guint32)g_ascii_strtoull(given, NULL, 10) : 20261129;
    GRand *random = g_rand_new_with_seed(seed);
    guint tried = 0, refused = 0;
    for (int i = 0; i < 2000; i++)
        try_one_location(random, &tried, &refused);
    g_rand_free(random);
    g_print("seed %u: %u keys tried, %u names refused\n", seed, tried, refused);
    ck_assert_uint_gt(tried, 20000);
    ck_assert_uint_gt(refused, 100);
}
END_TEST

START_TEST(the_partition_follows_the_role_and_the_region)
{
    ck_assert_str_eq(session_policy_partition("arn:aws-cn:iam::1:role/r", "us-east-1"), "aws-cn");
    ck_assert_str_eq(session_policy_partition("arn:aws:iam:::role/r", "cn-north-1"), "aws");
    ck_assert_str_eq(session_policy_partition("arn:x\":iam:::role/r", "us-east-1"), "aws");
    ck_assert_str_eq(session_policy_partition(NULL, "us-gov-west-1"), "aws-us-gov");
    ck_assert_str_eq(session_policy_partition(NULL, "default"), "aws");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("session policy");
    TCase *tests = tcase_create("session policy");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_table_never_opens_its_sibling);
    tcase_add_test(tests, readers_cannot_write);
    tcase_add_test(tests, several_places_stay_apart);
    tcase_add_test(tests, what_cannot_be_narrowed_is_refused);
    tcase_add_test(tests, long_names_keep_the_bound);
    tcase_add_test(tests, odd_names_open_themselves_alone);
    tcase_add_test(tests, the_partition_follows_the_role_and_the_region);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
