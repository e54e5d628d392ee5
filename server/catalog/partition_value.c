/* SPDX-License-Identifier: Apache-2.0 */
/* Values of some of a table's partition keys: read out of the partitions' names, as they stand
 * there, while the names arrive. Caller: the Thrift door. */
#include "catalog/partition_private.h"

#include <string.h>

#include "catalog/catalog_private.h"
#include "skep/error.h"

/* Rows while they are collected: columns of the answer first, then those of the order. */
typedef struct {
    const CatalogPartitionValuesQuery *query;
    GArray *columns;  /* guint: ordinals of keys */
    guint width;      /* how many of them are the answer's */
    GPtrArray *rows;  /* GStrv */
    GHashTable *seen; /* char* of rows; NULL: all rows count */
} Collection;

static void
row_free(gpointer row)
{
    g_strfreev(row);
}

static void
collection_clear(Collection *collection)
{
    g_clear_pointer(&collection->columns, g_array_unref);
    g_clear_pointer(&collection->rows, g_ptr_array_unref);
    g_clear_pointer(&collection->seen, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Collection, collection_clear)

static gboolean
add_columns(GArray *columns, const CatalogTable *table, const char *const *keys, GError **error)
{
    for (gsize i = 0; keys != NULL && keys[i] != NULL; i++) {
        guint found = 0;

        while (found < table->partition_keys->len &&
               g_ascii_strcasecmp(((CatalogColumn *)table->partition_keys->pdata[found])->name,
                                  keys[i]) != 0)
            found++;
        if (found == table->partition_keys->len)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, keys[i],
                             "Specified key <%s> is not a partitioning key for the table", keys[i]);
        g_array_append_val(columns, found);
    }
    return TRUE;
}

static gboolean
collection_init(Collection *collection,
                const CatalogTable *table,
                const CatalogPartitionValuesQuery *query,
                GError **error)
{
    collection->query = query;
    collection->columns = g_array_new(FALSE, FALSE, sizeof(guint));
    collection->rows = g_ptr_array_new_with_free_func(row_free);
    if (query->is_distinct)
        collection->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!add_columns(collection->columns, table, query->keys, error))
        return FALSE;
    collection->width = collection->columns->len;
    if (collection->width == 0)
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                         "No partition key of %s.%s was asked for", table->namespace_name,
                         table->name);
    return add_columns(collection->columns, table, query->order, error);
}

/* The text after the '=' of each part that is wanted. */
static GStrv
row_of_name(const Collection *collection, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);
    guint count = g_strv_length(parts);
    GStrv row = g_new0(char *, (gsize)collection->columns->len + 1);

    for (guint i = 0; i < collection->columns->len; i++) {
        guint key = g_array_index(collection->columns, guint, i);
        const char *equals = key < count ? strchr(parts[key], '=') : NULL;

        row[i] = g_strdup(equals != NULL ? equals + 1 : "");
    }
    return row;
}

/* Whether nothing that is still to come can change the answer. */
static gboolean
collection_is_full(const Collection *collection)
{
    const CatalogPartitionValuesQuery *query = collection->query;

    return query->max >= 0 && collection->rows->len >= (guint64)query->max &&
           collection->columns->len == collection->width && !query->is_descending;
}

/* A CatalogNameFunc. */
static gboolean
collect_row(const char *name, gpointer data, GError **error)
{
    Collection *collection = data;
    GStrv row;

    if (collection_is_full(collection))
        return TRUE;
    if (collection->rows->len >= CATALOG_PARTITION_VALUES_MAX)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL,
                         "The answer would have more than %d rows", CATALOG_PARTITION_VALUES_MAX);
    row = row_of_name(collection, name);
    if (collection->seen != NULL && !g_hash_table_add(collection->seen, g_strjoinv("/", row))) {
        g_strfreev(row);
        return TRUE;
    }
    g_ptr_array_add(collection->rows, row);
    return TRUE;
}

static int
compare_rows(gconstpointer a, gconstpointer b, gpointer data)
{
    const Collection *collection = data;
    const char *const *left = *(const char *const *const *)a;
    const char *const *right = *(const char *const *const *)b;
    int order = 0;

    for (guint i = collection->width; order == 0 && i < collection->columns->len; i++)
        order = strcmp(left[i], right[i]);
    return collection->query->is_descending ? -order : order;
}

/* The columns of the order go; rows that differed by them alone become one. */
static void
cut_rows(Collection *collection)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *kept = g_ptr_array_new_with_free_func(row_free);
    gint64 max = collection->query->max;

    for (guint i = 0; i < collection->rows->len && (max < 0 || kept->len < (guint64)max); i++) {
        GStrv row = collection->rows->pdata[i];

        for (guint k = collection->width; k < collection->columns->len; k++)
            g_clear_pointer(&row[k], g_free);
        if (collection->query->is_distinct && !g_hash_table_add(seen, g_strjoinv("/", row)))
            continue;
        g_ptr_array_add(kept, row);
        collection->rows->pdata[i] = NULL;
    }
    g_ptr_array_unref(collection->rows);
    collection->rows = kept;
}

static void
reverse_rows(GPtrArray *rows)
{
    for (guint i = 0; i < rows->len / 2; i++) {
        gpointer row = rows->pdata[i];

        rows->pdata[i] = rows->pdata[rows->len - 1 - i];
        rows->pdata[rows->len - 1 - i] = row;
    }
}

GPtrArray *
catalog_partition_values(Catalog *catalog,
                         const char *catalog_name,
                         const char *namespace_name,
                         const char *table_name,
                         const CatalogPartitionValuesQuery *query,
                         GError **error)
{
    g_autoptr(CatalogTable) table =
        catalog_partition_table_find(catalog, catalog_name, namespace_name, table_name, error);
    g_auto(Collection) collection = {0};
    CatalogPartitionQuery which;

    if (table == NULL || !collection_init(&collection, table, query, error))
        return NULL;
    catalog_partition_query_init(&which);
    which.filter = query->filter;
    if (!catalog_partition_scan_names(catalog, catalog_name, namespace_name, table_name, &which,
                                      collect_row, &collection, error))
        return NULL;
    if (collection.columns->len > collection.width)
        g_ptr_array_sort_with_data(collection.rows, compare_rows, &collection);
    else if (query->is_descending)
        reverse_rows(collection.rows);
    cut_rows(&collection);
    return g_steal_pointer(&collection.rows);
}
