/* SPDX-License-Identifier: Apache-2.0 */
/* The queue of compactions: what may be asked, and how one ends. Caller: the Thrift door. */
#include "skep/catalog_compaction.h"

#include "reference_fold.h"
#include "skep/catalog_transaction.h"
#include "skep/store_compaction.h"

#define IDS_MAX  10000
#define TYPE_MIN 1
#define TYPE_MAX 5

/* A copy with its names in their stored form; what else it has stays borrowed from `wanted`. */
typedef struct {
    CatalogCompaction record;
} Folded;

static void
folded_clear(Folded *folded)
{
    catalog_table_reference_clear(&folded->record.table);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Folded, folded_clear)

static gboolean
fold(const CatalogCompaction *wanted, Folded *out_folded, GError **error)
{
    CatalogTableReference table = {NULL};

    if (wanted->type < TYPE_MIN || wanted->type > TYPE_MAX)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "There is no compaction type %d",
                         wanted->type);
    if (!catalog_table_reference_fold(&wanted->table, &table, error)) {
        catalog_table_reference_clear(&table);
        return FALSE;
    }
    out_folded->record = *wanted;
    out_folded->record.table = table;
    if (wanted->partition_name && !*wanted->partition_name)
        out_folded->record.partition_name = NULL;
    return TRUE;
}

/* As far as a compaction of the present could go: up to before the first write that is open. */
static gboolean
find_highest(Catalog *catalog,
             const CatalogTableReference *table,
             gint64 *out_write_id,
             GError **error)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new();
    g_autoptr(GPtrArray) valid = NULL;
    const CatalogValidWriteIds *ids;

    g_ptr_array_add(tables, (gpointer)table);
    valid = catalog_write_id_valid(catalog, tables, NULL, 0, error);
    if (!valid)
        return FALSE;
    ids = valid->pdata[0];
    *out_write_id = ids->least_open != 0 ? MIN(ids->least_open - 1, ids->water_id) : ids->water_id;
    return TRUE;
}

gboolean
catalog_compaction_request(Catalog *catalog,
                           const CatalogCompaction *wanted,
                           gint64 *out_id,
                           gint64 *out_standing_id,
                           CatalogCompactionState *out_standing_state,
                           GError **error)
{
    g_auto(Folded) folded = {0};
    gint64 highest = 0;

    return fold(wanted, &folded, error) &&
           find_highest(catalog, &folded.record.table, &highest, error) &&
           store_compaction_request(catalog->store, &folded.record, highest, out_id,
                                    out_standing_id, out_standing_state, error);
}

gboolean
catalog_compaction_request_clean(Catalog *catalog, const CatalogCompaction *wanted, GError **error)
{
    g_auto(Folded) folded = {0};

    return fold(wanted, &folded, error) &&
           store_compaction_request_clean(catalog->store, &folded.record, error);
}

gboolean
catalog_compaction_take(Catalog *catalog,
                        const char *pool_name,
                        const char *worker_id,
                        const char *worker_version,
                        CatalogCompaction **out_compaction,
                        GError **error)
{
    if (!worker_id || !*worker_id)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL, "A worker needs an id");
    return store_compaction_take(catalog->store, pool_name, worker_id, worker_version,
                                 out_compaction, error);
}

static gboolean
fold_filter(const char *name, char **out_folded, GError **error)
{
    if (!name || !*name)
        return TRUE;
    *out_folded = catalog_name_fold(name, error);
    return *out_folded != NULL;
}

static const char *
filter_text(const char *text)
{
    return text && *text ? text : NULL;
}

GPtrArray *
catalog_compaction_list(Catalog *catalog, const CatalogCompactionFilter *filter, GError **error)
{
    CatalogCompactionFilter folded = *filter;
    g_autofree char *namespace_ = NULL;
    g_autofree char *table = NULL;

    if (!fold_filter(filter->namespace_name, &namespace_, error) ||
        !fold_filter(filter->table_name, &table, error))
        return NULL;
    folded.namespace_name = namespace_;
    folded.table_name = table;
    folded.pool_name = filter_text(filter->pool_name);
    folded.partition_name = filter_text(filter->partition_name);
    return store_compaction_list(catalog->store, &folded, error);
}

GPtrArray *
catalog_compaction_latest(Catalog *catalog,
                          const CatalogTableReference *table,
                          const GPtrArray *partitions,
                          gint64 after_id,
                          GError **error)
{
    g_auto(CatalogTableReference) folded = {NULL};
    gboolean has_partitions = partitions && partitions->len > 0;

    if (!catalog_table_reference_fold(table, &folded, error))
        return NULL;
    return store_compaction_latest(catalog->store, &folded,
                                   has_partitions ? (const char *const *)partitions->pdata : NULL,
                                   has_partitions ? partitions->len : 0, after_id, error);
}

static gboolean
fail_not_queued(gint64 id, GError **error)
{
    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, NULL,
                     "No compaction with id %" G_GINT64_FORMAT " is under way", id);
}

gboolean
catalog_compaction_mark(Catalog *catalog,
                        const CatalogCompaction *compaction,
                        CatalogCompactionState state,
                        GError **error)
{
    g_auto(Folded) folded = {0};
    gboolean found = FALSE;

    if (!store_compaction_mark(catalog->store, compaction->id, state, compaction->error_message,
                               &found, error))
        return FALSE;
    if (found)
        return TRUE;
    if (state != CATALOG_COMPACTION_FAILED && state != CATALOG_COMPACTION_REFUSED)
        return fail_not_queued(compaction->id, error);
    if (!fold(compaction, &folded, error))
        return FALSE;
    folded.record.state =
        state == CATALOG_COMPACTION_FAILED ? CATALOG_COMPACTION_DID_NOT_INITIATE : state;
    return store_compaction_put_ended(catalog->store, &folded.record, error);
}

gboolean
catalog_compaction_update(Catalog *catalog,
                          const CatalogCompaction *compaction,
                          gint64 transaction_id,
                          GError **error)
{
    gboolean found = FALSE;

    if (!store_compaction_update(catalog->store, compaction->id, compaction->highest_write_id,
                                 compaction->run_as, transaction_id, &found, error))
        return FALSE;
    return found || fail_not_queued(compaction->id, error);
}

gboolean
catalog_compaction_set_job(Catalog *catalog, gint64 id, const char *job_id, GError **error)
{
    return store_compaction_set_job(catalog->store, id, job_id, error);
}

GArray *
catalog_compaction_abort(Catalog *catalog, const GArray *ids, GError **error)
{
    g_autoptr(GArray) known = NULL;
    GArray *aborts;

    if (ids->len > IDS_MAX)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL, "More than %d compactions",
                              IDS_MAX);
    known = store_compaction_abort(catalog->store, ids, error);
    if (!known)
        return NULL;
    aborts = g_array_new(FALSE, TRUE, sizeof(CatalogCompactionAbort));
    for (guint i = 0; i < ids->len; i++) {
        CatalogCompactionAbort told = {.id = g_array_index(ids, gint64, i)};

        for (guint k = 0; k < known->len; k++)
            if (g_array_index(known, CatalogCompactionAbort, k).id == told.id)
                told = g_array_index(known, CatalogCompactionAbort, k);
        g_array_append_val(aborts, told);
    }
    return aborts;
}

GPtrArray *
catalog_compaction_columns(Catalog *catalog, const CatalogCompaction *compaction, GError **error)
{
    g_auto(CatalogTableReference) table = {NULL};

    if (!catalog_table_reference_fold(&compaction->table, &table, error))
        return NULL;
    return store_compaction_columns(catalog->store, &table, compaction->partition_name, error);
}

gboolean
catalog_compaction_put_metric(Catalog *catalog,
                              const CatalogCompactionMetric *metric,
                              gboolean *out_kept,
                              GError **error)
{
    CatalogCompactionMetric folded = *metric;
    g_auto(CatalogTableReference) table = {NULL};

    if (!catalog_table_reference_fold(&metric->table, &table, error))
        return FALSE;
    folded.table = table;
    return store_compaction_put_metric(catalog->store, &folded, out_kept, error);
}

gboolean
catalog_compaction_drop_metric(Catalog *catalog,
                               const CatalogCompactionMetric *metric,
                               GError **error)
{
    CatalogCompactionMetric folded = *metric;
    g_auto(CatalogTableReference) table = {NULL};

    if (!catalog_table_reference_fold(&metric->table, &table, error))
        return FALSE;
    folded.table = table;
    return store_compaction_drop_metric(catalog->store, &folded, error);
}
