/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.partition_marks. Caller: server/catalog/partition_mark.c. */
#include "skep/store_partition_mark.h"

#include "store/partition_mark_sql.h"
#include "store/query.h"

gboolean
store_partition_mark_put(
    Store *store, const StorePartitionMark *mark, gint64 now_ms, gint64 oldest_ms, GError **error)
{
    StoreParam params[] = {store_param_int64(mark->table_id),
                           store_param_text(mark->partition_name),
                           store_param_int64(mark->event_type), store_param_int64(now_ms),
                           store_param_int64(oldest_ms)};

    return store_query_exec(store, &SQL_PARTITION_MARK_PUT, STORE_PARAMS(params), NULL, error);
}

gboolean
store_partition_mark_find(Store *store,
                          const StorePartitionMark *mark,
                          gint64 oldest_ms,
                          gboolean *out_is_marked,
                          GError **error)
{
    StoreParam params[] = {store_param_int64(mark->table_id),
                           store_param_text(mark->partition_name),
                           store_param_int64(mark->event_type), store_param_int64(oldest_ms)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_PARTITION_MARK_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_is_marked = store_row_bool(result, 0, 0);
    return TRUE;
}
