/* SPDX-License-Identifier: Apache-2.0 */
/* The event log on a real PostgreSQL. Writers of every length run at once, some give up; readers
 * number and read meanwhile. What a reader saw once must never change, and nothing may appear below
 * what it has seen. */
#include <string.h>

#include "skep/catalog_event.h"
#include "skep/store_event.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define WRITERS 6
#define WRITES  40
#define READERS 3
#define ADD_EVENT                                                                                  \
    "INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name, table_name) " \
    "VALUES (%d, 'ALTER_TABLE', 'hive', 'sales', '%u.%u');"

static TestCatalog *fixture;

static void
setup(void)
{
    g_free(
        test_postgres_run("TRUNCATE skep.events; UPDATE skep.event_counter SET last_number = 0"));
    fixture = test_catalog_open();
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

static gint64
last_number(void)
{
    g_autoptr(GError) error = NULL;
    gint64 last = -1;

    test_assert_ok(catalog_event_last(fixture->catalog, &last, &error), error);
    return last;
}

/* What a reader has seen: the text of the event at index number - 1. */
typedef struct {
    GPtrArray *seen;
    gboolean is_late; /* an event came with a number that is not the next one */
} Reading;

static gboolean
read_event(CatalogEvent *event, gpointer data, GError **error)
{
    Reading *reading = data;

    (void)error;
    if (event->number != (gint64)reading->seen->len + 1)
        reading->is_late = TRUE;
    g_ptr_array_add(reading->seen, g_strdup_printf("%s %s", event->type, event->table_name));
    return TRUE;
}

static gint writers_left;

static gpointer
write_events(gpointer data)
{
    guint writer = GPOINTER_TO_UINT(data);

    for (guint i = 0; i < WRITES; i++) {
        g_autofree char *first = g_strdup_printf(ADD_EVENT, 1, writer, 2 * i);
        g_autofree char *second = g_strdup_printf(ADD_EVENT, 1, writer, 2 * i + 1);
        g_autofree char *sql =
            g_strdup_printf("BEGIN;%s SELECT pg_sleep(%u / 1000.0);%s %s;", first,
                            (writer * 7 + i * 13) % 20, second, i % 5 == 4 ? "ROLLBACK" : "COMMIT");

        g_free(test_postgres_run(sql));
    }
    g_atomic_int_add(&writers_left, -1);
    return NULL;
}

static gpointer
read_events(gpointer data)
{
    Reading *reading = data;
    gboolean is_last;

    do {
        g_autoptr(GError) error = NULL;
        CatalogEventFilter filter = {.after = reading->seen->len, .limit = 7};

        is_last = g_atomic_int_get(&writers_left) == 0;
        filter.limit = is_last ? 0 : 7;
        if (!catalog_event_scan(fixture->catalog, &filter, read_event, reading, &error))
            g_error("%s", error->message);
    } while (!is_last);
    return NULL;
}

START_TEST(no_reader_ever_sees_a_gap_filled_later)
{
    GThread *writers[WRITERS];
    GThread *readers[READERS];
    Reading readings[READERS] = {0};
    Reading whole = {g_ptr_array_new_with_free_func(g_free), FALSE};
    g_autoptr(GError) error = NULL;
    CatalogEventFilter all = {0};

    g_atomic_int_set(&writers_left, WRITERS);
    for (guint i = 0; i < READERS; i++) {
        readings[i].seen = g_ptr_array_new_with_free_func(g_free);
        readers[i] = g_thread_new("reader", read_events, &readings[i]);
    }
    for (guint i = 0; i < WRITERS; i++)
        writers[i] = g_thread_new("writer", write_events, GUINT_TO_POINTER(i));
    for (guint i = 0; i < WRITERS; i++)
        g_thread_join(writers[i]);
    for (guint i = 0; i < READERS; i++)
        g_thread_join(readers[i]);
    test_assert_ok(catalog_event_scan(fixture->catalog, &all, read_event, &whole, &error), error);
    ck_assert(!whole.is_late);
    ck_assert_uint_eq(whole.seen->len, WRITERS * WRITES * 2 * 4 / 5);
    for (guint i = 0; i < READERS; i++) {
        ck_assert(!readings[i].is_late);
        ck_assert_uint_eq(readings[i].seen->len, whole.seen->len);
        for (guint k = 0; k < whole.seen->len; k++)
            ck_assert_str_eq(readings[i].seen->pdata[k], whole.seen->pdata[k]);
        g_ptr_array_unref(readings[i].seen);
    }
    g_ptr_array_unref(whole.seen);
}
END_TEST

START_TEST(of_one_writer_earlier_events_have_lower_numbers)
{
    Reading whole = {g_ptr_array_new_with_free_func(g_free), FALSE};
    g_autoptr(GError) error = NULL;
    CatalogEventFilter all = {0};

    for (guint i = 0; i < 5; i++) {
        g_autofree char *sql = g_strdup_printf(ADD_EVENT, 1, 0u, i);
        g_free(test_postgres_run(sql));
    }
    test_assert_ok(catalog_event_scan(fixture->catalog, &all, read_event, &whole, &error), error);
    for (guint i = 0; i < 5; i++) {
        g_autofree char *expected = g_strdup_printf("ALTER_TABLE 0.%u", i);
        ck_assert_str_eq(whole.seen->pdata[i], expected);
    }
    g_ptr_array_unref(whole.seen);
}
END_TEST

START_TEST(numbers_go_on_after_all_events_are_gone)
{
    g_autoptr(GError) error = NULL;
    guint64 removed = 0;

    g_free(test_postgres_run("INSERT INTO skep.events (occurred_ms, event_type, catalog_name) "
                             "SELECT 1, 'X', 'hive' FROM generate_series(1, 3)"));
    ck_assert_int_eq(last_number(), 3);
    test_assert_ok(store_event_expire(fixture->store, 2, 100, &removed, &error), error);
    ck_assert_uint_eq(removed, 3);
    ck_assert_int_eq(last_number(), 3);
    g_free(test_postgres_run("INSERT INTO skep.events (occurred_ms, event_type, catalog_name) "
                             "VALUES (1, 'X', 'hive')"));
    ck_assert_int_eq(last_number(), 4);
}
END_TEST

START_TEST(retention_leaves_no_gap_in_what_remains)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *left = NULL;
    guint64 removed = 0;

    g_free(test_postgres_run("INSERT INTO skep.events (occurred_ms, event_type, catalog_name) "
                             "VALUES (1, 'X', 'hive'), (9, 'X', 'hive'), (1, 'X', 'hive')"));
    test_assert_ok(store_event_expire(fixture->store, 5, 100, &removed, &error), error);
    ck_assert_uint_eq(removed, 0); /* none has a number: nobody can have read them */
    ck_assert_int_eq(last_number(), 3);
    test_assert_ok(store_event_expire(fixture->store, 5, 100, &removed, &error), error);
    left =
        test_postgres_run("SELECT string_agg(number::text, ',' ORDER BY number) FROM skep.events");
    ck_assert_uint_eq(removed, 1);
    ck_assert_str_eq(left, "2,3");
}
END_TEST

START_TEST(more_events_than_one_turn_numbers_are_all_numbered)
{
    g_free(test_postgres_run("INSERT INTO skep.events (occurred_ms, event_type, catalog_name) "
                             "SELECT 1, 'X', 'hive' FROM generate_series(1, 12001)"));
    ck_assert_int_eq(last_number(), 12001);
}
END_TEST

START_TEST(a_writer_that_gave_up_leaves_no_gap)
{
    /* The id of the first is taken by a transaction that gives up: no gap comes of it. */
    g_free(
        test_postgres_run("BEGIN; INSERT INTO skep.events (occurred_ms, event_type, catalog_name) "
                          "VALUES (1, 'X', 'hive'); ROLLBACK"));
    g_free(test_postgres_run("INSERT INTO skep.events (occurred_ms, event_type, catalog_name) "
                             "VALUES (1, 'Y', 'hive')"));
    ck_assert_int_eq(last_number(), 1);
}
END_TEST

static gboolean
keep_event(CatalogEvent *event, gpointer data, GError **error)
{
    CatalogEvent **kept = data;

    (void)error;
    if (!g_str_equal(event->type, "ALTER_TABLE"))
        return TRUE;
    ck_assert_ptr_nonnull(event->table_before);
    ck_assert_ptr_nonnull(event->table);
    *kept = catalog_event_new();
    (*kept)->table_before = g_steal_pointer(&event->table_before);
    (*kept)->table = g_steal_pointer(&event->table);
    return FALSE;
}

START_TEST(a_commit_tells_the_table_before_and_after)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogEvent) event = NULL;
    CatalogEventFilter all = {0};

    test_catalog_make_namespace(fixture, "sales");
    catalog_iceberg_table_free(test_catalog_make_iceberg(fixture, "sales", "t"));
    catalog_iceberg_table_free(
        test_catalog_set_property(fixture, "sales", "t", "colour", "blue", &error));
    test_assert_ok(catalog_event_scan(fixture->catalog, &all, keep_event, &event, &error), error);
    ck_assert_ptr_nonnull(event);
    ck_assert_ptr_null(catalog_map_get(event->table_before->parameters, "colour"));
    ck_assert_str_eq(catalog_map_get(event->table->parameters, "colour"), "blue");
    ck_assert_str_eq(catalog_map_get(event->table->parameters, "previous_metadata_location"),
                     catalog_map_get(event->table_before->parameters, "metadata_location"));
    ck_assert_uint_eq(event->table->storage->columns->len, 1);
    ck_assert_str_eq(event->table->namespace_name, "sales");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("event");
    TCase *cases = tcase_create("log");

    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, no_reader_ever_sees_a_gap_filled_later);
    tcase_add_test(cases, of_one_writer_earlier_events_have_lower_numbers);
    tcase_add_test(cases, numbers_go_on_after_all_events_are_gone);
    tcase_add_test(cases, retention_leaves_no_gap_in_what_remains);
    tcase_add_test(cases, more_events_than_one_turn_numbers_are_all_numbered);
    tcase_add_test(cases, a_writer_that_gave_up_leaves_no_gap);
    tcase_add_test(cases, a_commit_tells_the_table_before_and_after);
    suite_add_tcase(suite, cases);
    return test_postgres_run_suite(suite);
}
