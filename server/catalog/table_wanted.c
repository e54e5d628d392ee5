/* SPDX-License-Identifier: Apache-2.0 */
/* A table as an HMS client sent it becomes one that can be stored: names folded, kind and type
 * settled, columns and locations checked, files counted. Callers: table.c and table_alter.c. */
#include "table_private.h"

#include <string.h>

#include "warehouses.h"

static void
set_type(CatalogTable *table, const char *hms_type)
{
    g_free(table->hms_type);
    table->hms_type = g_strdup(hms_type);
}

/* Tables keep the type they were sent with; the parameter EXTERNAL and tableType are one statement,
 * and where they disagree the parameter is the newer word: clients switch a table by it. */
static gboolean
settle_type(CatalogTable *table, GError **error)
{
    static const char *const known[] = {"MANAGED_TABLE",     "EXTERNAL_TABLE", "VIRTUAL_VIEW",
                                        "MATERIALIZED_VIEW", "INDEX_TABLE",    NULL};
    gboolean is_table;

    if (!table->hms_type || *table->hms_type == '\0')
        set_type(table, "MANAGED_TABLE");
    if (!g_strv_contains(known, table->hms_type))
        return skep_fail(error, SKEP_ERROR_INVALID_OBJECT, NULL, "Table type %.100s is not known",
                         table->hms_type);
    is_table = strcmp(table->hms_type, "MANAGED_TABLE") == 0 ||
               strcmp(table->hms_type, "EXTERNAL_TABLE") == 0;
    if (!is_table)
        return TRUE;
    if (catalog_map_is(table->parameters, "EXTERNAL", "TRUE"))
        set_type(table, "EXTERNAL_TABLE");
    else if (catalog_map_is(table->parameters, "EXTERNAL", "FALSE"))
        set_type(table, "MANAGED_TABLE");
    else if (strcmp(table->hms_type, "EXTERNAL_TABLE") == 0)
        catalog_map_set(table->parameters, "EXTERNAL", "TRUE");
    return TRUE;
}

gboolean
catalog_table_is_view(const CatalogTable *table)
{
    return strcmp(table->hms_type, "VIRTUAL_VIEW") == 0;
}

static void
settle_kind(CatalogTable *table)
{
    const char *pointer = catalog_map_get(table->parameters, "metadata_location");
    gboolean has_pointer = pointer && *pointer;

    g_clear_pointer(&table->metadata_location, g_free);
    g_clear_pointer(&table->previous_metadata_location, g_free);
    table->current_snapshot_id = -1;
    table->kind = g_str_has_suffix(table->hms_type, "_VIEW") ? CATALOG_KIND_HIVE_VIEW
                                                             : CATALOG_KIND_HIVE_TABLE;
    if (has_pointer && catalog_map_is(table->parameters, "table_type", "ICEBERG"))
        table->kind = CATALOG_KIND_ICEBERG_TABLE;
    else if (has_pointer && catalog_map_is(table->parameters, "table_type", "ICEBERG-VIEW"))
        table->kind = CATALOG_KIND_ICEBERG_VIEW;
    else
        return;
    table->metadata_location = g_strdup(pointer);
    table->previous_metadata_location =
        g_strdup(catalog_map_get(table->parameters, "previous_metadata_location"));
}

static gboolean
settle_storage(CatalogTable *table, GError **error)
{
    gboolean is_hive;
    CatalogStorage *copy;

    if (!table->storage)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                         "Table %s has no storage descriptor", table->name);
    copy = catalog_storage_copy(table->storage);
    catalog_storage_unref(table->storage);
    table->storage = copy;
    catalog_columns_fold(copy->columns);
    catalog_columns_fold(table->partition_keys);
    is_hive = table->kind == CATALOG_KIND_HIVE_TABLE || table->kind == CATALOG_KIND_HIVE_VIEW;
    return catalog_columns_check(copy->columns, table->partition_keys, is_hive, error);
}

static gboolean
fold_names(CatalogTable *table, GError **error)
{
    char *catalog_name = catalog_name_fold_catalog(table->catalog, error);
    char *namespace_ = catalog_name ? catalog_name_fold(table->namespace_name, error) : NULL;
    char *name = namespace_ ? catalog_name_make_table(table->name, error) : NULL;

    if (!name) {
        g_free(catalog_name);
        g_free(namespace_);
        return FALSE;
    }
    g_free(table->catalog);
    g_free(table->namespace_name);
    g_free(table->name);
    table->catalog = catalog_name;
    table->namespace_name = namespace_;
    table->name = name;
    return TRUE;
}

CatalogTable *
catalog_table_settle(Catalog *catalog, const CatalogTable *wanted, GError **error)
{
    g_autoptr(CatalogTable) table = catalog_table_copy(wanted);

    if (!fold_names(table, error) || !settle_type(table, error))
        return NULL;
    settle_kind(table);
    if (!settle_storage(table, error))
        return NULL;
    if (table->location && *table->location == '\0')
        g_clear_pointer(&table->location, g_free);
    if (table->location && warehouse_location_is_root(table->location))
        return skep_fail_null(error, SKEP_ERROR_INVALID_OBJECT, table->name,
                              "%s location must not be root path", table->name);
    if (!catalog_table_check_locations(catalog, table, error))
        return NULL;
    if (table->owner_type == 0)
        table->owner_type = 1; /* a user */
    return g_steal_pointer(&table);
}

char *
catalog_table_default_location(Catalog *catalog,
                               const CatalogTable *table,
                               const CatalogNamespace *namespace_)
{
    g_autofree char *root = strcmp(table->hms_type, "EXTERNAL_TABLE") == 0
                                ? catalog_namespace_external_root(catalog, namespace_)
                                : catalog_namespace_managed_root(catalog, namespace_);

    return warehouse_table_location(root, table->name);
}

void
catalog_table_count_files(Catalog *catalog, CatalogTable *table)
{
    WarehouseUsage usage;
    g_autofree char *files = NULL;
    g_autofree char *bytes = NULL;

    if (table->kind != CATALOG_KIND_HIVE_TABLE || table->partition_keys->len > 0 ||
        !table->location || !catalog_place_is_directory(catalog, table->catalog, table->location) ||
        !catalog_directory_usage(catalog, table->catalog, table->location, &usage, NULL))
        return;
    files = g_strdup_printf("%" G_GINT64_FORMAT, usage.file_count);
    bytes = g_strdup_printf("%" G_GINT64_FORMAT, usage.total_bytes);
    catalog_map_set(table->parameters, "numFiles", files);
    catalog_map_set(table->parameters, "totalSize", bytes);
}

gboolean
catalog_table_take_no_statistics(CatalogTable *table)
{
    gboolean asked = catalog_map_is(table->parameters, "DO_NOT_UPDATE_STATS", "true");

    g_hash_table_remove(table->parameters, "DO_NOT_UPDATE_STATS");
    return asked;
}
