/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations: each once, in order, all or nothing, by however many servers at a time; and a
 * database that is not what the program expects is refused. */
#include <string.h>
#include "skep/error.h"
#include "store/migrate.h"
#include "support/test_postgres.h"

static const StoreMigration TWO[] = {
    {1, "0001_first",  "CREATE TABLE skep.a (n int); INSERT INTO skep.a VALUES (1);"},
    {2, "0002_second", "ALTER TABLE skep.a ADD COLUMN m int;"                       },
    {0, NULL,          NULL                                                         }
};
static const StoreMigration CHANGED[] = {
    {1, "0001_first", "CREATE TABLE skep.a (n bigint);"},
    {0, NULL,         NULL                             }
};
static const StoreMigration BROKEN[] = {
    {1, "0001_first",  "CREATE TABLE skep.a (n int); INSERT INTO skep.a VALUES (1);"},
    {2, "0002_second", "CREATE TABLE skep.b (n int); SELECT nonsense;"              },
    {0, NULL,          NULL                                                         }
};

typedef struct {
    char *uri;
    Store *store;
} Database;

static Database
new_database(void)
{
    StoreOptions options;
    Database database = {.uri = test_postgres_new_database()};
    store_options_init(&options);
    options.uri = database.uri;
    database.store = test_postgres_open_with(&options);
    return database;
}

static void
drop_database(Database *database)
{
    store_close(database->store);
    g_free(database->uri);
}

static guint
migrate(Store *store, const StoreMigration *migrations, gboolean dry_run)
{
    guint applied = 99;
    g_autoptr(GError) error = NULL;
    gboolean ok = store_migrate_list(store, migrations, dry_run, &applied, &error);
    ck_assert_msg(ok, "%s", error != NULL ? error->message : "");
    return applied;
}

START_TEST(migrations_are_applied_once)
{
    Database database = new_database();
    ck_assert_uint_eq(migrate(database.store, TWO, TRUE), 2);
    g_autofree char *schema =
        test_postgres_run_at(database.uri, "SELECT to_regnamespace('skep')::text");
    ck_assert_ptr_null(schema);
    ck_assert_uint_eq(migrate(database.store, TWO, FALSE), 2);
    ck_assert_uint_eq(migrate(database.store, TWO, FALSE), 0);
    ck_assert_uint_eq(migrate(database.store, TWO, TRUE), 0);
    g_autofree char *rows = test_postgres_run_at(database.uri, "SELECT count(*) FROM skep.a");
    ck_assert_str_eq(rows, "1");
    drop_database(&database);
}
END_TEST

START_TEST(the_program_s_own_migrations_make_a_database_that_answers_ping)
{
    Database database = new_database();
    guint applied = 0;
    g_autoptr(GError) error = NULL;
    ck_assert(!store_ping(database.store, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_UNAVAILABLE));
    ck_assert_ptr_nonnull(strstr(error->message, "skepd migrate"));
    ck_assert(store_migrate(database.store, FALSE, &applied, NULL));
    ck_assert_uint_eq(applied, store_schema_version_known());
    ck_assert(store_ping(database.store, NULL));
    ck_assert(store_wait(database.store, 0, NULL));
    g_autofree char *durability = store_durability(database.store, NULL);
    ck_assert_ptr_nonnull(strstr(durability, "standbys: none"));
    drop_database(&database);
}
END_TEST

static gpointer
migrate_alone(gpointer uri)
{
    StoreOptions options;
    guint applied = 0;
    store_options_init(&options);
    options.uri = uri;
    g_autoptr(Store) store = test_postgres_open_with(&options);
    g_autoptr(GError) error = NULL;
    if (!store_migrate(store, FALSE, &applied, &error)) {
        g_printerr("%s: %s\n", error->message, skep_error_detail(error));
        return NULL;
    }
    return GUINT_TO_POINTER(applied + 1);
}

START_TEST(servers_that_start_together_apply_each_migration_once)
{
    Database database = new_database();
    GThread *threads[4];
    guint applied = 0;
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++) {
        threads[i] = g_thread_new("migrate", migrate_alone, database.uri);
    }
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++) {
        guint result = GPOINTER_TO_UINT(g_thread_join(threads[i]));
        ck_assert_uint_ge(result, 1);
        applied += result - 1;
    }
    ck_assert_uint_eq(applied, store_schema_version_known());
    ck_assert(store_ping(database.store, NULL));
    drop_database(&database);
}
END_TEST

static void
expect_refusal(Store *store, const StoreMigration *migrations, const char *word)
{
    for (int dry_run = 0; dry_run <= 1; dry_run++) {
        g_autoptr(GError) error = NULL;
        ck_assert(!store_migrate_list(store, migrations, dry_run, NULL, &error));
        ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_INVALID_OPERATION));
        ck_assert_msg(strstr(error->message, word) != NULL, "%s", error->message);
    }
}

START_TEST(a_newer_or_edited_database_is_refused)
{
    static const StoreMigration only_first[] = {
        {1, "0001_first", "CREATE TABLE skep.a (n int); INSERT INTO skep.a VALUES (1);"},
        {0, NULL,         NULL                                                         }
    };
    Database database = new_database();
    ck_assert_uint_eq(migrate(database.store, TWO, FALSE), 2);
    expect_refusal(database.store, only_first, "newer");
    g_free(test_postgres_run_at(database.uri, "DELETE FROM skep.migrations WHERE number = 2"));
    expect_refusal(database.store, CHANGED, "another form");
    g_free(test_postgres_run_at(database.uri, "UPDATE skep.migrations SET number = 2"));
    expect_refusal(database.store, TWO, "lacks migration 1");
    drop_database(&database);
}
END_TEST

START_TEST(a_migration_that_fails_leaves_the_ones_before_it)
{
    Database database = new_database();
    g_autoptr(GError) error = NULL;
    ck_assert(!store_migrate_list(database.store, BROKEN, FALSE, NULL, &error));
    ck_assert_msg(strstr(error->message, "0002_second") != NULL, "%s", error->message);
    g_autofree char *state = test_postgres_run_at(
        database.uri, "SELECT concat(to_regclass('skep.b'), max(number)) FROM skep.migrations");
    ck_assert_str_eq(state, "1");
    ck_assert_uint_eq(migrate(database.store, TWO, FALSE), 1);
    drop_database(&database);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("store migrations");
    TCase *tests = tcase_create("migrations");
    tcase_add_test(tests, migrations_are_applied_once);
    tcase_add_test(tests, the_program_s_own_migrations_make_a_database_that_answers_ping);
    tcase_add_test(tests, servers_that_start_together_apply_each_migration_once);
    tcase_add_test(tests, a_newer_or_edited_database_is_refused);
    tcase_add_test(tests, a_migration_that_fails_leaves_the_ones_before_it);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
