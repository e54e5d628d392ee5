/* SPDX-License-Identifier: Apache-2.0 */
/* Marks that clients put on partitions for one another ("loading is done"), beside skep/catalog.h
 * and with its conventions. A mark needs its table, not its partition. Implemented in
 * server/catalog/partition_mark.c; caller: the Thrift door. */
#pragma once

#include "skep/catalog.h"

/* Which partition, and what is said of it. */
typedef struct {
    const char *catalog_name; /* NULL: the default one */
    const char *namespace_name;
    const char *table_name;
    GHashTable *values; /* key -> value (char*), one for each partition key */
    gint32 event_type;  /* as the client numbers it */
} CatalogPartitionMark;

/* A mark counts for `expiry_s` seconds (0: for ever). NO_SUCH_TABLE; INVALID_ARGUMENT: other keys
 * than those of the table. */
gboolean catalog_partition_mark(Catalog *catalog,
                                const CatalogPartitionMark *mark,
                                gint64 expiry_s,
                                GError **error);
gboolean catalog_partition_is_marked(Catalog *catalog,
                                     const CatalogPartitionMark *mark,
                                     gint64 expiry_s,
                                     gboolean *out_is_marked,
                                     GError **error);
