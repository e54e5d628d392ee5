/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to PostgreSQL: how it is opened, and how one statement is sent and answered on it.
 * Knows neither the pool nor retries. One thread at a time. Called by pool.c, query.c,
 * transaction.c and migrate.c. */
#pragma once

#include <libpq-fe.h>
#include "store/param.h"
#include "store/sqlstate.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PGresult, PQclear)

/* How to connect; shared by all connections of a store. */
typedef struct {
    char *uri; /* NULL: libpq's environment alone */
    gint connect_timeout_ms;
    gint statement_timeout_ms; /* 0: none */
    gboolean takes_standby;    /* a server that takes no writes will do */
    gint refuses_options;      /* atomic: a pooler in between takes no `options` at start */
    gint refuses_prepared;     /* atomic: prepared statements are off, or found not to work */
} StoreConnector;

/* INVALID_ARGUMENT for a connection string that libpq cannot read. */
gboolean
store_connector_init(StoreConnector *connector, const StoreOptions *options, GError **error);
void store_connector_clear(StoreConnector *connector);
/* How long PostgreSQL lets a transaction wait for its next statement. */
gint store_connector_idle_limit_ms(const StoreConnector *connector);

typedef struct {
    PGconn *link;
    StoreConnector *connector;
    GHashTable *prepared; /* query name -> name of the prepared statement on this connection */
    gint epoch;           /* of the pool, when it was last known to be good */
    gint wait_ms;         /* longest silence while an answer is awaited; 0: none */
    gboolean is_broken;   /* to be closed, not returned */
    gboolean is_reserve;  /* counts against the pool's reserve */
} StoreConnection;

/* Blocks until connected to a server that takes writes. UNAVAILABLE with what libpq says. */
StoreConnection *store_connection_open(StoreConnector *connector, GError **error);
void store_connection_close(StoreConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreConnection, store_connection_close)

/* FALSE when the server has said or closed something while the connection lay idle, or is a standby
 * now. `thorough` asks the server; otherwise only the socket is looked at, and the server is asked
 * when there is something to read. */
gboolean store_connection_check(StoreConnection *connection, gboolean thorough);

/* Runs a query; with begin_first, BEGIN goes ahead of it in the same round trip. Sets *out_result
 * when DONE, *error otherwise, and is_broken when the connection must not be used again. */
StoreOutcome store_connection_run(StoreConnection *connection,
                                  const StoreQuery *query,
                                  const StoreEncodedParams *params,
                                  gboolean begin_first,
                                  PGresult **out_result,
                                  GError **error);

/* Runs a query whose rows come one by one. *out_rows counts those given to row_func. FAILED with
 * row_func's error when that ends the stream. */
StoreOutcome store_connection_stream(StoreConnection *connection,
                                     const StoreQuery *query,
                                     const StoreEncodedParams *params,
                                     StoreRowFunc row_func,
                                     gpointer data,
                                     guint64 *out_rows,
                                     GError **error);

/* SQL without parameters, several statements allowed: BEGIN, COMMIT, ROLLBACK and migrations.
 * *out_result (may be NULL) is that of the last statement. */
StoreOutcome store_connection_script(StoreConnection *connection,
                                     const char *sql,
                                     PGresult **out_result,
                                     GError **error);
