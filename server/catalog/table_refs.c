/* SPDX-License-Identifier: Apache-2.0 */
/* The document that loadTable shows for snapshots=refs, cut from the text that the table's file
 * has. Which bytes those are is the business of server/iceberg. Caller: the REST door. */
#include "iceberg_private.h"

#include <string.h>

#include "metadata_cache.h"

#define PIECE_BYTES ((gsize)128 << 10)

static gboolean
read_text(gpointer data, guint64 offset, void *bytes, gsize length, GError **error)
{
    const CatalogIcebergTable *table = data;

    if (table->metadata_spool)
        return spool_read(table->metadata_spool, offset, bytes, length, error);
    memcpy(bytes, (const char *)g_bytes_get_data(table->metadata, NULL) + offset, length);
    return TRUE;
}

static guint64
text_length(const CatalogIcebergTable *table)
{
    return table->metadata_spool ? spool_length(table->metadata_spool)
                                 : g_bytes_get_size(table->metadata);
}

static guint64
count_bytes(const GArray *ranges)
{
    guint64 count = 0;

    for (guint i = 0; i < ranges->len; i++)
        count += g_array_index(ranges, IcebergTextRange, i).length;
    return count;
}

static GBytes *
copy_to_memory(CatalogIcebergTable *table, const GArray *ranges, gsize length, GError **error)
{
    g_autofree char *bytes = g_malloc(length + 1);
    gsize filled = 0;

    for (guint i = 0; i < ranges->len; i++) {
        const IcebergTextRange *range = &g_array_index(ranges, IcebergTextRange, i);

        if (!read_text(table, range->start, bytes + filled, (gsize)range->length, error))
            return NULL;
        filled += (gsize)range->length;
    }
    return g_bytes_new_take(g_steal_pointer(&bytes), length);
}

static gboolean
copy_range(CatalogIcebergTable *table, IcebergTextRange range, Spool *spool, GError **error)
{
    g_autofree char *piece = g_malloc(PIECE_BYTES);

    while (range.length > 0) {
        gsize length = (gsize)MIN(PIECE_BYTES, range.length);

        if (!read_text(table, range.start, piece, length, error) ||
            !spool_append(spool, piece, length, error))
            return FALSE;
        range.start += length;
        range.length -= length;
    }
    return TRUE;
}

static Spool *
copy_to_spool(Catalog *catalog, CatalogIcebergTable *table, const GArray *ranges, GError **error)
{
    g_autoptr(Spool) spool = spool_new(catalog->options.spool_room, error);

    if (!spool)
        return NULL;
    for (guint i = 0; i < ranges->len; i++) {
        if (!copy_range(table, g_array_index(ranges, IcebergTextRange, i), spool, error))
            return NULL;
    }
    return g_steal_pointer(&spool);
}

gboolean
catalog_iceberg_table_keep_refs(Catalog *catalog, CatalogIcebergTable *table, GError **error)
{
    guint64 length = text_length(table);
    g_autoptr(GArray) ranges = iceberg_table_refs_text(read_text, table, length, error);
    g_autoptr(GBytes) text = NULL;
    g_autoptr(Spool) spool = NULL;

    if (!ranges)
        return FALSE;
    length = count_bytes(ranges);
    if (table->metadata_spool && length > METADATA_MEMORY_BYTES)
        spool = copy_to_spool(catalog, table, ranges, error);
    else
        text = copy_to_memory(table, ranges, (gsize)length, error);
    if (!spool && !text)
        return FALSE;
    g_clear_pointer(&table->metadata, g_bytes_unref);
    g_clear_pointer(&table->metadata_spool, spool_free);
    table->metadata = g_steal_pointer(&text);
    table->metadata_spool = g_steal_pointer(&spool);
    return TRUE;
}
