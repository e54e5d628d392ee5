/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about constraints. Decodes, calls the catalog, encodes; the rules are in
 * server/catalog/constraint.c. Caller: dispatch.c. */
#include "bindings.h"
#include "constraint_record.h"
#include "decode.h"

#include <hms_constraint_types.h>

#include "skep/catalog_constraint.h"

static gboolean
constraints_add(ThriftCall *call, const ThriftConstraintLists *lists, GError **error)
{
    g_autoptr(GPtrArray) constraints = thrift_decode_constraints(lists);
    if (constraints->len > 0) {
        const CatalogConstraint *first = g_ptr_array_index(constraints, 0);
        thrift_call_set_catalog(call, first->catalog);
    }
    return catalog_constraint_add(call->catalog, constraints, error);
}

#define ADD_CONSTRAINTS(handler, ArgsType, request_member, list_member)                            \
    gboolean handler(ThriftCall *call, gpointer args, gpointer result, GError **error)             \
    {                                                                                              \
        (void)result;                                                                              \
        const ArgsType *in = args;                                                                 \
        ThriftConstraintLists lists = {.list_member = in->req->request_member};                    \
        return constraints_add(call, &lists, error);                                               \
    }

ADD_CONSTRAINTS(thrift_add_primary_key,
                HmsConstraintsAddPrimaryKeyArgs,
                primaryKeyCols,
                primary_keys)
ADD_CONSTRAINTS(thrift_add_foreign_key,
                HmsConstraintsAddForeignKeyArgs,
                foreignKeyCols,
                foreign_keys)
ADD_CONSTRAINTS(thrift_add_unique_constraint,
                HmsConstraintsAddUniqueConstraintArgs,
                uniqueConstraintCols,
                uniques)
ADD_CONSTRAINTS(thrift_add_not_null_constraint,
                HmsConstraintsAddNotNullConstraintArgs,
                notNullConstraintCols,
                not_nulls)
ADD_CONSTRAINTS(thrift_add_default_constraint,
                HmsConstraintsAddDefaultConstraintArgs,
                defaultConstraintCols,
                defaults)
ADD_CONSTRAINTS(thrift_add_check_constraint,
                HmsConstraintsAddCheckConstraintArgs,
                checkConstraintCols,
                checks)

/* CatalogConstraint*, of one table. */
static GPtrArray *
constraints_list(ThriftCall *call,
                 gint kind,
                 const char *catalog,
                 const char *database,
                 const char *table,
                 GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(database, catalog, table, &name, error))
        return NULL;
    thrift_call_set_catalog(call, name.catalog);
    CatalogConstraintFilter filter = {.catalog_name = name.catalog,
                                      .kind = kind,
                                      .namespace_name = name.database,
                                      .table_name = name.table};
    return catalog_constraint_list(call->catalog, &filter, error);
}

/* Takes `constraints`; NULL is FALSE. */
static gboolean
append_encoded(GPtrArray *constraints, GPtrArray *out)
{
    g_autoptr(GPtrArray) owned = constraints;
    for (guint i = 0; owned != NULL && i < owned->len; i++)
        thrift_encode_constraint(g_ptr_array_index(owned, i), out);
    return owned != NULL;
}

#define GET_CONSTRAINTS(handler, MethodType, kind, list_member)                                    \
    gboolean handler(ThriftCall *call, gpointer args, gpointer result, GError **error)             \
    {                                                                                              \
        const MethodType##Args *in = args;                                                         \
        MethodType##Result *out = result;                                                          \
        return append_encoded(constraints_list(call, kind, in->request->catName,                   \
                                               in->request->db_name, in->request->tbl_name,        \
                                               error),                                             \
                              out->success->list_member) &&                                        \
               (out->__isset_success = TRUE);                                                      \
    }

GET_CONSTRAINTS(thrift_get_primary_keys,
                HmsConstraintsGetPrimaryKeys,
                CATALOG_CONSTRAINT_PRIMARY_KEY,
                primaryKeys)
GET_CONSTRAINTS(thrift_get_unique_constraints,
                HmsConstraintsGetUniqueConstraints,
                CATALOG_CONSTRAINT_UNIQUE,
                uniqueConstraints)
GET_CONSTRAINTS(thrift_get_not_null_constraints,
                HmsConstraintsGetNotNullConstraints,
                CATALOG_CONSTRAINT_NOT_NULL,
                notNullConstraints)
GET_CONSTRAINTS(thrift_get_default_constraints,
                HmsConstraintsGetDefaultConstraints,
                CATALOG_CONSTRAINT_DEFAULT,
                defaultConstraints)
GET_CONSTRAINTS(thrift_get_check_constraints,
                HmsConstraintsGetCheckConstraints,
                CATALOG_CONSTRAINT_CHECK,
                checkConstraints)

/* Either table may be absent: any. */
gboolean
thrift_get_foreign_keys(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsConstraintsGetForeignKeysArgs *in = args;
    HmsConstraintsGetForeignKeysResult *out = result;
    const HmsForeignKeysRequest *request = in->request;
    g_auto(ThriftName) child = {NULL};
    g_auto(ThriftName) parent = {NULL};
    thrift_decode_database_pattern(request->foreign_db_name, request->catName, &child);
    thrift_decode_database_pattern(request->parent_db_name, request->catName, &parent);
    const char *catalog = child.catalog != NULL ? child.catalog : parent.catalog;
    thrift_call_set_catalog(call, catalog);
    CatalogConstraintFilter filter = {.catalog_name = catalog,
                                      .kind = CATALOG_CONSTRAINT_FOREIGN_KEY,
                                      .namespace_name = child.database,
                                      .table_name = request->foreign_tbl_name,
                                      .parent_namespace = parent.database,
                                      .parent_table = request->parent_tbl_name};
    return append_encoded(catalog_constraint_list(call->catalog, &filter, error),
                          out->success->foreignKeys) &&
           (out->__isset_success = TRUE);
}

static GPtrArray *
list_of_kind(HmsSQLAllTableConstraints *all, CatalogConstraintKind kind)
{
    GPtrArray *lists[] = {all->primaryKeys,        all->foreignKeys,        all->uniqueConstraints,
                          all->notNullConstraints, all->defaultConstraints, all->checkConstraints};
    return lists[kind];
}

gboolean
thrift_get_all_table_constraints(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsConstraintsGetAllTableConstraintsArgs *in = args;
    HmsConstraintsGetAllTableConstraintsResult *out = result;
    const HmsAllTableConstraintsRequest *request = in->request;
    HmsSQLAllTableConstraints *all = out->success->allTableConstraints;
    g_autoptr(GPtrArray) constraints =
        constraints_list(call, -1, request->catName, request->dbName, request->tblName, error);
    if (constraints == NULL)
        return FALSE;
    for (guint i = 0; i < constraints->len; i++) {
        const CatalogConstraint *constraint = g_ptr_array_index(constraints, i);
        thrift_encode_constraint(constraint, list_of_kind(all, constraint->kind));
    }
    all->__isset_primaryKeys = all->__isset_foreignKeys = TRUE;
    all->__isset_uniqueConstraints = all->__isset_notNullConstraints = TRUE;
    all->__isset_defaultConstraints = all->__isset_checkConstraints = TRUE;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_drop_constraint(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsConstraintsDropConstraintArgs *in = args;
    const HmsDropConstraintRequest *request = in->req;
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(request->dbname, request->catName, request->tablename, &name,
                                  error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    return catalog_constraint_drop(call->catalog, name.catalog, name.database, name.table,
                                   request->constraintname, error);
}
