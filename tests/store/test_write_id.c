/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: write ids go by table, are given once each, and which are valid follows from a snapshot of
 * transactions; the same when many ask at once. */
#include <string.h>

#include "store/acid_fixture.h"

static GArray *
allocate(const GArray *ids, const char *table, GError **error)
{
    CatalogWriteIdRequest request = {
        .table = {NULL, (char *)"d", (char *)table},
          .transaction_ids = ids
    };

    return catalog_write_id_allocate(&catalog, &request, error);
}

static CatalogValidWriteIds *
valid(const char *table, const char *snapshot)
{
    g_autoptr(GPtrArray) tables =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_table_reference_free);
    g_autoptr(GPtrArray) list = NULL;
    GError *error = NULL;

    g_ptr_array_add(tables, catalog_table_reference_new(NULL, "D", table));
    list = catalog_write_id_valid(&catalog, tables, snapshot, 0, &error);
    ck_assert_msg(list != NULL, "%s", error ? error->message : "");
    return g_ptr_array_steal_index(list, 0);
}

START_TEST(write_ids_go_by_table_and_are_given_once)
{
    g_autoptr(GArray) ids = open_many(3, CATALOG_TRANSACTION_DEFAULT);
    g_autoptr(GArray) first = allocate(ids, "t", NULL);
    g_autoptr(GArray) again = allocate(ids, "T", NULL);
    g_autoptr(GArray) other = allocate(ids, "u", NULL);

    for (guint i = 0; i < 3; i++) {
        ck_assert_int_eq(g_array_index(first, CatalogWriteId, i).write_id, i + 1);
        ck_assert_int_eq(g_array_index(again, CatalogWriteId, i).write_id, i + 1);
        ck_assert_int_eq(g_array_index(other, CatalogWriteId, i).write_id, i + 1);
    }
}
END_TEST

START_TEST(only_open_writers_get_write_ids)
{
    g_autoptr(GArray) reader = open_many(1, CATALOG_TRANSACTION_READ_ONLY);
    g_autoptr(GArray) ids = open_many(1, CATALOG_TRANSACTION_DEFAULT);
    GError *error = NULL;

    ck_assert(allocate(reader, "t", &error) == NULL);
    ck_assert_str_eq(error->message,
                     "Write ID allocation failed on d.t as not all input txns in open state or "
                     "read-only");
    g_clear_error(&error);
    abort_well(g_array_index(ids, gint64, 0));
    ck_assert(allocate(ids, "t", &error) == NULL);
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_INVALID_OPERATION));
    g_clear_error(&error);
}
END_TEST

START_TEST(a_snapshot_of_transactions_decides_what_is_valid)
{
    g_autoptr(GArray) ids = open_many(3, CATALOG_TRANSACTION_DEFAULT);
    g_autoptr(GArray) given = allocate(ids, "t", NULL);
    g_autoptr(CatalogValidWriteIds) before = NULL;
    g_autoptr(CatalogValidWriteIds) after = NULL;
    g_autoptr(CatalogValidWriteIds) old = NULL;

    abort_well(1);
    before = valid("t", NULL);
    ck_assert_int_eq(before->water_id, 1);
    ck_assert_uint_eq(before->invalid->len, 1);
    ck_assert_int_eq(g_array_index(before->is_aborted, gint64, 0), 1);
    commit_well(3);
    after = valid("t", NULL);
    ck_assert_int_eq(after->water_id, 3);
    ck_assert_uint_eq(after->invalid->len, 2);
    /* A reader from before the commit. */
    old = valid("t", "3:2:2,3:1");
    ck_assert_int_eq(old->water_id, 1);
}
END_TEST

START_TEST(write_ids_follow_a_rename_and_go_with_a_drop)
{
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *gone = NULL;

    run("DELETE FROM skep.tables; DELETE FROM skep.namespaces; DELETE FROM skep.catalogs;"
        "INSERT INTO skep.catalogs (name, created_s) VALUES ('hive', 0);"
        "INSERT INTO skep.namespaces (catalog_id, name, location, created_s)"
        " SELECT id, 'd', 'file:/d', 0 FROM skep.catalogs;"
        "INSERT INTO skep.tables (namespace_id, name, kind, hms_type, created_s)"
        " SELECT id, 't', 0, 'MANAGED_TABLE', 0 FROM skep.namespaces;"
        "INSERT INTO skep.acid_tables (catalog_name, namespace_name, table_name, next_write_id)"
        " VALUES ('hive', 'd', 't', 8), ('hive', 'd', 'u', 3)");
    run("UPDATE skep.tables SET name = 'u' WHERE name = 't'");
    after = test_postgres_run("SELECT string_agg(table_name || next_write_id, ' ')"
                              " FROM skep.acid_tables");
    ck_assert_str_eq(after, "u8");
    run("DELETE FROM skep.tables");
    gone = test_postgres_run("SELECT count(*) FROM skep.acid_tables");
    ck_assert_str_eq(gone, "0");
}
END_TEST

static gpointer
allocate_ids(gpointer data)
{
    GArray *mine = data;

    for (int round = 0; round < 15; round++) {
        g_autoptr(GArray) ids = open_many(1, CATALOG_TRANSACTION_DEFAULT);
        g_autoptr(GArray) given = allocate(ids, "t", NULL);

        ck_assert(given != NULL);
        g_array_append_val(mine, g_array_index(given, CatalogWriteId, 0).write_id);
    }
    return NULL;
}

START_TEST(write_ids_of_many_are_all_different_and_without_gaps)
{
    GArray *lists[8];
    GThread *threads[8];
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    for (int i = 0; i < 8; i++) {
        lists[i] = g_array_new(FALSE, FALSE, sizeof(gint64));
        threads[i] = g_thread_new("allocate", allocate_ids, lists[i]);
    }
    for (int i = 0; i < 8; i++) {
        g_thread_join(threads[i]);
        for (guint k = 0; k < lists[i]->len; k++) {
            gint64 id = g_array_index(lists[i], gint64, k);

            ck_assert_int_ge(id, 1);
            ck_assert_int_le(id, 120);
            ck_assert(g_hash_table_add(seen, GINT_TO_POINTER((gint)id)));
        }
        g_array_unref(lists[i]);
    }
    ck_assert_uint_eq(g_hash_table_size(seen), 120);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store write ids");
    TCase *rules = tcase_create("rules");
    TCase *races = tcase_create("races");

    tcase_add_checked_fixture(rules, set_up, tear_down);
    tcase_add_checked_fixture(races, set_up, tear_down);
    tcase_set_timeout(rules, 60);
    tcase_set_timeout(races, 300);
    tcase_add_test(rules, write_ids_go_by_table_and_are_given_once);
    tcase_add_test(rules, only_open_writers_get_write_ids);
    tcase_add_test(rules, a_snapshot_of_transactions_decides_what_is_valid);
    tcase_add_test(rules, write_ids_follow_a_rename_and_go_with_a_drop);
    tcase_add_test(races, write_ids_of_many_are_all_different_and_without_gaps);
    suite_add_tcase(suite, rules);
    suite_add_tcase(suite, races);
    return test_postgres_run_suite(suite);
}
