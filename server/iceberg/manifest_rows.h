/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of manifest lists as the bytes that they have in their file, cut into members, so that
 * members of other writers and later versions go along without being understood. Members are found
 * by their field id, or by name where there is none. Schemas and rows never change and are shared
 * between lists. Nothing outside this folder includes it. */
#pragma once

#include <avro.h>
#include <glib.h>

#include "skep/error.h"
#include "skep/json.h"

/* Field ids of the specification. */
enum {
    FIELD_PATH = 500,
    FIELD_SNAPSHOT_ID = 503,
    FIELD_SEQUENCE_NUMBER = 515,
    FIELD_MIN_SEQUENCE_NUMBER = 516,
    FIELD_CONTENT = 517,
    FIELD_FIRST_ROW_ID = 520
};

/* The schema of a list's rows; shared by lists, never changes. */
typedef struct {
    GBytes *text;
    avro_schema_t avro;
    cJSON *tree;
    guint count;
    gint32 *ids; /* by place; -1: none */
    const cJSON **fields;
} ManifestSchema;

/* One row; ends[i] is where member i ends in bytes. Shared by lists, never changes. The path lies
 * in the bytes, without a NUL. */
typedef struct {
    guint hash; /* of the path */
    guint32 path_length;
    guint32 length;
    const char *path;
    const guint8 *bytes;
    guint32 ends[];
} ManifestRow;

/* For a printf's %.*s. */
#define MANIFEST_ROW_PATH(row) (int)(row)->path_length, (row)->path
/* By paths, for sets of rows. */
guint manifest_row_hash(gconstpointer row);
gboolean manifest_row_equal(gconstpointer a, gconstpointer b);

/* INVALID_ARGUMENT. Returns FALSE. */
gboolean manifest_list_fail(GError **error, const char *what);
/* COMMIT_CONFLICT: the append is refused as if it could not be made anew. FALSE. */
#define iceberg_append_fail(error, ...)                                                            \
    skep_fail((error), SKEP_ERROR_COMMIT_CONFLICT, NULL,                                           \
              "The append cannot be made anew: " __VA_ARGS__)

/* --- the schema --- */

/* `avro` is that of `text`; taken, also on failure. */
ManifestSchema *manifest_schema_new(GBytes *text, avro_schema_t avro, GError **error);
ManifestSchema *manifest_schema_ref(ManifestSchema *schema);
void manifest_schema_unref(ManifestSchema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ManifestSchema, manifest_schema_unref)

avro_schema_t manifest_schema_type(const ManifestSchema *schema, guint place);
const char *manifest_schema_name(const ManifestSchema *schema, guint place);
/* -1: there is none. */
gint manifest_schema_find_id(const ManifestSchema *schema, gint32 id);
/* `schema` and, optional, the members that only `other` has; a reference to `schema` when there are
 * none. */
ManifestSchema *
manifest_schema_extend(ManifestSchema *schema, const ManifestSchema *other, GError **error);

/* --- rows --- */

/* Cuts the record that begins at `bytes`. One that is the same in `known`, a set of rows of the
 * same schema (may be NULL), is a reference to that. */
gboolean manifest_row_cut(const ManifestSchema *schema,
                          GHashTable *known,
                          const guint8 *bytes,
                          gsize left,
                          ManifestRow **out_row,
                          GError **error);
void manifest_row_unref(gpointer row);
/* Borrowed. */
const guint8 *manifest_row_member(const ManifestRow *row, guint place, gsize *out_length);
/* FALSE: absent, null, or no integer. */
gboolean
manifest_row_number(const ManifestSchema *schema, const ManifestRow *row, gint32 id, gint64 *out);
/* The row in the schema `to`, which has all members of `from`. A reference to it when they are the
 * same. */
ManifestRow *manifest_row_project(const ManifestSchema *to,
                                  const ManifestSchema *from,
                                  ManifestRow *row,
                                  GError **error);

/* A row being put together. */
typedef struct {
    GByteArray *bytes;
    guint32 *ends;
    guint count;
} ManifestRowBuilder;

void manifest_row_builder_init(ManifestRowBuilder *builder, const ManifestSchema *schema);
/* What was appended to the bytes since is the next member. */
void manifest_row_builder_end_member(ManifestRowBuilder *builder);
ManifestRow *manifest_row_builder_end(const ManifestRowBuilder *builder,
                                      const ManifestSchema *schema,
                                      GError **error);
void manifest_row_builder_clear(ManifestRowBuilder *builder);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ManifestRowBuilder, manifest_row_builder_clear)
