/* SPDX-License-Identifier: Apache-2.0 */
/* Two gauges of the event log: how far it is, and whether events wait for their numbers. Caller:
 * server.c. */
#pragma once

#include "skep/catalog.h"

/* Asks the catalog whenever the metrics are read. Stop before the catalog is freed. */
void event_gauges_start(Catalog *catalog);
void event_gauges_stop(Catalog *catalog);
