/* SPDX-License-Identifier: Apache-2.0 */
/* What drops leave, on a real PostgreSQL and a directory: purges that are interrupted, fail, are
 * given up or cancelled, and dropped tables that are taken back as they were. */
#include <glib/gstdio.h>
#include <string.h>

#include "skep/catalog_duty.h"
#include "skep/catalog_task.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

static TestCatalog *fixture;

static void
setup(void)
{
    g_free(test_postgres_run("TRUNCATE skep.tasks, skep.dropped_tables, skep.duties"));
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "d");
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

/* --- what tests do over and over --- */

static void
assert_text(const char *sql, const char *expected)
{
    g_autofree char *found = test_postgres_run(sql);

    ck_assert_str_eq(found ? found : "(null)", expected);
}

/* An Iceberg table with four metadata files; where the last one is. */
static char *
make_table(const char *name)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", name);
    char *location = NULL;

    for (int i = 0; i < 3; i++) {
        g_autofree char *value = g_strdup_printf("%d", i);
        g_autoptr(GError) error = NULL;
        g_autoptr(CatalogIcebergTable) changed =
            test_catalog_set_property(fixture, "d", name, "p", value, &error);

        test_assert_ok(changed, error);
        g_free(location);
        location = g_strdup(changed->metadata_location);
    }
    return location;
}

static void
drop(const char *name, gboolean purge)
{
    const CatalogTableDropOptions options = {.purge = purge, .kind = -1};
    g_autoptr(GError) error = NULL;

    test_assert_ok(catalog_table_drop(fixture->catalog, NULL, "d", name, &options, &error), error);
}

static void
housekeep(void)
{
    g_autoptr(GError) error = NULL;

    test_assert_ok(catalog_housekeep(fixture->catalog, &error), error);
}

static CatalogTask *
only_task(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) tasks = catalog_task_list(fixture->catalog, NULL, 10, &error);

    test_assert_ok(tasks, error);
    ck_assert_uint_eq(tasks->len, 1);
    return g_ptr_array_steal_index(tasks, 0);
}

static CatalogDroppedTable *
undrop(const char *name, const char *new_name, GError **error)
{
    const CatalogUndrop wanted = {name, new_name, NULL};

    return catalog_undrop(fixture->catalog, NULL, "d", &wanted, error);
}

/* --- purges --- */

START_TEST(a_purge_deletes_every_metadata_file_and_the_empty_directories)
{
    g_autofree char *location = make_table("t");

    drop("t", TRUE);
    ck_assert(test_catalog_has_file(fixture, "d.db/t/metadata"));
    housekeep();
    ck_assert(!test_catalog_has_file(fixture, "d.db/t"));
    ck_assert(test_catalog_has_file(fixture, "d.db"));
    g_autoptr(CatalogTask) task = only_task();
    ck_assert_str_eq(task->state, "done");
    ck_assert_str_eq(task->metadata_location, location);
    ck_assert_int_eq(task->files_found, 4);
    ck_assert_int_eq(task->files_deleted, 4);
    ck_assert_int_eq(task->files_left, 0);
    ck_assert_int_gt(task->finished_ms, 0);
    assert_text("SELECT count(*)::text FROM skep.dropped_tables", "0");
}
END_TEST

/* Goes on for so many questions. */
static gboolean
counts_down(gpointer data)
{
    int *left = data;

    return (*left)-- > 0;
}

START_TEST(a_purge_that_is_interrupted_anywhere_goes_on)
{
    gboolean done = FALSE;

    for (int questions = 1; questions < 40 && !done; questions++) {
        g_autofree char *location = make_table("t");
        g_autoptr(GError) error = NULL;
        int left = questions;
        CatalogDutyRound round = {CATALOG_DUTY_LONG, counts_down, NULL, &left};

        g_free(test_postgres_run("TRUNCATE skep.tasks"));
        g_free(test_postgres_run("INSERT INTO skep.duties (name) VALUES ('tasks') ON CONFLICT "
                                 "(name) DO UPDATE SET due_ms = 0, lease_ends_ms = 0"));
        drop("t", TRUE);
        test_assert_ok(catalog_duties_run(fixture->catalog, &round, &error), error);
        g_autofree char *state = test_postgres_run("SELECT state FROM skep.tasks");
        done = strcmp(state, "done") == 0;
        housekeep();
        assert_text("SELECT state FROM skep.tasks", "done");
        assert_text("SELECT (files_deleted >= 4)::text FROM skep.tasks", "true");
        ck_assert(!test_catalog_has_file(fixture, "d.db/t"));
    }
    ck_assert_msg(done, "no round got through at once");
}
END_TEST

START_TEST(a_task_that_fails_waits_is_given_up_and_can_be_tried_again)
{
    g_autofree char *location = make_table("t");
    g_autofree char *path = g_filename_from_uri(location, NULL, NULL);
    g_autofree char *content = NULL;
    g_autoptr(GError) error = NULL;
    gsize length = 0;

    ck_assert(g_file_get_contents(path, &content, &length, NULL));
    ck_assert(g_file_set_contents(path, "{ damaged", -1, NULL));
    drop("t", TRUE);
    housekeep();
    g_autoptr(CatalogTask) waiting = only_task();
    ck_assert_str_eq(waiting->state, "waiting");
    ck_assert_int_eq(waiting->failures, 1);
    ck_assert_ptr_nonnull(waiting->error);
    ck_assert_int_gt(waiting->due_ms, waiting->created_ms + 10000);
    housekeep();
    assert_text("SELECT attempts::text FROM skep.tasks", "1");

    g_free(test_postgres_run("UPDATE skep.tasks SET failures = 11, due_ms = 0"));
    housekeep();
    assert_text("SELECT state || failures FROM skep.tasks", "failed12");
    g_free(test_postgres_run("UPDATE skep.tasks SET finished_ms = 1"));
    housekeep();
    assert_text("SELECT count(*)::text FROM skep.tasks", "1");

    ck_assert(g_file_set_contents(path, content, (gssize)length, NULL));
    test_assert_ok(catalog_task_retry(fixture->catalog, waiting->id, &error), error);
    housekeep();
    g_autoptr(CatalogTask) finished = only_task();
    ck_assert_str_eq(finished->state, "done");
    ck_assert_ptr_null(finished->error);
    ck_assert(!catalog_task_retry(fixture->catalog, waiting->id, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
    ck_assert(!catalog_task_cancel(fixture->catalog, waiting->id + 1, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_OBJECT);
}
END_TEST

START_TEST(a_task_is_one_servers_until_its_lease_ends_and_cancelled_for_good)
{
    g_autofree char *location = make_table("t");
    g_autoptr(GError) error = NULL;

    drop("t", TRUE);
    g_free(test_postgres_run("UPDATE skep.tasks SET holder = 'dead', lease_ends_ms = "
                             "9223372036854775807"));
    housekeep();
    g_autoptr(CatalogTask) running = only_task();
    ck_assert_str_eq(running->state, "running");
    ck_assert_int_eq(running->files_deleted, 0);
    test_assert_ok(catalog_task_cancel(fixture->catalog, running->id, &error), error);
    housekeep();
    ck_assert(test_catalog_has_file(fixture, "d.db/t/metadata"));
    test_assert_ok(catalog_task_retry(fixture->catalog, running->id, &error), error);
    g_free(test_postgres_run("UPDATE skep.tasks SET lease_ends_ms = 1"));
    housekeep();
    ck_assert(!test_catalog_has_file(fixture, "d.db/t/metadata"));
    assert_text("SELECT state FROM skep.tasks WHERE holder <> 'dead'", "done");
    g_free(test_postgres_run("UPDATE skep.tasks SET finished_ms = 1"));
    housekeep();
    assert_text("SELECT count(*)::text FROM skep.tasks", "0");
}
END_TEST

START_TEST(files_below_another_table_and_outside_the_warehouse_are_left_and_counted)
{
    g_autofree char *location = make_table("t");
    g_autoptr(CatalogTable) wanted = test_catalog_hive_table("d", "above");
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) above = NULL;

    wanted->hms_type = (g_free(wanted->hms_type), g_strdup("EXTERNAL_TABLE"));
    wanted->location = g_strconcat("file:", fixture->directory, "/d.db/t/metadata", NULL);
    above = catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error);
    test_assert_ok(above, error);
    drop("t", TRUE);
    housekeep();
    g_autoptr(CatalogTask) task = only_task();
    ck_assert_str_eq(task->state, "done");
    ck_assert_int_eq(task->files_deleted, 0);
    ck_assert_int_eq(task->files_left, 4);
    ck_assert(test_catalog_has_file(fixture, "d.db/t/metadata"));

    g_free(test_postgres_run("UPDATE skep.tasks SET state = 'waiting', due_ms = 0, "
                             "metadata_location = 'file:///etc/hostname'"));
    housekeep();
    assert_text("SELECT state || files_left FROM skep.tasks", "done5");
    ck_assert(g_file_test("/etc/hostname", G_FILE_TEST_EXISTS));
}
END_TEST

START_TEST(a_directory_is_deleted_but_for_the_tables_in_it)
{
    g_autoptr(CatalogTable) outer = test_catalog_make_hive_table(fixture, "d", "outer");
    g_autoptr(CatalogTable) wanted = test_catalog_hive_table("d", "inner");
    g_autofree char *kept = g_build_filename(fixture->directory, "d.db/outer/inner/f", NULL);
    g_autofree char *parent = g_build_filename(fixture->directory, "d.db/outer/p=1/q", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) inner = NULL;

    wanted->location = g_strconcat(outer->location, "/inner", NULL);
    inner = catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error);
    test_assert_ok(inner, error);
    ck_assert(g_file_set_contents(kept, "x", 1, NULL));
    ck_assert_int_eq(g_mkdir_with_parents(parent, 0755), 0);
    for (int i = 0; i < 2100; i++) {
        g_autofree char *name = g_strdup_printf("%s/%d", parent, i);

        ck_assert(g_file_set_contents(name, "x", 1, NULL));
    }
    g_autofree char *sql = g_strdup_printf(
        "WITH gone AS (DELETE FROM skep.tables WHERE name = 'outer' RETURNING *) INSERT INTO "
        "skep.tasks (kind, catalog_name, namespace_name, table_name, table_uuid, location) SELECT "
        "'delete_directory', 'hive', 'd', 'outer', uuid, location FROM gone");
    g_free(test_postgres_run(sql));
    housekeep();
    assert_text("SELECT state || ' ' || files_deleted || ' ' || files_left FROM skep.tasks",
                "done 2100 1");
    ck_assert(!test_catalog_has_file(fixture, "d.db/outer/p=1"));
    ck_assert(test_catalog_has_file(fixture, "d.db/outer/inner/f"));
}
END_TEST

/* --- undrop --- */

#define WHOLE_TABLE                                                                                \
    "SELECT jsonb_build_array(to_jsonb(t) - '{version,name}'::text[], (SELECT jsonb_agg(c ORDER "  \
    "BY version) FROM skep.commits c), (SELECT jsonb_agg(r) FROM skep.refs r), (SELECT "           \
    "jsonb_agg(p) FROM skep.privileges p), (SELECT jsonb_agg(to_jsonb(s)) FROM "                   \
    "skep.column_statistics s), (SELECT jsonb_agg(l) FROM skep.constraints l))::text FROM "        \
    "skep.tables t"

START_TEST(a_dropped_table_comes_back_as_it_was)
{
    g_autofree char *location = make_table("t");
    g_autoptr(GError) error = NULL;

    g_free(test_postgres_run("INSERT INTO skep.refs SELECT id, 'v1', true, 9223372036854775807 "
                             "FROM skep.tables"));
    g_free(test_postgres_run(
        "INSERT INTO skep.privileges (object_type, table_id, principal_type, principal_name, "
        "privilege, grant_option, granted_s) SELECT 3, id, 1, 'ann', 'SELECT', false, 1 FROM "
        "skep.tables"));
    g_free(test_postgres_run(
        "INSERT INTO skep.column_statistics SELECT id, 5, 1, '', 'hive', 'a', 'bigint', 'bigint', "
        "'{\"high\": 9223372036854775807}' FROM skep.tables"));
    g_free(test_postgres_run(
        "INSERT INTO skep.constraints (table_id, kind, name, column_name, is_enabled, "
        "is_validated, is_relied_on) SELECT id, 1, 'pk', 'a', false, false, true FROM "
        "skep.tables"));
    g_autofree char *before = test_postgres_run(WHOLE_TABLE);
    g_autofree char *version = test_postgres_run("SELECT version::text FROM skep.tables");
    drop("t", FALSE);
    g_autoptr(GPtrArray) kept = catalog_dropped_list(fixture->catalog, NULL, "D", &error);
    test_assert_ok(kept, error);
    ck_assert_uint_eq(kept->len, 1);
    assert_text("SELECT count(*)::text FROM skep.commits", "0");

    g_autoptr(CatalogDroppedTable) back = undrop("T", NULL, &error);
    test_assert_ok(back, error);
    g_autofree char *after = test_postgres_run(WHOLE_TABLE);
    ck_assert_str_eq(after, before);
    g_autofree char *new_version = test_postgres_run("SELECT (version - 1)::text FROM skep.tables");
    ck_assert_str_eq(new_version, version);
    assert_text("SELECT count(*)::text FROM skep.dropped_tables", "0");
    assert_text("SELECT event_type FROM skep.events ORDER BY id DESC LIMIT 1", "CREATE_TABLE");
    g_autoptr(CatalogIcebergTable) loaded =
        catalog_iceberg_load(fixture->catalog, NULL, "d", "t", &error);
    test_assert_ok(loaded, error);
    ck_assert_str_eq(loaded->metadata_location, location);
    g_autoptr(CatalogIcebergTable) changed =
        test_catalog_set_property(fixture, "d", "t", "p", "back", &error);
    test_assert_ok(changed, error);
    drop("t", FALSE);
    back = (catalog_dropped_table_free(back), undrop("t", "u", &error));
    test_assert_ok(back, error);
    ck_assert_str_eq(back->name, "u");
}
END_TEST

START_TEST(a_name_is_free_at_once_and_what_has_it_stays)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *first = make_table("t");

    drop("t", FALSE);
    g_autofree char *second = make_table("t");
    ck_assert_str_ne(first, second);
    ck_assert_ptr_null(undrop("t", NULL, &error));
    test_assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
    assert_text("SELECT count(*)::text FROM skep.dropped_tables", "1");
    g_autoptr(CatalogDroppedTable) back = undrop("t", "old", &error);
    test_assert_ok(back, error);
    ck_assert_str_eq(back->metadata_location, first);
    ck_assert_ptr_null(undrop("t", "older", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_OBJECT);
}
END_TEST

START_TEST(a_kept_table_is_forgotten_in_time_and_its_files_stay)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *location = make_table("t");

    drop("t", FALSE);
    g_free(test_postgres_run("UPDATE skep.dropped_tables SET expires_ms = 1"));
    ck_assert_ptr_null(undrop("t", NULL, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_OBJECT);
    housekeep();
    assert_text("SELECT count(*)::text FROM skep.dropped_tables", "0");
    ck_assert(test_catalog_has_file(fixture, "d.db/t/metadata"));
}
END_TEST

START_TEST(a_table_without_its_file_or_its_namespace_does_not_come_back)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *location = make_table("t");
    g_autofree char *path = g_filename_from_uri(location, NULL, NULL);
    g_autofree char *content = NULL;

    drop("t", FALSE);
    test_assert_ok(catalog_namespace_drop(fixture->catalog, NULL, "d", TRUE, FALSE, &error), error);
    ck_assert(test_catalog_has_file(fixture, "d.db/t/metadata"));
    ck_assert_ptr_null(undrop("t", NULL, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_NAMESPACE);
    test_catalog_make_namespace(fixture, "d");
    ck_assert(g_file_get_contents(path, &content, NULL, NULL));
    ck_assert_int_eq(g_remove(path), 0);
    ck_assert_ptr_null(undrop("t", NULL, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_FILE);
    ck_assert(g_file_set_contents(path, content, -1, NULL));
    g_autoptr(CatalogDroppedTable) back = undrop("t", NULL, &error);
    test_assert_ok(back, error);
}
END_TEST

START_TEST(a_purge_ends_what_was_kept_of_the_same_table)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *location = make_table("t");

    drop("t", FALSE);
    g_autoptr(CatalogIcebergTable) again = catalog_iceberg_register(
        fixture->catalog, NULL, NULL, "d", "again", location, FALSE, &error);
    test_assert_ok(again, error);
    drop("again", TRUE);
    housekeep();
    ck_assert(!test_catalog_has_file(fixture, "d.db/t/metadata"));
    assert_text("SELECT count(*)::text FROM skep.dropped_tables", "0");
}
END_TEST

START_TEST(nothing_is_kept_when_that_is_off)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *location = make_table("t");
    const CatalogTableDropOptions options = {.kind = -1};
    CatalogOptions without;

    catalog_options_init(&without);
    without.undrop_retention_s = 0;
    g_autoptr(Catalog) server = catalog_new(&without, fixture->store, fixture->warehouse, &error);
    test_assert_ok(server, error);
    test_assert_ok(catalog_table_drop(server, NULL, "d", "t", &options, &error), error);
    assert_text("SELECT count(*)::text FROM skep.dropped_tables", "0");
    ck_assert(test_catalog_has_file(fixture, "d.db/t/metadata"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("task");
    TCase *tcase = tcase_create("task");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, a_purge_deletes_every_metadata_file_and_the_empty_directories);
    tcase_add_test(tcase, a_purge_that_is_interrupted_anywhere_goes_on);
    tcase_add_test(tcase, a_task_that_fails_waits_is_given_up_and_can_be_tried_again);
    tcase_add_test(tcase, a_task_is_one_servers_until_its_lease_ends_and_cancelled_for_good);
    tcase_add_test(tcase, files_below_another_table_and_outside_the_warehouse_are_left_and_counted);
    tcase_add_test(tcase, a_directory_is_deleted_but_for_the_tables_in_it);
    tcase_add_test(tcase, a_dropped_table_comes_back_as_it_was);
    tcase_add_test(tcase, a_name_is_free_at_once_and_what_has_it_stays);
    tcase_add_test(tcase, a_kept_table_is_forgotten_in_time_and_its_files_stay);
    tcase_add_test(tcase, a_table_without_its_file_or_its_namespace_does_not_come_back);
    tcase_add_test(tcase, a_purge_ends_what_was_kept_of_the_same_table);
    tcase_add_test(tcase, nothing_is_kept_when_that_is_off);
    suite_add_tcase(suite, tcase);
    return test_postgres_run_suite(suite);
}
