/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding of a table's set of privileges; see privilege_record.h. */
#include "privilege_record.h"
#include "decode.h"

#include <hms_privilege_types.h>

#include "skep/privilege_types.h"

static CatalogPrivilege *
grant_decode(const HmsTable *table,
             const char *principal_name,
             gint32 principal_type,
             const HmsPrivilegeGrantInfo *info)
{
    g_auto(ThriftName) name = {NULL};
    CatalogPrivilege *privilege = catalog_privilege_new();
    thrift_decode_database_pattern(table->dbName, table->catName, &name);
    privilege->object.type = CATALOG_OBJECT_TABLE;
    privilege->object.catalog = g_steal_pointer(&name.catalog);
    privilege->object.namespace_name = g_steal_pointer(&name.database);
    privilege->object.table_name = g_strdup(table->tableName);
    privilege->principal_name = g_strdup(principal_name);
    privilege->principal_type = principal_type;
    privilege->privilege = g_strdup(info->privilege);
    privilege->grant_option = info->grantOption;
    privilege->grantor_name = g_strdup(info->grantor);
    privilege->grantor_type = info->__isset_grantorType ? (gint32)info->grantorType : 0;
    return privilege;
}

/* `grants`: principal -> list<PrivilegeGrantInfo>; may be NULL. */
static void
append_grants(GPtrArray *out, const HmsTable *table, gint32 principal_type, GHashTable *grants)
{
    GHashTableIter iter;
    gpointer principal_name;
    gpointer infos;
    if (grants == NULL)
        return;
    g_hash_table_iter_init(&iter, grants);
    while (g_hash_table_iter_next(&iter, &principal_name, &infos)) {
        const GPtrArray *list = infos;
        for (guint i = 0; list != NULL && i < list->len; i++)
            g_ptr_array_add(out, grant_decode(table, principal_name, principal_type,
                                              g_ptr_array_index(list, i)));
    }
}

GPtrArray *
thrift_decode_table_privileges(const HmsTable *table)
{
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_privilege_free);
    const HmsPrincipalPrivilegeSet *set = table->__isset_privileges ? table->privileges : NULL;
    if (set != NULL) {
        append_grants(out, table, CATALOG_PRINCIPAL_USER, set->userPrivileges);
        append_grants(out, table, CATALOG_PRINCIPAL_GROUP, set->groupPrivileges);
        append_grants(out, table, CATALOG_PRINCIPAL_ROLE, set->rolePrivileges);
    }
    return out;
}
