/* SPDX-License-Identifier: Apache-2.0 */
/* Locks in PostgreSQL: leases in a queue by id, judged by PostgreSQL's own clock. A lock whose
 * lease has ended is gone for everybody at once, whether or not its row still stands. Called by
 * server/catalog/ alone; implemented in server/store/lock.c. Any thread; errors as in
 * store/query.h. */
#pragma once

#include <glib.h>

#include "skep/catalog_types.h"
#include "skep/store.h"

/* Which types cannot be held together: held * 16 + asked for each such pair. The rule is the
 * catalog's; the store applies it where the rows are. */
typedef struct {
    const gint64 *pairs;
    gsize count;
} StoreLockConflicts;

/* Puts the request at the end of the queue and grants it when no earlier live lock conflicts with
 * any of its components. Requests that touch one object are put into the queue one after another,
 * so that the order of ids is the order in which they see one another; others do not wait. One of a
 * transaction lives as long as that, which must be open (errors as in store_acid_transaction.h),
 * and announces what the transaction will write. NOT_ACQUIRED: the request did not want to wait,
 * and *out_reason (g_free) says for whom it would have had to. */
gboolean store_lock_acquire(Store *store,
                            const char *catalog_name,
                            const CatalogLockRequest *request,
                            const StoreLockConflicts *conflicts,
                            gint64 lease_ms,
                            gint64 *out_lock_id,
                            CatalogLockState *out_state,
                            char **out_reason,
                            GError **error);

typedef struct {
    CatalogLockState state;
    gint64 transaction_id; /* 0: none */
    gboolean is_blocked;   /* waiting, and an earlier live lock conflicts */
    gint64 since_heartbeat_ms;
} StoreLockStanding;
/* One indexed read. out_found FALSE: no such lock, or its lease has ended. */
gboolean store_lock_find(Store *store,
                         gint64 lock_id,
                         const StoreLockConflicts *conflicts,
                         StoreLockStanding *out_standing,
                         gboolean *out_found,
                         GError **error);
/* Acquires a waiting lock when nothing earlier is in its way any more, and renews its lease either
 * way. Conflicting locks whose leases have ended are removed, so that they cannot come back. */
gboolean store_lock_grant(Store *store,
                          gint64 lock_id,
                          const StoreLockConflicts *conflicts,
                          gint64 lease_ms,
                          CatalogLockState *out_state,
                          gboolean *out_found,
                          GError **error);
/* Renews the lease. out_found FALSE: no such lock, or too late. */
gboolean store_lock_heartbeat(
    Store *store, gint64 lock_id, gint64 lease_ms, gboolean *out_found, GError **error);
/* Removes the lock if it is there, unless a transaction that is open holds it: *out_transaction_id
 * is 0, or that transaction. */
gboolean
store_lock_release(Store *store, gint64 lock_id, gint64 *out_transaction_id, GError **error);
/* Live locks with a component that matches the filters (NULL, and 0 for the transaction: any), by
 * id and ordinal: CatalogLockInfo*. */
gboolean store_lock_list(Store *store,
                         const char *namespace_name,
                         const char *table_name,
                         const char *partition_name,
                         gint64 transaction_id,
                         const StoreLockConflicts *conflicts,
                         GPtrArray **out_locks,
                         GError **error);
/* Removes the rows of locks whose leases have ended, at most a few thousand in one call.
 * out_removed may be NULL. */
gboolean store_lock_expire(Store *store, guint64 *out_removed, GError **error);
