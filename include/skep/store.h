/* SPDX-License-Identifier: Apache-2.0 */
/* PostgreSQL: the connection pool, migrations and health. The statements of each noun are in
 * skep/store_<noun>.h. Only server/catalog/ and server/server.c call any of it. Implemented in
 * server/store/. */
#pragma once

#include <glib.h>

typedef struct Store Store;

typedef struct {
    const char *uri;       /* libpq connection string or URI; NULL: libpq's own environment (PG*) */
    guint connections_max; /* size of the pool */
    gint acquire_timeout_ms; /* wait for a free connection, then UNAVAILABLE */
    gint connect_timeout_ms;
    gint statement_timeout_ms;   /* 0: none */
    gboolean prepare_statements; /* FALSE behind PgBouncer in transaction mode before 1.21 */
    /* A standby that may answer listings whenever it has all that the primary has; NULL: none. */
    const char *read_uri;
    gboolean takes_standby; /* of the store's own: connections may be read-only */
} StoreOptions;

void store_options_init(StoreOptions *options);

/* Connects lazily: succeeds while PostgreSQL is away; a bad connection string is an error at once.
 */
Store *store_open(const StoreOptions *options, GError **error);
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* Applies the migrations that are missing, each in a transaction, under a transaction-level
 * advisory lock. A database newer than the program, or an applied migration with another checksum,
 * is INVALID_OPERATION. out_applied: how many were applied now. With dry_run nothing is changed. */
gboolean store_migrate(Store *store, gboolean dry_run, guint *out_applied, GError **error);
/* The number of the newest migration that this program knows. */
guint store_schema_version_known(void);
/* UNAVAILABLE when PostgreSQL cannot be reached, is read-only, or its schema is not migrated. */
gboolean store_ping(Store *store, GError **error);
/* Waits until store_ping succeeds or the deadline passes. */
gboolean store_wait(Store *store, gint timeout_ms, GError **error);

typedef struct {
    guint connections_max;
    guint connections_open;
    guint connections_busy;
    guint64 statements;
    guint64 retries;
    guint64 acquire_timeouts;
} StoreStatistics;
void store_statistics(Store *store, StoreStatistics *out_statistics);

/* What durability PostgreSQL promises, for the log line at start: "synchronous_commit=on, standbys:
 * none". Transfer full. */
char *store_durability(Store *store, GError **error);

/* --- the embedded PostgreSQL --- */

typedef struct StoreEmbedded StoreEmbedded;
/* Makes a cluster in `directory`, which is for it alone, when there is none; starts it on a Unix
 * socket only, as a child that ends with this process (as user `postgres` when run by root, else as
 * the caller), and waits until it answers. A server that dies is started again. UNAVAILABLE says
 * what to do: PostgreSQL not installed, no right to write, directory in use. */
StoreEmbedded *store_embedded_start(const char *directory, GError **error);
/* Connection string of it. Owned by it. */
const char *store_embedded_uri(const StoreEmbedded *embedded);
/* Fast shutdown, waits for it. */
void store_embedded_stop(StoreEmbedded *embedded);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreEmbedded, store_embedded_stop)
