/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of commits to Iceberg tables share: a catalog with a namespace "d", commits
 * through REST's function, many writers at once. Included once by each test program. */
#pragma once

#include <string.h>

#include "skep/error.h"
#include "support/test_catalog.h"
#include "support/test_postgres.h"

#define WRITERS 8

static TestCatalog *fixture;

static inline void
setup(void)
{
    fixture = test_catalog_open();
    test_catalog_make_namespace(fixture, "d");
}

static inline void
teardown(void)
{
    test_catalog_close(fixture);
}

static inline CatalogTable *
find_row(const char *name)
{
    g_autoptr(GError) error = NULL;
    CatalogTable *table = catalog_table_find(fixture->catalog, NULL, "d", name, &error);

    test_assert_ok(table, error);
    return table;
}

static inline cJSON *
load_metadata(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogIcebergTable) table =
        catalog_iceberg_load(fixture->catalog, NULL, "d", name, &error);
    gsize length;
    const char *text;
    cJSON *tree;

    test_assert_ok(table, error);
    text = g_bytes_get_data(table->metadata, &length);
    tree = json_parse(text, length, G_MAXINT, &error);
    test_assert_ok(tree, error);
    return tree;
}

static inline const char *
property_of(const cJSON *metadata, const char *key)
{
    const cJSON *value = json_find(json_find(metadata, "properties"), key);

    return value ? value->valuestring : NULL;
}

static inline CatalogIcebergTable *
commit(const char *name, const char *requirements, const char *updates, GError **error)
{
    g_autoptr(cJSON) wanted = test_catalog_json(requirements);
    g_autoptr(cJSON) changes = test_catalog_json(updates);

    return catalog_iceberg_commit(fixture->catalog, NULL, NULL, "d", name, wanted, changes, error);
}

/* A snapshot on main, whose id is given, over the parent that main must have. */
static inline CatalogIcebergTable *
append(
    const char *name, gint64 snapshot_id, gint64 parent_id, gint64 sequence_number, GError **error)
{
    g_autofree char *parent =
        parent_id < 0 ? g_strdup("null") : g_strdup_printf("%" G_GINT64_FORMAT, parent_id);
    g_autofree char *parent_member =
        parent_id < 0
            ? g_strdup("")
            : g_strdup_printf("\"parent-snapshot-id\": %" G_GINT64_FORMAT ", ", parent_id);
    g_autofree char *requirements = g_strdup_printf(
        "[{\"type\": \"assert-ref-snapshot-id\", \"ref\": \"main\", \"snapshot-id\": %s}]", parent);
    g_autofree char *updates = g_strdup_printf(
        "[{\"action\": \"add-snapshot\", \"snapshot\": {\"snapshot-id\": %" G_GINT64_FORMAT ", %s"
        "\"sequence-number\": %" G_GINT64_FORMAT ", \"timestamp-ms\": %" G_GINT64_FORMAT
        ", \"manifest-list\": \"file://%s/list.avro\", \"summary\": {\"operation\": "
        "\"append\"}, "
        "\"schema-id\": 0}}, {\"action\": \"set-snapshot-ref\", \"ref-name\": \"main\", \"type\": "
        "\"branch\", \"snapshot-id\": %" G_GINT64_FORMAT "}]",
        snapshot_id, parent_member, sequence_number, g_get_real_time() / 1000, fixture->directory,
        snapshot_id);

    return commit(name, requirements, updates, error);
}

/* Runs the same function in so many threads at once and counts those that say TRUE. */
typedef gboolean (*WriterFunc)(int number);
typedef struct {
    WriterFunc func;
    int number;
    GMutex *gate;
} Writer;

static inline gpointer
run_writer(gpointer data)
{
    const Writer *writer = data;

    g_mutex_lock(writer->gate);
    g_mutex_unlock(writer->gate);
    return GINT_TO_POINTER(writer->func(writer->number));
}

static inline int
run_writers(WriterFunc func)
{
    GThread *threads[WRITERS];
    Writer writers[WRITERS];
    GMutex gate;
    int won = 0;

    g_mutex_init(&gate);
    g_mutex_lock(&gate);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (Writer){func, i, &gate};
        threads[i] = g_thread_new("writer", run_writer, &writers[i]);
    }
    g_mutex_unlock(&gate);
    for (int i = 0; i < WRITERS; i++)
        won += GPOINTER_TO_INT(g_thread_join(threads[i]));
    g_mutex_clear(&gate);
    return won;
}

/* How many metadata files lie below a table's directory. */
static inline guint
count_metadata_files(const char *table)
{
    g_autofree char *path = g_build_filename(fixture->directory, "d.db", table, "metadata", NULL);
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    guint count = 0;

    while (directory && g_dir_read_name(directory))
        count++;
    return count;
}
