/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that read what this server keeps nothing of: indexes, roles beyond the two
 * built-in ones, privileges, constraints, types, resource plans. "None" is their
 * true answer, because the methods that would store such things are not served. Caller: dispatch.c.
 */
#include "bindings.h"
#include "decode.h"
#include "reply.h"

#include <hms_constraint_types.h>
#include <hms_index_types.h>
#include <hms_notification_types.h>
#include <hms_privilege_types.h>
#include <hms_resource_plan_types.h>
#include <hms_type_types.h>

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

EMPTY_ANSWER(thrift_get_indexes, HmsIndexesGetIndexesResult)
EMPTY_ANSWER(thrift_get_index_names, HmsIndexesGetIndexNamesResult)
EMPTY_ANSWER(thrift_get_type_all, HmsTypeRegistryGetTypeAllResult)
EMPTY_ANSWER(thrift_list_privileges, HmsPrivilegesListPrivilegesResult)
EMPTY_ANSWER(thrift_get_principals_in_role, HmsPrivilegesGetPrincipalsInRoleResult)
EMPTY_ANSWER(thrift_get_primary_keys, HmsConstraintsGetPrimaryKeysResult)
EMPTY_ANSWER(thrift_get_foreign_keys, HmsConstraintsGetForeignKeysResult)
EMPTY_ANSWER(thrift_get_unique_constraints, HmsConstraintsGetUniqueConstraintsResult)
EMPTY_ANSWER(thrift_get_not_null_constraints, HmsConstraintsGetNotNullConstraintsResult)
EMPTY_ANSWER(thrift_get_default_constraints, HmsConstraintsGetDefaultConstraintsResult)
EMPTY_ANSWER(thrift_get_check_constraints, HmsConstraintsGetCheckConstraintsResult)
EMPTY_ANSWER(thrift_get_active_resource_plan, HmsResourcePlansGetActiveResourcePlanResult)
/* Events are not served over this door: the number of the last one stays 0. */
EMPTY_ANSWER(thrift_get_current_notificationEventId,
             HmsNotificationsGetCurrentNotificationEventIdResult)

static gboolean
index_fail(const char *index_name, GError **error)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Index %s does not exist",
                     index_name != NULL ? index_name : "null");
}

gboolean
thrift_get_index_by_name(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)result;
    return index_fail(((HmsIndexesGetIndexByNameArgs *)args)->index_name, error);
}

gboolean
thrift_drop_index_by_name(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)result;
    return index_fail(((HmsIndexesDropIndexByNameArgs *)args)->index_name, error);
}

gboolean
thrift_get_type(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)result;
    const HmsTypeRegistryGetTypeArgs *in = args;
    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Type \"%s\" not found.",
                     in->name != NULL ? in->name : "null");
}

/* --- roles and privileges: two roles exist, and every user has `public` --- */

#define ROLE_ADMIN  "admin"
#define ROLE_PUBLIC "public"

gboolean
thrift_get_role_names(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    HmsPrivilegesGetRoleNamesResult *out = result;
    g_ptr_array_add(out->success, g_strdup(ROLE_ADMIN));
    g_ptr_array_add(out->success, g_strdup(ROLE_PUBLIC));
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_list_roles(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)error;
    const HmsPrivilegesListRolesArgs *in = args;
    HmsPrivilegesListRolesResult *out = result;
    if (in->principal_type == HMS_PRINCIPAL_TYPE_USER) {
        HmsRole *role = g_object_new(HMS_TYPE_ROLE, NULL);
        role->roleName = g_strdup(ROLE_PUBLIC);
        role->ownerName = g_strdup(ROLE_PUBLIC);
        role->__isset_roleName = role->__isset_ownerName = TRUE;
        g_ptr_array_add(out->success, role);
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_role_grants_for_principal(ThriftCall *call,
                                     gpointer args,
                                     gpointer result,
                                     GError **error)
{
    (void)call;
    (void)error;
    const HmsPrivilegesGetRoleGrantsForPrincipalArgs *in = args;
    HmsPrivilegesGetRoleGrantsForPrincipalResult *out = result;
    if (in->request->principal_type == HMS_PRINCIPAL_TYPE_USER) {
        HmsRolePrincipalGrant *grant = g_object_new(HMS_TYPE_ROLE_PRINCIPAL_GRANT, NULL);
        grant->roleName = g_strdup(ROLE_PUBLIC);
        grant->principalName = g_strdup(in->request->principal_name);
        grant->principalType = HMS_PRINCIPAL_TYPE_USER;
        grant->grantorPrincipalType = HMS_PRINCIPAL_TYPE_USER;
        grant->__isset_roleName = grant->__isset_principalName = TRUE;
        grant->__isset_principalType = grant->__isset_grantorPrincipalType = TRUE;
        g_ptr_array_add(out->success->principalGrants, grant);
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_privilege_set(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    HmsPrivilegesGetPrivilegeSetResult *out = result;
    out->success->__isset_userPrivileges = TRUE;
    out->success->__isset_groupPrivileges = TRUE;
    out->success->__isset_rolePrivileges = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_all_table_constraints(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    HmsConstraintsGetAllTableConstraintsResult *out = result;
    HmsSQLAllTableConstraints *all = out->success->allTableConstraints;
    all->__isset_primaryKeys = all->__isset_foreignKeys = TRUE;
    all->__isset_uniqueConstraints = all->__isset_notNullConstraints = TRUE;
    all->__isset_defaultConstraints = all->__isset_checkConstraints = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

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
