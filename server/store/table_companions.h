/* SPDX-License-Identifier: Apache-2.0 */
/* What may come with a new table, written in the transaction that makes it: implemented where the
 * same is written by itself (constraint.c, privilege.c). Caller: table_commit.c. */
#pragma once

#include "store/query.h"

/* As store_constraint_add and store_privilege_grant, whose rules of size the caller has kept. */
gboolean store_constraint_add_within(StoreTransaction *transaction,
                                     const GPtrArray *constraints,
                                     GError **error);
gboolean store_privilege_grant_within(StoreTransaction *transaction,
                                      const GPtrArray *privileges,
                                      GError **error);
