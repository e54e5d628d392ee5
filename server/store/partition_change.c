/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of skep.partitions, each with its event: add, alter, rename, drop. What a change of
 * the table does to its partitions is in table_commit.c. What follows from the rest (see
 * partition_private.h) is left out here. Callers: server/catalog/. */
#include "skep/store_partition.h"

#include <string.h>

#include "skep/error.h"
#include "skep/json.h"
#include "store/partition_change_sql.h"
#include "store/query.h"
#include "store/storage_descriptor.h"

/* NULL when it is the derived one. */
static const char *
location_to_store(const StorePartitionTable *table, const CatalogPartition *partition)
{
    g_autofree char *derived = store_partition_derived_location(table, partition->name);

    return g_strcmp0(partition->location, derived) == 0 ? NULL : partition->location;
}

static char *
parameters_to_json(const CatalogPartition *partition)
{
    GString *json = g_string_new("{");
    GHashTableIter iter;
    gpointer key;
    gpointer value;

    g_hash_table_iter_init(&iter, partition->parameters);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (value == NULL)
            continue;
        if (json->len > 1)
            g_string_append_c(json, ',');
        json_print_append_string(key, json);
        g_string_append_c(json, ':');
        json_print_append_string(value, json);
    }
    g_string_append_c(json, '}');
    return g_string_free(json, FALSE);
}

/* Many partitions as one array for each column. */
typedef struct {
    GPtrArray *names;      /* borrowed */
    GPtrArray *key_values; /* array literals, owned */
    GPtrArray *locations;  /* borrowed, NULL: derived */
    GPtrArray *parameters; /* JSON, owned, may be NULL */
    GArray *storage_ids;   /* these four: gint64 */
    GArray *created_s;
    GArray *last_access_s;
    GArray *write_ids;
} Columns;

static void
columns_clear(Columns *columns)
{
    g_ptr_array_unref(columns->names);
    g_ptr_array_unref(columns->key_values);
    g_ptr_array_unref(columns->locations);
    g_ptr_array_unref(columns->parameters);
    g_array_unref(columns->storage_ids);
    g_array_unref(columns->created_s);
    g_array_unref(columns->last_access_s);
    g_array_unref(columns->write_ids);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Columns, columns_clear)

static void
append_int64(GArray *array, gint64 number)
{
    g_array_append_val(array, number);
}

static void
columns_append(Columns *columns,
               const StorePartitionTable *table,
               const CatalogPartition *partition)
{
    g_ptr_array_add(columns->names, partition->name);
    g_ptr_array_add(columns->key_values,
                    store_array_literal((const char *const *)partition->values));
    g_ptr_array_add(columns->locations, (gpointer)location_to_store(table, partition));
    g_ptr_array_add(columns->parameters, parameters_to_json(partition));
    append_int64(columns->created_s, partition->create_time_s);
    append_int64(columns->last_access_s, partition->last_access_time_s);
    append_int64(columns->write_ids, partition->write_id > 0 ? partition->write_id : -1);
}

/* Descriptors are mostly the same object from one partition to the next. */
static gboolean
columns_append_storages(Columns *columns, Store *store, const GPtrArray *partitions, GError **error)
{
    const CatalogStorage *last = NULL;
    gint64 id = 0;

    for (guint i = 0; i < partitions->len; i++) {
        const CatalogPartition *partition = partitions->pdata[i];

        if (i == 0 || partition->storage != last) {
            if (!store_storage_intern(store, partition->storage, &id, error))
                return FALSE;
            last = partition->storage;
        }
        append_int64(columns->storage_ids, id);
    }
    return TRUE;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    const CatalogPartition *const *left = a;
    const CatalogPartition *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

/* In name order, so that transactions that overlap lock in the same order. */
static gboolean
columns_init(Columns *columns,
             Store *store,
             const StorePartitionTable *table,
             const GPtrArray *partitions,
             GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_sized_new(partitions->len);

    columns->names = g_ptr_array_new();
    columns->key_values = g_ptr_array_new_with_free_func(g_free);
    columns->locations = g_ptr_array_new();
    columns->parameters = g_ptr_array_new_with_free_func(g_free);
    columns->storage_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    columns->created_s = g_array_new(FALSE, FALSE, sizeof(gint64));
    columns->last_access_s = g_array_new(FALSE, FALSE, sizeof(gint64));
    columns->write_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < partitions->len; i++)
        g_ptr_array_add(sorted, partitions->pdata[i]);
    g_ptr_array_sort(sorted, compare_names);
    for (guint i = 0; i < sorted->len; i++)
        columns_append(columns, table, sorted->pdata[i]);
    return columns_append_storages(columns, store, sorted, error);
}

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

typedef struct {
    const StorePartitionTable *table;
    const Columns *columns;
    gboolean if_not_exists;
    GHashTable *added; /* replaced by each attempt */
} Addition;

static gboolean
check_all_added(const Addition *addition, GError **error)
{
    for (guint i = 0; i < addition->columns->names->len; i++) {
        const char *name = addition->columns->names->pdata[i];

        if (!g_hash_table_contains(addition->added, name))
            return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, name, "Partition already exists: %s",
                             name);
    }
    return TRUE;
}

static gboolean
add_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Addition *addition = data;
    const Columns *columns = addition->columns;
    g_autoptr(StoreResult) result = NULL;
    StoreParam params[] = {
        store_param_int64(addition->table->id), param_texts(columns->names),
        param_texts(columns->key_values),       param_integers(columns->storage_ids),
        param_texts(columns->locations),        param_texts(columns->parameters),
        param_integers(columns->created_s),     param_integers(columns->last_access_s),
        param_integers(columns->write_ids)};

    g_hash_table_remove_all(addition->added);
    if (!store_transaction_rows(transaction, &SQL_PARTITION_ADD, STORE_PARAMS(params), &result,
                                error))
        return FALSE;
    for (guint row = 0; row < store_result_rows(result); row++)
        g_hash_table_add(addition->added, store_row_text_copy(result, row, 0));
    return addition->if_not_exists || check_all_added(addition, error);
}

gboolean
store_partition_add(Store *store,
                    const StorePartitionTable *table,
                    const GPtrArray *partitions,
                    gboolean if_not_exists,
                    GHashTable **out_added,
                    GError **error)
{
    g_auto(Columns) columns = {0};
    g_autoptr(GHashTable) added = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Addition addition = {table, &columns, if_not_exists, added};

    if (!columns_init(&columns, store, table, partitions, error) ||
        !store_transaction_run(store, add_in_transaction, &addition, error))
        return FALSE;
    *out_added = g_steal_pointer(&added);
    return TRUE;
}

gboolean
store_partition_alter(Store *store,
                      const StorePartitionTable *table,
                      const GPtrArray *partitions,
                      gboolean truncates,
                      gint64 *out_missing,
                      GError **error)
{
    g_auto(Columns) columns = {0};
    g_autoptr(StoreResult) result = NULL;

    if (!columns_init(&columns, store, table, partitions, error))
        return FALSE;

    StoreParam params[] = {
        store_param_int64(table->id),        param_texts(columns.names),
        param_integers(columns.storage_ids), param_texts(columns.locations),
        param_texts(columns.parameters),     param_integers(columns.last_access_s),
        param_integers(columns.write_ids),   param_integers(columns.created_s),
        store_param_bool(truncates)};

    if (!store_query_one(store, &SQL_PARTITION_ALTER, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_missing = store_row_int64(result, 0, 0);
    return TRUE;
}

typedef struct {
    const StorePartitionTable *table;
    const char *old_name;
    const CatalogPartition *wanted;
    gint64 storage_id;
    StorePartitionMoveFunc move;
    gpointer move_data;
    gboolean found;
} Renaming;

static gboolean
rename_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Renaming *renaming = data;
    const CatalogPartition *wanted = renaming->wanted;
    g_autoptr(StoreResult) result = NULL;
    StoreParam params[] = {store_param_int64(renaming->table->id),
                           store_param_text(renaming->old_name),
                           store_param_text(wanted->name),
                           store_param_text_array((const char *const *)wanted->values),
                           store_param_int64(renaming->storage_id),
                           store_param_text(location_to_store(renaming->table, wanted)),
                           store_param_map(wanted->parameters),
                           store_param_int64(wanted->last_access_time_s),
                           store_param_int64_or_null(MAX(wanted->write_id, 0), 0),
                           store_param_int64(wanted->create_time_s)};

    if (!store_transaction_one(transaction, &SQL_PARTITION_RENAME, STORE_PARAMS(params), &result,
                               error))
        return FALSE;
    renaming->found = result != NULL;
    return !renaming->found || renaming->move(renaming->move_data, error);
}

gboolean
store_partition_rename(Store *store,
                       const StorePartitionTable *table,
                       const char *old_name,
                       const CatalogPartition *wanted,
                       StorePartitionMoveFunc move,
                       gpointer data,
                       gboolean *out_found,
                       GError **error)
{
    Renaming renaming = {table, old_name, wanted, 0, move, data, FALSE};

    if (!store_storage_intern(store, wanted->storage, &renaming.storage_id, error) ||
        !store_transaction_run(store, rename_in_transaction, &renaming, error))
        return FALSE;
    *out_found = renaming.found;
    return TRUE;
}

static void
partition_free(gpointer partition)
{
    catalog_partition_free(partition);
}

gboolean
store_partition_drop(Store *store,
                     const StorePartitionTable *table,
                     const char *const *names,
                     gboolean if_exists,
                     gint64 *out_missing,
                     GPtrArray **out_dropped,
                     GError **error)
{
    StoreParam params[] = {store_param_int64(table->id), store_param_text_array(names),
                           store_param_bool(if_exists)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *dropped;

    if (!store_query_rows(store, &SQL_PARTITION_DROP, STORE_PARAMS(params), &result, error))
        return FALSE;
    dropped = g_ptr_array_new_with_free_func(partition_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogPartition *partition;

        if (store_row_is_null(result, row, 1))
            continue;
        partition = catalog_partition_new();
        partition->name = store_row_text_copy(result, row, 1);
        partition->location = store_row_is_null(result, row, 2)
                                  ? store_partition_derived_location(table, partition->name)
                                  : store_row_text_copy(result, row, 2);
        g_ptr_array_add(dropped, partition);
    }
    *out_missing = store_row_int64(result, 0, 0);
    *out_dropped = dropped;
    return TRUE;
}

typedef struct {
    const StorePartitionTable *source;
    const char *const *names;
    Addition addition;
    StorePartitionMoveFunc move;
    gpointer move_data;
} Exchange;

static gboolean
exchange_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Exchange *exchange = data;
    StoreParam params[] = {store_param_int64(exchange->source->id),
                           store_param_text_array(exchange->names), store_param_bool(FALSE)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_rows(transaction, &SQL_PARTITION_DROP, STORE_PARAMS(params), &result,
                                error))
        return FALSE;
    if (store_row_int64(result, 0, 0) > 0)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_PARTITION, exchange->names[0],
                         "Some partitions to be exchanged are missing");
    return add_in_transaction(transaction, &exchange->addition, error) &&
           exchange->move(exchange->move_data, error);
}

gboolean
store_partition_exchange(Store *store,
                         const StorePartitionTable *source,
                         const char *const *names,
                         const StorePartitionTable *target,
                         const GPtrArray *partitions,
                         StorePartitionMoveFunc move,
                         gpointer data,
                         GError **error)
{
    g_auto(Columns) columns = {0};
    g_autoptr(GHashTable) added = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Exchange exchange = {
        source, names, {target, &columns, FALSE, added},
          move, data
    };

    return columns_init(&columns, store, target, partitions, error) &&
           store_transaction_run(store, exchange_in_transaction, &exchange, error);
}
