/* SPDX-License-Identifier: Apache-2.0 */
/* Updates of what a table is called by and how it behaves: uuid, format version, location,
 * properties, encryption keys; and the reading of properties. Callers: the table of updates in
 * table_update.c, views. */
#include "iceberg_private.h"

#include <string.h>

/* Derived from the document by whoever shows properties; stored, they would contradict it. */
static const char *const iceberg_reserved_properties[] = {
    "format-version",           "uuid",
    "snapshot-count",           "current-snapshot-id",
    "current-snapshot-summary", "current-snapshot-timestamp-ms",
    "current-schema",           "default-partition-spec",
    "default-sort-order",
};

static gboolean
is_reserved(const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(iceberg_reserved_properties); i++) {
        if (strcmp(key, iceberg_reserved_properties[i]) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
iceberg_property_int(
    const cJSON *metadata, const char *key, gint64 fallback, gint64 *out, GError **error)
{
    const char *text = iceberg_property(metadata, key);
    gint64 number = fallback;

    if (text != NULL && !g_ascii_string_to_signed(text, 10, G_MININT32, G_MAXINT32, &number, NULL))
        return iceberg_invalid(error, "Property %s must be an integer, not %.100s", key, text);
    *out = number;
    return TRUE;
}

gboolean
iceberg_property_is_true(const cJSON *metadata, const char *key)
{
    const char *text = iceberg_property(metadata, key);

    return text != NULL && g_ascii_strcasecmp(text, "true") == 0;
}

gboolean
iceberg_properties_set(cJSON *metadata, const cJSON *update, gboolean *changed, GError **error)
{
    /* "updated" is what old clients send */
    gboolean old = json_find(update, "updates") == NULL && json_find(update, "updated") != NULL;
    cJSON *updates = NULL;
    cJSON *properties;
    const cJSON *wanted;

    if (!json_get_string_map(update, old ? "updated" : "updates", &updates, error))
        return FALSE;
    properties = iceberg_member_object(metadata, "properties");
    if (cJSON_GetArraySize(properties) + cJSON_GetArraySize(updates) > ICEBERG_MAX_PROPERTIES)
        return skep_fail(error, SKEP_ERROR_TOO_LARGE, NULL, "More than %d properties",
                         ICEBERG_MAX_PROPERTIES);
    cJSON_ArrayForEach(wanted, updates)
    {
        const cJSON *present = json_find(properties, wanted->string);

        if (is_reserved(wanted->string) || (present != NULL && json_equal(present, wanted)))
            continue;
        json_object_set_string(properties, wanted->string, wanted->valuestring);
        *changed = TRUE;
    }
    return TRUE;
}

gboolean
iceberg_properties_remove(cJSON *metadata, const cJSON *update, gboolean *changed, GError **error)
{
    gboolean old = json_find(update, "removals") == NULL && json_find(update, "removed") != NULL;
    cJSON *removals = NULL;
    cJSON *properties;
    const cJSON *name;

    if (!json_get_string_array(update, old ? "removed" : "removals", &removals, error))
        return FALSE;
    properties = iceberg_member_object(metadata, "properties");
    cJSON_ArrayForEach(name, removals)
    {
        if (json_find(properties, name->valuestring) == NULL)
            continue;
        json_object_remove(properties, name->valuestring);
        *changed = TRUE;
    }
    return TRUE;
}

gboolean
iceberg_update_set_properties(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    return iceberg_properties_set(builder->metadata, update, &builder->changed, error);
}

gboolean
iceberg_update_remove_properties(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    return iceberg_properties_remove(builder->metadata, update, &builder->changed, error);
}

gboolean
iceberg_update_assign_uuid(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    const cJSON *present = json_find_present(builder->metadata, "table-uuid");
    const char *uuid = NULL;

    if (!json_get_string(update, "uuid", &uuid, error))
        return FALSE;
    if (!g_uuid_string_is_valid(uuid))
        return iceberg_invalid(error, "Member uuid is not a UUID: %.100s", uuid);
    if (json_is_string(present) && g_ascii_strcasecmp(present->valuestring, uuid) == 0)
        return TRUE;
    if (builder->base != NULL && present != NULL)
        return iceberg_invalid(error, "Cannot reassign uuid of a table that has one");
    json_object_set_string(builder->metadata, "table-uuid", uuid);
    builder->changed = TRUE;
    return TRUE;
}

gboolean
iceberg_update_upgrade_format(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    gint32 version = 0;

    if (!json_get_int32(update, "format-version", &version, error))
        return FALSE;
    if (version > ICEBERG_FORMAT_VERSION_MAX)
        return iceberg_invalid(
            error, "Cannot upgrade table to unsupported format version: v%d (supported: v%d)",
            version, ICEBERG_FORMAT_VERSION_MAX);
    if (version < builder->format_version)
        return iceberg_invalid(error, "Cannot downgrade v%d table to v%d", builder->format_version,
                               version);
    if (version == builder->format_version)
        return TRUE;
    builder->format_version = version;
    json_object_set_int64(builder->metadata, "format-version", version);
    builder->changed = TRUE;
    return TRUE;
}

gboolean
iceberg_update_set_location(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    const cJSON *present = json_find(builder->metadata, "location");
    const char *location = NULL;
    g_autofree char *stripped = NULL;

    if (!json_get_string(update, "location", &location, error))
        return FALSE;
    if (*location == '\0')
        return iceberg_invalid(error, "Member location must not be empty");
    stripped = iceberg_location_strip(location);
    if (json_is_string(present) && strcmp(present->valuestring, stripped) == 0)
        return TRUE;
    json_object_set_string(builder->metadata, "location", stripped);
    builder->changed = TRUE;
    return TRUE;
}

static cJSON *
iceberg_find_encryption_key(const cJSON *metadata, const char *key_id)
{
    cJSON *key;

    cJSON_ArrayForEach(key, json_find(metadata, "encryption-keys"))
    {
        const cJSON *id = json_find(key, "key-id");

        if (json_is_string(id) && strcmp(id->valuestring, key_id) == 0)
            return key;
    }
    return NULL;
}

gboolean
iceberg_update_add_encryption_key(IcebergTableBuilder *builder, const cJSON *update, GError **error)
{
    cJSON *key = NULL;
    const char *key_id = NULL;

    if (!json_get_object(update, "encryption-key", &key, error) ||
        !iceberg_encryption_key_check(key, error) ||
        !json_get_string(key, "key-id", &key_id, error))
        return FALSE;
    if (iceberg_find_encryption_key(builder->metadata, key_id) != NULL)
        return TRUE;
    key = json_duplicate(key);
    iceberg_strip_nulls(key);
    json_array_append(iceberg_member_array(builder->metadata, "encryption-keys"), key);
    builder->changed = TRUE;
    return TRUE;
}

gboolean
iceberg_update_remove_encryption_key(IcebergTableBuilder *builder,
                                     const cJSON *update,
                                     GError **error)
{
    const char *key_id = NULL;
    cJSON *keys = json_find(builder->metadata, "encryption-keys");
    cJSON *key;

    if (!json_get_string(update, "key-id", &key_id, error))
        return FALSE;
    key = iceberg_find_encryption_key(builder->metadata, key_id);
    if (key == NULL)
        return TRUE;
    cJSON_Delete(cJSON_DetachItemViaPointer(keys, key));
    if (keys->child == NULL)
        json_object_remove(builder->metadata, "encryption-keys");
    builder->changed = TRUE;
    return TRUE;
}
