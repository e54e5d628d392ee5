/* SPDX-License-Identifier: Apache-2.0 */
/* Storage descriptors in memory, by id and by digest, least recently used out first. */
#include "store/storage_cache.h"

#include <string.h>

/* A parsed descriptor takes about this many times its JSON, and this much beside. */
#define MEMORY_PER_BODY_BYTE 4
#define MEMORY_BESIDE        1024

typedef struct {
    gint64 id;
    guint8 digest[STORAGE_DIGEST_BYTES];
    CatalogStorage *storage;
    gsize bytes;
    GList link; /* in `recent` */
} Entry;

struct StorageCache {
    GMutex lock;
    gsize bytes_max;
    gsize bytes;
    gint epoch;
    GHashTable *by_id;     /* &entry->id -> Entry, owns it */
    GHashTable *by_digest; /* entry->digest -> Entry */
    GQueue recent;         /* last used first */
};

static guint
digest_hash(gconstpointer digest)
{
    guint hash;
    memcpy(&hash, digest, sizeof hash);
    return hash;
}

static gboolean
digest_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, STORAGE_DIGEST_BYTES) == 0;
}

static void
entry_free(gpointer data)
{
    Entry *entry = data;
    catalog_storage_unref(entry->storage);
    g_free(entry);
}

StorageCache *
storage_cache_new(gsize bytes_max)
{
    StorageCache *cache = g_new0(StorageCache, 1);
    g_mutex_init(&cache->lock);
    cache->bytes_max = bytes_max;
    cache->by_digest = g_hash_table_new(digest_hash, digest_equal);
    cache->by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, entry_free);
    g_queue_init(&cache->recent);
    return cache;
}

void
storage_cache_free(StorageCache *cache)
{
    if (cache == NULL) {
        return;
    }
    g_hash_table_unref(cache->by_digest);
    g_hash_table_unref(cache->by_id);
    g_mutex_clear(&cache->lock);
    g_free(cache);
}

void
storage_cache_set_epoch(StorageCache *cache, gint epoch)
{
    g_mutex_lock(&cache->lock);
    if (cache->epoch != epoch) {
        cache->epoch = epoch;
        cache->bytes = 0;
        g_queue_init(&cache->recent); /* its links are parts of the entries */
        g_hash_table_remove_all(cache->by_digest);
        g_hash_table_remove_all(cache->by_id);
    }
    g_mutex_unlock(&cache->lock);
}

static void
touch(StorageCache *cache, Entry *entry)
{
    if (cache->recent.head != &entry->link) {
        g_queue_unlink(&cache->recent, &entry->link);
        g_queue_push_head_link(&cache->recent, &entry->link);
    }
}

CatalogStorage *
storage_cache_find(StorageCache *cache, gint64 id)
{
    CatalogStorage *storage = NULL;
    g_mutex_lock(&cache->lock);
    Entry *entry = g_hash_table_lookup(cache->by_id, &id);
    if (entry != NULL) {
        touch(cache, entry);
        storage = catalog_storage_ref(entry->storage);
    }
    g_mutex_unlock(&cache->lock);
    return storage;
}

gboolean
storage_cache_has(StorageCache *cache, gint64 id)
{
    g_mutex_lock(&cache->lock);
    gboolean has = g_hash_table_contains(cache->by_id, &id);
    g_mutex_unlock(&cache->lock);
    return has;
}

gint64
storage_cache_find_id(StorageCache *cache, const guint8 *digest)
{
    gint64 id = 0;
    g_mutex_lock(&cache->lock);
    Entry *entry = g_hash_table_lookup(cache->by_digest, digest);
    if (entry != NULL) {
        touch(cache, entry);
        id = entry->id;
    }
    g_mutex_unlock(&cache->lock);
    return id;
}

static void
drop_oldest(StorageCache *cache)
{
    Entry *entry = cache->recent.tail->data;
    g_queue_unlink(&cache->recent, &entry->link);
    cache->bytes -= entry->bytes;
    g_hash_table_remove(cache->by_digest, entry->digest);
    g_hash_table_remove(cache->by_id, &entry->id);
}

void
storage_cache_add(
    StorageCache *cache, gint64 id, const guint8 *digest, CatalogStorage *storage, gsize body_bytes)
{
    g_mutex_lock(&cache->lock);
    if (!g_hash_table_contains(cache->by_id, &id) &&
        !g_hash_table_contains(cache->by_digest, digest)) {
        Entry *entry = g_new0(Entry, 1);
        entry->id = id;
        memcpy(entry->digest, digest, STORAGE_DIGEST_BYTES);
        entry->storage = catalog_storage_ref(storage);
        entry->bytes = body_bytes * MEMORY_PER_BODY_BYTE + MEMORY_BESIDE;
        entry->link.data = entry;
        g_hash_table_insert(cache->by_id, &entry->id, entry);
        g_hash_table_insert(cache->by_digest, entry->digest, entry);
        g_queue_push_head_link(&cache->recent, &entry->link);
        cache->bytes += entry->bytes;
        while (cache->bytes > cache->bytes_max && cache->recent.length > 1) {
            drop_oldest(cache);
        }
    }
    g_mutex_unlock(&cache->lock);
}
