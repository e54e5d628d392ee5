/* SPDX-License-Identifier: Apache-2.0 */
/* The event log. Rows are appended by the statement that makes the change, never by a call of its
 * own, so that there is no change without its event and no event without its change; what they hold
 * is told in server/store/event_codec.h. Only server/catalog/ calls this; any thread may. */
#pragma once

#include <glib.h>

#include "skep/event_types.h"
#include "skep/store.h"

/* Gives all committed events their numbers, and tells the last one (out_last may be NULL). Waits a
 * moment while another does it; after that, what has a number is what there is. */
gboolean store_event_number(Store *store, gint64 *out_last, GError **error);

typedef struct {
    gint64 after;               /* numbers greater than this */
    gint64 last;                /* and not greater than this; 0: no bound. For the count alone */
    const char *catalog_name;   /* this and the following NULL: any */
    const char *namespace_name; /* before or after the change */
    const char *const *table_names;   /* before or after the change */
    const char *const *types_skipped; /* for the scan alone, as the next */
    const char *const *types;
    gint64 limit;
} StoreEventQuery;

/* The event is the function's to change, and gone after it. FALSE without an error ends the scan.
 * May not call the store. */
typedef gboolean (*StoreEventFunc)(CatalogEvent *event, gpointer data, GError **error);
/* Numbered events in order, while they arrive. */
gboolean store_event_scan(
    Store *store, const StoreEventQuery *query, StoreEventFunc func, gpointer data, GError **error);
gboolean
store_event_count(Store *store, const StoreEventQuery *query, gint64 *out_count, GError **error);

/* Appends events that a client tells of. Of each pair: a partition's name ("": the table itself)
 * and an object of JSON with members as in event_codec.h. out_ids: gint64, in their order; empty:
 * there is no such table, or it has not all of the partitions, and nothing was appended. Transfer
 * full. */
gboolean store_event_add(Store *store,
                         const CatalogEvent *names,
                         const char *const *partition_names,
                         const char *const *facts,
                         GArray **out_ids,
                         GError **error);
/* The numbers of events in the order of their ids; 0: none yet. NULL on failure. Transfer full. */
GArray *store_event_numbers(Store *store, const GArray *ids, GError **error);

/* Removes numbered events older than `before_ms`, in their order, at most `max`. out_removed: how
 * many; fewer than max means that none is left. Servers that do it at the same time do not wait for
 * one another. */
gboolean
store_event_expire(Store *store, gint64 before_ms, guint max, guint64 *out_removed, GError **error);

/* The last number, and the time of the oldest event without one (0: none waits). */
gboolean
store_event_state(Store *store, gint64 *out_last, gint64 *out_waiting_since_ms, GError **error);
