/* SPDX-License-Identifier: Apache-2.0 */
/* New, copy and free of the records of column statistics, and nothing else. Callers: everywhere
 * above support. */
#include "skep/statistics_types.h"

CatalogColumnStatistics *
catalog_column_statistics_new(void)
{
    return g_new0(CatalogColumnStatistics, 1);
}

static GBytes *
bytes_ref(GBytes *bytes)
{
    return bytes != NULL ? g_bytes_ref(bytes) : NULL;
}

CatalogColumnStatistics *
catalog_column_statistics_copy(const CatalogColumnStatistics *statistics)
{
    CatalogColumnStatistics *copy = catalog_column_statistics_new();

    *copy = *statistics;
    copy->column = g_strdup(statistics->column);
    copy->type = g_strdup(statistics->type);
    copy->declared_type = g_strdup(statistics->declared_type);
    copy->low.unscaled = bytes_ref(statistics->low.unscaled);
    copy->high.unscaled = bytes_ref(statistics->high.unscaled);
    copy->bit_vectors = bytes_ref(statistics->bit_vectors);
    copy->histogram = bytes_ref(statistics->histogram);
    return copy;
}

void
catalog_column_statistics_free(CatalogColumnStatistics *statistics)
{
    if (statistics == NULL)
        return;
    g_free(statistics->column);
    g_free(statistics->type);
    g_free(statistics->declared_type);
    g_clear_pointer(&statistics->low.unscaled, g_bytes_unref);
    g_clear_pointer(&statistics->high.unscaled, g_bytes_unref);
    g_clear_pointer(&statistics->bit_vectors, g_bytes_unref);
    g_clear_pointer(&statistics->histogram, g_bytes_unref);
    g_free(statistics);
}

static void
column_statistics_destroy(gpointer statistics)
{
    catalog_column_statistics_free(statistics);
}

GPtrArray *
catalog_column_statistics_list_new(void)
{
    return g_ptr_array_new_with_free_func(column_statistics_destroy);
}

CatalogStatistics *
catalog_statistics_new(const char *partition_name)
{
    CatalogStatistics *statistics = g_new0(CatalogStatistics, 1);

    statistics->partition_name = g_strdup(partition_name);
    statistics->columns = catalog_column_statistics_list_new();
    return statistics;
}

void
catalog_statistics_free(CatalogStatistics *statistics)
{
    if (statistics == NULL)
        return;
    g_free(statistics->partition_name);
    g_ptr_array_unref(statistics->columns);
    g_free(statistics);
}

static void
statistics_destroy(gpointer statistics)
{
    catalog_statistics_free(statistics);
}

GPtrArray *
catalog_statistics_list_new(void)
{
    return g_ptr_array_new_with_free_func(statistics_destroy);
}
