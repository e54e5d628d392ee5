/* SPDX-License-Identifier: Apache-2.0 */
/* Clients' reports in PostgreSQL. Names are folded already. Only server/catalog/ calls this; any
 * thread may. */
#pragma once

#include "skep/store.h"
#include "skep/table_report_types.h"

/* Keeps a report of an Iceberg table, under a number and a time of its own, in *out_id and
 * *out_table_id. *out_id 0: there is no such table. */
gboolean store_table_report_insert(Store *store,
                                   const char *catalog_name,
                                   const char *namespace_name,
                                   const char *name,
                                   const CatalogTableReport *report,
                                   gint64 *out_id,
                                   gint64 *out_table_id,
                                   GError **error);
/* Removes all but the newest `max` of a table. */
gboolean store_table_report_trim(Store *store, gint64 table_id, gint64 max, GError **error);
/* CatalogTableReport*, newest first, at most `max`, older than before_id (0: any). */
GPtrArray *store_table_report_list(
    Store *store, gint64 table_id, gint64 before_id, gint64 max, GError **error);
/* Removes at most `max` that were received before. */
gboolean store_table_report_expire(
    Store *store, gint64 before_ms, guint max, guint64 *out_removed, GError **error);
