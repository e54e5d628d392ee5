/* SPDX-License-Identifier: Apache-2.0 */
/* A private PostgreSQL for tests, in a temporary directory, on a Unix socket, without fsync. One
 * for each test program; it is stopped and removed when the program ends, also when it is killed.
 * Suites run without a fork for each test: leak checkers take the server's thread for lost there.
 */
#pragma once

#include <check.h>
#include <glib.h>
#include "skep/store.h"

/* Starts the server and migrates its database `postgres`. Ends the program with a message and
 * status 1 when that fails. */
void test_postgres_start(void);

/* Connection string of the migrated database. */
const char *test_postgres_uri(void);

/* Opens a store on it with the default options; ends the test when that fails. store_close is the
 * caller's. */
Store *test_postgres_open(void);
Store *test_postgres_open_with(const StoreOptions *options);

/* A connection string of a new, empty database. g_free. */
char *test_postgres_new_database(void);

/* Runs SQL (several statements allowed) on a connection of its own; ends the test when that fails.
 * The first value of the last statement's result, or NULL. g_free. */
char *test_postgres_run(const char *sql);
char *test_postgres_run_at(const char *uri, const char *sql);

/* Ends every other session with pg_terminate_backend, as a failover does. */
void test_postgres_terminate_sessions(void);

/* Where pg_dump and its like are. */
const char *test_postgres_programs(void);

/* The tables and namespaces that tests made are gone after it: for a suite that wants to begin with
 * nothing. */
void test_postgres_clear(void);

/* What main does: starts the server, runs the suite without forks, and gives the exit status. */
int test_postgres_run_suite(Suite *suite);
