/* SPDX-License-Identifier: Apache-2.0 */
/* The record of what an engine learned from past queries, with the conventions of
 * catalog_types.h. */
#pragma once

#include <glib.h>

typedef struct {
    gint64 created_s;
    gint32 weight; /* how much of what it measured */
    char *payload; /* the client's own bytes */
    gsize payload_length;
} CatalogRuntimeStatistic;

CatalogRuntimeStatistic *catalog_runtime_statistic_new(void);
void catalog_runtime_statistic_free(CatalogRuntimeStatistic *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogRuntimeStatistic, catalog_runtime_statistic_free)
