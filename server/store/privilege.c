/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of skep.privileges: granted, taken and listed, a bag of them at a time. Caller:
 * server/catalog/privilege.c. */
#include "skep/store_privilege.h"

#include "store/privilege_sql.h"
#include "store/query.h"
#include "store/table_companions.h"

/* Columns of privilege_list and privilege_list_of_table. */
enum {
    PRIVILEGE_OBJECT_TYPE,
    PRIVILEGE_CATALOG,
    PRIVILEGE_NAMESPACE,
    PRIVILEGE_TABLE,
    PRIVILEGE_COLUMN,
    PRIVILEGE_PRINCIPAL_NAME,
    PRIVILEGE_PRINCIPAL_TYPE,
    PRIVILEGE_NAME,
    PRIVILEGE_GRANT_OPTION,
    PRIVILEGE_GRANTED_S,
    PRIVILEGE_GRANTOR_NAME,
    PRIVILEGE_GRANTOR_TYPE,
    PRIVILEGE_AUTHORIZER,
    PRIVILEGE_PARTITION
};

/* Columns of privilege_grant. */
enum { FOUND_NAMESPACE, FOUND_TABLE, FOUND_ROLE, FOUND_PARTITION, IS_MADE };

/* One call. */
typedef struct {
    const GPtrArray *privileges;
    gboolean option_only;
    gboolean may_be_there;       /* a grant that is there already is no failure */
    const CatalogObject *object; /* of privilege_clear */
    const char *authorizer;
} Bag;

static gboolean
check_size(const GPtrArray *privileges, GError **error)
{
    return privileges->len <= STORE_PRIVILEGES_MAX ||
           skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "More than %d privileges in one request",
                     STORE_PRIVILEGES_MAX);
}

/* ",partition" inside the brackets of Hive's messages, or nothing. */
static char *
partition_phrase(const CatalogObject *object)
{
    return object->partition_name ? g_strconcat(",", object->partition_name, NULL) : g_strdup("");
}

/* The object in Hive's words, as its messages end: " on database db". Empty for the global one. */
static char *
object_phrase(const CatalogObject *object)
{
    g_autofree char *partition = partition_phrase(object);

    switch (object->type) {
    case CATALOG_OBJECT_NAMESPACE:
        return g_strdup_printf(" on database %s", object->namespace_name);
    case CATALOG_OBJECT_TABLE:
        return g_strdup_printf(" on table [%s,%s]", object->namespace_name, object->table_name);
    case CATALOG_OBJECT_PARTITION:
        return g_strdup_printf(" on partition [%s,%s%s]", object->namespace_name,
                               object->table_name, partition);
    case CATALOG_OBJECT_COLUMN:
        return g_strdup_printf(" on column %s [%s,%s%s]", object->column_name,
                               object->namespace_name, object->table_name, partition);
    case CATALOG_OBJECT_ANY:
    case CATALOG_OBJECT_GLOBAL:
        break;
    }
    return g_strdup("");
}

static gboolean
fail_granted(GError **error, const CatalogPrivilege *privilege)
{
    g_autofree char *phrase = object_phrase(&privilege->object);

    return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, NULL, "%s is already granted%s by %s",
                     privilege->privilege, phrase,
                     privilege->grantor_name ? privilege->grantor_name : "null");
}

static gboolean
check_granted(const StoreResult *result,
              const CatalogPrivilege *privilege,
              gboolean may_be_there,
              GError **error)
{
    const CatalogObject *object = &privilege->object;

    if (!store_row_bool(result, 0, FOUND_NAMESPACE))
        return skep_fail(error, SKEP_ERROR_NO_SUCH_NAMESPACE, object->namespace_name,
                         "Namespace does not exist: %s", object->namespace_name);
    if (!store_row_bool(result, 0, FOUND_TABLE)) {
        g_autofree char *dotted =
            g_strdup_printf("%s.%s", object->namespace_name, object->table_name);

        return skep_fail(error, SKEP_ERROR_NO_SUCH_TABLE, dotted, "Table does not exist: %s",
                         dotted);
    }
    if (!store_row_bool(result, 0, FOUND_PARTITION))
        return skep_fail(error, SKEP_ERROR_NO_SUCH_PARTITION, NULL,
                         "Partition does not exist: %s.%s.%s", object->namespace_name,
                         object->table_name, object->partition_name);
    if (!store_row_bool(result, 0, FOUND_ROLE))
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL, "Role %s does not exist",
                         privilege->principal_name);
    return may_be_there || store_row_bool(result, 0, IS_MADE) || fail_granted(error, privilege);
}

static gboolean
grant_one(StoreTransaction *transaction,
          const CatalogPrivilege *privilege,
          gboolean may_be_there,
          GError **error)
{
    StoreParam params[] = {store_param_text(privilege->object.catalog),
                           store_param_int64(privilege->object.type),
                           store_param_text(privilege->object.namespace_name),
                           store_param_text(privilege->object.table_name),
                           store_param_text(privilege->object.column_name),
                           store_param_text(privilege->principal_name),
                           store_param_int64(privilege->principal_type),
                           store_param_text(privilege->privilege),
                           store_param_bool(privilege->grant_option),
                           store_param_int64(privilege->grant_time_s),
                           store_param_text(privilege->grantor_name),
                           store_param_int64(privilege->grantor_type),
                           store_param_text(privilege->authorizer),
                           store_param_text(privilege->object.partition_name)};
    g_autoptr(StoreResult) result = NULL;

    return store_transaction_one(transaction, &SQL_PRIVILEGE_GRANT, STORE_PARAMS(params), &result,
                                 error) &&
           check_granted(result, privilege, may_be_there, error);
}

static gboolean
grant_all(StoreTransaction *transaction, gpointer data, GError **error)
{
    const Bag *bag = data;

    for (guint i = 0; i < bag->privileges->len; i++) {
        if (!grant_one(transaction, bag->privileges->pdata[i], bag->may_be_there, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
store_privilege_grant(Store *store, const GPtrArray *privileges, GError **error)
{
    Bag bag = {.privileges = privileges};

    return check_size(privileges, error) && store_transaction_run(store, grant_all, &bag, error);
}

gboolean
store_privilege_grant_within(StoreTransaction *transaction,
                             const GPtrArray *privileges,
                             GError **error)
{
    Bag bag = {.privileges = privileges};

    return grant_all(transaction, &bag, error);
}

static gboolean
fail_not_granted(GError **error, const CatalogPrivilege *privilege)
{
    g_autofree char *phrase = object_phrase(&privilege->object);

    if (privilege->object.type == CATALOG_OBJECT_NAMESPACE)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                         "No database grant found for privileges %s%s", privilege->privilege,
                         phrase);
    if (privilege->object.type == CATALOG_OBJECT_TABLE)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                         "No grant (%s) found  on table %s, database is %s", privilege->privilege,
                         privilege->object.table_name, privilege->object.namespace_name);
    if (privilege->object.type == CATALOG_OBJECT_PARTITION)
        return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                         "No grant (%s) found  on table %s, partition is %s, database is %s",
                         privilege->privilege, privilege->object.table_name,
                         privilege->object.partition_name, privilege->object.namespace_name);
    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                     "No user grant found for privileges %s%s", privilege->privilege, phrase);
}

static gboolean
revoke_one(StoreTransaction *transaction,
           const CatalogPrivilege *privilege,
           gboolean option_only,
           GError **error)
{
    StoreParam params[] = {store_param_text(privilege->object.catalog),
                           store_param_int64(privilege->object.type),
                           store_param_text(privilege->object.namespace_name),
                           store_param_text(privilege->object.table_name),
                           store_param_text(privilege->object.column_name),
                           store_param_text(privilege->principal_name),
                           store_param_int64(privilege->principal_type),
                           store_param_text(privilege->privilege),
                           store_param_bool(option_only),
                           store_param_text(privilege->grantor_name),
                           store_param_text(privilege->object.partition_name)};
    g_autoptr(StoreResult) result = NULL;

    if (!store_transaction_one(transaction, &SQL_PRIVILEGE_REVOKE, STORE_PARAMS(params), &result,
                               error))
        return FALSE;
    if (!result)
        return fail_not_granted(error, privilege);
    return !option_only || store_row_bool(result, 0, 0) ||
           skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                     "User %s does not have grant option with privilege %s",
                     privilege->principal_name, privilege->privilege);
}

static gboolean
revoke_all(StoreTransaction *transaction, gpointer data, GError **error)
{
    const Bag *bag = data;

    for (guint i = 0; i < bag->privileges->len; i++) {
        if (!revoke_one(transaction, bag->privileges->pdata[i], bag->option_only, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
store_privilege_revoke(Store *store,
                       const GPtrArray *privileges,
                       gboolean option_only,
                       GError **error)
{
    Bag bag = {.privileges = privileges, .option_only = option_only};

    return check_size(privileges, error) && store_transaction_run(store, revoke_all, &bag, error);
}

static gboolean
replace_all(StoreTransaction *transaction, gpointer data, GError **error)
{
    const Bag *bag = data;
    StoreParam params[] = {
        store_param_text(bag->object->catalog), store_param_int64(bag->object->type),
        store_param_text(bag->object->namespace_name), store_param_text(bag->object->table_name),
        store_param_text(bag->authorizer)};

    return store_transaction_exec(transaction, &SQL_PRIVILEGE_CLEAR, STORE_PARAMS(params), NULL,
                                  error) &&
           grant_all(transaction, data, error);
}

gboolean
store_privilege_replace(Store *store,
                        const CatalogObject *object,
                        const char *authorizer,
                        const GPtrArray *privileges,
                        GError **error)
{
    Bag bag = {
        .privileges = privileges, .may_be_there = TRUE, .object = object, .authorizer = authorizer};

    return check_size(privileges, error) && store_transaction_run(store, replace_all, &bag, error);
}

static char *
text_or_null(const StoreResult *result, guint row, guint column)
{
    const char *text = store_row_text(result, row, column);

    return text && *text ? g_strdup(text) : NULL;
}

static CatalogPrivilege *
read_privilege(const StoreResult *result, guint row)
{
    CatalogPrivilege *privilege = catalog_privilege_new();

    privilege->object.type = (CatalogObjectType)store_row_int64(result, row, PRIVILEGE_OBJECT_TYPE);
    privilege->object.catalog = store_row_text_copy(result, row, PRIVILEGE_CATALOG);
    privilege->object.namespace_name = store_row_text_copy(result, row, PRIVILEGE_NAMESPACE);
    privilege->object.table_name = store_row_text_copy(result, row, PRIVILEGE_TABLE);
    privilege->object.column_name = text_or_null(result, row, PRIVILEGE_COLUMN);
    privilege->principal_name = store_row_text_copy(result, row, PRIVILEGE_PRINCIPAL_NAME);
    privilege->principal_type = (gint32)store_row_int64(result, row, PRIVILEGE_PRINCIPAL_TYPE);
    privilege->privilege = store_row_text_copy(result, row, PRIVILEGE_NAME);
    privilege->grant_option = store_row_bool(result, row, PRIVILEGE_GRANT_OPTION);
    privilege->grant_time_s = (gint32)store_row_int64(result, row, PRIVILEGE_GRANTED_S);
    privilege->grantor_name = text_or_null(result, row, PRIVILEGE_GRANTOR_NAME);
    privilege->grantor_type = (gint32)store_row_int64(result, row, PRIVILEGE_GRANTOR_TYPE);
    privilege->authorizer = text_or_null(result, row, PRIVILEGE_AUTHORIZER);
    privilege->object.partition_name = text_or_null(result, row, PRIVILEGE_PARTITION);
    return privilege;
}

GPtrArray *
store_privilege_list(Store *store,
                     const CatalogObject *object,
                     const char *principal_name,
                     gint32 principal_type,
                     GError **error)
{
    gboolean of_table =
        object->namespace_name && object->table_name && object->type != CATALOG_OBJECT_ANY;
    StoreParam params[] = {store_param_text(object->catalog),
                           store_param_int64_or_null(object->type, CATALOG_OBJECT_ANY),
                           store_param_text(object->namespace_name),
                           store_param_text(object->table_name),
                           store_param_text(object->column_name),
                           store_param_text(principal_name),
                           store_param_int64(principal_type),
                           store_param_text(object->partition_name)};
    g_autoptr(StoreResult) result = NULL;
    GPtrArray *privileges;

    if (!store_query_rows(store, of_table ? &SQL_PRIVILEGE_LIST_OF_TABLE : &SQL_PRIVILEGE_LIST,
                          STORE_PARAMS(params), &result, error))
        return NULL;
    privileges = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_privilege_free);
    for (guint row = 0; row < store_result_rows(result); row++)
        g_ptr_array_add(privileges, read_privilege(result, row));
    return privileges;
}

GPtrArray *
store_privilege_roles(Store *store,
                      const char *user_name,
                      const char *const *groups,
                      GError **error)
{
    StoreParam params[] = {store_param_text(user_name), store_param_text_array(groups),
                           store_param_text(CATALOG_ROLE_PUBLIC)};

    return store_query_texts(store, &SQL_PRIVILEGE_ROLES, STORE_PARAMS(params), error);
}
