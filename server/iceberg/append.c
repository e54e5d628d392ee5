/* SPDX-License-Identifier: Apache-2.0 */
/* Which commits are appends that can be made anew for the present head of their branch, and the
 * updates of one that is. The manifest list is manifest_list.c's. Caller: the catalog's appends. */
#include "skep/iceberg_append.h"

#include <string.h>

#include "iceberg_private.h"

void
iceberg_append_clear(IcebergAppend *append)
{
    g_clear_pointer(&append->seen, cJSON_Delete);
    g_clear_pointer(&append->head, cJSON_Delete);
}

/* --- what was asked --- */

static gboolean
has_text(const cJSON *object, const char *key, const char *text)
{
    const cJSON *member = json_find(object, key);

    return json_is_string(member) && strcmp(member->valuestring, text) == 0;
}

/* The one snapshot and the one ref of the updates. FALSE: there is anything beside them that a
 * commit in between could have made wrong. */
static gboolean
find_updates(const cJSON *updates, const cJSON **out_snapshot, const cJSON **out_ref)
{
    const cJSON *update;

    *out_snapshot = *out_ref = NULL;
    cJSON_ArrayForEach(update, updates)
    {
        if (has_text(update, "action", "add-snapshot") && !*out_snapshot)
            *out_snapshot = json_find(update, "snapshot");
        else if (has_text(update, "action", "set-snapshot-ref") && !*out_ref)
            *out_ref = update;
        else if (!has_text(update, "action", "set-properties") &&
                 !has_text(update, "action", "remove-properties"))
            return FALSE;
    }
    return json_is_object(*out_snapshot) && *out_ref;
}

static gboolean
has_plain_list(const cJSON *snapshot)
{
    return json_is_string(json_find(snapshot, "manifest-list")) &&
           !json_find_present(snapshot, "key-id");
}

static gboolean
is_append(const cJSON *snapshot)
{
    return has_text(json_find(snapshot, "summary"), "operation", "append") &&
           has_plain_list(snapshot);
}

/* The one requirement of the branch; the others go to `rest`, an array of references. */
static const cJSON *
split_requirements(const cJSON *requirements, const char *branch, cJSON *rest)
{
    const cJSON *requirement, *of_branch = NULL;

    cJSON_ArrayForEach(requirement, requirements)
    {
        if (!of_branch && has_text(requirement, "type", "assert-ref-snapshot-id") &&
            has_text(requirement, "ref", branch))
            of_branch = requirement;
        else
            json_array_append(rest, json_duplicate(requirement));
    }
    return of_branch;
}

/* --- how the branch moved --- */

static GHashTable *
index_snapshots(const cJSON *base)
{
    GHashTable *snapshots = iceberg_ids_new();
    cJSON *snapshot;
    gint64 id;

    cJSON_ArrayForEach(snapshot, json_find(base, "snapshots"))
    {
        if (iceberg_snapshot_id(snapshot, &id, NULL))
            iceberg_ids_put(snapshots, id, snapshot);
    }
    return snapshots;
}

/* From the head back to what was seen. `seen_id` NULL: the branch was not there, so that it must go
 * back to a snapshot without a parent. */
static IcebergAppendKind
walk_back(
    GHashTable *snapshots, gint64 head_id, const gint64 *seen_id, gint64 own_id, IcebergAppend *out)
{
    IcebergAppendKind kind = ICEBERG_APPEND_MOVED;
    gint64 id = head_id;

    for (guint left = g_hash_table_size(snapshots) + 1; left > 0; left--) {
        g_autoptr(cJSON) read = NULL;
        const cJSON *snapshot = iceberg_ids_find(snapshots, id);

        snapshot = snapshot ? iceberg_snapshot_open(snapshot, &read, NULL) : NULL;
        if (!snapshot)
            return ICEBERG_APPEND_OTHER;
        if (!out->head)
            out->head = json_duplicate(snapshot);
        if (seen_id && id == *seen_id) {
            out->seen = json_duplicate(snapshot);
            return has_plain_list(snapshot) ? kind : ICEBERG_APPEND_OTHER;
        }
        if (!is_append(snapshot))
            return ICEBERG_APPEND_OTHER;
        if (id == own_id)
            kind = ICEBERG_APPEND_LANDED;
        if (!json_value_int64(json_find(snapshot, "parent-snapshot-id"), &id))
            return seen_id ? ICEBERG_APPEND_OTHER : kind;
    }
    return ICEBERG_APPEND_OTHER;
}

static IcebergAppendKind
judge_branch(const cJSON *base,
             const cJSON *requirement,
             const cJSON *ref_update,
             IcebergAppend *out)
{
    g_autoptr(GHashTable) snapshots = index_snapshots(base);
    const cJSON *ref =
        json_find(json_find(base, "refs"), json_find(ref_update, "ref-name")->valuestring);
    const cJSON *seen = json_find(requirement, "snapshot-id");
    gint64 head_id, seen_id, own_id, parent_id, ref_id;
    IcebergAppendKind kind;

    if (!ref || iceberg_ref_is_tag(ref) || iceberg_ref_is_tag(ref_update) || !seen ||
        !json_value_int64(json_find(ref, "snapshot-id"), &head_id) ||
        !json_value_int64(json_find(out->snapshot, "snapshot-id"), &own_id) ||
        !json_value_int64(json_find(ref_update, "snapshot-id"), &ref_id) || ref_id != own_id)
        return ICEBERG_APPEND_OTHER;
    /* It was made for what it asserts. */
    if (json_is_null(seen)) {
        if (json_find_present(out->snapshot, "parent-snapshot-id"))
            return ICEBERG_APPEND_OTHER;
        kind = walk_back(snapshots, head_id, NULL, own_id, out);
    } else {
        if (!json_value_int64(seen, &seen_id) ||
            !json_value_int64(json_find(out->snapshot, "parent-snapshot-id"), &parent_id) ||
            parent_id != seen_id)
            return ICEBERG_APPEND_OTHER;
        kind = walk_back(snapshots, head_id, &seen_id, own_id, out);
    }
    return kind == ICEBERG_APPEND_MOVED && iceberg_ids_contain(snapshots, own_id)
               ? ICEBERG_APPEND_OTHER
               : kind;
}

IcebergAppendKind
iceberg_append_judge(const cJSON *base,
                     const cJSON *requirements,
                     const cJSON *updates,
                     IcebergAppend *out)
{
    g_autoptr(cJSON) rest = cJSON_CreateArray();
    const cJSON *snapshot, *ref_update, *requirement, *name;

    *out = (IcebergAppend){0};
    if (!base || !json_is_array(requirements) || !json_is_array(updates) ||
        !find_updates(updates, &snapshot, &ref_update) || !is_append(snapshot))
        return ICEBERG_APPEND_OTHER;
    name = json_find(ref_update, "ref-name");
    if (!json_is_string(name))
        return ICEBERG_APPEND_OTHER;
    requirement = split_requirements(requirements, name->valuestring, rest);
    if (!requirement || !iceberg_table_check_requirements(base, rest, NULL))
        return ICEBERG_APPEND_OTHER;
    out->snapshot = snapshot;
    return judge_branch(base, requirement, ref_update, out);
}

/* --- making it anew --- */

gboolean
iceberg_append_number(const cJSON *base,
                      const IcebergAppend *append,
                      IcebergAppendNumbers *out,
                      GError **error)
{
    IcebergAppendNumbers numbers = {0};
    gint64 last = 0;

    if (!json_get_int32(base, "format-version", &numbers.format_version, error) ||
        !json_get_int64(append->snapshot, "snapshot-id", &numbers.snapshot_id, error) ||
        !json_get_int64(append->head, "snapshot-id", &numbers.parent_id, error))
        return FALSE;
    if (numbers.format_version >= 2) {
        if (!json_get_int64(append->snapshot, "sequence-number", &numbers.sent_sequence_number,
                            error) ||
            !json_get_int64(base, "last-sequence-number", &last, error))
            return FALSE;
        if (last == G_MAXINT64)
            return iceberg_invalid(error, "There is no sequence number after %" G_GINT64_FORMAT,
                                   last);
        numbers.sequence_number = last + 1;
    }
    if (numbers.format_version >= 3 &&
        (!json_get_int64(append->snapshot, "first-row-id", &numbers.sent_first_row_id, error) ||
         !json_get_int64(base, "next-row-id", &numbers.first_row_id, error)))
        return FALSE;
    *out = numbers;
    return TRUE;
}

/* FALSE: absent, or not such a number. */
static gboolean
summary_number(const cJSON *summary, const char *key, gint64 *out)
{
    const cJSON *member = json_find(summary, key);

    return json_is_string(member) &&
           g_ascii_string_to_signed(member->valuestring, 10, 0, G_MAXINT64, out, NULL);
}

/* Totals are the parent's and what this one adds; without the parent's there is none. */
static void
summary_sum(cJSON *summary, const cJSON *parent)
{
    static const struct {
        const char *total, *added, *removed;
    } sums[] = {
        {"total-records",          "added-records",          "deleted-records"         },
        {"total-files-size",       "added-files-size",       "removed-files-size"      },
        {"total-data-files",       "added-data-files",       "deleted-data-files"      },
        {"total-delete-files",     "added-delete-files",     "removed-delete-files"    },
        {"total-position-deletes", "added-position-deletes", "removed-position-deletes"},
        {"total-equality-deletes", "added-equality-deletes", "removed-equality-deletes"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(sums); i++) {
        gint64 total, added = 0, removed = 0;
        g_autofree char *text = NULL;

        if (!summary_number(parent, sums[i].total, &total)) {
            json_object_remove(summary, sums[i].total);
            continue;
        }
        summary_number(summary, sums[i].added, &added);
        summary_number(summary, sums[i].removed, &removed);
        if (added > G_MAXINT64 - total || total + added < removed) {
            json_object_remove(summary, sums[i].total);
            continue;
        }
        text = g_strdup_printf("%" G_GINT64_FORMAT, total + added - removed);
        json_object_set_string(summary, sums[i].total, text);
    }
}

/* What newer writers count of manifests themselves. */
static void
summary_count_kept(cJSON *summary, guint kept)
{
    g_autofree char *text = g_strdup_printf("%u", kept);

    if (json_find_present(summary, "manifests-kept"))
        json_object_set_string(summary, "manifests-kept", text);
}

static void
snapshot_anew(cJSON *snapshot,
              const IcebergAppend *append,
              const IcebergAppendNumbers *numbers,
              const char *manifest_list,
              guint manifests_kept)
{
    cJSON *summary = json_find(snapshot, "summary");
    gint64 sent_ms = 0, parent_ms = 0;

    json_object_set_int64(snapshot, "parent-snapshot-id", numbers->parent_id);
    if (numbers->format_version >= 2)
        json_object_set_int64(snapshot, "sequence-number", numbers->sequence_number);
    if (numbers->format_version >= 3)
        json_object_set_int64(snapshot, "first-row-id", numbers->first_row_id);
    json_value_int64(json_find(snapshot, "timestamp-ms"), &sent_ms);
    json_value_int64(json_find(append->head, "timestamp-ms"), &parent_ms);
    if (parent_ms > sent_ms)
        json_object_set_int64(snapshot, "timestamp-ms", parent_ms);
    json_object_set_string(snapshot, "manifest-list", manifest_list);
    summary_sum(summary, json_find(append->head, "summary"));
    summary_count_kept(summary, manifests_kept);
}

cJSON *
iceberg_append_updates(const cJSON *updates,
                       const IcebergAppend *append,
                       const IcebergAppendNumbers *numbers,
                       const char *manifest_list,
                       guint manifests_kept)
{
    cJSON *anew = json_duplicate(updates);
    cJSON *update;

    cJSON_ArrayForEach(update, anew)
    {
        if (has_text(update, "action", "add-snapshot"))
            snapshot_anew(json_find(update, "snapshot"), append, numbers, manifest_list,
                          manifests_kept);
    }
    return anew;
}
