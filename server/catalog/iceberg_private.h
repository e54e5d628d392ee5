/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the Iceberg operations show one another: one change of one table on its way to
 * the swap. Nothing outside server/catalog/ includes it. */
#pragma once

#include "skep/iceberg.h"

#include "table_private.h"

/* One change: what was asked, and one attempt at it. Cleared after each attempt with
 * iceberg_attempt_clear. */
typedef struct {
    /* what was asked; stays over attempts */
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
} IcebergAttempt;

void catalog_iceberg_attempt_clear(IcebergAttempt *attempt);
/* Reads the present state, checks the requirements, applies the updates and writes the new
 * document. */
gboolean catalog_iceberg_attempt_prepare(Catalog *catalog, IcebergAttempt *attempt, GError **error);
StoreTableWrite catalog_iceberg_attempt_write(const IcebergAttempt *attempt);
/* After the swap: the new document is the present one, and files that fell out of the log may go.
 */
void catalog_iceberg_attempt_won(Catalog *catalog, const IcebergAttempt *attempt);
/* After a swap that is known to have lost: the new document's file goes. */
void catalog_iceberg_attempt_lost(Catalog *catalog, const IcebergAttempt *attempt);

/* Writes `metadata` (taken, also on failure) as a new file. */
MetadataDocument *catalog_iceberg_write_document(Catalog *catalog,
                                                 cJSON *metadata,
                                                 const char *location,
                                                 GError **error);
/* Location and path properties of a document lie within the warehouse. */
gboolean catalog_iceberg_check_locations(Catalog *catalog, const cJSON *metadata, GError **error);
/* The row of a table that is made now, its names and owner set, for catalog_metadata_apply. */
CatalogTable *catalog_iceberg_new_row(const CatalogTableName *name, const CatalogCaller *caller);
CatalogIcebergTable *
catalog_iceberg_answer(const char *uuid, const MetadataDocument *document, gint64 version);
/* The row of an Iceberg table, whole or its pointer alone. NO_SUCH_TABLE for anything else. */
CatalogTable *
catalog_iceberg_row(Catalog *catalog, const CatalogTableName *name, gboolean whole, GError **error);
