/* SPDX-License-Identifier: Apache-2.0 */
/* From the records of the catalog to what clients of the Hive Metastore read, with every member
 * that Hive sets. Small records become generated objects; tables and partitions are written
 * straight into the answer. Callers: the method files of this folder, reply.c, partition_stream.c.
 *
 * Records stay the caller's; results are new objects, the caller's. Any thread. */
#pragma once

#include <glib.h>
#include <thrift/c_glib/protocol/thrift_protocol.h>

#include <hms_catalog_types.h>
#include <hms_database_types.h>
#include <hms_lock_types.h>
#include <hms_table_types.h>

#include "skep/catalog_types.h"

/* Lists as the generated results hold them: text, freed with g_free, and objects. */
GPtrArray *thrift_encode_strings(const GPtrArray *strings);
GPtrArray *thrift_encode_strv(const char *const *strings);
GHashTable *thrift_encode_map(const GHashTable *map);

HmsCatalog *thrift_encode_catalog(const CatalogInfo *info);
HmsDatabase *thrift_encode_database(const CatalogNamespace *namespace_);
HmsTableMeta *thrift_encode_table_meta(const CatalogTable *table, const char *catalog_name);
HmsLockResponse *thrift_encode_lock_response(gint64 lock_id, CatalogLockState state);
HmsShowLocksResponseElement *thrift_encode_lock_info(const CatalogLockInfo *info);

/* The following write a value straight into an answer: FALSE with an error when that gets too long.
 * `out` writes into a FlatTransport. */

/* list<FieldSchema>; a second list (may be NULL) is appended, as get_schema wants it. */
gboolean thrift_encode_columns(ThriftProtocol *out,
                               const GPtrArray *columns,
                               const GPtrArray *more,
                               GError **error);
/* A StorageDescriptor in two parts: what many partitions share, and the location with the end of
 * the struct. */
gboolean
thrift_encode_storage_head(ThriftProtocol *out, const CatalogStorage *storage, GError **error);
gboolean thrift_encode_storage_tail(ThriftProtocol *out, const char *location, GError **error);
gboolean thrift_encode_table(ThriftProtocol *out, const CatalogTable *table, GError **error);

/* What the partitions of one answer have in common: the names of their table, and the bytes of the
 * last storage descriptor. All zero is an empty one. */
typedef struct {
    char *catalog_name;
    char *namespace_name;
    char *table_name;
    CatalogStorage *storage; /* whose descriptor is kept; NULL at first */
    GByteArray *descriptor;  /* as thrift_encode_storage_head writes it; NULL at first */
} ThriftPartitionEncoder;

void thrift_partition_encoder_clear(ThriftPartitionEncoder *encoder);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ThriftPartitionEncoder, thrift_partition_encoder_clear)
/* Names may be as a client wrote them: they are folded here. No catalog name: the default one. */
void thrift_partition_encoder_set_table(ThriftPartitionEncoder *encoder,
                                        const char *catalog_name,
                                        const char *namespace_name,
                                        const char *table_name);
gboolean thrift_encode_partition(ThriftPartitionEncoder *encoder,
                                 ThriftProtocol *out,
                                 const CatalogPartition *partition,
                                 GError **error);
