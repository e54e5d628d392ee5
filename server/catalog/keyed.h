/* SPDX-License-Identifier: Apache-2.0 */
/* What a change tells a keyed catalog of its answer, before the store writes both. Nothing happens
 * in a catalog without a key. Implemented in idempotency.c. Callers: namespace.c and table_swap.c.
 */
#pragma once

#include "catalog_private.h"

/* As CatalogPrintFunc says. */
void catalog_keyed_tell(Catalog *catalog, gconstpointer made);
/* The answer shows this document; NULL: none. */
void catalog_keyed_tell_document(Catalog *catalog, const char *metadata_location);
