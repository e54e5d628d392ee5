/* SPDX-License-Identifier: Apache-2.0 */
/* A table's document as a whole: read, brought to one shape, and looked into. Whether it is sound
 * is table_validate.c, changing it is table_update.c. Callers: the catalog on load and register,
 * and this folder. */
#include "iceberg_private.h"

#include <string.h>

cJSON *
iceberg_find_by_id(const cJSON *metadata, const char *list, const char *key, gint64 id)
{
    cJSON *element;

    cJSON_ArrayForEach(element, json_find(metadata, list))
    {
        gint64 found = 0;

        if (json_value_int64(json_find(element, key), &found) && found == id)
            return element;
    }
    return NULL;
}

const cJSON *
iceberg_find_object(const cJSON *metadata, const char *key)
{
    const cJSON *member = json_find(metadata, key);

    return json_is_object(member) ? member : NULL;
}

static cJSON *
iceberg_find_named(const cJSON *metadata, const char *list, const char *key, const char *id_member)
{
    gint64 id = 0;

    if (!json_value_int64(json_find(metadata, id_member), &id))
        return NULL;
    return iceberg_find_by_id(metadata, list, key, id);
}

cJSON *
iceberg_current_schema(const cJSON *metadata)
{
    return iceberg_find_named(metadata, "schemas", "schema-id", "current-schema-id");
}

cJSON *
iceberg_default_spec(const cJSON *metadata)
{
    return iceberg_find_named(metadata, "partition-specs", "spec-id", "default-spec-id");
}

cJSON *
iceberg_default_order(const cJSON *metadata)
{
    return iceberg_find_named(metadata, "sort-orders", "order-id", "default-sort-order-id");
}

gboolean
iceberg_current_snapshot_id(const cJSON *metadata, gint64 *out)
{
    gint64 id = ICEBERG_NO_SNAPSHOT;

    if (!json_value_int64(json_find(metadata, "current-snapshot-id"), &id) ||
        id == ICEBERG_NO_SNAPSHOT)
        return FALSE;
    *out = id;
    return TRUE;
}

void
iceberg_set_current_snapshot_id(cJSON *metadata, int format_version, gint64 snapshot_id)
{
    /* readers of versions 1 and 2 know -1, those of version 3 a null */
    if (snapshot_id == ICEBERG_NO_SNAPSHOT && format_version >= 3)
        json_object_set_null(metadata, "current-snapshot-id");
    else
        json_object_set_int64(metadata, "current-snapshot-id", snapshot_id);
}

cJSON *
iceberg_member_array(cJSON *metadata, const char *key)
{
    cJSON *member = json_find(metadata, key);

    if (!json_is_array(member)) {
        member = cJSON_CreateArray();
        json_object_set(metadata, key, member);
    }
    return member;
}

cJSON *
iceberg_member_object(cJSON *metadata, const char *key)
{
    cJSON *member = json_find(metadata, key);

    if (!json_is_object(member)) {
        member = cJSON_CreateObject();
        json_object_set(metadata, key, member);
    }
    return member;
}

char *
iceberg_location_strip(const char *location)
{
    gsize length = strlen(location);

    while (length > 1 && location[length - 1] == '/' && !g_str_has_suffix(location, "://"))
        length--;
    return g_strndup(location, length);
}

char *
iceberg_new_uuid(const IcebergContext *context)
{
    return context->new_uuid != NULL ? context->new_uuid(context->uuid_data)
                                     : g_uuid_string_random();
}

const char *
iceberg_property(const cJSON *metadata, const char *key)
{
    const cJSON *value = json_find(json_find(metadata, "properties"), key);

    return json_is_string(value) ? value->valuestring : NULL;
}

/* ---- one shape for all ages of documents ---- */

/* Version 1's first writers knew one schema only. */
static gboolean
iceberg_normalize_schemas(cJSON *metadata, GError **error)
{
    cJSON *schema = NULL;
    cJSON *schemas;
    gint32 schema_id = 0;

    if (json_find_present(metadata, "schemas") != NULL)
        return TRUE;
    if (!json_get_object(metadata, "schema", &schema, error) ||
        !json_get_optional_int32(schema, "schema-id", &schema_id, error))
        return FALSE;
    schema = json_duplicate(schema);
    json_object_set_int64(schema, "schema-id", schema_id);
    schemas = cJSON_CreateArray();
    json_array_append(schemas, schema);
    json_object_set(metadata, "schemas", schemas);
    json_object_set_int64(metadata, "current-schema-id", schema_id);
    return TRUE;
}

static gboolean
iceberg_normalize_specs(cJSON *metadata, GError **error)
{
    g_autoptr(cJSON) spec = NULL;
    cJSON *fields = NULL;
    cJSON *specs;

    if (json_find_present(metadata, "partition-specs") != NULL)
        return TRUE;
    if (!json_get_array(metadata, "partition-spec", &fields, error))
        return FALSE;
    spec = cJSON_CreateObject();
    json_object_set_int64(spec, "spec-id", 0);
    json_object_set(spec, "fields", json_duplicate(fields));
    specs = cJSON_CreateArray();
    json_array_append(specs, g_steal_pointer(&spec));
    json_object_set(metadata, "partition-specs", specs);
    json_object_set_int64(metadata, "default-spec-id", 0);
    return TRUE;
}

/* Old specs have no field ids: they count from 1000. */
static gboolean
iceberg_normalize_partition_ids(cJSON *metadata, GError **error)
{
    gint32 highest = ICEBERG_PARTITION_ID_START - 1;
    cJSON *specs = NULL;
    cJSON *spec;

    if (!json_get_array(metadata, "partition-specs", &specs, error))
        return FALSE;
    cJSON_ArrayForEach(spec, specs)
    {
        gint32 last = ICEBERG_PARTITION_ID_START - 1;
        gint32 spec_id = 0;
        cJSON *complete;

        if (!iceberg_spec_check(spec, error) || !json_get_int32(spec, "spec-id", &spec_id, error))
            return FALSE;
        complete = iceberg_spec_with_ids(spec, spec_id, NULL, &last, error);
        if (complete == NULL)
            return FALSE;
        json_object_set(spec, "fields",
                        cJSON_DetachItemFromObjectCaseSensitive(complete, "fields"));
        cJSON_Delete(complete);
        highest = MAX(highest, last);
    }
    if (json_find_present(metadata, "last-partition-id") == NULL)
        json_object_set_int64(metadata, "last-partition-id", highest);
    return TRUE;
}

static void
iceberg_normalize_orders(cJSON *metadata)
{
    cJSON *order;

    if (json_find_present(metadata, "sort-orders") != NULL)
        return;
    order = cJSON_CreateObject();
    json_object_set_int64(order, "order-id", 0);
    json_object_set(order, "fields", cJSON_CreateArray());
    json_array_append(iceberg_member_array(metadata, "sort-orders"), order);
    json_object_set_int64(metadata, "default-sort-order-id", 0);
}

/* A current snapshot is what main names; writers before refs wrote only the first. */
static void
iceberg_normalize_refs(cJSON *metadata)
{
    cJSON *refs = iceberg_member_object(metadata, "refs");
    gint64 current = 0;
    cJSON *main_ref;

    if (!iceberg_current_snapshot_id(metadata, &current) ||
        json_find(refs, ICEBERG_MAIN_BRANCH) != NULL)
        return;
    main_ref = cJSON_CreateObject();
    json_object_set_int64(main_ref, "snapshot-id", current);
    json_object_set_string(main_ref, "type", "branch");
    json_object_set(refs, ICEBERG_MAIN_BRANCH, main_ref);
}

/* Members that a document may leave out, or (null) say nothing with. */
static void
iceberg_normalize_optional(cJSON *metadata)
{
    static const char *const arrays[] = {"snapshots", "statistics", "partition-statistics",
                                         "snapshot-log", "metadata-log"};

    if (json_find_present(metadata, "properties") == NULL)
        iceberg_member_object(metadata, "properties");
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++) {
        if (json_find_present(metadata, arrays[i]) == NULL)
            iceberg_member_array(metadata, arrays[i]);
    }
    if (json_find(metadata, "encryption-keys") != NULL &&
        json_find_present(metadata, "encryption-keys") == NULL)
        json_object_remove(metadata, "encryption-keys");
}

gboolean
iceberg_table_normalize(cJSON *metadata, GError **error)
{
    gint32 format_version = 0;

    if (!json_is_object(metadata))
        return iceberg_invalid(error, "Table metadata must be an object");
    if (!json_get_int32(metadata, "format-version", &format_version, error))
        return FALSE;
    if (format_version < 1 || format_version > ICEBERG_FORMAT_VERSION_MAX)
        return iceberg_invalid(error, "Cannot read unsupported format-version %d", format_version);
    if (format_version == 1) {
        if (!iceberg_normalize_schemas(metadata, error) ||
            !iceberg_normalize_specs(metadata, error) ||
            !iceberg_normalize_partition_ids(metadata, error))
            return FALSE;
        iceberg_normalize_orders(metadata);
    }
    iceberg_normalize_optional(metadata);
    if (json_find_present(metadata, "refs") == NULL || json_is_object(json_find(metadata, "refs")))
        iceberg_normalize_refs(metadata);
    return TRUE;
}

cJSON *
iceberg_table_parse(const char *text, gsize length, GError **error)
{
    g_autoptr(cJSON) metadata = json_parse_object(text, length, ICEBERG_METADATA_MAX_BYTES, error);

    if (metadata == NULL || !iceberg_table_normalize(metadata, error) ||
        !iceberg_table_validate(metadata, error))
        return NULL;
    return g_steal_pointer(&metadata);
}
