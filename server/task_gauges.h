/* SPDX-License-Identifier: Apache-2.0 */
/* Gauges of tasks (skep/catalog_task.h): how many there are, and how old the oldest is. Caller:
 * server.c. */
#pragma once

#include "skep/catalog.h"

/* Asks the catalog whenever the metrics are read. Stop before the catalog is freed. */
void task_gauges_start(Catalog *catalog);
void task_gauges_stop(Catalog *catalog);
