/* SPDX-License-Identifier: Apache-2.0 */
/* What a catalog means: every rule, for both doors. Knows no protocol and no SQL. Implemented in
 * server/catalog/, one file per noun.
 *
 * All functions may be called from any worker thread at once; each borrows what it needs from the
 * store for the length of the call. Arguments stay the caller's; results are the caller's to free.
 * Failure is a SKEP_ERROR whose object is the dotted name of what it is about.
 *
 * `catalog_name` arguments: NULL means the default catalog "hive". Names are folded to lower case
 * here. */
#pragma once

#include <cjson/cJSON.h>
#include <glib.h>

#include "skep/catalog_types.h"

typedef struct Catalog Catalog;
typedef struct Store Store;           /* skep/store.h; doors see the name alone */
typedef struct Warehouse Warehouse;   /* skep/warehouse.h */
typedef struct Spool Spool;           /* skep/spool.h */
typedef struct SpoolRoom SpoolRoom;   /* skep/spool.h */
typedef struct SecretKeys SecretKeys; /* skep/secret_box.h */

/* Who calls. `user` is the owner default for what is created; NULL means the server's own user. */
typedef struct {
    const char *user;
    const char *const *groups; /* NULL or NULL-terminated */
} CatalogCaller;

typedef struct {
    gint64 lock_timeout_ms;   /* lease of a lock without heartbeat; default 300000 */
    gint64 event_retention_s; /* events older than this are removed; default 7 days */
    /* Answers are kept under their requests' keys for so long, and a little; default 30 minutes. */
    gint64 idempotency_lifetime_s;
    /* Metadata files that no commit claimed are deleted at this age; 0: never; default 3 days. */
    gint64 sweep_after_s;
    gint64 report_retention_s;  /* clients' reports are kept for so long; 0: not at all; default 7
                                   days */
    gsize metadata_cache_bytes; /* Iceberg metadata documents kept in memory; default 32 MiB */
    gsize metadata_bytes_max;   /* largest metadata document read or written; default 256 MiB */
    /* Where metadata documents of more than a few MiB wait for their readers, instead of in memory.
     * Borrowed; NULL: in memory. */
    SpoolRoom *spool_room;
    /* Whether appends that lost their branch to other appends are made anew, where the table does
     * not say; default no. */
    gboolean rebase_appends;
    gint commit_retries_max; /* server-side rebases before a conflict is reported; default 10 */
    gint partitions_per_request_max; /* 0: no limit */
    const char *admin_users; /* who hold the role admin from the start, separated by commas or
                                spaces; may be NULL */
    gboolean translate_managed_tables; /* Hive 4's rule, see catalog_table_translation.h */
    const SecretKeys *secrets; /* seals what warehouses keep; borrowed; NULL: none is kept */
    gboolean check_storage_permission; /* before a drop that takes data along */
    gint64 undrop_retention_s;         /* for so long a dropped table can be taken back; 0: never */
    gint64 task_retention_s;           /* finished tasks are shown for so long */
    gint64 duty_lease_ms; /* a server that died loses its background work after it; default 60000 */
    /* Told of data that a change could not take along: the change itself stands. Any thread; NULL:
     * nobody is told. */
    void (*left_behind)(const char *location, const GError *why);
} CatalogOptions;

void catalog_options_init(CatalogOptions *options);

/* Borrows store and warehouse, which must outlive it. Makes sure that the default catalog and its
 * `default` namespace exist. */
Catalog *
catalog_new(const CatalogOptions *options, Store *store, Warehouse *warehouse, GError **error);
void catalog_free(Catalog *catalog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Catalog, catalog_free)

/* Does every duty of catalog_duty.h at once, due or not and whoever has it: for tests. */
gboolean catalog_housekeep(Catalog *catalog, GError **error);
/* One cheap statement: can the store be reached and written? */
gboolean catalog_ping(Catalog *catalog, GError **error);
/* Stable random UUID text of this database. Transfer full. */
char *catalog_database_uuid(Catalog *catalog, GError **error);

/* Hive's rule for names of databases and tables, narrower than the catalog's own: letters, digits,
 * '_', '-', ' ', '/' and
 * '.'. INVALID_OBJECT. For the Thrift door, before it makes or renames something. */
gboolean catalog_name_check_hive(const char *name, GError **error);

/* --- paging --- */

/* A page of a sorted listing. page_token NULL: from the start. page_size 0: everything. Tokens are
 * opaque to doors, stable under change (they hold the last name seen), and a malformed one is
 * INVALID_ARGUMENT. */
typedef struct {
    const char *page_token;
    gint page_size;
} CatalogPage;

/* --- catalogs --- */

GPtrArray *catalog_info_list(Catalog *catalog, GError **error); /* CatalogInfo*, by name */
CatalogInfo *catalog_info_find(Catalog *catalog, const char *catalog_name, GError **error);

/* --- namespaces (HMS databases) --- */

/* Validates the name, fills defaults (location from the warehouse, owner from the caller, create
 * time) and makes the directory. A nested name needs its parent. NO_SUCH_CATALOG, NO_SUCH_NAMESPACE
 * (parent), ALREADY_EXISTS, INVALID_OBJECT (name), FORBIDDEN (location outside the warehouse).
 * Returns what was stored. */
CatalogNamespace *catalog_namespace_create(Catalog *catalog,
                                           const CatalogCaller *caller,
                                           const CatalogNamespace *wanted,
                                           GError **error);
CatalogNamespace *catalog_namespace_find(Catalog *catalog,
                                         const char *catalog_name,
                                         const char *name,
                                         GError **error);
/* Children of `parent` (NULL: top level), one level only, sorted by name; CatalogNamespace* with
 * name alone certain to be set. out_next_token may be NULL; receives NULL after the last page. */
GPtrArray *catalog_namespace_list(Catalog *catalog,
                                  const char *catalog_name,
                                  const char *parent,
                                  const CatalogPage *page,
                                  char **out_next_token,
                                  GError **error);
/* Names (char*) of top-level namespaces that match a Hive pattern (`*` any run, `.` any one
 * character, `|` or; NULL: all), sorted. */
GPtrArray *catalog_namespace_match(Catalog *catalog,
                                   const char *catalog_name,
                                   const char *pattern,
                                   GError **error);
/* HMS alter_database: description, properties, owner and location become those of `wanted`; its
 * name is ignored. */
gboolean catalog_namespace_alter(Catalog *catalog,
                                 const char *catalog_name,
                                 const char *name,
                                 const CatalogNamespace *wanted,
                                 GError **error);
typedef struct {
    GPtrArray *updated; /* char*, keys */
    GPtrArray *removed;
    GPtrArray *missing; /* asked to be removed and not there */
} CatalogPropertiesChange;
void catalog_properties_change_clear(CatalogPropertiesChange *change);
/* REST updateProperties. A key in both lists: UNPROCESSABLE. The keys "location", "comment" and
 * "owner" are the record's own members seen as properties (see catalog_namespace_properties). */
gboolean catalog_namespace_update_properties(Catalog *catalog,
                                             const char *catalog_name,
                                             const char *name,
                                             const GPtrArray *removals,
                                             const GHashTable *updates,
                                             CatalogPropertiesChange *out_change,
                                             GError **error);
/* The REST view of a namespace's properties: stored ones plus location, comment, owner. Transfer
 * full. */
GHashTable *catalog_namespace_properties(const CatalogNamespace *namespace_);
/* NAMESPACE_NOT_EMPTY without cascade (tables, views or child namespaces). delete_data removes
 * managed data and the directory. `default` cannot be dropped: INVALID_OPERATION. */
gboolean catalog_namespace_drop(Catalog *catalog,
                                const char *catalog_name,
                                const char *name,
                                gboolean delete_data,
                                gboolean cascade,
                                GError **error);

/* --- tables of every kind --- */

typedef struct {
    gboolean do_not_update_stats; /* context DO_NOT_UPDATE_STATS */
    const GPtrArray *constraints; /* CatalogConstraint* of the new table; NULL: none */
    const GPtrArray *privileges;  /* CatalogPrivilege* on it; NULL: none */
} CatalogTableCreateOptions;

/* HMS create_table. The kind follows from the parameters. An Iceberg table sent with a
 * metadata_location is checked against its metadata file where the warehouse can read it, and its
 * snapshot pointers are recorded. Constraints and privileges are written in the same transaction,
 * or the table is not made (INVALID_OBJECT, NO_SUCH_TABLE: the parent of a foreign key). */
CatalogTable *catalog_table_create(Catalog *catalog,
                                   const CatalogCaller *caller,
                                   const CatalogTable *wanted,
                                   const CatalogTableCreateOptions *options,
                                   GError **error);
/* Missing table or namespace: NO_SUCH_TABLE. */
CatalogTable *catalog_table_find(Catalog *catalog,
                                 const char *catalog_name,
                                 const char *namespace_name,
                                 const char *name,
                                 GError **error);
/* Those of `names` (NULL-terminated) that exist, in one statement. NO_SUCH_NAMESPACE.
 * CatalogTable*. */
GPtrArray *catalog_table_find_many(Catalog *catalog,
                                   const char *catalog_name,
                                   const char *namespace_name,
                                   const char *const *names,
                                   GError **error);

typedef struct {
    const char *name_pattern; /* Hive pattern, NULL: all */
    const char *hms_type;     /* NULL: all */
    gint kind;                /* a CatalogTableKind, or -1: all */
} CatalogTableFilter;
/* Names (char*), sorted. A missing namespace gives an empty list (HMS); the REST door asks
 * catalog_namespace_find first. */
GPtrArray *catalog_table_list(Catalog *catalog,
                              const char *catalog_name,
                              const char *namespace_name,
                              const CatalogTableFilter *filter,
                              const CatalogPage *page,
                              char **out_next_token,
                              GError **error);
/* HMS get_table_meta: Hive patterns over namespaces and tables; hms_types NULL or empty: all.
 * CatalogTable* with namespace_name, name, hms_type, owner_name, owner_type and
 * parameters["comment"] alone set. */
GPtrArray *catalog_table_list_meta(Catalog *catalog,
                                   const char *catalog_name,
                                   const char *namespace_pattern,
                                   const char *table_pattern,
                                   const char *const *hms_types,
                                   GError **error);
/* HMS get_table_names_by_filter (keys hive_filter_field_*). max -1: all. */
GPtrArray *catalog_table_list_by_filter(Catalog *catalog,
                                        const char *catalog_name,
                                        const char *namespace_name,
                                        const char *filter,
                                        gint max,
                                        GError **error);

typedef struct {
    const char *expected_key; /* compare-and-swap (HIVE-26882): both or neither */
    const char *expected_value;
    gboolean cascade; /* column changes go to the partitions too */
    gboolean do_not_update_stats;
    gboolean allow_partition_key_change;
    gboolean allow_incompatible_columns; /* the check of column types is off */
} CatalogTableAlterOptions;

/* HMS alter_table*, rename included (wanted->name, wanted->namespace_name). Messages of the swap
 * are the ones that clients match on. COMMIT_CONFLICT, INVALID_OPERATION. Missing table:
 * NO_SUCH_TABLE. */
gboolean catalog_table_alter(Catalog *catalog,
                             const CatalogCaller *caller,
                             const char *catalog_name,
                             const char *namespace_name,
                             const char *name,
                             const CatalogTable *wanted,
                             const CatalogTableAlterOptions *options,
                             GError **error);
/* REST rename: identity and location stay. NO_SUCH_NAMESPACE (target), ALREADY_EXISTS. `kind` says
 * what the source must be. */
gboolean catalog_table_rename(Catalog *catalog,
                              const char *catalog_name,
                              const char *from_namespace,
                              const char *from_name,
                              const char *to_namespace,
                              const char *to_name,
                              CatalogTableKind kind,
                              GError **error);

typedef struct {
    gboolean delete_data; /* HMS deleteData: removes managed data (and external ones with
                             external.table.purge) */
    gboolean if_purge;    /* HMS context ifPurge */
    gboolean purge;       /* REST purgeRequested: a task deletes what the table's metadata names */
    gint kind;            /* must be of this kind, or -1: any */
} CatalogTableDropOptions;
gboolean catalog_table_drop(Catalog *catalog,
                            const char *catalog_name,
                            const char *namespace_name,
                            const char *name,
                            const CatalogTableDropOptions *options,
                            GError **error);
/* Newest first, at most max rows (0: 1000). CatalogCommitRecord*. */
GPtrArray *catalog_table_history(Catalog *catalog,
                                 const char *catalog_name,
                                 const char *namespace_name,
                                 const char *name,
                                 gint max,
                                 GError **error);

/* --- Iceberg tables: the REST side of tables --- */

/* A table and its metadata document, as loaded or as just committed. */
typedef struct {
    char *uuid;
    char *metadata_location; /* NULL for a staged create */
    GBytes *metadata;        /* JSON text of the document, exactly as in the file (unpacked) */
    Spool *metadata_spool;   /* where the text is when it is long; metadata is NULL then */
    gint64 version;          /* of the table's row; part of the ETag */
} CatalogIcebergTable;
CatalogIcebergTable *catalog_iceberg_table_new(void);
void catalog_iceberg_table_free(CatalogIcebergTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogIcebergTable, catalog_iceberg_table_free)
/* Leaves the snapshots alone that refs name in the text of `table`, which is not a document that
 * can be committed any more. In little memory however long it is. */
gboolean
catalog_iceberg_table_keep_refs(Catalog *catalog, CatalogIcebergTable *table, GError **error);

/* `request` is a createTable body (name, schema, partition-spec, write-order, location, properties,
 * stage-create). With stage-create nothing is stored. ALREADY_EXISTS for tables and views of any
 * kind. */
CatalogIcebergTable *catalog_iceberg_create(Catalog *catalog,
                                            const CatalogCaller *caller,
                                            const char *catalog_name,
                                            const char *namespace_name,
                                            const cJSON *request,
                                            GError **error);
/* NO_SUCH_TABLE also for tables that are not Iceberg's; NO_SUCH_FILE when the document is gone. */
CatalogIcebergTable *catalog_iceberg_load(Catalog *catalog,
                                          const char *catalog_name,
                                          const char *namespace_name,
                                          const char *name,
                                          GError **error);
/* The location of the current document alone, for HEAD and If-None-Match: one statement, no file.
 */
CatalogIcebergTable *catalog_iceberg_find(Catalog *catalog,
                                          const char *catalog_name,
                                          const char *namespace_name,
                                          const char *name,
                                          GError **error);
/* Checks `requirements`, applies `updates`, writes the new document and swaps; rebases on the
 * server while the requirements hold. assert-create makes the table. An empty change commits
 * nothing and returns the present state. COMMIT_CONFLICT names the requirement that failed;
 * COMMIT_STATE_UNKNOWN only when PostgreSQL stays away. */
CatalogIcebergTable *catalog_iceberg_commit(Catalog *catalog,
                                            const CatalogCaller *caller,
                                            const char *catalog_name,
                                            const char *namespace_name,
                                            const char *name,
                                            const cJSON *requirements,
                                            const cJSON *updates,
                                            GError **error);
typedef struct {
    const char *namespace_name;
    const char *name;
    const cJSON *requirements;
    const cJSON *updates;
} CatalogIcebergChange;
/* All or nothing, in one transaction. The same table twice: INVALID_ARGUMENT. */
gboolean catalog_iceberg_commit_many(Catalog *catalog,
                                     const CatalogCaller *caller,
                                     const char *catalog_name,
                                     const CatalogIcebergChange *changes,
                                     gsize n_changes,
                                     GError **error);
/* Takes an existing metadata document under a new name; overwrite replaces the pointer of a live
 * table. */
CatalogIcebergTable *catalog_iceberg_register(Catalog *catalog,
                                              const CatalogCaller *caller,
                                              const char *catalog_name,
                                              const char *namespace_name,
                                              const char *name,
                                              const char *metadata_location,
                                              gboolean overwrite,
                                              GError **error);
/* Forgets a table and leaves every file of it. Its last state, with all that was committed; commits
 * after it find no table. NO_SUCH_TABLE; NO_SUCH_FILE: the document is gone, and the table stays.
 */
CatalogIcebergTable *catalog_iceberg_unregister(Catalog *catalog,
                                                const char *catalog_name,
                                                const char *namespace_name,
                                                const char *name,
                                                GError **error);
