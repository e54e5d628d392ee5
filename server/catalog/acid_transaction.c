/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions of ACID tables: what a request must look like, for how long a lease lasts, and what
 * housekeeping does. Who overlaps whom is decided in the store. Callers: the Thrift door, and
 * lock.c and duty.c for leases and housekeeping. */
#include "skep/catalog_transaction.h"

#include "reference_fold.h"
#include "skep/store_acid_transaction.h"
#include "skep/store_compaction.h"
#include "transaction_lease.h"

/* Hive's metastore.txn.max.open.batch, metastore.repl.txn.timeout and TXN_KEY_START. */
#define OPEN_BATCH_MAX    1000
#define REPLAYED_LEASE_MS (G_GINT64_CONSTANT(11) * 24 * 3600 * 1000)
#define PARAMETER_PREFIX  "_meta"

#define RANGE_MAX      100000
#define IDS_MAX        100000
#define PARTITIONS_MAX 100000

static StoreTransactionLeases
leases_of(const Catalog *catalog)
{
    return (StoreTransactionLeases){.lease_ms = catalog->options.lock_timeout_ms,
                                    .replayed_lease_ms = REPLAYED_LEASE_MS};
}

static gboolean
check_opening(const CatalogTransactionOpening *opening, GError **error)
{
    if (opening->count <= 0)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Invalid input for number of txns: %d", opening->count);
    if (opening->type < CATALOG_TRANSACTION_DEFAULT ||
        opening->type > CATALOG_TRANSACTION_REBALANCE)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "There is no transaction type %d", (int)opening->type);
    if (opening->policy && opening->source_ids && opening->source_ids->len != (guint)opening->count)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "%d transactions cannot repeat %u of another warehouse", opening->count,
                         opening->source_ids->len);
    return TRUE;
}

GArray *
catalog_transaction_open(Catalog *catalog, const CatalogTransactionOpening *opening, GError **error)
{
    StoreTransactionLeases leases = leases_of(catalog);
    CatalogTransactionOpening bounded;

    if (!check_opening(opening, error))
        return NULL;
    if (opening->policy && opening->count > OPEN_BATCH_MAX)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL,
                              "More than %d transactions cannot be repeated at once",
                              OPEN_BATCH_MAX);
    bounded = *opening;
    bounded.count = MIN(opening->count, OPEN_BATCH_MAX);
    return store_acid_transaction_open(catalog->store, &bounded, &leases, error);
}

CatalogTransactionSnapshot *
catalog_transaction_snapshot(Catalog *catalog, GError **error)
{
    return store_acid_transaction_snapshot(catalog->store, error);
}

/* ---- end ---- */

static gboolean
check_parameter(const CatalogTransactionCommit *commit, GError **error)
{
    if (!commit->parameter_key || g_str_has_prefix(commit->parameter_key, PARAMETER_PREFIX))
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                     "Error updating key/value in the sql backend with txnId=%" G_GINT64_FORMAT
                     ", tableId=%" G_GINT64_FORMAT
                     ", key=%s, value=%s. key should start with " PARAMETER_PREFIX ".",
                     commit->id, commit->parameter_table_id, commit->parameter_key,
                     commit->parameter_value);
}

/* Only the table of the target may be absent. */
static gboolean
fold_target(const CatalogTableReference *target, CatalogTableReference *out_folded, GError **error)
{
    if (target->table_name)
        return catalog_table_reference_fold(target, out_folded, error);
    out_folded->catalog = catalog_name_fold_catalog(target->catalog, error);
    if (!out_folded->catalog)
        return FALSE;
    out_folded->namespace_name = catalog_name_fold(target->namespace_name, error);
    return out_folded->namespace_name != NULL;
}

static GPtrArray *
fold_files(const GPtrArray *files, GError **error)
{
    g_autoptr(GPtrArray) folded =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_written_files_free);

    for (guint i = 0; i < files->len; i++) {
        const CatalogWrittenFiles *written = files->pdata[i];
        g_autoptr(CatalogWrittenFiles) copy = catalog_written_files_new();

        if (!catalog_table_reference_fold(&written->table, &copy->table, error))
            return NULL;
        copy->write_id = written->write_id;
        copy->partition_name = catalog_partition_reference_fold(written->partition_name);
        copy->files = g_strdup(written->files ? written->files : "");
        g_ptr_array_add(folded, g_steal_pointer(&copy));
    }
    return g_steal_pointer(&folded);
}

gboolean
catalog_transaction_commit(Catalog *catalog, const CatalogTransactionCommit *commit, GError **error)
{
    CatalogTransactionCommit folded = *commit;
    g_auto(CatalogTableReference) target = {NULL};
    g_autoptr(GPtrArray) files = NULL;

    if (!check_parameter(commit, error))
        return FALSE;
    if (commit->target) {
        if (!fold_target(commit->target, &target, error))
            return FALSE;
        folded.target = &target;
    }
    if (commit->files) {
        files = fold_files(commit->files, error);
        if (!files)
            return FALSE;
        folded.files = files;
    }
    return store_acid_transaction_commit(catalog->store, &folded, error);
}

gboolean
catalog_transaction_abort(Catalog *catalog, gint64 id, const char *policy, GError **error)
{
    return store_acid_transaction_abort(catalog->store, id, policy, error);
}

gboolean
catalog_transaction_abort_many(Catalog *catalog, const GArray *ids, GError **error)
{
    if (ids->len > IDS_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "More than %d transactions", IDS_MAX);
    return store_acid_transaction_abort_many(catalog->store, ids, error);
}

/* ---- kept alive ---- */

gboolean
catalog_transaction_heartbeat(Catalog *catalog, gint64 id, GError **error)
{
    StoreTransactionLeases leases = leases_of(catalog);

    return store_acid_transaction_heartbeat(catalog->store, id, &leases, error);
}

gboolean
catalog_transaction_renew(Catalog *catalog, gint64 id, GError **error)
{
    return catalog_transaction_heartbeat(catalog, id, error);
}

gboolean
catalog_transaction_heartbeat_range(Catalog *catalog,
                                    gint64 first,
                                    gint64 last,
                                    GArray **out_aborted,
                                    GArray **out_missing,
                                    GError **error)
{
    StoreTransactionLeases leases = leases_of(catalog);

    if (first < 0 || last < first || last == G_MAXINT64)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " is no range", first, last);
    if (last - first >= RANGE_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "More than %d transactions", RANGE_MAX);
    return store_acid_transaction_heartbeat_range(catalog->store, first, last, &leases, out_aborted,
                                                  out_missing, error);
}

/* ---- what is written ---- */

static char
operation_letter(gint32 operation)
{
    switch (operation) {
    case 2:
        return 'i';
    case 4:
        return 'd';
    default:
        return 'u';
    }
}

gboolean
catalog_transaction_name_partitions(Catalog *catalog,
                                    gint64 id,
                                    gint64 write_id,
                                    const CatalogTableReference *table,
                                    const GPtrArray *partitions,
                                    gint32 operation,
                                    GError **error)
{
    g_auto(CatalogTableReference) folded = {NULL};
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    if (partitions->len > PARTITIONS_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "More than %d partitions",
                         PARTITIONS_MAX);
    if (!catalog_table_reference_fold(table, &folded, error))
        return FALSE;
    for (guint i = 0; i < partitions->len; i++)
        g_ptr_array_add(names, catalog_partition_reference_fold(partitions->pdata[i]));
    return store_acid_transaction_name_partitions(catalog->store, id, write_id, &folded,
                                                  (const char *const *)names->pdata, names->len,
                                                  operation_letter(operation), error);
}

gboolean
catalog_transaction_latest_conflict(Catalog *catalog, gint64 id, gint64 *out_id, GError **error)
{
    return store_acid_transaction_latest_conflict(catalog->store, id, out_id, error);
}

gboolean
catalog_transaction_seed(Catalog *catalog, gint64 id, GError **error)
{
    /* Half of all numbers is enough, and leaves some to those who come after. */
    if (id <= 0 || id > G_MAXINT64 / 2)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Invalid txnId seed %" G_GINT64_FORMAT, id);
    return store_acid_transaction_seed(catalog->store, id, error);
}

gboolean
catalog_transaction_add_files(Catalog *catalog, gint64 id, const GPtrArray *files, GError **error)
{
    g_autoptr(GPtrArray) folded = fold_files(files, error);

    return folded && store_acid_transaction_add_files(catalog->store, id, folded, error);
}

static gboolean
fold_filter(const char *name, char **out_folded, GError **error)
{
    if (!name)
        return TRUE;
    *out_folded = catalog_name_fold(name, error);
    return *out_folded != NULL;
}

GPtrArray *
catalog_transaction_list_files(
    Catalog *catalog, gint64 id, const char *namespace_name, const char *table_name, GError **error)
{
    g_autofree char *namespace_ = NULL;
    g_autofree char *table = NULL;

    if (!fold_filter(namespace_name, &namespace_, error) || !fold_filter(table_name, &table, error))
        return NULL;
    return store_acid_transaction_list_files(catalog->store, id, namespace_, table, error);
}

GArray *
catalog_transaction_replayed(Catalog *catalog, const char *policy, GError **error)
{
    return store_acid_transaction_replayed(catalog->store, policy, error);
}

gboolean
catalog_transaction_lock_rebuild(Catalog *catalog,
                                 const CatalogTableReference *table,
                                 gint64 id,
                                 gboolean is_renewal,
                                 gboolean *out_held,
                                 GError **error)
{
    g_auto(CatalogTableReference) folded = {NULL};

    return catalog_table_reference_fold(table, &folded, error) &&
           store_acid_transaction_lock_rebuild(catalog->store, &folded, id,
                                               catalog->options.lock_timeout_ms, is_renewal,
                                               out_held, error);
}

/* ---- housekeeping ---- */

gboolean
catalog_transaction_housekeep(Catalog *catalog, GError **error)
{
    return store_acid_transaction_expire(catalog->store, error) &&
           store_acid_transaction_settle(catalog->store, error) &&
           store_write_id_forget(catalog->store, error) &&
           store_compaction_housekeep(catalog->store, error);
}

gboolean
catalog_transaction_overdue_ms(Catalog *catalog,
                               gint64 *out_lock_ms,
                               gint64 *out_transaction_ms,
                               GError **error)
{
    return store_acid_transaction_ages(catalog->store, out_lock_ms, out_transaction_ms, error);
}
