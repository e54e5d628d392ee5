/* SPDX-License-Identifier: Apache-2.0 */
/* The S3 client against a real store, whose address and keys are in SKEP_TEST_S3_ENDPOINT,
 * SKEP_TEST_S3_KEY, SKEP_TEST_S3_SECRET, SKEP_TEST_S3_BUCKET and SKEP_TEST_S3_ROLE (tests/storage/
 * conftest.py sets them). Each test has a prefix of its own. */
#include <check.h>
#include <string.h>

#include "skep/error.h"
#include "skep/warehouse.h"
#include "support/test_suite.h"
#include "warehouse/s3_client.h"
#include "warehouse/sts.h"

static StorageProfile *profile;
static S3Client *client;
static const char *bucket;
static char *base;

static const char *
setting(const char *name)
{
    const char *value = g_getenv(name);

    ck_assert_msg(value && *value, "%s is not set", name);
    return value;
}

static void
setup(void)
{
    S3Limits limits = {.part_bytes = 5u << 20};
    g_autofree char *uuid = g_uuid_string_random();
    g_autoptr(GError) error = NULL;

    bucket = setting("SKEP_TEST_S3_BUCKET");
    profile = storage_profile_new();
    profile->endpoint = g_strdup(setting("SKEP_TEST_S3_ENDPOINT"));
    profile->access_key_id = g_strdup(setting("SKEP_TEST_S3_KEY"));
    profile->secret_access_key = g_strdup(setting("SKEP_TEST_S3_SECRET"));
    client = s3_client_new(profile, &limits, &error);
    ck_assert_ptr_nonnull(client);
    base = g_strconcat("client/", uuid, "/", NULL);
}

static void
teardown(void)
{
    s3_client_free(client);
    storage_profile_free(profile);
    g_free(base);
}

#define assert_ok(done, error)                                                                     \
    do {                                                                                           \
        gboolean done_ = (done);                                                                   \
        ck_assert_msg(done_, "%s", (error) ? (error)->message : "no error");                       \
    } while (0)

#define assert_fact(error, expected)                                                               \
    do {                                                                                           \
        ck_assert_ptr_nonnull(error);                                                              \
        ck_assert_msg(skep_error_fact(error) == (expected), "%s", (error)->message);               \
        g_clear_error(&(error));                                                                   \
    } while (0)

static GBytes *
bytes_of(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

static void
put(const char *name, const char *text)
{
    g_autofree char *key = g_strconcat(base, name, NULL);
    g_autoptr(GBytes) content = bytes_of(text);
    g_autoptr(GError) error = NULL;
    S3Object object = {bucket, key};

    assert_ok(s3_object_write_new(client, &object, content, &error), error);
}

/* A body that compresses to nothing and repeats with no period that a part has. */
static GBytes *
large_content(gsize length)
{
    guint8 *bytes = g_malloc(length);

    for (gsize i = 0; i < length; i++)
        bytes[i] = (guint8)((i * 2654435761u) >> 13);
    return g_bytes_new_take(bytes, length);
}

START_TEST(what_is_written_is_read_and_only_once)
{
    g_autofree char *key = g_strconcat(base, "a.json", NULL);
    S3Object object = {bucket, key};
    g_autoptr(GBytes) first = bytes_of("first"), second = bytes_of("other"), read = NULL;
    g_auto(S3ObjectInfo) info = {0}, gone = {0};
    g_autoptr(GError) error = NULL;

    assert_ok(s3_object_write_new(client, &object, first, &error), error);
    ck_assert(!s3_object_write_new(client, &object, second, &error));
    assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
    ck_assert(!s3_object_write_new(client, &object, first, &error));
    assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
    read = s3_object_read(client, &object, 100, &error);
    ck_assert(g_bytes_equal(read, first));
    ck_assert_ptr_null(s3_object_read(client, &object, 4, &error));
    assert_fact(error, SKEP_ERROR_TOO_LARGE);
    assert_ok(s3_object_look(client, &object, &info, &error), error);
    ck_assert(info.exists);
    ck_assert_int_eq(info.size, 5);
    ck_assert_ptr_nonnull(info.write_mark);
    assert_ok(s3_object_delete(client, &object, &error), error);
    assert_ok(s3_object_delete(client, &object, &error), error);
    assert_ok(s3_object_look(client, &object, &gone, &error), error);
    ck_assert(!gone.exists);
    ck_assert_ptr_null(s3_object_read(client, &object, 100, &error));
    assert_fact(error, SKEP_ERROR_NO_SUCH_FILE);
}
END_TEST

START_TEST(an_empty_object_is_one)
{
    g_autofree char *key = g_strconcat(base, "empty", NULL);
    S3Object object = {bucket, key};
    g_autoptr(GBytes) nothing = bytes_of(""), read = NULL;
    g_autoptr(GError) error = NULL;

    assert_ok(s3_object_write_new(client, &object, nothing, &error), error);
    read = s3_object_read(client, &object, 100, &error);
    ck_assert_ptr_nonnull(read);
    ck_assert_uint_eq(g_bytes_get_size(read), 0);
}
END_TEST

static gboolean
append(const void *bytes, gsize length, gpointer data, GError **error)
{
    (void)error;
    g_byte_array_append(data, bytes, (guint)length);
    return TRUE;
}

START_TEST(parts_of_an_object_are_read)
{
    static const struct {
        gint64 first, count;
        const char *expected;
    } rows[] = {
        {0, -1, "0123456789"},
        {3, -1, "3456789"   },
        {3, 4,  "3456"      },
        {0, 1,  "0"         },
        {9, 1,  "9"         },
        {5, 0,  ""          }
    };
    g_autofree char *key = g_strconcat(base, "digits", NULL);
    S3Object object = {bucket, key};
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) rest = g_byte_array_new();

    put("digits", "0123456789");
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GByteArray) read = g_byte_array_new();

        assert_ok(
            s3_object_stream(client, &object, rows[i].first, rows[i].count, append, read, &error),
            error);
        ck_assert_uint_eq(read->len, strlen(rows[i].expected));
        ck_assert(memcmp(read->data ? read->data : (guint8 *)"", rows[i].expected, read->len) == 0);
    }
    ck_assert(!s3_object_stream(client, &object, 8, 5, append, rest, &error));
    assert_fact(error, SKEP_ERROR_UNAVAILABLE);
    ck_assert(!s3_object_stream(client, &object, 20, 5, append, rest, &error));
    assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(large_objects_are_written_in_parts)
{
    g_autofree char *key = g_strconcat(base, "large", NULL);
    S3Object object = {bucket, key};
    g_autoptr(GBytes) content = large_content((12u << 20) + 17), read = NULL;
    g_autoptr(GError) error = NULL;

    assert_ok(s3_object_write_new(client, &object, content, &error), error);
    read = s3_object_read(client, &object, 20u << 20, &error);
    assert_ok(read != NULL, error);
    ck_assert(g_bytes_equal(read, content));
    ck_assert(!s3_object_write_new(client, &object, content, &error));
    assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
}
END_TEST

static gboolean
take_key(const S3Listed *listed, gpointer data)
{
    g_ptr_array_add(data, g_strdup(listed->key));
    return TRUE;
}

static GPtrArray *
list(const char *prefix, gboolean by_folder, guint page_keys)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    S3Listing listing = {bucket, prefix, by_folder, page_keys};
    g_autoptr(GError) error = NULL;

    assert_ok(s3_list(client, &listing, take_key, keys, &error), error);
    return keys;
}

static const char *const odd_names[] = {
    "a b",   "a+b",          "a%20b",  "a%2Fb", "a&b<c>\"d'",       "a?b#c", "\xc3\xa4\xe2\x82\xac",
    "x=1/y", "a;b:c@d,e$f!", "a*b(c)", "~a",    "\xf0\x9f\x90\x9d", "a\\b",  "a//b"};

START_TEST(odd_names_are_names)
{
    g_autoptr(GPtrArray) found = NULL, left = NULL;
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(odd_names); i++) {
        g_autofree char *key = g_strconcat(base, odd_names[i], NULL);
        S3Object object = {bucket, key};
        g_autoptr(GBytes) expected = bytes_of(odd_names[i]), read = NULL;

        put(odd_names[i], odd_names[i]);
        read = s3_object_read(client, &object, 100, &error);
        assert_ok(read != NULL, error);
        ck_assert(g_bytes_equal(read, expected));
        g_ptr_array_add(keys, g_steal_pointer(&key));
    }
    found = list(base, FALSE, 3);
    ck_assert_uint_eq(found->len, G_N_ELEMENTS(odd_names));
    for (guint i = 0; i < keys->len; i++)
        ck_assert_msg(g_ptr_array_find_with_equal_func(found, keys->pdata[i], g_str_equal, NULL),
                      "%s is not listed", (char *)keys->pdata[i]);
    assert_ok(
        s3_objects_delete(client, bucket, (const char *const *)keys->pdata, keys->len, &error),
        error);
    left = list(base, FALSE, 0);
    ck_assert_uint_eq(left->len, 0);
}
END_TEST

START_TEST(listings_go_over_pages_and_by_folder)
{
    g_autoptr(GPtrArray) all = NULL, folders = NULL;
    g_autofree char *below = g_strconcat(base, "t/", NULL);

    for (guint i = 0; i < 7; i++) {
        g_autofree char *name = g_strdup_printf("t/d%u/file", i);

        put(name, "x");
    }
    put("t/plain", "x");
    put("t10/other", "x");
    all = list(below, FALSE, 3);
    ck_assert_uint_eq(all->len, 8);
    folders = list(below, TRUE, 3);
    ck_assert_uint_eq(folders->len, 8);
    ck_assert(g_str_has_suffix(folders->pdata[0], "t/d0/"));
}
END_TEST

START_TEST(who_may_not_is_told_so)
{
    g_autoptr(StorageProfile) stranger = storage_profile_copy(profile);
    g_autoptr(StorageProfile) wrong = storage_profile_copy(profile);
    g_autoptr(S3Client) strangers = NULL, liars = NULL;
    g_autofree char *key = g_strconcat(base, "a", NULL);
    S3Object object = {bucket, key}, nowhere = {"no-such-bucket-here", key};
    g_autoptr(GBytes) content = bytes_of("x");
    g_autoptr(GError) error = NULL;

    g_free(stranger->access_key_id);
    stranger->access_key_id = g_strdup("nobody");
    g_free(wrong->secret_access_key);
    wrong->secret_access_key = g_strdup("canary-secret");
    strangers = s3_client_new(stranger, NULL, NULL);
    liars = s3_client_new(wrong, NULL, NULL);
    put("a", "x");
    ck_assert_ptr_null(s3_object_read(strangers, &object, 10, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    ck_assert_ptr_null(s3_object_read(liars, &object, 10, &error));
    ck_assert_ptr_null(strstr(error->message, "canary"));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    ck_assert_ptr_null(s3_object_read(client, &nowhere, 10, &error));
    assert_fact(error, SKEP_ERROR_UNAVAILABLE);
    ck_assert(!s3_object_write_new(client, &nowhere, content, &error));
    assert_fact(error, SKEP_ERROR_UNAVAILABLE);
}
END_TEST

/* One writer wins, whoever it is, and the others are told. */
typedef struct {
    const S3Object *object;
    gint won, lost;
} Race;

static gpointer
race_once(gpointer data)
{
    Race *race = data;
    g_autofree char *text = g_uuid_string_random();
    g_autoptr(GBytes) content = bytes_of(text);
    g_autoptr(GError) error = NULL;

    if (s3_object_write_new(client, race->object, content, &error))
        g_atomic_int_inc(&race->won);
    else if (skep_error_fact(error) == SKEP_ERROR_ALREADY_EXISTS)
        g_atomic_int_inc(&race->lost);
    return NULL;
}

START_TEST(of_many_writers_one_wins)
{
    for (guint round = 0; round < 5; round++) {
        g_autofree char *key = g_strdup_printf("%srace-%u", base, round);
        S3Object object = {bucket, key};
        Race race = {&object, 0, 0};
        GThread *threads[8];

        for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
            threads[i] = g_thread_new("race", race_once, &race);
        for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
            g_thread_join(threads[i]);
        ck_assert_int_eq(race.won, 1);
        ck_assert_int_eq(race.lost, G_N_ELEMENTS(threads) - 1);
    }
}
END_TEST

#define POLICY                                                                                     \
    "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:"           \
    "GetObject\"],\"Resource\":[\"arn:aws:s3:::%s/%st1/*\"]}]}"

START_TEST(keys_of_sts_open_what_their_policy_says)
{
    g_autoptr(S3Keys) own = s3_key_source_take(s3_client_keys(client), NULL);
    g_autofree char *policy = g_strdup_printf(POLICY, bucket, base);
    g_autofree char *inside_key = g_strconcat(base, "t1/a", NULL);
    g_autofree char *outside_key = g_strconcat(base, "t10/a", NULL);
    S3Object inside = {bucket, inside_key}, outside = {bucket, outside_key};
    g_autoptr(StorageProfile) narrow = storage_profile_copy(profile);
    g_autoptr(S3Client) narrowed = NULL;
    g_autoptr(S3Keys) keys = NULL;
    g_autoptr(GBytes) read = NULL, content = bytes_of("x");
    g_autoptr(GError) error = NULL;

    profile->role_arn = g_strdup(setting("SKEP_TEST_S3_ROLE"));
    put("t1/a", "x");
    put("t10/a", "x");
    keys = sts_assume_role(s3_client_http(client), profile, own, policy, "test", 900, &error);
    assert_ok(keys != NULL, error);
    ck_assert_int_gt(keys->expires_at_s, g_get_real_time() / G_USEC_PER_SEC);
    g_free(narrow->access_key_id);
    g_free(narrow->secret_access_key);
    narrow->access_key_id = g_strdup(keys->access_key_id);
    narrow->secret_access_key = g_strdup(keys->secret_access_key);
    narrow->session_token = g_strdup(keys->session_token);
    narrowed = s3_client_new(narrow, NULL, NULL);
    read = s3_object_read(narrowed, &inside, 10, &error);
    assert_ok(read != NULL, error);
    ck_assert_ptr_null(s3_object_read(narrowed, &outside, 10, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    ck_assert(!s3_object_write_new(narrowed, &inside, content, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

static gboolean
count_entry(const WarehouseEntry *entry, gpointer data, GError **error)
{
    guint *counts = data;

    (void)error;
    ck_assert(g_str_has_prefix(entry->location, "s3a://"));
    counts[entry->is_directory]++;
    return TRUE;
}

static void
write_location(Warehouse *warehouse, const char *location, const char *text)
{
    g_autoptr(GBytes) content = bytes_of(text);
    g_autoptr(GError) error = NULL;

    assert_ok(warehouse_file_write_new(warehouse, location, content, &error), error);
}

START_TEST(a_warehouse_is_a_prefix_of_a_bucket)
{
    g_autofree char *root = g_strdup_printf("s3://%s/%swh", bucket, base);
    g_autofree char *table = g_strdup_printf("s3a://%s/%swh/t", bucket, base);
    g_autofree char *one = g_strconcat(table, "/metadata/1.metadata.json", NULL);
    g_autofree char *packed = g_strconcat(table, "/metadata/2.gz.metadata.json", NULL);
    g_autofree char *sibling = g_strconcat(table, "2/metadata/1.metadata.json", NULL);
    g_autofree char *outside = g_strdup_printf("s3://%s/%sother/x", bucket, base);
    WarehouseOptions options = {.root = root, .storage = profile};
    g_autoptr(Warehouse) warehouse = warehouse_open(&options, NULL);
    g_autoptr(GBytes) content = bytes_of("two"), read = NULL;
    g_autoptr(GError) error = NULL;
    const char *both[] = {one, packed, NULL};
    guint counts[2] = {0, 0};
    gboolean exists;

    ck_assert(warehouse_location_is_served(warehouse, table));
    assert_ok(warehouse_directory_make(warehouse, table, TRUE, &error), error);
    write_location(warehouse, one, "one");
    write_location(warehouse, packed, "two");
    write_location(warehouse, sibling, "three");
    ck_assert(!warehouse_file_write_new(warehouse, outside, content, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    read = warehouse_file_read(warehouse, packed, &error);
    assert_ok(read && g_bytes_equal(read, content), error);
    assert_ok(warehouse_file_exists(warehouse, table, &exists, &error) && exists, error);
    assert_ok(warehouse_directory_list(warehouse, table, count_entry, counts, &error), error);
    ck_assert_uint_eq(counts[TRUE], 1);
    ck_assert_uint_eq(counts[FALSE], 0);
    ck_assert(!warehouse_directory_discard(warehouse, root, TRUE, &error));
    assert_fact(error, SKEP_ERROR_FORBIDDEN);
    assert_ok(warehouse_files_delete(warehouse, both, &error), error);
    assert_ok(warehouse_file_exists(warehouse, table, &exists, &error) && !exists, error);
    write_location(warehouse, one, "again");
    assert_ok(warehouse_directory_discard(warehouse, table, TRUE, &error), error);
    assert_ok(warehouse_file_exists(warehouse, one, &exists, &error) && !exists, error);
    assert_ok(warehouse_file_exists(warehouse, sibling, &exists, &error) && exists, error);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("s3_client");
    TCase *tests = tcase_create("s3_client");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_is_written_is_read_and_only_once);
    tcase_add_test(tests, an_empty_object_is_one);
    tcase_add_test(tests, parts_of_an_object_are_read);
    tcase_add_test(tests, large_objects_are_written_in_parts);
    tcase_add_test(tests, odd_names_are_names);
    tcase_add_test(tests, listings_go_over_pages_and_by_folder);
    tcase_add_test(tests, who_may_not_is_told_so);
    tcase_add_test(tests, of_many_writers_one_wins);
    tcase_add_test(tests, keys_of_sts_open_what_their_policy_says);
    tcase_add_test(tests, a_warehouse_is_a_prefix_of_a_bucket);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
