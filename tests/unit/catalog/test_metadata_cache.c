/* SPDX-License-Identifier: Apache-2.0 */
/* Documents in memory: found by location, the least used forgotten first, never more bytes than
 * allowed. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/metadata_cache.h"
#include "skep/error.h"

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
    MetadataCache *cache = metadata_cache_new(4000);

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

START_TEST(a_document_outlives_its_place_in_memory)
{
    MetadataCache *cache = metadata_cache_new(1500);
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

START_TEST(what_is_no_metadata_has_no_tree)
{
    MetadataCache *cache = metadata_cache_new(100000);
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
    SRunner *runner = srunner_create(suite);
    int failed;

    tcase_add_test(tests, the_least_used_goes_first_and_the_too_large_never_comes);
    tcase_add_test(tests, a_document_outlives_its_place_in_memory);
    tcase_add_test(tests, what_is_no_metadata_has_no_tree);
    suite_add_tcase(suite, tests);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
