/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.procedures and skep.packages. Caller: server/catalog/procedure.c. */
#include "skep/store_procedure.h"

#include "store/procedure_sql.h"
#include "store/query.h"

/* Columns of procedure_find and package_find. */
enum {
    PROCEDURE_CATALOG,
    PROCEDURE_NAMESPACE,
    PROCEDURE_NAME,
    PROCEDURE_OWNER,
    PROCEDURE_SOURCE,
    PACKAGE_HEADER = PROCEDURE_SOURCE,
    PACKAGE_BODY
};

static gboolean
fail_no_namespace(GError **error, const char *name)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_NAMESPACE, name, "Namespace does not exist: %s",
                     name);
}

gboolean
store_procedure_put(Store *store, const CatalogProcedure *procedure, GError **error)
{
    StoreParam params[] = {
        store_param_text(procedure->catalog), store_param_text(procedure->namespace_name),
        store_param_text(procedure->name), store_param_text(procedure->owner_name),
        store_param_text(procedure->source)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_PROCEDURE_PUT, STORE_PARAMS(params), &result, error))
        return FALSE;
    return result || fail_no_namespace(error, procedure->namespace_name);
}

gboolean
store_package_put(Store *store, const CatalogPackage *package, GError **error)
{
    StoreParam params[] = {
        store_param_text(package->catalog), store_param_text(package->namespace_name),
        store_param_text(package->name),    store_param_text(package->owner_name),
        store_param_text(package->header),  store_param_text(package->body)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_PACKAGE_PUT, STORE_PARAMS(params), &result, error))
        return FALSE;
    return result || fail_no_namespace(error, package->namespace_name);
}

gboolean
store_procedure_find(Store *store,
                     const char *catalog_name,
                     const char *namespace_name,
                     const char *name,
                     CatalogProcedure **out_procedure,
                     GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name),
                           store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_PROCEDURE_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_procedure = NULL;
    if (!result)
        return TRUE;
    *out_procedure = catalog_procedure_new();
    (*out_procedure)->catalog = store_row_text_copy(result, 0, PROCEDURE_CATALOG);
    (*out_procedure)->namespace_name = store_row_text_copy(result, 0, PROCEDURE_NAMESPACE);
    (*out_procedure)->name = store_row_text_copy(result, 0, PROCEDURE_NAME);
    (*out_procedure)->owner_name = store_row_text_copy(result, 0, PROCEDURE_OWNER);
    (*out_procedure)->source = store_row_text_copy(result, 0, PROCEDURE_SOURCE);
    return TRUE;
}

gboolean
store_package_find(Store *store,
                   const char *catalog_name,
                   const char *namespace_name,
                   const char *name,
                   CatalogPackage **out_package,
                   GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name),
                           store_param_text(name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_PACKAGE_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_package = NULL;
    if (!result)
        return TRUE;
    *out_package = catalog_package_new();
    (*out_package)->catalog = store_row_text_copy(result, 0, PROCEDURE_CATALOG);
    (*out_package)->namespace_name = store_row_text_copy(result, 0, PROCEDURE_NAMESPACE);
    (*out_package)->name = store_row_text_copy(result, 0, PROCEDURE_NAME);
    (*out_package)->owner_name = store_row_text_copy(result, 0, PROCEDURE_OWNER);
    (*out_package)->header = store_row_text_copy(result, 0, PACKAGE_HEADER);
    (*out_package)->body = store_row_text_copy(result, 0, PACKAGE_BODY);
    return TRUE;
}

GPtrArray *
store_procedure_names(Store *store,
                      CatalogProcedureKind kind,
                      const char *catalog_name,
                      const char *namespace_name,
                      GError **error)
{
    const StoreQuery *query = kind == CATALOG_PACKAGE ? &SQL_PACKAGE_NAMES : &SQL_PROCEDURE_NAMES;
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name)};

    return store_query_texts(store, query, STORE_PARAMS(params), error);
}

gboolean
store_procedure_drop(Store *store,
                     CatalogProcedureKind kind,
                     const char *catalog_name,
                     const char *namespace_name,
                     const char *name,
                     GError **error)
{
    const StoreQuery *query = kind == CATALOG_PACKAGE ? &SQL_PACKAGE_DROP : &SQL_PROCEDURE_DROP;
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name),
                           store_param_text(name)};

    return store_query_exec(store, query, STORE_PARAMS(params), NULL, error);
}
