/* SPDX-License-Identifier: Apache-2.0 */
/* See test_catalog.h. */
#include "support/test_catalog.h"

#include <stdlib.h>
#include <string.h>

#include "catalog/catalog_private.h"
#include "support/test_postgres.h"

TestCatalog *
test_catalog_open(void)
{
    TestCatalog *fixture = g_new0(TestCatalog, 1);
    WarehouseOptions options = {.file_bytes_max = 64u << 20};
    CatalogOptions catalog_options;
    g_autoptr(GError) error = NULL;
    g_autofree char *root = NULL;

    fixture->directory = g_dir_make_tmp("skep-catalog-XXXXXX", &error);
    test_assert_ok(fixture->directory, error);
    root = g_strconcat("file://", fixture->directory, NULL);
    options.root = root;
    fixture->store = test_postgres_open();
    fixture->warehouse = warehouse_open(&options, &error);
    test_assert_ok(fixture->warehouse, error);
    catalog_options_init(&catalog_options);
    fixture->catalog = catalog_new(&catalog_options, fixture->store, fixture->warehouse, &error);
    test_assert_ok(fixture->catalog, error);
    return fixture;
}

void
test_catalog_init_bare(Catalog *catalog, guint connections_max)
{
    StoreOptions options;

    store_options_init(&options);
    options.uri = test_postgres_uri();
    options.connections_max = connections_max;
    memset(catalog, 0, sizeof *catalog);
    catalog_options_init(&catalog->options);
    catalog->store = test_postgres_open_with(&options);
}

static void
remove_directory(const char *path)
{
    const char *argv[] = {"rm", "-rf", "--", path, NULL};

    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

void
test_catalog_close(TestCatalog *fixture)
{
    catalog_free(fixture->catalog);
    warehouse_close(fixture->warehouse);
    store_close(fixture->store);
    remove_directory(fixture->directory);
    test_postgres_clear();
    g_free(fixture->directory);
    g_free(fixture);
}

void
test_catalog_make_namespace(TestCatalog *fixture, const char *name)
{
    g_autoptr(CatalogNamespace) wanted = catalog_namespace_new();
    g_autoptr(CatalogNamespace) made = NULL;
    g_autoptr(GError) error = NULL;

    wanted->name = g_strdup(name);
    made = catalog_namespace_create(fixture->catalog, NULL, wanted, &error);
    test_assert_ok(made, error);
}

CatalogTable *
test_catalog_hive_table(const char *namespace_name, const char *name)
{
    CatalogTable *table = catalog_table_new();

    table->namespace_name = g_strdup(namespace_name);
    table->name = g_strdup(name);
    table->hms_type = g_strdup("MANAGED_TABLE");
    table->storage = catalog_storage_new();
    g_ptr_array_add(table->storage->columns, catalog_column_new("a", "int", NULL));
    g_ptr_array_add(table->storage->columns, catalog_column_new("b", "string", "text"));
    return table;
}

CatalogTable *
test_catalog_make_hive_table(TestCatalog *fixture, const char *namespace_name, const char *name)
{
    g_autoptr(CatalogTable) wanted = test_catalog_hive_table(namespace_name, name);
    g_autoptr(GError) error = NULL;
    CatalogTable *made = catalog_table_create(fixture->catalog, NULL, wanted, NULL, &error);

    test_assert_ok(made, error);
    return made;
}

cJSON *
test_catalog_json(const char *text)
{
    g_autoptr(GError) error = NULL;
    cJSON *value = json_parse(text, strlen(text), G_MAXINT, &error);

    test_assert_ok(value, error);
    return value;
}

CatalogIcebergTable *
test_catalog_make_iceberg(TestCatalog *fixture, const char *namespace_name, const char *name)
{
    g_autofree char *text = g_strdup_printf(
        "{\"name\": \"%s\", \"schema\": {\"type\": \"struct\", \"schema-id\": 0, \"fields\": "
        "[{\"id\": 1, \"name\": \"id\", \"required\": false, \"type\": \"long\"}]}}",
        name);
    g_autoptr(cJSON) request = test_catalog_json(text);
    g_autoptr(GError) error = NULL;
    CatalogIcebergTable *table =
        catalog_iceberg_create(fixture->catalog, NULL, NULL, namespace_name, request, &error);

    test_assert_ok(table, error);
    return table;
}

CatalogIcebergTable *
test_catalog_set_property(TestCatalog *fixture,
                          const char *namespace_name,
                          const char *name,
                          const char *key,
                          const char *value,
                          GError **error)
{
    g_autofree char *text = g_strdup_printf(
        "[{\"action\": \"set-properties\", \"updates\": {\"%s\": \"%s\"}}]", key, value);
    g_autoptr(cJSON) updates = test_catalog_json(text);

    return catalog_iceberg_commit(fixture->catalog, NULL, NULL, namespace_name, name, NULL, updates,
                                  error);
}

gboolean
test_catalog_has_file(const TestCatalog *fixture, const char *relative)
{
    g_autofree char *path = g_build_filename(fixture->directory, relative, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}
