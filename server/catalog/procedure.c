/* SPDX-License-Identifier: Apache-2.0 */
/* HPL/SQL procedures and packages: names, bounds, and where they are kept. Caller: the Thrift door.
 */
#include "skep/catalog_procedure.h"

#include "bound.h"
#include "catalog_private.h"
#include "skep/store_procedure.h"

gboolean
catalog_procedure_put(Catalog *catalog, const CatalogProcedure *wanted, GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};

    if (!catalog_table_name_fold(&folded, wanted->catalog, wanted->namespace_name, wanted->name,
                                 error) ||
        !catalog_bound_text("The procedure's owner", wanted->owner_name, CATALOG_NAME_BYTES_MAX,
                            error) ||
        !catalog_bound_text("The procedure's source", wanted->source, CATALOG_BODY_BYTES_MAX,
                            error))
        return FALSE;
    if (!*folded.table || !wanted->source)
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                         "A procedure needs a name and a source");
    CatalogProcedure settled = *wanted; /* texts borrowed */
    settled.catalog = folded.catalog;
    settled.namespace_name = folded.namespace_name;
    settled.name = folded.table;
    return store_procedure_put(catalog->store, &settled, error);
}

gboolean
catalog_package_put(Catalog *catalog, const CatalogPackage *wanted, GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};

    if (!catalog_table_name_fold(&folded, wanted->catalog, wanted->namespace_name, wanted->name,
                                 error) ||
        !catalog_bound_text("The package's owner", wanted->owner_name, CATALOG_NAME_BYTES_MAX,
                            error) ||
        !catalog_bound_text("The package's header", wanted->header, CATALOG_BODY_BYTES_MAX,
                            error) ||
        !catalog_bound_text("The package's body", wanted->body, CATALOG_BODY_BYTES_MAX, error))
        return FALSE;
    if (!*folded.table)
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "A package needs a name");
    CatalogPackage settled = *wanted; /* texts borrowed */
    settled.catalog = folded.catalog;
    settled.namespace_name = folded.namespace_name;
    settled.name = folded.table;
    settled.header = wanted->header ? wanted->header : (char *)"";
    settled.body = wanted->body ? wanted->body : (char *)"";
    return store_package_put(catalog->store, &settled, error);
}

CatalogProcedure *
catalog_procedure_find(Catalog *catalog,
                       const char *catalog_name,
                       const char *namespace_name,
                       const char *name,
                       GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    CatalogProcedure *found = NULL;

    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error) ||
        !store_procedure_find(catalog->store, folded.catalog, folded.namespace_name, folded.table,
                              &found, error))
        return NULL;
    if (!found)
        skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                  "HPL/SQL StoredProcedure %s.%s does not exist", namespace_name, name);
    return found;
}

CatalogPackage *
catalog_package_find(Catalog *catalog,
                     const char *catalog_name,
                     const char *namespace_name,
                     const char *name,
                     GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    CatalogPackage *found = NULL;

    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error) ||
        !store_package_find(catalog->store, folded.catalog, folded.namespace_name, folded.table,
                            &found, error))
        return NULL;
    if (!found)
        skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "HPL/SQL package %s.%s does not exist",
                  namespace_name, name);
    return found;
}

GPtrArray *
catalog_procedure_list(Catalog *catalog,
                       CatalogProcedureKind kind,
                       const char *catalog_name,
                       const char *namespace_name,
                       GError **error)
{
    g_autofree char *catalog_folded = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *folded = NULL;

    if (!catalog_folded || (namespace_name && !(folded = catalog_name_fold(namespace_name, error))))
        return NULL;
    return store_procedure_names(catalog->store, kind, catalog_folded, folded, error);
}

gboolean
catalog_procedure_drop(Catalog *catalog,
                       CatalogProcedureKind kind,
                       const char *catalog_name,
                       const char *namespace_name,
                       const char *name,
                       GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};

    return catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error) &&
           store_procedure_drop(catalog->store, kind, folded.catalog, folded.namespace_name,
                                folded.table, error);
}
