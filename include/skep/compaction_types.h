/* SPDX-License-Identifier: Apache-2.0 */
/* The records of compactions: plain data, as catalog_types.h has them. */
#pragma once

#include <glib.h>

#include "skep/transaction_types.h"

/* Letters in which Hive keeps the states, too. */
typedef enum {
    CATALOG_COMPACTION_INITIATED = 'i',
    CATALOG_COMPACTION_WORKING = 'w',
    CATALOG_COMPACTION_READY_FOR_CLEANING = 'r',
    CATALOG_COMPACTION_SUCCEEDED = 's',
    CATALOG_COMPACTION_FAILED = 'f',
    CATALOG_COMPACTION_DID_NOT_INITIATE = 'a',
    CATALOG_COMPACTION_ABORTED = 'c',
    CATALOG_COMPACTION_REFUSED = 'e'
} CatalogCompactionState;

/* Numbers that are 0 and strings that are NULL are not known. type: Hive's CompactionType. */
typedef struct {
    gint64 id;
    CatalogTableReference table;
    char *partition_name;
    gint32 type;
    CatalogCompactionState state;
    char *properties;
    char *run_as;
    char *worker_id;
    char *worker_version;
    char *initiator_id;
    char *initiator_version;
    char *pool_name; /* NULL: the default one */
    char *job_id;
    char *meta_info;
    char *error_message;
    char *order_by;
    gint32 bucket_count; /* -1: not said */
    gint64 enqueued_at_ms;
    gint64 started_at_ms;
    gint64 ended_at_ms;
    gint64 committed_at_ms;
    gint64 cleaning_at_ms;
    gint64 retry_ms;
    gint64 highest_write_id;
    gint64 transaction_id;
    gint64 next_id;
} CatalogCompaction;

/* NULL and 0: any. */
typedef struct {
    gint64 id;
    const char *pool_name;
    const char *namespace_name;
    const char *table_name;
    const char *partition_name;
    gint32 type;
    CatalogCompactionState state;
    gint64 limit;
} CatalogCompactionFilter;

/* What became of the wish to abort one. state 0: there is no such compaction. */
typedef struct {
    gint64 id;
    CatalogCompactionState state; /* when it was asked */
    gboolean is_aborted;
} CatalogCompactionAbort;

typedef struct {
    CatalogTableReference table;
    char *partition_name; /* NULL: none */
    gint32 type;
    gint32 value;
    gint32 version;
    gint32 threshold;
} CatalogCompactionMetric;

CatalogCompaction *catalog_compaction_new(void);
void catalog_compaction_free(CatalogCompaction *compaction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogCompaction, catalog_compaction_free)
