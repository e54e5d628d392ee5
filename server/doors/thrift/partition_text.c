/* SPDX-License-Identifier: Apache-2.0 */
/* Names of partitions to values and back. Callers: partition.c, partition_alter.c. */
#include "partition_text.h"

#include "skep/error.h"

/* The names of a table's partition keys, or NULL with an error. */
static GStrv
partition_keys(ThriftCall *call, const ThriftName *name, GError **error)
{
    g_autoptr(CatalogTable) table =
        catalog_table_find(call->catalog, name->catalog, name->database, name->table, error);
    if (table == NULL)
        return NULL;
    GStrv keys = g_new0(char *, (gsize)table->partition_keys->len + 1);
    for (guint i = 0; i < table->partition_keys->len; i++) {
        const CatalogColumn *key = g_ptr_array_index(table->partition_keys, i);
        keys[i] = g_strdup(key->name);
    }
    return keys;
}

static const char *
value_find(const char *key, const char *const *names, const char *const *values)
{
    for (gsize i = 0; names[i] != NULL; i++)
        if (g_ascii_strcasecmp(names[i], key) == 0)
            return values[i];
    return NULL;
}

gboolean
thrift_partition_values_of(ThriftCall *call,
                           const ThriftName *name,
                           const char *partition_name,
                           GStrv *out_values,
                           GError **error)
{
    g_auto(GStrv) keys = partition_keys(call, name, error);
    g_auto(GStrv) names = NULL;
    g_auto(GStrv) texts = NULL;
    if (keys == NULL || !catalog_partition_name_parse(partition_name != NULL ? partition_name : "",
                                                      &names, &texts, error))
        return FALSE;
    if (g_strv_length(names) != g_strv_length(keys))
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "Partition name %s does not have the %u keys of %s.%s",
                         partition_name != NULL ? partition_name : "", g_strv_length(keys),
                         name->database, name->table);
    g_auto(GStrv) values = g_new0(char *, (gsize)g_strv_length(keys) + 1);
    for (gsize i = 0; keys[i] != NULL; i++) {
        const char *value =
            value_find(keys[i], (const char *const *)names, (const char *const *)texts);
        if (value == NULL)
            return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                             "incomplete partition name - missing %s", keys[i]);
        values[i] = g_strdup(value);
    }
    *out_values = g_steal_pointer(&values);
    return TRUE;
}

char *
thrift_partition_name_of(ThriftCall *call,
                         const ThriftName *name,
                         const GPtrArray *values,
                         GError **error)
{
    g_auto(GStrv) keys = partition_keys(call, name, error);
    if (keys == NULL)
        return NULL;
    g_auto(GStrv) texts = thrift_decode_strv(values);
    if (g_strv_length(keys) != g_strv_length(texts)) {
        g_autofree char *wanted = g_strjoinv(", ", keys);
        g_autofree char *given = g_strjoinv(", ", texts);
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Invalid partition key & values; keys [%s, ], values [%s, ]", wanted,
                              given);
    }
    return catalog_partition_name_format((const char *const *)keys, (const char *const *)texts);
}
