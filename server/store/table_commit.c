/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that changes a table in PostgreSQL: create, the compare-and-swap, drop. What a change
 * means was decided by the catalog; here it becomes true, whole or not at all. Caller:
 * server/catalog/. */
#include "skep/store_table.h"

#include "skep/json.h"

#include "store/idempotency_within.h"
#include "store/materialization_codec.h"
#include "store/query.h"
#include "store/storage_descriptor.h"
#include "store/table_companions.h"
#include "store/table_commit_sql.h"

StoreTableCommit *
store_table_commit_new(void)
{
    StoreTableCommit *commit = g_new0(StoreTableCommit, 1);

    commit->record = catalog_commit_record_new();
    return commit;
}

void
store_table_commit_free(StoreTableCommit *commit)
{
    if (!commit)
        return;
    catalog_commit_record_free(commit->record);
    if (commit->refs)
        g_ptr_array_unref(commit->refs);
    g_free(commit);
}

StoreTableRef *
store_table_ref_new(const char *name, gboolean is_tag, gint64 snapshot_id)
{
    StoreTableRef *ref = g_new0(StoreTableRef, 1);

    ref->name = g_strdup(name);
    ref->is_tag = is_tag;
    ref->snapshot_id = snapshot_id;
    return ref;
}

void
store_table_ref_free(StoreTableRef *ref)
{
    if (!ref)
        return;
    g_free(ref->name);
    g_free(ref);
}

/* --- one write, made ready -----------------------------------------------------------------------
 */

/* A write with what its parameters borrow from. */
typedef struct {
    const StoreTableWrite *write;
    gint64 storage_id;
    char *partition_keys;
    char *materialization; /* of a new view */
    GPtrArray *ref_names;  /* borrowed strings; NULL: refs are left alone */
    GArray *ref_is_tag;
    GArray *ref_snapshot_ids;
    GArray *old_storage_ids; /* of partitions, when columns cascade */
    GArray *new_storage_ids;
    gint64 id; /* answers */
    gint64 version;
    StoreTableOutcome outcome;
} PreparedWrite;

static void
prepared_write_clear(PreparedWrite *prepared)
{
    g_free(prepared->partition_keys);
    g_free(prepared->materialization);
    g_clear_pointer(&prepared->ref_names, g_ptr_array_unref);
    g_clear_pointer(&prepared->ref_is_tag, g_array_unref);
    g_clear_pointer(&prepared->ref_snapshot_ids, g_array_unref);
    g_clear_pointer(&prepared->old_storage_ids, g_array_unref);
    g_clear_pointer(&prepared->new_storage_ids, g_array_unref);
}

static char *
print_columns(const GPtrArray *columns)
{
    g_autoptr(cJSON) array = cJSON_CreateArray();

    for (guint i = 0; i < columns->len; i++) {
        const CatalogColumn *column = columns->pdata[i];
        cJSON *item = cJSON_CreateObject();

        if (column->name)
            json_object_set_string(item, "name", column->name);
        if (column->type)
            json_object_set_string(item, "type", column->type);
        if (column->comment)
            json_object_set_string(item, "comment", column->comment);
        json_array_append(array, item);
    }
    return json_print_compact(array);
}

static void
prepare_refs(PreparedWrite *prepared, const GPtrArray *refs)
{
    prepared->ref_names = g_ptr_array_new();
    prepared->ref_is_tag = g_array_new(FALSE, FALSE, sizeof(gint64));
    prepared->ref_snapshot_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; i < refs->len; i++) {
        const StoreTableRef *ref = refs->pdata[i];
        gint64 is_tag = ref->is_tag ? 1 : 0;

        g_ptr_array_add(prepared->ref_names, ref->name);
        g_array_append_val(prepared->ref_is_tag, is_tag);
        g_array_append_val(prepared->ref_snapshot_ids, ref->snapshot_id);
    }
}

/* The descriptor that partitions get in exchange: their own, with the table's new columns. */
static gboolean
exchange_storage(
    Store *store, const CatalogTable *after, gint64 old_id, gint64 *out_id, GError **error)
{
    g_autoptr(CatalogStorage) old = store_storage_find(store, old_id, error);
    g_autoptr(CatalogStorage) changed = old ? catalog_storage_copy(old) : NULL;

    if (!changed)
        return FALSE;
    g_ptr_array_unref(changed->columns);
    changed->columns = catalog_columns_copy(after->storage->columns);
    return store_storage_intern(store, changed, out_id, error);
}

static gboolean
prepare_cascade(Store *store, PreparedWrite *prepared, GError **error)
{
    StoreParam params[] = {store_param_int64(prepared->write->before->id)};
    g_autoptr(StoreResult) result = NULL;

    prepared->old_storage_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    prepared->new_storage_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (!store_query_rows(store, &SQL_TABLE_PARTITION_STORAGES, STORE_PARAMS(params), &result,
                          error))
        return FALSE;
    for (guint row = 0; row < store_result_rows(result); row++) {
        gint64 old_id = store_row_int64(result, row, 0);
        gint64 new_id;

        if (!exchange_storage(store, prepared->write->after, old_id, &new_id, error))
            return FALSE;
        g_array_append_val(prepared->old_storage_ids, old_id);
        g_array_append_val(prepared->new_storage_ids, new_id);
    }
    return TRUE;
}

/* Descriptors are interned before the transaction: their rows must be there whatever becomes of it.
 */
static gboolean
prepare_write(Store *store, PreparedWrite *prepared, const StoreTableWrite *write, GError **error)
{
    prepared->write = write;
    if (!store_storage_intern(store, write->after->storage, &prepared->storage_id, error))
        return FALSE;
    prepared->partition_keys = print_columns(write->after->partition_keys);
    if (!write->before)
        prepared->materialization = store_materialization_print(write->after->materialization);
    if (write->commit && write->commit->refs)
        prepare_refs(prepared, write->commit->refs);
    if (write->before && write->cascade_columns && write->after->storage)
        return prepare_cascade(store, prepared, error);
    return TRUE;
}

/* --- parameters of table_create and table_replace --- */

#define ROW_PARAMS     32
#define CREATE_PARAMS  33
#define REPLACE_PARAMS 37

static StoreParam
int64_array_or_null(const GArray *array)
{
    return array ? store_param_int64_array((const gint64 *)(gpointer)array->data, array->len)
                 : store_param_null();
}

static void
fill_row_params(StoreParam *params, const PreparedWrite *prepared)
{
    const CatalogTable *table = prepared->write->after;
    const char *uuid = table->uuid && g_uuid_string_is_valid(table->uuid) ? table->uuid : NULL;

    params[0] = store_param_text(table->catalog);
    params[1] = store_param_text(table->namespace_name);
    params[2] = store_param_text(table->name);
    params[3] = store_param_text(uuid);
    params[4] = store_param_int64(table->kind);
    params[5] = store_param_text(table->hms_type);
    params[6] = store_param_text(table->owner_name);
    params[7] = store_param_int64(table->owner_type);
    params[8] = store_param_int64(table->create_time_s);
    params[9] = store_param_int64(table->last_access_time_s);
    params[10] = store_param_int64(table->retention_s);
    params[11] = store_param_map(table->parameters);
    params[12] = store_param_int64_or_null(prepared->storage_id, 0);
    params[13] = store_param_text(table->location);
    params[14] = store_param_json(prepared->partition_keys);
    params[15] = store_param_text(table->view_original_text);
    params[16] = store_param_text(table->view_expanded_text);
    params[17] = store_param_bool(table->rewrite_enabled);
    params[18] = store_param_int64(table->write_id);
    params[19] = store_param_text(catalog_map_get(table->parameters, "metadata_location"));
    params[20] = store_param_text(catalog_map_get(table->parameters, "previous_metadata_location"));
    params[21] = store_param_int64_or_null(table->current_snapshot_id, -1);
}

static void
fill_commit_params(StoreParam *params, const PreparedWrite *prepared)
{
    const StoreTableCommit *commit = prepared->write->commit;
    const CatalogCommitRecord *record = commit ? commit->record : NULL;

    for (gsize i = 22; i < ROW_PARAMS; i++)
        params[i] = store_param_null();
    params[22] = store_param_bool(commit != NULL);
    if (record) {
        params[23] = store_param_int64_or_null(record->snapshot_id, -1);
        params[24] = store_param_int64_or_null(record->parent_snapshot_id, -1);
        params[25] = store_param_int64(record->sequence_number);
        params[26] = store_param_int64(record->timestamp_ms);
        params[27] = store_param_text(record->operation);
        params[28] = store_param_text(record->summary_json);
    }
    if (prepared->ref_names)
        params[29] = store_param_text_array_sized(
            (const char *const *)(gpointer)prepared->ref_names->pdata, prepared->ref_names->len);
    params[30] = int64_array_or_null(prepared->ref_is_tag);
    params[31] = int64_array_or_null(prepared->ref_snapshot_ids);
}

static const StoreQuery *
fill_write_params(StoreParam *params, guint *out_count, const PreparedWrite *prepared)
{
    const CatalogTable *before = prepared->write->before;

    fill_row_params(params, prepared);
    fill_commit_params(params, prepared);
    if (!before) {
        params[ROW_PARAMS] = store_param_json(prepared->materialization);
        *out_count = CREATE_PARAMS;
        return &SQL_TABLE_CREATE;
    }
    params[32] = store_param_int64(before->id);
    params[33] = store_param_int64(before->version);
    params[34] = store_param_text(before->namespace_name);
    params[35] = store_param_text(before->name);
    params[36] = store_param_bool(prepared->write->truncates);
    *out_count = REPLACE_PARAMS;
    return &SQL_TABLE_REPLACE;
}

/* Reads the one row of table_create and table_replace. */
static gboolean
take_answer(PreparedWrite *prepared, const StoreResult *result, GError **error)
{
    const CatalogTable *after = prepared->write->after;

    if (!result || store_row_is_null(result, 0, 0))
        return skep_fail(error, SKEP_ERROR_NO_SUCH_NAMESPACE, after->namespace_name,
                         "Namespace does not exist: %s", after->namespace_name);
    if (store_row_is_null(result, 0, 1)) {
        prepared->outcome = STORE_TABLE_MOVED_ON;
        return TRUE;
    }
    prepared->outcome = STORE_TABLE_WRITTEN;
    prepared->id = store_row_int64(result, 0, 1);
    prepared->version = store_row_int64(result, 0, 2);
    return TRUE;
}

static gboolean
run_alone(Store *store, PreparedWrite *prepared, GError **error)
{
    StoreParam params[REPLACE_PARAMS];
    guint count;
    const StoreQuery *query = fill_write_params(params, &count, prepared);
    g_autoptr(StoreResult) result = NULL;

    return store_change_one(store, query, params, count, 1, &result, error) &&
           take_answer(prepared, result, error);
}

/* --- several statements in one transaction --- */

static gboolean
run_partitions(StoreTransaction *transaction, const PreparedWrite *prepared, GError **error)
{
    const CatalogTable *before = prepared->write->before;
    const CatalogTable *after = prepared->write->after;
    StoreParam places[] = {store_param_int64(prepared->id),
                           store_param_text(before->location ? before->location : ""),
                           store_param_text(after->location ? after->location : "")};

    switch (prepared->write->partitions) {
    case STORE_PARTITIONS_STAY:
        return TRUE;
    case STORE_PARTITIONS_KEEP_PLACE:
        return store_transaction_exec(transaction, &SQL_TABLE_PARTITIONS_KEEP_PLACE, places, 2,
                                      NULL, error);
    case STORE_PARTITIONS_MOVE:
        return store_transaction_exec(transaction, &SQL_TABLE_PARTITIONS_MOVE, STORE_PARAMS(places),
                                      NULL, error);
    }
    return TRUE;
}

static gboolean
run_cascade(StoreTransaction *transaction, const PreparedWrite *prepared, GError **error)
{
    StoreParam params[] = {store_param_int64(prepared->id),
                           int64_array_or_null(prepared->old_storage_ids),
                           int64_array_or_null(prepared->new_storage_ids)};

    if (!prepared->old_storage_ids || prepared->old_storage_ids->len == 0)
        return TRUE;
    return store_transaction_exec(transaction, &SQL_TABLE_PARTITIONS_SET_STORAGE,
                                  STORE_PARAMS(params), NULL, error);
}

/* What comes with a new table. It is not there yet that one of them might repeat: they repeat one
 * another. */
static gboolean
run_companions(StoreTransaction *transaction, const PreparedWrite *prepared, GError **error)
{
    const StoreTableWrite *write = prepared->write;
    g_autoptr(GError) failure = NULL;

    if ((!write->constraints ||
         store_constraint_add_within(transaction, write->constraints, &failure)) &&
        (!write->privileges ||
         store_privilege_grant_within(transaction, write->privileges, &failure)))
        return TRUE;
    if (skep_error_fact(failure) == SKEP_ERROR_ALREADY_EXISTS)
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "%s", failure->message);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

static gboolean
run_in_transaction(StoreTransaction *transaction, PreparedWrite *prepared, GError **error)
{
    StoreParam params[REPLACE_PARAMS];
    guint count;
    const StoreQuery *query = fill_write_params(params, &count, prepared);
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_one(transaction, query, params, count, &result, error) ||
        !take_answer(prepared, result, error))
        return FALSE;
    if (!prepared->write->before)
        return run_companions(transaction, prepared, error);
    if (prepared->outcome == STORE_TABLE_MOVED_ON)
        return TRUE;
    return run_partitions(transaction, prepared, error) &&
           run_cascade(transaction, prepared, error);
}

/* Rolls a transaction back without being an error outside this file. */
#define WRITE_MOVED_ON g_quark_from_static_string("store-table-moved-on")

typedef struct {
    PreparedWrite *writes;
    const gsize *order; /* rows are locked in the order of their ids: two transactions cannot wait
                           for one another */
    gsize count;
} WriteSet;

static gboolean
run_set(StoreTransaction *transaction, gpointer data, GError **error)
{
    const WriteSet *set = data;

    for (gsize i = 0; i < set->count; i++) {
        PreparedWrite *prepared = &set->writes[set->order[i]];

        if (!run_in_transaction(transaction, prepared, error))
            return FALSE;
        if (prepared->outcome == STORE_TABLE_MOVED_ON) {
            g_set_error_literal(error, WRITE_MOVED_ON, 0, "moved on");
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
run_transaction(Store *store, WriteSet *set, StoreTableOutcome *out_outcome, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GPtrArray) records = g_ptr_array_new();

    for (gsize i = 0; i < set->count; i++) {
        if (set->writes[i].write->record)
            g_ptr_array_add(records, set->writes[i].write->record);
    }
    if (store_change_run_with(store, records, run_set, set, &failure)) {
        *out_outcome = STORE_TABLE_WRITTEN;
        return TRUE;
    }
    if (failure->domain == WRITE_MOVED_ON) {
        *out_outcome = STORE_TABLE_MOVED_ON;
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

/* Is there more to write than the table itself? */
static gboolean
has_company(const PreparedWrite *prepared)
{
    const StoreTableWrite *write = prepared->write;

    if (write->record)
        return TRUE;
    if (!write->before)
        return write->constraints || write->privileges;
    return write->partitions != STORE_PARTITIONS_STAY || prepared->old_storage_ids;
}

static gboolean
name_conflict(const StoreTableWrite *write, GError **error)
{
    return store_error_reword(error, SKEP_ERROR_ALREADY_EXISTS, write->after->name,
                              "Table already exists: %s.%s", write->after->namespace_name,
                              write->after->name);
}

gboolean
store_table_write(Store *store,
                  const StoreTableWrite *write,
                  StoreTableOutcome *out_outcome,
                  gint64 *out_id,
                  gint64 *out_version,
                  GError **error)
{
    PreparedWrite prepared = {0};
    gsize order = 0;
    WriteSet set = {&prepared, &order, 1};
    gboolean done = prepare_write(store, &prepared, write, error);

    if (done && has_company(&prepared))
        done = run_transaction(store, &set, &prepared.outcome, error);
    else if (done)
        done = run_alone(store, &prepared, error);
    prepared_write_clear(&prepared);
    if (!done)
        return name_conflict(write, error);
    *out_outcome = prepared.outcome;
    if (out_id)
        *out_id = prepared.id;
    if (out_version)
        *out_version = prepared.version;
    return TRUE;
}

static int
compare_write_order(gconstpointer a, gconstpointer b, gpointer data)
{
    const StoreTableWrite *writes = data;
    const CatalogTable *left = writes[*(const gsize *)a].before;
    const CatalogTable *right = writes[*(const gsize *)b].before;
    gint64 left_id = left ? left->id : G_MAXINT64;
    gint64 right_id = right ? right->id : G_MAXINT64;

    if (left_id != right_id)
        return left_id < right_id ? -1 : 1;
    return *(const gsize *)a < *(const gsize *)b ? -1 : 1;
}

gboolean
store_table_write_many(Store *store,
                       const StoreTableWrite *writes,
                       gsize n_writes,
                       StoreTableOutcome *out_outcome,
                       GError **error)
{
    g_autofree PreparedWrite *prepared = g_new0(PreparedWrite, n_writes);
    g_autofree gsize *order = g_new(gsize, n_writes);
    WriteSet set = {prepared, order, n_writes};
    gboolean done = TRUE;

    for (gsize i = 0; i < n_writes && done; i++) {
        order[i] = i;
        done = prepare_write(store, &prepared[i], &writes[i], error);
    }
    if (done) {
        g_qsort_with_data(order, (gint)n_writes, sizeof *order, compare_write_order,
                          (gpointer)writes);
        done = run_transaction(store, &set, out_outcome, error);
    }
    for (gsize i = 0; i < n_writes; i++)
        prepared_write_clear(&prepared[i]);
    return done;
}

/* --- outcomes and partitions --- */

gboolean
store_table_commit_landed(Store *store,
                          gint64 table_id,
                          const char *metadata_location,
                          gboolean *out_landed,
                          GError **error)
{
    StoreParam params[] = {store_param_int64(table_id), store_param_text(metadata_location)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_TABLE_COMMIT_LANDED, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_landed = result && store_row_bool(result, 0, 0);
    return TRUE;
}

GPtrArray *
store_table_partition_locations(Store *store, gint64 table_id, GError **error)
{
    StoreParam params[] = {store_param_int64(table_id)};

    return store_query_texts(store, &SQL_TABLE_PARTITION_LOCATIONS, STORE_PARAMS(params), error);
}
