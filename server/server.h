/* SPDX-License-Identifier: Apache-2.0 */
/* The whole server as one object: starts the parts in order, keeps them in health, stops them in
 * reverse. Caller: main.c. */
#pragma once

#include <glib.h>

#include "skep/settings.h"

typedef struct Server Server;

/* Opens the store of the settings: the embedded PostgreSQL is started when no database is named.
 * For commands that need the database and no doors. Must be called on the main thread, which must
 * live as long as the server (the embedded PostgreSQL ends with it). Borrows settings. */
Server *server_open(const Settings *settings, GError **error);
/* Migrates (unless told not to) and opens the doors. */
gboolean server_serve(Server *server, GError **error);
/* The text of `--print-clients`. Transfer full. */
char *server_client_hints(const Server *server);
/* Applies missing migrations; with dry_run only counts them. */
gboolean server_migrate(Server *server, gboolean dry_run, guint *out_applied, GError **error);
/* Waits until the database answers and is migrated. */
gboolean server_wait_for_database(Server *server, gint timeout_ms, GError **error);

/* Refuses new work, finishes what is under way, closes all and frees. FALSE when work was still
 * going on at the deadline: the process should end at once. */
gboolean server_stop(Server *server);
