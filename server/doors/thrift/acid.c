/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding and encoding that transactions, write ids and compactions have in common. */
#include "acid.h"

#include <string.h>

#include "skep/error.h"

gboolean
thrift_decode_table_reference(const char *database,
                              const char *catalog,
                              const char *table,
                              CatalogTableReference *out_reference,
                              GError **error)
{
    g_auto(ThriftName) name = {NULL};
    if (!thrift_decode_table_name(database, catalog, table, &name, error))
        return FALSE;
    out_reference->catalog = g_steal_pointer(&name.catalog);
    out_reference->namespace_name = g_steal_pointer(&name.database);
    out_reference->table_name = g_steal_pointer(&name.table);
    return TRUE;
}

CatalogTableReference *
thrift_decode_full_table_name(const char *full_name, GError **error)
{
    const char *dot = full_name != NULL ? strchr(full_name, '.') : NULL;
    if (dot == NULL || dot == full_name || dot[1] == '\0')
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "A table's full name has the form database.table");
    g_autofree char *database = g_strndup(full_name, (gsize)(dot - full_name));
    g_auto(CatalogTableReference) reference = {NULL};
    if (!thrift_decode_table_reference(database, NULL, dot + 1, &reference, error))
        return NULL;
    return catalog_table_reference_new(reference.catalog, reference.namespace_name,
                                       reference.table_name);
}

GByteArray *
thrift_encode_bits(const GArray *numbers)
{
    GByteArray *bits = g_byte_array_new();
    for (guint i = 0; i < numbers->len; i++) {
        static const guint8 zeros[64] = {0};
        if (g_array_index(numbers, gint64, i) == 0)
            continue;
        while (bits->len <= i / 8)
            g_byte_array_append(bits, zeros, MIN(sizeof zeros, i / 8 + 1 - bits->len));
        bits->data[i / 8] |= (guint8)(1u << (i % 8));
    }
    return bits;
}

void
thrift_encode_id_set(const GArray *ids, GHashTable *set)
{
    for (guint i = 0; i < ids->len; i++) {
        gint64 *id = g_memdup2(&g_array_index(ids, gint64, i), sizeof(gint64));
        g_hash_table_insert(set, id, id);
    }
}
