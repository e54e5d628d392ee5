/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces through the catalog on a real PostgreSQL: defaults, nesting, properties, listing by
 * pages, and what a drop takes along. */
#include <string.h>

#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

static TestCatalog *fixture;

static void
setup(void)
{
    fixture = test_catalog_open();
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

START_TEST(the_default_namespace_is_there_from_the_start_and_stays)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogNamespace) found =
        catalog_namespace_find(fixture->catalog, NULL, "DEFAULT", &error);

    test_assert_ok(found, error);
    ck_assert_str_eq(found->description, "Default Hive database");
    ck_assert_str_eq(found->owner_name, "public");
    ck_assert_int_eq(found->owner_type, 2);
    ck_assert_str_eq(found->location, warehouse_root(fixture->warehouse));
    ck_assert(!catalog_namespace_drop(fixture->catalog, NULL, "default", TRUE, TRUE, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
}
END_TEST

START_TEST(a_new_namespace_has_a_folded_name_a_place_and_an_owner)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogNamespace) wanted = catalog_namespace_new();
    g_autoptr(CatalogNamespace) made = NULL;
    g_autoptr(CatalogNamespace) found = NULL;
    CatalogCaller caller = {.user = "ada"};

    wanted->name = g_strdup("Sales");
    catalog_map_set(wanted->properties, "comment", "what is sold");
    catalog_map_set(wanted->properties, "tier", "gold");
    made = catalog_namespace_create(fixture->catalog, &caller, wanted, &error);
    test_assert_ok(made, error);
    found = catalog_namespace_find(fixture->catalog, "HIVE", "SALES", &error);
    test_assert_ok(found, error);
    ck_assert_str_eq(found->name, "sales");
    ck_assert_str_eq(found->owner_name, "ada");
    ck_assert_str_eq(found->description, "what is sold");
    ck_assert_str_eq(catalog_map_get(found->properties, "tier"), "gold");
    ck_assert_str_eq(catalog_map_get(found->properties, "comment"), "what is sold");
    ck_assert(g_str_has_suffix(found->location, "/sales.db"));
    ck_assert(test_catalog_has_file(fixture, "sales.db"));
    g_clear_pointer(&made, catalog_namespace_free);
    made = catalog_namespace_create(fixture->catalog, &caller, wanted, &error);
    ck_assert_ptr_null(made);
    test_assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
}
END_TEST

START_TEST(bad_names_are_refused_whatever_is_in_them)
{
    g_autofree char *endless = g_strnfill(64 * 1024, 'x');
    const char *names[] = {"",
                           "a\x1f",
                           "\x1f"
                           "a",
                           "a\x1f\x1f"
                           "b",
                           "a\nb",
                           "\xff\xfe",
                           endless};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(CatalogNamespace) wanted = catalog_namespace_new();

        wanted->name = g_strdup(names[i]);
        ck_assert_ptr_null(catalog_namespace_create(fixture->catalog, NULL, wanted, &error));
        test_assert_fact(error, SKEP_ERROR_INVALID_OBJECT);
    }
}
END_TEST

START_TEST(a_location_outside_the_warehouse_is_refused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogNamespace) wanted = catalog_namespace_new();

    wanted->name = g_strdup("away");
    wanted->location = g_strdup("file:///etc/away");
    ck_assert_ptr_null(catalog_namespace_create(fixture->catalog, NULL, wanted, &error));
    test_assert_fact(error, SKEP_ERROR_FORBIDDEN);
}
END_TEST

START_TEST(nested_namespaces_need_their_parent_and_are_listed_level_by_level)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogNamespace) orphan = catalog_namespace_new();
    g_autoptr(GPtrArray) top = NULL;
    g_autoptr(GPtrArray) below = NULL;
    g_autoptr(GPtrArray) hive = NULL;

    orphan->name = g_strdup("no\x1fwhere");
    ck_assert_ptr_null(catalog_namespace_create(fixture->catalog, NULL, orphan, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_NAMESPACE);
    test_catalog_make_namespace(fixture, "a");
    test_catalog_make_namespace(fixture, "a\x1f"
                                         "b");
    test_catalog_make_namespace(fixture, "a\x1f"
                                         "b.c/d e%");
    top = catalog_namespace_list(fixture->catalog, NULL, NULL, NULL, NULL, &error);
    ck_assert_uint_eq(top->len, 2);
    below = catalog_namespace_list(fixture->catalog, NULL, "A", NULL, NULL, &error);
    ck_assert_uint_eq(below->len, 2);
    ck_assert_str_eq(((CatalogNamespace *)below->pdata[1])->name, "a\x1f"
                                                                  "b.c/d e%");
    hive = catalog_namespace_match(fixture->catalog, NULL, "*", &error);
    ck_assert_uint_eq(hive->len, 2);
    ck_assert_ptr_null(catalog_namespace_list(fixture->catalog, NULL, "zz", NULL, NULL, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_NAMESPACE);
}
END_TEST

START_TEST(pages_cover_every_name_once_and_a_bad_token_is_refused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *token = NULL;
    guint seen = 0;

    for (int i = 0; i < 7; i++) {
        g_autofree char *name = g_strdup_printf("n%d", i);

        test_catalog_make_namespace(fixture, name);
    }
    do {
        CatalogPage page = {token, 3};
        char *next = NULL;
        g_autoptr(GPtrArray) list =
            catalog_namespace_list(fixture->catalog, NULL, NULL, &page, &next, &error);

        test_assert_ok(list, error);
        ck_assert_uint_le(list->len, 3);
        seen += list->len;
        g_free(token);
        token = next;
    } while (token);
    ck_assert_uint_eq(seen, 8);
    CatalogPage bad = {"AAAA", 3};
    ck_assert_ptr_null(catalog_namespace_list(fixture->catalog, NULL, NULL, &bad, NULL, &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
}
END_TEST

START_TEST(patterns_match_as_hive_does)
{
    static const struct {
        const char *pattern;
        guint count;
    } cases[] = {
        {NULL,    4},
        {"*",     4},
        {"",      0},
        {"d*",    2},
        {"D1",    1},
        {"d1|e*", 2},
        {"e.",    1},
        {"e.*",   1},
        {"e1.*",  0},
        {"[de]1", 0},
        {"(",     0}
    };

    test_catalog_make_namespace(fixture, "d1");
    test_catalog_make_namespace(fixture, "e1");
    test_catalog_make_namespace(fixture, "f1");
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) names =
            catalog_namespace_match(fixture->catalog, NULL, cases[i].pattern, &error);

        test_assert_ok(names, error);
        ck_assert_msg(names->len == cases[i].count, "%s: %u", cases[i].pattern, names->len);
    }
}
END_TEST

START_TEST(properties_are_updated_and_missing_ones_are_told)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) removals = catalog_strings_new();
    g_autoptr(GHashTable) updates = catalog_map_new();
    g_autoptr(GHashTable) seen = NULL;
    g_autoptr(CatalogNamespace) found = NULL;
    CatalogPropertiesChange change = {0};

    test_catalog_make_namespace(fixture, "p");
    g_ptr_array_add(removals, g_strdup("gone"));
    catalog_map_set(updates, "tier", "gold");
    catalog_map_set(updates, "comment", "c");
    ck_assert(catalog_namespace_update_properties(fixture->catalog, NULL, "p", removals, updates,
                                                  &change, &error));
    ck_assert_uint_eq(change.updated->len, 2);
    ck_assert_uint_eq(change.missing->len, 1);
    ck_assert_uint_eq(change.removed->len, 0);
    catalog_properties_change_clear(&change);
    found = catalog_namespace_find(fixture->catalog, NULL, "p", &error);
    seen = catalog_namespace_properties(found);
    ck_assert_str_eq(catalog_map_get(seen, "tier"), "gold");
    ck_assert_str_eq(catalog_map_get(seen, "comment"), "c");
    ck_assert_ptr_nonnull(catalog_map_get(seen, "location"));
    g_ptr_array_add(removals, g_strdup("tier"));
    ck_assert(!catalog_namespace_update_properties(fixture->catalog, NULL, "p", removals, updates,
                                                   &change, &error));
    test_assert_fact(error, SKEP_ERROR_UNPROCESSABLE);
}
END_TEST

START_TEST(a_drop_needs_emptiness_or_cascade_and_deletes_what_is_managed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogTable) managed = NULL;
    g_autoptr(CatalogTable) external = NULL;
    g_autoptr(CatalogTable) wanted = test_catalog_hive_table("d", "ext");

    test_catalog_make_namespace(fixture, "d");
    test_catalog_make_namespace(fixture, "d\x1fsub");
    managed = test_catalog_make_hive_table(fixture, "d", "man");
    g_free(wanted->hms_type);
    wanted->hms_type = g_strdup("EXTERNAL_TABLE");
    external = catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error);
    test_assert_ok(external, error);
    ck_assert(!catalog_namespace_drop(fixture->catalog, NULL, "d", TRUE, FALSE, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "is not empty"));
    test_assert_fact(error, SKEP_ERROR_NAMESPACE_NOT_EMPTY);
    test_assert_ok(catalog_namespace_drop(fixture->catalog, NULL, "d", TRUE, TRUE, &error), error);
    ck_assert(!test_catalog_has_file(fixture, "d.db/man"));
    ck_assert(test_catalog_has_file(fixture, "d.db/ext"));
    ck_assert_ptr_null(catalog_namespace_find(fixture->catalog, NULL, "d\x1fsub", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_NAMESPACE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("namespaces");
    TCase *tests = tcase_create("namespaces");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, the_default_namespace_is_there_from_the_start_and_stays);
    tcase_add_test(tests, a_new_namespace_has_a_folded_name_a_place_and_an_owner);
    tcase_add_test(tests, bad_names_are_refused_whatever_is_in_them);
    tcase_add_test(tests, a_location_outside_the_warehouse_is_refused);
    tcase_add_test(tests, nested_namespaces_need_their_parent_and_are_listed_level_by_level);
    tcase_add_test(tests, pages_cover_every_name_once_and_a_bad_token_is_refused);
    tcase_add_test(tests, patterns_match_as_hive_does);
    tcase_add_test(tests, properties_are_updated_and_missing_ones_are_told);
    tcase_add_test(tests, a_drop_needs_emptiness_or_cascade_and_deletes_what_is_managed);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
