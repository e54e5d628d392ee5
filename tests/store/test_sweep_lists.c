/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: of the manifest lists beside a table's documents the clean-up takes those that appends made
 * anew have left behind, and no other. Method: lists are known by their names and ages, so files
 * with words in them will do; each kind lies there, old and young, and what is left is compared. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/file_mark.h"
#include "catalog/sweep.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define DAY_S (24 * 3600)

static TestCatalog *fixture;
static char *directory; /* of the table's documents, a path */

static void
setup(void)
{
    g_autoptr(CatalogIcebergTable) made = NULL;

    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "sales");
    made = test_catalog_make_iceberg(fixture, "sales", "t");
    directory = g_path_get_dirname(made->metadata_location + strlen("file://"));
}

static void
teardown(void)
{
    g_clear_pointer(&directory, g_free);
    test_catalog_close(fixture);
}

static void
make_old(const char *path, gint64 age_s)
{
    struct timespec times[2];

    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= age_s;
    times[1] = times[0];
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* A list for a snapshot, by a client or by a server of this database. Its path. */
static char *
put_list(int snapshot, gboolean is_own, gint64 age_s)
{
    g_autofree char *database = catalog_database_uuid(fixture->catalog, NULL);
    g_autofree char *uuid = is_own ? catalog_file_mark_new(database) : g_uuid_string_random();
    char *path = g_strdup_printf("%s/snap-%d-%d-%s.avro", directory, snapshot, !is_own, uuid);

    ck_assert(g_file_set_contents(path, "list", -1, NULL));
    make_old(path, age_s);
    return path;
}

static void
commit(const char *text)
{
    g_autoptr(cJSON) updates = test_catalog_json(text);
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) changed =
        catalog_iceberg_commit(fixture->catalog, NULL, NULL, "sales", "t", NULL, updates, &error);

    test_assert_ok(changed != NULL, error);
}

static void
add_snapshot(int snapshot, const char *list)
{
    g_autofree char *text = g_strdup_printf(
        "[{\"action\":\"add-snapshot\",\"snapshot\":{\"snapshot-id\":%d,\"sequence-number\":%d,"
        "\"timestamp-ms\":%" G_GINT64_FORMAT ",\"manifest-list\":\"file://%s\",\"summary\":"
        "{\"operation\":\"append\"},\"schema-id\":0}}]",
        snapshot, snapshot, g_get_real_time() / 1000, list);

    commit(text);
}

static guint
sweep(void)
{
    g_autoptr(GError) error = NULL;
    Sweep swept;

    g_free(test_postgres_run("UPDATE skep.commits SET committed_ms = committed_ms - 864000000;"
                             "DELETE FROM skep.sweeps"));
    test_assert_ok(catalog_sweep(fixture->catalog, NULL, &swept, &error), error);
    return swept.files_deleted;
}

static gboolean
is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

START_TEST(what_appends_made_anew_have_left_behind_goes)
{
    g_autofree char *named = put_list(7, TRUE, 4 * DAY_S);
    g_autofree char *sent = put_list(7, FALSE, 4 * DAY_S);
    g_autofree char *lost_round = put_list(7, TRUE, 4 * DAY_S);
    g_autofree char *died = put_list(8, TRUE, 4 * DAY_S);
    g_autofree char *sent_young = put_list(7, FALSE, DAY_S);
    g_autofree char *died_young = put_list(8, TRUE, DAY_S);

    add_snapshot(7, named);
    ck_assert_uint_eq(sweep(), 3);
    ck_assert(!is_there(sent) && !is_there(lost_round) && !is_there(died));
    ck_assert(is_there(named) && is_there(sent_young) && is_there(died_young));
}
END_TEST

START_TEST(lists_of_others_and_of_removed_snapshots_stay)
{
    g_autofree char *plain = put_list(7, FALSE, 4 * DAY_S);
    g_autofree char *own_try = put_list(7, TRUE, 4 * DAY_S); /* 7 got in by itself after all */
    g_autofree char *retried = put_list(7, FALSE, 4 * DAY_S);
    g_autofree char *removed = put_list(8, TRUE, 4 * DAY_S);
    g_autofree char *unknown = put_list(9, FALSE, 4 * DAY_S);

    add_snapshot(7, plain);
    add_snapshot(8, removed);
    commit("[{\"action\":\"remove-snapshots\",\"snapshot-ids\":[8]}]");
    ck_assert_uint_eq(sweep(), 1);
    ck_assert(!is_there(own_try));
    ck_assert(is_there(plain) && is_there(retried) && is_there(removed) && is_there(unknown));
}
END_TEST

/* A document that no commit claims may name what the present one has forgotten. */
START_TEST(nothing_goes_while_documents_lie_there_that_nobody_claims)
{
    g_autofree char *named = put_list(7, TRUE, 4 * DAY_S);
    g_autofree char *died = put_list(8, TRUE, 4 * DAY_S);
    g_autofree char *database = catalog_database_uuid(fixture->catalog, NULL);
    g_autofree char *mark = catalog_file_mark_new(database);
    g_autofree char *ahead = g_strdup_printf("%s/00009-%s.metadata.json", directory, mark);

    add_snapshot(7, named);
    ck_assert(g_file_set_contents(ahead, "{}", -1, NULL));
    ck_assert_uint_eq(sweep(), 0);
    ck_assert(is_there(died));
    ck_assert_int_eq(unlink(ahead), 0);
    ck_assert_uint_eq(sweep(), 1);
    ck_assert(!is_there(died));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("sweep of lists");
    TCase *tests = tcase_create("sweep of lists");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_appends_made_anew_have_left_behind_goes);
    tcase_add_test(tests, lists_of_others_and_of_removed_snapshots_stay);
    tcase_add_test(tests, nothing_goes_while_documents_lie_there_that_nobody_claims);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
