/* SPDX-License-Identifier: Apache-2.0 */
/* Moving partitions from one table to another with the same columns and keys: which ones, what they
 * become, and their directories. Caller: the Thrift door. */
#include "catalog/partition_private.h"

#include "catalog/catalog_private.h"
#include "skep/error.h"
#include "warehouses.h"

static void
partition_free(gpointer partition)
{
    catalog_partition_free(partition);
}

static CatalogTable *
find_end(Catalog *catalog, const CatalogPartitionEnd *end, const char *role, GError **error)
{
    g_autoptr(GError) failure = NULL;
    CatalogTable *table = catalog_partition_table_find(
        catalog, end->catalog_name, end->namespace_name, end->table_name, &failure);

    if (table == NULL && skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_TABLE)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "The %s table %s.%s not found", role, end->namespace_name,
                              end->table_name);
    if (table == NULL)
        g_propagate_error(error, g_steal_pointer(&failure));
    return table;
}

/* Names and types, in their order; comments do not matter. */
static gboolean
columns_are_alike(const GPtrArray *left, const GPtrArray *right)
{
    if (left->len != right->len)
        return FALSE;
    for (guint i = 0; i < left->len; i++) {
        const CatalogColumn *a = left->pdata[i];
        const CatalogColumn *b = right->pdata[i];

        if (g_ascii_strcasecmp(a->name, b->name) != 0 || g_strcmp0(a->type, b->type) != 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_tables(const CatalogTable *source, const CatalogTable *target, GError **error)
{
    if (g_strcmp0(source->catalog, target->catalog) != 0)
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL,
                         "You cannot move a partition across catalogs");
    if (source->id == target->id)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "A table cannot exchange partitions with itself: %s.%s",
                         source->namespace_name, source->name);
    if (source->storage == NULL || target->storage == NULL || source->location == NULL ||
        target->location == NULL ||
        !columns_are_alike(source->storage->columns, target->storage->columns) ||
        !columns_are_alike(source->partition_keys, target->partition_keys))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "The tables have different schemas. Their partitions cannot be "
                         "exchanged.");
    return TRUE;
}

/* The value of a key in the request, whatever its case; NULL: any. */
static const char *
spec_value(const GHashTable *spec, const char *key)
{
    GHashTableIter iter;
    gpointer name;
    gpointer value;

    g_hash_table_iter_init(&iter, (GHashTable *)spec);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        if (g_ascii_strcasecmp(name, key) == 0)
            return value;
    }
    return NULL;
}

/* One value for each key, "" for any. NULL with an error. */
static GStrv
spec_values(const CatalogTable *table, const GHashTable *spec, GError **error)
{
    g_auto(GStrv) values = g_new0(char *, (gsize)table->partition_keys->len + 1);
    guint found = 0;

    for (guint i = 0; i < table->partition_keys->len; i++) {
        const CatalogColumn *key = table->partition_keys->pdata[i];
        const char *value = spec_value(spec, key->name);

        values[i] = g_strdup(value != NULL ? value : "");
        if (value == NULL || *value == '\0')
            continue;
        if (found++ < i)
            return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                                  "Partition keys need values from the first on: there is one for "
                                  "%s, and none for a key before it",
                                  key->name);
    }
    if (found == 0)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "No value was given for any partition key of %s.%s",
                              table->namespace_name, table->name);
    return g_steal_pointer(&values);
}

static gboolean
collect(const CatalogPartition *partition, gpointer data, GError **error)
{
    (void)error;
    g_ptr_array_add(data, catalog_partition_copy(partition));
    return TRUE;
}

/* CatalogPartition*, at least one, or NULL with an error. */
static GPtrArray *
find_partitions(Catalog *catalog,
                const CatalogTable *source,
                const GHashTable *spec,
                GError **error)
{
    g_auto(GStrv) values = spec_values(source, spec, error);
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(partition_free);
    CatalogPartitionQuery query;

    if (values == NULL)
        return NULL;
    catalog_partition_query_init(&query);
    query.partial_values = (const char *const *)values;
    if (!catalog_partition_scan(catalog, source->catalog, source->namespace_name, source->name,
                                &query, NULL, collect, found, error))
        return NULL;
    if (found->len == 0) {
        g_autofree char *text = catalog_partition_values_text((const char *const *)values);

        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "No partition is found with the values %s for the table %s", text,
                              source->name);
    }
    return g_steal_pointer(&found);
}

/* Those whose data are where they belong. */
static gboolean
check_locations(Catalog *catalog,
                const CatalogTable *source,
                const GPtrArray *partitions,
                GError **error)
{
    StorePartitionTable store_table = catalog_partition_store_table(source);

    for (guint i = 0; i < partitions->len; i++) {
        const CatalogPartition *partition = partitions->pdata[i];
        g_autofree char *expected = store_partition_derived_location(&store_table, partition->name);
        gboolean exists = TRUE;

        if (g_strcmp0(partition->location, expected) != 0)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "Partition %s of %s cannot be exchanged: its data are not below its "
                             "table, but at %s",
                             partition->name, source->name, partition->location);
        if (catalog_place_is_served(catalog, source->catalog, expected) &&
            catalog_file_exists(catalog, source->catalog, expected, &exists, NULL) && !exists)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "Partition %s of %s cannot be exchanged: %s does not exist",
                             partition->name, source->name, expected);
    }
    return TRUE;
}

/* What they become: the same at the default places of the target. */
static GPtrArray *
make_moved(const CatalogTable *target, const GPtrArray *partitions)
{
    StorePartitionTable store_table = catalog_partition_store_table(target);
    GPtrArray *moved = g_ptr_array_new_with_free_func(partition_free);

    for (guint i = 0; i < partitions->len; i++) {
        CatalogPartition *partition = catalog_partition_copy(partitions->pdata[i]);

        g_free(partition->location);
        partition->location = store_partition_derived_location(&store_table, partition->name);
        g_ptr_array_add(moved, partition);
    }
    return moved;
}

typedef struct {
    Catalog *catalog;
    const char *catalog_name;
    const GPtrArray *from; /* CatalogPartition*, in one order */
    const GPtrArray *to;
} Moves;

static gboolean
move_one(const Moves *moves, guint i, gboolean back, GError **error)
{
    const CatalogPartition *from = moves->from->pdata[i];
    const CatalogPartition *to = moves->to->pdata[i];
    g_autoptr(Warehouse) warehouse = catalog_warehouse(moves->catalog, moves->catalog_name, error);

    if (!warehouse)
        return FALSE;
    if (from->location == NULL || !warehouse_location_is_served(warehouse, from->location) ||
        !warehouse_location_is_served(warehouse, to->location))
        return TRUE;
    return back ? warehouse_directory_move(warehouse, to->location, from->location, error)
                : warehouse_directory_move(warehouse, from->location, to->location, error);
}

/* A StorePartitionMoveFunc: all, or those that were moved go back. */
static gboolean
move_directories(gpointer data, GError **error)
{
    const Moves *moves = data;

    for (guint i = 0; i < moves->from->len; i++) {
        if (move_one(moves, i, FALSE, error))
            continue;
        while (i > 0)
            move_one(moves, --i, TRUE, NULL);
        return FALSE;
    }
    return TRUE;
}

static gboolean
exchange_found(Catalog *catalog,
               const CatalogTable *source,
               const CatalogTable *target,
               const GPtrArray *partitions,
               const GPtrArray *moved,
               GError **error)
{
    StorePartitionTable from = catalog_partition_store_table(source);
    StorePartitionTable to = catalog_partition_store_table(target);
    Moves moves = {catalog, source->catalog, partitions, moved};
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GError) failure = NULL;

    for (guint i = 0; i < partitions->len; i++)
        g_ptr_array_add(names, ((CatalogPartition *)partitions->pdata[i])->name);
    g_ptr_array_add(names, NULL);
    if (store_partition_exchange(catalog->store, &from, (const char *const *)names->pdata, &to,
                                 moved, move_directories, &moves, &failure))
        return TRUE;
    if (skep_error_fact(failure) == SKEP_ERROR_ALREADY_EXISTS)
        return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, target->name,
                         "The partition %s already exists in the table %s",
                         skep_error_object(failure), target->name);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

GPtrArray *
catalog_partition_exchange(Catalog *catalog,
                           const CatalogPartitionEnd *source,
                           const CatalogPartitionEnd *target,
                           const GHashTable *spec,
                           GError **error)
{
    g_autoptr(CatalogTable) to = find_end(catalog, target, "destination", error);
    g_autoptr(CatalogTable) from = to != NULL ? find_end(catalog, source, "source", error) : NULL;
    g_autoptr(GPtrArray) partitions = NULL;
    g_autoptr(GPtrArray) moved = NULL;

    if (from == NULL || !check_tables(from, to, error))
        return NULL;
    partitions = find_partitions(catalog, from, spec, error);
    if (partitions == NULL || !check_locations(catalog, from, partitions, error))
        return NULL;
    moved = make_moved(to, partitions);
    if (!exchange_found(catalog, from, to, partitions, moved, error))
        return NULL;
    return g_steal_pointer(&moved);
}
