/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that list partitions or their names, written while rows still arrive: one that lists a
 * million partitions takes its own bytes in memory and no object for each. Callers:
 * partition_listing.c. */
#pragma once

#include "decode.h"
#include "dispatch.h"
#include "encode.h"

#include "skep/catalog_partition.h"

/* How the list lies in the result. */
typedef enum {
    THRIFT_PARTITIONS,                    /* list<Partition> */
    THRIFT_PARTITIONS_IN_STRUCT,          /* a struct whose field 1 is that list */
    THRIFT_PARTITIONS_BY_EXPRESSION,      /* the same, and field 2: hasUnknownPartitions */
    THRIFT_PARTITION_SPECS,               /* list<PartitionSpec>, one spec that holds the list */
    THRIFT_PARTITION_SPECS_IN_STRUCT,     /* a struct whose field 1 is that list */
    THRIFT_PARTITION_SPECS_BY_EXPRESSION, /* a struct with those in field 1, and field 2 as above */
    THRIFT_PARTITION_NAMES,               /* list<string> */
    THRIFT_PARTITION_NAMES_IN_STRUCT
} ThriftPartitionShape;

/* What is asked. Members that are NULL do not restrict. */
typedef struct {
    ThriftPartitionShape shape;
    ThriftName name;
    GStrv names;
    GStrv partial_values;
    char *filter;
    gint max;                  /* negative: all */
    gboolean missing_is_empty; /* names alone: a table that is missing has none */
    gboolean has_unknown;      /* there was an expression that this server cannot evaluate */
    ThriftPartitionView view;  /* what is told of each */
} ThriftPartitionListing;

/* All partitions of a table. NULL with an error when the names cannot be a table's. */
ThriftPartitionListing *thrift_partition_listing_new(ThriftPartitionShape shape,
                                                     const char *database,
                                                     const char *catalog,
                                                     const char *table,
                                                     GError **error);
void thrift_partition_listing_free(ThriftPartitionListing *listing);
/* The same as the catalog asks it; borrows from the listing. */
void thrift_partition_listing_query(const ThriftPartitionListing *listing,
                                    CatalogPartitionQuery *out_query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ThriftPartitionListing, thrift_partition_listing_free)

/* Makes it the answer of the call; takes the listing. Returns TRUE, or FALSE when listing is NULL,
 * so that a handler can end with it. Nothing is read before the dispatcher writes. */
gboolean thrift_partition_listing_reply(ThriftCall *call, ThriftPartitionListing *listing);
