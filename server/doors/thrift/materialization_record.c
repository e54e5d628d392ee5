/* SPDX-License-Identifier: Apache-2.0 */
/* From CreationMetadata to what the catalog keeps, and back. The numbers of the fields are those of
 * schema/thrift/table.thrift. */
#include "materialization_record.h"

#include "encode.h"
#include "put.h"

#include "skep/error.h"

static CatalogSourceTable *
decode_source(const HmsSourceTable *sent)
{
    CatalogSourceTable *source =
        catalog_source_table_new(sent->table->dbName, sent->table->tableName);
    source->inserted = MAX(sent->insertedCount, 0);
    source->updated = MAX(sent->updatedCount, 0);
    source->deleted = MAX(sent->deletedCount, 0);
    return source;
}

static gboolean
decode_sources(CatalogMaterialization *out, const GPtrArray *sources, GError **error)
{
    for (guint i = 0; i < sources->len; i++) {
        const HmsSourceTable *sent = g_ptr_array_index(sources, i);
        if (sent->table == NULL || sent->table->dbName == NULL || sent->table->tableName == NULL)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "Source table %u of a materialized view has no name", i + 1);
        g_ptr_array_add(out->sources, decode_source(sent));
    }
    return TRUE;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return g_strcmp0(*(const char *const *)a, *(const char *const *)b);
}

static gboolean
decode_names(CatalogMaterialization *out, GHashTable *names, GError **error)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name;
    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(sorted, name);
    g_ptr_array_sort(sorted, compare_names);
    for (guint i = 0; i < sorted->len; i++) {
        const char *text = g_ptr_array_index(sorted, i);
        g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", ".", 4);
        guint count = g_strv_length(parts);
        if (count < 2 || count > 3)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "A table of a materialized view is not named as db.table: %.100s",
                             text != NULL ? text : "");
        g_ptr_array_add(out->sources, catalog_source_table_new(parts[count - 2], parts[count - 1]));
    }
    return TRUE;
}

CatalogMaterialization *
thrift_decode_materialization(const HmsCreationMetadata *metadata, GError **error)
{
    g_autoptr(CatalogMaterialization) out = catalog_materialization_new();
    gboolean has_sources = metadata->__isset_sourceTables && metadata->sourceTables != NULL &&
                           metadata->sourceTables->len > 0;
    out->valid_transactions = g_strdup(metadata->validTxnList);
    if (metadata->__isset_materializationTime)
        out->materialized_ms = MAX(metadata->materializationTime, 0);
    if (has_sources
            ? !decode_sources(out, metadata->sourceTables, error)
            : metadata->tablesUsed != NULL && !decode_names(out, metadata->tablesUsed, error))
        return NULL;
    return g_steal_pointer(&out);
}

/* --- writing --- */

static gboolean
put_names(ThriftProtocol *out, const GPtrArray *sources, GError **error)
{
    if (!thrift_put_field(out, T_SET, 4, error) ||
        thrift_protocol_write_set_begin(out, T_STRING, (gint32)sources->len, error) < 0)
        return FALSE;
    for (guint i = 0; i < sources->len; i++) {
        const CatalogSourceTable *source = g_ptr_array_index(sources, i);
        const CatalogTable *now = source->table;
        g_autofree char *name =
            g_strconcat(now != NULL ? now->namespace_name : source->namespace_name, ".",
                        now != NULL ? now->name : source->table_name, NULL);
        if (thrift_protocol_write_string(out, name, error) < 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean
put_source(ThriftProtocol *out, const CatalogSourceTable *source, GError **error)
{
    return thrift_put_field(out, T_STRUCT, 1, error) &&
           thrift_encode_table(out, source->table, error) &&
           thrift_put_i64(out, 2, source->inserted, error) &&
           thrift_put_i64(out, 3, source->updated, error) &&
           thrift_put_i64(out, 4, source->deleted, error) && thrift_put_stop(out, error);
}

static gboolean
put_sources(ThriftProtocol *out, const GPtrArray *sources, GError **error)
{
    guint known = 0;
    for (guint i = 0; i < sources->len; i++)
        known += ((const CatalogSourceTable *)g_ptr_array_index(sources, i))->table != NULL;
    if (!thrift_put_list(out, 7, T_STRUCT, known, error))
        return FALSE;
    for (guint i = 0; i < sources->len; i++) {
        const CatalogSourceTable *source = g_ptr_array_index(sources, i);
        if (source->table != NULL && !put_source(out, source, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
thrift_put_materialization(ThriftProtocol *out, gint16 id, const CatalogTable *view, GError **error)
{
    const CatalogMaterialization *told = view->materialization;
    return thrift_put_field(out, T_STRUCT, id, error) &&
           thrift_put_text(out, 1, view->catalog, error) &&
           thrift_put_text(out, 2, view->namespace_name, error) &&
           thrift_put_text(out, 3, view->name, error) && put_names(out, told->sources, error) &&
           thrift_put_text(out, 5, told->valid_transactions, error) &&
           thrift_put_i64(out, 6, told->materialized_ms, error) &&
           put_sources(out, told->sources, error) && thrift_put_stop(out, error);
}
