/* SPDX-License-Identifier: Apache-2.0 */
/* Storage descriptors by content: the same columns, formats and SerDe are one row of
 * skep.storage_descriptors, however many tables and partitions use them. Rows never change, so an
 * id means the same for ever, and both directions are cached in memory (bounded), which makes the
 * hot paths free of statements. For the files of this folder that store tables and partitions.
 * Thread safe. */
#pragma once

#include <glib.h>
#include "skep/catalog_types.h"
#include "skep/store.h"

/* The id of the row with this content, made when there is none: committed at once by its own
 * statement, never inside a transaction of the caller, so that an id that is cached is an id that
 * exists. Call it before, not inside, store_transaction_run and store_query_stream. A row that
 * nobody comes to use costs its bytes and no more. NULL storage gives 0 (store it as NULL:
 * store_param_int64_or_null(id, 0)). TOO_LARGE over 16 MB of content. */
gboolean
store_storage_intern(Store *store, const CatalogStorage *storage, gint64 *out_id, GError **error);

/* The descriptor of an id that came out of the database: one reference, shared, not to be changed.
 * id 0: NULL without an error. From memory when it was seen lately, else one statement. May be
 * called by the row function of a stream. */
CatalogStorage *store_storage_find(Store *store, gint64 id, GError **error);

/* Brings all of these that are not in memory there in one statement, before a list of tables is put
 * together. 0 and repeated ids are allowed. */
gboolean store_storage_prefetch(Store *store, const gint64 *ids, gsize count, GError **error);

/* The content as canonical JSON (members in fixed order, map keys sorted, absent members left out),
 * and back. Reading ignores members that it does not know, and refuses what is not such a document
 * (INTERNAL: the row is damaged). */
char *store_storage_encode(const CatalogStorage *storage);
CatalogStorage *store_storage_decode(const char *json, gsize length, GError **error);
