/* SPDX-License-Identifier: Apache-2.0 */
/* User-defined functions in Iceberg's form: names, and what may replace what. What a document must
 * hold is iceberg's. Caller: the REST door. */
#include "skep/catalog_udf.h"

#include <string.h>

#include "skep/iceberg.h"
#include "skep/json.h"
#include "skep/store_udf.h"

#include "catalog_private.h"

static gboolean
fold(CatalogTableName *folded,
     const char *catalog_name,
     const char *namespace_name,
     const char *name,
     StoreUdfName *out_name,
     GError **error)
{
    if (!catalog_table_name_fold(folded, catalog_name, namespace_name, name, error))
        return FALSE;
    *out_name = (StoreUdfName){folded->catalog, folded->namespace_name, folded->table};
    return TRUE;
}

/* Says which of the two is not there. */
static gboolean
fail_missing(Catalog *catalog, const StoreUdfName *name, GError **error)
{
    g_autofree char *dotted = catalog_name_dotted(name->namespace_name, name->name);
    g_autoptr(CatalogNamespace) home =
        catalog_namespace_find(catalog, name->catalog_name, name->namespace_name, error);

    return home && skep_fail(error, SKEP_ERROR_NO_SUCH_FUNCTION, dotted,
                             "Function does not exist: %s", dotted);
}

static gboolean
fail_taken(Catalog *catalog, const StoreUdfName *name, gboolean replace, GError **error)
{
    g_autofree char *dotted = catalog_name_dotted(name->namespace_name, name->name);
    g_autoptr(CatalogNamespace) home =
        catalog_namespace_find(catalog, name->catalog_name, name->namespace_name, error);

    if (!home)
        return FALSE;
    if (replace)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, dotted,
                         "Function %s has another function-uuid: drop it first", dotted);
    return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, dotted, "Function already exists: %s",
                     dotted);
}

gboolean
catalog_udf_put(Catalog *catalog,
                const char *catalog_name,
                const char *namespace_name,
                const char *name,
                const cJSON *metadata,
                gboolean replace,
                GError **error)
{
    g_auto(CatalogTableName) folded = {0};
    g_autofree char *checked = catalog_name_make_table(name, error);
    g_autofree char *text = NULL;
    const char *uuid = NULL;
    gboolean written = FALSE;
    StoreUdfName stored;

    if (!checked || !iceberg_udf_validate(metadata, error) ||
        !json_get_string(metadata, "function-uuid", &uuid, error) ||
        !fold(&folded, catalog_name, namespace_name, checked, &stored, error))
        return FALSE;
    text = json_print_compact(metadata);
    if (strlen(text) > CATALOG_UDF_BYTES_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "The metadata of a function is bounded by %d bytes",
                         CATALOG_UDF_BYTES_MAX);
    return store_udf_put(catalog->store, &stored, uuid, text, replace, &written, error) &&
           (written || fail_taken(catalog, &stored, replace, error));
}

char *
catalog_udf_load(Catalog *catalog,
                 const char *catalog_name,
                 const char *namespace_name,
                 const char *name,
                 GError **error)
{
    g_auto(CatalogTableName) folded = {0};
    g_autofree char *text = NULL;
    StoreUdfName stored;

    if (!fold(&folded, catalog_name, namespace_name, name, &stored, error) ||
        !store_udf_find(catalog->store, &stored, NULL, &text, error))
        return NULL;
    if (!text)
        fail_missing(catalog, &stored, error);
    return g_steal_pointer(&text);
}

GPtrArray *
catalog_udf_list(Catalog *catalog,
                 const char *catalog_name,
                 const char *namespace_name,
                 const CatalogPage *page,
                 char **out_next_token,
                 GError **error)
{
    g_autofree char *folded_catalog = catalog_name_fold_catalog(catalog_name, error);
    g_autofree char *folded = folded_catalog ? catalog_name_fold(namespace_name, error) : NULL;
    g_autofree char *after = NULL;
    StoreUdfName start;
    GPtrArray *names;

    if (!folded || !catalog_page_decode(page, &after, error))
        return NULL;
    start = (StoreUdfName){folded_catalog, folded, after};
    names = store_udf_list(catalog->store, &start, catalog_page_limit(page), error);
    if (names)
        catalog_page_finish(page, names, out_next_token);
    return names;
}

gboolean
catalog_udf_drop(Catalog *catalog,
                 const char *catalog_name,
                 const char *namespace_name,
                 const char *name,
                 GError **error)
{
    g_auto(CatalogTableName) folded = {0};
    gboolean dropped = FALSE;
    StoreUdfName stored;

    return fold(&folded, catalog_name, namespace_name, name, &stored, error) &&
           store_udf_drop(catalog->store, &stored, &dropped, error) &&
           (dropped || fail_missing(catalog, &stored, error));
}
