/* SPDX-License-Identifier: Apache-2.0 */
/* New and free of the records of transaction_types.h. Callers: all layers. */
#include "skep/transaction_types.h"

CatalogTransaction *
catalog_transaction_new(void)
{
    return g_new0(CatalogTransaction, 1);
}

void
catalog_transaction_free(CatalogTransaction *transaction)
{
    if (!transaction)
        return;
    g_free(transaction->user);
    g_free(transaction->host);
    g_free(transaction->agent_info);
    g_free(transaction);
}

CatalogTransactionSnapshot *
catalog_transaction_snapshot_new(void)
{
    CatalogTransactionSnapshot *snapshot = g_new0(CatalogTransactionSnapshot, 1);

    snapshot->unsettled = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_transaction_free);
    return snapshot;
}

void
catalog_transaction_snapshot_free(CatalogTransactionSnapshot *snapshot)
{
    if (!snapshot)
        return;
    g_ptr_array_unref(snapshot->unsettled);
    g_free(snapshot);
}

void
catalog_table_reference_clear(CatalogTableReference *reference)
{
    g_clear_pointer(&reference->catalog, g_free);
    g_clear_pointer(&reference->namespace_name, g_free);
    g_clear_pointer(&reference->table_name, g_free);
}

CatalogTableReference *
catalog_table_reference_new(const char *catalog, const char *namespace_name, const char *table_name)
{
    CatalogTableReference *reference = g_new0(CatalogTableReference, 1);

    reference->catalog = g_strdup(catalog);
    reference->namespace_name = g_strdup(namespace_name);
    reference->table_name = g_strdup(table_name);
    return reference;
}

void
catalog_table_reference_free(CatalogTableReference *reference)
{
    if (!reference)
        return;
    catalog_table_reference_clear(reference);
    g_free(reference);
}

CatalogWrittenFiles *
catalog_written_files_new(void)
{
    return g_new0(CatalogWrittenFiles, 1);
}

void
catalog_written_files_free(CatalogWrittenFiles *files)
{
    if (!files)
        return;
    catalog_table_reference_clear(&files->table);
    g_free(files->partition_name);
    g_free(files->files);
    g_free(files);
}

CatalogValidWriteIds *
catalog_valid_write_ids_new(void)
{
    CatalogValidWriteIds *ids = g_new0(CatalogValidWriteIds, 1);

    ids->invalid = g_array_new(FALSE, FALSE, sizeof(gint64));
    ids->is_aborted = g_array_new(FALSE, FALSE, sizeof(gint64));
    return ids;
}

void
catalog_valid_write_ids_free(CatalogValidWriteIds *ids)
{
    if (!ids)
        return;
    g_array_unref(ids->invalid);
    g_array_unref(ids->is_aborted);
    g_free(ids);
}
