/* SPDX-License-Identifier: Apache-2.0 */
/* Reading partitions: which ones a request means, and handing them on while they arrive. Changes
 * are in partition_change.c, names in partition_name.c, the filter language in partition_filter.c.
 * Callers: the Thrift door. */
#include "catalog/partition_private.h"

#include <string.h>

#include "catalog/catalog_private.h"
#include "skep/error.h"
#include "skep/store_table.h"

void
catalog_partition_query_init(CatalogPartitionQuery *query)
{
    *query = (CatalogPartitionQuery){.max = -1};
}

CatalogTable *
catalog_partition_table_find(Catalog *catalog,
                             const char *catalog_name,
                             const char *namespace_name,
                             const char *table_name,
                             GError **error)
{
    g_auto(CatalogTableName) name = {0};
    CatalogTable *table = NULL;

    if (!catalog_table_name_fold(&name, catalog_name, namespace_name, table_name, error) ||
        !store_table_find(catalog->store, name.catalog, name.namespace_name, name.table, &table,
                          error))
        return NULL;
    if (table == NULL)
        catalog_fail_no_table(error, name.namespace_name, name.table);
    return table;
}

StorePartitionTable
catalog_partition_store_table(const CatalogTable *table)
{
    return (StorePartitionTable){table->id, table->location};
}

char *
catalog_partition_object(const CatalogTable *table, const char *partition_name)
{
    g_autofree char *dotted = catalog_name_dotted(table->namespace_name, table->name);

    return g_strconcat(dotted, ".", partition_name, NULL);
}

char *
catalog_partition_values_text(const char *const *values)
{
    g_autofree char *joined = g_strjoinv(", ", (GStrv)values);

    return g_strconcat("[", joined, "]", NULL);
}

/* The names of keys, NULL-terminated, borrowed from the table. */
static GPtrArray *
key_names(const CatalogTable *table)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < table->partition_keys->len; i++) {
        const CatalogColumn *key = table->partition_keys->pdata[i];

        g_ptr_array_add(names, key->name);
    }
    g_ptr_array_add(names, NULL);
    return names;
}

static gboolean
fail_value_count(const CatalogTable *table, const char *const *values, GError **error)
{
    g_autoptr(GPtrArray) keys = key_names(table);
    g_autofree char *key_text = g_strjoinv(", ", (GStrv)keys->pdata);
    g_autofree char *value_text = g_strjoinv(", ", (GStrv)values);
    g_autofree char *object = catalog_name_dotted(table->namespace_name, table->name);

    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, object,
                     "Invalid partition key & values; keys [%s%s], values [%s%s]", key_text,
                     *key_text != '\0' ? ", " : "", value_text, values[0] != NULL ? ", " : "");
}

char *
catalog_partition_name_make(const CatalogTable *table, const char *const *values, GError **error)
{
    static const char *const none[] = {NULL};
    g_autoptr(GPtrArray) keys = NULL;

    if (values == NULL)
        values = none;
    if (values[0] == NULL || g_strv_length((GStrv)values) != table->partition_keys->len) {
        fail_value_count(table, values, error);
        return NULL;
    }
    keys = key_names(table);
    return catalog_partition_name_format((const char *const *)keys->pdata, values);
}

CatalogPartition *
catalog_partition_find(Catalog *catalog,
                       const char *catalog_name,
                       const char *namespace_name,
                       const char *table_name,
                       const char *const *values,
                       GError **error)
{
    g_autoptr(CatalogTable) table =
        catalog_partition_table_find(catalog, catalog_name, namespace_name, table_name, error);
    g_autofree char *name =
        table != NULL ? catalog_partition_name_make(table, values, error) : NULL;
    CatalogPartition *partition = NULL;
    StorePartitionTable store_table;

    if (name == NULL)
        return NULL;
    store_table = catalog_partition_store_table(table);
    if (!store_partition_find(catalog->store, &store_table, name, &partition, error))
        return NULL;
    if (partition == NULL) {
        g_autofree char *object = catalog_partition_object(table, name);
        g_autofree char *text = catalog_partition_values_text(values);

        return skep_fail_null(error, SKEP_ERROR_NO_SUCH_PARTITION, object, "partition values=%s",
                              text);
    }
    return partition;
}

/* ---- which partitions ---- */

static gboolean
fail_partial_values(const CatalogTable *table, const char *const *values, GError **error)
{
    g_autofree char *text = catalog_partition_values_text(values);

    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "Incorrect number of partition values. numPartKeys=%u, part_val=%s",
                     table->partition_keys->len, text);
}

/* Values count as texts here, whatever the key's type: they are parts of names. */
static gboolean
add_partial_values(StorePartitionPredicate *predicate,
                   const CatalogTable *table,
                   const char *const *values,
                   guint *groups,
                   GError **error)
{
    if (g_strv_length((GStrv)values) > table->partition_keys->len)
        return fail_partial_values(table, values, error);
    for (guint key = 0; values[key] != NULL; key++) {
        gboolean is_default = g_str_equal(values[key], CATALOG_PARTITION_DEFAULT_NAME);

        if (*values[key] == '\0')
            continue;
        store_partition_predicate_add_test(predicate, key, STORE_PARTITION_TEXT,
                                           is_default ? STORE_PARTITION_IS_DEFAULT
                                                      : STORE_PARTITION_EQUAL,
                                           values + key, is_default ? 0 : 1);
        (*groups)++;
    }
    return TRUE;
}

/* All members of the query as one condition; without any: an empty predicate, which holds for all.
 */
static StorePartitionPredicate *
compile_query(const CatalogTable *table, const CatalogPartitionQuery *query, GError **error)
{
    g_autoptr(StorePartitionPredicate) predicate = store_partition_predicate_new();
    StorePartitionStep *first;
    guint groups = 0;
    guint steps;

    store_partition_predicate_add_group(predicate, STORE_PARTITION_STEP_ALL, 0);
    if (query->names != NULL) {
        store_partition_predicate_add_names(predicate, query->names);
        groups++;
    }
    if (query->partial_values != NULL &&
        !add_partial_values(predicate, table, query->partial_values, &groups, error))
        return NULL;
    steps = predicate->steps->len;
    if (query->filter != NULL &&
        !catalog_partition_filter_compile(query->filter, table->partition_keys, predicate, error))
        return NULL;
    if (predicate->steps->len > steps)
        groups++;
    first = &g_array_index(predicate->steps, StorePartitionStep, 0);
    first->count = groups;
    if (groups == 0)
        g_array_set_size(predicate->steps, 0);
    return g_steal_pointer(&predicate);
}

/* Names of one statement: all of a long list would be in memory several times over. */
#define NAMES_PER_STATEMENT 5000

/* A table and what is asked of it: what every listing starts with. A long list of names is asked
 * for in parts, each a statement of its own; sorted, so that the parts' answers follow one another
 * in the order of names, and each name comes once. */
typedef struct {
    CatalogTable *table;
    StorePartitionTable store_table;
    CatalogPartitionQuery query; /* with the names of the present part */
    GPtrArray *names;            /* char*, borrowed, sorted, each once; NULL: all in one part */
    const char **part;           /* NULL-terminated */
    guint first;                 /* of the part, among the names */
    gboolean is_begun;
    StorePartitionPredicate *predicate; /* of the part */
} Selection;

static void
selection_clear(Selection *selection)
{
    catalog_table_free(selection->table);
    store_partition_predicate_free(selection->predicate);
    g_clear_pointer(&selection->names, g_ptr_array_unref);
    g_free(selection->part);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Selection, selection_clear)

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
split_names(Selection *selection, const char *const *names)
{
    guint kept = 0;
    guint count = names != NULL ? g_strv_length((GStrv)names) : 0;
    gpointer *sorted;

    if (count <= NAMES_PER_STATEMENT)
        return;
    selection->names = g_ptr_array_sized_new(count);
    for (guint i = 0; i < count; i++)
        g_ptr_array_add(selection->names, (gpointer)names[i]);
    g_ptr_array_sort(selection->names, compare_names);
    sorted = selection->names->pdata;
    for (guint i = 0; i < count; i++)
        if (kept == 0 || strcmp(sorted[i], sorted[kept - 1]) != 0)
            sorted[kept++] = sorted[i];
    g_ptr_array_set_size(selection->names, (gint)kept);
    selection->part = g_new0(const char *, NAMES_PER_STATEMENT + 1);
}

static gboolean
selection_init(Selection *selection,
               Catalog *catalog,
               const char *catalog_name,
               const char *namespace_name,
               const char *table_name,
               const CatalogPartitionQuery *query,
               GError **error)
{
    selection->table =
        catalog_partition_table_find(catalog, catalog_name, namespace_name, table_name, error);
    if (selection->table == NULL)
        return FALSE;
    selection->store_table = catalog_partition_store_table(selection->table);
    selection->query = *query;
    split_names(selection, query->names);
    return TRUE;
}

/* Goes to the next part, at first to the first one. FALSE with an error, or without one when there
 * is none left. */
static gboolean
selection_next(Selection *selection, GError **error)
{
    guint total = selection->names != NULL ? selection->names->len : 1;

    if (selection->is_begun)
        selection->first += selection->names != NULL ? NAMES_PER_STATEMENT : 1;
    selection->is_begun = TRUE;
    if (selection->first >= total)
        return FALSE;
    if (selection->names != NULL) {
        guint count = MIN(total - selection->first, NAMES_PER_STATEMENT);

        for (guint i = 0; i < count; i++)
            selection->part[i] = selection->names->pdata[selection->first + i];
        selection->part[count] = NULL;
        selection->query.names = selection->part;
    }
    g_clear_pointer(&selection->predicate, store_partition_predicate_free);
    selection->predicate = compile_query(selection->table, &selection->query, error);
    return selection->predicate != NULL;
}

/* All parts counted together, at most `max` (-1: all). The selection is at its beginning again
 * afterwards. */
static gboolean
selection_count(
    Selection *selection, Catalog *catalog, gint64 max, gint64 *out_count, GError **error)
{
    GError *failure = NULL;
    gint64 total = 0;

    while ((max < 0 || total < max) && selection_next(selection, &failure)) {
        gint64 count = 0;

        if (!store_partition_count(catalog->store, &selection->store_table, selection->predicate,
                                   max < 0 ? -1 : max - total, &count, error))
            return FALSE;
        total += count;
    }
    selection->is_begun = FALSE;
    selection->first = 0;
    if (failure != NULL) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    *out_count = total;
    return TRUE;
}

static gboolean
check_request_limit(Catalog *catalog, Selection *selection, gint max, GError **error)
{
    gint limit = catalog->options.partitions_per_request_max;
    gint64 count;

    if (limit <= 0 || (max >= 0 && max <= limit))
        return TRUE;
    if (!selection_count(selection, catalog, max < 0 ? -1 : max, &count, error))
        return FALSE;
    if (count <= limit)
        return TRUE;
    return skep_fail(error, SKEP_ERROR_TOO_LARGE, selection->table->name,
                     "Number of partitions scanned (=%" G_GINT64_FORMAT ") on table '%s' exceeds "
                     "limit (=%d). This is controlled on the metastore server by "
                     "metastore.limit.partition.request.",
                     count, selection->table->name, limit);
}

/* What a scan in parts carries from one to the next. */
typedef struct {
    CatalogPartitionFunc func; /* one of these two is set */
    CatalogNameFunc name_func;
    gpointer data;
    gint64 left; /* how many may still be given out; -1: all */
} Giving;

static gboolean
give_partition(const CatalogPartition *partition, gpointer data, GError **error)
{
    Giving *giving = data;

    if (giving->left > 0)
        giving->left--;
    return giving->func(partition, giving->data, error);
}

static gboolean
give_name(const char *name, gpointer data, GError **error)
{
    Giving *giving = data;

    if (giving->left > 0)
        giving->left--;
    return giving->name_func(name, giving->data, error);
}

static gboolean
scan_part(Catalog *catalog, const Selection *selection, Giving *giving, GError **error)
{
    if (giving->func != NULL)
        return store_partition_scan(catalog->store, &selection->store_table, selection->predicate,
                                    giving->left, give_partition, giving, error);
    return store_partition_scan_names(catalog->store, &selection->store_table, selection->predicate,
                                      giving->left, give_name, giving, error);
}

static gboolean
scan_parts(Catalog *catalog, Selection *selection, Giving *giving, GError **error)
{
    GError *failure = NULL;

    do {
        if (!selection_next(selection, &failure))
            break;
        if (!scan_part(catalog, selection, giving, error))
            return FALSE;
    } while (giving->left != 0);
    if (failure == NULL)
        return TRUE;
    g_propagate_error(error, failure);
    return FALSE;
}

gboolean
catalog_partition_scan(Catalog *catalog,
                       const char *catalog_name,
                       const char *namespace_name,
                       const char *table_name,
                       const CatalogPartitionQuery *query,
                       CatalogTable **out_table,
                       CatalogPartitionFunc func,
                       gpointer data,
                       GError **error)
{
    g_auto(Selection) selection = {0};
    Giving giving = {func, NULL, data, MAX(query->max, -1)};

    if (!selection_init(&selection, catalog, catalog_name, namespace_name, table_name, query,
                        error) ||
        !check_request_limit(catalog, &selection, query->max, error))
        return FALSE;
    /* The location in store_table belongs to the table, so it must live on here. */
    if (out_table != NULL)
        *out_table = catalog_table_copy(selection.table);
    return scan_parts(catalog, &selection, &giving, error);
}

gboolean
catalog_partition_scan_names(Catalog *catalog,
                             const char *catalog_name,
                             const char *namespace_name,
                             const char *table_name,
                             const CatalogPartitionQuery *query,
                             CatalogNameFunc func,
                             gpointer data,
                             GError **error)
{
    g_auto(Selection) selection = {0};
    Giving giving = {NULL, func, data, MAX(query->max, -1)};

    return selection_init(&selection, catalog, catalog_name, namespace_name, table_name, query,
                          error) &&
           scan_parts(catalog, &selection, &giving, error);
}

gboolean
catalog_partition_count(Catalog *catalog,
                        const char *catalog_name,
                        const char *namespace_name,
                        const char *table_name,
                        const CatalogPartitionQuery *query,
                        gint64 *out_count,
                        GError **error)
{
    g_auto(Selection) selection = {0};

    return selection_init(&selection, catalog, catalog_name, namespace_name, table_name, query,
                          error) &&
           selection_count(&selection, catalog, query->max, out_count, error);
}
