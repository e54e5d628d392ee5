/* SPDX-License-Identifier: Apache-2.0 */
/* What a materialized view was made from, and when. Plain data that all layers speak, after the
 * conventions of catalog_types.h. Implemented in server/types/materialization_types.c. */
#pragma once

#include "skep/catalog_types.h"

/* A table that the view reads, as it was when the view was made or rebuilt. */
typedef struct {
    gint64 table_id; /* 0: not looked up yet */
    char *namespace_name;
    char *table_name;
    gint64 inserted; /* rows that transactions have changed since */
    gint64 updated;
    gint64 deleted;
    CatalogTable *table; /* as it is now, filled in when a view is read; NULL: gone */
} CatalogSourceTable;

struct CatalogMaterialization {
    GPtrArray *sources;       /* CatalogSourceTable* */
    char *valid_transactions; /* the snapshot that the view shows, in Hive's words */
    gint64 materialized_ms;   /* 0: not known */
};

CatalogSourceTable *catalog_source_table_new(const char *namespace_name, const char *table_name);
void catalog_source_table_free(CatalogSourceTable *source);

CatalogMaterialization *catalog_materialization_new(void);
CatalogMaterialization *catalog_materialization_copy(const CatalogMaterialization *materialization);
void catalog_materialization_free(CatalogMaterialization *materialization);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogSourceTable, catalog_source_table_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogMaterialization, catalog_materialization_free)
