/* SPDX-License-Identifier: Apache-2.0 */
/* Declared constraints through the catalog on a real PostgreSQL: all or none, and one primary key
 * under races. */
#include "skep/catalog_constraint.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

static TestCatalog *fixture;

static void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "sales");
    catalog_table_free(test_catalog_make_hive_table(fixture, "sales", "t"));
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

static CatalogConstraint *
constraint_on(CatalogConstraintKind kind, const char *column, gint32 key_seq)
{
    CatalogConstraint *constraint = catalog_constraint_new(kind);

    constraint->namespace_name = g_strdup("Sales");
    constraint->table_name = g_strdup("T");
    constraint->column_name = g_strdup(column);
    constraint->key_seq = key_seq;
    return constraint;
}

static GPtrArray *
constraints_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)catalog_constraint_free);
}

static guint
count_constraints(void)
{
    g_autoptr(GError) error = NULL;
    CatalogConstraintFilter filter = {.kind = -1, .namespace_name = "sales", .table_name = "t"};
    g_autoptr(GPtrArray) kept = catalog_constraint_list(fixture->catalog, &filter, &error);

    test_assert_ok(kept, error);
    return kept->len;
}

START_TEST(a_request_that_fails_in_the_middle_leaves_nothing)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) wanted = constraints_new();
    CatalogConstraint *homeless = constraint_on(CATALOG_CONSTRAINT_FOREIGN_KEY, "a", 1);

    homeless->parent_namespace = g_strdup("sales");
    homeless->parent_table = g_strdup("nope");
    homeless->parent_column = g_strdup("a");
    g_ptr_array_add(wanted, constraint_on(CATALOG_CONSTRAINT_NOT_NULL, "a", 0));
    g_ptr_array_add(wanted, homeless);
    ck_assert(!catalog_constraint_add(fixture->catalog, wanted, &error));
    test_assert_fact(error, SKEP_ERROR_NO_SUCH_TABLE);
    ck_assert_uint_eq(count_constraints(), 0);
}
END_TEST

static gpointer
add_key_in_thread(gpointer unused)
{
    g_autoptr(GPtrArray) wanted = constraints_new();
    g_autoptr(GError) error = NULL;

    (void)unused;
    g_ptr_array_add(wanted, constraint_on(CATALOG_CONSTRAINT_PRIMARY_KEY, "a", 1));
    g_ptr_array_add(wanted, constraint_on(CATALOG_CONSTRAINT_PRIMARY_KEY, "b", 2));
    return GINT_TO_POINTER(catalog_constraint_add(fixture->catalog, wanted, &error));
}

/* Goal: a table never has two primary keys. Method: add one from four threads at once. */
START_TEST(of_many_primary_keys_at_once_one_stays)
{
    GThread *threads[4];
    int added = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("key", add_key_in_thread, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
        added += GPOINTER_TO_INT(g_thread_join(threads[i]));
    ck_assert_int_eq(added, 1);
    ck_assert_uint_eq(count_constraints(), 2);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("constraint");
    TCase *tests = tcase_create("constraint");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_request_that_fails_in_the_middle_leaves_nothing);
    tcase_add_test(tests, of_many_primary_keys_at_once_one_stays);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
