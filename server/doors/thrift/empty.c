/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that read what this server keeps nothing of: resource plans. "None" is their true answer,
 * because the methods that would store such things are not served. Caller: dispatch.c.
 */
#include "bindings.h"
#include "decode.h"
#include "reply.h"

#include <hms_resource_plan_types.h>

#include "skep/error.h"

/* A handler whose result object is right as it comes: empty containers, and every other member
 * absent. */
#define EMPTY_ANSWER(handler, ResultType)                                                          \
    gboolean handler(ThriftCall *call, gpointer args, gpointer result, GError **error)             \
    {                                                                                              \
        (void)call;                                                                                \
        (void)args;                                                                                \
        (void)error;                                                                               \
        ResultType *out = result;                                                                  \
        out->__isset_success = TRUE;                                                               \
        return TRUE;                                                                               \
    }

EMPTY_ANSWER(thrift_get_active_resource_plan, HmsResourcePlansGetActiveResourcePlanResult)

/* --- resource plans --- */

gboolean
thrift_get_all_resource_plans(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    HmsResourcePlansGetAllResourcePlansResult *out = result;
    out->success->__isset_resourcePlans = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_resource_plan(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)result;
    const HmsResourcePlansGetResourcePlanArgs *in = args;
    const HmsWMGetResourcePlanRequest *request = in->request;
    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                     "There is no resource plan named: %s in %s",
                     request->resourcePlanName != NULL ? request->resourcePlanName : "null",
                     request->ns != NULL ? request->ns : "default");
}
