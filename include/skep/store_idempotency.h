/* SPDX-License-Identifier: Apache-2.0 */
/* Answers kept under the idempotency keys of their requests, in the transaction of the change that
 * they answer. Implemented in server/store/idempotency.c. Only server/catalog/ calls this; a record
 * and the store made with it belong to one thread at a time. */
#pragma once

#include <glib.h>

#include "skep/store.h"

#define STORE_DIGEST_BYTES 32

typedef struct StoreIdempotency {
    char *key;                         /* a uuid's text */
    guint8 digest[STORE_DIGEST_BYTES]; /* of the request */
    gint status;                       /* of the answer */
    char *body;                        /* of the answer; NULL: none is kept */
    char *metadata_location;           /* of the document that the answer shows; NULL: none */
    gint64 lifetime_ms;
    gboolean is_written; /* a change has been committed with this record */
} StoreIdempotency;
StoreIdempotency *store_idempotency_new(const char *key);
void store_idempotency_free(StoreIdempotency *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreIdempotency, store_idempotency_free)

/* The same store, whose next change (store_table_write, store_table_write_many, store_table_drop,
 * store_namespace_create, _replace and _drop without cascade) writes `record` in its transaction. A
 * change that changes nothing leaves no record. When another request has the key, the change is
 * rolled back: KEY_TAKEN. Both are borrowed; freed with store_keyed_free, which leaves `store` as
 * it is. */
Store *store_keyed_new(Store *store, StoreIdempotency *record);
void store_keyed_free(Store *keyed);

/* A statement of its own, for an answer without a change. *out_kept FALSE: the key is taken. */
gboolean store_idempotency_keep(Store *store,
                                const StoreIdempotency *record,
                                gboolean *out_kept,
                                GError **error);
/* TRUE with *out_record NULL: nothing is kept under this key, or its time is over. */
gboolean store_idempotency_find(Store *store,
                                const char *key,
                                StoreIdempotency **out_record,
                                GError **error);
/* Removes at most max of those whose time is over. */
gboolean store_idempotency_expire(Store *store, guint max, guint64 *out_removed, GError **error);
