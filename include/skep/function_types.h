/* SPDX-License-Identifier: Apache-2.0 */
/* The record of a function that clients registered, with the conventions of catalog_types.h.
 * Nothing here runs it: engines load it from the resources themselves. */
#pragma once

#include <glib.h>

typedef struct {
    gint32 type; /* Hive ResourceType: 1 jar, 2 file, 3 archive; 0 absent */
    char *uri;
} CatalogResource;

typedef struct {
    gint64 id;
    char *catalog;
    char *namespace_name;
    char *name;
    char *class_name;
    char *owner_name;
    gint32 owner_type; /* Hive PrincipalType; 0 absent */
    gint32 create_time_s;
    gint32 function_type; /* Hive FunctionType: 1 Java; 0 absent */
    GPtrArray *resources; /* CatalogResource*, in the order of their maker */
} CatalogFunction;

CatalogResource *catalog_resource_new(gint32 type, const char *uri);
void catalog_resource_free(CatalogResource *resource);
CatalogFunction *catalog_function_new(void);
CatalogFunction *catalog_function_copy(const CatalogFunction *function);
void catalog_function_free(CatalogFunction *function);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogFunction, catalog_function_free)
