/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of tables show one another: columns, what is filled in for a client, the swap, and
 * how a metadata document becomes a row. Nothing outside server/catalog/ includes it. */
#pragma once

#include "skep/store_table.h"

#include "catalog_private.h"
#include "metadata_cache.h"

/* --- columns (table_column.c) --- */

void catalog_columns_fold(GPtrArray *columns);
/* Names there and once alone, over columns and keys together: INVALID_OBJECT, INVALID_ARGUMENT
 * (twice). With check_types, every type is one of Hive's: INVALID_OBJECT. */
gboolean catalog_columns_check(const GPtrArray *columns,
                               const GPtrArray *partition_keys,
                               gboolean check_types,
                               GError **error);
gboolean catalog_columns_equal(const GPtrArray *a, const GPtrArray *b);
/* Names of the columns whose type cannot be read as the one in the same position before; NULL:
 * none. Transfer full. */
char *catalog_columns_incompatible(const GPtrArray *before, const GPtrArray *after);

/* --- a table as a client sent it (table_wanted.c) --- */

/* A copy with folded names and columns, its kind and type settled from tableType and parameters,
 * its locations and columns checked. The location may still be absent. Transfer full. */
CatalogTable *catalog_table_settle(Catalog *catalog, const CatalogTable *wanted, GError **error);
/* No data of its own: a materialized view has some, and is none of these. */
gboolean catalog_table_is_view(const CatalogTable *table);
/* The place of a new table, given or by default, in a namespace that is there. NO_SUCH_NAMESPACE,
 * FORBIDDEN. (table.c) */
gboolean catalog_table_settle_place(Catalog *catalog, CatalogTable *made, GError **error);
/* The place that Hive's layout gives to this table in this namespace. Transfer full. */
char *catalog_table_default_location(Catalog *catalog,
                                     const CatalogTable *table,
                                     const CatalogNamespace *namespace_);
/* Whether data that the catalog is told to delete are the table's to delete: all but views', and
 * external ones' that do not say so by external.table.purge. (table_drop.c) */
gboolean catalog_table_owns_data(const CatalogTable *table);
/* Whether its data are deleted for good when they go, by auto.purge or skip.trash. */
gboolean catalog_table_skips_trash(const CatalogTable *table);
/* numFiles and totalSize of a plain Hive table's directory, where the warehouse can count. */
void catalog_table_count_files(Catalog *catalog, CatalogTable *table);
/* Removes DO_NOT_UPDATE_STATS from the parameters. TRUE when it was there and true. */
gboolean catalog_table_take_no_statistics(CatalogTable *table);
/* Every place that a table's record names is allowed: location, parameters, and what its storage
 * says to a SerDe. (location_rules.c) */
gboolean catalog_table_check_locations(Catalog *catalog, const CatalogTable *table, GError **error);
/* The same of a partition's own storage; its location is looked at where it is settled. */
gboolean catalog_partition_check_locations(Catalog *catalog,
                                           const CatalogTable *table,
                                           const CatalogPartition *partition,
                                           GError **error);

/* --- metadata documents (table_metadata.c) --- */

/* From memory or from its file. NO_SUCH_FILE also when it is in memory and its file is gone. */
MetadataDocument *catalog_metadata_load(Catalog *catalog,
                                        const char *catalog_name,
                                        const char *location,
                                        GError **error);
/* The commit that an HMS client made by moving the pointer of `after` (its snapshot and uuid are
 * set) from `before` (NULL: a new table): from the document where it can be read, else from the
 * parameters. INVALID_OBJECT: the document is none. */
StoreTableCommit *catalog_metadata_describe(Catalog *catalog,
                                            CatalogTable *after,
                                            const CatalogTable *before,
                                            GError **error);
/* Columns (IcebergHiveColumn*) in the formats that Iceberg's Hive catalog names. */
CatalogStorage *catalog_metadata_storage(const GPtrArray *columns, gboolean engine);
/* Takes `parameters` and moves the pointer, in the record's members and in the parameters. */
void catalog_metadata_set_pointer(CatalogTable *after,
                                  GHashTable *parameters,
                                  const char *metadata_location,
                                  const char *base_location);
/* Makes `after` what HMS clients shall see of a table's document: columns, formats, parameters,
 * location, pointer. base may be NULL. */
StoreTableCommit *catalog_metadata_apply(CatalogTable *after,
                                         const cJSON *metadata,
                                         const char *metadata_location,
                                         const cJSON *base,
                                         const char *base_location,
                                         GError **error);

/* --- places that are no other table's (table_apart.c) --- */

/* Properties of an Iceberg table that name places which access to it opens, beside its location. */
enum { CATALOG_ACCESS_KEYS = 4 };
extern const char *const catalog_access_keys[CATALOG_ACCESS_KEYS];

typedef enum {
    CATALOG_APART_CLOSED, /* no Iceberg table lies at or above them: Hive's, views */
    CATALOG_APART_OPEN,   /* and no table at all at or below: access to all below is given */
    CATALOG_APART_GIVEN   /* no table at or below, that is all: access is given now */
} CatalogApart;

/* `places`, ended by NULL, are not where other tables than `self` are, if the warehouse gives
 * clients access by table. FORBIDDEN. */
gboolean catalog_places_check_apart(Catalog *catalog,
                                    const CatalogTableName *self,
                                    const char *const *places,
                                    CatalogApart apart,
                                    GError **error);
/* The same of a row that is new (before NULL) or has other places than before. */
gboolean catalog_table_check_apart(Catalog *catalog,
                                   const CatalogTable *before,
                                   const CatalogTable *after,
                                   GError **error);

/* --- the swap (table_swap.c) --- */

/* store_table_write(_many), after a look whether the places are another's (FORBIDDEN), whose
 * outcome is known when it returns: after a lost connection it asks until PostgreSQL answers. FALSE
 * with COMMIT_STATE_UNKNOWN only past the deadline. */
gboolean catalog_table_swap(Catalog *catalog,
                            const StoreTableWrite *writes,
                            gsize n_writes,
                            StoreTableOutcome *out_outcome,
                            gint64 *out_version,
                            GError **error);
/* Waits a moment that grows with the attempt, so that servers that collide do not collide again. */
void catalog_table_swap_pause(int attempt);
/* A failed create says what has the three names of `named`: a view, or a table. Returns FALSE. */
gboolean catalog_table_fail_exists(Catalog *catalog,
                                   const CatalogTable *named,
                                   gboolean wants_view,
                                   GError **error);
/* The same for a rename to the names of `after`; words are "A to B". */
gboolean catalog_table_fail_rename(Catalog *catalog,
                                   const CatalogTable *after,
                                   const char *words,
                                   GError **error);
