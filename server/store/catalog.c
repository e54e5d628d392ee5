/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogs in PostgreSQL, and the identity of the database: rows in, rows out. Which names are good
 * and what a default is, the catalog decides. Caller: server/catalog/catalog.c. */
#include "skep/store_catalog.h"

#include "skep/error.h"
#include "store/catalog_sql.h"
#include "store/query.h"

/* --- catalogs ------------------------------------------------------------------------------------
 */

gboolean
store_catalog_seed(Store *store,
                   const CatalogInfo *info,
                   const CatalogNamespace *default_namespace,
                   GError **error)
{
    StoreParam params[] = {store_param_text(info->name),
                           store_param_text(info->description),
                           store_param_text(info->location),
                           store_param_int64(info->create_time_s),
                           store_param_text(default_namespace->name),
                           store_param_text(default_namespace->description),
                           store_param_text(default_namespace->location),
                           store_param_text(default_namespace->owner_name),
                           store_param_int64(default_namespace->owner_type)};

    return store_query_exec(store, &SQL_CATALOG_SEED, STORE_PARAMS(params), NULL, error);
}

/* Columns of catalog_list and catalog_find. */
enum { INFO_ID, INFO_NAME, INFO_DESCRIPTION, INFO_LOCATION, INFO_CREATED_S, INFO_PARAMETERS };

static CatalogInfo *
read_info(const StoreResult *result, guint row)
{
    CatalogInfo *info = catalog_info_new();

    info->id = store_row_int64(result, row, INFO_ID);
    info->name = store_row_text_copy(result, row, INFO_NAME);
    info->description = store_row_text_copy(result, row, INFO_DESCRIPTION);
    info->location = store_row_text_copy(result, row, INFO_LOCATION);
    info->create_time_s = (gint32)store_row_int64(result, row, INFO_CREATED_S);
    g_hash_table_unref(info->parameters);
    info->parameters = store_row_map(result, row, INFO_PARAMETERS);
    return info;
}

GPtrArray *
store_catalog_list(Store *store, GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *list;

    if (!store_query_rows(store, &SQL_CATALOG_LIST, STORE_NO_PARAMS, &result, error))
        return NULL;
    list = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_info_free);
    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(list, read_info(result, row));
    return list;
}

gboolean
store_catalog_find(Store *store, const char *name, CatalogInfo **out_info, GError **error)
{
    StoreParam params[] = {store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_CATALOG_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_info = result ? read_info(result, 0) : NULL;
    return TRUE;
}

char *
store_database_uuid(Store *store, GError **error)
{
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_DATABASE_UUID, STORE_NO_PARAMS, &result, error))
        return NULL;
    if (!result)
        return skep_fail_null(error, SKEP_ERROR_INTERNAL, NULL,
                              "The database has lost its identity");
    return store_row_text_copy(result, 0, 0);
}

gboolean
store_catalog_create(Store *store,
                     const CatalogInfo *info,
                     const CatalogNamespace *default_namespace,
                     GError **error)
{
    StoreParam params[] = {store_param_text(info->name),
                           store_param_text(info->description),
                           store_param_text(info->location),
                           store_param_int64(info->create_time_s),
                           store_param_map(info->parameters),
                           store_param_text(default_namespace->name),
                           store_param_text(default_namespace->description),
                           store_param_text(default_namespace->location),
                           store_param_text(default_namespace->owner_name),
                           store_param_int64(default_namespace->owner_type)};

    return store_query_exec(store, &SQL_CATALOG_CREATE, STORE_PARAMS(params), NULL, error);
}

gboolean
store_catalog_replace(Store *store, const CatalogInfo *info, gboolean *out_replaced, GError **error)
{
    StoreParam params[] = {store_param_text(info->name), store_param_text(info->description),
                           store_param_text(info->location), store_param_map(info->parameters)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_CATALOG_REPLACE, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_replaced = result != NULL;
    return TRUE;
}

gboolean
store_catalog_drop(Store *store,
                   const char *name,
                   const char *default_namespace_name,
                   gboolean *out_dropped,
                   GPtrArray **out_locations,
                   GError **error)
{
    StoreParam params[] = {store_param_text(name), store_param_text(default_namespace_name)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *locations;

    if (!store_query_one(store, &SQL_CATALOG_DROP, STORE_PARAMS(params), &result, error))
        return FALSE;
    locations = catalog_strings_new();
    for (guint column = 2; result && column-- > 0;) {
        if (!store_row_is_null(result, 0, column))
            g_ptr_array_add(locations, store_row_text_copy(result, 0, column));
    }
    *out_dropped = result != NULL;
    *out_locations = locations;
    return TRUE;
}
