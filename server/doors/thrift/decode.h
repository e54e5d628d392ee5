/* SPDX-License-Identifier: Apache-2.0 */
/* From what a client of the Hive Metastore sends to the records of the catalog: names with their
 * catalog, environment contexts, and every record. Checks shape (what is missing), never rules
 * (what is allowed). Callers: the method files of this folder.
 *
 * Results are the caller's. Failure is SKEP_ERROR_INVALID_ARGUMENT. A NULL element of a list or map
 * of text, which is how an empty string may arrive, counts as "". Any thread. */
#pragma once

#include <glib.h>

#include <hms_database_types.h>
#include <hms_lock_types.h>
#include <hms_partition_types.h>
#include <hms_request_types.h>
#include <hms_storage_types.h>
#include <hms_table_types.h>

#include "skep/catalog_types.h"

/* What a request is about. Names are as the client wrote them: the catalog folds them. */
typedef struct {
    char *catalog;  /* NULL: the default one */
    char *database; /* never NULL from the functions below, except in a pattern */
    char *table;    /* NULL where only a database is meant */
} ThriftName;

void thrift_name_clear(ThriftName *name);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ThriftName, thrift_name_clear)

/* `text` is `db` or `@cat#db`; a catalog inside it wins over `catalog` (the request's own member,
 * may be NULL). Fails when there is no database name, or when it would name a nested namespace,
 * which this door does not show. *out_name must be empty before. */
gboolean thrift_decode_database_name(const char *text,
                                     const char *catalog,
                                     ThriftName *out_name,
                                     GError **error);
gboolean thrift_decode_table_name(const char *database,
                                  const char *catalog,
                                  const char *table,
                                  ThriftName *out_name,
                                  GError **error);
/* The same for listings: no text, `@cat#` and an absent pattern leave database NULL, which means
 * all. */
void thrift_decode_database_pattern(const char *text, const char *catalog, ThriftName *out_name);

/* The known keys of an environment context. Texts are borrowed from it. */
typedef struct {
    gboolean do_not_update_stats;
    gboolean cascade;
    gboolean allow_partition_key_change;
    gboolean if_purge;
    const char *expected_key; /* the pair of a compare-and-swap */
    const char *expected_value;
} ThriftContext;

/* `context` may be NULL or without properties. */
void thrift_decode_context(const HmsEnvironmentContext *context, ThriftContext *out_context);

/* Text collections, copied. NULL gives an empty one. */
GHashTable *thrift_decode_map(GHashTable *map);
GPtrArray *thrift_decode_strings(const GPtrArray *strings);
/* The same as a NULL-terminated vector, for functions that take one. */
GStrv thrift_decode_strv(const GPtrArray *strings);
/* The same for lists that may be long: takes the texts, and leaves the array empty. */
GStrv thrift_decode_take_strv(GPtrArray *strings);

CatalogNamespace *thrift_decode_database(const HmsDatabase *database, GError **error);
CatalogNamespace *thrift_decode_create_database(const HmsCreateDatabaseRequest *request,
                                                GError **error);

/* list<FieldSchema>; each needs a name and a type. */
GPtrArray *thrift_decode_columns(const GPtrArray *fields, GError **error);
/* A location as it is kept: an empty one is none. Transfer full. */
char *thrift_decode_location(const char *location);
/* All but the location, which tables and partitions keep beside their storage. */
CatalogStorage *thrift_decode_storage(const HmsStorageDescriptor *descriptor, GError **error);
CatalogTable *thrift_decode_table(const HmsTable *table, GError **error);
/* A partition without a storage descriptor keeps storage NULL: the table's own is meant. */
CatalogPartition *thrift_decode_partition(const HmsPartition *partition, GError **error);
/* list<Partition> to CatalogPartition*. */
GPtrArray *thrift_decode_partitions(const GPtrArray *partitions, GError **error);
/* Whether all of a list<Partition> name this table, and with `is_exact` in the same case, as Hive
 * wants it of those that are added: INVALID_ARGUMENT. */
gboolean thrift_partitions_check_table(const GPtrArray *partitions,
                                       const ThriftName *name,
                                       gboolean is_exact,
                                       GError **error);
/* list<PartitionSpec>, both of its forms, to CatalogPartition*; out_name is the table that all of
 * them name, also when one of them does not. */
GPtrArray *
thrift_decode_partition_specs(const GPtrArray *specs, ThriftName *out_name, GError **error);

CatalogLockRequest *
thrift_decode_lock_request(const HmsLockRequest *request, char **out_catalog, GError **error);
