/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of lock requests. */
#include "decode.h"

#include "skep/error.h"

/* Numbers outside the enumerations arrive as they were sent. */
static gboolean
component_check(const HmsLockComponent *component, GError **error)
{
    if (component->type < HMS_LOCK_TYPE_SHARED_READ || component->type > HMS_LOCK_TYPE_EXCL_WRITE)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Unknown lock type %d",
                         (gint)component->type);
    if (component->level < HMS_LOCK_LEVEL_DB || component->level > HMS_LOCK_LEVEL_PARTITION)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Unknown lock level %d",
                         (gint)component->level);
    return TRUE;
}

static CatalogLockComponent *
component_decode(const HmsLockComponent *component, ThriftName *name)
{
    CatalogLockComponent *out = catalog_lock_component_new();
    out->type = (CatalogLockType)component->type;
    out->level = (gint32)component->level;
    out->namespace_name = g_steal_pointer(&name->database);
    out->table_name = g_strdup(component->tablename);
    out->partition_name = g_strdup(component->partitionname);
    out->operation_type = component->__isset_operationType ? (gint32)component->operationType
                                                           : HMS_DATA_OPERATION_TYPE_UNSET;
    /* What says nothing counts as a part of its transaction. */
    out->is_transactional = !component->__isset_isTransactional || component->isTransactional;
    out->is_dynamic_partition_write = component->isDynamicPartitionWrite;
    return out;
}

CatalogLockRequest *
thrift_decode_lock_request(const HmsLockRequest *request, char **out_catalog, GError **error)
{
    g_autoptr(CatalogLockRequest) out = catalog_lock_request_new();
    g_autofree char *catalog = NULL;
    for (guint i = 0; i < request->component->len; i++) {
        const HmsLockComponent *component = g_ptr_array_index(request->component, i);
        g_auto(ThriftName) name = {NULL};
        if (!component_check(component, error) ||
            !thrift_decode_database_name(component->dbname, NULL, &name, error))
            return NULL;
        if (i == 0)
            catalog = g_strdup(name.catalog);
        else if (g_strcmp0(catalog, name.catalog) != 0)
            return skep_fail_null(error, SKEP_ERROR_UNSUPPORTED, NULL,
                                  "One lock cannot span several catalogs");
        g_ptr_array_add(out->components, component_decode(component, &name));
    }
    out->transaction_id = request->__isset_txnid ? request->txnid : 0;
    out->zero_wait_reads = request->__isset_zeroWaitReadEnabled && request->zeroWaitReadEnabled;
    out->exclusive_create = request->__isset_exclusiveCTAS && request->exclusiveCTAS;
    out->user = g_strdup(request->user);
    out->host = g_strdup(request->hostname);
    out->agent_info = g_strdup(request->agentInfo);
    *out_catalog = g_steal_pointer(&catalog);
    return g_steal_pointer(&out);
}
