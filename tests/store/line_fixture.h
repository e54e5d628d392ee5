/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the lines of commits share: a catalog with one table, d.t. Included once by
 * each test program. */
#pragma once

#include "support/test_catalog.h"

#define KEY "hive\nd\nt" /* the line of hive.d.t */

static TestCatalog *fixture;
static CatalogIcebergTable *made;

static inline void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "d");
    made = test_catalog_make_iceberg(fixture, "d", "t");
}

static inline void
teardown(void)
{
    g_clear_pointer(&made, catalog_iceberg_table_free);
    test_catalog_close(fixture);
}
