/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about privileges on objects. Decodes, calls the catalog, encodes; the rules are in
 * server/catalog/privilege.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "privilege_record.h"
#include "reply.h"

#include <hms_privilege_types.h>

#include "skep/catalog_partition.h"
#include "skep/catalog_privilege.h"
#include "skep/error.h"

/* An absent type means any object; a data connector has no grants here. */
static gboolean
object_decode(const HmsHiveObjectRef *ref, CatalogObject *out_object, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    gint type = ref->__isset_objectType ? (gint)ref->objectType : CATALOG_OBJECT_ANY;
    if (type == HMS_HIVE_OBJECT_TYPE_DATACONNECTOR)
        return skep_fail(error, SKEP_ERROR_UNSUPPORTED, NULL,
                         "Privileges on data connectors are not kept");
    if (type < CATALOG_OBJECT_ANY || type > CATALOG_OBJECT_COLUMN)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Unknown object type %d", type);
    thrift_decode_database_pattern(ref->dbName, ref->catName, &name);
    out_object->type = (CatalogObjectType)type;
    out_object->catalog = g_steal_pointer(&name.catalog);
    out_object->namespace_name = g_steal_pointer(&name.database);
    out_object->table_name = g_strdup(ref->objectName);
    out_object->column_name = g_strdup(ref->columnName);
    out_object->partition_values = thrift_decode_strv(ref->partValues);
    return TRUE;
}

static CatalogPrivilege *
privilege_decode(const HmsHiveObjectPrivilege *in, GError **error)
{
    g_autoptr(CatalogPrivilege) privilege = catalog_privilege_new();
    const HmsPrivilegeGrantInfo *info = in->grantInfo;
    if (in->hiveObject == NULL || info == NULL)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "A privilege lacks its object or its grant");
    if (!object_decode(in->hiveObject, &privilege->object, error))
        return NULL;
    privilege->principal_name = g_strdup(in->principalName);
    privilege->principal_type = in->__isset_principalType ? (gint32)in->principalType : 0;
    privilege->privilege = g_strdup(info->privilege);
    privilege->grant_option = info->grantOption;
    privilege->grantor_name = g_strdup(info->grantor);
    privilege->grantor_type = info->__isset_grantorType ? (gint32)info->grantorType : 0;
    privilege->authorizer = g_strdup(in->authorizer);
    return g_steal_pointer(&privilege);
}

/* CatalogPrivilege*. `bag` may be NULL. */
static GPtrArray *
bag_decode(const HmsPrivilegeBag *bag, GError **error)
{
    g_autoptr(GPtrArray) privileges =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_privilege_free);
    guint n = bag != NULL && bag->privileges != NULL ? bag->privileges->len : 0;
    for (guint i = 0; i < n; i++) {
        CatalogPrivilege *one = privilege_decode(g_ptr_array_index(bag->privileges, i), error);
        if (one == NULL)
            return NULL;
        g_ptr_array_add(privileges, one);
    }
    return g_steal_pointer(&privileges);
}

gboolean
thrift_grant_privileges(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesGrantPrivilegesArgs *in = args;
    HmsPrivilegesGrantPrivilegesResult *out = result;
    g_autoptr(GPtrArray) privileges = bag_decode(in->privileges, error);
    return privileges != NULL && catalog_privilege_grant(call->catalog, privileges, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

gboolean
thrift_revoke_privileges(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesRevokePrivilegesArgs *in = args;
    HmsPrivilegesRevokePrivilegesResult *out = result;
    g_autoptr(GPtrArray) privileges = bag_decode(in->privileges, error);
    return privileges != NULL &&
           catalog_privilege_revoke(call->catalog, privileges, FALSE, error) &&
           THRIFT_REPLY_VALUE(out, TRUE);
}

static gboolean
reply_success(HmsGrantRevokePrivilegeResponse *response)
{
    response->success = TRUE;
    response->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_grant_revoke_privileges(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesGrantRevokePrivilegesArgs *in = args;
    HmsPrivilegesGrantRevokePrivilegesResult *out = result;
    const HmsGrantRevokePrivilegeRequest *request = in->request;
    g_autoptr(GPtrArray) privileges = bag_decode(request->privileges, error);
    gboolean option_only = request->__isset_revokeGrantOption && request->revokeGrantOption;
    gboolean done = FALSE;
    if (privileges == NULL)
        return FALSE;
    if (request->requestType == HMS_GRANT_REVOKE_TYPE_GRANT)
        done = catalog_privilege_grant(call->catalog, privileges, error);
    else if (request->requestType == HMS_GRANT_REVOKE_TYPE_REVOKE)
        done = catalog_privilege_revoke(call->catalog, privileges, option_only, error);
    else
        skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "Unknown request type");
    return done && reply_success(out->success) && (out->__isset_success = TRUE);
}

gboolean
thrift_refresh_privileges(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesRefreshPrivilegesArgs *in = args;
    HmsPrivilegesRefreshPrivilegesResult *out = result;
    g_auto(CatalogObject) object = {CATALOG_OBJECT_ANY};
    g_autoptr(GPtrArray) privileges = bag_decode(in->grantRequest->privileges, error);
    return privileges != NULL && object_decode(in->objToRefresh, &object, error) &&
           catalog_privilege_replace(call->catalog, &object, in->authorizer, privileges, error) &&
           reply_success(out->success) && (out->__isset_success = TRUE);
}

static HmsPrivilegeGrantInfo *
grant_info_encode(const CatalogPrivilege *privilege)
{
    HmsPrivilegeGrantInfo *out = g_object_new(HMS_TYPE_PRIVILEGE_GRANT_INFO, NULL);
    out->privilege = g_strdup(privilege->privilege);
    out->__isset_privilege = TRUE;
    out->createTime = privilege->grant_time_s;
    out->__isset_createTime = TRUE;
    out->grantor = g_strdup(privilege->grantor_name);
    out->__isset_grantor = privilege->grantor_name != NULL;
    out->grantorType = (HmsPrincipalType)privilege->grantor_type;
    out->__isset_grantorType = privilege->grantor_type != 0;
    out->grantOption = privilege->grant_option;
    out->__isset_grantOption = TRUE;
    return out;
}

/* Nothing for NULL. */
static void
values_encode(const char *partition_name, GPtrArray *out)
{
    g_auto(GStrv) keys = NULL;
    g_auto(GStrv) values = NULL;
    if (partition_name == NULL ||
        !catalog_partition_name_parse(partition_name, &keys, &values, NULL))
        return;
    for (gsize i = 0; values[i] != NULL; i++)
        g_ptr_array_add(out, g_strdup(values[i]));
}

static void
object_encode(const CatalogObject *object, HmsHiveObjectRef *out)
{
    out->objectType = (HmsHiveObjectType)object->type;
    out->__isset_objectType = TRUE;
    out->dbName = g_strdup(object->namespace_name);
    out->__isset_dbName = object->namespace_name != NULL;
    out->objectName = g_strdup(object->table_name);
    out->__isset_objectName = object->table_name != NULL;
    values_encode(object->partition_name, out->partValues);
    out->__isset_partValues = TRUE;
    out->columnName = g_strdup(object->column_name);
    out->__isset_columnName = object->column_name != NULL;
    out->catName = g_strdup(object->catalog);
    out->__isset_catName = object->catalog != NULL;
}

static HmsHiveObjectPrivilege *
privilege_encode(const CatalogPrivilege *privilege)
{
    HmsHiveObjectPrivilege *out = g_object_new(HMS_TYPE_HIVE_OBJECT_PRIVILEGE, NULL);
    object_encode(&privilege->object, out->hiveObject);
    out->__isset_hiveObject = TRUE;
    out->principalName = g_strdup(privilege->principal_name);
    out->__isset_principalName = TRUE;
    out->principalType = (HmsPrincipalType)privilege->principal_type;
    out->__isset_principalType = TRUE;
    g_object_unref(out->grantInfo);
    out->grantInfo = grant_info_encode(privilege);
    out->__isset_grantInfo = TRUE;
    out->authorizer = g_strdup(privilege->authorizer);
    out->__isset_authorizer = privilege->authorizer != NULL;
    return out;
}

gboolean
thrift_list_privileges(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesListPrivilegesArgs *in = args;
    HmsPrivilegesListPrivilegesResult *out = result;
    g_auto(CatalogObject) object = {CATALOG_OBJECT_ANY};
    if (!object_decode(in->hiveObject, &object, error))
        return FALSE;
    g_autoptr(GPtrArray) privileges = catalog_privilege_list(
        call->catalog, &object, in->principal_name, in->principal_type, error);
    if (privileges == NULL)
        return FALSE;
    for (guint i = 0; i < privileges->len; i++)
        g_ptr_array_add(out->success, privilege_encode(g_ptr_array_index(privileges, i)));
    out->__isset_success = TRUE;
    return TRUE;
}

static GHashTable *
privilege_set_part(HmsPrincipalPrivilegeSet *set, gint32 principal_type)
{
    if (principal_type == CATALOG_PRINCIPAL_ROLE)
        return set->rolePrivileges;
    return principal_type == CATALOG_PRINCIPAL_GROUP ? set->groupPrivileges : set->userPrivileges;
}

void
thrift_privilege_set_add(HmsPrincipalPrivilegeSet *set,
                         gint32 principal_type,
                         const char *principal_name,
                         const CatalogPrivilege *privilege)
{
    GHashTable *part = privilege_set_part(set, principal_type);
    GPtrArray *infos = g_hash_table_lookup(part, principal_name);
    if (infos == NULL) {
        infos = g_ptr_array_new_with_free_func(g_object_unref);
        g_hash_table_insert(part, g_strdup(principal_name), infos);
    }
    if (privilege != NULL)
        g_ptr_array_add(infos, grant_info_encode(privilege));
    set->__isset_userPrivileges = set->__isset_groupPrivileges = TRUE;
    set->__isset_rolePrivileges = TRUE;
}

gboolean
thrift_get_privilege_set(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsPrivilegesGetPrivilegeSetArgs *in = args;
    HmsPrivilegesGetPrivilegeSetResult *out = result;
    HmsPrincipalPrivilegeSet *set = out->success;
    g_auto(CatalogObject) object = {CATALOG_OBJECT_ANY};
    g_auto(GStrv) groups = thrift_decode_strv(in->group_names);
    if (!object_decode(in->hiveObject, &object, error))
        return FALSE;
    g_autoptr(GPtrArray) privileges = catalog_privilege_list_effective(
        call->catalog, &object, in->user_name, (const char *const *)groups, error);
    if (privileges == NULL)
        return FALSE;
    for (guint i = 0; i < privileges->len; i++) {
        const CatalogPrivilege *privilege = g_ptr_array_index(privileges, i);
        thrift_privilege_set_add(set, privilege->principal_type, privilege->principal_name,
                                 privilege);
    }
    set->__isset_userPrivileges = set->__isset_groupPrivileges = TRUE;
    set->__isset_rolePrivileges = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}
