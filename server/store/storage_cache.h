/* SPDX-License-Identifier: Apache-2.0 */
/* Storage descriptors in memory, by id and by digest, least recently used out first. No statements:
 * storage_descriptor.c fills it. Thread safe. */
#pragma once

#include <glib.h>
#include "skep/catalog_types.h"

#define STORAGE_DIGEST_BYTES 32 /* sha256 */

typedef struct StorageCache StorageCache;

/* bytes_max bounds an estimate of the memory taken. */
StorageCache *storage_cache_new(gsize bytes_max);
void storage_cache_free(StorageCache *cache);

/* Forgets all when `epoch` is another than at the last call: PostgreSQL may have been replaced by
 * one that lacks rows. */
void storage_cache_set_epoch(StorageCache *cache, gint epoch);

/* A new reference, or NULL. */
CatalogStorage *storage_cache_find(StorageCache *cache, gint64 id);
gboolean storage_cache_has(StorageCache *cache, gint64 id);
/* 0 when it is not known. */
gint64 storage_cache_find_id(StorageCache *cache, const guint8 *digest);

/* Takes a reference of its own. body_bytes: length of the JSON, to estimate its size by. */
void storage_cache_add(StorageCache *cache,
                       gint64 id,
                       const guint8 *digest,
                       CatalogStorage *storage,
                       gsize body_bytes);
