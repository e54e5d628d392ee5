/* SPDX-License-Identifier: Apache-2.0 */
/* The record of a data connector, with the conventions of catalog_types.h: a remote source that
 * engines read through. Nothing here connects to it. */
#pragma once

#include "skep/catalog_types.h"

typedef struct {
    char *name;
    char *connector_type; /* mysql, postgres, hivejdbc, ... */
    char *url;
    char *description;
    GHashTable *parameters;
    char *owner_name;
    gint32 owner_type; /* Hive PrincipalType; 0 absent */
    gint64 created_s;
} CatalogDataConnector;

CatalogDataConnector *catalog_data_connector_new(void);
void catalog_data_connector_free(CatalogDataConnector *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogDataConnector, catalog_data_connector_free)
