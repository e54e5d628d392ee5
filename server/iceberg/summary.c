/* SPDX-License-Identifier: Apache-2.0 */
/* What the store keeps of a document beside the document: identity, refs, new snapshots,
 * properties. Callers: the catalog, on every commit that moves a pointer. */
#include "iceberg_private.h"

#include <string.h>

static void
iceberg_ref_free(gpointer data)
{
    IcebergRef *ref = data;

    g_free(ref->name);
    g_free(ref);
}

static void
iceberg_snapshot_free(gpointer data)
{
    IcebergSnapshot *snapshot = data;

    g_free(snapshot->operation);
    g_free(snapshot->summary_json);
    g_free(snapshot);
}

static GHashTable *
iceberg_properties_copy(const cJSON *metadata)
{
    GHashTable *properties = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const cJSON *property;

    cJSON_ArrayForEach(property, iceberg_find_object(metadata, "properties"))
    {
        if (json_is_string(property))
            g_hash_table_insert(properties, g_strdup(property->string),
                                g_strdup(property->valuestring));
    }
    return properties;
}

static gboolean
iceberg_summarize_refs(const cJSON *metadata, GPtrArray *refs, GError **error)
{
    const cJSON *ref_json;

    cJSON_ArrayForEach(ref_json, iceberg_find_object(metadata, "refs"))
    {
        IcebergRef *ref;
        gint64 id = 0;

        if (!json_get_int64(ref_json, "snapshot-id", &id, error))
            return FALSE;
        ref = g_new0(IcebergRef, 1);
        ref->name = g_strdup(ref_json->string);
        ref->is_tag = iceberg_ref_is_tag(ref_json);
        ref->snapshot_id = id;
        g_ptr_array_add(refs, ref);
    }
    return TRUE;
}

static GHashTable *
iceberg_snapshot_ids(const cJSON *metadata)
{
    GHashTable *ids = iceberg_ids_new();
    const cJSON *snapshot;

    cJSON_ArrayForEach(snapshot, json_find(metadata, "snapshots"))
    {
        gint64 id = 0;

        if (iceberg_snapshot_id(snapshot, &id, NULL))
            iceberg_ids_put(ids, id, NULL);
    }
    return ids;
}

static IcebergSnapshot *
iceberg_summarize_snapshot(const IcebergSnapshotFields *fields)
{
    IcebergSnapshot *snapshot = g_new0(IcebergSnapshot, 1);

    snapshot->snapshot_id = fields->snapshot_id;
    snapshot->has_parent = fields->has_parent;
    snapshot->parent_id = fields->parent_id;
    snapshot->sequence_number = fields->sequence_number;
    snapshot->timestamp_ms = fields->timestamp_ms;
    snapshot->operation = g_strdup(fields->operation);
    snapshot->summary_json =
        fields->summary != NULL ? json_print_compact(fields->summary) : g_strdup("{}");
    return snapshot;
}

/* Without a base everything is new. Of a long document those are told that say what the table is
 * at: the current snapshot, and the last. */
static gboolean
iceberg_snapshot_is_passed_over(const cJSON *metadata, const cJSON *base, const cJSON *snapshot)
{
    gint64 current = ICEBERG_NO_SNAPSHOT;

    if (base || !json_is_borrowed(snapshot) || !snapshot->next)
        return FALSE;
    iceberg_current_snapshot_id(metadata, &current);
    return json_borrowed_id(snapshot) != current;
}

static gboolean
iceberg_summarize_snapshots(const cJSON *metadata,
                            const cJSON *base,
                            GPtrArray *snapshots,
                            GError **error)
{
    g_autoptr(GHashTable) known = iceberg_snapshot_ids(base);
    const cJSON *snapshot;

    cJSON_ArrayForEach(snapshot, json_find(metadata, "snapshots"))
    {
        g_autoptr(cJSON) read = NULL;
        const cJSON *opened;
        IcebergSnapshotFields fields;
        gint64 id = 0;

        if ((iceberg_snapshot_id(snapshot, &id, NULL) && iceberg_ids_contain(known, id)) ||
            iceberg_snapshot_is_passed_over(metadata, base, snapshot))
            continue;
        opened = iceberg_snapshot_open(snapshot, &read, error);
        if (!opened || !iceberg_snapshot_read(opened, &fields, error))
            return FALSE;
        g_ptr_array_add(snapshots, iceberg_summarize_snapshot(&fields));
    }
    return TRUE;
}

/* --- the files of new snapshots --- */

/* What base names: snapshots that are text by their ids, the lists of the others by their names. */
typedef struct {
    GHashTable *borrowed; /* gint64 -> cJSON */
    GHashTable *lists;    /* char * */
} KnownLists;

static void
known_lists_read(KnownLists *known, const cJSON *base)
{
    cJSON *snapshot;

    known->borrowed = iceberg_ids_new();
    known->lists = g_hash_table_new(g_str_hash, g_str_equal);
    cJSON_ArrayForEach(snapshot, json_find(base, "snapshots"))
    {
        const cJSON *list = json_find(snapshot, "manifest-list");

        if (json_is_borrowed(snapshot))
            iceberg_ids_put(known->borrowed, json_borrowed_id(snapshot), snapshot);
        else if (json_is_string(list))
            g_hash_table_add(known->lists, list->valuestring);
    }
}

/* The same id alone does not do: the snapshot may have been removed, and added with another list.
 */
static gboolean
known_lists_have(const KnownLists *known, const cJSON *snapshot)
{
    return json_is_borrowed(snapshot) &&
           json_borrowed_same(snapshot,
                              iceberg_ids_find(known->borrowed, json_borrowed_id(snapshot)));
}

GPtrArray *
iceberg_table_new_manifest_lists(const cJSON *metadata, const cJSON *base, GError **error)
{
    g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func(g_free);
    KnownLists known;
    const cJSON *snapshot;
    gboolean is_read = TRUE;

    known_lists_read(&known, base);
    cJSON_ArrayForEach(snapshot, json_find(metadata, "snapshots"))
    {
        g_autoptr(cJSON) read = NULL;
        const cJSON *list;

        if (known_lists_have(&known, snapshot))
            continue;
        list = json_find(iceberg_snapshot_open(snapshot, &read, error), "manifest-list");
        is_read = !json_is_borrowed(snapshot) || read;
        if (!is_read)
            break;
        if (json_is_string(list) && !g_hash_table_contains(known.lists, list->valuestring))
            g_ptr_array_add(lists, g_strdup(list->valuestring));
    }
    g_hash_table_unref(known.borrowed);
    g_hash_table_unref(known.lists);
    return is_read ? g_steal_pointer(&lists) : NULL;
}

IcebergTableSummary *
iceberg_table_summarize(const cJSON *metadata, const cJSON *base, GError **error)
{
    g_autoptr(IcebergTableSummary) summary = g_new0(IcebergTableSummary, 1);
    const char *uuid = NULL;
    const char *location = NULL;
    gint32 format_version = 0;
    gint32 schema_id = 0;

    summary->refs = g_ptr_array_new_with_free_func(iceberg_ref_free);
    summary->new_snapshots = g_ptr_array_new_with_free_func(iceberg_snapshot_free);
    if (!json_get_string(metadata, "table-uuid", &uuid, error) ||
        !json_get_string(metadata, "location", &location, error) ||
        !json_get_int32(metadata, "format-version", &format_version, error) ||
        !json_get_int32(metadata, "current-schema-id", &schema_id, error) ||
        !json_get_int64(metadata, "last-updated-ms", &summary->last_updated_ms, error) ||
        !json_get_optional_int64(metadata, "last-sequence-number", &summary->last_sequence_number,
                                 error) ||
        !iceberg_summarize_refs(metadata, summary->refs, error) ||
        !iceberg_summarize_snapshots(metadata, base, summary->new_snapshots, error))
        return NULL;
    if (*uuid == '\0' || *location == '\0')
        return skep_fail_null(error, SKEP_ERROR_INVALID_ARGUMENT, NULL,
                              "Members table-uuid and location must not be empty");
    summary->uuid = g_strdup(uuid);
    summary->location = g_strdup(location);
    summary->format_version = format_version;
    summary->current_schema_id = schema_id;
    summary->has_current_snapshot =
        iceberg_current_snapshot_id(metadata, &summary->current_snapshot_id);
    summary->properties = iceberg_properties_copy(metadata);
    return g_steal_pointer(&summary);
}

void
iceberg_table_summary_free(IcebergTableSummary *summary)
{
    if (summary == NULL)
        return;
    g_free(summary->uuid);
    g_free(summary->location);
    g_clear_pointer(&summary->refs, g_ptr_array_unref);
    g_clear_pointer(&summary->new_snapshots, g_ptr_array_unref);
    g_clear_pointer(&summary->properties, g_hash_table_unref);
    g_free(summary);
}

/* How near a dialect is to what HMS clients run: 0 is best. */
static int
iceberg_dialect_rank(const char *dialect)
{
    if (g_ascii_strcasecmp(dialect, "hive") == 0)
        return 0;
    return g_ascii_strcasecmp(dialect, "spark") == 0 ? 1 : 2;
}

static void
iceberg_choose_sql(const cJSON *version, IcebergViewSummary *summary)
{
    const cJSON *representation;
    int best = G_MAXINT;

    cJSON_ArrayForEach(representation, json_find(version, "representations"))
    {
        const cJSON *dialect = json_find(representation, "dialect");
        const cJSON *sql = json_find(representation, "sql");

        if (!json_is_string(dialect) || !json_is_string(sql) ||
            iceberg_dialect_rank(dialect->valuestring) >= best)
            continue;
        best = iceberg_dialect_rank(dialect->valuestring);
        g_free(summary->sql);
        g_free(summary->dialect);
        summary->sql = g_strdup(sql->valuestring);
        summary->dialect = g_strdup(dialect->valuestring);
    }
}

IcebergViewSummary *
iceberg_view_summarize(const cJSON *metadata, GError **error)
{
    g_autoptr(IcebergViewSummary) summary = g_new0(IcebergViewSummary, 1);
    const char *uuid = NULL;
    const char *location = NULL;
    gint32 format_version = 0;
    gint32 version_id = 0;

    if (!json_get_string(metadata, "view-uuid", &uuid, error) ||
        !json_get_string(metadata, "location", &location, error) ||
        !json_get_int32(metadata, "format-version", &format_version, error) ||
        !json_get_int32(metadata, "current-version-id", &version_id, error))
        return NULL;
    summary->uuid = g_strdup(uuid);
    summary->location = g_strdup(location);
    summary->format_version = format_version;
    summary->current_version_id = version_id;
    iceberg_choose_sql(iceberg_view_current_version(metadata), summary);
    summary->properties = iceberg_properties_copy(metadata);
    return g_steal_pointer(&summary);
}

void
iceberg_view_summary_free(IcebergViewSummary *summary)
{
    if (summary == NULL)
        return;
    g_free(summary->uuid);
    g_free(summary->location);
    g_free(summary->sql);
    g_free(summary->dialect);
    g_clear_pointer(&summary->properties, g_hash_table_unref);
    g_free(summary);
}
