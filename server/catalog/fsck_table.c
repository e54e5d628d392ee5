/* SPDX-License-Identifier: Apache-2.0 */
/* One Iceberg table or view against the metadata files that lie beside its own. Caller: fsck.c. */
#include "fsck_private.h"

#include "skep/iceberg.h"
#include "skep/store_sweep.h"
#include "skep/store_table.h"

#include "sweep.h"
#include "warehouses.h"

/* Of a log whose files are kept elsewhere, so many are looked for one by one. */
#define LOG_LOOKS_MAX 200
/* Later files than the pointer's are read from the last one down, so many of them. */
#define LATER_FILES_MAX 20
#define HISTORY_MAX     1000

typedef struct {
    Catalog *catalog;
    const CatalogTable *table;
    GPtrArray *findings;
    GPtrArray *files;  /* MetadataFile* beside the pointer's, the highest number first */
    GHashTable *names; /* of all of them; borrowed */
    cJSON *tree;       /* of the pointer; NULL: its file is not there */
    SweepBounds bounds;
    gboolean is_behind; /* later files have been told of as a whole */
} Examination;

static void
examination_clear(Examination *examination)
{
    g_clear_pointer(&examination->files, g_ptr_array_unref);
    g_clear_pointer(&examination->names, g_hash_table_unref);
    g_clear_pointer(&examination->tree, cJSON_Delete);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Examination, examination_clear)

static CatalogFinding *
add_finding(const Examination *examination, CatalogFindingKind kind, const char *location)
{
    const CatalogTable *table = examination->table;
    CatalogFinding *finding =
        catalog_finding_new(kind, table->namespace_name, table->name, location);

    g_ptr_array_add(examination->findings, finding);
    return finding;
}

static CatalogFinding *
add_file(const Examination *examination, CatalogFindingKind kind, const MetadataFile *file)
{
    CatalogFinding *finding = add_finding(examination, kind, file->location);

    finding->bytes = file->bytes;
    finding->modified_ms = file->modified_ms;
    return finding;
}

static gboolean
is_of_table(const Examination *examination, const cJSON *tree)
{
    const char *uuid = metadata_file_uuid(tree);

    return uuid && g_ascii_strcasecmp(uuid, examination->table->uuid) == 0;
}

/* --- the pointer --- */

/* The newest commit whose file is there. */
static gboolean
find_rewind_target(const Examination *examination, char **out_target, GError **error)
{
    const CatalogTable *table = examination->table;
    Catalog *catalog = examination->catalog;
    g_autoptr(GPtrArray) history =
        store_table_history(catalog->store, table->id, HISTORY_MAX, error);

    if (!history)
        return FALSE;
    for (guint i = 0; i < history->len && !*out_target; i++) {
        const CatalogCommitRecord *record = history->pdata[i];
        gboolean exists = FALSE;

        if (!record->metadata_location ||
            g_strcmp0(record->metadata_location, table->metadata_location) == 0)
            continue;
        if (!catalog_file_exists(catalog, table->catalog, record->metadata_location, &exists,
                                 error))
            return FALSE;
        if (exists)
            *out_target = g_strdup(record->metadata_location);
    }
    return TRUE;
}

/* With nothing in the history: the last file beside it that is this table's. */
static char *
find_last_file(const Examination *examination)
{
    for (guint i = 0; i < examination->files->len && i < LATER_FILES_MAX; i++) {
        const MetadataFile *file = examination->files->pdata[i];
        g_autoptr(cJSON) tree = metadata_file_parse(
            examination->catalog, examination->table->catalog, file->location, NULL);

        if (tree && is_of_table(examination, tree))
            return g_strdup(file->location);
    }
    return NULL;
}

static gboolean
tell_missing(const Examination *examination, GError **error)
{
    CatalogFinding *finding = add_finding(examination, CATALOG_FINDING_POINTER_MISSING,
                                          examination->table->metadata_location);

    if (!find_rewind_target(examination, &finding->target, error))
        return FALSE;
    if (!finding->target)
        finding->target = find_last_file(examination);
    finding->sentence =
        finding->target ? g_strdup_printf("The metadata file is not there; the newest that is: %s",
                                          finding->target)
                        : g_strdup("The metadata file is not there, nor any other of this table");
    return TRUE;
}

/* Later files in whose log the pointer's file is were made from it by commits that PostgreSQL does
 * not know. The last one holds all of them. */
static void
tell_behind(Examination *examination)
{
    const char *pointer = examination->table->metadata_location;
    gint64 young_ms = catalog_now_ms() - FSCK_YOUNG_MS;
    guint looked = 0;

    for (guint i = 0; i < examination->files->len && looked < LATER_FILES_MAX; i++) {
        const MetadataFile *file = examination->files->pdata[i];
        g_autoptr(cJSON) tree = NULL;
        CatalogFinding *finding;

        if (file->number <= examination->bounds.pointer_number)
            return;
        if (file->is_claimed || file->modified_ms > young_ms)
            continue;
        looked++;
        tree = metadata_file_parse(examination->catalog, examination->table->catalog,
                                   file->location, NULL);
        if (!tree || !is_of_table(examination, tree) || !metadata_file_logs(tree, pointer))
            continue;
        finding = add_finding(examination, CATALOG_FINDING_POINTER_BEHIND, pointer);
        finding->target = g_strdup(file->location);
        finding->bytes = file->bytes;
        finding->modified_ms = file->modified_ms;
        finding->sentence = g_strdup_printf(
            "%" G_GINT64_FORMAT " later version(s) were made from the present one: the database is "
            "older than its files, or the last commit was never acknowledged",
            file->number - examination->bounds.pointer_number);
        examination->is_behind = TRUE;
        return;
    }
}

/* --- other files --- */

static void
tell_unclaimed(const Examination *examination)
{
    g_autoptr(GPtrArray) lost = sweep_lost_files(examination->catalog, examination->table,
                                                 examination->files, &examination->bounds);

    for (guint i = 0; i < examination->files->len; i++) {
        const MetadataFile *file = examination->files->pdata[i];
        CatalogFinding *finding;

        if (file->is_claimed || file->modified_ms >= examination->bounds.written_before_ms ||
            (examination->is_behind && file->number > examination->bounds.pointer_number))
            continue;
        if (g_ptr_array_find(lost, file, NULL)) {
            finding = add_file(examination, CATALOG_FINDING_FILE_UNCLAIMED, file);
            finding->sentence = g_strdup("This catalog wrote the file, and no commit claims it");
            continue;
        }
        finding = add_file(examination, CATALOG_FINDING_FILE_FOREIGN, file);
        finding->sentence =
            file->is_own
                ? g_strdup("No commit claims the file, but others were made from it, it is later "
                           "than the table, or it is of another one")
                : g_strdup("Neither the table nor its commits name the file, and this catalog did "
                           "not write it");
    }
}

static gboolean
is_there(const Examination *examination, const char *location, guint *looks, GError **error)
{
    gboolean exists = TRUE;

    if (g_hash_table_contains(examination->names, metadata_file_name(location)))
        return TRUE;
    if (++*looks > LOG_LOOKS_MAX)
        return TRUE;
    return catalog_file_exists(examination->catalog, examination->table->catalog, location, &exists,
                               error) &&
           exists;
}

static gboolean
tell_log(const Examination *examination, GError **error)
{
    const cJSON *entry;
    guint looks = 0;

    cJSON_ArrayForEach(entry, json_find(examination->tree, "metadata-log"))
    {
        const cJSON *file = json_find(entry, "metadata-file");
        g_autoptr(GError) failure = NULL;

        if (!json_is_string(file) || is_there(examination, file->valuestring, &looks, &failure))
            continue;
        /* A place outside the warehouse cannot be looked at, which is nothing about the file. */
        if (failure && skep_error_fact(failure) != SKEP_ERROR_FORBIDDEN &&
            skep_error_fact(failure) != SKEP_ERROR_INVALID_ARGUMENT &&
            skep_error_fact(failure) != SKEP_ERROR_UNSUPPORTED) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        if (!failure)
            add_finding(examination, CATALOG_FINDING_LOG_MISSING, file->valuestring)->sentence =
                g_strdup("The metadata log names a file that is not there");
    }
    return TRUE;
}

/* --- the table as a whole --- */

static gboolean
read_files(Examination *examination, GError **error)
{
    const CatalogTable *table = examination->table;
    Catalog *catalog = examination->catalog;
    g_autofree char *directory = metadata_file_directory(table->metadata_location);

    examination->bounds.pointer_number = iceberg_metadata_version(table->metadata_location);
    examination->bounds.written_before_ms = catalog_now_ms() - FSCK_YOUNG_MS;
    examination->files = metadata_directory_read(catalog, table->catalog, directory, NULL, error);
    if (!examination->files ||
        !store_sweep_first_commit(catalog->store, table->id, &examination->bounds.known_since_ms,
                                  error))
        return FALSE;
    examination->names = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < examination->files->len; i++) {
        const MetadataFile *file = examination->files->pdata[i];

        g_hash_table_add(examination->names, (gpointer)metadata_file_name(file->location));
    }
    return TRUE;
}

static gboolean
read_document(Examination *examination, GError **error)
{
    g_autoptr(GError) failure = NULL;

    examination->tree = metadata_file_parse(examination->catalog, examination->table->catalog,
                                            examination->table->metadata_location, &failure);
    if (examination->tree || skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_FILE)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

gboolean
catalog_fsck_table(Catalog *catalog, const CatalogTable *table, GPtrArray *findings, GError **error)
{
    g_auto(Examination) examination = {.catalog = catalog, .table = table, .findings = findings};

    if (!catalog_place_is_served(catalog, table->catalog, table->metadata_location))
        return TRUE;
    if (!read_files(&examination, error) || !read_document(&examination, error) ||
        !metadata_directory_claim(catalog, examination.files, table, examination.tree, error))
        return FALSE;
    if (!examination.tree)
        return tell_missing(&examination, error);
    tell_behind(&examination);
    tell_unclaimed(&examination);
    return tell_log(&examination, error);
}
