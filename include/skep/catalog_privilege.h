/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of roles and privileges, beside skep/catalog.h and with its conventions. They are kept
 * and answered; nobody is refused anything by them. Names of objects are folded here, names of
 * roles and principals keep their case. Implemented in server/catalog/role.c and privilege.c;
 * caller: the Thrift door. */
#pragma once

#include "skep/catalog.h"
#include "skep/privilege_types.h"

/* --- roles --- */

/* A role that is there already is left alone. INVALID_OPERATION for `public`, INVALID_ARGUMENT for
 * an empty name. */
gboolean catalog_role_create(Catalog *catalog, const CatalogRole *wanted, GError **error);
/* A missing role is no error. INVALID_OPERATION for `admin` and `public`. */
gboolean catalog_role_drop(Catalog *catalog, const char *name, GError **error);
GPtrArray *catalog_role_list(Catalog *catalog, GError **error); /* CatalogRole*, by name */
/* NO_SUCH_OBJECT (either role), ALREADY_EXISTS (held already), INVALID_OPERATION (a circle, or
 * `public`, which everybody holds). */
gboolean catalog_role_grant(Catalog *catalog, const CatalogRoleGrant *grant, GError **error);
/* Takes the role, or with option_only the right to grant it further. NO_SUCH_OBJECT,
 * INVALID_OPERATION. */
gboolean catalog_role_revoke(Catalog *catalog,
                             const CatalogRoleGrant *grant,
                             gboolean option_only,
                             GError **error);
/* CatalogRoleGrant*: the principals that were given the role. */
GPtrArray *catalog_role_members(Catalog *catalog, const char *name, GError **error);
/* CatalogRoleGrant*: the roles that a principal was given, and for users `public`. out_roles
 * (CatalogRole*, one for each) may be NULL. */
GPtrArray *catalog_role_grants(Catalog *catalog,
                               const char *principal_name,
                               gint32 principal_type,
                               GPtrArray **out_roles,
                               GError **error);

/* --- privileges --- */

/* Grants all (CatalogPrivilege*) or none; a privilege may name several, with commas.
 * ALREADY_EXISTS, NO_SUCH_NAMESPACE, NO_SUCH_TABLE, NO_SUCH_PARTITION, NO_SUCH_OBJECT (a role),
 * INVALID_ARGUMENT, TOO_LARGE. New partitions of a table with the parameter
 * PARTITION_LEVEL_PRIVILEGE get its grants (a trigger in migrations/0015_objects.sql). */
gboolean catalog_privilege_grant(Catalog *catalog, const GPtrArray *privileges, GError **error);
/* Takes all or none; with option_only the right to grant further alone. NO_SUCH_OBJECT,
 * INVALID_OPERATION. */
gboolean catalog_privilege_revoke(Catalog *catalog,
                                  const GPtrArray *privileges,
                                  gboolean option_only,
                                  GError **error);
/* What `authorizer` manages on a namespace, a table or all columns of a table becomes `privileges`.
 */
gboolean catalog_privilege_replace(Catalog *catalog,
                                   const CatalogObject *object,
                                   const char *authorizer,
                                   const GPtrArray *privileges,
                                   GError **error);
/* CatalogPrivilege*: grants on an object (its absent names: any) to a principal (NULL: to all). An
 * object that is not there has none. */
GPtrArray *catalog_privilege_list(Catalog *catalog,
                                  const CatalogObject *object,
                                  const char *principal_name,
                                  gint32 principal_type,
                                  GError **error);
/* CatalogPrivilege*: those on exactly this object that a user has: its own, those of `groups` (may
 * be NULL), and those of every role that it has through them. */
GPtrArray *catalog_privilege_list_effective(Catalog *catalog,
                                            const CatalogObject *object,
                                            const char *user_name,
                                            const char *const *groups,
                                            GError **error);
