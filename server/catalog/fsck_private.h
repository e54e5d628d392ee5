/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of fsck show one another: one table examined. */
#pragma once

#include "skep/catalog_fsck.h"

#include "catalog_private.h"

/* Files younger than this may belong to a commit that is under way. */
#define FSCK_YOUNG_MS (3600 * G_GINT64_CONSTANT(1000))

/* Appends what is wrong with one Iceberg table or view. */
gboolean catalog_fsck_table(Catalog *catalog,
                            const CatalogTable *table,
                            GPtrArray *findings,
                            GError **error);
/* Appends the directories of a namespace in which lie metadata that no table names. */
gboolean catalog_fsck_lost(Catalog *catalog,
                           const CatalogNamespace *home,
                           GPtrArray *findings,
                           GError **error);
