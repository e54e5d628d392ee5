/* SPDX-License-Identifier: Apache-2.0 */
/* Warehouses of catalogs: rows in, rows out. Caller: server/catalog/. */
#include "skep/store_warehouse.h"

#include "store/query.h"
#include "store/warehouse_sql.h"

StoreWarehouse *
store_warehouse_new(void)
{
    return g_new0(StoreWarehouse, 1);
}

void
store_warehouse_free(StoreWarehouse *warehouse)
{
    if (!warehouse)
        return;
    g_free(warehouse->catalog_name);
    g_free(warehouse->description);
    g_free(warehouse->location);
    g_strfreev(warehouse->allowed_prefixes);
    g_free(warehouse->storage_json);
    g_free(warehouse->key_id);
    g_clear_pointer(&warehouse->sealed_secrets, g_bytes_unref);
    g_free(warehouse);
}

/* Columns of warehouse_find and warehouse_list. */
enum { ROW_ID, ROW_NAME, ROW_DESCRIPTION, ROW_LOCATION, ROW_VERSION, ROW_PREFIXES, ROW_STORAGE };
enum { ROW_KEY_ID = ROW_STORAGE + 1, ROW_SECRETS };

static StoreWarehouse *
read_warehouse(const StoreResult *result, guint row)
{
    StoreWarehouse *warehouse = store_warehouse_new();

    warehouse->catalog_id = store_row_int64(result, row, ROW_ID);
    warehouse->catalog_name = store_row_text_copy(result, row, ROW_NAME);
    warehouse->description = store_row_text_copy(result, row, ROW_DESCRIPTION);
    warehouse->location = store_row_text_copy(result, row, ROW_LOCATION);
    warehouse->is_own = !store_row_is_null(result, row, ROW_VERSION);
    if (!warehouse->is_own)
        return warehouse;
    warehouse->version = store_row_int64(result, row, ROW_VERSION);
    warehouse->allowed_prefixes = store_row_text_array(result, row, ROW_PREFIXES);
    warehouse->storage_json = store_row_text_copy(result, row, ROW_STORAGE);
    warehouse->key_id = store_row_text_copy(result, row, ROW_KEY_ID);
    if (warehouse->key_id) {
        gsize length = 0;
        const guint8 *bytes = store_row_bytes(result, row, ROW_SECRETS, &length);

        warehouse->sealed_secrets = g_bytes_new(bytes, length);
    }
    return warehouse;
}

gboolean
store_warehouse_find(Store *store,
                     const char *catalog_name,
                     StoreWarehouse **out_warehouse,
                     GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_WAREHOUSE_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_warehouse = result ? read_warehouse(result, 0) : NULL;
    return TRUE;
}

static GPtrArray *
read_list(const StoreResult *result)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)store_warehouse_free);

    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(list, read_warehouse(result, row));
    return list;
}

GPtrArray *
store_warehouse_list(Store *store, GError **error)
{
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_rows(store, &SQL_WAREHOUSE_LIST, STORE_NO_PARAMS, &result, error))
        return NULL;
    return read_list(result);
}

/* A statement that writes a warehouse, and who is asked before it. */
typedef struct {
    const StoreQuery *query;
    const StoreParam *params;
    guint param_count;
    StoreWarehouseFits fits;
    gpointer data;
    gboolean written;
} Write;

static gboolean
ask_whether_it_fits(StoreTransaction *transaction, const Write *write, GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    g_autoptr(GPtrArray) all = NULL;

    if (!store_transaction_exec(transaction, &SQL_WAREHOUSES_LOCK, STORE_NO_PARAMS, NULL, error) ||
        !store_transaction_rows(transaction, &SQL_WAREHOUSE_LIST, STORE_NO_PARAMS, &result, error))
        return FALSE;
    all = read_list(result);
    return write->fits(all, write->data, error);
}

static gboolean
run_write(StoreTransaction *transaction, gpointer data, GError **error)
{
    Write *write = data;
    g_autoptr(StoreResult) result = NULL;

    if ((write->fits && !ask_whether_it_fits(transaction, write, error)) ||
        !store_transaction_one(transaction, write->query, write->params, write->param_count,
                               &result, error))
        return FALSE;
    write->written = result != NULL;
    return TRUE;
}

static StoreParam
param_prefixes(const StoreWarehouse *warehouse)
{
    static const char *const none[] = {NULL};

    return store_param_text_array(
        warehouse->allowed_prefixes ? (const char *const *)warehouse->allowed_prefixes : none);
}

static StoreParam
param_secrets(const StoreWarehouse *warehouse)
{
    gsize length = 0;
    const guint8 *bytes =
        warehouse->sealed_secrets ? g_bytes_get_data(warehouse->sealed_secrets, &length) : NULL;

    return store_param_bytes(bytes, length);
}

gboolean
store_warehouse_create(Store *store,
                       const StoreWarehouse *warehouse,
                       gint32 create_time_s,
                       const CatalogNamespace *default_namespace,
                       StoreWarehouseFits fits,
                       gpointer data,
                       GError **error)
{
    StoreParam params[] = {store_param_text(warehouse->catalog_name),
                           store_param_text(warehouse->description),
                           store_param_text(warehouse->location),
                           store_param_int64(create_time_s),
                           store_param_text(default_namespace->name),
                           store_param_text(default_namespace->description),
                           store_param_text(default_namespace->location),
                           store_param_text(default_namespace->owner_name),
                           store_param_int64(default_namespace->owner_type),
                           param_prefixes(warehouse),
                           store_param_json(warehouse->storage_json),
                           store_param_text(warehouse->key_id),
                           param_secrets(warehouse)};

    Write write = {&SQL_WAREHOUSE_CREATE, STORE_PARAMS(params), fits, data, FALSE};

    return store_transaction_run(store, run_write, &write, error);
}

gboolean
store_warehouse_replace(Store *store,
                        const StoreWarehouse *warehouse,
                        StoreWarehouseFits fits,
                        gpointer data,
                        gboolean *out_replaced,
                        GError **error)
{
    StoreParam params[] = {store_param_int64(warehouse->catalog_id),
                           store_param_int64(warehouse->version),
                           store_param_text(warehouse->description),
                           store_param_text(warehouse->location),
                           param_prefixes(warehouse),
                           store_param_json(warehouse->storage_json),
                           store_param_text(warehouse->key_id),
                           param_secrets(warehouse)};
    Write write = {&SQL_WAREHOUSE_REPLACE, STORE_PARAMS(params), fits, data, FALSE};

    if (!store_transaction_run(store, run_write, &write, error))
        return FALSE;
    *out_replaced = write.written;
    return TRUE;
}
