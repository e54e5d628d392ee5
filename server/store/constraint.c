/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.constraints. Caller: server/catalog/constraint.c. */
#include "skep/store_constraint.h"

#include "store/constraint_sql.h"
#include "store/query.h"
#include "store/table_companions.h"

/* Columns of constraint_list. */
enum {
    CONSTRAINT_KIND,
    CONSTRAINT_CATALOG,
    CONSTRAINT_NAMESPACE,
    CONSTRAINT_TABLE,
    CONSTRAINT_COLUMN,
    CONSTRAINT_NAME,
    CONSTRAINT_KEY_SEQ,
    CONSTRAINT_EXPRESSION,
    CONSTRAINT_ENABLED,
    CONSTRAINT_VALIDATED,
    CONSTRAINT_RELIED_ON,
    CONSTRAINT_PARENT_NAMESPACE,
    CONSTRAINT_PARENT_TABLE,
    CONSTRAINT_PARENT_COLUMN,
    CONSTRAINT_PARENT_KEY_NAME,
    CONSTRAINT_UPDATE_RULE,
    CONSTRAINT_DELETE_RULE
};

static gboolean
fail_no_table(GError **error, const char *namespace_name, const char *table_name)
{
    g_autofree char *dotted = g_strdup_printf("%s.%s", namespace_name, table_name);

    return skep_fail(error, SKEP_ERROR_NO_SUCH_TABLE, dotted, "Table does not exist: %s", dotted);
}

static gboolean
lock_table(StoreTransaction *transaction,
           const CatalogConstraint *constraint,
           gint64 *out_id,
           GError **error)
{
    StoreParam params[] = {store_param_text(constraint->catalog),
                           store_param_text(constraint->namespace_name),
                           store_param_text(constraint->table_name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_one(transaction, &SQL_CONSTRAINT_LOCK_TABLE, STORE_PARAMS(params),
                               &result, error))
        return FALSE;
    if (!result)
        return fail_no_table(error, constraint->namespace_name, constraint->table_name);
    *out_id = store_row_int64(result, 0, 0);
    return TRUE;
}

static gboolean
check_no_primary_key(StoreTransaction *transaction,
                     gint64 table_id,
                     const CatalogConstraint *constraint,
                     GError **error)
{
    StoreParam params[] = {store_param_int64(table_id)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_one(transaction, &SQL_CONSTRAINT_HAS_PRIMARY_KEY, STORE_PARAMS(params),
                               &result, error))
        return FALSE;
    return !result || skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, NULL,
                                " Primary key already exists for: %s.%s.%s", constraint->catalog,
                                constraint->namespace_name, constraint->table_name);
}

/* Appends the id of the row to `ids`. */
static gboolean
is_same_table(const CatalogConstraint *a, const CatalogConstraint *b)
{
    return g_str_equal(a->namespace_name, b->namespace_name) &&
           g_str_equal(a->table_name, b->table_name) && g_str_equal(a->catalog, b->catalog);
}

static gboolean
is_same_constraint(const CatalogConstraint *a, const CatalogConstraint *b)
{
    return is_same_table(a, b) && a->kind == b->kind && g_str_equal(a->name, b->name);
}

/* Names are unique in a table; the columns of one key share theirs. */
static gboolean
check_name_is_free(StoreTransaction *transaction,
                   gint64 table_id,
                   const CatalogConstraint *constraint,
                   GError **error)
{
    StoreParam params[] = {store_param_int64(table_id), store_param_text(constraint->name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_one(transaction, &SQL_CONSTRAINT_HAS_NAME, STORE_PARAMS(params), &result,
                               error))
        return FALSE;
    return !result || skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                                "Constraint name already exists: %s", constraint->name);
}

/* `keys` are rows of a name and its columns in order, `wanted` the columns that are pointed to. */
static gboolean
has_key(const StoreResult *keys, const char *const *wanted)
{
    for (guint row = 0; row < store_result_rows(keys); row++) {
        g_auto(GStrv) columns = store_row_text_array(keys, row, 1);

        if (columns && g_strv_equal((const char *const *)columns, wanted))
            return TRUE;
    }
    return FALSE;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

/* A foreign key, the records from `first` on that have its name, points to a primary key or to
 * unique columns. */
static gboolean
check_parent_key(StoreTransaction *transaction,
                 const GPtrArray *constraints,
                 guint first,
                 GError **error)
{
    const CatalogConstraint *head = constraints->pdata[first];
    StoreParam params[] = {store_param_text(head->catalog),
                           store_param_text(head->parent_namespace),
                           store_param_text(head->parent_table)};
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();
    g_autoptr(StoreResult) keys = NULL;

    for (guint i = first; i < constraints->len; i++) {
        const CatalogConstraint *next = constraints->pdata[i];

        if (!is_same_constraint(head, next))
            break;
        g_ptr_array_add(wanted, next->parent_column);
    }
    g_ptr_array_sort(wanted, compare_names);
    g_ptr_array_add(wanted, NULL);
    if (!store_transaction_rows(transaction, &SQL_CONSTRAINT_PARENT_KEYS, STORE_PARAMS(params),
                                &keys, error))
        return FALSE;
    if (store_result_rows(keys) == 0)
        return fail_no_table(error, head->parent_namespace, head->parent_table);
    if (has_key(keys, (const char *const *)wanted->pdata))
        return TRUE;
    g_autofree char *columns = g_strjoinv(", ", (char **)wanted->pdata);

    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                     "Foreign key references %s.%s(%s) but no corresponding primary key or unique "
                     "key exists",
                     head->parent_namespace, head->parent_table, columns);
}

static gboolean
add_one(StoreTransaction *transaction,
        gint64 table_id,
        const CatalogConstraint *constraint,
        GArray *ids,
        GError **error)
{
    StoreParam params[] = {store_param_int64(table_id),
                           store_param_int64(constraint->kind),
                           store_param_text(constraint->name),
                           store_param_int64(constraint->key_seq),
                           store_param_text(constraint->column_name),
                           store_param_text(constraint->expression),
                           store_param_bool(constraint->is_enabled),
                           store_param_bool(constraint->is_validated),
                           store_param_bool(constraint->is_relied_on),
                           store_param_text(constraint->catalog),
                           store_param_text(constraint->parent_namespace),
                           store_param_text(constraint->parent_table),
                           store_param_text(constraint->parent_column),
                           store_param_text(constraint->parent_key_name),
                           store_param_int64(constraint->update_rule),
                           store_param_int64(constraint->delete_rule)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_one(transaction, &SQL_CONSTRAINT_ADD, STORE_PARAMS(params), &result,
                               error))
        return FALSE;
    if (!result)
        return fail_no_table(error, constraint->parent_namespace, constraint->parent_table);
    gint64 id = store_row_int64(result, 0, 0);
    g_array_append_val(ids, id);
    return TRUE;
}

static const char *
event_type_of(CatalogConstraintKind kind)
{
    switch (kind) {
    case CATALOG_CONSTRAINT_PRIMARY_KEY:
        return "ADD_PRIMARYKEY";
    case CATALOG_CONSTRAINT_FOREIGN_KEY:
        return "ADD_FOREIGNKEY";
    case CATALOG_CONSTRAINT_UNIQUE:
        return "ADD_UNIQUECONSTRAINT";
    case CATALOG_CONSTRAINT_NOT_NULL:
        return "ADD_NOTNULLCONSTRAINT";
    case CATALOG_CONSTRAINT_DEFAULT:
        return "ADD_DEFAULTCONSTRAINT";
    case CATALOG_CONSTRAINT_CHECK:
        return "ADD_CHECKCONSTRAINT";
    }
    return NULL;
}

/* The event of those added since the last one, which are of one table and one kind. */
static gboolean
log_added(StoreTransaction *transaction,
          gint64 table_id,
          CatalogConstraintKind kind,
          GArray *ids,
          GError **error)
{
    StoreParam params[] = {
        store_param_int64(table_id),
        store_param_int64_array((const gint64 *)(const void *)ids->data, ids->len),
        store_param_text(event_type_of(kind))};

    if (ids->len == 0)
        return TRUE;
    if (!store_transaction_exec(transaction, &SQL_CONSTRAINT_LOG, STORE_PARAMS(params), NULL,
                                error))
        return FALSE;
    g_array_set_size(ids, 0);
    return TRUE;
}

/* Before the first record of a constraint. */
static gboolean
check_new(StoreTransaction *transaction,
          gint64 table_id,
          const GPtrArray *constraints,
          guint first,
          GError **error)
{
    const CatalogConstraint *constraint = constraints->pdata[first];

    if (constraint->kind == CATALOG_CONSTRAINT_PRIMARY_KEY &&
        !check_no_primary_key(transaction, table_id, constraint, error))
        return FALSE;
    if (constraint->kind == CATALOG_CONSTRAINT_FOREIGN_KEY &&
        !check_parent_key(transaction, constraints, first, error))
        return FALSE;
    return check_name_is_free(transaction, table_id, constraint, error);
}

static gboolean
add_all(StoreTransaction *transaction, gpointer data, GError **error)
{
    const GPtrArray *constraints = data;
    g_autoptr(GArray) added = g_array_new(FALSE, FALSE, sizeof(gint64));
    const CatalogConstraint *before = NULL;
    gint64 table_id = 0;

    for (guint i = 0; i < constraints->len; i++) {
        const CatalogConstraint *constraint = constraints->pdata[i];
        gboolean is_new_table = !before || !is_same_table(before, constraint);

        if (before && (is_new_table || before->kind != constraint->kind) &&
            !log_added(transaction, table_id, before->kind, added, error))
            return FALSE;
        if (is_new_table && !lock_table(transaction, constraint, &table_id, error))
            return FALSE;
        if ((!before || !is_same_constraint(before, constraint)) &&
            !check_new(transaction, table_id, constraints, i, error))
            return FALSE;
        if (!add_one(transaction, table_id, constraint, added, error))
            return FALSE;
        before = constraint;
    }
    return !before || log_added(transaction, table_id, before->kind, added, error);
}

gboolean
store_constraint_add_within(StoreTransaction *transaction,
                            const GPtrArray *constraints,
                            GError **error)
{
    return add_all(transaction, (gpointer)constraints, error);
}

gboolean
store_constraint_add(Store *store, const GPtrArray *constraints, GError **error)
{
    return store_transaction_run(store, add_all, (gpointer)constraints, error);
}

gboolean
store_constraint_drop(Store *store,
                      const char *catalog_name,
                      const char *namespace_name,
                      const char *table_name,
                      const char *name,
                      gboolean *out_dropped,
                      GError **error)
{
    StoreParam params[] = {store_param_text(catalog_name), store_param_text(namespace_name),
                           store_param_text(table_name), store_param_text(name)};
    guint64 rows = 0;

    if (!store_query_exec(store, &SQL_CONSTRAINT_DROP, STORE_PARAMS(params), &rows, error))
        return FALSE;
    *out_dropped = rows > 0;
    return TRUE;
}

static CatalogConstraint *
read_constraint(const StoreResult *result, guint row)
{
    CatalogConstraint *constraint = catalog_constraint_new(
        (CatalogConstraintKind)store_row_int64(result, row, CONSTRAINT_KIND));

    constraint->catalog = store_row_text_copy(result, row, CONSTRAINT_CATALOG);
    constraint->namespace_name = store_row_text_copy(result, row, CONSTRAINT_NAMESPACE);
    constraint->table_name = store_row_text_copy(result, row, CONSTRAINT_TABLE);
    constraint->column_name = store_row_text_copy(result, row, CONSTRAINT_COLUMN);
    constraint->name = store_row_text_copy(result, row, CONSTRAINT_NAME);
    constraint->key_seq = (gint32)store_row_int64(result, row, CONSTRAINT_KEY_SEQ);
    constraint->expression = store_row_text_copy(result, row, CONSTRAINT_EXPRESSION);
    constraint->is_enabled = store_row_bool(result, row, CONSTRAINT_ENABLED);
    constraint->is_validated = store_row_bool(result, row, CONSTRAINT_VALIDATED);
    constraint->is_relied_on = store_row_bool(result, row, CONSTRAINT_RELIED_ON);
    constraint->parent_namespace = store_row_text_copy(result, row, CONSTRAINT_PARENT_NAMESPACE);
    constraint->parent_table = store_row_text_copy(result, row, CONSTRAINT_PARENT_TABLE);
    constraint->parent_column = store_row_text_copy(result, row, CONSTRAINT_PARENT_COLUMN);
    constraint->parent_key_name = store_row_text_copy(result, row, CONSTRAINT_PARENT_KEY_NAME);
    constraint->update_rule = (gint32)store_row_int64(result, row, CONSTRAINT_UPDATE_RULE);
    constraint->delete_rule = (gint32)store_row_int64(result, row, CONSTRAINT_DELETE_RULE);
    return constraint;
}

GPtrArray *
store_constraint_list(Store *store, const StoreConstraintList *query, GError **error)
{
    StoreParam params[] = {
        store_param_text(query->catalog_name),     store_param_int64_or_null(query->kind, -1),
        store_param_text(query->namespace_name),   store_param_text(query->table_name),
        store_param_text(query->parent_namespace), store_param_text(query->parent_table)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *constraints;

    if (!store_query_rows(store, &SQL_CONSTRAINT_LIST, STORE_PARAMS(params), &result, error))
        return NULL;
    constraints = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_constraint_free);
    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(constraints, read_constraint(result, row));
    return constraints;
}
