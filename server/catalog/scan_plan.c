/* SPDX-License-Identifier: Apache-2.0 */
/* Scans planned on the server: reads manifests through the warehouse, keeps what is to be fetched
 * later. What a filter lets through is the iceberg module's. Callers: the REST door. */
#include "skep/catalog_scan.h"

#include <string.h>

#include "iceberg_private.h"
#include "skep/iceberg_scan.h"
#include "skep/store_scan_plan.h"
#include "warehouses.h"

enum {
    FILES_READ_MAX = 20000,       /* manifests of no more files are read for the first answer */
    FILES_INLINE_MAX = 1000,      /* which is the whole answer when no more files are wanted */
    FILES_PER_PART = 2000,        /* about so many files of a larger one are answered together */
    PARTS_INLINE_MAX = 500,       /* parts that the first answer lists */
    FILES_OF_UNKNOWN_COUNT = 1000 /* of a manifest whose list does not say */
};
#define PLAN_LIFETIME_MS (G_GINT64_CONSTANT(3600) * 1000)

/* A manifest that outlives the reading of its list. */
typedef struct {
    IcebergManifest row; /* its path is owned, partitions are not kept */
    gint64 files;        /* that it may give */
} Manifest;

static void
manifest_clear(gpointer data)
{
    g_free((char *)((Manifest *)data)->row.path);
}

/* One scan while it is planned. */
typedef struct {
    Catalog *catalog;
    const char *catalog_name; /* the table's */
    MetadataDocument *document;
    IcebergScanRange range;
    IcebergScan *scan;
    gint64 snapshot_id; /* whose list is being read */
    GArray *data;       /* Manifest */
    GArray *deletes;    /* Manifest */
    gint64 files;       /* of all data manifests */
} Planning;

static void
planning_clear(Planning *planning)
{
    g_clear_pointer(&planning->scan, iceberg_scan_free);
    iceberg_scan_range_clear(&planning->range);
    g_clear_pointer(&planning->document, metadata_document_unref);
    g_clear_pointer(&planning->data, g_array_unref);
    g_clear_pointer(&planning->deletes, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Planning, planning_clear)

void
catalog_scan_plan_clear(CatalogScanPlan *plan)
{
    g_clear_pointer(&plan->id, g_free);
    g_clear_pointer(&plan->tasks, cJSON_Delete);
}

/* Only below the warehouse's prefixes: the document that names the file came from a client. */
static GBytes *
read_file(const Planning *planning, const char *location, GError **error)
{
    if (!catalog_place_check(planning->catalog, planning->catalog_name, location, error))
        return NULL;
    return catalog_file_read(planning->catalog, planning->catalog_name, location, error);
}

static gboolean
take_manifest(const IcebergManifest *manifest, gpointer data, GError **error)
{
    Planning *planning = data;
    (void)error;
    gboolean is_data = manifest->content == ICEBERG_MANIFEST_DATA;
    if (planning->range.only_added &&
        (!is_data || manifest->added_snapshot_id != planning->snapshot_id))
        return TRUE;
    if (!iceberg_scan_wants_manifest(planning->scan, manifest))
        return TRUE;
    Manifest kept = {.row = *manifest};
    kept.row.path = g_strdup(manifest->path);
    kept.row.partitions = NULL;
    kept.row.partition_count = 0;
    gint64 added = manifest->added_files_count, existing = manifest->existing_files_count;
    kept.files = added == ICEBERG_ABSENT || existing == ICEBERG_ABSENT || added > G_MAXINT32 ||
                         existing > G_MAXINT32
                     ? FILES_OF_UNKNOWN_COUNT
                     : added + existing;
    if (is_data)
        planning->files += kept.files;
    g_array_append_val(is_data ? planning->data : planning->deletes, kept);
    return TRUE;
}

static gboolean
read_manifest_list(Planning *planning, const cJSON *snapshot, GError **error)
{
    const cJSON *location = json_find(snapshot, "manifest-list");
    if (!json_value_int64(json_find(snapshot, "snapshot-id"), &planning->snapshot_id) ||
        !json_is_string(location))
        return skep_fail(error, SKEP_ERROR_UNSUPPORTED, NULL,
                         "A snapshot without a manifest list cannot be planned on the server");
    g_autoptr(GBytes) bytes = read_file(planning, location->valuestring, error);
    if (!bytes)
        return FALSE;
    gsize length;
    const guint8 *start = g_bytes_get_data(bytes, &length);
    return iceberg_manifest_list_read(start, length, take_manifest, planning, error);
}

/* The manifests that a request needs, in an order that is the same each time. */
static gboolean
planning_begin(Planning *planning,
               const char *metadata_location,
               const cJSON *request,
               GError **error)
{
    Catalog *catalog = planning->catalog;
    planning->data = g_array_new(FALSE, FALSE, sizeof(Manifest));
    planning->deletes = g_array_new(FALSE, FALSE, sizeof(Manifest));
    g_array_set_clear_func(planning->data, manifest_clear);
    g_array_set_clear_func(planning->deletes, manifest_clear);
    planning->document =
        catalog_metadata_load(catalog, planning->catalog_name, metadata_location, error);
    if (!planning->document)
        return FALSE;
    const cJSON *metadata = metadata_cache_tree(catalog->documents, planning->document, error);
    if (!metadata || !iceberg_scan_range_read(metadata, request, &planning->range, error))
        return FALSE;
    planning->scan = iceberg_scan_new(metadata, planning->range.schema, request, error);
    if (!planning->scan)
        return FALSE;
    for (guint i = 0; i < planning->range.snapshots->len; i++)
        if (!read_manifest_list(planning, g_ptr_array_index(planning->range.snapshots, i), error))
            return FALSE;
    return TRUE;
}

/* --- files --- */

typedef struct {
    const Planning *planning;
    const IcebergManifest *manifest;
    IcebergDeletes *deletes;
    IcebergScanTasks *tasks; /* NULL: delete files are collected */
} Reading;

static gboolean
take_entry(const IcebergManifestEntry *entry, gpointer data, GError **error)
{
    Reading *reading = data;
    const Planning *planning = reading->planning;
    gboolean is_data = entry->content == ICEBERG_FILE_DATA;
    if (planning->range.only_added && entry->status != ICEBERG_ENTRY_ADDED)
        return TRUE;
    if (is_data != (reading->tasks != NULL) ||
        !iceberg_scan_wants_file(planning->scan, reading->manifest->spec_id, entry))
        return TRUE;
    return is_data ? iceberg_scan_add_task(planning->scan, reading->manifest, entry,
                                           reading->deletes, reading->tasks, error)
                   : iceberg_deletes_add(reading->deletes, planning->scan, reading->manifest, entry,
                                         error);
}

static gboolean
read_manifests(Reading *reading, const GArray *manifests, guint from, guint to, GError **error)
{
    for (guint i = from; i < to; i++) {
        reading->manifest = &g_array_index(manifests, Manifest, i).row;
        g_autoptr(GBytes) bytes = read_file(reading->planning, reading->manifest->path, error);
        if (!bytes)
            return FALSE;
        gsize length;
        const guint8 *start = g_bytes_get_data(bytes, &length);
        if (!iceberg_manifest_read(start, length, take_entry, reading, error))
            return FALSE;
    }
    return TRUE;
}

/* The files of data manifests from..to, with the delete files that apply to them. */
static cJSON *
planning_tasks(const Planning *planning, guint from, guint to, GError **error)
{
    g_autoptr(IcebergDeletes) deletes = iceberg_deletes_new();
    g_auto(IcebergScanTasks) tasks;
    iceberg_scan_tasks_init(&tasks);
    Reading reading = {.planning = planning, .deletes = deletes};
    if (!read_manifests(&reading, planning->deletes, 0, planning->deletes->len, error))
        return NULL;
    reading.tasks = &tasks;
    if (!read_manifests(&reading, planning->data, from, to, error))
        return NULL;
    cJSON *answer = cJSON_CreateObject();
    if (cJSON_GetArraySize(tasks.delete_files) > 0)
        json_object_set(answer, "delete-files", g_steal_pointer(&tasks.delete_files));
    json_object_set(answer, "file-scan-tasks", g_steal_pointer(&tasks.tasks));
    return answer;
}

/* --- parts --- */

/* The data manifest after the last of the part that begins at `from`. */
static guint
part_end(const Planning *planning, guint from)
{
    gint64 files = 0;
    guint to = from;
    do
        files += g_array_index(planning->data, Manifest, to++).files;
    while (to < planning->data->len &&
           files + g_array_index(planning->data, Manifest, to).files <= FILES_PER_PART);
    return to;
}

/* Names of the parts of a plan: its id and where in the list of manifests each begins. */
static cJSON *
planning_parts(const Planning *planning, const char *plan_id)
{
    cJSON *parts = cJSON_CreateArray();
    for (guint from = 0; from < planning->data->len; from = part_end(planning, from)) {
        g_autofree char *name = g_strdup_printf("%s.%u", plan_id, from);
        cJSON_AddItemToArray(parts, cJSON_CreateString(name));
    }
    cJSON *answer = cJSON_CreateObject();
    json_object_set(answer, "plan-tasks", parts);
    return answer;
}

static gboolean
fail_no_plan(GError **error, SkepError fact, const char *id)
{
    return skep_fail(error, fact, id, "%s does not exist: %.100s",
                     fact == SKEP_ERROR_NO_SUCH_PLAN ? "Plan" : "Plan task", id);
}

static CatalogTable *
find_table(Catalog *catalog,
           const char *catalog_name,
           const char *namespace_name,
           const char *name,
           GError **error)
{
    g_auto(CatalogTableName) folded = {NULL};
    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error))
        return NULL;
    return catalog_iceberg_find_row(catalog, &catalog_iceberg_table_form, &folded, error);
}

gboolean
catalog_scan_plan(Catalog *catalog,
                  const char *catalog_name,
                  const char *namespace_name,
                  const char *name,
                  const cJSON *request,
                  CatalogScanPlan *out_plan,
                  GError **error)
{
    g_autoptr(CatalogTable) table = find_table(catalog, catalog_name, namespace_name, name, error);
    g_auto(Planning) planning = {.catalog = catalog, .catalog_name = table ? table->catalog : NULL};
    if (!table || !planning_begin(&planning, table->metadata_location, request, error))
        return FALSE;
    if (planning.files <= FILES_READ_MAX) {
        g_autoptr(cJSON) tasks = planning_tasks(&planning, 0, planning.data->len, error);
        if (!tasks)
            return FALSE;
        if (cJSON_GetArraySize(json_find(tasks, "file-scan-tasks")) <= FILES_INLINE_MAX) {
            *out_plan = (CatalogScanPlan){NULL, g_steal_pointer(&tasks)};
            return TRUE;
        }
    }
    g_autofree char *id = g_uuid_string_random();
    g_autofree char *text = json_print_compact(request);
    g_autoptr(StoreScanPlan) plan =
        store_scan_plan_new(id, table->id, table->metadata_location, text);
    if (!store_scan_plan_insert(catalog->store, plan, PLAN_LIFETIME_MS, error))
        return FALSE;
    g_autoptr(cJSON) parts = planning_parts(&planning, id);
    gboolean is_listed = cJSON_GetArraySize(json_find(parts, "plan-tasks")) <= PARTS_INLINE_MAX;
    *out_plan = (CatalogScanPlan){g_steal_pointer(&id), is_listed ? g_steal_pointer(&parts) : NULL};
    return TRUE;
}

/* Brings a kept plan back to where it was planned. */
static gboolean
planning_resume(Planning *planning,
                const CatalogTable *table,
                const char *plan_id,
                SkepError missing,
                GError **error)
{
    g_autoptr(StoreScanPlan) plan = NULL;
    if (g_uuid_string_is_valid(plan_id) &&
        !store_scan_plan_find(planning->catalog->store, plan_id, table->id, &plan, error))
        return FALSE;
    if (!plan)
        return fail_no_plan(error, missing, plan_id);
    gsize length = strlen(plan->request_json);
    g_autoptr(cJSON) request = json_parse_object(plan->request_json, length, length, error);
    return request && planning_begin(planning, plan->metadata_location, request, error);
}

cJSON *
catalog_scan_fetch(Catalog *catalog,
                   const char *catalog_name,
                   const char *namespace_name,
                   const char *name,
                   const char *plan_id,
                   GError **error)
{
    g_autoptr(CatalogTable) table = find_table(catalog, catalog_name, namespace_name, name, error);
    g_auto(Planning) planning = {.catalog = catalog, .catalog_name = table ? table->catalog : NULL};
    if (!table || !planning_resume(&planning, table, plan_id, SKEP_ERROR_NO_SUCH_PLAN, error))
        return NULL;
    return planning_parts(&planning, plan_id);
}

gboolean
catalog_scan_cancel(Catalog *catalog,
                    const char *catalog_name,
                    const char *namespace_name,
                    const char *name,
                    const char *plan_id,
                    GError **error)
{
    g_autoptr(CatalogTable) table = find_table(catalog, catalog_name, namespace_name, name, error);
    gboolean deleted = FALSE;
    if (!table)
        return FALSE;
    if (g_uuid_string_is_valid(plan_id) &&
        !store_scan_plan_delete(catalog->store, plan_id, table->id, &deleted, error))
        return FALSE;
    return deleted || fail_no_plan(error, SKEP_ERROR_NO_SUCH_PLAN, plan_id);
}

cJSON *
catalog_scan_tasks(Catalog *catalog,
                   const char *catalog_name,
                   const char *namespace_name,
                   const char *name,
                   const char *plan_task,
                   GError **error)
{
    g_autoptr(CatalogTable) table = find_table(catalog, catalog_name, namespace_name, name, error);
    g_auto(Planning) planning = {.catalog = catalog, .catalog_name = table ? table->catalog : NULL};
    const char *dot = strrchr(plan_task, '.');
    gint64 from = 0;
    if (!table)
        return NULL;
    g_autofree char *plan_id = dot ? g_strndup(plan_task, (gsize)(dot - plan_task)) : NULL;
    if (!plan_id || !g_ascii_string_to_signed(dot + 1, 10, 0, G_MAXINT32, &from, NULL)) {
        fail_no_plan(error, SKEP_ERROR_NO_SUCH_PLAN_TASK, plan_task);
        return NULL;
    }
    if (!planning_resume(&planning, table, plan_id, SKEP_ERROR_NO_SUCH_PLAN_TASK, error))
        return NULL;
    if (from >= planning.data->len) {
        fail_no_plan(error, SKEP_ERROR_NO_SUCH_PLAN_TASK, plan_task);
        return NULL;
    }
    return planning_tasks(&planning, (guint)from, part_end(&planning, (guint)from), error);
}
