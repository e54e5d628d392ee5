/* SPDX-License-Identifier: Apache-2.0 */
/* The retention of the event log. Events are appended by the statements of the other nouns. Caller:
 * the catalog's housekeeping. */
#include "skep/store_event.h"

#include "store/event_sql.h"
#include "store/query.h"

gboolean
store_event_expire(Store *store, gint64 before_ms, guint max, guint64 *out_removed, GError **error)
{
    StoreParam params[] = {store_param_int64(before_ms), store_param_int64(max)};

    return store_query_exec(store, &SQL_EVENT_EXPIRE, STORE_PARAMS(params), out_removed, error);
}
