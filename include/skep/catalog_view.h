/* SPDX-License-Identifier: Apache-2.0 */
/* Iceberg views: made, loaded, replaced, renamed, dropped and registered. Implemented in
 * server/catalog/view.c; conventions are those of catalog.h. Views are listed by catalog_table_list
 * with kind CATALOG_KIND_ICEBERG_VIEW. Caller: the REST door; HMS clients see a view as any other
 * table of its namespace, with type VIRTUAL_VIEW.
 *
 * Tables and views of every kind share the names of a namespace: a taken name is ALREADY_EXISTS,
 * with a sentence that says what has it. A view's state travels in the same record as a table's. */
#pragma once

#include "skep/catalog.h"

/* `request` is a createView body (name, schema, view-version, location, properties).
 * NO_SUCH_NAMESPACE, ALREADY_EXISTS, INVALID_ARGUMENT. */
CatalogIcebergTable *catalog_view_create(Catalog *catalog,
                                         const CatalogCaller *caller,
                                         const char *catalog_name,
                                         const char *namespace_name,
                                         const cJSON *request,
                                         GError **error);
/* NO_SUCH_VIEW also for tables and for views that are not Iceberg's; NO_SUCH_FILE when the document
 * is gone. */
CatalogIcebergTable *catalog_view_load(Catalog *catalog,
                                       const char *catalog_name,
                                       const char *namespace_name,
                                       const char *name,
                                       GError **error);
/* The same without the document: one statement, no file. */
CatalogIcebergTable *catalog_view_find(Catalog *catalog,
                                       const char *catalog_name,
                                       const char *namespace_name,
                                       const char *name,
                                       GError **error);
/* As catalog_iceberg_commit, on the view that `change` names; a commit never makes a view. */
CatalogIcebergTable *catalog_view_replace(Catalog *catalog,
                                          const CatalogCaller *caller,
                                          const char *catalog_name,
                                          const CatalogIcebergChange *change,
                                          GError **error);
/* Takes an existing metadata document under a name that is free. */
CatalogIcebergTable *catalog_view_register(Catalog *catalog,
                                           const CatalogCaller *caller,
                                           const char *catalog_name,
                                           const char *namespace_name,
                                           const char *name,
                                           const char *metadata_location,
                                           GError **error);
/* Identity and location stay. NO_SUCH_VIEW, NO_SUCH_NAMESPACE (target), ALREADY_EXISTS. */
gboolean catalog_view_rename(Catalog *catalog,
                             const char *catalog_name,
                             const char *from_namespace,
                             const char *from_name,
                             const char *to_namespace,
                             const char *to_name,
                             GError **error);
/* The view's metadata files stay where they are. NO_SUCH_VIEW. */
gboolean catalog_view_drop(Catalog *catalog,
                           const char *catalog_name,
                           const char *namespace_name,
                           const char *name,
                           GError **error);
