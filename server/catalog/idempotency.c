/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that are kept under the keys of their requests. Writing one together with a change is the
 * store's; what it holds and for how long is decided here. Callers: the REST door, and the changes
 * that tell what they made. */
#include "skep/catalog_idempotency.h"

#include <string.h>

#include "skep/store_idempotency.h"

#include "commit_queue.h"
#include "iceberg_private.h"
#include "keyed.h"

/* Longer than a commit waits for its table and for PostgreSQL together. */
#define TURN_WAIT_MS 40000
/* Clients may retry until the end of the lifetime by their own clocks. */
#define GRACE_MS 300000

static char *
turn_key(const StoreIdempotency *record)
{
    return g_strconcat("idempotency ", record->key, NULL);
}

static StoreIdempotency *
make_record(const Catalog *catalog, const CatalogKeyedRequest *request)
{
    StoreIdempotency *record = store_idempotency_new(request->key);

    memcpy(record->digest, request->digest, STORE_DIGEST_BYTES);
    record->status = (gint)request->status;
    record->lifetime_ms = catalog->options.idempotency_lifetime_s * 1000 + GRACE_MS;
    return record;
}

Catalog *
catalog_keyed_new(Catalog *catalog, const CatalogKeyedRequest *request, GError **error)
{
    g_autoptr(StoreIdempotency) record = make_record(catalog, request);
    g_autofree char *turn = turn_key(record);
    Catalog *keyed;

    if (!commit_queue_enter(catalog->writers, turn, TURN_WAIT_MS))
        return skep_fail_null(error, SKEP_ERROR_UNAVAILABLE, request->key,
                              "Other requests with the idempotency key %s are being served",
                              request->key);
    keyed = g_new(Catalog, 1);
    *keyed = *catalog;
    keyed->whole = catalog;
    keyed->store = store_keyed_new(catalog->store, record);
    keyed->record = g_steal_pointer(&record);
    keyed->print_made = request->print;
    return keyed;
}

void
catalog_keyed_free(Catalog *keyed)
{
    g_autofree char *turn = NULL;

    if (!keyed)
        return;
    turn = turn_key(keyed->record);
    commit_queue_leave(keyed->writers, turn);
    store_keyed_free(keyed->store);
    store_idempotency_free(keyed->record);
    g_free(keyed);
}

/* --- what a change tells before it is written --- */

void
catalog_keyed_tell(Catalog *catalog, gconstpointer made)
{
    if (!catalog->record || !catalog->print_made)
        return;
    g_free(catalog->record->body);
    catalog->record->body = catalog->print_made(made);
}

void
catalog_keyed_tell_document(Catalog *catalog, const char *metadata_location)
{
    char *copy;

    if (!catalog->record)
        return;
    copy = g_strdup(metadata_location);
    g_free(catalog->record->metadata_location);
    catalog->record->metadata_location = copy;
}

/* --- what is kept --- */

void
catalog_kept_answer_free(CatalogKeptAnswer *answer)
{
    if (!answer)
        return;
    g_free(answer->body);
    g_free(answer->metadata_location);
    g_free(answer);
}

gboolean
catalog_keyed_find(Catalog *keyed, CatalogKeptAnswer **out_answer, GError **error)
{
    g_autoptr(StoreIdempotency) found = NULL;
    CatalogKeptAnswer *answer;

    if (!store_idempotency_find(keyed->store, keyed->record->key, &found, error))
        return FALSE;
    if (!found) {
        *out_answer = NULL;
        return TRUE;
    }
    if (memcmp(found->digest, keyed->record->digest, STORE_DIGEST_BYTES) != 0)
        return skep_fail(
            error, SKEP_ERROR_UNPROCESSABLE, found->key,
            "The idempotency key %s was used for another request; each operation needs "
            "a key of its own",
            found->key);
    answer = g_new0(CatalogKeptAnswer, 1);
    answer->status = (guint)found->status;
    answer->body = g_steal_pointer(&found->body);
    answer->metadata_location = g_steal_pointer(&found->metadata_location);
    *out_answer = answer;
    return TRUE;
}

gboolean
catalog_keyed_is_written(const Catalog *keyed)
{
    return keyed->record->is_written;
}

gboolean
catalog_keyed_keep(Catalog *keyed,
                   const CatalogKeptAnswer *answer,
                   gboolean *out_kept,
                   GError **error)
{
    StoreIdempotency record = *keyed->record;

    record.status = (gint)answer->status;
    record.body = answer->body;
    record.metadata_location = answer->metadata_location;
    return store_idempotency_keep(keyed->store, &record, out_kept, error);
}

CatalogIcebergTable *
catalog_keyed_load(Catalog *keyed,
                   const char *catalog_name,
                   const char *metadata_location,
                   GError **error)
{
    g_autofree char *folded = catalog_name_fold_catalog(catalog_name, error);
    g_autoptr(MetadataDocument) document =
        folded ? catalog_metadata_load(keyed, folded, metadata_location, error) : NULL;

    return document ? catalog_iceberg_answer(NULL, document, 0) : NULL;
}
