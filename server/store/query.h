/* SPDX-License-Identifier: Apache-2.0 */
/* The one way to run a statement. Every file of a noun in this folder (namespace.c, table.c, ...)
 * is built on this header alone; it never sees libpq, a connection or a SQLSTATE.
 *
 * A statement lives in server/store/<noun>.sql:
 *
 *     -- name: namespace_find
 *     -- One row by its name; the hottest read of all, hence by the unique key.
 *     -- $1 bigint catalog_id  $2 text name
 *     SELECT id, properties FROM skep.namespaces WHERE catalog_id = $1 AND name = $2;
 *
 * and becomes `SQL_NAMESPACE_FIND` in the generated header "gen/store/<noun>_sql.h"
 * (sql_to_header.awk; included as "store/<noun>_sql.h", by that one file). Parameter lines give
 * type and name of each parameter, in order, on as many lines as they need; types: bigint integer
 * smallint boolean text uuid jsonb json bytea "double precision" xid8 and the arrays text[]
 * bigint[] integer[]. The types are told to PostgreSQL, so `$1::bigint` is never needed. A
 * statement that may be sent twice without harm although it writes (an upsert of the same row, a
 * lease moved to a given time) says so with a line `-- retry: safe`; statements that only read are
 * recognised by themselves. A statement whose cost grows with what a table holds, and not with the
 * request, says so with a line `-- long: yes`: it may run 60 times as long as others, but not wait
 * for a lock any longer than they may run.
 *
 *     StoreParam params[] = {store_param_int64(catalog_id), store_param_text(name)};
 *     g_autoptr(StoreResult) result = NULL;
 *     if (!store_query_one(store, &SQL_NAMESPACE_FIND, STORE_PARAMS(params), &result, error)) {
 *         return NULL;
 *     }
 *     if (result == NULL) {
 *         return skep_fail_null(error, SKEP_ERROR_NO_SUCH_NAMESPACE, ...);
 *     }
 *     id = store_row_int64(result, 0, 0);
 *
 * Errors of all calls are facts of skep/error.h, worded for a client, with SQLSTATE and
 * PostgreSQL's own message as detail for the log: INVALID_ARGUMENT (text that is not UTF-8, a value
 * out of range), the fact of a violated constraint (sqlstate.c has the table: ALREADY_EXISTS,
 * NO_SUCH_NAMESPACE, NAMESPACE_NOT_EMPTY, ...), UNAVAILABLE (PostgreSQL is away, read-only, out of
 * something, or the statement took too long), COMMIT_STATE_UNKNOWN (the connection was lost while
 * a write was under way: it may or may not have happened), INTERNAL (a fault in the SQL).
 * Retried inside, bounded: serialization failures and deadlocks; a lost connection when the
 * statement only reads, says `retry: safe`, or is part of a transaction that had not yet been
 * committed; a refusal by a server that turned into a standby. All calls block; any thread may call
 * them at any time. A thread holds at most one connection, but for storage descriptors looked up
 * while streaming. */
#pragma once

#include <glib.h>
#include "skep/error.h"
#include "skep/store.h"

/* ---- statements (made by sql_to_header.awk) ---- */

typedef struct {
    const char *name; /* "namespace_find"; also the name of the prepared statement */
    const char *sql;
    const guint32 *param_types; /* type OIDs, param_count of them */
    guint param_count;
    gboolean reads_only;  /* has no word in it that writes */
    gboolean retry_safe;  /* carries `-- retry: safe` */
    gboolean is_composed; /* put together at run time: sent as text, never prepared */
    gboolean is_long;     /* carries `-- long: yes` */
    gboolean for_replica; /* carries `-- replica: yes`: a standby may answer it (replica.h) */
} StoreQuery;

/* ---- parameters: values borrowed for the length of the call ---- */

typedef enum {
    STORE_PARAM_NULL,
    STORE_PARAM_INT64,
    STORE_PARAM_DOUBLE,
    STORE_PARAM_BOOL,
    STORE_PARAM_TEXT,
    STORE_PARAM_BYTES,
    STORE_PARAM_MAP,
    STORE_PARAM_TEXT_ARRAY,
    STORE_PARAM_INT64_ARRAY
} StoreParamKind;

typedef struct {
    StoreParamKind kind;
    union {
        gint64 integer;
        double real;
        const char *text;
        const guint8 *bytes;
        GHashTable *map;
        const char *const *texts;
        const gint64 *integers;
    } value;
    gsize length; /* of texts without NUL end, of bytes and of arrays */
} StoreParam;

/* An array of StoreParam as the two arguments that the calls take. */
#define STORE_PARAMS(array) (array), (guint)G_N_ELEMENTS(array)
#define STORE_NO_PARAMS     NULL, 0

static inline StoreParam
store_param_null(void)
{
    return (StoreParam){.kind = STORE_PARAM_NULL};
}

/* For bigint, integer, smallint and xid8 alike; out of the range of the declared type is
 * INVALID_ARGUMENT. */
static inline StoreParam
store_param_int64(gint64 integer)
{
    return (StoreParam){.kind = STORE_PARAM_INT64, .value.integer = integer};
}

/* `absent` is sent as SQL NULL (-1 for snapshot ids). */
static inline StoreParam
store_param_int64_or_null(gint64 integer, gint64 absent)
{
    return integer == absent ? store_param_null() : store_param_int64(integer);
}

static inline StoreParam
store_param_double(double real)
{
    return (StoreParam){.kind = STORE_PARAM_DOUBLE, .value.real = real};
}

static inline StoreParam
store_param_bool(gboolean truth)
{
    return (StoreParam){.kind = STORE_PARAM_BOOL, .value.integer = truth ? 1 : 0};
}

/* For text, uuid, json and jsonb. NULL: SQL NULL. */
static inline StoreParam
store_param_text(const char *text)
{
    return (StoreParam){.kind = text != NULL ? STORE_PARAM_TEXT : STORE_PARAM_NULL,
                        .value.text = text,
                        .length = G_MAXSIZE};
}

/* `length` bytes of text without a NUL among them. */
static inline StoreParam
store_param_text_sized(const char *text, gsize length)
{
    return (StoreParam){.kind = text != NULL ? STORE_PARAM_TEXT : STORE_PARAM_NULL,
                        .value.text = text,
                        .length = length};
}

/* JSON text for json or jsonb. NULL: SQL NULL. */
static inline StoreParam
store_param_json(const char *json)
{
    return store_param_text(json);
}

/* For bytea. NULL: SQL NULL. */
static inline StoreParam
store_param_bytes(const guint8 *bytes, gsize length)
{
    return (StoreParam){.kind = bytes != NULL ? STORE_PARAM_BYTES : STORE_PARAM_NULL,
                        .value.bytes = bytes,
                        .length = length};
}

/* A map char* -> char* for json or jsonb: one object of strings. NULL: SQL NULL. */
static inline StoreParam
store_param_map(const GHashTable *map)
{
    return (StoreParam){.kind = map != NULL ? STORE_PARAM_MAP : STORE_PARAM_NULL,
                        .value.map = (GHashTable *)map};
}

/* For text[]: `count` strings, of which any may be NULL. `texts` NULL with count > 0 is not
 * allowed; use store_param_null() for a NULL array. Text-like arrays that PostgreSQL shall cast
 * item by item (jsonb, text[]) go as text[] too: `unnest($3) AS item ... item::jsonb`. */
static inline StoreParam
store_param_text_array_sized(const char *const *texts, gsize count)
{
    return (StoreParam){.kind = STORE_PARAM_TEXT_ARRAY, .value.texts = texts, .length = count};
}

/* For text[]. NULL: SQL NULL. */
static inline StoreParam
store_param_text_array(const char *const *strv)
{
    return strv == NULL ? store_param_null()
                        : store_param_text_array_sized(strv, g_strv_length((gchar **)strv));
}

/* For bigint[] and integer[]. */
static inline StoreParam
store_param_int64_array(const gint64 *integers, gsize count)
{
    return (StoreParam){
        .kind = STORE_PARAM_INT64_ARRAY, .value.integers = integers, .length = count};
}

/* PostgreSQL's text form of an array of strings ({"a","b"}), for a column of text[] inside a text[]
 * parameter. */
char *store_array_literal(const char *const *strv);

/* ---- results: rows and columns count from 0 ---- */

/* Rows in PostgreSQL's binary form. Freed by store_result_free. */
typedef struct pg_result StoreResult;
void store_result_free(StoreResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreResult, store_result_free)

guint store_result_rows(const StoreResult *result);

gboolean store_row_is_null(const StoreResult *result, guint row, guint column);
/* bigint, integer, smallint, xid8 and "timestamp as bigint"; NULL gives 0. */
gint64 store_row_int64(const StoreResult *result, guint row, guint column);
gint64 store_row_int64_or(const StoreResult *result, guint row, guint column, gint64 when_null);
/* double precision and real; NULL gives 0. */
double store_row_double(const StoreResult *result, guint row, guint column);
/* NULL gives FALSE. */
gboolean store_row_bool(const StoreResult *result, guint row, guint column);
/* text, json and jsonb, NUL-ended; owned by the result; NULL for SQL NULL. */
const char *store_row_text(const StoreResult *result, guint row, guint column);
/* Bytes of what store_row_text gives. */
gsize store_row_text_length(const StoreResult *result, guint row, guint column);
/* A copy for g_free, or NULL. A uuid becomes its text of 36 characters. */
char *store_row_text_copy(const StoreResult *result, guint row, guint column);
/* bytea; owned by the result; NULL for SQL NULL. */
const guint8 *
store_row_bytes(const StoreResult *result, guint row, guint column, gsize *out_length);
/* text[] of one dimension; NULL items become ""; SQL NULL gives NULL. Transfer full. */
GStrv store_row_text_array(const StoreResult *result, guint row, guint column);
/* bigint[] or integer[]; array of gint64; SQL NULL gives NULL. Transfer full. */
GArray *store_row_int64_array(const StoreResult *result, guint row, guint column);
/* json or jsonb object as a catalog map; members that are no strings are their JSON text; SQL NULL
 * gives an empty map. Never NULL, transfer full. */
GHashTable *store_row_map(const StoreResult *result, guint row, guint column);

/* ---- one statement, committed by itself ---- */

gboolean store_query_rows(Store *store,
                          const StoreQuery *query,
                          const StoreParam *params,
                          guint param_count,
                          StoreResult **out_result,
                          GError **error);

/* At most one row: *out_result is NULL when there is none. More than one is INTERNAL. */
gboolean store_query_one(Store *store,
                         const StoreQuery *query,
                         const StoreParam *params,
                         guint param_count,
                         StoreResult **out_result,
                         GError **error);

/* The text in the first column of every row (char*). Transfer full. */
GPtrArray *store_query_texts(Store *store,
                             const StoreQuery *query,
                             const StoreParam *params,
                             guint param_count,
                             GError **error);

/* out_rows_changed (may be NULL): rows of the outermost INSERT, UPDATE, DELETE or SELECT. */
gboolean store_query_exec(Store *store,
                          const StoreQuery *query,
                          const StoreParam *params,
                          guint param_count,
                          guint64 *out_rows_changed,
                          GError **error);

/* Called with each row, which is row 0 of `result` and is gone after the call. FALSE with an error
 * set ends the stream, and that error is what store_query_stream returns. May not run statements,
 * store_storage_find excepted. */
typedef gboolean (*StoreRowFunc)(const StoreResult *result, gpointer data, GError **error);

/* Rows one by one as PostgreSQL sends them, in bounded memory however many they are. Retried only
 * while no row has been given out. statement_timeout_ms bounds the wait for each next row; a
 * statement that is not long is also ended by PostgreSQL when all rows together take longer. */
gboolean store_query_stream(Store *store,
                            const StoreQuery *query,
                            const StoreParam *params,
                            guint param_count,
                            StoreRowFunc row_func,
                            gpointer data,
                            GError **error);

/* ---- several statements, one transaction ---- */

typedef struct StoreTransaction StoreTransaction;

/* The work. FALSE (with an error) rolls back. It is run again from the start after a serialization
 * failure, a deadlock or a connection lost before the commit, so it must set its outputs anew each
 * time and have no other effect. */
typedef gboolean (*StoreTransactionFunc)(StoreTransaction *transaction,
                                         gpointer data,
                                         GError **error);

/* Runs `func` in a READ COMMITTED transaction on one connection and commits. BEGIN travels with the
 * first statement; a transaction without one never reaches PostgreSQL. The commit's connection
 * lost: COMMIT_STATE_UNKNOWN. */
gboolean
store_transaction_run(Store *store, StoreTransactionFunc func, gpointer data, GError **error);

/* As their store_query_ counterparts. After a failure the transaction is dead: return FALSE (each
 * further call fails). */
gboolean store_transaction_rows(StoreTransaction *transaction,
                                const StoreQuery *query,
                                const StoreParam *params,
                                guint param_count,
                                StoreResult **out_result,
                                GError **error);
gboolean store_transaction_one(StoreTransaction *transaction,
                               const StoreQuery *query,
                               const StoreParam *params,
                               guint param_count,
                               StoreResult **out_result,
                               GError **error);
gboolean store_transaction_exec(StoreTransaction *transaction,
                                const StoreQuery *query,
                                const StoreParam *params,
                                guint param_count,
                                guint64 *out_rows_changed,
                                GError **error);

/* ---- errors ---- */

/* When *error has `fact`: gives it the object's name and a better sentence, keeping the detail.
 * Else, and when error is NULL, does nothing. Always returns FALSE, for `return
 * store_error_reword(...)`. if (!store_query_exec(...)) { return store_error_reword(error,
 * SKEP_ERROR_ALREADY_EXISTS, name, "Namespace %s exists already", name);
 *     } */
gboolean
store_error_reword(GError **error, SkepError fact, const char *object, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
