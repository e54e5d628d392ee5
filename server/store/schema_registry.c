/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.schemas, skep.schema_versions and skep.serdes. Caller:
 * server/catalog/schema_registry.c. */
#include "skep/store_schema_registry.h"

#include "store/query.h"
#include "store/schema_registry_sql.h"

/* Columns of schema_find. */
enum {
    SCHEMA_CATALOG,
    SCHEMA_NAMESPACE,
    SCHEMA_NAME,
    SCHEMA_TYPE,
    SCHEMA_COMPATIBILITY,
    SCHEMA_VALIDATION,
    SCHEMA_CAN_EVOLVE,
    SCHEMA_GROUP,
    SCHEMA_DESCRIPTION
};

/* Columns of schema_version_list. */
enum {
    VERSION_ID,
    VERSION_CATALOG,
    VERSION_NAMESPACE,
    VERSION_SCHEMA,
    VERSION_VERSION,
    VERSION_CREATED_AT,
    VERSION_STATE,
    VERSION_DESCRIPTION,
    VERSION_TEXT,
    VERSION_FINGERPRINT,
    VERSION_NAME,
    VERSION_HAS_SERDE,
    VERSION_SERDE
};

/* Columns of serde_find, and of schema_version_list from VERSION_SERDE on. */
enum {
    SERDE_NAME,
    SERDE_LIBRARY,
    SERDE_PARAMETERS,
    SERDE_DESCRIPTION,
    SERDE_SERIALIZER,
    SERDE_DESERIALIZER,
    SERDE_TYPE
};

/* A statement that answers with a row when it found its object. */
static gboolean
run_for_row(Store *store,
            const StoreQuery *query,
            const StoreParam *params,
            guint param_count,
            gboolean *out_found,
            GError **error)
{
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, query, params, param_count, &result, error))
        return FALSE;
    *out_found = result != NULL;
    return TRUE;
}

/* ---- schemas ---- */

gboolean
store_schema_create(Store *store, const CatalogSchema *schema, GError **error)
{
    StoreParam params[] = {
        store_param_text(schema->catalog),        store_param_text(schema->namespace_name),
        store_param_text(schema->name),           store_param_int64(schema->schema_type),
        store_param_int64(schema->compatibility), store_param_int64(schema->validation),
        store_param_bool(schema->can_evolve),     store_param_text(schema->group),
        store_param_text(schema->description)};
    gboolean has_namespace;

    if (!run_for_row(store, &SQL_SCHEMA_CREATE, STORE_PARAMS(params), &has_namespace, error))
        return store_error_reword(error, SKEP_ERROR_ALREADY_EXISTS, NULL,
                                  "Schema %s already exists", schema->name);
    return has_namespace || skep_fail(error, SKEP_ERROR_NO_SUCH_NAMESPACE, schema->namespace_name,
                                      "Namespace does not exist: %s", schema->namespace_name);
}

gboolean
store_schema_find(Store *store,
                  const StoreSchemaName *name,
                  CatalogSchema **out_schema,
                  GError **error)
{
    StoreParam params[] = {store_param_text(name->catalog), store_param_text(name->namespace_name),
                           store_param_text(name->schema)};
    g_autoptr(StoreResult) result = NULL;
    CatalogSchema *schema;

    if (!store_query_one(store, &SQL_SCHEMA_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_schema = NULL;
    if (!result)
        return TRUE;
    schema = catalog_schema_new();
    schema->catalog = store_row_text_copy(result, 0, SCHEMA_CATALOG);
    schema->namespace_name = store_row_text_copy(result, 0, SCHEMA_NAMESPACE);
    schema->name = store_row_text_copy(result, 0, SCHEMA_NAME);
    schema->schema_type = (gint32)store_row_int64(result, 0, SCHEMA_TYPE);
    schema->compatibility = (gint32)store_row_int64(result, 0, SCHEMA_COMPATIBILITY);
    schema->validation = (gint32)store_row_int64(result, 0, SCHEMA_VALIDATION);
    schema->can_evolve = store_row_bool(result, 0, SCHEMA_CAN_EVOLVE);
    schema->group = store_row_text_copy(result, 0, SCHEMA_GROUP);
    schema->description = store_row_text_copy(result, 0, SCHEMA_DESCRIPTION);
    *out_schema = schema;
    return TRUE;
}

gboolean
store_schema_alter(Store *store,
                   const StoreSchemaName *name,
                   const CatalogSchema *after,
                   gboolean *out_changed,
                   GError **error)
{
    StoreParam params[] = {
        store_param_text(name->catalog),      store_param_text(name->namespace_name),
        store_param_text(name->schema),       store_param_int64(after->compatibility),
        store_param_int64(after->validation), store_param_bool(after->can_evolve),
        store_param_text(after->group),       store_param_text(after->description)};

    return run_for_row(store, &SQL_SCHEMA_ALTER, STORE_PARAMS(params), out_changed, error);
}

gboolean
store_schema_drop(Store *store, const StoreSchemaName *name, gboolean *out_dropped, GError **error)
{
    StoreParam params[] = {store_param_text(name->catalog), store_param_text(name->namespace_name),
                           store_param_text(name->schema)};

    return run_for_row(store, &SQL_SCHEMA_DROP, STORE_PARAMS(params), out_dropped, error) ||
           store_error_reword(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                              "Schema %s cannot be dropped, it has at least one valid version",
                              name->schema);
}

/* ---- serialisers ---- */

static CatalogSerde *
read_serde(const StoreResult *result, guint row, guint first)
{
    CatalogSerde *serde = catalog_serde_new();

    serde->name = store_row_text_copy(result, row, first + SERDE_NAME);
    serde->library = store_row_text_copy(result, row, first + SERDE_LIBRARY);
    g_hash_table_unref(serde->parameters);
    serde->parameters = store_row_map(result, row, first + SERDE_PARAMETERS);
    serde->description = store_row_text_copy(result, row, first + SERDE_DESCRIPTION);
    serde->serializer = store_row_text_copy(result, row, first + SERDE_SERIALIZER);
    serde->deserializer = store_row_text_copy(result, row, first + SERDE_DESERIALIZER);
    serde->serde_type = (gint32)store_row_int64(result, row, first + SERDE_TYPE);
    return serde;
}

gboolean
store_serde_add(Store *store, const CatalogSerde *serde, GError **error)
{
    StoreParam params[] = {
        store_param_text(serde->name),       store_param_text(serde->library),
        store_param_map(serde->parameters),  store_param_text(serde->description),
        store_param_text(serde->serializer), store_param_text(serde->deserializer),
        store_param_int64(serde->serde_type)};

    return store_query_exec(store, &SQL_SERDE_ADD, STORE_PARAMS(params), NULL, error) ||
           store_error_reword(error, SKEP_ERROR_ALREADY_EXISTS, NULL,
                              "Serde with name %s already exists", serde->name);
}

gboolean
store_serde_find(Store *store, const char *name, CatalogSerde **out_serde, GError **error)
{
    StoreParam params[] = {store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_SERDE_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_serde = result ? read_serde(result, 0, 0) : NULL;
    return TRUE;
}

/* ---- versions ---- */

/* Columns as three lists side by side; texts are borrowed. */
typedef struct {
    GPtrArray *names;
    GPtrArray *types;
    GPtrArray *comments;
} ColumnLists;

static void
column_lists_init(ColumnLists *lists, const GPtrArray *columns)
{
    lists->names = g_ptr_array_new();
    lists->types = g_ptr_array_new();
    lists->comments = g_ptr_array_new();
    for (guint i = 0; i < columns->len; i++) {
        const CatalogColumn *column = columns->pdata[i];

        g_ptr_array_add(lists->names, column->name);
        g_ptr_array_add(lists->types, column->type);
        g_ptr_array_add(lists->comments, column->comment);
    }
}

static void
column_lists_clear(ColumnLists *lists)
{
    g_clear_pointer(&lists->names, g_ptr_array_unref);
    g_clear_pointer(&lists->types, g_ptr_array_unref);
    g_clear_pointer(&lists->comments, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ColumnLists, column_lists_clear)

static StoreParam
param_list(const GPtrArray *texts)
{
    static const char *const none[] = {NULL};

    return store_param_text_array_sized(texts->len > 0 ? (const char *const *)texts->pdata : none,
                                        texts->len);
}

gboolean
store_schema_version_add(Store *store,
                         const CatalogSchemaVersion *version,
                         gboolean *out_added,
                         GError **error)
{
    g_autoptr(CatalogSerde) none = catalog_serde_new();
    const CatalogSerde *serde = version->serde ? version->serde : none;
    g_auto(ColumnLists) lists = {NULL};

    column_lists_init(&lists, version->columns);
    StoreParam params[] = {store_param_text(version->catalog),
                           store_param_text(version->namespace_name),
                           store_param_text(version->schema_name),
                           store_param_int64(version->version),
                           store_param_int64(version->created_at),
                           store_param_int64(version->state),
                           store_param_text(version->description),
                           store_param_text(version->text),
                           store_param_text(version->fingerprint),
                           store_param_text(version->name),
                           store_param_bool(version->serde != NULL),
                           store_param_text(serde->name),
                           store_param_text(serde->library),
                           store_param_map(serde->parameters),
                           store_param_text(serde->description),
                           store_param_text(serde->serializer),
                           store_param_text(serde->deserializer),
                           store_param_int64(serde->serde_type),
                           param_list(lists.names),
                           param_list(lists.types),
                           param_list(lists.comments)};

    return run_for_row(store, &SQL_SCHEMA_VERSION_ADD, STORE_PARAMS(params), out_added, error) ||
           store_error_reword(error, SKEP_ERROR_ALREADY_EXISTS, NULL,
                              "Version %d of schema %s already exists", version->version,
                              version->schema_name);
}

static void
read_version_name(CatalogSchemaVersion *version, const StoreResult *result, guint row, guint first)
{
    version->catalog = store_row_text_copy(result, row, first);
    version->namespace_name = store_row_text_copy(result, row, first + 1);
    version->schema_name = store_row_text_copy(result, row, first + 2);
    version->version = (gint32)store_row_int64(result, row, first + 3);
}

static CatalogSchemaVersion *
read_version(const StoreResult *result, guint row)
{
    CatalogSchemaVersion *version = catalog_schema_version_new();

    version->id = store_row_int64(result, row, VERSION_ID);
    read_version_name(version, result, row, VERSION_CATALOG);
    version->created_at = store_row_int64(result, row, VERSION_CREATED_AT);
    version->state = (gint32)store_row_int64(result, row, VERSION_STATE);
    version->description = store_row_text_copy(result, row, VERSION_DESCRIPTION);
    version->text = store_row_text_copy(result, row, VERSION_TEXT);
    version->fingerprint = store_row_text_copy(result, row, VERSION_FINGERPRINT);
    version->name = store_row_text_copy(result, row, VERSION_NAME);
    if (store_row_bool(result, row, VERSION_HAS_SERDE))
        version->serde = read_serde(result, row, VERSION_SERDE);
    return version;
}

/* The columns of versions that are there, in one statement. */
static gboolean
read_columns(Store *store, GHashTable *by_id, const gint64 *ids, gsize count, GError **error)
{
    StoreParam params[] = {store_param_int64_array(ids, count)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_rows(store, &SQL_SCHEMA_COLUMN_LIST, STORE_PARAMS(params), &result, error))
        return FALSE;
    for (guint row = 0; row < store_result_rows(result); row++) {
        gint64 id = store_row_int64(result, row, 0);
        CatalogSchemaVersion *version = g_hash_table_lookup(by_id, &id);

        g_ptr_array_add(version->columns, catalog_column_new(store_row_text(result, row, 1),
                                                             store_row_text(result, row, 2),
                                                             store_row_text(result, row, 3)));
    }
    return TRUE;
}

GPtrArray *
store_schema_version_list(Store *store,
                          const StoreSchemaName *name,
                          StoreSchemaVersionChoice choice,
                          gint32 version,
                          GError **error)
{
    StoreParam params[] = {
        store_param_text(name->catalog), store_param_text(name->namespace_name),
        store_param_text(name->schema),
        choice == STORE_SCHEMA_VERSION_ONE ? store_param_int64(version) : store_param_null(),
        choice == STORE_SCHEMA_VERSION_ALL ? store_param_null() : store_param_int64(1)};
    g_autoptr(StoreResult) result = NULL;
    g_autoptr(GPtrArray) versions =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_schema_version_free);
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));

    if (!store_query_rows(store, &SQL_SCHEMA_VERSION_LIST, STORE_PARAMS(params), &result, error))
        return NULL;
    /* Highest first is for the limit; callers want them by number. */
    for (guint row = store_result_rows(result); row-- > 0;) {
        CatalogSchemaVersion *one = read_version(result, row);

        g_ptr_array_add(versions, one);
        g_hash_table_insert(by_id, &one->id, one);
        g_array_append_val(ids, one->id);
    }
    if (ids->len > 0 &&
        !read_columns(store, by_id, (const gint64 *)(const void *)ids->data, ids->len, error))
        return NULL;
    return g_steal_pointer(&versions);
}

GPtrArray *
store_schema_version_search(
    Store *store, const char *column, const char *comment, const char *type, GError **error)
{
    StoreParam params[] = {store_param_text(column), store_param_text(comment),
                           store_param_text(type)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *versions;

    if (!store_query_rows(store, &SQL_SCHEMA_VERSION_SEARCH, STORE_PARAMS(params), &result, error))
        return NULL;
    versions = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_schema_version_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogSchemaVersion *version = catalog_schema_version_new();

        read_version_name(version, result, row, 0);
        g_ptr_array_add(versions, version);
    }
    return versions;
}

gboolean
store_schema_version_set_state(Store *store,
                               const StoreSchemaName *name,
                               gint32 version,
                               gint32 state,
                               gboolean *out_changed,
                               GError **error)
{
    StoreParam params[] = {store_param_text(name->catalog), store_param_text(name->namespace_name),
                           store_param_text(name->schema), store_param_int64(version),
                           store_param_int64(state)};

    return run_for_row(store, &SQL_SCHEMA_VERSION_SET_STATE, STORE_PARAMS(params), out_changed,
                       error);
}

gboolean
store_schema_version_set_serde(Store *store,
                               const StoreSchemaName *name,
                               gint32 version,
                               const char *serde_name,
                               gboolean *out_has_version,
                               gboolean *out_changed,
                               GError **error)
{
    StoreParam params[] = {store_param_text(name->catalog), store_param_text(name->namespace_name),
                           store_param_text(name->schema), store_param_int64(version),
                           store_param_text(serde_name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_rows(store, &SQL_SCHEMA_VERSION_SET_SERDE, STORE_PARAMS(params), &result,
                          error))
        return FALSE;
    *out_has_version = store_row_bool(result, 0, 0);
    *out_changed = store_row_bool(result, 0, 1);
    return TRUE;
}

gboolean
store_schema_version_drop(Store *store,
                          const StoreSchemaName *name,
                          gint32 version,
                          gboolean *out_dropped,
                          GError **error)
{
    StoreParam params[] = {store_param_text(name->catalog), store_param_text(name->namespace_name),
                           store_param_text(name->schema), store_param_int64(version)};

    return run_for_row(store, &SQL_SCHEMA_VERSION_DROP, STORE_PARAMS(params), out_dropped, error);
}
