/* SPDX-License-Identifier: Apache-2.0 */
/* Constants of partition filters in the form that skep/store_partition.h asks for. Each gives NULL
 * when the text is not such a value; transfer full. */
#pragma once

#include <glib.h>

/* A number of 64 bits. */
char *partition_filter_value_integer(const char *text);
/* yyyy-mm-dd, a day that exists. */
char *partition_filter_value_date(const char *text);
/* yyyy-mm-dd[ hh:mm:ss[.f{1,9}]], filled up to nine digits after the point. */
char *partition_filter_value_timestamp(const char *text);
