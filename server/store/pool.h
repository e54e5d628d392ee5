/* SPDX-License-Identifier: Apache-2.0 */
/* The connections of a store: opened when first needed, at most connections_max, the last one used
 * is the next one given. Knows when PostgreSQL is away, so that a hundred requests do not all try
 * to connect. Called by query.c, transaction.c, migrate.c and store.c, from any thread. */
#pragma once

#include "store/connection.h"

typedef struct StorePool StorePool;

StorePool *store_pool_new(const StoreOptions *options, GError **error);
/* Every connection must be back. */
void store_pool_free(StorePool *pool);

/* Something happened that other connections may have suffered too (shutdown, failover): each is
 * asked before its next use. */
void store_pool_suspect(StorePool *pool);
/* Grows with each store_pool_suspect. */
gint store_pool_epoch(StorePool *pool);

/* The pool's part of the statistics. */
void store_pool_statistics(StorePool *pool, StoreStatistics *out_statistics);

/* A borrowed connection that goes back at the end of its scope. */
typedef struct {
    StorePool *pool;
    StoreConnection *connection;
} StoreLease;

/* Waits for a free connection up to acquire_timeout_ms. UNAVAILABLE when all stay busy or
 * PostgreSQL stays away; at once when it has been away for long already. A thread that holds one
 * already gets the second from a small reserve, so that streams that look something up cannot wait
 * for one another for ever. */
gboolean store_lease_take(StoreLease *lease, StorePool *pool, GError **error);
/* Takes it back: a connection that is_broken or still has a transaction is closed. */
void store_lease_return(StoreLease *lease);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StoreLease, store_lease_return)
