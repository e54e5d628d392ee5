/* SPDX-License-Identifier: Apache-2.0 */
/* Commits to one table and to many. The swap and its retries are the catalog's; here is only the
 * wire shape. Caller: the table of routes. */
#include "rest_private.h"

enum { TRANSACTION_CHANGES_MAX = 1000 };

/* Both lists of a commit, borrowed from `object`. The requirements may be left out: then nothing is
 * required. */
static gboolean
commit_decode(const cJSON *object,
              const cJSON **out_requirements,
              const cJSON **out_updates,
              GError **error)
{
    cJSON *requirements = NULL, *updates = NULL;
    if (!json_get_optional_array(object, "requirements", &requirements, error) ||
        !json_get_array(object, "updates", &updates, error))
        return FALSE;
    *out_requirements = requirements;
    *out_updates = updates;
    return TRUE;
}

/* A commit while it may wait for others of its table or view. */
typedef struct {
    cJSON *body; /* what the change points to */
    CatalogIcebergChange change;
    RestCommitStart start;
    void (*reply)(RestRequest *request, const CatalogIcebergTable *table);
} DeferredCommit;

static void
commit_free(gpointer data)
{
    DeferredCommit *commit = data;
    cJSON_Delete(commit->body);
    g_free(commit);
}

static void
commit_finish(CatalogIcebergTable *table, GError *error, gpointer data)
{
    RestRequest *request = data;
    const DeferredCommit *commit = request->deferred;
    if (table)
        commit->reply(request, table);
    catalog_iceberg_table_free(table);
    rest_request_finish(request, error);
}

static void
commit_start(RestRequest *request)
{
    const DeferredCommit *commit = request->deferred;
    commit->start(request->catalog, &request->caller, request->places.prefix, &commit->change,
                  commit_finish, request);
}

gboolean
rest_commit_defer(RestRequest *request,
                  const char *name,
                  RestCommitStart start,
                  void (*reply)(RestRequest *request, const CatalogIcebergTable *table),
                  GError **error)
{
    CatalogIcebergChange change = {.name = name};
    change.namespace_name = rest_request_namespace(request, error);
    g_autoptr(cJSON) body = change.namespace_name ? rest_request_body(request, error) : NULL;
    if (!body || !commit_decode(body, &change.requirements, &change.updates, error))
        return FALSE;
    DeferredCommit *commit = g_new(DeferredCommit, 1);
    *commit = (DeferredCommit){g_steal_pointer(&body), change, start, reply};
    rest_request_defer(request, commit_start, commit, commit_free);
    return TRUE;
}

gboolean
rest_table_commit(RestRequest *request, GError **error)
{
    return rest_commit_defer(request, request->places.table, catalog_iceberg_commit_start,
                             rest_table_reply_commit, error);
}

gboolean
rest_table_unregister(RestRequest *request, GError **error)
{
    const char *namespace_name = rest_request_namespace(request, error);
    if (!namespace_name)
        return FALSE;
    g_autoptr(CatalogIcebergTable) last = catalog_iceberg_unregister(
        request->catalog, request->places.prefix, namespace_name, request->places.table, error);
    if (!last)
        return FALSE;
    rest_table_reply_commit(request, last);
    return TRUE;
}

static gboolean
transaction_decode_change(const cJSON *element, CatalogIcebergChange *out_change, GError **error)
{
    CatalogIcebergChange change = {.name = NULL};
    char *namespace_name = NULL;
    if (!json_is_object(element))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "table-changes: every element must be an object");
    if (!commit_decode(element, &change.requirements, &change.updates, error) ||
        !rest_decode_identifier(element, "identifier", &namespace_name, &change.name, error))
        return FALSE;
    change.namespace_name = namespace_name;
    *out_change = change;
    return TRUE;
}

static void
transaction_clear_change(gpointer data)
{
    CatalogIcebergChange *change = data;
    g_free((char *)change->namespace_name);
}

static GArray *
transaction_decode(const cJSON *body, GError **error)
{
    cJSON *elements = NULL;
    if (!json_get_array(body, "table-changes", &elements, error))
        return NULL;
    g_autoptr(GArray) changes = g_array_new(FALSE, TRUE, sizeof(CatalogIcebergChange));
    g_array_set_clear_func(changes, transaction_clear_change);
    const cJSON *element = NULL;
    cJSON_ArrayForEach(element, elements)
    {
        CatalogIcebergChange change;
        if (changes->len == TRANSACTION_CHANGES_MAX)
            return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                                  "table-changes: more than %d tables", TRANSACTION_CHANGES_MAX);
        if (!transaction_decode_change(element, &change, error))
            return NULL;
        g_array_append_val(changes, change);
    }
    return g_steal_pointer(&changes);
}

/* A transaction while it may wait for others of its tables. */
typedef struct {
    cJSON *body; /* what the changes point to */
    GArray *changes;
} DeferredTransaction;

static void
transaction_free(gpointer data)
{
    DeferredTransaction *transaction = data;
    g_array_unref(transaction->changes);
    cJSON_Delete(transaction->body);
    g_free(transaction);
}

static void
transaction_finish(GError *error, gpointer data)
{
    RestRequest *request = data;
    if (!error)
        rest_reply_empty(request, 204);
    rest_request_finish(request, error);
}

static void
transaction_start(RestRequest *request)
{
    const GArray *changes = ((const DeferredTransaction *)request->deferred)->changes;
    catalog_iceberg_commit_many_start(request->catalog, &request->caller, request->places.prefix,
                                      (const CatalogIcebergChange *)(gpointer)changes->data,
                                      changes->len, transaction_finish, request);
}

gboolean
rest_transaction_commit(RestRequest *request, GError **error)
{
    g_autoptr(cJSON) body = rest_request_body(request, error);
    GArray *changes = body ? transaction_decode(body, error) : NULL;
    if (!changes)
        return FALSE;
    DeferredTransaction *transaction = g_new(DeferredTransaction, 1);
    *transaction = (DeferredTransaction){g_steal_pointer(&body), changes};
    rest_request_defer(request, transaction_start, transaction, transaction_free);
    return TRUE;
}
