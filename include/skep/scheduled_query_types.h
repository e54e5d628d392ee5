/* SPDX-License-Identifier: Apache-2.0 */
/* The records of scheduled queries, with the conventions of catalog_types.h. Nothing here runs
 * them: clusters ask for what is due. */
#pragma once

#include <glib.h>

/* Hive's numbers. */
typedef enum {
    CATALOG_EXECUTION_INITED = 0,
    CATALOG_EXECUTION_EXECUTING = 1,
    CATALOG_EXECUTION_FAILED = 2,
    CATALOG_EXECUTION_FINISHED = 3,
    CATALOG_EXECUTION_TIMED_OUT = 4,
    CATALOG_EXECUTION_AUTO_DISABLED = 5
} CatalogExecutionState;

typedef struct {
    gint64 id;
    char *cluster_namespace;
    char *name; /* with the case of its maker, as its namespace */
    gboolean is_enabled;
    char *schedule;
    char *user;
    char *query;
    gint64 next_execution_s; /* -1: none */
} CatalogScheduledQuery;

CatalogScheduledQuery *catalog_scheduled_query_new(void);
void catalog_scheduled_query_free(CatalogScheduledQuery *query);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogScheduledQuery, catalog_scheduled_query_free)
