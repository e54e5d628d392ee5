/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of column statistics show one another and the alter of tables. */
#pragma once

#include "skep/catalog_statistics.h"

/* Unscaled values of decimals are at most so long, and scales so far from 0: enough for 300 digits.
 */
#define CATALOG_DECIMAL_BYTES_MAX 128
#define CATALOG_DECIMAL_SCALE_MAX 128

/* Negative, 0 or positive, by value, whatever the scales. Both within the limits above. */
int catalog_decimal_compare(const CatalogStatisticsBound *a, const CatalogStatisticsBound *b);

/* The text of COLUMN_STATS_ACCURATE (NULL: absent) after these columns (char*, NULL: all) got or
 * lost their statistics; NULL when nothing is left to say. What is not such a text counts as
 * absent. Transfer full. */
char *catalog_statistics_mark(const char *present, const GPtrArray *columns, gboolean has);

/* Before a table is altered: the text no longer names columns that are gone or of another type. */
void catalog_statistics_unmark_changed(const CatalogTable *before, CatalogTable *after);

/* Names (borrowed from `before`) of columns that are gone or of another type; empty where the
 * columns are the same by storage. Transfer full. */
GPtrArray *catalog_statistics_changed_columns(const CatalogTable *before,
                                              const CatalogTable *after);

/* After a table was altered: deletes the statistics of columns that are gone or of another type.
 * A failure leaves rows that are not given out and that the next write replaces. */
void catalog_statistics_forget_changed(Catalog *catalog,
                                       const CatalogTable *before,
                                       const CatalogTable *after);
