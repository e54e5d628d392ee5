/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of partitions in PostgreSQL share: a table, partitions made for it, the names that
 * a predicate finds. Included once by each test program. */
#pragma once

#include <string.h>

#include "skep/catalog_partition.h"
#include "skep/error.h"
#include "skep/store_partition.h"
#include "support/test_postgres.h"

#define DEFAULT_NAME "__HIVE_DEFAULT_PARTITION__"

static Store *store;
static StorePartitionTable table;

static inline gint64
make_table(const char *name)
{
    g_autofree char *sql = g_strdup_printf(
        "INSERT INTO skep.catalogs (name, created_s) VALUES ('hive', 0) ON CONFLICT DO NOTHING;"
        "INSERT INTO skep.namespaces (catalog_id, name, location, created_s)"
        " SELECT id, 'p', 'file:/w/p.db', 0 FROM skep.catalogs WHERE name = 'hive'"
        " ON CONFLICT DO NOTHING;"
        "INSERT INTO skep.tables (namespace_id, name, kind, hms_type, created_s, location)"
        " SELECT id, '%s', 0, 'MANAGED_TABLE', 0, 'file:/w/p.db/%s' FROM skep.namespaces"
        " WHERE name = 'p' RETURNING id",
        name, name);
    g_autofree char *id = test_postgres_run(sql);

    return g_ascii_strtoll(id, NULL, 10);
}

static inline void
set_up(void)
{
    store = test_postgres_open();
    test_postgres_clear();
    table = (StorePartitionTable){make_table("t"), "file:/w/p.db/t"};
}

static inline void
tear_down(void)
{
    g_clear_pointer(&store, store_close);
}

static inline void
partition_free(gpointer partition)
{
    catalog_partition_free(partition);
}

static inline CatalogPartition *
new_partition(const char *const *keys, const char *const *values, CatalogStorage *storage)
{
    CatalogPartition *partition = catalog_partition_new();

    partition->name = catalog_partition_name_format(keys, values);
    partition->values = g_strdupv((GStrv)values);
    partition->storage = catalog_storage_ref(storage);
    partition->location = g_strconcat(table.location, "/", partition->name, NULL);
    partition->create_time_s = 1700000000;
    catalog_map_set(partition->parameters, "transient_lastDdlTime", "1700000000");
    return partition;
}

static inline CatalogStorage *
new_storage(void)
{
    CatalogStorage *storage = catalog_storage_new();

    g_ptr_array_add(storage->columns, catalog_column_new("a", "int", NULL));
    storage->input_format = g_strdup("in");
    storage->output_format = g_strdup("out");
    return storage;
}

static inline guint
add(const GPtrArray *partitions, gboolean if_not_exists)
{
    g_autoptr(GHashTable) added = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert_msg(store_partition_add(store, &table, partitions, if_not_exists, &added, &error),
                  "%s", error != NULL ? error->message : "");
    return g_hash_table_size(added);
}

static inline gboolean
take_name(const char *name, gpointer data, GError **error)
{
    (void)error;
    g_ptr_array_add(data, g_strdup(name));
    return TRUE;
}

static inline GPtrArray *
names_of(const StorePartitionPredicate *predicate, gint64 max)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;

    ck_assert_msg(
        store_partition_scan_names(store, &table, predicate, max, take_name, names, &error),
        "%s (%s)", error != NULL ? error->message : "",
        error != NULL && skep_error_detail(error) != NULL ? skep_error_detail(error) : "");
    return names;
}

static inline GPtrArray *
make_days(guint first, guint count, CatalogStorage *storage)
{
    static const char *const keys[] = {"ds", "hr", NULL};
    GPtrArray *partitions = g_ptr_array_new_with_free_func(partition_free);

    for (guint i = first; i < first + count; i++) {
        g_autofree char *day = g_strdup_printf("%u-%02u-%02u", 2020 + i / 24 / 336,
                                               i / 24 % 336 / 28 + 1, i / 24 % 28 + 1);
        g_autofree char *hour = g_strdup_printf("%02u", i % 24);
        const char *values[] = {day, hour, NULL};
        CatalogPartition *partition = new_partition(keys, values, storage);

        catalog_map_set(partition->parameters, "numFiles", "12");
        catalog_map_set(partition->parameters, "totalSize", "1234567");
        g_ptr_array_add(partitions, partition);
    }
    return partitions;
}
