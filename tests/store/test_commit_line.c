/* SPDX-License-Identifier: Apache-2.0 */
/* Commits parked in their table's line on a real PostgreSQL: those that wait together become true
 * together, each with its own history and answer; one that fails fails alone, and only when those
 * before it are there to be seen. */
#include <string.h>

#include "catalog/catalog_private.h"
#include "catalog/commit_queue.h"
#include "skep/catalog_commit.h"
#include "skep/catalog_idempotency.h"
#include "skep/catalog_view.h"
#include "skep/error.h"
#include "skep/store_table.h"
#include "store/line_fixture.h"
#include "support/test_postgres.h"

#define MANY 20

/* One commit and what became of it. */
typedef struct {
    cJSON *requirements;
    cJSON *updates;
    CatalogIcebergChange change;
    gint calls; /* of done; atomic */
    CatalogIcebergTable *table;
    GError *error;
} Parked;

static void
note_done(CatalogIcebergTable *table, GError *error, gpointer data)
{
    Parked *parked = data;

    parked->table = table;
    parked->error = error;
    g_atomic_int_inc(&parked->calls);
}

static void
park(Catalog *catalog, Parked *parked, const char *requirements, const char *updates)
{
    *parked = (Parked){.requirements = test_catalog_json(requirements),
                       .updates = test_catalog_json(updates)};
    parked->change = (CatalogIcebergChange){"d", "t", parked->requirements, parked->updates};
    catalog_iceberg_commit_start(catalog, NULL, NULL, &parked->change, note_done, parked);
}

static void
park_property(Catalog *catalog, Parked *parked, const char *key)
{
    g_autofree char *updates =
        g_strdup_printf("[{\"action\": \"set-properties\", \"updates\": {\"%s\": \"v\"}}]", key);

    park(catalog, parked, "[]", updates);
}

/* An append to main, which must have no snapshot yet. */
static void
park_first_append(Parked *parked, gint64 snapshot_id)
{
    g_autofree char *updates = g_strdup_printf(
        "[{\"action\": \"add-snapshot\", \"snapshot\": {\"snapshot-id\": %" G_GINT64_FORMAT
        ", \"sequence-number\": 1, \"timestamp-ms\": %" G_GINT64_FORMAT
        ", \"manifest-list\": \"file://%s/list.avro\", \"summary\": {\"operation\": "
        "\"append\"}, \"schema-id\": 0}}, {\"action\": \"set-snapshot-ref\", \"ref-name\": "
        "\"main\", \"type\": \"branch\", \"snapshot-id\": %" G_GINT64_FORMAT "}]",
        snapshot_id, g_get_real_time() / 1000, fixture->directory, snapshot_id);

    park(fixture->catalog, parked,
         "[{\"type\": \"assert-ref-snapshot-id\", \"ref\": \"main\", \"snapshot-id\": null}]",
         updates);
}

static void
clear_parked(Parked *parked)
{
    cJSON_Delete(parked->requirements);
    cJSON_Delete(parked->updates);
    catalog_iceberg_table_free(parked->table);
    g_clear_error(&parked->error);
}

static void
hold_line(void)
{
    ck_assert(commit_queue_enter(fixture->catalog->writers, KEY, 0));
}

/* Nobody else works lines off here, so that all are answered when this returns. */
static void
let_go(void)
{
    commit_queue_leave(fixture->catalog->writers, KEY);
}

static CatalogTable *
find_row(void)
{
    g_autoptr(GError) error = NULL;
    CatalogTable *row = catalog_table_find(fixture->catalog, NULL, "d", "t", &error);

    test_assert_ok(row, error);
    return row;
}

static cJSON *
read_metadata(const CatalogIcebergTable *table)
{
    gsize length;
    const char *text = g_bytes_get_data(table->metadata, &length);
    g_autofree char *copy = g_strndup(text, length);

    return test_catalog_json(copy);
}

static guint
count_files(void)
{
    g_autofree char *path = g_build_filename(fixture->directory, "d.db", "t", "metadata", NULL);
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    guint count = 0;

    ck_assert_ptr_nonnull(directory);
    while (g_dir_read_name(directory))
        count++;
    return count;
}

START_TEST(what_waits_together_becomes_true_together_each_with_its_history)
{
    Parked parked[MANY];
    g_autoptr(CatalogTable) before = find_row();
    guint files = count_files();

    hold_line();
    for (int i = 0; i < MANY; i++) {
        g_autofree char *key = g_strdup_printf("k%d", i);

        park_property(fixture->catalog, &parked[i], key);
        ck_assert_int_eq(parked[i].calls, 0);
    }
    let_go();
    g_autoptr(CatalogTable) after = find_row();
    ck_assert_int_eq(after->version, before->version + MANY);
    ck_assert_str_eq(after->previous_metadata_location, before->metadata_location);
    ck_assert_uint_eq(count_files(), files + 1);
    for (int i = 0; i < MANY; i++) {
        ck_assert_int_eq(parked[i].calls, 1);
        test_assert_ok(parked[i].table, parked[i].error);
        ck_assert_str_eq(parked[i].table->metadata_location, after->metadata_location);
        clear_parked(&parked[i]);
    }
}
END_TEST

START_TEST(a_group_leaves_every_change_one_log_entry_and_a_row_for_each)
{
    Parked parked[MANY];
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) row = NULL;
    g_autoptr(GPtrArray) history = NULL;

    hold_line();
    for (int i = 0; i < MANY; i++) {
        g_autofree char *key = g_strdup_printf("k%d", i);

        park_property(fixture->catalog, &parked[i], key);
    }
    let_go();
    g_autoptr(cJSON) metadata = read_metadata(parked[0].table);
    for (int i = 0; i < MANY; i++) {
        g_autofree char *key = g_strdup_printf("k%d", i);

        ck_assert_ptr_nonnull(json_find(json_find(metadata, "properties"), key));
        clear_parked(&parked[i]);
    }
    ck_assert_int_eq(cJSON_GetArraySize(json_find(metadata, "metadata-log")), 1);
    row = find_row();
    history = store_table_history(fixture->store, row->id, 1000, &error);
    test_assert_ok(history, error);
    ck_assert_uint_eq(history->len, MANY + 1);
    for (guint i = 0; i < MANY; i++) {
        const CatalogCommitRecord *record = history->pdata[i];

        ck_assert_int_eq(record->version, row->version - i);
        ck_assert_str_eq(record->metadata_location, row->metadata_location);
    }
}
END_TEST

START_TEST(of_two_appends_to_one_parent_the_second_fails_and_no_other_with_it)
{
    Parked first, second, other;
    guint files = count_files();

    hold_line();
    park_first_append(&first, 11);
    park_first_append(&second, 12);
    park_property(fixture->catalog, &other, "k");
    let_go();
    test_assert_ok(first.table, first.error);
    ck_assert_ptr_null(second.table);
    ck_assert_ptr_nonnull(strstr(second.error->message, "main"));
    test_assert_fact(second.error, SKEP_ERROR_COMMIT_CONFLICT);
    test_assert_ok(other.table, other.error);
    g_autoptr(CatalogTable) row = find_row();
    ck_assert_int_eq(row->current_snapshot_id, 11);
    ck_assert_uint_eq(count_files(), files + 1);
    clear_parked(&first);
    clear_parked(&second);
    clear_parked(&other);
}
END_TEST

START_TEST(when_all_fail_nothing_is_written)
{
    static const char wrong[] = "[{\"type\": \"assert-table-uuid\", \"uuid\": "
                                "\"00000000-0000-4000-8000-000000000000\"}]";
    Parked parked[3];
    g_autoptr(CatalogTable) before = find_row();
    guint files = count_files();

    hold_line();
    park(fixture->catalog, &parked[0], wrong, "[]");
    park(fixture->catalog, &parked[1], wrong, "[]");
    park(fixture->catalog, &parked[2], "[]", "[]");
    let_go();
    test_assert_fact(parked[0].error, SKEP_ERROR_COMMIT_CONFLICT);
    test_assert_fact(parked[1].error, SKEP_ERROR_COMMIT_CONFLICT);
    test_assert_ok(parked[2].table, parked[2].error);
    ck_assert_str_eq(parked[2].table->metadata_location, before->metadata_location);
    g_autoptr(CatalogTable) after = find_row();
    ck_assert_int_eq(after->version, before->version);
    ck_assert_uint_eq(count_files(), files);
    for (int i = 0; i < 3; i++)
        clear_parked(&parked[i]);
}
END_TEST

START_TEST(a_large_document_is_shared_by_few_at_a_time)
{
    g_autofree char *large = g_strnfill(1200000, 'x');
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) grown =
        test_catalog_set_property(fixture, "d", "t", "large", large, &error);
    guint files = count_files();
    Parked parked[6];

    test_assert_ok(grown, error);
    hold_line();
    for (int i = 0; i < 6; i++) {
        g_autofree char *key = g_strdup_printf("k%d", i);

        park_property(fixture->catalog, &parked[i], key);
    }
    let_go();
    ck_assert_uint_eq(count_files(), files + 2);
    for (int i = 0; i < 6; i++) {
        test_assert_ok(parked[i].table, parked[i].error);
        clear_parked(&parked[i]);
    }
}
END_TEST

START_TEST(a_line_behind_a_dropped_table_is_told_so)
{
    const CatalogTableDropOptions options = {.kind = CATALOG_KIND_ICEBERG_TABLE};
    Parked parked[2];
    g_autoptr(GError) error = NULL;

    hold_line();
    park_property(fixture->catalog, &parked[0], "a");
    park_property(fixture->catalog, &parked[1], "b");
    test_assert_ok(catalog_table_drop(fixture->catalog, NULL, "d", "t", &options, &error), error);
    let_go();
    for (int i = 0; i < 2; i++) {
        test_assert_fact(parked[i].error, SKEP_ERROR_NO_SUCH_TABLE);
        clear_parked(&parked[i]);
    }
}
END_TEST

/* --- views --- */

START_TEST(views_stand_in_line_as_tables_do_and_neither_is_taken_for_the_other)
{
    g_autoptr(cJSON) request = test_catalog_json(
        "{\"name\": \"v\", \"schema\": {\"type\": \"struct\", \"schema-id\": 0, \"fields\": "
        "[{\"id\": 1, \"name\": \"a\", \"type\": \"int\", \"required\": false}]}, "
        "\"view-version\": {\"version-id\": 1, \"timestamp-ms\": 1, \"schema-id\": 0, "
        "\"summary\": {}, \"default-namespace\": [\"d\"], \"representations\": [{\"type\": "
        "\"sql\", \"sql\": \"select 1\", \"dialect\": \"spark\"}]}, \"properties\": {}}");
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) view =
        catalog_view_create(fixture->catalog, NULL, NULL, "d", request, &error);
    Parked parked[5];

    test_assert_ok(view, error);
    ck_assert(commit_queue_enter(fixture->catalog->writers, "hive\nd\nv", 0));
    for (int i = 0; i < 5; i++) {
        g_autofree char *updates =
            g_strdup_printf("[{\"action\": \"set-properties\", \"updates\": {\"k%d\": \"v\"}}]", i);

        parked[i] = (Parked){.updates = test_catalog_json(updates)};
        parked[i].change = (CatalogIcebergChange){"d", "v", NULL, parked[i].updates};
        (i == 2 ? catalog_iceberg_commit_start : catalog_view_replace_start)(
            fixture->catalog, NULL, NULL, &parked[i].change, note_done, &parked[i]);
        ck_assert_int_eq(parked[i].calls, 0);
    }
    commit_queue_leave(fixture->catalog->writers, "hive\nd\nv");
    test_assert_fact(parked[2].error, SKEP_ERROR_NO_SUCH_TABLE);
    test_assert_ok(parked[4].table, parked[4].error);
    g_autoptr(cJSON) metadata = read_metadata(parked[4].table);
    for (int i = 0; i < 5; i++) {
        g_autofree char *key = g_strdup_printf("k%d", i);

        ck_assert(!json_find(json_find(metadata, "properties"), key) == (i == 2));
    }
    /* the two before the table's commit had one file, and so had the two after it */
    ck_assert_str_eq(parked[0].table->metadata_location, parked[1].table->metadata_location);
    ck_assert_str_ne(parked[0].table->metadata_location, parked[4].table->metadata_location);
    ck_assert_str_eq(parked[3].table->metadata_location, parked[4].table->metadata_location);
    for (int i = 0; i < 5; i++)
        clear_parked(&parked[i]);
}
END_TEST

/* --- keys --- */

static Catalog *
open_keyed(const char *key)
{
    static const guint8 digest[CATALOG_DIGEST_BYTES];
    CatalogKeyedRequest request = {key, digest, 200, NULL};
    g_autoptr(GError) error = NULL;
    Catalog *keyed = catalog_keyed_new(fixture->catalog, &request, &error);

    test_assert_ok(keyed, error);
    return keyed;
}

START_TEST(keys_of_a_group_are_kept_with_its_swap)
{
    Catalog *a = open_keyed("11111111-0000-4000-8000-000000000001");
    Catalog *b = open_keyed("11111111-0000-4000-8000-000000000000");
    Parked parked[3];

    hold_line();
    park_property(a, &parked[0], "a");
    park_property(fixture->catalog, &parked[1], "none");
    park_property(b, &parked[2], "b");
    let_go();
    for (int i = 0; i < 3; i++)
        test_assert_ok(parked[i].table, parked[i].error);
    for (int i = 0; i < 2; i++) {
        Catalog *keyed = i ? b : a;
        g_autoptr(CatalogKeptAnswer) kept = NULL;
        g_autoptr(GError) error = NULL;

        ck_assert(catalog_keyed_is_written(keyed));
        test_assert_ok(catalog_keyed_find(keyed, &kept, &error), error);
        ck_assert_ptr_nonnull(kept);
        ck_assert_str_eq(kept->metadata_location, parked[0].table->metadata_location);
        catalog_keyed_free(keyed);
    }
    for (int i = 0; i < 3; i++)
        clear_parked(&parked[i]);
}
END_TEST

START_TEST(a_taken_key_fails_its_own_commit_alone)
{
    static const char key[] = "11111111-0000-4000-8000-000000000002";
    Catalog *keyed = open_keyed(key);
    g_autoptr(GError) error = NULL;
    CatalogKeptAnswer answer = {.status = 404};
    Parked parked[3];
    gboolean kept = FALSE;

    /* As another server would have kept it meanwhile. */
    test_assert_ok(catalog_keyed_keep(keyed, &answer, &kept, &error), error);
    ck_assert(kept);
    hold_line();
    park_property(fixture->catalog, &parked[0], "a");
    park_property(keyed, &parked[1], "b");
    park_property(fixture->catalog, &parked[2], "c");
    let_go();
    test_assert_ok(parked[0].table, parked[0].error);
    test_assert_fact(parked[1].error, SKEP_ERROR_KEY_TAKEN);
    test_assert_ok(parked[2].table, parked[2].error);
    g_autoptr(cJSON) metadata = read_metadata(parked[2].table);
    ck_assert_ptr_nonnull(json_find(json_find(metadata, "properties"), "a"));
    ck_assert_ptr_null(json_find(json_find(metadata, "properties"), "b"));
    catalog_keyed_free(keyed);
    for (int i = 0; i < 3; i++)
        clear_parked(&parked[i]);
}
END_TEST

/* --- many at once --- */

START_TEST(a_full_line_says_so_and_changes_nothing)
{
    enum { TOO_MANY = 1030 };
    g_autofree Parked *parked = g_new0(Parked, TOO_MANY);
    int refused = 0;

    hold_line();
    for (int i = 0; i < TOO_MANY; i++)
        park(fixture->catalog, &parked[i], "[]", "[]");
    for (int i = 0; i < TOO_MANY; i++) {
        if (!parked[i].calls)
            continue;
        refused++;
        test_assert_fact(parked[i].error, SKEP_ERROR_COMMIT_CONFLICT);
    }
    ck_assert_int_eq(refused, TOO_MANY - 1024);
    let_go();
    for (int i = 0; i < TOO_MANY; i++) {
        ck_assert_int_eq(parked[i].calls, 1);
        clear_parked(&parked[i]);
    }
}
END_TEST

typedef struct {
    Catalog *catalog;
    int number;
    gboolean landed[MANY];
} Writer;

/* What a busy machine lets lose too often is refused, which is an answer, too. */
static gpointer
write_properties(gpointer data)
{
    Writer *writer = data;
    g_autofree Parked *parked = g_new0(Parked, MANY);

    for (int i = 0; i < MANY; i++) {
        g_autofree char *key = g_strdup_printf("w%dk%d", writer->number, i);

        park_property(writer->catalog, &parked[i], key);
    }
    for (int i = 0; i < MANY; i++) {
        while (!g_atomic_int_get(&parked[i].calls))
            g_usleep(1000);
        writer->landed[i] = parked[i].table != NULL;
        if (!writer->landed[i])
            test_assert_fact(parked[i].error, SKEP_ERROR_COMMIT_CONFLICT);
        clear_parked(&parked[i]);
    }
    return NULL;
}

/* Two servers, so that groups lose swaps to one another and are judged again. */
START_TEST(groups_of_two_servers_collide_and_none_is_lost_or_applied_twice)
{
    CatalogOptions options;
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) before = find_row();
    GThread *threads[8];
    Writer writers[8];
    Catalog *other;
    int landed = 0;

    catalog_options_init(&options);
    other = catalog_new(&options, fixture->store, fixture->warehouse, &error);
    test_assert_ok(other, error);
    for (int i = 0; i < 8; i++) {
        writers[i] = (Writer){.catalog = i % 2 ? other : fixture->catalog, .number = i};
        threads[i] = g_thread_new("writer", write_properties, &writers[i]);
    }
    for (int i = 0; i < 8; i++) {
        g_thread_join(threads[i]);
        for (int j = 0; j < MANY; j++)
            landed += writers[i].landed[j];
    }
    ck_assert_int_ge(landed, MANY);
    g_autoptr(CatalogTable) after = find_row();
    ck_assert_int_eq(after->version, before->version + landed);
    g_autoptr(CatalogIcebergTable) table =
        catalog_iceberg_load(fixture->catalog, NULL, "d", "t", &error);
    test_assert_ok(table, error);
    g_autoptr(cJSON) metadata = read_metadata(table);
    for (int i = 0; i < 8 * MANY; i++) {
        g_autofree char *key = g_strdup_printf("w%dk%d", i / MANY, i % MANY);

        ck_assert_int_eq(json_find(json_find(metadata, "properties"), key) != NULL,
                         writers[i / MANY].landed[i % MANY]);
    }
    catalog_free(other);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("commit line");
    TCase *tests = tcase_create("commit line");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_waits_together_becomes_true_together_each_with_its_history);
    tcase_add_test(tests, a_group_leaves_every_change_one_log_entry_and_a_row_for_each);
    tcase_add_test(tests, of_two_appends_to_one_parent_the_second_fails_and_no_other_with_it);
    tcase_add_test(tests, when_all_fail_nothing_is_written);
    tcase_add_test(tests, a_large_document_is_shared_by_few_at_a_time);
    tcase_add_test(tests, a_line_behind_a_dropped_table_is_told_so);
    tcase_add_test(tests, views_stand_in_line_as_tables_do_and_neither_is_taken_for_the_other);
    tcase_add_test(tests, keys_of_a_group_are_kept_with_its_swap);
    tcase_add_test(tests, a_taken_key_fails_its_own_commit_alone);
    tcase_add_test(tests, a_full_line_says_so_and_changes_nothing);
    tcase_add_test(tests, groups_of_two_servers_collide_and_none_is_lost_or_applied_twice);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
