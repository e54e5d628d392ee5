/* SPDX-License-Identifier: Apache-2.0 */
/* Where a table's record or an Iceberg document may point: every member that names a place is
 * within the warehouse of its catalog when it is stored, whichever door it comes through. When
 * access is given to a table, its places are looked at again (credentials.c). Callers: the
 * operations that store tables, views and partitions. */
#include "iceberg_private.h"

#include <string.h>

#include "warehouses.h"

/* --- records --- */

/* Properties of Iceberg that a client writes files below, and pointers. */
static const char *const place_keys[] = {"metadata_location",
                                         "previous_metadata_location",
                                         "write.data.path",
                                         "write.metadata.path",
                                         "write.object-storage.path",
                                         "write.folder-storage.path",
                                         "write.metadata.location",
                                         "location",
                                         "path"};
/* Of a storage descriptor: what Spark and others read instead of its location. */
static const char *const storage_keys[] = {"location", "path"};

static gboolean
is_known_scheme(const char *text)
{
    static const char *const schemes[] = {"s3://", "s3a://", "s3n://"};

    for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (g_ascii_strncasecmp(text, schemes[i], strlen(schemes[i])) == 0)
            return TRUE;
    }
    return warehouse_location_is_file(text);
}

/* Words that name no place of a store that is known here are not this server's business: other
 * formats keep their own things under "path" and "location". */
static gboolean
check_value(const Warehouse *warehouse, const char *key, const char *value, GError **error)
{
    gboolean is_common = strcmp(key, "path") == 0 || strcmp(key, "location") == 0;

    if (!value || *value == '\0' || (is_common && !is_known_scheme(value)))
        return TRUE;
    if (warehouse_location_check(warehouse, value, error))
        return TRUE;
    g_prefix_error(error, "%s: ", key);
    return FALSE;
}

static gboolean
check_map(const Warehouse *warehouse,
          const GHashTable *map,
          const char *const *keys,
          gsize count,
          GError **error)
{
    for (gsize i = 0; map && i < count; i++) {
        if (!check_value(warehouse, keys[i], catalog_map_get(map, keys[i]), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_storage(const Warehouse *warehouse, const CatalogStorage *storage, GError **error)
{
    const GPtrArray *skewed = storage->skewed_locations;

    for (guint i = 0; skewed && i < skewed->len; i++) {
        const GPtrArray *pair = skewed->pdata[i];

        if (pair->len > 0 && !check_value(warehouse, "location", pair->pdata[pair->len - 1], error))
            return FALSE;
    }
    return check_map(warehouse, storage->serde_parameters, storage_keys, G_N_ELEMENTS(storage_keys),
                     error) &&
           check_map(warehouse, storage->parameters, storage_keys, G_N_ELEMENTS(storage_keys),
                     error);
}

gboolean
catalog_table_check_locations(Catalog *catalog, const CatalogTable *table, GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, table->catalog, error);

    return warehouse &&
           (!table->location || warehouse_location_check(warehouse, table->location, error)) &&
           check_map(warehouse, table->parameters, place_keys, G_N_ELEMENTS(place_keys), error) &&
           (!table->storage || check_storage(warehouse, table->storage, error));
}

gboolean
catalog_partition_check_locations(Catalog *catalog,
                                  const CatalogTable *table,
                                  const CatalogPartition *partition,
                                  GError **error)
{
    g_autoptr(Warehouse) warehouse = NULL;

    /* that of the table was looked at with the table */
    if (!partition->storage || partition->storage == table->storage)
        return TRUE;
    warehouse = catalog_warehouse(catalog, table->catalog, error);
    return warehouse && check_storage(warehouse, partition->storage, error);
}

/* --- documents --- */

/* Lists of a document whose entries each name one file, beside the snapshots. */
static const struct {
    const char *list;
    const char *member;
} files[] = {
    {"statistics",           "statistics-path"},
    {"partition-statistics", "statistics-path"},
    {"metadata-log",         "metadata-file"  },
};

static const char *
named_file(const cJSON *entry, const char *member)
{
    const cJSON *file = json_find(entry, member);

    return json_is_string(file) ? file->valuestring : NULL;
}

/* The entry of a list, from `entry` on, that names a file. */
static const cJSON *
find_file(const cJSON *entry, const char *member, const char *file)
{
    while (entry && g_strcmp0(named_file(entry, member), file) != 0)
        entry = entry->next;
    return entry;
}

/* What the base names already was looked at when it came. A commit trims a list at its head and
 * appends at its end, so that most of both lists is the same side by side. */
static gboolean
check_list(const Warehouse *warehouse,
           const cJSON *list,
           const cJSON *base,
           const char *member,
           GError **error)
{
    const cJSON *first = base ? base->child : NULL;
    const cJSON *beside = first;
    const cJSON *entry;

    cJSON_ArrayForEach(entry, list)
    {
        const char *file = named_file(entry, member);
        g_autoptr(GError) failure = NULL;

        if (!file)
            continue;
        if (entry == list->child)
            beside = find_file(first, member, file);
        if (beside && g_strcmp0(named_file(beside, member), file) == 0) {
            beside = beside->next;
            continue;
        }
        if (check_value(warehouse, member, file, &failure) || find_file(first, member, file))
            continue;
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    return TRUE;
}

static gboolean
check_files(const Warehouse *warehouse, const cJSON *metadata, const cJSON *base, GError **error)
{
    g_autoptr(GPtrArray) lists = iceberg_table_new_manifest_lists(metadata, base, error);

    if (!lists)
        return FALSE;
    for (guint i = 0; i < lists->len; i++) {
        if (!check_value(warehouse, "manifest-list", lists->pdata[i], error))
            return FALSE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        if (!check_list(warehouse, json_find(metadata, files[i].list),
                        json_find(base, files[i].list), files[i].member, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
catalog_iceberg_check_locations(Catalog *catalog,
                                const char *catalog_name,
                                const cJSON *metadata,
                                const cJSON *base,
                                GError **error)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, catalog_name, error);
    const char *location;

    if (!warehouse || !json_get_string(metadata, "location", &location, error) ||
        !warehouse_location_check(warehouse, location, error))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(place_keys); i++) {
        if (!check_value(warehouse, place_keys[i], iceberg_property(metadata, place_keys[i]),
                         error))
            return FALSE;
    }
    return check_files(warehouse, metadata, base, error);
}

static gboolean
owns_file(const CatalogTable *table, const char *document, const char *file)
{
    g_autofree char *directory = g_path_get_dirname(document);

    return (g_str_has_suffix(file, ".metadata.json") ||
            g_str_has_suffix(file, ".metadata.json.gz")) &&
           (warehouse_location_is_under(file, directory) ||
            (table->location && warehouse_location_is_under(file, table->location)));
}

void
catalog_iceberg_delete_trimmed(Catalog *catalog,
                               const CatalogTable *table,
                               const char *document,
                               const IcebergChange *change)
{
    if (!change->delete_trimmed || !change->trimmed_files)
        return;
    for (guint i = 0; i < change->trimmed_files->len; i++) {
        const char *file = change->trimmed_files->pdata[i];

        if (owns_file(table, document, file))
            catalog_file_delete(catalog, table->catalog, file, NULL);
    }
}
