/* SPDX-License-Identifier: Apache-2.0 */
/* Resource plans through the catalog on a real PostgreSQL: what two clients do at once stays sound.
 */
#include "skep/catalog_resource_plan.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define PLANS 4

static TestCatalog *fixture;
static char *cluster_namespace; /* of the test's own: plans belong to no database */

static void
setup(void)
{
    fixture = test_catalog_open();
    cluster_namespace = g_uuid_string_random();
}

static void
teardown(void)
{
    g_clear_pointer(&cluster_namespace, g_free);
    test_catalog_close(fixture);
}

static void
make_plan(const char *name)
{
    g_autoptr(GError) error = NULL;
    CatalogPlanName key = {cluster_namespace, name};

    test_assert_ok(catalog_resource_plan_create(fixture->catalog, &key, 0, NULL, &error), error);
}

static gpointer
activate_in_thread(gpointer number)
{
    g_autofree char *name = g_strdup_printf("p%d", GPOINTER_TO_INT(number));
    g_autoptr(CatalogResourcePlan) activated = NULL;
    g_autoptr(GError) error = NULL;
    CatalogPlanName key = {cluster_namespace, name};
    CatalogPlanChange wanted = {.new_status = CATALOG_PLAN_ACTIVE, .may_activate_disabled = TRUE};

    return GINT_TO_POINTER(
        catalog_resource_plan_alter(fixture->catalog, &key, &wanted, &activated, &error));
}

/* Goal: there is never a second active plan. Method: activate a plan each from four threads. */
START_TEST(of_many_activations_at_once_one_plan_stays_active)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) plans = NULL;
    GThread *threads[PLANS];
    int active = 0;

    for (int i = 0; i < PLANS; i++) {
        g_autofree char *name = g_strdup_printf("p%d", i);
        make_plan(name);
    }
    for (int i = 0; i < PLANS; i++)
        threads[i] = g_thread_new("plan", activate_in_thread, GINT_TO_POINTER(i));
    for (int i = 0; i < PLANS; i++)
        ck_assert(GPOINTER_TO_INT(g_thread_join(threads[i])));
    plans = catalog_resource_plan_list(fixture->catalog, cluster_namespace, &error);
    test_assert_ok(plans, error);
    for (guint i = 0; i < plans->len; i++)
        active += ((CatalogResourcePlan *)plans->pdata[i])->status == CATALOG_PLAN_ACTIVE;
    ck_assert_int_eq(active, 1);
    ck_assert_uint_eq(plans->len, PLANS);
}
END_TEST

static gpointer
add_pool_in_thread(gpointer number)
{
    g_autofree char *path = g_strdup_printf("pool%d", GPOINTER_TO_INT(number));
    g_autoptr(GError) error = NULL;
    CatalogPlanName key = {cluster_namespace, "p"};
    CatalogPool pool = {.path = path, .alloc_fraction = 0.1, .query_parallelism = 1};

    return GINT_TO_POINTER(catalog_resource_pool_create(fixture->catalog, &key, &pool, &error));
}

/* Goal: an edit does not undo another one. Method: add a pool each from four threads. */
START_TEST(edits_at_once_all_stay)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogResourcePlan) plan = NULL;
    CatalogPlanName key = {cluster_namespace, "p"};
    GThread *threads[PLANS];

    make_plan("p");
    for (int i = 0; i < PLANS; i++)
        threads[i] = g_thread_new("pool", add_pool_in_thread, GINT_TO_POINTER(i));
    for (int i = 0; i < PLANS; i++)
        ck_assert(GPOINTER_TO_INT(g_thread_join(threads[i])));
    plan = catalog_resource_plan_find(fixture->catalog, &key, &error);
    test_assert_ok(plan, error);
    ck_assert_uint_eq(plan->pools->len, PLANS + 1);
}
END_TEST

START_TEST(a_plan_that_is_too_large_is_refused_whole)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *long_text = g_strnfill(100 * 1024, 'x');
    g_autoptr(CatalogResourcePlan) plan = NULL;
    CatalogPlanName key = {cluster_namespace, "p"};
    CatalogTrigger trigger = {.name = (char *)"t", .trigger_expression = long_text};

    make_plan("p");
    ck_assert(!catalog_resource_trigger_create(fixture->catalog, &key, &trigger, &error));
    test_assert_fact(error, SKEP_ERROR_TOO_LARGE);
    plan = catalog_resource_plan_find(fixture->catalog, &key, &error);
    test_assert_ok(plan, error);
    ck_assert_uint_eq(plan->triggers->len, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("resource_plan");
    TCase *tests = tcase_create("resource_plan");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, of_many_activations_at_once_one_plan_stays_active);
    tcase_add_test(tests, edits_at_once_all_stay);
    tcase_add_test(tests, a_plan_that_is_too_large_is_refused_whole);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
