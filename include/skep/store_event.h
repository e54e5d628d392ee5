/* SPDX-License-Identifier: Apache-2.0 */
/* The event log. Rows are appended by the statement that makes the change, never by a call of its
 * own, so that there is no change without its event and no event without its change:
 *
 *     logged AS (
 *         INSERT INTO skep.events (occurred_ms, event_type, catalog_name, namespace_name,
 * table_name, table_id, details) SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
 * 'ALTER_TABLE', $1, $2, $3, changed.id, jsonb_build_object('version', changed.version) FROM
 * changed)
 *
 * event_type is the HMS word. Names are those before the change; a rename has new_namespace and
 * new_name in details. Only server/catalog/ calls this. */
#pragma once

#include <glib.h>

#include "skep/store.h"

/* Removes events older than `before_ms`, oldest first, at most `max`. out_removed: how many; fewer
 * than max means that none is left. Servers that do it at the same time do not wait for one
 * another. */
gboolean
store_event_expire(Store *store, gint64 before_ms, guint max, guint64 *out_removed, GError **error);
