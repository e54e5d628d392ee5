/* SPDX-License-Identifier: Apache-2.0 */
/* Names of partitions to values and back. Callers: partition.c, partition_alter.c. */
#include "partition_text.h"

#include "configuration.h"

#include "skep/catalog_partition.h"
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
        if (g_str_equal(names[i], key))
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
    if (partition_name == NULL || *partition_name == '\0')
        return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                         "The partition name must not be null or empty");
    g_auto(GStrv) keys = partition_keys(call, name, error);
    g_auto(GStrv) names = NULL;
    g_auto(GStrv) texts = NULL;
    if (keys == NULL)
        return FALSE;
    if (!catalog_partition_name_parse(partition_name, &names, &texts, NULL))
        return skep_fail(error, SKEP_ERROR_NO_SUCH_PARTITION, NULL,
                         "%s is not the name of a partition", partition_name);
    g_auto(GStrv) values = g_new0(char *, (gsize)g_strv_length(keys) + 1);
    for (gsize i = 0; keys[i] != NULL; i++) {
        const char *value =
            value_find(keys[i], (const char *const *)names, (const char *const *)texts);
        if (value == NULL)
            return skep_fail(error, SKEP_ERROR_NO_SUCH_PARTITION, NULL,
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

gboolean
thrift_partition_values_check(ThriftCall *call, const GPtrArray *values, GError **error)
{
    g_autofree char *pattern = thrift_configuration_partition_pattern(call);
    g_auto(GStrv) texts = thrift_decode_strv(values);
    return catalog_partition_values_check((const char *const *)texts, pattern, error);
}

gboolean
thrift_partitions_check(ThriftCall *call, const GPtrArray *partitions, GError **error)
{
    for (guint i = 0; partitions != NULL && i < partitions->len; i++) {
        const HmsPartition *partition = g_ptr_array_index(partitions, i);
        if (!thrift_partition_values_check(call, partition->values, error))
            return FALSE;
    }
    return TRUE;
}

char *
thrift_partition_expression_filter(const GByteArray *expression)
{
    if (expression == NULL || expression->len == 0 ||
        !g_utf8_validate((const char *)expression->data, expression->len, NULL))
        return NULL;
    g_autofree char *text = g_strndup((const char *)expression->data, expression->len);
    return catalog_partition_filter_parses(text) ? g_steal_pointer(&text) : NULL;
}

gboolean
thrift_partitions_misnamed(ThriftCall *call, const ThriftName *name, GError **error)
{
    GError *missing = NULL;
    g_autoptr(CatalogTable) table =
        catalog_table_find(call->catalog, name->catalog, name->database, name->table, &missing);
    if (table == NULL) {
        g_clear_error(error);
        g_propagate_error(error, missing);
    }
    return FALSE;
}
