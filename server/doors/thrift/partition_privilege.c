/* SPDX-License-Identifier: Apache-2.0 */
/* Privileges that come along with partitions: all of a table's are read before its partitions are,
 * since nothing may be asked of the catalog while those arrive. */
#include "partition_privilege.h"

#include "privilege_record.h"
#include "put.h"

#include "skep/catalog_privilege.h"

/* What is known of the privileges on one table's partitions. */
typedef struct {
    GHashTable *by_partition; /* char* -> HmsPrincipalPrivilegeSet* */
    GStrv groups;
    char *user;
} KnownPrivileges;

static void
known_privileges_free(gpointer data)
{
    KnownPrivileges *known = data;
    g_hash_table_unref(known->by_partition);
    g_strfreev(known->groups);
    g_free(known->user);
    g_free(known);
}

/* Clients find the user, the groups and the role that everybody holds in it, also where those may
 * do nothing. */
static HmsPrincipalPrivilegeSet *
privilege_set_new(const KnownPrivileges *known)
{
    HmsPrincipalPrivilegeSet *set = g_object_new(HMS_TYPE_PRINCIPAL_PRIVILEGE_SET, NULL);
    thrift_privilege_set_add(set, CATALOG_PRINCIPAL_ROLE, CATALOG_ROLE_PUBLIC, NULL);
    if (known->user != NULL)
        thrift_privilege_set_add(set, CATALOG_PRINCIPAL_USER, known->user, NULL);
    for (gsize i = 0; known->groups[i] != NULL; i++)
        thrift_privilege_set_add(set, CATALOG_PRINCIPAL_GROUP, known->groups[i], NULL);
    return set;
}

static void
known_privileges_add(KnownPrivileges *known, const CatalogPrivilege *privilege)
{
    const char *partition = privilege->object.partition_name;
    HmsPrincipalPrivilegeSet *set;
    if (partition == NULL)
        return;
    set = g_hash_table_lookup(known->by_partition, partition);
    if (set == NULL) {
        set = privilege_set_new(known);
        g_hash_table_insert(known->by_partition, g_strdup(partition), set);
    }
    thrift_privilege_set_add(set, privilege->principal_type, privilege->principal_name, privilege);
}

/* A ThriftPartitionPutMore. */
static gboolean
put_privileges(gpointer data,
               ThriftProtocol *out,
               const CatalogPartition *partition,
               gboolean is_bare,
               GError **error)
{
    const KnownPrivileges *known = data;
    g_autoptr(GObject) none = NULL;
    HmsPrincipalPrivilegeSet *set = g_hash_table_lookup(known->by_partition, partition->name);
    if (set == NULL) {
        set = privilege_set_new(known);
        none = G_OBJECT(set);
    }
    return thrift_put_field(out, T_STRUCT, is_bare ? 6 : 8, error) &&
           thrift_struct_write(THRIFT_STRUCT(set), out, error) >= 0;
}

/* The privileges on all partitions of a table, or NULL with an error. */
static KnownPrivileges *
known_privileges_read(ThriftCall *call,
                      const CatalogTable *table,
                      const char *user,
                      const GPtrArray *groups,
                      GError **error)
{
    CatalogObject object = {.type = CATALOG_OBJECT_PARTITION,
                            .catalog = table->catalog,
                            .namespace_name = table->namespace_name,
                            .table_name = table->name};
    KnownPrivileges *known = g_new0(KnownPrivileges, 1);
    known->by_partition = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
    known->groups = thrift_decode_strv(groups);
    known->user = g_strdup(user);
    g_autoptr(GPtrArray) privileges = catalog_privilege_list_effective(
        call->catalog, &object, user, (const char *const *)known->groups, error);
    if (privileges == NULL) {
        known_privileges_free(known);
        return NULL;
    }
    for (guint i = 0; i < privileges->len; i++)
        known_privileges_add(known, g_ptr_array_index(privileges, i));
    return known;
}

gboolean
thrift_partition_view_add_privileges(ThriftCall *call,
                                     const ThriftName *name,
                                     const char *user,
                                     const GPtrArray *groups,
                                     ThriftPartitionView *view,
                                     GError **error)
{
    g_autoptr(CatalogTable) table =
        catalog_table_find(call->catalog, name->catalog, name->database, name->table, error);
    if (table == NULL)
        return FALSE;
    const char *kept = catalog_map_get(table->parameters, "PARTITION_LEVEL_PRIVILEGE");
    if (kept == NULL || g_ascii_strcasecmp(kept, "true") != 0)
        return TRUE;
    KnownPrivileges *known = known_privileges_read(call, table, user, groups, error);
    if (known == NULL)
        return FALSE;
    thrift_partition_view_set_more(view, put_privileges, known, known_privileges_free);
    return TRUE;
}
