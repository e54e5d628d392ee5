/* SPDX-License-Identifier: Apache-2.0 */
/* The records that all layers speak: plain data; server/types/ holds nothing but new,
 * copy, ref and free for them.
 *
 * Conventions for all of them: strings are UTF-8 without NUL, owned by the record, NULL = absent;
 * maps are GHashTable char* -> char* owning both (never NULL in a record made by _new); times are
 * in the unit that the member's name ends with. Names of namespaces, tables, columns and partition
 * keys are lower-case when they come out of the catalog; what goes in may have any case. */
#pragma once

#include <glib.h>

/* Separates the levels of a nested namespace's name inside Skep and the database (U+001F, one
 * byte). */
#define CATALOG_LEVEL_SEPARATOR '\x1f'
#define CATALOG_DEFAULT_NAME    "hive"

typedef enum {
    CATALOG_KIND_HIVE_TABLE,    /* any table that is not Iceberg's: Hive, Delta, Hudi, ... */
    CATALOG_KIND_HIVE_VIEW,     /* VIRTUAL_VIEW and MATERIALIZED_VIEW that are not Iceberg's */
    CATALOG_KIND_ICEBERG_TABLE, /* parameter table_type = ICEBERG (any case) and a metadata_location
                                 */
    CATALOG_KIND_ICEBERG_VIEW   /* parameter table_type = ICEBERG-VIEW and a metadata_location */
} CatalogTableKind;

typedef struct {
    char *name;
    char *type; /* Hive type text, lower-case */
    char *comment;
} CatalogColumn;

typedef struct {
    char *column;
    gint32 order; /* Hive: 1 ascending, 0 descending */
} CatalogSortColumn;

/* A storage descriptor without its location: content-addressed in the store and shared by
 * partitions, so it is immutable after it has been handed over, and reference counted (atomic). */
typedef struct {
    GPtrArray *columns; /* CatalogColumn*, owned */
    char *input_format;
    char *output_format;
    gboolean compressed;
    gint32 bucket_count;
    char *serde_name;
    char *serde_library;
    GHashTable *serde_parameters;
    char *serde_description;
    char *serde_serializer;
    char *serde_deserializer;
    gint32 serde_type;         /* 0 = absent, else Hive SerdeType */
    GPtrArray *bucket_columns; /* char* */
    GPtrArray *sort_columns;   /* CatalogSortColumn* */
    GHashTable *parameters;
    GPtrArray *skewed_columns;   /* char* */
    GPtrArray *skewed_values;    /* GPtrArray* of char*: one list per combination */
    GPtrArray *skewed_locations; /* pairs: GPtrArray* whose last member is the location, the rest
                                    the key */
    gboolean stored_as_sub_directories;
} CatalogStorage;

typedef struct {
    gint64 id;
    char *name;
    char *description;
    char *location;
    gint32 create_time_s;
    GHashTable *parameters;
} CatalogInfo;

/* A namespace; a top-level one is an HMS database. */
typedef struct {
    gint64 id;
    char *catalog; /* name of the catalog, "hive" by default */
    char *name;    /* levels joined by CATALOG_LEVEL_SEPARATOR */
    char *description;
    char *location;         /* never NULL out of the catalog */
    char *managed_location; /* NULL: managed tables live under location */
    char *owner_name;
    gint32 owner_type; /* Hive PrincipalType: 1 user, 2 role, 3 group; 0 absent */
    gint32 create_time_s;
    GHashTable *properties;
    gint64 version; /* grows with every change */
} CatalogNamespace;

/* See materialization_types.h. */
typedef struct CatalogMaterialization CatalogMaterialization;

/* A table or view of any kind. */
typedef struct {
    gint64 id; /* the i64 that HMS clients see; unique in the server */
    char *uuid;
    char *catalog;
    char *namespace_name;
    char *name;
    CatalogTableKind kind;
    char *hms_type; /* MANAGED_TABLE, EXTERNAL_TABLE, VIRTUAL_VIEW, MATERIALIZED_VIEW */
    char *owner_name;
    gint32 owner_type;
    gint32 create_time_s;
    gint32 last_access_time_s;
    gint32 retention_s;
    /* All HMS parameters, metadata_location and previous_metadata_location included. */
    GHashTable *parameters;
    CatalogStorage *storage; /* NULL only for an Iceberg view without columns */
    char *location;          /* NULL: none (Hive's views) */
    gint access; /* a CatalogAccess of catalog_table_translation.h, set for one reply; not stored */
    GPtrArray *partition_keys; /* CatalogColumn*, empty when not partitioned */
    char *view_original_text;
    char *view_expanded_text;
    gboolean rewrite_enabled;
    CatalogMaterialization *materialization; /* of a materialized view; NULL: not told */
    gint64 write_id;
    char *metadata_location;          /* Iceberg only; same as the parameter */
    char *previous_metadata_location; /* Iceberg only */
    gint64 current_snapshot_id;       /* -1: none */
    gint64 version;
} CatalogTable;

typedef struct {
    char *name;              /* escaped, "ds=2024-01-01/hr=1"; set by the catalog */
    GStrv values;            /* unescaped, in the order of the table's partition keys */
    CatalogStorage *storage; /* shared */
    char *location;          /* full; out of the catalog never NULL except in views' partitions */
    GHashTable *parameters;
    gint32 create_time_s;
    gint32 last_access_time_s;
    gint64 write_id;
} CatalogPartition;

/* One row of a table's commit history. */
typedef struct {
    gint64 version;
    gint64 committed_at_ms;
    char *metadata_location;
    gint64 snapshot_id;        /* -1: the table had no snapshot after this commit */
    gint64 parent_snapshot_id; /* -1: none */
    gint64 sequence_number;
    gint64 timestamp_ms; /* of the snapshot */
    char *operation;     /* append, overwrite, ... ; NULL when the commit added no snapshot */
    char *summary_json;
} CatalogCommitRecord;

/* Hive's numbers (LockType, LockLevel, LockState, DataOperationType) are the API's own. */
typedef enum {
    CATALOG_LOCK_SHARED_READ = 1,
    CATALOG_LOCK_SHARED_WRITE = 2,
    CATALOG_LOCK_EXCLUSIVE = 3,
    CATALOG_LOCK_EXCL_WRITE = 4
} CatalogLockType;

typedef enum {
    CATALOG_LOCK_ACQUIRED = 1,
    CATALOG_LOCK_WAITING = 2,
    CATALOG_LOCK_ABORT = 3,
    CATALOG_LOCK_NOT_ACQUIRED = 4
} CatalogLockState;

typedef struct {
    CatalogLockType type;
    gint32 level; /* 1 database, 2 table, 3 partition */
    char *namespace_name;
    char *table_name;     /* NULL: the whole namespace */
    char *partition_name; /* NULL: the whole table */
    gint32 operation_type;
    gboolean is_transactional;
    gboolean is_dynamic_partition_write;
} CatalogLockComponent;

typedef struct {
    GPtrArray *components;     /* CatalogLockComponent* */
    gint64 transaction_id;     /* 0: none */
    gboolean zero_wait_reads;  /* of a transaction: rather no lock than wait to read */
    gboolean exclusive_create; /* of a transaction: rather no lock than wait at all */
    char *user;
    char *host;
    char *agent_info;
} CatalogLockRequest;

/* One component of one lock, as show_locks tells it. */
typedef struct {
    gint64 lock_id;
    gint64 ordinal; /* lockIdInternal, from 1 */
    CatalogLockComponent component;
    CatalogLockState state;
    gint64 transaction_id;
    gint64 acquired_at_ms; /* 0: waiting */
    gint64 heartbeat_at_ms;
    gint64 blocked_by_lock_id; /* 0: not waiting */
    gint64 blocked_by_ordinal;
    char *user;
    char *host;
    char *agent_info;
} CatalogLockInfo;

CatalogColumn *catalog_column_new(const char *name, const char *type, const char *comment);
CatalogColumn *catalog_column_copy(const CatalogColumn *column);
void catalog_column_free(CatalogColumn *column);
CatalogSortColumn *catalog_sort_column_new(const char *column, gint32 order);
void catalog_sort_column_free(CatalogSortColumn *column);

/* Empty containers of the right kind: a map char*->char*, an array of CatalogColumn*, an array of
 * char*. */
GHashTable *catalog_map_new(void);
GHashTable *catalog_map_copy(const GHashTable *map);
/* Copies both strings. */
void catalog_map_set(GHashTable *map, const char *key, const char *value);
const char *catalog_map_get(const GHashTable *map, const char *key);
/* Whether the key is there with this value, in any case of letters: Hive writes TRUE and true. */
gboolean catalog_map_is(const GHashTable *map, const char *key, const char *value);
gboolean catalog_map_equal(const GHashTable *a, const GHashTable *b);
GPtrArray *catalog_columns_new(void);
GPtrArray *catalog_columns_copy(const GPtrArray *columns);
GPtrArray *catalog_strings_new(void);

/* Containers arrive empty, one reference. catalog_storage_copy makes a private one that may be
 * changed. */
CatalogStorage *catalog_storage_new(void);
CatalogStorage *catalog_storage_ref(CatalogStorage *storage);
void catalog_storage_unref(CatalogStorage *storage);
CatalogStorage *catalog_storage_copy(const CatalogStorage *storage);

CatalogInfo *catalog_info_new(void);
CatalogInfo *catalog_info_copy(const CatalogInfo *info);
void catalog_info_free(CatalogInfo *info);
CatalogNamespace *catalog_namespace_new(void);
CatalogNamespace *catalog_namespace_copy(const CatalogNamespace *namespace_);
void catalog_namespace_free(CatalogNamespace *namespace_);
CatalogTable *catalog_table_new(void);                       /* current_snapshot_id = -1 */
CatalogTable *catalog_table_copy(const CatalogTable *table); /* shares the storage */
void catalog_table_free(CatalogTable *table);
CatalogPartition *catalog_partition_new(void);
CatalogPartition *catalog_partition_copy(const CatalogPartition *partition);
void catalog_partition_free(CatalogPartition *partition);
CatalogCommitRecord *catalog_commit_record_new(void);
void catalog_commit_record_free(CatalogCommitRecord *record);
CatalogLockComponent *catalog_lock_component_new(void);
void catalog_lock_component_free(CatalogLockComponent *component);
CatalogLockRequest *catalog_lock_request_new(void);
void catalog_lock_request_free(CatalogLockRequest *request);
CatalogLockInfo *catalog_lock_info_new(void);
void catalog_lock_info_free(CatalogLockInfo *info);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogColumn, catalog_column_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogStorage, catalog_storage_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogInfo, catalog_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogNamespace, catalog_namespace_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogTable, catalog_table_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogPartition, catalog_partition_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogCommitRecord, catalog_commit_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogLockComponent, catalog_lock_component_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogLockRequest, catalog_lock_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogLockInfo, catalog_lock_info_free)
