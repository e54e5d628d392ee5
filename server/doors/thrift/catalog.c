/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that read catalogs. Creating, changing and dropping them is not served. Caller:
 * dispatch.c. */
#include "bindings.h"
#include "encode.h"
#include "reply.h"

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
