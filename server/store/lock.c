/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.locks and skep.lock_components. The statements decide who holds what; which types
 * exclude one another comes from the catalog, which is the caller. */
#include "skep/store_lock.h"

#include "store/acid_private.h"
#include "store/acid_write.h"
#include "store/lock_sql.h"

#define EXPIRE_ROWS_MAX 5000

/* Columns of lock_list. */
enum {
    COLUMN_LOCK,
    COLUMN_ORDINAL,
    COLUMN_TYPE,
    COLUMN_LEVEL,
    COLUMN_NAMESPACE,
    COLUMN_TABLE,
    COLUMN_PARTITION,
    COLUMN_OPERATION,
    COLUMN_TRANSACTIONAL,
    COLUMN_DYNAMIC,
    COLUMN_STATE,
    COLUMN_TRANSACTION,
    COLUMN_ACQUIRED,
    COLUMN_HEARTBEAT,
    COLUMN_BLOCKING_LOCK,
    COLUMN_BLOCKING_ORDINAL,
    COLUMN_USER,
    COLUMN_HOST,
    COLUMN_AGENT
};

static StoreParam
param_conflicts(const StoreLockConflicts *conflicts)
{
    return store_param_int64_array(conflicts->pairs, conflicts->count);
}

static StoreParam
param_texts(const GPtrArray *texts)
{
    return store_param_text_array_sized((const char *const *)texts->pdata, texts->len);
}

static void
append_int64(GArray *array, gint64 number)
{
    g_array_append_val(array, number);
}

/* ---- acquire ---- */

/* Components as one array for each column, and the objects that they touch. */
typedef struct {
    GPtrArray *objects; /* owned */
    GArray *exclusive;
    GPtrArray *namespaces; /* these three borrowed */
    GPtrArray *tables;
    GPtrArray *partitions;
    GArray *types;
    GArray *levels;
    GArray *operations;
    GArray *transactional;
    GArray *dynamic;
} Columns;

static void
columns_init(Columns *columns)
{
    columns->objects = g_ptr_array_new_with_free_func(g_free);
    columns->exclusive = g_array_new(FALSE, FALSE, sizeof(gint64));
    columns->namespaces = g_ptr_array_new();
    columns->tables = g_ptr_array_new();
    columns->partitions = g_ptr_array_new();
    columns->types = g_array_new(FALSE, FALSE, sizeof(gint64));
    columns->levels = g_array_new(FALSE, FALSE, sizeof(gint64));
    columns->operations = g_array_new(FALSE, FALSE, sizeof(gint64));
    columns->transactional = g_array_new(FALSE, FALSE, sizeof(gint64));
    columns->dynamic = g_array_new(FALSE, FALSE, sizeof(gint64));
}

static void
columns_clear(Columns *columns)
{
    g_ptr_array_unref(columns->objects);
    g_array_unref(columns->exclusive);
    g_ptr_array_unref(columns->namespaces);
    g_ptr_array_unref(columns->tables);
    g_ptr_array_unref(columns->partitions);
    g_array_unref(columns->types);
    g_array_unref(columns->levels);
    g_array_unref(columns->operations);
    g_array_unref(columns->transactional);
    g_array_unref(columns->dynamic);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Columns, columns_clear)

/* Who locks a namespace excludes all who lock in it; who locks a table, those of that table. */
static void
columns_append_objects(Columns *columns,
                       const char *catalog_name,
                       const CatalogLockComponent *component)
{
    char *object = g_strdup_printf("%s/%s", catalog_name, component->namespace_name);

    g_ptr_array_add(columns->objects, object);
    append_int64(columns->exclusive, component->table_name == NULL);
    if (component->table_name != NULL) {
        g_ptr_array_add(columns->objects, g_strdup_printf("%s/%s", object, component->table_name));
        append_int64(columns->exclusive, TRUE);
    }
}

static void
columns_append(Columns *columns, const char *catalog_name, const CatalogLockComponent *component)
{
    columns_append_objects(columns, catalog_name, component);
    g_ptr_array_add(columns->namespaces, component->namespace_name);
    g_ptr_array_add(columns->tables, component->table_name);
    g_ptr_array_add(columns->partitions, component->partition_name);
    append_int64(columns->types, component->type);
    append_int64(columns->levels, component->level);
    append_int64(columns->operations, component->operation_type);
    append_int64(columns->transactional, component->is_transactional ? 1 : 0);
    append_int64(columns->dynamic, component->is_dynamic_partition_write ? 1 : 0);
}

typedef struct {
    const char *catalog_name;
    const CatalogLockRequest *request;
    const StoreLockConflicts *conflicts;
    const Columns *columns;
    gint64 lease_ms;
    gint64 lock_id;
    CatalogLockState state;
    char *reason;    /* owned */
    GError *problem; /* owned */
} Acquisition;

/* Columns of lock_blocker. */
enum {
    BLOCKER_ASKED_TYPE,
    BLOCKER_LOCK,
    BLOCKER_ORDINAL,
    BLOCKER_TRANSACTION,
    BLOCKER_NAMESPACE,
    BLOCKER_TABLE,
    BLOCKER_PARTITION,
    BLOCKER_STATE,
    BLOCKER_TYPE
};

/* Hive's DataOperationType; a write of it is announced by its letter. */
static const char *
operation_letter(const CatalogLockComponent *component)
{
    static const char *const letters[] = {NULL, NULL, "i", "u", "d"};

    if (!component->is_transactional || !component->table_name || component->operation_type < 0 ||
        component->operation_type >= (gint32)G_N_ELEMENTS(letters))
        return NULL;
    return letters[component->operation_type];
}

static gboolean
announce_writes(StoreTransaction *transaction, const Acquisition *acquisition, GError **error)
{
    const GPtrArray *components = acquisition->request->components;
    g_autoptr(GPtrArray) namespaces = g_ptr_array_new();
    g_autoptr(GPtrArray) tables = g_ptr_array_new();
    g_autoptr(GPtrArray) partitions = g_ptr_array_new();
    g_autoptr(GPtrArray) operations = g_ptr_array_new();
    g_autoptr(GArray) pending = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GArray) ids = NULL;

    for (guint i = 0; i < components->len; i++) {
        const CatalogLockComponent *component = components->pdata[i];
        const char *letter = operation_letter(component);

        if (!letter)
            continue;
        g_ptr_array_add(namespaces, component->namespace_name);
        g_ptr_array_add(tables, component->table_name);
        g_ptr_array_add(partitions, component->partition_name);
        g_ptr_array_add(operations, (char *)letter);
        append_int64(pending, component->is_dynamic_partition_write && !component->partition_name);
    }
    if (operations->len == 0)
        return TRUE;
    ids = store_acid_tables(transaction, acquisition->catalog_name,
                            (const char *const *)namespaces->pdata,
                            (const char *const *)tables->pdata, operations->len, error);
    return ids && store_acid_write_add(transaction, acquisition->request->transaction_id, ids,
                                       partitions, operations, pending, error);
}

/* As Hive prints one. */
static char *
describe_blocker(const StoreResult *result)
{
    static const char *const states[] = {"null", "ACQUIRED", "WAITING"};
    static const char *const types[] = {"null", "SHARED_READ", "SHARED_WRITE", "EXCLUSIVE",
                                        "EXCL_WRITE"};
    const char *table = store_row_text(result, 0, BLOCKER_TABLE);
    const char *partition = store_row_text(result, 0, BLOCKER_PARTITION);
    gint64 state = CLAMP(store_row_int64(result, 0, BLOCKER_STATE), 0, 2);
    gint64 type = CLAMP(store_row_int64(result, 0, BLOCKER_TYPE), 0, 4);

    return g_strdup_printf(
        "lockid:%" G_GINT64_FORMAT " intLockId:%" G_GINT64_FORMAT " txnid:%" G_GINT64_FORMAT
        " db:%s table:%s partition:%s state:%s type:%s",
        store_row_int64(result, 0, BLOCKER_LOCK), store_row_int64(result, 0, BLOCKER_ORDINAL),
        store_row_int64(result, 0, BLOCKER_TRANSACTION),
        store_row_text(result, 0, BLOCKER_NAMESPACE), table ? table : "null",
        partition ? partition : "null", states[state], types[type]);
}

/* A request that would rather not have the lock than wait for it. */
static gboolean
give_up_waiting(StoreTransaction *transaction, Acquisition *acquisition, GError **error)
{
    const CatalogLockRequest *request = acquisition->request;
    StoreParam params[] = {store_param_int64(acquisition->lock_id),
                           param_conflicts(acquisition->conflicts)};
    g_autoptr(StoreResult) result = NULL;
    g_autofree char *blocker = NULL;

    if (acquisition->state != CATALOG_LOCK_WAITING || request->transaction_id == 0 ||
        !(request->zero_wait_reads || request->exclusive_create))
        return TRUE;
    if (!store_transaction_one(transaction, &SQL_LOCK_BLOCKER, STORE_PARAMS(params), &result,
                               error))
        return FALSE;
    if (!result || (!request->exclusive_create &&
                    store_row_int64(result, 0, BLOCKER_ASKED_TYPE) != CATALOG_LOCK_SHARED_READ))
        return TRUE;
    blocker = describe_blocker(result);
    acquisition->reason = g_strdup_printf(
        request->exclusive_create ? "Failed to initiate a concurrent CTAS operation with the same "
                                    "table name, lockInfo : %s"
                                  : "Unable to acquire read lock due to an existing exclusive "
                                    "lock {%s}",
        blocker);
    acquisition->state = CATALOG_LOCK_NOT_ACQUIRED;
    return store_transaction_exec(transaction, &SQL_LOCK_GIVE_UP, params, 1, NULL, error);
}

static gboolean
insert_lock(StoreTransaction *transaction, Acquisition *acquisition, GError **error)
{
    const CatalogLockRequest *request = acquisition->request;
    const Columns *columns = acquisition->columns;
    g_autoptr(StoreResult) result = NULL;
    StoreParam params[] = {store_param_int64(request->transaction_id),
                           store_param_text(request->user),
                           store_param_text(request->host),
                           store_param_text(request->agent_info),
                           store_param_int64(acquisition->lease_ms),
                           store_param_text(acquisition->catalog_name),
                           store_param_integers(columns->types),
                           store_param_integers(columns->levels),
                           param_texts(columns->namespaces),
                           param_texts(columns->tables),
                           param_texts(columns->partitions),
                           store_param_integers(columns->operations),
                           store_param_integers(columns->transactional),
                           store_param_integers(columns->dynamic)};

    if (!store_transaction_one(transaction, &SQL_LOCK_INSERT, STORE_PARAMS(params), &result, error))
        return FALSE;
    acquisition->lock_id = store_row_int64(result, 0, 0);
    return TRUE;
}

/* Three statements, because each has to see what was committed before it began: what the others in
 * the line did before lock_enter returned. */
static gboolean
acquire_in_transaction(StoreTransaction *transaction, gpointer data, GError **error)
{
    Acquisition *acquisition = data;
    gint64 transaction_id = acquisition->request->transaction_id;
    StoreAcidStanding standing;
    g_autoptr(StoreResult) result = NULL;
    StoreParam objects[] = {param_texts(acquisition->columns->objects),
                            store_param_integers(acquisition->columns->exclusive)};

    g_clear_error(&acquisition->problem);
    g_clear_pointer(&acquisition->reason, g_free);
    if (transaction_id != 0) {
        if (!store_acid_hold_open(transaction, transaction_id, FALSE, &standing,
                                  &acquisition->problem, error))
            return FALSE;
        if (acquisition->problem)
            return TRUE;
        if (!announce_writes(transaction, acquisition, error))
            return FALSE;
    }
    if (!store_transaction_exec(transaction, &SQL_LOCK_ENTER, STORE_PARAMS(objects), NULL, error) ||
        !insert_lock(transaction, acquisition, error))
        return FALSE;

    StoreParam params[] = {store_param_int64(acquisition->lock_id),
                           param_conflicts(acquisition->conflicts),
                           store_param_int64(acquisition->lease_ms)};

    if (!store_transaction_one(transaction, &SQL_LOCK_GRANT, STORE_PARAMS(params), &result, error))
        return FALSE;
    /* Without a row the lease has ended already: a wait is all that can be told. */
    acquisition->state =
        result != NULL ? (CatalogLockState)store_row_int64(result, 0, 0) : CATALOG_LOCK_WAITING;
    return give_up_waiting(transaction, acquisition, error);
}

gboolean
store_lock_acquire(Store *store,
                   const char *catalog_name,
                   const CatalogLockRequest *request,
                   const StoreLockConflicts *conflicts,
                   gint64 lease_ms,
                   gint64 *out_lock_id,
                   CatalogLockState *out_state,
                   char **out_reason,
                   GError **error)
{
    g_auto(Columns) columns = {0};
    Acquisition acquisition = {.catalog_name = catalog_name,
                               .request = request,
                               .conflicts = conflicts,
                               .columns = &columns,
                               .lease_ms = lease_ms};

    columns_init(&columns);
    for (guint i = 0; i < request->components->len; i++)
        columns_append(&columns, catalog_name, request->components->pdata[i]);
    if (!store_transaction_run(store, acquire_in_transaction, &acquisition, error)) {
        g_clear_error(&acquisition.problem);
        g_free(acquisition.reason);
        return FALSE;
    }
    if (acquisition.problem) {
        g_propagate_error(error, acquisition.problem);
        return FALSE;
    }
    *out_lock_id = acquisition.lock_id;
    *out_state = acquisition.state;
    *out_reason = acquisition.reason;
    return TRUE;
}

/* ---- one lock ---- */

gboolean
store_lock_find(Store *store,
                gint64 lock_id,
                const StoreLockConflicts *conflicts,
                StoreLockStanding *out_standing,
                gboolean *out_found,
                GError **error)
{
    StoreParam params[] = {store_param_int64(lock_id), param_conflicts(conflicts)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_LOCK_FIND, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_found = result != NULL;
    if (result != NULL) {
        out_standing->state = (CatalogLockState)store_row_int64(result, 0, 0);
        out_standing->since_heartbeat_ms = store_row_int64(result, 0, 1);
        out_standing->is_blocked = store_row_bool(result, 0, 2);
        out_standing->transaction_id = store_row_int64(result, 0, 3);
    }
    return TRUE;
}

gboolean
store_lock_grant(Store *store,
                 gint64 lock_id,
                 const StoreLockConflicts *conflicts,
                 gint64 lease_ms,
                 CatalogLockState *out_state,
                 gboolean *out_found,
                 GError **error)
{
    StoreParam params[] = {store_param_int64(lock_id), param_conflicts(conflicts),
                           store_param_int64(lease_ms)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_LOCK_GRANT, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_found = result != NULL;
    if (result != NULL)
        *out_state = (CatalogLockState)store_row_int64(result, 0, 0);
    return TRUE;
}

gboolean
store_lock_heartbeat(
    Store *store, gint64 lock_id, gint64 lease_ms, gboolean *out_found, GError **error)
{
    StoreParam params[] = {store_param_int64(lock_id), store_param_int64(lease_ms)};
    guint64 rows = 0;

    if (!store_query_exec(store, &SQL_LOCK_HEARTBEAT, STORE_PARAMS(params), &rows, error))
        return FALSE;
    *out_found = rows > 0;
    return TRUE;
}

gboolean
store_lock_release(Store *store, gint64 lock_id, gint64 *out_transaction_id, GError **error)
{
    StoreParam params[] = {store_param_int64(lock_id)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_query_one(store, &SQL_LOCK_RELEASE, STORE_PARAMS(params), &result, error))
        return FALSE;
    *out_transaction_id = result ? store_row_int64(result, 0, 0) : 0;
    return TRUE;
}

/* ---- all locks ---- */

static void
lock_info_free(gpointer info)
{
    catalog_lock_info_free(info);
}

static CatalogLockInfo *
read_lock_info(const StoreResult *result, guint row)
{
    CatalogLockInfo *info = catalog_lock_info_new();
    CatalogLockComponent *component = &info->component;

    info->lock_id = store_row_int64(result, row, COLUMN_LOCK);
    info->ordinal = store_row_int64(result, row, COLUMN_ORDINAL);
    component->type = (CatalogLockType)store_row_int64(result, row, COLUMN_TYPE);
    component->level = (gint32)store_row_int64(result, row, COLUMN_LEVEL);
    component->namespace_name = store_row_text_copy(result, row, COLUMN_NAMESPACE);
    component->table_name = store_row_text_copy(result, row, COLUMN_TABLE);
    component->partition_name = store_row_text_copy(result, row, COLUMN_PARTITION);
    component->operation_type = (gint32)store_row_int64(result, row, COLUMN_OPERATION);
    component->is_transactional = store_row_bool(result, row, COLUMN_TRANSACTIONAL);
    component->is_dynamic_partition_write = store_row_bool(result, row, COLUMN_DYNAMIC);
    info->state = (CatalogLockState)store_row_int64(result, row, COLUMN_STATE);
    info->transaction_id = store_row_int64(result, row, COLUMN_TRANSACTION);
    info->acquired_at_ms = store_row_int64(result, row, COLUMN_ACQUIRED);
    info->heartbeat_at_ms = store_row_int64(result, row, COLUMN_HEARTBEAT);
    info->blocked_by_lock_id = store_row_int64(result, row, COLUMN_BLOCKING_LOCK);
    info->blocked_by_ordinal = store_row_int64(result, row, COLUMN_BLOCKING_ORDINAL);
    info->user = store_row_text_copy(result, row, COLUMN_USER);
    info->host = store_row_text_copy(result, row, COLUMN_HOST);
    info->agent_info = store_row_text_copy(result, row, COLUMN_AGENT);
    return info;
}

gboolean
store_lock_list(Store *store,
                const char *namespace_name,
                const char *table_name,
                const char *partition_name,
                gint64 transaction_id,
                const StoreLockConflicts *conflicts,
                GPtrArray **out_locks,
                GError **error)
{
    StoreParam params[] = {store_param_text(namespace_name), store_param_text(table_name),
                           store_param_text(partition_name), param_conflicts(conflicts),
                           store_param_int64_or_null(transaction_id, 0)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *locks;

    if (!store_query_rows(store, &SQL_LOCK_LIST, STORE_PARAMS(params), &result, error))
        return FALSE;
    locks = g_ptr_array_new_with_free_func(lock_info_free);
    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(locks, read_lock_info(result, row));
    *out_locks = locks;
    return TRUE;
}

gboolean
store_lock_expire(Store *store, guint64 *out_removed, GError **error)
{
    StoreParam params[] = {store_param_int64(EXPIRE_ROWS_MAX)};

    return store_query_exec(store, &SQL_LOCK_EXPIRE, STORE_PARAMS(params), out_removed, error);
}
