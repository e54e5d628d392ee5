/* SPDX-License-Identifier: Apache-2.0 */
/* Functions through the catalog on a real PostgreSQL: names, resources, moves, and what a drop of
 * their namespace does to them. */
#include <string.h>

#include "skep/catalog_function.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

static TestCatalog *fixture;

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "sales");
    test_catalog_make_namespace(fixture, "other");
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

static CatalogFunction *
wanted_function(const char *namespace_name, const char *name)
{
    CatalogFunction *wanted = catalog_function_new();

    wanted->namespace_name = g_strdup(namespace_name);
    wanted->name = g_strdup(name);
    wanted->class_name = g_strdup("org.example.Fn");
    wanted->owner_name = g_strdup("ann");
    wanted->owner_type = 1;
    wanted->function_type = 1;
    g_ptr_array_add(wanted->resources, catalog_resource_new(1, "file:/a.jar"));
    g_ptr_array_add(wanted->resources, catalog_resource_new(3, "file:/b,\"{}\\.tgz"));
    return wanted;
}

static void
make_function(const char *namespace_name, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogFunction) wanted = wanted_function(namespace_name, name);

    test_assert_ok(catalog_function_create(fixture->catalog, wanted, &error), error);
}

START_TEST(a_function_is_found_by_any_case_as_it_was_made)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogFunction) found = NULL;
    const CatalogResource *second;

    make_function("SALES", "Net_Price");
    found = catalog_function_find(fixture->catalog, "HIVE", "Sales", "NET_PRICE", &error);
    test_assert_ok(found, error);
    ck_assert_str_eq(found->name, "net_price");
    ck_assert_str_eq(found->namespace_name, "sales");
    ck_assert_str_eq(found->catalog, "hive");
    ck_assert_str_eq(found->class_name, "org.example.Fn");
    ck_assert_str_eq(found->owner_name, "ann");
    ck_assert_int_gt(found->create_time_s, 1500000000);
    ck_assert_uint_eq(found->resources->len, 2);
    second = found->resources->pdata[1];
    ck_assert_int_eq(second->type, 3);
    ck_assert_str_eq(second->uri, "file:/b,\"{}\\.tgz");
}
END_TEST

START_TEST(a_second_function_of_a_name_and_one_without_a_namespace_are_refused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogFunction) again = wanted_function("sales", "FN");
    g_autoptr(CatalogFunction) homeless = wanted_function("nowhere", "fn");

    make_function("sales", "fn");
    ck_assert(!catalog_function_create(fixture->catalog, again, &error));
    ck_assert_str_eq(error->message, "Function FN already exists");
    test_assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
    ck_assert(!catalog_function_create(fixture->catalog, homeless, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_NAMESPACE);
}
END_TEST

START_TEST(only_letters_digits_and_underscores_make_a_name)
{
    const char *names[] = {"", "a b", "a;", "a.b", "t\xc3\xa4"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(CatalogFunction) wanted = wanted_function("sales", names[i]);

        ck_assert(!catalog_function_create(fixture->catalog, wanted, &error));
        test_assert_fact(error, SKEP_ERROR_INVALID_OBJECT);
    }
}
END_TEST

START_TEST(lists_follow_patterns_and_namespaces)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) some = NULL;
    g_autoptr(GPtrArray) all = NULL;
    g_autoptr(GPtrArray) none = NULL;

    make_function("sales", "net");
    make_function("sales", "gross");
    make_function("other", "net");
    some = catalog_function_list(fixture->catalog, NULL, "sales", "N*|x", &error);
    ck_assert_uint_eq(some->len, 1);
    all = catalog_function_list(fixture->catalog, NULL, NULL, NULL, &error);
    ck_assert_uint_eq(all->len, 3);
    ck_assert_str_eq(((CatalogFunction *)all->pdata[0])->namespace_name, "other");
    none = catalog_function_list(fixture->catalog, NULL, "nowhere", "*", &error);
    ck_assert_uint_eq(none->len, 0);
}
END_TEST

START_TEST(altering_moves_a_function_and_keeps_its_time_of_creation)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogFunction) after = wanted_function("other", "moved");
    g_autoptr(CatalogFunction) found = NULL;

    make_function("sales", "fn");
    make_function("other", "taken");
    g_free(test_postgres_run("UPDATE skep.functions SET created_s = 77 WHERE name = 'fn'"));
    ck_assert(!catalog_function_alter(fixture->catalog, NULL, "sales", "nope", after, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_OBJECT);
    test_assert_ok(catalog_function_alter(fixture->catalog, NULL, "sales", "FN", after, &error),
                   error);
    found = catalog_function_find(fixture->catalog, NULL, "other", "moved", &error);
    test_assert_ok(found, error);
    ck_assert_int_eq(found->create_time_s, 77);
    g_free(after->name);
    after->name = g_strdup("taken");
    ck_assert(!catalog_function_alter(fixture->catalog, NULL, "other", "moved", after, &error));
    test_assert_fact(error, SKEP_ERROR_ALREADY_EXISTS);
}
END_TEST

START_TEST(a_namespace_with_functions_is_not_empty_and_cascade_takes_them_along)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *events = NULL;

    make_function("sales", "fn");
    ck_assert(!catalog_namespace_drop(fixture->catalog, NULL, "sales", TRUE, FALSE, &error));
    ck_assert_str_eq(error->message, "Namespace sales is not empty. One or more functions exist.");
    test_assert_fact(error, SKEP_ERROR_NAMESPACE_NOT_EMPTY);
    test_assert_ok(catalog_namespace_drop(fixture->catalog, NULL, "sales", TRUE, TRUE, &error),
                   error);
    ck_assert(!catalog_function_drop(fixture->catalog, NULL, "sales", "fn", &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_OBJECT);
    events = test_postgres_run("SELECT string_agg(event_type, ' ' ORDER BY id) FROM skep.events "
                               "WHERE namespace_name = 'sales'");
    ck_assert_str_eq(events, "CREATE_DATABASE CREATE_FUNCTION DROP_FUNCTION DROP_DATABASE");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("function");
    TCase *tests = tcase_create("function");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_function_is_found_by_any_case_as_it_was_made);
    tcase_add_test(tests, a_second_function_of_a_name_and_one_without_a_namespace_are_refused);
    tcase_add_test(tests, only_letters_digits_and_underscores_make_a_name);
    tcase_add_test(tests, lists_follow_patterns_and_namespaces);
    tcase_add_test(tests, altering_moves_a_function_and_keeps_its_time_of_creation);
    tcase_add_test(tests, a_namespace_with_functions_is_not_empty_and_cascade_takes_them_along);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
