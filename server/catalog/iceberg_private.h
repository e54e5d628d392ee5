/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the Iceberg operations show one another: what tables and views do each in their
 * own way, and one change of one of them on its way to the swap. Nothing outside server/catalog/
 * includes it. */
#pragma once

#include "skep/iceberg.h"

#include "append_rebase.h"
#include "table_private.h"

/* Tables and views are created, loaded, registered and committed to alike; this is all that
 * differs.
 */
typedef struct {
    CatalogTableKind kind;
    gboolean made_by_commit; /* a commit with assert-create may make one */
    MetadataDocument *(*document_new)(const char *location, GBytes *text, cJSON *tree);
    const cJSON *(*tree)(MetadataCache *cache, MetadataDocument *document, GError **error);
    cJSON *(*create)(const cJSON *request,
                     const char *location,
                     const IcebergContext *context,
                     GError **error);
    gboolean (*check_requirements)(const cJSON *base, const cJSON *requirements, GError **error);
    cJSON *(*apply)(const cJSON *base,
                    const cJSON *updates,
                    const IcebergContext *context,
                    IcebergChange *out_change,
                    GError **error);
    /* What HMS clients see; as catalog_metadata_apply. */
    StoreTableCommit *(*describe)(CatalogTable *after,
                                  const cJSON *metadata,
                                  const char *metadata_location,
                                  const cJSON *base,
                                  const char *base_location,
                                  GError **error);
    gboolean (*fail_missing)(GError **error, const char *namespace_name, const char *name);
} IcebergForm;

extern const IcebergForm catalog_iceberg_table_form; /* iceberg_table.c */
extern const IcebergForm catalog_iceberg_view_form;  /* view.c */

/* One change: what was asked, and one attempt at it. Cleared after each attempt with
 * catalog_iceberg_attempt_clear. */
typedef struct {
    /* what was asked; stays over attempts */
    const IcebergForm *form;
    CatalogTableName name;
    const CatalogCaller *caller;
    const cJSON *requirements; /* NULL: none */
    const cJSON *updates;

    /* one attempt */
    CatalogTable *before;       /* NULL: the table is made */
    MetadataDocument *base;     /* of before */
    CatalogTable *after;        /* NULL: nothing changes */
    MetadataDocument *document; /* written, not yet pointed to */
    StoreTableCommit *commit;
    IcebergChange change;
    AppendRebase *rebase; /* what it takes if it is an append made anew */
} IcebergAttempt;

/* Fills what was asked, and checks its shape. The name is to be cleared in any case. */
gboolean catalog_iceberg_attempt_init(IcebergAttempt *attempt,
                                      const IcebergForm *form,
                                      const CatalogCaller *caller,
                                      const char *catalog_name,
                                      const CatalogIcebergChange *change,
                                      GError **error); /* table_commit.c */
void catalog_iceberg_attempt_clear(IcebergAttempt *attempt);
/* Reads the present state, checks the requirements, applies the updates and writes the new
 * document. */
gboolean catalog_iceberg_attempt_prepare(Catalog *catalog, IcebergAttempt *attempt, GError **error);
/* What a commit makes of `base` (NULL: there is none): as it was sent, or, when that is refused, as
 * an append made anew (append_rebase.h). */
cJSON *catalog_iceberg_attempt_apply(const IcebergAttempt *asked,
                                     AppendRebase *rebase,
                                     const cJSON *base,
                                     const IcebergContext *context,
                                     IcebergChange *out_change,
                                     GError **error);
StoreTableWrite catalog_iceberg_attempt_write(const IcebergAttempt *attempt);
/* After the swap: the new document is the present one, and files that fell out of the log may go.
 */
void catalog_iceberg_attempt_won(Catalog *catalog, const IcebergAttempt *attempt);
/* After a swap that is known to have lost: what was written for it goes. */
void catalog_iceberg_attempt_lost(Catalog *catalog, const IcebergAttempt *attempt);

/* Where the next metadata file of a document goes, with this database's mark in its name; NULL
 * base_location: it is the first. Transfer full. */
char *catalog_iceberg_next_location(Catalog *catalog,
                                    const cJSON *metadata,
                                    const char *base_location,
                                    GError **error);
/* Writes `metadata` (taken, also on failure) as a new file. `base`: what it was made from, which
 * its tree may borrow from; NULL: nothing. */
MetadataDocument *catalog_iceberg_write_document(Catalog *catalog,
                                                 const IcebergForm *form,
                                                 const char *catalog_name,
                                                 cJSON *metadata,
                                                 const MetadataDocument *base,
                                                 const char *location,
                                                 GError **error);
/* Every place that a document names lies within the warehouse of the catalog: its location, its
 * properties, and the files of snapshots, statistics and the metadata log that `base` (may be NULL)
 * does not name. (location_rules.c) */
gboolean catalog_iceberg_check_locations(Catalog *catalog,
                                         const char *catalog_name,
                                         const cJSON *metadata,
                                         const cJSON *base,
                                         GError **error);
/* The places of an Iceberg document, or of a view's (opens FALSE), are no other table's when they
 * are others than those of `base` (may be NULL). FORBIDDEN. (table_apart.c) */
gboolean catalog_iceberg_check_apart(Catalog *catalog,
                                     const CatalogTableName *self,
                                     gboolean opens,
                                     const cJSON *metadata,
                                     const cJSON *base,
                                     GError **error);
/* Deletes the metadata files that fell out of the log with a change, where the table wants it; its
 * present one is `document`. A log can name any file: only those of the table itself go. */
void catalog_iceberg_delete_trimmed(Catalog *catalog,
                                    const CatalogTable *table,
                                    const char *document,
                                    const IcebergChange *change);
/* The row of a table that is made now, its names and owner set, for the form's describe. */
CatalogTable *catalog_iceberg_new_row(const CatalogTableName *name, const CatalogCaller *caller);
CatalogIcebergTable *
catalog_iceberg_answer(const char *uuid, const MetadataDocument *document, gint64 version);

/* --- the line of a table's writers (table_commit.c) --- */

/* How long a writer waits for the writers of the same table before it is told to come again. */
#define COMMIT_TURN_WAIT_MS 10000

/* The key of a table's line. Transfer full. */
char *catalog_commit_key(const CatalogTableName *name);
/* COMMIT_CONFLICT: nothing was changed, come again. Returns FALSE. */
gboolean catalog_iceberg_fail_busy(GError **error, const CatalogTableName *name);
/* Rounds of attempt and swap for who has the table's turn. */
CatalogIcebergTable *
catalog_iceberg_commit_alone(Catalog *catalog, IcebergAttempt *attempt, GError **error);

/* Changes of many tables, and the keys of their lines in the order that is the same for everybody:
 * *out_keys is NULL after an error (one is not sound, or a table is named twice). Both are the
 * caller's to clear in any case. */
IcebergAttempt *catalog_iceberg_attempts_new(const CatalogCaller *caller,
                                             const char *catalog_name,
                                             const CatalogIcebergChange *changes,
                                             gsize n_changes,
                                             GPtrArray **out_keys,
                                             GError **error);
/* Rounds of all of them for who has the turns. */
gboolean catalog_iceberg_attempts_run(Catalog *catalog,
                                      IcebergAttempt *attempts,
                                      gsize n_attempts,
                                      GError **error);

/* --- operations of either form (iceberg_table.c, table_commit.c); contracts as catalog.h has them
 * for tables --- */

/* The document of a create request, under a name that nothing has. Fills *out_name, which the
 * caller clears in any case. Nothing is written. */
cJSON *catalog_iceberg_prepare_create(Catalog *catalog,
                                      const IcebergForm *form,
                                      const char *catalog_name,
                                      const char *namespace_name,
                                      const cJSON *request,
                                      const IcebergContext *context,
                                      CatalogTableName *out_name,
                                      GError **error);
/* Takes `metadata`, also on failure. */
CatalogIcebergTable *catalog_iceberg_store_created(Catalog *catalog,
                                                   const IcebergForm *form,
                                                   const CatalogTableName *name,
                                                   const CatalogCaller *caller,
                                                   cJSON *metadata,
                                                   GError **error);
/* The row as store_table_find_pointer reads it, of this form alone: an error of the form where
 * there is none. Transfer full. */
CatalogTable *catalog_iceberg_find_row(Catalog *catalog,
                                       const IcebergForm *form,
                                       const CatalogTableName *name,
                                       GError **error);
CatalogIcebergTable *catalog_iceberg_find_as(Catalog *catalog,
                                             const IcebergForm *form,
                                             const char *catalog_name,
                                             const char *namespace_name,
                                             const char *name,
                                             GError **error);
CatalogIcebergTable *catalog_iceberg_load_as(Catalog *catalog,
                                             const IcebergForm *form,
                                             const char *catalog_name,
                                             const char *namespace_name,
                                             const char *name,
                                             GError **error);

typedef struct {
    const char *catalog_name;
    const char *namespace_name;
    const char *name;
    const char *metadata_location;
    gboolean overwrite;
    /* With overwrite: only while the pointer is this one, else COMMIT_CONFLICT; NULL: whatever it
     * is. */
    const char *expected_location;
} IcebergRegistration;
CatalogIcebergTable *catalog_iceberg_register_as(Catalog *catalog,
                                                 const IcebergForm *form,
                                                 const CatalogCaller *caller,
                                                 const IcebergRegistration *registration,
                                                 GError **error);
CatalogIcebergTable *catalog_iceberg_commit_as(Catalog *catalog,
                                               const IcebergForm *form,
                                               const CatalogCaller *caller,
                                               const char *catalog_name,
                                               const CatalogIcebergChange *change,
                                               GError **error);
