/* SPDX-License-Identifier: Apache-2.0 */
/* Changing partitions: add, alter, rename, and what that means for directories. Directories are
 * made before rows that point to them. Dropping is in partition_drop.c, exchanging in
 * partition_exchange.c. Callers: the Thrift door. */
#include "catalog/partition_private.h"

#include <string.h>

#include "catalog/catalog_private.h"
#include "catalog/table_private.h"
#include "skep/error.h"
#include "warehouses.h"

#define DDL_TIME        "transient_lastDdlTime"
#define DO_NOT_UPDATE   "DO_NOT_UPDATE_STATS"
#define MANAGED_TABLE   "MANAGED_TABLE"
#define STATISTIC_FILES "numFiles"
#define STATISTIC_BYTES "totalSize"

static void
partition_free(gpointer partition)
{
    catalog_partition_free(partition);
}

/* ---- what every record needs before it is stored ---- */

static char *
default_location(const CatalogTable *table, const char *name)
{
    StorePartitionTable store_table = catalog_partition_store_table(table);

    return store_partition_derived_location(&store_table, name);
}

/* A place without a scheme and a leading slash is meant to lie below the table's, as in Hive's own
 * ADD PARTITION. Of plain characters alone: anything else is no place at all, and refused as such.
 */
static void
settle_relative_location(const CatalogTable *table, CatalogPartition *partition)
{
    const char *sent = partition->location;
    char *below;

    if (sent == NULL || *sent == '\0' || *sent == '/' || table->location == NULL ||
        sent[strspn(sent, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.=/")] != '\0')
        return;
    below = g_strconcat(table->location, "/", sent, NULL);
    g_free(partition->location);
    partition->location = below;
}

/* A location that is the default one, however it is spelled, is spelled like it, so that the store
 * can leave it out; another one must be allowed. */
static gboolean
settle_location(Catalog *catalog,
                const CatalogTable *table,
                CatalogPartition *partition,
                GError **error)
{
    g_autofree char *location = default_location(table, partition->name);
    gsize length;

    settle_relative_location(table, partition);
    length = partition->location != NULL ? strlen(partition->location) : 0;

    while (length > 1 && partition->location[length - 1] == '/' &&
           partition->location[length - 2] != '/')
        partition->location[--length] = '\0';
    if (location == NULL && partition->location != NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                         "Cannot specify location for a view partition");
    if (partition->location != NULL && location != NULL &&
        !warehouse_location_equal(partition->location, location))
        return catalog_place_check(catalog, table->catalog, partition->location, error);
    g_free(partition->location);
    partition->location = g_steal_pointer(&location);
    return TRUE;
}

static void
settle_ddl_time(CatalogPartition *partition, gint32 now_s)
{
    const char *sent = catalog_map_get(partition->parameters, DDL_TIME);
    char text[16];

    if (sent != NULL && !g_str_equal(sent, "0") && *sent != '\0')
        return;
    g_snprintf(text, sizeof text, "%d", now_s);
    catalog_map_set(partition->parameters, DDL_TIME, text);
}

/* A copy with name, storage, location and time filled in. */
static CatalogPartition *
settle(Catalog *catalog,
       const CatalogTable *table,
       const CatalogPartition *wanted,
       gint32 now_s,
       GError **error)
{
    g_autofree char *name =
        catalog_partition_name_make(table, (const char *const *)wanted->values, error);
    g_autoptr(CatalogPartition) settled = NULL;

    if (name == NULL)
        return NULL;
    settled = catalog_partition_copy(wanted);
    g_free(settled->name);
    settled->name = g_steal_pointer(&name);
    if (settled->storage == NULL)
        settled->storage = table->storage != NULL && table->location != NULL
                               ? catalog_storage_ref(table->storage)
                               : catalog_storage_new();
    settle_ddl_time(settled, now_s);
    if (!settle_location(catalog, table, settled, error) ||
        !catalog_partition_check_locations(catalog, table, settled, error))
        return NULL;
    return g_steal_pointer(&settled);
}

/* All of them, each of another name. */
static GPtrArray *
settle_all(Catalog *catalog, const CatalogTable *table, const GPtrArray *wanted, GError **error)
{
    g_autoptr(GPtrArray) settled = g_ptr_array_new_with_free_func(partition_free);
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    gint32 now_s = catalog_now_s();

    for (guint i = 0; i < wanted->len; i++) {
        CatalogPartition *partition = settle(catalog, table, wanted->pdata[i], now_s, error);

        if (partition == NULL)
            return NULL;
        g_ptr_array_add(settled, partition);
        if (!g_hash_table_add(names, partition->name)) {
            g_autofree char *object = catalog_partition_object(table, partition->name);

            return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, object,
                                  "Duplicate partitions in the list: %s", partition->name);
        }
    }
    return g_steal_pointer(&settled);
}

/* ---- add ---- */

/* Only where this server can look: file locations. Data that were there before are counted. */
static gboolean
make_directory(Catalog *catalog,
               const CatalogTable *table,
               CatalogPartition *partition,
               gboolean do_not_update_stats,
               GError **error)
{
    WarehouseUsage usage = {0};
    char number[32];

    if (partition->location == NULL ||
        !catalog_place_is_directory(catalog, table->catalog, partition->location))
        return TRUE;
    if (!catalog_directory_make(catalog, table->catalog, partition->location, FALSE, error))
        return FALSE;
    if (do_not_update_stats || catalog_map_is(table->parameters, DO_NOT_UPDATE, "true"))
        return TRUE;
    if (catalog_map_is(partition->parameters, DO_NOT_UPDATE, "true")) {
        g_hash_table_remove(partition->parameters, DO_NOT_UPDATE);
        return TRUE;
    }
    if (!catalog_directory_usage(catalog, table->catalog, partition->location, &usage, NULL) ||
        usage.file_count == 0)
        return TRUE;
    g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT, usage.file_count);
    catalog_map_set(partition->parameters, STATISTIC_FILES, number);
    g_snprintf(number, sizeof number, "%" G_GINT64_FORMAT, usage.total_bytes);
    catalog_map_set(partition->parameters, STATISTIC_BYTES, number);
    return TRUE;
}

static gboolean
fail_no_table_to_add(const CatalogTable *table,
                     const char *namespace_name,
                     const char *table_name,
                     GError **error)
{
    g_autofree char *dotted =
        catalog_name_dotted(table != NULL ? table->namespace_name : namespace_name,
                            table != NULL ? table->name : table_name);

    g_clear_error(error);
    return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, dotted,
                     "Unable to add partitions because %s.%s does not exist",
                     table != NULL ? table->catalog : CATALOG_DEFAULT_NAME, dotted);
}

static gboolean
fail_exists(const CatalogTable *table,
            const GPtrArray *partitions,
            const char *name,
            GError **error)
{
    g_autofree char *object = catalog_partition_object(table, name != NULL ? name : "");
    g_autofree char *values = NULL;

    for (guint i = 0; name != NULL && i < partitions->len && values == NULL; i++) {
        const CatalogPartition *partition = partitions->pdata[i];

        if (g_str_equal(partition->name, name))
            values = catalog_partition_values_text((const char *const *)partition->values);
    }
    return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, object,
                     "Partition already exists: Partition(values:%s, dbName:%s, tableName:%s)",
                     values != NULL ? values : "[]", table->namespace_name, table->name);
}

/* Those of `settled` that are in the set, in their order. */
static GPtrArray *
pick_added(const GPtrArray *settled, GHashTable *added)
{
    GPtrArray *picked = g_ptr_array_new_with_free_func(partition_free);

    for (guint i = 0; i < settled->len; i++) {
        CatalogPartition *partition = settled->pdata[i];

        if (g_hash_table_contains(added, partition->name))
            g_ptr_array_add(picked, catalog_partition_copy(partition));
    }
    return picked;
}

static gboolean
take_name(const char *name, gpointer data, GError **error)
{
    char **first = data;

    (void)error;
    if (*first == NULL)
        *first = g_strdup(name);
    return TRUE;
}

/* Asked before directories are made, so that a batch which cannot be added leaves none behind. Who
 * adds the same at the same time is found out by the store. */
static gboolean
check_none_exists(Catalog *catalog,
                  const CatalogTable *table,
                  const GPtrArray *settled,
                  GError **error)
{
    StorePartitionTable store_table = catalog_partition_store_table(table);
    g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *found = NULL;

    for (guint i = 0; i < settled->len; i++)
        g_ptr_array_add(names, ((CatalogPartition *)settled->pdata[i])->name);
    g_ptr_array_add(names, NULL);
    store_partition_predicate_add_names(predicate, (const char *const *)names->pdata);
    if (!store_partition_scan_names(catalog->store, &store_table, predicate, 1, take_name, &found,
                                    error))
        return FALSE;
    return found == NULL || fail_exists(table, settled, found, error);
}

static gboolean
make_directories(Catalog *catalog,
                 const CatalogTable *table,
                 const GPtrArray *settled,
                 const CatalogPartitionAddOptions *options,
                 GError **error)
{
    const CatalogPartition *first = settled->pdata[0];

    if (!options->if_not_exists && first->location != NULL &&
        catalog_place_is_directory(catalog, table->catalog, first->location) &&
        !check_none_exists(catalog, table, settled, error))
        return FALSE;
    for (guint i = 0; i < settled->len; i++) {
        if (!make_directory(catalog, table, settled->pdata[i], options->do_not_update_stats, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
add_settled(Catalog *catalog,
            const CatalogTable *table,
            const GPtrArray *settled,
            const CatalogPartitionAddOptions *options,
            GHashTable **out_added,
            GError **error)
{
    StorePartitionTable store_table = catalog_partition_store_table(table);
    g_autoptr(GError) failure = NULL;

    if (!make_directories(catalog, table, settled, options, error))
        return FALSE;
    if (store_partition_add(catalog->store, &store_table, settled, options->if_not_exists,
                            out_added, &failure))
        return TRUE;
    if (skep_error_fact(failure) == SKEP_ERROR_ALREADY_EXISTS)
        return fail_exists(table, settled, skep_error_object(failure), error);
    if (skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_TABLE)
        return fail_no_table_to_add(table, NULL, NULL, error);
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

/* Where nothing is stored there is nothing to describe. */
static gboolean
check_storage(const CatalogTable *table,
              const GPtrArray *partitions,
              const CatalogPartitionAddOptions *options,
              GError **error)
{
    if (options->as_table && table->location == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                         "Cannot append a partition to a view");
    for (guint i = 0; !options->as_table && table->location != NULL && i < partitions->len; i++) {
        const CatalogPartition *partition = partitions->pdata[i];

        if (partition->storage == NULL)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                             "A partition to be added has no storage descriptor");
    }
    return TRUE;
}

gboolean
catalog_partition_add(Catalog *catalog,
                      const char *catalog_name,
                      const char *namespace_name,
                      const char *table_name,
                      const GPtrArray *partitions,
                      const CatalogPartitionAddOptions *options,
                      GPtrArray **out_added,
                      GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(CatalogTable) table =
        catalog_partition_table_find(catalog, catalog_name, namespace_name, table_name, &failure);
    g_autoptr(GPtrArray) settled = NULL;
    g_autoptr(GHashTable) added = NULL;

    if (table == NULL && skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_TABLE)
        return fail_no_table_to_add(NULL, namespace_name, table_name, error);
    if (table == NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (!check_storage(table, partitions, options, error))
        return FALSE;
    settled = settle_all(catalog, table, partitions, error);
    if (settled == NULL)
        return FALSE;
    for (guint i = 0; i < settled->len; i++) {
        CatalogPartition *partition = settled->pdata[i];

        partition->create_time_s = catalog_now_s();
    }
    if (settled->len > 0 && !add_settled(catalog, table, settled, options, &added, error))
        return FALSE;
    if (out_added != NULL)
        *out_added = added != NULL ? pick_added(settled, added)
                                   : g_ptr_array_new_with_free_func(partition_free);
    return TRUE;
}

/* ---- alter ---- */

static gboolean
fail_alter_missing(const CatalogTable *table,
                   const GPtrArray *partitions,
                   gint64 missing,
                   GError **error)
{
    const CatalogPartition *first = partitions->pdata[0];
    g_autofree char *object = catalog_partition_object(table, first->name);
    g_autofree char *values = catalog_partition_values_text((const char *const *)first->values);

    if (partitions->len == 1)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, object,
                         "alter is not possible: partition values=%s", values);
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, object,
                     "Alter partition operation failed: new parts size %u not matching with old "
                     "parts size %" G_GINT64_FORMAT,
                     partitions->len, partitions->len - missing);
}

/* A location that is left out would silently move the partition. That it is not there at all is the
 * better thing to say. */
static gboolean
check_locations(Catalog *catalog,
                const CatalogTable *table,
                const GPtrArray *partitions,
                const GPtrArray *settled,
                GError **error)
{
    StorePartitionTable store_table = catalog_partition_store_table(table);

    for (guint i = 0; table->location != NULL && i < partitions->len; i++) {
        const CatalogPartition *sent = partitions->pdata[i];
        const CatalogPartition *named = settled->pdata[i];
        g_autoptr(CatalogPartition) found = NULL;

        if (sent->location != NULL)
            continue;
        if (!store_partition_find(catalog->store, &store_table, named->name, &found, error))
            return FALSE;
        if (found == NULL)
            return fail_alter_missing(table, settled, 1, error);
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                         "A partition to be altered has no location");
    }
    return TRUE;
}

gboolean
catalog_partition_alter(Catalog *catalog,
                        const char *catalog_name,
                        const char *namespace_name,
                        const char *table_name,
                        const GPtrArray *partitions,
                        GError **error)
{
    g_autoptr(CatalogTable) table =
        catalog_partition_table_find(catalog, catalog_name, namespace_name, table_name, error);
    g_autoptr(GPtrArray) settled = NULL;
    StorePartitionTable store_table;
    gint64 missing = 0;

    if (table == NULL)
        return FALSE;
    settled = settle_all(catalog, table, partitions, error);
    if (settled == NULL)
        return FALSE;
    if (settled->len == 0)
        return TRUE;
    if (!check_locations(catalog, table, partitions, settled, error))
        return FALSE;
    store_table = catalog_partition_store_table(table);
    if (!store_partition_alter(catalog->store, &store_table, settled, FALSE, &missing, error))
        return FALSE;
    return missing == 0 || fail_alter_missing(table, settled, missing, error);
}

/* ---- rename ---- */

typedef struct {
    Catalog *catalog;
    const char *catalog_name;
    const char *from; /* NULL: nothing moves */
    const char *to;
} Move;

static gboolean
move_directory(gpointer data, GError **error)
{
    Move *move = data;

    return move->from == NULL ||
           catalog_directory_move(move->catalog, move->catalog_name, move->from, move->to, error);
}

/* Managed data go to the place of the new name, wherever in the warehouse they were, as with Hive.
 * An object store cannot do that: a place of its own stays as it is, and the default one is
 * refused; were the data to stay at it, the next partition of the old name would get the same
 * place, and the drop of either would delete the other's data. What is not managed stays where it
 * is. INVALID_OPERATION.
 */
static gboolean
settle_renamed_location(Catalog *catalog,
                        const CatalogTable *table,
                        const CatalogPartition *old,
                        CatalogPartition *renamed,
                        Move *move,
                        GError **error)
{
    g_autofree char *old_default = default_location(table, old->name);
    gboolean at_default = old->location != NULL && g_strcmp0(old->location, old_default) == 0;
    gboolean movable = old->location != NULL &&
                       catalog_place_is_movable(catalog, table->catalog, old->location) &&
                       catalog_place_is_movable(catalog, table->catalog, old_default);
    gboolean moves = g_strcmp0(table->hms_type, MANAGED_TABLE) == 0 && (at_default || movable) &&
                     catalog_place_is_served(catalog, table->catalog, old->location) &&
                     !g_str_equal(old->name, renamed->name);

    if (moves && !catalog_place_is_directory(catalog, table->catalog, old->location))
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, table->name,
                         "Unable to rename partition: its data at %s cannot be moved in an object "
                         "store; add a partition and write its data there",
                         old->location);
    g_free(renamed->location);
    renamed->location = moves ? default_location(table, renamed->name) : g_strdup(old->location);
    if (moves && !warehouse_location_equal(old->location, renamed->location)) {
        move->from = old->location;
        move->to = renamed->location;
    }
    return TRUE;
}

static gboolean
rename_found(Catalog *catalog,
             const CatalogTable *table,
             const CatalogPartition *old,
             CatalogPartition *renamed,
             GError **error)
{
    StorePartitionTable store_table = catalog_partition_store_table(table);
    Move move = {catalog, table->catalog, NULL, NULL};
    gboolean found = FALSE;
    g_autoptr(GError) failure = NULL;

    if (!settle_renamed_location(catalog, table, old, renamed, &move, error))
        return FALSE;
    if (!store_partition_rename(catalog->store, &store_table, old->name, renamed, move_directory,
                                &move, &found, &failure)) {
        g_autofree char *values =
            catalog_partition_values_text((const char *const *)renamed->values);
        gboolean exists = skep_error_fact(failure) == SKEP_ERROR_ALREADY_EXISTS;

        if (exists)
            return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, table->name,
                             "Partition already exists:%s.%s.%s", table->namespace_name,
                             table->name, values);
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    return found || skep_fail(error, SKEP_ERROR_INVALID_OPERATION, table->name,
                              "Unable to rename partition because old partition does not exist");
}

gboolean
catalog_partition_rename(Catalog *catalog,
                         const char *catalog_name,
                         const char *namespace_name,
                         const char *table_name,
                         const char *const *old_values,
                         const CatalogPartition *wanted,
                         GError **error)
{
    g_autoptr(CatalogTable) table =
        catalog_partition_table_find(catalog, catalog_name, namespace_name, table_name, error);
    g_autofree char *old_name = NULL;
    g_autoptr(CatalogPartition) old = NULL;
    g_autoptr(CatalogPartition) renamed = NULL;
    StorePartitionTable store_table;

    if (table == NULL)
        return FALSE;
    if (old_values == NULL || old_values[0] == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, table->name,
                         "Unable to rename partition because old partition does not exist");
    old_name = catalog_partition_name_make(table, old_values, error);
    if (old_name == NULL)
        return FALSE;
    renamed = settle(catalog, table, wanted, catalog_now_s(), error);
    if (renamed == NULL)
        return FALSE;
    store_table = catalog_partition_store_table(table);
    if (!store_partition_find(catalog->store, &store_table, old_name, &old, error))
        return FALSE;
    if (old == NULL)
        return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, table->name,
                         "Unable to rename partition because old partition does not exist");
    return rename_found(catalog, table, old, renamed, error);
}
