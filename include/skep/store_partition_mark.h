/* SPDX-License-Identifier: Apache-2.0 */
/* Marks on partitions in PostgreSQL. Only server/catalog/ calls this; any thread may. */
#pragma once

#include <glib.h>

#include "skep/store.h"

typedef struct {
    gint64 table_id;
    const char *partition_name;
    gint32 event_type;
} StorePartitionMark;

/* Marks at `now_ms`, again where it was marked; marks of any partition older than `oldest_ms` go.
 */
gboolean store_partition_mark_put(
    Store *store, const StorePartitionMark *mark, gint64 now_ms, gint64 oldest_ms, GError **error);
/* *out_is_marked: since `oldest_ms`. */
gboolean store_partition_mark_find(Store *store,
                                   const StorePartitionMark *mark,
                                   gint64 oldest_ms,
                                   gboolean *out_is_marked,
                                   GError **error);
