/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about delegation tokens. Those of clients and their master keys are kept for them; this
 * server makes none itself, because that takes Kerberos. Caller: dispatch.c. */
#include "bindings.h"
#include "reply.h"

#include <hms_token_types.h>

#include "skep/catalog_token.h"
#include "skep/error.h"

static gboolean
fail_without_kerberos(GError **error)
{
    return skep_fail(error, SKEP_ERROR_UNSUPPORTED, NULL,
                     "Delegation tokens are given out to clients that come with Kerberos, which "
                     "this server does not use");
}

gboolean
thrift_get_delegation_token(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)result;
    return fail_without_kerberos(error);
}

gboolean
thrift_renew_delegation_token(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)result;
    return fail_without_kerberos(error);
}

gboolean
thrift_cancel_delegation_token(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)result;
    return fail_without_kerberos(error);
}

gboolean
thrift_add_token(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTokensAddTokenArgs *in = args;
    HmsTokensAddTokenResult *out = result;
    return catalog_token_add(call->catalog, in->token_identifier, in->delegation_token,
                             &out->success, error) &&
           (out->__isset_success = TRUE);
}

/* Hive answers an empty text where there is none. */
gboolean
thrift_get_token(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTokensGetTokenArgs *in = args;
    HmsTokensGetTokenResult *out = result;
    char *found = NULL;
    if (!catalog_token_find(call->catalog, in->token_identifier, &found, error))
        return FALSE;
    return THRIFT_REPLY_VALUE(out, found != NULL ? found : g_strdup(""));
}

gboolean
thrift_remove_token(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTokensRemoveTokenArgs *in = args;
    HmsTokensRemoveTokenResult *out = result;
    return catalog_token_remove(call->catalog, in->token_identifier, &out->success, error) &&
           (out->__isset_success = TRUE);
}

gboolean
thrift_get_all_token_identifiers(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    HmsTokensGetAllTokenIdentifiersResult *out = result;
    GPtrArray *found = catalog_token_identifiers(call->catalog, error);
    return found != NULL && THRIFT_REPLY_ARRAY(out, found);
}

gboolean
thrift_add_master_key(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTokensAddMasterKeyArgs *in = args;
    HmsTokensAddMasterKeyResult *out = result;
    return catalog_token_key_add(call->catalog, in->key, &out->success, error) &&
           (out->__isset_success = TRUE);
}

gboolean
thrift_update_master_key(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTokensUpdateMasterKeyArgs *in = args;
    return catalog_token_key_replace(call->catalog, in->seq_number, in->key, error);
}

gboolean
thrift_remove_master_key(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTokensRemoveMasterKeyArgs *in = args;
    HmsTokensRemoveMasterKeyResult *out = result;
    return catalog_token_key_remove(call->catalog, in->key_seq, &out->success, error) &&
           (out->__isset_success = TRUE);
}

gboolean
thrift_get_master_keys(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    HmsTokensGetMasterKeysResult *out = result;
    GPtrArray *found = catalog_token_keys(call->catalog, error);
    return found != NULL && THRIFT_REPLY_ARRAY(out, found);
}
