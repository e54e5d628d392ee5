/* SPDX-License-Identifier: Apache-2.0 */
/* Hive's locks. They end by themselves after CatalogOptions.lock_timeout_ms without heartbeat;
 * those of a transaction end with it. Implemented in server/catalog/lock.c; any thread. Errors of
 * requests that name a transaction are those of catalog_transaction.h. */
#pragma once

#include "skep/catalog.h"

/* NOT_ACQUIRED: the request did not want to wait; *out_reason (g_free, else NULL) says for what. */
gboolean catalog_lock_acquire(Catalog *catalog,
                              const char *catalog_name,
                              const CatalogLockRequest *request,
                              gint64 *out_lock_id,
                              CatalogLockState *out_state,
                              char **out_reason,
                              GError **error);
/* Looks again and counts as a heartbeat, of the lock's transaction too. NO_SUCH_LOCK. */
gboolean
catalog_lock_check(Catalog *catalog, gint64 lock_id, CatalogLockState *out_state, GError **error);
/* For a lock without transaction. NO_SUCH_LOCK. */
gboolean catalog_lock_heartbeat(Catalog *catalog, gint64 lock_id, GError **error);
/* Succeeds for a lock that is gone. INVALID_OPERATION: a transaction holds it. */
gboolean catalog_lock_release(Catalog *catalog, gint64 lock_id, GError **error);
/* NULL and 0 match all. CatalogLockInfo*, by lock id and ordinal. */
GPtrArray *catalog_lock_list(Catalog *catalog,
                             const char *namespace_name,
                             const char *table_name,
                             const char *partition_name,
                             gint64 transaction_id,
                             GError **error);
