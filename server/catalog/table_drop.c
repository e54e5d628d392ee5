/* SPDX-License-Identifier: Apache-2.0 */
/* Dropping a table of any kind, and what becomes of its data: deleted at once, left to a task, kept
 * to be taken back, or not the catalog's. Callers: both doors. */
#include "materialized_view_private.h"
#include "table_private.h"
#include "warehouses.h"

#include <string.h>

/* What a drop means for the data. */
typedef enum {
    DATA_STAY,
    DATA_KEPT,    /* with the row, so that both can be taken back */
    DATA_DELETED, /* before the drop is answered */
    DATA_PURGED,  /* by a task: the files that the metadata names */
    DATA_CLEARED  /* by a task: all that lies below the table's places */
} DataFate;

static gboolean
lies_in_object_store(Catalog *catalog, const CatalogTable *table)
{
    g_autofree char *path = warehouse_location_canonical(table->location);

    return path && *path != '/' &&
           catalog_place_is_served(catalog, table->catalog, table->location);
}

gboolean
catalog_table_owns_data(const CatalogTable *table)
{
    return table->location && !catalog_table_is_view(table) &&
           (strcmp(table->hms_type, "EXTERNAL_TABLE") != 0 ||
            catalog_map_is(table->parameters, "external.table.purge", "TRUE"));
}

static DataFate
fate_of_data(Catalog *catalog, const CatalogTable *table, const CatalogTableDropOptions *options)
{
    gboolean is_iceberg = table->kind == CATALOG_KIND_ICEBERG_TABLE;

    if (options->purge && is_iceberg)
        return table->metadata_location ? DATA_PURGED : DATA_STAY;
    if (options->delete_data && catalog_table_owns_data(table))
        return lies_in_object_store(catalog, table) ? DATA_CLEARED : DATA_DELETED;
    return catalog->options.undrop_retention_s > 0 &&
                   (is_iceberg || table->kind == CATALOG_KIND_ICEBERG_VIEW)
               ? DATA_KEPT
               : DATA_STAY;
}

gboolean
catalog_table_skips_trash(const CatalogTable *table)
{
    return catalog_map_is(table->parameters, "auto.purge", "true") ||
           catalog_map_is(table->parameters, "skip.trash", "true");
}

/* The row is gone for good: what cannot be deleted is left behind, and the drop has succeeded. */
static void
delete_data(Catalog *catalog, const CatalogTable *table, gboolean purge, const GPtrArray *places)
{
    for (guint i = 0; i < places->len; i++)
        catalog_discard(catalog, table->catalog, places->pdata[i], purge);
}

/* Asked before the row goes, where the settings want it. */
static gboolean
check_storage(Catalog *catalog, const CatalogTable *table, GError **error)
{
    gboolean may = TRUE;

    if (!catalog->options.check_storage_permission)
        return TRUE;
    if (!catalog_directory_may_go(catalog, table->catalog, table->location, &may, error))
        return FALSE;
    return may || skep_fail(error, SKEP_ERROR_INVALID_OPERATION, table->name,
                            "%s metadata not deleted since the directory that holds %s is not "
                            "writable by this server",
                            table->name, table->location);
}

/* A lost connection is settled by asking for the same drop again: a table that is gone is dropped,
 * and so is one whose drop took the request's idempotency key. */
static gboolean
drop_row(Catalog *catalog, const CatalogTable *table, const StoreTableDrop *drop, GError **error)
{
    g_autoptr(GError) failure = NULL;
    gboolean dropped;

    if (store_table_drop(catalog->store, table, drop, &dropped, &failure))
        return dropped || catalog_fail_no_table(error, table->namespace_name, table->name);
    if (skep_error_fact(failure) == SKEP_ERROR_COMMIT_STATE_UNKNOWN) {
        g_clear_error(&failure);
        if (store_table_drop(catalog->store, table, drop, &dropped, &failure) ||
            skep_error_fact(failure) == SKEP_ERROR_KEY_TAKEN)
            return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

/* The places of the table and of those of its partitions that lie elsewhere. */
static GPtrArray *
places_of_data(Catalog *catalog, const CatalogTable *table, GError **error)
{
    GPtrArray *places = table->partition_keys->len > 0
                            ? store_table_partition_locations(catalog->store, table->id, error)
                            : catalog_strings_new();

    if (places && table->location)
        g_ptr_array_insert(places, 0, g_strdup(table->location));
    return places;
}

static StoreTableDrop
describe_drop(const Catalog *catalog, DataFate fate, const GPtrArray *places)
{
    StoreTableDrop drop = {0};

    if (fate == DATA_KEPT)
        drop.keep_ms = catalog->options.undrop_retention_s * 1000;
    if (fate == DATA_PURGED)
        drop.task_kind = TASK_PURGE_TABLE;
    if (fate == DATA_CLEARED)
        drop.task_kind = TASK_DELETE_DIRECTORY;
    if (drop.task_kind)
        drop.task_locations = places;
    return drop;
}

gboolean
catalog_table_drop(Catalog *catalog,
                   const char *catalog_name,
                   const char *namespace_name,
                   const char *name,
                   const CatalogTableDropOptions *options,
                   GError **error)
{
    g_autoptr(CatalogTable) table =
        catalog_table_find(catalog, catalog_name, namespace_name, name, error);
    g_autoptr(GPtrArray) places = NULL;
    StoreTableDrop drop;
    DataFate fate;

    if (!table)
        return FALSE;
    if (options->kind >= 0 && table->kind != (CatalogTableKind)options->kind)
        return catalog_fail_no_table(error, table->namespace_name, table->name);
    fate = fate_of_data(catalog, table, options);
    places = places_of_data(catalog, table, error);
    if (!places)
        return FALSE;
    if (fate == DATA_PURGED && places->len == 0)
        g_ptr_array_add(places, g_strdup(table->metadata_location));
    drop = describe_drop(catalog, fate, places);
    if ((fate >= DATA_DELETED && !check_storage(catalog, table, error)) ||
        !catalog_materialized_view_check_unread(catalog, table, error) ||
        !drop_row(catalog, table, &drop, error))
        return FALSE;
    if (fate == DATA_DELETED)
        delete_data(catalog, table, options->if_purge || catalog_table_skips_trash(table), places);
    return TRUE;
}
