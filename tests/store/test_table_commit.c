/* SPDX-License-Identifier: Apache-2.0 */
/* Commits to Iceberg tables through both kinds of clients on a real PostgreSQL: exactly one of many
 * swaps wins, what both can have both get, an outcome that was lost is found out, and no update is
 * ever lost. */
#include <glib/gstdio.h>
#include <string.h>

#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define WRITERS 8

static TestCatalog *fixture;

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "d");
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

static CatalogTable *
find_row(const char *name)
{
    g_autoptr(GError) error = NULL;
    CatalogTable *table = catalog_table_find(fixture->catalog, NULL, "d", name, &error);

    test_assert_ok(table, error);
    return table;
}

static cJSON *
load_metadata(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) table =
        catalog_iceberg_load(fixture->catalog, NULL, "d", name, &error);
    gsize length;
    const char *text;
    cJSON *tree;

    test_assert_ok(table, error);
    text = g_bytes_get_data(table->metadata, &length);
    tree = json_parse(text, length, G_MAXINT, &error);
    test_assert_ok(tree, error);
    return tree;
}

static const char *
property_of(const cJSON *metadata, const char *key)
{
    const cJSON *value = json_find(json_find(metadata, "properties"), key);

    return value ? value->valuestring : NULL;
}

static CatalogIcebergTable *
commit(const char *name, const char *requirements, const char *updates, GError **error)
{
    g_autoptr(cJSON) wanted = test_catalog_json(requirements);
    g_autoptr(cJSON) changes = test_catalog_json(updates);

    return catalog_iceberg_commit(fixture->catalog, NULL, NULL, "d", name, wanted, changes, error);
}

/* A snapshot on main, whose id is given, over the parent that main must have. */
static CatalogIcebergTable *
append(
    const char *name, gint64 snapshot_id, gint64 parent_id, gint64 sequence_number, GError **error)
{
    g_autofree char *parent =
        parent_id < 0 ? g_strdup("null") : g_strdup_printf("%" G_GINT64_FORMAT, parent_id);
    g_autofree char *parent_member =
        parent_id < 0
            ? g_strdup("")
            : g_strdup_printf("\"parent-snapshot-id\": %" G_GINT64_FORMAT ", ", parent_id);
    g_autofree char *requirements = g_strdup_printf(
        "[{\"type\": \"assert-ref-snapshot-id\", \"ref\": \"main\", \"snapshot-id\": %s}]", parent);
    g_autofree char *updates = g_strdup_printf(
        "[{\"action\": \"add-snapshot\", \"snapshot\": {\"snapshot-id\": %" G_GINT64_FORMAT ", %s"
        "\"sequence-number\": %" G_GINT64_FORMAT ", \"timestamp-ms\": %" G_GINT64_FORMAT
        ", \"manifest-list\": \"file://%s/list.avro\", \"summary\": {\"operation\": "
        "\"append\"}, "
        "\"schema-id\": 0}}, {\"action\": \"set-snapshot-ref\", \"ref-name\": \"main\", \"type\": "
        "\"branch\", \"snapshot-id\": %" G_GINT64_FORMAT "}]",
        snapshot_id, parent_member, sequence_number, g_get_real_time() / 1000, fixture->directory,
        snapshot_id);

    return commit(name, requirements, updates, error);
}

/* Runs the same function in so many threads at once and counts those that say TRUE. */
typedef gboolean (*WriterFunc)(int number);
typedef struct {
    WriterFunc func;
    int number;
    GMutex *gate;
} Writer;

static gpointer
run_writer(gpointer data)
{
    const Writer *writer = data;

    g_mutex_lock(writer->gate);
    g_mutex_unlock(writer->gate);
    return GINT_TO_POINTER(writer->func(writer->number));
}

static int
run_writers(WriterFunc func)
{
    GThread *threads[WRITERS];
    Writer writers[WRITERS];
    GMutex gate;
    int won = 0;

    g_mutex_init(&gate);
    g_mutex_lock(&gate);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (Writer){func, i, &gate};
        threads[i] = g_thread_new("writer", run_writer, &writers[i]);
    }
    g_mutex_unlock(&gate);
    for (int i = 0; i < WRITERS; i++)
        won += GPOINTER_TO_INT(g_thread_join(threads[i]));
    g_mutex_clear(&gate);
    return won;
}

/* How many metadata files lie below a table's directory. */
static guint
count_metadata_files(const char *table)
{
    g_autofree char *path = g_build_filename(fixture->directory, "d.db", table, "metadata", NULL);
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    guint count = 0;

    while (directory && g_dir_read_name(directory))
        count++;
    return count;
}

/* --- what a commit makes true
 * ------------------------------------------------------------------------ */

START_TEST(a_rest_table_is_what_hms_clients_expect)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogTable) row = find_row("t");
    const CatalogColumn *column = row->storage->columns->pdata[0];

    ck_assert_int_eq(row->kind, CATALOG_KIND_ICEBERG_TABLE);
    ck_assert_str_eq(row->hms_type, "EXTERNAL_TABLE");
    ck_assert_str_eq(catalog_map_get(row->parameters, "table_type"), "ICEBERG");
    ck_assert_str_eq(catalog_map_get(row->parameters, "EXTERNAL"), "TRUE");
    ck_assert_str_eq(catalog_map_get(row->parameters, "metadata_location"),
                     made->metadata_location);
    ck_assert_str_eq(row->uuid, made->uuid);
    ck_assert_str_eq(column->type, "bigint");
    ck_assert_str_eq(row->storage->input_format, "org.apache.hadoop.mapred.FileInputFormat");
    ck_assert(test_catalog_has_file(fixture, "d.db/t/data"));
}
END_TEST

START_TEST(a_commit_moves_pointer_history_and_refs_together_with_exact_ids)
{
    const gint64 first = G_GINT64_CONSTANT(3055729675574597004);
    const gint64 second = G_MAXINT64;
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) one = append("t", first, -1, 1, &error);
    g_autoptr(CatalogIcebergTable) two = NULL;
    g_autoptr(GPtrArray) history = NULL;
    g_autoptr(CatalogTable) row = NULL;
    g_autofree char *refs = NULL;
    const CatalogCommitRecord *newest;

    test_assert_ok(one, error);
    two = append("t", second, first, 2, &error);
    test_assert_ok(two, error);
    history = catalog_table_history(fixture->catalog, NULL, "d", "t", 0, &error);
    test_assert_ok(history, error);
    ck_assert_uint_eq(history->len, 3);
    newest = history->pdata[0];
    ck_assert(newest->snapshot_id == second && newest->parent_snapshot_id == first);
    ck_assert_int_eq(newest->sequence_number, 2);
    ck_assert_str_eq(newest->operation, "append");
    ck_assert_str_eq(newest->metadata_location, two->metadata_location);
    row = find_row("t");
    ck_assert(row->current_snapshot_id == second);
    ck_assert_str_eq(row->previous_metadata_location, one->metadata_location);
    refs = test_postgres_run("SELECT string_agg(name || '=' || snapshot_id, ' ') FROM skep.refs");
    ck_assert_str_eq(refs, "main=9223372036854775807");
}
END_TEST

START_TEST(a_requirement_that_does_not_hold_is_named_and_leaves_no_file)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) one = append("t", 1, -1, 1, &error);
    guint files = count_metadata_files("t");

    test_assert_ok(one, error);
    ck_assert_ptr_null(append("t", 2, -1, 2, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "Requirement failed"));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    ck_assert_ptr_null(commit("t", "[]", "[{\"action\": \"no-such\"}]", &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    ck_assert_ptr_null(commit("nope", "[]", "[]", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
    ck_assert_uint_eq(count_metadata_files("t"), files);
}
END_TEST

START_TEST(an_empty_change_commits_nothing)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) same = commit("t", "[]", "[]", &error);

    test_assert_ok(same, error);
    ck_assert_str_eq(same->metadata_location, made->metadata_location);
    ck_assert_int_eq(same->version, made->version);
    ck_assert_uint_eq(count_metadata_files("t"), 1);
}
END_TEST

START_TEST(a_staged_table_exists_only_after_its_commit)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) request = test_catalog_json(
        "{\"name\": \"s\", \"stage-create\": true, \"schema\": {\"type\": \"struct\", \"fields\": "
        "[{\"id\": 1, \"name\": \"id\", \"required\": false, \"type\": \"long\"}]}}");
    g_autoptr(CatalogIcebergTable) staged =
        catalog_iceberg_create(fixture->catalog, NULL, NULL, "d", request, &error);
    g_autoptr(CatalogIcebergTable) made = NULL;
    const char *create =
        "[{\"action\": \"assign-uuid\", \"uuid\": \"$UUID\"}, {\"action\": "
        "\"upgrade-format-version\", "
        "\"format-version\": 2}, {\"action\": \"add-schema\", \"schema\": {\"type\": \"struct\", "
        "\"schema-id\": 0, \"fields\": [{\"id\": 1, \"name\": \"id\", \"required\": false, "
        "\"type\": "
        "\"long\"}]}, \"last-column-id\": 1}, {\"action\": \"set-current-schema\", \"schema-id\": "
        "-1}, "
        "{\"action\": \"add-spec\", \"spec\": {\"spec-id\": 0, \"fields\": []}}, {\"action\": "
        "\"set-default-spec\", \"spec-id\": -1}, {\"action\": \"add-sort-order\", \"sort-order\": "
        "{\"order-id\": 0, \"fields\": []}}, {\"action\": \"set-default-sort-order\", "
        "\"sort-order-id\": -1}, {\"action\": \"set-location\", \"location\": \"$ROOT/d.db/s\"}]";

    test_assert_ok(staged, error);
    ck_assert_ptr_null(staged->metadata_location);
    ck_assert(test_catalog_has_file(fixture, "d.db/s/metadata"));
    ck_assert_ptr_null(catalog_iceberg_load(fixture->catalog, NULL, "d", "s", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
    g_autoptr(GString) filled = g_string_new(create);
    g_string_replace(filled, "$UUID", staged->uuid, 1);
    g_string_replace(filled, "$ROOT", warehouse_root(fixture->warehouse), 1);
    made = commit("s", "[{\"type\": \"assert-create\"}]", filled->str, &error);
    test_assert_ok(made, error);
    ck_assert_str_eq(made->uuid, staged->uuid);
    ck_assert_ptr_null(commit("s", "[{\"type\": \"assert-create\"}]", filled->str, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "Requirement failed"));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
}
END_TEST

START_TEST(a_load_notices_that_the_file_is_gone_even_when_it_is_in_memory)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autofree char *expected =
        g_strdup_printf("Failed to open input stream for file: %s", made->metadata_location);

    ck_assert_int_eq(g_unlink(made->metadata_location + strlen("file://")), 0);
    ck_assert_ptr_null(catalog_iceberg_load(fixture->catalog, NULL, "d", "t", &error));
    ck_assert_str_eq(error->message, expected);
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_FILE);
}
END_TEST

START_TEST(a_registered_document_is_the_table_with_its_whole_history)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) one = append("t", 77, -1, 1, &error);
    g_autoptr(CatalogIcebergTable) registered = NULL;
    g_autoptr(CatalogIcebergTable) replaced = NULL;

    test_assert_ok(one, error);
    registered = catalog_iceberg_register(fixture->catalog, NULL, NULL, "d", "r",
                                          one->metadata_location, FALSE, &error);
    test_assert_ok(registered, error);
    ck_assert_str_eq(registered->uuid, made->uuid);
    ck_assert_ptr_null(catalog_iceberg_register(fixture->catalog, NULL, NULL, "d", "r",
                                                made->metadata_location, FALSE, &error));
    test_assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
    replaced = catalog_iceberg_register(fixture->catalog, NULL, NULL, "d", "r",
                                        made->metadata_location, TRUE, &error);
    test_assert_ok(replaced, error);
    ck_assert_str_eq(replaced->metadata_location, made->metadata_location);
    ck_assert_ptr_null(catalog_iceberg_register(fixture->catalog, NULL, NULL, "d", "x",
                                                "file:///etc/passwd", FALSE, &error));
    test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

START_TEST(a_new_table_never_shares_the_place_of_a_renamed_one_and_purge_spares_it)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) first = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) second = NULL;
    g_autoptr(CatalogTable) old = NULL;
    g_autoptr(CatalogTable) new = NULL;
    CatalogTableDropOptions purge = {.purge = TRUE, .kind = CATALOG_KIND_ICEBERG_TABLE};
    gboolean exists;

    test_assert_ok(catalog_table_rename(fixture->catalog, NULL, "d", "t", "d", "moved",
                                        CATALOG_KIND_ICEBERG_TABLE, &error),
                   error);
    second = test_catalog_make_iceberg(fixture, "d", "t");
    old = find_row("moved");
    new = find_row("t");
    ck_assert_str_ne(old->location, new->location);
    test_assert_ok(catalog_table_drop(fixture->catalog, NULL, "d", "t", &purge, &error), error);
    ck_assert(
        warehouse_file_exists(fixture->warehouse, second->metadata_location, &exists, &error));
    ck_assert(exists);
    test_assert_ok(catalog_housekeep(fixture->catalog, &error), error);
    ck_assert(
        warehouse_file_exists(fixture->warehouse, second->metadata_location, &exists, &error));
    ck_assert(!exists);
    ck_assert(warehouse_file_exists(fixture->warehouse, first->metadata_location, &exists, &error));
    ck_assert(exists);
    ck_assert(!catalog_table_rename(fixture->catalog, NULL, "d", "moved", "nodb", "x",
                                    CATALOG_KIND_ICEBERG_TABLE, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_NAMESPACE);
}
END_TEST

START_TEST(a_purge_spares_files_that_another_table_names)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogIcebergTable) twin = catalog_iceberg_register(
        fixture->catalog, NULL, NULL, "d", "twin", made->metadata_location, FALSE, &error);
    CatalogTableDropOptions purge = {.purge = TRUE, .kind = CATALOG_KIND_ICEBERG_TABLE};
    gboolean exists;

    test_assert_ok(twin, error);
    test_assert_ok(catalog_table_drop(fixture->catalog, NULL, "d", "t", &purge, &error), error);
    test_assert_ok(catalog_housekeep(fixture->catalog, &error), error);
    ck_assert(warehouse_file_exists(fixture->warehouse, made->metadata_location, &exists, &error));
    ck_assert(exists);
}
END_TEST

/* --- races
 * -------------------------------------------------------------------------------------------- */

static gboolean
race_append(int number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) done = append("t", 1000 + number, -1, 1, &error);

    ck_assert(done || skep_error_fact(error) == SKEP_ERROR_COMMIT_CONFLICT);
    return done != NULL;
}

START_TEST(of_many_appends_to_one_parent_exactly_one_wins)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autofree char *commits = NULL;

    ck_assert_int_eq(run_writers(race_append), 1);
    commits = test_postgres_run("SELECT count(*)::text FROM skep.commits");
    ck_assert_str_eq(commits, "2");
    ck_assert_uint_eq(count_metadata_files("t"), 2);
}
END_TEST

static gboolean
race_property(int number)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *key = g_strdup_printf("k%d", number);
    g_autoptr(CatalogIcebergTable) done =
        test_catalog_set_property(fixture, "d", "t", key, "v", &error);

    test_assert_ok(done, error);
    return TRUE;
}

START_TEST(disjoint_commits_at_once_all_land)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(cJSON) metadata = NULL;

    ck_assert_int_eq(run_writers(race_property), WRITERS);
    metadata = load_metadata("t");
    for (int i = 0; i < WRITERS; i++) {
        g_autofree char *key = g_strdup_printf("k%d", i);

        ck_assert_ptr_nonnull(property_of(metadata, key));
    }
    ck_assert_uint_eq(count_metadata_files("t"), WRITERS + 1);
}
END_TEST

/* Two servers over one database: nothing lines their writers up but the swap itself. */
static Catalog *other_server;

static gboolean
race_property_of_two_servers(int number)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf(
        "[{\"action\": \"set-properties\", \"updates\": {\"k%d\": \"v\"}}]", number);
    g_autoptr(cJSON) updates = test_catalog_json(text);
    Catalog *server = number % 2 ? other_server : fixture->catalog;
    g_autoptr(CatalogIcebergTable) done =
        catalog_iceberg_commit(server, NULL, NULL, "d", "t", NULL, updates, &error);

    test_assert_ok(done, error);
    return TRUE;
}

START_TEST(servers_that_collide_rebase_until_all_commits_landed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(cJSON) metadata = NULL;
    g_autofree char *commits = NULL;
    CatalogOptions options;

    catalog_options_init(&options);
    other_server = catalog_new(&options, fixture->store, fixture->warehouse, &error);
    test_assert_ok(other_server, error);
    ck_assert_int_eq(run_writers(race_property_of_two_servers), WRITERS);
    g_clear_pointer(&other_server, catalog_free);
    metadata = load_metadata("t");
    for (int i = 0; i < WRITERS; i++) {
        g_autofree char *key = g_strdup_printf("k%d", i);

        ck_assert_ptr_nonnull(property_of(metadata, key));
    }
    commits = test_postgres_run("SELECT count(*)::text FROM skep.commits");
    ck_assert_str_eq(commits, "9");
    ck_assert_uint_eq(count_metadata_files("t"), WRITERS + 1);
}
END_TEST

static gboolean
race_create(int number)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) request =
        test_catalog_json("{\"name\": \"c\", \"schema\": {\"type\": \"struct\", \"fields\": []}}");
    g_autoptr(CatalogIcebergTable) made =
        catalog_iceberg_create(fixture->catalog, NULL, NULL, "d", request, &error);

    (void)number;
    ck_assert_msg(made || skep_error_fact(error) == SKEP_ERROR_ALREADY_EXISTS, "%s",
                  error ? error->message : "");
    return made != NULL;
}

START_TEST(of_many_creates_of_one_name_exactly_one_wins)
{
    ck_assert_int_eq(run_writers(race_create), 1);
}
END_TEST

/* HMS: each writer read the same table and swaps its own file in. */
static CatalogTable *swap_base;

static gboolean
swap_to(const CatalogTable *base, const char *location, const char *expected, GError **error)
{
    g_autoptr(CatalogTable) wanted = catalog_table_copy(base);
    CatalogTableAlterOptions options = {.expected_key = expected ? "metadata_location" : NULL,
                                        .expected_value = expected};

    catalog_map_set(wanted->parameters, "previous_metadata_location", base->metadata_location);
    catalog_map_set(wanted->parameters, "metadata_location", location);
    return catalog_table_alter(fixture->catalog, NULL, NULL, "d", "t", wanted, &options, error);
}

static gboolean
race_swap(int number)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *location =
        g_strdup_printf("%s/metadata/00001-%d.metadata.json", swap_base->location, number);
    gboolean done = swap_to(swap_base, location, swap_base->metadata_location, &error);

    ck_assert(done ||
              strstr(error->message, "The table has been modified. The parameter value for key "
                                     "'metadata_location' is"));
    return done;
}

START_TEST(of_many_hms_swaps_of_one_pointer_exactly_one_wins)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autofree char *commits = NULL;

    swap_base = find_row("t");
    ck_assert_int_eq(run_writers(race_swap), 1);
    g_clear_pointer(&swap_base, catalog_table_free);
    commits = test_postgres_run("SELECT count(*)::text FROM skep.commits");
    ck_assert_str_eq(commits, "2");
}
END_TEST

START_TEST(a_plain_hms_alter_cannot_move_a_pointer_that_moved_meanwhile)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(CatalogTable) read = find_row("t");
    g_autoptr(CatalogIcebergTable) committed =
        test_catalog_set_property(fixture, "d", "t", "k", "v", &error);
    g_autoptr(CatalogTable) fresh = find_row("t");
    g_autoptr(CatalogTable) now = NULL;
    g_autofree char *mine = g_strconcat(read->location, "/metadata/00001-mine.metadata.json", NULL);

    ck_assert(!swap_to(read, mine, NULL, &error));
    ck_assert_ptr_nonnull(strstr(error->message, committed->metadata_location));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    /* One that would put the old pointer back is refused as well. */
    ck_assert(!catalog_table_alter(fixture->catalog, NULL, NULL, "d", "t", read, NULL, &error));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    test_assert_ok(swap_to(fresh, mine, NULL, &error), error);
    now = find_row("t");
    ck_assert_str_eq(now->metadata_location, mine);
}
END_TEST

/* Half of the writers commit through REST, half change a parameter through HMS, reading first; HMS
 * writers that lost read again, as clients do. */
static gboolean
race_both_doors(int number)
{
    g_autofree char *key = g_strdup_printf("k%d", number);

    if (number % 2)
        return race_property(number);
    for (int attempt = 0; attempt < 200; attempt++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(CatalogTable) wanted = find_row("t");

        catalog_map_set(wanted->parameters, key, "v");
        if (catalog_table_alter(fixture->catalog, NULL, NULL, "d", "t", wanted, NULL, &error))
            return TRUE;
        ck_assert_int_eq(skep_error_fact(error), SKEP_ERROR_COMMIT_CONFLICT);
    }
    return FALSE;
}

START_TEST(no_rest_commit_is_lost_to_hms_alters_at_the_same_time)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(cJSON) metadata = NULL;

    ck_assert_int_eq(run_writers(race_both_doors), WRITERS);
    metadata = load_metadata("t");
    for (int i = 1; i < WRITERS; i += 2) {
        g_autofree char *key = g_strdup_printf("k%d", i);

        ck_assert_ptr_nonnull(property_of(metadata, key));
    }
}
END_TEST

static gboolean
race_drop(int number)
{
    g_autoptr(GError) error = NULL;
    CatalogTableDropOptions options = {.kind = -1};

    if (number == 0)
        return catalog_table_drop(fixture->catalog, NULL, "d", "t", &options, &error);
    g_autoptr(CatalogIcebergTable) done =
        test_catalog_set_property(fixture, "d", "t", "k", "v", &error);
    ck_assert_msg(done || skep_error_fact(error) == SKEP_ERROR_NO_SUCH_TABLE, "%s",
                  error ? error->message : "");
    return FALSE;
}

START_TEST(a_drop_during_commits_succeeds_and_later_commits_find_nothing)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");

    ck_assert_int_eq(run_writers(race_drop), 1);
    ck_assert_ptr_null(catalog_iceberg_load(fixture->catalog, NULL, "d", "t", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
}
END_TEST

static gint stop_killing;

static gpointer
kill_sessions(gpointer data)
{
    (void)data;
    while (!g_atomic_int_get(&stop_killing)) {
        test_postgres_terminate_sessions();
        g_usleep(30000);
    }
    return NULL;
}

START_TEST(commits_whose_connection_dies_are_found_out_and_land_once)
{
    g_autoptr(CatalogIcebergTable) made = test_catalog_make_iceberg(fixture, "d", "t");
    g_autoptr(cJSON) metadata = NULL;
    g_autofree char *commits = NULL;
    GThread *killer;
    int acknowledged = 0;

    g_atomic_int_set(&stop_killing, 0);
    killer = g_thread_new("killer", kill_sessions, NULL);
    for (int i = 0; i < 60; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *key = g_strdup_printf("k%d", i);
        g_autoptr(CatalogIcebergTable) done =
            test_catalog_set_property(fixture, "d", "t", key, "v", &error);

        ck_assert_msg(done || skep_error_fact(error) == SKEP_ERROR_UNAVAILABLE, "%s",
                      error ? error->message : "");
        if (done)
            acknowledged++;
    }
    g_atomic_int_set(&stop_killing, 1);
    g_thread_join(killer);
    metadata = load_metadata("t");
    ck_assert_int_eq(cJSON_GetArraySize(json_find(metadata, "metadata-log")), acknowledged);
    commits = test_postgres_run("SELECT count(*)::text FROM skep.commits");
    ck_assert_int_eq((int)g_ascii_strtoll(commits, NULL, 10), acknowledged + 1);
    ck_assert_uint_eq(count_metadata_files("t"), (guint)acknowledged + 1);
}
END_TEST

/* --- many tables at once
 * --------------------------------------------------------------------------------- */

START_TEST(a_transaction_commits_all_its_tables_or_none)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) a = test_catalog_make_iceberg(fixture, "d", "a");
    g_autoptr(CatalogIcebergTable) b = test_catalog_make_iceberg(fixture, "d", "b");
    g_autoptr(cJSON) holds = test_catalog_json("[]");
    g_autoptr(cJSON) fails = test_catalog_json(
        "[{\"type\": \"assert-table-uuid\", \"uuid\": \"00000000-0000-4000-8000-000000000000\"}]");
    g_autoptr(cJSON) updates =
        test_catalog_json("[{\"action\": \"set-properties\", \"updates\": {\"k\": \"v\"}}]");
    CatalogIcebergChange changes[] = {
        {"d", "a", holds, updates},
        {"d", "b", fails, updates}
    };
    CatalogIcebergChange twice[] = {
        {"d", "a", holds, updates},
        {"D", "A", holds, updates}
    };

    ck_assert(!catalog_iceberg_commit_many(fixture->catalog, NULL, NULL, changes, 2, &error));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    ck_assert_uint_eq(count_metadata_files("a"), 1);
    ck_assert(!catalog_iceberg_commit_many(fixture->catalog, NULL, NULL, twice, 2, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    changes[1].requirements = holds;
    test_assert_ok(catalog_iceberg_commit_many(fixture->catalog, NULL, NULL, changes, 2, &error),
                   error);
    for (int i = 0; i < 2; i++) {
        g_autoptr(cJSON) metadata = load_metadata(i ? "b" : "a");

        ck_assert_ptr_nonnull(property_of(metadata, "k"));
    }
}
END_TEST

static gboolean
race_transactions(int number)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf(
        "[{\"action\": \"set-properties\", \"updates\": {\"k%d\": \"v\"}}]", number);
    g_autoptr(cJSON) updates = test_catalog_json(text);
    CatalogIcebergChange changes[] = {
        {"d", number % 2 ? "a" : "b", NULL, updates},
        {"d", number % 2 ? "b" : "a", NULL, updates}
    };

    test_assert_ok(catalog_iceberg_commit_many(fixture->catalog, NULL, NULL, changes, 2, &error),
                   error);
    return TRUE;
}

START_TEST(transactions_over_the_same_tables_in_any_order_all_land)
{
    g_autoptr(CatalogIcebergTable) a = test_catalog_make_iceberg(fixture, "d", "a");
    g_autoptr(CatalogIcebergTable) b = test_catalog_make_iceberg(fixture, "d", "b");

    ck_assert_int_eq(run_writers(race_transactions), WRITERS);
    for (int i = 0; i < WRITERS * 2; i++) {
        g_autoptr(cJSON) metadata = load_metadata(i % 2 ? "b" : "a");
        g_autofree char *key = g_strdup_printf("k%d", i / 2);

        ck_assert_ptr_nonnull(property_of(metadata, key));
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("commits");
    TCase *tests = tcase_create("commits");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_rest_table_is_what_hms_clients_expect);
    tcase_add_test(tests, a_commit_moves_pointer_history_and_refs_together_with_exact_ids);
    tcase_add_test(tests, a_requirement_that_does_not_hold_is_named_and_leaves_no_file);
    tcase_add_test(tests, an_empty_change_commits_nothing);
    tcase_add_test(tests, a_staged_table_exists_only_after_its_commit);
    tcase_add_test(tests, a_load_notices_that_the_file_is_gone_even_when_it_is_in_memory);
    tcase_add_test(tests, a_registered_document_is_the_table_with_its_whole_history);
    tcase_add_test(tests, a_new_table_never_shares_the_place_of_a_renamed_one_and_purge_spares_it);
    tcase_add_test(tests, a_purge_spares_files_that_another_table_names);
    tcase_add_test(tests, of_many_appends_to_one_parent_exactly_one_wins);
    tcase_add_test(tests, disjoint_commits_at_once_all_land);
    tcase_add_test(tests, servers_that_collide_rebase_until_all_commits_landed);
    tcase_add_test(tests, of_many_creates_of_one_name_exactly_one_wins);
    tcase_add_test(tests, of_many_hms_swaps_of_one_pointer_exactly_one_wins);
    tcase_add_test(tests, a_plain_hms_alter_cannot_move_a_pointer_that_moved_meanwhile);
    tcase_add_test(tests, no_rest_commit_is_lost_to_hms_alters_at_the_same_time);
    tcase_add_test(tests, a_drop_during_commits_succeeds_and_later_commits_find_nothing);
    tcase_add_test(tests, commits_whose_connection_dies_are_found_out_and_land_once);
    tcase_add_test(tests, a_transaction_commits_all_its_tables_or_none);
    tcase_add_test(tests, transactions_over_the_same_tables_in_any_order_all_land);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
