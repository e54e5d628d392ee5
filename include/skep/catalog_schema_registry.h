/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the schema registry, beside skep/catalog.h and with its conventions: names are
 * folded here, catalog_name NULL means the default catalog. Compatibility and validation are kept
 * for clients, who check them. Implemented in server/catalog/schema_registry.c; caller: the Thrift
 * door. */
#pragma once

#include "skep/catalog.h"
#include "skep/schema_registry_types.h"

#define CATALOG_SCHEMA_COLUMNS_MAX 10000

typedef struct {
    const char *catalog; /* NULL: the default one */
    const char *namespace_name;
    const char *schema;
} CatalogSchemaName;

/* NO_SUCH_NAMESPACE, ALREADY_EXISTS, INVALID_OBJECT, TOO_LARGE. */
gboolean catalog_schema_create(Catalog *catalog, const CatalogSchema *wanted, GError **error);
/* NO_SUCH_OBJECT. */
CatalogSchema *catalog_schema_find(Catalog *catalog, const CatalogSchemaName *name, GError **error);
/* Everything but name and type becomes that of `wanted`. NO_SUCH_OBJECT, TOO_LARGE. */
gboolean catalog_schema_alter(Catalog *catalog,
                              const CatalogSchemaName *name,
                              const CatalogSchema *wanted,
                              GError **error);
/* NO_SUCH_OBJECT; INVALID_OPERATION while it has versions. */
gboolean catalog_schema_drop(Catalog *catalog, const CatalogSchemaName *name, GError **error);

/* A named serialiser that comes with it is registered, unless one of its name is.
 * NO_SUCH_OBJECT (the schema), ALREADY_EXISTS, INVALID_OBJECT, TOO_LARGE. */
gboolean
catalog_schema_version_add(Catalog *catalog, const CatalogSchemaVersion *wanted, GError **error);
/* NO_SUCH_OBJECT. */
CatalogSchemaVersion *catalog_schema_version_find(Catalog *catalog,
                                                  const CatalogSchemaName *name,
                                                  gint32 version,
                                                  GError **error);
/* The one of the highest number. NO_SUCH_OBJECT, also when there are no versions. */
CatalogSchemaVersion *
catalog_schema_version_latest(Catalog *catalog, const CatalogSchemaName *name, GError **error);
/* CatalogSchemaVersion* by number. NO_SUCH_OBJECT as above. */
GPtrArray *
catalog_schema_version_list(Catalog *catalog, const CatalogSchemaName *name, GError **error);
/* Versions in all catalogs that have a column like this, CatalogSchemaVersion* with names and
 * number alone. column and comment: one of them must be given, NULL is any. INVALID_ARGUMENT. */
GPtrArray *catalog_schema_version_search(
    Catalog *catalog, const char *column, const char *comment, const char *type, GError **error);
/* NO_SUCH_OBJECT; INVALID_ARGUMENT: not a state of Hive's. */
gboolean catalog_schema_version_set_state(
    Catalog *catalog, const CatalogSchemaName *name, gint32 version, gint32 state, GError **error);
/* NO_SUCH_OBJECT: the version or the serialiser. */
gboolean catalog_schema_version_set_serde(Catalog *catalog,
                                          const CatalogSchemaName *name,
                                          gint32 version,
                                          const char *serde_name,
                                          GError **error);
/* NO_SUCH_OBJECT. */
gboolean catalog_schema_version_drop(Catalog *catalog,
                                     const CatalogSchemaName *name,
                                     gint32 version,
                                     GError **error);

/* Names of serialisers have no catalog and keep their case. ALREADY_EXISTS, INVALID_OBJECT,
 * TOO_LARGE. */
gboolean catalog_serde_add(Catalog *catalog, const CatalogSerde *wanted, GError **error);
/* NO_SUCH_OBJECT. */
CatalogSerde *catalog_serde_find(Catalog *catalog, const char *name, GError **error);
