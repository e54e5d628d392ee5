/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of HMS clients through the catalog on a real PostgreSQL: what the server fills in, what it
 * refuses, what happens to files, and alter with its rename and its compare-and-swap. */
#include <string.h>

#include "skep/catalog_partition.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

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
find(const char *namespace_name, const char *name)
{
    g_autoptr(GError) error = NULL;
    CatalogTable *table = catalog_table_find(fixture->catalog, NULL, namespace_name, name, &error);

    test_assert_ok(table, error);
    return table;
}

static gboolean
alter(const char *name,
      const CatalogTable *wanted,
      const CatalogTableAlterOptions *options,
      GError **error)
{
    return catalog_table_alter(fixture->catalog, NULL, NULL, "d", name, wanted, options, error);
}

static void
set_text(char **member, const char *text)
{
    g_free(*member);
    *member = g_strdup(text);
}

START_TEST(a_new_table_is_filled_in_and_found_in_any_case)
{
    g_autoptr(CatalogTable) made = test_catalog_make_hive_table(fixture, "D", "T1");
    g_autoptr(CatalogTable) found = find("d", "t1");

    ck_assert_int_gt(made->id, 0);
    ck_assert_int_eq(found->id, made->id);
    ck_assert_str_eq(found->name, "t1");
    ck_assert_str_eq(found->hms_type, "MANAGED_TABLE");
    ck_assert_int_gt(found->create_time_s, 1600000000);
    ck_assert_ptr_nonnull(catalog_map_get(found->parameters, "transient_lastDdlTime"));
    /* a directory that was just made has nothing to count, as with Hive */
    ck_assert_ptr_null(catalog_map_get(found->parameters, "numFiles"));
    ck_assert(g_str_has_suffix(found->location, "/d.db/t1"));
    ck_assert(test_catalog_has_file(fixture, "d.db/t1"));
    ck_assert_uint_eq(found->storage->columns->len, 2);
    ck_assert_str_eq(((CatalogColumn *)found->storage->columns->pdata[1])->comment, "text");
}
END_TEST

START_TEST(odd_names_get_escaped_directories_of_their_own)
{
    g_autoptr(CatalogTable) odd = test_catalog_make_hive_table(fixture, "d", "a b/c-d");
    g_autoptr(CatalogTable) common = test_catalog_make_hive_table(fixture, "d", "web-events");
    g_autoptr(CatalogTable) like_an_escape = test_catalog_make_hive_table(fixture, "d", "a-47-b");
    g_autoptr(CatalogTable) escaped = test_catalog_make_hive_table(fixture, "d", "a/b");

    ck_assert(g_str_has_suffix(odd->location, "/a-32-b-47-c-d"));
    ck_assert(g_str_has_suffix(common->location, "/web-events"));
    ck_assert(g_str_has_suffix(like_an_escape->location, "/a-45-47-b"));
    ck_assert(g_str_has_suffix(escaped->location, "/a-47-b"));
}
END_TEST

START_TEST(a_second_table_of_a_name_is_refused_and_so_is_one_without_a_namespace)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) made = test_catalog_make_hive_table(fixture, "d", "t");
    g_autoptr(CatalogTable) again = test_catalog_hive_table("d", "T");
    g_autoptr(CatalogTable) homeless = test_catalog_hive_table("nodb", "t");

    ck_assert_ptr_null(catalog_table_create(fixture->catalog, NULL, again, NULL, &error));
    ck_assert_str_eq(error->message, "Table already exists: d.t");
    test_assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
    ck_assert_ptr_null(catalog_table_create(fixture->catalog, NULL, homeless, NULL, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_NAMESPACE);
}
END_TEST

START_TEST(columns_are_checked)
{
    static const struct {
        const char *type;
        gboolean valid;
    } cases[] = {
        {"bigint",                                               TRUE },
        {"decimal",                                              TRUE },
        {"decimal(10,2)",                                        TRUE },
        {"varchar(10)",                                          TRUE },
        {"timestamp with local time zone",                       TRUE },
        {"array<map<string,struct<a:int,`b:c`:array<double>>>>", TRUE },
        {"map<string, int>",                                     TRUE },
        {"uniontype<int,string>",                                TRUE },
        {"interval_day_time",                                    TRUE },
        {"INT",                                                  FALSE},
        {"long",                                                 FALSE},
        {"nosuch",                                               FALSE},
        {"timestamp_ntz",                                        FALSE},
        {"array<int",                                            FALSE},
        {"map<int>",                                             FALSE},
        {"struct<int>",                                          FALSE},
        {"decimal(",                                             FALSE},
        {"decimal(1,2,3)",                                       FALSE},
        {"",                                                     FALSE},
        {"int>",                                                 FALSE}
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *name = g_strdup_printf("c%zu", i);
        g_autoptr(CatalogTable) wanted = test_catalog_hive_table("d", name);
        g_autoptr(CatalogTable) made = NULL;

        g_ptr_array_add(wanted->storage->columns, catalog_column_new("x", cases[i].type, NULL));
        made = catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error);
        ck_assert_msg((made != NULL) == cases[i].valid, "%s", cases[i].type);
        if (!cases[i].valid)
            test_assert_fact(error, SKEP_ERROR_INVALID_OBJECT);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) twice = test_catalog_hive_table("d", "twice");
    g_ptr_array_add(twice->storage->columns, catalog_column_new("A", "int", NULL));
    ck_assert_ptr_null(catalog_table_create(fixture->catalog, NULL, twice, NULL, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(deeply_nested_types_are_refused_not_followed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) type = g_string_new(NULL);
    g_autoptr(CatalogTable) wanted = test_catalog_hive_table("d", "deep");

    for (int i = 0; i < 100000; i++)
        g_string_append(type, "array<");
    g_ptr_array_add(wanted->storage->columns, catalog_column_new("x", type->str, NULL));
    ck_assert_ptr_null(catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_OBJECT);
}
END_TEST

START_TEST(type_and_parameter_external_are_one_statement)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) wanted = test_catalog_hive_table("d", "e");
    g_autoptr(CatalogTable) found = NULL;
    g_autoptr(CatalogTable) made = NULL;

    set_text(&wanted->hms_type, "EXTERNAL_TABLE");
    made = catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error);
    ck_assert_str_eq(catalog_map_get(made->parameters, "EXTERNAL"), "TRUE");
    catalog_map_set(made->parameters, "EXTERNAL", "FALSE");
    test_assert_ok(alter("e", made, NULL, &error), error);
    found = find("d", "e");
    ck_assert_str_eq(found->hms_type, "MANAGED_TABLE");
}
END_TEST

START_TEST(listings_filter_by_pattern_type_and_page)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) view = test_catalog_hive_table("d", "v");
    g_autoptr(CatalogTable) made = NULL;
    g_autoptr(GPtrArray) names = NULL;
    CatalogTableFilter views = {.hms_type = "VIRTUAL_VIEW", .kind = -1};
    CatalogTableFilter some = {.name_pattern = "t*", .kind = -1};
    CatalogTableFilter bad = {.hms_type = "NOPE", .kind = -1};
    CatalogPage page = {NULL, 2};
    g_autofree char *next = NULL;

    for (int i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("t%d", i);
        g_autoptr(CatalogTable) table = test_catalog_make_hive_table(fixture, "d", name);
    }
    set_text(&view->hms_type, "VIRTUAL_VIEW");
    set_text(&view->view_original_text, "select 1");
    made = catalog_table_create(fixture->catalog, NULL, view, NULL, &error);
    test_assert_ok(made, error);
    ck_assert_ptr_null(made->location);
    names = catalog_table_list(fixture->catalog, NULL, "d", &views, NULL, NULL, &error);
    ck_assert_uint_eq(names->len, 1);
    g_clear_pointer(&names, g_ptr_array_unref);
    names = catalog_table_list(fixture->catalog, NULL, "d", &some, &page, &next, &error);
    ck_assert_uint_eq(names->len, 2);
    ck_assert_ptr_nonnull(next);
    g_clear_pointer(&names, g_ptr_array_unref);
    names = catalog_table_list(fixture->catalog, NULL, "nodb", NULL, NULL, NULL, &error);
    ck_assert_uint_eq(names->len, 0);
    ck_assert_ptr_null(catalog_table_list(fixture->catalog, NULL, "d", &bad, NULL, NULL, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    g_clear_pointer(&names, g_ptr_array_unref);
    names = catalog_table_list_meta(fixture->catalog, NULL, "*", "*", NULL, &error);
    ck_assert_uint_eq(names->len, 4);
}
END_TEST

START_TEST(filters_over_tables_follow_hive)
{
    static const struct {
        const char *filter;
        gint max;
        guint count;
    } cases[] = {
        {"hive_filter_field_params__table_type = \"ICEBERG\"",                             -1, 1},
        {"hive_filter_field_params__table_type like \"ICE.*\"",                            -1, 1},
        {"hive_filter_field_params__table_type like \"ICE%\"",                             -1, 0},
        {"hive_filter_field_params__table_type <> \"X\"",                                  -1, 1},
        {"hive_filter_field_tableName__ like \".*\"",                                      -1, 3},
        {"hive_filter_field_tableName__ like \".*\"",                                      2,  2},
        {"hive_filter_field_tableName__ like \".*\"",                                      0,  0},
        {"hive_filter_field_owner__ = \"ada\" and hive_filter_field_tableName__ = \"f1\"", -1, 1},
        {"hive_filter_field_last_access__ >= 0",                                           -1, 3}
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) iceberg = test_catalog_make_iceberg(fixture, "d", "ice");
    CatalogCaller caller = {.user = "ada"};

    for (int i = 0; i < 2; i++) {
        g_autofree char *name = g_strdup_printf("f%d", i);
        g_autoptr(CatalogTable) wanted = test_catalog_hive_table("d", name);
        g_autoptr(CatalogTable) made =
            catalog_table_create(fixture->catalog, &caller, wanted, NULL, &error);

        test_assert_ok(made, error);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) names = catalog_table_list_by_filter(
            fixture->catalog, NULL, "d", cases[i].filter, cases[i].max, &error);

        test_assert_ok(names, error);
        ck_assert_msg(names->len == cases[i].count, "%s: %u", cases[i].filter, names->len);
    }
    ck_assert_ptr_null(catalog_table_list_by_filter(
        fixture->catalog, NULL, "d", "hive_filter_field_params__a > \"1\"", -1, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(an_alter_replaces_parameters_and_keeps_identity)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) made = test_catalog_make_hive_table(fixture, "d", "t");
    g_autoptr(CatalogTable) wanted = catalog_table_copy(made);
    g_autoptr(CatalogTable) found = NULL;

    catalog_map_set(wanted->parameters, "k", "v");
    wanted->create_time_s = 5;
    test_assert_ok(alter("t", wanted, NULL, &error), error);
    found = find("d", "t");
    ck_assert_int_eq(found->id, made->id);
    ck_assert_int_eq(found->create_time_s, made->create_time_s);
    ck_assert_str_eq(catalog_map_get(found->parameters, "k"), "v");
    ck_assert_int_eq(found->version, made->version + 1);
    ck_assert(!alter("nope", wanted, NULL, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
}
END_TEST

START_TEST(incompatible_columns_and_partition_keys_are_refused_unless_allowed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) made = test_catalog_make_hive_table(fixture, "d", "t");
    g_autoptr(CatalogTable) wanted = catalog_table_copy(made);
    g_autoptr(CatalogStorage) storage = catalog_storage_copy(made->storage);
    CatalogTableAlterOptions allowed = {.allow_incompatible_columns = TRUE};
    CatalogColumn *first = storage->columns->pdata[0];

    catalog_storage_unref(wanted->storage);
    wanted->storage = catalog_storage_ref(storage);
    set_text(&first->type, "bigint");
    test_assert_ok(alter("t", wanted, NULL, &error), error);
    set_text(&first->type, "date");
    ck_assert(!alter("t", wanted, NULL, &error));
    ck_assert_str_eq(error->message,
                     "The following columns have types incompatible with the existing "
                     "columns in their respective positions :\na");
    test_assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
    test_assert_ok(alter("t", wanted, &allowed, &error), error);
    g_ptr_array_add(wanted->partition_keys, catalog_column_new("ds", "string", NULL));
    ck_assert(!alter("t", wanted, NULL, &error));
    ck_assert_str_eq(error->message, "partition keys can not be changed.");
    test_assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
}
END_TEST

START_TEST(a_rename_moves_managed_data_and_a_taken_name_is_refused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) made = test_catalog_make_hive_table(fixture, "d", "t");
    g_autoptr(CatalogTable) other = test_catalog_make_hive_table(fixture, "d", "taken");
    g_autoptr(CatalogTable) wanted = catalog_table_copy(made);
    g_autoptr(CatalogTable) found = NULL;

    test_catalog_make_namespace(fixture, "d2");
    set_text(&wanted->name, "taken");
    ck_assert(!alter("t", wanted, NULL, &error));
    ck_assert_str_eq(error->message, "new table d.taken already exists");
    test_assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
    set_text(&wanted->namespace_name, "nodb");
    ck_assert(!alter("t", wanted, NULL, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "Object database hive.nodb does not exist"));
    test_assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
    set_text(&wanted->namespace_name, "d2");
    set_text(&wanted->name, "Moved");
    test_assert_ok(alter("t", wanted, NULL, &error), error);
    found = find("d2", "moved");
    ck_assert_int_eq(found->id, made->id);
    ck_assert(g_str_has_suffix(found->location, "/d2.db/moved"));
    ck_assert(test_catalog_has_file(fixture, "d2.db/moved"));
    ck_assert(!test_catalog_has_file(fixture, "d.db/t"));
}
END_TEST

START_TEST(a_swap_by_any_parameter_says_what_clients_match_on)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) made = test_catalog_make_hive_table(fixture, "d", "t");
    g_autoptr(CatalogTable) wanted = catalog_table_copy(made);
    CatalogTableAlterOptions swap = {.expected_key = "k", .expected_value = "1"};
    CatalogTableAlterOptions key_alone = {.expected_key = "k"};

    ck_assert(!alter("t", wanted, &swap, &error));
    ck_assert_str_eq(error->message, "New value for expected key k is not set");
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    catalog_map_set(wanted->parameters, "k", "1");
    ck_assert(!alter("t", wanted, &swap, &error));
    ck_assert_str_eq(error->message,
                     "The table has been modified. The parameter value for key 'k' is "
                     "'null'. The expected was value was '1'");
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
    test_assert_ok(alter("t", wanted, &key_alone, &error), error);
    catalog_map_set(wanted->parameters, "k", "2");
    test_assert_ok(alter("t", wanted, &swap, &error), error);
    ck_assert(!alter("t", wanted, &swap, &error));
    test_assert_fact(error, SKEP_ERROR_COMMIT_CONFLICT);
}
END_TEST

START_TEST(a_drop_deletes_managed_data_and_leaves_external_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) managed = test_catalog_make_hive_table(fixture, "d", "m");
    g_autoptr(CatalogTable) wanted = test_catalog_hive_table("d", "e");
    g_autoptr(CatalogTable) external = NULL;
    CatalogTableDropOptions options = {.delete_data = TRUE, .kind = -1};
    CatalogTableDropOptions iceberg_only = {.kind = CATALOG_KIND_ICEBERG_TABLE};

    set_text(&wanted->hms_type, "EXTERNAL_TABLE");
    external = catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error);
    ck_assert(!catalog_table_drop(fixture->catalog, NULL, "d", "m", &iceberg_only, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
    test_assert_ok(catalog_table_drop(fixture->catalog, NULL, "d", "m", &options, &error), error);
    test_assert_ok(catalog_table_drop(fixture->catalog, NULL, "d", "e", &options, &error), error);
    ck_assert(!test_catalog_has_file(fixture, "d.db/m"));
    ck_assert(test_catalog_has_file(fixture, "d.db/e"));
    ck_assert(!catalog_table_drop(fixture->catalog, NULL, "d", "m", &options, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
}
END_TEST

START_TEST(every_change_leaves_one_event)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) made = test_catalog_make_hive_table(fixture, "d", "t");
    CatalogTableDropOptions options = {.kind = -1};
    g_autofree char *types = NULL;

    test_assert_ok(alter("t", made, NULL, &error), error);
    test_assert_ok(catalog_table_drop(fixture->catalog, NULL, "d", "t", &options, &error), error);
    types =
        test_postgres_run("SELECT string_agg(event_type, ' ' ORDER BY id) FROM skep.events "
                          "WHERE table_name = 't' AND id > (SELECT max(id) - 3 FROM skep.events)");
    ck_assert_str_eq(types, "CREATE_TABLE ALTER_TABLE DROP_TABLE");
    test_assert_ok(catalog_housekeep(fixture->catalog, &error), error);
}
END_TEST

/* --- what happens to partitions --- */

static void
add_partition(const char *table, const char *value, const char *location)
{
    static const CatalogPartitionAddOptions options;
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogPartition) partition = catalog_partition_new();
    g_autoptr(GPtrArray) batch = g_ptr_array_new();
    g_autoptr(CatalogTable) row = find("d", table);
    const char *values[] = {value, NULL};

    partition->values = g_strdupv((char **)values);
    partition->storage = catalog_storage_ref(row->storage);
    partition->location = g_strdup(location);
    g_ptr_array_add(batch, partition);
    test_assert_ok(
        catalog_partition_add(fixture->catalog, NULL, "d", table, batch, &options, NULL, &error),
        error);
}

static CatalogPartition *
find_partition(const char *namespace_name, const char *table, const char *value)
{
    g_autoptr(GError) error = NULL;
    const char *values[] = {value, NULL};
    CatalogPartition *found =
        catalog_partition_find(fixture->catalog, NULL, namespace_name, table, values, &error);

    test_assert_ok(found, error);
    return found;
}

static CatalogTable *
make_partitioned(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) wanted = test_catalog_hive_table("d", name);
    CatalogTable *made;

    g_ptr_array_add(wanted->partition_keys, catalog_column_new("ds", "string", NULL));
    made = catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error);
    test_assert_ok(made, error);
    return made;
}

START_TEST(partitions_move_with_a_renamed_table_and_stay_when_its_location_changes)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) made = make_partitioned("t");
    g_autofree char *inner = g_strconcat(made->location, "/elsewhere/x", NULL);
    g_autofree char *other = g_strconcat(warehouse_root(fixture->warehouse), "/other", NULL);
    g_autoptr(CatalogTable) wanted = catalog_table_copy(made);
    g_autoptr(CatalogPartition) derived = NULL;
    g_autoptr(CatalogPartition) written = NULL;
    g_autoptr(CatalogPartition) pinned = NULL;

    add_partition("t", "1", NULL);
    add_partition("t", "2", inner);
    set_text(&wanted->name, "u");
    test_assert_ok(alter("t", wanted, NULL, &error), error);
    derived = find_partition("d", "u", "1");
    written = find_partition("d", "u", "2");
    ck_assert(g_str_has_suffix(derived->location, "/d.db/u/ds=1"));
    ck_assert(g_str_has_suffix(written->location, "/d.db/u/elsewhere/x"));
    ck_assert(test_catalog_has_file(fixture, "d.db/u/ds=1"));
    set_text(&wanted->location, other);
    test_assert_ok(alter("u", wanted, NULL, &error), error);
    pinned = find_partition("d", "u", "1");
    ck_assert(g_str_has_suffix(pinned->location, "/d.db/u/ds=1"));
}
END_TEST

START_TEST(column_changes_reach_partitions_only_with_cascade)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) made = make_partitioned("t");
    g_autoptr(CatalogTable) wanted = catalog_table_copy(made);
    g_autoptr(CatalogPartition) before = NULL;
    g_autoptr(CatalogPartition) after = NULL;
    CatalogTableAlterOptions cascade = {.cascade = TRUE};
    CatalogStorage *storage = catalog_storage_copy(made->storage);

    add_partition("t", "1", NULL);
    g_ptr_array_add(storage->columns, catalog_column_new("c", "bigint", NULL));
    catalog_storage_unref(wanted->storage);
    wanted->storage = storage;
    test_assert_ok(alter("t", wanted, NULL, &error), error);
    before = find_partition("d", "t", "1");
    ck_assert_uint_eq(before->storage->columns->len, 2);
    test_assert_ok(alter("t", wanted, &cascade, &error), error);
    after = find_partition("d", "t", "1");
    ck_assert_uint_eq(after->storage->columns->len, 3);
}
END_TEST

START_TEST(a_dropped_table_takes_partitions_elsewhere_along)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) made = make_partitioned("t");
    g_autofree char *away = g_strconcat(warehouse_root(fixture->warehouse), "/away/p", NULL);
    CatalogTableDropOptions options = {.delete_data = TRUE, .kind = -1};

    add_partition("t", "1", away);
    ck_assert(test_catalog_has_file(fixture, "away/p"));
    test_assert_ok(catalog_table_drop(fixture->catalog, NULL, "d", "t", &options, &error), error);
    ck_assert(!test_catalog_has_file(fixture, "away/p"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tables");
    TCase *tests = tcase_create("tables");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_new_table_is_filled_in_and_found_in_any_case);
    tcase_add_test(tests, odd_names_get_escaped_directories_of_their_own);
    tcase_add_test(tests, a_second_table_of_a_name_is_refused_and_so_is_one_without_a_namespace);
    tcase_add_test(tests, columns_are_checked);
    tcase_add_test(tests, deeply_nested_types_are_refused_not_followed);
    tcase_add_test(tests, type_and_parameter_external_are_one_statement);
    tcase_add_test(tests, listings_filter_by_pattern_type_and_page);
    tcase_add_test(tests, filters_over_tables_follow_hive);
    tcase_add_test(tests, an_alter_replaces_parameters_and_keeps_identity);
    tcase_add_test(tests, incompatible_columns_and_partition_keys_are_refused_unless_allowed);
    tcase_add_test(tests, a_rename_moves_managed_data_and_a_taken_name_is_refused);
    tcase_add_test(tests, a_swap_by_any_parameter_says_what_clients_match_on);
    tcase_add_test(tests, a_drop_deletes_managed_data_and_leaves_external_data);
    tcase_add_test(tests, every_change_leaves_one_event);
    tcase_add_test(tests, partitions_move_with_a_renamed_table_and_stay_when_its_location_changes);
    tcase_add_test(tests, column_changes_reach_partitions_only_with_cascade);
    tcase_add_test(tests, a_dropped_table_takes_partitions_elsewhere_along);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
