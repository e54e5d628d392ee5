/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that change or rename a table, compare-and-swap included. Only carries the request's
 * conditions to catalog_table_alter, which is where they are checked. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "configuration.h"

static gboolean
table_alter(ThriftCall *call,
            const ThriftName *name,
            const HmsTable *table,
            const ThriftContext *context,
            GError **error)
{
    thrift_call_set_catalog(call, name->catalog);
    g_autoptr(CatalogTable) wanted = thrift_decode_table(table, error);
    if (wanted == NULL)
        return FALSE;
    if (wanted->catalog == NULL)
        wanted->catalog = g_strdup(name->catalog);
    /* one that came by its name through the other door may keep it */
    gboolean is_renamed = g_ascii_strcasecmp(wanted->name, name->table) != 0;
    if (is_renamed && !catalog_name_check_hive(wanted->name, error))
        return FALSE;
    CatalogTableAlterOptions options = {
        .expected_key = context->expected_key,
        .expected_value = context->expected_value,
        .cascade = context->cascade,
        .do_not_update_stats = context->do_not_update_stats,
        .allow_partition_key_change = context->allow_partition_key_change,
        .allow_incompatible_columns =
            thrift_configuration_allows_incompatible_columns(call->session),
    };
    /* a compare-and-swap needs both: key or value alone make an ordinary change */
    if (options.expected_key == NULL || options.expected_value == NULL) {
        options.expected_key = NULL;
        options.expected_value = NULL;
    }
    return catalog_table_alter(call->catalog, &call->caller, name->catalog, name->database,
                               name->table, wanted, &options, error);
}

gboolean
thrift_alter_table(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesAlterTableArgs *in = args;
    ThriftContext context = {0};
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->dbname, NULL, in->tbl_name, &name, error) &&
           table_alter(call, &name, in->new_tbl, &context, error);
}

gboolean
thrift_alter_table_with_cascade(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsTablesAlterTableWithCascadeArgs *in = args;
    ThriftContext context = {.cascade = in->cascade};
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->dbname, NULL, in->tbl_name, &name, error) &&
           table_alter(call, &name, in->new_tbl, &context, error);
}

gboolean
thrift_alter_table_with_environment_context(ThriftCall *call,
                                            gpointer args,
                                            gpointer result,
                                            GError **error)
{
    (void)result;
    const HmsTablesAlterTableWithEnvironmentContextArgs *in = args;
    ThriftContext context;
    thrift_decode_context(in->environment_context, &context);
    g_auto(ThriftName) name = {NULL};
    return thrift_decode_table_name(in->dbname, NULL, in->tbl_name, &name, error) &&
           table_alter(call, &name, in->new_tbl, &context, error);
}

gboolean
thrift_alter_table_req(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTablesAlterTableReqArgs *in = args;
    HmsTablesAlterTableReqResult *out = result;
    const HmsAlterTableRequest *request = in->req;
    ThriftContext context;
    thrift_decode_context(request->environmentContext, &context);
    if (request->expectedParameterKey != NULL && request->expectedParameterValue != NULL) {
        context.expected_key = request->expectedParameterKey;
        context.expected_value = request->expectedParameterValue;
    }
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(request->dbName, request->catName, request->tableName, &name,
                                  error) ||
        !table_alter(call, &name, request->table, &context, error))
        return FALSE;
    out->__isset_success = TRUE;
    return TRUE;
}
