/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about locks. Who waits for whom is decided in server/catalog/lock.c. Caller: dispatch.c.
 */
#include "bindings.h"
#include "decode.h"
#include "encode.h"
#include "reply.h"

#include "skep/catalog_lock.h"
#include "skep/catalog_transaction.h"
#include "skep/error.h"

gboolean
thrift_lock(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsLocksLockArgs *in = args;
    HmsLocksLockResult *out = result;
    g_autofree char *catalog = NULL;
    g_autoptr(CatalogLockRequest) request = thrift_decode_lock_request(in->rqst, &catalog, error);
    if (request == NULL)
        return FALSE;
    gint64 lock_id = 0;
    CatalogLockState state = CATALOG_LOCK_WAITING;
    g_autofree char *reason = NULL;
    if (!catalog_lock_acquire(call->catalog, catalog, request, &lock_id, &state, &reason, error))
        return FALSE;
    HmsLockResponse *response = thrift_encode_lock_response(lock_id, state);
    response->__isset_errorMessage = reason != NULL;
    response->errorMessage = g_steal_pointer(&reason);
    return THRIFT_REPLY_OBJECT(out, response);
}

gboolean
thrift_check_lock(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsLocksCheckLockArgs *in = args;
    HmsLocksCheckLockResult *out = result;
    CatalogLockState state = CATALOG_LOCK_WAITING;
    g_autoptr(GError) failure = NULL;
    if (!catalog_lock_check(call->catalog, in->rqst->lockid, &state, &failure)) {
        /* Of a transaction that has ended, rather that than that its lock is gone. */
        if (in->rqst->__isset_txnid && in->rqst->txnid > 0 &&
            skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_LOCK &&
            !catalog_transaction_heartbeat(call->catalog, in->rqst->txnid, error))
            return FALSE;
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    return THRIFT_REPLY_OBJECT(out, thrift_encode_lock_response(in->rqst->lockid, state));
}

gboolean
thrift_unlock(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsLocksUnlockArgs *in = args;
    return catalog_lock_release(call->catalog, in->rqst->lockid, error);
}

gboolean
thrift_heartbeat(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsLocksHeartbeatArgs *in = args;
    const HmsHeartbeatRequest *request = in->ids;
    gboolean has_transaction = request->__isset_txnid && request->txnid > 0;
    if (has_transaction && !catalog_transaction_heartbeat(call->catalog, request->txnid, error))
        return FALSE;
    if (!request->__isset_lockid || request->lockid == 0)
        return TRUE;
    return catalog_lock_heartbeat(call->catalog, request->lockid, error);
}

gboolean
thrift_show_locks(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsLocksShowLocksArgs *in = args;
    HmsLocksShowLocksResult *out = result;
    const HmsShowLocksRequest *request = in->rqst;
    g_auto(ThriftName) name = {NULL};
    thrift_decode_database_pattern(request->dbname, NULL, &name);
    g_autoptr(GPtrArray) infos =
        catalog_lock_list(call->catalog, name.database, request->tablename, request->partname,
                          request->__isset_txnid ? request->txnid : 0, error);
    if (infos == NULL)
        return FALSE;
    for (guint i = 0; i < infos->len; i++) {
        const CatalogLockInfo *info = g_ptr_array_index(infos, i);
        g_ptr_array_add(out->success->locks, thrift_encode_lock_info(info));
    }
    out->success->__isset_locks = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}
