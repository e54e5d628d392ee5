/* SPDX-License-Identifier: Apache-2.0 */
/* What clients report of their scans of Iceberg tables and their commits to them: kept for a while
 * and shown. Implemented in server/catalog/table_report.c; conventions are those of catalog.h.
 * Caller: the REST door. */
#pragma once

#include "skep/catalog.h"
#include "skep/table_report_types.h"

/* A longer report is refused. */
#define CATALOG_REPORT_BYTES_MAX (64 * 1024)
/* Of one table about so many are kept, the newest. */
#define CATALOG_REPORTS_PER_TABLE_MAX 10000

/* Keeps a report as it came, unless the settings keep none. NO_SUCH_TABLE, INVALID_ARGUMENT (no
 * report-type, a snapshot-id that is no integer), TOO_LARGE. */
gboolean catalog_table_report_keep(Catalog *catalog,
                                   const char *catalog_name,
                                   const char *namespace_name,
                                   const char *name,
                                   const cJSON *report,
                                   GError **error);
/* CatalogTableReport*, newest first; always a page, of at most page_size. */
GPtrArray *catalog_table_report_list(Catalog *catalog,
                                     const char *catalog_name,
                                     const char *namespace_name,
                                     const char *name,
                                     const CatalogPage *page,
                                     char **out_next_token,
                                     GError **error);
