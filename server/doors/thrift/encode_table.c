/* SPDX-License-Identifier: Apache-2.0 */
/* Writes tables straight into an answer: building the generated objects first would cost more than
 * all the rest of get_table. Columns and storage descriptors are in encode_storage.c. The numbers
 * of the fields are those of schema/thrift/table.thrift. */
#include "encode.h"
#include "materialization_record.h"
#include "put.h"

/* An Iceberg view may have no storage; clients of Hive read the columns of anything. */
static gboolean
put_storage(ThriftProtocol *out, const CatalogTable *table, GError **error)
{
    g_autoptr(CatalogStorage) empty = table->storage == NULL ? catalog_storage_new() : NULL;
    return thrift_put_field(out, T_STRUCT, 7, error) &&
           thrift_encode_storage_head(out, empty != NULL ? empty : table->storage,
                                      THRIFT_STORAGE_ALL, error) &&
           thrift_encode_storage_tail(out, table->location, error);
}

static gboolean
put_materialization(ThriftProtocol *out, const CatalogTable *table, GError **error)
{
    return table->materialization == NULL || thrift_put_materialization(out, 16, table, error);
}

/* What the client may do, where it said what it can. */
static gboolean
put_access(ThriftProtocol *out, const CatalogTable *table, GError **error)
{
    return table->access == 0 ||
           (thrift_put_field(out, T_BYTE, 22, error) &&
            thrift_protocol_write_byte(out, (gint8)table->access, error) >= 0);
}

gboolean
thrift_encode_table(ThriftProtocol *out, const CatalogTable *table, GError **error)
{
    gint32 owner_type = table->owner_type != 0 ? table->owner_type : HMS_PRINCIPAL_TYPE_USER;
    return thrift_put_text(out, 1, table->name, error) &&
           thrift_put_text(out, 2, table->namespace_name, error) &&
           thrift_put_text(out, 3, table->owner_name, error) &&
           thrift_put_i32(out, 4, table->create_time_s, error) &&
           thrift_put_i32(out, 5, table->last_access_time_s, error) &&
           thrift_put_i32(out, 6, table->retention_s, error) && put_storage(out, table, error) &&
           thrift_put_field(out, T_LIST, 8, error) &&
           thrift_encode_columns(out, table->partition_keys, NULL, error) &&
           thrift_put_map(out, 9, table->parameters, error) &&
           thrift_put_text(out, 10, table->view_original_text, error) &&
           thrift_put_text(out, 11, table->view_expanded_text, error) &&
           thrift_put_text(out, 12, table->hms_type, error) &&
           thrift_put_bool(out, 15, table->rewrite_enabled, error) &&
           put_materialization(out, table, error) &&
           thrift_put_text(out, 17, table->catalog, error) &&
           thrift_put_i32(out, 18, owner_type, error) &&
           thrift_put_i64(out, 19, table->write_id, error) && put_access(out, table, error) &&
           thrift_put_i64(out, 25, table->id, error) && thrift_put_stop(out, error);
}

static gboolean
put_chosen_storage(ThriftProtocol *out,
                   const CatalogTable *table,
                   const ThriftTableView *view,
                   GError **error)
{
    gboolean has_place = (view->fields & THRIFT_TABLE_LOCATION) != 0;
    if ((!has_place && view->storage_fields == 0) || table->storage == NULL)
        return TRUE;
    return thrift_put_field(out, T_STRUCT, 7, error) &&
           thrift_encode_storage_head(out, table->storage, view->storage_fields, error) &&
           thrift_encode_storage_tail(out, has_place ? table->location : NULL, error);
}

static gboolean
put_chosen_text(ThriftProtocol *out,
                const ThriftTableView *view,
                ThriftTableField field,
                gint16 id,
                const char *text,
                GError **error)
{
    return (view->fields & field) == 0 || thrift_put_text(out, id, text, error);
}

static gboolean
put_chosen_numbers(ThriftProtocol *out,
                   const CatalogTable *table,
                   const ThriftTableView *view,
                   GError **error)
{
    gint32 owner_type = table->owner_type != 0 ? table->owner_type : HMS_PRINCIPAL_TYPE_USER;
    return ((view->fields & THRIFT_TABLE_REWRITE) == 0 ||
            thrift_put_bool(out, 15, table->rewrite_enabled, error)) &&
           ((view->fields & THRIFT_TABLE_OWNER_TYPE) == 0 ||
            thrift_put_i32(out, 18, owner_type, error)) &&
           ((view->fields & THRIFT_TABLE_WRITE_ID) == 0 ||
            thrift_put_i64(out, 19, table->write_id, error)) &&
           ((view->fields & THRIFT_TABLE_ID) == 0 || thrift_put_i64(out, 25, table->id, error));
}

gboolean
thrift_encode_table_viewed(ThriftProtocol *out,
                           const CatalogTable *table,
                           const ThriftTableView *view,
                           GError **error)
{
    if (!view->is_projected)
        return thrift_encode_table(out, table, error);
    return put_chosen_text(out, view, THRIFT_TABLE_NAME, 1, table->name, error) &&
           put_chosen_text(out, view, THRIFT_TABLE_DATABASE, 2, table->namespace_name, error) &&
           put_chosen_text(out, view, THRIFT_TABLE_OWNER, 3, table->owner_name, error) &&
           thrift_put_i32(out, 4, table->create_time_s, error) &&
           thrift_put_i32(out, 5, table->last_access_time_s, error) &&
           thrift_put_i32(out, 6, table->retention_s, error) &&
           put_chosen_storage(out, table, view, error) &&
           put_chosen_text(out, view, THRIFT_TABLE_ORIGINAL_TEXT, 10, table->view_original_text,
                           error) &&
           put_chosen_text(out, view, THRIFT_TABLE_EXPANDED_TEXT, 11, table->view_expanded_text,
                           error) &&
           put_chosen_text(out, view, THRIFT_TABLE_TYPE, 12, table->hms_type, error) &&
           put_chosen_text(out, view, THRIFT_TABLE_CATALOG, 17, table->catalog, error) &&
           put_chosen_numbers(out, table, view, error) && put_access(out, table, error) &&
           thrift_put_stop(out, error);
}

HmsTableMeta *
thrift_encode_table_meta(const CatalogTable *table, const char *catalog_name)
{
    HmsTableMeta *out = g_object_new(HMS_TYPE_TABLE_META, NULL);
    const char *comment = catalog_map_get(table->parameters, "comment");
    out->dbName = g_strdup(table->namespace_name);
    out->tableName = g_strdup(table->name);
    out->tableType = g_strdup(table->hms_type);
    out->comments = g_strdup(comment);
    out->__isset_comments = comment != NULL;
    out->catName = g_strdup(table->catalog != NULL ? table->catalog : catalog_name);
    out->__isset_catName = out->catName != NULL;
    out->ownerName = g_strdup(table->owner_name);
    out->__isset_ownerName = table->owner_name != NULL;
    out->ownerType = (HmsPrincipalType)table->owner_type;
    out->__isset_ownerType = table->owner_type != 0;
    return out;
}
