/* SPDX-License-Identifier: Apache-2.0 */
/* Requests with an Idempotency-Key: the handler runs over a keyed catalog, and whatever it answers
 * for good is kept and given again. Which routes take a key is said in routes.c. Caller: arrival.c,
 * on a worker. */
#include "skep/catalog_idempotency.h"

#include <string.h>

#include "rest_private.h"

#include "skep/catalog_view.h"
#include "skep/metrics.h"

#define HEADER "Idempotency-Key"
/* A staged table's document, which nothing but the answer holds: a longer one is not kept, and
 * staged anew when its request comes again. */
#define STAGED_BYTES_MAX (1024 * 1024)

static Metric replays_total =
    METRIC_COUNTER("skep_rest_idempotent_replays_total",
                   "Answers that were given again to a repeated Idempotency-Key.",
                   NULL);
METRIC_SHOW_FROM_START(replays_total);

/* Of one request from its handler's call to its answer. */
struct RestKeyed {
    Catalog *catalog; /* the keyed one, which is the request's meanwhile */
    Catalog *whole;
    CatalogKeptAnswer answer; /* what the handler showed when it was not written with a change */
};

gboolean
rest_keyed_is_wanted(const RestRequest *request)
{
    return request->route->flags & REST_ROUTE_TAKES_KEY && rest_request_header(request, HEADER);
}

void
rest_keyed_show(RestRequest *request, const CatalogIcebergTable *table, const char *after)
{
    gsize length = 0;
    const char *text;
    if (!request->keyed)
        return;
    CatalogKeptAnswer *answer = &request->keyed->answer;
    g_free(answer->metadata_location);
    answer->metadata_location = g_strdup(table->metadata_location);
    if (answer->metadata_location || !table->metadata)
        return;
    text = g_bytes_get_data(table->metadata, &length);
    if (length > STAGED_BYTES_MAX)
        return;
    g_free(answer->body);
    answer->body = g_strdup_printf("{\"metadata\":%.*s%s", (int)length, text, after);
}

/* --- the request's part in it --- */

static char *
keyed_read_key(const RestRequest *request, GError **error)
{
    const char *key = rest_request_header(request, HEADER);
    if (!g_uuid_string_is_valid(key))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Header " HEADER " must be a UUID");
    return g_ascii_strdown(key, -1);
}

/* Of everything that makes it another request. The caller is part of it: nobody gets what somebody
 * else was answered. */
static void
keyed_digest(const RestRequest *request, guint8 *out_digest)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    const char *parts[] = {rest_method_name(request->method), request->raw_target,
                           request->caller.user ? request->caller.user : ""};
    gsize length = CATALOG_DIGEST_BYTES;
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        g_checksum_update(checksum, (const guchar *)parts[i], (gssize)strlen(parts[i]) + 1);
    if (request->body)
        g_checksum_update(checksum, request->body->data, request->body->len);
    g_checksum_get_digest(checksum, out_digest, &length);
}

static CatalogPrintFunc
keyed_print_func(const RestRoute *route)
{
    if (route->handler == rest_namespace_create)
        return rest_namespace_print;
    if (route->handler == rest_namespace_update_properties)
        return rest_namespace_print_change;
    return NULL;
}

static Catalog *
keyed_open(const RestRequest *request, GError **error)
{
    guint8 digest[CATALOG_DIGEST_BYTES];
    g_autofree char *key = keyed_read_key(request, error);
    if (!key)
        return NULL;
    keyed_digest(request, digest);
    const CatalogKeyedRequest wanted = {
        .key = key,
        .digest = digest,
        .status = request->route->flags & REST_ROUTE_ANSWERS_EMPTY ? 204 : 200,
        .print = keyed_print_func(request->route)};
    return catalog_keyed_new(request->catalog, &wanted, error);
}

/* --- giving an answer again --- */

/* The name of what the request is about: of its path, or in its body, which is then used up. NULL
 * when there is none. Transfer full. */
static char *
keyed_object_name(RestRequest *request)
{
    const char *name = request->places.table ? request->places.table : request->places.view;
    g_autoptr(cJSON) body = NULL;
    if (name)
        return g_strdup(name);
    body = request->body ? rest_request_body(request, NULL) : NULL;
    return body && json_get_string(body, "name", &name, NULL) ? g_strdup(name) : NULL;
}

/* The document of the answer; when its file is gone, the present one. */
static CatalogIcebergTable *
keyed_load(RestRequest *request, Catalog *catalog, const char *location, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autofree char *name = NULL;
    CatalogIcebergTable *table =
        catalog_keyed_load(catalog, request->places.prefix, location, &failure);
    /* A table that was forgotten has no present state; another may have its name. */
    if (!table && skep_error_fact(failure) == SKEP_ERROR_NO_SUCH_FILE &&
        request->route->handler != rest_table_unregister)
        name = keyed_object_name(request);
    if (name) {
        gboolean is_view = request->route->flags & REST_ROUTE_OF_VIEWS;
        return (is_view ? catalog_view_load : catalog_iceberg_load)(
            catalog, request->places.prefix, request->places.namespace_name, name, error);
    }
    if (!table)
        g_propagate_error(error, g_steal_pointer(&failure));
    return table;
}

static gboolean
keyed_makes_table(const RestRequest *request)
{
    return request->route->handler == rest_table_create ||
           request->route->handler == rest_table_register;
}

/* Access to files is given anew: no key of a store is ever kept with an answer. */
static gboolean
keyed_reply_made(RestRequest *request, const CatalogIcebergTable *table, GError **error)
{
    g_autofree char *name = keyed_object_name(request);
    metric_add(metric_series(&replays_total, NULL), 1);
    if (name)
        return rest_table_reply_made(request, name, table, error);
    rest_table_reply_load(request, table);
    return TRUE;
}

/* `body` is what rest_keyed_show kept. */
static gboolean
keyed_reply_staged(RestRequest *request, const char *body, GError **error)
{
    gsize length = strlen(body);
    g_autoptr(cJSON) kept = json_parse_object(body, length, length, error);
    cJSON *document = NULL;
    if (!kept || !json_get_object(kept, "metadata", &document, error))
        return FALSE;
    g_autoptr(CatalogIcebergTable) table = catalog_iceberg_table_new();
    char *text = json_print_compact(document);
    table->metadata = g_bytes_new_take(text, strlen(text));
    return keyed_reply_made(request, table, error);
}

static gboolean
keyed_reply(RestRequest *request, Catalog *catalog, const CatalogKeptAnswer *kept, GError **error)
{
    if (kept->body && keyed_makes_table(request) && kept->status == 200)
        return keyed_reply_staged(request, kept->body, error);
    if (kept->body) {
        rest_reply_json(request, kept->status, g_string_new(kept->body));
    } else if (kept->status == 200 && kept->metadata_location) {
        g_autoptr(CatalogIcebergTable) table =
            keyed_load(request, catalog, kept->metadata_location, error);
        if (!table)
            return FALSE;
        if (request->route->flags & REST_ROUTE_ANSWERS_COMMIT)
            rest_table_reply_commit(request, table);
        else if (keyed_makes_table(request))
            return keyed_reply_made(request, table, error);
        else
            rest_table_reply_load(request, table);
    } else {
        rest_reply_empty(request, kept->status);
    }
    metric_add(metric_series(&replays_total, NULL), 1);
    return TRUE;
}

/* Answers with what is kept under the key. TRUE with *out_is_kept FALSE: nothing is. */
static gboolean
keyed_replay(RestRequest *request, Catalog *catalog, gboolean *out_is_kept, GError **error)
{
    g_autoptr(CatalogKeptAnswer) kept = NULL;
    if (!catalog_keyed_find(catalog, &kept, error))
        return FALSE;
    *out_is_kept = kept != NULL;
    return !kept || keyed_reply(request, catalog, kept, error);
}

/* --- the first time --- */

/* Errors that come again however often the same is tried. Those of authentication, of size and of
 * time pass. */
static gboolean
keyed_is_final(guint status)
{
    return status == 400 || status == 404 || status == 406 || status == 409 || status == 422;
}

/* Keeps an answer that no change was written with; when somebody else was first, theirs is given. A
 * store that is away keeps nothing: what changed nothing can be tried again. */
static void
keyed_keep(RestRequest *request, Catalog *catalog, const CatalogKeptAnswer *answer)
{
    g_autoptr(GError) ignored = NULL;
    gboolean kept = FALSE;
    if (catalog_keyed_keep(catalog, answer, &kept, &ignored) && !kept)
        keyed_replay(request, catalog, &kept, &ignored);
}

/* Takes `failure`. */
static void
keyed_settle_failure(RestRequest *request, Catalog *catalog, GError *failure)
{
    SkepError fact = skep_error_fact(failure);
    gboolean is_kept = FALSE;
    if (fact == SKEP_ERROR_KEY_TAKEN || fact == SKEP_ERROR_COMMIT_STATE_UNKNOWN) {
        GError *other = NULL;
        if (!keyed_replay(request, catalog, &is_kept, &other) && fact == SKEP_ERROR_KEY_TAKEN) {
            g_error_free(failure);
            rest_reply_error(request, other);
            return;
        }
        g_clear_error(&other);
        if (is_kept)
            g_error_free(failure);
        else
            rest_reply_error(request, failure);
        return;
    }
    CatalogKeptAnswer answer = {.status = rest_error_words(fact).status};
    if (keyed_is_final(answer.status)) {
        answer.body = rest_error_body(failure);
        rest_reply_error(request, failure);
        keyed_keep(request, catalog, &answer);
        g_free(answer.body);
    } else {
        rest_reply_error(request, failure);
    }
}

static void
keyed_end(RestRequest *request)
{
    struct RestKeyed *keyed = g_steal_pointer(&request->keyed);
    request->catalog = keyed->whole;
    catalog_keyed_free(keyed->catalog);
    g_free(keyed->answer.body);
    g_free(keyed->answer.metadata_location);
    g_free(keyed);
}

void
rest_keyed_settle(RestRequest *request, GError *failure)
{
    struct RestKeyed *keyed = g_steal_pointer(&request->keyed);
    keyed->answer.status = request->status;
    if (failure)
        keyed_settle_failure(request, keyed->catalog, failure);
    else if (!catalog_keyed_is_written(keyed->catalog) &&
             (keyed->answer.metadata_location || keyed->answer.body || request->status == 204))
        keyed_keep(request, keyed->catalog, &keyed->answer);
    request->keyed = keyed;
    keyed_end(request);
}

/* Takes `catalog`. */
static void
keyed_run(RestRequest *request, Catalog *catalog)
{
    GError *failure = NULL;
    request->keyed = g_new0(struct RestKeyed, 1);
    request->keyed->catalog = catalog;
    request->keyed->whole = request->catalog;
    request->catalog = catalog;
    gboolean served = request->route->handler(request, &failure);
    if (!served && !failure)
        skep_fail(&failure, SKEP_ERROR_INTERNAL, NULL, "The operation failed without saying why");
    if (!served || !request->start)
        rest_keyed_settle(request, failure);
}

void
rest_keyed_serve(RestRequest *request)
{
    GError *error = NULL;
    gboolean is_kept = FALSE;
    Catalog *catalog = keyed_open(request, &error);
    if (!catalog || !keyed_replay(request, catalog, &is_kept, &error))
        rest_reply_error(request, error);
    else if (!is_kept)
        keyed_run(request, g_steal_pointer(&catalog));
    catalog_keyed_free(catalog);
}
