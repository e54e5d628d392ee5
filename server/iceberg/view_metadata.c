/* SPDX-License-Identifier: Apache-2.0 */
/* A view's document as a whole: made from a createView request, read, and checked. Changing it is
 * view_update.c. Callers: the catalog's view operations. */
#include "iceberg_private.h"

static gboolean
iceberg_view_validate_schemas(const cJSON *metadata, GError **error)
{
    cJSON *schemas = NULL;
    const cJSON *schema;

    if (!json_get_array(metadata, "schemas", &schemas, error))
        return FALSE;
    cJSON_ArrayForEach(schema, schemas)
    {
        g_autoptr(IcebergSchemaIndex) index = iceberg_schema_index(schema, 0, error);
        gint32 id = 0;

        if (index == NULL || !json_get_optional_int32(schema, "schema-id", &id, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
iceberg_view_validate_versions(const cJSON *metadata, GError **error)
{
    cJSON *versions = NULL;
    cJSON *log = NULL;
    const cJSON *element;

    if (!json_get_array(metadata, "versions", &versions, error) ||
        !json_get_array(metadata, "version-log", &log, error))
        return FALSE;
    cJSON_ArrayForEach(element, versions)
    {
        if (!iceberg_view_version_check(element, error))
            return FALSE;
    }
    cJSON_ArrayForEach(element, log)
    {
        gint64 timestamp_ms = 0;
        gint32 id = 0;

        if (!json_get_int64(element, "timestamp-ms", &timestamp_ms, error) ||
            !json_get_int32(element, "version-id", &id, error))
            return FALSE;
    }
    if (iceberg_view_current_version(metadata) == NULL)
        return iceberg_invalid(error, "Cannot find current-version-id in versions");
    return TRUE;
}

gboolean
iceberg_view_validate(const cJSON *metadata, GError **error)
{
    const char *uuid = NULL;
    const char *location = NULL;
    cJSON *properties = NULL;
    gint32 format_version = 0;
    gint64 schema_id = 0;

    if (!json_is_object(metadata))
        return iceberg_invalid(error, "View metadata must be an object");
    if (!json_get_int32(metadata, "format-version", &format_version, error) ||
        !json_get_string(metadata, "view-uuid", &uuid, error) ||
        !json_get_string(metadata, "location", &location, error) ||
        !json_get_optional_string_map(metadata, "properties", &properties, error))
        return FALSE;
    if (format_version != 1)
        return iceberg_invalid(error, "Unsupported format-version of a view: %d", format_version);
    if (*uuid == '\0' || *location == '\0')
        return iceberg_invalid(error, "Members view-uuid and location must not be empty");
    if (!iceberg_view_validate_schemas(metadata, error) ||
        !iceberg_view_validate_versions(metadata, error))
        return FALSE;
    json_value_int64(json_find(iceberg_view_current_version(metadata), "schema-id"), &schema_id);
    if (iceberg_find_by_id(metadata, "schemas", "schema-id", schema_id) == NULL)
        return iceberg_invalid(error, "Cannot find current schema with schema-id %" G_GINT64_FORMAT,
                               schema_id);
    return TRUE;
}

cJSON *
iceberg_view_parse(const char *text, gsize length, GError **error)
{
    g_autoptr(cJSON) metadata = json_parse_object(text, length, ICEBERG_METADATA_MAX_BYTES, error);

    if (metadata == NULL || !iceberg_view_validate(metadata, error))
        return NULL;
    return g_steal_pointer(&metadata);
}

/* Only SQL can be kept in a way that clients read back. */
static gboolean
iceberg_view_check_sql_only(const cJSON *version, GError **error)
{
    const cJSON *representation;

    cJSON_ArrayForEach(representation, json_find(version, "representations"))
    {
        const char *type = NULL;

        if (!json_get_string(representation, "type", &type, error))
            return FALSE;
        if (g_ascii_strcasecmp(type, "sql") != 0)
            return iceberg_invalid(error, "Unsupported type of view representation: %.100s", type);
    }
    return TRUE;
}

static cJSON *
iceberg_view_first_version(const cJSON *sent, const IcebergContext *context)
{
    cJSON *version = json_duplicate(sent);

    json_object_set_int64(version, "version-id", 1);
    json_object_set_int64(version, "timestamp-ms", context->now_ms);
    json_object_set_int64(version, "schema-id", ICEBERG_LAST_ADDED);
    if (json_find_present(version, "summary") == NULL)
        json_object_set(version, "summary", cJSON_CreateObject());
    return version;
}

cJSON *
iceberg_view_create(const cJSON *request,
                    const char *location,
                    const IcebergContext *context,
                    GError **error)
{
    g_autoptr(cJSON) updates = cJSON_CreateArray();
    g_auto(IcebergChange) change = {0};
    g_autofree char *uuid = iceberg_new_uuid(context);
    g_autofree char *stripped = iceberg_location_strip(location);
    cJSON *schema = NULL;
    cJSON *version = NULL;
    cJSON *properties = NULL;

    if (!json_get_object(request, "schema", &schema, error) ||
        !json_get_object(request, "view-version", &version, error) ||
        !json_get_optional_string_map(request, "properties", &properties, error) ||
        !iceberg_view_check_sql_only(version, error))
        return NULL;
    json_object_set_string(iceberg_updates_append(updates, "assign-uuid"), "uuid", uuid);
    json_object_set_string(iceberg_updates_append(updates, "set-location"), "location", stripped);
    json_object_set(iceberg_updates_append(updates, "add-schema"), "schema",
                    json_duplicate(schema));
    json_object_set(iceberg_updates_append(updates, "add-view-version"), "view-version",
                    iceberg_view_first_version(version, context));
    json_object_set_int64(iceberg_updates_append(updates, "set-current-view-version"),
                          "view-version-id", ICEBERG_LAST_ADDED);
    if (properties != NULL)
        json_object_set(iceberg_updates_append(updates, "set-properties"), "updates",
                        json_duplicate(properties));
    return iceberg_view_apply(NULL, updates, context, &change, error);
}
