/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: partitions come back as they went in, batches are whole or nothing, ten thousand ordinary
 * ones stay narrow, and filters on the first keys go through the indexes. */
#include <string.h>

#include "catalog/partition_private.h"
#include "skep/error.h"
#include "store/partition_fixture.h"
#include "store/partition_private.h"

static CatalogPartition *
find(const char *name)
{
    CatalogPartition *partition = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert_msg(store_partition_find(store, &table, name, &partition, &error), "%s",
                  error != NULL ? error->message : "");
    return partition;
}

START_TEST(a_partition_comes_back_as_it_went_in)
{
    static const char *const keys[] = {"ds", "hr", NULL};
    static const char *const values[] = {"{\"a\",\\b} NULL 'x'", "", NULL};
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) partitions = g_ptr_array_new_with_free_func(partition_free);
    CatalogPartition *sent = new_partition(keys, values, storage);
    g_autoptr(CatalogPartition) found = NULL;

    g_ptr_array_add(partitions, sent);
    catalog_map_set(sent->parameters, "quote\"d", "line\nbreak");
    sent->last_access_time_s = 5;
    sent->write_id = 77;
    g_free(sent->location);
    sent->location = g_strdup("file:/elsewhere");
    ck_assert_uint_eq(add(partitions, FALSE), 1);
    found = find(sent->name);
    ck_assert_ptr_nonnull(found);
    ck_assert(g_strv_equal((const char *const *)found->values, values));
    ck_assert_str_eq(found->location, "file:/elsewhere");
    ck_assert(catalog_map_equal(found->parameters, sent->parameters));
    ck_assert_int_eq(found->create_time_s, sent->create_time_s);
    ck_assert_int_eq(found->last_access_time_s, 5);
    ck_assert_int_eq(found->write_id, 77);
    ck_assert_str_eq(found->storage->input_format, "in");
    ck_assert_ptr_null(find("ds=nosuch/hr=1"));
}
END_TEST

START_TEST(what_follows_from_the_rest_is_not_stored_and_follows_a_change)
{
    static const char *const keys[] = {"ds", NULL};
    static const char *const values[] = {"a", NULL};
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) partitions = g_ptr_array_new_with_free_func(partition_free);
    g_autoptr(CatalogPartition) found = NULL;
    g_autofree char *stored = NULL;
    gint64 missing = -1;
    CatalogPartition *partition = new_partition(keys, values, storage);

    g_ptr_array_add(partitions, partition);
    add(partitions, FALSE);
    stored = test_postgres_run("SELECT count(*) FROM skep.partitions"
                               " WHERE location IS NULL AND parameters IS NULL");
    ck_assert_str_eq(stored, "1");
    table.location = "file:/moved/";
    found = find("ds=a");
    ck_assert_str_eq(found->location, "file:/moved/ds=a");
    ck_assert_str_eq(catalog_map_get(found->parameters, "transient_lastDdlTime"), "1700000000");
    catalog_map_set(partition->parameters, "transient_lastDdlTime", "1700000001");
    partition->create_time_s = 0; /* not sent */
    ck_assert(store_partition_alter(store, &table, partitions, FALSE, &missing, NULL));
    ck_assert_int_eq(missing, 0);
    catalog_partition_free(found);
    found = find("ds=a");
    ck_assert_str_eq(found->location, "file:/w/p.db/t/ds=a");
    ck_assert_str_eq(catalog_map_get(found->parameters, "transient_lastDdlTime"), "1700000001");
    ck_assert_int_eq(found->create_time_s, 1700000000);
}
END_TEST

START_TEST(a_batch_is_added_whole_or_not_at_all)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) first = make_days(0, 10, storage);
    g_autoptr(GPtrArray) second = make_days(5, 10, storage);
    g_autoptr(GHashTable) added = NULL;
    g_autoptr(GError) error = NULL;
    gint64 count = 0;

    ck_assert_uint_eq(add(first, FALSE), 10);
    ck_assert(!store_partition_add(store, &table, second, FALSE, &added, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_ALREADY_EXISTS));
    ck_assert_str_eq(skep_error_object(error), "ds=2020-01-01/hr=05");
    ck_assert(store_partition_count(store, &table, NULL, -1, &count, NULL));
    ck_assert_int_eq(count, 10);
    ck_assert_uint_eq(add(second, TRUE), 5);
    ck_assert_uint_eq(add(second, TRUE), 0);
}
END_TEST

START_TEST(a_table_that_is_gone_takes_no_partitions)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) partitions = make_days(0, 1, storage);
    g_autoptr(GHashTable) added = NULL;
    g_autoptr(GError) error = NULL;

    table.id = 999999999;
    ck_assert(!store_partition_add(store, &table, partitions, FALSE, &added, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_NO_SUCH_TABLE));
}
END_TEST

START_TEST(batches_are_altered_and_dropped_whole_or_not_at_all)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) some = make_days(0, 10, storage);
    g_autoptr(GPtrArray) more = make_days(5, 10, storage);
    static const char *const names[] = {"ds=2020-01-01/hr=00", "ds=2020-01-01/hr=23", NULL};
    g_autoptr(GPtrArray) dropped = NULL;
    gint64 missing = 0;
    gint64 count = 0;

    add(some, FALSE);
    for (guint i = 0; i < more->len; i++)
        ((CatalogPartition *)more->pdata[i])->last_access_time_s = 9;
    ck_assert(store_partition_alter(store, &table, more, FALSE, &missing, NULL));
    ck_assert_int_eq(missing, 5);
    g_autoptr(CatalogPartition) found = find("ds=2020-01-01/hr=09");
    ck_assert_int_eq(found->last_access_time_s, 0);
    ck_assert(store_partition_drop(store, &table, names, FALSE, &missing, &dropped, NULL));
    ck_assert_int_eq(missing, 1);
    ck_assert_uint_eq(dropped->len, 0);
    g_clear_pointer(&dropped, g_ptr_array_unref);
    ck_assert(store_partition_drop(store, &table, names, TRUE, &missing, &dropped, NULL));
    ck_assert_int_eq(missing, 1);
    ck_assert_uint_eq(dropped->len, 1);
    ck_assert_str_eq(((CatalogPartition *)dropped->pdata[0])->location,
                     "file:/w/p.db/t/ds=2020-01-01/hr=00");
    ck_assert(store_partition_count(store, &table, NULL, -1, &count, NULL));
    ck_assert_int_eq(count, 9);
}
END_TEST

START_TEST(every_change_leaves_events_with_the_names)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) some = make_days(0, 3, storage);
    static const char *const names[] = {"ds=2020-01-01/hr=00", NULL};
    g_autoptr(GPtrArray) dropped = NULL;
    g_autofree char *events = NULL;
    gint64 missing = 0;

    add(some, FALSE);
    add(some, TRUE);
    ck_assert(store_partition_alter(store, &table, some, FALSE, &missing, NULL));
    ck_assert(store_partition_drop(store, &table, names, FALSE, &missing, &dropped, NULL));
    events = test_postgres_run(
        "SELECT string_agg(event_type || ' ' || namespace_name || '.' || table_name || ' ' ||"
        " coalesce(jsonb_array_length(details -> 'partitions'), 1) || ' ' ||"
        " coalesce(details -> 'partitions' -> 0 ->> 'name', details -> 'partition' ->> 'name'),"
        " '; ' ORDER BY id) FROM skep.events");
    ck_assert_str_eq(events, "ADD_PARTITION p.t 3 ds=2020-01-01/hr=00; "
                             "ALTER_PARTITION p.t 1 ds=2020-01-01/hr=00; "
                             "ALTER_PARTITION p.t 1 ds=2020-01-01/hr=01; "
                             "ALTER_PARTITION p.t 1 ds=2020-01-01/hr=02; "
                             "DROP_PARTITION p.t 1 ds=2020-01-01/hr=00");
}
END_TEST

typedef struct {
    guint rows;
    const CatalogStorage *storage;
} Seen;

static gboolean
count_rows(const CatalogPartition *partition, gpointer data, GError **error)
{
    Seen *seen = data;

    (void)error;
    if (seen->rows > 0)
        ck_assert_ptr_eq(partition->storage, seen->storage);
    seen->storage = partition->storage;
    seen->rows++;
    return TRUE;
}

static guint
count_matches(const char *filter)
{
    g_autoptr(GPtrArray) columns = catalog_columns_new();
    g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();
    g_autoptr(GPtrArray) names = NULL;

    g_ptr_array_add(columns, catalog_column_new("ds", "string", NULL));
    g_ptr_array_add(columns, catalog_column_new("hr", "int", NULL));
    ck_assert(catalog_partition_filter_compile(filter, columns, predicate, NULL));
    names = names_of(predicate, -1);
    return names->len;
}

/* Ordinary rows: two keys, statistics of files, the descriptor shared. */
START_TEST(ten_thousand_partitions_are_narrow_listed_in_order_and_dropped)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autofree char *size = NULL;
    g_autofree char *left = NULL;
    g_autoptr(GPtrArray) names = NULL;
    Seen seen = {0, NULL};

    g_free(test_postgres_run("TRUNCATE skep.partitions"));
    for (guint batch = 0; batch < 10; batch++) {
        g_autoptr(GPtrArray) partitions = make_days(batch * 1000, 1000, storage);

        ck_assert_uint_eq(add(partitions, FALSE), 1000);
    }
    size = test_postgres_run("SELECT pg_total_relation_size('skep.partitions') / 10000");
    g_test_message("%s bytes for each partition", size);
    ck_assert_int_le(g_ascii_strtoll(size, NULL, 10), 300);
    ck_assert(store_partition_scan(store, &table, NULL, -1, count_rows, &seen, NULL));
    ck_assert_uint_eq(seen.rows, 10000);
    names = names_of(NULL, -1);
    ck_assert_uint_eq(names->len, 10000);
    for (guint i = 1; i < names->len; i++)
        ck_assert_int_lt(strcmp(names->pdata[i - 1], names->pdata[i]), 0);
    ck_assert_uint_eq(count_matches("ds = '2020-03-05'"), 24);
    ck_assert_uint_eq(count_matches("ds >= '2020-03-05' and ds < '2020-03-07' and hr < 6"), 12);
    ck_assert_uint_eq(count_matches("hr = 7 or hr = 8"), 834);
    g_ptr_array_add(names, NULL);
    for (guint i = 0; i < 10000; i += 1000) {
        g_autoptr(GPtrArray) dropped = NULL;
        g_autofree const char **batch = g_new0(const char *, 1001);
        gint64 missing;

        memcpy(batch, names->pdata + i, 1000 * sizeof(char *));
        ck_assert(store_partition_drop(store, &table, batch, FALSE, &missing, &dropped, NULL));
        ck_assert_uint_eq(dropped->len, 1000);
    }
    left = test_postgres_run("SELECT count(*) FROM skep.partitions");
    ck_assert_str_eq(left, "0");
}
END_TEST

START_TEST(a_listing_gives_the_first_so_many)
{
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) partitions = make_days(0, 30, storage);
    g_autoptr(GPtrArray) none = NULL;
    g_autoptr(GPtrArray) two = NULL;
    gint64 count = 0;

    add(partitions, FALSE);
    none = names_of(NULL, 0);
    ck_assert_uint_eq(none->len, 0);
    two = names_of(NULL, 2);
    ck_assert_uint_eq(two->len, 2);
    ck_assert_str_eq(two->pdata[1], "ds=2020-01-01/hr=01");
    ck_assert(store_partition_count(store, &table, NULL, 7, &count, NULL));
    ck_assert_int_eq(count, 7);
}
END_TEST

static const char *const plan_keys[] = {"ds", "hr", "lane", NULL};

static char *
explain(const char *filter, const char *type)
{
    g_autoptr(GPtrArray) columns = catalog_columns_new();
    g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();
    g_autofree char *condition = NULL;
    g_autoptr(GString) values = g_string_new("(ARRAY[");
    GString *sql;
    g_autofree char *statement = NULL;

    for (gsize i = 0; plan_keys[i] != NULL; i++)
        g_ptr_array_add(columns, catalog_column_new(plan_keys[i], type, NULL));
    ck_assert(catalog_partition_filter_compile(filter, columns, predicate, NULL));
    for (guint i = 0; i < predicate->values->len; i++)
        g_string_append_printf(values, "%s'%s'", i > 0 ? "," : "",
                               (const char *)predicate->values->pdata[i]);
    g_string_append(values, "]::text[])");
    condition = store_partition_predicate_sql(predicate);
    sql = g_string_new(condition);
    g_string_replace(sql, "$3", values->str, 0);
    statement =
        g_strdup_printf("CREATE OR REPLACE FUNCTION pg_temp.plan() RETURNS text LANGUAGE plpgsql AS"
                        " $f$ DECLARE line text; plan text := ''; BEGIN FOR line IN EXPLAIN"
                        " SELECT name FROM skep.partitions WHERE table_id = %" G_GINT64_FORMAT
                        " AND %s LOOP plan := plan || line || E'\\n'; END LOOP;"
                        " RETURN plan; END $f$; SELECT pg_temp.plan()",
                        table.id, sql->str);
    g_string_free(sql, TRUE);
    return test_postgres_run(statement);
}

START_TEST(equality_and_ranges_on_the_first_keys_use_their_indexes)
{
    static const struct {
        const char *type;
        const char *filter;
        const char *index;
    } cases[] = {
        {"string",    "ds = '2020-03-05'",                        "partitions_first_value_idx"  },
        {"string",    "ds > '2020-03-05' and ds < '2020-03-09'",  "partitions_first_value_idx"  },
        {"string",    "ds between '2020-03-05' and '2020-03-06'", "partitions_first_value_idx"  },
        {"string",    "(ds) in ('2020-03-05', '2020-03-09')",     "partitions_first_value_idx"  },
        {"string",    "ds = '2020-03-05' or ds = '2020-03-09'",   "partitions_first_value_idx"  },
        {"string",    "ds = '" DEFAULT_NAME "'",                  "partitions_first_value_idx"  },
        {"string",    "ds like '2020-03-05%'",                    "partitions_first_value_idx"  },
        {"date",      "ds between 2020-03-05 and 2020-03-06",     "partitions_first_value_idx"  },
        {"timestamp", "ds between 2020-03-05 and 2020-03-06",     "partitions_first_value_idx"  },
        {"int",       "ds = 5",                                   "partitions_first_number_idx" },
        {"int",       "ds > 5 and ds <= 9",                       "partitions_first_number_idx" },
        {"bigint",    "ds = 5 or ds = 7",                         "partitions_first_number_idx" },
        {"string",    "hr = 'b7'",                                "partitions_second_value_idx" },
        {"string",    "(hr) in ('b7', 'b9') and lane != 'x'",     "partitions_second_value_idx" },
        {"int",       "hr > 70 and hr < 72",                      "partitions_second_number_idx"},
        {"string",    "lane = 'c7'",                              "partitions_third_value_idx"  },
        {"int",       "lane = 7",                                 "partitions_third_number_idx" },
    };
    g_autoptr(CatalogStorage) storage = new_storage();
    g_autoptr(GPtrArray) partitions = make_days(0, 10000, storage);
    g_autoptr(GPtrArray) numbers = g_ptr_array_new_with_free_func(partition_free);

    for (int i = 0; i < 10000; i++) {
        gboolean is_number = i % 2 == 0;
        g_autofree char *number = g_strdup_printf("%d", i);
        g_autofree char *second = g_strdup_printf("%s%d", is_number ? "" : "b", i % 997);
        g_autofree char *third = g_strdup_printf("%s%d", is_number ? "" : "c", i % 1009);
        const char *values[] = {number, second, third, NULL};

        g_ptr_array_add(numbers, new_partition(plan_keys, values, storage));
    }
    add(partitions, FALSE);
    add(numbers, FALSE);
    g_free(test_postgres_run("ANALYZE skep.partitions"));
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *plan = explain(cases[i].filter, cases[i].type);

        ck_assert_msg(strstr(plan, cases[i].index) != NULL, "%s: %s", cases[i].filter, plan);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store partitions");
    TCase *rows = tcase_create("rows");

    tcase_add_checked_fixture(rows, set_up, tear_down);
    tcase_set_timeout(rows, 300);
    tcase_add_test(rows, a_partition_comes_back_as_it_went_in);
    tcase_add_test(rows, what_follows_from_the_rest_is_not_stored_and_follows_a_change);
    tcase_add_test(rows, a_batch_is_added_whole_or_not_at_all);
    tcase_add_test(rows, a_table_that_is_gone_takes_no_partitions);
    tcase_add_test(rows, batches_are_altered_and_dropped_whole_or_not_at_all);
    tcase_add_test(rows, every_change_leaves_events_with_the_names);
    tcase_add_test(rows, ten_thousand_partitions_are_narrow_listed_in_order_and_dropped);
    tcase_add_test(rows, a_listing_gives_the_first_so_many);
    tcase_add_test(rows, equality_and_ranges_on_the_first_keys_use_their_indexes);
    suite_add_tcase(suite, rows);
    return test_postgres_run_suite(suite);
}
