/* SPDX-License-Identifier: Apache-2.0 */
/* The record of an event: new and free. */
#include "skep/event_types.h"

static void
write_free(gpointer write)
{
    catalog_event_write_free(write);
}

static void
partition_free(gpointer partition)
{
    catalog_partition_free(partition);
}

static void
constraint_free(gpointer constraint)
{
    catalog_constraint_free(constraint);
}

CatalogEventWrite *
catalog_event_write_new(void)
{
    return g_new0(CatalogEventWrite, 1);
}

void
catalog_event_write_free(CatalogEventWrite *write)
{
    if (!write)
        return;
    g_free(write->namespace_name);
    g_free(write->table_name);
    g_free(write->partition_name);
    g_free(write);
}

CatalogEvent *
catalog_event_new(void)
{
    CatalogEvent *event = g_new0(CatalogEvent, 1);

    event->partitions = g_ptr_array_new_with_free_func(partition_free);
    event->constraints = g_ptr_array_new_with_free_func(constraint_free);
    event->statistics = catalog_column_statistics_list_new();
    event->files = catalog_strings_new();
    event->checksums = catalog_strings_new();
    event->sub_directories = catalog_strings_new();
    event->transaction_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    event->write_ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    event->writes = g_ptr_array_new_with_free_func(write_free);
    event->namespaces = catalog_strings_new();
    return event;
}

static void
free_arrays(CatalogEvent *event)
{
    g_ptr_array_unref(event->partitions);
    g_ptr_array_unref(event->constraints);
    g_ptr_array_unref(event->statistics);
    g_ptr_array_unref(event->files);
    g_ptr_array_unref(event->checksums);
    g_ptr_array_unref(event->sub_directories);
    g_array_unref(event->transaction_ids);
    g_array_unref(event->write_ids);
    g_ptr_array_unref(event->writes);
    g_ptr_array_unref(event->namespaces);
}

void
catalog_event_free(CatalogEvent *event)
{
    if (!event)
        return;
    g_free(event->type);
    g_free(event->catalog);
    g_free(event->namespace_name);
    g_free(event->table_name);
    catalog_info_free(event->info_before);
    catalog_info_free(event->info);
    catalog_namespace_free(event->namespace_before);
    catalog_namespace_free(event->namespace_);
    catalog_table_free(event->table_before);
    catalog_table_free(event->table);
    catalog_partition_free(event->partition_before);
    catalog_function_free(event->function);
    g_free(event->constraint_name);
    g_free(event->engine);
    g_free(event->column);
    free_arrays(event);
    g_free(event);
}
