/* SPDX-License-Identifier: Apache-2.0 */
/* Methods about the names of partitions as text; no partition need exist. Caller: dispatch.c. */
#include <string.h>

#include "bindings.h"
#include "encode.h"
#include "reply.h"

#include "skep/catalog_partition.h"

gboolean
thrift_partition_name_to_vals(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    const HmsPartitionsPartitionNameToValsArgs *in = args;
    HmsPartitionsPartitionNameToValsResult *out = result;
    g_auto(GStrv) values = NULL;
    const char *name = in->part_name != NULL ? in->part_name : "";
    return catalog_partition_name_parse(name, NULL, &values, error) &&
           THRIFT_REPLY_ARRAY(out, thrift_encode_strv((const char *const *)values));
}

/* Hive skips a part without '='; the catalog refuses a name that has one, so parts are parsed one
 * by one. */
gboolean
thrift_partition_name_to_spec(ThriftCall *call, gpointer args, gpointer result, GError **error)
{
    (void)call;
    const HmsPartitionsPartitionNameToSpecArgs *in = args;
    HmsPartitionsPartitionNameToSpecResult *out = result;
    g_auto(GStrv) parts = g_strsplit(in->part_name != NULL ? in->part_name : "", "/", -1);
    for (gsize i = 0; parts[i] != NULL; i++) {
        g_auto(GStrv) keys = NULL;
        g_auto(GStrv) values = NULL;
        if (strchr(parts[i], '=') == NULL)
            continue;
        if (!catalog_partition_name_parse(parts[i], &keys, &values, error))
            return FALSE;
        g_hash_table_replace(out->success, g_strdup(keys[0]), g_strdup(values[0]));
    }
    out->__isset_success = TRUE;
    return TRUE;
}

/* No pattern restricts the characters of values here, and text that is not UTF-8 never gets this
 * far. */
gboolean
thrift_partition_name_has_valid_characters(ThriftCall *call,
                                           gpointer args,
                                           gpointer result,
                                           GError **error)
{
    (void)call;
    (void)args;
    (void)error;
    HmsPartitionsPartitionNameHasValidCharactersResult *out = result;
    return THRIFT_REPLY_VALUE(out, TRUE);
}
