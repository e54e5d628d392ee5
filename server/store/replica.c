/* SPDX-License-Identifier: Apache-2.0 */
/* Reads of a standby; see replica.h. */
#include "store/replica.h"

#include "skep/metrics.h"

#include "store/replica_sql.h"
#include "store/store_private.h"

/* A standby follows within milliseconds or not at all: a read is not worth a longer wait. */
#define LOOKS         5
#define LOOK_PAUSE_US 2000
#define ACQUIRE_MS    100
#define CONNECT_MS    2000
#define AWAY_PAUSE_US ((gint64)5 * G_USEC_PER_SEC)

struct StoreReplica {
    StorePool *pool;
    gint64 next_try_us; /* atomic; a standby that is away is left alone for a while */
};

static Metric reads_total =
    METRIC_COUNTER("skep_replica_reads_total",
                   "Reads that a standby may answer, by who answered them: the standby, or the "
                   "primary because the standby lagged behind or was away.",
                   "answered_by");

static void
count_read(const char *answered_by)
{
    metric_add(metric_series(&reads_total, METRIC_LABELS(answered_by)), 1);
}

StoreReplica *
store_replica_new(const StoreOptions *options, GError **error)
{
    StoreReplica *replica;
    StoreOptions own = *options;
    StorePool *pool;

    own.acquire_timeout_ms = MIN(options->acquire_timeout_ms, ACQUIRE_MS);
    own.connect_timeout_ms = MIN(options->connect_timeout_ms, CONNECT_MS);
    own.takes_standby = TRUE;
    pool = store_pool_new(&own, error);
    if (pool == NULL)
        return NULL;
    replica = g_new0(StoreReplica, 1);
    replica->pool = pool;
    return replica;
}

void
store_replica_free(StoreReplica *replica)
{
    if (replica == NULL)
        return;
    store_pool_free(replica->pool);
    g_free(replica);
}

/* TRUE with *out_is_as_far, in the transaction that the first look began. */
static gboolean
look(StoreConnection *connection,
     const StoreEncodedParams *position,
     gboolean is_first,
     gboolean *out_is_as_far)
{
    g_autoptr(StoreResult) result = NULL;

    if (store_connection_run(connection, &SQL_REPLICA_HAS_REPLAYED, position, is_first, &result,
                             NULL) != STORE_OUTCOME_DONE)
        return FALSE;
    *out_is_as_far = store_row_bool(result, 0, 0);
    return TRUE;
}

/* FALSE: the standby cannot be asked. */
static gboolean
wait_until_as_far(StoreConnection *connection, const StoreResult *primary, gboolean *out_is_as_far)
{
    StoreParam params[] = {store_param_text(store_row_text(primary, 0, 0)),
                           store_param_text(store_row_text(primary, 0, 1)),
                           store_param_text(store_row_text(primary, 0, 2))};
    g_auto(StoreEncodedParams) encoded;

    *out_is_as_far = FALSE;
    if (!store_params_encode(&encoded, &SQL_REPLICA_HAS_REPLAYED, STORE_PARAMS(params), NULL))
        return FALSE;
    for (int turn = 0; turn < LOOKS && !*out_is_as_far; turn++) {
        if (turn > 0)
            g_usleep(LOOK_PAUSE_US);
        if (!look(connection, &encoded, turn == 0, out_is_as_far))
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_left_alone(StoreReplica *replica)
{
    return g_get_monotonic_time() < __atomic_load_n(&replica->next_try_us, __ATOMIC_RELAXED);
}

static void
leave_alone(StoreReplica *replica)
{
    __atomic_store_n(&replica->next_try_us, g_get_monotonic_time() + AWAY_PAUSE_US,
                     __ATOMIC_RELAXED);
}

static void
close_transaction(StoreLease *lease)
{
    StoreConnection *connection = lease->connection;

    if (!connection->is_broken && PQtransactionStatus(connection->link) != PQTRANS_IDLE &&
        store_connection_script(connection, "ROLLBACK", NULL, NULL) != STORE_OUTCOME_DONE)
        connection->is_broken = TRUE;
    store_lease_return(lease);
}

gboolean
store_replica_begin(StoreReplica *replica, Store *store, StoreLease *out_lease)
{
    g_autoptr(StoreResult) primary = NULL;
    gboolean is_as_far = FALSE;

    if (is_left_alone(replica) ||
        !store_query_one(store, &SQL_REPLICA_PRIMARY_POSITION, STORE_NO_PARAMS, &primary, NULL)) {
        count_read("primary");
        return FALSE;
    }
    if (!store_lease_take(out_lease, replica->pool, NULL)) {
        leave_alone(replica);
        count_read("primary");
        return FALSE;
    }
    if (!wait_until_as_far(out_lease->connection, primary, &is_as_far))
        leave_alone(replica);
    if (is_as_far)
        return TRUE;
    close_transaction(out_lease);
    count_read("primary");
    return FALSE;
}

void
store_replica_end(StoreLease *lease, gboolean is_answered)
{
    close_transaction(lease);
    count_read(is_answered ? "standby" : "primary");
}
