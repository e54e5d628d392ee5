/* SPDX-License-Identifier: Apache-2.0 */
/* Methods that list tables: by pattern, type, filter, as short descriptions, and materialized
 * views. Patterns and filters are understood by the catalog. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "encode.h"
#include "reply.h"

#include <hms_materialized_view_types.h>

#include "skep/catalog_table_translation.h"
#include "skep/error.h"

/* A bit of requestedFields. */
#define WITH_ACCESS 1

/* Names (char*), or NULL with an error. pattern and hms_type may be NULL: all. */
static GPtrArray *
tables_list(ThriftCall *call,
            const char *database,
            const char *catalog,
            const char *pattern,
            const char *hms_type,
            gint max,
            GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(database, catalog, &name, error))
        return NULL;
    thrift_call_set_catalog(call, name.catalog);
    CatalogTableFilter filter = {.name_pattern = pattern, .hms_type = hms_type, .kind = -1};
    CatalogPage page = {NULL, max};
    return catalog_table_list(call->catalog, name.catalog, name.database, &filter, &page, NULL,
                              error);
}

gboolean
thrift_get_all_tables(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTablesGetAllTablesArgs *in = args;
    HmsTablesGetAllTablesResult *out = result;
    g_autoptr(GPtrArray) names = tables_list(call, in->db_name, NULL, NULL, NULL, 0, error);
    return names != NULL && THRIFT_REPLY_ARRAY(out, thrift_encode_strings(names));
}

gboolean
thrift_get_tables(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTablesGetTablesArgs *in = args;
    HmsTablesGetTablesResult *out = result;
    g_autoptr(GPtrArray) names = tables_list(call, in->db_name, NULL, in->pattern, NULL, 0, error);
    return names != NULL && THRIFT_REPLY_ARRAY(out, thrift_encode_strings(names));
}

static gboolean
table_type_check(const char *type, GError **error)
{
    static const char *const known[] = {"MANAGED_TABLE",     "EXTERNAL_TABLE", "VIRTUAL_VIEW",
                                        "MATERIALIZED_VIEW", "INDEX_TABLE",    NULL};
    if (type == NULL || g_strv_contains(known, type))
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "No enum constant TableType.%s",
                     type);
}

gboolean
thrift_get_tables_by_type(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTablesGetTablesByTypeArgs *in = args;
    HmsTablesGetTablesByTypeResult *out = result;
    if (!table_type_check(in->tableType, error))
        return FALSE;
    g_autoptr(GPtrArray) names =
        tables_list(call, in->db_name, NULL, in->pattern, in->tableType, 0, error);
    return names != NULL && THRIFT_REPLY_ARRAY(out, thrift_encode_strings(names));
}

/* CatalogTable* with the members that a short description needs. */
static GPtrArray *
tables_describe(ThriftCall *call,
                const char *database_pattern,
                const char *table_pattern,
                const GPtrArray *types,
                GError **error)
{
    g_auto(ThriftName) name = {NULL};
    thrift_decode_database_pattern(database_pattern, NULL, &name);
    thrift_call_set_catalog(call, name.catalog);
    g_auto(GStrv) hms_types = thrift_decode_strv(types);
    return catalog_table_list_meta(call->catalog, name.catalog, name.database, table_pattern,
                                   (const char *const *)hms_types, error);
}

gboolean
thrift_get_table_meta(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTablesGetTableMetaArgs *in = args;
    HmsTablesGetTableMetaResult *out = result;
    g_autoptr(GPtrArray) tables =
        tables_describe(call, in->db_patterns, in->tbl_patterns, in->tbl_types, error);
    if (tables == NULL)
        return FALSE;
    for (guint i = 0; i < tables->len; i++)
        g_ptr_array_add(out->success, thrift_encode_table_meta(g_ptr_array_index(tables, i),
                                                               CATALOG_DEFAULT_NAME));
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_table_names_by_filter(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTablesGetTableNamesByFilterArgs *in = args;
    HmsTablesGetTableNamesByFilterResult *out = result;
    g_auto(ThriftName) name = {NULL};
    /* "@#db": the client names a catalog, which has no name. */
    if (in->dbname == NULL || g_str_has_prefix(in->dbname, "@#") ||
        (in->dbname[0] == '@' && g_str_has_suffix(in->dbname, "#")))
        return skep_fail(error, SKEP_ERROR_NO_SUCH_NAMESPACE, NULL,
                         "A database without a name cannot be found");
    if (!thrift_decode_database_name(in->dbname, NULL, &name, error))
        return FALSE;
    if (in->filter == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, name.database,
                         "Filter cannot be null");
    thrift_call_set_catalog(call, name.catalog);
    g_autoptr(GPtrArray) names =
        catalog_table_list_by_filter(call->catalog, name.catalog, name.database, in->filter,
                                     in->max_tables < 0 ? -1 : in->max_tables, error);
    return names != NULL && THRIFT_REPLY_ARRAY(out, thrift_encode_strings(names));
}

/* What the client may do with each, in the words that it says it can; NULL with an error. By name:
 * a table that has gone since is left out. */
static GHashTable *
extended_access(ThriftCall *call,
                const HmsGetTablesExtRequest *request,
                const GPtrArray *names,
                GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_database_name(request->database, request->catalog, &name, error))
        return NULL;
    g_auto(GStrv) wanted = thrift_decode_strv(names);
    g_auto(GStrv) capabilities = thrift_decode_strv(
        request->__isset_processorCapabilities ? request->processorCapabilities : NULL);
    g_autoptr(GPtrArray) tables = catalog_table_find_many(
        call->catalog, name.catalog, name.database, (const char *const *)wanted, error);
    if (tables == NULL)
        return NULL;
    GHashTable *access = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < tables->len; i++) {
        const CatalogTable *table = g_ptr_array_index(tables, i);
        g_hash_table_insert(access, g_strdup(table->name),
                            GINT_TO_POINTER(catalog_table_access(
                                call->catalog, table, (CatalogCapabilities)capabilities)));
    }
    return access;
}

static HmsExtendedTableInfo *
extended_info(const char *name, GHashTable *access)
{
    HmsExtendedTableInfo *info = g_object_new(HMS_TYPE_EXTENDED_TABLE_INFO, NULL);
    info->tblName = g_strdup(name);
    info->accessType = access != NULL ? GPOINTER_TO_INT(g_hash_table_lookup(access, name)) : 0;
    info->__isset_accessType = info->accessType != 0;
    return info;
}

gboolean
thrift_get_tables_ext(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    const HmsTablesGetTablesExtArgs *in = args;
    HmsTablesGetTablesExtResult *out = result;
    const HmsGetTablesExtRequest *request = in->req;
    gint max = request->__isset_limit && request->limit > 0 ? request->limit : 0;
    g_autoptr(GPtrArray) names = tables_list(call, request->database, request->catalog,
                                             request->tableNamePattern, NULL, max, error);
    if (names == NULL)
        return FALSE;
    g_autoptr(GHashTable) access = NULL;
    if (names->len > 0 && (request->requestedFields & WITH_ACCESS) != 0) {
        access = extended_access(call, request, names, error);
        if (access == NULL)
            return FALSE;
    }
    for (guint i = 0; i < names->len; i++)
        g_ptr_array_add(out->success, extended_info(g_ptr_array_index(names, i), access));
    out->__isset_success = TRUE;
    return TRUE;
}

/* Of a database, the materialized views that queries may be rewritten to: CatalogTable*. */
static GPtrArray *
rewritable_views(ThriftCall *call,
                 const char *catalog,
                 const char *database,
                 const GPtrArray *names,
                 GError **error)
{
    g_auto(GStrv) wanted = thrift_decode_strv(names);
    g_autoptr(GPtrArray) views = catalog_table_find_many(call->catalog, catalog, database,
                                                         (const char *const *)wanted, error);
    if (views == NULL)
        return NULL;
    GPtrArray *rewritable = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_table_free);
    for (guint i = 0; i < views->len; i++) {
        const CatalogTable *view = g_ptr_array_index(views, i);
        if (view->rewrite_enabled)
            g_ptr_array_add(rewritable, catalog_table_copy(view));
    }
    return rewritable;
}

gboolean
thrift_get_materialized_views_for_rewriting(ThriftCall *call,
                                            gpointer args,
                                            gpointer result,
                                            GError **error)
{
    const HmsMaterializedViewsGetMaterializedViewsForRewritingArgs *in = args;
    HmsMaterializedViewsGetMaterializedViewsForRewritingResult *out = result;
    g_autoptr(GPtrArray) names =
        tables_list(call, in->db_name, NULL, NULL, "MATERIALIZED_VIEW", 0, error);
    if (names == NULL)
        return FALSE;
    g_auto(ThriftName) name = {NULL};
    thrift_decode_database_pattern(in->db_name, NULL, &name);
    g_autoptr(GPtrArray) views =
        names->len == 0 ? g_ptr_array_ref(names)
                        : rewritable_views(call, name.catalog, name.database, names, error);
    if (views == NULL)
        return FALSE;
    for (guint i = 0; i < views->len; i++) {
        const CatalogTable *view = g_ptr_array_index(views, i);
        g_ptr_array_add(out->success, g_strdup(view->name));
    }
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_get_all_materialized_view_objects_for_rewriting(ThriftCall *call,
                                                       gpointer args,
                                                       gpointer result,
                                                       GError **error)
{
    (void)args;
    (void)result;
    static const char *const types[] = {"MATERIALIZED_VIEW", NULL};
    g_autoptr(GPtrArray) known =
        catalog_table_list_meta(call->catalog, NULL, NULL, NULL, types, error);
    if (known == NULL)
        return FALSE;
    g_autoptr(GPtrArray) views = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_table_free);
    for (guint i = 0; i < known->len; i++) {
        const CatalogTable *meta = g_ptr_array_index(known, i);
        g_autoptr(GError) failure = NULL;
        g_autoptr(CatalogTable) view =
            catalog_table_find(call->catalog, NULL, meta->namespace_name, meta->name, &failure);
        if (view == NULL && skep_error_fact(failure) != SKEP_ERROR_NO_SUCH_TABLE) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        if (view != NULL && view->rewrite_enabled)
            g_ptr_array_add(views, g_steal_pointer(&view));
    }
    return thrift_reply_tables(call, THRIFT_REPLY_PLAIN, g_steal_pointer(&views));
}
