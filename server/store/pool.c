/* SPDX-License-Identifier: Apache-2.0 */
/* The connections of a store. One mutex guards the counts and the idle list; connecting and
 * checking happen outside of it. While PostgreSQL is away one thread at a time tries to connect,
 * after a growing, jittered pause; the others wait for it, or fail at once when it has been away
 * for long. */
#include "store/pool.h"

#define RESERVE           1
#define BACKOFF_FIRST_MS  20
#define BACKOFF_MAX_MS    1000
#define AWAY_FAIL_FAST_MS 10000

struct StorePool {
    StoreConnector connector;
    guint connections_max;
    gint acquire_timeout_ms;
    gint epoch; /* atomic */

    GMutex lock;
    GCond changed;
    GPtrArray *idle; /* StoreConnection*, the last used one last */
    guint open;      /* idle, lent and being opened, without the reserve */
    guint reserve_open;
    guint lent;
    guint waiting; /* threads that wait for `changed` */

    /* PostgreSQL is away: */
    guint failures;      /* in a row; 0 when the last connecting worked */
    gboolean is_probing; /* one thread is trying to connect */
    gint64 away_since_us;
    gint64 next_try_us;
    GError *away_error;

    guint64 acquire_timeouts;
};

/* Connections that this thread has out, over all pools. */
static GPrivate held_count;

static guint
held_by_this_thread(void)
{
    return GPOINTER_TO_UINT(g_private_get(&held_count));
}

static void
set_held_by_this_thread(guint count)
{
    g_private_set(&held_count, GUINT_TO_POINTER(count));
}

StorePool *
store_pool_new(const StoreOptions *options, GError **error)
{
    StorePool *pool = g_new0(StorePool, 1);
    if (!store_connector_init(&pool->connector, options, error)) {
        g_free(pool);
        return NULL;
    }
    pool->connections_max = MAX(options->connections_max, 1);
    pool->acquire_timeout_ms = MAX(options->acquire_timeout_ms, 0);
    pool->idle = g_ptr_array_new();
    g_mutex_init(&pool->lock);
    g_cond_init(&pool->changed);
    return pool;
}

void
store_pool_free(StorePool *pool)
{
    if (pool == NULL) {
        return;
    }
    g_assert(pool->lent == 0);
    for (guint i = 0; i < pool->idle->len; i++) {
        store_connection_close(g_ptr_array_index(pool->idle, i));
    }
    g_ptr_array_unref(pool->idle);
    g_clear_error(&pool->away_error);
    store_connector_clear(&pool->connector);
    g_mutex_clear(&pool->lock);
    g_cond_clear(&pool->changed);
    g_free(pool);
}

void
store_pool_suspect(StorePool *pool)
{
    g_atomic_int_inc(&pool->epoch);
}

gint
store_pool_epoch(StorePool *pool)
{
    return g_atomic_int_get(&pool->epoch);
}

/* ---- all below until acquire: with the lock held ---- */

static void
note_connected(StorePool *pool)
{
    pool->failures = 0;
    g_clear_error(&pool->away_error);
}

static void
note_not_connected(StorePool *pool, GError *why)
{
    gint64 now_us = g_get_monotonic_time();
    if (pool->failures == 0) {
        pool->away_since_us = now_us;
        pool->next_try_us = 0;
    }
    if (now_us >= pool->next_try_us) {
        pool->failures++; /* several that failed together count once */
    }
    gint64 pause_ms = (gint64)BACKOFF_FIRST_MS << MIN(pool->failures, 10u);
    pause_ms = MIN(pause_ms, BACKOFF_MAX_MS);
    pool->next_try_us = now_us + pause_ms * (gint64)g_random_int_range(500, 1000);
    g_clear_error(&pool->away_error);
    pool->away_error = why;
}

static gboolean
has_room(const StorePool *pool, gboolean is_nested)
{
    return pool->open < pool->connections_max || (is_nested && pool->reserve_open < RESERVE);
}

static void
count_opened(StorePool *pool, gboolean *out_is_reserve)
{
    *out_is_reserve = pool->open >= pool->connections_max;
    if (*out_is_reserve) {
        pool->reserve_open++;
    } else {
        pool->open++;
    }
}

static void
count_closed(StorePool *pool, gboolean is_reserve)
{
    if (is_reserve) {
        pool->reserve_open--;
    } else {
        pool->open--;
    }
    g_cond_broadcast(&pool->changed);
}

/* Opens a connection; the lock is let go meanwhile. NULL when that failed: the reason is in
 * away_error. */
static StoreConnection *
open_connection(StorePool *pool)
{
    gboolean is_reserve = FALSE;
    count_opened(pool, &is_reserve);
    gint epoch = store_pool_epoch(pool);
    pool->is_probing = pool->failures > 0;
    gboolean was_probing = pool->is_probing;
    g_mutex_unlock(&pool->lock);

    GError *why = NULL;
    StoreConnection *connection = store_connection_open(&pool->connector, &why);

    g_mutex_lock(&pool->lock);
    if (was_probing) {
        pool->is_probing = FALSE;
    }
    if (connection == NULL) {
        note_not_connected(pool, why);
        count_closed(pool, is_reserve);
        return NULL;
    }
    note_connected(pool);
    g_cond_broadcast(&pool->changed);
    connection->epoch = epoch;
    connection->is_reserve = is_reserve;
    return connection;
}

/* The last used idle connection that is still good, or NULL; the lock is let go while one is looked
 * at. */
static StoreConnection *
take_idle(StorePool *pool)
{
    while (pool->idle->len > 0) {
        StoreConnection *connection = g_ptr_array_steal_index(pool->idle, pool->idle->len - 1);
        gint epoch = store_pool_epoch(pool);
        g_mutex_unlock(&pool->lock);
        gboolean is_good = store_connection_check(connection, connection->epoch != epoch);
        gboolean is_reserve = connection->is_reserve;
        if (is_good) {
            connection->epoch = epoch;
        } else {
            store_connection_close(connection);
            store_pool_suspect(pool);
        }
        g_mutex_lock(&pool->lock);
        if (is_good) {
            return connection;
        }
        count_closed(pool, is_reserve);
    }
    return NULL;
}

static gpointer
fail_busy(StorePool *pool, GError **error)
{
    pool->acquire_timeouts++;
    return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, NULL,
                          "All %u database connections stayed busy for %d ms; try again",
                          pool->connections_max, pool->acquire_timeout_ms);
}

static gpointer
fail_away(StorePool *pool, GError **error)
{
    if (error != NULL) {
        *error = g_error_copy(pool->away_error);
    }
    return NULL;
}

static StoreConnection *
acquire_locked(StorePool *pool, gboolean is_nested, GError **error)
{
    gint64 deadline_us = g_get_monotonic_time() + (gint64)pool->acquire_timeout_ms * 1000;
    for (;;) {
        StoreConnection *connection = take_idle(pool);
        if (connection != NULL) {
            return connection;
        }
        gint64 now_us = g_get_monotonic_time();
        gboolean is_away = pool->failures > 0;
        gint64 wake_us = deadline_us;
        if (has_room(pool, is_nested)) {
            if (!is_away || (!pool->is_probing && now_us >= pool->next_try_us)) {
                connection = open_connection(pool);
                if (connection != NULL) {
                    return connection;
                }
                continue;
            }
            if (!pool->is_probing) {
                wake_us = MIN(deadline_us, pool->next_try_us);
            }
        }
        if (is_away && (now_us >= deadline_us ||
                        now_us - pool->away_since_us > (gint64)AWAY_FAIL_FAST_MS * 1000)) {
            return fail_away(pool, error);
        }
        if (now_us >= deadline_us) {
            return fail_busy(pool, error);
        }
        pool->waiting++;
        g_cond_wait_until(&pool->changed, &pool->lock, wake_us);
        pool->waiting--;
    }
}

static StoreConnection *
acquire(StorePool *pool, GError **error)
{
    guint held = held_by_this_thread();
    g_mutex_lock(&pool->lock);
    StoreConnection *connection = acquire_locked(pool, held > 0, error);
    if (connection != NULL) {
        pool->lent++;
        set_held_by_this_thread(held + 1);
    }
    g_mutex_unlock(&pool->lock);
    return connection;
}

static void
release(StorePool *pool, StoreConnection *connection)
{
    gboolean is_reserve = connection->is_reserve;
    gboolean is_reusable = !connection->is_broken && !is_reserve &&
                           PQtransactionStatus(connection->link) == PQTRANS_IDLE;
    if (!is_reusable) {
        store_connection_close(connection);
    }
    set_held_by_this_thread(held_by_this_thread() - 1);
    g_mutex_lock(&pool->lock);
    pool->lent--;
    if (is_reusable) {
        connection->wait_ms = pool->connector.statement_timeout_ms;
        g_ptr_array_add(pool->idle, connection);
    } else {
        count_closed(pool, is_reserve);
    }
    /* A signal is a system call whether or not anybody waits, and one with the lock held makes
     * others wait for it. */
    gboolean wake = is_reusable && pool->waiting > 0;
    g_mutex_unlock(&pool->lock);
    if (wake) {
        g_cond_signal(&pool->changed);
    }
}

void
store_pool_statistics(StorePool *pool, StoreStatistics *out_statistics)
{
    g_mutex_lock(&pool->lock);
    out_statistics->connections_max = pool->connections_max;
    out_statistics->connections_open = pool->open + pool->reserve_open;
    out_statistics->connections_busy = pool->lent;
    out_statistics->acquire_timeouts = pool->acquire_timeouts;
    g_mutex_unlock(&pool->lock);
}

gboolean
store_lease_take(StoreLease *lease, StorePool *pool, GError **error)
{
    lease->connection = acquire(pool, error);
    lease->pool = pool;
    return lease->connection != NULL;
}

void
store_lease_return(StoreLease *lease)
{
    if (lease->connection != NULL) {
        release(lease->pool, g_steal_pointer(&lease->connection));
    }
}
