/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: statistics are stored whole, follow their table and partitions whatever happens to those,
 * and writers at the same time lose nothing. Method: the catalog's operations, and plain SQL where
 * partitions change, on a real PostgreSQL. */
#include "skep/catalog_statistics.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define WRITERS 8
#define ROUNDS  20

static TestCatalog *fixture;
static const CatalogStatisticsTarget target = {NULL, "d", "t", NULL};
static const char *const all_partitions[] = {"k=1", "k=2", "k=3", NULL};

static gint64
number_of(const char *sql)
{
    g_autofree char *text = test_postgres_run(sql);

    return g_ascii_strtoll(text, NULL, 10);
}

static gint64
rows(void)
{
    return number_of("SELECT count(*) FROM skep.column_statistics");
}

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "d");
    catalog_table_free(test_catalog_make_hive_table(fixture, "d", "t"));
    g_free(test_postgres_run("INSERT INTO skep.partitions (table_id, storage_id, created_s, name,"
                             " key_values) SELECT id, storage_id, 0, 'k=' || k, ARRAY[k::text]"
                             " FROM skep.tables, generate_series(1, 3) k"));
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

/* Of column a: the range of one number, and one null. */
static GPtrArray *
of_number(const char *partition_name, gint64 number)
{
    GPtrArray *list = catalog_statistics_list_new();
    CatalogStatistics *statistics = catalog_statistics_new(partition_name);
    CatalogColumnStatistics *column = catalog_column_statistics_new();

    column->column = g_strdup("A");
    column->kind = CATALOG_STATISTICS_LONG;
    column->low = (CatalogStatisticsBound){.is_known = TRUE, .integer = number};
    column->high = column->low;
    column->null_count = 1;
    g_ptr_array_add(statistics->columns, column);
    g_ptr_array_add(list, statistics);
    return list;
}

static gboolean
update(const char *partition_name, gint64 number, gboolean merge, GError **error)
{
    g_autoptr(GPtrArray) list = of_number(partition_name, number);

    return catalog_statistics_update(fixture->catalog, &target, list, merge, error);
}

static void
put(const char *partition_name, gint64 number, gboolean merge)
{
    g_autoptr(GError) error = NULL;

    test_assert_ok(update(partition_name, number, merge, &error), error);
}

static GPtrArray *
find_partitions(void)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *found =
        catalog_statistics_find_partitions(fixture->catalog, &target, all_partitions, NULL, &error);

    test_assert_ok(found, error);
    return found;
}

START_TEST(a_table_s_statistics_and_those_of_its_partitions_are_apart)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) of_table = NULL;
    g_autoptr(GPtrArray) of_partitions = NULL;
    const CatalogColumnStatistics *column;

    put(NULL, 7, FALSE);
    put("k=2", 8, FALSE);
    of_table = catalog_statistics_find(fixture->catalog, &target, NULL, &error);
    test_assert_ok(of_table, error);
    ck_assert_uint_eq(of_table->len, 1);
    column = of_table->pdata[0];
    ck_assert_str_eq(column->column, "a");
    ck_assert_str_eq(column->type, "int");
    ck_assert_int_eq(column->low.integer, 7);
    ck_assert_int_gt(column->analyzed_s, 0);
    of_partitions = find_partitions();
    ck_assert_uint_eq(of_partitions->len, 1);
    ck_assert_str_eq(((CatalogStatistics *)of_partitions->pdata[0])->partition_name, "k=2");
}
END_TEST

START_TEST(dropped_partitions_take_theirs_along_and_leave_the_rest)
{
    put("k=1", 1, FALSE);
    put("k=2", 2, FALSE);
    put("k=3", 3, FALSE);
    put(NULL, 4, FALSE);
    g_free(test_postgres_run("DELETE FROM skep.partitions WHERE name IN ('k=1', 'k=3')"));
    ck_assert_int_eq(rows(), 2);
    g_free(test_postgres_run("DELETE FROM skep.tables"));
    ck_assert_int_eq(rows(), 0);
}
END_TEST

START_TEST(a_renamed_partition_keeps_its_statistics)
{
    put("k=1", 1, FALSE);
    put("k=2", 2, FALSE);
    g_free(test_postgres_run("UPDATE skep.partitions SET name = 'k=9' WHERE name = 'k=1'"));
    ck_assert_int_eq(number_of("SELECT count(*) FROM skep.column_statistics"
                               " WHERE partition_name IN ('k=9', 'k=2')"),
                     2);
}
END_TEST

START_TEST(statistics_of_a_column_that_changed_its_type_are_not_given_out)
{
    g_autoptr(GPtrArray) found = NULL;

    put("k=1", 1, FALSE);
    g_free(test_postgres_run("UPDATE skep.column_statistics SET declared_type = 'bigint'"));
    found = find_partitions();
    ck_assert_uint_eq(found->len, 0);
}
END_TEST

START_TEST(of_a_column_that_is_named_twice_the_last_counts)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = of_number("k=1", 1);
    g_autoptr(GPtrArray) more = of_number("K=1", 2);
    g_autoptr(GPtrArray) found = NULL;
    const CatalogStatistics *each;

    g_ptr_array_add(list, g_ptr_array_steal_index(more, 0));
    test_assert_ok(catalog_statistics_update(fixture->catalog, &target, list, FALSE, &error),
                   error);
    found = find_partitions();
    ck_assert_uint_eq(found->len, 1);
    each = found->pdata[0];
    ck_assert_uint_eq(each->columns->len, 1);
    ck_assert_int_eq(((const CatalogColumnStatistics *)each->columns->pdata[0])->low.integer, 2);
}
END_TEST

START_TEST(nothing_is_stored_for_what_is_not_there)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = of_number("k=1", 1);
    g_autoptr(GPtrArray) more = of_number("k=4", 1);

    ck_assert(!update("k=4", 1, FALSE, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_PARTITION);
    g_ptr_array_add(list, g_ptr_array_steal_index(more, 0));
    ck_assert(!catalog_statistics_update(fixture->catalog, &target, list, FALSE, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_PARTITION);
    ck_assert_int_eq(rows(), 0);
    ck_assert_int_eq(number_of("SELECT count(*) FROM skep.partitions WHERE parameters IS NOT NULL"),
                     0);
}
END_TEST

static gpointer
merge_many(gpointer data)
{
    gint64 writer = GPOINTER_TO_INT(data);
    g_autoptr(GError) error = NULL;

    for (gint64 round = 0; round < ROUNDS; round++) {
        g_autoptr(GPtrArray) list = of_number("k=1", writer * ROUNDS + round);
        g_autoptr(GPtrArray) more = of_number("k=2", writer * ROUNDS + round);

        g_ptr_array_add(list, g_ptr_array_steal_index(more, 0));
        if (!catalog_statistics_update(fixture->catalog, &target, list, TRUE, &error))
            return g_strdup(error->message);
    }
    return NULL;
}

START_TEST(merges_at_the_same_time_lose_nothing)
{
    GThread *writers[WRITERS];
    g_autoptr(GPtrArray) found = NULL;

    for (int i = 0; i < WRITERS; i++)
        writers[i] = g_thread_new("writer", merge_many, GINT_TO_POINTER(i));
    for (int i = 0; i < WRITERS; i++) {
        g_autofree char *failure = g_thread_join(writers[i]);

        ck_assert_msg(failure == NULL, "%s", failure);
    }
    found = find_partitions();
    ck_assert_uint_eq(found->len, 2);
    for (guint i = 0; i < found->len; i++) {
        const CatalogStatistics *each = found->pdata[i];
        const CatalogColumnStatistics *column = each->columns->pdata[0];

        ck_assert_int_eq(column->null_count, WRITERS * ROUNDS);
        ck_assert_int_eq(column->low.integer, 0);
        ck_assert_int_eq(column->high.integer, WRITERS * ROUNDS - 1);
    }
}
END_TEST

static gpointer
write_until_gone(gpointer data)
{
    g_autoptr(GError) error = NULL;

    (void)data;
    for (int round = 0; round < 10000; round++) {
        if (!update("k=1", round, FALSE, &error))
            return GINT_TO_POINTER((int)skep_error_fact(error));
    }
    return GINT_TO_POINTER(-1);
}

START_TEST(a_drop_while_others_write_leaves_no_statistics_behind)
{
    GThread *writer = g_thread_new("writer", write_until_gone, NULL);

    while (rows() == 0)
        g_thread_yield();
    g_free(test_postgres_run("DELETE FROM skep.partitions WHERE name = 'k=1'"));
    ck_assert_int_eq(GPOINTER_TO_INT(g_thread_join(writer)), SKEP_ERROR_NO_SUCH_PARTITION);
    ck_assert_int_eq(rows(), 0);
}
END_TEST

START_TEST(each_change_leaves_an_event)
{
    const char *const columns[] = {"a", NULL};
    g_autoptr(GError) error = NULL;

    put(NULL, 1, FALSE);
    put("k=1", 1, FALSE);
    test_assert_ok(
        catalog_statistics_delete(fixture->catalog, &target, all_partitions, columns, &error),
        error);
    ck_assert_int_eq(number_of("SELECT count(*) FROM skep.events WHERE event_type IN"
                               " ('UPDATE_TBL_COL_STAT_EVENT', 'UPDATE_PART_COL_STAT_EVENT',"
                               " 'DELETE_PART_COL_STAT_EVENT') AND table_name = 't'"),
                     3);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("statistics");
    TCase *tests = tcase_create("statistics");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_table_s_statistics_and_those_of_its_partitions_are_apart);
    tcase_add_test(tests, dropped_partitions_take_theirs_along_and_leave_the_rest);
    tcase_add_test(tests, a_renamed_partition_keeps_its_statistics);
    tcase_add_test(tests, statistics_of_a_column_that_changed_its_type_are_not_given_out);
    tcase_add_test(tests, of_a_column_that_is_named_twice_the_last_counts);
    tcase_add_test(tests, nothing_is_stored_for_what_is_not_there);
    tcase_add_test(tests, merges_at_the_same_time_lose_nothing);
    tcase_add_test(tests, a_drop_while_others_write_leaves_no_statistics_behind);
    tcase_add_test(tests, each_change_leaves_an_event);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
