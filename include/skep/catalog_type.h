/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of named types, beside skep/catalog.h and with its conventions. They are kept and
 * answered; no table refers to them. Names keep their case. Implemented in server/catalog/type.c;
 * caller: the Thrift door. */
#pragma once

#include "skep/catalog.h"
#include "skep/type_types.h"

/* At most so many types in one answer; more is TOO_LARGE. */
#define CATALOG_TYPES_MAX 10000

/* ALREADY_EXISTS; INVALID_OBJECT: a name that is not letters, digits and underscores. */
gboolean catalog_type_create(Catalog *catalog, const CatalogNamedType *wanted, GError **error);
/* NO_SUCH_OBJECT. Transfer full. */
CatalogNamedType *catalog_type_find(Catalog *catalog, const char *name, GError **error);
/* CatalogNamedType*, by name: those that match a pattern; NULL or empty: all. */
GPtrArray *catalog_type_list(Catalog *catalog, const char *pattern, GError **error);
/* A missing type is no error. */
gboolean catalog_type_drop(Catalog *catalog, const char *name, GError **error);
