/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: each catalog's files stay in its own warehouse, a change of one holds on every server, and
 * nothing secret can be read from the database. Method: two catalogs over one PostgreSQL, as two
 * servers have them. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "skep/catalog_info.h"
#include "skep/catalog_warehouse.h"
#include "skep/error.h"
#include "skep/secret_box.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define S3(endpoint, more)                                                                         \
    "\"storage\":{\"endpoint\":\"" endpoint "\",\"access-key-id\":\"AK\",\"secret-access-key\":"   \
    "\"canary-secret\",\"session-token\":\"canary-token\"" more "}"

static TestCatalog *fixture;
static SecretKeys *keys;
static Catalog *first, *second; /* servers */

static SecretKeys *
load_keys(const char *text)
{
    g_autofree char *file = g_build_filename(fixture->directory, "keys", NULL);
    SecretKeys *loaded;

    ck_assert(g_file_set_contents(file, text, -1, NULL));
    loaded = secret_keys_load(file, NULL);
    ck_assert_ptr_nonnull(loaded);
    return loaded;
}

static Catalog *
open_server(const SecretKeys *secrets)
{
    CatalogOptions options;
    Catalog *catalog;
    g_autoptr(GError) error = NULL;

    catalog_options_init(&options);
    options.secrets = secrets;
    catalog = catalog_new(&options, fixture->store, fixture->warehouse, &error);
    test_assert_ok(catalog, error);
    return catalog;
}

static void
setup(void)
{
    fixture = test_catalog_open();
    keys = load_keys("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    first = open_server(keys);
    second = open_server(keys);
}

static void
teardown(void)
{
    g_clear_pointer(&first, catalog_free);
    g_clear_pointer(&second, catalog_free);
    g_clear_pointer(&keys, secret_keys_free);
    test_catalog_close(fixture);
}

/* `members` with $ROOT for the directory of the server's own warehouse. */
static CatalogWarehouse *
make(Catalog *catalog, const char *members, gboolean skip_check, GError **error)
{
    g_autoptr(GString) text = g_string_new(members);
    g_autoptr(cJSON) wanted = NULL;

    g_string_replace(text, "$ROOT", fixture->directory, 0);
    wanted = test_catalog_json(text->str);
    return catalog_warehouse_create(catalog, NULL, wanted, skip_check, error);
}

static CatalogWarehouse *
alter(Catalog *catalog, const char *name, const char *members, GError **error)
{
    g_autoptr(GString) text = g_string_new(members);
    g_autoptr(cJSON) change = NULL;

    g_string_replace(text, "$ROOT", fixture->directory, 0);
    change = test_catalog_json(text->str);
    return catalog_warehouse_alter(catalog, name, change, TRUE, error);
}

static CatalogIcebergTable *
make_table(Catalog *catalog,
           const char *catalog_name,
           const char *name,
           const char *location,
           GError **error)
{
    g_autofree char *text = g_strdup_printf(
        "{\"name\":\"%s\",\"location\":\"%s\",\"schema\":{\"type\":\"struct\",\"schema-id\":0,"
        "\"fields\":[{\"id\":1,\"name\":\"id\",\"required\":false,\"type\":\"long\"}]}}",
        name, location);
    g_autoptr(cJSON) request = test_catalog_json(text);

    return catalog_iceberg_create(catalog, NULL, catalog_name, "default", request, error);
}

START_TEST(tables_stay_in_the_warehouse_of_their_catalog)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogWarehouse) made =
        make(first, "{\"name\":\"Lake\",\"location\":\"file://$ROOT/lake\"}", FALSE, &error);
    g_autoptr(CatalogIcebergTable) table = NULL;
    g_autofree char *inside = g_strconcat("file://", fixture->directory, "/lake/t", NULL);
    g_autofree char *sibling = g_strconcat("file://", fixture->directory, "/lake2/t", NULL);

    test_assert_ok(made, error);
    ck_assert_str_eq(made->name, "lake");
    ck_assert(made->is_own && made->version == 1 && !made->storage);
    table = make_table(second, "lake", "t", "", &error);
    test_assert_ok(table, error);
    ck_assert(g_str_has_prefix(table->metadata_location, inside));
    ck_assert(!test_catalog_has_file(fixture, "lake/_skep_check"));
    ck_assert_ptr_null(make_table(second, "lake", "u", sibling, &error));
    test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
    ck_assert_ptr_null(
        make(first, "{\"name\":\"away\",\"location\":\"file:///nowhere/skep\"}", TRUE, &error));
    test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

START_TEST(a_narrowed_warehouse_is_narrow_on_every_server)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogWarehouse) made =
        make(first,
             "{\"name\":\"lake\",\"location\":\"file://$ROOT/lake\",\"allowed-prefixes\":"
             "[\"file://$ROOT/more\"]}",
             TRUE, &error);
    g_autofree char *more = g_strconcat("file://", fixture->directory, "/more/t", NULL);
    g_autofree char *more_too = g_strconcat("file://", fixture->directory, "/more/u", NULL);
    g_autoptr(CatalogIcebergTable) table = NULL;
    g_autoptr(CatalogWarehouse) narrowed = NULL;

    test_assert_ok(made, error);
    table = make_table(second, "lake", "t", more, &error);
    test_assert_ok(table, error);
    narrowed = alter(first, "lake", "{\"allowed-prefixes\":null,\"description\":\"x\"}", &error);
    test_assert_ok(narrowed, error);
    ck_assert_int_eq(narrowed->version, 2);
    ck_assert_ptr_null(make_table(first, "lake", "u", more_too, &error));
    test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
    g_usleep(G_USEC_PER_SEC + 100000);
    ck_assert_ptr_null(make_table(second, "lake", "u", more_too, &error));
    test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
    ck_assert_ptr_null(catalog_iceberg_load(second, "lake", "default", "t", &error));
    test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

START_TEST(a_name_made_again_is_another_warehouse)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogWarehouse) made =
        make(first, "{\"name\":\"lake\",\"location\":\"file://$ROOT/one\"}", TRUE, &error);
    g_autoptr(CatalogWarehouse) again = NULL;
    g_autoptr(GPtrArray) steps = NULL;

    test_assert_ok(made, error);
    steps = catalog_warehouse_check(second, "lake", &error);
    test_assert_ok(steps, error);
    ck_assert_uint_eq(steps->len, 4);
    for (guint i = 0; i < steps->len; i++)
        ck_assert_ptr_null(((CatalogWarehouseStep *)steps->pdata[i])->problem);
    test_assert_ok(catalog_info_drop(first, "lake", &error), error);
    again = make(first, "{\"name\":\"lake\",\"location\":\"file://$ROOT/two\"}", TRUE, &error);
    test_assert_ok(again, error);
    g_usleep(G_USEC_PER_SEC + 100000);
    ck_assert_ptr_null(make_table(second, "lake", "t", made->location, &error));
    test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

START_TEST(secrets_are_sealed_kept_and_never_shown)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogWarehouse) made = make(
        first, "{\"name\":\"s\",\"location\":\"s3://b/s\"," S3("http://h1", "") "}", TRUE, &error);
    g_autoptr(CatalogWarehouse) altered = NULL;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *seen = NULL;

    test_assert_ok(made, error);
    ck_assert(made->has_secret);
    ck_assert_ptr_null(made->storage->secret_access_key);
    ck_assert_str_eq(made->storage->access_key_id, "AK");
    before =
        test_postgres_run("SELECT key_id || encode(sealed_secrets, 'hex') FROM skep.warehouses");
    altered = alter(first, "s", "{\"storage\":{\"region\":\"eu\"}}", &error);
    test_assert_ok(altered, error);
    ck_assert(altered->has_secret);
    ck_assert_str_eq(altered->storage->endpoint, "http://h1");
    after =
        test_postgres_run("SELECT key_id || encode(sealed_secrets, 'hex') FROM skep.warehouses");
    ck_assert(strncmp(before, after, 16) == 0 && strcmp(before, after) != 0);
    seen = test_postgres_run("SELECT count(*) FROM (SELECT w::text AS t FROM skep.warehouses w "
                             "UNION ALL SELECT e::text FROM skep.events e "
                             "UNION ALL SELECT c::text FROM skep.catalogs c) all_rows "
                             "WHERE t LIKE '%canary%' OR t LIKE '%' || encode('canary', 'hex') "
                             "|| '%'");
    ck_assert_str_eq(seen, "0");
}
END_TEST

START_TEST(without_a_key_no_secret_is_kept)
{
    g_autoptr(GError) error = NULL;
    Catalog *bare = open_server(NULL);
    g_autoptr(CatalogWarehouse) refused = make(
        bare, "{\"name\":\"s\",\"location\":\"s3://b/s\"," S3("http://h1", "") "}", TRUE, &error);
    g_autoptr(CatalogWarehouse) made = NULL;

    ck_assert_ptr_null(refused);
    ck_assert_ptr_nonnull(strstr(error->message, "secrets_key_file"));
    ck_assert_ptr_null(strstr(error->message, "canary"));
    test_assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
    made = make(bare,
                "{\"name\":\"e\",\"location\":\"s3://b/e\",\"storage\":{\"key-source\":"
                "\"environment\"}}",
                TRUE, &error);
    test_assert_ok(made, error);
    ck_assert(!made->has_secret);
    catalog_free(bare);
}
END_TEST

START_TEST(a_new_key_reads_the_old_and_seals_at_the_next_change)
{
    static const char both[] = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\n"
                               "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    static const char of_new[] = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogWarehouse) made = make(
        first, "{\"name\":\"s\",\"location\":\"s3://b/s\"," S3("http://h1", "") "}", TRUE, &error);
    g_autoptr(SecretKeys) rotated = load_keys(both);
    g_autoptr(SecretKeys) only_new = load_keys(of_new);
    Catalog *turning = open_server(rotated);
    Catalog *turned = open_server(only_new);
    g_autoptr(CatalogWarehouse) sealed = NULL;
    g_autoptr(CatalogWarehouse) given = NULL;
    g_autoptr(GPtrArray) steps = NULL;

    test_assert_ok(made, error);
    ck_assert_ptr_null(catalog_warehouse_check(turned, "s", &error));
    test_assert_fact(error, SKEP_ERROR_UNAVAILABLE);
    ck_assert_ptr_null(alter(turned, "s", "{}", &error)); /* they would have to be given again */
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    sealed = alter(turning, "s", "{}", &error);
    test_assert_ok(sealed, error);
    steps = catalog_warehouse_check(turned, "s", &error);
    test_assert_ok(steps, error);
    given = alter(first, "s", "{\"storage\":{\"secret-access-key\":\"canary-new\"}}", &error);
    test_assert_ok(given, error);
    catalog_free(turning);
    catalog_free(turned);
}
END_TEST

START_TEST(sealed_secrets_of_one_row_are_not_anothers)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogWarehouse) a = make(
        first, "{\"name\":\"a\",\"location\":\"s3://b/a\"," S3("http://h1", "") "}", TRUE, &error);
    g_autoptr(CatalogWarehouse) b = make(
        first, "{\"name\":\"b\",\"location\":\"s3://b/b\"," S3("http://h1", "") "}", TRUE, &error);

    test_assert_ok(a && b, error);
    g_free(test_postgres_run("UPDATE skep.warehouses w SET sealed_secrets = o.sealed_secrets "
                             "FROM skep.warehouses o WHERE o.catalog_id <> w.catalog_id"));
    ck_assert_ptr_null(catalog_warehouse_check(first, "a", &error));
    test_assert_fact(error, SKEP_ERROR_INTERNAL);
}
END_TEST

START_TEST(no_place_of_a_store_is_in_two_warehouses)
{
    static const char *const overlapping[] = {
        "{\"name\":\"x\",\"location\":\"s3://b/a\"," S3("http://h1", "") "}",
        "{\"name\":\"x\",\"location\":\"s3a://b/a/deeper\"," S3("http://H1/", "") "}",
        "{\"name\":\"x\",\"location\":\"S3://b\"," S3("http://h1", "") "}",
        "{\"name\":\"x\",\"location\":\"s3://c/x\",\"allowed-prefixes\":[\"s3n://b/a/y/\"]," S3(
            "http://h1", "") "}",
        "{\"name\":\"x\",\"location\":\"s3://b/more\"," S3(
            "http://inside", ",\"endpoint-external\":\"http://h1\"") "}",
    };
    static const char *const apart[] = {
        "{\"name\":\"y\",\"location\":\"s3://b/a10\"," S3("http://h1", "") "}",
        "{\"name\":\"z\",\"location\":\"s3://b/a\"," S3("http://h2", "") "}",
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogWarehouse) made =
        make(first,
             "{\"name\":\"a\",\"location\":\"s3://b/a\",\"allowed-prefixes\":[\"s3://b/more\"]," S3(
                 "http://h1", "") "}",
             TRUE, &error);

    test_assert_ok(made, error);
    for (gsize i = 0; i < G_N_ELEMENTS(overlapping); i++) {
        ck_assert_msg(!make(first, overlapping[i], TRUE, &error), "%s", overlapping[i]);
        test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(apart); i++) {
        g_autoptr(CatalogWarehouse) other = make(first, apart[i], TRUE, &error);

        test_assert_ok(other, error);
    }
}
END_TEST

/* One of several that are made or changed at the same moment. */
typedef struct {
    Catalog *server;
    const char *changes; /* NULL: makes one */
    const char *members;
    CatalogWarehouse *done;
    GError *failure;
} Racer;

static gpointer
run_racer(gpointer data)
{
    Racer *racer = data;

    racer->done = racer->changes
                      ? alter(racer->server, racer->changes, racer->members, &racer->failure)
                      : make(racer->server, racer->members, TRUE, &racer->failure);
    return NULL;
}

static gpointer
hold_the_lock(gpointer data)
{
    g_free(test_postgres_run(data));
    return NULL;
}

static void
wait_for_locks(const char *condition, const char *count)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND %s", condition);

    for (guint i = 0; i < 6000; i++) {
        g_autofree char *found = test_postgres_run(sql);

        if (strcmp(found, count) == 0)
            return;
        g_usleep(10000);
    }
    ck_abort_msg("not %s locks with %s", count, condition);
}

/* Both have looked for overlaps, seen none, and stand at the lock when it is let go. */
static void
race(Racer *a, Racer *b)
{
    static char hold[] = "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('skep.warehouses', "
                         "0)); DO $$ BEGIN "
                         "FOR i IN 1..6000 LOOP "
                         "EXIT WHEN (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND "
                         "NOT granted) = 2; PERFORM pg_sleep(0.01); END LOOP; END $$; ROLLBACK";
    GThread *holder = g_thread_new("holder", hold_the_lock, hold);
    GThread *first_racer, *second_racer;

    wait_for_locks("granted", "1");
    first_racer = g_thread_new("a", run_racer, a);
    second_racer = g_thread_new("b", run_racer, b);
    g_thread_join(first_racer);
    g_thread_join(second_racer);
    g_thread_join(holder);
    ck_assert_msg(!a->done != !b->done, "%s", a->done ? "both were made" : "none was made");
    test_assert_fact(*(a->done ? &b->failure : &a->failure), SKEP_ERROR_FORBIDDEN);
    g_clear_pointer(&a->done, catalog_warehouse_free);
    g_clear_pointer(&b->done, catalog_warehouse_free);
}

START_TEST(of_two_that_overlap_at_the_same_moment_one_is_made)
{
    Racer outer = {first, NULL,
                   "{\"name\":\"a\",\"location\":\"s3://b/x\"," S3("http://h1", "") "}", NULL,
                   NULL};
    Racer inner = {second, NULL,
                   "{\"name\":\"b\",\"location\":\"s3://b/x/y\"," S3("http://h1", "") "}", NULL,
                   NULL};
    Racer changed = {first, "c", "{\"allowed-prefixes\":[\"s3://b/more\"]}", NULL, NULL};
    Racer fresh = {second, NULL,
                   "{\"name\":\"d\",\"location\":\"s3://b/more/d\"," S3("http://h1", "") "}", NULL,
                   NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogWarehouse) made = NULL;

    race(&outer, &inner);
    made = make(first, "{\"name\":\"c\",\"location\":\"s3://b/c\"," S3("http://h1", "") "}", TRUE,
                &error);
    test_assert_ok(made, error);
    race(&changed, &fresh);
}
END_TEST

START_TEST(what_does_not_work_is_not_stored)
{
    static const char *const bad[] = {
        "{\"name\":\"x\"}",
        "{\"name\":\"x\",\"location\":\"s3://b/x\"}",
        "{\"name\":\"x\",\"location\":\"file://$ROOT/x\"," S3("http://h1", "") "}",
        "{\"name\":\"x\",\"location\":\"file://$ROOT/x\",\"colour\":1}",
        "{\"name\":\"x\",\"location\":\"file://$ROOT/x\",\"allowed-prefixes\":[\"s3://b/x\"]}",
        "{\"name\":\"x\",\"location\":\"gs://b/x\"," S3("http://h1", "") "}",
        "{\"name\":\"x\",\"location\":\"file://$ROOT/../x\"}",
    };
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        ck_assert_msg(!make(first, bad[i], TRUE, &error), "%s", bad[i]);
        test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    }
    ck_assert_ptr_null(
        make(first, "{\"name\":\"x\",\"location\":\"s3://b/x\"," S3("http://127.0.0.1:1", "") "}",
             FALSE, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "write: "));
    test_assert_fact(error, SKEP_ERROR_UNPROCESSABLE);
    ck_assert_ptr_null(catalog_warehouse_find(first, "x", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_CATALOG);
}
END_TEST

START_TEST(catalogs_without_one_share_the_servers)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogInfo) wanted = catalog_info_new();
    g_autoptr(CatalogWarehouse) own =
        make(first, "{\"name\":\"lake\",\"location\":\"file://$ROOT/lake\"}", TRUE, &error);
    g_autoptr(CatalogWarehouse) shared = NULL;
    g_autoptr(CatalogWarehouse) home = NULL;
    g_autoptr(GPtrArray) list = NULL;

    test_assert_ok(own, error);
    wanted->name = g_strdup("plain");
    wanted->location = g_strconcat("file://", fixture->directory, "/plain", NULL);
    test_assert_ok(catalog_info_create(first, NULL, wanted, &error), error);
    shared = catalog_warehouse_find(first, "plain", &error);
    home = catalog_warehouse_find(first, NULL, &error);
    test_assert_ok(shared && home, error);
    ck_assert(!shared->is_own && !home->is_own);
    ck_assert_str_eq(shared->allowed_prefixes[0], home->location);
    ck_assert_ptr_null(alter(first, "plain", "{}", &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
    list = catalog_warehouse_list(first, &error);
    ck_assert_uint_eq(list->len, 3);
    ck_assert(!catalog_info_alter(first, "lake", wanted, &error)); /* by another name */
    test_assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
    g_clear_pointer(&wanted->name, g_free);
    ck_assert(!catalog_info_alter(first, "lake", wanted, &error)); /* by another location */
    ck_assert_ptr_nonnull(strstr(error->message, "warehouse of its own"));
    test_assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("warehouses");
    TCase *tests = tcase_create("warehouses");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, tables_stay_in_the_warehouse_of_their_catalog);
    tcase_add_test(tests, a_narrowed_warehouse_is_narrow_on_every_server);
    tcase_add_test(tests, a_name_made_again_is_another_warehouse);
    tcase_add_test(tests, secrets_are_sealed_kept_and_never_shown);
    tcase_add_test(tests, without_a_key_no_secret_is_kept);
    tcase_add_test(tests, a_new_key_reads_the_old_and_seals_at_the_next_change);
    tcase_add_test(tests, sealed_secrets_of_one_row_are_not_anothers);
    tcase_add_test(tests, no_place_of_a_store_is_in_two_warehouses);
    tcase_add_test(tests, of_two_that_overlap_at_the_same_moment_one_is_made);
    tcase_add_test(tests, what_does_not_work_is_not_stored);
    tcase_add_test(tests, catalogs_without_one_share_the_servers);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
