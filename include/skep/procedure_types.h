/* SPDX-License-Identifier: Apache-2.0 */
/* The records of HPL/SQL: stored procedures and packages, with the conventions of catalog_types.h.
 * Nothing here runs them. */
#pragma once

#include <glib.h>

/* Which of the two an operation is about that does the same to both. */
typedef enum { CATALOG_PROCEDURE, CATALOG_PACKAGE } CatalogProcedureKind;

typedef struct {
    char *catalog;
    char *namespace_name;
    char *name;
    char *owner_name;
    char *source;
} CatalogProcedure;

typedef struct {
    char *catalog;
    char *namespace_name;
    char *name;
    char *owner_name;
    char *header;
    char *body;
} CatalogPackage;

CatalogProcedure *catalog_procedure_new(void);
void catalog_procedure_free(CatalogProcedure *record);
CatalogPackage *catalog_package_new(void);
void catalog_package_free(CatalogPackage *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogProcedure, catalog_procedure_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogPackage, catalog_package_free)
