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
/* Members of a storage descriptor, for answers that hold only some of them. The location is not
 * among them: whoever writes the tail decides about it. */
typedef enum {
    THRIFT_STORAGE_COLUMN_NAME = 1 << 0,
    THRIFT_STORAGE_COLUMN_TYPE = 1 << 1,
    THRIFT_STORAGE_COLUMN_COMMENT = 1 << 2,
    THRIFT_STORAGE_INPUT_FORMAT = 1 << 3,
    THRIFT_STORAGE_OUTPUT_FORMAT = 1 << 4,
    THRIFT_STORAGE_COMPRESSED = 1 << 5,
    THRIFT_STORAGE_BUCKET_COUNT = 1 << 6,
    THRIFT_STORAGE_SERDE_NAME = 1 << 7,
    THRIFT_STORAGE_SERDE_LIBRARY = 1 << 8,
    THRIFT_STORAGE_SERDE_PARAMETERS = 1 << 9,
    THRIFT_STORAGE_SERDE_DESCRIPTION = 1 << 10,
    THRIFT_STORAGE_SERDE_SERIALIZER = 1 << 11,
    THRIFT_STORAGE_SERDE_DESERIALIZER = 1 << 12,
    THRIFT_STORAGE_SERDE_TYPE = 1 << 13,
    THRIFT_STORAGE_BUCKET_COLUMNS = 1 << 14,
    THRIFT_STORAGE_SORT_COLUMN = 1 << 15,
    THRIFT_STORAGE_SORT_ORDER = 1 << 16,
    THRIFT_STORAGE_PARAMETERS = 1 << 17,
    THRIFT_STORAGE_SKEW_COLUMNS = 1 << 18,
    THRIFT_STORAGE_SKEW_VALUES = 1 << 19,
    THRIFT_STORAGE_SKEW_LOCATIONS = 1 << 20,
    THRIFT_STORAGE_SUB_DIRECTORIES = 1 << 21,
    THRIFT_STORAGE_COLUMNS = (1 << 3) - (1 << 0),
    THRIFT_STORAGE_SERDE = (1 << 14) - (1 << 7),
    THRIFT_STORAGE_SORT = (1 << 17) - (1 << 15),
    THRIFT_STORAGE_SKEW = (1 << 21) - (1 << 18),
    THRIFT_STORAGE_ALL = (1 << 22) - 1
} ThriftStorageField;

/* A StorageDescriptor in two parts: what many partitions share (`fields`: of ThriftStorageField),
 * and the location (NULL: left out) with the end of the struct. */
gboolean thrift_encode_storage_head(ThriftProtocol *out,
                                    const CatalogStorage *storage,
                                    guint fields,
                                    GError **error);
gboolean thrift_encode_storage_tail(ThriftProtocol *out, const char *location, GError **error);
gboolean thrift_encode_table(ThriftProtocol *out, const CatalogTable *table, GError **error);

/* Members of a table, for answers that hold only some of them. */
typedef enum {
    THRIFT_TABLE_NAME = 1 << 0,
    THRIFT_TABLE_DATABASE = 1 << 1,
    THRIFT_TABLE_CATALOG = 1 << 2,
    THRIFT_TABLE_OWNER = 1 << 3,
    THRIFT_TABLE_OWNER_TYPE = 1 << 4,
    THRIFT_TABLE_ORIGINAL_TEXT = 1 << 5,
    THRIFT_TABLE_EXPANDED_TEXT = 1 << 6,
    THRIFT_TABLE_TYPE = 1 << 7,
    THRIFT_TABLE_REWRITE = 1 << 8,
    THRIFT_TABLE_WRITE_ID = 1 << 9,
    THRIFT_TABLE_ID = 1 << 10,
    THRIFT_TABLE_LOCATION = 1 << 11,
    THRIFT_TABLE_ALL = (1 << 12) - 1
} ThriftTableField;

/* What an answer holds of each table. All zero: everything that a table is. */
typedef struct {
    gboolean is_projected; /* the two sets of fields count */
    guint fields;          /* of ThriftTableField */
    guint storage_fields;  /* of ThriftStorageField */
} ThriftTableView;

gboolean thrift_encode_table_viewed(ThriftProtocol *out,
                                    const CatalogTable *table,
                                    const ThriftTableView *view,
                                    GError **error);

/* Members of a partition, for answers that hold only some of them. */
typedef enum {
    THRIFT_PARTITION_VALUES = 1 << 0,
    THRIFT_PARTITION_DATABASE = 1 << 1,
    THRIFT_PARTITION_TABLE = 1 << 2,
    THRIFT_PARTITION_CREATE_TIME = 1 << 3,
    THRIFT_PARTITION_LAST_ACCESS_TIME = 1 << 4,
    THRIFT_PARTITION_LOCATION = 1 << 5,
    THRIFT_PARTITION_PARAMETERS = 1 << 6,
    THRIFT_PARTITION_CATALOG = 1 << 7,
    THRIFT_PARTITION_WRITE_ID = 1 << 8,
    THRIFT_PARTITION_ALL = (1 << 9) - 1
} ThriftPartitionField;

/* Writes whole fields of one partition after all others; see ThriftPartitionView. `is_bare`: the
 * struct is a PartitionWithoutSD, which has other field numbers. */
typedef gboolean (*ThriftPartitionPutMore)(gpointer data,
                                           ThriftProtocol *out,
                                           const CatalogPartition *partition,
                                           gboolean is_bare,
                                           GError **error);

/* What an answer holds of each partition. All zero: everything that a partition is. */
typedef struct {
    gboolean is_projected;           /* the two sets of fields count */
    guint fields;                    /* of ThriftPartitionField */
    guint storage_fields;            /* of ThriftStorageField */
    gboolean without_columns;        /* sd.cols is sent, empty */
    char *include_pattern;           /* of keys of parameters, as SQL's LIKE; NULL: all */
    char *exclude_pattern;           /* NULL: none */
    ThriftPartitionPutMore put_more; /* NULL: nothing */
    gpointer more;
    GDestroyNotify more_free;
} ThriftPartitionView;

void thrift_partition_view_clear(ThriftPartitionView *view);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ThriftPartitionView, thrift_partition_view_clear)
/* Takes `data`, once for each view. */
void thrift_partition_view_set_more(ThriftPartitionView *view,
                                    ThriftPartitionPutMore put_more,
                                    gpointer data,
                                    GDestroyNotify data_free);
/* Patterns, NULL or empty for none, are copied. */
void thrift_partition_view_set_patterns(ThriftPartitionView *view,
                                        const char *include_pattern,
                                        const char *exclude_pattern);
guint thrift_partition_view_fields(const ThriftPartitionView *view);
guint thrift_partition_view_storage_fields(const ThriftPartitionView *view);

/* What the partitions of one answer have in common: the names of their table, and the bytes of the
 * last storage descriptor. All zero is an empty one. */
typedef struct {
    char *catalog_name;
    char *namespace_name;
    char *table_name;
    const ThriftPartitionView *view; /* borrowed; NULL: everything */
    CatalogStorage *storage;         /* whose descriptor is kept; NULL at first */
    GByteArray *descriptor;          /* as thrift_encode_storage_head writes it; NULL at first */
} ThriftPartitionEncoder;

void thrift_partition_encoder_clear(ThriftPartitionEncoder *encoder);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ThriftPartitionEncoder, thrift_partition_encoder_clear)
/* Names may be as a client wrote them: they are folded here. No catalog name: the default one. */
void thrift_partition_encoder_set_table(ThriftPartitionEncoder *encoder,
                                        const char *catalog_name,
                                        const char *namespace_name,
                                        const char *table_name);
/* The bytes of a partition's descriptor without its location: the same ones as long as partitions
 * come with the same storage. Borrowed until the next call; NULL with an error. */
const GByteArray *thrift_encode_partition_descriptor(ThriftPartitionEncoder *encoder,
                                                     ThriftProtocol *out,
                                                     CatalogStorage *storage,
                                                     GError **error);
/* Those of the view's parameters, as field `id`. */
gboolean thrift_encode_partition_parameters(const ThriftPartitionView *view,
                                            ThriftProtocol *out,
                                            gint16 id,
                                            GHashTable *parameters,
                                            GError **error);
gboolean thrift_encode_partition(ThriftPartitionEncoder *encoder,
                                 ThriftProtocol *out,
                                 const CatalogPartition *partition,
                                 GError **error);
