/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.udfs. What a sound function is, the catalog asks elsewhere. Caller:
 * server/catalog/udf.c. */
#include "skep/store_udf.h"

#include "store/query.h"
#include "store/udf_sql.h"

gboolean
store_udf_put(Store *store,
              const StoreUdfName *name,
              const char *uuid,
              const char *metadata_json,
              gboolean replace,
              gboolean *out_written,
              GError **error)
{
    StoreParam params[] = {
        store_param_text(name->catalog_name), store_param_text(name->namespace_name),
        store_param_text(name->name),         store_param_text(uuid),
        store_param_text(metadata_json),      store_param_bool(replace)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_UDF_PUT, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_written = result != NULL;
    return TRUE;
}

gboolean
store_udf_find(Store *store,
               const StoreUdfName *name,
               char **out_uuid,
               char **out_metadata_json,
               GError **error)
{
    StoreParam params[] = {store_param_text(name->catalog_name),
                           store_param_text(name->namespace_name), store_param_text(name->name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_UDF_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    if (out_uuid)
        *out_uuid = result ? store_row_text_copy(result, 0, 0) : NULL;
    *out_metadata_json = result ? store_row_text_copy(result, 0, 1) : NULL;
    return TRUE;
}

GPtrArray *
store_udf_list(Store *store, const StoreUdfName *name, gint64 limit, GError **error)
{
    StoreParam params[] = {store_param_text(name->catalog_name),
                           store_param_text(name->namespace_name), store_param_text(name->name),
                           store_param_int64_or_null(limit, 0)};

    return store_query_texts(store, &SQL_UDF_LIST, STORE_PARAMS(params), error);
}

gboolean
store_udf_drop(Store *store, const StoreUdfName *name, gboolean *out_dropped, GError **error)
{
    StoreParam params[] = {store_param_text(name->catalog_name),
                           store_param_text(name->namespace_name), store_param_text(name->name)};
    guint64 rows = 0;

    if (!store_query_exec(store, &SQL_UDF_DROP, STORE_PARAMS(params), &rows, error))
        return FALSE;
    *out_dropped = rows > 0;
    return TRUE;
}
