/* SPDX-License-Identifier: Apache-2.0 */
/* Changes whose answer was lost: they are asked for again until PostgreSQL answers. Callers:
 * changes of namespaces and drops of tables; those of tables have table_swap.c. */
#pragma once

#include "catalog/catalog_private.h"

/* Longer than a failover that goes well, shorter than clients of either door wait. */
#define CATALOG_RESOLVE_TIMEOUT_MS 20000
#define CATALOG_RESOLVE_PAUSE_MS   200

/* Asks for the change again, or whether it is there. Must take effect once at most. */
typedef gboolean (*CatalogAgainFunc)(Catalog *catalog, gpointer data, GError **error);

/* FALSE at once for a failure that leaves no doubt. Otherwise runs `again` until PostgreSQL has
 * answered it: TRUE, or *failure is its error; COMMIT_STATE_UNKNOWN when PostgreSQL stays away. */
gboolean
catalog_outcome_settle(Catalog *catalog, CatalogAgainFunc again, gpointer data, GError **failure);
