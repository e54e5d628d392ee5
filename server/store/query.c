/* SPDX-License-Identifier: Apache-2.0 */
/* One statement, committed by itself: borrow a connection, run, give it back, and try again when
 * that is safe. */
#include "store/query.h"

#include <stdarg.h>
#include <stdlib.h>

#include "skep/catalog_types.h"
#include "store/store_private.h"

#define CONFLICT_ATTEMPTS_MAX   12
#define CONNECTION_ATTEMPTS_MAX 5
#define PAUSE_MAX_US            50000

gboolean
store_retry_again(StoreRetry *retry, Store *store, StoreOutcome outcome, gboolean may_repeat_lost)
{
    gboolean is_connection = outcome == STORE_OUTCOME_LOST || outcome == STORE_OUTCOME_STALE;
    if (is_connection) {
        store_pool_suspect(store->pool);
    }
    if (outcome == STORE_OUTCOME_DONE || outcome == STORE_OUTCOME_FAILED ||
        (outcome == STORE_OUTCOME_LOST && !may_repeat_lost)) {
        return FALSE;
    }
    retry->attempts++;
    if (retry->attempts >=
        (guint)(is_connection ? CONNECTION_ATTEMPTS_MAX : CONFLICT_ATTEMPTS_MAX)) {
        return FALSE;
    }
    g_atomic_pointer_add(&store->counts->retries, 1);
    /* Jitter keeps two that collided from colliding again; a new connection has its own pauses. */
    gint longest_us = MIN(PAUSE_MAX_US, 1000 << MIN(retry->attempts, 10u));
    g_usleep((gulong)g_random_int_range(longest_us / 4, longest_us));
    return TRUE;
}

void
store_error_mark_unknown(GError *error)
{
    error->code = SKEP_ERROR_COMMIT_STATE_UNKNOWN;
    g_free(error->message);
    error->message = g_strdup("The connection to PostgreSQL broke while the change was made; it "
                              "may or may not have happened");
}

/* How one attempt is made; `row_func` NULL asks for a whole result. */
typedef struct {
    const StoreQuery *query;
    const StoreEncodedParams *params;
    StoreRowFunc row_func;
    gpointer data;
    guint64 rows_given;
} Statement;

static StoreOutcome
run_at(Store *store,
       StoreConnection *connection,
       Statement *statement,
       PGresult **out_result,
       GError **error)
{
    g_atomic_pointer_add(&store->counts->statements, 1);
    if (statement->row_func == NULL) {
        return store_connection_run(connection, statement->query, statement->params, FALSE,
                                    out_result, error);
    }
    return store_connection_stream(connection, statement->query, statement->params,
                                   statement->row_func, statement->data, &statement->rows_given,
                                   error);
}

static StoreOutcome
attempt(Store *store, Statement *statement, PGresult **out_result, GError **error)
{
    g_auto(StoreLease) lease = {NULL, NULL};
    if (!store_lease_take(&lease, store->pool, error)) {
        return STORE_OUTCOME_FAILED;
    }
    return run_at(store, lease.connection, statement, out_result, error);
}

/* Whatever goes wrong at the standby before the first row, the primary is asked. */
static gboolean
is_answered_by_replica(Store *store, Statement *statement, PGresult **out_result, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_auto(StoreLease) lease = {NULL, NULL};
    if (store->replica == NULL || !statement->query->for_replica ||
        !store_replica_begin(store->replica, store, &lease)) {
        return FALSE;
    }
    gboolean is_done =
        run_at(store, lease.connection, statement, out_result, &failure) == STORE_OUTCOME_DONE;
    gboolean is_final = is_done || statement->rows_given > 0;
    store_replica_end(&lease, is_final);
    if (is_final && failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
    }
    return is_final;
}

static gboolean
run(Store *store, Statement *statement, PGresult **out_result, GError **error)
{
    gboolean may_repeat = statement->query->reads_only || statement->query->retry_safe;
    StoreRetry retry = {0};
    GError *replica_error = NULL;
    if (is_answered_by_replica(store, statement, out_result, &replica_error)) {
        if (replica_error != NULL) {
            g_propagate_error(error, replica_error);
        }
        return replica_error == NULL;
    }
    for (;;) {
        GError *local_error = NULL;
        StoreOutcome outcome = attempt(store, statement, out_result, &local_error);
        if (outcome == STORE_OUTCOME_DONE) {
            return TRUE;
        }
        if (statement->rows_given == 0 && store_retry_again(&retry, store, outcome, may_repeat)) {
            g_clear_error(&local_error);
            continue;
        }
        if (outcome == STORE_OUTCOME_LOST && !may_repeat) {
            store_error_mark_unknown(local_error);
        }
        g_propagate_error(error, local_error);
        return FALSE;
    }
}

gboolean
store_query_rows(Store *store,
                 const StoreQuery *query,
                 const StoreParam *params,
                 guint param_count,
                 StoreResult **out_result,
                 GError **error)
{
    g_auto(StoreEncodedParams) encoded;
    if (!store_params_encode(&encoded, query, params, param_count, error)) {
        return FALSE;
    }
    Statement statement = {.query = query, .params = &encoded};
    return run(store, &statement, out_result, error);
}

gboolean
store_result_keep_one(const StoreQuery *query,
                      StoreResult *result,
                      StoreResult **out_result,
                      GError **error)
{
    g_autoptr(StoreResult) owned = result;
    if (PQntuples(owned) > 1) {
        return skep_fail(error, SKEP_ERROR_INTERNAL, NULL,
                         "%s found %d rows where one at most can be", query->name,
                         PQntuples(owned));
    }
    *out_result = PQntuples(owned) == 1 ? g_steal_pointer(&owned) : NULL;
    return TRUE;
}

gboolean
store_query_one(Store *store,
                const StoreQuery *query,
                const StoreParam *params,
                guint param_count,
                StoreResult **out_result,
                GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_rows(store, query, params, param_count, &result, error)) {
        return FALSE;
    }
    return store_result_keep_one(query, g_steal_pointer(&result), out_result, error);
}

GPtrArray *
store_query_texts(Store *store,
                  const StoreQuery *query,
                  const StoreParam *params,
                  guint param_count,
                  GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_rows(store, query, params, param_count, &result, error)) {
        return NULL;
    }
    GPtrArray *texts = catalog_strings_new();
    for (guint row = 0; row < store_result_rows(result); row++) {
        g_ptr_array_add(texts, store_row_text_copy(result, row, 0));
    }
    return texts;
}

gboolean
store_query_exec(Store *store,
                 const StoreQuery *query,
                 const StoreParam *params,
                 guint param_count,
                 guint64 *out_rows_changed,
                 GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_rows(store, query, params, param_count, &result, error)) {
        return FALSE;
    }
    if (out_rows_changed != NULL) {
        *out_rows_changed = g_ascii_strtoull(PQcmdTuples(result), NULL, 10);
    }
    return TRUE;
}

gboolean
store_query_stream(Store *store,
                   const StoreQuery *query,
                   const StoreParam *params,
                   guint param_count,
                   StoreRowFunc row_func,
                   gpointer data,
                   GError **error)
{
    g_auto(StoreEncodedParams) encoded;
    if (!store_params_encode(&encoded, query, params, param_count, error)) {
        return FALSE;
    }
    Statement statement = {.query = query, .params = &encoded, .row_func = row_func, .data = data};
    return run(store, &statement, NULL, error);
}

gboolean
store_error_reword(GError **error, SkepError fact, const char *object, const char *format, ...)
{
    if (error == NULL || !g_error_matches(*error, SKEP_ERROR, (gint)fact)) {
        return FALSE;
    }
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *detail = g_strdup(skep_error_detail(*error));
    g_clear_error(error);
    skep_fail(error, fact, object, "%s", message);
    skep_error_set_detail(*error, detail);
    return FALSE;
}
