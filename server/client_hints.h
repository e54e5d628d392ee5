/* SPDX-License-Identifier: Apache-2.0 */
/* What to paste into Trino, Spark, DuckDB and PyIceberg to reach this server. Caller: main.c. */
#pragma once

#include <glib.h>

typedef struct {
    const char *host; /* as a client on this machine reaches it */
    guint16 thrift_port;
    guint16 rest_port;
    guint16 management_port;
    const char *warehouse; /* location URI */
    const char *skepctl;   /* as a shell finds it */
} ClientHints;

/* Text for a person, ending in a new line. Transfer full. */
char *client_hints_text(const ClientHints *hints);
