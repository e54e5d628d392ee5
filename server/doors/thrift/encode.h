/* SPDX-License-Identifier: Apache-2.0 */
/* From the records of the catalog to what clients of the Hive Metastore read, with every member
 * that Hive sets. Cannot fail: what comes out of the catalog is right. Callers: the method files of
 * this folder.
 *
 * Records stay the caller's; results are new objects, the caller's. Any thread; the descriptors
 * that partitions share belong to one answer, which one thread writes. */
#pragma once

#include <glib.h>

#include <hms_catalog_types.h>
#include <hms_database_types.h>
#include <hms_lock_types.h>
#include <hms_partition_types.h>
#include <hms_storage_types.h>
#include <hms_table_types.h>

#include "skep/catalog_types.h"

/* Lists as the generated results hold them: text, freed with g_free, and objects. */
GPtrArray *thrift_encode_strings(const GPtrArray *strings);
GPtrArray *thrift_encode_strv(const char *const *strings);
GHashTable *thrift_encode_map(const GHashTable *map);

HmsCatalog *thrift_encode_catalog(const CatalogInfo *info);
HmsDatabase *thrift_encode_database(const CatalogNamespace *namespace_);

/* list<FieldSchema>; a second list (may be NULL) is appended, as get_schema wants it. */
GPtrArray *thrift_encode_columns(const GPtrArray *columns, const GPtrArray *more);
HmsStorageDescriptor *thrift_encode_storage(const CatalogStorage *storage, const char *location);
HmsTable *thrift_encode_table(const CatalogTable *table);
HmsTableMeta *thrift_encode_table_meta(const CatalogTable *table, const char *catalog_name);

/* What the partitions of one answer have in common: the names of their table, and the last storage
 * descriptor, converted once and shared by reference. */
typedef struct ThriftPartitionEncoder ThriftPartitionEncoder;

/* Names may be as a client wrote them: they are folded here. No catalog name: the default one. */
ThriftPartitionEncoder *thrift_partition_encoder_new(const char *catalog_name,
                                                     const char *namespace_name,
                                                     const char *table_name);
void thrift_partition_encoder_free(ThriftPartitionEncoder *encoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ThriftPartitionEncoder, thrift_partition_encoder_free)
/* The object holds members of the encoder's shared descriptor: read it or write it, and change
 * nothing below its `sd`. */
HmsPartition *thrift_partition_encoder_next(ThriftPartitionEncoder *encoder,
                                            const CatalogPartition *partition);

HmsLockResponse *thrift_encode_lock_response(gint64 lock_id, CatalogLockState state);
HmsShowLocksResponseElement *thrift_encode_lock_info(const CatalogLockInfo *info);
