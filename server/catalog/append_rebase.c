/* SPDX-License-Identifier: Apache-2.0 */
/* See append_rebase.h. A list is written before the document that names it and deleted only when
 * that is known to have lost, as the document itself. What the client wrote stays the client's:
 * some read it after the commit, and all of them delete what they do not need. */
#include "append_rebase.h"

#include <string.h>

#include "skep/iceberg.h"
#include "skep/iceberg_append.h"
#include "skep/metrics.h"

#include "file_mark.h"
#include "metadata_cache.h"
#include "support/failpoint.h"
#include "warehouses.h"

/* Writes to a store wait for the store: so many at once, whatever the group. */
#define WRITERS_MAX 8

static Metric rebased_total = METRIC_COUNTER(
    "skep_appends_rebased_total",
    "Appends made anew for the present head of their branch, where the table wants it.");
METRIC_SHOW_FROM_START(rebased_total);

/* One list that was made, and where it goes. */
typedef struct {
    char *location;
    GBytes *file;
} MadeList;

struct AppendRebase {
    Catalog *catalog;
    const char *catalog_name;
    GHashTable *lists; /* char* location -> IcebergManifestList* */
    GPtrArray *made;   /* MadeList* */
};

static void
made_list_free(gpointer data)
{
    MadeList *made = data;

    g_free(made->location);
    g_bytes_unref(made->file);
    g_free(made);
}

AppendRebase *
append_rebase_new(Catalog *catalog, const char *catalog_name)
{
    AppendRebase *rebase = g_new(AppendRebase, 1);

    *rebase = (AppendRebase){
        .catalog = catalog,
        .catalog_name = catalog_name,
        .lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify)iceberg_manifest_list_unref),
        .made = g_ptr_array_new_with_free_func(made_list_free),
    };
    return rebase;
}

void
append_rebase_free(AppendRebase *rebase)
{
    if (!rebase)
        return;
    g_hash_table_unref(rebase->lists);
    g_ptr_array_unref(rebase->made);
    g_free(rebase);
}

guint
append_rebase_count(const AppendRebase *rebase)
{
    return rebase->made->len;
}

void
append_rebase_cut(AppendRebase *rebase, guint count)
{
    if (count < rebase->made->len)
        g_ptr_array_set_size(rebase->made, (gint)count);
}

/* --- reading lists --- */

/* A list never changes once it is written, as a document: what many ask for is kept among those. */
static GBytes *
read_file(const AppendRebase *rebase, const char *location, GError **error)
{
    Catalog *catalog = rebase->catalog;
    g_autoptr(Warehouse) warehouse = catalog_warehouse(catalog, rebase->catalog_name, error);
    g_autoptr(MetadataDocument) kept = NULL;

    /* The commit that names the file came from a client. */
    if (!warehouse || !warehouse_location_check(warehouse, location, error))
        return NULL;
    kept = metadata_cache_find(catalog->documents, warehouse_serial(warehouse), location);
    return kept && kept->text ? g_bytes_ref(kept->text)
                              : warehouse_file_read(warehouse, location, error);
}

static void
keep_file(const AppendRebase *rebase, const MadeList *made)
{
    g_autoptr(Warehouse) warehouse = catalog_warehouse(rebase->catalog, rebase->catalog_name, NULL);
    g_autoptr(MetadataDocument) kept = metadata_document_new(made->location, made->file, NULL);

    if (!warehouse)
        return;
    kept->store = warehouse_serial(warehouse);
    metadata_cache_add(rebase->catalog->documents, kept);
}

static IcebergManifestList *
parse_file(const AppendRebase *rebase,
           const char *location,
           IcebergManifestList *known,
           GError **error)
{
    g_autoptr(GBytes) file = read_file(rebase, location, error);

    return file ? iceberg_manifest_list_parse(file, known, error) : NULL;
}

/* The list of a snapshot of the table, whose location a string is. Borrowed. */
static IcebergManifestList *
find_list(AppendRebase *rebase, const cJSON *snapshot, IcebergManifestList *known, GError **error)
{
    const char *location = json_find(snapshot, "manifest-list")->valuestring;
    IcebergManifestList *list = g_hash_table_lookup(rebase->lists, location);

    if (!list) {
        list = parse_file(rebase, location, known, error);
        if (list)
            g_hash_table_insert(rebase->lists, g_strdup(location), list);
    }
    return list;
}

/* --- making one --- */

static gboolean
is_wanted(const Catalog *catalog, const cJSON *base)
{
    const char *wish = iceberg_property(base, APPEND_REBASE_PROPERTY);

    return wish ? g_ascii_strcasecmp(wish, "true") == 0 : catalog->options.rebase_appends;
}

/* Beside the documents; the name is one that Iceberg's writers give, attempt 0, with this
 * database's mark. */
static char *
name_list(const AppendRebase *rebase, const cJSON *base, gint64 snapshot_id)
{
    g_autofree char *directory = iceberg_metadata_directory(base);
    g_autofree char *uuid = catalog_file_mark_new(rebase->catalog->database_uuid);

    return g_strdup_printf("%s/snap-%" G_GINT64_FORMAT "-0-%s.avro", directory, snapshot_id, uuid);
}

/* What the server reads and copies is the table's own: rows of another table's list are not for who
 * writes this one. */
static gboolean
check_own(const cJSON *base, const char *location, GError **error)
{
    const cJSON *home = json_find(base, "location");
    g_autofree char *directory = iceberg_metadata_directory(base);

    return warehouse_location_is_under(location, directory) ||
           (json_is_string(home) && warehouse_location_is_under(location, home->valuestring)) ||
           skep_fail(error, SKEP_ERROR_COMMIT_CONFLICT, NULL,
                     "The append cannot be made anew: its manifest list is not in the table's "
                     "place");
}

static gboolean
merge_lists(AppendRebase *rebase,
            const cJSON *base,
            const IcebergAppend *append,
            const IcebergAppendNumbers *numbers,
            IcebergMergedList *out,
            GError **error)
{
    const char *sent_location = json_find(append->snapshot, "manifest-list")->valuestring;
    IcebergManifestList *seen = append->seen ? find_list(rebase, append->seen, NULL, error) : NULL;
    IcebergManifestList *present = find_list(rebase, append->head, seen, error);
    g_autoptr(IcebergManifestList) sent = NULL;

    if (!present || (append->seen && !seen) || !check_own(base, sent_location, error))
        return FALSE;
    sent = parse_file(rebase, sent_location, seen ? seen : present, error);
    return sent && iceberg_manifest_list_merge(seen, sent, present, numbers, out, error);
}

static gboolean
make_anew(AppendRebase *rebase,
          const cJSON *base,
          const cJSON *updates,
          const IcebergAppend *append,
          cJSON **out_updates,
          GError **error)
{
    IcebergAppendNumbers numbers;
    g_auto(IcebergMergedList) merged = {0};
    MadeList *made;

    if (!iceberg_append_number(base, append, &numbers, error) ||
        !merge_lists(rebase, base, append, &numbers, &merged, error))
        return FALSE;
    made = g_new(MadeList, 1);
    *made = (MadeList){name_list(rebase, base, numbers.snapshot_id), g_bytes_ref(merged.file)};
    g_ptr_array_add(rebase->made, made);
    g_hash_table_insert(rebase->lists, g_strdup(made->location), g_steal_pointer(&merged.list));
    *out_updates = iceberg_append_updates(updates, append, &numbers, made->location, merged.kept);
    return TRUE;
}

static void
add_reason(GError **refusal, const GError *why)
{
    g_autofree char *message = g_strdup_printf("%s (%s)", (*refusal)->message, why->message);

    g_clear_error(refusal);
    skep_fail(refusal, SKEP_ERROR_COMMIT_CONFLICT, NULL, "%s", message);
}

gboolean
append_rebase_make(AppendRebase *rebase,
                   const cJSON *base,
                   const cJSON *requirements,
                   const cJSON *updates,
                   GError **refusal,
                   cJSON **out_updates)
{
    g_auto(IcebergAppend) append = {0};
    g_autoptr(GError) why = NULL;

    *out_updates = NULL;
    if (skep_error_fact(*refusal) != SKEP_ERROR_COMMIT_CONFLICT || !base ||
        !is_wanted(rebase->catalog, base))
        return FALSE;
    switch (iceberg_append_judge(base, requirements, updates, &append)) {
    case ICEBERG_APPEND_OTHER:
        return FALSE;
    case ICEBERG_APPEND_LANDED:
        *out_updates = cJSON_CreateArray();
        return TRUE;
    case ICEBERG_APPEND_MOVED:
        break;
    }
    if (make_anew(rebase, base, updates, &append, out_updates, &why))
        return TRUE;
    add_reason(refusal, why);
    return FALSE;
}

/* --- files --- */

/* Threads that share the lists out among them. */
typedef struct {
    AppendRebase *rebase;
    Warehouse *warehouse;
    gint next; /* atomic */
    GMutex mutex;
    GError *failure; /* the first one; with the mutex */
} Writing;

static gpointer
write_some(gpointer data)
{
    Writing *writing = data;
    const GPtrArray *made = writing->rebase->made;

    for (;;) {
        guint place = (guint)g_atomic_int_add(&writing->next, 1);
        GError *failure = NULL;

        if (place >= made->len)
            return NULL;
        const MadeList *list = made->pdata[place];
        if (warehouse_file_write_new(writing->warehouse, list->location, list->file, &failure))
            continue;
        g_mutex_lock(&writing->mutex);
        if (!writing->failure)
            writing->failure = failure;
        else
            g_error_free(failure);
        g_mutex_unlock(&writing->mutex);
    }
}

static gboolean
write_all(AppendRebase *rebase, Warehouse *warehouse, GError **error)
{
    Writing writing = {.rebase = rebase, .warehouse = warehouse};
    GThread *threads[WRITERS_MAX];
    guint others = MIN(rebase->made->len, WRITERS_MAX) - 1;

    g_mutex_init(&writing.mutex);
    for (guint i = 0; i < others; i++)
        threads[i] = g_thread_try_new("list", write_some, &writing, NULL);
    write_some(&writing);
    for (guint i = 0; i < others; i++)
        if (threads[i])
            g_thread_join(threads[i]);
    g_mutex_clear(&writing.mutex);
    if (!writing.failure)
        return TRUE;
    g_propagate_error(error, writing.failure);
    return FALSE;
}

gboolean
append_rebase_write(AppendRebase *rebase, GError **error)
{
    g_autoptr(Warehouse) warehouse = NULL;

    if (rebase->made->len == 0)
        return TRUE;
    warehouse = catalog_warehouse(rebase->catalog, rebase->catalog_name, error);
    if (!warehouse)
        return FALSE;
    if (!write_all(rebase, warehouse, error)) {
        append_rebase_lost(rebase);
        return FALSE;
    }
    failpoint_reach("append-after-list");
    return TRUE;
}

void
append_rebase_lost(AppendRebase *rebase)
{
    for (guint i = 0; i < rebase->made->len; i++) {
        const MadeList *made = rebase->made->pdata[i];

        catalog_file_delete(rebase->catalog, rebase->catalog_name, made->location, NULL);
    }
    append_rebase_cut(rebase, 0);
}

/* Whether a store took the document is not always known; one that stayed would name lists that are
 * gone. */
void
append_rebase_abandon(AppendRebase *rebase, const char *document)
{
    if (rebase->made->len > 0 &&
        catalog_file_delete(rebase->catalog, rebase->catalog_name, document, NULL))
        append_rebase_lost(rebase);
}

void
append_rebase_won(AppendRebase *rebase)
{
    if (rebase->made->len == 0)
        return;
    metric_add(metric_series(&rebased_total, NULL), rebase->made->len);
    keep_file(rebase, rebase->made->pdata[rebase->made->len - 1]);
}
