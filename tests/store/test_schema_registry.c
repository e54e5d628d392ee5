/* SPDX-License-Identifier: Apache-2.0 */
/* The schema registry through the catalog on a real PostgreSQL: numbers are taken once, and what is
 * too large leaves nothing. */
#include "skep/catalog_schema_registry.h"
#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define WRITERS 4

static TestCatalog *fixture;
static const CatalogSchemaName name = {NULL, "Sales", "Orders"};

static void
setup(void)
{
    g_autoptr(GError) error = NULL;
    CatalogSchema schema = {.namespace_name = (char *)"sales", .name = (char *)"orders"};

    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "sales");
    test_assert_ok(catalog_schema_create(fixture->catalog, &schema, &error), error);
}

static void
teardown(void)
{
    test_catalog_close(fixture);
}

static gboolean
add_version(gint32 number, GError **error)
{
    g_autoptr(CatalogSchemaVersion) version = catalog_schema_version_new();

    version->namespace_name = g_strdup(name.namespace_name);
    version->schema_name = g_strdup(name.schema);
    version->version = number;
    g_ptr_array_add(version->columns, catalog_column_new("A", "int", NULL));
    return catalog_schema_version_add(fixture->catalog, version, error);
}

static gpointer
add_in_thread(gpointer unused)
{
    g_autoptr(GError) error = NULL;

    (void)unused;
    return GINT_TO_POINTER(add_version(1, &error));
}

/* Goal: a number is taken once. Method: add the same version from four threads. */
START_TEST(of_many_versions_of_one_number_one_stays)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) versions = NULL;
    GThread *threads[WRITERS];
    int added = 0;

    for (int i = 0; i < WRITERS; i++)
        threads[i] = g_thread_new("version", add_in_thread, NULL);
    for (int i = 0; i < WRITERS; i++)
        added += GPOINTER_TO_INT(g_thread_join(threads[i]));
    ck_assert_int_eq(added, 1);
    versions = catalog_schema_version_list(fixture->catalog, &name, &error);
    test_assert_ok(versions, error);
    ck_assert_uint_eq(versions->len, 1);
    ck_assert_uint_eq(((CatalogSchemaVersion *)versions->pdata[0])->columns->len, 1);
}
END_TEST

START_TEST(every_change_leaves_its_event)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *types = NULL;

    test_assert_ok(add_version(1, &error), error);
    test_assert_ok(catalog_schema_version_set_state(fixture->catalog, &name, 1, 2, &error), error);
    test_assert_ok(catalog_schema_version_drop(fixture->catalog, &name, 1, &error), error);
    test_assert_ok(catalog_schema_drop(fixture->catalog, &name, &error), error);
    types = test_postgres_run(
        "SELECT string_agg(event_type, ' ' ORDER BY id) FROM ("
        "SELECT id, event_type FROM skep.events WHERE event_type LIKE '%SCHEMA%' AND "
        "namespace_name = 'sales' ORDER BY id DESC LIMIT 5) last");
    ck_assert_str_eq(types, "CREATE_ISCHEMA ADD_SCHEMA_VERSION ALTER_SCHEMA_VERSION "
                            "DROP_SCHEMA_VERSION DROP_ISCHEMA");
}
END_TEST

START_TEST(a_description_that_is_too_long_is_refused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *long_text = g_strnfill(100 * 1024, 'x');
    CatalogSchema after = {.description = long_text};

    ck_assert(!catalog_schema_alter(fixture->catalog, &name, &after, &error));
    test_assert_fact(error, SKEP_ERROR_TOO_LARGE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("schema_registry");
    TCase *tests = tcase_create("schema_registry");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, of_many_versions_of_one_number_one_stays);
    tcase_add_test(tests, every_change_leaves_its_event);
    tcase_add_test(tests, a_description_that_is_too_long_is_refused);
    suite_add_tcase(suite, tests);
    return test_postgres_run_suite(suite);
}
