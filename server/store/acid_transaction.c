/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.transactions: opened, held, kept alive, aborted and told. Commits and what was
 * written are in acid_commit.c, housekeeping in acid_housekeep.c. Callers: server/catalog/, and the
 * files of acid_private.h.
 */
#include "skep/store_acid_transaction.h"

#include "skep/error.h"
#include "store/acid_private.h"
#include "store/acid_transaction_sql.h"

/* Columns of acid_transaction_snapshot. */
enum {
    SNAPSHOT_WATER,
    SNAPSHOT_ID,
    SNAPSHOT_STATE,
    SNAPSHOT_TYPE,
    SNAPSHOT_OPENED,
    SNAPSHOT_HEARTBEAT,
    SNAPSHOT_USER,
    SNAPSHOT_HOST,
    SNAPSHOT_AGENT
};

static GArray *
new_ids(void)
{
    return g_array_new(FALSE, FALSE, sizeof(gint64));
}

GArray *
store_acid_id_array(gint64 id)
{
    GArray *ids = new_ids();

    g_array_append_val(ids, id);
    return ids;
}

GArray *
store_acid_read_ids(const StoreResult *result, guint column)
{
    GArray *ids = new_ids();

    for (guint row = 0; row < store_result_rows(result); row++) {
        gint64 id = store_row_int64(result, row, column);

        g_array_append_val(ids, id);
    }
    return ids;
}

/* ---- open ---- */

GArray *
store_acid_open(StoreTransaction *transaction,
                const CatalogTransactionOpening *opening,
                gint64 lease_ms,
                GError **error)
{
    StoreParam params[] = {store_param_int64(opening->count),     store_param_int64(opening->type),
                           store_param_text(opening->user),       store_param_text(opening->host),
                           store_param_text(opening->agent_info), store_param_int64(lease_ms)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_rows(transaction, &SQL_ACID_TRANSACTION_OPEN, STORE_PARAMS(params),
                                &result, error))
        return NULL;
    return store_acid_read_ids(result, 0);
}

GArray *
store_acid_replayed_targets(StoreTransaction *transaction,
                            const char *policy,
                            const GArray *source_ids,
                            GError **error)
{
    StoreParam params[] = {store_param_text(policy), store_param_integers(source_ids)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_rows(transaction, &SQL_ACID_TRANSACTION_REPLAYED_FIND,
                                STORE_PARAMS(params), &result, error))
        return NULL;
    return store_acid_read_ids(result, 1);
}

gboolean
store_acid_replayed_remove(StoreTransaction *transaction,
                           const char *policy,
                           const GArray *source_ids,
                           GError **error)
{
    StoreParam params[] = {store_param_text(policy), store_param_integers(source_ids)};

    return store_transaction_exec(transaction, &SQL_ACID_TRANSACTION_REPLAYED_REMOVE,
                                  STORE_PARAMS(params), NULL, error);
}

typedef struct {
    const CatalogTransactionOpening *opening;
    const StoreTransactionLeases *leases;
    GArray *ids; /* owned */
} Open;

static gboolean
open_replayed(StoreTransaction *transaction, Open *open, GError **error)
{
    const CatalogTransactionOpening *opening = open->opening;
    StoreParam policy[] = {store_param_text(opening->policy)};
    g_autoptr(GArray) known = NULL;

    if (!store_transaction_exec(transaction, &SQL_ACID_TRANSACTION_REPLAYED_ENTER,
                                STORE_PARAMS(policy), NULL, error))
        return FALSE;
    known = store_acid_replayed_targets(transaction, opening->policy, opening->source_ids, error);
    if (!known)
        return FALSE;
    if (known->len > 0) {
        open->ids = g_steal_pointer(&known);
        return TRUE;
    }
    open->ids = store_acid_open(transaction, opening, open->leases->replayed_lease_ms, error);
    if (!open->ids)
        return FALSE;

    StoreParam params[] = {policy[0], store_param_integers(opening->source_ids),
                           store_param_integers(open->ids)};

    return store_transaction_exec(transaction, &SQL_ACID_TRANSACTION_REPLAYED_ADD,
                                  STORE_PARAMS(params), NULL, error);
}

static gboolean
open_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Open *open = data;
    const CatalogTransactionOpening *opening = open->opening;

    g_clear_pointer(&open->ids, g_array_unref);
    if (opening->policy && opening->source_ids)
        return open_replayed(transaction, open, error);
    open->ids = store_acid_open(transaction, opening,
                                opening->type == CATALOG_TRANSACTION_REPLAYED
                                    ? open->leases->replayed_lease_ms
                                    : open->leases->lease_ms,
                                error);
    return open->ids != NULL;
}

GArray *
store_acid_transaction_open(Store *store,
                            const CatalogTransactionOpening *opening,
                            const StoreTransactionLeases *leases,
                            GError **error)
{
    Open open = {.opening = opening, .leases = leases};

    if (store_transaction_run(store, open_in_transaction, &open, error))
        return open.ids;
    g_clear_pointer(&open.ids, g_array_unref);
    return NULL;
}

/* ---- hold ---- */

static GArray *
read_standings(const StoreResult *result)
{
    GArray *standings = g_array_new(FALSE, FALSE, sizeof(StoreAcidStanding));

    for (guint row = 0; row < store_result_rows(result); row++) {
        StoreAcidStanding standing = {
            .id = store_row_int64(result, row, 0),
            .state = (CatalogTransactionState)store_row_int64(result, row, 1),
            .type = (CatalogTransactionType)store_row_int64(result, row, 2),
            .is_overdue = store_row_bool(result, row, 3)};

        g_array_append_val(standings, standing);
    }
    return standings;
}

GArray *
store_acid_hold(StoreTransaction *transaction,
                const GArray *ids,
                gboolean for_change,
                GError **error)
{
    StoreParam params[] = {store_param_integers(ids)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_rows(
            transaction, for_change ? &SQL_ACID_TRANSACTION_HOLD : &SQL_ACID_TRANSACTION_SHARE,
            STORE_PARAMS(params), &result, error))
        return NULL;
    return read_standings(result);
}

static gboolean
fail_committed(gint64 id, GError **error)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_TRANSACTION, NULL,
                     "Transaction txnid:%" G_GINT64_FORMAT " is already committed.", id);
}

static gboolean
fail_aborted(gint64 id, GError **error)
{
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                     "Transaction txnid:%" G_GINT64_FORMAT " already aborted", id);
}

static gboolean
fail_unknown(gint64 id, GError **error)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_TRANSACTION, NULL,
                     "No such transaction txnid:%" G_GINT64_FORMAT, id);
}

/* Of one without a row: the floor is asked after the row was looked for, since it only rises. */
static gboolean
fail_absent(StoreTransaction *transaction,
            gint64 id,
            StoreAcidStanding *out_standing,
            GError **out_problem,
            GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    gboolean is_committed;

    if (!store_transaction_one(transaction, &SQL_ACID_TRANSACTION_FLOOR, STORE_NO_PARAMS, &result,
                               error))
        return FALSE;
    is_committed = id > 0 && id <= store_row_int64(result, 0, 0);
    *out_standing = (StoreAcidStanding){.id = id};
    if (is_committed)
        out_standing->state = CATALOG_TRANSACTION_COMMITTED;
    if (is_committed)
        fail_committed(id, out_problem);
    else
        fail_unknown(id, out_problem);
    return TRUE;
}

gboolean
store_acid_hold_open(StoreTransaction *transaction,
                     gint64 id,
                     gboolean for_change,
                     StoreAcidStanding *out_standing,
                     GError **out_problem,
                     GError **error)
{
    g_autoptr(GArray) ids = store_acid_id_array(id);
    g_autoptr(GArray) standings = store_acid_hold(transaction, ids, for_change, error);
    StoreAcidStanding standing;

    if (!standings)
        return FALSE;
    if (standings->len == 0)
        return fail_absent(transaction, id, out_standing, out_problem, error);
    standing = g_array_index(standings, StoreAcidStanding, 0);
    *out_standing = standing;
    if (standing.state == CATALOG_TRANSACTION_OPEN && !standing.is_overdue)
        return TRUE;
    if (standing.state == CATALOG_TRANSACTION_COMMITTED) {
        fail_committed(id, out_problem);
        return TRUE;
    }
    if (standing.is_overdue && !store_acid_abort(transaction, ids, NULL, error))
        return FALSE;
    fail_aborted(id, out_problem);
    return TRUE;
}

/* ---- abort ---- */

gboolean
store_acid_abort(StoreTransaction *transaction,
                 const GArray *ids,
                 GArray **out_aborted,
                 GError **error)
{
    StoreParam params[] = {store_param_integers(ids)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_rows(transaction, &SQL_ACID_TRANSACTION_ABORT, STORE_PARAMS(params),
                                &result, error))
        return FALSE;
    if (out_aborted)
        *out_aborted = store_acid_read_ids(result, 0);
    return TRUE;
}

typedef struct {
    gint64 id;
    const char *policy;
    GError *problem; /* owned */
} Abort;

/* The id that is meant: ours, or that which repeats the other warehouse's; 0 when it is over. */
static gboolean
find_target(StoreTransaction *transaction, Abort *abort, gint64 *out_id, GError **error)
{
    g_autoptr(GArray) source = store_acid_id_array(abort->id);
    g_autoptr(GArray) targets = NULL;

    *out_id = abort->id;
    if (!abort->policy)
        return TRUE;
    targets = store_acid_replayed_targets(transaction, abort->policy, source, error);
    if (!targets)
        return FALSE;
    *out_id = targets->len > 0 ? g_array_index(targets, gint64, 0) : 0;
    return store_acid_replayed_remove(transaction, abort->policy, source, error);
}

static gboolean
abort_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Abort *abort = data;
    g_autoptr(GArray) ids = NULL;
    g_autoptr(GArray) aborted = NULL;
    g_autoptr(GArray) standings = NULL;
    StoreAcidStanding standing;
    gint64 id = 0;

    g_clear_error(&abort->problem);
    if (!find_target(transaction, abort, &id, error))
        return FALSE;
    if (id == 0 && abort->policy)
        return TRUE;
    ids = store_acid_id_array(id);
    if (!store_acid_abort(transaction, ids, &aborted, error))
        return FALSE;
    if (aborted->len > 0)
        return TRUE;
    standings = store_acid_hold(transaction, ids, FALSE, error);
    if (!standings)
        return FALSE;
    if (standings->len == 0)
        return fail_absent(transaction, id, &standing, &abort->problem, error);
    if (g_array_index(standings, StoreAcidStanding, 0).state == CATALOG_TRANSACTION_COMMITTED)
        fail_committed(id, &abort->problem);
    return TRUE;
}

gboolean
store_acid_transaction_abort(Store *store, gint64 id, const char *policy, GError **error)
{
    Abort abort = {.id = id, .policy = policy};
    gboolean done = store_transaction_run(store, abort_in_transaction, &abort, error);

    if (!done) {
        g_clear_error(&abort.problem);
        return FALSE;
    }
    if (abort.problem) {
        g_propagate_error(error, abort.problem);
        return FALSE;
    }
    return TRUE;
}

gboolean
store_acid_transaction_abort_many(Store *store, const GArray *ids, GError **error)
{
    StoreParam params[] = {store_param_integers(ids)};

    return store_query_exec(store, &SQL_ACID_TRANSACTION_ABORT, STORE_PARAMS(params), NULL, error);
}

/* ---- heartbeat ---- */

typedef struct {
    gint64 id;
    const StoreTransactionLeases *leases;
    GError *problem; /* owned */
} Heartbeat;

static gboolean
explain_heartbeat(StoreTransaction *transaction, gpointer data, GError **error)
{
    Heartbeat *heartbeat = data;
    StoreAcidStanding standing;

    g_clear_error(&heartbeat->problem);
    return store_acid_hold_open(transaction, heartbeat->id, TRUE, &standing, &heartbeat->problem,
                                error);
}

static gboolean
renew(Store *store,
      gint64 first,
      gint64 last,
      const StoreTransactionLeases *leases,
      GArray **out_renewed,
      GError **error)
{
    StoreParam params[] = {store_param_int64(first), store_param_int64(last),
                           store_param_int64(leases->lease_ms),
                           store_param_int64(leases->replayed_lease_ms)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_rows(store, &SQL_ACID_TRANSACTION_HEARTBEAT, STORE_PARAMS(params), &result,
                          error))
        return FALSE;
    *out_renewed = store_acid_read_ids(result, 0);
    return TRUE;
}

gboolean
store_acid_transaction_heartbeat(Store *store,
                                 gint64 id,
                                 const StoreTransactionLeases *leases,
                                 GError **error)
{
    Heartbeat heartbeat = {.id = id, .leases = leases};
    g_autoptr(GArray) renewed = NULL;

    if (!renew(store, id, id, leases, &renewed, error))
        return FALSE;
    if (renewed->len > 0)
        return TRUE;
    if (!store_transaction_run(store, explain_heartbeat, &heartbeat, error)) {
        g_clear_error(&heartbeat.problem);
        return FALSE;
    }
    if (!heartbeat.problem)
        return TRUE;
    g_propagate_error(error, heartbeat.problem);
    return FALSE;
}

static gint
compare_ids(gconstpointer a, gconstpointer b)
{
    gint64 left = *(const gint64 *)a;
    gint64 right = *(const gint64 *)b;

    return (left > right) - (left < right);
}

gboolean
store_acid_transaction_heartbeat_range(Store *store,
                                       gint64 first,
                                       gint64 last,
                                       const StoreTransactionLeases *leases,
                                       GArray **out_aborted,
                                       GArray **out_missing,
                                       GError **error)
{
    StoreParam params[] = {store_param_int64(first), store_param_int64(last)};
    g_autoptr(StoreResult) result = NULL;
    g_autoptr(GArray) renewed = NULL;
    g_autoptr(GArray) standings = NULL;
    guint at = 0;

    if (!renew(store, first, last, leases, &renewed, error) ||
        !store_query_rows(store, &SQL_ACID_TRANSACTION_STATES, STORE_PARAMS(params), &result,
                          error))
        return FALSE;
    standings = read_standings(result);
    *out_aborted = new_ids();
    *out_missing = new_ids();
    for (gint64 id = first; id <= last; id++) {
        while (at < standings->len && g_array_index(standings, StoreAcidStanding, at).id < id)
            at++;
        const StoreAcidStanding *standing =
            at < standings->len ? &g_array_index(standings, StoreAcidStanding, at) : NULL;

        if (!standing || standing->id != id || standing->state == CATALOG_TRANSACTION_COMMITTED)
            g_array_append_val(*out_missing, id);
        else if (!g_array_binary_search(renewed, &id, compare_ids, NULL))
            g_array_append_val(*out_aborted, id);
    }
    return TRUE;
}

/* ---- told ---- */

static CatalogTransaction *
read_transaction(const StoreResult *result, guint row)
{
    CatalogTransaction *told = catalog_transaction_new();

    told->id = store_row_int64(result, row, SNAPSHOT_ID);
    told->state = (CatalogTransactionState)store_row_int64(result, row, SNAPSHOT_STATE);
    told->type = (CatalogTransactionType)store_row_int64(result, row, SNAPSHOT_TYPE);
    told->opened_at_ms = store_row_int64(result, row, SNAPSHOT_OPENED);
    told->heartbeat_at_ms = store_row_int64(result, row, SNAPSHOT_HEARTBEAT);
    told->user = store_row_text_copy(result, row, SNAPSHOT_USER);
    told->host = store_row_text_copy(result, row, SNAPSHOT_HOST);
    told->agent_info = store_row_text_copy(result, row, SNAPSHOT_AGENT);
    return told;
}

CatalogTransactionSnapshot *
store_acid_transaction_snapshot(Store *store, GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    CatalogTransactionSnapshot *snapshot;

    if (!store_query_rows(store, &SQL_ACID_TRANSACTION_SNAPSHOT, STORE_NO_PARAMS, &result, error))
        return NULL;
    snapshot = catalog_transaction_snapshot_new();
    for (guint row = 0; row < store_result_rows(result); row++) {
        snapshot->water_id = store_row_int64(result, row, SNAPSHOT_WATER);
        if (!store_row_is_null(result, row, SNAPSHOT_ID))
            g_ptr_array_add(snapshot->unsettled, read_transaction(result, row));
    }
    return snapshot;
}

gboolean
store_acid_transaction_seed(Store *store, gint64 id, GError **error)
{
    StoreParam params[] = {store_param_int64(id)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_ACID_TRANSACTION_SEED, STORE_PARAMS(params), &result, error))
        return FALSE;
    return !store_row_is_null(result, 0, 0) || skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                                                         "Invalid txnId seed %" G_GINT64_FORMAT
                                                         ", the highWaterMark is %" G_GINT64_FORMAT,
                                                         id, store_row_int64(result, 0, 1));
}

GArray *
store_acid_transaction_replayed(Store *store, const char *policy, GError **error)
{
    StoreParam params[] = {store_param_text(policy), store_param_null()};
    g_autoptr(StoreResult) result = NULL;
    GArray *pairs;

    if (!store_query_rows(store, &SQL_ACID_TRANSACTION_REPLAYED_FIND, STORE_PARAMS(params), &result,
                          error))
        return NULL;
    pairs = g_array_new(FALSE, FALSE, sizeof(CatalogWriteId));
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogWriteId pair = {store_row_int64(result, row, 0), store_row_int64(result, row, 1)};

        g_array_append_val(pairs, pair);
    }
    return pairs;
}

gboolean
store_acid_transaction_lock_rebuild(Store *store,
                                    const CatalogTableReference *table,
                                    gint64 id,
                                    gint64 lease_ms,
                                    gboolean is_renewal,
                                    gboolean *out_held,
                                    GError **error)
{
    StoreParam params[] = {
        store_param_text(table->catalog), store_param_text(table->namespace_name),
        store_param_text(table->table_name), store_param_int64(id), store_param_int64(lease_ms)};
    guint64 rows = 0;

    if (!store_query_exec(store,
                          is_renewal ? &SQL_ACID_TRANSACTION_REBUILD_HEARTBEAT
                                     : &SQL_ACID_TRANSACTION_REBUILD_LOCK,
                          STORE_PARAMS(params), &rows, error))
        return FALSE;
    *out_held = rows > 0;
    return TRUE;
}
