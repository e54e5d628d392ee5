/* SPDX-License-Identifier: Apache-2.0 */
/* Names of tables that transactions write, in their stored form. Implemented in write_id.c. */
#pragma once

#include "catalog/catalog_private.h"
#include "skep/transaction_types.h"

/* *out_folded must be empty before; INVALID_OBJECT. */
gboolean catalog_table_reference_fold(const CatalogTableReference *reference,
                                      CatalogTableReference *out_folded,
                                      GError **error);
/* "DS=Ab/hr=1" -> "ds=Ab/hr=1": names of keys have no case, values have. NULL for NULL and "".
 * Transfer full. */
char *catalog_partition_reference_fold(const char *name);
