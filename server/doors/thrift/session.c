/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about who calls and about the server as a whole: set_ugi, its identity, its caches.
 * Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "encode.h"
#include "reply.h"

#include <hms_hive_metastore_types.h>

/* The user and groups become the connection's; the answer is what was sent, as Hive gives it. */
gboolean
thrift_set_ugi(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)error;
    const HmsThriftHiveMetastoreSetUgiArgs *in = args;
    HmsThriftHiveMetastoreSetUgiResult *out = result;
    ThriftSession *session = call->session;
    g_free(session->user);
    session->user =
        in->user_name != NULL && in->user_name[0] != '\0' ? g_strdup(in->user_name) : NULL;
    g_strfreev(session->groups);
    session->groups = thrift_decode_strv(in->group_names);
    return THRIFT_REPLY_ARRAY(out, thrift_encode_strv((const char *const *)session->groups));
}

gboolean
thrift_get_metastore_db_uuid(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    HmsThriftHiveMetastoreGetMetastoreDbUuidResult *out = result;
    char *uuid = catalog_database_uuid(call->catalog, error);
    return uuid != NULL && THRIFT_REPLY_VALUE(out, uuid);
}

/* What is kept in memory never changes behind its key, so there is nothing to flush. */
gboolean
thrift_flush_cache(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)result;
    (void)error;
    return TRUE;
}
