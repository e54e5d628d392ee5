/* SPDX-License-Identifier: Apache-2.0 */
/* New, copy and free for the records of skep/privilege_types.h. No rule lives here. Callers: every
 * layer. */
#include "skep/privilege_types.h"

CatalogRole *
catalog_role_new(const char *name, const char *owner_name)
{
    CatalogRole *role = g_new0(CatalogRole, 1);

    role->name = g_strdup(name);
    role->owner_name = g_strdup(owner_name);
    return role;
}

void
catalog_role_free(CatalogRole *role)
{
    if (!role)
        return;
    g_free(role->name);
    g_free(role->owner_name);
    g_free(role);
}

CatalogRoleGrant *
catalog_role_grant_new(void)
{
    return g_new0(CatalogRoleGrant, 1);
}

void
catalog_role_grant_free(CatalogRoleGrant *grant)
{
    if (!grant)
        return;
    g_free(grant->role_name);
    g_free(grant->principal_name);
    g_free(grant->grantor_name);
    g_free(grant);
}

void
catalog_object_clear(CatalogObject *object)
{
    g_clear_pointer(&object->catalog, g_free);
    g_clear_pointer(&object->namespace_name, g_free);
    g_clear_pointer(&object->table_name, g_free);
    g_clear_pointer(&object->column_name, g_free);
    g_clear_pointer(&object->partition_values, g_strfreev);
    g_clear_pointer(&object->partition_name, g_free);
}

CatalogPrivilege *
catalog_privilege_new(void)
{
    return g_new0(CatalogPrivilege, 1);
}

CatalogPrivilege *
catalog_privilege_copy(const CatalogPrivilege *privilege)
{
    CatalogPrivilege *copy = catalog_privilege_new();

    copy->object.type = privilege->object.type;
    copy->object.catalog = g_strdup(privilege->object.catalog);
    copy->object.namespace_name = g_strdup(privilege->object.namespace_name);
    copy->object.table_name = g_strdup(privilege->object.table_name);
    copy->object.column_name = g_strdup(privilege->object.column_name);
    copy->object.partition_values = g_strdupv(privilege->object.partition_values);
    copy->object.partition_name = g_strdup(privilege->object.partition_name);
    copy->principal_name = g_strdup(privilege->principal_name);
    copy->principal_type = privilege->principal_type;
    copy->privilege = g_strdup(privilege->privilege);
    copy->grant_option = privilege->grant_option;
    copy->grant_time_s = privilege->grant_time_s;
    copy->grantor_name = g_strdup(privilege->grantor_name);
    copy->grantor_type = privilege->grantor_type;
    copy->authorizer = g_strdup(privilege->authorizer);
    return copy;
}

void
catalog_privilege_free(CatalogPrivilege *privilege)
{
    if (!privilege)
        return;
    catalog_object_clear(&privilege->object);
    g_free(privilege->principal_name);
    g_free(privilege->privilege);
    g_free(privilege->grantor_name);
    g_free(privilege->authorizer);
    g_free(privilege);
}
