/* SPDX-License-Identifier: Apache-2.0 */
/* The record of a named type, with the conventions of catalog_types.h. Its names keep their case.
 * Implemented in server/types/; spoken by the Thrift door, the catalog and the store. */
#pragma once

#include <glib.h>

#include "skep/catalog_types.h"

typedef struct {
    char *name;
    char *type1;       /* what a list holds, or the key of a map; NULL: absent */
    char *type2;       /* the value of a map; NULL: absent */
    GPtrArray *fields; /* CatalogColumn*, those of a struct; NULL: absent */
} CatalogNamedType;

CatalogNamedType *catalog_named_type_new(const char *name, const char *type1, const char *type2);
void catalog_named_type_free(CatalogNamedType *type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogNamedType, catalog_named_type_free)
