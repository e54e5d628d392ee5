/* SPDX-License-Identifier: Apache-2.0 */
/* Roles in PostgreSQL, and who holds them. Only server/catalog/ calls this; any thread may. */
#pragma once

#include <glib.h>

#include "skep/privilege_types.h"
#include "skep/store.h"

/* A role that is there already is left alone. */
gboolean store_role_create(Store *store, const CatalogRole *role, GError **error);
/* What was granted to it, and that it is held, go with it. A missing role is no error. */
gboolean store_role_drop(Store *store, const char *name, GError **error);
/* CatalogRole*, by name. */
GPtrArray *store_role_list(Store *store, GError **error);

typedef enum {
    STORE_ROLE_GRANTED,
    STORE_ROLE_MISSING,        /* the role itself */
    STORE_ROLE_MEMBER_MISSING, /* the role that shall hold it */
    STORE_ROLE_CIRCLE,         /* the role would hold itself in the end */
    STORE_ROLE_HELD            /* the principal has it already */
} StoreRoleOutcome;
/* Nothing is written unless GRANTED. A principal that holds the role without grant option is given
 * the option when the grant has it. */
gboolean store_role_grant(Store *store,
                          const CatalogRoleGrant *grant,
                          StoreRoleOutcome *out_outcome,
                          GError **error);
/* Takes the role, or its grant option alone. *out_held FALSE: the principal did not hold it;
 * *out_had_option: with the option. */
gboolean store_role_revoke(Store *store,
                           const CatalogRoleGrant *grant,
                           gboolean option_only,
                           gboolean *out_held,
                           gboolean *out_had_option,
                           GError **error);
/* CatalogRoleGrant*: who holds a role (principal_name NULL), or which roles a principal holds
 * (role_name NULL). out_roles (CatalogRole*, one for each grant) may be NULL. */
GPtrArray *store_role_grants(Store *store,
                             const char *role_name,
                             const char *principal_name,
                             gint32 principal_type,
                             GPtrArray **out_roles,
                             GError **error);
