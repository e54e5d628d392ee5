/* SPDX-License-Identifier: Apache-2.0 */
/* Iceberg metadata documents by warehouse and location of their file: most in memory, long ones in
 * spools (skep/spool.h), each bounded by bytes.
 * A metadata file never changes once it is written, so there is nothing to invalidate; that it is
 * still there is asked of the warehouse by whoever serves it. Caller: the operations on Iceberg
 * tables and views. Thread safe. */
#pragma once

#include <glib.h>

#include "skep/json.h"
#include "skep/spool.h"

/* Longer texts wait on disk for their readers. */
#define METADATA_MEMORY_BYTES (4u << 20)

/* One document: its text, and its tree once somebody needed it. Immutable to all; counted
 * references. */
typedef struct {
    char *location;
    guint64
        store;    /* of the warehouse it is in: its serial; the reader sets it before it is added */
    GBytes *text; /* NULL: it is long */
    Spool *spool; /* where a long text is */
    cJSON *tree;  /* through the functions below alone */
    GBytes *map;  /* of the spool, in which the tree of a long table leaves its snapshots */
    gsize tree_bytes; /* of such a tree */
    gboolean is_view; /* what the tree was read as */
    GMutex mutex;
} MetadataDocument;

/* Takes `tree` (may be NULL), a table's or a view's. */
MetadataDocument *metadata_document_new(const char *location, GBytes *text, cJSON *tree);
MetadataDocument *metadata_document_new_view(const char *location, GBytes *text, cJSON *tree);
/* Takes the spool, to which nothing is written any more. */
MetadataDocument *metadata_document_new_long(const char *location, Spool *spool);
/* What of a long text was looked at for the sake of the tree goes back to the system. */
void metadata_document_rest(const MetadataDocument *document);
MetadataDocument *metadata_document_ref(MetadataDocument *document);
void metadata_document_unref(MetadataDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MetadataDocument, metadata_document_unref)

/* A text as it comes, in pieces: in memory first, in a spool when it turns out to be long. */
typedef struct {
    SpoolRoom *room; /* NULL: in memory however long */
    GByteArray *memory;
    Spool *spool;                 /* NULL: not long so far */
    const MetadataDocument *base; /* what a new document is printed from; may be NULL */
} MetadataText;

void metadata_text_init(MetadataText *text, SpoolRoom *room, const MetadataDocument *base);
void metadata_text_clear(MetadataText *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MetadataText, metadata_text_clear)
/* A WarehouseSink and a JsonSink. `data`: MetadataText. */
gboolean metadata_text_take(const void *bytes, gsize length, gpointer data, GError **error);
guint64 metadata_text_length(const MetadataText *text);
/* All of it; a long one is on the disk still. Transfer full. */
GBytes *metadata_text_bytes(MetadataText *text, GError **error);

typedef struct MetadataCache MetadataCache;

/* Of memory, and of spools. */
MetadataCache *metadata_cache_new(gsize bytes_max, guint64 spooled_max);
void metadata_cache_free(MetadataCache *cache);
/* A new reference, or NULL. */
MetadataDocument *metadata_cache_find(MetadataCache *cache, guint64 store, const char *location);
/* Keeps a reference of its own, unless the document alone is over a bound. */
void metadata_cache_add(MetadataCache *cache, MetadataDocument *document);
/* The tree of a table's or a view's document, read and validated at the first call; what was read
 * as the one is not the other: INVALID_ARGUMENT. Owned by the document. One whose tree is over the
 * bound of memory is forgotten by the cache, so that the tree goes with its last user. */
const cJSON *metadata_cache_tree(MetadataCache *cache, MetadataDocument *document, GError **error);
const cJSON *
metadata_cache_view_tree(MetadataCache *cache, MetadataDocument *document, GError **error);
