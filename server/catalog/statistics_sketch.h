/* SPDX-License-Identifier: Apache-2.0 */
/* Sketches of distinct values, as Hive's engines send them with column statistics: HyperLogLog
 * (they begin with "HLL") and Flajolet-Martin ("FM"). Pure; any bytes may be given. For
 * statistics_merge.c alone. */
#pragma once

#include <glib.h>

/* The sketch of the values of both, and how many distinct ones that are, at least 1. NULL when they
 * are not two whole sketches of one kind (and, of the second kind, of one size). HyperLogLogs of
 * different precision make one of the lower. Transfer full. */
GBytes *catalog_sketch_merge(GBytes *a, GBytes *b, gint64 *out_distinct);

/* How many distinct values one sketch tells of, at least 1; 0 when it is not such a sketch. */
gint64 catalog_sketch_estimate(GBytes *sketch);
