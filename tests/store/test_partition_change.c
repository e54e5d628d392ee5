/* SPDX-License-Identifier: Apache-2.0 */
/* Goal: the catalog adds, alters, renames and drops partitions as Hive does, files and messages
 * included. Method: its operations on a real PostgreSQL and a directory. */
#include <glib/gstdio.h>
#include <string.h>

#include "catalog/warehouses.h"
#include "skep/catalog_partition.h"
#include "skep/error.h"
#include "skep/warehouse.h"
#include "support/test_postgres.h"

static const CatalogPartitionAddOptions plain_add;
static const CatalogPartitionAddOptions missing_add = {.if_not_exists = TRUE};
static const CatalogPartitionDropOptions with_data = {.delete_data = TRUE};
static const CatalogPartitionDropOptions without_data;
static const CatalogPartitionDropOptions if_there = {.if_exists = TRUE, .delete_data = TRUE};

static Catalog catalog;
static char *directory;

static void
make_table(const char *name, const char *hms_type, const char *keys)
{
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO skep.catalogs (name, created_s) VALUES ('hive', 0) ON CONFLICT DO NOTHING;"
        "INSERT INTO skep.namespaces (catalog_id, name, location, created_s)"
        " SELECT id, 'p', 'file:%s/p.db', 0 FROM skep.catalogs WHERE name = 'hive'"
        " ON CONFLICT DO NOTHING;"
        "INSERT INTO skep.tables (namespace_id, name, kind, hms_type, created_s, location,"
        " partition_keys) SELECT id, '%s', 0, '%s', 0, 'file:%s/p.db/%s', '%s'"
        " FROM skep.namespaces WHERE name = 'p'",
        directory, name, hms_type, directory, name, keys);

    g_free(test_postgres_run(sql));
}

static void
set_up(void)
{
    static const char keys[] =
        "[{\"name\":\"ds\",\"type\":\"string\"},{\"name\":\"hr\",\"type\":\"int\"}]";
    WarehouseOptions options = {0};
    g_autofree char *root = NULL;

    directory = g_dir_make_tmp("skep-test-XXXXXX", NULL);
    root = g_strconcat("file://", directory, NULL);
    options.root = root;
    memset(&catalog, 0, sizeof catalog);
    catalog_options_init(&catalog.options);
    catalog.store = test_postgres_open();
    catalog.home = warehouse_open(&options, NULL);
    ck_assert_ptr_nonnull(catalog.home);
    catalog.warehouses = warehouses_new(catalog.store, catalog.home, NULL, 1 << 20);
    test_postgres_clear();
    make_table("t", "MANAGED_TABLE", keys);
    make_table("x", "EXTERNAL_TABLE", keys);
    make_table("plain", "MANAGED_TABLE", "[]");
}

static void
tear_down(void)
{
    const char *argv[] = {"/bin/rm", "-rf", "--", directory, NULL};

    g_clear_pointer(&catalog.warehouses, warehouses_free);
    g_clear_pointer(&catalog.home, warehouse_close);
    g_clear_pointer(&catalog.store, store_close);
    g_spawn_sync("/", (gchar **)argv, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL);
    g_clear_pointer(&directory, g_free);
}

static void
partition_free(gpointer partition)
{
    catalog_partition_free(partition);
}

static CatalogPartition *
new_partition(const char *ds, const char *hr)
{
    CatalogPartition *partition = catalog_partition_new();
    const char *values[] = {ds, hr, NULL};

    partition->values = g_strdupv((GStrv)values);
    partition->storage = catalog_storage_new();
    return partition;
}

static GPtrArray *
list_of(CatalogPartition *first, CatalogPartition *second)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(partition_free);

    g_ptr_array_add(list, first);
    if (second != NULL)
        g_ptr_array_add(list, second);
    return list;
}

static GPtrArray *
add(const char *table, CatalogPartition *first, CatalogPartition *second)
{
    g_autoptr(GPtrArray) list = list_of(first, second);
    g_autoptr(GError) error = NULL;
    GPtrArray *added = NULL;

    ck_assert_msg(
        catalog_partition_add(&catalog, NULL, "P", table, list, &plain_add, &added, &error), "%s",
        error != NULL ? error->message : "");
    return added;
}

static void
assert_fails(gboolean done, GError *error, SkepError fact, const char *message)
{
    ck_assert(!done);
    ck_assert_msg(g_error_matches(error, SKEP_ERROR, (gint)fact), "%s", error->message);
    ck_assert_str_eq(error->message, message);
    g_error_free(error);
}

static gboolean
is_directory(const char *path)
{
    g_autofree char *full = g_build_filename(directory, path, NULL);

    return g_file_test(full, G_FILE_TEST_IS_DIR);
}

static CatalogPartition *
find(const char *table, const char *ds, const char *hr)
{
    const char *values[] = {ds, hr, NULL};
    g_autoptr(GError) error = NULL;
    CatalogPartition *partition =
        catalog_partition_find(&catalog, "HIVE", "p", table, values, &error);

    ck_assert_msg(partition != NULL, "%s", error != NULL ? error->message : "");
    return partition;
}

START_TEST(add_fills_in_what_hive_fills_in)
{
    g_autoptr(GPtrArray) added = add("T", new_partition("a/b", "1"), NULL);
    const CatalogPartition *partition = added->pdata[0];
    g_autofree char *location = g_strdup_printf("file:%s/p.db/t/ds=a%%2Fb/hr=1", directory);
    g_autoptr(CatalogPartition) found = NULL;

    ck_assert_uint_eq(added->len, 1);
    ck_assert_str_eq(partition->name, "ds=a%2Fb/hr=1");
    ck_assert_str_eq(partition->location, location);
    ck_assert_int_gt(partition->create_time_s, 1700000000);
    ck_assert_ptr_nonnull(catalog_map_get(partition->parameters, "transient_lastDdlTime"));
    ck_assert_ptr_null(catalog_map_get(partition->parameters, "numFiles"));
    ck_assert(is_directory("p.db/t/ds=a%2Fb/hr=1"));
    found = find("t", "a/b", "1");
    ck_assert_str_eq(found->location, location);
    ck_assert(catalog_map_equal(found->parameters, partition->parameters));
}
END_TEST

START_TEST(add_counts_files_unless_told_not_to)
{
    g_autofree char *path = g_build_filename(directory, "p.db/t/ds=a/hr=1", NULL);
    g_autofree char *file = g_build_filename(path, "part-0", NULL);
    CatalogPartition *silent = new_partition("a", "2");
    g_autoptr(GPtrArray) added = NULL;
    const CatalogPartition *first;
    const CatalogPartition *second;

    ck_assert_int_eq(g_mkdir_with_parents(path, 0700), 0);
    ck_assert(g_file_set_contents(file, "12345", -1, NULL));
    catalog_map_set(silent->parameters, "DO_NOT_UPDATE_STATS", "true");
    added = add("t", new_partition("a", "1"), silent);
    first = added->pdata[0];
    second = added->pdata[1];
    ck_assert_str_eq(catalog_map_get(first->parameters, "numFiles"), "1");
    ck_assert_str_eq(catalog_map_get(first->parameters, "totalSize"), "5");
    ck_assert_ptr_null(catalog_map_get(second->parameters, "numFiles"));
    ck_assert_ptr_null(catalog_map_get(second->parameters, "DO_NOT_UPDATE_STATS"));
}
END_TEST

START_TEST(add_says_in_hives_words_what_is_wrong)
{
    g_autoptr(GPtrArray) list = list_of(new_partition("a", "1"), NULL);
    g_autoptr(GPtrArray) twice = list_of(new_partition("b", "1"), new_partition("b", "1"));
    g_autoptr(GPtrArray) added = add("t", new_partition("a", "1"), NULL);
    GError *error = NULL;
    gboolean done;
    CatalogPartition *partition = list->pdata[0];

    done = catalog_partition_add(&catalog, NULL, "p", "t", list, &plain_add, NULL, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_ALREADY_EXISTS,
                 "Partition already exists: Partition(values:[a, 1], dbName:p, tableName:t)");
    done = catalog_partition_add(&catalog, NULL, "p", "nope", list, &plain_add, NULL, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OBJECT,
                 "Unable to add partitions because hive.p.nope does not exist");
    done = catalog_partition_add(&catalog, NULL, "p", "t", twice, &plain_add, NULL, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_ARGUMENT,
                 "Duplicate partitions in the list: ds=b/hr=1");
    g_clear_pointer(&partition->values[1], g_free);
    done = catalog_partition_add(&catalog, NULL, "p", "t", list, &plain_add, NULL, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_ARGUMENT,
                 "Invalid partition key & values; keys [ds, hr, ], values [a, ]");
    done = catalog_partition_add(&catalog, NULL, "p", "plain", list, &plain_add, NULL, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_ARGUMENT,
                 "Invalid partition key & values; keys [], values [a, ]");
}
END_TEST

START_TEST(a_location_outside_the_warehouse_is_refused)
{
    CatalogPartition *partition = new_partition("a", "1");
    g_autoptr(GPtrArray) list = list_of(partition, NULL);
    g_autoptr(GError) error = NULL;

    partition->location = g_strdup("file:/etc/a");
    ck_assert(!catalog_partition_add(&catalog, NULL, "p", "t", list, &plain_add, NULL, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_FORBIDDEN));
}
END_TEST

START_TEST(only_new_ones_are_added_when_others_may_exist)
{
    g_autoptr(GPtrArray) first = add("t", new_partition("a", "1"), NULL);
    g_autoptr(GPtrArray) list = list_of(new_partition("a", "1"), new_partition("a", "2"));
    g_autoptr(GPtrArray) empty = g_ptr_array_new();
    g_autoptr(GPtrArray) added = NULL;
    g_autoptr(GPtrArray) none = NULL;

    ck_assert(catalog_partition_add(&catalog, NULL, "p", "t", list, &missing_add, &added, NULL));
    ck_assert_uint_eq(added->len, 1);
    ck_assert_str_eq(((CatalogPartition *)added->pdata[0])->name, "ds=a/hr=2");
    ck_assert(catalog_partition_add(&catalog, NULL, "p", "t", empty, &plain_add, &none, NULL));
    ck_assert_uint_eq(none->len, 0);
}
END_TEST

START_TEST(find_says_what_is_missing)
{
    const char *values[] = {"zz", "3", NULL};
    const char *few[] = {"zz", NULL};
    GError *error = NULL;

    ck_assert_ptr_null(catalog_partition_find(&catalog, NULL, "p", "t", values, &error));
    assert_fails(FALSE, g_steal_pointer(&error), SKEP_ERROR_NO_SUCH_PARTITION,
                 "partition values=[zz, 3]");
    ck_assert_ptr_null(catalog_partition_find(&catalog, NULL, "p", "t", few, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_INVALID_ARGUMENT));
    g_clear_error(&error);
    ck_assert_ptr_null(catalog_partition_find(&catalog, NULL, "p", "nope", values, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_NO_SUCH_TABLE));
    g_clear_error(&error);
}
END_TEST

START_TEST(alter_replaces_and_keeps_a_create_time_that_is_not_sent)
{
    g_autoptr(GPtrArray) added = add("t", new_partition("a", "1"), new_partition("a", "2"));
    CatalogPartition *partition = added->pdata[0];
    gint32 created_s = partition->create_time_s;
    g_autoptr(CatalogPartition) found = NULL;
    g_autoptr(CatalogPartition) other = NULL;

    g_hash_table_remove_all(partition->parameters);
    catalog_map_set(partition->parameters, "k", "v");
    partition->create_time_s = 0;
    ((CatalogPartition *)added->pdata[1])->create_time_s = 7;
    ck_assert(catalog_partition_alter(&catalog, NULL, "p", "t", added, NULL));
    found = find("t", "a", "1");
    other = find("t", "a", "2");
    ck_assert_int_eq(found->create_time_s, created_s);
    ck_assert_int_eq(other->create_time_s, 7);
    ck_assert_str_eq(catalog_map_get(found->parameters, "k"), "v");
    ck_assert_ptr_null(catalog_map_get(found->parameters, "numFiles"));
    ck_assert_ptr_nonnull(catalog_map_get(found->parameters, "transient_lastDdlTime"));
}
END_TEST

START_TEST(alter_of_a_missing_partition_changes_nothing)
{
    g_autoptr(GPtrArray) added = add("t", new_partition("a", "1"), NULL);
    g_autoptr(GPtrArray) one = list_of(new_partition("zz", "2"), NULL);
    g_autoptr(GPtrArray) two = list_of(new_partition("a", "1"), new_partition("zz", "2"));
    GError *error = NULL;
    gboolean done;

    for (guint i = 0; i < 2; i++)
        ((CatalogPartition *)two->pdata[i])->location = g_strdup_printf("file:%s/e", directory);
    done = catalog_partition_alter(&catalog, NULL, "p", "t", one, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OPERATION,
                 "alter is not possible: partition values=[zz, 2]");
    g_clear_pointer(&((CatalogPartition *)added->pdata[0])->location, g_free);
    done = catalog_partition_alter(&catalog, NULL, "p", "t", added, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_ARGUMENT,
                 "A partition to be altered has no location");
    ((CatalogPartition *)one->pdata[0])->location = g_strdup_printf("file:%s/e", directory);
    done = catalog_partition_alter(&catalog, NULL, "p", "t", one, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OPERATION,
                 "alter is not possible: partition values=[zz, 2]");
    done = catalog_partition_alter(&catalog, NULL, "p", "t", two, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OPERATION,
                 "Alter partition operation failed: new parts size 2 not matching with old parts "
                 "size 1");
    g_autoptr(CatalogPartition) found = find("t", "a", "1");
    ck_assert(g_str_has_suffix(found->location, "/p.db/t/ds=a/hr=1"));
}
END_TEST

START_TEST(rename_moves_managed_data_and_leaves_external_ones)
{
    g_autoptr(GPtrArray) managed = add("t", new_partition("a", "1"), NULL);
    g_autoptr(GPtrArray) external = add("x", new_partition("a", "1"), NULL);
    g_autoptr(CatalogPartition) wanted = new_partition("b", "1");
    const char *old_values[] = {"a", "1", NULL};
    g_autoptr(CatalogPartition) moved = NULL;
    g_autoptr(CatalogPartition) stayed = NULL;

    ck_assert(catalog_partition_rename(&catalog, NULL, "p", "t", old_values, wanted, NULL));
    ck_assert(catalog_partition_rename(&catalog, NULL, "p", "x", old_values, wanted, NULL));
    moved = find("t", "b", "1");
    stayed = find("x", "b", "1");
    ck_assert(g_str_has_suffix(moved->location, "/p.db/t/ds=b/hr=1"));
    ck_assert(g_str_has_suffix(stayed->location, "/p.db/x/ds=a/hr=1"));
    ck_assert(is_directory("p.db/t/ds=b/hr=1"));
    ck_assert(!is_directory("p.db/t/ds=a/hr=1"));
    ck_assert(is_directory("p.db/x/ds=a/hr=1"));
}
END_TEST

START_TEST(rename_says_in_hives_words_what_is_wrong)
{
    g_autoptr(GPtrArray) added = add("t", new_partition("a", "1"), new_partition("q", "1"));
    g_autoptr(CatalogPartition) wanted = new_partition("q", "1");
    const char *old_values[] = {"a", "1", NULL};
    const char *no_values[] = {"zz", "1", NULL};
    GError *error = NULL;
    gboolean done;

    done = catalog_partition_rename(&catalog, NULL, "p", "t", old_values, wanted, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OPERATION,
                 "Partition already exists:p.t.[q, 1]");
    ck_assert(is_directory("p.db/t/ds=a/hr=1"));
    done = catalog_partition_rename(&catalog, NULL, "p", "t", no_values, wanted, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_INVALID_OPERATION,
                 "Unable to rename partition because old partition does not exist");
}
END_TEST

START_TEST(drop_removes_managed_data_when_asked)
{
    g_autoptr(GPtrArray) managed = add("t", new_partition("a", "1"), new_partition("a", "2"));
    g_autoptr(GPtrArray) external = add("x", new_partition("a", "1"), NULL);
    const char *first[] = {"ds=a/hr=1", NULL};
    const char *second[] = {"ds=a/hr=2", NULL};

    ck_assert(catalog_partition_drop(&catalog, NULL, "p", "t", first, &with_data, NULL));
    ck_assert(!is_directory("p.db/t/ds=a/hr=1"));
    ck_assert(catalog_partition_drop(&catalog, NULL, "p", "t", second, &without_data, NULL));
    ck_assert(is_directory("p.db/t/ds=a/hr=2"));
    ck_assert(catalog_partition_drop(&catalog, NULL, "p", "x", first, &with_data, NULL));
    ck_assert(is_directory("p.db/x/ds=a/hr=1"));
}
END_TEST

START_TEST(drop_never_removes_the_tables_own_directory)
{
    CatalogPartition *partition = new_partition("a", "1");
    const char *names[] = {"ds=a/hr=1", NULL};
    g_autoptr(GPtrArray) others = NULL;
    g_autoptr(GPtrArray) added = NULL;

    partition->location = g_strdup_printf("file:%s/p.db/t", directory);
    added = add("t", partition, NULL);
    others = add("t", new_partition("b", "1"), NULL);
    ck_assert(catalog_partition_drop(&catalog, NULL, "p", "t", names, &with_data, NULL));
    ck_assert(is_directory("p.db/t/ds=b/hr=1"));
}
END_TEST

START_TEST(drop_of_what_is_missing_drops_nothing)
{
    g_autoptr(GPtrArray) added = add("t", new_partition("a", "1"), NULL);
    const char *both[] = {"ds=a/hr=1", "ds=q/hr=1", NULL};
    const char *one[] = {"ds=q/hr=1", NULL};
    GError *error = NULL;
    gboolean done;

    done = catalog_partition_drop(&catalog, NULL, "p", "t", one, &with_data, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_NO_SUCH_PARTITION,
                 "partition values=[q, 1]");
    done = catalog_partition_drop(&catalog, NULL, "p", "t", both, &with_data, &error);
    assert_fails(done, g_steal_pointer(&error), SKEP_ERROR_NO_SUCH_PARTITION,
                 "Some partitions to drop are missing");
    ck_assert(is_directory("p.db/t/ds=a/hr=1"));
    ck_assert(catalog_partition_drop(&catalog, NULL, "p", "t", both, &if_there, NULL));
    ck_assert(!is_directory("p.db/t/ds=a/hr=1"));
}
END_TEST

/* ---- which partitions a query means ---- */

static gboolean
append_name(const char *name, gpointer data, GError **error)
{
    GString *names = data;

    (void)error;
    g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", name);
    return TRUE;
}

static void
assert_lists(const CatalogPartitionQuery *query, const char *expected)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    ck_assert_msg(
        catalog_partition_scan_names(&catalog, NULL, "p", "t", query, append_name, names, &error),
        "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(names->str, expected);
}

START_TEST(names_partial_values_and_filter_must_all_hold)
{
    g_autoptr(GPtrArray) some = add("t", new_partition("a", "1"), new_partition("a", "2"));
    g_autoptr(GPtrArray) more = add("t", new_partition("b", "1"), new_partition("", "1"));
    const char *names[] = {"ds=a/hr=2", "ds=b/hr=1", "ds=zz/hr=1", NULL};
    const char *no_names[] = {NULL};
    const char *second[] = {"", "1", NULL};
    const char *first[] = {"a", NULL};
    const char *unset[] = {"__HIVE_DEFAULT_PARTITION__", "", NULL};
    const char *many[] = {"a", "b", "c", NULL};
    CatalogPartitionQuery query;
    g_autoptr(GError) error = NULL;

    catalog_partition_query_init(&query);
    assert_lists(&query, "ds=__HIVE_DEFAULT_PARTITION__/hr=1 ds=a/hr=1 ds=a/hr=2 ds=b/hr=1");
    query.partial_values = second;
    assert_lists(&query, "ds=__HIVE_DEFAULT_PARTITION__/hr=1 ds=a/hr=1 ds=b/hr=1");
    query.filter = "ds != 'a'";
    assert_lists(&query, "ds=b/hr=1");
    query.filter = "";
    query.partial_values = first;
    assert_lists(&query, "ds=a/hr=1 ds=a/hr=2");
    query.max = 1;
    assert_lists(&query, "ds=a/hr=1");
    query.max = -1;
    query.partial_values = unset;
    assert_lists(&query, "ds=__HIVE_DEFAULT_PARTITION__/hr=1");
    query.partial_values = NULL;
    query.names = names;
    assert_lists(&query, "ds=a/hr=2 ds=b/hr=1");
    query.filter = "hr = 2";
    assert_lists(&query, "ds=a/hr=2");
    query.names = no_names;
    assert_lists(&query, "");
    query.partial_values = many;
    ck_assert(
        !catalog_partition_scan_names(&catalog, NULL, "p", "t", &query, append_name, NULL, &error));
    ck_assert_str_eq(error->message,
                     "Incorrect number of partition values. numPartKeys=2, part_val=[a, b, c]");
}
END_TEST

static gboolean
count_partition(const CatalogPartition *partition, gpointer data, GError **error)
{
    (void)error;
    ck_assert_ptr_nonnull(partition->storage);
    (*(guint *)data)++;
    return TRUE;
}

START_TEST(a_scan_tells_its_table_and_keeps_to_the_limit)
{
    g_autoptr(GPtrArray) some = add("t", new_partition("a", "1"), new_partition("a", "2"));
    g_autoptr(CatalogTable) table = NULL;
    CatalogPartitionQuery query;
    g_autoptr(GError) error = NULL;
    guint count = 0;

    catalog_partition_query_init(&query);
    ck_assert(catalog_partition_scan(&catalog, NULL, "p", "t", &query, &table, count_partition,
                                     &count, NULL));
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(table->name, "t");
    catalog.options.partitions_per_request_max = 1;
    ck_assert(!catalog_partition_scan(&catalog, NULL, "p", "t", &query, NULL, count_partition,
                                      &count, &error));
    ck_assert(g_error_matches(error, SKEP_ERROR, SKEP_ERROR_TOO_LARGE));
    query.max = 1;
    count = 0;
    ck_assert(catalog_partition_scan(&catalog, NULL, "p", "t", &query, NULL, count_partition,
                                     &count, NULL));
    ck_assert_uint_eq(count, 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("partition changes");
    TCase *changes = tcase_create("changes");
    TCase *queries = tcase_create("queries");

    tcase_add_checked_fixture(changes, set_up, tear_down);
    tcase_add_checked_fixture(queries, set_up, tear_down);
    tcase_add_test(changes, add_fills_in_what_hive_fills_in);
    tcase_add_test(changes, add_counts_files_unless_told_not_to);
    tcase_add_test(changes, add_says_in_hives_words_what_is_wrong);
    tcase_add_test(changes, a_location_outside_the_warehouse_is_refused);
    tcase_add_test(changes, only_new_ones_are_added_when_others_may_exist);
    tcase_add_test(changes, find_says_what_is_missing);
    tcase_add_test(changes, alter_replaces_and_keeps_a_create_time_that_is_not_sent);
    tcase_add_test(changes, alter_of_a_missing_partition_changes_nothing);
    tcase_add_test(changes, rename_moves_managed_data_and_leaves_external_ones);
    tcase_add_test(changes, rename_says_in_hives_words_what_is_wrong);
    tcase_add_test(changes, drop_removes_managed_data_when_asked);
    tcase_add_test(changes, drop_never_removes_the_tables_own_directory);
    tcase_add_test(changes, drop_of_what_is_missing_drops_nothing);
    tcase_add_test(queries, names_partial_values_and_filter_must_all_hold);
    tcase_add_test(queries, a_scan_tells_its_table_and_keeps_to_the_limit);
    suite_add_tcase(suite, changes);
    suite_add_tcase(suite, queries);
    return test_postgres_run_suite(suite);
}
