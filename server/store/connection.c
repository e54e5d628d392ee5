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

/* BEGIN and the statement in one round trip. */
static StoreOutcome
run_with_begin(StoreConnection *connection,
               const StoreQuery *query,
               const char *prepared_name,
               const StoreEncodedParams *params,
               PGresult **out_result,
               GError **error)
{
    gint64 deadline_us = statement_deadline(connection);
    if (!PQenterPipelineMode(connection->link)) {
        return fail_broken(connection, error);
    }
    gboolean sent = PQsendQueryParams(connection->link, "BEGIN ISOLATION LEVEL READ COMMITTED", 0,
                                      NULL, NULL, NULL, NULL, 1) == 1 &&
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
    if (begin_first) {
        return run_with_begin(connection, query, prepared_name, params, out_result, error);
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
    if (!send_statement(connection, query, prepared_name, params) ||
        PQsetSingleRowMode(connection->link) != 1) {
        return fail_broken(connection, error);
    }
    outcome = flush_all(connection, statement_deadline(connection), error);
    while (outcome == STORE_OUTCOME_DONE) {
        g_autoptr(PGresult) result = NULL;
        outcome = next_result(connection, statement_deadline(connection), &result, error);
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
           strcmp(PQgetvalue(result, 0, 0), "f") == 0;
}
