/* SPDX-License-Identifier: Apache-2.0 */
/* The swap with a known outcome: what the store could not tell because a connection died is found
 * out here. Callers: every change of a table. */
#include "keyed.h"
#include "table_private.h"

#include "support/failpoint.h"

/* Longer than a failover that goes well, shorter than clients of either door wait. */
#define RESOLVE_TIMEOUT_MS 20000
#define RESOLVE_PAUSE_MS   200

void
catalog_table_swap_pause(int attempt)
{
    g_usleep((gulong)g_random_int_range(1, 5) * 1000u * (gulong)MIN(attempt + 1, 20));
}

/* Is it a view that has this name? One that has gone in the meantime was what was asked for. */
static gboolean
view_has_name(Catalog *catalog, const CatalogTable *named, gboolean wants_view)
{
    g_autoptr(CatalogTable) present = NULL;

    if (!store_table_find_pointer(catalog->store, named->catalog, named->namespace_name,
                                  named->name, &present, NULL) ||
        !present)
        return wants_view;
    return present->kind == CATALOG_KIND_ICEBERG_VIEW || present->kind == CATALOG_KIND_HIVE_VIEW;
}

gboolean
catalog_table_fail_exists(Catalog *catalog,
                          const CatalogTable *named,
                          gboolean wants_view,
                          GError **error)
{
    g_autofree char *dotted = catalog_name_dotted(named->namespace_name, named->name);
    gboolean has_view = view_has_name(catalog, named, wants_view);

    return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, dotted, "%s%s already exists: %s",
                     has_view ? "View" : "Table", has_view == wants_view ? "" : " with same name",
                     dotted);
}

gboolean
catalog_table_fail_rename(Catalog *catalog,
                          const CatalogTable *after,
                          const char *words,
                          GError **error)
{
    g_autofree char *to = catalog_name_dotted(after->namespace_name, after->name);
    gboolean has_view = view_has_name(catalog, after, catalog_table_is_view(after));

    return skep_fail(error, SKEP_ERROR_ALREADY_EXISTS, to, "Cannot rename %s. %s already exists",
                     words, has_view ? "View" : "Table");
}

static gboolean
run_writes(Catalog *catalog,
           const StoreTableWrite *writes,
           gsize n_writes,
           StoreTableOutcome *out_outcome,
           gint64 *out_version,
           GError **error)
{
    catalog_keyed_tell_document(catalog, n_writes == 1 ? writes->after->metadata_location : NULL);
    if (n_writes == 1)
        return store_table_write(catalog->store, writes, out_outcome, NULL, out_version, error);
    return store_table_write_many(catalog->store, writes, n_writes, out_outcome, error);
}

/* Is the table that a write was to make or leave there, and is it the one that this write meant? */
static gboolean
find_by_identity(Catalog *catalog,
                 const StoreTableWrite *write,
                 gboolean *out_landed,
                 GError **error)
{
    g_autoptr(CatalogTable) found = NULL;
    const CatalogTable *after = write->after;

    if (!store_table_find_pointer(catalog->store, after->catalog, after->namespace_name,
                                  after->name, &found, error))
        return FALSE;
    if (!write->before)
        *out_landed =
            found && ((after->uuid && g_ascii_strcasecmp(found->uuid, after->uuid) == 0) ||
                      (after->metadata_location &&
                       g_strcmp0(found->metadata_location, after->metadata_location) == 0));
    else
        *out_landed = found && found->id == write->before->id;
    return TRUE;
}

static gboolean
storage_equal(const CatalogStorage *a, const CatalogStorage *b)
{
    if (!a || !b)
        return a == b;
    return catalog_columns_equal(a->columns, b->columns) &&
           g_strcmp0(a->input_format, b->input_format) == 0 &&
           g_strcmp0(a->output_format, b->output_format) == 0 &&
           g_strcmp0(a->serde_library, b->serde_library) == 0 &&
           a->bucket_count == b->bucket_count && a->compressed == b->compressed &&
           catalog_map_equal(a->serde_parameters, b->serde_parameters) &&
           catalog_map_equal(a->parameters, b->parameters);
}

/* Whether a row is what a plain alter would have left. */
static gboolean
is_as_written(const CatalogTable *found, const CatalogTable *after)
{
    return found->kind == after->kind && g_strcmp0(found->hms_type, after->hms_type) == 0 &&
           g_strcmp0(found->owner_name, after->owner_name) == 0 &&
           g_strcmp0(found->location, after->location) == 0 &&
           g_strcmp0(found->view_original_text, after->view_original_text) == 0 &&
           catalog_map_equal(found->parameters, after->parameters) &&
           storage_equal(found->storage, after->storage);
}

/* A plain alter leaves no mark but its version and what it wrote. Once others have changed the
 * table as well nothing can tell any more. */
static gboolean
alter_landed(Catalog *catalog, const StoreTableWrite *write, gboolean *out_landed, GError **error)
{
    g_autoptr(CatalogTable) found = NULL;
    const CatalogTable *after = write->after;

    if (!store_table_find(catalog->store, after->catalog, after->namespace_name, after->name,
                          &found, error))
        return FALSE;
    if (found && found->id == write->before->id && found->version > write->before->version + 1)
        return skep_fail(error, SKEP_ERROR_COMMIT_STATE_UNKNOWN, after->name,
                         "The connection to PostgreSQL broke while %s was altered, and others have "
                         "altered it since; it may or may not have happened",
                         after->name);
    *out_landed = found && found->id == write->before->id &&
                  found->version == write->before->version + 1 && is_as_written(found, after);
    return TRUE;
}

static gboolean
write_landed(Catalog *catalog, const StoreTableWrite *write, gboolean *out_landed, GError **error)
{
    if (write->before && !write->commit &&
        g_strcmp0(write->before->name, write->after->name) == 0 &&
        g_strcmp0(write->before->namespace_name, write->after->namespace_name) == 0)
        return alter_landed(catalog, write, out_landed, error);
    if (write->before && write->commit)
        return store_table_commit_landed(catalog->store, write->before->id,
                                         write->commit->record->metadata_location, out_landed,
                                         error);
    return find_by_identity(catalog, write, out_landed, error);
}

static gboolean
may_pass(const GError *failure)
{
    SkepError fact = skep_error_fact(failure);

    return fact == SKEP_ERROR_COMMIT_STATE_UNKNOWN || fact == SKEP_ERROR_UNAVAILABLE;
}

/* One look: sends the same swap again. It takes effect at most once, because its version is gone
 * when it has; and once it has been answered, the copy that was lost can no longer take effect.
 * out_settled FALSE: PostgreSQL is still away. */
static gboolean
look_again(Catalog *catalog,
           const StoreTableWrite *writes,
           gsize n_writes,
           StoreTableOutcome *out_outcome,
           gboolean *out_settled,
           GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GError) doubt = NULL;
    gboolean landed = FALSE;

    *out_settled = FALSE;
    if (run_writes(catalog, writes, n_writes, out_outcome, NULL, &failure)) {
        if (*out_outcome == STORE_TABLE_WRITTEN) {
            *out_settled = TRUE;
            return TRUE;
        }
    } else if (may_pass(failure)) {
        return TRUE;
    } else if (skep_error_fact(failure) != SKEP_ERROR_ALREADY_EXISTS &&
               skep_error_fact(failure) != SKEP_ERROR_KEY_TAKEN) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    /* All landed or none, so that the first one speaks for them. The name, or the idempotency key,
     * may have been taken by the copy that was lost. */
    if (!write_landed(catalog, writes, &landed, &doubt)) {
        if (skep_error_fact(doubt) != SKEP_ERROR_COMMIT_STATE_UNKNOWN)
            return TRUE;
        g_propagate_error(error, g_steal_pointer(&doubt));
        return FALSE;
    }
    *out_settled = TRUE;
    if (!landed && failure) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    *out_outcome = landed ? STORE_TABLE_WRITTEN : STORE_TABLE_MOVED_ON;
    return TRUE;
}

static gboolean
resolve(Catalog *catalog,
        const StoreTableWrite *writes,
        gsize n_writes,
        StoreTableOutcome *out_outcome,
        GError **error)
{
    gint64 deadline_us = g_get_monotonic_time() + RESOLVE_TIMEOUT_MS * (gint64)1000;
    gboolean settled = FALSE;

    while (g_get_monotonic_time() < deadline_us) {
        if (!look_again(catalog, writes, n_writes, out_outcome, &settled, error))
            return FALSE;
        if (settled)
            return TRUE;
        g_usleep(RESOLVE_PAUSE_MS * 1000);
    }
    return skep_fail(
        error, SKEP_ERROR_COMMIT_STATE_UNKNOWN, writes->after->name,
        "PostgreSQL went away while %s was committed, and did not come back in time to "
        "tell the outcome",
        writes->after->name);
}

gboolean
catalog_table_swap(Catalog *catalog,
                   const StoreTableWrite *writes,
                   gsize n_writes,
                   StoreTableOutcome *out_outcome,
                   gint64 *out_version,
                   GError **error)
{
    g_autoptr(GError) failure = NULL;
    gint64 version = 0;

    for (gsize i = 0; i < n_writes; i++) {
        if (!catalog_table_check_apart(catalog, writes[i].before, writes[i].after, error))
            return FALSE;
    }
    failpoint_reach("commit-before-swap");
    if (run_writes(catalog, writes, n_writes, out_outcome, &version, &failure)) {
        failpoint_reach("commit-after-swap");
        if (out_version)
            *out_version = version;
        return TRUE;
    }
    if (skep_error_fact(failure) != SKEP_ERROR_COMMIT_STATE_UNKNOWN) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (!resolve(catalog, writes, n_writes, out_outcome, error))
        return FALSE;
    if (out_version)
        *out_version = writes->before ? writes->before->version + 1 : 1;
    return TRUE;
}
