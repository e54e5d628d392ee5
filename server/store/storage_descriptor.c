/* SPDX-License-Identifier: Apache-2.0 */
/* Storage descriptors by content: memory first, then one statement. The JSON itself is
 * storage_codec.c's. */
#include "store/storage_descriptor.h"

#include <string.h>
#include "store/store_private.h"
#include "store/storage_descriptor_sql.h"

#define BODY_BYTES_MAX      (16 * 1024 * 1024)
#define INTERN_ATTEMPTS_MAX 8

static StorageCache *
current_cache(Store *store)
{
    storage_cache_set_epoch(store->storage_cache, store_pool_epoch(store->pool));
    return store->storage_cache;
}

static void
digest_of(const char *body, gsize length, guint8 *out_digest)
{
    gsize size = STORAGE_DIGEST_BYTES;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)body, (gssize)length);
    g_checksum_get_digest(sum, out_digest, &size);
}

/* The row's id, by its own committed statement. */
static gboolean
intern_row(Store *store, const guint8 *digest, const char *body, gint64 *out_id, GError **error)
{
    StoreParam params[] = {store_param_bytes(digest, STORAGE_DIGEST_BYTES), store_param_text(body)};
    for (guint i = 0; i < INTERN_ATTEMPTS_MAX; i++) {
        g_autoptr(StoreResult) result = NULL;
        if (!store_query_one(store, &SQL_STORAGE_INTERN, STORE_PARAMS(params), &result, error)) {
            return FALSE;
        }
        if (result != NULL) {
            *out_id = store_row_int64(result, 0, 0);
            return TRUE;
        }
        /* Another session made the row while this statement ran, so only the next one sees it. */
    }
    return skep_fail(error, SKEP_ERROR_UNAVAILABLE, NULL,
                     "A storage descriptor is being stored by others; try again");
}

gboolean
store_storage_intern(Store *store, const CatalogStorage *storage, gint64 *out_id, GError **error)
{
    if (storage == NULL) {
        *out_id = 0;
        return TRUE;
    }
    StorageCache *cache = current_cache(store);
    g_autofree char *body = store_storage_encode(storage);
    gsize length = strlen(body);
    if (length > BODY_BYTES_MAX) {
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "A storage descriptor is larger than 16 MB");
    }
    guint8 digest[STORAGE_DIGEST_BYTES];
    digest_of(body, length, digest);
    gint64 id = storage_cache_find_id(cache, digest);
    if (id == 0) {
        if (!intern_row(store, digest, body, &id, error)) {
            return FALSE;
        }
        /* A copy, because the caller may go on changing its own. */
        g_autoptr(CatalogStorage) kept = catalog_storage_copy(storage);
        storage_cache_add(cache, id, digest, kept, length);
    }
    *out_id = id;
    return TRUE;
}

/* Parses row `row` of storage_find and keeps it. Transfer full. */
static CatalogStorage *
take_row(StorageCache *cache, const StoreResult *result, guint row, GError **error)
{
    gsize digest_bytes = 0;
    const guint8 *digest = store_row_bytes(result, row, 1, &digest_bytes);
    gsize length = store_row_text_length(result, row, 2);
    if (digest_bytes != STORAGE_DIGEST_BYTES) {
        return skep_fail_null(error, SKEP_ERROR_INTERNAL, NULL,
                              "A stored storage descriptor is damaged");
    }
    CatalogStorage *storage = store_storage_decode(store_row_text(result, row, 2), length, error);
    if (storage != NULL) {
        storage_cache_add(cache, store_row_int64(result, row, 0), digest, storage, length);
    }
    return storage;
}

CatalogStorage *
store_storage_find(Store *store, gint64 id, GError **error)
{
    if (id == 0) {
        return NULL;
    }
    StorageCache *cache = current_cache(store);
    CatalogStorage *storage = storage_cache_find(cache, id);
    if (storage != NULL) {
        return storage;
    }
    StoreParam params[] = {store_param_int64_array(&id, 1)};
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_one(store, &SQL_STORAGE_FIND, STORE_PARAMS(params), &result, error)) {
        return NULL;
    }
    if (result == NULL) {
        return skep_fail_null(error, SKEP_ERROR_INTERNAL, NULL,
                              "Storage descriptor %" G_GINT64_FORMAT " is not in the store", id);
    }
    return take_row(cache, result, 0, error);
}

gboolean
store_storage_prefetch(Store *store, const gint64 *ids, gsize count, GError **error)
{
    StorageCache *cache = current_cache(store);
    g_autoptr(GHashTable) wanted = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GArray) missing = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (gsize i = 0; i < count; i++) {
        if (ids[i] != 0 && g_hash_table_add(wanted, (gpointer)&ids[i]) &&
            !storage_cache_has(cache, ids[i])) {
            g_array_append_val(missing, ids[i]);
        }
    }
    if (missing->len == 0) {
        return TRUE;
    }
    StoreParam params[] = {store_param_int64_array((const gint64 *)missing->data, missing->len)};
    g_autoptr(StoreResult) result = NULL;
    if (!store_query_rows(store, &SQL_STORAGE_FIND, STORE_PARAMS(params), &result, error)) {
        return FALSE;
    }
    for (guint row = 0; row < store_result_rows(result); row++) {
        g_autoptr(CatalogStorage) storage = take_row(cache, result, row, error);
        if (storage == NULL) {
            return FALSE;
        }
    }
    return TRUE;
}
