/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about the tables that materialized views read. Lists of views are in table_listing.c, the
 * lock on a rebuild in transaction.c. Caller: dispatch.c. */
#include "bindings.h"
#include "decode.h"
#include "materialization_record.h"

#include <hms_materialized_view_types.h>

#include "skep/catalog_materialized_view.h"

gboolean
thrift_update_creation_metadata(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)result;
    const HmsMaterializedViewsUpdateCreationMetadataArgs *in = args;
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(in->dbname, in->catName, in->tbl_name, &name, error))
        return FALSE;
    thrift_call_set_catalog(call, name.catalog);
    g_autoptr(CatalogMaterialization) told =
        thrift_decode_materialization(in->creation_metadata, error);
    return told != NULL && catalog_materialized_view_update(call->catalog, name.catalog,
                                                            name.database, name.table, told, error);
}

gboolean
thrift_get_materialization_invalidation_info(ThriftCall *call,
                                             gpointer args,
                                             gpointer result,
                                             GError **error)
{
    const HmsMaterializedViewsGetMaterializationInvalidationInfoArgs *in = args;
    HmsMaterializedViewsGetMaterializationInvalidationInfoResult *out = result;
    g_autoptr(CatalogMaterialization) told =
        thrift_decode_materialization(in->creation_metadata, error);
    thrift_call_set_catalog(call, in->creation_metadata->catName);
    CatalogMaterializationState state;
    if (told == NULL ||
        !catalog_materialized_view_compare(call->catalog, in->creation_metadata->catName, told,
                                           in->validTxnList, &state, error))
        return FALSE;
    out->success->sourceTablesUpdateDeleteModified = state.is_changed;
    out->success->sourceTablesCompacted = state.is_compacted;
    out->__isset_success = TRUE;
    return TRUE;
}

gboolean
thrift_update_transaction_statistics(ThriftCall *call,
                                     gpointer args,
                                     gpointer result,
                                     GError **error)
{
    (void)result;
    const HmsTablesUpdateTransactionStatisticsArgs *in = args;
    const HmsUpdateTransactionalStatsRequest *request = in->req;
    return catalog_materialized_view_count(call->catalog, request->tableId, request->insertCount,
                                           request->updatedCount, request->deletedCount, error);
}
