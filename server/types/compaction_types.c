/* SPDX-License-Identifier: Apache-2.0 */
/* New and free of the records of compaction_types.h. Callers: all layers. */
#include "skep/compaction_types.h"

CatalogCompaction *
catalog_compaction_new(void)
{
    CatalogCompaction *compaction = g_new0(CatalogCompaction, 1);

    compaction->bucket_count = -1;
    compaction->state = CATALOG_COMPACTION_INITIATED;
    return compaction;
}

void
catalog_compaction_free(CatalogCompaction *compaction)
{
    if (!compaction)
        return;
    catalog_table_reference_clear(&compaction->table);
    g_free(compaction->partition_name);
    g_free(compaction->properties);
    g_free(compaction->run_as);
    g_free(compaction->worker_id);
    g_free(compaction->worker_version);
    g_free(compaction->initiator_id);
    g_free(compaction->initiator_version);
    g_free(compaction->pool_name);
    g_free(compaction->job_id);
    g_free(compaction->meta_info);
    g_free(compaction->error_message);
    g_free(compaction->order_by);
    g_free(compaction);
}
