/* SPDX-License-Identifier: Apache-2.0 */
/* Column statistics between the API's objects and the catalog's records, for the files of this
 * folder that read or send them. Implemented in statistics_record.c. */
#pragma once

#include <hms_statistics_types.h>

#include "dispatch.h"
#include "skep/catalog_statistics.h"

/* list<ColumnStatisticsObj> appended to `out` as CatalogColumnStatistics*. INVALID_ARGUMENT: one
 * without data. */
gboolean thrift_decode_column_statistics(const GPtrArray *objects, GPtrArray *out, GError **error);

/* How a client reads statistics of timestamps: as those of a number, unless it is young enough to
 * know timestampStats. Such a client names its engine. */
typedef enum { THRIFT_TIMESTAMPS_AS_LONG, THRIFT_TIMESTAMPS_AS_THEMSELVES } ThriftTimestamps;

/* What a client gets to see. */
typedef struct {
    ThriftTimestamps timestamps;
    gboolean bit_vectors; /* sketches of distinct values: large, and useless to most */
    gboolean histograms;
} ThriftStatisticsForm;

/* As the server is set, for a client that names its engine in the request or does not. */
ThriftStatisticsForm thrift_statistics_form(const ThriftCall *call, gboolean names_engine);

/* CatalogColumnStatistics* to list<ColumnStatisticsObj>. Transfer full. */
GPtrArray *thrift_encode_column_statistics(const GPtrArray *columns, ThriftStatisticsForm form);

/* All of a table's or (partition_name not NULL) a partition's, with the names as the catalog has
 * them. Transfer full. */
HmsColumnStatistics *thrift_encode_statistics(const CatalogStatisticsTarget *target,
                                              const char *partition_name,
                                              const GPtrArray *columns,
                                              ThriftStatisticsForm form);
