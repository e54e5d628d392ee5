/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about roles and who holds them. Decodes, calls the catalog, encodes; the rules are in
 * server/catalog/role.c. Caller: dispatch.c. */
#include "bindings.h"
#include "reply.h"

#include <hms_privilege_types.h>

#include "skep/catalog_privilege.h"
#include "skep/error.h"

gboolean
thrift_create_role(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesCreateRoleArgs *in = args;
    HmsPrivilegesCreateRoleResult *out = result;
    g_autoptr(CatalogRole) wanted = catalog_role_new(in->role->roleName, in->role->ownerName);
    return catalog_role_create(call->catalog, wanted, error) && THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_drop_role(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesDropRoleArgs *in = args;
    HmsPrivilegesDropRoleResult *out = result;
    return catalog_role_drop(call->catalog, in->role_name, error) && THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_get_role_names(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)args;
    HmsPrivilegesGetRoleNamesResult *out = result;
    g_autoptr(GPtrArray) roles = catalog_role_list(call->catalog, error);
    if (roles == NULL)
        return FALSE;
    for (guint i = 0; i < roles->len; i++) {
        const CatalogRole *role = g_ptr_array_index(roles, i);
        g_ptr_array_add(out->success, g_strdup(role->name));
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_grant_role(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesGrantRoleArgs *in = args;
    HmsPrivilegesGrantRoleResult *out = result;
    CatalogRoleGrant grant = {.role_name = in->role_name,
                              .principal_name = in->principal_name,
                              .principal_type = in->principal_type,
                              .grant_option = in->grant_option,
                              .grantor_name = in->grantor,
                              .grantor_type = in->grantorType};
    return catalog_role_grant(call->catalog, &grant, error) && THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_revoke_role(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesRevokeRoleArgs *in = args;
    HmsPrivilegesRevokeRoleResult *out = result;
    CatalogRoleGrant grant = {.role_name = in->role_name,
                              .principal_name = in->principal_name,
                              .principal_type = in->principal_type};
    return catalog_role_revoke(call->catalog, &grant, FALSE, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_grant_revoke_role(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesGrantRevokeRoleArgs *in = args;
    HmsPrivilegesGrantRevokeRoleResult *out = result;
    const HmsGrantRevokeRoleRequest *request = in->request;
    gboolean option = request->__isset_grantOption && request->grantOption;
    CatalogRoleGrant grant = {.role_name = request->roleName,
                              .principal_name = request->principalName,
                              .principal_type = request->principalType,
                              .grant_option = option,
                              .grantor_name = request->grantor,
                              .grantor_type =
                                  request->__isset_grantorType ? request->grantorType : 0};
    gboolean done = FALSE;
    if (request->requestType == HMS_GRANT_REVOKE_TYPE_GRANT)
        done = catalog_role_grant(call->catalog, &grant, error);
    else if (request->requestType == HMS_GRANT_REVOKE_TYPE_REVOKE)
        done = catalog_role_revoke(call->catalog, &grant, option, error);
    else
        skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Unknown request type");
    if (!done)
        return FALSE;
    out->success->success = TRUE;
    out->success->__isset_success = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

static HmsRole *
role_encode(const CatalogRole *role)
{
    HmsRole *out = g_object_new(HMS_TYPE_ROLE, NULL);
    out->roleName = g_strdup(role->name);
    out->__isset_roleName = TRUE;
    out->createTime = role->create_time_s;
    out->__isset_createTime = TRUE;
    out->ownerName = g_strdup(role->owner_name);
    out->__isset_ownerName = role->owner_name != NULL;
    return out;
}

gboolean
thrift_list_roles(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesListRolesArgs *in = args;
    HmsPrivilegesListRolesResult *out = result;
    g_autoptr(GPtrArray) roles = NULL;
    g_autoptr(GPtrArray) grants =
        catalog_role_grants(call->catalog, in->principal_name, in->principal_type, &roles, error);
    if (grants == NULL)
        return FALSE;
    for (guint i = 0; i < roles->len; i++)
        g_ptr_array_add(out->success, role_encode(g_ptr_array_index(roles, i)));
    out->__isset_success = TRUE;
    return TRUE;
}

static HmsRolePrincipalGrant *
grant_encode(const CatalogRoleGrant *grant)
{
    HmsRolePrincipalGrant *out = g_object_new(HMS_TYPE_ROLE_PRINCIPAL_GRANT, NULL);
    out->roleName = g_strdup(grant->role_name);
    out->__isset_roleName = TRUE;
    out->principalName = g_strdup(grant->principal_name);
    out->__isset_principalName = TRUE;
    out->principalType = (HmsPrincipalType)grant->principal_type;
    out->__isset_principalType = TRUE;
    out->grantOption = grant->grant_option;
    out->__isset_grantOption = TRUE;
    out->grantTime = grant->grant_time_s;
    out->__isset_grantTime = TRUE;
    out->grantorName = g_strdup(grant->grantor_name);
    out->__isset_grantorName = grant->grantor_name != NULL;
    out->grantorPrincipalType = (HmsPrincipalType)grant->grantor_type;
    out->__isset_grantorPrincipalType = grant->grantor_type != 0;
    return out;
}

static void
grants_append_encoded(GPtrArray *out, const GPtrArray *grants)
{
    for (guint i = 0; i < grants->len; i++)
        g_ptr_array_add(out, grant_encode(g_ptr_array_index(grants, i)));
}

gboolean
thrift_get_principals_in_role(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesGetPrincipalsInRoleArgs *in = args;
    HmsPrivilegesGetPrincipalsInRoleResult *out = result;
    g_autoptr(GPtrArray) grants = catalog_role_members(call->catalog, in->request->roleName, error);
    if (grants == NULL)
        return FALSE;
    grants_append_encoded(out->success->principalGrants, grants);
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_role_grants_for_principal(ThriftCall *call,
                                     gpointer args,
                                     gpointer result,
                                     GError **error)
{
    const HmsPrivilegesGetRoleGrantsForPrincipalArgs *in = args;
    HmsPrivilegesGetRoleGrantsForPrincipalResult *out = result;
    g_autoptr(GPtrArray) grants = catalog_role_grants(call->catalog, in->request->principal_name,
                                                      in->request->principal_type, NULL, error);
    if (grants == NULL)
        return FALSE;
    grants_append_encoded(out->success->principalGrants, grants);
    out->__isset_success = TRUE;
    return TRUE;
}
