/* SPDX-License-Identifier: Apache-2.0 */
/* The event log: numbering, reading, what clients add, and retention. Other events are appended by
 * the statements of the other nouns. Caller: server/catalog/event.c. */
#include "skep/store_event.h"

#include "store/event_codec.h"
#include "store/event_sql.h"
#include "store/query.h"

/* One turn: large enough to keep up, small enough for others to wait for. */
#define NUMBER_BATCH 5000
/* Whoever has the turn is done within milliseconds, unless its connection hangs. */
#define TURN_WAIT_US    2000
#define TURN_WAITS      100
#define NUMBER_TURNS    1000
#define SCAN_ENDED      g_quark_from_static_string("store-event-scan-ended")
#define TAKEN_BY_OTHERS G_MAXINT64

/* --- numbering --- */

/* Sets how many were numbered, or TAKEN_BY_OTHERS. */
static gboolean
number_in_turn(StoreTransaction *transaction, gpointer data, GError **error)
{
    gint64 *out_numbered = data;
    StoreParam params[] = {store_param_int64(NUMBER_BATCH)};
    g_autoptr(StoreResult) turn = NULL;
    g_autoptr(StoreResult) result = NULL;

    *out_numbered = TAKEN_BY_OTHERS;
    if (!store_transaction_one(transaction, &SQL_EVENT_TAKE_TURN, STORE_NO_PARAMS, &turn, error))
        return FALSE;
    if (!turn)
        return TRUE;
    if (!store_transaction_one(transaction, &SQL_EVENT_NUMBER, STORE_PARAMS(params), &result,
                               error))
        return FALSE;
    *out_numbered = store_row_int64(result, 0, 0);
    return TRUE;
}

static gboolean
read_last(Store *store, gint64 *out_last, gboolean *out_waiting, GError **error)
{
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_EVENT_LAST, STORE_NO_PARAMS, &result, error))
        return FALSE;
    if (!result)
        return skep_fail(error, SKEP_ERROR_INTERNAL, NULL, "The counter of events is gone");
    *out_last = store_row_int64(result, 0, 0);
    *out_waiting = store_row_bool(result, 0, 1);
    return TRUE;
}

/* Numbers until nothing waits that was committed when this was called: a full batch says that there
 * may be more. */
static gboolean
number_all(Store *store, GError **error)
{
    guint waits = 0;

    for (guint turn = 0; turn < NUMBER_TURNS && waits < TURN_WAITS; turn++) {
        gint64 numbered;

        if (!store_transaction_run(store, number_in_turn, &numbered, error))
            return FALSE;
        if (numbered < NUMBER_BATCH)
            return TRUE;
        if (numbered != TAKEN_BY_OTHERS)
            continue;
        g_usleep(TURN_WAIT_US);
        waits++;
    }
    return TRUE;
}

gboolean
store_event_number(Store *store, gint64 *out_last, GError **error)
{
    gint64 last;
    gboolean is_waiting;

    if (!read_last(store, &last, &is_waiting, error))
        return FALSE;
    if (is_waiting && (!number_all(store, error) || !read_last(store, &last, &is_waiting, error)))
        return FALSE;
    if (out_last)
        *out_last = last;
    return TRUE;
}

/* --- reading --- */

/* Columns of event_scan. */
enum {
    EVENT_NUMBER,
    EVENT_OCCURRED_MS,
    EVENT_TYPE,
    EVENT_CATALOG,
    EVENT_NAMESPACE,
    EVENT_TABLE,
    EVENT_DETAILS
};

typedef struct {
    Store *store;
    StoreEventFunc func;
    gpointer data;
} EventScan;

static gboolean
scan_row(const StoreResult *result, gpointer data, GError **error)
{
    const EventScan *scan = data;
    g_autoptr(CatalogEvent) event = catalog_event_new();
    g_autoptr(GError) failure = NULL;

    event->number = store_row_int64(result, 0, EVENT_NUMBER);
    event->occurred_ms = store_row_int64(result, 0, EVENT_OCCURRED_MS);
    event->type = store_row_text_copy(result, 0, EVENT_TYPE);
    event->catalog = store_row_text_copy(result, 0, EVENT_CATALOG);
    event->namespace_name = store_row_text_copy(result, 0, EVENT_NAMESPACE);
    event->table_name = store_row_text_copy(result, 0, EVENT_TABLE);
    if (!store_event_decode(scan->store, store_row_text(result, 0, EVENT_DETAILS),
                            store_row_text_length(result, 0, EVENT_DETAILS), event, error))
        return FALSE;
    if (scan->func(event, scan->data, &failure))
        return TRUE;
    if (failure)
        g_propagate_error(error, g_steal_pointer(&failure));
    else
        g_set_error_literal(error, SCAN_ENDED, 0, "ended");
    return FALSE;
}

gboolean
store_event_scan(
    Store *store, const StoreEventQuery *query, StoreEventFunc func, gpointer data, GError **error)
{
    StoreParam params[] = {store_param_int64(query->after),
                           store_param_text(query->catalog_name),
                           store_param_text(query->namespace_name),
                           store_param_text_array(query->table_names),
                           store_param_text_array(query->types_skipped),
                           store_param_text_array(query->types),
                           store_param_int64(query->limit)};
    EventScan scan = {store, func, data};
    g_autoptr(GError) failure = NULL;

    if (store_query_stream(store, &SQL_EVENT_SCAN, STORE_PARAMS(params), scan_row, &scan,
                           &failure) ||
        failure->domain == SCAN_ENDED)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

gboolean
store_event_count(Store *store, const StoreEventQuery *query, gint64 *out_count, GError **error)
{
    StoreParam params[] = {store_param_int64(query->after),
                           store_param_int64_or_null(query->last, 0),
                           store_param_text(query->catalog_name),
                           store_param_text(query->namespace_name),
                           store_param_text_array(query->table_names),
                           store_param_int64(query->limit)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_EVENT_COUNT, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_count = store_row_int64(result, 0, 0);
    return TRUE;
}

/* --- what clients tell of --- */

gboolean
store_event_add(Store *store,
                const CatalogEvent *names,
                const char *const *partition_names,
                const char *const *facts,
                GArray **out_ids,
                GError **error)
{
    StoreParam params[] = {
        store_param_text(names->catalog),        store_param_text(names->namespace_name),
        store_param_text(names->table_name),     store_param_text(names->type),
        store_param_text_array(partition_names), store_param_text_array(facts)};
    g_autoptr(StoreResult) result = NULL;
    GArray *ids;

    if (!store_query_rows(store, &SQL_EVENT_ADD, STORE_PARAMS(params), &result, error))
        return FALSE;
    ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint row = 0; row < store_result_rows(result); row++) {
        gint64 id = store_row_int64(result, row, 0);

        g_array_append_val(ids, id);
    }
    *out_ids = ids;
    return TRUE;
}

GArray *
store_event_numbers(Store *store, const GArray *ids, GError **error)
{
    StoreParam params[] = {
        store_param_int64_array((const gint64 *)(const void *)ids->data, ids->len)};
    g_autoptr(StoreResult) result = NULL;
    GArray *numbers;

    if (!store_query_rows(store, &SQL_EVENT_NUMBERS, STORE_PARAMS(params), &result, error))
        return NULL;
    numbers = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint row = 0; row < store_result_rows(result); row++) {
        gint64 number = store_row_int64(result, row, 0);

        g_array_append_val(numbers, number);
    }
    return numbers;
}

/* --- retention and metrics --- */

gboolean
store_event_expire(Store *store, gint64 before_ms, guint max, guint64 *out_removed, GError **error)
{
    StoreParam params[] = {store_param_int64(before_ms), store_param_int64(max)};

    return store_query_exec(store, &SQL_EVENT_EXPIRE, STORE_PARAMS(params), out_removed, error);
}

gboolean
store_event_state(Store *store, gint64 *out_last, gint64 *out_waiting_since_ms, GError **error)
{
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_EVENT_STATE, STORE_NO_PARAMS, &result, error))
        return FALSE;
    *out_last = result ? store_row_int64(result, 0, 0) : 0;
    *out_waiting_since_ms = result ? store_row_int64(result, 0, 1) : 0;
    return TRUE;
}
