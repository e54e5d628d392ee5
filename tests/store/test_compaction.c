/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: each compaction goes to one worker, a table has one under way at a time, and the work of a
 * worker that is gone waits again. */
#include <string.h>

#include "catalog/transaction_lease.h"
#include "skep/catalog_compaction.h"
#include "store/acid_fixture.h"

static gint64
request_compaction(const char *partition, gint64 *out_standing)
{
    g_autoptr(CatalogCompaction) wanted = catalog_compaction_new();
    CatalogCompactionState state = CATALOG_COMPACTION_INITIATED;
    GError *error = NULL;
    gint64 id = 0;

    wanted->table.namespace_name = g_strdup("d");
    wanted->table.table_name = g_strdup("t");
    wanted->partition_name = g_strdup(partition);
    wanted->type = 1;
    ck_assert_msg(catalog_compaction_request(&catalog, wanted, &id, out_standing, &state, &error),
                  "%s", error ? error->message : "");
    return id;
}

static gpointer
take_compactions(gpointer data)
{
    GArray *mine = data;

    for (;;) {
        g_autoptr(CatalogCompaction) next = NULL;

        ck_assert(catalog_compaction_take(&catalog, NULL, "worker", "4", &next, NULL));
        if (!next)
            return NULL;
        g_array_append_val(mine, next->id);
    }
}

START_TEST(each_compaction_goes_to_one_worker)
{
    GArray *lists[6];
    GThread *threads[6];
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    gint64 standing = 0;

    for (int i = 0; i < 30; i++) {
        g_autofree char *partition = g_strdup_printf("p=%d", i);

        ck_assert_int_gt(request_compaction(partition, &standing), 0);
    }
    for (int i = 0; i < 6; i++) {
        lists[i] = g_array_new(FALSE, FALSE, sizeof(gint64));
        threads[i] = g_thread_new("worker", take_compactions, lists[i]);
    }
    for (int i = 0; i < 6; i++) {
        g_thread_join(threads[i]);
        for (guint k = 0; k < lists[i]->len; k++)
            ck_assert(
                g_hash_table_add(seen, GINT_TO_POINTER((gint)g_array_index(lists[i], gint64, k))));
        g_array_unref(lists[i]);
    }
    ck_assert_uint_eq(g_hash_table_size(seen), 30);
}
END_TEST

START_TEST(one_compaction_of_a_table_is_under_way_at_a_time)
{
    g_autoptr(CatalogCompaction) taken = NULL;
    gint64 standing = 0;
    gint64 first = request_compaction(NULL, &standing);

    ck_assert_int_gt(first, 0);
    ck_assert_int_eq(request_compaction(NULL, &standing), 0);
    ck_assert_int_eq(standing, first);
    ck_assert(catalog_compaction_take(&catalog, NULL, "w", NULL, &taken, NULL));
    ck_assert_int_eq(taken->id, first);
    ck_assert_int_eq(request_compaction(NULL, &standing), 0);
    taken->table.catalog = NULL;
    ck_assert(
        catalog_compaction_mark(&catalog, taken, CATALOG_COMPACTION_READY_FOR_CLEANING, NULL));
    ck_assert(catalog_compaction_mark(&catalog, taken, CATALOG_COMPACTION_SUCCEEDED, NULL));
    ck_assert(!catalog_compaction_mark(&catalog, taken, CATALOG_COMPACTION_SUCCEEDED, NULL));
    ck_assert_int_gt(request_compaction(NULL, &standing), 0);
}
END_TEST

START_TEST(work_of_a_worker_that_is_gone_waits_again)
{
    g_autoptr(CatalogCompaction) first = NULL;
    g_autoptr(CatalogCompaction) again = NULL;
    g_autoptr(CatalogCompaction) late = NULL;
    gint64 standing = 0;
    gint64 id = open_one();

    request_compaction(NULL, &standing);
    ck_assert(catalog_compaction_take(&catalog, NULL, "w", NULL, &first, NULL));
    ck_assert(catalog_compaction_update(&catalog, first, id, NULL));
    ck_assert(catalog_transaction_housekeep(&catalog, NULL));
    ck_assert(catalog_compaction_take(&catalog, NULL, "w", NULL, &again, NULL));
    ck_assert_ptr_null(again);
    end_lease(id);
    ck_assert(catalog_transaction_housekeep(&catalog, NULL));
    ck_assert(catalog_compaction_take(&catalog, NULL, "w", NULL, &again, NULL));
    ck_assert_int_eq(again->id, first->id);
    run("UPDATE skep.compactions SET started_ms = 1");
    ck_assert(catalog_transaction_housekeep(&catalog, NULL));
    ck_assert(catalog_compaction_take(&catalog, NULL, "w", NULL, &late, NULL));
    ck_assert_int_eq(late->id, first->id);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store compactions");
    TCase *compactions = tcase_create("compactions");

    tcase_add_checked_fixture(compactions, set_up, tear_down);
    tcase_set_timeout(compactions, 300);
    tcase_add_test(compactions, each_compaction_goes_to_one_worker);
    tcase_add_test(compactions, one_compaction_of_a_table_is_under_way_at_a_time);
    tcase_add_test(compactions, work_of_a_worker_that_is_gone_waits_again);
    suite_add_tcase(suite, compactions);
    return test_postgres_run_suite(suite);
}
