/* SPDX-License-Identifier: Apache-2.0 */
/* Applies updates to a view's document: the table of kinds, one function each, and what follows the
 * last one (the version log, the trimming of versions, the rule about dialects). Callers:
 * replaceView and createView. */
#include "iceberg_private.h"

#include <string.h>

#define ICEBERG_VIEW_FORMAT_VERSION        1
#define ICEBERG_VIEW_VERSIONS_DEFAULT      10
#define ICEBERG_VIEW_VERSIONS_PROPERTY     "version.history.num-entries"
#define ICEBERG_VIEW_DROP_DIALECT_PROPERTY "replace.drop-dialect.allowed"

typedef struct {
    cJSON *metadata;
    const cJSON *base;
    const IcebergContext *context;
    gboolean changed;
    gboolean added_schema, added_version;
    gint32 last_schema_id, last_version_id; /* valid when the flag above is set */
    GHashTable *added_versions;             /* version ids added by this commit */
    gboolean current_changed;
} IcebergViewBuilder;

typedef gboolean (*IcebergViewUpdateFunc)(IcebergViewBuilder *builder,
                                          const cJSON *update,
                                          GError **error);

static void
iceberg_view_builder_clear(IcebergViewBuilder *builder)
{
    g_clear_pointer(&builder->metadata, cJSON_Delete);
    g_clear_pointer(&builder->added_versions, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IcebergViewBuilder, iceberg_view_builder_clear)

static gboolean
iceberg_view_assign_uuid(IcebergViewBuilder *builder, const cJSON *update, GError **error)
{
    const cJSON *present = json_find_present(builder->metadata, "view-uuid");
    const char *uuid = NULL;

    if (!json_get_string(update, "uuid", &uuid, error))
        return FALSE;
    if (!g_uuid_string_is_valid(uuid))
        return iceberg_invalid(error, "Member uuid is not a UUID: %.100s", uuid);
    if (json_is_string(present) && g_ascii_strcasecmp(present->valuestring, uuid) == 0)
        return TRUE;
    if (present != NULL)
        return iceberg_invalid(error, "Cannot reassign uuid");
    json_object_set_string(builder->metadata, "view-uuid", uuid);
    builder->changed = TRUE;
    return TRUE;
}

static gboolean
iceberg_view_upgrade_format(IcebergViewBuilder *builder, const cJSON *update, GError **error)
{
    gint32 version = 0;

    (void)builder;
    if (!json_get_int32(update, "format-version", &version, error))
        return FALSE;
    if (version != ICEBERG_VIEW_FORMAT_VERSION)
        return iceberg_invalid(error, "Unsupported format-version of a view: %d", version);
    return TRUE;
}

static gboolean
iceberg_view_set_location(IcebergViewBuilder *builder, const cJSON *update, GError **error)
{
    const cJSON *present = json_find(builder->metadata, "location");
    const char *location = NULL;

    if (!json_get_string(update, "location", &location, error))
        return FALSE;
    if (*location == '\0')
        return iceberg_invalid(error, "Member location must not be empty");
    if (json_is_string(present) && strcmp(present->valuestring, location) == 0)
        return TRUE;
    json_object_set_string(builder->metadata, "location", location);
    builder->changed = TRUE;
    return TRUE;
}

static gboolean
iceberg_view_set_properties(IcebergViewBuilder *builder, const cJSON *update, GError **error)
{
    return iceberg_properties_set(builder->metadata, update, &builder->changed, error);
}

static gboolean
iceberg_view_remove_properties(IcebergViewBuilder *builder, const cJSON *update, GError **error)
{
    return iceberg_properties_remove(builder->metadata, update, &builder->changed, error);
}

static gboolean
iceberg_view_add_schema(IcebergViewBuilder *builder, const cJSON *update, GError **error)
{
    cJSON *schemas = iceberg_member_array(builder->metadata, "schemas");
    g_autoptr(IcebergSchemaIndex) index = NULL;
    g_autoptr(cJSON) schema = NULL;
    cJSON *sent = NULL;
    const cJSON *present;
    gint32 id = 0;

    if (!json_get_object(update, "schema", &sent, error))
        return FALSE;
    index = iceberg_schema_index(sent, 0, error);
    if (index == NULL)
        return FALSE;
    schema = iceberg_schema_normalize(sent);
    builder->added_schema = TRUE;
    cJSON_ArrayForEach(present, schemas)
    {
        if (iceberg_schema_same(present, schema))
            return json_get_int32(present, "schema-id", &builder->last_schema_id, error);
    }
    if (!iceberg_next_id(schemas, "schema-id", 0, &id, error))
        return FALSE;
    json_object_set_int64(schema, "schema-id", id);
    json_array_append(schemas, g_steal_pointer(&schema));
    builder->last_schema_id = id;
    builder->changed = TRUE;
    return TRUE;
}

/* A schema id of -1 means the schema that this commit added last. */
static gboolean
iceberg_view_resolve_schema(IcebergViewBuilder *builder, cJSON *version, GError **error)
{
    gint32 id = 0;

    if (!json_get_int32(version, "schema-id", &id, error))
        return FALSE;
    if (id == ICEBERG_LAST_ADDED && !builder->added_schema)
        return iceberg_invalid(error, "Cannot set last added schema: no schema has been added");
    if (id == ICEBERG_LAST_ADDED) {
        id = builder->last_schema_id;
        json_object_set_int64(version, "schema-id", id);
    }
    if (iceberg_find_by_id(builder->metadata, "schemas", "schema-id", id) == NULL)
        return iceberg_invalid(error, "Cannot add version with unknown schema-id: %d", id);
    return TRUE;
}

static gboolean
iceberg_view_add_version(IcebergViewBuilder *builder, const cJSON *update, GError **error)
{
    cJSON *versions = iceberg_member_array(builder->metadata, "versions");
    g_autoptr(cJSON) version = NULL;
    cJSON *sent = NULL;
    const cJSON *present;
    gint32 id = 0;

    if (!json_get_object(update, "view-version", &sent, error) ||
        !iceberg_view_version_check(sent, error) || !json_get_int32(sent, "version-id", &id, error))
        return FALSE;
    version = json_duplicate(sent);
    iceberg_strip_nulls(version);
    if (!iceberg_view_resolve_schema(builder, version, error))
        return FALSE;
    builder->added_version = TRUE;
    cJSON_ArrayForEach(present, versions)
    {
        if (iceberg_view_version_same(present, version))
            return json_get_int32(present, "version-id", &builder->last_version_id, error);
    }
    if (!iceberg_next_id(versions, "version-id", MAX(id, 1), &id, error))
        return FALSE;
    json_object_set_int64(version, "version-id", id);
    json_array_append(versions, g_steal_pointer(&version));
    iceberg_ids_put(builder->added_versions, id, NULL);
    builder->last_version_id = id;
    builder->changed = TRUE;
    return TRUE;
}

static gboolean
iceberg_view_set_current(IcebergViewBuilder *builder, const cJSON *update, GError **error)
{
    gint32 id = 0;
    gint32 present = 0;

    if (!json_get_int32(update, "view-version-id", &id, error))
        return FALSE;
    if (id == ICEBERG_LAST_ADDED && !builder->added_version)
        return iceberg_invalid(error, "Cannot set last version id: no version has been added");
    if (id == ICEBERG_LAST_ADDED)
        id = builder->last_version_id;
    if (json_value_int32(json_find(builder->metadata, "current-version-id"), &present) &&
        present == id)
        return TRUE;
    if (iceberg_find_by_id(builder->metadata, "versions", "version-id", id) == NULL)
        return iceberg_invalid(error, "Cannot set current version to unknown view-version-id: %d",
                               id);
    json_object_set_int64(builder->metadata, "current-version-id", id);
    builder->current_changed = TRUE;
    builder->changed = TRUE;
    return TRUE;
}

static const struct {
    const char *action;
    IcebergViewUpdateFunc apply;
} iceberg_view_updates[] = {
    {"assign-uuid",              iceberg_view_assign_uuid      },
    {"upgrade-format-version",   iceberg_view_upgrade_format   },
    {"add-schema",               iceberg_view_add_schema       },
    {"set-location",             iceberg_view_set_location     },
    {"set-properties",           iceberg_view_set_properties   },
    {"remove-properties",        iceberg_view_remove_properties},
    {"add-view-version",         iceberg_view_add_version      },
    {"set-current-view-version", iceberg_view_set_current      },
};

/* ---- after the last update ---- */

/* A version of this commit became current when it was made, an older one now. */
static gboolean
iceberg_view_log_current(IcebergViewBuilder *builder, GError **error)
{
    const cJSON *version = iceberg_view_current_version(builder->metadata);
    gint64 timestamp_ms = builder->context->now_ms;
    gint64 id = 0;
    cJSON *entry;

    if (!builder->current_changed)
        return TRUE;
    if (!json_get_int64(version, "version-id", &id, error))
        return FALSE;
    if (iceberg_ids_contain(builder->added_versions, id) &&
        !json_get_int64(version, "timestamp-ms", &timestamp_ms, error))
        return FALSE;
    entry = cJSON_CreateObject();
    json_object_set_int64(entry, "timestamp-ms", timestamp_ms);
    json_object_set_int64(entry, "version-id", id);
    json_array_append(iceberg_member_array(builder->metadata, "version-log"), entry);
    return TRUE;
}

static gboolean
iceberg_view_check_dialects(const IcebergViewBuilder *builder, GError **error)
{
    g_autoptr(GHashTable) before = NULL;
    g_autoptr(GHashTable) after = NULL;
    GHashTableIter iter;
    gpointer dialect;

    if (builder->base == NULL ||
        iceberg_property_is_true(builder->metadata, ICEBERG_VIEW_DROP_DIALECT_PROPERTY))
        return TRUE;
    if (!iceberg_view_version_dialects(iceberg_view_current_version(builder->base), &before,
                                       error) ||
        !iceberg_view_version_dialects(iceberg_view_current_version(builder->metadata), &after,
                                       error))
        return FALSE;
    g_hash_table_iter_init(&iter, before);
    while (g_hash_table_iter_next(&iter, &dialect, NULL)) {
        if (!g_hash_table_contains(after, dialect))
            return skep_fail(error, SKEP_ERROR_INVALID_OPERATION, NULL,
                             "Cannot replace view due to loss of view dialects (%s=false): %.100s",
                             ICEBERG_VIEW_DROP_DIALECT_PROPERTY, (const char *)dialect);
    }
    return TRUE;
}

static int
iceberg_compare_ids_down(gconstpointer a, gconstpointer b)
{
    gint32 left = *(const gint32 *)a;
    gint32 right = *(const gint32 *)b;

    return left < right ? 1 : left > right ? -1 : 0;
}

/* The ids to keep: the current version, and the highest others up to `count`. */
static GHashTable *
iceberg_view_ids_to_keep(const cJSON *versions, gint32 current, guint count)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint32));
    GHashTable *kept = iceberg_ids_new();
    const cJSON *version;

    cJSON_ArrayForEach(version, versions)
    {
        gint32 id = 0;

        if (json_value_int32(json_find(version, "version-id"), &id))
            g_array_append_val(ids, id);
    }
    g_array_sort(ids, iceberg_compare_ids_down);
    iceberg_ids_put(kept, current, NULL);
    for (guint i = 0; i < ids->len && g_hash_table_size(kept) < count; i++)
        iceberg_ids_put(kept, g_array_index(ids, gint32, i), NULL);
    return kept;
}

/* The log loses everything before an entry whose version is gone. */
static void
iceberg_view_trim_lists(cJSON *metadata, GHashTable *kept)
{
    cJSON *versions = cJSON_CreateArray();
    cJSON *log = cJSON_CreateArray();
    const cJSON *element;
    gint64 id = 0;

    cJSON_ArrayForEach(element, json_find(metadata, "versions"))
    {
        if (json_value_int64(json_find(element, "version-id"), &id) &&
            iceberg_ids_contain(kept, id))
            json_array_append(versions, json_duplicate(element));
    }
    cJSON_ArrayForEach(element, json_find(metadata, "version-log"))
    {
        if (json_value_int64(json_find(element, "version-id"), &id) &&
            iceberg_ids_contain(kept, id)) {
            json_array_append(log, json_duplicate(element));
        } else {
            cJSON_Delete(log);
            log = cJSON_CreateArray();
        }
    }
    json_object_set(metadata, "versions", versions);
    json_object_set(metadata, "version-log", log);
}

static gboolean
iceberg_view_trim(IcebergViewBuilder *builder, GError **error)
{
    const cJSON *versions = json_find(builder->metadata, "versions");
    g_autoptr(GHashTable) kept = NULL;
    gint64 keep = ICEBERG_VIEW_VERSIONS_DEFAULT;
    gint32 current = 0;
    guint own;

    if (!iceberg_property_int(builder->metadata, ICEBERG_VIEW_VERSIONS_PROPERTY, keep, &keep,
                              error) ||
        !json_get_int32(builder->metadata, "current-version-id", &current, error))
        return FALSE;
    if (keep <= 0)
        return iceberg_invalid(error, "%s must be positive but was %" G_GINT64_FORMAT,
                               ICEBERG_VIEW_VERSIONS_PROPERTY, keep);
    /* what this commit added, and what is current, stays in any case */
    own = g_hash_table_size(builder->added_versions) +
          (iceberg_ids_contain(builder->added_versions, current) ? 0 : 1);
    keep = MAX(keep, (gint64)own);
    if (cJSON_GetArraySize(versions) <= keep)
        return TRUE;
    kept = iceberg_view_ids_to_keep(versions, current, (guint)keep);
    iceberg_view_trim_lists(builder->metadata, kept);
    return TRUE;
}

static cJSON *
iceberg_view_empty_metadata(void)
{
    cJSON *metadata = cJSON_CreateObject();

    json_object_set_null(metadata, "view-uuid");
    json_object_set_int64(metadata, "format-version", ICEBERG_VIEW_FORMAT_VERSION);
    json_object_set_null(metadata, "location");
    iceberg_member_object(metadata, "properties");
    iceberg_member_array(metadata, "schemas");
    json_object_set_int64(metadata, "current-version-id", ICEBERG_LAST_ADDED);
    iceberg_member_array(metadata, "versions");
    iceberg_member_array(metadata, "version-log");
    return metadata;
}

static gboolean
iceberg_view_apply_one(IcebergViewBuilder *builder, const cJSON *update, GError **error)
{
    const char *action = NULL;

    if (!json_is_object(update))
        return iceberg_invalid(error, "Member updates must be an array of objects");
    if (!json_get_string(update, "action", &action, error))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(iceberg_view_updates); i++) {
        if (strcmp(iceberg_view_updates[i].action, action) != 0)
            continue;
        if (iceberg_view_updates[i].apply(builder, update, error))
            return TRUE;
        g_prefix_error(error, "Cannot apply %s: ", action);
        return FALSE;
    }
    return iceberg_invalid(error, "Unknown view update action: %.100s", action);
}

static gboolean
iceberg_view_finish(IcebergViewBuilder *builder, GError **error)
{
    if (!builder->changed)
        return TRUE;
    if (json_find_present(builder->metadata, "view-uuid") == NULL) {
        g_autofree char *uuid = iceberg_new_uuid(builder->context);

        json_object_set_string(builder->metadata, "view-uuid", uuid);
    }
    return iceberg_view_validate(builder->metadata, error) &&
           iceberg_view_log_current(builder, error) &&
           iceberg_view_check_dialects(builder, error) && iceberg_view_trim(builder, error);
}

cJSON *
iceberg_view_apply(const cJSON *base,
                   const cJSON *updates,
                   const IcebergContext *context,
                   IcebergChange *out_change,
                   GError **error)
{
    g_auto(IcebergViewBuilder)
        builder = {.base = base, .context = context, .changed = base == NULL};
    IcebergChange change = {0};
    const cJSON *update;

    if (!json_is_array(updates))
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Member updates must be an array");
    builder.added_versions = iceberg_ids_new();
    builder.metadata = base != NULL ? json_duplicate(base) : iceberg_view_empty_metadata();
    cJSON_ArrayForEach(update, updates)
    {
        if (!iceberg_view_apply_one(&builder, update, error))
            return NULL;
    }
    if (!iceberg_view_finish(&builder, error))
        return NULL;
    change.changed = builder.changed;
    change.trimmed_files = g_ptr_array_new_with_free_func(g_free);
    *out_change = change;
    return g_steal_pointer(&builder.metadata);
}
