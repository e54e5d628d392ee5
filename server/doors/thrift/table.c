/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that create, read and drop tables and views. Changing them is in table_alter.c, lists of
 * names in table_listing.c; the rules are in server/catalog/. Caller: dispatch.c. */
#include <string.h>

#include "bindings.h"
#include "constraint_record.h"
#include "decode.h"
#include "privilege_record.h"
#include "reply.h"
#include "statistics.h"
#include "table_projection.h"

#include "skep/catalog_table_translation.h"
#include "skep/error.h"

static gboolean
table_create_with(ThriftCall *call,
                  const HmsTable *table,
                  const HmsEnvironmentContext *environment,
                  const ThriftConstraintLists *lists,
                  const GPtrArray *processor_capabilities,
                  GError **error)
{
    g_auto(GStrv) capabilities = thrift_decode_strv(processor_capabilities);
    g_autoptr(CatalogTable) sent = thrift_decode_table(table, error);
    if (sent == NULL)
        return FALSE;
    thrift_call_set_catalog(call, sent->catalog);
    if (!catalog_name_check_hive(sent->name, error))
        return FALSE;
    g_autoptr(CatalogTable) wanted =
        catalog_table_translate(call->catalog, sent, (CatalogCapabilities)capabilities, error);
    if (wanted == NULL)
        return FALSE;
    ThriftContext context;
    thrift_decode_context(environment, &context);
    g_autoptr(GPtrArray) constraints = thrift_decode_constraints(lists);
    g_autoptr(GPtrArray) privileges = thrift_decode_table_privileges(table);
    CatalogTableCreateOptions options = {.do_not_update_stats = context.do_not_update_stats,
                                         .constraints = constraints,
                                         .privileges = privileges};
    g_autoptr(CatalogTable) created =
        catalog_table_create(call->catalog, &call->caller, wanted, &options, error);
    return created != NULL;
}

static gboolean
table_create(ThriftCall *call,
             const HmsTable *table,
             const HmsEnvironmentContext *environment,
             GError **error)
{
    ThriftConstraintLists none = {NULL};
    return table_create_with(call, table, environment, &none, NULL, error);
}

gboolean
thrift_create_table(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesCreateTableArgs *in = args;
    return table_create(call, in->tbl, NULL, error);
}

gboolean
thrift_create_table_with_environment_context(ThriftCall *call,
                                             gpointer args,
                                             gpointer result,
                                             GError **error)
{
    (void)result;
    const HmsTablesCreateTableWithEnvironmentContextArgs *in = args;
    return table_create(call, in->tbl, in->environment_context, error);
}

gboolean
thrift_create_table_with_constraints(ThriftCall *call,
                                     gpointer args,
                                     gpointer result,
                                     GError **error)
{
    (void)result;
    const HmsTablesCreateTableWithConstraintsArgs *in = args;
    ThriftConstraintLists lists = {in->primaryKeys,        in->foreignKeys,
                                   in->uniqueConstraints,  in->notNullConstraints,
                                   in->defaultConstraints, in->checkConstraints};
    return table_create_with(call, in->tbl, NULL, &lists, NULL, error);
}

gboolean
thrift_create_table_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesCreateTableReqArgs *in = args;
    const HmsCreateTableRequest *request = in->request;
    ThriftConstraintLists lists = {request->primaryKeys,        request->foreignKeys,
                                   request->uniqueConstraints,  request->notNullConstraints,
                                   request->defaultConstraints, request->checkConstraints};
    return table_create_with(call, request->table, request->envContext, &lists,
                             request->processorCapabilities, error);
}

gboolean
thrift_translate_table_dryrun(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesTranslateTableDryrunArgs *in = args;
    const HmsCreateTableRequest *request = in->request;
    g_auto(GStrv) capabilities = thrift_decode_strv(request->processorCapabilities);
    g_autoptr(CatalogTable) sent = thrift_decode_table(request->table, error);
    if (sent == NULL)
        return FALSE;
    thrift_call_set_catalog(call, sent->catalog);
    CatalogTable *made =
        catalog_table_create_dry(call->catalog, sent, (CatalogCapabilities)capabilities, error);
    return thrift_reply_table(call, THRIFT_REPLY_PLAIN, made);
}

/* NULL with an error. */
static CatalogTable *
table_find(
    ThriftCall *call, const char *database, const char *catalog, const char *table, GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(database, catalog, table, &name, error))
        return NULL;
    thrift_call_set_catalog(call, name.catalog);
    return catalog_table_find(call->catalog, name.catalog, name.database, name.table, error);
}

gboolean
thrift_get_table(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesGetTableArgs *in = args;
    CatalogTable *table = table_find(call, in->dbname, NULL, in->tbl_name, error);
    return thrift_reply_table(call, THRIFT_REPLY_PLAIN, table);
}

/* All that an engine knows of the columns; *out_statistics stays NULL when that is nothing. */
static gboolean
table_statistics(ThriftCall *call,
                 const CatalogTable *table,
                 const char *engine,
                 HmsColumnStatistics **out_statistics,
                 GError **error)
{
    CatalogStatisticsTarget target = {table->catalog, table->namespace_name, table->name, engine};
    g_autoptr(GPtrArray) found = catalog_statistics_find(call->catalog, &target, NULL, error);
    if (found != NULL && found->len > 0)
        *out_statistics =
            thrift_encode_statistics(&target, NULL, found, thrift_statistics_form(call, TRUE));
    return found != NULL;
}

gboolean
thrift_get_table_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesGetTableReqArgs *in = args;
    const HmsGetTableRequest *request = in->req;
    g_autoptr(CatalogTable) table =
        table_find(call, request->dbName, request->catName, request->tblName, error);
    HmsColumnStatistics *statistics = NULL;
    g_auto(GStrv) capabilities = thrift_decode_strv(request->processorCapabilities);
    if (table != NULL)
        table->access =
            catalog_table_access(call->catalog, table, (CatalogCapabilities)capabilities);
    if (table == NULL || (request->getColumnStats &&
                          !table_statistics(call, table, request->engine, &statistics, error)))
        return FALSE;
    if (statistics == NULL)
        return thrift_reply_table(call, THRIFT_REPLY_IN_STRUCT, g_steal_pointer(&table));
    return thrift_reply_table_with_statistics(call, THRIFT_REPLY_IN_STRUCT, g_steal_pointer(&table),
                                              statistics);
}

/* CatalogTable*, or NULL with an error. `names` is NULL when the client sent no list. */
static GPtrArray *
tables_find(ThriftCall *call, const ThriftName *name, const GPtrArray *names, GError **error)
{
    if (names == NULL)
        return skep_fail_null(error, SKEP_ERROR_INVALID_OPERATION, name->database,
                              "%s cannot find null tables", name->database);
    g_auto(GStrv) wanted = thrift_decode_strv(names);
    return catalog_table_find_many(call->catalog, name->catalog, name->database,
                                   (const char *const *)wanted, error);
}

gboolean
thrift_get_table_objects_by_name(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesGetTableObjectsByNameArgs *in = args;
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(in->dbname, NULL, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    GPtrArray *tables =
        tables_find(call, &name, in->__isset_tbl_names ? in->tbl_names : NULL, error);
    return thrift_reply_tables(call, THRIFT_REPLY_PLAIN, tables);
}

/* Of tables in the order of their databases, those of the first one, from *start on; moves *start
 * behind them. char*, borrowed. */
static GPtrArray *
take_names(const GPtrArray *known, guint *start)
{
    GPtrArray *names = g_ptr_array_new();
    const CatalogTable *first = g_ptr_array_index(known, *start);
    for (; *start < known->len; (*start)++) {
        const CatalogTable *meta = g_ptr_array_index(known, *start);
        if (strcmp(meta->namespace_name, first->namespace_name) != 0)
            break;
        g_ptr_array_add(names, meta->name);
    }
    return names;
}

/* Nothing is found in a catalog that is there; without it there is no such database. */
static gboolean
check_catalog(ThriftCall *call, const ThriftName *name, GError **error)
{
    g_autoptr(CatalogInfo) found = catalog_info_find(call->catalog, name->catalog, NULL);
    return found != NULL || skep_fail(error, SKEP_ERROR_NO_SUCH_NAMESPACE, name->database,
                                      "Could not find database %s.%s: there is no such catalog",
                                      name->catalog, name->database);
}

/* The tables that match a pattern, of all databases that match one: CatalogTable*, or NULL with an
 * error. A pattern that nothing matches finds nothing. */
static GPtrArray *
tables_match(ThriftCall *call, const ThriftName *name, const char *pattern, GError **error)
{
    g_autoptr(GPtrArray) known =
        catalog_table_list_meta(call->catalog, name->catalog, name->database, pattern, NULL, error);
    if (known == NULL || (known->len == 0 && !check_catalog(call, name, error)))
        return NULL;
    g_autoptr(GPtrArray) tables =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_table_free);
    for (guint next = 0; next < known->len;) {
        const CatalogTable *first = g_ptr_array_index(known, next);
        ThriftName home = {name->catalog, first->namespace_name, NULL};
        g_autoptr(GPtrArray) names = take_names(known, &next);
        g_autoptr(GPtrArray) some = tables_find(call, &home, names, error);
        if (some == NULL)
            return NULL;
        g_ptr_array_extend_and_steal(tables, g_steal_pointer(&some));
    }
    return g_steal_pointer(&tables);
}

/* What the client may do with each. */
static void
tables_set_access(ThriftCall *call, const GPtrArray *tables, const GPtrArray *capabilities)
{
    g_auto(GStrv) words = thrift_decode_strv(capabilities);
    for (guint i = 0; i < tables->len; i++) {
        CatalogTable *table = g_ptr_array_index(tables, i);
        table->access = catalog_table_access(call->catalog, table, (CatalogCapabilities)words);
    }
}

gboolean
thrift_get_table_objects_by_name_req(ThriftCall *call,
                                     gpointer args,
                                     gpointer result,
                                     GError **error)
{
    (void)result;
    const HmsTablesGetTableObjectsByNameReqArgs *in = args;
    const HmsGetTablesRequest *request = in->req;
    g_auto(ThriftName) name = {NULL};
    ThriftTableView view = {0};
    if (!thrift_decode_database_name(request->dbName, request->catName, &name, error) ||
        !thrift_table_projection_parse(request->projectionSpec, &view, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    gboolean by_pattern = !request->__isset_tblNames && request->tablesPattern != NULL;
    g_autoptr(GPtrArray) tables =
        by_pattern
            ? tables_match(call, &name, request->tablesPattern, error)
            : tables_find(call, &name, request->__isset_tblNames ? request->tblNames : NULL, error);
    if (tables == NULL)
        return FALSE;
    if (request->__isset_processorCapabilities)
        tables_set_access(call, tables, request->processorCapabilities);
    return thrift_reply_tables_viewed(call, THRIFT_REPLY_IN_STRUCT, g_steal_pointer(&tables),
                                      &view);
}

static gboolean
table_drop(ThriftCall *call,
           const ThriftName *name,
           gboolean delete_data,
           const HmsEnvironmentContext *environment,
           GError **error)
{
    ThriftContext context;
    thrift_decode_context(environment, &context);
    thrift_call_set_catalog(call, name->catalog);
    CatalogTableDropOptions options = {
        .delete_data = delete_data, .if_purge = context.if_purge, .kind = -1};
    return catalog_table_drop(call->catalog, name->catalog, name->database, name->table, &options,
                              error);
}

gboolean
thrift_drop_table(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesDropTableArgs *in = args;
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->dbname, NULL, in->name, &name, error) &&
           table_drop(call, &name, in->deleteData, NULL, error);
}

gboolean
thrift_drop_table_with_environment_context(ThriftCall *call,
                                           gpointer args,
                                           gpointer result,
                                           GError **error)
{
    (void)result;
    const HmsTablesDropTableWithEnvironmentContextArgs *in = args;
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->dbname, NULL, in->name, &name, error) &&
           table_drop(call, &name, in->deleteData, in->environment_context, error);
}

gboolean
thrift_drop_table_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesDropTableReqArgs *in = args;
    const HmsDropTableRequest *request = in->dropTableReq;
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(request->dbName, request->catalogName, request->tableName,
                                    &name, error) &&
           table_drop(call, &name, request->deleteData, request->envContext, error);
}

/* --- columns: get_fields without those of the partition keys, get_schema with them --- */

gboolean
thrift_get_fields(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesGetFieldsArgs *in = args;
    CatalogTable *table = table_find(call, in->db_name, NULL, in->table_name, error);
    return thrift_reply_columns(call, THRIFT_REPLY_PLAIN, table, FALSE);
}

gboolean
thrift_get_fields_with_environment_context(ThriftCall *call,
                                           gpointer args,
                                           gpointer result,
                                           GError **error)
{
    (void)result;
    const HmsTablesGetFieldsWithEnvironmentContextArgs *in = args;
    CatalogTable *table = table_find(call, in->db_name, NULL, in->table_name, error);
    return thrift_reply_columns(call, THRIFT_REPLY_PLAIN, table, FALSE);
}

gboolean
thrift_get_fields_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesGetFieldsReqArgs *in = args;
    CatalogTable *table =
        table_find(call, in->req->dbName, in->req->catName, in->req->tblName, error);
    return thrift_reply_columns(call, THRIFT_REPLY_IN_STRUCT, table, FALSE);
}

gboolean
thrift_get_schema(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesGetSchemaArgs *in = args;
    CatalogTable *table = table_find(call, in->db_name, NULL, in->table_name, error);
    return thrift_reply_columns(call, THRIFT_REPLY_PLAIN, table, TRUE);
}

gboolean
thrift_get_schema_with_environment_context(ThriftCall *call,
                                           gpointer args,
                                           gpointer result,
                                           GError **error)
{
    (void)result;
    const HmsTablesGetSchemaWithEnvironmentContextArgs *in = args;
    CatalogTable *table = table_find(call, in->db_name, NULL, in->table_name, error);
    return thrift_reply_columns(call, THRIFT_REPLY_PLAIN, table, TRUE);
}

gboolean
thrift_get_schema_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesGetSchemaReqArgs *in = args;
    CatalogTable *table =
        table_find(call, in->req->dbName, in->req->catName, in->req->tblName, error);
    return thrift_reply_columns(call, THRIFT_REPLY_IN_STRUCT, table, TRUE);
}
