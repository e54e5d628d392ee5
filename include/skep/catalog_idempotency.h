/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that carry an idempotency key: a change is made once however often its request comes,
 * and each gets the first one's answer. Implemented in server/catalog/idempotency.c; conventions
 * are those of catalog.h. Caller: the REST door.
 *
 * A keyed catalog stands for the whole catalog in the calls of one request. Its changes write the
 * answer with themselves, in one transaction. When another request has the key they are rolled
 * back: KEY_TAKEN, and what is kept is the answer. */
#pragma once

#include "skep/catalog.h"

#define CATALOG_DIGEST_BYTES 32

/* The body of the answer for what was made: a CatalogNamespace of catalog_namespace_create, a
 * CatalogPropertiesChange of catalog_namespace_update_properties. Transfer full. */
typedef char *(*CatalogPrintFunc)(gconstpointer made);

typedef struct {
    const char *key;        /* a uuid's text, in lower case */
    const guint8 *digest;   /* of the request, CATALOG_DIGEST_BYTES of them */
    guint status;           /* of the answer once the change is made */
    CatalogPrintFunc print; /* NULL: the answer is empty, or shows a metadata document */
} CatalogKeyedRequest;

/* Takes the key's turn in this server: another request with it waits here. UNAVAILABLE when that
 * takes too long. Freed with catalog_keyed_free, by any thread; `catalog` must outlive it. */
Catalog *catalog_keyed_new(Catalog *catalog, const CatalogKeyedRequest *request, GError **error);
void catalog_keyed_free(Catalog *keyed);

typedef struct {
    guint status;
    char *body;              /* NULL: empty, or the document below */
    char *metadata_location; /* of the document that the answer showed; NULL: none */
} CatalogKeptAnswer;
void catalog_kept_answer_free(CatalogKeptAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogKeptAnswer, catalog_kept_answer_free)

/* TRUE with *out_answer NULL: nothing is kept under the key. UNPROCESSABLE: what is kept is another
 * request's. */
gboolean catalog_keyed_find(Catalog *keyed, CatalogKeptAnswer **out_answer, GError **error);
/* Has a change of this catalog been committed together with its answer? */
gboolean catalog_keyed_is_written(const Catalog *keyed);
/* Keeps an answer without a change: an error that will not pass, or an empty commit. *out_kept
 * FALSE: another request has the key. */
gboolean catalog_keyed_keep(Catalog *keyed,
                            const CatalogKeptAnswer *answer,
                            gboolean *out_kept,
                            GError **error);
/* The document of a kept answer as the answer showed it, a table's or a view's; uuid is NULL and
 * version 0. NO_SUCH_FILE. */
CatalogIcebergTable *catalog_keyed_load(Catalog *keyed,
                                        const char *catalog_name,
                                        const char *metadata_location,
                                        GError **error);
