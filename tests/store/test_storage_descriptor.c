/* SPDX-License-Identifier: Apache-2.0 */
/* Storage descriptors by content: equal ones are one row, whoever stores them, and come back whole.
 */
#include <string.h>
#include "store/storage_cache.h"
#include "store/storage_descriptor.h"
#include "support/test_postgres.h"

static GPtrArray *
strings(const char *first, const char *second)
{
    GPtrArray *list = catalog_strings_new();
    g_ptr_array_add(list, g_strdup(first));
    g_ptr_array_add(list, g_strdup(second));
    return list;
}

static CatalogStorage *
full_storage(void)
{
    CatalogStorage *storage = catalog_storage_new();
    g_ptr_array_add(storage->columns, catalog_column_new("id", "bigint", "the \"key\""));
    g_ptr_array_add(storage->columns, catalog_column_new("na\xc3\xafve", "array<string>", NULL));
    storage->input_format = g_strdup("in");
    storage->output_format = g_strdup("out");
    storage->compressed = TRUE;
    storage->bucket_count = -1;
    storage->serde_name = g_strdup("name");
    storage->serde_library = g_strdup("library");
    catalog_map_set(storage->serde_parameters, "b", "2");
    catalog_map_set(storage->serde_parameters, "a", "");
    storage->serde_description = g_strdup("description");
    storage->serde_serializer = g_strdup("serializer");
    storage->serde_deserializer = g_strdup("deserializer");
    storage->serde_type = 1;
    g_ptr_array_add(storage->bucket_columns, g_strdup("id"));
    g_ptr_array_add(storage->sort_columns, catalog_sort_column_new("id", 1));
    g_ptr_array_add(storage->sort_columns, catalog_sort_column_new("b", 0));
    catalog_map_set(storage->parameters, "k", "v");
    g_ptr_array_add(storage->skewed_columns, g_strdup("id"));
    g_ptr_array_add(storage->skewed_values, strings("1", "x"));
    g_ptr_array_add(storage->skewed_locations, strings("1", "file:/x"));
    storage->stored_as_sub_directories = TRUE;
    return storage;
}

START_TEST(every_member_survives_the_way_through_the_json)
{
    g_autoptr(CatalogStorage) storage = full_storage();
    g_autofree char *body = store_storage_encode(storage);
    g_autoptr(CatalogStorage) back = store_storage_decode(body, strlen(body), NULL);
    ck_assert_ptr_nonnull(back);
    g_autofree char *again = store_storage_encode(back);
    ck_assert_str_eq(body, again);
    const CatalogColumn *column = g_ptr_array_index(back->columns, 1);
    ck_assert_str_eq(column->name, "na\xc3\xafve");
    ck_assert_ptr_null(column->comment);
    ck_assert_int_eq(back->bucket_count, -1);
    const char *members[] = {"in",      "out",         "true",       "-1",           "name",
                             "library", "description", "serializer", "deserializer", "file:/x"};
    for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
        ck_assert_msg(strstr(again, members[i]) != NULL, "%s", members[i]);
    }
}
END_TEST

START_TEST(the_order_in_which_a_map_was_filled_does_not_change_the_content)
{
    g_autoptr(CatalogStorage) one = catalog_storage_new();
    g_autoptr(CatalogStorage) two = catalog_storage_new();
    for (int i = 0; i < 20; i++) {
        g_autofree char *key = g_strdup_printf("key%d", i);
        g_autofree char *yek = g_strdup_printf("key%d", 19 - i);
        catalog_map_set(one->parameters, key, key);
        catalog_map_set(two->parameters, yek, yek);
    }
    g_autofree char *body_one = store_storage_encode(one);
    g_autofree char *body_two = store_storage_encode(two);
    ck_assert_str_eq(body_one, body_two);
}
END_TEST

START_TEST(a_body_that_is_no_json_is_an_error)
{
    ck_assert_ptr_null(store_storage_decode("{", 1, NULL));
    ck_assert_ptr_null(store_storage_decode("[]", 2, NULL));
    const char *odd =
        "{\"columns\":[[],[1,2,3]],\"bucket_count\":\"x\",\"parameters\":[1],\"new\":1}";
    g_autoptr(CatalogStorage) storage = store_storage_decode(odd, strlen(odd), NULL);
    ck_assert_ptr_nonnull(storage);
}
END_TEST

START_TEST(equal_content_has_one_id_in_every_server)
{
    g_autoptr(Store) one = test_postgres_open();
    g_autoptr(Store) other = test_postgres_open();
    g_autoptr(CatalogStorage) storage = full_storage();
    g_autoptr(CatalogStorage) changed = full_storage();
    changed->bucket_count = 7;
    gint64 first = 0;
    gint64 again = 0;
    gint64 elsewhere = 0;
    gint64 different = 0;
    ck_assert(store_storage_intern(one, storage, &first, NULL));
    ck_assert(store_storage_intern(one, storage, &again, NULL));
    ck_assert(store_storage_intern(other, storage, &elsewhere, NULL));
    ck_assert(store_storage_intern(other, changed, &different, NULL));
    ck_assert(first > 0 && first == again && first == elsewhere && first != different);

    g_autoptr(CatalogStorage) found = store_storage_find(one, different, NULL);
    ck_assert_int_eq(found->bucket_count, 7);
    StoreStatistics before;
    StoreStatistics after;
    store_statistics(one, &before);
    g_autoptr(CatalogStorage) cached = store_storage_find(one, different, NULL);
    store_statistics(one, &after);
    ck_assert(cached == found && before.statements == after.statements);

    gint64 none = -1;
    ck_assert(store_storage_intern(one, NULL, &none, NULL));
    ck_assert(none == 0);
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(store_storage_find(one, 0, &error));
    ck_assert_ptr_null(error);
    ck_assert_ptr_null(store_storage_find(one, 123456789, &error));
    ck_assert_ptr_nonnull(error);
}
END_TEST

START_TEST(a_caller_that_goes_on_changing_its_own_does_not_change_what_is_cached)
{
    g_autoptr(Store) store = test_postgres_open();
    g_autoptr(CatalogStorage) storage = full_storage();
    gint64 id = 0;
    storage->bucket_count = 11;
    ck_assert(store_storage_intern(store, storage, &id, NULL));
    storage->bucket_count = 12;
    g_autoptr(CatalogStorage) found = store_storage_find(store, id, NULL);
    ck_assert_int_eq(found->bucket_count, 11);
}
END_TEST

#define RACERS 6

static gpointer
intern_many(gpointer store)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (gint32 i = 0; i < 50; i++) {
        g_autoptr(CatalogStorage) storage = catalog_storage_new();
        gint64 id = 0;
        storage->bucket_count = 1000 + i;
        if (store_storage_intern(store, storage, &id, NULL)) {
            g_array_append_val(ids, id);
        }
    }
    return ids;
}

START_TEST(servers_that_store_the_same_content_at_once_agree_on_its_id)
{
    Store *stores[RACERS];
    GThread *threads[RACERS];
    g_autoptr(GArray) first = NULL;
    for (int i = 0; i < RACERS; i++) {
        stores[i] = test_postgres_open();
        threads[i] = g_thread_new("intern", intern_many, stores[i]);
    }
    for (int i = 0; i < RACERS; i++) {
        GArray *ids = g_thread_join(threads[i]);
        ck_assert_uint_eq(ids->len, 50);
        if (first == NULL) {
            first = ids;
        } else {
            ck_assert_mem_eq(ids->data, first->data, 50 * sizeof(gint64));
            g_array_unref(ids);
        }
        store_close(stores[i]);
    }
}
END_TEST

START_TEST(prefetching_leaves_nothing_to_ask_for)
{
    g_autoptr(Store) writer = test_postgres_open();
    g_autoptr(Store) reader = test_postgres_open();
    g_autoptr(GArray) ids = intern_many(writer);
    gint64 none = 0;
    g_array_append_val(ids, none);
    g_array_append_val(ids, g_array_index(ids, gint64, 3));
    ck_assert(store_storage_prefetch(reader, (gint64 *)ids->data, ids->len, NULL));
    StoreStatistics statistics;
    for (guint i = 0; i < 50; i++) {
        g_autoptr(CatalogStorage) storage =
            store_storage_find(reader, g_array_index(ids, gint64, i), NULL);
        ck_assert_int_eq(storage->bucket_count, 1000 + (gint32)i);
    }
    store_statistics(reader, &statistics);
    ck_assert_uint_eq(statistics.statements, 1);
}
END_TEST

START_TEST(the_cache_keeps_to_its_bound_and_drops_the_least_recently_used)
{
    StorageCache *cache = storage_cache_new(10 * (1024 + 4 * 100));
    g_autoptr(CatalogStorage) storage = catalog_storage_new();
    guint8 digest[STORAGE_DIGEST_BYTES] = {0};
    for (gint64 id = 1; id <= 30; id++) {
        memcpy(digest, &id, sizeof id);
        storage_cache_add(cache, id, digest, storage, 100);
        g_autoptr(CatalogStorage) first = storage_cache_find(cache, 1);
        ck_assert_ptr_nonnull(first);
    }
    guint kept = 0;
    for (gint64 id = 1; id <= 30; id++) {
        kept += storage_cache_has(cache, id) ? 1 : 0;
    }
    ck_assert_uint_eq(kept, 10);
    ck_assert(storage_cache_has(cache, 30) && !storage_cache_has(cache, 2));
    ck_assert(storage_cache_find_id(cache, digest) == 30);
    storage_cache_set_epoch(cache, 1);
    ck_assert(!storage_cache_has(cache, 30) && storage_cache_find_id(cache, digest) == 0);
    storage_cache_add(cache, 30, digest, storage, 100);
    ck_assert(storage_cache_has(cache, 30));
    storage_cache_free(cache);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("storage descriptors");
    TCase *tests = tcase_create("storage");
    tcase_add_test(tests, every_member_survives_the_way_through_the_json);
    tcase_add_test(tests, the_order_in_which_a_map_was_filled_does_not_change_the_content);
    tcase_add_test(tests, a_body_that_is_no_json_is_an_error);
    tcase_add_test(tests, equal_content_has_one_id_in_every_server);
    tcase_add_test(tests, a_caller_that_goes_on_changing_its_own_does_not_change_what_is_cached);
    tcase_add_test(tests, servers_that_store_the_same_content_at_once_agree_on_its_id);
    tcase_add_test(tests, prefetching_leaves_nothing_to_ask_for);
    tcase_add_test(tests, the_cache_keeps_to_its_bound_and_drops_the_least_recently_used);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
