/* SPDX-License-Identifier: Apache-2.0 */
/* New and free for the records of skep/schema_registry_types.h. No rule lives here. Callers: every
 * layer. */
#include "skep/schema_registry_types.h"

CatalogSerde *
catalog_serde_new(void)
{
    CatalogSerde *serde = g_new0(CatalogSerde, 1);

    serde->parameters = catalog_map_new();
    return serde;
}

void
catalog_serde_free(CatalogSerde *serde)
{
    if (!serde)
        return;
    g_free(serde->name);
    g_free(serde->library);
    g_hash_table_unref(serde->parameters);
    g_free(serde->description);
    g_free(serde->serializer);
    g_free(serde->deserializer);
    g_free(serde);
}

CatalogSchema *
catalog_schema_new(void)
{
    return g_new0(CatalogSchema, 1);
}

void
catalog_schema_free(CatalogSchema *schema)
{
    if (!schema)
        return;
    g_free(schema->catalog);
    g_free(schema->namespace_name);
    g_free(schema->name);
    g_free(schema->group);
    g_free(schema->description);
    g_free(schema);
}

CatalogSchemaVersion *
catalog_schema_version_new(void)
{
    CatalogSchemaVersion *version = g_new0(CatalogSchemaVersion, 1);

    version->columns = catalog_columns_new();
    return version;
}

void
catalog_schema_version_free(CatalogSchemaVersion *version)
{
    if (!version)
        return;
    g_free(version->catalog);
    g_free(version->namespace_name);
    g_free(version->schema_name);
    g_free(version->description);
    g_free(version->text);
    g_free(version->fingerprint);
    g_free(version->name);
    g_ptr_array_unref(version->columns);
    catalog_serde_free(version->serde);
    g_free(version);
}
