/* SPDX-License-Identifier: Apache-2.0 */
/* Sending a statement and waiting for its answer. The waiting is done here and not inside libpq so
 * that a server that has vanished without a word (a node that lost power) costs a bounded time and
 * not TCP's quarter of an hour. How a connection is opened is in connect.c. */
#include "store/connection.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* The server ends a statement by itself at statement_timeout; only when it does not is the
 * connection given up. */
#define SILENCE_GRACE_MS 2000
#define CHECK_TIMEOUT_MS 3000
/* Of the time of other statements, for those whose cost grows with a table. */
#define LONG_FACTOR 60

static StoreOutcome
fail_lost(StoreConnection *connection, const char *sentence, const char *detail, GError **error)
{
    connection->is_broken = TRUE;
    GError *made = NULL;
    skep_fail(&made, SKEP_ERROR_UNAVAILABLE, NULL, "%s", sentence);
    skep_error_set_detail(made, detail);
    g_propagate_error(error, made);
    return STORE_OUTCOME_LOST;
}

static StoreOutcome
fail_broken(StoreConnection *connection, GError **error)
{
    g_autofree char *said = g_strdup(PQerrorMessage(connection->link));
    return fail_lost(connection, "The connection to PostgreSQL broke", g_strchomp(said), error);
}

static gint64
deadline_after(gint timeout_ms)
{
    return timeout_ms > 0 ? g_get_monotonic_time() + (gint64)timeout_ms * 1000 : G_MAXINT64;
}

/* 1 ready, 0 deadline passed, -1 failed. */
static int
wait_for_socket(StoreConnection *connection, short events, gint64 deadline_us)
{
    struct pollfd descriptor = {.fd = PQsocket(connection->link), .events = events};
    for (;;) {
        int timeout_ms = -1;
        if (deadline_us != G_MAXINT64) {
            gint64 left_us = deadline_us - g_get_monotonic_time();
            if (left_us <= 0) {
                return 0;
            }
            timeout_ms = (int)MIN((left_us + 999) / 1000, 60000);
        }
        int ready = poll(&descriptor, 1, timeout_ms);
        if (ready > 0) {
            return 1;
        }
        if (ready < 0 && errno != EINTR) {
            return -1;
        }
    }
}

static StoreOutcome
fail_silent(StoreConnection *connection, GError **error)
{
    return fail_lost(connection, "PostgreSQL did not answer in time",
                     "no answer before the deadline", error);
}

static StoreOutcome
flush_all(StoreConnection *connection, gint64 deadline_us, GError **error)
{
    for (;;) {
        int pending = PQflush(connection->link);
        if (pending == 0) {
            return STORE_OUTCOME_DONE;
        }
        if (pending < 0) {
            return fail_broken(connection, error);
        }
        /* The server may have to be read before it reads on. */
        int ready = wait_for_socket(connection, POLLIN | POLLOUT, deadline_us);
        if (ready == 0) {
            return fail_silent(connection, error);
        }
        if (ready < 0 || PQconsumeInput(connection->link) == 0) {
            return fail_broken(connection, error);
        }
    }
}

/* The next result, NULL at the end of a statement's results. */
static StoreOutcome
next_result(StoreConnection *connection, gint64 deadline_us, PGresult **out_result, GError **error)
{
    while (PQisBusy(connection->link)) {
        int ready = wait_for_socket(connection, POLLIN, deadline_us);
        if (ready == 0) {
            return fail_silent(connection, error);
        }
        if (ready < 0 || PQconsumeInput(connection->link) == 0) {
            return fail_broken(connection, error);
        }
    }
    *out_result = PQgetResult(connection->link);
    return STORE_OUTCOME_DONE;
}

static gboolean
is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY ||
           status == PGRES_PIPELINE_SYNC;
}

/* Reads a bad result; what the outcome means for the connection. */
static StoreOutcome
read_failure(StoreConnection *connection,
             const PGresult *result,
             const StoreQuery *query,
             GError **error)
{
    StoreOutcome outcome = store_sqlstate_read(result, query, error);
    if (outcome == STORE_OUTCOME_LOST || outcome == STORE_OUTCOME_STALE) {
        connection->is_broken = TRUE;
    }
    if (store_sqlstate_is_prepared_mismatch(result)) {
        g_atomic_int_set(&connection->connector->refuses_prepared, 1);
    }
    return outcome;
}

/* Reads all results of what was sent. The first failure counts; else the last result that is no end
 * of a pipeline. */
static StoreOutcome
collect(StoreConnection *connection,
        const StoreQuery *query,
        gboolean in_pipeline,
        gint64 deadline_us,
        PGresult **out_result,
        GError **error)
{
    g_autoptr(PGresult) last = NULL;
    StoreOutcome outcome = STORE_OUTCOME_DONE;
    for (;;) {
        g_autoptr(PGresult) result = NULL;
        StoreOutcome step = next_result(connection, deadline_us, &result,
                                        outcome == STORE_OUTCOME_DONE ? error : NULL);
        if (step != STORE_OUTCOME_DONE) {
            return outcome == STORE_OUTCOME_DONE ? step : outcome;
        }
        if (result == NULL) {
            if (!in_pipeline) {
                break;
            }
            if (PQstatus(connection->link) == CONNECTION_BAD) {
                return outcome == STORE_OUTCOME_DONE ? fail_broken(connection, error) : outcome;
            }
            continue; /* the end of one statement of the pipeline */
        }
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_PIPELINE_SYNC) {
            break;
        }
        if (!is_good(result) && status != PGRES_PIPELINE_ABORTED) {
            if (outcome == STORE_OUTCOME_DONE) {
                outcome = read_failure(connection, result, query, error);
            }
            if (PQstatus(connection->link) == CONNECTION_BAD) {
                connection->is_broken = TRUE;
                return outcome;
            }
        } else if (is_good(result)) {
            g_clear_pointer(&last, PQclear);
            last = g_steal_pointer(&result);
        }
    }
    if (outcome == STORE_OUTCOME_DONE && last == NULL) {
        /* libpq had no memory for it: nothing may be taken for "no such row". */
        return fail_lost(connection, "The answer of PostgreSQL could not be read",
                         "a statement without a result", error);
    }
    if (outcome == STORE_OUTCOME_DONE && out_result != NULL) {
        *out_result = g_steal_pointer(&last);
    }
    return outcome;
}

static gint64
statement_deadline(const StoreConnection *connection)
{
    return deadline_after(connection->wait_ms > 0 ? connection->wait_ms + SILENCE_GRACE_MS : 0);
}

/* The name under which the query is prepared on this connection; NULL in *out_name when it is to be
 * sent as text. */
static StoreOutcome
prepare(StoreConnection *connection, const StoreQuery *query, const char **out_name, GError **error)
{
    *out_name = NULL;
    if (query->is_composed || g_atomic_int_get(&connection->connector->refuses_prepared)) {
        return STORE_OUTCOME_DONE;
    }
    const char *known = g_hash_table_lookup(connection->prepared, query->name);
    if (known != NULL) {
        *out_name = known;
        return STORE_OUTCOME_DONE;
    }
    /* A pooler may share server sessions between two versions of this program, so the name tells
     * the text. */
    char *name = g_strdup_printf("%s_%08x", query->name, g_str_hash(query->sql));
    gint64 deadline_us = statement_deadline(connection);
    StoreOutcome outcome;
    if (PQsendPrepare(connection->link, name, query->sql, (int)query->param_count,
                      query->param_types)) {
        outcome = flush_all(connection, deadline_us, error);
        if (outcome == STORE_OUTCOME_DONE) {
            outcome = collect(connection, query, FALSE, deadline_us, NULL, error);
        }
    } else {
        outcome = fail_broken(connection, error);
    }
    if (outcome != STORE_OUTCOME_DONE) {
        g_free(name);
        /* Preparing changes nothing, so a lost connection here leaves no doubt. */
        return outcome == STORE_OUTCOME_LOST ? STORE_OUTCOME_STALE : outcome;
    }
    g_hash_table_insert(connection->prepared, (gpointer)query->name, name);
    *out_name = name;
    return STORE_OUTCOME_DONE;
}

static gboolean
send_statement(StoreConnection *connection,
               const StoreQuery *query,
               const char *prepared_name,
               const StoreEncodedParams *params)
{
    int count = (int)params->count;
    if (prepared_name != NULL) {
        return PQsendQueryPrepared(connection->link, prepared_name, count, params->values,
                                   params->lengths, params->formats, 1) == 1;
    }
    return PQsendQueryParams(connection->link, query->sql, count, query->param_types,
                             params->values, params->lengths, params->formats, 1) == 1;
}

/* How long a statement may take that is marked as long. */
static gint
long_timeout_ms(const StoreConnection *connection)
{
    gint timeout_ms = connection->connector->statement_timeout_ms;
    return MIN(timeout_ms, G_MAXINT / LONG_FACTOR) * LONG_FACTOR;
}

/* A silence of the server longer than this means that it is gone. */
static gint64
query_deadline(const StoreConnection *connection, const StoreQuery *query)
{
    if (!query->is_long || connection->wait_ms <= 0) {
        return statement_deadline(connection);
    }
    return deadline_after(MIN(long_timeout_ms(connection), G_MAXINT - SILENCE_GRACE_MS) +
                          SILENCE_GRACE_MS);
}

static gboolean
send_text(StoreConnection *connection, const char *sql)
{
    return PQsendQueryParams(connection->link, sql, 0, NULL, NULL, NULL, NULL, 1) == 1;
}

/* With the limit of this transaction alone, since a pooler may have kept `options` from the
 * session: when the network swallows the connection, nobody else ends a transaction that holds
 * rows. */
static gboolean
send_begin(StoreConnection *connection)
{
    g_autofree char *limit = g_strdup_printf("SET LOCAL idle_in_transaction_session_timeout = %d",
                                             store_connector_idle_limit_ms(connection->connector));
    return send_text(connection, "BEGIN ISOLATION LEVEL READ COMMITTED") &&
           send_text(connection, limit);
}

/* What has to go ahead of a query in the same round trip: BEGIN, and more time for a long one, for
 * this transaction alone. The query and the end of the pipeline follow. */
static gboolean
send_ahead(StoreConnection *connection, const StoreQuery *query, gboolean begin_first)
{
    if (PQenterPipelineMode(connection->link) != 1) {
        return FALSE;
    }
    if (begin_first && !send_begin(connection)) {
        return FALSE;
    }
    if (!query->is_long) {
        return TRUE;
    }
    g_autofree char *more_time =
        g_strdup_printf("SELECT pg_catalog.set_config('statement_timeout', '%d', true), "
                        "pg_catalog.set_config('lock_timeout', '%d', true)",
                        long_timeout_ms(connection), connection->connector->statement_timeout_ms);
    return send_text(connection, more_time);
}

/* The query, and what goes ahead of it, in one round trip. Without BEGIN a pipeline is a
 * transaction of its own. */
static StoreOutcome
run_in_pipeline(StoreConnection *connection,
                const StoreQuery *query,
                const char *prepared_name,
                const StoreEncodedParams *params,
                gboolean begin_first,
                PGresult **out_result,
                GError **error)
{
    gint64 deadline_us = query_deadline(connection, query);
    gboolean sent = send_ahead(connection, query, begin_first) &&
                    send_statement(connection, query, prepared_name, params) &&
                    PQpipelineSync(connection->link) == 1;
    StoreOutcome outcome =
        sent ? flush_all(connection, deadline_us, error) : fail_broken(connection, error);
    if (outcome == STORE_OUTCOME_DONE) {
        outcome = collect(connection, query, TRUE, deadline_us, out_result, error);
    }
    if (PQexitPipelineMode(connection->link) == 0) {
        connection->is_broken = TRUE;
    }
    return outcome;
}

/* Only a long query in a database whose statements have a limit needs more time. */
static gboolean
needs_more_time(const StoreConnection *connection, const StoreQuery *query)
{
    return query->is_long && connection->connector->statement_timeout_ms > 0;
}

StoreOutcome
store_connection_run(StoreConnection *connection,
                     const StoreQuery *query,
                     const StoreEncodedParams *params,
                     gboolean begin_first,
                     PGresult **out_result,
                     GError **error)
{
    const char *prepared_name = NULL;
    StoreOutcome outcome = prepare(connection, query, &prepared_name, error);
    if (outcome != STORE_OUTCOME_DONE) {
        return outcome;
    }
    if (begin_first || needs_more_time(connection, query)) {
        return run_in_pipeline(connection, query, prepared_name, params, begin_first, out_result,
                               error);
    }
    gint64 deadline_us = statement_deadline(connection);
    if (!send_statement(connection, query, prepared_name, params)) {
        return fail_broken(connection, error);
    }
    outcome = flush_all(connection, deadline_us, error);
    if (outcome != STORE_OUTCOME_DONE) {
        return outcome;
    }
    return collect(connection, query, FALSE, deadline_us, out_result, error);
}

/* Sends a query whose rows are to come one by one, and reads the answer to what went ahead of it:
 * only then can libpq be told about the rows. */
static StoreOutcome
begin_stream(StoreConnection *connection,
             const StoreQuery *query,
             const char *prepared_name,
             const StoreEncodedParams *params,
             GError **error)
{
    gint64 deadline_us = query_deadline(connection, query);
    gboolean in_pipeline = needs_more_time(connection, query);
    gboolean sent = (!in_pipeline || send_ahead(connection, query, FALSE)) &&
                    send_statement(connection, query, prepared_name, params) &&
                    (!in_pipeline || PQpipelineSync(connection->link) == 1);
    StoreOutcome outcome =
        sent ? flush_all(connection, deadline_us, error) : fail_broken(connection, error);
    while (in_pipeline && outcome == STORE_OUTCOME_DONE) {
        g_autoptr(PGresult) ahead = NULL;
        outcome = next_result(connection, deadline_us, &ahead, error);
        if (outcome == STORE_OUTCOME_DONE && ahead == NULL) {
            break;
        }
        if (ahead != NULL && !is_good(ahead)) {
            connection->is_broken = TRUE;
            outcome = read_failure(connection, ahead, query, error);
        }
    }
    if (outcome == STORE_OUTCOME_DONE && PQsetSingleRowMode(connection->link) != 1) {
        return fail_broken(connection, error);
    }
    return outcome;
}

/* After the last row: nothing may be left of the answer. */
static void
end_stream(StoreConnection *connection, StoreOutcome outcome)
{
    gint64 deadline_us = deadline_after(CHECK_TIMEOUT_MS);
    if (outcome == STORE_OUTCOME_LOST || connection->is_broken) {
        connection->is_broken = TRUE;
        return;
    }
    if (PQpipelineStatus(connection->link) == PQ_PIPELINE_OFF) {
        return;
    }
    for (;;) {
        g_autoptr(PGresult) rest = NULL;
        if (PQstatus(connection->link) != CONNECTION_OK ||
            next_result(connection, deadline_us, &rest, NULL) != STORE_OUTCOME_DONE) {
            connection->is_broken = TRUE;
            return;
        }
        if (rest != NULL && PQresultStatus(rest) == PGRES_PIPELINE_SYNC) {
            break;
        }
    }
    if (PQexitPipelineMode(connection->link) == 0) {
        connection->is_broken = TRUE;
    }
}

static StoreOutcome
read_stream(StoreConnection *connection,
            const StoreQuery *query,
            StoreRowFunc row_func,
            gpointer data,
            guint64 *out_rows,
            GError **error)
{
    StoreOutcome outcome = STORE_OUTCOME_DONE;
    while (outcome == STORE_OUTCOME_DONE) {
        g_autoptr(PGresult) result = NULL;
        outcome = next_result(connection, query_deadline(connection, query), &result, error);
        if (outcome != STORE_OUTCOME_DONE || result == NULL) {
            return outcome;
        }
        if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
            *out_rows += 1;
            if (!row_func(result, data, error)) {
                connection->is_broken = TRUE; /* cheaper than reading rows that nobody wants */
                return STORE_OUTCOME_FAILED;
            }
        } else if (!is_good(result)) {
            outcome = read_failure(connection, result, query, error);
            g_autoptr(PGresult) rest = NULL;
            if (next_result(connection, deadline_after(CHECK_TIMEOUT_MS), &rest, NULL) !=
                    STORE_OUTCOME_DONE ||
                rest != NULL) {
                connection->is_broken = TRUE;
            }
        }
    }
    return outcome;
}

StoreOutcome
store_connection_stream(StoreConnection *connection,
                        const StoreQuery *query,
                        const StoreEncodedParams *params,
                        StoreRowFunc row_func,
                        gpointer data,
                        guint64 *out_rows,
                        GError **error)
{
    const char *prepared_name = NULL;
    *out_rows = 0;
    StoreOutcome outcome = prepare(connection, query, &prepared_name, error);
    if (outcome != STORE_OUTCOME_DONE) {
        return outcome;
    }
    outcome = begin_stream(connection, query, prepared_name, params, error);
    if (outcome == STORE_OUTCOME_DONE) {
        outcome = read_stream(connection, query, row_func, data, out_rows, error);
    }
    end_stream(connection, outcome);
    return outcome;
}

StoreOutcome
store_connection_script(StoreConnection *connection,
                        const char *sql,
                        PGresult **out_result,
                        GError **error)
{
    gint64 deadline_us = statement_deadline(connection);
    if (PQsendQuery(connection->link, sql) != 1) {
        return fail_broken(connection, error);
    }
    StoreOutcome outcome = flush_all(connection, deadline_us, error);
    if (outcome != STORE_OUTCOME_DONE) {
        return outcome;
    }
    return collect(connection, NULL, FALSE, deadline_us, out_result, error);
}

gboolean
store_connection_check(StoreConnection *connection, gboolean thorough)
{
    struct pollfd descriptor = {.fd = PQsocket(connection->link), .events = POLLIN};
    if (PQstatus(connection->link) != CONNECTION_OK) {
        return FALSE;
    }
    if (!thorough && poll(&descriptor, 1, 0) == 0) {
        return TRUE;
    }
    gint wait_ms = connection->wait_ms;
    connection->wait_ms = CHECK_TIMEOUT_MS;
    g_autoptr(PGresult) result = NULL;
    StoreOutcome outcome =
        store_connection_script(connection, "SELECT pg_catalog.pg_is_in_recovery()", &result, NULL);
    connection->wait_ms = wait_ms;
    return outcome == STORE_OUTCOME_DONE && PQntuples(result) == 1 &&
           (connection->connector->takes_standby || strcmp(PQgetvalue(result, 0, 0), "f") == 0);
}
