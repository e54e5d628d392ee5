/* SPDX-License-Identifier: Apache-2.0 */
/* What PostgreSQL knows of metadata files and of the clean-up of those that no commit claims. Only
 * server/catalog/ calls this; any thread may. */
#pragma once

#include <glib.h>

#include "skep/catalog_types.h"
#include "skep/store.h"

/* At most max Iceberg tables and views that were last looked through before a time, the longest ago
 * first. CatalogTable* with id, catalog, namespace_name and name alone. */
GPtrArray *store_sweep_due(Store *store, gint64 before_ms, gint64 max, GError **error);
gboolean store_sweep_done(Store *store, gint64 table_id, gint64 swept_ms, GError **error);
/* Of `names` (char*, of files without their directories) those that a commit of a table with this
 * uuid has claimed; a set of char*. */
GHashTable *
store_sweep_claimed(Store *store, const char *table_uuid, const GPtrArray *names, GError **error);
/* Of `snapshots` (char*, ids as text) those that a commit of a table with this uuid has added; a
 * set of char*. */
GHashTable *store_sweep_committed_snapshots(Store *store,
                                            const char *table_uuid,
                                            const GPtrArray *snapshots,
                                            GError **error);
/* When the first commit was made that this catalog knows of; *out_ms is G_MAXINT64 when it knows of
 * none. */
gboolean store_sweep_first_commit(Store *store, gint64 table_id, gint64 *out_ms, GError **error);
