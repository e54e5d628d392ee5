/* SPDX-License-Identifier: Apache-2.0 */
/* The members of a storage descriptor that a request names ("sd.cols.name"). Callers:
 * partition_projection.c, table_projection.c. */
#pragma once

#include "encode.h"

/* Of ThriftStorageField; 0: no such member. The location and "sd" alone are the callers'. */
guint thrift_storage_projection_find(const char *name);
