/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about catalogs. Decodes, calls the catalog, encodes; the rules are in
 * server/catalog/catalog_info.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "encode.h"
#include "reply.h"

#include "skep/catalog_info.h"
#include "skep/error.h"

gboolean
thrift_get_catalog(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsCatalogsGetCatalogArgs *in = args;
    HmsCatalogsGetCatalogResult *out = result;
    if (in->catName->name == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Catalog name cannot be null.");
    g_autoptr(CatalogInfo) info = catalog_info_find(call->catalog, in->catName->name, error);
    if (info == NULL)
        return FALSE;
    g_object_unref(out->success->catalog);
    out->success->catalog = thrift_encode_catalog(info);
    out->success->__isset_catalog = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_catalogs(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    HmsCatalogsGetCatalogsResult *out = result;
    g_autoptr(GPtrArray) infos = catalog_info_list(call->catalog, error);
    if (infos == NULL)
        return FALSE;
    for (guint i = 0; i < infos->len; i++) {
        const CatalogInfo *info = g_ptr_array_index(infos, i);
        g_ptr_array_add(out->success->names, g_strdup(info->name));
    }
    out->success->__isset_names = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

static CatalogInfo *
catalog_decode(const HmsCatalog *sent)
{
    CatalogInfo *info = catalog_info_new();
    info->name = g_strdup(sent->name);
    info->description = g_strdup(sent->description);
    info->location = thrift_decode_location(sent->locationUri);
    g_hash_table_unref(info->parameters);
    info->parameters = thrift_decode_map(sent->parameters);
    return info;
}

gboolean
thrift_create_catalog(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsCatalogsCreateCatalogArgs *in = args;
    g_autoptr(CatalogInfo) wanted = catalog_decode(in->catalog->catalog);
    return catalog_info_create(call->catalog, &call->caller, wanted, error);
}

gboolean
thrift_alter_catalog(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsCatalogsAlterCatalogArgs *in = args;
    if (in->rqst->name == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Catalog name cannot be null.");
    g_autoptr(CatalogInfo) wanted = catalog_decode(in->rqst->newCat);
    return catalog_info_alter(call->catalog, in->rqst->name, wanted, error);
}

gboolean
thrift_drop_catalog(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsCatalogsDropCatalogArgs *in = args;
    const HmsDropCatalogRequest *request = in->catName;
    if (request->name == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Catalog name cannot be null.");
    g_autoptr(GError) failure = NULL;
    if (catalog_info_drop(call->catalog, request->name, &failure))
        return TRUE;
    /* Clients of Hive 4.0 leave ifExists out, and expect to hear of a missing one. */
    if (request->__isset_ifExists && request->ifExists &&
        skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_CATALOG)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}
