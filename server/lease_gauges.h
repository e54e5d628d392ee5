/* SPDX-License-Identifier: Apache-2.0 */
/* Two gauges that show when the clean-up of locks and transactions does not work. Caller: server.c.
 */
#pragma once

#include "skep/catalog.h"

/* Asks the catalog whenever the metrics are read. Stop before the catalog is freed. */
void lease_gauges_start(Catalog *catalog);
void lease_gauges_stop(Catalog *catalog);
