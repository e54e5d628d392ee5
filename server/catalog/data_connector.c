/* SPDX-License-Identifier: Apache-2.0 */
/* Data connectors: what a good one is, and where it is kept. Caller: the Thrift door. */
#include "skep/catalog_data_connector.h"

#include "bound.h"
#include "catalog_private.h"
#include "skep/store_data_connector.h"

static gboolean
fail_no_connector(GError **error, const char *name)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                     "Dataconnector named %s does not exist", name ? name : "null");
}

static gboolean
check_connector(const CatalogDataConnector *connector, GError **error)
{
    return catalog_bound_text("The connector's type", connector->connector_type,
                              CATALOG_NAME_BYTES_MAX, error) &&
           catalog_bound_text("The connector's address", connector->url, CATALOG_NOTE_BYTES_MAX,
                              error) &&
           catalog_bound_text("The connector's description", connector->description,
                              CATALOG_NOTE_BYTES_MAX, error) &&
           catalog_bound_text("The connector's owner", connector->owner_name,
                              CATALOG_NAME_BYTES_MAX, error) &&
           catalog_bound_map("The connector's parameters together", connector->parameters,
                             CATALOG_BODY_BYTES_MAX, error);
}

gboolean
catalog_data_connector_create(Catalog *catalog,
                              const CatalogCaller *caller,
                              const CatalogDataConnector *wanted,
                              GError **error)
{
    g_autofree char *name = catalog_bound_name("Dataconnector name", wanted->name, error);

    if (!name || !catalog_name_check_hive(name, error) || !check_connector(wanted, error))
        return FALSE;
    if (!wanted->connector_type || !wanted->url)
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                         "A dataconnector needs a type and a URL");
    CatalogDataConnector settled = *wanted; /* texts borrowed */
    settled.name = name;
    settled.created_s = catalog_now_s();
    if (!settled.owner_name && caller->user) {
        settled.owner_name = (char *)caller->user;
        settled.owner_type = 1;
    }
    return store_data_connector_create(catalog->store, &settled, error);
}

CatalogDataConnector *
catalog_data_connector_find(Catalog *catalog, const char *name, GError **error)
{
    g_autofree char *folded = catalog_name_fold(name, error);
    g_autoptr(GPtrArray) found =
        folded ? store_data_connector_list(catalog->store, folded, error) : NULL;

    if (!found)
        return NULL;
    if (found->len == 0) {
        fail_no_connector(error, name);
        return NULL;
    }
    return g_ptr_array_steal_index(found, 0);
}

GPtrArray *
catalog_data_connector_list(Catalog *catalog, GError **error)
{
    g_autoptr(GPtrArray) connectors = store_data_connector_list(catalog->store, NULL, error);
    GPtrArray *names;

    if (!connectors)
        return NULL;
    names = catalog_strings_new();
    for (guint i = 0; i < connectors->len; i++)
        g_ptr_array_add(names, g_strdup(((CatalogDataConnector *)connectors->pdata[i])->name));
    return names;
}

gboolean
catalog_data_connector_alter(Catalog *catalog,
                             const char *name,
                             const CatalogDataConnector *wanted,
                             GError **error)
{
    g_autofree char *folded = catalog_name_fold(name, error);
    gboolean changed;

    if (!folded || !check_connector(wanted, error) ||
        !store_data_connector_alter(catalog->store, folded, wanted, &changed, error))
        return FALSE;
    return changed || fail_no_connector(error, name);
}

gboolean
catalog_data_connector_drop(Catalog *catalog, const char *name, gboolean if_exists, GError **error)
{
    g_autofree char *folded = catalog_name_fold(name, error);
    gboolean dropped;

    if (!folded || !store_data_connector_drop(catalog->store, folded, &dropped, error))
        return FALSE;
    return dropped || if_exists || fail_no_connector(error, name);
}
