/* SPDX-License-Identifier: Apache-2.0 */
/* A catalog for tests: over the test program's private PostgreSQL and a file warehouse in a
 * temporary directory. Include after test_postgres.h has started the server; test_catalog_close
 * removes the directory. */
#pragma once

#include "skep/catalog.h"
#include "skep/json.h"
#include "skep/store.h"
#include "skep/warehouse.h"

typedef struct {
    Store *store;
    Warehouse *warehouse;
    Catalog *catalog;
    char *directory; /* of the warehouse */
} TestCatalog;

/* Opens all three; ends the test when that fails. */
TestCatalog *test_catalog_open(void);
/* Forgets all rows as well. */
void test_catalog_close(TestCatalog *fixture);
/* A catalog that has a store and no warehouse, for what is rows alone. The caller closes the store;
 * what else was in *catalog is lost. */
void test_catalog_init_bare(Catalog *catalog, guint connections_max);

/* What tests make over and over; each ends the test when it fails. */
void test_catalog_make_namespace(TestCatalog *fixture, const char *name);
/* A Hive table with columns a int, b string, not yet stored. */
CatalogTable *test_catalog_hive_table(const char *namespace_name, const char *name);
CatalogTable *
test_catalog_make_hive_table(TestCatalog *fixture, const char *namespace_name, const char *name);
/* An Iceberg table with one column, id long. */
CatalogIcebergTable *
test_catalog_make_iceberg(TestCatalog *fixture, const char *namespace_name, const char *name);
/* JSON that the test wrote itself. */
cJSON *test_catalog_json(const char *text);
/* One set-properties commit, as {"<key>": "<value>"}. */
CatalogIcebergTable *test_catalog_set_property(TestCatalog *fixture,
                                               const char *namespace_name,
                                               const char *name,
                                               const char *key,
                                               const char *value,
                                               GError **error);
/* A path below the warehouse: is it there? */
gboolean test_catalog_has_file(const TestCatalog *fixture, const char *relative);

/* Ends the test unless `error` is of this fact; clears it. */
#define test_assert_fact(error, expected)                                                          \
    do {                                                                                           \
        ck_assert_msg((error) != NULL, "no error");                                                \
        ck_assert_msg(skep_error_fact(error) == (expected), "%s: %s",                              \
                      skep_error_fact_name(skep_error_fact(error)), (error)->message);             \
        g_clear_error(&(error));                                                                   \
    } while (0)
#define test_assert_ok(condition, error)                                                           \
    ck_assert_msg((condition), "%s", (error) ? (error)->message : "failed without an error")
