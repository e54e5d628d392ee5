/* SPDX-License-Identifier: Apache-2.0 */
/* Reads that a standby may answer. A read goes there only when the standby has replayed all that
 * the primary had acknowledged when the read began, so that it sees what a read of the primary
 * would have seen then: no client ever goes back in time, whichever server it wrote through.
 * Callers: query.c and store.c. Thread safe. */
#pragma once

#include "store/pool.h"
#include "store/query.h"

typedef struct StoreReplica StoreReplica;

/* `options` with the URI of the standby. */
StoreReplica *store_replica_new(const StoreOptions *options, GError **error);
void store_replica_free(StoreReplica *replica);

/* A connection in a transaction on a standby that is as far as the primary is now. FALSE: there is
 * none, or it lags; the primary is to be asked. */
gboolean store_replica_begin(StoreReplica *replica, Store *store, StoreLease *out_lease);
/* Ends the transaction and gives the connection back; counts who answered the read. */
void store_replica_end(StoreLease *lease, gboolean is_answered);
