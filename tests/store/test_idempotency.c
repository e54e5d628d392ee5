/* SPDX-License-Identifier: Apache-2.0 */
/* Changes with an idempotency key on a real PostgreSQL: the answer is there when the change is, a
 * key takes effect once, on any number of servers, and what changed nothing leaves the key free. */
#include <string.h>

#include "skep/catalog_idempotency.h"
#include "skep/error.h"
#include "skep/store_idempotency.h"
#include "skep/store_namespace.h"
#include "skep/store_table.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define SERVERS 6

static TestCatalog *fixture;
static char *key;

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "d");
    key = g_uuid_string_random();
    g_free(test_postgres_run("TRUNCATE skep.idempotency_keys"));
}

static void
teardown(void)
{
    g_free(key);
    test_catalog_close(fixture);
}

static void
assert_count(const char *table, gint64 expected)
{
    g_autofree char *sql = g_strdup_printf("SELECT count(*)::text FROM skep.%s", table);
    g_autofree char *count = test_postgres_run(sql);

    ck_assert_int_eq(g_ascii_strtoll(count, NULL, 10), expected);
}

static StoreIdempotency *
make_record(char filling)
{
    StoreIdempotency *record = store_idempotency_new(key);

    memset(record->digest, filling, sizeof record->digest);
    record->status = 200;
    record->lifetime_ms = 60000;
    return record;
}

/* What is kept under the key; NULL: nothing. */
static StoreIdempotency *
find_record(void)
{
    g_autoptr(GError) error = NULL;
    StoreIdempotency *found = NULL;

    test_assert_ok(store_idempotency_find(fixture->store, key, &found, &error), error);
    return found;
}

static char *
print_name(gconstpointer made)
{
    const CatalogNamespace *namespace_ = made;

    return g_strdup(namespace_->name);
}

static Catalog *
open_keyed(Catalog *server, const char *with_key, char filling, CatalogPrintFunc print)
{
    guint8 digest[CATALOG_DIGEST_BYTES];
    CatalogKeyedRequest request = {with_key, digest, 200, print};
    g_autoptr(GError) error = NULL;
    Catalog *keyed;

    memset(digest, filling, sizeof digest);
    keyed = catalog_keyed_new(server, &request, &error);
    test_assert_ok(keyed, error);
    return keyed;
}

static CatalogIcebergTable *
commit_property(Catalog *server, const char *property, GError **error)
{
    g_autofree char *text = g_strdup_printf(
        "[{\"action\": \"set-properties\", \"updates\": {\"%s\": \"v\"}}]", property);
    g_autoptr(cJSON) updates = test_catalog_json(text);

    return catalog_iceberg_commit(server, NULL, NULL, "d", "t", NULL, updates, error);
}

START_TEST(a_change_and_its_answer_become_true_together)
{
    Catalog *keyed = open_keyed(fixture->catalog, key, 'a', print_name);
    g_autoptr(CatalogNamespace) wanted = catalog_namespace_new();
    g_autoptr(CatalogNamespace) made = NULL;
    g_autoptr(CatalogKeptAnswer) kept = NULL;
    g_autoptr(GError) error = NULL;

    test_assert_ok(catalog_keyed_find(keyed, &kept, &error), error);
    ck_assert_ptr_null(kept);
    wanted->name = g_strdup("made");
    made = catalog_namespace_create(keyed, NULL, wanted, &error);
    test_assert_ok(made, error);
    ck_assert(catalog_keyed_is_written(keyed));
    test_assert_ok(catalog_keyed_find(keyed, &kept, &error), error);
    ck_assert_uint_eq(kept->status, 200);
    ck_assert_str_eq(kept->body, "made");
    catalog_keyed_free(keyed);
}
END_TEST

START_TEST(a_commit_keeps_the_place_of_the_document_that_it_wrote)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    Catalog *keyed = open_keyed(fixture->catalog, key, 'a', NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) done = commit_property(keyed, "p", &error);
    g_autoptr(CatalogIcebergTable) again = NULL;
    g_autoptr(StoreIdempotency) record = find_record();

    test_assert_ok(done, error);
    ck_assert_str_eq(record->metadata_location, done->metadata_location);
    again = catalog_keyed_load(keyed, NULL, record->metadata_location, &error);
    test_assert_ok(again, error);
    ck_assert(g_bytes_equal(again->metadata, done->metadata));
    catalog_keyed_free(keyed);
}
END_TEST

START_TEST(a_key_of_another_request_is_told_apart)
{
    Catalog *keyed;
    g_autoptr(StoreIdempotency) record = make_record('a');
    g_autoptr(CatalogKeptAnswer) kept = NULL;
    g_autoptr(GError) error = NULL;
    gboolean was_free = FALSE;

    test_assert_ok(store_idempotency_keep(fixture->store, record, &was_free, &error), error);
    ck_assert(was_free);
    keyed = open_keyed(fixture->catalog, key, 'b', NULL);
    ck_assert(!catalog_keyed_find(keyed, &kept, &error));
    test_assert_fact(error, SKEP_ERROR_UNPROCESSABLE);
    catalog_keyed_free(keyed);
}
END_TEST

START_TEST(a_change_under_a_taken_key_is_rolled_back)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(StoreIdempotency) record = make_record('a');
    g_autoptr(GError) error = NULL;
    gboolean was_free = FALSE;
    Catalog *keyed;

    test_assert_ok(store_idempotency_keep(fixture->store, record, &was_free, &error), error);
    keyed = open_keyed(fixture->catalog, key, 'a', NULL);
    ck_assert_ptr_null(commit_property(keyed, "p", &error));
    test_assert_fact(error, SKEP_ERROR_KEY_TAKEN);
    ck_assert(!catalog_keyed_is_written(keyed));
    catalog_keyed_free(keyed);
    assert_count("commits", 1);
}
END_TEST

START_TEST(a_swap_that_loses_leaves_the_key_free)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) before = catalog_table_find(fixture->catalog, NULL, "d", "t", &error);
    g_autoptr(CatalogTable) after = catalog_table_copy(before);
    g_autoptr(StoreIdempotency) record = make_record('a');
    Store *keyed = store_keyed_new(fixture->store, record);
    StoreTableWrite write = {.before = before, .after = after};
    StoreTableOutcome outcome;

    before->version--;
    test_assert_ok(store_table_write(keyed, &write, &outcome, NULL, NULL, &error), error);
    ck_assert_int_eq(outcome, STORE_TABLE_MOVED_ON);
    test_assert_ok(store_table_write_many(keyed, &write, 1, &outcome, &error), error);
    ck_assert_int_eq(outcome, STORE_TABLE_MOVED_ON);
    ck_assert(!record->is_written);
    ck_assert_ptr_null(find_record());
    before->version++;
    test_assert_ok(store_table_write(keyed, &write, &outcome, NULL, NULL, &error), error);
    ck_assert_int_eq(outcome, STORE_TABLE_WRITTEN);
    ck_assert(record->is_written);
    assert_count("idempotency_keys", 1);
    store_keyed_free(keyed);
}
END_TEST

START_TEST(a_change_that_fails_leaves_the_key_free)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogNamespace) present =
        catalog_namespace_find(fixture->catalog, NULL, "d", &error);
    g_autoptr(CatalogNamespace) gone = catalog_namespace_copy(present);
    g_autoptr(StoreIdempotency) record = make_record('a');
    Store *keyed = store_keyed_new(fixture->store, record);
    gboolean changed = TRUE;

    ck_assert(!store_namespace_create(keyed, present, NULL, NULL, &error));
    test_assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
    ck_assert_ptr_null(find_record());
    gone->id += 1000000;
    test_assert_ok(store_namespace_replace(keyed, gone, gone, &changed, &error), error);
    ck_assert(!changed);
    test_assert_ok(
        store_namespace_drop(keyed, gone, &(StoreNamespaceDrop){0}, &changed, NULL, NULL, &error),
        error);
    ck_assert(!changed);
    ck_assert_ptr_null(find_record());
    store_keyed_free(keyed);
}
END_TEST

START_TEST(a_key_whose_time_is_over_is_free_and_tidied_away)
{
    g_autoptr(StoreIdempotency) record = make_record('a');
    g_autoptr(StoreIdempotency) found = NULL;
    g_autoptr(GError) error = NULL;
    gboolean was_free = FALSE;

    record->lifetime_ms = -1;
    test_assert_ok(store_idempotency_keep(fixture->store, record, &was_free, &error), error);
    ck_assert_ptr_null(find_record());
    record->lifetime_ms = 60000;
    record->status = 204;
    test_assert_ok(store_idempotency_keep(fixture->store, record, &was_free, &error), error);
    ck_assert(was_free);
    test_assert_ok(store_idempotency_keep(fixture->store, record, &was_free, &error), error);
    ck_assert(!was_free);
    test_assert_ok(catalog_housekeep(fixture->catalog, &error), error);
    found = find_record();
    ck_assert_int_eq(found->status, 204);
    g_free(test_postgres_run("UPDATE skep.idempotency_keys SET expires_ms = 1"));
    test_assert_ok(catalog_housekeep(fixture->catalog, &error), error);
    assert_count("idempotency_keys", 0);
}
END_TEST

/* --- several servers --- */

/* One of several servers over one database, with a key that may be the same for all. */
typedef struct {
    char *key;
    int number;
    gboolean won;
} Server;

static gpointer
commit_on_server(gpointer data)
{
    Server *server = data;
    g_autoptr(GError) error = NULL;
    g_autofree char *property = g_strdup_printf("k%d", server->number);
    g_autoptr(CatalogIcebergTable) done = NULL;
    CatalogOptions options;
    Catalog *catalog, *keyed;

    catalog_options_init(&options);
    catalog = catalog_new(&options, fixture->store, fixture->warehouse, &error);
    test_assert_ok(catalog, error);
    keyed = open_keyed(catalog, server->key, 'a', NULL);
    done = commit_property(keyed, property, &error);
    ck_assert_msg(done || skep_error_fact(error) == SKEP_ERROR_KEY_TAKEN, "%s",
                  error ? error->message : "");
    server->won = done != NULL;
    catalog_keyed_free(keyed);
    catalog_free(catalog);
    return NULL;
}

/* How many of them won. */
static int
run_servers(gboolean one_key)
{
    Server servers[SERVERS];
    GThread *threads[SERVERS];
    int won = 0;

    for (int i = 0; i < SERVERS; i++) {
        servers[i] = (Server){one_key ? g_strdup(key) : g_uuid_string_random(), i, FALSE};
        threads[i] = g_thread_new("server", commit_on_server, &servers[i]);
    }
    for (int i = 0; i < SERVERS; i++) {
        g_thread_join(threads[i]);
        won += servers[i].won ? 1 : 0;
        g_free(servers[i].key);
    }
    return won;
}

START_TEST(of_many_servers_with_one_key_exactly_one_commits)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");

    ck_assert_int_eq(run_servers(TRUE), 1);
    assert_count("commits", 2);
    assert_count("idempotency_keys", 1);
}
END_TEST

START_TEST(commits_that_are_rebased_keep_their_key_once_and_all_land)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");

    ck_assert_int_eq(run_servers(FALSE), SERVERS);
    assert_count("commits", SERVERS + 1);
    assert_count("idempotency_keys", SERVERS);
}
END_TEST

/* --- lost answers --- */

static gint stop_killing;

static gpointer
kill_sessions(gpointer data)
{
    (void)data;
    while (!g_atomic_int_get(&stop_killing)) {
        test_postgres_terminate_sessions();
        g_usleep(20000);
    }
    return NULL;
}

/* As a client repeats a request until it is answered. */
static void
commit_until_answered(const char *with_key, const char *property)
{
    gboolean answered = FALSE;

    for (int attempt = 0; attempt < 100 && !answered; attempt++) {
        Catalog *keyed = open_keyed(fixture->catalog, with_key, 'a', NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(CatalogKeptAnswer) kept = NULL;
        g_autoptr(CatalogIcebergTable) done = NULL;

        if (catalog_keyed_find(keyed, &kept, &error) && !kept)
            done = commit_property(keyed, property, &error);
        ck_assert_msg(!error || skep_error_fact(error) == SKEP_ERROR_UNAVAILABLE, "%s",
                      error ? error->message : "");
        answered = kept || done;
        catalog_keyed_free(keyed);
    }
    ck_assert(answered);
}

START_TEST(commits_repeated_while_connections_die_land_exactly_once)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    GThread *killer;

    g_atomic_int_set(&stop_killing, 0);
    killer = g_thread_new("killer", kill_sessions, NULL);
    for (int i = 0; i < 60; i++) {
        g_autofree char *own = g_uuid_string_random();
        g_autofree char *property = g_strdup_printf("k%d", i);

        commit_until_answered(own, property);
        commit_until_answered(own, property);
    }
    g_atomic_int_set(&stop_killing, 1);
    g_thread_join(killer);
    assert_count("commits", 61);
    assert_count("idempotency_keys", 60);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("idempotency");
    TCase *tests = tcase_create("idempotency");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_change_and_its_answer_become_true_together);
    tcase_add_test(tests, a_commit_keeps_the_place_of_the_document_that_it_wrote);
    tcase_add_test(tests, a_key_of_another_request_is_told_apart);
    tcase_add_test(tests, a_change_under_a_taken_key_is_rolled_back);
    tcase_add_test(tests, a_swap_that_loses_leaves_the_key_free);
    tcase_add_test(tests, a_change_that_fails_leaves_the_key_free);
    tcase_add_test(tests, a_key_whose_time_is_over_is_free_and_tidied_away);
    tcase_add_test(tests, of_many_servers_with_one_key_exactly_one_commits);
    tcase_add_test(tests, commits_that_are_rebased_keep_their_key_once_and_all_land);
    tcase_add_test(tests, commits_repeated_while_connections_die_land_exactly_once);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
