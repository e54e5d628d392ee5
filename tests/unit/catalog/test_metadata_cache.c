/* SPDX-License-Identifier: Apache-2.0 */
/* Documents in memory: found by location, the least used forgotten first, never more bytes than
 * allowed. */
#include <check.h>
#include <string.h>

#include "catalog/metadata_cache.h"
#include "skep/metrics.h"
#include "support/test_suite.h"

static MetadataDocument *
document_of(const char *location, gsize bytes)
{
    g_autofree char *text = g_strnfill(bytes, ' ');
    g_autoptr(GBytes) content = g_bytes_new(text, bytes);

    return metadata_document_new(location, content, NULL);
}

static void
add(MetadataCache *cache, const char *location, gsize bytes)
{
    g_autoptr(MetadataDocument) document = document_of(location, bytes);

    metadata_cache_add(cache, document);
}

static gboolean
has(MetadataCache *cache, const char *location)
{
    g_autoptr(MetadataDocument) document = metadata_cache_find(cache, 0, location);

    return document != NULL;
}

START_TEST(the_least_used_goes_first_and_the_too_large_never_comes)
{
    MetadataCache *cache = metadata_cache_new(4000, 0);

    add(cache, "a", 1000);
    add(cache, "b", 1000);
    add(cache, "c", 1000);
    ck_assert(has(cache, "a"));
    add(cache, "d", 1000);
    ck_assert(has(cache, "a"));
    ck_assert(!has(cache, "b"));
    ck_assert(has(cache, "c"));
    ck_assert(has(cache, "d"));
    add(cache, "huge", 100000);
    ck_assert(!has(cache, "huge"));
    ck_assert(has(cache, "a"));
    metadata_cache_free(cache);
}
END_TEST

static double
counted(const char *name)
{
    g_autoptr(GString) text = metrics_render();
    g_autofree char *line = g_strdup_printf("\n%s ", name);
    const char *at = strstr(text->str, line);

    return at ? g_ascii_strtod(at + strlen(line), NULL) : 0;
}

START_TEST(what_the_cache_does_is_counted)
{
    double hits = counted("skep_metadata_cache_hits_total");
    double misses = counted("skep_metadata_cache_misses_total");
    double evictions = counted("skep_metadata_cache_evictions_total");
    MetadataCache *cache = metadata_cache_new(4000, 0);

    for (char name[] = "a"; *name <= 'd'; name[0]++)
        add(cache, name, 1000);
    ck_assert(!has(cache, "a"));
    ck_assert(has(cache, "d") && has(cache, "c"));
    ck_assert(counted("skep_metadata_cache_hits_total") == hits + 2);
    ck_assert(counted("skep_metadata_cache_misses_total") == misses + 1);
    ck_assert(counted("skep_metadata_cache_evictions_total") == evictions + 1);
    ck_assert(counted("skep_metadata_cache_documents") == 3);
    ck_assert(counted("skep_metadata_cache_bytes") > 3000 &&
              counted("skep_metadata_cache_bytes") <= 4000);
    metadata_cache_free(cache);
}
END_TEST

START_TEST(one_place_in_two_stores_is_two_documents)
{
    MetadataCache *cache = metadata_cache_new(10000, 0);
    g_autoptr(MetadataDocument) one = document_of("s3://b/t/1.json", 10);
    g_autoptr(MetadataDocument) other = document_of("s3://b/t/1.json", 20);
    g_autoptr(MetadataDocument) found_one = NULL;
    g_autoptr(MetadataDocument) found_other = NULL;

    one->store = 1;
    other->store = 2;
    metadata_cache_add(cache, one);
    metadata_cache_add(cache, other);
    found_one = metadata_cache_find(cache, 1, "s3://b/t/1.json");
    found_other = metadata_cache_find(cache, 2, "s3://b/t/1.json");
    ck_assert_ptr_eq(found_one, one);
    ck_assert_ptr_eq(found_other, other);
    ck_assert_ptr_null(metadata_cache_find(cache, 3, "s3://b/t/1.json"));
    metadata_cache_free(cache);
}
END_TEST

START_TEST(a_document_outlives_its_place_in_memory)
{
    MetadataCache *cache = metadata_cache_new(1500, 0);
    g_autoptr(MetadataDocument) kept = NULL;

    add(cache, "a", 1000);
    kept = metadata_cache_find(cache, 0, "a");
    add(cache, "b", 1000);
    ck_assert(!has(cache, "a"));
    ck_assert_uint_eq(g_bytes_get_size(kept->text), 1000);
    metadata_cache_free(cache);
    ck_assert_str_eq(kept->location, "a");
}
END_TEST

static void
add_long(MetadataCache *cache, SpoolRoom *room, const char *location, const char *text)
{
    Spool *spool = spool_new(room, NULL);
    g_autoptr(MetadataDocument) document = NULL;

    ck_assert_ptr_nonnull(spool);
    ck_assert(spool_append(spool, text, strlen(text), NULL));
    document = metadata_document_new_long(location, spool);
    metadata_cache_add(cache, document);
}

START_TEST(long_documents_have_a_bound_of_their_own)
{
    SpoolRoom *room = spool_room_new(NULL, 1000000);
    MetadataCache *cache = metadata_cache_new(4000, 25000);
    g_autofree char *text = g_strnfill(10000, ' ');
    g_autofree char *too_long = g_strnfill(30000, ' ');

    add(cache, "short", 1000);
    add_long(cache, room, "a", text);
    add_long(cache, room, "b", text);
    ck_assert(has(cache, "a"));
    add_long(cache, room, "c", text);
    ck_assert(has(cache, "a"));
    ck_assert(!has(cache, "b"));
    ck_assert(has(cache, "c"));
    add_long(cache, room, "d", too_long);
    ck_assert(!has(cache, "d"));
    ck_assert(has(cache, "short"));
    ck_assert_uint_eq(spool_room_used(room), 20000);
    metadata_cache_free(cache);
    ck_assert_uint_eq(spool_room_used(room), 0);
    spool_room_free(room);
}
END_TEST

#define TABLE                                                                                      \
    "{\"format-version\":2,\"table-uuid\":\"u\",\"location\":\"file:/t\",\"last-updated-ms\":1,"   \
    "\"last-column-id\":0,\"last-partition-id\":999,\"last-sequence-number\":0,"                   \
    "\"current-schema-id\":0,\"schemas\":[{\"type\":\"struct\",\"schema-id\":0,\"fields\":[]}],"   \
    "\"default-spec-id\":0,\"partition-specs\":[{\"spec-id\":0,\"fields\":[]}],"                   \
    "\"default-sort-order-id\":0,\"sort-orders\":[{\"order-id\":0,\"fields\":[]}]}"

START_TEST(a_tree_over_the_bound_goes_with_its_last_user_and_takes_nobody_along)
{
    SpoolRoom *room = spool_room_new(NULL, 1000000);
    MetadataCache *cache = metadata_cache_new(2000, 25000);
    MetadataDocument *found;

    add(cache, "short", 1000);
    add_long(cache, room, "long", TABLE);
    found = metadata_cache_find(cache, 0, "long");
    ck_assert_ptr_nonnull(metadata_cache_tree(cache, found, NULL));
    ck_assert(!has(cache, "long"));
    ck_assert(has(cache, "short"));
    ck_assert_uint_eq(spool_room_used(room), strlen(TABLE));
    metadata_document_unref(found);
    ck_assert_uint_eq(spool_room_used(room), 0);
    metadata_cache_free(cache);
    spool_room_free(room);
}
END_TEST

START_TEST(what_is_no_metadata_has_no_tree)
{
    MetadataCache *cache = metadata_cache_new(100000, 0);
    g_autoptr(MetadataDocument) document = document_of("a", 10);
    g_autoptr(GError) error = NULL;

    metadata_cache_add(cache, document);
    ck_assert_ptr_null(metadata_cache_tree(cache, document, &error));
    ck_assert_ptr_nonnull(error);
    metadata_cache_free(cache);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("metadata cache");
    TCase *tests = tcase_create("documents");

    tcase_add_test(tests, the_least_used_goes_first_and_the_too_large_never_comes);
    tcase_add_test(tests, what_the_cache_does_is_counted);
    tcase_add_test(tests, one_place_in_two_stores_is_two_documents);
    tcase_add_test(tests, a_document_outlives_its_place_in_memory);
    tcase_add_test(tests, long_documents_have_a_bound_of_their_own);
    tcase_add_test(tests, a_tree_over_the_bound_goes_with_its_last_user_and_takes_nobody_along);
    tcase_add_test(tests, what_is_no_metadata_has_no_tree);
    suite_add_tcase(suite, tests);
    return test_run_suite(suite);
}
