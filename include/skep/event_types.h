/* SPDX-License-Identifier: Apache-2.0 */
/* The record of one change of anything, with the conventions of catalog_types.h: what changed, as
 * it was before and after. Implemented in server/types/; read by the doors. */
#pragma once

#include <glib.h>

#include "skep/catalog_types.h"
#include "skep/constraint_types.h"
#include "skep/function_types.h"
#include "skep/statistics_types.h"

/* What a transaction wrote to one table, or to one of its partitions. */
typedef struct {
    gint64 write_id;
    char *namespace_name;
    char *table_name;
    char *partition_name; /* "" for the table itself */
} CatalogEventWrite;

typedef struct {
    gint64
        number; /* grows by one from event to event, in the order in which all readers see them */
    gint64 occurred_ms;
    char *type; /* the word of the Hive Metastore: CREATE_TABLE, ... */
    char *catalog;
    char *namespace_name; /* before the change */
    char *table_name;     /* before the change */

    /* What changed, where the type has it; else NULL. Without a state before, the state is what was
     * made, dropped or referred to. */
    CatalogInfo *info_before;
    CatalogInfo *info;
    CatalogNamespace *namespace_before;
    CatalogNamespace *namespace_;
    CatalogTable *table_before;
    CatalogTable *table;
    CatalogPartition *partition_before;
    GPtrArray *partitions; /* CatalogPartition*, never NULL */
    CatalogFunction *function;
    GPtrArray *constraints; /* CatalogConstraint*, never NULL */
    char *constraint_name;  /* of one that was dropped */
    GPtrArray *statistics;  /* CatalogColumnStatistics*, never NULL */
    char *engine;
    char *column;
    gboolean truncated;
    gboolean replace; /* files replaced what was there */
    gboolean refresh;
    GPtrArray *files; /* char*, never NULL; the next two are as long, or empty */
    GPtrArray *checksums;
    GPtrArray *sub_directories;
    GArray *transaction_ids; /* gint64, never NULL */
    GArray *write_ids;       /* gint64, never NULL */
    GPtrArray *writes;       /* CatalogEventWrite*, never NULL */
    GPtrArray *namespaces;   /* char*, never NULL */
} CatalogEvent;

CatalogEventWrite *catalog_event_write_new(void);
void catalog_event_write_free(CatalogEventWrite *write);
CatalogEvent *catalog_event_new(void);
void catalog_event_free(CatalogEvent *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogEvent, catalog_event_free)
