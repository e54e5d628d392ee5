/* SPDX-License-Identifier: Apache-2.0 */
/* Dropping partitions: the rows first, then their data, where their table owns it. Caller: the
 * Thrift door. */
#include "catalog/partition_private.h"

#include <string.h>

#include "catalog/catalog_private.h"
#include "catalog/table_private.h"
#include "skep/error.h"
#include "warehouses.h"

/* The directories between a partition's and the table's, as long as nothing is left in them. */
static void
remove_empty_parents(Catalog *catalog, const CatalogTable *table, const char *location)
{
    g_autofree char *parent = g_strdup(location);

    for (guint i = 1; i < table->partition_keys->len; i++) {
        char *slash = strrchr(parent, '/');

        if (slash == NULL || slash == parent)
            return;
        *slash = '\0';
        if (!warehouse_location_is_under(parent, table->location) ||
            warehouse_location_equal(parent, table->location) ||
            !catalog_directory_remove_empty(catalog, table->catalog, parent, NULL))
            return;
    }
}

/* The rows are gone for good: data that cannot be removed are left behind, and no reason to say
 * that the drop failed. Never the table's own directory, or one above it. */
static void
remove_data(Catalog *catalog, const CatalogTable *table, const GPtrArray *dropped, gboolean purge)
{
    gboolean for_good = purge || catalog_table_skips_trash(table);

    if (!catalog_table_owns_data(table))
        return;
    for (guint i = 0; i < dropped->len; i++) {
        const CatalogPartition *partition = dropped->pdata[i];

        if (partition->location == NULL ||
            warehouse_location_is_under(table->location, partition->location))
            continue;
        catalog_discard(catalog, table->catalog, partition->location, for_good);
        remove_empty_parents(catalog, table, partition->location);
    }
}

static gboolean
fail_drop_missing(const CatalogTable *table, const char *const *names, GError **error)
{
    g_autofree char *object = catalog_partition_object(table, names[0]);
    g_auto(GStrv) values = NULL;
    g_autofree char *text = NULL;

    if (names[1] != NULL || !catalog_partition_name_parse(names[0], NULL, &values, NULL))
        return skep_fail(error, SKEP_ERROR_NO_SUCH_PARTITION, object,
                         "Some partitions to drop are missing");
    text = catalog_partition_values_text((const char *const *)values);
    return skep_fail(error, SKEP_ERROR_NO_SUCH_PARTITION, object, "partition values=%s", text);
}

gboolean
catalog_partition_drop(Catalog *catalog,
                       const char *catalog_name,
                       const char *namespace_name,
                       const char *table_name,
                       const char *const *names,
                       const CatalogPartitionDropOptions *options,
                       GError **error)
{
    g_autoptr(CatalogTable) table =
        catalog_partition_table_find(catalog, catalog_name, namespace_name, table_name, error);
    g_autoptr(GPtrArray) dropped = NULL;
    StorePartitionTable store_table;
    gint64 missing = 0;

    if (table == NULL)
        return FALSE;
    if (names == NULL || names[0] == NULL)
        return TRUE;
    store_table = catalog_partition_store_table(table);
    if (!store_partition_drop(catalog->store, &store_table, names, options->if_exists, &missing,
                              &dropped, error))
        return FALSE;
    if (missing > 0 && !options->if_exists)
        return fail_drop_missing(table, names, error);
    if (options->delete_data)
        remove_data(catalog, table, dropped, options->purge);
    return TRUE;
}
