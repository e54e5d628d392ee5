/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a document that belong to one snapshot: the snapshot itself, refs, statistics files,
 * and encryption keys beside them. Reads and checks single objects; what they do to a table is
 * table_update_*.c. Callers: updates, validation, summaries. */
#include "iceberg_private.h"

#include <string.h>

void
iceberg_strip_nulls(cJSON *value)
{
    cJSON *next;

    for (cJSON *child = value->child; child != NULL; child = next) {
        next = child->next;
        if (json_is_object(value) && cJSON_IsNull(child))
            cJSON_Delete(cJSON_DetachItemViaPointer(value, child));
        else if (json_is_object(child) || json_is_array(child))
            iceberg_strip_nulls(child);
    }
}

static gboolean
iceberg_snapshot_read_summary(const cJSON *snapshot, IcebergSnapshotFields *out, GError **error)
{
    cJSON *summary = NULL;

    if (!json_get_optional_string_map(snapshot, "summary", &summary, error))
        return FALSE;
    out->summary = summary;
    return json_get_optional_string(summary, "operation", &out->operation, error);
}

/* Either a manifest list or, from version 1's first writers, the manifests themselves. */
static gboolean
iceberg_snapshot_check_manifests(const cJSON *snapshot, GError **error)
{
    const char *manifest_list = NULL;
    cJSON *manifests = NULL;

    if (json_find_present(snapshot, "manifest-list") == NULL &&
        json_find_present(snapshot, "manifests") != NULL)
        return json_get_string_array(snapshot, "manifests", &manifests, error);
    return json_get_string(snapshot, "manifest-list", &manifest_list, error);
}

gboolean
iceberg_snapshot_read(const cJSON *snapshot, IcebergSnapshotFields *out, GError **error)
{
    IcebergSnapshotFields fields = {.first_row_id = -1, .added_rows = -1};
    gint32 schema_id = 0;
    const char *key_id = NULL;

    if (!json_is_object(snapshot))
        return iceberg_invalid(error, "A snapshot must be an object");
    if (!json_get_int64(snapshot, "snapshot-id", &fields.snapshot_id, error) ||
        !json_get_optional_int64(snapshot, "parent-snapshot-id", &fields.parent_id, error) ||
        !json_get_optional_int64(snapshot, "sequence-number", &fields.sequence_number, error) ||
        !json_get_int64(snapshot, "timestamp-ms", &fields.timestamp_ms, error) ||
        !json_get_optional_int32(snapshot, "schema-id", &schema_id, error) ||
        !json_get_optional_int64(snapshot, "first-row-id", &fields.first_row_id, error) ||
        !json_get_optional_int64(snapshot, "added-rows", &fields.added_rows, error) ||
        !json_get_optional_string(snapshot, "key-id", &key_id, error) ||
        !iceberg_snapshot_read_summary(snapshot, &fields, error) ||
        !iceberg_snapshot_check_manifests(snapshot, error))
        return FALSE;
    fields.has_parent = json_find_present(snapshot, "parent-snapshot-id") != NULL;
    if (fields.snapshot_id == ICEBERG_NO_SNAPSHOT)
        return iceberg_invalid(error, "Member snapshot-id must not be -1, which means no snapshot");
    if (fields.sequence_number < 0)
        return iceberg_invalid(error, "Member sequence-number must not be negative");
    if (json_find_present(snapshot, "first-row-id") != NULL &&
        (fields.first_row_id < 0 || json_find_present(snapshot, "added-rows") == NULL))
        return iceberg_invalid(error,
                               "Member first-row-id must not be negative, and needs added-rows");
    if (json_find_present(snapshot, "added-rows") != NULL && fields.added_rows < 0)
        return iceberg_invalid(error, "Member added-rows must not be negative");
    *out = fields;
    return TRUE;
}

gboolean
iceberg_snapshot_id(const cJSON *snapshot, gint64 *out, GError **error)
{
    if (!json_is_borrowed(snapshot))
        return json_get_int64(snapshot, "snapshot-id", out, error);
    *out = json_borrowed_id(snapshot);
    return TRUE;
}

const cJSON *
iceberg_snapshot_open(const cJSON *snapshot, cJSON **out_read, GError **error)
{
    *out_read = json_is_borrowed(snapshot) ? json_read_borrowed(snapshot, error) : NULL;
    return json_is_borrowed(snapshot) ? *out_read : snapshot;
}

const cJSON *
iceberg_find_snapshot(const cJSON *metadata, gint64 id)
{
    const cJSON *snapshot;

    cJSON_ArrayForEach(snapshot, json_find(metadata, "snapshots"))
    {
        gint64 found = 0;

        if (iceberg_snapshot_id(snapshot, &found, NULL) && found == id)
            return snapshot;
    }
    return NULL;
}

gboolean
iceberg_ref_is_tag(const cJSON *ref)
{
    const cJSON *type = json_find(ref, "type");

    return json_is_string(type) && g_ascii_strcasecmp(type->valuestring, "tag") == 0;
}

/* Copies an optional, positive number of a ref; tags may have only their own age. */
static gboolean
iceberg_ref_copy_limit(
    const cJSON *from, cJSON *to, const char *key, gint64 max, gboolean allowed, GError **error)
{
    gint64 limit = 0;

    if (json_find_present(from, key) == NULL)
        return TRUE;
    if (!json_get_int64(from, key, &limit, error))
        return FALSE;
    if (!allowed)
        return iceberg_invalid(error, "Tags do not support %s", key);
    if (limit <= 0 || limit > max)
        return iceberg_invalid(error, "Member %s must be greater than 0 and in range", key);
    json_object_set_int64(to, key, limit);
    return TRUE;
}

cJSON *
iceberg_ref_read(const cJSON *ref, const char *name, GError **error)
{
    g_autoptr(cJSON) stored = cJSON_CreateObject();
    const char *type = NULL;
    gint64 snapshot_id = 0;
    gboolean tag;

    if (!json_is_object(ref))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Ref %.100s must be an object", name);
    if (!json_get_int64(ref, "snapshot-id", &snapshot_id, error) ||
        !json_get_string(ref, "type", &type, error))
        return NULL;
    tag = g_ascii_strcasecmp(type, "tag") == 0;
    if (!tag && g_ascii_strcasecmp(type, "branch") != 0)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Member type of ref %.100s must be branch or tag", name);
    if (tag && strcmp(name, ICEBERG_MAIN_BRANCH) == 0)
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Cannot set main to a tag, it must be a branch");
    json_object_set_int64(stored, "snapshot-id", snapshot_id);
    json_object_set_string(stored, "type", tag ? "tag" : "branch");
    if (!iceberg_ref_copy_limit(ref, stored, "min-snapshots-to-keep", G_MAXINT32, !tag, error) ||
        !iceberg_ref_copy_limit(ref, stored, "max-snapshot-age-ms", G_MAXINT64, !tag, error) ||
        !iceberg_ref_copy_limit(ref, stored, "max-ref-age-ms", G_MAXINT64, TRUE, error))
        return NULL;
    return g_steal_pointer(&stored);
}

gboolean
iceberg_partition_statistics_check(const cJSON *statistics, GError **error)
{
    gint64 number = 0;
    const char *path = NULL;

    if (!json_is_object(statistics))
        return iceberg_invalid(error, "A statistics file must be an object");
    return json_get_int64(statistics, "snapshot-id", &number, error) &&
           json_get_string(statistics, "statistics-path", &path, error) &&
           json_get_int64(statistics, "file-size-in-bytes", &number, error);
}

static gboolean
iceberg_blob_check(const cJSON *blob, GError **error)
{
    gint64 number = 0;
    const char *type = NULL;
    cJSON *fields = NULL;
    cJSON *properties = NULL;
    const cJSON *field;

    if (!json_is_object(blob))
        return iceberg_invalid(error, "Member blob-metadata must be an array of objects");
    if (!json_get_string(blob, "type", &type, error) ||
        !json_get_int64(blob, "snapshot-id", &number, error) ||
        !json_get_int64(blob, "sequence-number", &number, error) ||
        !json_get_array(blob, "fields", &fields, error) ||
        !json_get_optional_string_map(blob, "properties", &properties, error))
        return FALSE;
    cJSON_ArrayForEach(field, fields)
    {
        gint32 id = 0;

        if (!json_value_int32(field, &id))
            return iceberg_invalid(error, "Member fields of blob-metadata must be 32-bit integers");
    }
    return TRUE;
}

gboolean
iceberg_statistics_check(const cJSON *statistics, GError **error)
{
    gint64 number = 0;
    cJSON *blobs = NULL;
    const cJSON *blob;

    if (!iceberg_partition_statistics_check(statistics, error) ||
        !json_get_int64(statistics, "file-footer-size-in-bytes", &number, error) ||
        !json_get_array(statistics, "blob-metadata", &blobs, error))
        return FALSE;
    cJSON_ArrayForEach(blob, blobs)
    {
        if (!iceberg_blob_check(blob, error))
            return FALSE;
    }
    return TRUE;
}

/* As strict as the decoders of clients, for which the whole document is damaged otherwise. */
static gboolean
iceberg_is_base64(const char *text)
{
    gsize length = strlen(text);
    gsize digits = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    gsize padding = strspn(text + digits, "=");

    return digits + padding == length && length % 4 == 0 && padding <= 2;
}

gboolean
iceberg_encryption_key_check(const cJSON *key, GError **error)
{
    const char *text = NULL;
    const char *bytes = NULL;
    cJSON *properties = NULL;

    if (!json_is_object(key))
        return iceberg_invalid(error, "An encryption key must be an object");
    if (!json_get_string(key, "key-id", &text, error) ||
        !json_get_string(key, "encrypted-key-metadata", &bytes, error))
        return FALSE;
    if (!iceberg_is_base64(bytes))
        return iceberg_invalid(error, "Member encrypted-key-metadata must be in base64");
    return json_get_optional_string(key, "encrypted-by-id", &text, error) &&
           json_get_optional_string_map(key, "properties", &properties, error);
}
