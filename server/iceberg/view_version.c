/* SPDX-License-Identifier: Apache-2.0 */
/* One version of a view: checked, compared, and its SQL dialects. Callers: the view's document and
 * its updates. */
#include "iceberg_private.h"

#include <string.h>

static gboolean
iceberg_representation_check(const cJSON *representation, GError **error)
{
    const char *type = NULL;
    const char *text = NULL;

    if (!json_is_object(representation))
        return iceberg_invalid(error, "Member representations must be an array of objects");
    if (!json_get_string(representation, "type", &type, error))
        return FALSE;
    if (g_ascii_strcasecmp(type, "sql") != 0)
        return TRUE;
    return json_get_string(representation, "sql", &text, error) &&
           json_get_string(representation, "dialect", &text, error);
}

gboolean
iceberg_view_version_check(const cJSON *version, GError **error)
{
    g_autoptr(GHashTable) dialects = NULL;
    const char *catalog = NULL;
    cJSON *member = NULL;
    cJSON *representations = NULL;
    const cJSON *representation;
    gint64 timestamp_ms = 0;
    gint32 id = 0;

    if (!json_is_object(version))
        return iceberg_invalid(error, "A view version must be an object");
    if (!json_get_int32(version, "version-id", &id, error) ||
        !json_get_int64(version, "timestamp-ms", &timestamp_ms, error) ||
        !json_get_int32(version, "schema-id", &id, error) ||
        !json_get_string_map(version, "summary", &member, error) ||
        !json_get_optional_string(version, "default-catalog", &catalog, error) ||
        !json_get_string_array(version, "default-namespace", &member, error) ||
        !json_get_array(version, "representations", &representations, error))
        return FALSE;
    cJSON_ArrayForEach(representation, representations)
    {
        if (!iceberg_representation_check(representation, error))
            return FALSE;
    }
    return iceberg_view_version_dialects(version, &dialects, error);
}

gboolean
iceberg_view_version_same(const cJSON *a, const cJSON *b)
{
    static const char *const keys[] = {"summary", "representations", "default-catalog",
                                       "default-namespace", "schema-id"};

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (!json_equal(json_find_present(a, keys[i]), json_find_present(b, keys[i])))
            return FALSE;
    }
    return TRUE;
}

gboolean
iceberg_view_version_dialects(const cJSON *version, GHashTable **out, GError **error)
{
    g_autoptr(GHashTable) dialects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const cJSON *representation;

    cJSON_ArrayForEach(representation, json_find(version, "representations"))
    {
        const cJSON *dialect = json_find(representation, "dialect");

        if (!json_is_string(dialect))
            continue;
        if (!g_hash_table_add(dialects, g_ascii_strdown(dialect->valuestring, -1)))
            return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                             "Invalid view version: Cannot add multiple queries for dialect %.100s",
                             dialect->valuestring);
    }
    *out = g_steal_pointer(&dialects);
    return TRUE;
}

cJSON *
iceberg_view_current_version(const cJSON *metadata)
{
    gint64 id = 0;

    if (!json_value_int64(json_find(metadata, "current-version-id"), &id))
        return NULL;
    return iceberg_find_by_id(metadata, "versions", "version-id", id);
}

cJSON *
iceberg_view_current_schema(const cJSON *metadata)
{
    gint64 id = 0;

    if (!json_value_int64(json_find(iceberg_view_current_version(metadata), "schema-id"), &id))
        return NULL;
    return iceberg_find_by_id(metadata, "schemas", "schema-id", id);
}
