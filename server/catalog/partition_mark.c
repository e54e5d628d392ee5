/* SPDX-License-Identifier: Apache-2.0 */
/* Marks on partitions: whose they are, and how long they count. Caller: the Thrift door. */
#include "skep/catalog_partition_mark.h"

#include "catalog/catalog_private.h"
#include "catalog/partition_private.h"
#include "skep/store_partition_mark.h"

/* Keys of a request, in any case. */
static GHashTable *
fold_keys(GHashTable *values)
{
    GHashTable *folded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer key;
    gpointer value;

    g_hash_table_iter_init(&iter, values);
    while (g_hash_table_iter_next(&iter, &key, &value))
        g_hash_table_replace(folded, g_utf8_strdown(key, -1), value);
    return folded;
}

/* The name of the partition, or NULL with an error. */
static char *
name_of(const CatalogTable *table, GHashTable *values, GError **error)
{
    g_autoptr(GHashTable) folded = fold_keys(values);
    g_autoptr(GPtrArray) in_order = g_ptr_array_new();

    if (g_hash_table_size(folded) != table->partition_keys->len)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                              "The table %s.%s has %u partition keys, not %u",
                              table->namespace_name, table->name, table->partition_keys->len,
                              g_hash_table_size(folded));
    for (guint i = 0; i < table->partition_keys->len; i++) {
        const CatalogColumn *key = table->partition_keys->pdata[i];
        char *value = g_hash_table_lookup(folded, key->name);

        if (!value)
            return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, table->name,
                                  "The partition key %s has no value", key->name);
        g_ptr_array_add(in_order, value);
    }
    g_ptr_array_add(in_order, NULL);
    return catalog_partition_name_make(table, (const char *const *)in_order->pdata, error);
}

/* `*out_name` is what `*out_mark` borrows. */
static gboolean
resolve(Catalog *catalog,
        const CatalogPartitionMark *mark,
        char **out_name,
        StorePartitionMark *out_mark,
        GError **error)
{
    g_autoptr(CatalogTable) table = catalog_partition_table_find(
        catalog, mark->catalog_name, mark->namespace_name, mark->table_name, error);

    if (!table)
        return FALSE;
    *out_name = name_of(table, mark->values, error);
    if (!*out_name)
        return FALSE;
    *out_mark = (StorePartitionMark){table->id, *out_name, mark->event_type};
    return TRUE;
}

static gint64
oldest_ms(gint64 now_ms, gint64 expiry_s)
{
    return expiry_s > 0 ? now_ms - expiry_s * 1000 : 0;
}

gboolean
catalog_partition_mark(Catalog *catalog,
                       const CatalogPartitionMark *mark,
                       gint64 expiry_s,
                       GError **error)
{
    g_autofree char *name = NULL;
    StorePartitionMark wanted;
    gint64 now_ms = catalog_now_ms();

    return resolve(catalog, mark, &name, &wanted, error) &&
           store_partition_mark_put(catalog->store, &wanted, now_ms, oldest_ms(now_ms, expiry_s),
                                    error);
}

gboolean
catalog_partition_is_marked(Catalog *catalog,
                            const CatalogPartitionMark *mark,
                            gint64 expiry_s,
                            gboolean *out_is_marked,
                            GError **error)
{
    g_autofree char *name = NULL;
    StorePartitionMark wanted;

    return resolve(catalog, mark, &name, &wanted, error) &&
           store_partition_mark_find(catalog->store, &wanted, oldest_ms(catalog_now_ms(), expiry_s),
                                     out_is_marked, error);
}
