/* SPDX-License-Identifier: Apache-2.0 */
/* Roles: which there are, and who holds them. Caller: the Thrift door. */
#include <string.h>

#include "catalog_private.h"
#include "skep/catalog_privilege.h"
#include "skep/store_role.h"

static gboolean
check_role_name(const char *name, GError **error)
{
    return (name && *name) ||
           skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "A role's name is missing or empty");
}

gboolean
catalog_role_create(Catalog *catalog, const CatalogRole *wanted, GError **error)
{
    g_autoptr(CatalogRole) made = NULL;

    if (!check_role_name(wanted->name, error))
        return FALSE;
    if (strcmp(wanted->name, CATALOG_ROLE_PUBLIC) == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "public role implicitly exists. It can't be created.");
    made = catalog_role_new(wanted->name, wanted->owner_name);
    made->create_time_s = catalog_now_s();
    return store_role_create(catalog->store, made, error);
}

gboolean
catalog_role_drop(Catalog *catalog, const char *name, GError **error)
{
    if (!check_role_name(name, error))
        return FALSE;
    if (strcmp(name, CATALOG_ROLE_ADMIN) == 0 || strcmp(name, CATALOG_ROLE_PUBLIC) == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "public,admin roles can't be dropped.");
    return store_role_drop(catalog->store, name, error);
}

GPtrArray *
catalog_role_list(Catalog *catalog, GError **error)
{
    return store_role_list(catalog->store, error);
}

static gboolean
check_grant(const CatalogRoleGrant *grant, const char *about_public, GError **error)
{
    if (!check_role_name(grant->role_name, error))
        return FALSE;
    if (!grant->principal_name || grant->principal_type == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "The name or the type of the principal is missing");
    return strcmp(grant->role_name, CATALOG_ROLE_PUBLIC) != 0 ||
           skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL, "%s", about_public);
}

gboolean
catalog_role_grant(Catalog *catalog, const CatalogRoleGrant *grant, GError **error)
{
    const char *role = grant->role_name, *principal = grant->principal_name;
    CatalogRoleGrant stamped = *grant;
    StoreRoleOutcome outcome;

    stamped.grant_time_s = catalog_now_s();
    if (!check_grant(grant,
                     "No user can be added to public. Since all users implicitly belong to "
                     "public role.",
                     error) ||
        !store_role_grant(catalog->store, &stamped, &outcome, error))
        return FALSE;
    switch (outcome) {
    case STORE_ROLE_GRANTED:
        break;
    case STORE_ROLE_MISSING:
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Role %s does not exist", role);
    case STORE_ROLE_MEMBER_MISSING:
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Role %s does not exist",
                         principal);
    case STORE_ROLE_CIRCLE:
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                         "Cannot grant role %s to %s as %s already belongs to the role %s. (no "
                         "cycles allowed)",
                         role, principal, role, principal);
    case STORE_ROLE_HELD:
        return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, NULL,
                         "Principal %s already has the role %s", principal, role);
    }
    return TRUE;
}

gboolean
catalog_role_seed_admins(Catalog *catalog, const char *users, GError **error)
{
    g_auto(GStrv) names = g_strsplit_set(users ? users : "", ", \t\n", -1);

    for (gsize i = 0; names[i]; i++) {
        const CatalogRoleGrant grant = {.role_name = (char *)CATALOG_ROLE_ADMIN,
                                        .principal_name = names[i],
                                        .principal_type = CATALOG_PRINCIPAL_USER,
                                        .grant_option = TRUE,
                                        .grantor_name = (char *)CATALOG_ROLE_ADMIN,
                                        .grantor_type = CATALOG_PRINCIPAL_ROLE,
                                        .grant_time_s = catalog_now_s()};
        StoreRoleOutcome outcome; /* held already is as good */

        if (*names[i] && !store_role_grant(catalog->store, &grant, &outcome, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
catalog_role_revoke(Catalog *catalog,
                    const CatalogRoleGrant *grant,
                    gboolean option_only,
                    GError **error)
{
    gboolean held, had_option;

    if (!check_grant(grant, "public role can't be revoked.", error) ||
        !store_role_revoke(catalog->store, grant, option_only, &held, &had_option, error))
        return FALSE;
    if (!held)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                         "Principal %s does not have the role %s", grant->principal_name,
                         grant->role_name);
    return !option_only || had_option ||
           skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                     "User %s does not have grant option with role %s", grant->principal_name,
                     grant->role_name);
}

GPtrArray *
catalog_role_members(Catalog *catalog, const char *name, GError **error)
{
    return check_role_name(name, error)
               ? store_role_grants(catalog->store, name, NULL, 0, NULL, error)
               : NULL;
}

static CatalogRoleGrant *
public_grant(const char *user_name)
{
    CatalogRoleGrant *grant = catalog_role_grant_new();

    grant->role_name = g_strdup(CATALOG_ROLE_PUBLIC);
    grant->principal_name = g_strdup(user_name);
    grant->principal_type = CATALOG_PRINCIPAL_USER;
    return grant;
}

GPtrArray *
catalog_role_grants(Catalog *catalog,
                    const char *principal_name,
                    gint32 principal_type,
                    GPtrArray **out_roles,
                    GError **error)
{
    GPtrArray *grants;

    if (!principal_name)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "The name of the principal is missing");
    grants =
        store_role_grants(catalog->store, NULL, principal_name, principal_type, out_roles, error);
    if (grants && principal_type == CATALOG_PRINCIPAL_USER) {
        g_ptr_array_add(grants, public_grant(principal_name));
        if (out_roles)
            g_ptr_array_add(*out_roles, catalog_role_new(CATALOG_ROLE_PUBLIC, CATALOG_ROLE_PUBLIC));
    }
    return grants;
}
