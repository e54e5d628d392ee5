/* SPDX-License-Identifier: Apache-2.0 */
/* The schema registry: names, bounds, and the words for what is missing. Whether a version fits the
 * ones before it, clients decide. Caller: the Thrift door. */
#include "skep/catalog_schema_registry.h"

#include "bound.h"
#include "catalog_private.h"
#include "skep/store_schema_registry.h"

#define SCHEMA_STATE_MAX 8

static gboolean
fold_name(CatalogTableName *folded,
          StoreSchemaName *out_name,
          const CatalogSchemaName *name,
          GError **error)
{
    if (!catalog_table_name_fold(folded, name->catalog, name->namespace_name, name->schema, error))
        return FALSE;
    *out_name = (StoreSchemaName){folded->catalog, folded->namespace_name, folded->table};
    return TRUE;
}

/* The name as Hive prints it in messages. */
static char *
print_name(const StoreSchemaName *name)
{
    return g_strdup_printf("ISchemaName(catName:%s, dbName:%s, schemaName:%s)", name->catalog,
                           name->namespace_name, name->schema);
}

static gboolean
fail_no_schema(GError **error, const StoreSchemaName *name)
{
    g_autofree char *printed = print_name(name);

    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "No schema named %s exists", printed);
}

static gboolean
fail_no_version(GError **error, const StoreSchemaName *name, gint32 version)
{
    g_autofree char *printed = print_name(name);

    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                     "No schema version SchemaVersionDescriptor(schema:%s, version:%d) exists",
                     printed, version);
}

/* ---- schemas ---- */

static gboolean
check_schema(const CatalogSchema *schema, GError **error)
{
    return catalog_bound_text("The schema's group", schema->group, CATALOG_NOTE_BYTES_MAX, error) &&
           catalog_bound_text("The schema's description", schema->description,
                              CATALOG_NOTE_BYTES_MAX, error);
}

gboolean
catalog_schema_create(Catalog *catalog, const CatalogSchema *wanted, GError **error)
{
    g_autofree char *catalog_name = catalog_name_fold_catalog(wanted->catalog, error);
    g_autofree char *namespace_name =
        catalog_name ? catalog_name_fold(wanted->namespace_name, error) : NULL;
    g_autofree char *name =
        namespace_name ? catalog_bound_name("Schema name", wanted->name, error) : NULL;

    if (!name || !check_schema(wanted, error))
        return FALSE;
    CatalogSchema settled = *wanted; /* texts borrowed */
    settled.catalog = catalog_name;
    settled.namespace_name = namespace_name;
    settled.name = name;
    return store_schema_create(catalog->store, &settled, error);
}

CatalogSchema *
catalog_schema_find(Catalog *catalog, const CatalogSchemaName *name, GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    StoreSchemaName key;
    CatalogSchema *schema = NULL;

    if (!fold_name(&folded, &key, name, error) ||
        !store_schema_find(catalog->store, &key, &schema, error))
        return NULL;
    if (!schema)
        fail_no_schema(error, &key);
    return schema;
}

gboolean
catalog_schema_alter(Catalog *catalog,
                     const CatalogSchemaName *name,
                     const CatalogSchema *wanted,
                     GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    StoreSchemaName key;
    gboolean changed;

    if (!fold_name(&folded, &key, name, error) || !check_schema(wanted, error) ||
        !store_schema_alter(catalog->store, &key, wanted, &changed, error))
        return FALSE;
    return changed || fail_no_schema(error, &key);
}

gboolean
catalog_schema_drop(Catalog *catalog, const CatalogSchemaName *name, GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    StoreSchemaName key;
    gboolean dropped;

    if (!fold_name(&folded, &key, name, error) ||
        !store_schema_drop(catalog->store, &key, &dropped, error))
        return FALSE;
    return dropped || fail_no_schema(error, &key);
}

/* ---- serialisers ---- */

static gboolean
check_serde(const CatalogSerde *serde, GError **error)
{
    return catalog_bound_text("The serde's name", serde->name, CATALOG_NAME_BYTES_MAX, error) &&
           catalog_bound_text("The serde's library", serde->library, CATALOG_NOTE_BYTES_MAX,
                              error) &&
           catalog_bound_text("The serde's description", serde->description, CATALOG_NOTE_BYTES_MAX,
                              error) &&
           catalog_bound_text("The serde's serializer", serde->serializer, CATALOG_NOTE_BYTES_MAX,
                              error) &&
           catalog_bound_text("The serde's deserializer", serde->deserializer,
                              CATALOG_NOTE_BYTES_MAX, error) &&
           catalog_bound_map("The serde's parameters together", serde->parameters,
                             CATALOG_BODY_BYTES_MAX, error);
}

gboolean
catalog_serde_add(Catalog *catalog, const CatalogSerde *wanted, GError **error)
{
    if (!wanted->name || !*wanted->name)
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "A serde needs a name");
    return check_serde(wanted, error) && store_serde_add(catalog->store, wanted, error);
}

CatalogSerde *
catalog_serde_find(Catalog *catalog, const char *name, GError **error)
{
    CatalogSerde *serde = NULL;

    if (name && !store_serde_find(catalog->store, name, &serde, error))
        return NULL;
    if (!serde)
        skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "No serde named %s exists",
                  name ? name : "null");
    return serde;
}

/* ---- versions ---- */

static gboolean
fold_columns(const GPtrArray *columns, GPtrArray *out, GError **error)
{
    if (columns->len > CATALOG_SCHEMA_COLUMNS_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "A schema has more than %d columns",
                         CATALOG_SCHEMA_COLUMNS_MAX);
    for (guint i = 0; i < columns->len; i++) {
        const CatalogColumn *column = columns->pdata[i];
        g_autofree char *name = catalog_name_fold(column->name, error);

        if (!name ||
            !catalog_bound_text("A column's type", column->type, CATALOG_BODY_BYTES_MAX, error) ||
            !catalog_bound_text("A column's comment", column->comment, CATALOG_NOTE_BYTES_MAX,
                                error))
            return FALSE;
        g_ptr_array_add(out, catalog_column_new(name, column->type, column->comment));
    }
    return TRUE;
}

static gboolean
check_version(const CatalogSchemaVersion *version, GError **error)
{
    if (version->state < 0 || version->state > SCHEMA_STATE_MAX)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Schema versions have no state %d", version->state);
    return catalog_bound_text("The version's description", version->description,
                              CATALOG_NOTE_BYTES_MAX, error) &&
           catalog_bound_text("The schema's text", version->text, CATALOG_BODY_BYTES_MAX, error) &&
           catalog_bound_text("The fingerprint", version->fingerprint, CATALOG_NOTE_BYTES_MAX,
                              error) &&
           catalog_bound_text("The version's name", version->name, CATALOG_NOTE_BYTES_MAX, error) &&
           (!version->serde || check_serde(version->serde, error));
}

gboolean
catalog_schema_version_add(Catalog *catalog, const CatalogSchemaVersion *wanted, GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    g_autoptr(GPtrArray) columns = catalog_columns_new();
    StoreSchemaName key;
    gboolean added;
    CatalogSchemaName name = {wanted->catalog, wanted->namespace_name, wanted->schema_name};

    if (!fold_name(&folded, &key, &name, error) || !check_version(wanted, error) ||
        !fold_columns(wanted->columns, columns, error))
        return FALSE;
    CatalogSchemaVersion settled = *wanted; /* texts borrowed */
    settled.catalog = folded.catalog;
    settled.namespace_name = folded.namespace_name;
    settled.schema_name = folded.table;
    settled.columns = columns;
    if (!store_schema_version_add(catalog->store, &settled, &added, error))
        return FALSE;
    return added || fail_no_schema(error, &key);
}

/* The first of `versions`, which is taken; NULL when there is none. */
static CatalogSchemaVersion *
take_first(GPtrArray *versions)
{
    g_autoptr(GPtrArray) owned = versions;

    return owned->len > 0 ? g_ptr_array_steal_index(owned, 0) : NULL;
}

CatalogSchemaVersion *
catalog_schema_version_find(Catalog *catalog,
                            const CatalogSchemaName *name,
                            gint32 version,
                            GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    StoreSchemaName key;
    GPtrArray *versions;
    CatalogSchemaVersion *found;

    if (!fold_name(&folded, &key, name, error))
        return NULL;
    versions =
        store_schema_version_list(catalog->store, &key, STORE_SCHEMA_VERSION_ONE, version, error);
    if (!versions)
        return NULL;
    found = take_first(versions);
    if (!found)
        fail_no_version(error, &key, version);
    return found;
}

/* NULL also when there are none. */
static GPtrArray *
list_versions(Catalog *catalog,
              const CatalogSchemaName *name,
              StoreSchemaVersionChoice choice,
              GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    g_autoptr(GPtrArray) versions = NULL;
    g_autofree char *printed = NULL;
    StoreSchemaName key;

    if (!fold_name(&folded, &key, name, error))
        return NULL;
    versions = store_schema_version_list(catalog->store, &key, choice, 0, error);
    if (!versions || versions->len > 0)
        return g_steal_pointer(&versions);
    printed = print_name(&key);
    return skep_fail_null(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "No versions of schema %s exist",
                          printed);
}

CatalogSchemaVersion *
catalog_schema_version_latest(Catalog *catalog, const CatalogSchemaName *name, GError **error)
{
    GPtrArray *versions = list_versions(catalog, name, STORE_SCHEMA_VERSION_LATEST, error);

    return versions ? take_first(versions) : NULL;
}

GPtrArray *
catalog_schema_version_list(Catalog *catalog, const CatalogSchemaName *name, GError **error)
{
    return list_versions(catalog, name, STORE_SCHEMA_VERSION_ALL, error);
}

GPtrArray *
catalog_schema_version_search(
    Catalog *catalog, const char *column, const char *comment, const char *type, GError **error)
{
    g_autofree char *folded = NULL;

    if (!column && !comment)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "You must specify column name or column namespace, else your query "
                              "may be too large");
    if (column && !(folded = catalog_name_fold(column, error)))
        return NULL;
    return store_schema_version_search(catalog->store, folded, comment, type, error);
}

gboolean
catalog_schema_version_set_state(
    Catalog *catalog, const CatalogSchemaName *name, gint32 version, gint32 state, GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    StoreSchemaName key;
    gboolean changed;

    if (state < 1 || state > SCHEMA_STATE_MAX)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Schema versions have no state %d", state);
    if (!fold_name(&folded, &key, name, error) ||
        !store_schema_version_set_state(catalog->store, &key, version, state, &changed, error))
        return FALSE;
    return changed || fail_no_version(error, &key, version);
}

gboolean
catalog_schema_version_set_serde(Catalog *catalog,
                                 const CatalogSchemaName *name,
                                 gint32 version,
                                 const char *serde_name,
                                 GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    StoreSchemaName key;
    gboolean has_version;
    gboolean changed;

    if (!fold_name(&folded, &key, name, error) ||
        !store_schema_version_set_serde(catalog->store, &key, version, serde_name, &has_version,
                                        &changed, error))
        return FALSE;
    if (!has_version)
        return fail_no_version(error, &key, version);
    return changed || skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "No serde named %s exists",
                                serde_name ? serde_name : "null");
}

gboolean
catalog_schema_version_drop(Catalog *catalog,
                            const CatalogSchemaName *name,
                            gint32 version,
                            GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    StoreSchemaName key;
    gboolean dropped;

    if (!fold_name(&folded, &key, name, error) ||
        !store_schema_version_drop(catalog->store, &key, version, &dropped, error))
        return FALSE;
    return dropped || fail_no_version(error, &key, version);
}
