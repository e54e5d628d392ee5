/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions out of skep.partitions: one, or those that a predicate picks, as they arrive. What is
 * not stored because it follows from the rest (see partition_private.h) is put back here. Changes
 * are in partition_change.c. Callers: server/catalog/. */
#include "skep/store_partition.h"

#include <string.h>

#include "store/partition_private.h"
#include "store/partition_sql.h"
#include "store/query.h"
#include "store/storage_descriptor.h"

/* Columns of partition_find and partition_scan. */
enum {
    COLUMN_NAME,
    COLUMN_KEY_VALUES,
    COLUMN_STORAGE,
    COLUMN_LOCATION,
    COLUMN_PARAMETERS,
    COLUMN_CREATED,
    COLUMN_LAST_ACCESS,
    COLUMN_WRITE
};

char *
store_partition_derived_location(const StorePartitionTable *table, const char *name)
{
    gsize length = table->location != NULL ? strlen(table->location) : 0;

    if (table->location == NULL)
        return NULL;
    while (length > 1 && table->location[length - 1] == '/')
        length--;
    return g_strdup_printf("%.*s/%s", (int)length, table->location, name);
}

/* What one scan carries from row to row. */
typedef struct {
    Store *store;
    const StorePartitionTable *table;
    gint64 storage_id;       /* of `storage` */
    CatalogStorage *storage; /* of the row before */
    StorePartitionFunc func;
    gpointer data;
} Reader;

static void
reader_clear(Reader *reader)
{
    catalog_storage_unref(reader->storage);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reader, reader_clear)

static gboolean
read_storage(Reader *reader, gint64 storage_id, GError **error)
{
    CatalogStorage *storage;

    if (reader->storage != NULL && reader->storage_id == storage_id)
        return TRUE;
    storage = store_storage_find(reader->store, storage_id, error);
    if (storage == NULL)
        return FALSE;
    catalog_storage_unref(reader->storage);
    reader->storage = storage;
    reader->storage_id = storage_id;
    return TRUE;
}

static CatalogPartition *
read_partition(Reader *reader, const StoreResult *result, GError **error)
{
    g_autoptr(CatalogPartition) partition = NULL;

    if (!read_storage(reader, store_row_int64(result, 0, COLUMN_STORAGE), error))
        return NULL;
    partition = catalog_partition_new();
    partition->name = store_row_text_copy(result, 0, COLUMN_NAME);
    partition->values = store_row_text_array(result, 0, COLUMN_KEY_VALUES);
    partition->storage = catalog_storage_ref(reader->storage);
    partition->location = store_row_is_null(result, 0, COLUMN_LOCATION)
                              ? store_partition_derived_location(reader->table, partition->name)
                              : store_row_text_copy(result, 0, COLUMN_LOCATION);
    partition->create_time_s = (gint32)store_row_int64(result, 0, COLUMN_CREATED);
    partition->last_access_time_s = (gint32)store_row_int64(result, 0, COLUMN_LAST_ACCESS);
    partition->write_id = store_row_int64_or(result, 0, COLUMN_WRITE, -1);
    if (!store_row_is_null(result, 0, COLUMN_PARAMETERS)) {
        g_hash_table_unref(partition->parameters);
        partition->parameters = store_row_map(result, 0, COLUMN_PARAMETERS);
    }
    if (!g_hash_table_contains(partition->parameters, STORE_PARTITION_DDL_TIME))
        g_hash_table_insert(partition->parameters, g_strdup(STORE_PARTITION_DDL_TIME),
                            g_strdup_printf("%d", partition->create_time_s));
    return g_steal_pointer(&partition);
}

gboolean
store_partition_find(Store *store,
                     const StorePartitionTable *table,
                     const char *name,
                     CatalogPartition **out_partition,
                     GError **error)
{
    StoreParam params[] = {store_param_int64(table->id), store_param_text(name)};
    g_auto(Reader) reader = {.store = store, .table = table};
    g_autoptr(StoreResult) result = NULL;
    CatalogPartition *partition = NULL;

    if (!store_query_one(store, &SQL_PARTITION_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    if (result != NULL) {
        partition = read_partition(&reader, result, error);
        if (partition == NULL)
            return FALSE;
    }
    *out_partition = partition;
    return TRUE;
}

/* A statement with the predicate's condition in the marked place. */
typedef struct {
    StoreQuery query;
    char *sql; /* NULL: the statement as it is */
    StoreParam params[3];
} Selection;

static void
selection_clear(Selection *selection)
{
    g_free(selection->sql);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Selection, selection_clear)

static void
selection_init(Selection *selection,
               const StoreQuery *base,
               const StorePartitionTable *table,
               const StorePartitionPredicate *predicate,
               gint64 max)
{
    gboolean has_condition = predicate != NULL && predicate->steps->len > 0;

    selection->query = *base;
    selection->sql = NULL;
    selection->params[0] = store_param_int64(table->id);
    selection->params[1] = store_param_int64_or_null(MAX(max, -1), -1);
    selection->params[2] = store_param_text_array_sized(
        has_condition ? (const char *const *)predicate->values->pdata : NULL,
        has_condition ? predicate->values->len : 0);
    if (has_condition) {
        g_autofree char *condition = store_partition_predicate_sql(predicate);
        const char *begin = strstr(base->sql, "/*[*/");
        const char *end = strstr(base->sql, "/*]*/");

        selection->sql =
            g_strdup_printf("%.*s%s%s", (int)(begin - base->sql), base->sql, condition, end);
        selection->query.sql = selection->sql;
        selection->query.is_composed = TRUE;
    }
    /* A listing of all takes as long as the table is large. */
    selection->query.is_long = !has_condition && max < 0;
}

static gboolean
give_partition(const StoreResult *result, gpointer data, GError **error)
{
    Reader *reader = data;
    g_autoptr(CatalogPartition) partition = read_partition(reader, result, error);

    return partition != NULL && reader->func(partition, reader->data, error);
}

gboolean
store_partition_scan(Store *store,
                     const StorePartitionTable *table,
                     const StorePartitionPredicate *predicate,
                     gint64 max,
                     StorePartitionFunc func,
                     gpointer data,
                     GError **error)
{
    g_auto(Reader) reader = {.store = store, .table = table, .func = func, .data = data};
    g_auto(Selection) selection = {0};

    selection_init(&selection, &SQL_PARTITION_SCAN, table, predicate, max);
    return store_query_stream(store, &selection.query, STORE_PARAMS(selection.params),
                              give_partition, &reader, error);
}

typedef struct {
    StorePartitionNameFunc func;
    gpointer data;
} NameReader;

static gboolean
give_name(const StoreResult *result, gpointer data, GError **error)
{
    NameReader *reader = data;

    return reader->func(store_row_text(result, 0, 0), reader->data, error);
}

gboolean
store_partition_scan_names(Store *store,
                           const StorePartitionTable *table,
                           const StorePartitionPredicate *predicate,
                           gint64 max,
                           StorePartitionNameFunc func,
                           gpointer data,
                           GError **error)
{
    NameReader reader = {func, data};
    g_auto(Selection) selection = {0};

    selection_init(&selection, &SQL_PARTITION_SCAN_NAMES, table, predicate, max);
    return store_query_stream(store, &selection.query, STORE_PARAMS(selection.params), give_name,
                              &reader, error);
}

gboolean
store_partition_count(Store *store,
                      const StorePartitionTable *table,
                      const StorePartitionPredicate *predicate,
                      gint64 max,
                      gint64 *out_count,
                      GError **error)
{
    g_auto(Selection) selection = {0};
    g_autoptr(StoreResult) result = NULL;

    selection_init(&selection, &SQL_PARTITION_COUNT, table, predicate, max);
    if (!store_query_one(store, &selection.query, STORE_PARAMS(selection.params), &result, error))
        return FALSE;
    *out_count = store_row_int64(result, 0, 0);
    return TRUE;
}
