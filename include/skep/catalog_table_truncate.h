/* SPDX-License-Identifier: Apache-2.0 */
/* Emptying tables: the data go, the table and its partitions stay. Caller: the Thrift door.
 * Implemented in server/catalog/table_truncate.c; any thread. */
#pragma once

#include "skep/catalog.h"

typedef struct {
    const char *const *partition_names; /* NULL or empty: everything */
    gboolean keep_data;                 /* the figures alone are set back */
} CatalogTruncateOptions;

/* Empties the directories of a Hive table or of some of its partitions, by way of the trash unless
 * the table purges, and sets its figures back. NO_SUCH_TABLE; NO_SUCH_PARTITION: nothing is done.
 * INVALID_OPERATION: a view, an Iceberg table (whose files its metadata name), or an external table
 * without external.table.purge when data are to go. Where a directory could not be emptied: the
 * error of the first, after all others were, with figures that count what was left. */
gboolean catalog_table_truncate(Catalog *catalog,
                                const char *catalog_name,
                                const char *namespace_name,
                                const char *name,
                                const CatalogTruncateOptions *options,
                                GError **error);
