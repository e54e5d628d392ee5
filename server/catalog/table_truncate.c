/* SPDX-License-Identifier: Apache-2.0 */
/* Emptying tables of Hive: what may be emptied, the directories, and the figures that say so. Data
 * go first: a failure then leaves figures that are true of what is left. Caller: the Thrift door.
 */
#include "skep/catalog_table_truncate.h"

#include <string.h>

#include "warehouses.h"

#include "partition_private.h"
#include "table_private.h"

#define ATTEMPTS_MAX 20

typedef struct {
    Catalog *catalog;
    const CatalogTable *table;
    const CatalogTruncateOptions *options;
    GPtrArray *partitions; /* CatalogPartition*, of which figures are set back */
    GError *failure;       /* the first of a directory */
} Truncation;

static void
truncation_clear(Truncation *truncation)
{
    g_clear_pointer(&truncation->partitions, g_ptr_array_unref);
    g_clear_error(&truncation->failure);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Truncation, truncation_clear)

static gboolean
check_kind(const CatalogTable *table, const CatalogTruncateOptions *options, GError **error)
{
    g_autofree char *dotted = catalog_name_dotted(table->namespace_name, table->name);

    if (table->kind != CATALOG_KIND_HIVE_TABLE)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, dotted,
                         "%s cannot be truncated: its data are not the files of a directory",
                         dotted);
    if (!options->keep_data && !catalog_table_owns_data(table))
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, dotted,
                         "%s cannot be truncated: it is an external table without "
                         "external.table.purge",
                         dotted);
    return TRUE;
}

/* --- directories --- */

static void
empty_place(Truncation *truncation, const char *location)
{
    g_autoptr(GError) failure = NULL;

    if (truncation->options->keep_data || !location ||
        catalog_directory_empty(truncation->catalog, truncation->table->catalog, location,
                                catalog_table_skips_trash(truncation->table), &failure))
        return;
    if (!truncation->failure)
        truncation->failure = g_steal_pointer(&failure);
}

/* --- figures --- */

/* Figures that are there are set to nothing; what columns hold is not known any more. */
static void
set_back(GHashTable *parameters)
{
    static const char *const figures[] = {"numFiles", "numRows", "totalSize", "rawDataSize",
                                          "numFilesErasureCoded"};

    for (gsize i = 0; i < G_N_ELEMENTS(figures); i++) {
        if (catalog_map_get(parameters, figures[i]))
            catalog_map_set(parameters, figures[i], "0");
    }
    catalog_map_set(parameters, "COLUMN_STATS_ACCURATE", "{\"BASIC_STATS\":\"true\"}");
}

/* Where something was left, only the files can be counted. */
static void
count_left(Truncation *truncation, GHashTable *parameters, const char *location)
{
    WarehouseUsage usage;
    g_autofree char *files = NULL;
    g_autofree char *bytes = NULL;

    if (!truncation->failure || !location ||
        !catalog_directory_usage(truncation->catalog, truncation->table->catalog, location, &usage,
                                 NULL) ||
        usage.file_count == 0)
        return;
    files = g_strdup_printf("%" G_GINT64_FORMAT, usage.file_count);
    bytes = g_strdup_printf("%" G_GINT64_FORMAT, usage.total_bytes);
    catalog_map_set(parameters, "numFiles", files);
    catalog_map_set(parameters, "totalSize", bytes);
    g_hash_table_remove(parameters, "COLUMN_STATS_ACCURATE");
}

/* --- partitions --- */

static gboolean
keep_partition(const CatalogPartition *partition, gpointer data, GError **error)
{
    GPtrArray *partitions = data;

    (void)error;
    g_ptr_array_add(partitions, catalog_partition_copy(partition));
    return TRUE;
}

static gboolean
check_all_found(const GPtrArray *partitions, const char *const *names, GError **error)
{
    g_autoptr(GHashTable) found = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < partitions->len; i++)
        g_hash_table_add(found, ((const CatalogPartition *)partitions->pdata[i])->name);
    for (gsize i = 0; names && names[i]; i++) {
        if (!g_hash_table_contains(found, names[i]))
            return skep_fail(error, SKEP_ERROR_NO_SUCH_PARTITION, names[i],
                             "Partition %s does not exist", names[i]);
    }
    return TRUE;
}

static gboolean
collect_partitions(Truncation *truncation, GError **error)
{
    const char *const *names = truncation->options->partition_names;
    StorePartitionTable place = catalog_partition_store_table(truncation->table);
    g_autoptr(StorePartitionPredicate) predicate = NULL;

    truncation->partitions = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_partition_free);
    if (names && names[0]) {
        predicate = store_partition_predicate_new();
        store_partition_predicate_add_names(predicate, names);
    }
    if (!store_partition_scan(truncation->catalog->store, &place, predicate, -1, keep_partition,
                              truncation->partitions, error))
        return FALSE;
    return check_all_found(truncation->partitions, names, error);
}

static gboolean
truncate_partitions(Truncation *truncation, GError **error)
{
    StorePartitionTable place = catalog_partition_store_table(truncation->table);
    gint64 missing;

    if (!collect_partitions(truncation, error))
        return FALSE;
    for (guint i = 0; i < truncation->partitions->len; i++) {
        CatalogPartition *partition = truncation->partitions->pdata[i];

        empty_place(truncation, partition->location);
        set_back(partition->parameters);
        count_left(truncation, partition->parameters, partition->location);
    }
    if (truncation->partitions->len == 0)
        return TRUE;
    if (!store_partition_alter(truncation->catalog->store, &place, truncation->partitions, TRUE,
                               &missing, error))
        return FALSE;
    return missing == 0 ||
           skep_fail(error, SKEP_ERROR_COMMIT_CONFLICT, truncation->table->name,
                     "Partitions of %s were dropped while it was truncated; try again",
                     truncation->table->name);
}

/* --- the table --- */

static gboolean
store_once(Truncation *truncation,
           const CatalogTable *before,
           StoreTableOutcome *out_outcome,
           GError **error)
{
    g_autoptr(CatalogTable) after = catalog_table_copy(before);
    StoreTableWrite write = {.before = before, .after = after, .truncates = TRUE};

    set_back(after->parameters);
    count_left(truncation, after->parameters, after->location);
    return catalog_table_swap(truncation->catalog, &write, 1, out_outcome, NULL, error);
}

static gboolean
truncate_whole(Truncation *truncation, GError **error)
{
    const CatalogTable *table = truncation->table;

    empty_place(truncation, table->location);
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        g_autoptr(CatalogTable) before = catalog_table_find(
            truncation->catalog, table->catalog, table->namespace_name, table->name, error);
        StoreTableOutcome outcome;

        if (!before || !store_once(truncation, before, &outcome, error))
            return FALSE;
        if (outcome == STORE_TABLE_WRITTEN)
            return TRUE;
        catalog_table_swap_pause(attempt);
    }
    return skep_fail(error, SKEP_ERROR_COMMIT_CONFLICT, table->name,
                     "%s is being changed by others all the time; try again", table->name);
}

gboolean
catalog_table_truncate(Catalog *catalog,
                       const char *catalog_name,
                       const char *namespace_name,
                       const char *name,
                       const CatalogTruncateOptions *options,
                       GError **error)
{
    g_autoptr(CatalogTable) table =
        catalog_table_find(catalog, catalog_name, namespace_name, name, error);
    g_auto(Truncation) truncation = {.catalog = catalog, .table = table, .options = options};
    gboolean done;

    if (!table || !check_kind(table, options, error))
        return FALSE;
    done = table->partition_keys->len > 0 ? truncate_partitions(&truncation, error)
                                          : truncate_whole(&truncation, error);
    if (done && truncation.failure) {
        g_propagate_error(error, g_steal_pointer(&truncation.failure));
        return FALSE;
    }
    return done;
}
