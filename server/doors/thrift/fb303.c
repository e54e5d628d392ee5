/* SPDX-License-Identifier: Apache-2.0 */
/* Methods of the fb303 base service: name, version, status and counters of the server. Caller:
 * dispatch.c. */
#include "bindings.h"
#include "reply.h"

#include <hms_fb303_types.h>

#include "skep/error.h"

/* The release of Hive whose API the IDL holds; clients compare it with their own. */
#define API_VERSION "4.2.0"

gboolean
thrift_get_name(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    HmsFacebookServiceGetNameResult *out = result;
    return THRIFT_REPLY_VALUE(out, g_strdup("Skep"));
}

gboolean
thrift_get_version(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    HmsFacebookServiceGetVersionResult *out = result;
    return THRIFT_REPLY_VALUE(out, g_strdup(API_VERSION));
}

gboolean
thrift_get_status(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    (void)error;
    HmsFacebookServiceGetStatusResult *out = result;
    g_autoptr(GError) failure = NULL;
    gboolean is_well = catalog_ping(call->catalog, &failure);
    return THRIFT_REPLY_VALUE(out, is_well ? HMS_FB_STATUS_ALIVE : HMS_FB_STATUS_WARNING);
}

gboolean
thrift_get_status_details(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    (void)error;
    HmsFacebookServiceGetStatusDetailsResult *out = result;
    g_autoptr(GError) failure = NULL;
    gboolean is_well = catalog_ping(call->catalog, &failure);
    return THRIFT_REPLY_VALUE(out, g_strdup(is_well ? "" : failure->message));
}

gboolean
thrift_alive_since(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    (void)error;
    HmsFacebookServiceAliveSinceResult *out = result;
    return THRIFT_REPLY_VALUE(out, thrift_dispatcher_started_s(call->dispatcher));
}

gboolean
thrift_get_counters(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    (void)error;
    HmsFacebookServiceGetCountersResult *out = result;
    g_autoptr(GHashTable) counters = thrift_dispatcher_counters(call->dispatcher);
    GHashTableIter iter;
    gpointer name;
    gpointer count;
    g_hash_table_iter_init(&iter, counters);
    while (g_hash_table_iter_next(&iter, &name, &count))
        g_hash_table_insert(out->success, g_strdup(name), g_memdup2(count, sizeof(gint64)));
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_counter(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)error;
    const HmsFacebookServiceGetCounterArgs *in = args;
    HmsFacebookServiceGetCounterResult *out = result;
    g_autoptr(GHashTable) counters = thrift_dispatcher_counters(call->dispatcher);
    const gint64 *count = in->key != NULL ? g_hash_table_lookup(counters, in->key) : NULL;
    return THRIFT_REPLY_VALUE(out, count != NULL ? *count : 0);
}

/* There are no options to set while the server runs. */
gboolean
thrift_set_option(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)result;
    const HmsFacebookServiceSetOptionArgs *in = args;
    return skep_fail(error, SKEP_ERROR_UNSUPPORTED, NULL,
                     "This server has no option %s that could be set over the network",
                     in->key != NULL ? in->key : "null");
}

gboolean
thrift_get_option(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    HmsFacebookServiceGetOptionResult *out = result;
    return THRIFT_REPLY_VALUE(out, g_strdup(""));
}

gboolean
thrift_get_options(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    HmsFacebookServiceGetOptionsResult *out = result;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_cpu_profile(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    HmsFacebookServiceGetCpuProfileResult *out = result;
    return THRIFT_REPLY_VALUE(out, g_strdup(""));
}

/* Oneway, and nothing to do: there is no state to begin anew. */
gboolean
thrift_reinitialize(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)result;
    (void)error;
    return TRUE;
}

/* Oneway. Clients of Hive send it before they close their connection; it must stop nothing. */
gboolean
thrift_shutdown(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)result;
    (void)error;
    return TRUE;
}
