/* SPDX-License-Identifier: Apache-2.0 */
/* The records of transactions and write ids: plain data, as catalog_types.h has them. Arrays of
 * numbers are GArray of gint64. */
#pragma once

#include <glib.h>

/* Hive's numbers (TxnState, TxnType) are the API's own. */
typedef enum {
    CATALOG_TRANSACTION_COMMITTED = 1,
    CATALOG_TRANSACTION_ABORTED = 2,
    CATALOG_TRANSACTION_OPEN = 3
} CatalogTransactionState;

typedef enum {
    CATALOG_TRANSACTION_DEFAULT = 0,
    CATALOG_TRANSACTION_REPLAYED = 1,
    CATALOG_TRANSACTION_READ_ONLY = 2,
    CATALOG_TRANSACTION_COMPACTION = 3,
    CATALOG_TRANSACTION_REBUILD = 4,
    CATALOG_TRANSACTION_SOFT_DELETE = 5,
    CATALOG_TRANSACTION_REBALANCE = 6
} CatalogTransactionType;

/* Strings are NULL for an id that was given out and whose row nobody sees yet. */
typedef struct {
    gint64 id;
    CatalogTransactionState state;
    CatalogTransactionType type;
    gint64 opened_at_ms;
    gint64 heartbeat_at_ms;
    char *user;
    char *host;
    char *agent_info;
} CatalogTransaction;

/* All transactions at one moment: those up to the mark are committed, but for the ones listed. */
typedef struct {
    gint64 water_id;
    GPtrArray *unsettled; /* CatalogTransaction*, by id: open and aborted */
} CatalogTransactionSnapshot;

/* What is to be opened. With a policy the ids are those of another warehouse that are repeated. */
typedef struct {
    gint32 count;
    CatalogTransactionType type;
    const char *user;
    const char *host;
    const char *agent_info;
    const char *policy;       /* NULL: none */
    const GArray *source_ids; /* NULL: none */
} CatalogTransactionOpening;

/* A table as its name says it; any member may have any case. */
typedef struct {
    char *catalog; /* NULL: the default one */
    char *namespace_name;
    char *table_name;
} CatalogTableReference;

/* Files that a transaction wrote. */
typedef struct {
    CatalogTableReference table;
    gint64 write_id;
    char *partition_name; /* NULL: none */
    char *files;
} CatalogWrittenFiles;

typedef struct {
    gint64 id;                           /* with a policy, the other warehouse's */
    const char *policy;                  /* NULL: none */
    gboolean may_overlap;                /* locks kept others away: no check of what was written */
    const char *parameter_key;           /* NULL: no parameter to set */
    const char *parameter_value;         /* goes with the key */
    gint64 parameter_table_id;           /* goes with the key */
    const CatalogTableReference *target; /* NULL: no replication mark to set; table may be NULL */
    const GPtrArray *target_partitions;  /* char*; NULL: none */
    gint64 target_last_id;
    const GPtrArray *files; /* CatalogWrittenFiles* of a repeated transaction; NULL: none */
} CatalogTransactionCommit;

typedef struct {
    gint64 transaction_id;
    gint64 write_id;
} CatalogWriteId;

/* Write ids for transactions on one table. With a policy, `source` says what the other warehouse
 * gave to its own. */
typedef struct {
    CatalogTableReference table;
    const GArray *transaction_ids;
    gboolean give_back; /* what they hold already counts no more */
    const char *policy;
    const GArray *source; /* CatalogWriteId; NULL without a policy */
} CatalogWriteIdRequest;

/* What a snapshot sees of a table: ids up to the mark are valid but for those listed. */
typedef struct {
    gint64 water_id;
    gint64 least_open;  /* 0: none; may lie above the mark */
    GArray *invalid;    /* rising */
    GArray *is_aborted; /* 0 or 1 for each of them */
} CatalogValidWriteIds;

CatalogTransaction *catalog_transaction_new(void);
void catalog_transaction_free(CatalogTransaction *transaction);
CatalogTransactionSnapshot *catalog_transaction_snapshot_new(void);
void catalog_transaction_snapshot_free(CatalogTransactionSnapshot *snapshot);
CatalogTableReference *catalog_table_reference_new(const char *catalog,
                                                   const char *namespace_name,
                                                   const char *table_name);
void catalog_table_reference_free(CatalogTableReference *reference);
void catalog_table_reference_clear(CatalogTableReference *reference);
CatalogWrittenFiles *catalog_written_files_new(void);
void catalog_written_files_free(CatalogWrittenFiles *files);
CatalogValidWriteIds *catalog_valid_write_ids_new(void);
void catalog_valid_write_ids_free(CatalogValidWriteIds *ids);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogTransaction, catalog_transaction_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogTransactionSnapshot, catalog_transaction_snapshot_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CatalogTableReference, catalog_table_reference_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogWrittenFiles, catalog_written_files_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogValidWriteIds, catalog_valid_write_ids_free)
