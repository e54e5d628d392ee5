/* SPDX-License-Identifier: Apache-2.0 */
/* Changing partitions: add, alter, rename, drop, and what that means for directories. Directories
 * are made before rows that point to them, and data are removed after the rows are gone. Callers:
 * the Thrift door. */
#include "catalog/partition_private.h"

#include <string.h>

#include "catalog/catalog_private.h"
#include "skep/error.h"
#include "skep/warehouse.h"

#define DDL_TIME        "transient_lastDdlTime"
#define DO_NOT_UPDATE   "DO_NOT_UPDATE_STATS"
#define PURGE           "external.table.purge"
#define MANAGED_TABLE   "MANAGED_TABLE"
#define STATISTIC_FILES "numFiles"
#define STATISTIC_BYTES "totalSize"

static void
partition_free(gpointer partition)
{
    catalog_partition_free(partition);
}

static gboolean
map_is_true(const GHashTable *map, const char *key)
{
    const char *value = catalog_map_get(map, key);

    return value != NULL && g_ascii_strcasecmp(value, "true") == 0;
}

/* ---- what every record needs before it is stored ---- */

static char *
default_location(const CatalogTable *table, const char *name)
{
    StorePartitionTable store_table = catalog_partition_store_table(table);

    return store_partition_derived_location(&store_table, name);
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

    if (partition->location != NULL && location != NULL &&
        !warehouse_location_equal(partition->location, location))
        return warehouse_location_check(catalog->warehouse, partition->location, error);
    if (location == NULL && partition->location != NULL)
        return warehouse_location_check(catalog->warehouse, partition->location, error);
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
        settled->storage =
            table->storage != NULL ? catalog_storage_ref(table->storage) : catalog_storage_new();
    settle_ddl_time(settled, now_s);
    if (!settle_location(catalog, table, settled, error))
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

/* Only where this server can look: file locations. */
static gboolean
make_directory(Catalog *catalog,
               const CatalogTable *table,
               CatalogPartition *partition,
               GError **error)
{
    WarehouseUsage usage = {0};
    char number[32];

    if (partition->location == NULL ||
        !warehouse_location_is_served(catalog->warehouse, partition->location))
        return TRUE;
    if (!warehouse_directory_make(catalog->warehouse, partition->location, FALSE, error))
        return FALSE;
    if (map_is_true(table->parameters, DO_NOT_UPDATE))
        return TRUE;
    if (map_is_true(partition->parameters, DO_NOT_UPDATE)) {
        g_hash_table_remove(partition->parameters, DO_NOT_UPDATE);
        return TRUE;
    }
    if (!warehouse_directory_usage(catalog->warehouse, partition->location, &usage, NULL))
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
fail_exists(const CatalogTable *table, const GPtrArray *partitions, GError *cause, GError **error)
{
    const char *name = skep_error_object(cause);
    g_autofree char *object = catalog_partition_object(table, name != NULL ? name : "");
    g_autofree char *values = NULL;

    for (guint i = 0; name != NULL && i < partitions->len && values == NULL; i++) {
        const CatalogPartition *partition = partitions->pdata[i];

        if (g_str_equal(partition->name, name))
            values = catalog_partition_values_text((const char *const *)partition->values);
    }
    g_error_free(cause);
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
add_settled(Catalog *catalog,
            const CatalogTable *table,
            const GPtrArray *settled,
            gboolean if_not_exists,
            GHashTable **out_added,
            GError **error)
{
    StorePartitionTable store_table = catalog_partition_store_table(table);
    GError *failure = NULL;

    for (guint i = 0; i < settled->len; i++) {
        if (!make_directory(catalog, table, settled->pdata[i], error))
            return FALSE;
    }
    if (store_partition_add(catalog->store, &store_table, settled, if_not_exists, out_added,
                            &failure))
        return TRUE;
    if (skep_error_fact(failure) == SKEP_ERROR_ALREADY_EXISTS)
        return fail_exists(table, settled, failure, error);
    if (skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_TABLE) {
        g_error_free(failure);
        return fail_no_table_to_add(table, NULL, NULL, error);
    }
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean
catalog_partition_add(Catalog *catalog,
                      const char *catalog_name,
                      const char *namespace_name,
                      const char *table_name,
                      const GPtrArray *partitions,
                      gboolean if_not_exists,
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
    settled = settle_all(catalog, table, partitions, error);
    if (settled == NULL)
        return FALSE;
    for (guint i = 0; i < settled->len; i++) {
        CatalogPartition *partition = settled->pdata[i];

        partition->create_time_s = catalog_now_s();
    }
    if (settled->len > 0 && !add_settled(catalog, table, settled, if_not_exists, &added, error))
        return FALSE;
    if (out_added != NULL)
        *out_added = added != NULL ? pick_added(settled, added)
                                   : g_ptr_array_new_with_free_func(partition_free);
    return TRUE;
}

/* ---- alter ---- */

/* A location that is left out would silently move the partition. */
static gboolean
check_locations(const CatalogTable *table, const GPtrArray *partitions, GError **error)
{
    for (guint i = 0; table->location != NULL && i < partitions->len; i++) {
        const CatalogPartition *partition = partitions->pdata[i];

        if (partition->location == NULL)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                             "A partition to be altered has no location");
    }
    return TRUE;
}

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

    if (table == NULL || !check_locations(table, partitions, error))
        return FALSE;
    settled = settle_all(catalog, table, partitions, error);
    if (settled == NULL)
        return FALSE;
    if (settled->len == 0)
        return TRUE;
    store_table = catalog_partition_store_table(table);
    if (!store_partition_alter(catalog->store, &store_table, settled, &missing, error))
        return FALSE;
    return missing == 0 || fail_alter_missing(table, settled, missing, error);
}

/* ---- rename ---- */

typedef struct {
    Catalog *catalog;
    const char *from; /* NULL: nothing moves */
    const char *to;
} Move;

static gboolean
move_directory(gpointer data, GError **error)
{
    Move *move = data;

    return move->from == NULL ||
           warehouse_directory_move(move->catalog->warehouse, move->from, move->to, error);
}

/* Managed data at their default place go along with the name; all others stay where they are. */
static void
settle_renamed_location(Catalog *catalog,
                        const CatalogTable *table,
                        const CatalogPartition *old,
                        CatalogPartition *renamed,
                        Move *move)
{
    g_autofree char *old_default = default_location(table, old->name);
    gboolean moves = g_strcmp0(table->hms_type, MANAGED_TABLE) == 0 &&
                     g_strcmp0(old->location, old_default) == 0 && old->location != NULL &&
                     warehouse_location_is_served(catalog->warehouse, old->location) &&
                     !g_str_equal(old->name, renamed->name);

    g_free(renamed->location);
    renamed->location = moves ? default_location(table, renamed->name) : g_strdup(old->location);
    if (moves) {
        move->from = old->location;
        move->to = renamed->location;
    }
}

static gboolean
rename_found(Catalog *catalog,
             const CatalogTable *table,
             const CatalogPartition *old,
             CatalogPartition *renamed,
             GError **error)
{
    StorePartitionTable store_table = catalog_partition_store_table(table);
    Move move = {catalog, NULL, NULL};
    gboolean found = FALSE;
    g_autoptr(GError) failure = NULL;

    settle_renamed_location(catalog, table, old, renamed, &move);
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
    g_autofree char *old_name =
        table != NULL ? catalog_partition_name_make(table, old_values, error) : NULL;
    g_autoptr(CatalogPartition) old = NULL;
    g_autoptr(CatalogPartition) renamed = NULL;
    StorePartitionTable store_table;

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

/* ---- drop ---- */

/* The rows are gone for good: data that cannot be removed are left behind, and no reason to say
 * that the drop failed. Never the table's own directory, or one above it. */
static void
remove_data(Catalog *catalog, const CatalogTable *table, const GPtrArray *dropped)
{
    gboolean owns_data =
        g_strcmp0(table->hms_type, MANAGED_TABLE) == 0 || map_is_true(table->parameters, PURGE);

    for (guint i = 0; owns_data && i < dropped->len; i++) {
        const CatalogPartition *partition = dropped->pdata[i];

        if (partition->location == NULL ||
            (table->location != NULL &&
             warehouse_location_is_under(table->location, partition->location)))
            continue;
        warehouse_directory_delete(catalog->warehouse, partition->location, NULL);
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
                       gboolean if_exists,
                       gboolean delete_data,
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
    if (!store_partition_drop(catalog->store, &store_table, names, if_exists, &missing, &dropped,
                              error))
        return FALSE;
    if (missing > 0 && !if_exists)
        return fail_drop_missing(table, names, error);
    if (delete_data)
        remove_data(catalog, table, dropped);
    return TRUE;
}
