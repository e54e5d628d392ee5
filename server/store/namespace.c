/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces in PostgreSQL: rows in, rows out. Which names are good and what a default is, the
 * catalog decides. Caller: server/catalog/namespace.c. */
#include "skep/store_namespace.h"

#include <string.h>

#include "skep/store_table.h"

#include "store/idempotency_within.h"
#include "store/namespace_sql.h"
#include "store/query.h"

#define READERS_NAMED_MAX 10

/* --- namespaces ----------------------------------------------------------------------------------
 */

gboolean
store_namespace_create(Store *store,
                       const CatalogNamespace *namespace_,
                       const char *parent_name,
                       gint64 *out_id,
                       GError **error)
{
    StoreParam params[] = {store_param_text(namespace_->catalog),
                           store_param_text(parent_name),
                           store_param_text(namespace_->name),
                           store_param_text(namespace_->description),
                           store_param_text(namespace_->location),
                           store_param_text(namespace_->managed_location),
                           store_param_text(namespace_->owner_name),
                           store_param_int64(namespace_->owner_type),
                           store_param_int64(namespace_->create_time_s),
                           store_param_map(namespace_->properties)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_change_one(store, &SQL_NAMESPACE_CREATE, STORE_PARAMS(params), 0, &result, error))
        return FALSE;
    if (!result)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_CATALOG, namespace_->catalog,
                         "Catalog %s does not exist", namespace_->catalog);
    if (store_row_is_null(result, 0, 0))
        return skep_fail(error, SKEP_ERROR_NO_SUCH_NAMESPACE, parent_name,
                         "Namespace does not exist: %s", parent_name);
    if (out_id)
        *out_id = store_row_int64(result, 0, 0);
    return TRUE;
}

/* Columns of namespace_find. */
enum {
    NAMESPACE_ID,
    NAMESPACE_CATALOG,
    NAMESPACE_NAME,
    NAMESPACE_DESCRIPTION,
    NAMESPACE_LOCATION,
    NAMESPACE_MANAGED_LOCATION,
    NAMESPACE_OWNER_NAME,
    NAMESPACE_OWNER_TYPE,
    NAMESPACE_CREATED_S,
    NAMESPACE_PROPERTIES,
    NAMESPACE_VERSION
};

static CatalogNamespace *
read_namespace(const StoreResult *result)
{
    CatalogNamespace *namespace_ = catalog_namespace_new();

    namespace_->id = store_row_int64(result, 0, NAMESPACE_ID);
    namespace_->catalog = store_row_text_copy(result, 0, NAMESPACE_CATALOG);
    namespace_->name = store_row_text_copy(result, 0, NAMESPACE_NAME);
    namespace_->description = store_row_text_copy(result, 0, NAMESPACE_DESCRIPTION);
    namespace_->location = store_row_text_copy(result, 0, NAMESPACE_LOCATION);
    namespace_->managed_location = store_row_text_copy(result, 0, NAMESPACE_MANAGED_LOCATION);
    namespace_->owner_name = store_row_text_copy(result, 0, NAMESPACE_OWNER_NAME);
    namespace_->owner_type = (gint32)store_row_int64(result, 0, NAMESPACE_OWNER_TYPE);
    namespace_->create_time_s = (gint32)store_row_int64(result, 0, NAMESPACE_CREATED_S);
    g_hash_table_unref(namespace_->properties);
    namespace_->properties = store_row_map(result, 0, NAMESPACE_PROPERTIES);
    namespace_->version = store_row_int64(result, 0, NAMESPACE_VERSION);
    return namespace_;
}

gboolean
store_namespace_find(Store *store,
                     const char *catalog_name,
                     const char *name,
                     CatalogNamespace **out_namespace,
                     GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_NAMESPACE_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_namespace = result ? read_namespace(result) : NULL;
    return TRUE;
}

GPtrArray *
store_namespace_list(Store *store, const StoreNamespaceList *query, GError **error)
{
    StoreParam params[] = {store_param_text(query->catalog_name),
                           store_param_text(query->parent_name),
                           store_param_text(query->name_regex), store_param_text(query->after),
                           store_param_int64_or_null(query->limit, 0)};

    return store_query_texts(store, &SQL_NAMESPACE_LIST, STORE_PARAMS(params), error);
}

gboolean
store_namespace_replace(Store *store,
                        const CatalogNamespace *before,
                        const CatalogNamespace *after,
                        gboolean *out_replaced,
                        GError **error)
{
    StoreParam params[] = {store_param_int64(before->id),
                           store_param_int64(before->version),
                           store_param_text(after->description),
                           store_param_text(after->location),
                           store_param_text(after->managed_location),
                           store_param_text(after->owner_name),
                           store_param_int64(after->owner_type),
                           store_param_map(after->properties),
                           store_param_text(before->catalog)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_change_one(store, &SQL_NAMESPACE_REPLACE, STORE_PARAMS(params), 0, &result, error))
        return FALSE;
    *out_replaced = result != NULL;
    return TRUE;
}

/* --- dropping ------------------------------------------------------------------------------------
 */

void
store_dropped_table_free(StoreDroppedTable *table)
{
    if (!table)
        return;
    g_free(table->location);
    g_free(table->hms_type);
    g_free(table);
}

typedef struct {
    const CatalogNamespace *namespace_;
    const StoreNamespaceDrop *what;
    gboolean dropped;
    GPtrArray *tables;
    GPtrArray *locations;
} NamespaceDrop;

static gboolean
drop_tables(StoreTransaction *transaction,
            NamespaceDrop *drop,
            const StoreParam *ids,
            GError **error)
{
    StoreParam params[] = {*ids,
                           store_param_text(drop->namespace_->catalog),
                           store_param_bool(drop->what->delete_data),
                           store_param_bool(drop->what->task_objects),
                           store_param_int64(drop->what->keep_ms),
                           store_param_int64(STORE_KEPT_COMMITS_MAX)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_rows(transaction, &SQL_NAMESPACE_DROP_TABLES, STORE_PARAMS(params),
                                &result, error))
        return FALSE;
    for (guint row = 0; row < store_result_rows(result); row++) {
        StoreDroppedTable *table = g_new0(StoreDroppedTable, 1);

        table->kind = (gint)store_row_int64(result, row, 0);
        table->hms_type = store_row_text_copy(result, row, 1);
        table->location = store_row_text_copy(result, row, 2);
        table->purge = store_row_bool(result, row, 3);
        table->auto_purge = store_row_bool(result, row, 4);
        table->by_task = store_row_bool(result, row, 5);
        g_ptr_array_add(drop->tables, table);
    }
    return TRUE;
}

/* INVALID_OPERATION where a materialized view that stays reads a table that would go. */
static gboolean
check_unread_elsewhere(StoreTransaction *transaction,
                       NamespaceDrop *drop,
                       const StoreParam *ids,
                       GError **error)
{
    StoreParam params[] = {*ids, store_param_int64(READERS_NAMED_MAX)};
    g_autoptr(StoreResult) result = NULL;
    g_autoptr(GString) names = g_string_new(NULL);

    if (!store_transaction_rows(transaction, &SQL_NAMESPACE_READERS_ELSEWHERE, STORE_PARAMS(params),
                                &result, error))
        return FALSE;
    if (store_result_rows(result) == 0)
        return TRUE;
    for (guint row = 0; row < store_result_rows(result); row++)
        g_string_append_printf(names, "%s%s.%s", row ? ", " : "", store_row_text(result, row, 0),
                               store_row_text(result, row, 1));
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, drop->namespace_->name,
                     "Cannot drop database as its tables are used in the following materialized "
                     "views [%s]",
                     names->str);
}

/* A namespace or table that appears between the lock and the deletes waits for the lock of the
 * foreign key, and then fails because its namespace is gone. */
static gboolean
drop_tree(StoreTransaction *transaction, gpointer data, GError **error)
{
    NamespaceDrop *drop = data;
    StoreParam root[] = {store_param_int64(drop->namespace_->id)};
    g_autoptr(StoreResult) tree = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));

    drop->dropped = FALSE;
    g_ptr_array_set_size(drop->tables, 0);
    g_ptr_array_set_size(drop->locations, 0);
    if (!store_transaction_rows(transaction, &SQL_NAMESPACE_TREE_LOCK, STORE_PARAMS(root), &tree,
                                error))
        return FALSE;
    for (guint row = 0; row < store_result_rows(tree); row++) {
        gint64 id = store_row_int64(tree, row, 0);

        g_array_append_val(ids, id);
        g_ptr_array_add(drop->locations, store_row_text_copy(tree, row, 2));
    }
    if (ids->len == 0)
        return TRUE;
    drop->dropped = TRUE;
    StoreParam all = store_param_int64_array((const gint64 *)(gpointer)ids->data, ids->len);
    StoreParam params[] = {all, store_param_text(drop->namespace_->catalog)};
    return check_unread_elsewhere(transaction, drop, &all, error) &&
           drop_tables(transaction, drop, &all, error) &&
           store_transaction_exec(transaction, &SQL_NAMESPACE_DROP_FUNCTIONS, STORE_PARAMS(params),
                                  NULL, error) &&
           store_transaction_exec(transaction, &SQL_NAMESPACE_DROP_REGISTERED, STORE_PARAMS(params),
                                  NULL, error) &&
           store_transaction_exec(transaction, &SQL_NAMESPACE_DROP_MANY, STORE_PARAMS(params), NULL,
                                  error);
}

static gboolean
drop_empty(Store *store, NamespaceDrop *drop, GError **error)
{
    StoreParam params[] = {store_param_int64(drop->namespace_->id),
                           store_param_text(drop->namespace_->catalog)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_change_one(store, &SQL_NAMESPACE_DROP, STORE_PARAMS(params), 0, &result, error))
        return FALSE;
    drop->dropped = result != NULL;
    if (result)
        g_ptr_array_add(drop->locations, store_row_text_copy(result, 0, 1));
    return TRUE;
}

gboolean
store_namespace_drop(Store *store,
                     const CatalogNamespace *namespace_,
                     const StoreNamespaceDrop *what,
                     gboolean *out_dropped,
                     GPtrArray **out_tables,
                     GPtrArray **out_locations,
                     GError **error)
{
    g_autoptr(GPtrArray) tables =
        g_ptr_array_new_with_free_func((GDestroyNotify)store_dropped_table_free);
    g_autoptr(GPtrArray) locations = catalog_strings_new();
    NamespaceDrop drop = {
        .namespace_ = namespace_, .what = what, .tables = tables, .locations = locations};
    gboolean done = what->cascade ? store_transaction_run(store, drop_tree, &drop, error)
                                  : drop_empty(store, &drop, error);

    if (!done)
        return FALSE;
    *out_dropped = drop.dropped;
    if (out_tables)
        *out_tables = g_steal_pointer(&tables);
    if (out_locations)
        *out_locations = g_steal_pointer(&locations);
    return TRUE;
}

gboolean
store_namespace_place_is_used(Store *store,
                              const char *location,
                              gboolean *out_used,
                              GError **error)
{
    StoreParam params[] = {store_param_text(location)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_NAMESPACE_PLACE_IS_USED, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_used = !result || store_row_bool(result, 0, 0);
    return TRUE;
}
