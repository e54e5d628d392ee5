/* SPDX-License-Identifier: Apache-2.0 */
/* Roles and privileges through the catalog on a real PostgreSQL: circles, also under races, and
 * grants that follow their objects. */
#include "skep/catalog_privilege.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

static TestCatalog *fixture;

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "sales");
}

static void
teardown(void)
{
    g_free(test_postgres_run("DELETE FROM skep.roles WHERE name NOT IN ('admin', 'public')"));
    g_free(test_postgres_run("DELETE FROM skep.privileges"));
    test_catalog_close(fixture);
}

static void
make_role(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogRole) role = catalog_role_new(name, NULL);

    test_assert_ok(catalog_role_create(fixture->catalog, role, &error), error);
}

static gboolean
grant_role(const char *role, const char *member, GError **error)
{
    CatalogRoleGrant grant = {.role_name = (char *)role,
                              .principal_name = (char *)member,
                              .principal_type = CATALOG_PRINCIPAL_ROLE};

    return catalog_role_grant(fixture->catalog, &grant, error);
}

START_TEST(a_long_circle_of_roles_is_refused)
{
    const char *names[] = {"a", "b", "c", "d"};
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        make_role(names[i]);
    for (gsize i = 0; i + 1 < G_N_ELEMENTS(names); i++)
        test_assert_ok(grant_role(names[i], names[i + 1], &error), error);
    ck_assert(!grant_role("d", "a", &error));
    test_assert_fact(error, SKEP_ERROR_INVALID_OPERATION);
    test_assert_ok(grant_role("a", "d", &error), error);
}
END_TEST

static gpointer
grant_in_thread(gpointer pair)
{
    const char **names = pair;
    g_autoptr(GError) error = NULL;

    return GINT_TO_POINTER(grant_role(names[0], names[1], &error));
}

/* Goal: two grants never close a circle together. Method: grant a to b and b to a at once. */
START_TEST(two_grants_at_once_close_no_circle)
{
    const char *there[] = {"a", "b"}, *back[] = {"b", "a"};

    for (int round = 0; round < 20; round++) {
        GThread *first, *second;
        int granted;

        make_role("a");
        make_role("b");
        first = g_thread_new("there", grant_in_thread, there);
        second = g_thread_new("back", grant_in_thread, back);
        granted = GPOINTER_TO_INT(g_thread_join(first)) + GPOINTER_TO_INT(g_thread_join(second));
        ck_assert_int_eq(granted, 1);
        ck_assert(catalog_role_drop(fixture->catalog, "a", NULL));
        ck_assert(catalog_role_drop(fixture->catalog, "b", NULL));
    }
}
END_TEST

static GPtrArray *
bag_of(CatalogObjectType type, const char *table, const char *name)
{
    GPtrArray *bag = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_privilege_free);
    CatalogPrivilege *privilege = catalog_privilege_new();

    privilege->object.type = type;
    privilege->object.namespace_name = g_strdup("sales");
    privilege->object.table_name = g_strdup(table);
    privilege->principal_name = g_strdup("bob");
    privilege->principal_type = CATALOG_PRINCIPAL_USER;
    privilege->privilege = g_strdup(name);
    privilege->grantor_name = g_strdup("ann");
    g_ptr_array_add(bag, privilege);
    return bag;
}

START_TEST(a_dropped_namespace_takes_all_grants_in_it_along)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) on_namespace = bag_of(CATALOG_OBJECT_NAMESPACE, NULL, "create");
    g_autoptr(GPtrArray) on_table = bag_of(CATALOG_OBJECT_TABLE, "T", "select, insert,");
    g_autoptr(CatalogTable) table = test_catalog_make_hive_table(fixture, "sales", "t");
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    ck_assert_ptr_nonnull(table);
    test_assert_ok(catalog_privilege_grant(fixture->catalog, on_namespace, &error), error);
    test_assert_ok(catalog_privilege_grant(fixture->catalog, on_table, &error), error);
    before = test_postgres_run("SELECT count(*) FROM skep.privileges");
    ck_assert_str_eq(before, "3");
    test_assert_ok(catalog_namespace_drop(fixture->catalog, NULL, "sales", TRUE, TRUE, &error),
                   error);
    after = test_postgres_run("SELECT count(*) FROM skep.privileges");
    ck_assert_str_eq(after, "0");
}
END_TEST

START_TEST(a_grant_needs_every_name_of_its_object)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) no_table = bag_of(CATALOG_OBJECT_TABLE, NULL, "select");
    g_autoptr(GPtrArray) no_column = bag_of(CATALOG_OBJECT_COLUMN, "t", "select");
    g_autoptr(GPtrArray) anything = bag_of(CATALOG_OBJECT_ANY, "t", "select");
    GPtrArray *bags[] = {no_table, no_column, anything};

    for (gsize i = 0; i < G_N_ELEMENTS(bags); i++) {
        ck_assert(!catalog_privilege_grant(fixture->catalog, bags[i], &error));
        test_assert_fact(error, SKEP_ERROR_INVALID_ARGUMENT);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("privilege");
    TCase *tests = tcase_create("privilege");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_long_circle_of_roles_is_refused);
    tcase_add_test(tests, two_grants_at_once_close_no_circle);
    tcase_add_test(tests, a_dropped_namespace_takes_all_grants_in_it_along);
    tcase_add_test(tests, a_grant_needs_every_name_of_its_object);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
