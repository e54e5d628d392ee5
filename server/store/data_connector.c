/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.data_connectors. Caller: server/catalog/data_connector.c. */
#include "skep/store_data_connector.h"

#include "store/data_connector_sql.h"
#include "store/query.h"

/* Columns of data_connector_list. */
enum {
    CONNECTOR_NAME,
    CONNECTOR_TYPE,
    CONNECTOR_URL,
    CONNECTOR_DESCRIPTION,
    CONNECTOR_PARAMETERS,
    CONNECTOR_OWNER_NAME,
    CONNECTOR_OWNER_TYPE,
    CONNECTOR_CREATED_S
};

gboolean
store_data_connector_create(Store *store, const CatalogDataConnector *connector, GError **error)
{
    StoreParam params[] = {
        store_param_text(connector->name),        store_param_text(connector->connector_type),
        store_param_text(connector->url),         store_param_text(connector->description),
        store_param_map(connector->parameters),   store_param_text(connector->owner_name),
        store_param_int64(connector->owner_type), store_param_int64(connector->created_s)};
    g_autoptr(StoreResult) result = NULL;

    return store_query_one(store, &SQL_DATA_CONNECTOR_CREATE, STORE_PARAMS(params), &result,
                           error) ||
           store_error_reword(error, SKEP_ERROR_ALREADY_EXISTS, NULL,
                              "Dataconnector %s already exists", connector->name);
}

GPtrArray *
store_data_connector_list(Store *store, const char *name, GError **error)
{
    StoreParam params[] = {store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *connectors;

    if (!store_query_rows(store, &SQL_DATA_CONNECTOR_LIST, STORE_PARAMS(params), &result, error))
        return NULL;
    connectors = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_data_connector_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogDataConnector *connector = catalog_data_connector_new();

        connector->name = store_row_text_copy(result, row, CONNECTOR_NAME);
        connector->connector_type = store_row_text_copy(result, row, CONNECTOR_TYPE);
        connector->url = store_row_text_copy(result, row, CONNECTOR_URL);
        connector->description = store_row_text_copy(result, row, CONNECTOR_DESCRIPTION);
        g_hash_table_unref(connector->parameters);
        connector->parameters = store_row_map(result, row, CONNECTOR_PARAMETERS);
        connector->owner_name = store_row_text_copy(result, row, CONNECTOR_OWNER_NAME);
        connector->owner_type = (gint32)store_row_int64(result, row, CONNECTOR_OWNER_TYPE);
        connector->created_s = store_row_int64(result, row, CONNECTOR_CREATED_S);
        g_ptr_array_add(connectors, connector);
    }
    return connectors;
}

gboolean
store_data_connector_alter(Store *store,
                           const char *name,
                           const CatalogDataConnector *after,
                           gboolean *out_changed,
                           GError **error)
{
    StoreParam params[] = {store_param_text(name),
                           store_param_text(after->connector_type),
                           store_param_text(after->url),
                           store_param_text(after->description),
                           store_param_map(after->parameters),
                           store_param_text(after->owner_name),
                           store_param_int64_or_null(after->owner_type, 0)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_DATA_CONNECTOR_ALTER, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_changed = result != NULL;
    return TRUE;
}

gboolean
store_data_connector_drop(Store *store, const char *name, gboolean *out_dropped, GError **error)
{
    StoreParam params[] = {store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_DATA_CONNECTOR_DROP, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_dropped = result != NULL;
    return TRUE;
}
