/* SPDX-License-Identifier: Apache-2.0 */
/* Manifest lists that appends made anew (append_rebase.c) have left behind. Caller: sweep.c. */
#include "sweep.h"

#include "skep/iceberg.h"
#include "skep/store_sweep.h"

#include "metadata_cache.h"
#include "table_private.h"
#include "warehouses.h"

/* What the table's document says of lists. */
typedef struct {
    GHashTable *names;     /* char*, of the lists that it names */
    GHashTable *live;      /* gint64*, snapshots whose list has such a name */
    GHashTable *rewritten; /* gint64*, of them those whose list a server wrote */
} NamedLists;

static void
named_lists_clear(NamedLists *named)
{
    g_clear_pointer(&named->names, g_hash_table_unref);
    g_clear_pointer(&named->live, g_hash_table_unref);
    g_clear_pointer(&named->rewritten, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NamedLists, named_lists_clear)

static void
add_id(GHashTable *ids, gint64 id)
{
    g_hash_table_add(ids, g_memdup2(&id, sizeof id));
}

static gboolean
read_named(Catalog *catalog, const cJSON *tree, NamedLists *named, GError **error)
{
    g_autoptr(GPtrArray) locations = iceberg_table_new_manifest_lists(tree, NULL, error);

    named->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    named->live = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    named->rewritten = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (guint i = 0; locations && i < locations->len; i++) {
        const char *location = locations->pdata[i];
        gboolean is_own;
        gint64 id;

        g_hash_table_add(named->names, g_strdup(metadata_file_name(location)));
        if (!metadata_list_read_name(catalog->database_uuid, location, &id, &is_own))
            continue;
        add_id(named->live, id);
        if (is_own)
            add_id(named->rewritten, id);
    }
    return locations != NULL;
}

static gboolean
any_is_own(const GPtrArray *lists)
{
    for (guint i = 0; i < lists->len; i++) {
        if (((const MetadataFile *)lists->pdata[i])->is_own)
            return TRUE;
    }
    return FALSE;
}

static gboolean
all_are_claimed(const GPtrArray *files)
{
    for (guint i = 0; i < files->len; i++) {
        if (!((const MetadataFile *)files->pdata[i])->is_claimed)
            return FALSE;
    }
    return TRUE;
}

/* One that a server wrote for a snapshot that the document does not have: the swap was lost, unless
 * a commit had the snapshot and it has been removed since. Those that no commit had. */
static GHashTable *
ask_unknown(Catalog *catalog,
            const CatalogTable *table,
            const GPtrArray *lists,
            const NamedLists *named,
            GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) known = NULL;
    GHashTable *unknown;

    for (guint i = 0; i < lists->len; i++) {
        const MetadataFile *list = lists->pdata[i];

        if (list->is_own && !g_hash_table_contains(named->live, &list->number))
            g_ptr_array_add(texts, g_strdup_printf("%" G_GINT64_FORMAT, list->number));
    }
    known = store_sweep_committed_snapshots(catalog->store, table->uuid, texts, error);
    if (!known)
        return NULL;
    unknown = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (guint i = 0; i < texts->len; i++) {
        if (!g_hash_table_contains(known, texts->pdata[i]))
            add_id(unknown, g_ascii_strtoll(texts->pdata[i], NULL, 10));
    }
    return unknown;
}

static gboolean
is_left_behind(const MetadataFile *list,
               const NamedLists *named,
               GHashTable *unknown,
               const SweepBounds *bounds)
{
    if (list->modified_ms <= bounds->known_since_ms ||
        list->modified_ms >= bounds->written_before_ms ||
        g_hash_table_contains(named->names, metadata_file_name(list->location)))
        return FALSE;
    return g_hash_table_contains(named->rewritten, &list->number) ||
           (list->is_own && (g_hash_table_contains(named->live, &list->number) ||
                             g_hash_table_contains(unknown, &list->number)));
}

gboolean
sweep_lists(Catalog *catalog,
            const CatalogTable *table,
            GPtrArray *files,
            const GPtrArray *lists,
            const SweepBounds *bounds,
            Sweep *sweep,
            GError **error)
{
    g_autoptr(MetadataDocument) document = NULL;
    g_autoptr(GHashTable) unknown = NULL;
    g_auto(NamedLists) named = {0};
    const cJSON *tree;

    if (table->kind != CATALOG_KIND_ICEBERG_TABLE || !any_is_own(lists))
        return TRUE;
    document = catalog_metadata_load(catalog, table->catalog, table->metadata_location, error);
    tree = document ? metadata_cache_tree(catalog->documents, document, error) : NULL;
    if (!tree || !metadata_directory_claim(catalog, files, table, tree, error))
        return FALSE;
    if (!all_are_claimed(files))
        return TRUE;
    if (!read_named(catalog, tree, &named, error))
        return FALSE;
    unknown = ask_unknown(catalog, table, lists, &named, error);
    for (guint i = 0; unknown && i < lists->len; i++) {
        const MetadataFile *list = lists->pdata[i];

        if (!is_left_behind(list, &named, unknown, bounds))
            continue;
        if (!catalog_file_delete(catalog, table->catalog, list->location, error))
            return FALSE;
        sweep_count(sweep, list);
    }
    return unknown != NULL;
}
