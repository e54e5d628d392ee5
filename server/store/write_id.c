/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.acid_tables and skep.write_ids: the numbers under which transactions write a table.
 * Callers: server/catalog/, and the files of acid_private.h. */
#include "skep/error.h"
#include "skep/store_acid_transaction.h"
#include "store/acid_private.h"
#include "store/acid_write.h"
#include "store/write_id_sql.h"

#define FORGET_ROWS_MAX 20000

GArray *
store_acid_tables(StoreTransaction *transaction,
                  const char *catalog_name,
                  const char *const *namespaces,
                  const char *const *tables,
                  gsize count,
                  GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name),
                           store_param_text_array_sized(namespaces, count),
                           store_param_text_array_sized(tables, count)};
    g_autoptr(StoreResult) result = NULL;
    GArray *ids;

    if (!store_transaction_exec(transaction, &SQL_WRITE_ID_TABLES_MAKE, STORE_PARAMS(params), NULL,
                                error) ||
        !store_transaction_rows(transaction, &SQL_WRITE_ID_TABLES_FIND, STORE_PARAMS(params),
                                &result, error))
        return NULL;
    /* Dropped between the two statements: whoever writes it now is too late. */
    if (store_result_rows(result) != count)
        return skep_fail_null(error, SKEP_ERROR_NO_SUCH_TABLE, NULL,
                              "A table was dropped while it was written");
    ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint row = 0; row < store_result_rows(result); row++) {
        gint64 id = store_row_int64(result, row, 0);

        g_array_append_val(ids, id);
    }
    return ids;
}

gboolean
store_acid_table(StoreTransaction *transaction,
                 const CatalogTableReference *table,
                 gint64 *out_id,
                 GError **error)
{
    const char *namespaces[] = {table->namespace_name};
    const char *tables[] = {table->table_name};
    g_autoptr(GArray) ids =
        store_acid_tables(transaction, table->catalog, namespaces, tables, 1, error);

    if (!ids)
        return FALSE;
    *out_id = g_array_index(ids, gint64, 0);
    return TRUE;
}

/* ---- allocate ---- */

typedef struct {
    const CatalogWriteIdRequest *request;
    GArray *ids;     /* CatalogWriteId, owned */
    GError *problem; /* owned */
} Allocation;

static gboolean
hold_table(StoreTransaction *transaction,
           const CatalogTableReference *table,
           gint64 *out_id,
           gint64 *out_next,
           GError **error)
{
    StoreParam params[] = {store_param_text(table->catalog),
                           store_param_text(table->namespace_name),
                           store_param_text(table->table_name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_one(transaction, &SQL_WRITE_ID_TABLE_HOLD, STORE_PARAMS(params), &result,
                               error))
        return FALSE;
    *out_id = store_row_int64(result, 0, 0);
    *out_next = store_row_int64(result, 0, 1);
    return TRUE;
}

static GArray *
source_transactions(const GArray *source)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(gint64));

    for (guint i = 0; i < source->len; i++)
        g_array_append_val(ids, g_array_index(source, CatalogWriteId, i).transaction_id);
    return ids;
}

/* All open, alive, and of a type that may write. What Hive says otherwise names no transaction;
 * whether one is unknown, or aborted, decides about the exception. */
static gboolean
check_writers(const CatalogWriteIdRequest *request,
              const GArray *ids,
              const GArray *standings,
              GError **out_problem)
{
    SkepError fact = SKEP_ERROR_INVALID_ARGUMENT;
    gboolean is_good = standings->len == ids->len;

    if (!is_good)
        fact = SKEP_ERROR_NO_SUCH_TRANSACTION;
    for (guint i = 0; i < standings->len; i++) {
        const StoreAcidStanding *standing = &g_array_index(standings, StoreAcidStanding, i);

        if (standing->state == CATALOG_TRANSACTION_OPEN && !standing->is_overdue &&
            standing->type != CATALOG_TRANSACTION_READ_ONLY)
            continue;
        is_good = FALSE;
        if (standing->state == CATALOG_TRANSACTION_COMMITTED)
            fact = SKEP_ERROR_NO_SUCH_TRANSACTION;
        else if (standing->state == CATALOG_TRANSACTION_ABORTED || standing->is_overdue)
            fact = SKEP_ERROR_INVALID_OPERATION;
    }
    return is_good || skep_fail(out_problem, fact, NULL,
                                "Write ID allocation failed on %s.%s as not all input txns in open "
                                "state or read-only",
                                request->table.namespace_name, request->table.table_name);
}

static gboolean
prepare_table(StoreTransaction *transaction,
              const CatalogWriteIdRequest *request,
              const GArray *ids,
              gint64 *out_table_id,
              GError **error)
{
    gint64 next = 0;

    if (!hold_table(transaction, &request->table, out_table_id, &next, error))
        return FALSE;

    StoreParam give_back[] = {store_param_int64(*out_table_id), store_param_integers(ids)};

    if (request->give_back && !store_transaction_exec(transaction, &SQL_WRITE_ID_GIVE_BACK,
                                                      STORE_PARAMS(give_back), NULL, error))
        return FALSE;
    if (!request->policy || g_array_index(request->source, CatalogWriteId, 0).write_id == next)
        return TRUE;

    StoreParam start[] = {
        store_param_int64(*out_table_id),
        store_param_int64(g_array_index(request->source, CatalogWriteId, 0).write_id)};

    return store_transaction_exec(transaction, &SQL_WRITE_ID_START_OVER, STORE_PARAMS(start), NULL,
                                  error);
}

static gboolean
allocate(StoreTransaction *transaction, Allocation *allocation, const GArray *ids, GError **error)
{
    g_autoptr(StoreResult) result = NULL;
    gint64 table_id = 0;

    if (!prepare_table(transaction, allocation->request, ids, &table_id, error))
        return FALSE;

    StoreParam params[] = {store_param_int64(table_id), store_param_integers(ids)};

    if (!store_transaction_rows(transaction, &SQL_WRITE_ID_ALLOCATE, STORE_PARAMS(params), &result,
                                error))
        return FALSE;
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogWriteId id = {store_row_int64(result, row, 0), store_row_int64(result, row, 1)};

        g_array_append_val(allocation->ids, id);
    }
    return TRUE;
}

/* Answered from what is there, when all of them have theirs: asked again, or by a second statement
 * of the same transaction. */
static gboolean
find_existing(StoreTransaction *transaction,
              Allocation *allocation,
              const GArray *ids,
              gboolean *out_found,
              GError **error)
{
    const CatalogTableReference *table = &allocation->request->table;
    StoreParam params[] = {store_param_text(table->catalog),
                           store_param_text(table->namespace_name),
                           store_param_text(table->table_name), store_param_integers(ids)};
    g_autoptr(StoreResult) result = NULL;

    *out_found = FALSE;
    if (allocation->request->give_back)
        return TRUE;
    if (!store_transaction_rows(transaction, &SQL_WRITE_ID_FIND, STORE_PARAMS(params), &result,
                                error))
        return FALSE;
    *out_found = store_result_rows(result) == ids->len;
    for (guint row = 0; *out_found && row < ids->len; row++) {
        CatalogWriteId id = {store_row_int64(result, row, 0), store_row_int64(result, row, 1)};

        g_array_append_val(allocation->ids, id);
    }
    return TRUE;
}

static gboolean
allocate_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Allocation *allocation = data;
    const CatalogWriteIdRequest *request = allocation->request;
    g_autoptr(GArray) ids = NULL;
    g_autoptr(GArray) standings = NULL;
    gboolean found = FALSE;

    g_clear_error(&allocation->problem);
    g_array_set_size(allocation->ids, 0);
    if (request->policy) {
        g_autoptr(GArray) source = source_transactions(request->source);

        ids = store_acid_replayed_targets(transaction, request->policy, source, error);
        if (!ids)
            return FALSE;
        if (ids->len != source->len)
            return TRUE;
    } else {
        ids = g_array_ref((GArray *)request->transaction_ids);
    }
    standings = store_acid_hold(transaction, ids, FALSE, error);
    if (!standings)
        return FALSE;
    if (!check_writers(request, ids, standings, &allocation->problem))
        return TRUE;
    if (!find_existing(transaction, allocation, ids, &found, error))
        return FALSE;
    return found || allocate(transaction, allocation, ids, error);
}

GArray *
store_write_id_allocate(Store *store, const CatalogWriteIdRequest *request, GError **error)
{
    Allocation allocation = {.request = request,
                             .ids = g_array_new(FALSE, FALSE, sizeof(CatalogWriteId))};
    gboolean done = store_transaction_run(store, allocate_in_transaction, &allocation, error);

    if (done && !allocation.problem)
        return allocation.ids;
    g_array_unref(allocation.ids);
    if (done)
        g_propagate_error(error, allocation.problem);
    else
        g_clear_error(&allocation.problem);
    return NULL;
}

/* ---- read ---- */

/* References as one array for each of their names; borrowed. */
typedef struct {
    GPtrArray *catalogs;
    GPtrArray *namespaces;
    GPtrArray *tables;
} Names;

static void
names_init(Names *names, const GPtrArray *references)
{
    names->catalogs = g_ptr_array_new();
    names->namespaces = g_ptr_array_new();
    names->tables = g_ptr_array_new();
    for (guint i = 0; i < references->len; i++) {
        const CatalogTableReference *reference = references->pdata[i];

        g_ptr_array_add(names->catalogs, reference->catalog);
        g_ptr_array_add(names->namespaces, reference->namespace_name);
        g_ptr_array_add(names->tables, reference->table_name);
    }
}

static void
names_clear(Names *names)
{
    g_ptr_array_unref(names->catalogs);
    g_ptr_array_unref(names->namespaces);
    g_ptr_array_unref(names->tables);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Names, names_clear)

static StoreParam
param_names(const GPtrArray *names)
{
    return store_param_text_array_sized((const char *const *)names->pdata, names->len);
}

static CatalogValidWriteIds *
read_valid(const StoreResult *result, guint row)
{
    CatalogValidWriteIds *ids = catalog_valid_write_ids_new();

    g_array_unref(ids->invalid);
    g_array_unref(ids->is_aborted);
    ids->water_id = store_row_int64(result, row, 1);
    ids->invalid = store_row_int64_array(result, row, 3);
    ids->is_aborted = store_row_int64_array(result, row, 4);
    for (guint i = 0; i < ids->invalid->len && ids->least_open == 0; i++)
        if (g_array_index(ids->is_aborted, gint64, i) == 0)
            ids->least_open = g_array_index(ids->invalid, gint64, i);
    /* Nothing written is valid: the first that is not is as far as anybody sees. */
    if (!store_row_bool(result, row, 2) && ids->invalid->len > 0) {
        ids->water_id = g_array_index(ids->invalid, gint64, 0);
        g_array_set_size(ids->invalid, 1);
        g_array_set_size(ids->is_aborted, 1);
    }
    return ids;
}

GPtrArray *
store_write_id_valid(Store *store,
                     const GPtrArray *tables,
                     gint64 water_id,
                     const GArray *open,
                     const GArray *aborted,
                     GError **error)
{
    g_auto(Names) names = {0};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *list;

    names_init(&names, tables);

    StoreParam params[] = {param_names(names.catalogs), param_names(names.namespaces),
                           param_names(names.tables),   store_param_int64(water_id),
                           store_param_integers(open),  store_param_integers(aborted)};

    if (!store_query_rows(store, &SQL_WRITE_ID_VALID, STORE_PARAMS(params), &result, error))
        return NULL;
    list = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_valid_write_ids_free);
    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(list, read_valid(result, row));
    return list;
}

static gboolean
find_number(Store *store,
            const StoreQuery *query,
            const StoreParam *params,
            guint param_count,
            gint64 *out_number,
            GError **error)
{
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, query, params, param_count, &result, error))
        return FALSE;
    *out_number = result ? store_row_int64(result, 0, 0) : 0;
    return TRUE;
}

gboolean
store_write_id_transaction(Store *store,
                           const CatalogTableReference *table,
                           gint64 write_id,
                           gint64 *out_transaction_id,
                           GError **error)
{
    StoreParam params[] = {store_param_text(table->catalog),
                           store_param_text(table->namespace_name),
                           store_param_text(table->table_name), store_param_int64(write_id)};

    return find_number(store, &SQL_WRITE_ID_TRANSACTION, STORE_PARAMS(params), out_transaction_id,
                       error);
}

gboolean
store_write_id_max(Store *store,
                   const CatalogTableReference *table,
                   gint64 *out_write_id,
                   GError **error)
{
    StoreParam params[] = {store_param_text(table->catalog),
                           store_param_text(table->namespace_name),
                           store_param_text(table->table_name)};

    return find_number(store, &SQL_WRITE_ID_MAX, STORE_PARAMS(params), out_write_id, error);
}

gboolean
store_write_id_seed(Store *store,
                    const CatalogTableReference *table,
                    gint64 write_id,
                    GError **error)
{
    StoreParam params[] = {store_param_text(table->catalog),
                           store_param_text(table->namespace_name),
                           store_param_text(table->table_name), store_param_int64(write_id)};
    gint64 id = 0;

    if (!find_number(store, &SQL_WRITE_ID_SEED, STORE_PARAMS(params), &id, error))
        return FALSE;
    return id != 0 ||
           skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, NULL, "Table %s.%s has write ids already",
                     table->namespace_name, table->table_name);
}

gboolean
store_write_id_note_reads(Store *store,
                          gint64 transaction_id,
                          const GPtrArray *tables,
                          const GArray *write_ids,
                          GError **error)
{
    g_auto(Names) names = {0};

    names_init(&names, tables);

    StoreParam params[] = {store_param_int64(transaction_id), param_names(names.catalogs),
                           param_names(names.namespaces), param_names(names.tables),
                           store_param_integers(write_ids)};

    return store_query_exec(store, &SQL_WRITE_ID_READS_ADD, STORE_PARAMS(params), NULL, error);
}

gboolean
store_write_id_forget(Store *store, GError **error)
{
    StoreParam params[] = {store_param_int64(FORGET_ROWS_MAX)};

    return store_query_exec(store, &SQL_WRITE_ID_FORGET, STORE_PARAMS(params), NULL, error);
}

/* ---- replication ---- */

typedef struct {
    const CatalogTableReference *table;
    const CatalogTransactionOpening *opening;
    const GArray *aborted;
    const char *const *partitions;
    gsize partition_count;
    gint64 next_write_id;
} Replica;

/* Writes of the aborted transactions, so that they are kept until a compaction has been there. */
static gboolean
note_writes(StoreTransaction *transaction,
            const Replica *replica,
            gint64 table_id,
            gint64 id,
            GError **error)
{
    gsize count = MAX(replica->partition_count, 1);
    g_autoptr(GArray) tables = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GArray) pending = g_array_new(FALSE, TRUE, sizeof(gint64));
    g_autoptr(GPtrArray) partitions = g_ptr_array_new();
    g_autoptr(GPtrArray) operations = g_ptr_array_new();

    g_array_set_size(pending, (guint)count);
    for (gsize i = 0; i < count; i++) {
        g_array_append_val(tables, table_id);
        g_ptr_array_add(partitions,
                        replica->partition_count > 0 ? (char *)replica->partitions[i] : NULL);
        g_ptr_array_add(operations, (char *)"u");
    }
    return store_acid_write_add(transaction, id, tables, partitions, operations, pending, error);
}

static gboolean
put_aborted(StoreTransaction *transaction, const Replica *replica, gint64 table_id, GError **error)
{
    g_autoptr(GArray) ids = store_acid_open(transaction, replica->opening, 0, error);

    if (!ids)
        return FALSE;

    StoreParam params[] = {store_param_int64(table_id), store_param_integers(replica->aborted),
                           store_param_integers(ids)};

    if (!store_transaction_exec(transaction, &SQL_WRITE_ID_PUT, STORE_PARAMS(params), NULL, error))
        return FALSE;
    for (guint i = 0; i < ids->len; i++)
        if (!note_writes(transaction, replica, table_id, g_array_index(ids, gint64, i), error))
            return FALSE;
    return store_acid_abort(transaction, ids, NULL, error);
}

static gboolean
replicate_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    const Replica *replica = data;
    gint64 table_id = 0;
    gint64 next = 0;

    if (!hold_table(transaction, replica->table, &table_id, &next, error))
        return FALSE;
    if (next > 1)
        return TRUE;

    StoreParam params[] = {store_param_int64(table_id), store_param_int64(replica->next_write_id)};

    return store_transaction_exec(transaction, &SQL_WRITE_ID_START_OVER, STORE_PARAMS(params), NULL,
                                  error) &&
           (replica->aborted->len == 0 || put_aborted(transaction, replica, table_id, error));
}

gboolean
store_write_id_replicate(Store *store,
                         const CatalogTableReference *table,
                         const CatalogTransactionOpening *opening,
                         const GArray *aborted,
                         const char *const *partitions,
                         gsize partition_count,
                         gint64 next_write_id,
                         GError **error)
{
    Replica replica = {table, opening, aborted, partitions, partition_count, next_write_id};

    return store_transaction_run(store, replicate_in_transaction, &replica, error);
}
