/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.roles and skep.role_members. Caller: server/catalog/role.c. */
#include "skep/store_role.h"

#include "store/query.h"
#include "store/role_sql.h"

/* Columns of role_grants. */
enum {
    GRANT_ROLE,
    GRANT_PRINCIPAL_NAME,
    GRANT_PRINCIPAL_TYPE,
    GRANT_OPTION,
    GRANT_GRANTED_S,
    GRANT_GRANTOR_NAME,
    GRANT_GRANTOR_TYPE,
    GRANT_ROLE_OWNER,
    GRANT_ROLE_CREATED_S
};

gboolean
store_role_create(Store *store, const CatalogRole *role, GError **error)
{
    StoreParam params[] = {store_param_text(role->name), store_param_text(role->owner_name),
                           store_param_int64(role->create_time_s)};

    return store_query_exec(store, &SQL_ROLE_CREATE, STORE_PARAMS(params), NULL, error);
}

gboolean
store_role_drop(Store *store, const char *name, GError **error)
{
    StoreParam params[] = {store_param_text(name)};

    return store_query_exec(store, &SQL_ROLE_DROP, STORE_PARAMS(params), NULL, error);
}

static CatalogRole *
read_role(const StoreResult *result, guint row, guint name, guint owner, guint created)
{
    CatalogRole *role =
        catalog_role_new(store_row_text(result, row, name), store_row_text(result, row, owner));

    role->create_time_s = (gint32)store_row_int64(result, row, created);
    return role;
}

GPtrArray *
store_role_list(Store *store, GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *roles;

    if (!store_query_rows(store, &SQL_ROLE_LIST, STORE_NO_PARAMS, &result, error))
        return NULL;
    roles = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_role_free);
    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(roles, read_role(result, row, 0, 1, 2));
    return roles;
}

typedef struct {
    const CatalogRoleGrant *grant;
    StoreRoleOutcome outcome;
} Granting;

static StoreRoleOutcome
read_outcome(const StoreResult *result)
{
    if (!store_row_bool(result, 0, 0))
        return STORE_ROLE_MISSING;
    if (!store_row_bool(result, 0, 1))
        return STORE_ROLE_MEMBER_MISSING;
    if (store_row_bool(result, 0, 2))
        return STORE_ROLE_CIRCLE;
    return store_row_bool(result, 0, 3) ? STORE_ROLE_GRANTED : STORE_ROLE_HELD;
}

/* Two statements, because the second has to see what was granted before the first returned. */
static gboolean
grant_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Granting *granting = data;
    const CatalogRoleGrant *grant = granting->grant;
    StoreParam lock[] = {store_param_text(CATALOG_ROLE_PUBLIC)};
    StoreParam params[] = {
        store_param_text(grant->role_name),       store_param_text(grant->principal_name),
        store_param_int64(grant->principal_type), store_param_bool(grant->grant_option),
        store_param_int64(grant->grant_time_s),   store_param_text(grant->grantor_name),
        store_param_int64(grant->grantor_type)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_exec(transaction, &SQL_ROLE_GRAPH_LOCK, STORE_PARAMS(lock), NULL,
                                error) ||
        !store_transaction_one(transaction, &SQL_ROLE_GRANT, STORE_PARAMS(params), &result, error))
        return FALSE;
    granting->outcome = read_outcome(result);
    return TRUE;
}

gboolean
store_role_grant(Store *store,
                 const CatalogRoleGrant *grant,
                 StoreRoleOutcome *out_outcome,
                 GError **error)
{
    Granting granting = {.grant = grant};

    if (!store_transaction_run(store, grant_in_transaction, &granting, error))
        return FALSE;
    *out_outcome = granting.outcome;
    return TRUE;
}

gboolean
store_role_revoke(Store *store,
                  const CatalogRoleGrant *grant,
                  gboolean option_only,
                  gboolean *out_held,
                  gboolean *out_had_option,
                  GError **error)
{
    StoreParam params[] = {store_param_text(grant->role_name),
                           store_param_text(grant->principal_name),
                           store_param_int64(grant->principal_type), store_param_bool(option_only)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_ROLE_REVOKE, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_held = result != NULL;
    *out_had_option = result && store_row_bool(result, 0, 0);
    return TRUE;
}

static CatalogRoleGrant *
read_grant(const StoreResult *result, guint row)
{
    CatalogRoleGrant *grant = catalog_role_grant_new();

    grant->role_name = store_row_text_copy(result, row, GRANT_ROLE);
    grant->principal_name = store_row_text_copy(result, row, GRANT_PRINCIPAL_NAME);
    grant->principal_type = (gint32)store_row_int64(result, row, GRANT_PRINCIPAL_TYPE);
    grant->grant_option = store_row_bool(result, row, GRANT_OPTION);
    grant->grant_time_s = (gint32)store_row_int64(result, row, GRANT_GRANTED_S);
    grant->grantor_name = store_row_text_copy(result, row, GRANT_GRANTOR_NAME);
    grant->grantor_type = (gint32)store_row_int64(result, row, GRANT_GRANTOR_TYPE);
    return grant;
}

GPtrArray *
store_role_grants(Store *store,
                  const char *role_name,
                  const char *principal_name,
                  gint32 principal_type,
                  GPtrArray **out_roles,
                  GError **error)
{
    StoreParam params[] = {store_param_text(role_name), store_param_text(principal_name),
                           store_param_int64(principal_type)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *grants;

    if (!store_query_rows(store, &SQL_ROLE_GRANTS, STORE_PARAMS(params), &result, error))
        return NULL;
    grants = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_role_grant_free);
    if (out_roles)
        *out_roles = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_role_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        g_ptr_array_add(grants, read_grant(result, row));
        if (out_roles)
            g_ptr_array_add(*out_roles, read_role(result, row, GRANT_ROLE, GRANT_ROLE_OWNER,
                                                  GRANT_ROLE_CREATED_S));
    }
    return grants;
}
