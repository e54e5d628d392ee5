/* SPDX-License-Identifier: Apache-2.0 */
/* What transactions wrote, and their commits: rows of skep.transaction_writes and
 * skep.transaction_files. Who wins is decided by the statements; see acid_commit.sql. Callers:
 * server/catalog/ and lock.c. */
#include "skep/store_acid_transaction.h"

#include "skep/error.h"
#include "store/acid_commit_sql.h"
#include "store/acid_private.h"
#include "store/acid_write.h"

/* Columns of acid_transaction_conflict. */
enum {
    CONFLICT_ID,
    CONFLICT_COMMIT_ID,
    CONFLICT_NAMESPACE,
    CONFLICT_TABLE,
    CONFLICT_PARTITION,
    CONFLICT_OPERATION,
    CONFLICT_THEIR_OPERATION,
    CONFLICT_NOW_ID
};

/* A change that ends with a problem to be raised after it was committed. */
typedef struct {
    const CatalogTransactionCommit *commit;
    GError *problem; /* owned */
} Commit;

static gboolean
finish(gboolean done, GError *problem, GError **error)
{
    if (done && !problem)
        return TRUE;
    if (done)
        g_propagate_error(error, problem);
    else
        g_clear_error(&problem);
    return FALSE;
}

/* ---- writes ---- */

gboolean
store_acid_write_add(StoreTransaction *transaction,
                     gint64 id,
                     const GArray *tables,
                     const GPtrArray *partitions,
                     const GPtrArray *operations,
                     const GArray *pending,
                     GError **error)
{
    StoreParam params[] = {
        store_param_int64(id), store_param_integers(tables),
        store_param_text_array_sized((const char *const *)partitions->pdata, partitions->len),
        store_param_text_array_sized((const char *const *)operations->pdata, operations->len),
        store_param_integers(pending)};

    return store_transaction_exec(transaction, &SQL_ACID_TRANSACTION_WRITES_ADD,
                                  STORE_PARAMS(params), NULL, error);
}

typedef struct {
    gint64 id;
    gint64 write_id;
    const CatalogTableReference *table;
    const char *const *partitions;
    gsize partition_count;
    char operation[2];
    const GPtrArray *files;
    GError *problem; /* owned */
} Naming;

static gboolean
name_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Naming *naming = data;
    StoreAcidStanding standing;
    gint64 table_id = 0;

    g_clear_error(&naming->problem);
    if (!store_acid_hold_open(transaction, naming->id, FALSE, &standing, &naming->problem, error))
        return FALSE;
    if (naming->problem)
        return TRUE;
    if (!store_acid_table(transaction, naming->table, &table_id, error))
        return FALSE;

    StoreParam params[] = {
        store_param_int64(naming->id), store_param_int64(table_id),
        store_param_int64_or_null(naming->write_id, 0),
        store_param_text_array_sized(naming->partitions, naming->partition_count),
        store_param_text(naming->operation)};

    return store_transaction_exec(transaction, &SQL_ACID_TRANSACTION_WRITES_NAME,
                                  STORE_PARAMS(params), NULL, error);
}

gboolean
store_acid_transaction_name_partitions(Store *store,
                                       gint64 id,
                                       gint64 write_id,
                                       const CatalogTableReference *table,
                                       const char *const *partitions,
                                       gsize partition_count,
                                       char operation,
                                       GError **error)
{
    Naming naming = {
        .id = id,
        .write_id = write_id,
        .table = table,
        .partitions = partitions,
        .partition_count = partition_count,
        .operation = {operation, '\0'}
    };
    gboolean done = store_transaction_run(store, name_in_transaction, &naming, error);

    return finish(done, naming.problem, error);
}

/* ---- files ---- */

static gboolean
add_files(StoreTransaction *transaction, gint64 id, const GPtrArray *files, GError **error)
{
    for (guint i = 0; i < files->len; i++) {
        const CatalogWrittenFiles *written = files->pdata[i];
        gint64 table_id = 0;

        if (!store_acid_table(transaction, &written->table, &table_id, error))
            return FALSE;

        StoreParam params[] = {store_param_int64(id), store_param_int64(table_id),
                               store_param_int64(written->write_id),
                               store_param_text(written->partition_name),
                               store_param_text(written->files)};

        if (!store_transaction_exec(transaction, &SQL_ACID_TRANSACTION_FILES_ADD,
                                    STORE_PARAMS(params), NULL, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
add_files_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Naming *naming = data;
    StoreAcidStanding standing;

    g_clear_error(&naming->problem);
    if (!store_acid_hold_open(transaction, naming->id, FALSE, &standing, &naming->problem, error))
        return FALSE;
    return naming->problem || add_files(transaction, naming->id, naming->files, error);
}

gboolean
store_acid_transaction_add_files(Store *store, gint64 id, const GPtrArray *files, GError **error)
{
    Naming naming = {.id = id, .files = files};
    gboolean done = store_transaction_run(store, add_files_in_transaction, &naming, error);

    return finish(done, naming.problem, error);
}

GPtrArray *
store_acid_transaction_list_files(
    Store *store, gint64 id, const char *namespace_name, const char *table_name, GError **error)
{
    StoreParam params[] = {store_param_int64(id), store_param_text(namespace_name),
                           store_param_text(table_name)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *list;

    if (!store_query_rows(store, &SQL_ACID_TRANSACTION_FILES_LIST, STORE_PARAMS(params), &result,
                          error))
        return NULL;
    list = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_written_files_free);
    for (guint row = 0; row < store_result_rows(result); row++) {
        CatalogWrittenFiles *written = catalog_written_files_new();

        written->write_id = store_row_int64(result, row, 0);
        written->table.namespace_name = store_row_text_copy(result, row, 1);
        written->table.table_name = store_row_text_copy(result, row, 2);
        written->files = store_row_text_copy(result, row, 3);
        written->partition_name = store_row_text_copy(result, row, 4);
        g_ptr_array_add(list, written);
    }
    return list;
}

/* ---- commit ---- */

static void
word_conflict(const StoreResult *result, gint64 id, GError **out_problem)
{
    const char *partition = store_row_text(result, 0, CONFLICT_PARTITION);

    skep_fail(out_problem, SKEP_ERROR_INVALID_OPERATION, NULL,
              "Aborting [txnid:%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT
              "] due to a write conflict on %s/%s%s%s committed by [txnid:%" G_GINT64_FORMAT
              ",%" G_GINT64_FORMAT "] %s/%s",
              id, store_row_int64(result, 0, CONFLICT_NOW_ID),
              store_row_text(result, 0, CONFLICT_NAMESPACE),
              store_row_text(result, 0, CONFLICT_TABLE), partition ? "/" : "",
              partition ? partition : "", store_row_int64(result, 0, CONFLICT_ID),
              store_row_int64(result, 0, CONFLICT_COMMIT_ID),
              store_row_text(result, 0, CONFLICT_OPERATION),
              store_row_text(result, 0, CONFLICT_THEIR_OPERATION));
}

/* Two statements: the second has to see what those committed who were before us in the line. */
static gboolean
check_conflict(StoreTransaction *transaction, gint64 id, GError **out_problem, GError **error)
{
    StoreParam params[] = {store_param_int64(id)};
    g_autoptr(StoreResult) entered = NULL;
    g_autoptr(StoreResult) result = NULL;
    g_autoptr(GArray) ids = store_acid_id_array(id);

    if (!store_transaction_rows(transaction, &SQL_ACID_TRANSACTION_ENTER_WRITES,
                                STORE_PARAMS(params), &entered, error))
        return FALSE;
    if (store_result_rows(entered) == 0)
        return TRUE;
    if (!store_transaction_one(transaction, &SQL_ACID_TRANSACTION_CONFLICT, STORE_PARAMS(params),
                               &result, error))
        return FALSE;
    if (!result)
        return TRUE;
    word_conflict(result, id, out_problem);
    return store_acid_abort(transaction, ids, NULL, error);
}

static gboolean
set_parameter(StoreTransaction *transaction, const CatalogTransactionCommit *commit, GError **error)
{
    StoreParam params[] = {store_param_int64(commit->parameter_table_id),
                           store_param_text(commit->parameter_key),
                           store_param_text(commit->parameter_value)};
    guint64 rows = 0;

    if (!commit->parameter_key)
        return TRUE;
    if (!store_transaction_exec(transaction, &SQL_ACID_TRANSACTION_SET_PARAMETER,
                                STORE_PARAMS(params), &rows, error))
        return FALSE;
    return rows == 1 ||
           skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                     "Error updating key/value in the sql backend with txnId=%" G_GINT64_FORMAT
                     ", tableId=%" G_GINT64_FORMAT ", key=%s, value=%s. Only one row should have "
                     "been affected but %" G_GUINT64_FORMAT " rows where affected.",
                     commit->id, commit->parameter_table_id, commit->parameter_key,
                     commit->parameter_value, rows);
}

static gboolean
set_replicated(StoreTransaction *transaction,
               const CatalogTransactionCommit *commit,
               GError **error)
{
    const CatalogTableReference *target = commit->target;
    g_autofree char *last_id = g_strdup_printf("%" G_GINT64_FORMAT, commit->target_last_id);
    g_autoptr(StoreResult) result = NULL;

    if (!target)
        return TRUE;

    StoreParam params[] = {
        store_param_text(target->catalog), store_param_text(target->namespace_name),
        store_param_text(target->table_name),
        commit->target_partitions
            ? store_param_text_array_sized((const char *const *)commit->target_partitions->pdata,
                                           commit->target_partitions->len)
            : store_param_null(),
        store_param_text(last_id)};

    if (!store_transaction_one(transaction, &SQL_ACID_TRANSACTION_SET_REPLICATED,
                               STORE_PARAMS(params), &result, error))
        return FALSE;
    if (store_row_is_null(result, 0, 0))
        return skep_fail(error, SKEP_ERROR_NO_SUCH_NAMESPACE, target->namespace_name,
                         "DB with name %s does not exist in catalog %s", target->namespace_name,
                         target->catalog);
    return !target->table_name || !store_row_is_null(result, 0, 1) ||
           skep_fail(error, SKEP_ERROR_NO_SUCH_TABLE, target->table_name,
                     "Table with name %s does not exist in db %s.%s", target->table_name,
                     target->catalog, target->namespace_name);
}

/* Of a repeated transaction: its id here, 0 when it is over. */
static gboolean
find_own_id(StoreTransaction *transaction,
            const CatalogTransactionCommit *commit,
            gint64 *out_id,
            GError **error)
{
    g_autoptr(GArray) source = store_acid_id_array(commit->id);
    g_autoptr(GArray) targets = NULL;

    *out_id = commit->id;
    if (!commit->policy)
        return TRUE;
    targets = store_acid_replayed_targets(transaction, commit->policy, source, error);
    if (!targets)
        return FALSE;
    *out_id = targets->len > 0 ? g_array_index(targets, gint64, 0) : 0;
    return store_acid_replayed_remove(transaction, commit->policy, source, error);
}

static gboolean
commit_open(StoreTransaction *transaction,
            Commit *work,
            const StoreAcidStanding *standing,
            GError **error)
{
    const CatalogTransactionCommit *commit = work->commit;
    StoreParam params[] = {store_param_int64(standing->id)};
    gboolean is_checked = !commit->may_overlap && !commit->policy &&
                          standing->type != CATALOG_TRANSACTION_READ_ONLY &&
                          standing->type != CATALOG_TRANSACTION_COMPACTION &&
                          standing->type != CATALOG_TRANSACTION_SOFT_DELETE;

    if (is_checked && !check_conflict(transaction, standing->id, &work->problem, error))
        return FALSE;
    if (work->problem)
        return TRUE;
    if (commit->files && !add_files(transaction, standing->id, commit->files, error))
        return FALSE;
    return set_parameter(transaction, commit, error) &&
           set_replicated(transaction, commit, error) &&
           store_transaction_exec(transaction, &SQL_ACID_TRANSACTION_COMMIT, STORE_PARAMS(params),
                                  NULL, error);
}

static gboolean
commit_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Commit *work = data;
    StoreAcidStanding standing = {0};
    gint64 id = 0;

    g_clear_error(&work->problem);
    if (!find_own_id(transaction, work->commit, &id, error))
        return FALSE;
    if (id == 0 && work->commit->policy)
        return set_replicated(transaction, work->commit, error);
    if (!store_acid_hold_open(transaction, id, TRUE, &standing, &work->problem, error))
        return FALSE;
    if (!work->problem)
        return commit_open(transaction, work, &standing, error);
    /* Committed already: an answer got lost, and the client asks again. */
    if (standing.state == CATALOG_TRANSACTION_COMMITTED)
        g_clear_error(&work->problem);
    return TRUE;
}

gboolean
store_acid_transaction_commit(Store *store, const CatalogTransactionCommit *commit, GError **error)
{
    Commit work = {.commit = commit};
    g_autoptr(GError) failure = NULL;
    gboolean done = store_transaction_run(store, commit_in_transaction, &work, &failure);

    /* Whether it has happened is found out by asking again: the second time does nothing. */
    if (!done && g_error_matches(failure, SKEP_ERROR, SKEP_ERROR_COMMIT_STATE_UNKNOWN) &&
        !commit->policy)
        done = store_transaction_run(store, commit_in_transaction, &work, error);
    else if (!done)
        g_propagate_error(error, g_steal_pointer(&failure));
    return finish(done, work.problem, error);
}

gboolean
store_acid_transaction_latest_conflict(Store *store, gint64 id, gint64 *out_id, GError **error)
{
    StoreParam params[] = {store_param_int64(id)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_ACID_TRANSACTION_LATEST_CONFLICT, STORE_PARAMS(params),
                         &result, error))
        return FALSE;
    *out_id = store_row_int64(result, 0, 0);
    return TRUE;
}
