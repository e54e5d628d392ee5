/* SPDX-License-Identifier: Apache-2.0 */
/* Operations on column statistics: what may be stored, what is given out, and the sum over
 * partitions. Merging two is in statistics_merge.c. Caller: the Thrift door. */
#include "catalog/partition_private.h"

#include <math.h>
#include <string.h>

#include "catalog/catalog_private.h"
#include "catalog/statistics_private.h"
#include "skep/catalog_partition.h"
#include "skep/store_statistics.h"

static const char *
engine_of(const CatalogStatisticsTarget *target)
{
    return target->engine != NULL ? target->engine : CATALOG_STATISTICS_ENGINE;
}

static CatalogTable *
find_table(Catalog *catalog, const CatalogStatisticsTarget *target, GError **error)
{
    return catalog_partition_table_find(catalog, target->catalog_name, target->namespace_name,
                                        target->table_name, error);
}

/* The parameter speaks of Hive's own statistics alone. */
static StoreStatisticsRules
rules_of(const CatalogStatisticsTarget *target, gboolean merge)
{
    gboolean is_own = strcmp(engine_of(target), CATALOG_STATISTICS_ENGINE) == 0;

    return (StoreStatisticsRules){.merge = merge ? catalog_statistics_merge : NULL,
                                  .mark = is_own ? catalog_statistics_mark : NULL};
}

/* Name -> CatalogColumn, partition keys among them, both borrowed from the table. */
static GHashTable *
index_columns(const CatalogTable *table)
{
    GHashTable *columns = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; table->storage != NULL && i < table->storage->columns->len; i++) {
        CatalogColumn *column = table->storage->columns->pdata[i];

        g_hash_table_insert(columns, column->name, column);
    }
    for (guint i = 0; i < table->partition_keys->len; i++) {
        CatalogColumn *key = table->partition_keys->pdata[i];

        g_hash_table_insert(columns, key->name, key);
    }
    return columns;
}

/* Keys are names of columns, and stored in lower case. What is not such a name stays as it is. */
static char *
fold_partition_name(const char *name)
{
    g_auto(GStrv) keys = NULL;
    g_auto(GStrv) values = NULL;

    if (!catalog_partition_name_parse(name, &keys, &values, NULL))
        return g_strdup(name);
    for (gsize i = 0; keys[i] != NULL; i++) {
        char *folded = g_utf8_strdown(keys[i], -1);

        g_free(keys[i]);
        keys[i] = folded;
    }
    return catalog_partition_name_format((const char *const *)keys, (const char *const *)values);
}

/* --- updating --- */

static gboolean
check_bound(const CatalogColumnStatistics *statistics,
            const CatalogStatisticsBound *bound,
            GError **error)
{
    if (statistics->kind != CATALOG_STATISTICS_DECIMAL || !bound->is_known)
        return TRUE;
    if (bound->unscaled != NULL && g_bytes_get_size(bound->unscaled) <= CATALOG_DECIMAL_BYTES_MAX &&
        ABS(bound->scale) <= CATALOG_DECIMAL_SCALE_MAX)
        return TRUE;
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, statistics->column,
                     "A decimal in the statistics of column %s is too long", statistics->column);
}

/* A copy as it is stored. */
static CatalogColumnStatistics *
settle_column(const CatalogTable *table,
              GHashTable *columns,
              const CatalogColumnStatistics *wanted,
              GError **error)
{
    g_autofree char *name = catalog_name_fold(wanted->column, error);
    const CatalogColumn *column = name != NULL ? g_hash_table_lookup(columns, name) : NULL;
    CatalogColumnStatistics *settled;

    if (name == NULL)
        return NULL;
    if (column == NULL)
        return skep_fail_null(error, SKEP_ERROR_NO_SUCH_OBJECT, name,
                              "Column %s doesn't exist in table %s in database %s", name,
                              table->name, table->namespace_name);
    if (!check_bound(wanted, &wanted->low, error) || !check_bound(wanted, &wanted->high, error))
        return NULL;
    settled = catalog_column_statistics_copy(wanted);
    g_free(settled->column);
    settled->column = g_steal_pointer(&name);
    if (settled->type == NULL)
        settled->type = g_strdup(column->type);
    g_free(settled->declared_type);
    settled->declared_type = g_strdup(column->type);
    if (settled->analyzed_s <= 0)
        settled->analyzed_s = catalog_now_s();
    return settled;
}

/* Adds to `mine`; a column that is there already, in `places` by partition and name, is replaced.
 */
static void
take_column(CatalogStatistics *mine, GHashTable *places, CatalogColumnStatistics *column)
{
    char *key = g_strconcat(mine->partition_name != NULL ? mine->partition_name : "", "\n",
                            column->column, NULL);
    gpointer place = NULL;

    if (g_hash_table_lookup_extended(places, key, NULL, &place)) {
        catalog_column_statistics_free(mine->columns->pdata[GPOINTER_TO_UINT(place)]);
        mine->columns->pdata[GPOINTER_TO_UINT(place)] = column;
        g_free(key);
        return;
    }
    g_hash_table_insert(places, key, GUINT_TO_POINTER(mine->columns->len));
    g_ptr_array_add(mine->columns, column);
}

/* The record of the same partition in `settled`, made when there is none. */
static CatalogStatistics *
take_statistics(GPtrArray *settled, GHashTable *by_name, const char *partition_name)
{
    g_autofree char *name = partition_name != NULL ? fold_partition_name(partition_name) : NULL;
    const char *key = name != NULL ? name : "";
    CatalogStatistics *made = g_hash_table_lookup(by_name, key);

    if (made == NULL) {
        made = catalog_statistics_new(name);
        g_ptr_array_add(settled, made);
        g_hash_table_insert(by_name, g_strdup(key), made);
    }
    return made;
}

/* All of them as they are stored, each partition and column once, the last one counting. */
static GPtrArray *
settle(const CatalogTable *table, const GPtrArray *wanted, GError **error)
{
    g_autoptr(GPtrArray) settled = catalog_statistics_list_new();
    g_autoptr(GHashTable) by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) columns = index_columns(table);

    for (guint i = 0; i < wanted->len; i++) {
        const CatalogStatistics *each = wanted->pdata[i];
        CatalogStatistics *mine = take_statistics(settled, by_name, each->partition_name);

        for (guint c = 0; c < each->columns->len; c++) {
            CatalogColumnStatistics *column =
                settle_column(table, columns, each->columns->pdata[c], error);

            if (column == NULL)
                return NULL;
            take_column(mine, places, column);
        }
    }
    if (settled->len > 1 && g_hash_table_contains(by_name, ""))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                              "Statistics of the table and of partitions cannot be stored at once");
    return g_steal_pointer(&settled);
}

gboolean
catalog_statistics_update(Catalog *catalog,
                          const CatalogStatisticsTarget *target,
                          const GPtrArray *statistics,
                          gboolean merge,
                          GError **error)
{
    g_autoptr(CatalogTable) table = find_table(catalog, target, error);
    g_autoptr(GPtrArray) settled = NULL;
    StoreStatisticsRules rules = rules_of(target, merge);
    gboolean found = FALSE;

    if (table == NULL)
        return FALSE;
    settled = settle(table, statistics, error);
    if (settled == NULL)
        return FALSE;
    if (settled->len == 0)
        return TRUE;
    if (!store_statistics_write(catalog->store, table->id, engine_of(target), settled, &rules,
                                &found, error))
        return FALSE;
    if (found)
        return TRUE;
    if (((const CatalogStatistics *)settled->pdata[0])->partition_name == NULL)
        return catalog_fail_no_table(error, table->namespace_name, table->name);
    return skep_fail(error, SKEP_ERROR_NO_SUCH_PARTITION, table->name,
                     "Partition for which stats is gathered doesn't exist.");
}

/* --- reading --- */

/* A request in the form that the store takes; what it points to lives here. */
typedef struct {
    CatalogTable *table;
    GHashTable *declared;       /* the table's columns, see index_columns */
    GPtrArray *columns;         /* char*, NULL-terminated; NULL: all */
    GPtrArray *partition_names; /* the same; NULL: the table's own */
    StoreStatisticsQuery query;
} Selection;

static void
selection_clear(Selection *selection)
{
    g_clear_pointer(&selection->declared, g_hash_table_unref);
    catalog_table_free(selection->table);
    g_clear_pointer(&selection->columns, g_ptr_array_unref);
    g_clear_pointer(&selection->partition_names, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Selection, selection_clear)

/* Each once. */
static GPtrArray *
fold_all(const char *const *names, gboolean are_partitions, GError **error)
{
    g_autoptr(GPtrArray) folded = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (gsize i = 0; names[i] != NULL; i++) {
        char *name =
            are_partitions ? fold_partition_name(names[i]) : catalog_name_fold(names[i], error);

        if (name == NULL)
            return NULL;
        if (g_hash_table_add(seen, name))
            g_ptr_array_add(folded, name);
        else
            g_free(name);
    }
    g_ptr_array_add(folded, NULL);
    return g_steal_pointer(&folded);
}

static gboolean
selection_init(Selection *selection,
               Catalog *catalog,
               const CatalogStatisticsTarget *target,
               const char *const *partition_names,
               const char *const *columns,
               GError **error)
{
    selection->table = find_table(catalog, target, error);
    if (selection->table == NULL)
        return FALSE;
    selection->declared = index_columns(selection->table);
    selection->query.table_id = selection->table->id;
    selection->query.engine = engine_of(target);
    if (columns != NULL) {
        selection->columns = fold_all(columns, FALSE, error);
        if (selection->columns == NULL)
            return FALSE;
        selection->query.columns = (const char *const *)selection->columns->pdata;
    }
    if (partition_names != NULL) {
        selection->partition_names = fold_all(partition_names, TRUE, error);
        selection->query.partition_names = (const char *const *)selection->partition_names->pdata;
    }
    return TRUE;
}

/* Is there still the column that these were measured of? */
static gboolean
is_current(const Selection *selection, const CatalogColumnStatistics *statistics)
{
    const CatalogColumn *column = g_hash_table_lookup(selection->declared, statistics->column);

    return column != NULL && g_strcmp0(column->type, statistics->declared_type) == 0;
}

typedef struct {
    const Selection *selection;
    GPtrArray *found; /* CatalogStatistics* */
    guint count;
} Collection;

static gboolean
collect(const char *partition_name,
        const CatalogColumnStatistics *statistics,
        gpointer data,
        GError **error)
{
    Collection *collection = data;
    GPtrArray *found = collection->found;
    CatalogStatistics *last = found->len > 0 ? found->pdata[found->len - 1] : NULL;

    if (!is_current(collection->selection, statistics))
        return TRUE;
    if (++collection->count > CATALOG_STATISTICS_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, collection->selection->table->name,
                         "More than %d column statistics were asked for at once",
                         CATALOG_STATISTICS_MAX);
    if (last == NULL || strcmp(last->partition_name, partition_name) != 0) {
        last = catalog_statistics_new(partition_name);
        g_ptr_array_add(found, last);
    }
    g_ptr_array_add(last->columns, catalog_column_statistics_copy(statistics));
    return TRUE;
}

GPtrArray *
catalog_statistics_find_partitions(Catalog *catalog,
                                   const CatalogStatisticsTarget *target,
                                   const char *const *partition_names,
                                   const char *const *columns,
                                   GError **error)
{
    g_autoptr(GPtrArray) found = catalog_statistics_list_new();
    g_auto(Selection) selection = {0};
    Collection collection = {&selection, found, 0};

    if (!selection_init(&selection, catalog, target, partition_names, columns, error) ||
        !store_statistics_scan(catalog->store, &selection.query, collect, &collection, error))
        return NULL;
    return g_steal_pointer(&found);
}

GPtrArray *
catalog_statistics_find(Catalog *catalog,
                        const CatalogStatisticsTarget *target,
                        const char *const *columns,
                        GError **error)
{
    g_autoptr(GPtrArray) found =
        catalog_statistics_find_partitions(catalog, target, NULL, columns, error);

    if (found == NULL)
        return NULL;
    if (found->len == 0)
        return catalog_column_statistics_list_new();
    return g_ptr_array_ref(((const CatalogStatistics *)found->pdata[0])->columns);
}

/* --- the sum over partitions --- */

typedef struct {
    CatalogColumnStatistics *sum;
    gint64 partitions; /* that had any */
} Total;

static void
total_free(gpointer data)
{
    Total *total = data;

    catalog_column_statistics_free(total->sum);
    g_free(total);
}

typedef struct {
    const Selection *selection;
    GHashTable *totals; /* borrowed name of a column -> Total* */
    GPtrArray *in_order;
    char *partition_name; /* of the row before */
    guint columns;        /* of that partition, so far */
    guint columns_wanted;
    gint64 partitions;
} Aggregation;

static void
aggregation_clear(Aggregation *aggregation)
{
    g_clear_pointer(&aggregation->totals, g_hash_table_unref);
    g_clear_pointer(&aggregation->in_order, g_ptr_array_unref);
    g_free(aggregation->partition_name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Aggregation, aggregation_clear)

/* After the last row of a partition. Without wanted columns one is enough. */
static void
aggregation_end_partition(Aggregation *aggregation)
{
    if (aggregation->columns > 0 && aggregation->columns >= aggregation->columns_wanted)
        aggregation->partitions++;
    aggregation->columns = 0;
}

static void
aggregation_add(Aggregation *aggregation, const CatalogColumnStatistics *statistics)
{
    Total *total = g_hash_table_lookup(aggregation->totals, statistics->column);
    CatalogColumnStatistics *sum;

    if (total == NULL) {
        total = g_new0(Total, 1);
        total->sum = catalog_column_statistics_copy(statistics);
        g_hash_table_insert(aggregation->totals, total->sum->column, total);
        g_ptr_array_add(aggregation->in_order, total);
    } else if (total->sum->kind == statistics->kind) {
        sum = catalog_statistics_merge(total->sum, statistics);
        g_hash_table_remove(aggregation->totals, statistics->column);
        catalog_column_statistics_free(total->sum);
        total->sum = sum;
        g_hash_table_insert(aggregation->totals, sum->column, total);
    }
    total->partitions++;
}

static gboolean
aggregate_row(const char *partition_name,
              const CatalogColumnStatistics *statistics,
              gpointer data,
              GError **error)
{
    Aggregation *aggregation = data;

    (void)error;
    if (!is_current(aggregation->selection, statistics))
        return TRUE;
    if (g_strcmp0(aggregation->partition_name, partition_name) != 0) {
        aggregation_end_partition(aggregation);
        g_free(aggregation->partition_name);
        aggregation->partition_name = g_strdup(partition_name);
    }
    aggregation->columns++;
    aggregation_add(aggregation, statistics);
    return TRUE;
}

static gint64
scale_count(gint64 count, double factor)
{
    double scaled = floor((double)count * factor);

    return scaled >= (double)G_MAXINT64 ? G_MAXINT64 : (gint64)scaled;
}

/* What the partitions without statistics hold is taken to be like the rest. */
static CatalogColumnStatistics *
total_finish(Total *total, guint partitions_wanted)
{
    CatalogColumnStatistics *sum = g_steal_pointer(&total->sum);
    double factor = (double)partitions_wanted / (double)total->partitions;

    if (factor > 1) {
        sum->null_count = scale_count(sum->null_count, factor);
        sum->true_count = scale_count(sum->true_count, factor);
        sum->false_count = scale_count(sum->false_count, factor);
    }
    return sum;
}

GPtrArray *
catalog_statistics_aggregate(Catalog *catalog,
                             const CatalogStatisticsTarget *target,
                             const char *const *partition_names,
                             const char *const *columns,
                             gint64 *out_partitions,
                             GError **error)
{
    g_auto(Selection) selection = {0};
    g_auto(Aggregation) aggregation = {.selection = &selection};
    GPtrArray *sums;

    if (!selection_init(&selection, catalog, target, partition_names, columns, error))
        return NULL;
    aggregation.totals = g_hash_table_new(g_str_hash, g_str_equal);
    aggregation.in_order = g_ptr_array_new_with_free_func(total_free);
    aggregation.columns_wanted = selection.columns != NULL ? selection.columns->len - 1 : 0;
    if (!store_statistics_scan(catalog->store, &selection.query, aggregate_row, &aggregation,
                               error))
        return NULL;
    aggregation_end_partition(&aggregation);
    sums = catalog_column_statistics_list_new();
    for (guint i = 0; i < aggregation.in_order->len; i++)
        g_ptr_array_add(
            sums, total_finish(aggregation.in_order->pdata[i], selection.partition_names->len - 1));
    *out_partitions = aggregation.partitions;
    return sums;
}

/* --- deleting --- */

static gboolean
fail_nothing_deleted(const Selection *selection, GError **error)
{
    const CatalogTable *table = selection->table;
    const char *column = selection->columns != NULL ? selection->columns->pdata[0] : NULL;

    return skep_fail(error, SKEP_ERROR_NO_SUCH_OBJECT, table->name,
                     "Column stats doesn't exist for db=%s table=%s col=%s", table->namespace_name,
                     table->name, column != NULL ? column : "null");
}

gboolean
catalog_statistics_delete(Catalog *catalog,
                          const CatalogStatisticsTarget *target,
                          const char *const *partition_names,
                          const char *const *columns,
                          GError **error)
{
    StoreStatisticsRules rules = rules_of(target, FALSE);
    g_auto(Selection) selection = {0};
    gint64 deleted = 0;

    return selection_init(&selection, catalog, target, partition_names, columns, error) &&
           store_statistics_delete(catalog->store, &selection.query, &rules, &deleted, error) &&
           (deleted > 0 || fail_nothing_deleted(&selection, error));
}

/* --- after a table was altered --- */

void
catalog_statistics_forget_changed(Catalog *catalog,
                                  const CatalogTable *before,
                                  const CatalogTable *after)
{
    g_autoptr(GPtrArray) changed = catalog_statistics_changed_columns(before, after);

    if (changed->len == 0)
        return;
    g_ptr_array_add(changed, NULL);
    store_statistics_forget_columns(catalog->store, before->id, (const char *const *)changed->pdata,
                                    NULL);
}
