/* SPDX-License-Identifier: Apache-2.0 */
/* Where a table's files are, read from a document's text without making a tree of a megabyte of
 * snapshots. Caller: the catalog, when clients are given access to the files. */
#include "iceberg_private.h"

#include <string.h>

static gboolean
fail_document(GError **error)
{
    return skep_fail(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                     "The table metadata is not a JSON object that is understood");
}

/* One member: kept when it says where files are. A member that is there twice is refused, since its
 * readers may take either. */
static gboolean
read_member(IcebergTextScan *scan, cJSON *places, GError **error)
{
    const char *key_start = scan->at, *value_start;
    if (!iceberg_text_skip_string(scan))
        return fail_document(error);
    g_autoptr(cJSON) key = json_parse(key_start, (gsize)(scan->at - key_start), G_MAXINT, error);
    if (!key)
        return FALSE;
    iceberg_text_skip_space(scan);
    if (scan->at == scan->end || *scan->at++ != ':')
        return fail_document(error);
    iceberg_text_skip_space(scan);
    value_start = scan->at;
    if (!iceberg_text_skip_value(scan))
        return fail_document(error);
    if (strcmp(key->valuestring, "location") != 0 && strcmp(key->valuestring, "properties") != 0)
        return TRUE;
    cJSON *value = json_parse(value_start, (gsize)(scan->at - value_start), G_MAXINT, error);
    if (!value)
        return FALSE;
    if (json_find(places, key->valuestring)) {
        cJSON_Delete(value);
        return fail_document(error);
    }
    json_object_set(places, key->valuestring, value);
    return TRUE;
}

cJSON *
iceberg_table_places(const char *text, gsize length, GError **error)
{
    g_autoptr(cJSON) places = cJSON_CreateObject();
    IcebergTextScan scan = {text, text + length};
    char next;
    iceberg_text_skip_space(&scan);
    if (scan.at == scan.end || *scan.at++ != '{') {
        fail_document(error);
        return NULL;
    }
    do {
        iceberg_text_skip_space(&scan);
        if (!read_member(&scan, places, error))
            return NULL;
        iceberg_text_skip_space(&scan);
        next = '\0';
        if (scan.at < scan.end)
            next = *scan.at++;
    } while (next == ',');
    if (next != '}') {
        fail_document(error);
        return NULL;
    }
    return g_steal_pointer(&places);
}
