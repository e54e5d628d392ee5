/* SPDX-License-Identifier: Apache-2.0 */
/* An append that was made for an older head of its branch, made anew for the present one: which
 * commits are such appends, the manifest list, and the snapshot. Pure: who reads and writes the
 * files, and whether the table wants it, is the catalog's. Any thread. Source: Iceberg table
 * specification, "Manifest Lists", "Sequence Numbers", "Row Lineage", and what Iceberg's own
 * library writes when it makes an append anew (SnapshotProducer, ManifestListWriter). */
#pragma once

#include <glib.h>

#include "skep/json.h"

/* --- the commit --- */

typedef enum {
    ICEBERG_APPEND_OTHER, /* not an append that could be made anew: it is for the requirements */
    ICEBERG_APPEND_MOVED, /* its branch moved from what it saw by appends alone */
    ICEBERG_APPEND_LANDED /* the same, and one of them is this one: it was sent again */
} IcebergAppendKind;

typedef struct {
    const cJSON *snapshot; /* as sent; borrowed from the updates */
    cJSON *seen;           /* what it was made for; NULL: the branch was not there */
    cJSON *head;           /* where the branch is */
} IcebergAppend;
void iceberg_append_clear(IcebergAppend *append);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IcebergAppend, iceberg_append_clear)

/* For a commit that is stale on `base`. MOVED: of its requirements none fails to hold but
 * assert-ref-snapshot-id of the branch that the one added snapshot, an append, goes to; every
 * snapshot in between is an append (when there is none, another branch took its numbers); nothing
 * else is updated but properties; no list is encrypted. */
IcebergAppendKind iceberg_append_judge(const cJSON *base,
                                       const cJSON *requirements,
                                       const cJSON *updates,
                                       IcebergAppend *out); /* cleared in any case */

/* The numbers of one that is made anew. In version 1 there are no sequence numbers, before version
 * 3 no row ids: 0. */
typedef struct {
    gint32 format_version;
    gint64 snapshot_id;
    gint64 parent_id;
    gint64 sent_sequence_number;
    gint64 sequence_number;
    gint64 sent_first_row_id;
    gint64 first_row_id;
} IcebergAppendNumbers;

/* COMMIT_CONFLICT: the snapshot lacks numbers that the table's version wants. */
gboolean iceberg_append_number(const cJSON *base,
                               const IcebergAppend *append,
                               IcebergAppendNumbers *out,
                               GError **error);

/* The updates with the snapshot made anew: its parent, numbers, time (not before the parent's),
 * totals of the summary, and manifest list. Transfer full. */
cJSON *iceberg_append_updates(const cJSON *updates,
                              const IcebergAppend *append,
                              const IcebergAppendNumbers *numbers,
                              const char *manifest_list,
                              guint manifests_kept);

/* --- manifest lists --- */

/* One list, its rows as they lie in the file. Never changes. */
typedef struct IcebergManifestList IcebergManifestList;

/* Shares rows that are the same in `known` (may be NULL), which most of a later list are.
 * INVALID_ARGUMENT, UNSUPPORTED, TOO_LARGE: as avro_container.h. */
IcebergManifestList *
iceberg_manifest_list_parse(GBytes *file, IcebergManifestList *known, GError **error);
void iceberg_manifest_list_unref(IcebergManifestList *list);
IcebergManifestList *iceberg_manifest_list_ref(IcebergManifestList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IcebergManifestList, iceberg_manifest_list_unref)

typedef struct {
    IcebergManifestList *list;
    GBytes *file;
    guint kept; /* manifests of the present list in it */
} IcebergMergedList;
void iceberg_merged_list_clear(IcebergMergedList *merged);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(IcebergMergedList, iceberg_merged_list_clear)

/* Three lists into one: what `sent` has and `seen` has not, numbered anew, then what `present` has
 * but for what `sent` dropped from `seen`. `seen` NULL: there was none. Every member of every row
 * is kept, known or not. COMMIT_CONFLICT: a manifest that was dropped is not in the present list
 * any more, or something in the lists is not understood well enough to be made anew. */
gboolean iceberg_manifest_list_merge(IcebergManifestList *seen,
                                     IcebergManifestList *sent,
                                     IcebergManifestList *present,
                                     const IcebergAppendNumbers *numbers,
                                     IcebergMergedList *out,
                                     GError **error);
