/* SPDX-License-Identifier: Apache-2.0 */
/* Privileges in PostgreSQL. Names of objects are folded already. Only server/catalog/ calls this;
 * any thread may. */
#pragma once

#include <glib.h>

#include "skep/privilege_types.h"
#include "skep/store.h"

/* How many statements one call may take. */
#define STORE_PRIVILEGES_MAX 10000

/* All of them (CatalogPrivilege*) in one transaction, or none. ALREADY_EXISTS (worded as Hive
 * does), NO_SUCH_NAMESPACE, NO_SUCH_TABLE, NO_SUCH_PARTITION, NO_SUCH_OBJECT (a role), TOO_LARGE.
 */
gboolean store_privilege_grant(Store *store, const GPtrArray *privileges, GError **error);
/* All or none; option_only takes the grant option and leaves the privilege. NO_SUCH_OBJECT,
 * INVALID_OPERATION (no grant option to take), TOO_LARGE. */
gboolean store_privilege_revoke(Store *store,
                                const GPtrArray *privileges,
                                gboolean option_only,
                                GError **error);
/* What `authorizer` manages on a namespace, a table or all columns of a table becomes `privileges`,
 * in one transaction. Fails as store_privilege_grant does, but for grants that are there. */
gboolean store_privilege_replace(Store *store,
                                 const CatalogObject *object,
                                 const char *authorizer,
                                 const GPtrArray *privileges,
                                 GError **error);
/* CatalogPrivilege*, the oldest first. Absent names of `object` and principal_name NULL: any. */
GPtrArray *store_privilege_list(Store *store,
                                const CatalogObject *object,
                                const char *principal_name,
                                gint32 principal_type,
                                GError **error);
/* Names (char*) of all roles that a user has in the end. `groups` may be NULL. */
GPtrArray *store_privilege_roles(Store *store,
                                 const char *user_name,
                                 const char *const *groups,
                                 GError **error);
