/* SPDX-License-Identifier: Apache-2.0 */
/* The schema registry in PostgreSQL. Names are folded already, but for serialisers. Only
 * server/catalog/ calls this; any thread may. */
#pragma once

#include "skep/schema_registry_types.h"
#include "skep/store.h"

typedef struct {
    const char *catalog;
    const char *namespace_name;
    const char *schema;
} StoreSchemaName;

/* NO_SUCH_NAMESPACE, ALREADY_EXISTS. */
gboolean store_schema_create(Store *store, const CatalogSchema *schema, GError **error);
/* *out_schema NULL: there is none. */
gboolean store_schema_find(Store *store,
                           const StoreSchemaName *name,
                           CatalogSchema **out_schema,
                           GError **error);
/* *out_changed FALSE, and *out_dropped: there is none. */
gboolean store_schema_alter(Store *store,
                            const StoreSchemaName *name,
                            const CatalogSchema *after,
                            gboolean *out_changed,
                            GError **error);
/* INVALID_OPERATION: it has versions. */
gboolean
store_schema_drop(Store *store, const StoreSchemaName *name, gboolean *out_dropped, GError **error);

/* *out_added FALSE: there is no such schema. ALREADY_EXISTS. */
gboolean store_schema_version_add(Store *store,
                                  const CatalogSchemaVersion *version,
                                  gboolean *out_added,
                                  GError **error);
/* Which versions of a schema. */
typedef enum {
    STORE_SCHEMA_VERSION_ONE,
    STORE_SCHEMA_VERSION_LATEST,
    STORE_SCHEMA_VERSION_ALL
} StoreSchemaVersionChoice;
/* CatalogSchemaVersion* by number; `version` is for ONE alone. */
GPtrArray *store_schema_version_list(Store *store,
                                     const StoreSchemaName *name,
                                     StoreSchemaVersionChoice choice,
                                     gint32 version,
                                     GError **error);
/* CatalogSchemaVersion* with names and number alone; NULL: any. */
GPtrArray *store_schema_version_search(
    Store *store, const char *column, const char *comment, const char *type, GError **error);
gboolean store_schema_version_set_state(Store *store,
                                        const StoreSchemaName *name,
                                        gint32 version,
                                        gint32 state,
                                        gboolean *out_changed,
                                        GError **error);
/* *out_changed FALSE: the version is missing, or (when *out_has_version) the serialiser. */
gboolean store_schema_version_set_serde(Store *store,
                                        const StoreSchemaName *name,
                                        gint32 version,
                                        const char *serde_name,
                                        gboolean *out_has_version,
                                        gboolean *out_changed,
                                        GError **error);
gboolean store_schema_version_drop(Store *store,
                                   const StoreSchemaName *name,
                                   gint32 version,
                                   gboolean *out_dropped,
                                   GError **error);

/* ALREADY_EXISTS. */
gboolean store_serde_add(Store *store, const CatalogSerde *serde, GError **error);
/* *out_serde NULL: there is none. */
gboolean store_serde_find(Store *store, const char *name, CatalogSerde **out_serde, GError **error);
