/* SPDX-License-Identifier: Apache-2.0 */
/* Write ids: requests, and snapshots as Hive writes them down. Caller: the Thrift door. */
#include "reference_fold.h"
#include "skep/catalog_transaction.h"
#include "skep/store_acid_transaction.h"
#include "snapshot_text.h"

#include <string.h>

#define TABLES_MAX 10000
#define IDS_MAX    1000000

gboolean
catalog_table_reference_fold(const CatalogTableReference *reference,
                             CatalogTableReference *out_folded,
                             GError **error)
{
    g_auto(CatalogTableName) name = {NULL};

    if (!catalog_table_name_fold(&name, reference->catalog, reference->namespace_name,
                                 reference->table_name, error))
        return FALSE;
    out_folded->catalog = g_steal_pointer(&name.catalog);
    out_folded->namespace_name = g_steal_pointer(&name.namespace_name);
    out_folded->table_name = g_steal_pointer(&name.table);
    return TRUE;
}

char *
catalog_partition_reference_fold(const char *name)
{
    gboolean in_key = TRUE;
    char *folded;

    if (name == NULL || *name == '\0')
        return NULL;
    folded = g_strdup(name);
    for (char *at = folded; *at != '\0'; at++) {
        if (*at == '=' || *at == '/')
            in_key = *at == '/';
        else if (in_key)
            *at = g_ascii_tolower(*at);
    }
    return folded;
}

static GPtrArray *
fold_references(const GPtrArray *references, GError **error)
{
    g_autoptr(GPtrArray) folded =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_table_reference_free);

    if (references->len > TABLES_MAX)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL, "More than %d tables", TABLES_MAX);
    for (guint i = 0; i < references->len; i++) {
        CatalogTableReference *copy = catalog_table_reference_new(NULL, NULL, NULL);

        g_ptr_array_add(folded, copy);
        if (!catalog_table_reference_fold(references->pdata[i], copy, error))
            return NULL;
    }
    return g_steal_pointer(&folded);
}

/* ---- allocate ---- */

static gint
compare_ids(gconstpointer a, gconstpointer b)
{
    gint64 left = *(const gint64 *)a;
    gint64 right = *(const gint64 *)b;

    return (left > right) - (left < right);
}

/* Rising, each once. */
static GArray *
sort_ids(const GArray *ids)
{
    GArray *sorted = g_array_copy((GArray *)ids);
    guint kept = 0;

    g_array_sort(sorted, compare_ids);
    for (guint i = 0; i < sorted->len; i++)
        if (kept == 0 ||
            g_array_index(sorted, gint64, i) != g_array_index(sorted, gint64, kept - 1))
            g_array_index(sorted, gint64, kept++) = g_array_index(sorted, gint64, i);
    g_array_set_size(sorted, kept);
    return sorted;
}

GArray *
catalog_write_id_allocate(Catalog *catalog, const CatalogWriteIdRequest *request, GError **error)
{
    CatalogWriteIdRequest folded = *request;
    g_auto(CatalogTableReference) table = {NULL};
    g_autoptr(GArray) ids = NULL;
    const GArray *wanted = request->policy ? request->source : request->transaction_ids;
    GArray *allocated;

    if (!wanted || wanted->len == 0)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Write ids are asked for no transaction");
    if (wanted->len > IDS_MAX)
        return skep_fail_null(error, SKEP_ERROR_TOO_LARGE, NULL, "More than %d transactions",
                              IDS_MAX);
    if (!catalog_table_reference_fold(&request->table, &table, error))
        return NULL;
    if (!request->policy) {
        ids = sort_ids(request->transaction_ids);
        folded.transaction_ids = ids;
    }
    folded.table = table;
    allocated = store_write_id_allocate(catalog->store, &folded, error);
    return allocated;
}

/* ---- snapshots ---- */

/* The present; up to one transaction, and without it among the open ones, when that is not 0. */
static gboolean
take_snapshot(Catalog *catalog, gint64 own_id, CatalogSnapshotText *snapshot, GError **error)
{
    g_autoptr(CatalogTransactionSnapshot) present =
        store_acid_transaction_snapshot(catalog->store, error);

    if (!present)
        return FALSE;
    snapshot->water_id = own_id > 0 ? MIN(own_id, present->water_id) : present->water_id;
    for (guint i = 0; i < present->unsettled->len; i++) {
        const CatalogTransaction *told = present->unsettled->pdata[i];

        if (told->id > snapshot->water_id || told->id == own_id)
            continue;
        g_array_append_val(told->state == CATALOG_TRANSACTION_ABORTED ? snapshot->aborted
                                                                      : snapshot->open,
                           told->id);
    }
    return TRUE;
}

static gboolean
find_snapshot(Catalog *catalog,
              const GPtrArray *tables,
              const char *text,
              gint64 write_id,
              CatalogSnapshotText *snapshot,
              GError **error)
{
    gint64 own_id = 0;

    if (text && *text)
        return catalog_snapshot_text_parse(text, snapshot, error);
    if (write_id > 0 && tables->len > 0 &&
        !store_write_id_transaction(catalog->store, tables->pdata[0], write_id, &own_id, error))
        return FALSE;
    return take_snapshot(catalog, own_id, snapshot, error);
}

GPtrArray *
catalog_write_id_valid(Catalog *catalog,
                       const GPtrArray *tables,
                       const char *snapshot_text,
                       gint64 write_id,
                       GError **error)
{
    g_autoptr(GPtrArray) folded = fold_references(tables, error);
    g_auto(CatalogSnapshotText) snapshot = {0};

    catalog_snapshot_text_init(&snapshot);
    if (!folded || !find_snapshot(catalog, folded, snapshot_text, write_id, &snapshot, error))
        return NULL;
    return store_write_id_valid(catalog->store, folded, snapshot.water_id, snapshot.open,
                                snapshot.aborted, error);
}

/* ---- one table ---- */

gboolean
catalog_write_id_max(Catalog *catalog,
                     const CatalogTableReference *table,
                     gint64 *out_write_id,
                     GError **error)
{
    g_auto(CatalogTableReference) folded = {NULL};

    return catalog_table_reference_fold(table, &folded, error) &&
           store_write_id_max(catalog->store, &folded, out_write_id, error);
}

gboolean
catalog_write_id_seed(Catalog *catalog,
                      const CatalogTableReference *table,
                      gint64 write_id,
                      GError **error)
{
    g_auto(CatalogTableReference) folded = {NULL};

    if (write_id < 0 || write_id == G_MAXINT64)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "%" G_GINT64_FORMAT " is no write id", write_id);
    return catalog_table_reference_fold(table, &folded, error) &&
           store_write_id_seed(catalog->store, &folded, write_id + 1, error);
}

gboolean
catalog_write_id_replicate(Catalog *catalog,
                           const CatalogTableReference *table,
                           const char *state,
                           const char *user,
                           const char *host,
                           const GPtrArray *partitions,
                           GError **error)
{
    g_auto(CatalogTableReference) folded = {NULL};
    g_auto(CatalogSnapshotText) snapshot = {0};
    g_autoptr(GArray) invalid = NULL;
    const char *numbers = state ? strchr(state, ':') : NULL;
    CatalogTransactionOpening opening = {.user = user, .host = host};

    catalog_snapshot_text_init(&snapshot);
    if (!numbers)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "A list of write ids begins with its table");
    if (!catalog_table_reference_fold(table, &folded, error) ||
        !catalog_snapshot_text_parse(numbers + 1, &snapshot, error))
        return FALSE;
    /* What is open there may never be committed here: the other warehouse sends it again. */
    g_array_append_vals(snapshot.aborted, snapshot.open->data, snapshot.open->len);
    invalid = sort_ids(snapshot.aborted);
    opening.count = (gint32)invalid->len;
    if (snapshot.water_id == G_MAXINT64 || invalid->len > TABLES_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "A list of write ids is too long");
    return store_write_id_replicate(catalog->store, &folded, &opening, invalid,
                                    partitions ? (const char *const *)partitions->pdata : NULL,
                                    partitions ? partitions->len : 0, snapshot.water_id + 1, error);
}

gboolean
catalog_write_id_note_reads(Catalog *catalog,
                            gint64 transaction_id,
                            const GPtrArray *tables,
                            const GArray *write_ids,
                            GError **error)
{
    g_autoptr(GPtrArray) folded = fold_references(tables, error);

    return folded &&
           store_write_id_note_reads(catalog->store, transaction_id, folded, write_ids, error);
}
