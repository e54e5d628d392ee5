/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing the store, its health and its figures. Called by server/main.c and the
 * management port. */
#include "skep/store.h"

#include "store/store_private.h"
#include "store/store_sql.h"

#define STORAGE_CACHE_BYTES_MAX (8 * 1024 * 1024)
#define WAIT_PAUSE_US           100000

void
store_options_init(StoreOptions *options)
{
    *options = (StoreOptions){.connections_max = 16,
                              .acquire_timeout_ms = 5000,
                              .connect_timeout_ms = 5000,
                              .statement_timeout_ms = 30000,
                              .prepare_statements = TRUE};
}

Store *
store_open(const StoreOptions *options, GError **error)
{
    StorePool *pool = store_pool_new(options, error);
    if (pool == NULL) {
        return NULL;
    }
    Store *store = g_new0(Store, 1);
    store->pool = pool;
    store->counts = g_new0(StoreCounts, 1);
    store->storage_cache = storage_cache_new(STORAGE_CACHE_BYTES_MAX);
    if (options->read_uri != NULL) {
        StoreOptions of_replica = *options;
        of_replica.uri = options->read_uri;
        store->replica = store_replica_new(&of_replica, error);
        if (store->replica == NULL) {
            store_close(store);
            return NULL;
        }
    }
    return store;
}

void
store_close(Store *store)
{
    if (store == NULL) {
        return;
    }
    store_replica_free(store->replica);
    store_pool_free(store->pool);
    storage_cache_free(store->storage_cache);
    g_free(store->counts);
    g_free(store);
}

gboolean
store_ping(Store *store, GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_one(store, &SQL_SERVER_CHECK, STORE_NO_PARAMS, &result, error)) {
        return FALSE;
    }
    if (store_row_bool(result, 0, 0)) {
        store_pool_suspect(store->pool);
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "PostgreSQL takes no writes now (read-only)");
    }
    /* A newer schema is fine: during a rolling upgrade the old servers go on beside the new one. */
    gint64 version = store_row_int64(result, 0, 1);
    if (version < (gint64)store_schema_version_known()) {
        return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                         "The database is at migration %" G_GINT64_FORMAT
                         " of %u; run: skepd migrate",
                         version, store_schema_version_known());
    }
    return TRUE;
}

gboolean
store_wait(Store *store, gint timeout_ms, GError **error)
{
    gint64 deadline_us = g_get_monotonic_time() + (gint64)timeout_ms * 1000;
    for (;;) {
        g_autoptr(GError) local_error = NULL;
        if (store_ping(store, &local_error)) {
            return TRUE;
        }
        if (g_get_monotonic_time() + WAIT_PAUSE_US > deadline_us) {
            g_propagate_error(error, g_steal_pointer(&local_error));
            return FALSE;
        }
        g_usleep(WAIT_PAUSE_US);
    }
}

void
store_statistics(Store *store, StoreStatistics *out_statistics)
{
    store_pool_statistics(store->pool, out_statistics);
    out_statistics->statements = (gsize)g_atomic_pointer_get(&store->counts->statements);
    out_statistics->retries = (gsize)g_atomic_pointer_get(&store->counts->retries);
}

char *
store_durability(Store *store, GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_one(store, &SQL_SERVER_DURABILITY, STORE_NO_PARAMS, &result, error)) {
        return NULL;
    }
    const char *standbys = store_row_text(result, 0, 2);
    return g_strdup_printf("synchronous_commit=%s, fsync=%s, standbys: %s",
                           store_row_text(result, 0, 0), store_row_text(result, 0, 1),
                           standbys[0] != '\0' ? standbys : "none");
}
