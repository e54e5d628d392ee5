/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of scheduled queries, beside skep/catalog.h and with its conventions. A query is handed
 * to one cluster at a time: not while a run of it is under way. A run that says nothing for two
 * minutes has timed out, and a query whose last runs all failed is disabled, as Hive has it.
 * Schedules are read in the server's time zone. Implemented in server/catalog/scheduled_query.c;
 * caller: the Thrift door. */
#pragma once

#include "skep/catalog.h"
#include "skep/scheduled_query_types.h"

#define CATALOG_EXECUTION_SILENCE_S 120
#define CATALOG_EXECUTION_FAILURES  4 /* of the last runs, that disable a query */
#define CATALOG_EXECUTION_KEPT_S    (30 * 24 * 3600)

/* NO_SUCH_OBJECT. */
CatalogScheduledQuery *catalog_scheduled_query_find(Catalog *catalog,
                                                    const char *cluster_namespace,
                                                    const char *name,
                                                    GError **error);
/* next_execution_s is computed. ALREADY_EXISTS, INVALID_ARGUMENT (the schedule, or it has no time
 * to come), TOO_LARGE. */
gboolean catalog_scheduled_query_create(Catalog *catalog,
                                        const CatalogScheduledQuery *wanted,
                                        GError **error);
/* Texts that are NULL stay, and is_enabled unless set_enabled; next_execution_s is computed where
 * it is -1. NO_SUCH_OBJECT, INVALID_ARGUMENT, TOO_LARGE. */
gboolean catalog_scheduled_query_alter(Catalog *catalog,
                                       const CatalogScheduledQuery *wanted,
                                       gboolean set_enabled,
                                       GError **error);
/* NO_SUCH_OBJECT. */
gboolean catalog_scheduled_query_drop(Catalog *catalog,
                                      const char *cluster_namespace,
                                      const char *name,
                                      GError **error);
/* The query that is due longest, with a new run of it, and the time of its next one set. *out_query
 * NULL: nothing is due. */
gboolean catalog_scheduled_query_poll(Catalog *catalog,
                                      const char *cluster_namespace,
                                      CatalogScheduledQuery **out_query,
                                      gint64 *out_execution_id,
                                      GError **error);
/* What a cluster says of a run. INVALID_OPERATION: it cannot come to this state from its own.
 * NO_SUCH_OBJECT, TOO_LARGE. */
gboolean catalog_scheduled_query_progress(Catalog *catalog,
                                          gint64 execution_id,
                                          CatalogExecutionState state,
                                          const char *executor_query_id,
                                          const char *error_message,
                                          GError **error);
