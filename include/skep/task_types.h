/* SPDX-License-Identifier: Apache-2.0 */
/* What a drop leaves: work that outlives the request, and tables that can be taken back. Spoken by
 * all layers; implemented in server/types/task_types.c. */
#pragma once

#include <glib.h>

#include "skep/catalog_types.h"

/* The files that an Iceberg table's metadata names. */
#define TASK_PURGE_TABLE "purge_table"
/* All that lies below a location. */
#define TASK_DELETE_DIRECTORY "delete_directory"

typedef struct {
    gint64 id;
    char *kind;
    char *state; /* waiting, running, done, failed, cancelled */
    char *catalog;
    char *namespace_name;
    char *table_name; /* as it was when it was dropped */
    char *table_uuid;
    char *location;
    char *metadata_location;
    gint64 created_ms;
    gint64 due_ms;
    gint64 finished_ms; /* 0: not yet */
    gint64 attempts;
    gint64 failures; /* since it was last begun anew */
    gint64 files_found;
    gint64 files_deleted;
    gint64 files_left; /* that are not the table's to delete */
    char *error;       /* of the last attempt; NULL: none */
    char *holder;      /* the server that is at it, or was last */
} CatalogTask;
void catalog_task_free(CatalogTask *task);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogTask, catalog_task_free)

typedef struct {
    gint64 id; /* of the table */
    char *namespace_name;
    char *name;
    char *uuid;
    CatalogTableKind kind;
    char *location;
    char *metadata_location;
    gint64 dropped_ms;
    gint64 expires_ms;
} CatalogDroppedTable;
void catalog_dropped_table_free(CatalogDroppedTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogDroppedTable, catalog_dropped_table_free)

typedef struct {
    char *kind;
    char *state;
    gint64 tasks;
    gint64 oldest_ms;
} CatalogTaskCount;
void catalog_task_count_free(CatalogTaskCount *count);
