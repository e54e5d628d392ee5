/* SPDX-License-Identifier: Apache-2.0 */
/* The record of one run of a replication policy, with the conventions of catalog_types.h. */
#pragma once

#include <glib.h>

typedef struct {
    gint64 scheduled_execution_id;
    char *policy;
    gint64 dump_execution_id;
    char *metadata; /* the client's own text, as the next two */
    char *progress;
    char *message_format;
} CatalogReplicationMetric;

CatalogReplicationMetric *catalog_replication_metric_new(void);
void catalog_replication_metric_free(CatalogReplicationMetric *record);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogReplicationMetric, catalog_replication_metric_free)
