/* SPDX-License-Identifier: Apache-2.0 */
/* See skep/task_types.h. */
#include "skep/task_types.h"

void
catalog_task_free(CatalogTask *task)
{
    if (!task)
        return;
    g_free(task->kind);
    g_free(task->state);
    g_free(task->catalog);
    g_free(task->namespace_name);
    g_free(task->table_name);
    g_free(task->table_uuid);
    g_free(task->location);
    g_free(task->metadata_location);
    g_free(task->error);
    g_free(task->holder);
    g_free(task);
}

void
catalog_dropped_table_free(CatalogDroppedTable *table)
{
    if (!table)
        return;
    g_free(table->namespace_name);
    g_free(table->name);
    g_free(table->uuid);
    g_free(table->location);
    g_free(table->metadata_location);
    g_free(table);
}

void
catalog_task_count_free(CatalogTaskCount *count)
{
    if (!count)
        return;
    g_free(count->kind);
    g_free(count->state);
    g_free(count);
}
