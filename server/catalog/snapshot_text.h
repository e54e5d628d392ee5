/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots of transactions and of write ids as Hive writes them down. Callers: write_id.c,
 * materialized_view.c. Implemented in snapshot_text.c. */
#pragma once

#include <glib.h>

typedef struct {
    gint64 water_id; /* the greatest id that was known */
    GArray *open;    /* gint64 */
    GArray *aborted; /* gint64 */
} CatalogSnapshotText;

/* Empty arrays; cleared with catalog_snapshot_text_clear. */
void catalog_snapshot_text_init(CatalogSnapshotText *snapshot);
void catalog_snapshot_text_clear(CatalogSnapshotText *snapshot);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CatalogSnapshotText, catalog_snapshot_text_clear)
/* "water:leastOpen:open,..:aborted,.."; what is at the end may be missing. INVALID_ARGUMENT. */
gboolean
catalog_snapshot_text_parse(const char *text, CatalogSnapshotText *snapshot, GError **error);
