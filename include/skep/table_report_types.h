/* SPDX-License-Identifier: Apache-2.0 */
/* The record of one report of a client about its scan of a table or its commit to one, with the
 * conventions of catalog_types.h. */
#pragma once

#include <glib.h>

typedef struct {
    gint64 id; /* grows with time */
    gint64 received_ms;
    char *report_type;  /* "scan-report", "commit-report", or what comes after them */
    gint64 snapshot_id; /* -1: the report names none */
    char *operation;    /* of a commit; NULL: none */
    char *report_json;  /* all of it */
} CatalogTableReport;

CatalogTableReport *catalog_table_report_new(void); /* snapshot_id -1 */
void catalog_table_report_free(CatalogTableReport *report);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogTableReport, catalog_table_report_free)
