/* SPDX-License-Identifier: Apache-2.0 */
/* Sets and maps keyed by 64-bit ids (snapshots, fields). Ids come from clients, so the hash mixes
 * all bits. Callers: the files of this folder. */
#include "iceberg_private.h"

static guint
iceberg_id_hash(gconstpointer key)
{
    guint64 bits = (guint64) * (const gint64 *)key;

    bits ^= bits >> 33;
    bits *= G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
    bits ^= bits >> 33;
    return (guint)bits;
}

GHashTable *
iceberg_ids_new(void)
{
    return g_hash_table_new_full(iceberg_id_hash, g_int64_equal, g_free, NULL);
}

void
iceberg_ids_put(GHashTable *ids, gint64 id, gpointer value)
{
    gint64 *key = g_new(gint64, 1);

    *key = id;
    g_hash_table_insert(ids, key, value);
}

gboolean
iceberg_ids_contain(GHashTable *ids, gint64 id)
{
    return g_hash_table_contains(ids, &id);
}

gpointer
iceberg_ids_find(GHashTable *ids, gint64 id)
{
    return g_hash_table_lookup(ids, &id);
}

gboolean
iceberg_next_id(const cJSON *list, const char *key, gint32 lowest, gint32 *out, GError **error)
{
    gint32 next = lowest;
    const cJSON *element;

    cJSON_ArrayForEach(element, list)
    {
        gint32 id = 0;

        if (!json_get_int32(element, key, &id, error))
            return FALSE;
        if (id == G_MAXINT32)
            return iceberg_invalid(error, "No %s is left to assign", key);
        next = MAX(next, id + 1);
    }
    *out = next;
    return TRUE;
}
