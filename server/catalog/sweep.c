/* SPDX-License-Identifier: Apache-2.0 */
/* Deletes metadata files that a commit wrote and did not claim: its server died between file and
 * swap, or PostgreSQL stayed away for so long that the file had to be kept. Callers: the background
 * duties, fsck_table.c. */
#include "sweep.h"

#include "skep/iceberg.h"
#include "skep/metrics.h"
#include "skep/store_sweep.h"
#include "skep/store_table.h"

#include "warehouses.h"

static Metric files_total =
    METRIC_COUNTER("skep_swept_files_total",
                   "Metadata files and manifest lists deleted that no commit had claimed.");
static Metric bytes_total = METRIC_COUNTER(
    "skep_swept_bytes_total", "Bytes of metadata files deleted that no commit had claimed.");
METRIC_SHOW_FROM_START(files_total);
METRIC_SHOW_FROM_START(bytes_total);

#define SWEEP_TABLES_MAX  200
#define SWEEP_INTERVAL_MS (24 * 3600 * G_GINT64_CONSTANT(1000))
#define LOST_FILES_MAX    1000

/* A server of this database wrote it, after the table was known here, no commit claims it, and the
 * table has gone past its number: the rest of a commit that lost or died. */
static gboolean
is_unclaimed(const MetadataFile *file, const SweepBounds *bounds)
{
    return file->is_own && !file->is_claimed && file->number <= bounds->pointer_number &&
           file->modified_ms > bounds->known_since_ms &&
           file->modified_ms < bounds->written_before_ms;
}

/* --- single files, not branches --- */

/* Is any of the candidates in the log of this document, whose names are given? */
static gboolean
log_names_one_of(GHashTable *names, const GPtrArray *candidates)
{
    for (guint i = 0; i < candidates->len; i++) {
        const MetadataFile *other = candidates->pdata[i];

        if (g_hash_table_contains(names, metadata_file_name(other->location)))
            return TRUE;
    }
    return FALSE;
}

/* Names in one set go to another. */
static void
add_names(GHashTable *names, GHashTable *to)
{
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_hash_table_add(to, g_strdup(name));
}

static GPtrArray *
find_candidates(const GPtrArray *files, const SweepBounds *bounds)
{
    GPtrArray *candidates = g_ptr_array_new();

    for (guint i = 0; i < files->len && candidates->len < LOST_FILES_MAX; i++) {
        if (is_unclaimed(files->pdata[i], bounds))
            g_ptr_array_add(candidates, files->pdata[i]);
    }
    return candidates;
}

GPtrArray *
sweep_lost_files(Catalog *catalog,
                 const CatalogTable *table,
                 const GPtrArray *files,
                 const SweepBounds *bounds)
{
    g_autoptr(GPtrArray) candidates = find_candidates(files, bounds);
    g_autoptr(GHashTable) logged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) alone = g_ptr_array_new();
    GPtrArray *lost = g_ptr_array_new();

    for (guint i = 0; i < candidates->len; i++) {
        MetadataFile *file = candidates->pdata[i];
        g_autoptr(cJSON) tree = metadata_file_parse(catalog, table->catalog, file->location, NULL);
        const char *uuid = tree ? metadata_file_uuid(tree) : NULL;
        g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        if (!uuid || g_ascii_strcasecmp(uuid, table->uuid) != 0)
            continue;
        metadata_file_add_log(tree, names);
        add_names(names, logged);
        if (!log_names_one_of(names, candidates))
            g_ptr_array_add(alone, file);
    }
    for (guint i = 0; i < alone->len; i++) {
        MetadataFile *file = alone->pdata[i];

        if (!g_hash_table_contains(logged, metadata_file_name(file->location)))
            g_ptr_array_add(lost, file);
    }
    return lost;
}

/* --- one table after the other --- */

void
sweep_count(Sweep *sweep, const MetadataFile *file)
{
    sweep->files_deleted++;
    sweep->bytes_deleted += file->bytes;
    metric_add(metric_series(&files_total, NULL), 1);
    metric_add(metric_series(&bytes_total, NULL), file->bytes);
}

static gboolean
delete_lost(Catalog *catalog,
            const CatalogTable *table,
            const GPtrArray *lost,
            const cJSON *tree,
            Sweep *sweep,
            GError **error)
{
    for (guint i = 0; i < lost->len; i++) {
        const MetadataFile *file = lost->pdata[i];

        if (metadata_file_logs(tree, file->location))
            continue;
        if (!catalog_file_delete(catalog, table->catalog, file->location, error))
            return FALSE;
        sweep_count(sweep, file);
    }
    return TRUE;
}

static gboolean
sweep_table(Catalog *catalog, const CatalogTable *due, Sweep *sweep, GError **error)
{
    SweepBounds bounds = {.written_before_ms =
                              catalog_now_ms() - catalog->options.sweep_after_s * 1000};
    g_autoptr(CatalogTable) table = NULL;
    g_autofree char *directory = NULL;
    g_autoptr(GPtrArray) files = NULL;
    g_autoptr(GPtrArray) lists = metadata_files_new();
    g_autoptr(GPtrArray) lost = NULL;
    g_autoptr(cJSON) tree = NULL;

    if (!store_table_find(catalog->store, due->catalog, due->namespace_name, due->name, &table,
                          error))
        return FALSE;
    if (!table || table->id != due->id || !table->metadata_location ||
        !catalog_place_is_served(catalog, table->catalog, table->metadata_location))
        return TRUE;
    bounds.pointer_number = iceberg_metadata_version(table->metadata_location);
    directory = metadata_file_directory(table->metadata_location);
    files = metadata_directory_read(catalog, table->catalog, directory, lists, error);
    if (!files ||
        !store_sweep_first_commit(catalog->store, table->id, &bounds.known_since_ms, error))
        return FALSE;
    if (!metadata_directory_claim(catalog, files, table, NULL, error))
        return FALSE;
    lost = sweep_lost_files(catalog, table, files, &bounds);
    if (lost->len == 0)
        return sweep_lists(catalog, table, files, lists, &bounds, sweep, error);
    /* The document, which may be large, is asked only now: what its log names stays in any case. */
    tree = metadata_file_parse(catalog, table->catalog, table->metadata_location, error);
    return tree && delete_lost(catalog, table, lost, tree, sweep, error);
}

gboolean
catalog_sweep(Catalog *catalog, CatalogDutyTurn *turn, Sweep *out_sweep, GError **error)
{
    Sweep sweep = {0};
    gint64 now_ms = catalog_now_ms();
    g_autoptr(GPtrArray) due = NULL;

    *out_sweep = sweep;
    if (catalog->options.sweep_after_s == 0)
        return TRUE;
    due = store_sweep_due(catalog->store, now_ms - SWEEP_INTERVAL_MS, SWEEP_TABLES_MAX, error);
    if (!due)
        return FALSE;
    for (guint i = 0; i < due->len && (!turn || catalog_duty_goes_on(turn)); i++) {
        const CatalogTable *table = due->pdata[i];
        GError *failure = NULL;

        /* One table that cannot be read must not keep the others from their turn. */
        if (!sweep_table(catalog, table, &sweep, &failure)) {
            g_autofree char *dotted = catalog_name_dotted(table->namespace_name, table->name);

            catalog_leave_behind(catalog, dotted, failure);
        }
        if (!store_sweep_done(catalog->store, table->id, now_ms, error))
            return FALSE;
        sweep.tables++;
    }
    *out_sweep = sweep;
    return TRUE;
}
