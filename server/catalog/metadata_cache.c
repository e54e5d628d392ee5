/* SPDX-License-Identifier: Apache-2.0 */
/* The least recently used document goes first. See metadata_cache.h. */
#include "metadata_cache.h"

#include <malloc.h>
#include <string.h>

#include "skep/error.h"
#include "skep/iceberg.h"
#include "skep/metrics.h"

/* A tree of cJSON nodes weighs about so many times its text. */
#define TREE_WEIGHT 6

/* Of an allocation, about. */
#define NODE_OVERHEAD 16

/* The tree of a text of more than this is worth giving back to the system at once. */
#define LONG_TREE_BYTES (4u << 20)

static Metric hits_total =
    METRIC_COUNTER("skep_metadata_cache_hits_total", "Metadata documents found in memory.");
static Metric misses_total = METRIC_COUNTER("skep_metadata_cache_misses_total",
                                            "Metadata documents that were not in memory.");
static Metric evictions_total = METRIC_COUNTER(
    "skep_metadata_cache_evictions_total", "Metadata documents that went to make room for others.");
METRIC_SHOW_FROM_START(hits_total);
METRIC_SHOW_FROM_START(misses_total);
METRIC_SHOW_FROM_START(evictions_total);
static Metric bytes_gauge = METRIC_GAUGE("skep_metadata_cache_bytes",
                                         "Memory that metadata documents take, trees included.");
static Metric documents_gauge =
    METRIC_GAUGE("skep_metadata_cache_documents", "Metadata documents in memory or on disk.");

typedef struct {
    MetadataDocument *document;
    gsize cost;
    GList *use; /* its link in the order of use, then in a list of those to be freed */
} CacheEntry;

struct MetadataCache {
    GMutex mutex;
    GHashTable *entries; /* MetadataDocument, by store and location -> CacheEntry */
    GQueue order;        /* CacheEntry*, the last used first */
    gsize cost;
    gsize bytes_max;
    guint64 spooled; /* bytes of spools */
    guint64 spooled_max;
};

/* --- documents --- */

MetadataDocument *
metadata_document_new(const char *location, GBytes *text, cJSON *tree)
{
    MetadataDocument *document = g_atomic_rc_box_new0(MetadataDocument);

    document->location = g_strdup(location);
    document->text = g_bytes_ref(text);
    document->tree = tree;
    g_mutex_init(&document->mutex);
    return document;
}

MetadataDocument *
metadata_document_new_long(const char *location, Spool *spool)
{
    MetadataDocument *document = g_atomic_rc_box_new0(MetadataDocument);

    document->location = g_strdup(location);
    document->spool = spool;
    g_mutex_init(&document->mutex);
    return document;
}

void
metadata_document_rest(const MetadataDocument *document)
{
    if (document->map)
        spool_map_rest(document->map);
}

MetadataDocument *
metadata_document_new_view(const char *location, GBytes *text, cJSON *tree)
{
    MetadataDocument *document = metadata_document_new(location, text, tree);

    document->is_view = TRUE;
    return document;
}

MetadataDocument *
metadata_document_ref(MetadataDocument *document)
{
    return g_atomic_rc_box_acquire(document);
}

static guint64
text_length(const MetadataDocument *document)
{
    return document->text ? g_bytes_get_size(document->text) : spool_length(document->spool);
}

static void
document_clear(gpointer memory)
{
    MetadataDocument *document = memory;
    gboolean gives_back = document->tree && text_length(document) > LONG_TREE_BYTES;

    g_free(document->location);
    g_clear_pointer(&document->text, g_bytes_unref);
    spool_free(document->spool);
    cJSON_Delete(document->tree);
    g_clear_pointer(&document->map, g_bytes_unref);
    g_mutex_clear(&document->mutex);
    /* a million small pieces in the middle of the heap, which would stay resident for nobody */
    if (gives_back)
        malloc_trim(0);
}

void
metadata_document_unref(MetadataDocument *document)
{
    if (document)
        g_atomic_rc_box_release_full(document, document_clear);
}

/* --- the cache --- */

static guint
place_hash(gconstpointer key)
{
    const MetadataDocument *document = key;

    return g_str_hash(document->location) ^ g_int64_hash(&document->store);
}

static gboolean
place_equal(gconstpointer a, gconstpointer b)
{
    const MetadataDocument *left = a, *right = b;

    return left->store == right->store && strcmp(left->location, right->location) == 0;
}

static void
entry_free(gpointer memory)
{
    CacheEntry *entry = memory;

    metadata_document_unref(entry->document);
    g_free(entry);
}

MetadataCache *
metadata_cache_new(gsize bytes_max, guint64 spooled_max)
{
    MetadataCache *cache = g_new0(MetadataCache, 1);

    g_mutex_init(&cache->mutex);
    cache->entries = g_hash_table_new(place_hash, place_equal);
    cache->bytes_max = bytes_max;
    cache->spooled_max = spooled_max;
    g_queue_init(&cache->order);
    return cache;
}

void
metadata_cache_free(MetadataCache *cache)
{
    if (!cache)
        return;
    g_hash_table_unref(cache->entries);
    g_queue_clear_full(&cache->order, entry_free);
    g_mutex_clear(&cache->mutex);
    g_free(cache);
}

static guint64
spooled_bytes(const MetadataDocument *document)
{
    return document->spool ? spool_length(document->spool) : 0;
}

/* With the mutex held, as all below. What is removed is freed without the mutex: a tree is many
 * thousand pieces, for which no other reader should wait. */
static void
remove_entry(MetadataCache *cache, CacheEntry *entry, GQueue *removed)
{
    cache->cost -= entry->cost;
    cache->spooled -= spooled_bytes(entry->document);
    g_hash_table_remove(cache->entries, entry->document);
    g_queue_unlink(&cache->order, entry->use);
    g_queue_push_tail_link(removed, entry->use);
}

static void
evict(MetadataCache *cache, CacheEntry *entry, GQueue *removed)
{
    remove_entry(cache, entry, removed);
    metric_add(metric_series(&evictions_total, NULL), 1);
}

static void
tell_size(const MetadataCache *cache)
{
    metric_set(metric_series(&bytes_gauge, NULL), (double)cache->cost);
    metric_set(metric_series(&documents_gauge, NULL), g_hash_table_size(cache->entries));
}

static void
remove_last_spooled(MetadataCache *cache, GQueue *removed)
{
    GList *use = cache->order.tail;

    while (use && !((const CacheEntry *)use->data)->document->spool)
        use = use->prev;
    if (use)
        evict(cache, use->data, removed);
}

static void
keep_bound(MetadataCache *cache, GQueue *removed)
{
    while (cache->cost > cache->bytes_max && !g_queue_is_empty(&cache->order))
        evict(cache, g_queue_peek_tail(&cache->order), removed);
    while (cache->spooled > cache->spooled_max)
        remove_last_spooled(cache, removed);
}

static gsize
document_cost(const MetadataDocument *document, gboolean has_tree)
{
    gsize in_memory = document->text ? g_bytes_get_size(document->text) : 0;
    gsize bytes = in_memory + spooled_bytes(document);
    gsize tree_bytes = document->map ? document->tree_bytes : bytes * TREE_WEIGHT;

    return sizeof *document + in_memory + (has_tree ? tree_bytes : 0);
}

MetadataDocument *
metadata_cache_find(MetadataCache *cache, guint64 store, const char *location)
{
    const MetadataDocument wanted = {.location = (char *)location, .store = store};
    MetadataDocument *document = NULL;
    CacheEntry *entry;

    g_mutex_lock(&cache->mutex);
    entry = g_hash_table_lookup(cache->entries, &wanted);
    if (entry) {
        g_queue_unlink(&cache->order, entry->use);
        g_queue_push_head_link(&cache->order, entry->use);
        document = metadata_document_ref(entry->document);
    }
    g_mutex_unlock(&cache->mutex);
    metric_add(metric_series(document ? &hits_total : &misses_total, NULL), 1);
    return document;
}

void
metadata_cache_add(MetadataCache *cache, MetadataDocument *document)
{
    gsize cost = document_cost(document, document->tree != NULL);
    GQueue removed = G_QUEUE_INIT;
    CacheEntry *entry;

    if (cost > cache->bytes_max || spooled_bytes(document) > cache->spooled_max)
        return;
    g_mutex_lock(&cache->mutex);
    entry = g_hash_table_lookup(cache->entries, document);
    if (entry)
        remove_entry(cache, entry, &removed);
    entry = g_new0(CacheEntry, 1);
    entry->document = metadata_document_ref(document);
    entry->cost = cost;
    g_queue_push_head(&cache->order, entry);
    entry->use = g_queue_peek_head_link(&cache->order);
    g_hash_table_insert(cache->entries, entry->document, entry);
    cache->cost += cost;
    cache->spooled += spooled_bytes(document);
    keep_bound(cache, &removed);
    tell_size(cache);
    g_mutex_unlock(&cache->mutex);
    g_queue_clear_full(&removed, entry_free);
}

/* The document has grown a tree since it was added. */
static void
charge_tree(MetadataCache *cache, const MetadataDocument *document)
{
    GQueue removed = G_QUEUE_INIT;
    CacheEntry *entry;

    g_mutex_lock(&cache->mutex);
    entry = g_hash_table_lookup(cache->entries, document);
    if (entry && entry->document == document && document_cost(document, TRUE) > cache->bytes_max) {
        /* not worth all the others, which would go first */
        evict(cache, entry, &removed);
    } else if (entry && entry->document == document) {
        cache->cost -= entry->cost;
        entry->cost = document_cost(document, TRUE);
        cache->cost += entry->cost;
        keep_bound(cache, &removed);
    }
    tell_size(cache);
    g_mutex_unlock(&cache->mutex);
    g_queue_clear_full(&removed, entry_free);
}

/* What a tree takes, without the text that it borrows. */
static gsize
weigh(const cJSON *value)
{
    gsize bytes = sizeof *value + NODE_OVERHEAD;

    if (value->valuestring && !json_is_borrowed(value))
        bytes += strlen(value->valuestring) + NODE_OVERHEAD;
    for (const cJSON *child = value->child; child; child = child->next)
        bytes += weigh(child) + (child->string ? strlen(child->string) + NODE_OVERHEAD : 0);
    return bytes;
}

static void
rest_map(gpointer data)
{
    spool_map_rest(data);
}

static gboolean
read_long_table(MetadataDocument *document, GError **error)
{
    g_autoptr(GBytes) map = spool_map(document->spool, error);
    const char *text;
    gsize length;

    if (!map)
        return FALSE;
    text = g_bytes_get_data(map, &length);
    document->tree = iceberg_table_parse_lazily(text, length, rest_map, map, error);
    if (!document->tree)
        return FALSE;
    spool_map_rest(map);
    document->map = g_steal_pointer(&map);
    document->tree_bytes = weigh(document->tree);
    return TRUE;
}

static gboolean
read_whole(MetadataDocument *document, gboolean is_view, GError **error)
{
    g_autoptr(GBytes) bytes =
        document->text ? g_bytes_ref(document->text) : spool_map(document->spool, error);
    const char *text;
    gsize length;

    if (!bytes)
        return FALSE;
    text = g_bytes_get_data(bytes, &length);
    document->tree = is_view ? iceberg_view_parse(text, length, error)
                             : iceberg_table_parse(text, length, error);
    return document->tree != NULL;
}

/* With the document's mutex held. */
static gboolean
read_tree(MetadataDocument *document, gboolean is_view, GError **error)
{
    document->is_view = is_view;
    return document->spool && !is_view ? read_long_table(document, error)
                                       : read_whole(document, is_view, error);
}

static const cJSON *
find_tree(MetadataCache *cache, MetadataDocument *document, gboolean is_view, GError **error)
{
    gboolean grown = FALSE;
    const cJSON *tree = NULL;

    g_mutex_lock(&document->mutex);
    if (!document->tree)
        grown = read_tree(document, is_view, error);
    else if (document->is_view != is_view)
        skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, document->location,
                  "%s is not the metadata of a %s", document->location, is_view ? "view" : "table");
    if (document->is_view == is_view)
        tree = document->tree;
    g_mutex_unlock(&document->mutex);
    if (grown)
        charge_tree(cache, document);
    return tree;
}

const cJSON *
metadata_cache_tree(MetadataCache *cache, MetadataDocument *document, GError **error)
{
    return find_tree(cache, document, FALSE, error);
}

const cJSON *
metadata_cache_view_tree(MetadataCache *cache, MetadataDocument *document, GError **error)
{
    return find_tree(cache, document, TRUE, error);
}
