/* SPDX-License-Identifier: Apache-2.0 */
/* Commits to Iceberg tables and views: attempt, swap, and again on the new state when the swap lost
 * and the requirements still hold; and the end of all commits to a table, unregister. The swap in
 * PostgreSQL decides; lining up in this server only saves files that would lose. Callers: the REST
 * door, view.c. */
#include "iceberg_private.h"

#include <string.h>

#include "commit_queue.h"
#include "keyed.h"
#include "materialized_view_private.h"

char *
catalog_commit_key(const CatalogTableName *name)
{
    return g_strdup_printf("%s\n%s\n%s", name->catalog, name->namespace_name, name->table);
}

gboolean
catalog_iceberg_fail_busy(GError **error, const CatalogTableName *name)
{
    g_autofree char *dotted = catalog_name_dotted(name->namespace_name, name->table);

    return skep_fail(error, SKEP_ERROR_COMMIT_CONFLICT, dotted,
                     "Commit failed: too many others commit to %s; nothing was changed, try again",
                     dotted);
}

/* --- the swap of one or many attempts --- */

typedef enum { ROUND_DONE, ROUND_LOST, ROUND_FAILED } RoundOutcome;

/* Files are deleted only when it is certain that no commit points to them. */
static void
discard(Catalog *catalog, const IcebergAttempt *attempts, gsize n_attempts)
{
    for (gsize i = 0; i < n_attempts; i++)
        catalog_iceberg_attempt_lost(catalog, &attempts[i]);
}

static RoundOutcome
swap_attempts(Catalog *catalog,
              const IcebergAttempt *attempts,
              gsize n_attempts,
              gint64 *out_version,
              GError **error)
{
    g_autofree StoreTableWrite *writes = g_new0(StoreTableWrite, n_attempts);
    g_autoptr(GError) failure = NULL;
    StoreTableOutcome outcome = STORE_TABLE_WRITTEN;
    gsize count = 0;

    for (gsize i = 0; i < n_attempts; i++) {
        if (attempts[i].after)
            writes[count++] = catalog_iceberg_attempt_write(&attempts[i]);
    }
    if (count > 0 && !catalog_table_swap(catalog, writes, count, &outcome, out_version, &failure)) {
        SkepError fact = skep_error_fact(failure);

        if (fact != SKEP_ERROR_COMMIT_STATE_UNKNOWN)
            discard(catalog, attempts, n_attempts);
        /* Somebody made the table between the look and the swap: the next look says so in words. */
        if (fact == SKEP_ERROR_ALREADY_EXISTS)
            return ROUND_LOST;
        g_propagate_error(error, g_steal_pointer(&failure));
        return ROUND_FAILED;
    }
    if (outcome == STORE_TABLE_MOVED_ON) {
        discard(catalog, attempts, n_attempts);
        return ROUND_LOST;
    }
    for (gsize i = 0; i < n_attempts; i++)
        catalog_iceberg_attempt_won(catalog, &attempts[i]);
    return ROUND_DONE;
}

static RoundOutcome
run_round(Catalog *catalog,
          IcebergAttempt *attempts,
          gsize n_attempts,
          gint64 *out_version,
          GError **error)
{
    for (gsize i = 0; i < n_attempts; i++) {
        if (!catalog_iceberg_attempt_prepare(catalog, &attempts[i], error)) {
            discard(catalog, attempts, i);
            return ROUND_FAILED;
        }
    }
    return swap_attempts(catalog, attempts, n_attempts, out_version, error);
}

static void
clear_attempts(IcebergAttempt *attempts, gsize n_attempts)
{
    for (gsize i = 0; i < n_attempts; i++)
        catalog_iceberg_attempt_clear(&attempts[i]);
}

/* Rounds until one wins. On success the attempts hold the round that won. */
static gboolean
run_rounds(Catalog *catalog,
           IcebergAttempt *attempts,
           gsize n_attempts,
           gint64 *out_version,
           GError **error)
{
    for (int round = 0; round <= catalog->options.commit_retries_max; round++) {
        RoundOutcome outcome;

        if (round > 0)
            catalog_table_swap_pause(round);
        clear_attempts(attempts, n_attempts);
        outcome = run_round(catalog, attempts, n_attempts, out_version, error);
        if (outcome != ROUND_LOST)
            return outcome == ROUND_DONE;
    }
    return catalog_iceberg_fail_busy(error, &attempts[0].name);
}

/* --- one table --- */

static CatalogIcebergTable *
answer_attempt(const IcebergAttempt *attempt, gint64 version)
{
    if (!attempt->after)
        return catalog_iceberg_answer(attempt->before->uuid, attempt->base,
                                      attempt->before->version);
    return catalog_iceberg_answer(attempt->after->uuid, attempt->document, version);
}

static gboolean
check_change(const cJSON *requirements, const cJSON *updates, GError **error)
{
    if (requirements && !json_is_null(requirements) && !json_is_array(requirements))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "'requirements' is not an array");
    if (!json_is_array(updates))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "'updates' is not an array");
    return TRUE;
}

gboolean
catalog_iceberg_attempt_init(IcebergAttempt *attempt,
                             const IcebergForm *form,
                             const CatalogCaller *caller,
                             const char *catalog_name,
                             const CatalogIcebergChange *change,
                             GError **error)
{
    attempt->form = form;
    attempt->caller = caller;
    attempt->requirements = json_is_null(change->requirements) ? NULL : change->requirements;
    attempt->updates = change->updates;
    return check_change(change->requirements, change->updates, error) &&
           catalog_table_name_fold(&attempt->name, catalog_name, change->namespace_name,
                                   change->name, error);
}

CatalogIcebergTable *
catalog_iceberg_commit_alone(Catalog *catalog, IcebergAttempt *attempt, GError **error)
{
    gint64 version = 0;

    return run_rounds(catalog, attempt, 1, &version, error) ? answer_attempt(attempt, version)
                                                            : NULL;
}

CatalogIcebergTable *
catalog_iceberg_commit_as(Catalog *catalog,
                          const IcebergForm *form,
                          const CatalogCaller *caller,
                          const char *catalog_name,
                          const CatalogIcebergChange *change,
                          GError **error)
{
    IcebergAttempt attempt = {0};
    CatalogIcebergTable *answer = NULL;
    g_autofree char *key = NULL;

    if (catalog_iceberg_attempt_init(&attempt, form, caller, catalog_name, change, error)) {
        key = catalog_commit_key(&attempt.name);
        if (!commit_queue_enter(catalog->writers, key, COMMIT_TURN_WAIT_MS)) {
            catalog_iceberg_fail_busy(error, &attempt.name);
        } else {
            answer = catalog_iceberg_commit_alone(catalog, &attempt, error);
            commit_queue_leave(catalog->writers, key);
        }
    }
    catalog_iceberg_attempt_clear(&attempt);
    catalog_table_name_clear(&attempt.name);
    return answer;
}

CatalogIcebergTable *
catalog_iceberg_commit(Catalog *catalog,
                       const CatalogCaller *caller,
                       const char *catalog_name,
                       const char *namespace_name,
                       const char *name,
                       const cJSON *requirements,
                       const cJSON *updates,
                       GError **error)
{
    CatalogIcebergChange change = {namespace_name, name, requirements, updates};

    return catalog_iceberg_commit_as(catalog, &catalog_iceberg_table_form, caller, catalog_name,
                                     &change, error);
}

/* --- many tables --- */

static int
compare_keys(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys of all tables in one order, the same for everybody. NULL: the same table twice. */
static GPtrArray *
ordered_keys(const IcebergAttempt *attempts, gsize n_attempts, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);

    for (gsize i = 0; i < n_attempts; i++)
        g_ptr_array_add(keys, catalog_commit_key(&attempts[i].name));
    g_ptr_array_sort(keys, compare_keys);
    for (guint i = 1; i < keys->len; i++) {
        if (strcmp(keys->pdata[i - 1], keys->pdata[i]) == 0)
            return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                                  "A table is named twice in one transaction");
    }
    return g_steal_pointer(&keys);
}

IcebergAttempt *
catalog_iceberg_attempts_new(const CatalogCaller *caller,
                             const char *catalog_name,
                             const CatalogIcebergChange *changes,
                             gsize n_changes,
                             GPtrArray **out_keys,
                             GError **error)
{
    IcebergAttempt *attempts = g_new0(IcebergAttempt, MAX(n_changes, 1));
    gboolean is_sound = TRUE;

    for (gsize i = 0; i < n_changes && is_sound; i++)
        is_sound = catalog_iceberg_attempt_init(&attempts[i], &catalog_iceberg_table_form, caller,
                                                catalog_name, &changes[i], error);
    *out_keys = is_sound ? ordered_keys(attempts, n_changes, error) : NULL;
    return attempts;
}

gboolean
catalog_iceberg_attempts_run(Catalog *catalog,
                             IcebergAttempt *attempts,
                             gsize n_attempts,
                             GError **error)
{
    return n_attempts == 0 || run_rounds(catalog, attempts, n_attempts, NULL, error);
}

static gboolean
commit_in_line(Catalog *catalog,
               IcebergAttempt *attempts,
               gsize n_attempts,
               const GPtrArray *keys,
               GError **error)
{
    gboolean committed = FALSE;
    guint entered = 0;

    while (entered < keys->len &&
           commit_queue_enter(catalog->writers, keys->pdata[entered], COMMIT_TURN_WAIT_MS))
        entered++;
    if (entered == keys->len)
        committed = catalog_iceberg_attempts_run(catalog, attempts, n_attempts, error);
    else
        catalog_iceberg_fail_busy(error, &attempts[0].name);
    while (entered > 0)
        commit_queue_leave(catalog->writers, keys->pdata[--entered]);
    return committed;
}

gboolean
catalog_iceberg_commit_many(Catalog *catalog,
                            const CatalogCaller *caller,
                            const char *catalog_name,
                            const CatalogIcebergChange *changes,
                            gsize n_changes,
                            GError **error)
{
    g_autoptr(GPtrArray) keys = NULL;
    g_autofree IcebergAttempt *attempts =
        catalog_iceberg_attempts_new(caller, catalog_name, changes, n_changes, &keys, error);
    gboolean committed = keys && commit_in_line(catalog, attempts, n_changes, keys, error);

    clear_attempts(attempts, n_changes);
    for (gsize i = 0; i < n_changes; i++)
        catalog_table_name_clear(&attempts[i].name);
    return committed;
}

/* --- the last state of a table --- */

/* A lost connection is settled by asking again: a table that is not there any more is gone, by this
 * request or by another's drop. */
static gboolean
unregister_row(Catalog *catalog,
               const CatalogTable *row,
               StoreTableOutcome *out_outcome,
               GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GPtrArray) found = NULL;

    if (store_table_unregister(catalog->store, row, out_outcome, &failure))
        return TRUE;
    if (skep_error_fact(failure) != SKEP_ERROR_COMMIT_STATE_UNKNOWN) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (!store_table_unregister(catalog->store, row, out_outcome, error))
        return FALSE;
    if (*out_outcome == STORE_TABLE_WRITTEN)
        return TRUE;
    g_array_append_val(ids, row->id);
    found = store_table_find_by_id(catalog->store, ids, error);
    if (!found)
        return FALSE;
    if (found->len == 0)
        *out_outcome = STORE_TABLE_WRITTEN;
    return TRUE;
}

/* One look at the table and one try to forget it as it was then. */
static RoundOutcome
unregister_round(Catalog *catalog,
                 const CatalogTableName *name,
                 CatalogIcebergTable **out_last,
                 GError **error)
{
    g_autoptr(CatalogTable) row = NULL;
    g_autoptr(MetadataDocument) document = NULL;
    StoreTableOutcome outcome;

    if (!store_table_find_pointer(catalog->store, name->catalog, name->namespace_name, name->table,
                                  &row, error))
        return ROUND_FAILED;
    if (!row || row->kind != CATALOG_KIND_ICEBERG_TABLE) {
        catalog_fail_no_table(error, name->namespace_name, name->table);
        return ROUND_FAILED;
    }
    if (!catalog_materialized_view_check_unread(catalog, row, error))
        return ROUND_FAILED;
    document = catalog_metadata_load(catalog, name->catalog, row->metadata_location, error);
    if (!document)
        return ROUND_FAILED;
    catalog_keyed_tell_document(catalog, row->metadata_location);
    if (!unregister_row(catalog, row, &outcome, error))
        return ROUND_FAILED;
    if (outcome == STORE_TABLE_MOVED_ON)
        return ROUND_LOST;
    *out_last = catalog_iceberg_answer(row->uuid, document, row->version);
    return ROUND_DONE;
}

CatalogIcebergTable *
catalog_iceberg_unregister(Catalog *catalog,
                           const char *catalog_name,
                           const char *namespace_name,
                           const char *name,
                           GError **error)
{
    g_auto(CatalogTableName) folded = {0};
    g_autofree char *key = NULL;
    CatalogIcebergTable *last = NULL;
    RoundOutcome outcome = ROUND_LOST;

    if (!catalog_table_name_fold(&folded, catalog_name, namespace_name, name, error))
        return NULL;
    key = catalog_commit_key(&folded);
    if (!commit_queue_enter(catalog->writers, key, COMMIT_TURN_WAIT_MS)) {
        catalog_iceberg_fail_busy(error, &folded);
        return NULL;
    }
    for (int round = 0; outcome == ROUND_LOST && round <= catalog->options.commit_retries_max;
         round++) {
        if (round > 0)
            catalog_table_swap_pause(round);
        outcome = unregister_round(catalog, &folded, &last, error);
    }
    commit_queue_leave(catalog->writers, key);
    if (outcome == ROUND_LOST)
        catalog_iceberg_fail_busy(error, &folded);
    return last;
}
