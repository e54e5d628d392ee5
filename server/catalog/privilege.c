/* SPDX-License-Identifier: Apache-2.0 */
/* Privileges: what is granted on which object to whom. Caller: the Thrift door. */
#include <string.h>

#include "catalog_private.h"
#include "partition_private.h"
#include "table_companions.h"
#include "skep/catalog_privilege.h"
#include "skep/store_privilege.h"

/* NULL stays NULL; an empty name is none. */
static gboolean
fold_name(const char *name, char **out_name, GError **error)
{
    if (!name || *name == '\0')
        return TRUE;
    *out_name = catalog_name_fold(name, error);
    return *out_name != NULL;
}

/* The name of the partition that the values mean, from the keys of its table. */
static gboolean
name_partition(Catalog *catalog, GStrv values, CatalogObject *object, GError **error)
{
    g_autoptr(CatalogTable) table = catalog_partition_table_find(
        catalog, object->catalog, object->namespace_name, object->table_name, error);

    if (!table)
        return FALSE;
    object->partition_name = catalog_partition_name_make(table, (const char *const *)values, error);
    return object->partition_name != NULL;
}

/* *out_object must be empty before. */
static gboolean
fold_object(Catalog *catalog,
            const CatalogObject *object,
            CatalogObject *out_object,
            GError **error)
{
    gboolean has_partition = object->partition_values && *object->partition_values;

    out_object->type = object->type;
    out_object->catalog = catalog_name_fold_catalog(object->catalog, error);
    return out_object->catalog &&
           fold_name(object->namespace_name, &out_object->namespace_name, error) &&
           fold_name(object->table_name, &out_object->table_name, error) &&
           fold_name(object->column_name, &out_object->column_name, error) &&
           (!has_partition || name_partition(catalog, object->partition_values, out_object, error));
}

/* A grant needs every name down to its object. */
static gboolean
check_whole(const CatalogObject *object, GError **error)
{
    gboolean is_whole = FALSE;

    switch (object->type) {
    case CATALOG_OBJECT_ANY:
        break;
    case CATALOG_OBJECT_GLOBAL:
        is_whole = TRUE;
        break;
    case CATALOG_OBJECT_NAMESPACE:
        is_whole = object->namespace_name != NULL;
        break;
    case CATALOG_OBJECT_TABLE:
        is_whole = object->namespace_name && object->table_name;
        break;
    case CATALOG_OBJECT_PARTITION:
        is_whole = object->namespace_name && object->table_name && object->partition_name;
        break;
    case CATALOG_OBJECT_COLUMN:
        is_whole = object->namespace_name && object->table_name && object->column_name;
        break;
    }
    return is_whole || skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                                 "The object of a privilege is not named in full");
}

static void
append_named(GPtrArray *out, const CatalogPrivilege *privilege, const char *name)
{
    CatalogPrivilege *one = catalog_privilege_copy(privilege);

    g_free(one->privilege);
    one->privilege = g_strdup(name);
    g_ptr_array_add(out, one);
}

/* Appends the privileges that one item names, on the folded object. */
static gboolean
settle_item(
    Catalog *catalog, GPtrArray *out, const CatalogPrivilege *item, gint32 now_s, GError **error)
{
    g_autoptr(CatalogPrivilege) settled = catalog_privilege_copy(item);
    g_auto(CatalogObject) folded = {CATALOG_OBJECT_ANY};
    g_auto(GStrv) names = NULL;

    if (!item->principal_name || item->principal_type == 0 || !item->privilege)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "A privilege lacks its name, or its principal's name or type");
    if (!fold_object(catalog, &item->object, &folded, error) || !check_whole(&folded, error))
        return FALSE;
    catalog_object_clear(&settled->object);
    settled->object = folded;
    folded = (CatalogObject){CATALOG_OBJECT_ANY};
    settled->grant_time_s = now_s;
    names = g_strsplit(item->privilege, ",", STORE_PRIVILEGES_MAX);
    for (gsize i = 0; names[i]; i++) {
        if (*g_strstrip(names[i]))
            append_named(out, settled, names[i]);
    }
    return TRUE;
}

GPtrArray *
catalog_privilege_settle(Catalog *catalog, const GPtrArray *privileges, GError **error)
{
    g_autoptr(GPtrArray) settled =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_privilege_free);
    gint32 now_s = catalog_now_s();

    for (guint i = 0; i < privileges->len; i++) {
        if (!settle_item(catalog, settled, privileges->pdata[i], now_s, error))
            return NULL;
        if (settled->len > STORE_PRIVILEGES_MAX)
            return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                                  "More than %d privileges in one request", STORE_PRIVILEGES_MAX);
    }
    return g_steal_pointer(&settled);
}

gboolean
catalog_privilege_grant(Catalog *catalog, const GPtrArray *privileges, GError **error)
{
    g_autoptr(GPtrArray) settled = catalog_privilege_settle(catalog, privileges, error);

    return settled && store_privilege_grant(catalog->store, settled, error);
}

gboolean
catalog_privilege_revoke(Catalog *catalog,
                         const GPtrArray *privileges,
                         gboolean option_only,
                         GError **error)
{
    g_autoptr(GPtrArray) settled = catalog_privilege_settle(catalog, privileges, error);

    return settled && store_privilege_revoke(catalog->store, settled, option_only, error);
}

gboolean
catalog_privilege_replace(Catalog *catalog,
                          const CatalogObject *object,
                          const char *authorizer,
                          const GPtrArray *privileges,
                          GError **error)
{
    g_auto(CatalogObject) folded = {CATALOG_OBJECT_ANY};
    g_autoptr(GPtrArray) settled = catalog_privilege_settle(catalog, privileges, error);

    if (!settled || !fold_object(catalog, object, &folded, error))
        return FALSE;
    if (!folded.namespace_name || folded.column_name || folded.partition_name ||
        folded.type < CATALOG_OBJECT_NAMESPACE || folded.type == CATALOG_OBJECT_PARTITION ||
        (folded.type != CATALOG_OBJECT_NAMESPACE && !folded.table_name))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Privileges are refreshed for a database, a table or all columns of a "
                         "table");
    return store_privilege_replace(catalog->store, &folded, authorizer, settled, error);
}

GPtrArray *
catalog_privilege_list(Catalog *catalog,
                       const CatalogObject *object,
                       const char *principal_name,
                       gint32 principal_type,
                       GError **error)
{
    g_auto(CatalogObject) folded = {CATALOG_OBJECT_ANY};
    g_autoptr(GError) failure = NULL;

    if (!fold_object(catalog, object, &folded, &failure)) {
        if (skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_TABLE)
            return g_ptr_array_new_with_free_func((GDestroyNotify)catalog_privilege_free);
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    return store_privilege_list(catalog->store, &folded, principal_name, principal_type, error);
}

static gboolean
holds(const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++) {
        if (strcmp(names->pdata[i], name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_effective(const CatalogPrivilege *privilege,
             const char *user_name,
             const char *const *groups,
             const GPtrArray *roles)
{
    if (privilege->principal_type == CATALOG_PRINCIPAL_ROLE)
        return holds(roles, privilege->principal_name);
    if (privilege->principal_type == CATALOG_PRINCIPAL_GROUP)
        return groups && g_strv_contains(groups, privilege->principal_name);
    return g_strcmp0(privilege->principal_name, user_name) == 0;
}

GPtrArray *
catalog_privilege_list_effective(Catalog *catalog,
                                 const CatalogObject *object,
                                 const char *user_name,
                                 const char *const *groups,
                                 GError **error)
{
    g_autoptr(GPtrArray) all = catalog_privilege_list(catalog, object, NULL, 0, error);
    g_autoptr(GPtrArray) roles =
        all ? store_privilege_roles(catalog->store, user_name, groups, error) : NULL;
    GPtrArray *effective;

    if (!roles)
        return NULL;
    effective = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_privilege_free);
    for (guint i = 0; i < all->len; i++) {
        const CatalogPrivilege *privilege = all->pdata[i];

        if (is_effective(privilege, user_name, groups, roles))
            g_ptr_array_add(effective, catalog_privilege_copy(privilege));
    }
    return effective;
}
