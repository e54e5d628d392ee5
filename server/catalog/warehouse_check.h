/* SPDX-License-Identifier: Apache-2.0 */
/* Does a warehouse work? Tried with a small file of an own name below its root, which is gone
 * afterwards. Caller: warehouse.c. */
#pragma once

#include "skep/catalog_warehouse.h"
#include "skep/warehouse.h"

/* As catalog_warehouse_check. */
GPtrArray *warehouse_check_steps(Warehouse *warehouse);
/* UNPROCESSABLE when a step has a problem; all of them are told. */
gboolean warehouse_check_all(Warehouse *warehouse, const char *name, GError **error);
