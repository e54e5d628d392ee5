/* SPDX-License-Identifier: Apache-2.0 */
/* The records of the schema registry, with the conventions of catalog_types.h. Numbers of kinds and
 * states are Hive's, 0 for absent. */
#pragma once

#include "skep/catalog_types.h"

typedef struct {
    char *name; /* as its maker wrote it */
    char *library;
    GHashTable *parameters;
    char *description;
    char *serializer;
    char *deserializer;
    gint32 serde_type;
} CatalogSerde;

typedef struct {
    char *catalog;
    char *namespace_name;
    char *name;
    gint32 schema_type;
    gint32 compatibility;
    gint32 validation;
    gboolean can_evolve;
    char *group;
    char *description;
} CatalogSchema;

typedef struct {
    gint64 id;
    char *catalog;
    char *namespace_name;
    char *schema_name;
    gint32 version;    /* numbered by clients */
    gint64 created_at; /* in the unit of clients */
    gint32 state;
    char *description;
    char *text;
    char *fingerprint;
    char *name;
    GPtrArray *columns;  /* CatalogColumn*, types as their maker wrote them */
    CatalogSerde *serde; /* NULL: none */
} CatalogSchemaVersion;

CatalogSerde *catalog_serde_new(void);
void catalog_serde_free(CatalogSerde *serde);
CatalogSchema *catalog_schema_new(void);
void catalog_schema_free(CatalogSchema *schema);
CatalogSchemaVersion *catalog_schema_version_new(void);
void catalog_schema_version_free(CatalogSchemaVersion *version);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogSerde, catalog_serde_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogSchema, catalog_schema_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogSchemaVersion, catalog_schema_version_free)
