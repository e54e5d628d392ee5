/* SPDX-License-Identifier: Apache-2.0 */
/* What a materialized view was made from, as the column creation_metadata holds it. Callers:
 * table.c, table_commit.c, materialized_view.c. */
#pragma once

#include "skep/materialization_types.h"

#include "store/query.h"

/* NULL for NULL. Transfer full. */
char *store_materialization_print(const CatalogMaterialization *materialization);
/* NULL for SQL's NULL and for what nobody of this server has written. Transfer full. */
CatalogMaterialization *
store_materialization_read(const StoreResult *result, guint row, guint column);
