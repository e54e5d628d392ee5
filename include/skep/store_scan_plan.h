/* SPDX-License-Identifier: Apache-2.0 */
/* Scan plans that are kept while their parts are fetched. Only server/catalog/ calls this; any
 * thread may. */
#pragma once

#include <glib.h>

#include "skep/store.h"

typedef struct {
    char *id; /* a uuid */
    gint64 table_id;
    char *metadata_location;
    char *request_json;
} StoreScanPlan;
StoreScanPlan *store_scan_plan_new(const char *id,
                                   gint64 table_id,
                                   const char *metadata_location,
                                   const char *request_json);
void store_scan_plan_free(StoreScanPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreScanPlan, store_scan_plan_free)

gboolean
store_scan_plan_insert(Store *store, const StoreScanPlan *plan, gint64 lifetime_ms, GError **error);
/* TRUE with *out_plan NULL: there is none of this table, or its time is over. `id` must be a
 * uuid. */
gboolean store_scan_plan_find(
    Store *store, const char *id, gint64 table_id, StoreScanPlan **out_plan, GError **error);
gboolean store_scan_plan_delete(
    Store *store, const char *id, gint64 table_id, gboolean *out_deleted, GError **error);
/* Removes at most max of those whose time is over. */
gboolean store_scan_plan_expire(Store *store, guint max, GError **error);
