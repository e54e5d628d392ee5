/* SPDX-License-Identifier: Apache-2.0 */
/* Methods with which clients tell one another that a partition is loaded. Decodes, calls the
 * catalog; the rules are in server/catalog/partition_mark.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"

#include "skep/catalog_partition_mark.h"

/* `*out_mark` borrows from `name` and `values`. */
static gboolean
mark_decode(ThriftCall *call,
            const char *database,
            const char *table,
            GHashTable *values,
            gint32 event_type,
            ThriftName *name,
            CatalogPartitionMark *out_mark,
            GError **error)
{
    if (!thrift_decode_table_name(database, NULL, table, name, error))
        return FALSE;
    thrift_call_set_catalog(call, name->catalog);
    *out_mark =
        (CatalogPartitionMark){name->catalog, name->database, name->table, values, event_type};
    return TRUE;
}

static gint64
expiry_s(const ThriftCall *call)
{
    return call->settings != NULL ? call->settings->partition_mark_expiry_s : 0;
}

gboolean
thrift_mark_partition_for_event(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsPartitionsMarkPartitionForEventArgs *in = args;
    g_auto(ThriftName) name = {NULL};
    g_autoptr(GHashTable) values = thrift_decode_map(in->part_vals);
    CatalogPartitionMark mark;
    return mark_decode(call, in->db_name, in->tbl_name, values, in->eventType, &name, &mark,
                       error) &&
           catalog_partition_mark(call->catalog, &mark, expiry_s(call), error);
}

gboolean
thrift_is_partition_marked_for_event(ThriftCall *call,
                                     gpointer args,
                                     gpointer result,
                                     GError **error)
{
    const HmsPartitionsIsPartitionMarkedForEventArgs *in = args;
    HmsPartitionsIsPartitionMarkedForEventResult *out = result;
    g_auto(ThriftName) name = {NULL};
    g_autoptr(GHashTable) values = thrift_decode_map(in->part_vals);
    CatalogPartitionMark mark;
    return mark_decode(call, in->db_name, in->tbl_name, values, in->eventType, &name, &mark,
                       error) &&
           catalog_partition_is_marked(call->catalog, &mark, expiry_s(call), &out->success,
                                       error) &&
           (out->__isset_success = TRUE);
}
