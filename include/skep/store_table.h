/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of every kind in PostgreSQL: their rows, and the one compare-and-swap that makes a change
 * true. Names are folded and checked already. Only server/catalog/ calls this; any thread may.
 *
 * Every change of a table adds one to its version, and every change is conditional on the version
 * that its maker read: so nothing that was written in between is ever overwritten, a pointer least
 * of all, and a swap that was sent twice takes effect once. */
#pragma once

#include <glib.h>

#include "skep/catalog_types.h"
#include "skep/store.h"
#include "skep/store_idempotency.h"
#include "skep/task_types.h"

/* --- reading --- */

/* TRUE with *out_table NULL when there is none. */
gboolean store_table_find(Store *store,
                          const char *catalog_name,
                          const char *namespace_name,
                          const char *name,
                          CatalogTable **out_table,
                          GError **error);
/* The same with identity, kind, location, pointer and version alone: what loadTable needs. */
gboolean store_table_find_pointer(Store *store,
                                  const char *catalog_name,
                                  const char *namespace_name,
                                  const char *name,
                                  CatalogTable **out_table,
                                  GError **error);
/* Those of `names` that exist, by name. CatalogTable*. */
GPtrArray *store_table_find_many(Store *store,
                                 const char *catalog_name,
                                 const char *namespace_name,
                                 const char *const *names,
                                 GError **error);

typedef struct {
    const char *catalog_name;
    const char *namespace_name;
    const char *name_regex; /* PostgreSQL regular expression, NULL: all */
    const char *hms_type;   /* NULL: all */
    gint kind;              /* -1: all */
    const char *after;      /* names that sort after this one, NULL: from the start */
    gint64 limit;           /* 0: all */
} StoreTableList;
/* Names (char*), sorted by bytes. */
GPtrArray *store_table_list(Store *store, const StoreTableList *query, GError **error);

/* Over top-level namespaces. hms_types NULL: all. CatalogTable* with namespace_name, name,
 * hms_type, owner and parameters["comment"] alone. */
GPtrArray *store_table_list_meta(Store *store,
                                 const char *catalog_name,
                                 const char *namespace_regex,
                                 const char *table_regex,
                                 const char *const *hms_types,
                                 GError **error);

/* What tables of a scan begin with; NULL: anything. Of parameters the key (lower-case, without the
 * two pointers, which are columns) and what its value begins with, in pairs of char*. */
typedef struct {
    const char *name_prefix;
    const char *owner_prefix;
    const char *type_prefix;
    const GPtrArray *keys;
    const GPtrArray *value_prefixes;
} StoreTableNarrowing;

/* Called with each such table of a namespace by name: name, hms_type, owner, last access and
 * parameters are set. FALSE ends the scan; with an error set that is the scan's, without one the
 * scan succeeds. May not call the store. */
typedef gboolean (*StoreTableFunc)(const CatalogTable *table, gpointer data, GError **error);
gboolean store_table_scan(Store *store,
                          const char *catalog_name,
                          const char *namespace_name,
                          const StoreTableNarrowing *narrowing,
                          StoreTableFunc func,
                          gpointer data,
                          GError **error);

/* Of ids (gint64) those that exist, wherever. CatalogTable*. */
GPtrArray *store_table_find_by_id(Store *store, const GArray *ids, GError **error);

/* Newest first. CatalogCommitRecord*. */
GPtrArray *store_table_history(Store *store, gint64 table_id, gint64 max, GError **error);

/* --- changing --- */

typedef struct {
    char *name;
    gboolean is_tag;
    gint64 snapshot_id;
} StoreTableRef;

/* What a moved metadata pointer leaves beside the table's row. */
typedef struct {
    CatalogCommitRecord *record; /* its version and time are set by the store */
    GPtrArray *refs; /* StoreTableRef*, all of the table; NULL: not known, left as they are */
} StoreTableCommit;
StoreTableCommit *store_table_commit_new(void); /* empty record, refs NULL */
void store_table_commit_free(StoreTableCommit *commit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreTableCommit, store_table_commit_free)
StoreTableRef *store_table_ref_new(const char *name, gboolean is_tag, gint64 snapshot_id);
void store_table_ref_free(StoreTableRef *ref);

/* What happens to the partitions of a replaced table. */
typedef enum {
    STORE_PARTITIONS_STAY,       /* derived locations follow the table's */
    STORE_PARTITIONS_KEEP_PLACE, /* derived locations are written down before the table's changes */
    STORE_PARTITIONS_MOVE, /* written locations below the table's old one go below the new one */
} StorePartitionsMove;

/* One change of one table. before NULL makes a new one. */
typedef struct {
    const CatalogTable *before; /* as it was read: catalog, namespace_name, name, id, version */
    const CatalogTable
        *after; /* every member is written; namespace_name and name may differ: a rename */
    const StoreTableCommit *commit; /* NULL: no pointer moved */
    StorePartitionsMove partitions;
    gboolean cascade_columns; /* after's columns go to all partitions' storage descriptors */
    gboolean truncates;       /* the data was removed with it; for the event alone */
    /* What comes with a new table, in its transaction; NULL: none. */
    const GPtrArray *constraints; /* CatalogConstraint* */
    const GPtrArray *privileges;  /* CatalogPrivilege* */
    /* The answer of the request that this one of several writes is for; NULL: none. KEY_TAKEN. */
    StoreIdempotency *record;
} StoreTableWrite;

typedef enum {
    STORE_TABLE_WRITTEN,
    STORE_TABLE_MOVED_ON /* changed or dropped since `before` was read: nothing was written */
} StoreTableOutcome;

/* One write, one statement (two or three in a transaction when partitions change with it).
 * ALREADY_EXISTS, NO_SUCH_NAMESPACE, INVALID_OBJECT (what comes with it).
 * out_id and out_version may be NULL. */
gboolean store_table_write(Store *store,
                           const StoreTableWrite *write,
                           StoreTableOutcome *out_outcome,
                           gint64 *out_id,
                           gint64 *out_version,
                           GError **error);
/* All of them in one transaction or none: MOVED_ON when one had. Writes of one table are made in
 * the order that they are given in, each on what the one before it left. */
gboolean store_table_write_many(Store *store,
                                const StoreTableWrite *writes,
                                gsize n_writes,
                                StoreTableOutcome *out_outcome,
                                GError **error);
/* Did a commit with this mark become true? */
gboolean store_table_commit_landed(Store *store,
                                   gint64 table_id,
                                   const char *metadata_location,
                                   gboolean *out_landed,
                                   GError **error);
/* What a drop leaves behind, in its own statement. All zero: nothing. */
typedef struct {
    gint64 keep_ms; /* for so long the table can be taken back */
    const char
        *task_kind; /* one of task_types.h: a task for each location is written; NULL: none */
    const GPtrArray *task_locations; /* char* */
} StoreTableDrop;
/* Drops the table of this id while it still has this name; its partitions go with it. TRUE with
 * *out_dropped FALSE when it is gone. (table_drop.c, as what follows) */
/* So many of a table's newest commits are kept with it: a row has its bounds. */
#define STORE_KEPT_COMMITS_MAX 10000
gboolean store_table_drop(Store *store,
                          const CatalogTable *table,
                          const StoreTableDrop *drop,
                          gboolean *out_dropped,
                          GError **error);
/* Drops the table while it is as it was read: id, version and names are looked at. MOVED_ON: it was
 * changed or dropped since. */
gboolean store_table_unregister(Store *store,
                                const CatalogTable *table,
                                StoreTableOutcome *out_outcome,
                                GError **error);
/* What can be taken back in a namespace, the newest first. CatalogDroppedTable*. */
GPtrArray *store_table_drop_list(Store *store,
                                 const char *catalog_name,
                                 const char *namespace_name,
                                 GError **error);
/* Takes it back under these names. TRUE with *out_restored FALSE: nothing of this id is kept.
 * ALREADY_EXISTS, NO_SUCH_NAMESPACE. */
gboolean store_table_drop_restore(Store *store,
                                  gint64 id,
                                  const char *catalog_name,
                                  const char *namespace_name,
                                  const char *name,
                                  gboolean *out_restored,
                                  GError **error);
/* The location of the Iceberg table of this name that was dropped last, at since_ms or later, and
 * can be taken back. TRUE with *out_location NULL: there is none. Transfer full. */
gboolean store_table_drop_find_place(Store *store,
                                     const char *catalog_name,
                                     const char *namespace_name,
                                     const char *name,
                                     gint64 since_ms,
                                     char **out_location,
                                     GError **error);
gboolean store_table_drop_expire(Store *store, guint max, guint64 *out_removed, GError **error);
/* Does another table, or one that may be taken back, lie at, below or above this place? Looks at
 * all tables. */
gboolean store_table_place_is_shared(
    Store *store, gint64 table_id, const char *location, gboolean *out_shared, GError **error);
/* Those of `places` (warehouse_location_canonical) that are places of tables, or of tables that may
 * be taken back. char*. Looks at all tables. */
GPtrArray *store_table_places_held(Store *store, const GPtrArray *places, GError **error);
typedef struct {
    char *namespace_name; /* NULL: none */
    char *name;
    CatalogTableKind kind;
} StoreTablePlace;
/* The table of the catalog whose place is the longest of `places` (warehouse_location_canonical).
 * None when two have it. The strings are the caller's. */
gboolean store_table_find_by_places(Store *store,
                                    const char *catalog_name,
                                    const GPtrArray *places,
                                    StoreTablePlace *out_table,
                                    GError **error);
/* Does another table than the named one, in the same warehouse, have one of `above` and is
 * Iceberg's, or, if `opens`, have one of `places` or lie below one? (warehouse_location_canonical)
 */
gboolean store_table_places_overlap(Store *store,
                                    const char *catalog_name,
                                    const char *namespace_name,
                                    const char *name,
                                    const GPtrArray *places,
                                    const GPtrArray *above,
                                    gboolean opens,
                                    gboolean *out_overlap,
                                    GError **error);
/* Is this place (warehouse_location_canonical) that of a table, of one that may be taken back, or
 * of one whose files a task has still to delete? */
gboolean
store_table_place_is_taken(Store *store, const char *place, gboolean *out_taken, GError **error);
/* Does a table, or one that may be taken back, have this uuid or this metadata file? */
gboolean store_table_identity_is_held(Store *store,
                                      const char *uuid,
                                      const char *metadata_location,
                                      gboolean *out_held,
                                      GError **error);
/* The locations of a table's partitions that are not the derived ones. char*. */
GPtrArray *store_table_partition_locations(Store *store, gint64 table_id, GError **error);
