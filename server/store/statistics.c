/* SPDX-License-Identifier: Apache-2.0 */
/* Column statistics in skep.column_statistics. A write is one transaction on one connection: it
 * locks what the statistics belong to, merges, stores, and marks. What happens when partitions are
 * dropped or renamed is in the migration that makes the table. Callers: server/catalog/. */
#include "skep/store_statistics.h"

#include "store/query.h"
#include "store/statistics_codec.h"
#include "store/statistics_sql.h"

/* The name under which a table's own statistics are kept. */
#define OF_TABLE ""

static const char *const of_table[] = {OF_TABLE, NULL};

static StoreParam
param_texts(const GPtrArray *texts)
{
    return store_param_text_array_sized((const char *const *)texts->pdata, texts->len);
}

static StoreParam
param_integers(const GArray *integers)
{
    return store_param_int64_array((const gint64 *)(const void *)integers->data, integers->len);
}

/* ---- reading ---- */

/* Columns of statistics_scan. */
enum { AT_PARTITION, AT_COLUMN, AT_TYPE, AT_DECLARED, AT_KIND, AT_ANALYZED, AT_DATA };

static CatalogColumnStatistics *
read_row(const StoreResult *result, guint row, GError **error)
{
    g_autoptr(CatalogColumnStatistics) statistics = catalog_column_statistics_new();

    statistics->column = store_row_text_copy(result, row, AT_COLUMN);
    statistics->type = store_row_text_copy(result, row, AT_TYPE);
    statistics->declared_type = store_row_text_copy(result, row, AT_DECLARED);
    statistics->kind = (CatalogStatisticsKind)store_row_int64(result, row, AT_KIND);
    statistics->analyzed_s = store_row_int64(result, row, AT_ANALYZED);
    if (!store_statistics_from_json(statistics, store_row_text(result, row, AT_DATA),
                                    store_row_text_length(result, row, AT_DATA), error))
        return NULL;
    return g_steal_pointer(&statistics);
}

typedef struct {
    StoreStatisticsFunc func;
    gpointer data;
} Scan;

static gboolean
scan_row(const StoreResult *result, gpointer data, GError **error)
{
    Scan *scan = data;
    g_autoptr(CatalogColumnStatistics) statistics = read_row(result, 0, error);

    return statistics != NULL &&
           scan->func(store_row_text(result, 0, AT_PARTITION), statistics, scan->data, error);
}

static const char *const *
partition_names_of(const StoreStatisticsQuery *query)
{
    return query->partition_names != NULL ? query->partition_names : of_table;
}

gboolean
store_statistics_scan(Store *store,
                      const StoreStatisticsQuery *query,
                      StoreStatisticsFunc func,
                      gpointer data,
                      GError **error)
{
    Scan scan = {func, data};
    StoreParam params[] = {store_param_int64(query->table_id),
                           store_param_text_array(partition_names_of(query)),
                           store_param_text(query->engine), store_param_text_array(query->columns)};

    return store_query_stream(store, &SQL_STATISTICS_SCAN, STORE_PARAMS(params), scan_row, &scan,
                              error);
}

/* ---- what a write locks ---- */

/* The locked rows: partition name ("": the table) -> its parameter, "" for none. Owned texts. */
static gboolean
lock_rows(StoreTransaction *transaction,
          gint64 table_id,
          const char *const *partition_names,
          GHashTable **out_marks,
          GError **error)
{
    StoreParam params[] = {store_param_int64(table_id), store_param_text_array(partition_names)};
    gboolean is_table = partition_names == NULL;
    g_autoptr(StoreResult) result = NULL;
    GHashTable *marks;

    if (!store_transaction_rows(
            transaction, is_table ? &SQL_STATISTICS_LOCK_TABLE : &SQL_STATISTICS_LOCK_PARTITIONS,
            params, is_table ? 1 : 2, &result, error))
        return FALSE;
    marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        char *mark = store_row_text_copy(result, row, 1);

        g_hash_table_replace(marks, store_row_text_copy(result, row, 0),
                             mark != NULL ? mark : g_strdup(""));
    }
    *out_marks = marks;
    return TRUE;
}

/* ---- the parameter ---- */

/* Parameters to be written, one for each row that changes. */
typedef struct {
    GPtrArray *names; /* borrowed */
    GPtrArray *marks; /* owned, NULL: to be absent */
} Marking;

static void
marking_init(Marking *marking)
{
    marking->names = g_ptr_array_new();
    marking->marks = g_ptr_array_new_with_free_func(g_free);
}

static void
marking_clear(Marking *marking)
{
    g_ptr_array_unref(marking->names);
    g_ptr_array_unref(marking->marks);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Marking, marking_clear)

/* `name` and `present` come from lock_rows and outlive the marking. */
static void
marking_add(Marking *marking,
            const StoreStatisticsRules *rules,
            const char *name,
            const char *present,
            const GPtrArray *columns,
            gboolean has_statistics)
{
    char *mark;

    if (rules->mark == NULL)
        return;
    present = *present != '\0' ? present : NULL;
    mark = rules->mark(present, columns, has_statistics);
    if (g_strcmp0(mark, present) == 0) {
        g_free(mark);
        return;
    }
    g_ptr_array_add(marking->names, (gpointer)name);
    g_ptr_array_add(marking->marks, mark);
}

static gboolean
marking_write(const Marking *marking,
              StoreTransaction *transaction,
              gint64 table_id,
              gboolean is_table,
              GError **error)
{
    if (marking->names->len == 0)
        return TRUE;
    if (is_table) {
        StoreParam params[] = {store_param_int64(table_id),
                               store_param_text(marking->marks->pdata[0])};

        return store_transaction_exec(transaction, &SQL_STATISTICS_MARK_TABLE, STORE_PARAMS(params),
                                      NULL, error);
    }

    StoreParam params[] = {store_param_int64(table_id), param_texts(marking->names),
                           param_texts(marking->marks)};

    return store_transaction_exec(transaction, &SQL_STATISTICS_MARK_PARTITIONS,
                                  STORE_PARAMS(params), NULL, error);
}

/* ---- writing ---- */

/* Many rows as one array for each column of the table. Texts are borrowed but for data. */
typedef struct {
    GPtrArray *partition_names;
    GPtrArray *columns;
    GPtrArray *types;
    GPtrArray *declared_types;
    GPtrArray *data; /* owned */
    GArray *kinds;   /* gint64, as the next */
    GArray *analyzed_s;
} Rows;

static void
rows_init(Rows *rows)
{
    rows->partition_names = g_ptr_array_new();
    rows->columns = g_ptr_array_new();
    rows->types = g_ptr_array_new();
    rows->declared_types = g_ptr_array_new();
    rows->data = g_ptr_array_new_with_free_func(g_free);
    rows->kinds = g_array_new(FALSE, FALSE, sizeof(gint64));
    rows->analyzed_s = g_array_new(FALSE, FALSE, sizeof(gint64));
}

static void
rows_clear(Rows *rows)
{
    g_ptr_array_unref(rows->partition_names);
    g_ptr_array_unref(rows->columns);
    g_ptr_array_unref(rows->types);
    g_ptr_array_unref(rows->declared_types);
    g_ptr_array_unref(rows->data);
    g_array_unref(rows->kinds);
    g_array_unref(rows->analyzed_s);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rows, rows_clear)

static void
rows_add(Rows *rows,
         const char *partition_name,
         const CatalogColumnStatistics *wanted,
         const CatalogColumnStatistics *kept)
{
    gint64 kind = kept->kind;

    g_ptr_array_add(rows->partition_names, (gpointer)partition_name);
    g_ptr_array_add(rows->columns, wanted->column);
    g_ptr_array_add(rows->types, wanted->type);
    g_ptr_array_add(rows->declared_types, wanted->declared_type);
    g_ptr_array_add(rows->data, store_statistics_to_json(kept));
    g_array_append_val(rows->kinds, kind);
    g_array_append_val(rows->analyzed_s, wanted->analyzed_s);
}

static gboolean
rows_put(const Rows *rows,
         StoreTransaction *transaction,
         gint64 table_id,
         const char *engine,
         gboolean is_table,
         GError **error)
{
    StoreParam params[] = {
        store_param_int64(table_id),
        store_param_text(engine),
        param_texts(rows->partition_names),
        param_texts(rows->columns),
        param_texts(rows->types),
        param_texts(rows->declared_types),
        param_integers(rows->kinds),
        param_integers(rows->analyzed_s),
        param_texts(rows->data),
        store_param_text(is_table ? "UPDATE_TBL_COL_STAT_EVENT" : "UPDATE_PART_COL_STAT_EVENT")};

    return rows->columns->len == 0 || store_transaction_exec(transaction, &SQL_STATISTICS_PUT,
                                                             STORE_PARAMS(params), NULL, error);
}

/* One call of store_statistics_write. */
typedef struct {
    gint64 table_id;
    const char *engine;
    const GPtrArray *statistics;
    const StoreStatisticsRules *rules;
    GPtrArray *partition_names; /* NULL-terminated; NULL: the table's own */
    gboolean found;             /* set by each attempt */
} Writing;

static char *
stored_key(const char *partition_name, const char *column)
{
    return g_strconcat(partition_name, "\n", column, NULL);
}

/* What is there already, by stored_key; empty when nothing is merged. */
static gboolean
read_stored(const Writing *writing,
            StoreTransaction *transaction,
            GHashTable *stored,
            GError **error)
{
    const GPtrArray *names = writing->partition_names;
    StoreParam params[] = {
        store_param_int64(writing->table_id),
        store_param_text_array(names != NULL ? (const char *const *)names->pdata : of_table),
        store_param_text(writing->engine), store_param_null()};
    g_autoptr(StoreResult) result = NULL;

    if (writing->rules->merge == NULL)
        return TRUE;
    if (!store_transaction_rows(transaction, &SQL_STATISTICS_SCAN, STORE_PARAMS(params), &result,
                                error))
        return FALSE;
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogColumnStatistics *statistics = read_row(result, row, error);

        if (statistics == NULL)
            return FALSE;
        g_hash_table_replace(
            stored, stored_key(store_row_text(result, row, AT_PARTITION), statistics->column),
            statistics);
    }
    return TRUE;
}

static void
free_statistics(gpointer statistics)
{
    catalog_column_statistics_free(statistics);
}

static void
add_column(const Writing *writing,
           const char *partition_name,
           const CatalogColumnStatistics *wanted,
           GHashTable *stored,
           Rows *rows)
{
    g_autofree char *key = stored_key(partition_name, wanted->column);
    const CatalogColumnStatistics *there = g_hash_table_lookup(stored, key);
    g_autoptr(CatalogColumnStatistics) merged = NULL;

    if (there != NULL)
        merged = writing->rules->merge(there, wanted);
    rows_add(rows, partition_name, wanted, merged != NULL ? merged : wanted);
}

/* Everything below the locks. */
static gboolean
write_locked(const Writing *writing,
             StoreTransaction *transaction,
             GHashTable *marks,
             GError **error)
{
    g_autoptr(GHashTable) stored =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_statistics);
    gboolean is_table = writing->partition_names == NULL;
    g_auto(Rows) rows = {0};
    g_auto(Marking) marking = {0};

    rows_init(&rows);
    marking_init(&marking);
    if (!read_stored(writing, transaction, stored, error))
        return FALSE;
    for (guint i = 0; i < writing->statistics->len; i++) {
        const CatalogStatistics *each = writing->statistics->pdata[i];
        const char *name = is_table ? OF_TABLE : each->partition_name;
        g_autoptr(GPtrArray) columns = g_ptr_array_new();

        for (guint c = 0; c < each->columns->len; c++) {
            const CatalogColumnStatistics *wanted = each->columns->pdata[c];

            add_column(writing, name, wanted, stored, &rows);
            g_ptr_array_add(columns, wanted->column);
        }
        marking_add(&marking, writing->rules, name, g_hash_table_lookup(marks, name), columns,
                    TRUE);
    }
    return rows_put(&rows, transaction, writing->table_id, writing->engine, is_table, error) &&
           marking_write(&marking, transaction, writing->table_id, is_table, error);
}

static gboolean
write_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Writing *writing = data;
    g_autoptr(GHashTable) marks = NULL;

    if (!lock_rows(transaction, writing->table_id,
                   writing->partition_names != NULL
                       ? (const char *const *)writing->partition_names->pdata
                       : NULL,
                   &marks, error))
        return FALSE;
    writing->found = g_hash_table_size(marks) == writing->statistics->len;
    return !writing->found || write_locked(writing, transaction, marks, error);
}

gboolean
store_statistics_write(Store *store,
                       gint64 table_id,
                       const char *engine,
                       const GPtrArray *statistics,
                       const StoreStatisticsRules *rules,
                       gboolean *out_found,
                       GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    Writing writing = {table_id, engine, statistics, rules, NULL, FALSE};

    for (guint i = 0; i < statistics->len; i++) {
        const CatalogStatistics *each = statistics->pdata[i];

        if (each->partition_name != NULL)
            g_ptr_array_add(names, each->partition_name);
    }
    if (names->len > 0)
        writing.partition_names = names;
    g_ptr_array_add(names, NULL);
    if (!store_transaction_run(store, write_in_transaction, &writing, error))
        return FALSE;
    *out_found = writing.found;
    return TRUE;
}

/* ---- deleting ---- */

typedef struct {
    const StoreStatisticsQuery *query;
    const StoreStatisticsRules *rules;
    gint64 deleted; /* set by each attempt */
} Deleting;

static void
mark_all(const Deleting *deleting, GHashTable *marks, Marking *marking)
{
    g_autoptr(GPtrArray) columns = NULL;
    GHashTableIter iter;
    gpointer name;
    gpointer present;

    for (gsize i = 0; deleting->query->columns != NULL && deleting->query->columns[i] != NULL;
         i++) {
        if (columns == NULL)
            columns = g_ptr_array_new();
        g_ptr_array_add(columns, (gpointer)deleting->query->columns[i]);
    }
    g_hash_table_iter_init(&iter, marks);
    while (g_hash_table_iter_next(&iter, &name, &present))
        marking_add(marking, deleting->rules, name, present, columns, FALSE);
}

static gboolean
delete_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Deleting *deleting = data;
    const StoreStatisticsQuery *query = deleting->query;
    gboolean is_table = query->partition_names == NULL;
    StoreParam params[] = {
        store_param_int64(query->table_id), store_param_text_array(partition_names_of(query)),
        store_param_text(query->engine), store_param_text_array(query->columns),
        store_param_text(is_table ? "DELETE_TBL_COL_STAT_EVENT" : "DELETE_PART_COL_STAT_EVENT")};
    g_autoptr(GHashTable) marks = NULL;
    g_autoptr(StoreResult) result = NULL;
    g_auto(Marking) marking = {0};

    marking_init(&marking);
    if (!lock_rows(transaction, query->table_id, query->partition_names, &marks, error) ||
        !store_transaction_one(transaction, &SQL_STATISTICS_DELETE, STORE_PARAMS(params), &result,
                               error))
        return FALSE;
    deleting->deleted = store_row_int64(result, 0, 0);
    if (deleting->deleted > 0)
        mark_all(deleting, marks, &marking);
    return marking_write(&marking, transaction, query->table_id, is_table, error);
}

gboolean
store_statistics_delete(Store *store,
                        const StoreStatisticsQuery *query,
                        const StoreStatisticsRules *rules,
                        gint64 *out_deleted,
                        GError **error)
{
    Deleting deleting = {query, rules, 0};

    if (!store_transaction_run(store, delete_in_transaction, &deleting, error))
        return FALSE;
    *out_deleted = deleting.deleted;
    return TRUE;
}

gboolean
store_statistics_forget_columns(Store *store,
                                gint64 table_id,
                                const char *const *columns,
                                GError **error)
{
    StoreParam params[] = {store_param_int64(table_id), store_param_text_array(columns)};

    return store_query_exec(store, &SQL_STATISTICS_FORGET_COLUMNS, STORE_PARAMS(params), NULL,
                            error);
}
