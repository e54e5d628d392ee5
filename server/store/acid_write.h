/* SPDX-License-Identifier: Apache-2.0 */
/* What locks of a transaction announce to write; implemented in acid_commit.c. Caller: lock.c. */
#pragma once

#include "store/query.h"

/* Rows side by side: acid table, partition (or NULL), operation ("i", "u", "d"), and 1 where the
 * partitions are not named yet. */
gboolean store_acid_write_add(StoreTransaction *transaction,
                              gint64 id,
                              const GArray *tables,
                              const GPtrArray *partitions,
                              const GPtrArray *operations,
                              const GArray *pending,
                              GError **error);
