/* SPDX-License-Identifier: Apache-2.0 */
/* Records of column statistics: plain data with the conventions of catalog_types.h. Implemented in
 * server/types/; spoken by the Thrift door, the catalog and the store. */
#pragma once

#include <glib.h>

/* Numbers are those of the members of the API's union, and of the database. */
typedef enum {
    CATALOG_STATISTICS_BOOLEAN = 1,
    CATALOG_STATISTICS_LONG = 2, /* all integers */
    CATALOG_STATISTICS_DOUBLE = 3,
    CATALOG_STATISTICS_STRING = 4,
    CATALOG_STATISTICS_BINARY = 5,
    CATALOG_STATISTICS_DECIMAL = 6,
    CATALOG_STATISTICS_DATE = 7,
    CATALOG_STATISTICS_TIMESTAMP = 8
} CatalogStatisticsKind;

/* An end of a range. Which member holds it follows from the kind. */
typedef struct {
    gboolean is_known;
    gint64 integer;   /* LONG; DATE: days since 1970; TIMESTAMP: seconds since 1970 */
    double real;      /* DOUBLE */
    GBytes *unscaled; /* DECIMAL: big-endian two's complement */
    gint16 scale;
} CatalogStatisticsBound;

/* What is known of one column. Members that the kind does not have are 0 or NULL. */
typedef struct {
    char *column;
    char *type;          /* as the client called it; never NULL out of the catalog */
    char *declared_type; /* the table's type of the column when these were stored */
    CatalogStatisticsKind kind;
    CatalogStatisticsBound low;
    CatalogStatisticsBound high;
    gint64 null_count;
    gint64 distinct_count; /* all but BOOLEAN and BINARY */
    gint64 true_count;     /* BOOLEAN */
    gint64 false_count;
    gint64 max_length;     /* STRING, BINARY */
    double average_length; /* STRING, BINARY */
    GBytes *bit_vectors;   /* a sketch of the values, opaque; NULL: none */
    GBytes *histogram;     /* opaque; NULL: none */
    gint64 analyzed_s;
} CatalogColumnStatistics;

/* Those of a table, or of one of its partitions. */
typedef struct {
    char *partition_name; /* NULL: the table's own */
    GPtrArray *columns;   /* CatalogColumnStatistics* */
} CatalogStatistics;

CatalogColumnStatistics *catalog_column_statistics_new(void);
CatalogColumnStatistics *catalog_column_statistics_copy(const CatalogColumnStatistics *statistics);
void catalog_column_statistics_free(CatalogColumnStatistics *statistics);
/* An empty array that owns CatalogColumnStatistics*. */
GPtrArray *catalog_column_statistics_list_new(void);
CatalogStatistics *catalog_statistics_new(const char *partition_name);
void catalog_statistics_free(CatalogStatistics *statistics);
/* An empty array that owns CatalogStatistics*. */
GPtrArray *catalog_statistics_list_new(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogColumnStatistics, catalog_column_statistics_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogStatistics, catalog_statistics_free)
